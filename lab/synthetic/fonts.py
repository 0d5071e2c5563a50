"""Fonts of Debian packages, found by file name and measured in points."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from PIL import ImageFont

_UNITS = 1000
"""Size in pixels at which advance widths are measured; large enough that hinting does not matter."""


@dataclass(frozen=True, slots=True)
class Family:
    """A type family: the Debian package that holds it and the file names of two weights."""

    package: str
    regular: str
    bold: str


FAMILIES = {
    "arial": Family("fonts-liberation", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf"),
    "arial narrow": Family("fonts-liberation", "LiberationSansNarrow-Regular.ttf", "LiberationSansNarrow-Bold.ttf"),
    "times": Family("fonts-liberation", "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf"),
    "calibri": Family("fonts-crosextra-carlito", "Carlito-Regular.ttf", "Carlito-Bold.ttf"),
    "cambria": Family("fonts-crosextra-caladea", "Caladea-Regular.ttf", "Caladea-Bold.ttf"),
    "dejavu": Family("fonts-dejavu-core", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf"),
    "dejavu condensed": Family("fonts-dejavu-extra", "DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf"),
    "dejavu serif": Family("fonts-dejavu-extra", "DejaVuSerifCondensed.ttf", "DejaVuSerifCondensed-Bold.ttf"),
    "helvetica": Family("fonts-freefont-ttf", "FreeSans.ttf", "FreeSansBold.ttf"),
    "garamond": Family("fonts-freefont-ttf", "FreeSerif.ttf", "FreeSerifBold.ttf"),
    "noto": Family("fonts-noto-core", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf"),
    "noto serif": Family("fonts-noto-core", "NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf"),
}
"""Families by the name of what they stand in for in the offices (or their own name)."""


@dataclass(frozen=True, slots=True)
class Face:
    """One weight of a family at one size in points."""

    family: str
    size: float
    bold: bool = False

    @property
    def file(self) -> str:
        family = FAMILIES[self.family]
        return family.bold if self.bold else family.regular

    def width(self, text: str) -> float:
        """Advance width of ``text`` in points."""
        return _advance(self.file, FAMILIES[self.family].package, text) * self.size / _UNITS

    def has(self, letter: str) -> bool:
        """Whether the face can print that character."""
        return _has(self.file, FAMILIES[self.family].package, letter)

    def at(self, pixels: float) -> ImageFont.FreeTypeFont:
        """The face ``pixels`` high, for drawing."""
        return load(self.file, FAMILIES[self.family].package, pixels)


@cache
def load(file: str, package: str, pixels: float) -> ImageFont.FreeTypeFont:
    """The font of that file name. Raises ``FileNotFoundError`` naming the Debian package that holds it."""
    try:
        return ImageFont.truetype(file, pixels, layout_engine=ImageFont.Layout.BASIC)
    except OSError as error:
        raise FileNotFoundError(f"font {file} is not installed: apt-get install {package}") from error


@cache
def _advance(file: str, package: str, text: str) -> float:
    return load(file, package, _UNITS).getlength(text)


@cache
def _has(file: str, package: str, letter: str) -> bool:
    """A character that a font lacks is drawn as its replacement box, as is one that no font has."""
    font = load(file, package, 100)
    return bytes(font.getmask(letter)) != bytes(font.getmask("\U0010fffd"))

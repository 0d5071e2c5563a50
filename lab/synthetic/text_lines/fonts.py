"""Fonts of Debian packages that lines are printed in, some set aside for validation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from PIL import ImageFont

ROOT = Path("/usr/share/fonts")
FALLBACK = "DejaVuSans.ttf"
"""Has every character of the alphabet; used for a line that another font cannot print."""
NOT_DEFINED = "￿"


@dataclass(frozen=True, slots=True)
class Typeface:
    """Faces of one design: the Debian package, the regular and the bold file, and how often it is drawn."""

    package: str
    regular: str
    bold: str
    weight: float = 1.0


TRAINED = (
    Typeface("fonts-liberation", "LiberationSans-Regular.ttf", "LiberationSans-Bold.ttf", 4),
    Typeface("fonts-liberation", "LiberationSerif-Regular.ttf", "LiberationSerif-Bold.ttf", 3),
    Typeface("fonts-liberation", "LiberationSansNarrow-Regular.ttf", "LiberationSansNarrow-Bold.ttf", 2),
    Typeface("fonts-liberation", "LiberationMono-Regular.ttf", "LiberationMono-Bold.ttf", 0.6),
    Typeface("fonts-crosextra-carlito", "Carlito-Regular.ttf", "Carlito-Bold.ttf", 4),
    Typeface("fonts-crosextra-caladea", "Caladea-Regular.ttf", "Caladea-Bold.ttf", 1.5),
    Typeface("fonts-dejavu-core", "DejaVuSans.ttf", "DejaVuSans-Bold.ttf", 1.5),
    Typeface("fonts-dejavu-extra", "DejaVuSansCondensed.ttf", "DejaVuSansCondensed-Bold.ttf", 2),
    Typeface("fonts-dejavu-core", "DejaVuSerif.ttf", "DejaVuSerif-Bold.ttf", 1),
    Typeface("fonts-urw-base35", "URWBookman-Light.otf", "URWBookman-Demi.otf", 2.5),
    Typeface("fonts-urw-base35", "NimbusSans-Regular.otf", "NimbusSans-Bold.otf", 1),
    Typeface("fonts-urw-base35", "NimbusRoman-Regular.otf", "NimbusRoman-Bold.otf", 1),
    Typeface("fonts-urw-base35", "P052-Roman.otf", "P052-Bold.otf", 1),
    Typeface("fonts-urw-base35", "C059-Roman.otf", "C059-Bold.otf", 0.7),
    Typeface("fonts-urw-base35", "URWGothic-Book.otf", "URWGothic-Demi.otf", 0.7),
    Typeface("fonts-urw-base35", "NimbusMonoPS-Regular.otf", "NimbusMonoPS-Bold.otf", 0.5),
    Typeface("fonts-freefont-ttf", "FreeSans.ttf", "FreeSansBold.ttf", 0.7),
    Typeface("fonts-freefont-ttf", "FreeSerif.ttf", "FreeSerifBold.ttf", 0.7),
    Typeface("fonts-noto-core", "NotoSans-Regular.ttf", "NotoSans-Bold.ttf", 1),
    Typeface("fonts-roboto-unhinted", "Roboto-Regular.ttf", "Roboto-Bold.ttf", 1),
    Typeface("fonts-courier-prime", "Courier Prime.otf", "Courier Prime Bold.otf", 0.4),
    Typeface("fonts-liberation", "LiberationSans-Italic.ttf", "LiberationSans-BoldItalic.ttf", 0.5),
    Typeface("fonts-liberation", "LiberationSerif-Italic.ttf", "LiberationSerif-BoldItalic.ttf", 0.5),
    Typeface("fonts-crosextra-carlito", "Carlito-Italic.ttf", "Carlito-BoldItalic.ttf", 0.5),
    Typeface("fonts-arkpandora", "Aerial.ttf", "AerialBd.ttf", 1.5),
    Typeface("fonts-arkpandora", "Tymes.ttf", "TymesBd.ttf", 1.5),
    Typeface("fonts-arkpandora", "Veranda.ttf", "VerandaBd.ttf", 1.5),
    Typeface("fonts-paratype", "PTS55F.ttf", "PTS75F.ttf", 0.7),
    Typeface("fonts-paratype", "PTF55F.ttf", "PTF75F.ttf", 0.7),
    Typeface("fonts-paratype", "PTN57F.ttf", "PTN77F.ttf", 0.7),
    Typeface("fonts-sil-charis", "CharisSIL-Regular.ttf", "CharisSIL-Bold.ttf", 0.7),
    Typeface("fonts-sil-andika", "Andika-Regular.ttf", "Andika-Bold.ttf", 0.5),
    Typeface("fonts-ebgaramond", "EBGaramond12-Regular.otf", "EBGaramond12-Bold.otf", 0.7),
    Typeface("fonts-vollkorn", "Vollkorn-Regular.ttf", "Vollkorn-Bold.ttf", 0.5),
    Typeface("fonts-adf-baskervald", "BaskervaldADFStd.otf", "BaskervaldADFStd-Bold.otf", 0.5),
    Typeface("fonts-stix", "STIXGeneral-Regular.otf", "STIXGeneral-Bold.otf", 0.7),
    Typeface("fonts-cmu", "cmunrm.ttf", "cmunbx.ttf", 0.5),
    Typeface("fonts-roboto-slab", "RobotoSlab-Regular.otf", "RobotoSlab-Bold.otf", 0.5),
    Typeface("fonts-cantarell", "Cantarell-Regular.otf", "Cantarell-Bold.otf", 0.5),
    Typeface("fonts-inter", "Inter-Regular.otf", "Inter-Bold.otf", 0.7),
    Typeface("fonts-oxygen", "Oxygen-Sans.ttf", "Oxygen-Sans-Bold.ttf", 0.5),
    Typeface("fonts-cabin", "Cabin-Regular.otf", "Cabin-Bold.otf", 0.5),
    Typeface("fonts-karla", "Karla-Regular.otf", "Karla-Bold.otf", 0.5),
    Typeface("fonts-adf-gillius", "GilliusADF-Regular.otf", "GilliusADF-Bold.otf", 0.5),
    Typeface("fonts-adf-universalis", "UniversalisADFStd-Regular.otf", "UniversalisADFStd-Bold.otf", 0.5),
    Typeface("fonts-adf-libris", "LibrisADFStd-Regular.otf", "LibrisADFStd-Bold.otf", 0.5),
    Typeface("fonts-b612", "B612-Regular.otf", "B612-Bold.otf", 0.5),
    Typeface("fonts-cmu", "cmunss.ttf", "cmunsx.ttf", 0.7),
    Typeface("fonts-gfs-didot", "GFSDidot.otf", "GFSDidotBold.otf", 1),
    Typeface("fonts-gfs-artemisia", "GFSArtemisia.otf", "GFSArtemisiaBold.otf", 0.7),
    Typeface("fonts-oldstandard", "OldStandard-Regular.ttf", "OldStandard-Bold.ttf", 0.7),
    Typeface("fonts-quattrocento", "Quattrocento-Regular.otf", "Quattrocento-Regular.otf", 0.5),
    Typeface("fonts-junicode", "JunicodeTwoBeta-Light.otf", "JunicodeTwoBeta-Medium.otf", 0.7),
    Typeface("fonts-cardo", "Cardo104s.ttf", "Cardob101.ttf", 0.7),
    Typeface("fonts-clear-sans", "ClearSans-Light.ttf", "ClearSans-Bold.ttf", 0.7),
    Typeface("fonts-clear-sans", "ClearSans-Regular.ttf", "ClearSans-Medium.ttf", 0.7),
    Typeface("fonts-inter", "Inter-Light.otf", "Inter-Medium.otf", 0.7),
    Typeface("fonts-roboto-unhinted", "Roboto-Light.ttf", "Roboto-Medium.ttf", 1),
    Typeface("fonts-roboto-slab", "RobotoSlab-Light.otf", "RobotoSlab-Bold.otf", 0.4),
    Typeface("fonts-manrope", "Manrope-Light.ttf", "Manrope-Bold.ttf", 0.5),
    Typeface("fonts-tlwg-laksaman-ttf", "Laksaman.ttf", "Laksaman-Bold.ttf", 0.5),
    Typeface("fonts-tlwg-kinnari-ttf", "Kinnari.ttf", "Kinnari-Bold.ttf", 0.5),
    Typeface("fonts-tlwg-norasi-ttf", "Norasi.ttf", "Norasi-Bold.ttf", 0.5),
    Typeface("fonts-sil-doulos", "DoulosSIL-Regular.ttf", "DoulosSIL-Regular.ttf", 0.5),
    Typeface("fonts-yrsa-rasa", "Yrsa-Light.ttf", "Yrsa-Bold.ttf", 0.5),
    Typeface("fonts-yrsa-rasa", "Rasa-Regular.ttf", "Rasa-Bold.ttf", 0.5),
    Typeface("fonts-tuffy", "Tuffy.ttf", "Tuffy_Bold.ttf", 0.5),
    Typeface("fonts-mplus", "Mplus1-Light.otf", "Mplus1-Bold.otf", 0.5),
    Typeface("fonts-nanum", "NanumMyeongjo.ttf", "NanumMyeongjoBold.ttf", 0.7),
    Typeface("fonts-nanum", "NanumGothic.ttf", "NanumGothicBold.ttf", 0.5),
    Typeface("fonts-adf-berenis", "BerenisADFPro-Regular.otf", "BerenisADFPro-Bold.otf", 0.5),
    Typeface("fonts-adf-switzera", "SwitzeraADF-Light.otf", "SwitzeraADF-Bold.otf", 0.5),
    Typeface("fonts-averia-serif-gwf", "AveriaSerifGWF-Light.ttf", "AveriaSerifGWF-Bold.ttf", 0.5),
    Typeface("fonts-quicksand", "Quicksand-Regular.ttf", "Quicksand-Bold.ttf", 0.4),
)
SET_ASIDE = (
    Typeface("fonts-lato", "Lato-Regular.ttf", "Lato-Bold.ttf"),
    Typeface("fonts-open-sans", "OpenSans-Regular.ttf", "OpenSans-Bold.ttf"),
    Typeface("fonts-noto-core", "NotoSerif-Regular.ttf", "NotoSerif-Bold.ttf"),
    Typeface("fonts-linuxlibertine", "LinLibertine_R.otf", "LinLibertine_RB.otf"),
    Typeface("fonts-linuxlibertine", "LinBiolinum_R.otf", "LinBiolinum_RB.otf"),
    Typeface("fonts-sil-gentium", "Gentium-R.ttf", "Gentium-R.ttf"),
)


class MissingFonts(Exception):  # noqa: N818
    """Fonts of the generator that are not installed; the message names their Debian packages."""


@cache
def _files() -> dict[str, Path]:
    return {path.name: path for path in sorted(ROOT.rglob("*.[ot]tf"))}


def installed(families: Sequence[Typeface]) -> tuple[Typeface, ...]:
    """Those of ``families`` whose faces are both installed."""
    files = _files().keys()
    return tuple(family for family in families if {family.regular, family.bold} <= files)


def require(families: Sequence[Typeface]) -> None:
    """Raise ``MissingFonts`` unless every face of ``families`` is installed."""
    missing = sorted({family.package for family in set(families) - set(installed(families))})
    if missing:
        raise MissingFonts(f"fonts missing; install them with: apt-get install {' '.join(missing)}")


@cache
def face(file: str, size: float) -> ImageFont.FreeTypeFont:
    """The font of this file name at ``size`` pixels per em."""
    return ImageFont.truetype(str(_files()[file]), size, layout_engine=ImageFont.Layout.BASIC)


@cache
def _prints(file: str, character: str) -> bool:
    font = face(file, 40)
    return character == " " or bytes(font.getmask(character)) != bytes(font.getmask(NOT_DEFINED))


def printable(file: str, text: str) -> bool:
    """Whether the font has a glyph for every character of ``text``."""
    return all(_prints(file, character) for character in text)

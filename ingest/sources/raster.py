"""Image files of one page: JPEG, PNG, WebP, BMP, GIF, HEIF, AVIF, JPEG 2000, and the pages of a TIFF.

``tiff`` takes these out of their file.
"""

from __future__ import annotations

import io
import struct
import warnings
from pathlib import Path

from PIL import Image, UnidentifiedImageError

from iki.ingest.sources.page import Kind, PageImage, Parcel
from iki.ingest.sources.pixels import check_size, from_pillow, squared, too_large
from iki.ingest.sources.problems import PageCoding, PageDamaged, PageTooHeavy, SourceProblem
from iki.ingest.sources.recognise import is_heif
from iki.ingest.sources.settings import SourceSettings

_ORIENTATION = 274
_TURNS = range(5, 9)
_COMPRESSION = 259
_CODINGS = frozenset((1, 2, 3, 4, 5, 7, 8, 32773, 32946, 34925, 50000, 50001))
"""Values of Compression in a TIFF that are decoded here (TIFF 6.0, p. 30, and its technical notes)."""
_UNSUPPORTED = {
    6: "JPEG lama (TIFF 6)", 32809: "ThunderScan", 34661: "JBIG", 34676: "SGILog", 34677: "SGILog", 34712: "JPEG 2000",
    34715: "JBIG2", 34887: "LERC", 34892: "JPEG DNG", 52546: "JPEG XL",
}  # fmt: skip


class RasterFile:
    """A file with one picture; ``pages`` is 1."""

    kind: Kind = "raster"
    note: SourceProblem | None = None

    def __init__(self, path: Path, settings: SourceSettings) -> None:
        self._path, self._settings = path, settings
        self.pages = 1

    def parcel(self, number: int) -> Parcel:
        """The file itself is the page. Raises ``OSError`` or ``PageTooHeavy``."""
        return whole(self._path, number, self._settings)

    def close(self) -> None:
        """Nothing is held open."""


def whole(path: Path, number: int, settings: SourceSettings) -> Parcel:
    """Page ``number`` is the file itself. Raises ``OSError`` or ``PageTooHeavy``."""
    size, limit = path.stat().st_size, settings.max_page_bytes
    if size > limit:
        raise PageTooHeavy(page=number, size=size >> 20, limit=limit >> 20)
    return Parcel(number, "raster", path.read_bytes())


def picture(parcel: Parcel, settings: SourceSettings) -> PageImage:
    """Decode a page that came as an image file.

    Raises ``PageTooLarge``, ``PageTooSmall`` (from the header, before decoding), ``PageCoding`` and ``PageDamaged``.
    """
    if is_heif(parcel.data[:64]):
        import pillow_heif  # noqa: PLC0415 - few files need it

        pillow_heif.register_heif_opener()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(io.BytesIO(parcel.data)) as image:
                check_size(*image.size, parcel.number, settings)
                turned = image.getexif().get(_ORIENTATION, 1) in _TURNS
                dpi = declared_dpi(image)
                if dpi is not None and turned:
                    dpi = dpi[1], dpi[0]
                pixels = from_pillow(image)
        except Image.DecompressionBombError as error:
            raise too_large("?", "?", parcel.number, settings) from error
        except (
            OSError,
            UnidentifiedImageError,
            SyntaxError,
            ValueError,
            struct.error,
            EOFError,
            KeyError,
            IndexError,
            TypeError,
        ) as error:
            raise _undecoded(parcel) from error
    return PageImage(parcel.number, *squared(pixels, dpi, settings))


def _undecoded(parcel: Parcel) -> SourceProblem:
    """Why a picture could not be decoded: its coding is not supported, or it is damaged."""
    if parcel.data[:2] in (b"II", b"MM"):
        import tifftools  # noqa: PLC0415 - few files need it

        try:
            coding = int(tifftools.read_tiff(io.BytesIO(parcel.data))["ifds"][0]["tags"][_COMPRESSION]["data"][0])
        except (tifftools.TifftoolsError, struct.error, ValueError, KeyError, IndexError, OverflowError):
            return PageDamaged(page=parcel.number)
        if coding not in _CODINGS:
            return PageCoding(page=parcel.number, coding=_UNSUPPORTED.get(coding, f"TIFF {coding}"))
    return PageDamaged(page=parcel.number)


def declared_dpi(image: Image.Image) -> tuple[float, float] | None:
    """(horizontal, vertical) dots per inch as the file states them, or None."""
    dpi = image.info.get("dpi")
    try:
        across, down = (float(d) for d in dpi)  # type: ignore[union-attr]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    return (across, down) if across > 0 and down > 0 else None

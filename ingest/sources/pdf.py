"""PDF files: a page at a time, its one image untouched where it is one, rendered by poppler where it is not.

A page counts as one image when nothing visible stands on it but a single opaque image, placed upright (in steps of a
quarter turn, mirrored or not): a scan, with or without an invisible text layer. A page with visible text of its own
that no picture dominates is born digital: PDFium draws it, and its text layer comes along.
"""

from __future__ import annotations

import io
import math
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import pikepdf
from pikepdf.models import image as pdf_image
from PIL import Image

from iki.ingest.sources.marks import LostMarkError, Marks, PlacedImage, Rectangle, marks, paper
from iki.ingest.sources.page import Kind, PageImage, Parcel
from iki.ingest.sources.pixels import Pixels, check_size, from_pillow, squared, too_large
from iki.ingest.sources.problems import (
    Attachments,
    Damaged,
    Encrypted,
    NoPages,
    NoRenderer,
    PageDamaged,
    PageTooSlow,
    Repaired,
    SourceProblem,
)
from iki.ingest.sources.recognise import named
from iki.ingest.sources.settings import SourceSettings

_POINTS_PER_INCH = 72.0
_QUARTER = 90
_ORIENTATION = 274
"""EXIF tag."""
_NO_SHEETS = (".xml", ".joboptions", ".icc", ".p7s", ".cer", ".crt")
"""Attached files of these kinds belong to the PDF itself: invoices' data, printing, certificates."""
_REPAIR = "reconstruct"
"""What qpdf says when it had to look for the objects itself."""
_BROKEN = (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError)
_BROKEN_PIXELS = (*_BROKEN, OSError, SyntaxError, EOFError, pdf_image.ImageDecompressionError)
_BOMBS = (Image.DecompressionBombError, pdf_image.DecompressionBombError)
_NOT_OURS = (
    pdf_image.UnsupportedImageTypeError, pdf_image.HifiPrintImageNotTranscodableError, pdf_image.NotExtractableError,
    pdf_image.InvalidPdfImageError, pikepdf.DependencyError, NotImplementedError,
)  # fmt: skip
"""What pikepdf says of an image that is sound, but that only poppler can decode."""


class PdfFile:
    """An open PDF, of which only the page asked for is ever loaded.

    Opening raises ``Encrypted``, ``Damaged`` or ``NoPages``. A PDF that may be read but not changed opens as any other.
    """

    kind: Kind = "pdf"
    note: SourceProblem | None = None

    def __init__(self, path: Path) -> None:
        with ExitStack() as stack:
            file = stack.enter_context(path.open("rb"))  # pikepdf takes no names that are not UTF-8
            try:
                self._pdf = stack.enter_context(pikepdf.open(file))
                self.pages = len(self._pdf.pages)
            except pikepdf.PasswordError as error:
                raise Encrypted() from error
            except _BROKEN as error:
                raise Damaged() from error
            if not self.pages:
                raise NoPages()
            self._held = stack.pop_all()
        if any(_REPAIR in str(warning) for warning in self._pdf.get_warnings()):
            self.note = Repaired()
        elif attached := self._attached():
            self.note = Attachments(names=named(attached))

    def _attached(self) -> list[str]:
        """The names of files within the PDF that may hold sheets."""
        try:
            return sorted(n for n in map(str, self._pdf.attachments) if not n.lower().endswith(_NO_SHEETS))
        except _BROKEN:
            return []

    def parcel(self, number: int) -> Parcel:
        """Page ``number`` as a PDF of one page; nothing is recompressed. Raises ``PageDamaged``."""
        try:
            with pikepdf.new() as single, warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about forms that could no longer be filled in
                single.pages.append(self._pdf.pages[number - 1])
                if "/OCProperties" in self._pdf.Root:
                    single.Root.OCProperties = single.copy_foreign(self._pdf.Root.OCProperties)
                out = io.BytesIO()
                single.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        except _BROKEN as error:
            raise PageDamaged(page=number) from error
        return Parcel(number, "pdf", out.getvalue())

    def close(self) -> None:
        """Give the file back."""
        self._held.close()


def picture(parcel: Parcel, settings: SourceSettings) -> PageImage:
    """The picture of a one-page PDF.

    Raises ``PageDamaged``, ``PageTooLarge``, ``PageTooSmall``, ``PageTooSlow`` or ``NoRenderer``.
    """
    try:
        with pikepdf.open(io.BytesIO(parcel.data)) as pdf:
            page = pdf.pages[0]
            visible = marks(page, settings)
            scan = _only_image(page, visible, settings)
            if scan is not None:
                native = _native(page, scan, parcel.number, settings)
                if native is not None:
                    return native
            dpi = _rendering_dpi(page, visible, parcel.number, settings)
            typed = _typed(parcel, min(dpi, settings.typed_dpi), _user_unit(page), settings) if visible.other else None
            if typed is not None:
                return typed
    except (LostMarkError, *_BROKEN) as error:
        raise PageDamaged(page=parcel.number) from error
    return _rendered(parcel, dpi, settings)


def shown_box(page: pikepdf.Page, settings: SourceSettings) -> Rectangle:
    """The part of a page, in its own units and before its /Rotate, that ``picture`` shows: the place of the one image
    that is all there is to see, else the paper."""
    try:
        scan = _only_image(page, marks(page, settings), settings)
        if scan is not None and _native(page, scan, 1, settings) is not None:
            return scan.box
    except (LostMarkError, SourceProblem, *_BROKEN):
        pass
    return paper(page)


def _typed(parcel: Parcel, dpi: float, unit: float, settings: SourceSettings) -> PageImage | None:
    """A born-digital page with its text layer, or ``None`` where it has no visible text of its own."""
    from iki.ingest.sources import pdfium  # noqa: PLC0415 - a scan needs no PDFium

    typed = pdfium.typed(parcel.data, dpi * unit, settings)  # PDFium takes no notice of the user unit
    if typed is None:
        return None
    height, width = typed.pixels.shape[:2]
    check_size(width, height, parcel.number, settings)
    return PageImage(parcel.number, *squared(typed.pixels, (dpi, dpi), settings), typed.layer)


def _only_image(page: pikepdf.Page, visible: Marks, settings: SourceSettings) -> PlacedImage | None:
    """The one image that is all there is to see on the page, if that is so."""
    if visible.other or len(visible.images) != 1:
        return None
    placed = visible.images[0]
    if "/SMask" in placed.image or "/Mask" in placed.image:
        return None
    if bool(placed.image.get("/ImageMask", False)) and not placed.plain:
        return None
    m, box, sheet = placed.matrix, placed.box, paper(page)
    steep = settings.shear * max(map(abs, (m.a, m.b, m.c, m.d)))
    upright = max(abs(m.b), abs(m.c)) <= steep or max(abs(m.a), abs(m.d)) <= steep
    over = settings.overhang * max(sheet[2] - sheet[0], sheet[3] - sheet[1])
    inside = (
        box[0] >= sheet[0] - over
        and box[1] >= sheet[1] - over
        and box[2] <= sheet[2] + over
        and box[3] <= sheet[3] + over
    )
    return placed if upright and inside and _share(placed, sheet) >= settings.dominant_area else None


def _share(placed: PlacedImage, sheet: tuple[float, float, float, float]) -> float:
    m = placed.matrix
    area = (sheet[2] - sheet[0]) * (sheet[3] - sheet[1])
    return abs(m.a * m.d - m.b * m.c) / area if area > 0 else 0.0


def _native(page: pikepdf.Page, placed: PlacedImage, number: int, settings: SourceSettings) -> PageImage | None:
    """The samples of the page's only image, turned as the page shows them; None where only poppler can decode them."""
    if min(placed.dpi) < settings.dpi_range[0]:
        return None
    check_size(*placed.size, number, settings)
    try:
        with pikepdf.PdfImage(placed.image).as_pil_image() as image:
            check_size(*image.size, number, settings)
            if image.format == "JPEG" and image.mode == "CMYK":
                return None  # Pillow goes by the Adobe marker, a PDF by its Decode array: only poppler does
            image.getexif().pop(_ORIENTATION, None)  # a PDF shows its pictures by their placement alone
            pixels = from_pillow(image)
    except _NOT_OURS:
        return None
    except _BOMBS as error:
        raise too_large(*placed.size, number, settings) from error
    except _BROKEN_PIXELS as error:
        raise PageDamaged(page=number) from error
    turned, dpi = _as_shown(pixels, placed, int(page.obj.get("/Rotate", 0)))
    return PageImage(number, *squared(turned, dpi, settings))


def _as_shown(pixels: Pixels, placed: PlacedImage, rotate: int) -> tuple[Pixels, tuple[float, float]]:
    """Apply the mirrorings and quarter turns of the placement and of /Rotate; no sample is changed."""
    m, dpi = placed.matrix, placed.dpi
    if abs(m.a) >= abs(m.b):
        flip_across, flip_down = m.a < 0, m.d < 0
    else:
        pixels, dpi = pixels.swapaxes(0, 1), (dpi[1], dpi[0])
        flip_across, flip_down = m.c > 0, m.b > 0
    pixels = pixels[:: -1 if flip_down else 1, :: -1 if flip_across else 1]
    turns = rotate // _QUARTER
    if turns % 2:
        dpi = dpi[1], dpi[0]
    return np.ascontiguousarray(np.rot90(pixels, -turns)), dpi


def _rendering_dpi(page: pikepdf.Page, visible: Marks, number: int, settings: SourceSettings) -> float:
    """The resolution of the image that dominates the page, else the usual one; lower where the page is huge."""
    sheet = paper(page)
    inches = [
        max(side, 1.0) / _POINTS_PER_INCH * _user_unit(page) for side in (sheet[2] - sheet[0], sheet[3] - sheet[1])
    ]
    native = [max(i.dpi) / _user_unit(page) for i in visible.images if _share(i, sheet) >= settings.dominant_area]
    lowest, highest = settings.render_dpi_range
    dpi = min(max(native[0], lowest), highest) if native else settings.render_dpi
    most = min(math.sqrt(settings.max_pixels / (inches[0] * inches[1])), settings.max_side / max(inches))
    if most < lowest:
        width, height = (round(side * settings.render_dpi) for side in inches)
        raise too_large(width, height, number, settings)
    return min(dpi, most)


def _user_unit(page: pikepdf.Page) -> float:
    """Points to which one unit of a page comes up; what is no size at all counts as the usual one."""
    unit = float(page.obj.get("/UserUnit", 1))
    return unit if unit > 0 else 1.0


def _rendered(parcel: Parcel, dpi: float, settings: SourceSettings) -> PageImage:
    """The page as poppler draws it, through PPM: encoding PNG would cost more than all the rest."""
    import pdf2image  # noqa: PLC0415 - a scan needs no renderer
    from pdf2image import exceptions as poppler  # noqa: PLC0415

    options: dict[str, Any] = {"dpi": dpi, "fmt": "ppm", "use_cropbox": True, "timeout": settings.render_seconds}
    try:
        images = pdf2image.convert_from_bytes(parcel.data, **options)
    except poppler.PDFInfoNotInstalledError as error:
        raise NoRenderer() from error
    except poppler.PDFPopplerTimeoutError as error:
        raise PageTooSlow(page=parcel.number, limit=settings.render_seconds) from error
    except (poppler.PDFPageCountError, poppler.PDFSyntaxError, *_BROKEN_PIXELS) as error:
        raise PageDamaged(page=parcel.number) from error
    if not images:
        raise PageDamaged(page=parcel.number)
    pixels = from_pillow(images[0])
    check_size(pixels.shape[1], pixels.shape[0], parcel.number, settings)
    return PageImage(parcel.number, *squared(pixels, (dpi, dpi), settings))

"""PDF files: a page at a time, its one image untouched where it is one, rendered by poppler where it is not.

A page counts as one image when nothing visible stands on it but a single opaque image, placed upright (in steps of a
quarter turn, mirrored or not): a scan, with or without an invisible text layer. All coordinates here are PDF points
with y upwards; matrices are those of ISO 32000-1, 8.3.
"""

from __future__ import annotations

import io
import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pdf2image
import pdf2image.exceptions
import pikepdf
from pikepdf import PdfMatrix
from PIL import Image

from iki.ingest.sources.page import PageImage, Parcel
from iki.ingest.sources.pixels import Pixels, check_size, from_pillow, squared
from iki.ingest.sources.problems import (
    Damaged,
    Encrypted,
    NoPages,
    NoRenderer,
    PageDamaged,
    PageTooLarge,
    PageTooSlow,
)
from iki.ingest.sources.settings import SourceSettings

_POINTS_PER_INCH = 72.0
_INVISIBLE = 3
"""Text rendering mode of a text layer under a scan."""
_SILENT = frozenset(
    "q Q cm gs ri i w J j M d BT ET Tf Td TD Tm T* Tc Tw Tz TL Ts Tr BMC BDC EMC MP DP BX EX "
    "g G rg RG k K cs CS sc SC scn SCN re m l h n W W*".split()
)
"""Operators that leave no mark by themselves."""
_SHOWN = frozenset(("Tj", "TJ", "'", '"'))
_COLOURS = frozenset("g rg k cs sc scn gs".split())
_UNSEEN_ANNOTATIONS = frozenset(("/Link", "/Popup"))
_HIDDEN_FLAGS = 0b100010
"""Annotation flags Hidden and NoView."""
_PIXEL_ERRORS = (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError)
_IDENTITY_DECODE = ([0, 1], [0, 1] * 3, [0, 1] * 4)


class PdfFile:
    """An open PDF, of which only the page asked for is ever loaded.

    Raises ``Encrypted``, ``Damaged`` or ``NoPages`` on opening. A PDF that may be read but not changed opens as any other.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._pdf = pikepdf.open(path)
            self.pages = len(self._pdf.pages)
        except pikepdf.PasswordError as error:
            raise Encrypted() from error
        except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, AttributeError) as error:
            raise Damaged() from error
        if not self.pages:
            raise NoPages()

    def parcel(self, number: int) -> Parcel:
        """Page ``number`` as a PDF of one page; nothing is recompressed. Raises ``PageDamaged``."""
        try:
            with pikepdf.new() as single:
                single.pages.append(self._pdf.pages[number - 1])
                if "/OCProperties" in self._pdf.Root:
                    single.Root.OCProperties = single.copy_foreign(self._pdf.Root.OCProperties)
                out = io.BytesIO()
                single.save(out, compress_streams=False, stream_decode_level=pikepdf.StreamDecodeLevel.none)
        except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise PageDamaged(page=number) from error
        return Parcel(number, "pdf", out.getvalue())

    def close(self) -> None:
        """Give the file back."""
        self._pdf.close()


def picture(parcel: Parcel, settings: SourceSettings) -> PageImage:
    """The picture of a one-page PDF.

    Raises ``PageDamaged``, ``PageTooLarge``, ``PageTooSmall``, ``PageTooSlow`` or ``NoRenderer``.
    """
    try:
        with pikepdf.open(io.BytesIO(parcel.data)) as pdf:
            page = pdf.pages[0]
            marks = _marks(page, settings)
            native = _native(page, marks, parcel.number, settings)
            if native is not None:
                return native
            dpi = _rendering_dpi(page, marks, parcel.number, settings)
    except (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError) as error:
        raise PageDamaged(page=parcel.number) from error
    return _rendered(parcel, dpi, settings)


@dataclass(frozen=True, slots=True)
class _Placed:
    """An image as placed: ``matrix`` maps the unit square to the page; ``plain`` when painted with no colour set."""

    image: Any
    matrix: PdfMatrix
    plain: bool

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in samples."""
        return int(self.image.Width), int(self.image.Height)

    @property
    def dpi(self) -> tuple[float, float]:
        """Samples per inch along the image's own x and y."""
        m = self.matrix
        sides = math.hypot(m.a, m.b), math.hypot(m.c, m.d)
        across, down = (n * _POINTS_PER_INCH / side if side else math.inf for n, side in zip(self.size, sides, strict=True))
        return across, down

    @property
    def box(self) -> tuple[float, float, float, float]:
        m = self.matrix
        corners = [m.transform((x, y)) for x in (0, 1) for y in (0, 1)]
        xs, ys = zip(*corners, strict=True)
        return min(xs), min(ys), max(xs), max(ys)


@dataclass(frozen=True, slots=True)
class _Marks:
    """What is visible on a page: images, and whether there is anything else (``other``)."""

    images: tuple[_Placed, ...]
    other: bool


def _marks(page: pikepdf.Page, settings: SourceSettings) -> _Marks:
    images: list[_Placed] = []
    other = any(_seen(annotation) for annotation in page.obj.get("/Annots", []))
    for mark in _walk(page, page.resources if "/Resources" in page.obj else {}, PdfMatrix(), settings.form_depth, _paper(page)):
        if mark is None:
            other = True
        else:
            images.append(mark)
    return _Marks(tuple(images), other)


def _seen(annotation: Any) -> bool:
    flags = int(annotation.get("/F", 0))
    return str(annotation.get("/Subtype")) not in _UNSEEN_ANNOTATIONS and not flags & _HIDDEN_FLAGS


def _walk(
    content: Any, resources: Any, matrix: PdfMatrix, depth: int, paper: tuple[float, float, float, float]
) -> Iterator[_Placed | None]:
    """The marks that a content stream makes, in order; None for any that is not an image."""
    stack: list[tuple[PdfMatrix, int, bool]] = []
    text_mode, plain = 0, True
    for operands, operator in pikepdf.parse_content_stream(content):
        name = str(operator)
        if name == "q":
            stack.append((matrix, text_mode, plain))
        elif name == "Q" and stack:
            matrix, text_mode, plain = stack.pop()
        elif name == "cm":
            matrix = PdfMatrix(*(float(o) for o in operands)) @ matrix
        elif name == "Tr":
            text_mode = int(operands[0])
        elif name == "Do":
            yield from _painted(resources, operands[0], matrix, plain, depth, paper)
        elif name == "re" and not _covers(_moved(operands, matrix), paper):
            yield None
        elif name in _SHOWN and text_mode != _INVISIBLE:
            yield None
        elif name not in _SILENT and name not in _SHOWN:
            yield None
        plain = plain and name not in _COLOURS


def _painted(
    resources: Any, name: Any, matrix: PdfMatrix, plain: bool, depth: int, paper: tuple[float, float, float, float]
) -> Iterator[_Placed | None]:
    thing = resources.get("/XObject", {}).get(str(name))
    if thing is None or "/OC" in thing:
        yield None
    elif str(thing.get("/Subtype")) == "/Image":
        yield _Placed(thing, matrix, plain)
    elif depth == 0 or "/Group" in thing and "/SMask" in thing.Group:
        yield None
    else:
        inner = PdfMatrix(*(float(o) for o in thing.get("/Matrix", [1, 0, 0, 1, 0, 0]))) @ matrix
        x0, y0, x1, y1 = (float(o) for o in thing.get("/BBox", [0, 0, 1, 1]))
        if not _covers(_moved((x0, y0, x1 - x0, y1 - y0), inner), paper):
            yield None
        yield from _walk(thing, thing.get("/Resources", resources), inner, depth - 1, paper)


def _moved(rectangle: Any, matrix: PdfMatrix) -> tuple[float, float, float, float]:
    x, y, width, height = (float(o) for o in rectangle)
    corners = [matrix.transform((x + i * width, y + j * height)) for i in (0, 1) for j in (0, 1)]
    xs, ys = zip(*corners, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _covers(box: tuple[float, float, float, float], paper: tuple[float, float, float, float]) -> bool:
    slack = 0.01 * max(paper[2] - paper[0], paper[3] - paper[1])
    return (
        box[0] <= paper[0] + slack and box[1] <= paper[1] + slack
        and box[2] >= paper[2] - slack and box[3] >= paper[3] - slack
    )  # fmt: skip


def _paper(page: pikepdf.Page) -> tuple[float, float, float, float]:
    """The visible part of the page in points, before its turn."""
    crop, media = ([float(v) for v in box] for box in (page.cropbox, page.mediabox))
    x0, x1 = (sorted((b[0], b[2])) for b in (crop, media)), None
    del x1
    (cx0, cx1), (mx0, mx1) = x0
    (cy0, cy1), (my0, my1) = (sorted((b[1], b[3])) for b in (crop, media))
    return max(cx0, mx0), max(cy0, my0), min(cx1, mx1), min(cy1, my1)

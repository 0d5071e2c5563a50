"""What is visible on a PDF page: its images with their places, and whether there is anything else.

Coordinates are PDF points with y upwards; matrices map row vectors, as in ISO 32000-1, 8.3.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pikepdf
from pikepdf import Matrix

from iki.ingest.sources.settings import SourceSettings

Rectangle = tuple[float, float, float, float]
"""x0, y0, x1, y1 in points."""

_POINTS_PER_INCH = 72.0
_INVISIBLE = 3
"""Text rendering mode of a text layer under a scan."""
_STATE = frozenset(("q", "Q", "cm", "gs", "ri", "i", "w", "J", "j", "M", "d", "BX", "EX", "Do"))
_PATH = frozenset(("re", "m", "l", "h", "n", "W", "W*"))
_TEXT = frozenset(("Tj", "TJ", "'", '"'))
_TEXT_STATE = frozenset(("BT", "ET", "Tf", "Td", "TD", "Tm", "T*", "Tc", "Tw", "Tz", "TL", "Ts", "Tr"))
_MARKED_CONTENT = frozenset(("BMC", "BDC", "EMC", "MP", "DP"))
_FILL_COLOURS = frozenset(("g", "rg", "k", "cs", "sc", "scn", "gs"))
_LINE_COLOURS = frozenset(("G", "RG", "K", "CS", "SC", "SCN"))
_SILENT = _STATE | _PATH | _TEXT | _TEXT_STATE | _MARKED_CONTENT | _FILL_COLOURS | _LINE_COLOURS
"""Operators that leave no mark by themselves, or are looked at one by one."""
_UNSEEN_ANNOTATIONS = frozenset(("/Link", "/Popup"))
_HIDDEN_FLAGS = 0b100010
"""Annotation flags Hidden and NoView."""
_BROKEN = (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError)


@dataclass(frozen=True, slots=True)
class PlacedImage:
    """An image XObject where it is painted. ``matrix`` maps the unit square to the page, before its /Rotate.

    ``plain``: no colour was set before, so that a stencil mask is painted black.
    """

    image: Any
    matrix: Matrix
    plain: bool

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in samples, as declared."""
        return int(self.image.Width), int(self.image.Height)

    @property
    def dpi(self) -> tuple[float, float]:
        """Samples per inch along the image's own x and y."""
        m = self.matrix
        sides = max(math.hypot(m.a, m.b), 1e-6), max(math.hypot(m.c, m.d), 1e-6)
        return self.size[0] * _POINTS_PER_INCH / sides[0], self.size[1] * _POINTS_PER_INCH / sides[1]

    @property
    def box(self) -> Rectangle:
        """The place on the page."""
        return moved((0.0, 0.0, 1.0, 1.0), self.matrix)


class LostMarkError(Exception):
    """The page paints something that its file does not hold (any more)."""


@dataclass(frozen=True, slots=True)
class Marks:
    """``images`` in painting order; ``other``: text, drawings, annotations or anything not understood."""

    images: tuple[PlacedImage, ...]
    other: bool


@dataclass(frozen=True, slots=True)
class _Canvas:
    """What a content stream is painted on: where from the resources come, and how deep in forms it lies."""

    resources: Any
    matrix: Matrix
    depth: int
    paper: Rectangle
    slack: float


def marks(page: pikepdf.Page, settings: SourceSettings) -> Marks:
    """Everything visible on ``page``. What cannot be parsed counts as ``other``, never as absent.

    Raises ``LostMarkError``.
    """
    images: list[PlacedImage] = []
    other = False
    box = paper(page)
    slack = settings.overhang * max(box[2] - box[0], box[3] - box[1])
    try:
        other = any(_seen(annotation) for annotation in page.obj.get("/Annots", []))
        canvas = _Canvas(page.obj.get("/Resources", {}), Matrix(), settings.form_depth, box, slack)
        for mark in _walk(page, canvas):
            if mark is None:
                other = True
            else:
                images.append(mark)
    except _BROKEN:
        other = True
    return Marks(tuple(images), other)


def paper(page: pikepdf.Page) -> Rectangle:
    """The visible part of the page in points, before its /Rotate: the crop box within the media box."""
    crop, media = (_upright([float(v) for v in box]) for box in (page.cropbox, page.mediabox))
    return max(crop[0], media[0]), max(crop[1], media[1]), min(crop[2], media[2]), min(crop[3], media[3])


def moved(rectangle: Rectangle, matrix: Matrix) -> Rectangle:
    """The upright rectangle around ``rectangle`` after ``matrix``."""
    x0, y0, x1, y1 = rectangle
    xs, ys = zip(*(matrix.transform((x, y)) for x in (x0, x1) for y in (y0, y1)), strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _upright(box: list[float]) -> Rectangle:
    return min(box[0], box[2]), min(box[1], box[3]), max(box[0], box[2]), max(box[1], box[3])


def _seen(annotation: Any) -> bool:
    flags = int(annotation.get("/F", 0))
    return str(annotation.get("/Subtype")) not in _UNSEEN_ANNOTATIONS and not flags & _HIDDEN_FLAGS


def _walk(content: Any, canvas: _Canvas) -> Iterator[PlacedImage | None]:
    """The marks that a content stream makes, in order; None for any that is not an image."""
    stack: list[tuple[Matrix, int, bool]] = []
    matrix, text_mode, plain = canvas.matrix, 0, True
    for instruction in pikepdf.parse_content_stream(content):
        operands, name = instruction.operands, str(instruction.operator)
        if name == "q":
            stack.append((matrix, text_mode, plain))
        elif name == "Q" and stack:
            matrix, text_mode, plain = stack.pop()
        elif name == "cm":
            matrix = _matrix(operands) @ matrix
        elif name == "Tr":
            text_mode = int(operands[0])
        elif name == "Do":
            yield from _painted(str(operands[0]), matrix, plain, canvas)
        elif (
            (name == "re" and not _covers(_rectangle(operands, matrix), canvas))
            or (name == "gs" and _blends(canvas.resources, str(operands[0])))
            or (name == "BDC" and str(operands[0]) == "/OC")
            or (name in _TEXT and text_mode != _INVISIBLE)
            or name not in _SILENT
        ):
            yield None
        plain = plain and name not in _FILL_COLOURS


def _painted(name: str, matrix: Matrix, plain: bool, canvas: _Canvas) -> Iterator[PlacedImage | None]:
    thing = canvas.resources.get("/XObject", {}).get(name)
    if thing is None:
        raise LostMarkError(name)
    if "/OC" in thing:
        yield None
    elif str(thing.get("/Subtype")) == "/Image":
        yield PlacedImage(thing, matrix, plain)
    elif canvas.depth == 0:
        yield None
    else:
        inner = _matrix(thing.get("/Matrix", (1, 0, 0, 1, 0, 0))) @ matrix
        x0, y0, x1, y1 = (float(v) for v in thing.BBox)
        if not _covers(moved((x0, y0, x1, y1), inner), canvas):
            yield None
        resources = thing.get("/Resources", canvas.resources)
        yield from _walk(thing, _Canvas(resources, inner, canvas.depth - 1, canvas.paper, canvas.slack))


def _blends(resources: Any, name: str) -> bool:
    """Whether a graphics state makes what follows translucent, masked or mixed."""
    state = resources.get("/ExtGState", {}).get(name, {})
    return (
        str(state.get("/SMask", "/None")) != "/None"
        or str(state.get("/BM", "/Normal")) not in ("/Normal", "/Compatible")
        or float(state.get("/ca", 1)) < 1
    )


def _matrix(operands: Any) -> Matrix:
    return Matrix(*(float(o) for o in operands))


def _rectangle(operands: Any, matrix: Matrix) -> Rectangle:
    x, y, width, height = (float(o) for o in operands)
    return moved((x, y, x + width, y + height), matrix)


def _covers(box: Rectangle, canvas: _Canvas) -> bool:
    paper_box, slack = canvas.paper, canvas.slack
    return (
        box[0] <= paper_box[0] + slack
        and box[1] <= paper_box[1] + slack
        and box[2] >= paper_box[2] - slack
        and box[3] >= paper_box[3] - slack
    )

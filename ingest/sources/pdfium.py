"""Born-digital PDF pages: PDFium draws them and tells their characters, so that both share one frame."""

from __future__ import annotations

import ctypes
import math
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pypdfium2 as pdfium
from pypdfium2 import raw

from iki.ingest.sources.pixels import Pixels
from iki.ingest.sources.settings import SourceSettings
from iki.ingest.sources.text_layer import Array, TextLayer

_ONE_AT_A_TIME = threading.Lock()
"""PDFium is not thread-safe."""
_POINTS_PER_INCH = 72.0
_INVISIBLE_MODES = frozenset((raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP))
_HYPHEN = 0x02
"""What PDFium calls a hyphen at the end of a line."""
_MOST_SEGMENTS = 50_000
"""A page that draws more straight lines than this holds a map or a plan."""
_FORM_DEPTH = 8


@dataclass(frozen=True, slots=True)
class Typed:
    """A born-digital page: its picture (H×W×3, BGR) and the text layer in the frame of that."""

    pixels: Pixels
    layer: TextLayer


def typed(data: bytes, dpi: float, settings: SourceSettings) -> Typed | None:
    """A PDF of one page as picture and text layer, or ``None`` where it has no visible text of its own.

    A page of which pictures cover more than ``settings.dominant_area`` is a scan, whatever text lies on or under it.
    ``dpi`` is that of the picture if the page's unit is the point. What PDFium can't read is ``None`` too.
    """
    with _ONE_AT_A_TIME:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError:
            return None
        try:
            return _typed(document, dpi, settings)
        except (pdfium.PdfiumError, ValueError):
            return None
        finally:
            document.close()


def _typed(document: pdfium.PdfDocument, dpi: float, settings: SourceSettings) -> Typed | None:
    page = _flattened(document)
    scale = dpi / _POINTS_PER_INCH
    width, height = (math.ceil(side * scale) for side in page.get_size())
    drawn = _drawn(page, _to_pixels(page, width, height))
    if drawn is None or _covered(drawn, width, height) >= settings.dominant_area:
        return None
    layer = _characters(page, _to_pixels(page, width, height), drawn)
    if not len(layer):
        return None
    bitmap = page.render(scale=scale, prefer_bgrx=False, rev_byteorder=False)
    pixels = np.array(bitmap.to_numpy())
    return Typed(pixels if pixels.ndim > 2 else np.repeat(pixels[:, :, None], 3, 2), layer)  # noqa: PLR2004


def _flattened(document: pdfium.PdfDocument) -> pdfium.PdfPage:
    """The page with what annotations show (filled-in fields, typed notes) as part of it."""
    page = document[0]
    annotated = raw.FPDFPage_GetAnnotCount(page.raw) > 0
    if annotated and raw.FPDFPage_Flatten(page.raw, raw.FLAT_NORMALDISPLAY) == raw.FLATTEN_SUCCESS:
        page.close()
        page = document[0]
    return page


def _to_pixels(page: pdfium.PdfPage, width: int, height: int) -> Array:
    """The affine map (2×3) from the page's own coordinates to the pixels of its picture: crop box and /Rotate too."""
    fine = 1000
    x, y = ctypes.c_int(), ctypes.c_int()
    corners = []
    for at in ((0.0, 0.0), (1000.0, 0.0), (0.0, 1000.0)):
        raw.FPDF_PageToDevice(page.raw, 0, 0, width * fine, height * fine, 0, *at, x, y)
        corners.append((x.value / fine, y.value / fine))
    (x0, y0), (x1, y1), (x2, y2) = corners
    return np.array([[(x1 - x0) / 1000, (x2 - x0) / 1000, x0], [(y1 - y0) / 1000, (y2 - y0) / 1000, y0]])


@dataclass(slots=True)
class _Drawn:
    """What a page draws beside characters, in painting order; ``seen`` numbers the objects by their address."""

    strokes: list[tuple[float, float, float, float]] = field(default_factory=list)
    fills: list[tuple[float, float, float, float]] = field(default_factory=list)
    images: list[tuple[float, float, float, float]] = field(default_factory=list)
    image_order: list[int] = field(default_factory=list)
    opaque: list[bool] = field(default_factory=list)
    order: dict[int, int] = field(default_factory=dict)
    segments: int = 0


def _drawn(page: pdfium.PdfPage, to_pixels: Array) -> _Drawn | None:
    """The drawings of a page; ``None`` where there are too many of them."""
    drawn = _Drawn()
    for thing, matrix in _objects(page.raw, raw.FPDFPage_CountObjects, raw.FPDFPage_GetObject, to_pixels, _FORM_DEPTH):
        drawn.order[ctypes.addressof(thing.contents)] = len(drawn.order)
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_PATH:
            _add_path(drawn, thing, _chained(matrix, _matrix(thing)))
        elif kind == raw.FPDF_PAGEOBJ_IMAGE:
            corners = _moved(_chained(matrix, _matrix(thing)), [(0, 0), (1, 0), (0, 1), (1, 1)])
            drawn.images.append(_around(corners))
            drawn.image_order.append(len(drawn.order))
            drawn.opaque.append(not raw.FPDFPageObj_HasTransparency(thing))
        if drawn.segments > _MOST_SEGMENTS:
            return None
    return drawn


def _objects(holder: Any, count: Any, get: Any, matrix: Array, depth: int) -> Iterator[tuple[Any, Array]]:
    """The objects of a page or form in painting order, those of forms too, with the map from their space to pixels."""
    for i in range(count(holder)):
        thing = get(holder, i)
        yield thing, matrix
        if raw.FPDFPageObj_GetType(thing) == raw.FPDF_PAGEOBJ_FORM and depth:
            inner = _chained(matrix, _matrix(thing))
            yield from _objects(thing, raw.FPDFFormObj_CountObjects, raw.FPDFFormObj_GetObject, inner, depth - 1)


def _matrix(thing: Any) -> Array:
    m = raw.FS_MATRIX()
    raw.FPDFPageObj_GetMatrix(thing, m)
    return np.array([[m.a, m.c, m.e], [m.b, m.d, m.f]])


def _chained(outer: Array, inner: Array) -> Array:
    return np.asarray(outer[:, :2] @ inner + np.array([[0, 0, outer[0, 2]], [0, 0, outer[1, 2]]]))


def _moved(matrix: Array, points: list[tuple[float, float]]) -> Array:
    return np.asarray(np.array(points) @ matrix[:, :2].T + matrix[:, 2])


def _around(points: Array) -> tuple[float, float, float, float]:
    (x0, y0), (x1, y1) = points.min(axis=0), points.max(axis=0)
    return float(x0), float(y0), float(x1), float(y1)


def _add_path(drawn: _Drawn, path: Any, matrix: Array) -> None:
    """Note the straight lines that a path strokes and the boxes of the polygons that it fills."""
    fill, stroke = ctypes.c_int(), ctypes.c_int()
    raw.FPDFPath_GetDrawMode(path, fill, stroke)
    if not (fill.value or stroke.value):
        return
    for points, straight, closed in _subpaths(path, drawn):
        at = _moved(matrix, points)
        if stroke.value:
            ends = [*range(1, len(at)), *([0] if closed and len(at) > 2 else [])]  # noqa: PLR2004
            before = at[[*range(len(at) - 1), *([len(at) - 1] if closed and len(at) > 2 else [])]]  # noqa: PLR2004
            sides = zip(before.tolist(), at[ends].tolist(), [*straight[1:], True], strict=False)
            drawn.strokes += [(*a, *b) for a, b, line in sides if line]
        if fill.value and all(straight):
            drawn.fills.append(_around(at))


def _subpaths(path: Any, drawn: _Drawn) -> Iterator[tuple[list[tuple[float, float]], list[bool], bool]]:
    """The connected parts of a path: their points, whether a straight line leads to each, and whether they close."""
    points: list[tuple[float, float]] = []
    straight: list[bool] = []
    closed = False
    x, y = ctypes.c_float(), ctypes.c_float()
    for i in range(raw.FPDFPath_CountSegments(path)):
        drawn.segments += 1
        segment = raw.FPDFPath_GetPathSegment(path, i)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            if len(points) > 1:
                yield points, straight, closed
            points, straight, closed = [], [], False
        raw.FPDFPathSegment_GetPoint(segment, x, y)
        points.append((x.value, y.value))
        straight.append(kind != raw.FPDF_SEGMENT_BEZIERTO)
        closed = closed or bool(raw.FPDFPathSegment_GetClose(segment))
    if len(points) > 1:
        yield points, straight, closed


def _covered(drawn: _Drawn, width: int, height: int) -> float:
    """Share of the page that pictures cover; several that lie over one another count as often, as in layered scans."""
    x0, y0, x1, y1 = np.array(drawn.images, np.float64).reshape(-1, 4).T
    sides = np.minimum(x1, width) - np.maximum(x0, 0), np.minimum(y1, height) - np.maximum(y0, 0)
    return float((sides[0].clip(0) * sides[1].clip(0)).sum() / (width * height))


def _characters(page: pdfium.PdfPage, to_pixels: Array, drawn: _Drawn) -> TextLayer:
    """The characters that are painted on a page, printed spaces among them, in the order of the file."""
    text = page.get_textpage()
    handle = text.raw
    a, b, c, d = (ctypes.c_double() for _ in range(4))
    loose, matrix = raw.FS_RECTF(), raw.FS_MATRIX()
    fonts: dict[tuple[int, str], int] = {}
    objects: dict[int, tuple[int, bool]] = {}
    whole: list[tuple[float, ...]] = []
    for i in range(text.count_chars()):
        if raw.FPDFText_IsGenerated(handle, i) == 1:
            continue
        thing = raw.FPDFText_GetTextObject(handle, i)
        address = ctypes.addressof(thing.contents) if thing else 0
        if address not in objects:
            objects[address] = _font(thing, fonts)
        font, painted = objects[address]
        if not painted:
            continue
        code = raw.FPDFText_GetUnicode(handle, i)
        raw.FPDFText_GetCharBox(handle, i, a, b, c, d)
        ink = a.value, c.value, b.value, d.value
        raw.FPDFText_GetLooseCharBox(handle, i, loose)
        raw.FPDFText_GetCharOrigin(handle, i, a, b)
        raw.FPDFText_GetMatrix(handle, i, matrix)
        size = raw.FPDFText_GetFontSize(handle, i)
        whole.append(
            (
                ord("-") if code == _HYPHEN else code, *ink, loose.left, loose.bottom, loose.right, loose.top,
                a.value, b.value, matrix.a, matrix.b, size * math.hypot(matrix.c, matrix.d), font,
                raw.FPDFText_HasUnicodeMapError(handle, i) != 1, drawn.order.get(address, -1),
            )
        )  # fmt: skip
    text.close()
    table = np.array(whole, np.float64).reshape(-1, 17)
    images = [box for box, opaque in zip(drawn.images, drawn.opaque, strict=True) if opaque]
    ordinal = [at for at, opaque in zip(drawn.image_order, drawn.opaque, strict=True) if opaque]
    run = table[:, 11:13] @ to_pixels[:, :2].T
    return TextLayer(
        codes=table[:, 0].astype(np.int64),
        ink=_boxes(table[:, 1:5], to_pixels),
        advance=_boxes(table[:, 5:9], to_pixels),
        origin=table[:, 9:11] @ to_pixels[:, :2].T + to_pixels[:, 2],
        size=table[:, 13] * math.sqrt(abs(np.linalg.det(to_pixels[:, :2]))),
        direction=np.degrees(np.arctan2(run[:, 1], run[:, 0])) % 360,
        font=table[:, 14].astype(np.int64),
        fonts=tuple(name for _, name in fonts),
        mapped=table[:, 15] > 0,
        order=table[:, 16].astype(np.int64),
        strokes=np.array(drawn.strokes, np.float64).reshape(-1, 4),
        fills=np.array(drawn.fills, np.float64).reshape(-1, 4),
        images=np.array(images, np.float64).reshape(-1, 4),
        image_order=np.array(ordinal, np.int64),
    )


def _boxes(boxes: Array, to_pixels: Array) -> Array:
    """Boxes (N×4) of the page in pixels of its picture."""
    corners = [boxes[:, [i, j]] @ to_pixels[:, :2].T + to_pixels[:, 2] for i in (0, 2) for j in (1, 3)]
    stacked = np.stack(corners)
    return np.concatenate([stacked.min(axis=0), stacked.max(axis=0)], axis=1)


def _font(thing: Any, fonts: dict[tuple[int, str], int]) -> tuple[int, bool]:
    """The number of a text object's font, and whether the object is painted at all."""
    if not thing:
        return fonts.setdefault((0, ""), len(fonts)), True
    font = raw.FPDFTextObj_GetFont(thing)
    name = ctypes.create_string_buffer(256)
    raw.FPDFFont_GetBaseFontName(font, name, 256)
    key = ctypes.addressof(font.contents), name.value.decode("utf-8", "replace")
    mode = raw.FPDFTextObj_GetTextRenderMode(thing)
    return fonts.setdefault(key, len(fonts)), mode not in _INVISIBLE_MODES

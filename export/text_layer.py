"""Invisible text as PDF content, through OCRmyPDF: the one module that knows of it (package ``ocrmypdf``, MPL-2.0)."""

from __future__ import annotations

import logging
import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import pikepdf
from ocrmypdf._graft import discard_structure_tree, discard_text_search_index, strip_invisible_text
from ocrmypdf.font import BuiltinFontProvider, MultiFontManager
from ocrmypdf.fpdf_renderer import Fpdf2MultiPageRenderer
from ocrmypdf.models.ocr_element import Baseline, BoundingBox, OcrClass, OcrElement

from iki.export.placement import Fragment
from iki.model import Point

Instruction = pikepdf.ContentStreamInstruction | pikepdf.ContentStreamInlineImage

_UNITS_PER_INCH = 72.0
"""Paragraphs are set with a pixel a point; where they are put on a page they are scaled."""
_RIGHT_ANGLE = 90
_LEAST_WIDTH = 0.15
"""A character takes at least this share of its height, so that OCRmyPDF does not think the line misread."""
_FONT = "NotoSans-Regular"

logging.getLogger("ocrmypdf").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True)
class SetParagraph:
    """A paragraph as PDF content (text objects), in the frame of ``quarter`` turns: pixels, y upwards from the lower
    edge. ``fonts`` is the font resource dictionary that its ``Tf`` operators name."""

    instructions: list[Instruction]
    fonts: pikepdf.Object
    quarter: int


def _quarter(fragment: Fragment) -> int:
    """How many quarter turns clockwise the text runs from left to right on the page as the file holds it."""
    (x0, y0), (x1, y1) = fragment.quad[:2]
    return round(math.degrees(math.atan2(y1 - y0, x1 - x0)) / _RIGHT_ANGLE) % 4


def _upright(point: Point, quarter: int, size: tuple[float, float]) -> Point:
    """A point of a page of ``size`` (width, height) in the frame in which its text runs level: y downwards."""
    x, y = point
    width, height = size
    return ((x, y), (y, width - x), (width - x, height - y), (height - y, x))[quarter]


@contextmanager
def set_paragraphs(
    paragraphs: Sequence[tuple[Sequence[Fragment], tuple[float, float]]],
) -> Iterator[list[SetParagraph]]:
    """Paragraphs set in invisible text, every word over its ink.

    Each is given with the size (width, height in px) of the page that it stands on, and has at least one fragment. What
    is given lives as long as the context does: fonts have to be copied out of it.
    """
    manager = MultiFontManager(font_provider=BuiltinFontProvider())
    ascent, descent, _ = manager.fonts[_FONT].get_font_metrics()
    rise = ascent / (ascent + abs(descent))
    quarters = [_quarter(fragments[0]) for fragments, _ in paragraphs]
    pages = [
        (number, _page(fragments, size, quarter, rise), _UNITS_PER_INCH)
        for number, ((fragments, size), quarter) in enumerate(zip(paragraphs, quarters, strict=True))
    ]
    with TemporaryDirectory() as folder:
        path = Path(folder) / "text.pdf"
        Fpdf2MultiPageRenderer(pages, manager).render(path)
        with pikepdf.open(path) as pdf:
            yield [
                SetParagraph(list(pikepdf.parse_content_stream(page)), page.resources.Font, quarter)
                for page, quarter in zip(pdf.pages, quarters, strict=True)
            ]


def without_text_layer(pdf: pikepdf.Pdf, page: pikepdf.Page) -> None:
    """Take the invisible text of an earlier OCR program out of a page; nothing else of it is changed."""
    strip_invisible_text(pdf, page)


def without_structure(pdf: pikepdf.Pdf) -> None:
    """Take out tags and search index, which speak of text that is gone."""
    discard_structure_tree(pdf)
    discard_text_search_index(pdf)


def _page(fragments: Sequence[Fragment], size: tuple[float, float], quarter: int, rise: float) -> OcrElement:
    """One paragraph on a page of its own. Each word is a line: on a bent page no two share a baseline."""
    width, height = size if quarter % 2 == 0 else size[::-1]
    lines = [_line(fragment, size, quarter, rise) for fragment in fragments]
    paragraph = OcrElement(OcrClass.PARAGRAPH, children=lines)
    return OcrElement(OcrClass.PAGE, BoundingBox(0, 0, width, height), children=[paragraph])


def _line(fragment: Fragment, size: tuple[float, float], quarter: int, rise: float) -> OcrElement:
    """A word as OCRmyPDF sets it: level, in a font of which ascent and descent together are as high as the ink.

    The renderer takes the height of the line's box above the baseline for the size of the font, and fits the word into
    the width of its own box. Sloping text is cut to pieces by readers (poppler 22.12), so none slopes.
    """
    xs, ys = zip(*(_upright(point, quarter, size) for point in fragment.quad), strict=True)
    height = max(max(ys) - min(ys), 1.0)
    font_size = height * rise
    base = max(ys) - (height - font_size)
    right = max(*xs, min(xs) + _LEAST_WIDTH * height * len(fragment.text))
    box = BoundingBox(min(xs), base - font_size, right, base)
    word = OcrElement(OcrClass.WORD, box, text=fragment.text)
    return OcrElement(OcrClass.LINE, box, baseline=Baseline(0.0, 0.0), children=[word])

"""Printed pages as a PDF with real text and vector rules, as word processors export them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from iki.lab.synthetic.fonts import Face
from iki.lab.synthetic.layout import PrintedPage
from iki.lab.synthetic.rendering import ARMS
from iki.model import Box


def write_vector_pdf(pages: Iterable[PrintedPage], path: Path) -> None:
    """The pages without signatures or stamps; the same bytes for the same pages."""
    canvas = Canvas(str(path), invariant=1)
    for page in pages:
        canvas.setPageSize((page.width, page.height))
        canvas.setFillGray(0.85)
        for box in page.fills:
            _fill(canvas, page, box)
        canvas.setFillGray(0)
        for stroke in page.strokes:
            _fill(canvas, page, stroke.box)
        for line in page.lines:
            canvas.setFont(_registered(line.face), line.face.size)
            for x, word in line.words:
                canvas.drawString(x, page.height - line.baseline, word)
            if line.underlined:
                _fill(canvas, page, line.underline)
        for box in page.arms:
            outline = canvas.beginPath()
            for i, (x, y) in enumerate(ARMS):
                place = box.x0 + x * box.width, page.height - box.y0 - y * box.height
                outline.moveTo(*place) if i == 0 else outline.lineTo(*place)
            canvas.drawPath(outline)
        canvas.showPage()
    canvas.save()


def _fill(canvas: Canvas, page: PrintedPage, box: Box) -> None:
    canvas.rect(box.x0, page.height - box.y1, box.width, box.height, stroke=0, fill=1)


def _registered(face: Face) -> str:
    if face.file not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(face.file, str(face.at(10).path)))
    return face.file

"""Printed pages as pixels at any resolution, and as a vector PDF."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from iki.lab.synthetic.layout import PrintedPage
from iki.model import Box

Picture = npt.NDArray[np.uint8]
"""H×W grey or H×W×3 in BGR order."""

COLOUR = 3
"""Dimensions of a picture in colour."""
_INCH = 72.0
_FINEST = 400.0
"""Pages are drawn at about this resolution (dpi) or finer and averaged down, so that edges are soft as a scanner's."""
ARMS = ((0.12, 0.05), (0.88, 0.05), (0.88, 0.6), (0.5, 0.97), (0.12, 0.6), (0.12, 0.05))
"""Outline of the shield as shares of its box."""
_PAPER, _INK, _FILL = 255, 20, 215


def to_pixels(box: Box, dpi: float) -> Box:
    """A box on paper (points) in pixels of the page rendered at ``dpi``."""
    scale = dpi / _INCH
    return Box(box.x0 * scale, box.y0 * scale, box.x1 * scale, box.y1 * scale)


def render(page: PrintedPage, dpi: float) -> Picture:
    """The page as H×W grey pixels, white paper, without signatures or damage."""
    fine = max(1, round(_FINEST / dpi))
    scale = dpi * fine / _INCH
    width, height = round(page.width * dpi / _INCH), round(page.height * dpi / _INCH)
    size = width * fine, height * fine
    canvas = Image.new("L", size, _PAPER)
    draw = ImageDraw.Draw(canvas)
    for box in page.fills:
        draw.rectangle(_span(box, scale), fill=_FILL)
    for stroke in page.strokes:
        draw.rectangle(_span(stroke.box, scale), fill=_INK)
    for line in page.lines:
        font = line.face.at(line.face.size * scale)
        for x, word in line.words:
            draw.text((x * scale, line.baseline * scale), word, fill=_INK, font=font, anchor="ls")
        if line.underlined:
            draw.rectangle(_span(line.underline, scale), fill=_INK)
    for box in page.arms:
        _arms(draw, box, scale)
    pixels = np.asarray(canvas)
    return np.asarray(cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA), np.uint8)


def _span(box: Box, scale: float) -> tuple[int, int, int, int]:
    """Pixels from first to last, both inside; at least one pixel of the fine page each way."""
    x0, y0 = round(box.x0 * scale), round(box.y0 * scale)
    return x0, y0, max(x0, round(box.x1 * scale) - 1), max(y0, round(box.y1 * scale) - 1)


def _arms(draw: ImageDraw.ImageDraw, box: Box, scale: float) -> None:
    """A plain shield with a star, as a region's arms come out in black and white."""
    points = [((box.x0 + x * box.width) * scale, (box.y0 + y * box.height) * scale) for x, y in ARMS]
    draw.line(points, fill=_INK, width=round(1.6 * scale), joint="curve")
    radius = box.width * 0.18 * scale
    centre = (box.x0 + 0.5 * box.width) * scale, (box.y0 + 0.42 * box.height) * scale
    draw.regular_polygon((*centre, radius), 5, fill=_INK)
    draw.arc(
        (centre[0] - radius * 1.6, centre[1] - radius * 1.6, centre[0] + radius * 1.6, centre[1] + radius * 1.6),
        20, 160, fill=_INK, width=round(1.2 * scale),
    )  # fmt: skip

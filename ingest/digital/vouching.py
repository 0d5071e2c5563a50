"""The picture vouches for the text layer of a page.

A file can hold text that nobody sees (white, covered, clipped, beyond the paper), show text that it does not hold (as
outlines or pictures), and tell other characters than its glyphs show (a broken map from glyphs to characters). The
first is left out; lines of doubtful characters are read from the picture; a page that shows more than it tells is read
from the picture as a whole.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from iki.ingest.digital.typed_lines import TypedLine
from iki.ingest.image.binarize import Image, Mask
from iki.ingest.image.components import Pieces
from iki.ingest.layout.ruled_table import Lattice
from iki.ingest.ocr.engines import Engine, LineImage, crop
from iki.ingest.sources.text_layer import TextLayer
from iki.model import Box

Flags = NDArray[np.bool_]
Array = NDArray[np.float64]
_GREY = 128
"""Grey level between paper and ink."""


@dataclass(frozen=True, slots=True)
class VouchingSettings:
    """Tolerances in letter heights unless told otherwise."""

    contrast: int = 24
    """Grey levels by which the picture changes where something is printed."""
    inked: float = 0.03
    """Share of a character's box that must show such changes."""
    odd: float = 0.1
    """Share of a font's characters that are none forms are set in, from which it is not believed at all."""
    sample: int = 24
    """Letters of a line that are read to see whether a font tells what it shows."""
    fewest: int = 8
    """A font of fewer letters on a page is believed."""
    alike: float = 0.7
    """Likeness (0–1) of what a font tells to what is read of it, from which it is believed."""
    brush: int = 9
    """Thickness (px) of what a line or the edge of a box may show of itself."""
    letter: tuple[float, float] = (0.5, 2.4)
    """Ink of such a height that no character explains may be text …"""
    inside: int = 3
    """… and so many pieces of it within tables …"""
    outside: float = 0.25
    """… or, outside of them, this many times as many as there are characters, but …"""
    emblem: int = 60
    """… more than so many, make one read the page from its picture."""
    picture: float = 0.05
    """A picture without a character on it that covers this share of the page, or is within a table, may hold text."""


def visible(layer: TextLayer, changes: Mask, settings: VouchingSettings = VouchingSettings()) -> Flags:
    """Which characters (N) of a layer show in its picture; printed spaces between them count as shown.

    ``changes`` (H×W) are the grey levels by which the picture changes from one pixel to the next.
    """
    least = np.maximum(2, settings.inked * np.prod(layer.ink[:, 2:] - layer.ink[:, :2], axis=1))
    printed = _inside(_printed(changes, settings), layer.ink, 1) >= least
    return np.asarray((printed | (layer.codes == ord(" "))) & ~_hidden(layer))


def unbelievable(
    lines: Sequence[TypedLine], grey: Image, engine: Engine, settings: VouchingSettings = VouchingSettings()
) -> set[int]:
    """The fonts (numbers) that don't tell what they show: many of their characters are none that forms are set in, or
    two lines set in them read otherwise in the picture."""
    signs = [sign for line in lines for sign in line.signs]
    every, odd = Counter(sign.font for sign in signs), Counter(sign.font for sign in signs if not sign.sound)
    broken = {font for font, count in every.items() if odd[font] >= settings.odd * count}
    lines_in: dict[int, list[TypedLine]] = {}
    for line in lines:
        font, _ = Counter(sign.font for sign in line.signs).most_common(1)[0]
        if line.sound and font not in broken:
            lines_in.setdefault(font, []).append(line)
    return broken | {
        font
        for font, own in sorted(lines_in.items())
        if sum(map(_telling, own)) >= settings.fewest
        and not any(_reads(line, grey, engine, settings) for line in sorted(own, key=_telling, reverse=True)[:2])
    }


def _telling(line: TypedLine) -> int:
    """How many different letters a line has."""
    return len({sign.text.lower() for sign in line.signs if sign.text.isalpha()})


def tells_all(
    layer: TextLayer,
    tables: Sequence[Lattice],
    changes: Mask,
    letter: float,
    settings: VouchingSettings = VouchingSettings(),
) -> bool:
    """Whether a page shows no more text than its layer (of visible characters) tells; ``changes`` as for ``visible``.

    Straight lines and the edges of boxes are no text.
    """
    height, width = changes.shape
    centre = (layer.ink[:, :2] + layer.ink[:, 2:]) / 2
    for x0, y0, x1, y1 in layer.images:
        over = (centre[:, 0] > x0) & (centre[:, 0] < x1) & (centre[:, 1] > y0) & (centre[:, 1] < y1)
        large = (x1 - x0) * (y1 - y0) >= settings.picture * width * height
        middle = np.array([[(x0 + x1) / 2, (y0 + y1) / 2]])
        if not over.any() and (large or (_within(middle, tables)[0] and min(x1 - x0, y1 - y0) >= letter)):
            return False
    unknown = _printed(changes, settings)
    for x0, y0, x1, y1 in layer.strokes.round().astype(int).tolist():
        cv2.line(unknown, (x0, y0), (x1, y1), 0, settings.brush)
    for x0, y0, x1, y1 in layer.fills.round().astype(int).tolist():
        cv2.rectangle(unknown, (x0, y0), (x1, y1), 0, settings.brush)
    explained = np.concatenate([layer.ink + np.array([-2, -2, 2, 2]), layer.images])
    for x0, y0, x1, y1 in explained.round().astype(int):
        unknown[max(0, y0) : max(0, y1) + 1, max(0, x0) : max(0, x1) + 1] = 0
    boxes = Pieces.of(unknown).boxes.astype(np.float64)
    low, high = (f * letter for f in settings.letter)
    like = boxes[(boxes[:, 3] >= low) & (boxes[:, 3] <= high) & (boxes[:, 2] <= 2 * high) & (boxes[:, 2] >= low / 4)]
    within = _within(like[:, :2] + like[:, 2:] / 2, tables)
    outside = int((~within).sum())
    return int(within.sum()) < settings.inside and outside <= max(settings.emblem, settings.outside * len(layer))


def line_image(grey: Image, cut: Box) -> LineImage:
    """A line cut out of a picture, black on white whatever it was."""
    picture = crop(grey, cut)
    low, high = int(picture.min()), int(picture.max())
    if (low, high) != (0, 255):
        picture = np.asarray(
            cv2.convertScaleAbs(picture, alpha=255 / max(high - low, 1), beta=-low * 255 / max(high - low, 1))
        )
    return LineImage(255 - picture if picture.mean() < _GREY else picture, cut)


def _printed(changes: Mask, settings: VouchingSettings) -> Mask:
    """Where (H×W, 1) something is printed."""
    return np.asarray(cv2.threshold(changes, settings.contrast - 1, 1, cv2.THRESH_BINARY)[1])


def _inside(mask: Mask, boxes: Array, margin: int) -> Array:
    """The number of pixels set in each of some boxes (N×4) of a mask (H×W of 0 and 1)."""
    height, width = mask.shape
    sums = cv2.integral(mask)
    low = np.floor(boxes[:, :2]).astype(int) - margin
    high = np.ceil(boxes[:, 2:]).astype(int) + margin
    (x0, y0), (x1, y1) = (np.clip(corner.T, 0, [[width], [height]]) for corner in (low, high))
    return np.asarray(sums[y1, x1] - sums[y0, x1] - sums[y1, x0] + sums[y0, x0], np.float64)


def _hidden(layer: TextLayer) -> Flags:
    """Which characters a picture covers that is painted later."""
    centre = (layer.ink[:, :2] + layer.ink[:, 2:]) / 2
    hidden = np.zeros(len(layer), bool)
    for (x0, y0, x1, y1), order in zip(layer.images, layer.image_order, strict=True):
        over = (centre[:, 0] > x0) & (centre[:, 0] < x1) & (centre[:, 1] > y0) & (centre[:, 1] < y1)
        hidden |= over & (layer.order < order)
    return hidden


def _reads(line: TypedLine, grey: Image, engine: Engine, settings: VouchingSettings) -> bool:
    """Whether a line reads in the picture about as its characters tell."""
    words, count = [], 0
    for word in line.words:
        if count < settings.sample:
            words.append(word)
            count += len(word.text)
    high = line.box.height
    cut = Box(words[0].box.x0 - high / 4, line.box.y0 - high / 8, words[-1].box.x1 + high / 4, line.box.y1 + high / 8)
    read = engine.read([line_image(grey, cut)])[0].text
    return fuzz.ratio(_bare(" ".join(w.text for w in words)), _bare(read)) / 100 >= settings.alike


def _bare(text: str) -> str:
    return "".join(c for c in text.lower() if c.isalnum())


def _within(points: Array, tables: Sequence[Lattice]) -> Flags:
    """Which points (N×2) lie within tables."""
    found = np.zeros(len(points), bool)
    for t in tables:
        x, y = points.T
        found |= (x > t.xs[0]) & (x < t.xs[-1]) & (y > t.ys[0]) & (y < t.ys[-1])
    return found

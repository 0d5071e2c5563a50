"""Which way up a page lies: the axis of its text lines, then up or down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np

from iki.ingest.image.binarize import Image, Mask
from iki.ingest.image.components import Pieces
from iki.ingest.image.text_size import letters
from iki.model import Box


@dataclass(frozen=True, slots=True)
class OrientationSettings:
    """Tolerances, in letter heights unless told otherwise."""

    strip: float = 8.0
    """Width of the strips in which text lines are looked for; a little skew does no harm in narrow ones."""
    grain: float = 2.0
    """Height (px) of a letter on the small copy in which the direction of lines is looked for."""
    plainly: float = 3.0
    """Lines this many times sharper along the rows are level without a second look."""
    space: float = 1.2
    """Gaps within a text line that are bridged."""
    lowest: float = 0.8
    highest: float = 3.0
    """A box of this height holds one text line."""
    judges: int = 9
    """Number of long lines that are asked which way up they stand."""
    beginning: float = 12.0
    """Length of their beginnings, which alone are looked at."""
    slimmest: float = 4.0
    """Lines shorter than this are not asked."""
    margin: float = 0.35
    """Share of a line's height added above and below before it is judged."""
    sure: float = 0.5
    """A vote of the classifier below this (0–1) is not trusted."""
    legible: float = 5.0
    """Certainty gained per unit of legibility (0–1) by which one way up is ahead."""
    window: float = 4.0
    """The classifier looks at the first part of a line, this many times as long as it is high."""
    skew: float = 12.0
    """Greatest skew in degrees that is looked for …"""
    skew_steps: tuple[float, ...] = (0.5, 0.1)
    """… in steps of so many degrees, coarse to fine."""


def _raggedness(mask: Mask, strip: int) -> float:
    """How sharply the row sums change within vertical strips: high along text lines, low across them."""
    count = max(1, mask.shape[1] // strip)
    total = 0.0
    for part in np.array_split(mask, count, axis=1):
        rows = cv2.reduce(part, 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel() / 255
        total += float(np.square(np.diff(rows)).sum())
    return total


def _levelness(text: Mask, letter: float, settings: OrientationSettings) -> float:
    """How much sharper the row sums of a mask of letters change than its column sums: above 1 the lines are level.

    Taken on a copy so small that strokes vanish and lines remain.
    """
    scale = settings.grain / letter
    small = cv2.resize(text, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    strip = round(settings.strip * settings.grain)
    across = _raggedness(np.asarray(cv2.transpose(small)), strip)
    return _raggedness(small, strip) / max(across, 1e-9)


def is_sideways(mask: Mask, text: Mask, letter: float, settings: OrientationSettings = OrientationSettings()) -> bool:
    """Whether the text lines of an ink mask (H×W) run up and down the page; false where there is no writing.

    ``text`` and ``letter`` are its letters and their height (px).
    """
    level = _levelness(text, letter, settings) if letter else 0.0
    if level > settings.plainly:
        return False
    text, letter = letters(np.asarray(cv2.transpose(mask)))
    return bool(letter) and _levelness(text, letter, settings) > level


def skew(text: Mask, letter: float, settings: OrientationSettings = OrientationSettings()) -> float:
    """The angle in degrees by which a mask of letters in roughly level lines must be turned clockwise to be level.

    Postl's method (US patent 4,723,297): the angle at which the row sums change most sharply, coarse then fine.
    """
    scale = min(1.0, settings.grain / letter)
    small = cv2.resize(text, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    small = cv2.GaussianBlur(small, (0, 0), 1)  # or the one angle that needs no interpolation would always win
    height, width = small.shape

    def sharpness(angle: float) -> float:
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
        rows = cv2.reduce(cv2.warpAffine(small, turn, (width, height)), 1, cv2.REDUCE_SUM, dtype=cv2.CV_32F).ravel()
        return float(np.square(np.diff(rows / 255)).sum())

    best, step = 0.0, settings.skew_steps[0]
    angles = np.arange(-settings.skew, settings.skew + step, step)
    for finer in (*settings.skew_steps[1:], 0.0):
        best = float(max(angles, key=lambda a: (sharpness(float(a)), -abs(a))))
        angles = np.arange(best - step, best + step + finer / 2, finer) if finer else angles
        step = finer
    return best


def long_lines(text: Mask, letter: float, settings: OrientationSettings = OrientationSettings()) -> list[Box]:
    """Boxes (px) of the beginnings of the longest text lines in a roughly level mask of letters, longest first.

    Beginnings, for the box of a whole line that leans holds its neighbours too.
    """
    bridge = max(3, round(settings.space * letter) * 2 + 1)
    lines = cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
    pieces = Pieces.of(lines)
    w, h = pieces.boxes[:, 2], pieces.boxes[:, 3]
    good = (h > letter * settings.lowest) & (h < letter * settings.highest) & (w > settings.slimmest * h)
    order = np.flatnonzero(good)[np.argsort(-w[good], kind="stable")[: settings.judges]]
    boxes = []
    for number in order.tolist():
        x, y, *_ = pieces.boxes[number].tolist()
        part = pieces.alone(number)[:, : round(settings.beginning * letter)]
        rows = np.flatnonzero(part.any(axis=1)).tolist()
        boxes.append(Box(x, y + rows[0], x + part.shape[1], y + rows[-1] + 1))
    return boxes


class LineJudge(Protocol):
    """Judges the picture of one line (h×w grey, paper white)."""

    def upside_down(self, crop: Image) -> float:
        """Probability (0–1) that the line stands on its head."""

    def legibility(self, crop: Image) -> float:
        """How well (0–1) the line can be read as it stands."""


def upside_down(
    flat: Image, text: Mask, letter: float, judge: LineJudge, settings: OrientationSettings = OrientationSettings()
) -> float:
    """How sure (-1 … 1) it is that a level page stands on its head, by its longest lines; 0 is no idea.

    ``flat`` is the flattened page and ``text`` the mask of its letters, both H×W in the same frame. ``judge`` is asked
    for the lines' direction first; where it wavers, the way up in which they are more legible counts.
    """
    crops = [line_crop(flat, box, settings) for box in long_lines(text, letter, settings)]
    if not crops:
        return 0.0
    vote = 2 * sum(judge.upside_down(crop) for crop in crops) / len(crops) - 1
    if abs(vote) >= settings.sure:
        return vote
    gain = [judge.legibility(cv2.rotate(crop, cv2.ROTATE_180)) - judge.legibility(crop) for crop in crops]
    return float(np.clip(settings.legible * sum(gain) / len(gain), -1, 1))


def line_crop(flat: Image, box: Box, settings: OrientationSettings = OrientationSettings()) -> Image:
    """A line cut from a page with some margin above and below, no longer than the classifier's window."""
    margin = round(box.height * settings.margin)
    top, bottom = max(0, int(box.y0) - margin), min(flat.shape[0], int(box.y1) + margin)
    return flat[top:bottom, int(box.x0) : int(min(box.x1, box.x0 + settings.window * (bottom - top)))]

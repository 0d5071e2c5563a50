"""Lines of text: found from the ink itself, in a cell or on the rest of the page."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Mask
from iki.ingest.image.components import Pieces
from iki.model import Box

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LineSettings:
    """Tolerances in letter heights unless told otherwise."""

    core: tuple[float, float] = (0.55, 2.4)
    """A component so high can be a letter; the lines are found from these alone."""
    widest: float = 12.0
    """A component wider than this is no letter, nor a word run together."""
    dust: float = 0.14
    """A component smaller than this in both directions is dust."""
    smooth: float = 0.5
    """Window over which the row sums are smoothed."""
    apart: float = 1.15
    """Two lines are at least this far apart."""
    dip: float = 0.8
    """Between two lines the row sums fall below this share of the lower one."""
    reach: float = 1.0
    """Dots, commas and accents within this distance of a line's middle belong to it."""
    tall: float = 1.4
    """No line reaches further than this above or below its middle."""
    joined: float = 4.0
    """A piece no higher than this that crosses the middles of several lines is of all of them: a descender that touches
    an ascender of the next line."""
    across: float = 9.0
    """Pieces of a line apart by no more than this are one where a stroke of pen or stamp fills the gap."""
    within: float = 0.8
    """Share of a line's area that lies within another line of which it is a part."""
    hidden: float = 3.2
    """Letters that a stroke of pen or stamp runs through are looked for so far beyond the ends of a line."""
    ink_gap: float = 0.7
    """Gap that ends the ink of such letters."""
    bridge: float = 1.9
    """Gaps wider than this part a line outside of tables in two."""
    mark: float = 0.35
    """Narrowest lone mark (a dash) that makes a line by itself."""
    lone: float = 1.0
    """A speck (smaller than such a mark) further than this from the rest of a line is not of it."""
    colon: tuple[float, float] = (0.2, 0.9)
    """The dots of a colon, each smaller than a lone mark, stand so far above one another."""
    pitch: float = 1.75
    """Distance of lines where the page does not tell."""
    pitches: tuple[float, float] = (1.3, 2.6)
    """Distances of lines that count when the page's usual one is taken."""


@dataclass(frozen=True, slots=True)
class Components:
    """Connected pieces of ink as columns x0, y0, x1, y1 (px), N each."""

    x0: Array
    y0: Array
    x1: Array
    y1: Array

    def __len__(self) -> int:
        return len(self.x0)

    def only(self, keep: NDArray[np.bool_]) -> Components:
        return Components(self.x0[keep], self.y0[keep], self.x1[keep], self.y1[keep])

    def within(self, box: Box) -> Components:
        """Those whose centre lies in ``box``."""
        x, y = (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2
        return self.only((x >= box.x0) & (x < box.x1) & (y >= box.y0) & (y < box.y1))

    @property
    def box(self) -> Box:
        return Box(float(self.x0.min()), float(self.y0.min()), float(self.x1.max()), float(self.y1.max()))


def components(ink: Mask, letter: float, settings: LineSettings = LineSettings()) -> Components:
    """The connected pieces of an ink mask (H×W, rules wiped) without dust."""
    x, y, w, h = Pieces.of(ink).boxes.T.astype(np.float64)
    keep = np.maximum(w, h) >= settings.dust * letter
    return Components(x[keep], y[keep], (x + w)[keep], (y + h)[keep])


def are_letters(parts: Components, letter: float, settings: LineSettings) -> NDArray[np.bool_]:
    """Which pieces of ink (N) can be letters or words run together."""
    height, width = parts.y1 - parts.y0, parts.x1 - parts.x0
    low, high = settings.core
    return np.asarray((height >= low * letter) & (height <= high * letter) & (width <= settings.widest * letter))


def _middles(core: Components, letter: float, settings: LineSettings) -> list[float]:
    """The middles (y) of the lines that the letters of one column of text stand in, top to bottom."""
    top = float(core.y0.min()) - 1
    height = int(np.ceil(core.y1.max() - top)) + 2
    steps = np.zeros(height + 1)
    width = core.x1 - core.x0
    np.add.at(steps, np.round(core.y0 - top).astype(int), width)
    np.add.at(steps, np.round(core.y1 - top).astype(int), -width)
    window = max(1, round(settings.smooth * letter))
    sums = np.convolve(np.cumsum(steps), np.ones(window) / window, mode="same")
    apart, left, found = settings.apart * letter, sums.copy(), list[int]()
    while left.max() > 0:
        best = int(left.argmax())
        level = np.flatnonzero(np.isclose(left[best : best + round(apart)], left[best]))
        best += int(level[-1]) // 2 if len(level) == level[-1] + 1 else 0
        if all(sums[min(best, f) : max(best, f) + 1].min() < settings.dip * min(sums[best], sums[f]) for f in found):
            found.append(best)
        left[max(0, round(best - apart)) : round(best + apart) + 1] = 0
    return sorted(top + f for f in found)


def text_lines(parts: Components, letter: float, settings: LineSettings = LineSettings()) -> list[Box]:
    """The boxes (px) of the lines in one column of text, top to bottom, from its pieces of ink."""
    if not len(parts):
        return []
    core = parts.only(are_letters(parts, letter, settings))
    if not len(core):
        flat = (parts.x1 - parts.x0 >= settings.mark * letter) & (parts.y1 - parts.y0 < letter)
        return [parts.only(flat).box] if flat.any() else []
    found = _middles(core, letter, settings)
    missed = np.abs(((core.y0 + core.y1) / 2)[:, None] - found).min(axis=1) > settings.reach * letter
    if missed.any():  # a short line under the descenders of a long one
        found = sorted([*found, *_middles(core.only(missed), letter, settings)])
    middles = np.array(found)
    boxes = []
    nearest_core = np.abs(((core.y0 + core.y1) / 2)[:, None] - middles).argmin(axis=1)
    far = np.abs(((parts.y0 + parts.y1) / 2)[:, None] - middles)
    nearest, distance = far.argmin(axis=1), far.min(axis=1)
    height, width = parts.y1 - parts.y0, parts.x1 - parts.x0
    belongs = (distance <= settings.reach * letter) & (height <= settings.core[1] * letter)
    joined = (width >= settings.mark * letter) & (width <= settings.widest * letter)
    joined &= (height > settings.apart * letter) & (height <= settings.joined * letter)
    for i in range(len(middles)):
        own = nearest_core == i
        if own.any():
            body = core.only(own).box
            crossing = joined & (parts.y0 < middles[i]) & (parts.y1 > middles[i])
            x0, x1 = _reach(body, parts.only((nearest == i) & belongs | crossing), letter, settings)
            tall = settings.tall * letter
            y0, y1 = max(body.y0, middles[i] - tall), min(body.y1, middles[i] + tall)
            boxes.append(Box(x0, float(y0), x1, float(y1)))
    lone = _lone_colon(parts.only(distance > settings.reach * letter), letter, settings)
    return sorted([*boxes, *lone], key=lambda box: box.centre[1]) if lone else boxes


def _lone_colon(parts: Components, letter: float, settings: LineSettings) -> list[Box]:
    """The box of a colon that stands on a line by itself, from the pieces of ink that no line of letters has."""
    small = np.maximum(parts.x1 - parts.x0, parts.y1 - parts.y0) < settings.mark * letter
    dots = parts.only(_colons(parts, small, letter, settings))
    return [dots.box] if len(dots) == 2 else []  # noqa: PLR2004


def _reach(body: Box, parts: Components, letter: float, settings: LineSettings) -> tuple[float, float]:
    """From where to where (x) a line reaches whose letters fill ``body``: to all its pieces of ink but lone specks."""
    small = np.maximum(parts.x1 - parts.x0, parts.y1 - parts.y0) < settings.mark * letter
    small &= ~_colons(parts, small, letter, settings)
    marks, specks = parts.only(~small), parts.only(small)
    x0, x1 = min([body.x0, *marks.x0]), max([body.x1, *marks.x1])
    lone = settings.lone * letter
    for left in np.argsort(-specks.x1):
        if x0 - specks.x1[left] <= lone:
            x0 = min(x0, specks.x0[left])
    for right in np.argsort(specks.x0):
        if specks.x0[right] - x1 <= lone:
            x1 = max(x1, specks.x1[right])
    return float(x0), float(x1)


def _colons(parts: Components, small: NDArray[np.bool_], letter: float, settings: LineSettings) -> NDArray[np.bool_]:
    """Which ``small`` pieces (N) are the dots of a colon: two alike, one above the other."""
    size = np.maximum(parts.x1 - parts.x0, parts.y1 - parts.y0)
    x, y = (parts.x0 + parts.x1) / 2, (parts.y0 + parts.y1) / 2
    near, far = (distance * letter for distance in settings.colon)
    apart = np.abs(y[:, None] - y)
    pairs = (apart >= near) & (apart <= far) & (np.abs(x[:, None] - x) <= size / 2)
    pairs &= np.abs(size[:, None] - size) <= size / 2
    pairs &= small[:, None] & small
    return np.asarray((pairs & pairs.T).any(axis=1))


def loose_lines(ink: Mask, parts: Components, letter: float, settings: LineSettings = LineSettings()) -> list[Box]:
    """The boxes (px) of the pieces of lines in an ink mask (H×W) that holds no table: parted at wide gaps."""
    height, width = parts.y1 - parts.y0, parts.x1 - parts.x0
    parts = parts.only((height <= settings.core[1] * letter * 1.5) & (width <= settings.widest * letter))
    if not len(parts):
        return []
    canvas = np.zeros(ink.shape, np.uint8)
    bridge = settings.bridge * letter
    grow = are_letters(parts, letter, settings)
    for x0, y0, x1, y1, big in zip(parts.x0, parts.y0, parts.x1, parts.y1, grow, strict=True):
        if big:
            reach = round(bridge / 2)
            canvas[int(y0) : int(y1), max(0, int(x0) - reach) : int(x1) + reach] = 255
    count, labels = cv2.connectedComponents(canvas, connectivity=4)
    cx, cy = ((parts.x0 + parts.x1) / 2).astype(int), ((parts.y0 + parts.y1) / 2).astype(int)
    cx, cy = np.minimum(cx, ink.shape[1] - 1), np.minimum(cy, ink.shape[0] - 1)
    owner = labels[cy, cx]
    boxes = []
    for i in range(1, count):
        boxes += text_lines(parts.only(owner == i), letter, settings)
    return _struck_through(sorted(boxes, key=lambda b: (b.y0, b.x0)), ink, letter, settings)


def _struck_through(boxes: list[Box], ink: Mask, letter: float, settings: LineSettings) -> list[Box]:
    """Lines made whole where a stroke of pen or stamp has swallowed some of their letters."""
    merged: list[Box] = []
    for box in sorted(boxes, key=lambda b: b.x0):
        for i, left in enumerate(merged):
            level = abs(left.centre[1] - box.centre[1]) < letter / 2
            if (
                level
                and 0 <= box.x0 - left.x1 <= settings.across * letter
                and _filled(ink, left, box, letter, settings)
            ):
                merged[i] = Box(left.x0, min(left.y0, box.y0), box.x1, max(left.y1, box.y1))
                break
        else:
            merged.append(box)
    whole = [_extended(b, ink, letter, settings) for b in merged]
    kept = [b for b in whole if not any(_is_part(b, other, settings) for other in whole)]
    return sorted(kept, key=lambda b: (b.y0, b.x0))


def _is_part(box: Box, other: Box, settings: LineSettings) -> bool:
    """Whether a line lies within another one: a piece of its letters that a stroke of pen or stamp has cut off."""
    width = min(box.x1, other.x1) - max(box.x0, other.x0)
    height = min(box.y1, other.y1) - max(box.y0, other.y0)
    area = box.width * box.height
    return area < other.width * other.height and min(width, height) > 0 and width * height >= settings.within * area


def _filled(ink: Mask, left: Box, right: Box, letter: float, settings: LineSettings) -> bool:
    """Whether there is ink all along between two pieces of a line."""
    band: NDArray[np.bool_] = np.asarray(ink[int(left.y0) : int(left.y1), int(left.x1) : int(right.x0)].any(axis=0))
    seen = np.concatenate([[0], np.flatnonzero(band) + 1, [len(band) + 1]])
    return bool(np.diff(seen).max() <= settings.bridge * letter)


def _extended(box: Box, ink: Mask, letter: float, settings: LineSettings) -> Box:
    """A line with the ink that directly goes on at its ends."""
    reach, gap = round(settings.hidden * letter), round(settings.ink_gap * letter)
    band: NDArray[np.bool_] = np.asarray(ink[int(box.y0) : int(box.y1)].any(axis=0))
    before = band[max(0, int(box.x0) - reach) : int(box.x0)][::-1]
    after = band[int(box.x1) : int(box.x1) + reach]
    return Box(float(box.x0 - _course(before, gap)), box.y0, float(box.x1 + _course(after, gap)), box.y1)


def _course(seen: NDArray[np.bool_], gap: int) -> int:
    """How far a run of ink goes on from the start of a vector, gaps of up to ``gap`` included."""
    at = np.concatenate([[-1], np.flatnonzero(seen)])
    wide = np.flatnonzero(np.diff(at) > gap)
    return int(at[wide[0] if len(wide) else -1]) + 1


def usual_pitch(columns: list[list[Box]], letter: float, settings: LineSettings = LineSettings()) -> float:
    """The usual distance (px) of lines, from the lines of several columns of text."""
    steps = [b.centre[1] - a.centre[1] for lines in columns for a, b in pairwise(lines)]
    low, high = (f * letter for f in settings.pitches)
    steps = [s for s in steps if low <= s <= high]
    return float(np.median(steps)) if steps else settings.pitch * letter

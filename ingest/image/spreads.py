"""Several sheets in one picture: two on a larger sheet of paper, the pages of an open book, front and back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Mask
from iki.ingest.image.dewarp import Warp
from iki.ingest.image.straighten import Straight
from iki.model import Box, Point


@dataclass(frozen=True, slots=True)
class SpreadFinder:
    """Finds the gutter between two sheets that lie side by side, or one above the other on a picture that is too high
    for one. Tolerances in letter heights unless told otherwise.

    Title, headings and table of a single sheet run across its middle; between two sheets nothing does.
    """

    middle: tuple[float, float] = (0.3, 0.7)
    """The gutter lies between these shares of the picture's width."""
    gutter: float = 2.5
    """A gutter is at least so wide …"""
    dirt: float = 0.004
    """… and at most this share of its length is ink, but for the line of a fold or an edge,"""
    crossing: float = 0.4
    """No row of pixels has so large a share of ink within the gutter, as where a rule runs across one sheet …"""
    edge: float = 0.03
    """… other than at the upper and lower edge (share of the picture's height)."""
    fold: float = 8.0
    """which is at least so long."""
    rule: float = 12.0
    """A rule of a table is at least so long."""
    rules: int = 3
    """A sheet's table has at least so many level rules."""
    written: float = 0.12
    """A side without a table is a page of its own if at least this share of the ink is on it."""
    tall: float = 1.7
    """A picture that is more than so many times as high as wide may hold two sheets, one above the other."""

    def parts(self, straight: Straight, source: tuple[int, int]) -> tuple[Box, ...]:
        """The sheets on a straightened page, in reading order, as boxes of the ``source`` page (height, width in px);
        none if it is one."""
        ink, letter = straight.ink, straight.letter
        height, width = ink.shape
        at = self._gutter(ink, letter)
        if at is not None:
            return _boxes(straight.warp, source, (at, 0.0), (at, float(height)), (at / 2, height / 2))
        if height > self.tall * width:
            at = self._gutter(np.ascontiguousarray(ink.T), letter)
            if at is not None:
                return _boxes(straight.warp, source, (0.0, at), (float(width), at), (width / 2, at / 2))
        return ()

    def _gutter(self, ink: Mask, letter: float) -> float | None:
        """The middle (x, px) of the gutter between two sheets that lie side by side, or ``None``."""
        height, width = ink.shape
        first, last = (round(share * width) for share in self.middle)
        band = np.ascontiguousarray(ink[:, first:last])
        inked = np.count_nonzero(band, axis=0)
        if not (inked <= self.dirt * height).any() and inked.min() > self.fold * letter:
            return None
        tall = cv2.morphologyEx(band, cv2.MORPH_OPEN, np.ones((round(self.fold * letter), 1), np.uint8))
        free = np.count_nonzero(cv2.subtract(band, tall), axis=0) <= self.dirt * height
        start, end = _longest(free)
        if end - start < self.gutter * letter:
            return None
        edge = round(self.edge * height)
        if (band[edge : height - edge, start:end].mean(axis=1) > self.crossing * 255).any():
            return None
        at = first + (start + end) / 2
        sides = ink[:, : round(at)], ink[:, round(at) :]
        total = int(np.count_nonzero(ink))
        tables = [self._is_ruled(side, letter) for side in sides]
        written = [np.count_nonzero(side) >= self.written * total for side in sides]
        return at if any(tables) and all(written) else None

    def _is_ruled(self, side: Mask, letter: float) -> bool:
        rules = cv2.morphologyEx(side, cv2.MORPH_OPEN, np.ones((1, round(self.rule * letter)), np.uint8))
        ruled = np.concatenate([[False], rules.any(axis=1)])
        return int(np.count_nonzero(ruled[1:] & ~ruled[:-1])) >= self.rules


def _boxes(warp: Warp, source: tuple[int, int], start: Point, end: Point, inside: Point) -> tuple[Box, ...]:
    """The two parts of the source page beside the line from ``start`` to ``end``, that of ``inside`` first."""
    height, width = source
    (xa, ya), (xb, yb), (x, y) = warp.to_source(np.array([start, end, inside])).tolist()
    if abs(yb - ya) > abs(xb - xa):
        at = round((xa + xb) / 2)
        parts = (Box(0, 0, at, height), Box(at, 0, width, height))
        return parts if x < at else parts[::-1]
    at = round((ya + yb) / 2)
    parts = (Box(0, 0, width, at), Box(0, at, width, height))
    return parts if y < at else parts[::-1]


def _longest(free: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and end of the longest run of true values."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], free.astype(np.int8), [0]])))
    runs = edges.reshape(-1, 2)
    return max(((int(a), int(b)) for a, b in runs), key=lambda run: run[1] - run[0], default=(0, 0))

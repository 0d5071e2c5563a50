"""Columns of a table without upright rules: strips of ink with a gutter between them that no line crosses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iki.ingest.layout.text_lines import Components, LineSettings, are_letters

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GutterSettings:
    """Tolerances in letter heights unless told otherwise."""

    narrowest: float = 0.3
    """Narrowest gutter; word spaces are wider at times, but do not stand above one another in every line."""
    crossing: float = 0.02
    """Share of the lines that may cross a gutter (stamp, pen, dust)."""
    near: float = 1.0
    """Ink this near to the outermost column belongs to it."""
    margin: float = 0.4
    """Paper left around the ink at the table's left and right edge."""


@dataclass(frozen=True, slots=True)
class ColumnStrip:
    """A column's ink from ``x0`` to ``x1`` (straight px)."""

    x0: float
    x1: float


def cover(parts: Components, letter: float) -> tuple[int, NDArray[np.int64], int]:
    """How many lines of text have ink at each x (px): the first x, the counts, and the number of lines.

    Lines are taken as bands of one letter's height: a line that falls into two bands counts at most twice.
    """
    left = int(np.floor(parts.x0.min()))
    width = int(np.ceil(parts.x1.max())) - left + 1
    band = ((parts.y0 + parts.y1) / 2 / letter).astype(int)
    rows, index = np.unique(band, return_inverse=True)
    canvas = np.zeros((len(rows), width + 1), np.int64)
    np.add.at(canvas, (index, (parts.x0 - left).astype(int)), 1)
    np.add.at(canvas, (index, np.ceil(parts.x1 - left).astype(int)), -1)
    return left, np.asarray((np.cumsum(canvas, axis=1)[:, :-1] > 0).sum(axis=0)), len(rows)


def strips(
    parts: Components,
    letter: float,
    settings: GutterSettings,
    lines: LineSettings,
) -> list[ColumnStrip]:
    """The strips of ink (left to right) that gutters part in the pieces of ink of a table."""
    core = parts.only(are_letters(parts, letter, lines))
    if not len(core):
        return []
    left, counts, rows = cover(core, letter)
    ink = np.concatenate([[False], counts > int(settings.crossing * rows), [False]])
    edges = np.flatnonzero(np.diff(ink.astype(np.int8)))
    found: list[ColumnStrip] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if found and start + left - found[-1].x1 < settings.narrowest * letter:
            found[-1] = ColumnStrip(found[-1].x0, float(end + left))
        else:
            found.append(ColumnStrip(float(start + left), float(end + left)))
    if found:
        reach = settings.near * letter
        found[0] = ColumnStrip(-_outwards(-found[0].x0, -core.x1, -core.x0, reach), found[0].x1)
        found[-1] = ColumnStrip(found[-1].x0, _outwards(found[-1].x1, core.x0, core.x1, reach))
    return found


def _outwards(edge: float, near: Array, far: Array, reach: float) -> float:
    """An outer edge moved past ink that goes on beyond it, as the one line does that is longer than all others."""
    for i in np.argsort(near):
        if near[i] <= edge + reach:
            edge = max(edge, float(far[i]))
    return edge


def between(
    found: Sequence[ColumnStrip], parts: Components, letter: float, settings: GutterSettings = GutterSettings()
) -> Array:
    """The x of the table's edges and between its strips: the middle of the widest run without any ink."""
    left = int(np.floor(min(parts.x0.min(), found[0].x0)))
    steps = np.zeros(int(np.ceil(parts.x1.max())) - left + 2)
    np.add.at(steps, (parts.x0 - left).astype(int), 1)
    np.add.at(steps, np.ceil(parts.x1 - left).astype(int), -1)
    counts = np.cumsum(steps)
    xs = [found[0].x0 - settings.margin * letter]
    for a, b in pairwise(found):
        gap = counts[int(a.x1) - left : max(int(b.x0), int(a.x1) + 1) - left]
        low = np.flatnonzero(gap == gap.min())
        widest = max(np.split(low, np.flatnonzero(np.diff(low) > 1) + 1), key=len)
        xs.append(a.x1 + float(widest[0] + widest[-1] + 1) / 2)
    return np.array([*xs, found[-1].x1 + settings.margin * letter])


def lowest(a: float, b: float, parts: Components, letter: float) -> float:
    """The x between two points of a strip at which fewest lines have ink: the middle of the widest such run."""
    left, counts, _ = cover(parts, letter)
    part = counts[max(0, int(a) - left) : int(b) - left]
    low = np.flatnonzero(part == part.min())
    widest = max(np.split(low, np.flatnonzero(np.diff(low) > 1) + 1), key=len)
    return max(left, int(a)) + float(widest[0] + widest[-1] + 1) / 2

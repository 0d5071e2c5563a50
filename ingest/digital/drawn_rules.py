"""The ruled tables of a born-digital page, from the lines and boxes that its file draws.

The same lattices come out as of a scan (``layout.ruled_table``), only that nothing is guessed: what is drawn is joined
to rules, rules that meet are one table, and an edge of a cell is seen as far as a rule covers it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image, Mask
from iki.ingest.image.profiles import clusters
from iki.ingest.layout.ruled_table import Lattice, overlap
from iki.ingest.sources.text_layer import TextLayer

Array = NDArray[np.float64]


_SIDES = ([0, 2], [1, 3])
"""Where a box (x0, y0, x1, y1) has its ends across and down."""


@dataclass(frozen=True, slots=True)
class DrawnSettings:
    """Tolerances in letter heights unless told otherwise."""

    thin: float = 0.8
    """A filled box is a rule where it is at most so thick, else the background of a cell."""
    slope: float = 0.02
    """Rise over run up to which a stroke is level or upright."""
    linked: float = 0.6
    """Dots and dashes of one rule are no further apart than this."""
    lane: float = 0.1
    """Pieces of one rule are no further than this out of line with the next."""
    shortest: float = 1.2
    """A rule is at least so long."""
    meets: float = 0.8
    """Rules whose ends come so near to one another meet."""
    apart: float = 0.9
    """Rules nearer to each other than this are one: doubled, or of two neighbouring cells."""
    contrast: int = 12
    """Grey levels between a rule, or a cell's background, and what is beside it, to be seen."""
    band: int = 3
    """A rule is looked for in the picture within so many pixels of where it is drawn."""
    seen: float = 0.5
    """Share of a rule's length that must be seen in the picture."""
    padding: float = 0.2
    """A cell's background reaches at least so far beyond its text to the left and right; marked words' does not."""
    underline: tuple[float, float] = (0.25, 0.45)
    """A line so far (font sizes) under a baseline, or above it, underlines or strikes out words, …"""
    flush: tuple[float, float] = (0.15, 0.4)
    """… if it begins and ends with them, or with the space behind them, within these distances (font sizes)."""
    beside: float = 1.1
    """Rules that reach this far beyond the outermost one that they cross show that the table goes on there."""
    open: float = 0.9
    """What is taken for seen (0–1) of an upright edge that is not drawn, where a table has only level rules."""
    clear: float = 0.3
    """Words that come so near to where a column may end run on over it."""
    founded: float = 0.5
    """Share of a row's or column's length over which a rule must run to part two rows or columns."""


def drawn_tables(
    level: Array, upright: Array, letter: float, settings: DrawnSettings = DrawnSettings()
) -> list[Lattice]:
    """The tables that level and upright rules (N×3: y, x0, x1 and x, y0, y1; px) make, top to bottom."""
    met = _met(level, upright, letter, settings)
    lone = np.ones(len(level), bool)
    for across, _ in met:
        lone[across] = False
    made = (_lattice(level[a], upright[b], letter, settings) for a, b in met)
    tables = [_grown(table, level[lone], letter, settings) for table in made if table is not None]
    kept: list[Lattice] = []
    for table in sorted(tables, key=lambda t: (-t.level.size, t.ys[0])):
        if not any(overlap(table, other) for other in kept):
            kept.append(table)
    return sorted(kept, key=lambda t: float(t.ys[0]))


class Drawn(NamedTuple):
    """What a page draws (px): ``level`` and ``upright`` rules (N×3: y, x0, x1 and x, y0, y1), the sides of cells'
    ``backgrounds`` (N×4 boxes) among them; ``lines`` are the upright ones without these."""

    level: Array
    upright: Array
    lines: Array
    backgrounds: Array


def opened(
    table: Lattice, drawn: Drawn, ink: Array, letter: float, settings: DrawnSettings = DrawnSettings()
) -> Lattice:
    """A table whose columns only the backgrounds of some cells show, with the edges that its plain rows don't draw.

    A row of such a table goes without upright edges where it has no background of its own: there, columns end where
    no background and none of the characters (``ink``: N×4 boxes, px) reaches over. A table with upright lines within
    is left as it is: what these don't part is one cell.
    """
    inner = table.xs[1:-1]
    if not len(inner) or _cover(drawn.lines, inner, table.ys, letter, settings).max(initial=0.0) >= settings.founded:
        return table
    upright, near = table.upright.copy(), settings.clear * letter
    for row, (top, bottom) in enumerate(pairwise(table.ys)):
        for edge in range(1, len(table.xs) - 1):
            reaching = (
                _over(drawn.backgrounds, table.xs[edge], top, bottom, -near),
                _over(ink, table.xs[edge], top, bottom, near),
            )
            if upright[row, edge] < settings.founded and not any(reaching):
                upright[row, edge] = settings.open
    return replace(table, upright=upright)


def _over(boxes: Array, x: float, top: float, bottom: float, near: float) -> bool:
    """Whether some of the boxes (N×4) with their middle between ``top`` and ``bottom`` reach over ``x``, within
    ``near``."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    return bool(np.any((middle > top) & (middle < bottom) & (boxes[:, 0] - near < x) & (boxes[:, 2] + near > x)))


def rules(
    layer: TextLayer, grey: Image, changes: Mask, letter: float, settings: DrawnSettings = DrawnSettings()
) -> Drawn:
    """The rules that can be seen, dots and dashes linked, and the backgrounds of cells.

    ``layer`` and its picture ``grey`` (H×W) are in one frame (px), ``changes`` (H×W) the grey levels by which that
    changes from one pixel to the next.
    """
    x0, y0, x1, y1 = layer.strokes.T
    width, height = np.abs(x1 - x0), np.abs(y1 - y0)
    flat, steep = height <= settings.slope * width + 1, width <= settings.slope * height + 1
    level = [np.stack([(y0 + y1) / 2, np.minimum(x0, x1), np.maximum(x0, x1)], axis=1)[flat]]
    upright = [np.stack([(x0 + x1) / 2, np.minimum(y0, y1), np.maximum(y0, y1)], axis=1)[steep]]
    x0, y0, x1, y1 = layer.fills.T
    low, narrow = y1 - y0 <= settings.thin * letter, x1 - x0 <= settings.thin * letter
    level.append(np.stack([(y0 + y1) / 2, x0, x1], axis=1)[low])
    upright.append(np.stack([(x0 + x1) / 2, y0, y1], axis=1)[narrow])
    level = [_without_underlines(_visible(np.concatenate(level), changes, settings), layer, settings)]
    upright = [_visible(np.concatenate(upright), changes.T, settings)]
    lines = _linked(upright[0], letter, settings)
    backgrounds = _backgrounds(layer, ~(low | narrow), grey, letter, settings)
    for x0, y0, x1, y1 in backgrounds:
        level.append(np.array([[y0, x0, x1], [y1, x0, x1]]))
        upright.append(np.array([[x0, y0, y1], [x1, y0, y1]]))
    across, down = (_linked(np.concatenate(kind), letter, settings) for kind in (level, upright))
    return Drawn(across, down, lines, backgrounds)


def drawn_mask(level: Array, upright: Array, shape: tuple[int, int]) -> Mask:
    """Rules as a mask (H×W, 255), two pixels thick."""
    mask = np.zeros(shape, np.uint8)
    for y, x0, x1 in np.round(level).astype(int):
        mask[max(0, y - 1) : y + 1, max(0, x0) : x1 + 1] = 255
    for x, y0, y1 in np.round(upright).astype(int):
        mask[max(0, y0) : y1 + 1, max(0, x - 1) : x + 1] = 255
    return mask


def _visible(found: Array, changes: Mask, settings: DrawnSettings) -> Array:
    """The level rules (N×3) that show in the picture, which ``changes`` (H×W) along them."""
    keep = np.zeros(len(found), bool)
    for i, (y, x0, x1) in enumerate(np.round(found).astype(int)):
        band = changes[max(0, y - settings.band) : max(0, y + settings.band + 1), max(0, x0) : max(x1, x0 + 1)]
        keep[i] = band.size > 0 and (band.max(axis=0) >= settings.contrast).mean() >= settings.seen
    return found[keep]


def _without_underlines(level: Array, layer: TextLayer, settings: DrawnSettings) -> Array:
    """The level rules (N×3) without those that run under or through words, from their beginning to their end."""
    keep = np.ones(len(level), bool)
    below, above = settings.underline
    for i, (y, x0, x1) in enumerate(level):
        near = (layer.origin[:, 1] > y - below * layer.size) & (layer.origin[:, 1] < y + above * layer.size)
        near &= (layer.advance[:, 2] > x0) & (layer.advance[:, 0] < x1)
        if near.any():
            before, behind = (f * float(np.median(layer.size[near])) for f in settings.flush)
            left, right = layer.advance[near, 0].min(), layer.advance[near, 2].max()
            keep[i] = abs(left - x0) > before or abs(right - x1) > behind
    return level[keep]


def _backgrounds(
    layer: TextLayer, thick: NDArray[np.bool_], grey: Image, letter: float, settings: DrawnSettings
) -> Array:
    """The filled boxes (N×4) that are backgrounds of cells: not white, and wider than the text on them; blank ones in
    a row or column with such."""
    height, width = grey.shape
    centre = (layer.ink[:, :2] + layer.ink[:, 2:]) / 2
    room = settings.padding * letter
    found, blank = [], []
    for box in layer.fills[thick]:
        x0, y0, x1, y1 = np.round(np.clip(box, 0, [width, height, width, height])).astype(int)
        inside = grey[y0:y1, x0:x1]
        if not inside.size or 255 - float(np.median(inside)) < settings.contrast:
            continue
        over = (centre[:, 1] > box[1]) & (centre[:, 1] < box[3]) & (centre[:, 0] > box[0]) & (centre[:, 0] < box[2])
        if not over.any():
            blank.append(box)
        elif layer.ink[over, 0].min() - box[0] >= room and box[2] - layer.ink[over, 2].max() >= room:
            found.append(box)
    in_line = (box for box in blank if any(np.abs(box[i] - other[i]).max() <= room for other in found for i in _SIDES))
    return np.array([*found, *in_line], np.float64).reshape(-1, 4)


def _linked(found: Array, letter: float, settings: DrawnSettings) -> Array:
    """Pieces of rules (N×3: where it runs, from, to) in line with one another as one; what stays short is left out."""
    joined: list[list[float]] = []
    found = found[np.argsort(found[:, 0], kind="stable")]
    lanes = np.cumsum(np.diff(found[:, 0], prepend=found[:1, 0]) > settings.lane * letter)
    for lane, (at, start, end) in sorted(
        zip(lanes.tolist(), found.tolist(), strict=True), key=lambda r: (r[0], r[1][1])
    ):
        last = joined[-1] if joined else None
        if last and last[3] == lane and start - last[2] <= settings.linked * letter:
            last[2] = max(last[2], end)
        else:
            joined.append([at, start, end, lane])
    rules = np.array(joined, np.float64).reshape(-1, 4)[:, :3]
    return rules[rules[:, 2] - rules[:, 1] >= settings.shortest * letter]


def _met(
    level: Array, upright: Array, letter: float, settings: DrawnSettings
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """The level and upright rules (indices) that hang together by meeting one another."""
    slack = settings.meets * letter
    y, x0, x1 = (v[:, None] for v in level.T)
    x, y0, y1 = (v[None, :] for v in upright.T)
    touch = (x >= x0 - slack) & (x <= x1 + slack) & (y >= y0 - slack) & (y <= y1 + slack)
    count = len(level) + len(upright)
    owner = np.arange(count)

    def root(i: int) -> int:
        while owner[i] != i:
            owner[i] = owner[owner[i]]
            i = int(owner[i])
        return i

    for a, b in zip(*np.nonzero(touch), strict=True):
        owner[root(int(a))] = root(len(level) + int(b))
    roots = np.array([root(i) for i in range(count)], np.intp)
    groups = (np.flatnonzero(roots == r) for r in np.unique(roots))
    return [(g[g < len(level)], g[g >= len(level)] - len(level)) for g in groups if len(g) > 1]


def _lattice(level: Array, upright: Array, letter: float, settings: DrawnSettings) -> Lattice | None:
    """The lattice of the rules of one table, or ``None`` where they make less than three columns or no row."""
    xs = _places(upright, level, letter, settings)
    ys = _places(level, upright, letter, settings)
    while len(xs) > 2 and len(ys) > 1:  # noqa: PLR2004 - a frame is no table
        across = _cover(level, ys, xs, letter, settings)
        down = _cover(upright, xs, ys, letter, settings).T
        rows, columns = _parting(across.max(axis=1), settings), _parting(down.max(axis=0), settings)
        if rows.all() and columns.all():
            return Lattice(xs, ys, _ended(across, settings), _ended(down.T, settings).T)
        xs, ys = xs[columns], ys[rows]
    return None


def _grown(table: Lattice, level: Array, letter: float, settings: DrawnSettings) -> Lattice:
    """A table with the rows below its last one that only ``level`` rules close: they begin and end at its columns.

    A heading of coloured cells shows the columns of such a table.
    """
    near = settings.apart * letter
    below = level[level[:, 0] > table.ys[-1] + near]
    ends = np.abs(below[:, 1:, None] - table.xs).min(axis=2) if len(below) else np.zeros((0, 2))
    below = below[(ends <= near).all(axis=1)]
    ys = _lanes(below, letter, settings)
    across = _cover(below, ys, table.xs, letter, settings)
    rows = np.flatnonzero(across.max(axis=1, initial=0.0) >= settings.founded)
    if not len(rows) or across[rows[-1]].min() < settings.founded:
        return table
    return Lattice(
        table.xs,
        np.concatenate([table.ys, ys[rows]]),
        np.concatenate([table.level, across[rows]]),
        np.concatenate([table.upright, np.full((len(rows), len(table.xs)), settings.open)]),
    )


def _parting(covered: Array, settings: DrawnSettings) -> NDArray[np.bool_]:
    """Which rules part rows or columns; the outermost always do."""
    keep = covered >= settings.founded
    keep[0] = keep[-1] = True
    return keep


def _ended(covered: Array, settings: DrawnSettings) -> Array:
    """The edges (rules × gaps) where a table that is open at an end, and drawn so, is closed there."""
    ended = covered.copy()
    for end in (0, -1):
        if ended[end].max() < settings.founded:
            ended[end] = 1.0
    return ended


def _places(found: Array, crossing: Array, letter: float, settings: DrawnSettings) -> Array:
    """Where rules run, those nearly in line as one, and where the table ends that rules crossing them show."""
    places = _lanes(found, letter, settings)
    if not len(places) or not len(crossing):
        return np.array([])
    second = min(2, len(crossing))
    first, last = float(np.sort(crossing[:, 1])[second - 1]), float(np.sort(crossing[:, 2])[-second])
    reach = settings.beside * letter
    return np.array([
        *([first] if first < places[0] - reach else []), *places, *([last] if last > places[-1] + reach else []),
    ])  # fmt: skip


def _lanes(found: Array, letter: float, settings: DrawnSettings) -> Array:
    """Where rules (N×3) run, those nearly in line as one."""
    return clusters([(float(at), float(end - start)) for at, start, end in found], settings.apart * letter)


def _cover(found: Array, places: Array, across: Array, letter: float, settings: DrawnSettings) -> Array:
    """Share (places × gaps of ``across``) of every edge that rules cover."""
    shares = np.zeros((len(places), len(across) - 1))
    nearest = np.abs(found[:, :1] - places[None, :])
    for i in range(len(places)):
        own = found[nearest[:, i] <= settings.apart * letter]
        for j, (a, b) in enumerate(pairwise(across)):
            shares[i, j] = _covered(own, float(a), float(b), letter)
    return shares


def _covered(own: Sequence[Array] | Array, start: float, end: float, letter: float) -> float:
    """Share of the way from ``start`` to ``end`` that some rules cover, its ends left out."""
    inset = min(letter / 2, (end - start) / 4)
    start, end = start + inset, end - inset
    at, covered = start, 0.0
    for _, a, b in sorted(map(tuple, own), key=lambda rule: rule[1]):
        covered += max(0.0, min(b, end) - max(a, at))
        at = max(at, min(b, end))
    return covered / (end - start)

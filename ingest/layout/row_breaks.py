"""Rows of a table without level rules, from how the lines of its columns stand.

Within a cell lines follow one another at one leading; where a row ends the step is larger, in every column that does
not go on. So each column is cut into blocks of lines, and a row ends where the column that has a text of its own in
every row (the indikator) ends a block, at the height where fewest other blocks are cut through.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iki.ingest.layout.text_lines import Components, LineSettings, are_letters, text_lines

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class RecordSettings:
    """Tolerances in leadings (distance of two lines of a cell) unless told otherwise."""

    leadings: tuple[float, float] = (1.2, 2.6)
    """Leadings that are believed, in letter heights."""
    steady: float = 0.05
    """Steps of lines that differ by less than this are one leading."""
    share: float = 0.15
    """Share of the commonest step's count from which a smaller one is the leading."""
    feet: float = 0.4
    """Where so many letters of a line end, as a share of those at the commonest height, may be its baseline."""
    gap: float = 0.09
    """A step larger by this than the leading begins a new block."""
    plain: float = 0.3
    """A step larger by this than the leading ends a row without a witness."""
    level: float = 0.12
    """Baselines nearer than this are level."""
    witnesses: int = 2
    """So many columns that begin a block level with a line begin a row there."""
    overlap: float = 0.4
    """A block may reach so far beyond the rows of its cell."""
    rise: float = 0.3
    """The middle of a line lies so far above its baseline."""
    apart: float = 1.5
    """Cost of every further block of a cell with vertically centred text …"""
    blank: float = 0.4
    """… and of taking a cell for blank rather than for a part of the merged cell above or below it."""


@dataclass(frozen=True, slots=True)
class ColumnLine:
    """A line of a column (straight px): top and bottom of its ink, and its baseline."""

    y0: float
    y1: float
    baseline: float


@dataclass(frozen=True, slots=True)
class Block:
    """Lines of a column that follow one another at the leading."""

    lines: tuple[ColumnLine, ...]

    @property
    def y0(self) -> float:
        return self.lines[0].y0

    @property
    def y1(self) -> float:
        return self.lines[-1].y1

    @property
    def middle(self) -> float:
        """Half way between the first and the last baseline: ascenders and descenders leave no trace."""
        return (self.lines[0].baseline + self.lines[-1].baseline) / 2

    @property
    def first(self) -> float:
        return self.lines[0].baseline


def column_lines(
    parts: Components, letter: float, lines: LineSettings, settings: RecordSettings = RecordSettings()
) -> list[ColumnLine]:
    """The lines of one column of text, top to bottom, from its pieces of ink."""
    found = []
    core = parts.only(are_letters(parts, letter, lines))
    for box in text_lines(parts, letter, lines):
        feet = core.y1[(core.y1 > box.y0) & (core.y1 <= box.y1 + 1) & ((core.y0 + core.y1) / 2 >= box.y0)]
        found.append(ColumnLine(box.y0, box.y1, _usual_foot(feet, settings) if len(feet) else box.y1))
    return found


def _usual_foot(feet: Array, settings: RecordSettings) -> float:
    """Where letters end that have no descender: the upper one of the heights (three px) at which many end."""
    near = np.abs(feet[:, None] - feet) <= 1
    many = near.sum(axis=1) >= settings.feet * near.sum(axis=1).max()
    return float(feet[near[many][feet[many].argmin()]].mean())


def leading(
    columns: Sequence[Sequence[ColumnLine]], letter: float, settings: RecordSettings = RecordSettings()
) -> float | None:
    """The distance (px) of two lines of one cell, or ``None`` where every cell has but one line."""
    steps = np.array([b.baseline - a.baseline for lines in columns for a, b in pairwise(lines)])
    low, high = (f * letter for f in settings.leadings)
    steps = steps[(steps >= low) & (steps <= high)]
    if not len(steps):
        return None
    near = np.abs(steps[:, None] - steps) <= max(1.0, settings.steady * float(np.median(steps)))
    count = near.sum(axis=1)
    strong = steps[count >= max(2, settings.share * count.max())]
    if not len(strong):
        return None
    least = strong.argmin()
    around = steps[np.abs(steps - strong[least]) <= 2 * settings.steady * strong[least]]
    near = np.abs(around[:, None] - around) <= max(1.0, settings.steady * float(strong[least]))
    return float(around[near[near.sum(axis=1).argmax()]].mean())


def blocks(lines: Sequence[ColumnLine], lead: float | None, settings: RecordSettings = RecordSettings()) -> list[Block]:
    """The lines of a column cut where the step is larger than the leading; each line alone without a leading."""
    groups: list[list[ColumnLine]] = []
    for line in lines:
        if groups and lead is not None and line.baseline - groups[-1][-1].baseline <= lead * (1 + settings.gap):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [Block(tuple(group)) for group in groups]


def _clearest(y0: float, y1: float, others: Sequence[Sequence[Block]]) -> float:
    """The y between y0 and y1 at which fewest blocks of other columns are cut through: the middle of the widest run."""
    ys = np.arange(np.floor(y0), np.ceil(max(y1, y0 + 1)) + 1)
    cut = np.zeros(len(ys))
    for column in others:
        for block in column:
            cut += (ys > block.y0) & (ys < block.y1)
    runs = np.split(clear := np.flatnonzero(cut == cut.min()), np.flatnonzero(np.diff(clear) > 1) + 1)
    widest = max(runs, key=len)
    return float((ys[widest[0]] + ys[widest[-1]]) / 2)


def row_ends(
    columns: Sequence[Sequence[Block]],
    key: int,
    number: int | None,
    lead: float,
    settings: RecordSettings = RecordSettings(),
) -> list[float]:
    """The y (px) between rows. ``key`` is the column that has a text of its own in every row, ``number`` that of
    numbers, each of which begins a row."""
    others = [c for i, c in enumerate(columns) if i != key]
    ends = [
        _clearest(a.y1, b.y0, others)
        for a, b in pairwise(columns[key])
        if not _is_paragraph(a, b, others, lead, settings)
    ]
    for block in columns[key]:
        for above, line in pairwise(block.lines):
            level = settings.level * lead
            if sum(any(abs(b.first - line.baseline) <= level for b in c[1:]) for c in others) >= settings.witnesses:
                ends.append(_clearest(above.y1, line.y0, others))
    numbers = [line for block in columns[number] for line in block.lines] if number is not None else []
    lines = [line for block in columns[key] for line in block.lines]
    for a, b in pairwise(numbers):
        between = [(p, q) for p, q in pairwise(lines) if a.baseline < q.baseline + lead / 2 and p.baseline < b.baseline]
        if between and not any(a.y0 < end < b.y1 for end in ends):
            p, q = min(between, key=lambda pair: abs(pair[1].baseline - b.baseline))
            ends.append(_clearest(p.y1, q.y0, others))
    return sorted(set(ends))


def _is_paragraph(a: Block, b: Block, others: Sequence[Sequence[Block]], lead: float, settings: RecordSettings) -> bool:
    """Whether the gap between two blocks is but a blank line within a cell: all else that stands there goes on."""
    step = (b.first - a.lines[-1].baseline) / lead
    if abs(step - round(step)) > settings.level:
        return False
    around = [[x for x in c if x.y0 < b.y0 and x.y1 > a.y1] for c in others]
    return any(around) and all(any(x.y0 <= a.y1 and x.y1 >= b.y0 for x in c) for c in around if c)


def witnessed(
    ends: Sequence[float],
    columns: Sequence[Sequence[Block]],
    key: int,
    lead: float,
    settings: RecordSettings = RecordSettings(),
) -> list[float]:
    """The ends of rows whose texts stand at the top that are plain, or below which other columns begin level with the
    key column: unsteady baselines also make small steps."""
    lines = [line for block in columns[key] for line in block.lines]
    starts = [b.first for i, c in enumerate(columns) if i != key for b in c]
    kept = []
    for end in ends:
        above = max((x.baseline for x in lines if x.baseline <= end), default=-np.inf)
        below = min((x.baseline for x in lines if x.baseline > end), default=np.inf)
        level = settings.level * lead
        if below - above > (1 + settings.plain) * lead or any(abs(y - below) <= level for y in starts):
            kept.append(end)
    return kept


def is_centred(
    columns: Sequence[Sequence[Block]], ys: Sequence[float], settings: RecordSettings = RecordSettings()
) -> bool:
    """Whether texts stand in the middle of their rows (``ys``: rows + 1) rather than at the top."""
    top = middle = 0.0
    for y0, y1 in pairwise(ys):
        own = [[line for b in c for line in b.lines if y0 <= b.y0 and b.y1 <= y1] for c in columns]
        whole = [Block(tuple(lines)) for lines in own if lines]
        for i, a in enumerate(whole):
            for b in whole[:i]:
                if len(a.lines) != len(b.lines):
                    top += abs(a.first - b.first)
                    middle += abs(a.middle - b.middle)
    return middle < top


def edges(
    column: Sequence[Block],
    firsts: Sequence[float | None],
    ys: Array,
    lead: float,
    centred: bool,
    merges: bool,
    settings: RecordSettings = RecordSettings(),
) -> NDArray[np.bool_]:
    """Whether a column's cells end at each of the inner ``ys`` (rows - 1 of them).

    ``firsts`` are the first baselines (px) of the rows in the key column, ``None`` where it is blank. In a column that
    ``merges`` a blank is part of the cell above it; in others it is a blank cell unless a text shows otherwise.
    """
    rows = len(ys) - 1
    if centred:
        return _centred_edges(column, ys, lead, merges, settings)
    starts = np.zeros(rows, bool)
    for block in column:
        row = int(np.clip(np.searchsorted(ys, block.first - lead / 4) - 1, 0, rows - 1))
        first = firsts[row]
        starts[row] |= first is None or block.first - first <= lead / 2 or not starts[: row + 1].any()
    slack = settings.overlap * lead
    through = np.array([any(b.y0 < y - slack and b.y1 > y + slack for b in column) for y in ys[1:-1]], bool)
    return np.asarray(starts[1:] if merges else starts[1:] | ~through)


def _centred_edges(
    column: Sequence[Block], ys: Array, lead: float, merges: bool, settings: RecordSettings
) -> NDArray[np.bool_]:
    """The cells whose middles agree best with those of their blocks: a search over where cells end, top to bottom."""
    rows, slack = len(ys) - 1, settings.overlap * lead
    best: dict[tuple[int, int], tuple[float, tuple[int, ...]]] = {(0, 0): (0.0, ())}
    for end in range(1, rows + 1):
        for start in range(end):
            middle = (ys[start] + ys[end]) / 2 + settings.rise * lead
            for used in range(len(column) + 1):
                if (start, used) not in best:
                    continue
                cost, cuts = best[start, used]
                options = [(0, settings.blank)] if end == start + 1 and (start == 0 or not merges) else []
                for last in range(used, len(column)):
                    if column[used].y0 < ys[start] - slack or column[last].y1 > ys[end] + slack:
                        break
                    whole = (column[used].first + column[last].lines[-1].baseline) / 2
                    apart = settings.apart * (last - used)
                    options.append((last + 1 - used, abs(whole - middle) / lead + apart))
                for taken, extra in options:
                    at, value = (end, used + taken), (cost + extra, (*cuts, start))
                    if at not in best or value < best[at]:
                        best[at] = value
    if (rows, len(column)) not in best:
        return np.array([not any(b.y0 < y - slack and b.y1 > y + slack for b in column) for y in ys[1:-1]], bool)
    cuts = best[rows, len(column)][1]
    return np.array([r in cuts for r in range(1, rows)], bool)

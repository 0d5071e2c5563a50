"""The columns of an IKI table, recognised by the words of their headings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from iki.model import Cell, Grid
from iki.terms import COLUMNS
from iki.vocab.labels import match_heading

_NUMBERING = re.compile(r"^[(\[{]?\s*(\d{1,2}|[a-hA-H])\s*[)\]}.]?$")


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    recognised: float = 0.75
    """Likeness (0–1) of a heading's words to a known heading from which it is recognised."""
    evidence: int = 2
    """Promised columns (``no`` aside) that must be recognised for a table to be one of indikator."""
    deepest: int = 4
    """Rows among which the headings are looked for."""
    longest: int = 8
    """Words beyond which a text is no heading."""
    numbered: float = 0.75
    """Share of a row's texts that must be column numbers for the row to hold nothing else."""
    same_place: float = 0.025
    """Share of the table's width by which rules of the same columns may differ between pages."""
    drift: float = 0.04
    """The same of the page's width, between pages with columns told from how text stands."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a grid hold: a name and the printed heading for each, and the first row that is no heading.

    ``edges`` are the x of the rules as shares (0–1) of the table's width, to know the same columns on another page.
    """

    names: tuple[str, ...]
    headings: tuple[str, ...]
    first_row: int
    edges: tuple[float, ...]

    @property
    def extra(self) -> dict[str, str]:
        return {n: h for n, h in zip(self.names, self.headings, strict=True) if n not in COLUMNS and n}


def cell_text(cell: Cell) -> str:
    return " ".join(line.text for line in cell.lines)


def edges(grid: Grid) -> tuple[float, ...]:
    """The x of a grid's column rules as shares of its width."""
    left, width = grid.xs[0], max(grid.xs[-1] - grid.xs[0], 1e-9)
    return tuple((x - left) / width for x in grid.xs)


def column_name(heading: str) -> str:
    """A column's name made from its printed heading: ``Penanggung Jawab`` → ``penanggung_jawab``."""
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode().lower()
    return "_".join(re.findall(r"[a-z0-9]+", plain))


def _row(grid: Grid, row: int) -> list[Cell]:
    return [c for c in grid.cells if c.row <= row < c.row + c.row_span]


def is_numbering(grid: Grid, row: int, settings: ColumnSettings = ColumnSettings()) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3) … A stamp may have spoilt a few of the numbers."""
    texts = [cell_text(c).strip() for c in _row(grid, row) if c.lines]
    numbers = [t for t in texts if _NUMBERING.match(t)]
    enough = len(numbers) > 1 and len(numbers) * 2 > len(grid.xs) - 1
    return enough and len(numbers) >= settings.numbered * len(texts)


def find(grid: Grid, settings: ColumnSettings = ColumnSettings()) -> Columns | None:
    """The columns of a grid by its headings, or ``None`` where no row of headings is found."""
    rows, count = len(grid.ys) - 1, len(grid.xs) - 1
    best: tuple[int, int] | None = None
    for row in range(min(rows, settings.deepest)):
        hits = {
            name
            for c in _row(grid, row)
            if 0 < len(cell_text(c).split()) <= settings.longest
            for name, score in [match_heading(cell_text(c))]
            if name and score >= settings.recognised
        }
        strength = len(hits & set(COLUMNS[1:]))
        if strength >= settings.evidence and (best is None or strength > best[1]):
            best = row, strength
    if best is None:
        return None
    ends = Counter(c.row + c.row_span for c in _row(grid, best[0]) if c.row_span <= settings.deepest)
    last = max(sorted(ends), key=lambda end: ends[end])  # one worn edge below a heading must not swallow a row
    headings = []
    for column in range(count):
        over = [
            c
            for c in grid.cells
            if c.row < last and c.column <= column < c.column + c.column_span and c.row_span <= settings.deepest
        ]
        headings.append(_heading([line.text for c in sorted(over, key=lambda c: c.row) for line in c.lines], settings))
    names = _distinct(headings, settings)
    while last < rows and is_numbering(grid, last):
        last += 1
    return Columns(names, tuple(headings), last, edges(grid))


def _heading(lines: Sequence[str], settings: ColumnSettings) -> str:
    """The heading that the first of some lines make up: as many as read most like a known one, or else all of them."""
    starts = [" ".join(lines[: n + 1]) for n in range(len(lines))]
    best = max(starts, key=lambda text: match_heading(text)[1], default="")
    return best if match_heading(best)[1] >= settings.recognised else " ".join(lines)


def _distinct(headings: Sequence[str], settings: ColumnSettings) -> tuple[str, ...]:
    """A name for every heading, each promised name once: the likeliest heading has it, others keep their own words."""
    scored = [match_heading(h) if h else (None, 0.0) for h in headings]
    names: list[str] = []
    for i, (name, score) in enumerate(scored):
        rivals = [s for j, (n, s) in enumerate(scored) if n == name and (s > score or (s == score and j < i))]
        names.append(name if name and score >= settings.recognised and not rivals else column_name(headings[i]))
    missing = [p for p in COLUMNS if p not in names]
    blank = [i for i, n in enumerate(names) if not n]
    if missing == ["no"] and blank and blank[0] == 0:
        names[0] = "no"
    for i, name in enumerate(names):
        if not name:
            names[i] = f"kolom_{i + 1}"
        elif names.index(name) < i:
            names[i] = f"{name}_{i + 1}"
    return tuple(names)


def placed(
    xs: Sequence[float], known: Sequence[float], names: Sequence[str], settings: ColumnSettings = ColumnSettings()
) -> tuple[str, ...] | None:
    """The names of columns by their place, or ``None`` where they are not those of the known table.

    ``xs`` are the edges of columns told from how text stands, ``known`` those of the table it may go on with, both as
    shares of their page's width; ``names`` those of the known columns. A column that is blank on the page has left no
    trace; edges are only known to lie somewhere between texts, and the outermost not even that.
    """
    middles = [(a + b) / 2 for a, b in pairwise(xs)]
    homes = [int(np.searchsorted(known[1:-1], middle)) for middle in middles]
    inner = [min(abs(x - k) for k in known[1:-1]) for x in xs[1:-1]]
    if len(set(homes)) < len(homes) or max(inner, default=1.0) > settings.drift:
        return None
    return tuple(names[home] for home in homes)


def same(columns: Columns, grid: Grid, settings: ColumnSettings = ColumnSettings()) -> bool:
    """Whether a grid without headings has the rules of these columns."""
    theirs = edges(grid)
    return len(theirs) == len(columns.edges) and all(
        abs(a - b) <= settings.same_place for a, b in zip(theirs, columns.edges, strict=True)
    )

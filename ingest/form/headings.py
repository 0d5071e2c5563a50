"""The columns of an IKI table, recognised by the words of their headings."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from iki.model import Cell, Grid
from iki.terms import COLUMNS
from iki.vocab.labels import Heading, heading_of

RESERVED = ("sheet_id", "baris", "halaman", "skor", "perlu_tinjau")
"""Columns of ``indikator.csv`` that hold no cell: a heading of such a name gets another one."""

_ORDINAL = re.compile(r"^\W*([0-9A-Za-z|!]{1,5})\W*(?:[=:].*)?$")
"""A column number as printed: ``1``, ``(2)``, ``-3-``, ``c.``, ``IV``, ``6 = 5/4``."""
_NUMBER_LINE = re.compile(r"^\W*\d{1,2}\W*$|^\W*\(\s*[A-Za-z]\s*\)\W*$")
"""A line of a heading's cell that holds no more than the column's number."""
_DIGITS = str.maketrans("lI|!OoZzSsB", "11110022558")
"""Letters that digits of a column number are read as."""
_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


@dataclass(frozen=True, slots=True)
class ColumnSettings:
    recognised: float = 0.8
    """Likeness (0–1) of a heading's words to a known heading from which it is recognised."""
    evidence: int = 2
    """Promised columns (``no`` aside) that must be recognised for a table to be one of indikator."""
    deepest: int = 4
    """Rows among which the headings are looked for."""
    longest: int = 10
    """Words beyond which a text is no heading."""
    repeated: float = 0.85
    """Likeness (0–1) to a known heading of its own column from which a cell below the headings says it again."""
    short: int = 4
    """Letters and digits that the heading of a column of numbers has at most, where it could not be read as ``NO``."""
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
    ``known`` is false where the names are no more than what is printed above, or a guess from the columns' order.
    """

    names: tuple[str, ...]
    headings: tuple[str, ...]
    first_row: int
    edges: tuple[float, ...]
    known: bool = True

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


def _ordinals(texts: Sequence[str]) -> list[int]:
    """The column numbers among some texts, read in the style (digits, Roman numerals, letters) of most of them."""
    tokens = [m[1] for text in texts if (m := _ORDINAL.match(text.strip()))]
    digits = [int(d) for t in tokens if (d := t.translate(_DIGITS)).isascii() and d.isdecimal() and len(d) < 3]  # noqa: PLR2004
    roman = [_ROMAN.index(t.lower()) + 1 for t in tokens if t.lower() in _ROMAN]
    letters = [ord(t.lower()) - ord("a") + 1 for t in tokens if len(t) == 1 and t.isalpha() and t.isascii()]
    return max(digits, roman, letters, key=len)


def is_numbering(grid: Grid, row: int, settings: ColumnSettings = ColumnSettings()) -> bool:
    """Whether a row only numbers the columns: (1) (2) (3) … A stamp may have spoilt a few of the numbers."""
    texts = [cell_text(c).strip() for c in _row(grid, row) if c.lines]
    numbers = _ordinals(texts)
    enough = len(numbers) > 1 and len(numbers) * 2 > len(grid.xs) - 1 and len(numbers) >= settings.numbered * len(texts)
    breaks = sum(a >= b for a, b in pairwise(numbers))
    return enough and breaks * 4 < len(numbers)


def is_heading(grid: Grid, row: int, names: Sequence[str], settings: ColumnSettings = ColumnSettings()) -> bool:
    """Whether a row says the headings of the columns ``names`` again: most of its cells do, and two at least."""
    cells = [c for c in _row(grid, row) if c.lines and c.row == row]
    same = [c for c in cells if (h := _heading(cell_text(c), settings)) and _says(h, names[c.column], settings)]
    return len(same) >= settings.evidence and len(same) * 2 > len(cells)


def _says(heading: Heading, name: str, settings: ColumnSettings) -> bool:
    return heading.column == name and heading.likeness >= settings.repeated


def _heading(text: str, settings: ColumnSettings) -> Heading | None:
    """What a heading names, if it is short and like enough; that of an extra column has no digits (``TARGET 2023``)."""
    if not 0 < len(text.split()) <= settings.longest:
        return None
    found = heading_of(text)
    if found is None or found.likeness < settings.recognised:
        return None
    return None if found.column not in COLUMNS and any(c.isdigit() for c in text) else found


def find(grid: Grid, settings: ColumnSettings = ColumnSettings()) -> Columns | None:
    """The columns of a grid by its headings, or ``None`` where no row of known headings is found."""
    best: tuple[int, int] | None = None
    for row in range(min(len(grid.ys) - 1, settings.deepest)):
        named = [h for c in _row(grid, row) if (h := _heading(" ".join(_lines(c)), settings))]
        strength = len({h.column for h in named if not h.general} & set(COLUMNS[1:]))
        if strength >= settings.evidence and (best is None or strength > best[1]):
            best = row, strength
    return _columns(grid, best[0], settings) if best else None


def printed(grid: Grid, settings: ColumnSettings = ColumnSettings()) -> Columns | None:
    """The columns of a grid whose headings are not known, under their printed names; ``None`` where it has none.

    A row is one of headings where a row of column numbers follows, or where it is the first, names every column in a
    few words without digits, and does so in capitals or with a known heading among them.
    """
    numbered = next((r for r in range(1, min(len(grid.ys) - 1, settings.deepest)) if is_numbering(grid, r)), None)
    if numbered is not None:
        return replace(_columns(grid, numbered - 1, settings), known=False)
    texts = [cell_text(c).strip() for c in _row(grid, 0)]
    plain = all(
        0 < len(t.split()) <= settings.longest and any(map(str.isalpha, t)) and not any(map(str.isdigit, t))
        for t in texts
    )
    shown = all(t.isupper() for t in texts) or any(_heading(t, settings) for t in texts)
    if not plain or not shown or len(grid.ys) - 1 < 2:  # noqa: PLR2004
        return None
    return replace(_columns(grid, 0, settings), known=False)


def _columns(grid: Grid, row: int, settings: ColumnSettings) -> Columns:
    """The columns of a grid, one of whose rows of headings is ``row``."""
    rows, count = len(grid.ys) - 1, len(grid.xs) - 1
    ends = Counter(c.row + c.row_span for c in _row(grid, row) if c.row_span <= settings.deepest)
    # One worn edge below a heading must not swallow a row.
    last = max(sorted(ends), key=lambda end: ends[end], default=row + 1)
    while last < min(rows, settings.deepest) and _is_storey(grid, last, settings):
        last += 1
    over = [
        [
            c
            for c in sorted(grid.cells, key=lambda c: c.row)
            if c.row < last and c.column <= column < c.column + c.column_span and c.row_span <= settings.deepest
        ]
        for column in range(count)
    ]
    storeys = [[text for c in cells if (text := _printed(c, settings))] for cells in over]
    body = [[cell_text(c) for c in grid.cells if c.row >= last and c.column == column] for column in range(count)]
    numbers = all(t.strip(" .")[:2].isdecimal() for t in body[0] if t.strip()) if body[0] else True
    while last < rows and is_numbering(grid, last):
        last += 1
    names = _distinct(storeys, numbers, settings)
    return Columns(names, tuple(" ".join(texts) for texts in storeys), last, edges(grid))


def _is_storey(grid: Grid, row: int, settings: ColumnSettings) -> bool:
    """Whether a row below headings is their second storey: short texts, and only below headings that span columns."""
    spanned = {
        k for c in grid.cells if c.row + c.row_span == row and c.column_span > 1
        for k in range(c.column, c.column + c.column_span)
    }  # fmt: skip
    own = [c for c in grid.cells if c.row == row and c.lines]
    return bool(own) and all(
        c.column in spanned and c.row_span <= settings.deepest and len(cell_text(c).split()) <= settings.longest
        for c in own
    )


def _printed(cell: Cell, settings: ColumnSettings) -> str:
    """The heading in a cell; of one with more below it, the lines that read like one."""
    lines = _lines(cell)
    whole = " ".join(lines)
    if _heading(whole, settings) or not lines:
        return whole
    starts = [" ".join(lines[: n + 1]) for n in range(len(lines))]
    known = [(h.likeness, text) for text in starts if (h := _heading(text, settings))]
    return max(known, key=lambda k: k[0])[1] if known else whole


def _lines(cell: Cell) -> list[str]:
    """The lines of a heading's cell without the column's number."""
    return [line.text for line in cell.lines if not _NUMBER_LINE.match(line.text) or len(cell.lines) == 1]


def _distinct(storeys: Sequence[Sequence[str]], numbers: bool, settings: ColumnSettings) -> tuple[str, ...]:
    """A name for every column from its headings, top to bottom; each name once.

    The heading right above a column names it, or all of them together, or else one further up; where several say the
    same, the likeliest has it, one that says nothing else before one that is general, and the others keep their own
    words. ``numbers`` tells whether the first column holds nothing but numbers.
    """
    claims = sorted(
        (h.general, above > 1, -h.likeness, above, i, h.column)
        for i, texts in enumerate(storeys)
        for above, text in enumerate((*texts[-1:], " ".join(texts), *texts[-2::-1]))
        if (h := _heading(text, settings)) and (above < 2 or h.column in COLUMNS)  # noqa: PLR2004
    )
    names: dict[int, str] = {}
    for *_, i, column in claims:
        if i not in names and column not in names.values():
            names[i] = column
    first = "".join(filter(str.isalnum, " ".join(storeys[0])))
    if "no" not in names.values() and 0 not in names and len(first) <= settings.short and numbers:
        names[0] = "no"
    made: list[str] = []
    for i, texts in enumerate(storeys):
        name = names.get(i) or column_name(" ".join(texts)) or f"kolom_{i + 1}"
        if i not in names and (name in RESERVED or name in COLUMNS):
            name = f"kolom_{name}"
        made.append(f"{name}_{i + 1}" if name in made or name in [n for k, n in names.items() if k > i] else name)
    return tuple(made)


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

"""Lines, tables and pages as the reader hands them on, made of texts and places: no picture and no engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from iki.model import Box, Cell, Grid, Line, Page, RawValue, Reading

NOWHERE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))
PITCH = 30.0


def line(text: str, x: float = 0, y: float = 0, page: int = 1) -> Line:
    box = Box(x, y - 9, x + 11 * len(text), y + 9)
    return Line(page, box, NOWHERE, (0, 1600), (Reading(text, (), 0.99, "iki"),))


def value(*texts: str) -> RawValue:
    return RawValue(tuple(line(t) for t in texts))


def grid(
    table: Sequence[Sequence[str]], top: float = 400, page: int = 1, spans: Mapping[tuple[int, int], int] | None = None
) -> Grid:
    """A grid with columns 300 px wide and rows 60 px high; ``spans`` gives row spans by (row, column).

    ``^`` and ``<`` stand where the cell above or on the left goes on; ``|`` parts the lines of a cell.
    """
    cells = []
    for r, texts in enumerate(table):
        for c, text in enumerate(texts):
            if text in ("^", "<"):
                continue
            wide = next((n for n, t in enumerate(texts[c + 1 :], 1) if t != "<"), len(texts) - c)
            high = next((n for n, row in enumerate(table[r + 1 :], 1) if row[c] != "^"), len(table) - r)
            box = Box(100 + 300 * c, top + 60 * r, 400 + 300 * c, top + 60 * (r + 1))
            lines = tuple(line(t, box.x0 + 9, box.y0 + 30 + 20 * n, page) for n, t in enumerate(text.split("|")) if t)
            cells.append(Cell(r, c, (spans or {}).get((r, c), high), wide, box, NOWHERE, lines, 1.0))
    xs = tuple(100.0 + 300 * c for c in range(len(table[0]) + 1))
    return Grid(xs, tuple(top + 60.0 * r for r in range(len(table) + 1)), tuple(cells))


def page(number: int, lines: Sequence[Line], grids: Sequence[Grid] = ()) -> Page:
    return Page(number, 1700, 2300, 200.0, 0, (1700, 2300), 17.0, tuple(lines), tuple(grids))

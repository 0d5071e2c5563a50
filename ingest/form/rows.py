"""The rows of a table, and how they go on over a page's end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from iki.ingest.form.headings import Columns, is_heading, is_numbering
from iki.model import Cell, Grid, RawRow, RawValue
from iki.terms import COLUMNS

CARRIED = ("no", "sasaran")
"""Columns whose blank cell on a continuation page goes on from the page before."""

_OPEN_ENDS = (
    "-",
    ",",
    "/",
    "&",
    "(",
    "dan",
    "atau",
    "yang",
    "serta",
    "untuk",
    "dengan",
    "dari",
    "di",
    "ke",
    "pada",
    "oleh",
)
"""Endings after which a text must go on."""


def is_blank(value: RawValue | None) -> bool:
    return value is None or not value.lines


def text_of(value: RawValue | None) -> str:
    return " ".join(line.text for line in value.lines).strip() if value else ""


def page_rows(grid: Grid, columns: Columns, page: int, missing: Sequence[str] = ()) -> tuple[RawRow, ...]:
    """The rows below the headings of a grid, each value the cell that covers it (merged cells repeated).

    Headings and column numbers that come again further down are no rows. ``missing`` are columns of the sheet that are
    blank on this page and have left no trace in the grid. Where the headings are not known no value is certain, and
    the promised columns are there, blank.
    """
    values: dict[int, RawValue] = {}
    blank = RawValue((), 0.0)
    if not columns.known:
        missing = (*missing, *(n for n in COLUMNS if n not in columns.names and n not in missing))

    def value(cell: Cell) -> RawValue:
        return values.setdefault(id(cell), RawValue(cell.lines, cell.certainty if columns.known else 0.0))

    rows = []
    for r in range(columns.first_row, len(grid.ys) - 1):
        if is_numbering(grid, r) or is_heading(grid, r, columns.names):
            continue
        over = [c for c in grid.cells if c.row <= r < c.row + c.row_span]
        row = {columns.names[k]: value(c) for c in over for k in range(c.column, c.column + c.column_span)}
        row = {**dict.fromkeys(missing, blank), **row}
        if any(not is_blank(v) for v in row.values()):
            rows.append(RawRow(page, {name: row[name] for name in (*missing, *columns.names) if name in row}))
    return tuple(rows)


def _goes_on(before: str, after: str) -> bool:
    """Whether a text that ends in ``before`` goes on as ``after``."""
    if not before or not after:
        return False
    first = next((c for c in after if c.isalnum()), "")
    return (
        first.islower()
        or before.endswith("-")
        or before.rsplit(maxsplit=1)[-1].lower() in _OPEN_ENDS
        or before[-1] in ",/&("
    )


def is_cut(last: RawRow, first: RawRow) -> bool:
    """Whether the first row of a page is the rest of the row that the page before ended with.

    A row of its own has an indikator that begins like one; a cut row's cells go on in the middle of a sentence.
    """
    own = {k: v for k, v in first.values.items() if not is_blank(v)}
    if not is_blank(first.values.get("no")):
        return False
    votes = 0
    for name, value in own.items():
        if name in CARRIED:
            continue
        votes += 1 if _goes_on(text_of(last.values.get(name)), text_of(value)) else -1
    if is_blank(first.values.get("indikator")) and own:
        votes += 1
    return votes > 0


def joined(before: Sequence[RawRow], after: Sequence[RawRow]) -> tuple[RawRow, ...]:
    """The rows of a table that goes on over a page's end as one sequence.

    A cut row is made whole and keeps its first page; blank ``no`` and ``sasaran`` go on; a ``sasaran`` cut in two is
    joined on every row that it spans.
    """
    if not before or not after:
        return (*before, *after)
    rows, rest = list(before), list(after)
    if is_cut(rows[-1], rest[0]):
        rows[-1] = _merged(rows[-1], rest.pop(0))
    if rest:
        rest = _carried(rows, rest)
    return (*rows, *rest)


def go_on(before: Sequence[RawRow], after: Sequence[RawRow]) -> bool:
    """Whether the text of the first row ``after`` a page's end goes on in the middle of that of the last one before."""
    if not before or not after:
        return False
    last, first = before[-1], after[0]
    sasaran = _goes_on(text_of(last.values.get("sasaran")), text_of(first.values.get("sasaran")))
    return is_cut(last, first) or (sasaran and is_blank(first.values.get("no")))


def _merged(row: RawRow, tail: RawRow) -> RawRow:
    values = dict(row.values)
    for name, value in tail.values.items():
        if not is_blank(value):
            values[name] = _together(values.get(name), value)
    return replace(row, values=values)


def _together(a: RawValue | None, b: RawValue) -> RawValue:
    return b if a is None else RawValue(a.lines + b.lines, min(a.certainty, b.certainty))


def _carried(before: list[RawRow], after: list[RawRow]) -> list[RawRow]:
    """Rows of the next page with what goes on from the page before filled in; ``before`` changes where text was cut."""
    no_blank = is_blank(after[0].values.get("no"))
    for name in CARRIED:
        head, last = after[0].values.get(name), before[-1].values.get(name)
        if head is None or last is None:
            continue
        if is_blank(head):
            whole = last
        elif name == "sasaran" and no_blank and _goes_on(text_of(last), text_of(head)):
            whole = _together(last, head)
            before[:] = [
                replace(r, values={**r.values, name: whole}) if r.values.get(name) is last else r for r in before
            ]
        else:
            continue
        after = [replace(r, values={**r.values, name: whole}) if r.values.get(name) is head else r for r in after]
    return after

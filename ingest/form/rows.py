"""The rows of a table, and how they go on over a page's end."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from iki.ingest.form.headings import Columns, is_heading, is_numbering
from iki.model import Cell, Grid, RawRow, RawValue
from iki.terms import CELLS, COLUMNS

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
_ITEM = re.compile(r"(\d{1,2})([.)])")
"""The number of an item of a list."""
_ROOM = 1.2
"""Heights of a line below which nothing more fits under it."""
_BLANK = 0.5
"""What a blank cell speaks for a row being the rest of one, where the row before has it filled …"""
_FULL = 0.5
"""… and what it does that several cells all begin where the line before was full."""
_OPEN = 0.4
"""A value is at most so certain (0–1) where a row that looks like the rest of its own comes next."""


def is_blank(value: RawValue | None) -> bool:
    return value is None or not value.lines


def text_of(value: RawValue | None) -> str:
    return " ".join(line.text for line in value.lines).strip() if value else ""


def page_rows(grid: Grid, columns: Columns, page: int, missing: Sequence[str] = ()) -> tuple[RawRow, ...]:
    """The rows below the headings of a grid, each value the cell that covers it (merged cells repeated).

    Headings and column numbers that come again further down are no rows. ``missing`` are columns of the sheet that are
    blank on this page and have left no trace in the grid. A cell over several columns is no certain value of any. Where
    the headings are not known no value is certain, and the promised columns are there, blank.
    """
    values: dict[int, RawValue] = {}
    blank = RawValue((), 0.0)
    if not columns.known:
        missing = (*missing, *(n for n in COLUMNS if n not in columns.names and n not in missing))

    def value(cell: Cell) -> RawValue:
        certain = columns.known and cell.column_span == 1
        return values.setdefault(id(cell), RawValue(cell.lines, cell.certainty if certain else 0.0))

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


def _goes_on(row: RawRow, name: str, after: RawValue | None) -> float:
    """How much (−1 to 1) speaks for a value of a page's last row going on as another: that its words do, and that its
    last line was full.

    Where another line would have fitted below, or the next word on that line, the value had ended; but the next item of
    a list begins a line of its own.
    """
    before = row.values.get(name)
    ended, begun = text_of(before), text_of(after)
    if not before or not after or not ended or not begun or _has_room(row, before):
        return -1.0
    first = next((c for c in begun if c.isalnum()), "")
    open_end = ended[-1] in ",/&(-" or ended.rsplit(maxsplit=1)[-1].lower() in _OPEN_ENDS
    item = _ITEM.match(begun)
    next_item = item and re.search(rf"(?<!\S){int(item[1]) - 1}{re.escape(item[2])}", ended)
    if open_end or next_item:
        return 1.0
    full = _is_full(before, after)
    if first.islower():
        return 0.0 if full is False else 1.0
    return 0.0 if full else -1.0


def _has_room(row: RawRow, value: RawValue) -> bool:
    """Whether another value of a row ends so far below a value that there was room for more of it."""
    ends = [(v.lines[-1].page, v.lines[-1].box.y1) for v in row.values.values() if v.lines and v.lines[-1].box]
    last = value.lines[-1]
    if last.box is None:
        return False
    page, low = max(ends)
    return page > last.page or low - last.box.y1 > _ROOM * last.box.height


def _is_full(before: RawValue, after: RawValue) -> bool | None:
    """Whether the first word of a value would not have fitted on the last line of another one of the same column;
    ``None`` where there is no telling."""
    last, lines = before.lines[-1], (*before.lines, *after.lines)
    words = after.lines[0].readings[0].words
    if last.box is None or last.measure is None or not words:
        return None
    inner = [line.box.x0 - line.measure[0] for line in lines if line.box is not None and line.measure is not None]
    letter = last.box.width / max(len(last.text), 1)
    free = last.measure[1] - max(min(inner), 0.0) - last.box.x1
    return free < words[0].box.width + letter


def is_cut(last: RawRow, first: RawRow) -> bool:
    """Whether the first row of a page is the rest of the row that the page before ended with.

    A row of its own has an indikator that begins like one, and no blank cells; a cut row's cells go on in the middle of
    a sentence, where the line was full, or hold nothing but the rest of a merged Sasaran.
    """
    own = {k: v for k, v in first.values.items() if not is_blank(v) and k not in CARRIED}
    if not is_blank(first.values.get("no")):
        return False
    if not own:
        return True
    votes = [_goes_on(last, name, value) for name, value in own.items()]
    ended = [name for name, v in last.values.items() if name in CELLS and name not in own and not is_blank(v)]
    blank = sum(1.0 if name == "indikator" else _BLANK for name in ended if name not in CARRIED)
    return sum(votes) + blank + _FULL * (min(votes) >= 0 and len(votes) > 1) > 0


def joined(before: Sequence[RawRow], after: Sequence[RawRow]) -> tuple[RawRow, ...]:
    """The rows of a table that goes on over a page's end as one sequence.

    A cut row is made whole and keeps its first page; blank ``no`` and ``sasaran`` go on; a ``sasaran`` cut in two is
    joined on every row that it spans.
    """
    if not before or not after:
        return (*before, *after)
    rows, rest = list(before), list(after)
    if is_cut(rows[-1], rest[0]):
        last, tail = rows[-1], rest.pop(0)
        rows[-1] = whole = _merged(last, tail)
        for name in CARRIED:
            rows = _with(rows, name, last.values.get(name), whole.values.get(name))
            rest = _with(rest, name, tail.values.get(name), whole.values.get(name))
    elif is_blank(rest[0].values.get("no")) and any(
        is_blank(rest[0].values.get(name)) for name in CELLS if name not in CARRIED
    ):
        rows[-1] = _doubted(rows[-1], rest[0])
    if rest:
        rest = _carried(rows, rest)
    return (*rows, *rest)


def _with(rows: Sequence[RawRow], name: str, part: RawValue | None, whole: RawValue | None) -> list[RawRow]:
    """The rows with the whole of a value where a part of it stands, which may be that of several rows."""
    if part is None or whole is None:
        return list(rows)
    return [replace(r, values={**r.values, name: whole}) if r.values.get(name) is part else r for r in rows]


def go_on(before: Sequence[RawRow], after: Sequence[RawRow]) -> bool:
    """Whether the text of the first row ``after`` a page's end goes on in the middle of that of the last one before."""
    if not before or not after:
        return False
    last, first = before[-1], after[0]
    sasaran = _goes_on(last, "sasaran", first.values.get("sasaran")) > 0
    return is_cut(last, first) or (sasaran and is_blank(first.values.get("no")))


def _doubted(row: RawRow, first: RawRow) -> RawRow:
    """The last row of a page, its cells in doubt that may go on in the ``first`` one of the next page, which has blanks
    as the rest of a cut row has."""
    return replace(
        row,
        values={
            name: replace(value, certainty=min(value.certainty, _OPEN))
            if name not in CARRIED and not is_blank(first.values.get(name))
            else value
            for name, value in row.values.items()
        },
    )


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
    numbered = not is_blank(before[-1].values.get("no"))
    no_blank = is_blank(after[0].values.get("no"))
    for name in CARRIED:
        head, last = after[0].values.get(name), before[-1].values.get(name)
        if head is None or last is None or head is last:
            continue
        if is_blank(head):
            whole = last
        elif name == "sasaran" and no_blank and _goes_on(before[-1], name, head) + numbered > 0:
            whole = _together(last, head)
            before[:] = _with(before, name, last, whole)
        else:
            continue
        after = _with(after, name, head, whole)
    return after

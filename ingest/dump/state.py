"""What the lines of a table so far leave behind for the next one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from iki.ingest.dump.body import BodyLine
from iki.ingest.dump.columns import GOES_ON, INDIKATOR, PENJELASAN, SASARAN, STARTS, SUMBER, Cut, Widths
from iki.ingest.dump.words import number_of, opening, stems

STARTED_BESIDE = 1 + STARTS
"""What a line did in the Indikator: 0 nothing, else one more than the action."""
_SKIPPED = 2
"""Rows without a cell of its own that a column dumped as a block may skip."""


@dataclass(frozen=True, slots=True)
class State:
    """What the lines so far leave behind. ``row`` of the open cell in each column (−1: none yet), the last piece of
    each (without the row's number) and the line it stood on, how wide each column is, the columns of the line before,
    the stems of every cell by row and of the open cells, the words that have begun and ended cells of each column, the
    pairs of words that stand side by side in the table, and those in the cells of other tables with their columns
    (bits)."""

    row: tuple[int, ...] = (-1, -1, -1, -1)
    last: tuple[str, ...] = ("", "", "", "")
    seen: tuple[int, ...] = (-99, -99, -99, -99)
    widest: Widths = (0, 0, 0, 0)
    before: tuple[int, ...] = ()
    said: tuple[tuple[frozenset[str], ...], ...] = ((), (), (), ())
    cells: tuple[frozenset[str], ...] = (frozenset(),) * 4
    begun: tuple[tuple[str, ...], ...] = ((), (), (), ())
    ended: tuple[tuple[str, ...], ...] = ((), (), (), ())
    number: int = 0
    pairs: frozenset[str] = frozenset()
    elsewhere: Mapping[str, int] = field(default_factory=dict)


def target(state: State, c: int, a: int, beside: int, line: BodyLine) -> int:
    """The row of the cell that a piece of a line goes to: beside an Indikator that starts, that one's; else the same or
    the next one, or one of the few after it whose Indikator says more of the line's words."""
    here = state.row[c]
    if a == GOES_ON:
        return max(here, 0)
    if c not in (PENJELASAN, SUMBER):
        return here + 1
    if beside == STARTED_BESIDE:
        return max(here + 1, state.row[INDIKATOR] + 1)
    last = min(state.row[INDIKATOR], here + 1 + _SKIPPED)
    if last <= here + 1 or c == SUMBER:
        return here + 1
    mine = stems(line.words)
    return max(range(here + 1, last + 1), key=lambda row: (len(mine & state.said[INDIKATOR][row]), -row))


def after(state: State, line: BodyLine, cuts: Sequence[Cut]) -> State:
    """The state once a line has been cut so."""
    row, last, seen = list(state.row), list(state.last), list(state.seen)
    said, begun, ended, cells = list(state.said), list(state.begun), list(state.ended), list(state.cells)
    beside = beside_of(cuts)
    for cut in cuts:
        words = line.words[cut.start : cut.end]
        c = cut.column
        row[c] = target(state, c, cut.action, beside, line)
        if cut.action == STARTS and last[c]:
            ended[c] = (*ended[c], opening(last[c].rsplit(" ", 1)[-1]))
        last[c] = unnumbered(words, c, cut.action)
        seen[c] = state.number
        cells[c] = stems(words) | (cells[c] if cut.action == GOES_ON else frozenset())
        if cut.action == STARTS:
            begun[c] = (*begun[c], opening(words[0]))
        mine = said[c] + (frozenset(),) * (row[c] + 1 - len(said[c]))
        said[c] = (*mine[: row[c]], mine[row[c]] | stems(words), *mine[row[c] + 1 :])
    return State(
        tuple(row),
        tuple(last),
        tuple(seen),
        state.widest,
        tuple(cut.column for cut in cuts),
        tuple(said),
        tuple(cells),
        tuple(begun),
        tuple(ended),
        state.number + 1,
        state.pairs,
        state.elsewhere,
    )


def unnumbered(words: Sequence[str], c: int, a: int) -> str:
    """The text of a piece of a line without the number of the row that it may begin with."""
    text = " ".join(words)
    return number_of(text)[1] if c == SASARAN and a == STARTS else text


def beside_of(cuts: Iterable[Cut]) -> int:
    return next((1 + cut.action for cut in cuts if cut.column == INDIKATOR), 0)

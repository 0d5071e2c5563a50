"""The best cuts of a table's lines into columns, line after line, each by dynamic programming over its words.

A line is cut into pieces in column order. Every array over places has one entry more than the line has words: place
``i`` lies before word ``i``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from iki.ingest.dump.body import BodyLine, paired
from iki.ingest.dump.columns import ACTIONS, COLUMNS, GOES_ON, INDIKATOR, SASARAN, STARTS, Cut, Widths
from iki.ingest.dump.features import CLEAR, PieceModel
from iki.ingest.dump.state import State, after, target
from iki.ingest.dump.tagger import tagged
from iki.ingest.dump.words import number_of
from iki.language.font_widths import SPACE, advance

Floats = NDArray[np.float64]
NOTHING: Mapping[str, int] = MappingProxyType({})
Margins = tuple[float, float, float, float]
"""By how much a line's cut beats the best one that gives each column another piece, or none (score units)."""
SLOTS = 1 + len(COLUMNS) * len(ACTIONS)
"""What the last piece so far may be: none, or a column and an action (:func:`slot`)."""
BESIDES = 3
"""What a line may have done in the Indikator: nothing, gone on, started a cell."""


def slot(c: int, a: int) -> int:
    return 1 + len(ACTIONS) * c + a


class LineScores:
    """Scores of a line's pieces that no state changes, worked out once."""

    def __init__(self, model: PieceModel, line: BodyLine) -> None:
        n = len(line.words)
        self.model, self.line, self.turns = model, line, model.turns()
        self.joins = np.array([[model.score(model.join(line, k, c)) if k else 0.0 for k in range(n)] for c in COLUMNS])
        words = np.array([[model.score(model.word(line, k, c)) for k in range(n)] for c in COLUMNS])
        self.sums = _summed(words + self.joins)
        self.heads = np.array(
            [[[model.score(model.head(line, k, c, a)) for k in range(n)] for a in (GOES_ON, STARTS)] for c in COLUMNS]
        )
        ends = _summed(np.array([advance(word) + SPACE for word in line.words]))
        self.widths = np.maximum(ends[None, :] - ends[:-1, None] - SPACE, 0.0).round(1)
        """Usual letters from before a word (row) to a place (column)."""
        numbers = [
            advance(number) + SPACE * (not rest) if number else 0.0 for number, rest in map(number_of, line.words)
        ]
        self.unnumbered = np.maximum(self.widths - np.array(numbers)[:, None], 0.0).round(1)
        """The same without the row's number that a word is or begins with."""
        self.backward = np.arange(n + 1)[None, :] <= np.arange(n)[:, None]
        """Whether a piece would end before it begins."""

    @cached_property
    def lengths(self) -> dict[tuple[int, int, Widths], Floats]:
        """Scores of pieces' lengths by column, action and widths of the columns."""
        return {}

    def pieces(self, state: State, c: int, a: int, beside: int, links: Sequence[float]) -> Floats:
        """The score of each piece from before a word (row) to a place (column)."""
        model, line, n = self.model, self.line, len(self.line.words)
        fixed = model.score(model.row(line, c, a, state, beside))
        begins = self.heads[c, a] + links - self.joins[c]
        begins[1:] += model.score(model.place(c, a, state, False, line.after_blank))
        begins[0] += model.score(model.place(c, a, state, True, line.after_blank))
        row = target(state, c, a, beside, line)
        echoes = np.array([model.score(model.echo(line, k, c, a, state, row)) for k in range(n)])
        sums = self.sums[c] + _summed(echoes)
        key = c, a, state.widest
        if key not in self.lengths:
            wide = self.unnumbered if (c, a) == (SASARAN, STARTS) else self.widths
            self.lengths[key] = np.where(self.backward, -np.inf, model.lengths(c, a, wide, state.widest[c]))
        scored: Floats = begins[:, None] - sums[:-1, None] + sums[None, :] + self.lengths[key]
        return fixed + scored


def _summed(each: Floats) -> Floats:
    """Sums of all entries before each place."""
    return np.concatenate([np.zeros((*each.shape[:-1], 1)), np.cumsum(each, -1)], -1)


@dataclass(frozen=True, slots=True)
class _Kind:
    """A column and action with what the line has done in the Indikator before (``beside``) and after (``then``) it:
    scores of its ``pieces``, and of what may stand before each word (``before``)."""

    c: int
    a: int
    beside: int
    then: int
    pieces: Floats
    before: Floats
    left: NDArray[np.intp]


def best_cut(scores: LineScores, state: State) -> tuple[float, tuple[Cut, ...], Margins]:
    """The best way of cutting a line: its score, the cuts and their margins."""
    model, n = scores.model, len(scores.line.words)
    turns = scores.turns
    ways = np.full((SLOTS, BESIDES, n + 1), -np.inf)  # of the words before each place, by the last piece
    ways[0, 0, 0] = 0.0
    begun: dict[tuple[int, int], NDArray[np.intp]] = {}
    kinds: list[_Kind] = []
    for c in COLUMNS:
        first = slot(c, GOES_ON)
        for a in (GOES_ON, STARTS):
            if a == GOES_ON and state.row[c] < 0:
                continue
            links = [model.score(model.link(word, c, a, state)) for word in scores.line.words]
            lefts = ways[:first] + turns[:first, slot(c, a), None, None]
            left, before = lefts.argmax(0), lefts.max(0)
            for beside in range(1 if c <= INDIKATOR else BESIDES):
                if before[beside].max() == -np.inf:
                    continue
                then = 1 + a if c == INDIKATOR else beside
                kind = _Kind(
                    c, a, beside, then, scores.pieces(state, c, a, beside, links), before[beside], left[beside]
                )
                kinds.append(kind)
                total = kind.before[:-1, None] + kind.pieces
                begun[slot(c, a), then] = total.argmax(0)
                ways[slot(c, a), then] = total.max(0)
    ends = ways[..., n] + turns[:, -1, None]
    best = float(ends.max())
    last, beside = (int(x) for x in np.unravel_index(ends.argmax(), ends.shape))
    by_slot = {(slot(k.c, k.a), k.then): k for k in kinds}
    cuts: list[Cut] = []
    at = n
    while last:
        kind = by_slot[last, beside]
        start = int(begun[last, beside][at])
        cuts.append(Cut(start, at, kind.c, kind.a))
        last, beside, at = int(kind.left[start]), kind.beside, start
    chosen = tuple(reversed(cuts))
    return best, chosen, _margins(best, chosen, ways, kinds, turns)


def _margins(best: float, cuts: tuple[Cut, ...], ways: Floats, kinds: Sequence[_Kind], turns: Floats) -> Margins:
    """The margins of a line's best cuts, exactly: by the best ways to go on from every place to the line's end."""
    places = ways.shape[-1]
    rests = np.full(ways.shape, -np.inf)  # of the words behind each place, by the last piece before it
    rests[..., -1] = turns[:, -1, None]
    others = np.full(len(COLUMNS), -np.inf)
    goes_on: dict[tuple[int, int, int], Floats] = {}
    for kind in reversed(kinds):
        after_it = rests[slot(kind.c, kind.a), kind.then]
        whole = kind.pieces + after_it[None, :]
        goes_on[kind.c, kind.a, kind.beside] = onward = whole.max(1)
        mine = piece_in(kind.c, cuts)
        total = kind.before[:-1, None] + whole
        if mine is not None and mine.action == kind.a:
            total[mine.start, mine.end] = -np.inf
        others[kind.c] = max(others[kind.c], float(total.max()))
        here = slot(kind.c, kind.a)
        first = slot(kind.c, GOES_ON)
        reach = rests[:first, kind.beside, : places - 1]
        np.maximum(reach, turns[:first, here, None] + onward[None, :], out=reach)
    for c in COLUMNS:
        if piece_in(c, cuts) is not None:
            others[c] = max(others[c], _without(c, ways, kinds, goes_on, turns))
    a, b, d, e = (min(best - float(other), CLEAR) for other in others)
    return a, b, d, e


def _without(
    c: int, ways: Floats, kinds: Sequence[_Kind], goes_on: Mapping[tuple[int, int, int], Floats], turns: Floats
) -> float:
    """The score of the best cuts that leave a column out."""
    first = slot(c, GOES_ON)
    best = float((ways[:first, :, -1] + turns[:first, -1, None]).max())
    for kind in kinds:
        if kind.c > c:
            before = ways[:first, kind.beside, :-1] + turns[:first, slot(kind.c, kind.a), None]
            best = max(best, float((before.max(0) + goes_on[kind.c, kind.a, kind.beside]).max()))
    return best


def search(
    model: PieceModel, lines: Sequence[BodyLine], known: Widths, elsewhere: Mapping[str, int] = NOTHING
) -> list[tuple[tuple[Cut, ...], Margins]]:
    """The best cuts of all lines, each with its margins; ``known`` are the widths of the columns, ``elsewhere`` the
    pairs of words in the cells of other tables with their columns (bits)."""
    told, pairs = paired(tagged(lines, known), elsewhere)
    state = State(widest=known, pairs=pairs, elsewhere=elsewhere)
    found: list[tuple[tuple[Cut, ...], Margins]] = []
    for line in told:
        _, cuts, margins = best_cut(LineScores(model, line), state)
        found.append((cuts, margins))
        state = after(state, line, cuts)
    return found


def piece_in(column: int, cuts: Sequence[Cut]) -> Cut | None:
    return next((cut for cut in cuts if cut.column == column), None)

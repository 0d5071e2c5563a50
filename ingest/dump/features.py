"""What speaks for a piece of a line: named features and their weights."""

from __future__ import annotations

from bisect import bisect
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from iki.ingest.dump.body import BodyLine
from iki.ingest.dump.columns import ACTIONS, GOES_ON, INDIKATOR, NAMES, PENJELASAN, SASARAN, SUMBER, Cut
from iki.ingest.dump.state import STARTED_BESIDE, State, target, unnumbered
from iki.ingest.dump.words import (
    OPEN_END,
    closed,
    ending,
    enumerated,
    kind,
    known_pairs,
    opening,
    shape,
    stem,
)
from iki.language.font_widths import SPACE, advance
from iki.language.odds import sigmoid

LOOSE = 1.0
"""Usual letters by which lines of one width differ, since no face has exactly the widths of another."""
_STEPS = (-8.0, -5.0, -3.0, -1.5, -0.5, 0.5, 1.5, 3.0, 5.0, 8.0)
"""Where the classes of widths (usual letters more than fit) begin."""
_LONGER, _LONGEST = 12, 5
"""Width (usual letters) of the classes of pieces where columns' widths are unknown, and the last class."""
CLEAR = 50.0
"""The largest margin (score units) that counts."""
WEIGHTS = Path(__file__).with_name("weights.json")


class Weights(msgspec.Struct, frozen=True):
    """``features`` by name; the others say how sure a column's piece of a line is (log odds); ``source`` says how they
    were learnt."""

    features: dict[str, float]
    margin: float
    """For each score unit by which the cut beats those that give the column another piece."""
    agreed: float
    """For a piece that the draft has too."""
    absent: float
    """For no piece at all."""
    bias: float
    source: str

    def chance(self, margin: float, agreed: bool, absent: bool) -> float:
        """Probability (0–1) that a column has the right piece of a line."""
        odds = min(margin, CLEAR) * self.margin + agreed * self.agreed + absent * self.absent + self.bias
        return sigmoid(odds)


@cache
def weights() -> Weights:
    """The learnt weights that ship with the package."""
    return msgspec.json.decode(WEIGHTS.read_bytes(), type=Weights)


Floats = NDArray[np.float64]
Features = list[tuple[str, float]]


@dataclass(slots=True)
class PieceModel:
    """The features of pieces and their scores under the weights ``w``.

    Every feature belongs to one word in its column, to the join of two words of a piece, to the beginning of a piece,
    to its length, or to two pieces that follow one another: so the score of any piece is a difference of sums.
    """

    w: Mapping[str, float]

    @staticmethod
    def word(line: BodyLine, k: int, c: int) -> Features:
        """What a word says of its column, wherever in its cell it stands."""
        return [("tagger", line.tags[k][3 * c]), (f"{shape(line.words[k])} in {NAMES[c]}", 1.0)]

    @staticmethod
    def join(line: BodyLine, k: int, c: int) -> Features:
        """What speaks for word ``k`` going on with the piece that the word before it belongs to."""
        first, before = line.words[k], line.words[k - 1]
        f = [(f"{ending(before)} then {shape(first)} inside{_case(line)}", 1.0)]
        if line.piped[k]:
            f.append(("pipe inside", 1.0))
        if together(before, first):
            f.append(("known pair inside", 1.0))
        if closed(before, first):
            f.append((f"standard phrase ended inside {NAMES[c]}", 1.0))
        if line.again[k]:
            f.append(("pair said elsewhere inside", 1.0))
        if line.elsewhere[k]:
            f.append((f"pair of another table inside {_own(line.elsewhere[k], c)} column", 1.0))
        if first[:1].isupper() and (head := kind(first)) != "other":
            f.append((f"{head} head inside {NAMES[c]}", 1.0))
        if stem(first) and stem(first) in map(stem, line.words[:k]):
            f.append((f"said before on its line {NAMES[c]}", 1.0))
        return f

    @staticmethod
    def head(line: BodyLine, start: int, c: int, a: int) -> Features:
        """What the first word of a piece says, whatever came before the line and however long the piece is."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        first = line.words[start]
        f = [
            (f"bias {key}", 1.0),
            (f"{shape(first)} {key}", 1.0),
            (f"kind {kind(first)} {key}", 1.0),
            ("tagger", line.tags[start][3 * c + 1 + a] - line.tags[start][3 * c]),
        ]
        if enumerated(first):
            f.append((f"enumerated {key}", 1.0))
            if start + 1 < len(line.words):
                f.append((f"kind {kind(line.words[start + 1])} after number {key}", 1.0))
        if start:
            before = line.words[start - 1]
            f.append((f"{ending(before)} then {shape(first)} edge {ACTIONS[a]}{_case(line)}", 1.0))
            f.append((f"edge {'at pipe' if line.piped[start] else 'without pipe'} {key}", 1.0))
            if line.elsewhere[start]:
                f.append(("pair of another table cut", 1.0))
            if first.lower() in OPEN_END:
                f.append((f"edge before joining word {key}", 1.0))
        else:
            if line.piped[start]:
                f.append((f"pipe at head of {NAMES[c]}", 1.0))
            f.append((f"{'after blank' if line.after_blank else 'no blank'} {shape(first)} {key}", 1.0))
            if line.heads:
                f.append((f"under {_heading(c, line.heads)} heading {ACTIONS[a]}", 1.0))
        return f

    @staticmethod
    def place(c: int, a: int, state: State, whole: bool, blank: bool) -> Features:
        """What the lines before say of a piece of a column, whatever its words; ``whole``: nothing before it on its
        line; ``blank``: a blank line before."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        gap = min(state.number - state.seen[c], 4) if state.row[c] >= 0 else 9
        f = [(f"lines since {gap} {key}", 1.0)]
        if len(state.before) == 1 and whole:
            way = "same" if state.before[0] == c else "left" if state.before[0] < c else "right"
            f.append((f"from whole line {way} {'after blank' if blank else 'at once'} {key}", 1.0))
        elif state.before:
            f.append((f"{'in' if c in state.before else 'not in'} line before {key}", 1.0))
        return f

    @staticmethod
    def row(line: BodyLine, c: int, a: int, state: State, beside: int) -> Features:
        """How the row of a piece stands to those of its neighbours. ``beside`` is what this line did in the Indikator:
        0 nothing, 1 went on, 2 started one."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        if c in (PENJELASAN, SUMBER):
            row = target(state, c, a, beside, line)
            lead = max(-3, min(2, row - max(state.row[INDIKATOR] + (beside == STARTED_BESIDE), 0)))
            return [(f"beside {beside} row {lead} {key}", 1.0)]
        if c == INDIKATOR:
            lag = [min(2, max(-1, state.row[INDIKATOR] - state.row[k])) for k in (PENJELASAN, SUMBER)]
            return [(f"{ACTIONS[a]} with {lag[0]} {lag[1]} behind", 1.0)]
        return []

    @staticmethod
    def link(first: str, c: int, a: int, state: State) -> Features:
        """What a cell so far says of its next piece's first word."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        f: Features = []
        if state.last[c]:
            end = state.last[c].rsplit(" ", 1)[-1]
            room = "?"
            if state.widest[c]:
                spare = state.widest[c] - advance(state.last[c]) - SPACE - advance(first)
                room = _step(spare)
                f.append((f"room left {ACTIONS[a]}", max(spare - LOOSE, 0) / state.widest[c]))
            f += [
                (f"{ending(end)} {shape(first)} {key}", 1.0),
                (f"room {room} {key}", 1.0),
                (f"room {room} {shape(first)} {ACTIONS[a]}", 1.0),
            ]
            if together(end, first):
                f.append((f"known pair at wrap {ACTIONS[a]}", 1.0))
            if closed(end, first):
                f.append((f"standard phrase ended {key}", 1.0))
            closing = opening(end)
            f.append((f"its last word ended {min(state.ended[c].count(closing), 2)} {key}", 1.0))
            pair = f"{closing} {opening(first)}"
            if pair in state.pairs:
                f.append((f"pair said elsewhere at wrap {ACTIONS[a]}", 1.0))
            if columns := state.elsewhere.get(pair):
                f.append((f"pair of another table at wrap of {_own(columns, c)} column {ACTIONS[a]}", 1.0))
        begins = opening(first)
        own = state.begun[c].count(begins)
        rival = max(state.begun[k].count(begins) for k in range(len(NAMES)) if k != c)
        f.append((f"its first word began {min(own, 2)} here {min(rival, 2)} elsewhere {key}", 1.0))
        return f

    @staticmethod
    def echo(line: BodyLine, k: int, c: int, a: int, state: State, row: int) -> Features:
        """Whether a word repeats the cell so far or those beside it in the row."""
        mine = stem(line.words[k])
        if not mine:
            return []
        f: Features = []
        if a == GOES_ON and mine in state.cells[c]:
            f.append((f"says its cell again {NAMES[c]}", 1.0))
        if c == SASARAN:
            return f
        earlier = mine in map(stem, line.words[:k])
        others = [o for o in (INDIKATOR, PENJELASAN) if o != c]
        there = [o for o in others if row < len(state.said[o]) and row >= 0]
        if there or earlier:
            again = earlier or any(mine in state.said[o][row] for o in there)
            f.append((f"{'says' if again else 'does not say'} its row again {NAMES[c]} {ACTIONS[a]}", 1.0))
        return f

    @staticmethod
    def length(c: int, a: int, width: float, state: State) -> Features:
        """How wide a piece is (usual letters, without the row's number) against its column."""
        if not state.widest[c]:
            return [(f"longer than {min(int(width // _LONGER), _LONGEST)} {NAMES[c]}", 1.0)]
        over = width - state.widest[c]
        return [
            (f"against width {_step(over)} {NAMES[c]} {ACTIONS[a]}", 1.0),
            ("wider than its column", max(over - LOOSE, 0) / state.widest[c]),
        ]

    @staticmethod
    def turn(left: tuple[int, int] | None, right: tuple[int, int] | None) -> Features:
        """How pieces follow on a line; ``None`` are its ends."""
        a, b = (f"{NAMES[x[0]]} {ACTIONS[x[1]]}" if x else "end" for x in (left, right))
        return [(f"from {a} to {b}", 1.0)]

    def turns(self) -> Floats:
        """Scores of :meth:`turn`: none or the piece on the left (row), the piece on the right or the line's end."""
        kinds = [(c, a) for c in range(len(NAMES)) for a in range(len(ACTIONS))]
        rows = [[0.0, *(self.score(self.turn(left, right)) for right in (*kinds, None))] for left in (None, *kinds)]
        return np.array(rows)

    def lengths(self, c: int, a: int, wide: Floats, widest: float) -> Floats:
        """Scores of :meth:`length` for pieces of any ``wide`` (usual letters) in a column as wide as ``widest``."""
        if not widest:
            known = np.array([self.w.get(f"longer than {n} {NAMES[c]}", 0.0) for n in range(_LONGEST + 1)])
            return known.take(np.minimum(wide // _LONGER, _LONGEST).astype(int))
        over = wide - widest
        steps = [self.w.get(f"against width {n} {NAMES[c]} {ACTIONS[a]}", 0.0) for n in range(len(_STEPS) + 1)]
        slope = self.w.get("wider than its column", 0.0) / widest
        scored: Floats = np.array(steps)[np.searchsorted(_STEPS, over, "right")] + slope * np.maximum(over - LOOSE, 0.0)
        return scored

    def score(self, f: Features) -> float:
        get, total = self.w.get, 0.0
        for name, value in f:
            total += get(name, 0.0) * value
        return total

    def features(self, line: BodyLine, cuts: Sequence[Cut], state: State) -> Iterator[tuple[str, float]]:
        """All features of one way of cutting a line."""
        left, beside = None, 0
        for cut in cuts:
            c, a = here = cut.column, cut.action
            yield from self.turn(left, here)
            yield from self.head(line, cut.start, c, a)
            yield from self.place(c, a, state, cut.start == 0, line.after_blank)
            yield from self.row(line, c, a, state, beside)
            yield from self.link(line.words[cut.start], c, a, state)
            yield from self.length(c, a, round(advance(unnumbered(line.words[cut.start : cut.end], c, a)), 1), state)
            row = target(state, c, a, beside, line)
            for k in range(cut.start, cut.end):
                yield from self.word(line, k, c)
                yield from self.echo(line, k, c, a, state, row)
                if k > cut.start:
                    yield from self.join(line, k, c)
            left, beside = here, 1 + a if c == INDIKATOR else beside
        yield from self.turn(left, None)


@cache
def model() -> PieceModel:
    """The model with the learnt weights."""
    return PieceModel(weights().features)


def _step(width: float) -> str:
    return str(bisect(_STEPS, width))


def together(left: str, right: str) -> bool:
    """Whether two words follow one another in the vocabulary's wordings."""
    return f"{stem(left)} {stem(right)}" in known_pairs()


def _own(columns: int, c: int) -> str:
    return "its" if columns >> c & 1 else "another"


def _case(line: BodyLine) -> str:
    return " among capitals" if line.titled else ""


def _heading(column: int, heads: Sequence[int]) -> str:
    if column not in heads:
        return "other"
    return "own" if len(set(heads)) == 1 else "first" if column == min(heads) else "shared"

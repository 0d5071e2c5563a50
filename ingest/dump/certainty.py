"""How likely a cell of a dump's table has all of its words and no others.

A logistic model over what the cut lines, the cell itself, its neighbours and the dump's other tables say, learnt by
``python -m iki.bench.dump_certainty`` on dumps of agencies that the network has not learnt from.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from iki.ingest.dump.columns import COLUMNS, INDIKATOR, NAMES, PENJELASAN
from iki.ingest.dump.tables import PlacedPiece, Table
from iki.ingest.dump.words import ending, kind, opening, shape, stem, without_rules

LEAST = 1e-3
"""Chances are cut to this distance from 0 and 1."""
OFTEN = 3
"""Cells from which on it tells no more how many others say the same."""
LONG = 20.0
"""Words of a long cell."""
MODEL = Path(__file__).with_name("certainty.json")

Features = dict[str, float]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """What the cells of a dump say: by column, the cells (as the stems of their words), the beginnings of cells with
    more words than that, and the words that end cells; how often each."""

    cells: Counter[tuple[int, Words]]
    beginnings: Counter[tuple[int, Words]]
    ends: Counter[tuple[int, str]]

    @classmethod
    def of(cls, tables: Sequence[Table]) -> Said:
        found = cls(Counter(), Counter(), Counter())
        for table in tables:
            for c in COLUMNS:
                for cell in table.cells[c]:
                    words = stems_of(words_of(cell))
                    if words:
                        found.cells[c, words] += 1
                        found.ends[c, words[-1]] += 1
                        found.beginnings.update((c, words[:n]) for n in range(1, len(words)))
        return found


class Fitted(msgspec.Struct, frozen=True):
    """Log odds: ``weights`` by feature; ``source`` says how they were learnt."""

    weights: dict[str, float]
    source: str

    def chance(self, features: Mapping[str, float]) -> float:
        """Probability (0–1) that a cell has all of its words and no others."""
        return 1 / (1 + math.exp(-sum(self.weights.get(name, 0.0) * value for name, value in features.items())))


@cache
def fitted() -> Fitted:
    """The model that ships with the package."""
    return msgspec.json.decode(MODEL.read_bytes(), type=Fitted)


def words_of(cell: Sequence[PlacedPiece]) -> Words:
    """The words of a cell's pieces, without what rules were read as."""
    return tuple(word for text in without_rules([piece.text for piece in cell]) for word in text.split())


def stems_of(words: Words) -> Words:
    return tuple(opening(word) for word in words)


def features(table: Table, c: int, place: int, said: Said) -> Features:
    """What speaks for cell ``place`` of column ``c`` (a row's, or a Sasaran's)."""
    words = words_of(table.cells[c][place])
    key = NAMES[c]
    f: Features = {f"a cell of {key}": 1.0, f"its lines {key}": _logit(table.sure[c][place])}
    if not words:
        return {**f, f"empty {key}": 1.0}
    own = stems_of(words)
    f[f"ends {ending(words[-1])} {key}"] = 1.0
    f[f"begins {shape(words[0])} {key}"] = 1.0
    f[f"begins as {kind(words[0])} {key}"] = 1.0
    f["words"] = math.log(len(words) / LONG)
    f["says a word twice"] = float(any(a == b for a, b in pairwise(own)))
    text = " ".join(words)
    f["bracket without its other"] = float(text.count("(") != text.count(")"))
    below = [word for cell in table.cells[c][place + 1 : place + 2] for word in words_of(cell)]
    f["goes on below"] = float(bool(below) and shape(below[0]) == "small")
    f["said by other cells"] = min(said.cells[c, own] - 1, OFTEN) / OFTEN
    f["begins other cells"] = min(said.beginnings[c, own], OFTEN) / OFTEN
    f["others are its beginning"] = float(any(said.cells[c, own[:n]] for n in range(1, len(own))))
    f["its last word ends others"] = min(said.ends[c, own[-1]] - 1, OFTEN) / OFTEN
    if c in (INDIKATOR, PENJELASAN):
        f |= _beside(own, stems_of(words_of(table.cells[INDIKATOR + PENJELASAN - c][place])), key)
    return f


def _beside(own: Words, other: Words, key: str) -> Features:
    """What the Indikator says of the Penjelasan of its row, or the other way round."""
    mine, theirs = ({s for s in map(stem, words) if s} for words in (own, other))
    share = len(mine & theirs) / max(min(len(mine), len(theirs)), 1)
    follows = dict(pairwise(other))
    leads = {b: a for a, b in pairwise(other)}
    return {
        f"says its row again {key}": share,
        f"its row goes on after its end {key}": float(own[-1] in follows and follows[own[-1]] not in own),
        f"its row ends with its end {key}": float(bool(other) and own[-1] == other[-1]),
        f"its row leads to its beginning {key}": float(own[0] in leads and leads[own[0]] not in own),
    }


def _logit(p: float) -> float:
    p = min(max(p, LEAST), 1 - LEAST)
    return math.log(p / (1 - p))

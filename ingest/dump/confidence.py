"""How likely a cell of a dump's table is right: all of its words, no others, and to the letter.

A logistic model over what the search, the cell itself, its neighbours and the dump's other tables say, learnt by
``python -m iki.lab.train.dump_confidence`` on dumps of agencies that the network has not learnt from.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path

import msgspec

from iki.ingest.dump.cells import words_of
from iki.ingest.dump.columns import COLUMNS, INDIKATOR, NAMES, PENJELASAN, SASARAN, SUMBER
from iki.ingest.dump.context import MARKS, DumpTally, Words, bare
from iki.ingest.dump.features import LOOSE
from iki.ingest.dump.tables import DumpTable
from iki.ingest.dump.words import closing_phrases, ending, kind, openings, shape, stem
from iki.language.font_widths import SPACE, advance
from iki.language.odds import sigmoid
from iki.language.spelling import kind_of

LEAST = 1e-3
"""Chances are cut to this distance from 0 and 1."""
OFTEN = 3
"""Cells from which on it tells no more how many others say the same."""
ROW = (INDIKATOR, PENJELASAN, SUMBER)
"""The columns that have a cell on every row."""
APART = 3
"""Lines from one line of a cell to the next from beyond which something stands between them."""
_GARBLED = re.compile(r"([a-z])\1\1|[^\W\d_][^\w\s\-/.,'’&()]+[^\W\d_]|[@¥£€~^=«»{}\\<>]")
"""Signs where no word has them, or a small letter three times over."""
OTHERWISE = 2
"""Times that a word has another behind it from beyond which the next one may surprise."""
LONG = 20.0
"""Words of a long cell."""
MODEL = Path(__file__).with_name("confidence.json")

Features = dict[str, float]


class Fitted(msgspec.Struct, frozen=True):
    """Log odds: ``weights`` by feature; ``source`` says how they were learnt."""

    weights: dict[str, float]
    source: str

    def chance(self, features: Mapping[str, float]) -> float:
        """Probability (0–1) that a cell is right."""
        return sigmoid(sum(self.weights.get(name, 0.0) * value for name, value in features.items()))


@cache
def fitted() -> Fitted:
    """The model that ships with the package."""
    return msgspec.json.decode(MODEL.read_bytes(), type=Fitted)


def features(table: DumpTable, c: int, place: int, said: DumpTally) -> Features:
    """What speaks for cell ``place`` of column ``c`` (a row's, or a Sasaran's); ``said`` by all tables, its own too."""
    cell, key = table.cells[c][place], NAMES[c]
    words = words_of(cell)
    f: Features = {
        f"a cell of {key}": 1.0,
        f"its lines {key}": _logit(table.sure[c][place]),
        **_agreement(table.shared, c, place),
    }
    if not words:
        return {**f, f"empty {key}": 1.0}
    own = openings(words)
    lines = [line for piece in cell if (line := words_of([piece]))]
    f[f"ends {ending(words[-1])} {key}"] = 1.0
    f[f"begins {shape(words[0])} {key}"] = 1.0
    f[f"begins as {kind(words[0])} {key}"] = 1.0
    f["words"] = math.log(len(words) / LONG)
    f |= _oddities(words, own) | _closing(own, key) | _lie(table, c, place) | _fit(lines, table.widths[c])
    for how, count in Counter(_how(word, said) for word in words).items():
        f[f"{how} words"] = _often(count)
    below = [word for other in table.cells[c][place + 1 : place + 2] for word in words_of(other)]
    f["goes on below"] = float(bool(below) and shape(below[0]) == "small")
    row = {k: openings(words_of(table.cells[k][place])) for k in ROW if k != c} if c in ROW else {}
    f["a neighbour says a word twice"] = float(any(_twice(row[k]) for k in (c - 1, c + 1) if k in row))
    f |= _elsewhere(own, c, said, row) | _wraps(lines, own, said)
    if c in (INDIKATOR, PENJELASAN):
        f |= _beside(own, row[INDIKATOR + PENJELASAN - c], key)
    return f


def _oddities(words: Words, own: Words) -> Features:
    """What is seldom printed."""
    text = " ".join(words)
    again = [k for k in range(2, len(words)) if stem(words[k]) and stem(words[k]) == stem(words[0])]
    return {
        "says a word twice": float(_twice(own)),
        "a lone letter": float(any(len(word) == 1 and word.isalpha() for word in words)),
        "bracket without its other": float(text.count("(") != text.count(")")),
        "garbled words": _often(sum(bool(_GARBLED.search(word.strip(MARKS))) for word in words)),
        "begins again inside": float(
            any(shape(words[k]) == "capital" and shape(words[k - 1]) == "small" for k in again)
        ),
    }


def _twice(own: Words) -> bool:
    return any(a == b for a, b in pairwise(own))


def _closing(own: Words, key: str) -> Features:
    """Whether a standard phrase with which cells end stands at the end or has words behind it."""
    ends = [
        at + len(phrase)
        for phrase in closing_phrases()
        for at in range(len(own) - len(phrase) + 1)
        if own[at : at + len(phrase)] == phrase
    ]
    return {
        f"ends with a standard phrase {key}": float(max(ends, default=0) == len(own)),
        "goes on behind a standard phrase": float(0 < max(ends, default=0) < len(own)),
    }


def _lie(table: DumpTable, c: int, place: int) -> Features:
    """How the cell's lines lie: far apart, or down beside the next row."""
    lines = [piece.line.number for piece in table.cells[c][place]]
    below = [
        table.cells[k][place + 1][0].line.number
        for k in (ROW if c in ROW else ())
        if place + 1 < len(table.cells[k]) and table.cells[k][place + 1]
    ]
    return {
        "a gap in its lines": float(any(b - a > APART for a, b in pairwise(lines))),
        "ends below the next row's beginning": float(lines[-1] >= min(below, default=lines[-1] + 1)),
    }


def _fit(lines: Sequence[Words], width: float) -> Features:
    """Whether a cell's lines are as wide as their column lets them be: none wider, and none broken where the next
    word had room."""
    wide = [advance(" ".join(line)) for line in lines]
    room = [width - above - SPACE - advance(below[0]) for above, below in zip(wide, lines[1:], strict=False)]
    return {
        "column of unknown width": float(not width),
        "wider than its column": float(bool(width) and max(wide, default=0.0) > width + LOOSE),
        "lines broken without need": _often(sum(width > 0 and left > LOOSE for left in room)),
        "room where a line is broken": max([0.0, *room]) / width if width else 0.0,
    }


def _agreement(shared: Sequence[Sequence[bool]], c: int, place: int) -> Features:
    """Whether the rough reading has the cell, and those around it."""
    row = [] if c == SASARAN else [shared[k][place] for k in ROW]
    return {
        f"rough reading has it {NAMES[c]}": float(shared[c][place]),
        "rough reading has all of its row": float(bool(row) and all(row)),
        "rough reading has those above and below": float(all(shared[c][max(place - 1, 0) : place + 2])),
    }


def _elsewhere(own: Words, c: int, said: DumpTally, row: Mapping[int, Words]) -> Features:
    """What the dump's other cells say of the cell, its beginnings and its last word; the other cells of its ``row`` may
    have been cut by the same mistake and are no witnesses of its end."""
    last = own[-1]
    goes_on = said.followed[last] - own[:-1].count(last)
    ended = sum(said.ends[k, last] for k in COLUMNS) - 1 - sum(other[-1:] == (last,) for other in row.values())
    return {
        "said by other cells": _often(said.cells[c, own] - 1),
        "begins other cells": _often(said.beginnings[c, own]),
        "others are its beginning": float(any(said.cells[c, own[:n]] for n in range(1, len(own)))),
        "its last word ends others": _often(said.ends[c, last] - 1),
        "its last word ends others of any column": _often(ended),
        "its last word goes on elsewhere": _often(goes_on),
        "its last word always goes on elsewhere": float(goes_on > 0 and ended == 0),
        "its last word goes on, share": goes_on / (goes_on + ended + 1),
    }


def _wraps(lines: Sequence[Words], own: Words, said: DumpTally) -> Features:
    """Whether other cells say the pairs of words between which a cell's lines end, or go on in another way."""
    wraps = [(above[-1], below[0]) for above, below in pairwise(map(openings, lines))]
    mine = Counter(pairwise(own))
    again = [said.often(*wrap) > mine[wrap] for wrap in wraps]
    odd = sum(said.followed[wrap[0]] > OTHERWISE for wrap, known in zip(wraps, again, strict=True) if not known)
    return {
        "wraps": math.log1p(len(wraps)),
        "wraps that others say": sum(again) / max(len(wraps), 1),
        "wraps where others go on otherwise": _often(odd),
    }


def _often(count: int) -> float:
    return min(count, OFTEN) / OFTEN


def _how(word: str, said: DumpTally) -> str:
    """How a word was read, as far as the language and the dump's other cells tell."""
    how = kind_of(word)
    return f"{how} repeated" if how not in ("known", "mark", "abbreviation") and said.words[bare(word)] > 1 else how


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

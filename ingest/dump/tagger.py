"""Where each word of a table stands, by a small recurrent network that reads the whole table in both directions.

For every word it gives the log probability of each column together with what the word does there: it goes on inside
its piece of the line, begins a piece that goes on with the column's open cell, or begins a cell. The network (two
bidirectional LSTM layers, Hochreiter & Schmidhuber 1997, over bags of letter groups as in Bojanowski et al., TACL 2017)
is learnt by ``python -m iki.lab.train.dump_tagger`` on generated dumps and run here in NumPy.
"""

from __future__ import annotations

import zlib
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from iki.ingest.dump.body import BodyLine
from iki.ingest.dump.columns import NAMES, Widths
from iki.ingest.dump.words import ending, enumerated, kind, known_pairs, shape, stem
from iki.language.spelling import plain_letters

Floats = NDArray[np.float32]
WEIGHTS = Path(__file__).with_name("tagger.npz")
"""The network that ships with the package. It has learnt with the letters of most words hidden: it goes more by how a
table looks."""
INSIDE, GOES_ON, STARTS = range(3)
"""What a word does in its column."""
CLASSES = 3 * len(NAMES)
"""Class ``3 * column + deed``."""
LAYERS = 2
LEAST = -7.0
"""Log probability that no class is said to be less likely than."""
BUCKETS, GROUPS = 4096, 18
"""Letter groups that are told apart, and how many of a word are used."""
_SHAPES = ("number", "mark", "capitals", "capital", "small")
_ENDINGS = ("open", "closed", "plain")
_KINDS = ("indikator", "sasaran", "sumber", "other")
_FAR = (6, 15, 40, 120, 1 << 30)
"""Words to the next time a word is said, by classes."""
_PLACES, _STEP = 20, 6
"""Classes of a word's place on its line, and their width in characters."""
_OFTEN = 8
"""Times from which on it tells no more how often a word is said."""
_USUAL = 100.0
"""Characters of a usual line."""


class Inputs(NamedTuple):
    """Of each word of a table: its letter groups (n × ``GROUPS``, 0 for none) and its other features (n × features)."""

    groups: NDArray[np.int32]
    features: Floats


@lru_cache(maxsize=1 << 16)
def groups(word: str) -> tuple[int, ...]:
    """Numbers (from 1) of a word's groups of two to four letters, look-alike letters made one."""
    plain = f"^{plain_letters(word)}$"
    found = [plain[i : i + size] for size in (3, 4, 2) for i in range(len(plain) - size + 1)]
    return tuple(zlib.crc32(g.encode()) % (BUCKETS - 1) + 1 for g in [plain, *found][:GROUPS])


def inputs(lines: Sequence[BodyLine], widths: Widths = (0, 0, 0, 0)) -> Inputs:
    """What the network sees of a table; ``widths`` of the columns in characters, 0 for unknown."""
    known = [float(any(widths)), *(width / _USUAL for width in widths)]
    words = [word for line in lines for word in line.words]
    stems = [stem(word) or word.lower() for word in words]
    said: dict[str, list[int]] = defaultdict(list)
    for i, s in enumerate(stems):
        said[s].append(i)
    beside: Counter[tuple[str, str]] = Counter()
    numbers: list[list[str]] = []
    at = 0
    for line in lines:
        mine = stems[at : at + len(line.words)]
        at += len(mine)
        numbers.append(mine)
        beside.update(pairwise(mine))
    whole = _whole(lines)
    longest = max(sorted(_characters(line) for line in lines)[int(len(lines) * 0.9)], 1) if lines else 1
    made: list[list[float]] = []
    at = 0
    for k, line in enumerate(lines):
        above = numbers[k - 1] if k else []
        below = numbers[k + 1] if k + 1 < len(lines) else []
        x = 0
        length = _characters(line)
        of_line = [
            float(line.after_blank), *(float(c in line.heads) for c in range(len(NAMES))), length / longest,
            length / _USUAL, len(line.words) / 10,
        ]  # fmt: skip
        mine = numbers[k]
        for i, word in enumerate(line.words):
            s, before = mine[i], mine[i - 1] if i else ""
            after = mine[i + 1] if i + 1 < len(mine) else ""
            row = [
                *of_line, float(i == 0), float(i == len(mine) - 1), float(line.piped[i]),
                x / longest, (x + len(word)) / longest, x / _USUAL, len(word) / 10,
                float(bool(i) and beside[before, s] > 1), float(bool(after) and beside[s, after] > 1),
                float(bool(i) and _known(before, s)), float(bool(after) and _known(s, after)),
                float(any(beside[a, s] for a in above)), float(any(beside[s, b] for b in below)),
                float(any(_known(a, s) for a in above)), float(any(_known(s, b) for b in below)),
                float(s in mine[:i]), float(s in mine[i + 1 :]), float(s in above), float(s in below),
                float(enumerated(word)),
            ]  # fmt: skip
            for options, value in ((_SHAPES, shape(word)), (_ENDINGS, ending(word)), (_KINDS, kind(word))):
                row += [float(value == o) for o in options]
            row += _far(said[s], at + i) if len(s) > 3 else [0.0] * (2 * len(_FAR))  # noqa: PLR2004 - as for stems
            row += [float(min(x // _STEP, _PLACES - 1) == p) for p in range(_PLACES)]
            often = beside[before, s] / len(said[before]) if before else 0.0
            also = beside[s, after] / len(said[s]) if after else 0.0
            made.append([*row, *known, often, also, min(len(said[s]), _OFTEN) / _OFTEN, *whole])
            x += len(word) + 1
        at += len(mine)
    ids = np.zeros((len(words), GROUPS), np.int32)
    for i, word in enumerate(words):
        found = groups(word)
        ids[i, : len(found)] = found
    return Inputs(ids, np.array(made, np.float32).reshape(len(words), -1))


def _whole(lines: Sequence[BodyLine]) -> list[float]:
    """What kind of table it is: shares (0–1) of the words within lines with a capital and in capitals, of lines with a
    pipe and after a blank one; words of a line (tens)."""
    within = [shape(word) for line in lines for word in line.words[1:]]
    words, count = max(len(within), 1), max(len(lines), 1)
    return [
        within.count("capital") / words, within.count("capitals") / words,
        sum(any(line.piped) for line in lines) / count, sum(line.after_blank for line in lines) / count,
        sum(len(line.words) for line in lines) / count / 10,
    ]  # fmt: skip


def _characters(line: BodyLine) -> int:
    return sum(map(len, line.words)) + len(line.words) - 1


def _known(a: str, b: str) -> bool:
    return f"{a} {b}" in known_pairs()


def _far(where: Sequence[int], here: int) -> list[float]:
    """How far off the same word is said before and after, one of a few classes each."""
    k = bisect_left(where, here)
    before = here - where[k - 1] if k else None
    after = where[k + 1] - here if k + 1 < len(where) else None
    return [
        float(d is not None and low < d <= high)
        for d in (before, after) for low, high in pairwise((0, *_FAR))
    ]  # fmt: skip


@cache
def weights() -> Mapping[str, Floats]:
    """The learnt weights of the network, by name."""
    with np.load(WEIGHTS) as stored:
        return {name: stored[name].astype(np.float32) for name in sorted(stored.files)}


def tag(lines: Sequence[BodyLine], widths: Widths = (0, 0, 0, 0)) -> list[Floats]:
    """For each line the log probabilities (natural) of its words' classes (words × ``CLASSES``)."""
    if not lines:
        return []
    w = weights()
    given = inputs(lines, widths)
    used = (given.groups > 0).sum(1, keepdims=True)
    letters = w["letters"][given.groups].sum(1) / np.maximum(used, 1)
    x = np.concatenate([letters, np.tanh(given.features @ w["features"].T + w["features_bias"])], 1)
    for layer in range(LAYERS):
        x = np.concatenate([_lstm(x, w, f"{layer}f"), _lstm(x[::-1], w, f"{layer}b")[::-1]], 1)
    y = x @ w["out"].T + w["out_bias"]
    y -= y.max(1, keepdims=True)
    y -= np.log(np.exp(y).sum(1, keepdims=True))
    ends = np.cumsum([len(line.words) for line in lines])[:-1]
    return np.split(y, ends)


def tagged(lines: Sequence[BodyLine], widths: Widths = (0, 0, 0, 0)) -> list[BodyLine]:
    """The lines with what the network says of their words."""
    said = [np.maximum(of_line, LEAST) for of_line in tag(lines, widths)]
    return [replace(line, tags=tuple(map(tuple, of_line.tolist()))) for line, of_line in zip(lines, said, strict=True)]


def _lstm(x: Floats, w: Mapping[str, Floats], name: str) -> Floats:
    """One direction of a layer: gates in the order input, forget, cell, output."""
    inner, size = w[f"inner {name}"].T.copy(), w[f"inner {name}"].shape[1]
    entering = x @ w[f"enter {name}"].T + w[f"bias {name}"]
    h, c = np.zeros(size, np.float32), np.zeros(size, np.float32)
    out = np.empty((len(x), size), np.float32)
    for t in range(len(x)):
        gates = entering[t] + h @ inner
        squeezed = 1 / (1 + np.exp(-np.clip(gates, -30, 30)))
        c = squeezed[size : 2 * size] * c + squeezed[:size] * np.tanh(gates[2 * size : 3 * size])
        h = squeezed[3 * size :] * np.tanh(c)
        out[t] = h
    return out

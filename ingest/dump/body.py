"""The lines of a table without its headings and specks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from iki.ingest.dump import line_kinds
from iki.ingest.dump.columns import NAMES
from iki.ingest.dump.words import enumerated, opening, shape, tokens
from iki.ingest.sources.text_stream import StreamLine
from iki.language.spelling import printed
from iki.vocab.labels import match_heading

_JOINING = 3
"""Letters of words that are written small between capitals too."""
_LONE = 0.9
"""Likeness (0–1) to a heading from which a line beside no other one is it."""
_SMALL = 0.4
"""Share (0–1) of other words inside lines that are small, under which a table's cells are written with capitals."""


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of the table: its words; whether a pipe or a wide gap stands before each; whether a blank line came
    before; the columns whose headings came just before; whether each word follows the same word on another line of the
    table; what the network says of each; whether the table's cells are written with capitals throughout; in which
    columns of other tables each word follows the one before it (bit ``1 << column``)."""

    line: StreamLine
    words: tuple[str, ...]
    piped: tuple[bool, ...]
    after_blank: bool
    heads: tuple[int, ...] = ()
    again: tuple[bool, ...] = ()
    tags: tuple[tuple[float, ...], ...] = ()
    titled: bool = False
    elsewhere: tuple[int, ...] = ()


def spelt(lines: Sequence[BodyLine]) -> list[BodyLine]:
    """The lines with their words as they were probably printed."""
    return [replace(line, words=tuple(map(printed, line.words))) for line in lines]


def paired(lines: Sequence[BodyLine], elsewhere: Mapping[str, int]) -> tuple[list[BodyLine], frozenset[str]]:
    """The lines with ``again``, ``titled`` and ``elsewhere`` filled in, and all pairs of words that stand side by side
    on one of them: what is printed once across a column's edge is seldom found side by side elsewhere, what is printed
    in a cell often is. ``elsewhere`` are the pairs in the cells of other tables with their columns (bits)."""
    counts = Counter(pair for line in lines for pair in pairs_of(line.words))
    shapes = [shape(word) for line in lines for word in line.words[1:] if len(word) > _JOINING]
    titled = shapes.count("small") < _SMALL * len(shapes)
    done: list[BodyLine] = []
    for line in lines:
        pairs = pairs_of(line.words)
        again = (False, *(counts[pair] > 1 for pair in pairs))
        columns = (0, *(elsewhere.get(pair, 0) for pair in pairs))
        done.append(replace(line, again=again, titled=titled, elsewhere=columns))
    return done, frozenset(counts)


def pairs_of(words: Sequence[str]) -> list[str]:
    """What makes the pairs of neighbouring words compare."""
    return [f"{a} {b}" for a, b in pairwise(map(opening, words))]


def body_lines(lines: Sequence[StreamLine]) -> list[BodyLine]:
    """The lines of a table without its headings and specks."""
    found: list[BodyLine] = []
    heads: tuple[int, ...] = ()
    blank = True
    near = False
    for line in lines:
        if line.blank:
            blank = True
            continue
        columns = line_kinds.headings(line.text)
        if columns and (len(columns) > 1 or near or _alone(line.text)):
            heads = (
                (*heads, *(NAMES.index(c) for c in columns if c in NAMES))
                if near
                else tuple(NAMES.index(c) for c in columns if c in NAMES)
            )
            near, blank = True, True
            continue
        numbered = any(enumerated(w) for w in line.text.split()[:1])
        if (near or not found) and line_kinds.of_headings(line.text) and not numbered:
            continue
        if line_kinds.noise(line.text):
            continue
        words, piped = tokens(line.text)
        if words:
            found.append(BodyLine(line, words, piped, blank, heads if near else ()))
            near, blank = False, False
    return found


def _alone(text: str) -> bool:
    """Whether a line that is one heading says enough, and nothing else, to be no cell (``Rencana Kerja Tahunan``)."""
    enough = len([w for w in text.split() if w.isalpha()]) > 1 or text.strip().lower().startswith("penj")
    return enough and match_heading(text)[1] >= _LONE

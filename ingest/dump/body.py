"""The lines of a table without its headings and specks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from iki.ingest.dump import landmarks
from iki.ingest.dump.columns import NAMES
from iki.ingest.dump.lines import TextLine
from iki.ingest.dump.spelling import printed
from iki.ingest.dump.words import enumerated, opening, tokens


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of the table: its words; whether a pipe or a wide gap stands before each; whether a blank line came
    before; the columns whose headings came just before; whether each word follows the same word on another line of the
    table."""

    line: TextLine
    words: tuple[str, ...]
    piped: tuple[bool, ...]
    after_blank: bool
    heads: tuple[int, ...] = ()
    again: tuple[bool, ...] = ()
    tags: tuple[tuple[float, ...], ...] = ()


def spelt(lines: Sequence[BodyLine]) -> list[BodyLine]:
    """The lines with their words as they were probably printed."""
    return [replace(line, words=tuple(map(printed, line.words))) for line in lines]


def paired(lines: Sequence[BodyLine], elsewhere: frozenset[str] = frozenset()) -> tuple[list[BodyLine], frozenset[str]]:
    """The lines with ``again`` filled in, and all pairs of words that stand side by side on one of them: what is
    printed once across a column's edge is seldom found side by side elsewhere, what is printed in a cell often is.
    ``elsewhere`` are the pairs of the cells of other tables."""
    counts = Counter(pair for line in lines for pair in pairs_of(line.words))
    often = elsewhere.union(pair for pair, count in counts.items() if count > 1)
    done = [replace(line, again=(False, *(pair in often for pair in pairs_of(line.words)))) for line in lines]
    return done, elsewhere.union(counts)


def pairs_of(words: Sequence[str]) -> list[str]:
    """What makes the pairs of neighbouring words compare."""
    return [f"{opening(a)} {opening(b)}" for a, b in pairwise(words)]


def body_lines(lines: Sequence[TextLine]) -> list[BodyLine]:
    """The lines of a table without its headings and specks."""
    found: list[BodyLine] = []
    heads: tuple[int, ...] = ()
    blank = True
    near = False
    for line in lines:
        if line.blank:
            blank = True
            continue
        columns = landmarks.headings(line.text)
        if columns and (len(columns) > 1 or near or _alone(line.text)):
            heads = (
                (*heads, *(NAMES.index(c) for c in columns if c in NAMES))
                if near
                else tuple(NAMES.index(c) for c in columns if c in NAMES)
            )
            near, blank = True, True
            continue
        numbered = any(enumerated(w) for w in line.text.split()[:1])
        if (near or not found) and landmarks.of_headings(line.text) and not numbered:
            continue
        if landmarks.noise(line.text):
            continue
        words, piped = tokens(line.text)
        if words:
            found.append(BodyLine(line, words, piped, blank, heads if near else ()))
            near, blank = False, False
    return found


def _alone(text: str) -> bool:
    """Whether a line that is one heading says enough to be no cell."""
    return len([w for w in text.split() if w.isalpha()]) > 1 or text.strip().lower().startswith("penj")

"""Where the words of a value stand on the page: its text, corrected and decided, laid over the lines it was read from.

The text of a value is aligned with what was read, character by character; each of its words takes the place of the
printed words it comes from. Words that the text lacks are gone, words that it adds stand with their neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz.distance import Levenshtein

from iki.model import Box, Line, Point, Quad, RawValue

SOFT_HYPHEN = "\u00ad"
"""Ends the part of a word that goes on in the next line, where no hyphen of its own does (ISO 32000-1, 14.8.2.2.3)."""
_ALIKE = 0.6
"""A field stands where the words read are at least so much like it (normalised Levenshtein similarity, spaces left
out): a date in ISO 8601 does not stand anywhere, nor does what was told from another field."""
_REACH = 0.5
"""A word reaches into the gaps beside it or to the end of its line, by at most this share of the line's height …"""
_SPACE = 0.14
"""… and this share of it stays free between two words, by which readers of PDF tell them apart (poppler: 0.15 of the
font size)."""
_MOST_WORDS = 40
"""In a longer field than this no place is looked for: it is taken for the whole."""


@dataclass(frozen=True, slots=True)
class Fragment:
    """A word, or the part of one that stands in one line, on page ``page``.

    ``quad`` in source pixels is as high as the line's ink; ``box`` is the same on the straightened page.
    """

    text: str
    page: int
    quad: Quad
    box: Box


@dataclass(frozen=True, slots=True)
class PrintedWord:
    """A word as it was read: its ``line`` and the span of x (straight px) that it takes there."""

    text: str
    line: Line
    x0: float
    x1: float

    @property
    def fragment(self) -> Fragment:
        """The word where it stands, as it was read."""
        return _fragment(self.text, self.line, self.x0, self.x1)


def words_of(lines: Sequence[Line]) -> list[PrintedWord]:
    """The words of printed lines by their first reading; lines without a place on the page have none."""
    return [word for line in lines for word in _words(line)]


def laid(text: str, words: Sequence[PrintedWord]) -> list[Fragment]:
    """The words of ``text`` over the ``words`` they come from, in order; none where nothing was read.

    A word that goes on in the next line is two fragments, the first with a hyphen or ``SOFT_HYPHEN`` at its end.
    """
    if not words or not text.strip():
        return []
    origin = _origins(" ".join(word.text for word in words), text)
    owner = [at for number, word in enumerate(words) for at in [(number, i) for i in range(len(word.text))] + [None]]
    pieces: list[_Piece] = []
    ahead = ""
    for token in re.finditer(r"\S+", text):
        own = list(
            _pieces(token, [None if at is None else owner[at] for at in origin[token.start() : token.end()]], words)
        )
        if own:
            own[0].text = ahead + own[0].text
            ahead = ""
            pieces += own
        elif pieces:
            pieces[-1].text += f" {token.group()}"
        else:
            ahead += f"{token.group()} "
    if not pieces:
        return [_fragment(text, words[0].line, words[0].x0, words[0].x1)]
    return list(_over(pieces, words))


def place_of(text: str, words: Sequence[PrintedWord]) -> slice | None:
    """Which of ``words`` the field ``text`` stands on; ``None`` where it stands on none of them."""
    squeezed = re.sub(r"\s", "", text)
    if not squeezed or not words:
        return None
    spans = [(0, len(words))]
    if len(words) <= _MOST_WORDS:
        spans = [(i, j) for i in range(len(words)) for j in range(i + 1, len(words) + 1)]
    alike, _, (first, last) = max(
        (Levenshtein.normalized_similarity("".join(w.text for w in words[i:j]), squeezed), i - j, (i, j))
        for i, j in spans
    )
    return slice(first, last) if alike >= _ALIKE else None


def laid_fields(texts: Sequence[str], raw: RawValue) -> list[list[Fragment]]:
    """The fields ``texts`` over what they were read from together (pangkat and golongan), each over its own words.

    Empty for a field that does not stand there as such, or that only tells what one before it has told.
    """
    words = words_of(raw.lines)
    taken: set[int] = set()
    found: list[list[Fragment]] = []
    for text in texts:
        place = place_of(text, words)
        span = set(range(place.start, place.stop)) if place is not None else set()
        if place is None or span & taken:
            found.append([])
            continue
        taken |= span
        found.append(laid(text, words[place]))
    return found


def within(fragment: Fragment, boxes: Sequence[Box]) -> bool:
    """Whether the middle of a fragment lies in one of ``boxes`` (source px)."""
    x, y = np.mean(fragment.quad, axis=0)
    return any(box.x0 <= x < box.x1 and box.y0 <= y < box.y1 for box in boxes)


def around(fragment: Fragment) -> Box:
    """The upright box around a fragment (source px)."""
    xs, ys = zip(*fragment.quad, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


@dataclass(slots=True)
class _Piece:
    """Part of a word within one line; ``first`` and ``last`` tell word and character that it comes from."""

    text: str
    first: tuple[int, int]
    last: tuple[int, int]


def _words(line: Line) -> Iterator[PrintedWord]:
    """The words of a line with the ink beside them: an engine tells their places by a few pixels too narrow."""
    if line.box is None or line.quad is None or not line.readings:
        return
    told = [(word.text, word.box.x0, word.box.x1) for word in line.readings[0].words if word.text.strip()]
    if not told:
        step = line.box.width / max(1, len(line.text))
        found = re.finditer(r"\S+", line.text)
        told = [(m.group(), line.box.x0 + step * m.start(), line.box.x0 + step * m.end()) for m in found]
    reach, space = _REACH * line.box.height, _SPACE * line.box.height
    for before, (text, x0, x1), after in zip([None, *told], told, [*told[1:], None], strict=False):
        first = line.box.x0 if before is None else (before[2] + x0 + space) / 2
        last = line.box.x1 if after is None else (x1 + after[1] - space) / 2
        yield PrintedWord(text, line, min(x0, max(first, x0 - reach)), max(x1, min(last, x1 + reach)))


def _origins(read: str, text: str) -> list[int | None]:
    """For each character of ``text`` the one of ``read`` that it is or stands for; ``None`` where it was added."""
    origin: list[int | None] = [None] * len(text)
    for step in Levenshtein.opcodes(read, text):
        if step.tag in ("equal", "replace"):
            for i in range(step.dest_end - step.dest_start):
                origin[step.dest_start + i] = step.src_start + i
    return origin


def _pieces(
    token: re.Match[str], origin: Sequence[tuple[int, int] | None], words: Sequence[PrintedWord]
) -> Iterator[_Piece]:
    """The parts of a word, one for each line that it stands in; none where nothing of it was read."""
    current: _Piece | None = None
    ahead = ""
    for character, at in zip(token.group(), origin, strict=True):
        if at is None:
            if current is None:
                ahead += character
            else:
                current.text += character
        elif current is None:
            current, ahead = _Piece(ahead + character, at, at), ""
        elif words[at[0]].line is words[current.first[0]].line:
            current.text, current.last = current.text + character, at
        else:
            yield _broken(current)
            current = _Piece(character, at, at)
    if current is not None:
        yield current


def _broken(piece: _Piece) -> _Piece:
    if piece.text[-1:].isalnum():
        piece.text += SOFT_HYPHEN
    return piece


def _over(pieces: Sequence[_Piece], words: Sequence[PrintedWord]) -> Iterator[Fragment]:
    """``pieces`` over whole printed words; where two come from one word they share it."""
    for before, piece, after in zip([None, *pieces], pieces, [*pieces[1:], None], strict=False):
        start, end = words[piece.first[0]], words[piece.last[0]]
        shares_start = before is not None and before.last[0] == piece.first[0]
        shares_end = after is not None and after.first[0] == piece.last[0]
        x0 = _x(start, piece.first[1]) if shares_start else start.x0
        x1 = _x(end, piece.last[1] + 1) if shares_end else end.x1
        yield _fragment(piece.text, start.line, x0, x1)


def _x(word: PrintedWord, character: int) -> float:
    return word.x0 + (word.x1 - word.x0) * character / len(word.text)


def _fragment(text: str, line: Line, x0: float, x1: float) -> Fragment:
    """``text`` in the part of a line between two x (straight px): between the corners of the line as it lies."""
    assert line.box is not None and line.quad is not None
    width = max(line.box.width, 1e-6)
    upper_left, upper_right, lower_right, lower_left = line.quad
    start, end = (x0 - line.box.x0) / width, (x1 - line.box.x0) / width
    quad = (
        _between(upper_left, upper_right, start),
        _between(upper_left, upper_right, end),
        _between(lower_left, lower_right, end),
        _between(lower_left, lower_right, start),
    )
    return Fragment(text, line.page, quad, Box(x0, line.box.y0, x1, line.box.y1))


def _between(a: Point, b: Point, share: float) -> Point:
    return a[0] + (b[0] - a[0]) * share, a[1] + (b[1] - a[1]) * share

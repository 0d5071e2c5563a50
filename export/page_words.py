"""The words of a page line by line, as the tables have them: corrected and decided values over the lines they were read
from, all else as it was read."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Literal

from iki.export.placement import SOFT_HYPHEN, Fragment, laid, laid_fields, words_of
from iki.export.tables import Record, SheetRows
from iki.model import CleanSheet, CleanValue, Line, Quad, RawValue, Reading

Part = Literal["", "HypPart1", "HypPart2"]
_HYPHEN = "-"
LineKey = tuple[int, Quad | None]
"""What tells the lines of a file apart: page, and place in source pixels."""


@dataclass(frozen=True, slots=True)
class PageWord:
    """A word, or the ``part`` of one that goes on in the next line, the ``whole`` of it being one word of the value.

    ``quad`` in source pixels. ``confidence`` (0–1) is the engine's where the word stands as it was read, else the
    probability of the value. ``alternatives``: engine and what it read in this place, where that differs. ``decided``
    by a person. ``hyphen``: what the part is cut with, if not a hyphen of its own: a printed one that the word lacks,
    or ``SOFT_HYPHEN`` where none is printed.
    """

    text: str
    quad: Quad
    confidence: float
    alternatives: tuple[tuple[str, str], ...] = ()
    part: Part = ""
    whole: str = ""
    hyphen: str = ""
    decided: bool = False


@dataclass(frozen=True, slots=True)
class _Value:
    """A value as the tables have it, its probability of being right (0–1), whether a person ``decided`` it."""

    text: str
    raw: RawValue
    probability: float
    decided: bool


def key(line: Line) -> LineKey:
    """What a line is known by."""
    return line.page, line.quad


def as_read(line: Line) -> list[PageWord]:
    """The words of a line by its first reading."""
    words = (word.fragment for word in words_of([line]))
    return [_word(word, line, word.text, line.readings[0].confidence, False) for word in words]


def words_of_values(sheet: CleanSheet, tables: SheetRows) -> dict[LineKey, list[PageWord]]:
    """The words of all lines of a sheet that hold values, from left to right; ``tables`` tells what the values are."""
    changed = {(record["baris"], record["kolom"]): record for record in tables.corrections}
    found: dict[LineKey, list[PageWord]] = {}
    seen: set[tuple[LineKey, ...]] = set()
    for row, record in zip(sheet.rows, tables.rows, strict=False):
        for value in _values(row.values, record, changed):
            lines = tuple(map(key, value.raw.lines))
            if lines not in seen:  # a merged cell stands on several rows
                seen.add(lines)
                found |= {line: [] for line in lines}
                for place, words in _by_line(value, laid(value.text, words_of(value.raw.lines))):
                    found[place] = words
    together: dict[tuple[LineKey, ...], list[_Value]] = {}
    for value in _values(sheet.fields, tables.sheet, changed):
        together.setdefault(tuple(map(key, value.raw.lines)), []).append(value)
    for values in together.values():
        places = laid_fields([value.text for value in values], values[0].raw)
        for value, fragments in zip(values, places, strict=True):
            read = {key(line): as_read(line) for line in value.raw.lines}
            for place, words in _by_line(value, fragments):
                found[place] = _over(words, found.get(place) or read[place])
    return found


def _values(
    values: Mapping[str, CleanValue], record: Record, changed: Mapping[tuple[str, str], Record]
) -> Iterator[_Value]:
    for name, value in values.items():
        if value.raw is not None and value.raw.lines:
            correction = changed.get((record.get("baris", ""), name))
            probability = value.probability if correction is None else float(correction["skor"])
            decided = correction is not None and bool(correction["oleh"])
            yield _Value(record.get(name, ""), value.raw, probability, decided)


def _over(words: Sequence[PageWord], read: Sequence[PageWord]) -> list[PageWord]:
    """``words`` in the place of those of ``read`` that they stand on, from left to right along the line."""
    start = read[0].quad[0] if read else (0.0, 0.0)

    def along(word: PageWord) -> tuple[float, float]:
        ends = [abs(x - start[0]) + abs(y - start[1]) for x, y in word.quad[:2]]
        return ends[0], ends[1]

    spans = [along(word) for word in words]
    kept = [w for w in read if not any(x0 <= sum(along(w)) / 2 <= x1 for x0, x1 in spans)]
    return sorted([*words, *kept], key=along)


def _by_line(value: _Value, fragments: Sequence[Fragment]) -> Iterator[tuple[LineKey, list[PageWord]]]:
    """The words of a value, line by line; a word over two lines knows its parts."""
    words: dict[LineKey, list[PageWord]] = {}
    ends = list(accumulate(len(token) for token in value.text.split()))
    wholes = dict(zip(ends, value.text.split(), strict=True))
    place = 0
    for fragment in fragments:
        line = _line_of(fragment, value.raw.lines)
        for piece in _single(fragment):
            bare = piece.text.removesuffix(SOFT_HYPHEN)
            start, place = place, place + len(bare)
            end = next((e for e in ends if e >= place), place)
            part: Part = (
                "HypPart1" if place < end and start in (0, *ends) else "" if start in (0, *ends) else "HypPart2"
            )
            whole = wholes.get(end, "") if part else ""
            word = _word(piece, line, bare, value.probability, value.decided, part, whole)
            words.setdefault(key(line), []).append(word)
    yield from words.items()


def _line_of(fragment: Fragment, lines: Iterable[Line]) -> Line:
    def apart(line: Line) -> tuple[bool, float]:
        assert line.box is not None
        box = line.box
        same = line.page == fragment.page and (box.y0, box.y1) == (fragment.box.y0, fragment.box.y1)
        return not same, abs(box.centre[0] - fragment.box.centre[0]) - box.width / 2

    return min((line for line in lines if line.box is not None), key=apart)


def _single(fragment: Fragment) -> Iterator[Fragment]:
    """A fragment word by word: what was added to a word shares its place."""
    width = len(fragment.text)
    for found in re.finditer(r"\S+", fragment.text):
        if found.group() == fragment.text:
            yield fragment
        else:
            upper_left, upper_right, lower_right, lower_left = fragment.quad
            a, b = found.start() / width, found.end() / width

            def at(p: tuple[float, float], q: tuple[float, float], share: float) -> tuple[float, float]:
                return p[0] + (q[0] - p[0]) * share, p[1] + (q[1] - p[1]) * share

            quad = (
                at(upper_left, upper_right, a), at(upper_left, upper_right, b),
                at(lower_left, lower_right, b), at(lower_left, lower_right, a),
            )  # fmt: skip
            yield Fragment(found.group(), fragment.page, quad, fragment.box)


def _word(
    fragment: Fragment, line: Line, text: str, otherwise: float, decided: bool, part: Part = "", whole: str = ""
) -> PageWord:
    """A word with what the engines read in its place; its confidence is ``otherwise`` where none was as the text is."""
    told = [(reading.engine, *_read_within(reading, line, fragment)) for reading in line.readings]
    first = told[0] if told else ("", "", 0.0)
    hyphen = ""
    if fragment.text.endswith(SOFT_HYPHEN):
        hyphen = _HYPHEN if first[1].endswith(_HYPHEN) else SOFT_HYPHEN
    confidence = first[2] if first[1] in (text, text + hyphen) and not decided else otherwise
    others = dict.fromkeys((engine, read) for engine, read, _ in told if read and read not in (text, text + hyphen))
    confidence = min(max(confidence, 0.0), 1.0)
    return PageWord(text, fragment.quad, confidence, tuple(others), part, whole, hyphen, decided)


def _read_within(reading: Reading, line: Line, fragment: Fragment) -> tuple[str, float]:
    """What an engine read between the ends of a fragment of a line, and how sure it was of that."""
    if line.box is None:
        return "", 0.0
    if reading.words:
        spans = [(word.text, word.box.x0, word.box.x1, word.confidence) for word in reading.words]
    else:
        step = line.box.width / max(1, len(reading.text))
        spans = [
            (m.group(), line.box.x0 + step * m.start(), line.box.x0 + step * m.end(), reading.confidence)
            for m in re.finditer(r"\S+", reading.text)
        ]
    within = [span for span in spans if fragment.box.x0 <= (span[1] + span[2]) / 2 < fragment.box.x1]
    return " ".join(span[0] for span in within), min((span[3] for span in within), default=0.0)

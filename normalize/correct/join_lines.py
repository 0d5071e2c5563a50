"""The printed lines of one value joined into one text.

At a wrap a printed hyphen stays and takes no space (``perundang-undangan``), a word cut without one is rejoined
(``pertanggungjawab`` + ``an``), all else is joined with one space. Whether a word was cut is decided by geometry — a
typesetter cuts a word only where the line is full and the word stands alone on it — and by a lexicon.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from iki.model import Box, Line, Reading, Word


class KnownWords(Protocol):
    """What the joining needs to know of words; both take them in any case, without punctuation around."""

    def knows(self, word: str) -> bool:
        """Whether it is a word that stands by itself (hyphenated forms included)."""
        ...


@dataclass(frozen=True, slots=True)
class WrapSettings:
    """Widths are in mean character widths of the line."""

    fit_slack: float = 1.0
    """The next word counts as fitting only with this much room to spare."""
    full_line: float = 2.0
    """Less free room than this: the line is full."""
    shortest_cut: int = 2
    """Letters before a wrap below which a word is not taken as cut."""
    widest_padding: float = 2.0
    """Widest distance of the text from the edge of its measure that is taken for the cell's padding."""
    short_tail: int = 4
    """Letters of a piece that is more likely the end of a cut word than a word, if it follows an unknown one."""
    stray: int = 2
    """Letters of a line that may be a speck or part of a stamp, where it would have fitted on the line before."""
    sure: float = 0.998
    likely: float = 0.97
    weak: float = 0.8
    """Certainties of the decisions, by how much evidence agrees."""


DEFAULT = WrapSettings()
HYPHENS = "-‐‑–¬"
SPECKS = frozenset(".'`´·_~‘’")
"""Marks that never stand alone in print: dirt."""
_WORN_HYPHENS = "._~=·'—"
_SUFFIXES = frozenset(("an", "kan", "nya", "i", "lah", "kah", "pun", "ku", "mu", "wan", "wati", "isasi", "si"))
"""Pieces that lexicons list as words but that end a word when they begin a line."""
_PREFIXES = frozenset(("ber", "mem", "men", "meng", "pem", "pen", "peng", "per", "ter"))
"""Pieces that lexicons list as words but that begin a word when a hyphen ends the line after them …"""
_SYLLABLE = re.compile(r"(?!se$)[a-z]{2}", re.IGNORECASE)
"""… as does any piece of two letters, but for ``se-``, which forms hyphenate (``se-kabupaten``)."""
_STROKES = frozenset("Il1|!")
"""What a lone i may be read as."""
_CLOSING = ",.;:)]}!?%"
_LAST_LETTERS = re.compile(r"[^\W\d_]+[^\w]*$")
_FIRST_LETTERS = re.compile(r"^[^\w]*[^\W\d_]+")
_MARK = re.compile(r"(?:\d{1,2}|[a-z])[.)]|[-•]")
"""What stands before an item of a list."""
_EDGES = re.compile(r"^[^\w]+|[^\w]+$")


@dataclass(frozen=True, slots=True)
class TokenPart:
    """The part of a token that stands on one line: ``line`` counts from 0, ``start`` is its offset in the reading."""

    line: int
    start: int
    text: str
    box: Box | None
    confidence: float


@dataclass(frozen=True, slots=True)
class Token:
    """A word of the joined text with its pieces; ``certainty`` is that of the joins inside and before it."""

    text: str
    pieces: tuple[TokenPart, ...]
    certainty: float = 1.0

    @property
    def confidence(self) -> float:
        return min((piece.confidence for piece in self.pieces), default=1.0)


@dataclass(frozen=True, slots=True)
class Join:
    """What stands between two pieces: ``between`` replaces the last ``dropped`` characters of the left one."""

    between: str
    dropped: int
    certainty: float


def pieces(line: Line, number: int, reading: Reading | None = None) -> tuple[TokenPart, ...]:
    """The words of a line's best reading (or of ``reading``) as pieces."""
    reading = reading or (line.readings[0] if line.readings else None)
    if reading is None or not reading.text.strip():
        return ()
    boxed: Sequence[Word | None] = reading.words
    texts = reading.text.split()
    if [word.text for word in reading.words] != texts:
        boxed = [None] * len(texts)
    found, at = [], 0
    for text, word in zip(texts, boxed, strict=True):
        at = reading.text.index(text, at)
        found.append(
            TokenPart(number, at, text, word.box if word else None, word.confidence if word else reading.confidence)
        )
        at += len(text)
    return tuple(found)


def join(
    lines: Sequence[Line],
    lexicon: KnownWords,
    settings: WrapSettings = DEFAULT,
    readings: Sequence[Reading | None] | None = None,
) -> tuple[Token, ...]:
    """The tokens of a value, in order; their texts joined with single spaces are the value."""
    chosen = readings or [None] * len(lines)
    tokens: list[Token] = []
    before: Line | None = None
    alone = False
    padding = _padding(lines, settings)
    for number, (line, reading) in enumerate(zip(lines, chosen, strict=True)):
        here = tuple(piece for piece in pieces(line, number, reading) if piece.text not in SPECKS)
        if not here:
            continue
        fresh = [Token(piece.text, (piece,)) for piece in here]
        if tokens and before is not None:
            room = free_room(before, padding, _is_indented(before, lines))
            fresh[0] = replace(fresh[0], text=_last_letter(tokens[-1].text, fresh[0].text, lexicon.knows))
            how = decide(tokens[-1].text, fresh[0].text, room, alone, lexicon, settings)
            if how.between == " ":
                stray = len(here) == 1 and len(here[0].text) <= settings.stray and _fits(here[0].text, room, settings)
                fresh[0] = replace(fresh[0], certainty=settings.weak if stray else how.certainty)
            else:
                left = tokens.pop()
                text = left.text[: len(left.text) - how.dropped] + how.between + fresh[0].text
                fresh[0] = Token(text, left.pieces + fresh[0].pieces, left.certainty * how.certainty)
        tokens += fresh
        alone, before = len(here) == 1 or (len(here) == 2 and bool(_MARK.fullmatch(here[0].text))), line  # noqa: PLR2004
    return tuple(tokens)


def _last_letter(left: str, right: str, knows: Callable[[str], bool]) -> str:
    """The first word of a line, a lone letter as the small one that ends the word cut before it.

    A letter that stands alone shows neither its case nor, if it is a mere stroke, which it is.
    """
    inner = _run(_LAST_LETTERS, left)
    small = "i" if right in _STROKES else right.lower()
    cut = len(right) == 1 and inner[1:].islower() and not knows(inner) and knows(inner + small)
    return small if cut else right


def text_of(tokens: Sequence[Token]) -> str:
    return " ".join(token.text for token in tokens)


def free_room(line: Line, padding: float = 0.0, indented: bool = False) -> float | None:
    """Room left on a line in mean character widths, ``padding`` (px) kept on both sides; ``None`` without geometry.

    What an ``indented`` line leaves free before it is no room.
    """
    letters = len(line.text.strip())
    if line.box is None or line.measure is None or not letters or line.box.width <= 0:
        return None
    before, after = line.box.x0 - line.measure[0] - padding, line.measure[1] - line.box.x1 - padding
    return (after if indented else before + after) / (line.box.width / letters)


def _is_indented(line: Line, lines: Sequence[Line]) -> bool:
    """Whether another line of the value begins as far right, as those of a list do behind its numbers.

    One in the middle of its measure seldom has its like.
    """
    box = line.box
    if box is None:
        return False
    near = box.width / max(len(line.text.strip()), 1) / 2
    return any(x is not line and x.box is not None and abs(x.box.x0 - box.x0) <= near for x in lines)


def _padding(lines: Sequence[Line], settings: WrapSettings) -> float:
    """What a value keeps free at the edges of its measure (px): the least that any of its lines does."""
    gaps = [
        min(line.box.x0 - line.measure[0], settings.widest_padding * line.box.width / max(len(line.text), 1))
        for line in lines
        if line.box is not None and line.measure is not None
    ]
    return max(min(gaps, default=0.0), 0.0)


def decide(
    left: str, right: str, room: float | None, alone: bool, lexicon: KnownWords, settings: WrapSettings = DEFAULT
) -> Join:
    """How the last word of a line and the first of the next belong together.

    ``room`` is the free room of the first line in characters (``None``: unknown), ``alone`` whether ``left`` is the
    only word on it.
    """
    full = None if room is None else room < settings.full_line
    if left in HYPHENS and right[0].isalnum() and not alone:  # a dash with spaces, or an item's sign before its wrap
        return Join(" ", 0, settings.weak)
    if left[-1:] in HYPHENS:
        return _hyphen(left, right, lexicon.knows, settings)
    if full and alone and right[0] in _CLOSING and left[-1].isalnum():
        return Join("", 0, settings.likely)
    lost = _lost_hyphen(left, right, lexicon.knows, settings)
    if lost is not None:
        return lost
    parted = not (left[-1].isalpha() and right[0].isalpha()) or (right[0].isupper() and not left.isupper())
    if parted or _fits(right, room, settings):
        return Join(" ", 0, settings.sure)
    return _cut(_run(_LAST_LETTERS, left), _run(_FIRST_LETTERS, right), full, alone, lexicon.knows, settings)


def _fits(text: str, room: float | None, settings: WrapSettings) -> bool:
    """Whether a text would have fitted on the line before; unknown room is none."""
    return room is not None and room >= len(text) + 1 + settings.fit_slack


def _hyphen(left: str, right: str, knows: Callable[[str], bool], settings: WrapSettings) -> Join:
    """A printed hyphen stays, unless only the word without it is one."""
    stem = left.rstrip(HYPHENS)
    if not stem or not stem[-1].isalnum() or not right[0].isalnum():
        return Join(" ", 0, settings.sure)
    printed = left[len(stem) :]
    inner, outer = _run(_LAST_LETTERS, stem), _run(_FIRST_LETTERS, right)
    twice = inner.lower() == outer.lower()
    if not (inner and outer) or twice:
        return Join(printed, len(printed), settings.sure)
    words = _stands(inner, knows) and _stands(outer, knows)
    if knows(f"{inner}-{outer}"):  # of two words that stand by themselves the hyphen may be dirt
        return Join(printed, len(printed), settings.likely if words else settings.sure)
    if not knows(inner + outer):
        return Join(printed, len(printed), settings.likely if words else settings.weak)
    begins = _SYLLABLE.fullmatch(inner) or inner.lower() in _PREFIXES
    begun = begins and outer.islower() == inner.islower()
    if not begun and words:
        return Join(printed, len(printed), settings.weak)
    return Join("", len(printed), settings.likely)


def _lost_hyphen(left: str, right: str, knows: Callable[[str], bool], settings: WrapSettings) -> Join | None:
    """A hyphen that stands on the second line, or that was read as another mark or not at all."""
    if right[0] in HYPHENS and right[1:2].isalpha() and left[-1].isalpha():
        known = knows(_run(_LAST_LETTERS, left) + "-" + _run(_FIRST_LETTERS, right[1:]))
        return Join("", 0, settings.likely if known else settings.weak)
    worn = left[-1] in _WORN_HYPHENS and left[-2:-1].isalpha()
    if not (worn or left[-1].isalpha()) or not right[0].isalpha():
        return None
    inner, outer = _run(_LAST_LETTERS, left), _run(_FIRST_LETTERS, right)
    if not _hyphenated(inner, outer, knows):
        return None
    return Join("-", int(worn), settings.weak if worn or inner.lower() == outer.lower() else settings.likely)


def _cut(
    inner: str, outer: str, full: bool | None, alone: bool, knows: Callable[[str], bool], settings: WrapSettings
) -> Join:
    """Whether ``inner`` and ``outer``, letters on both sides of a wrap where nothing more fitted, are one word."""
    sure, likely, weak = settings.sure, settings.likely, settings.weak
    whole = len(inner) >= settings.shortest_cut and knows(inner + outer)
    left, right = _stands(inner, knows), _stands(outer, knows)
    if full and alone:
        if knows(inner + outer) and not knows(inner):  # a word too long for its column, whatever is left of it
            return Join("", 0, sure)
        short = len(outer) <= settings.short_tail
        if left and right:
            return Join("", 0, weak) if whole and short else Join(" ", 0, likely)
        cut = whole or (not left and (short or not right))
        return Join("" if cut else " ", 0, sure if whole else likely if left else weak)
    if whole and not left:
        if not right:
            return Join("", 0, likely)
        return Join("", 0, weak) if full or (full is None and alone) else Join(" ", 0, likely)
    return Join(" ", 0, likely if whole and not right else sure)


def _hyphenated(inner: str, outer: str, knows: Callable[[str], bool]) -> bool:
    """Whether a hyphen was lost at the wrap: the pair is a known hyphenated word and its first half no word."""
    return outer.islower() and knows(f"{inner}-{outer}") and (not _stands(inner, knows) or inner.lower() == outer)


def _stands(word: str, knows: Callable[[str], bool]) -> bool:
    """Whether a piece is a word by itself."""
    return word.lower() not in _SUFFIXES and (knows(word) or (word.isupper() and len(word) > 1))


def _run(pattern: re.Pattern[str], text: str) -> str:
    """The letters of ``text`` next to the wrap."""
    match = pattern.search(text)
    return _EDGES.sub("", match[0]) if match else ""

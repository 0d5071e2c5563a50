"""Words of a dump: how a line falls into them, and what makes damaged ones compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import dropwhile, pairwise

from rapidfuzz.distance import Levenshtein

from iki import vocab
from iki.language.spelling import plain_letters

_ENUMERATED = re.compile(r"^[\W_]*(\d{1,2}|[lIiSqT%])\s*[.,)|]*$")
_GLUED_NUMBER = re.compile(r"^(\d{1,2})[.,)]?(?=[A-Z])")
_SECOND = r" (?:dan|s\.?d\.?|sampai|hingga|DAN|SAMPAI|HINGGA) [IVX]+\b"
_OPENING, _CLOSING = "([{", ")]}"
_QUOTES = "'\"`‘’‚“”„"
_STROKE = re.compile(rf"[—–_|¦~=«»*^•{re.escape(_QUOTES + _OPENING)}]+|!")
"""A word that is none: forms have none of these signs alone."""
_STROKES = re.compile(r"^[—–_|¦~=«»*^!/\\]+(?=[^\W\d_])")
OPEN_END = frozenset((
    "dan", "atau", "yang", "dari", "di", "ke", "pada", "untuk", "dengan", "dalam", "oleh", "sesuai", "per", "serta",
    "tentang", "terhadap",
))  # fmt: skip
"""Words that no cell ends with."""
CLOSING = ("sesuai", "tepat", "dengan", "secara")
"""First words of the vocabulary's phrases that end a Sasaran or an Indikator."""
_SHORT = 6
"""Letters up to which a word is too short to be told by its ending."""


@dataclass(frozen=True, slots=True)
class DumpWordSettings:
    stem: int = 5
    """Letters by which words of different cells are compared."""
    wide_gap: int = 3
    """Spaces within a line that part columns."""


DEFAULT = DumpWordSettings()


def pieces(text: str, settings: DumpWordSettings = DEFAULT) -> list[str]:
    """A line cut at pipes, tabs and wide gaps: pieces of text at even places, what parts them at odd ones. A stroke
    before ``dan II`` is a one."""
    return re.split(rf"(?! *\|{_SECOND})( *(?:[|¦\t] *)+| {{{settings.wide_gap},}})", text)


def parted(text: str, part: Sequence[str]) -> str:
    """A text that was made of the pieces of ``part`` (as of :func:`pieces`) with what parted them between its words."""
    inner = [at for at in range(1, len(part), 2) if any(part[:at:2]) and any(part[at + 1 :: 2])]
    if not inner or not text:
        return text
    plain = " ".join(filter(None, part[::2]))
    steps = Levenshtein.opcodes(plain, text)
    gaps = [place for place, sign in enumerate(text) if sign == " "]
    places: dict[int, str] = {}
    for at in inner if gaps else ():
        before = len(" ".join(filter(None, part[:at:2])))
        block = next(step for step in steps if step.src_end >= before)
        there = min(block.dest_start + before - block.src_start, block.dest_end)
        places[min(gaps, key=lambda gap: abs(gap - there))] = part[at].strip(" ") or part[at]
    for gap in sorted(places, reverse=True):
        text = f"{text[:gap]} {places[gap]} {text[gap + 1 :]}"
    return text


def tokens(text: str, settings: DumpWordSettings = DEFAULT) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """The words of a line, and whether a pipe, a tab or a wide gap stands before each."""
    words: list[str] = []
    piped: list[bool] = []
    for number, piece in enumerate(pieces(text.strip(), settings)[::2]):
        own = [word for word in piece.split(" ") if word]
        words += own
        piped += [number > 0 and i == 0 for i in range(len(own))]
    return tuple(words), tuple(piped)


@lru_cache(maxsize=1 << 16)
def stem(word: str, letters: int = DEFAULT.stem) -> str:
    """A word's first letters with look-alikes made one, so that damaged words compare."""
    plain = plain_letters(word)
    return plain[:letters] if len(plain) > 3 else ""  # noqa: PLR2004 - short words prove nothing


@lru_cache(maxsize=1 << 16)
def stems(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(s for w in words if (s := stem(w)))


def opening(word: str) -> str:
    """What makes the first words of cells compare, short ones too."""
    return stem(word) or word.strip(".,;:()").lower()


def openings(words: tuple[str, ...]) -> tuple[str, ...]:
    """What makes whole cells compare."""
    return tuple(map(opening, words))


@cache
def closing_phrases() -> tuple[tuple[str, ...], ...]:
    """The vocabulary's phrases with which a Sasaran or an Indikator ends, as their words compare."""
    phrases = (tuple(phrase.split()) for phrase in vocab.load().phrases)
    return tuple(openings(phrase) for phrase in phrases if phrase[0] in CLOSING)


@lru_cache(maxsize=1 << 16)
def closed(end: str, word: str) -> bool:
    """Whether ``end`` is the last word of such a phrase and ``word`` does not go on with it."""
    goes_on = word.lower() in OPEN_END or word.lower() in CLOSING
    return not goes_on and any(phrase[-1] == opening(end) for phrase in closing_phrases())


@lru_cache(maxsize=1 << 16)
def kind(word: str) -> str:
    """The class of a cell's first word: what indikator, sasaran and sumber data begin with, by damaged beginnings."""
    s = stem(word)
    plain = "".join(c for c in word.lower() if c.isalpha())
    if s in _HEADS_INDIKATOR:
        return "indikator"
    if len(plain) > _SHORT and plain.startswith(("ter", "tar", "men")) and re.search(r"n[yv]?[ae]?$", plain):
        return "sasaran"
    if s in _HEADS_SUMBER or (word.isupper() and len(plain) > 1):
        return "sumber"
    return "other"


_HEADS_INDIKATOR = frozenset(
    stem(w)
    for w in (
        "Jumlah",
        "Jumiah",
        "Jumtah",
        "Jumizh",
        "Jurnlah",
        "Persentase",
        "Prosentase",
        "Nilai",
        "Indeks",
        "Rasio",
        "Tingkat",
        "Rata-rata",
        "Banyaknya",
        "Kecepatan",
        "Ketepatan",
        "Cakupan",
        "Angka",
    )
)
_HEADS_SUMBER = frozenset(
    stem(w)
    for w in (
        "Laporan",
        "Dokumen",
        "Data",
        "Buku",
        "Register",
        "Invoice",
        "Berkas",
        "Daftar",
        "Rekap",
        "Surat",
        "Arsip",
        "Aplikasi",
        "Notulen",
        "Usulan",
        "Hasil",
        "Kartu",
    )
)


@cache
def known_pairs() -> frozenset[str]:
    """Stems of words that follow one another in the vocabulary's wordings."""
    found = vocab.load()
    said = (*found.terms, *found.phrases, *found.posts, *found.offices)
    pairs = ((a, b) for text in said for a, b in pairwise(text.split()))
    return frozenset(f"{stem(a)} {stem(b)}" for a, b in pairs if stem(a) and stem(b))


def without_rules(lines: Sequence[str]) -> list[str]:
    """The lines of one cell without what rules of the table and specks were read as: strokes that stand alone, signs
    before the first word, lines of a single letter beside others, strokes, quotes and brackets before a word that
    nothing closes."""
    alone = [len(line) == 1 and line.isalpha() for line in map(str.strip, lines)]
    whole = [line if all(alone) or not scrap else "" for line, scrap in zip(lines, alone, strict=True)]
    said = [(number, word) for number, line in enumerate(whole) for word in line.split() if not _STROKE.fullmatch(word)]
    words = list(dropwhile(lambda each: not any(map(str.isalnum, each[1])), said))
    unclosed = _unclosed([word for _, word in words])
    quoted = max((i for i, (_, word) in enumerate(words) if word.rstrip(".,;:")[-1:] in _QUOTES), default=-1)
    done: list[list[str]] = [[] for _ in lines]
    for i, (number, word) in enumerate(words):
        bare = word.lstrip(_OPENING) if i in unclosed else word
        bare = _STROKES.sub("", bare.lstrip(_QUOTES) if i > quoted else bare)
        if bare:
            done[number].append(bare)
    return [" ".join(said) for said in done]


def _unclosed(words: Sequence[str]) -> set[int]:
    """The words before which a bracket stands that none of the following closes."""
    waiting: list[tuple[int, int]] = []
    for i, word in enumerate(words):
        for place, sign in enumerate(word):
            if sign in _OPENING:
                waiting.append((i, place))
            elif sign in _CLOSING and waiting:
                waiting.pop()
    return {i for i, place in waiting if place == 0}


@lru_cache(maxsize=1 << 16)
def shape(word: str) -> str:
    letters = [ch for ch in word if ch.isalpha()]
    if not letters:
        return "number" if any(map(str.isdigit, word)) else "mark"
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return "capitals"
    return "capital" if letters[0].isupper() else "small"


def ending(word: str) -> str:
    if word[-1:] in ",-&/(":
        return "open"
    if word[-1:] in ".;)":
        return "closed"
    return "open" if word.lower() in OPEN_END else "plain"


def enumerated(word: str) -> bool:
    """Whether a word is the number of a Sasaran, alone or before a word it is glued to."""
    return bool(_ENUMERATED.match(word) or _GLUED_NUMBER.match(word))


def number_of(text: str) -> tuple[str, str]:
    """The row number at the head of a Sasaran (``1. Terpenuhinya``), as printed, and the rest of the text."""
    words = text.split(" ", 1)
    if _ENUMERATED.match(words[0]):
        return words[0], words[1] if len(words) > 1 else ""
    glued = _GLUED_NUMBER.match(words[0])
    return (glued[0], text[glued.end() :]) if glued else ("", text)

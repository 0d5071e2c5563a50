"""What a damaged line of a dump is by its words: title, label, heading, letterhead, part of a signature."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from iki import vocab
from iki.terms import COLUMNS
from iki.vocab.labels import match_heading, match_label, squeezed

"""The promised columns of a table, from left to right."""
_TITLE = "indikatorkinerjaindividu"
_CHANGED = f"perubahan{_TITLE}"
_CUT_SHORT = len("perubahanindikator")
"""Letters from which the beginning of a changed form's title is told from a heading, where the rest got away."""
_PARTIES = {"pihakkedua": "pihak_kedua", "pihakpertama": "pihak_pertama"}
_LABELS = {words: (side,) for words, side in _PARTIES.items()} | {
    a + b: (_PARTIES[a], _PARTIES[b]) for a in _PARTIES for b in _PARTIES if a != b
}
_DIGIT = r"[\dOoQlISB|]"
NUMBER = re.compile(rf"(?:{_DIGIT}[ .,]{{0,2}}){{13,17}}{_DIGIT}|\b\w*NI[PF]\b\W*[\w?.\"]*[\w ?.\"]*", re.IGNORECASE)
_DIGITS = re.compile(rf"(?:{_DIGIT}[ .,]{{0,2}}){{14,}}")
_APART = re.compile(r"\s+(?=\w?[NMH][I1l|]?[PF]\b)|(?<=\d{18})\s+(?=.*\d{6})", re.IGNORECASE)
_NIP = re.compile(r"^\W*\w?[NMH][I1l|]?[PF]\b", re.IGNORECASE)
GRADE = re.compile(
    r"[({\[|/ ][IVl1|L\]\[!iWFVa\d]{1,5}\s?/\s?[a-e]\b|[({\[][IVl1|iLW/!]{2,5}\s?[/lI]?\s?[a-e%]?[)}\]]", re.IGNORECASE
)
_RANKS = ("pembina", "penata", "pengatur", "juru")
_LEAST_DIGITS = 6
"""Digits that a number keeps, however damaged."""
_LONGEST_IN_RANK, _SHORTEST, _TELLING = 6, 3, 5
"""Letters of the words beside a rank's first; of a month at least; beyond which a beginning tells something."""
_DATE = re.compile(r"^\W*[A-Z\d]\w[\w ]+[.,]?\s+[\dOol]{1,2}\s*[^\W\d]{3,10}\s+[12][\dOo][\dOoIl]{2}\W*$")
_YEAR = re.compile(r"\b[12][\dOo][\dOoIl]{2}\b")
_LETTERHEAD = re.compile(r"\btel[pf]|\bfax|\be-?m[ai]{1,2}l\b|\bkode pos|\bwebsite|@|https?:|\bwww", re.IGNORECASE)
_GOVERNMENT = re.compile(r"^\W*(?:PEMER\w{5,}|PEMPROV|PEMKAB|PEMKOT)\b")
_STREET = re.compile(r"^\W*J(?:L|ALAN|I|1)?[. ]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class LandmarkSettings:
    """Likenesses are 0–1."""

    title: float = 0.84
    label: float = 0.8
    heading: float = 0.82
    heading_word: float = 0.78
    party: float = 0.78
    other_party: float = 0.9
    """For other wordings of a signer's label, which are short."""
    month: float = 0.72
    rank: float = 0.74
    title_words: int = 12
    """A title has at most so many words on its line."""
    date_words: int = 8
    heading_words: int = 12
    capitals: float = 0.7
    """Share (0–1) of capitals among the letters of a line in capitals."""


DEFAULT = LandmarkSettings()


def is_title(text: str, settings: LandmarkSettings = DEFAULT) -> bool:
    """Whether a line is the form's title: its name stands there in full, with little around it."""
    if len(text) > 160 or len(text.split()) > settings.title_words:  # noqa: PLR2004 - cheap refusal of long lines
        return False
    plain = squeezed(text)
    if len(plain) >= _CUT_SHORT and _CHANGED.startswith(plain) and in_capitals(text, settings):
        return True
    if len(plain) < len(_TITLE) * settings.title or fuzz.partial_ratio(_TITLE, plain) < 100 * settings.title:
        return False
    name, likeness, _ = match_label(text)
    return name == "judul" and likeness >= settings.title - 0.06 and in_capitals(text, settings)


def in_capitals(text: str, settings: LandmarkSettings = DEFAULT) -> bool:
    letters = [c for c in text if c.isalpha()]
    return bool(letters) and sum(map(str.isupper, letters)) >= settings.capitals * len(letters)


def label(text: str, settings: LandmarkSettings = DEFAULT) -> tuple[str | None, str]:
    """The field whose label a line begins with (``perangkat_daerah`` or ``jabatan``), and the text after it."""
    numbered = re.match(r"^[\W_]*\w{1,2}[.,)]\s*", text)
    body = text[numbered.end() :] if numbered else text
    name, likeness, rest = match_label(body)
    if name not in ("perangkat_daerah", "jabatan") or likeness < settings.label:
        return None, text
    parted = re.search(r"[:=]", body[: len(body) - len(rest)])
    return (name, rest) if numbered or parted or not rest else (None, text)


def parties(text: str, settings: LandmarkSettings = DEFAULT, *, whole_line: bool = True) -> tuple[str, ...]:
    """The signers that a line announces, from left to right; a line that says anything else announces none.

    For a part of a line (not ``whole_line``) only ``PIHAK KEDUA`` and ``PIHAK PERTAMA`` count: other wordings
    (``Pegawai``, ``Atasan``) are words of the table too.
    """
    plain = squeezed(text)
    if not plain or len(text.split()) > 6:  # noqa: PLR2004 - ``Pihak Kedua Pihak Pertama`` with specks
        return ()
    likeness, sides = max((Levenshtein.normalized_similarity(plain, words), sides) for words, sides in _LABELS.items())
    if likeness >= settings.party:
        return sides
    parted = len(text.split()) > 1 or text.strip()[-1:] in ",:"
    name, likeness, rest = match_label(text) if whole_line and parted else (None, 0.0, "")
    return (name,) if name and name in _PARTIES.values() and likeness >= settings.other_party and not rest else ()


def numbers(text: str) -> list[str]:
    """The pieces of a line that are a NIP each, however damaged: parted by labels, or where one has all its digits.
    Ink of a signature read as signs before one without a label is left out."""
    if not _NIP.match(text) and not _DIGITS.search(text):
        return []
    pieces = [piece.strip() for piece in _APART.split(text) if sum(map(str.isdigit, piece)) >= _LEAST_DIGITS]
    return [piece if _NIP.match(piece) else _from_digits(piece) for piece in pieces]


def _from_digits(text: str) -> str:
    whole = _DIGITS.search(text)
    return text[whole.start() :] if whole else text


def ranks(text: str, settings: LandmarkSettings = DEFAULT) -> list[str]:
    """The pieces of a line that are a rank each (``Penata Tk. I (III/d)``)."""
    words = text.split()
    starts = [
        i for i, word in enumerate(words)
        if max(fuzz.ratio(squeezed(word), rank) for rank in _RANKS) >= 100 * settings.rank
    ]  # fmt: skip
    if not starts:
        return [text.strip()] if re.search(r"\bT[ki](?:ngkat)?\b|ngkat\b", text) and GRADE.search(text) else []
    graded = bool(GRADE.search(text) or re.search(r"\b[IVl]{1,3}\s?/\s?\w", text) or re.search(r"[/({\[]", text))
    lead = starts[0] <= 1 and len(words) <= 6 * len(starts)
    alone = lead and all(
        len(w) <= _LONGEST_IN_RANK or w.lower() in ("muda", "utama", "madya", "tingkat")
        for i, w in enumerate(words)
        if i not in starts
    )
    if not lead or not (graded or alone):
        return []
    bounds = [0, *starts[1:], len(words)]
    return [" ".join(words[a:b]) for a, b in pairwise(bounds)]


@cache
def _months() -> tuple[str, ...]:
    return tuple(month.lower() for month in vocab.load().months)


def dated(text: str, settings: LandmarkSettings = DEFAULT) -> bool:
    """Whether a line gives place and date of signing."""
    words = text.split()
    if not 2 <= len(words) <= settings.date_words or not _YEAR.search(text) or _DIGITS.search(text):  # noqa: PLR2004
        return False
    if _DATE.match(text):
        return True
    month = max(
        (fuzz.ratio(squeezed(word), m) for word in words for m in _months() if len(squeezed(word)) >= _SHORTEST),
        default=0,
    )
    return month >= 100 * settings.month and bool(re.search(r"\b[\dOol]{1,2}\b", text)) and text.strip()[:1].isalpha()


@cache
def _heading_words() -> tuple[str, ...]:
    from iki.vocab.files import TABLES, entries  # noqa: PLC0415 - only here

    words = {w for e in entries(TABLES["headings"]) for w in re.findall(r"[a-z]+", e["judul"].lower())}
    return tuple(sorted(words))


def headings(text: str, settings: LandmarkSettings = DEFAULT) -> tuple[str, ...]:
    """The columns whose headings make up a line, from left to right; a line with much else in it has none."""
    words = [w for w in text.split() if sum(map(str.isalpha, w)) > 1]
    if not words or len(words) > settings.heading_words:
        return ()
    found: list[str] = []
    at = known = 0
    while at < len(words):
        for length in (5, 4, 3, 2, 1):
            if at + length > len(words):
                continue
            column, likeness = match_heading(" ".join(words[at : at + length]))
            if (
                column
                and likeness >= settings.heading
                and words[at][:1].strip("({|'").isupper() | (words[at][:1] in "({|")
            ):
                found.append(column)
                known += length
                at += length
                break
        else:
            word = squeezed(words[at])
            known += max(fuzz.ratio(word, h) for h in _heading_words()) >= 100 * settings.heading_word
            at += 1
    enough = known >= settings.label * len(words) and any(column in COLUMNS for column in found)
    return tuple(dict.fromkeys(found)) if enough else ()


def of_headings(text: str, settings: LandmarkSettings = DEFAULT) -> bool:
    """Whether nearly all words of a line belong to headings, as the second line of ``(Formulasi / Penghitungan)``."""
    words = [squeezed(w) for w in text.split() if sum(map(str.isalpha, w)) >= _SHORTEST]
    good = sum(max(fuzz.ratio(w, h) for h in _heading_words()) >= 100 * settings.heading_word for w in words)
    return bool(words) and good >= settings.label * len(words)


def letterhead(text: str, settings: LandmarkSettings = DEFAULT) -> bool:
    """Whether a line belongs to the agency's letterhead: government, address, telephone, e-mail."""
    if _GOVERNMENT.match(text) or (_LETTERHEAD.search(text) and len(text.split()) > 1):
        return True
    return bool(_STREET.match(text) and in_capitals(text, settings) and len(text) > 25)  # noqa: PLR2004 - an address is long


def place(text: str) -> bool:
    """Whether a line begins as the name of a region or village does, as the foot of a letterhead."""
    return bool(re.match(r"^\W*(?:KOTA|KAB(?:UPATEN)?|KEL(?:URAHAN)?|KEC|PROV(?:INSI)?|DESA)\b", text))


def noise(text: str) -> bool:
    """Whether a line is no more than specks, rules and strokes read as signs."""
    words = [re.sub(r"[\W_]", "", w) for w in text.split()]
    return not any(len(w) > 2 or w.isdigit() or (len(w) == 2 and w.isalpha() and w.isupper()) for w in words)  # noqa: PLR2004


@cache
def official(text: str) -> float:
    """Share (0–1) of the longer words of a line that the vocabulary knows, however damaged: names have hardly any."""
    words = [squeezed(w) for w in re.split(r"[\s,./-]+", text) if len(squeezed(w)) > 3]  # noqa: PLR2004 - short words prove nothing
    known = _official_words()
    good = sum(bool(process.extractOne(w, known, scorer=fuzz.ratio, score_cutoff=82)) for w in words)
    return good / len(words) if words else 0.0


@cache
def _official_words() -> tuple[str, ...]:
    said = (*vocab.load().posts, *vocab.load().offices, "Kasubbag", "Kasubag", "Kasi", "Kabid")
    return tuple(sorted({w for text in said for w in re.findall(r"[a-z]{4,}", text.lower())}))


@cache
def office_like(text: str) -> float:
    """How like (0–1) a line is to the name of an office of the vocabulary, at its beginning."""
    return _like(text, vocab.load().offices)


@cache
def post_like(text: str) -> float:
    """How like (0–1) a line is to a jabatan of the vocabulary, at its beginning."""
    return _like(
        text,
        (
            *vocab.load().posts,
            "Kasubbag",
            "Kasubag",
            "Kasi",
            "Kabid",
            "Kepala Sub Bagian",
            "Kepala Seksi",
            "Kepala Bidang",
        ),
    )


def _like(text: str, known: tuple[str, ...]) -> float:
    plain = squeezed(text)
    if len(plain) < 4:  # noqa: PLR2004
        return 0.0
    found = process.extractOne(plain, [squeezed(k)[: len(plain)] for k in known], scorer=fuzz.ratio)
    short = process.extractOne(
        plain,
        [squeezed(k) for k in known],
        scorer=lambda a, b, **_: fuzz.ratio(a[: len(b)], b) if len(b) > _TELLING else 0,
    )
    return max(found[1] if found else 0, short[1] if short else 0) / 100

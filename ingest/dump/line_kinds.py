"""What a damaged line of a dump is by its words: title, label, heading, letterhead, part of a signature."""

from __future__ import annotations

import re
from collections.abc import Sequence
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
_LABELLED = re.compile(r"(?<!\S)\W{0,2}\w?[NMH][I1l|]?[PF]\b", re.IGNORECASE)
_GRADISH = re.compile(r"[\W\dIVXivxlLYWHftj_]*[a-eA-Eo0%]?[\W_]*")
"""A word that may be a grade or a part of one."""
_LONGEST_GRADE, _GRADE_WORDS = 9, 3
"""Characters of a grade, and words that it may have fallen into."""
_FIRST_LEVEL = re.compile(r"t[kh].{0,4}|[il1m]")
"""``Tk. I``, alone or grown together with a grade, and what ``Muda`` or a lone ``I`` may have become."""
_IN_RANK = ("muda", "madya", "utama", "tingkat")
_RANK_WORDS = 5
"""Words of a rank with its grade."""
_LONGER = 2
"""Letters that a rank's first word may have gained or lost."""
_SAME_RANK = 82
"""0–100 (rapidfuzz ratio): a rank this like one of the table is that one."""
_LEAST_DIGITS = 6
"""Digits that a number keeps, however damaged."""
_SHORTEST, _TELLING = 3, 5
"""Letters of a month at least; beyond which a beginning tells something."""
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
    rank: float = 0.68
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


def number_at(text: str) -> int | None:
    """Where in a text the first number of a signer begins, with its label; ``None`` without one."""
    starts = [m.start() for m in _LABELLED.finditer(text) if sum(map(str.isdigit, text[m.end() :])) >= _LEAST_DIGITS]
    whole = _DIGITS.search(text)
    return min([*starts, *([whole.start()] if whole else [])], default=None)


def rank_at(words: Sequence[str], i: int, settings: LandmarkSettings = DEFAULT) -> bool:
    """Whether a rank begins at a word: the first word of one, with nothing but the rest of a rank or a grade after it
    (``Penata Laporan`` is a post)."""
    word = squeezed(words[i])
    first = [  # another word of it may be glued to it
        fuzz.ratio(word[: len(rank)], rank) if _in_rank(word[len(rank) :]) else fuzz.ratio(word, rank)
        for rank in _RANKS
        if abs(len(word) - len(rank)) <= _LONGER or _in_rank(word[len(rank) :])
    ]
    likeness = max(first, default=0.0)
    if likeness < 100 * settings.rank or not words[i].lstrip("~-—.,'\"(")[:1].isupper():
        return False
    return i + 1 == len(words) or _in_rank(words[i + 1]) or bool(_GRADISH.fullmatch(words[i + 1]))


def rank_end(words: Sequence[str]) -> int:
    """How many words a rank has that begins with the first of them, its grade included."""
    bracket = next((i for i in range(1, min(len(words), _RANK_WORDS)) if words[i][0] in "([{"), None)
    if bracket is not None and is_grade(words[bracket]):
        return bracket + 1
    end = 1
    while end < len(words) and _in_rank(words[end]):
        end += 1
    graded = end
    while graded < len(words) and graded < end + _GRADE_WORDS and _GRADISH.fullmatch(words[graded]):
        graded += 1
        if words[graded - 1][-1:] in ")]}":
            break
    return graded


def _in_rank(word: str) -> bool:
    plain = squeezed(word)
    return bool(_FIRST_LEVEL.fullmatch(plain)) or any(fuzz.ratio(plain, w) >= 80 for w in _IN_RANK)  # noqa: PLR2004


def is_grade(text: str) -> bool:
    """Whether a text is a grade and nothing else (``(III/d)``), however damaged."""
    plain = text.strip()
    marked = plain[:1] in "([{" or plain[-1:] in ")]}" or "/" in plain
    strokes = sum(letter in "IVXivxlL1|!" for letter in plain)
    return marked and strokes > 1 and len(plain) <= _LONGEST_GRADE and bool(_GRADISH.fullmatch(plain.replace(" ", "")))


def rank_level(text: str) -> int:
    """How high a rank is, from 1 on; 0 for one that is not known."""
    table = vocab.load().ranks
    name = re.split(r"[({\[]", text)[0]
    plain = squeezed(re.sub(r"(?i)tingkat|\bt[kh]\b", "tk", name))
    plain = re.sub(r"tk[l1|!]?$", "tki", plain)
    found = process.extractOne(plain, [squeezed(rank) for _, rank in sorted(table.items())], scorer=fuzz.ratio)
    return found[2] + 1 if found and found[1] >= _SAME_RANK else 0


def ranks(text: str) -> list[str]:
    """The pieces of a line that are a rank each (``Penata Tk. I (III/d)``); a line with much else in it has none."""
    words = text.split()
    starts = [i for i in range(len(words)) if rank_at(words, i)]
    if not starts or starts[0] > 1:
        return []
    return [" ".join(words[a:b]) for a, b in pairwise([0, *starts[1:], len(words)])]


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


@cache
def _post_heads() -> frozenset[str]:
    return frozenset(squeezed(post.split(maxsplit=1)[0]) for post in vocab.load().posts)


def heads_post(word: str) -> bool:
    """Whether posts of the vocabulary begin with a word."""
    return word[:1].isupper() and squeezed(word) in _post_heads()


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

"""What clean directories hold that the vocabulary lacks: proposals for a person to judge, never added here.

Frequency alone elects errors, as one scanner makes the same mistake on many sheets. So values that are flagged propose
nothing, neither does a word one edit away from a known one, and names of persons are never looked at.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from iki.messages import Problem
from iki.terms import CELLS
from iki.vocab import Vocabulary
from iki.vocab.files import LEVELS

_WORD = re.compile(r"(?<![\w-])[a-z]{5,}(?![\w-])")
_SHORT = re.compile(r"(?<![\w./-])[A-Z][A-Z0-9]{2,7}(?![\w/-])")
_ROMAN = re.compile(r"[IVXLC]+")
_REGION = re.compile(r" (?:Kabupaten|Kota|Provinsi|Daerah Istimewa) .*$", re.IGNORECASE)
_ACTING = re.compile(r"^(?:(?:plt|plh|pjs?|a\.n|u\.b)\b\.? *)+", re.IGNORECASE)
_SMALL = frozenset("dan atau di ke dari pada untuk dengan atas yang serta".split())  # noqa: SIM905
_STRUCTURAL = ("Kepala ", "Sekretaris", "Asisten ", "Inspektur", "Direktur", "Camat", "Lurah")
_OFFICES = {
    "Dinas": "dinas", "Badan": "badan", "Sekretariat": "sekretariat", "Inspektorat": "inspektorat",
    "Satuan": "satuan", "Kecamatan": "wilayah", "Kelurahan": "wilayah",
}  # fmt: skip
_POSTS = ("jabatan", "pihak_kedua_jabatan", "pihak_pertama_jabatan")


@dataclass(frozen=True, slots=True)
class LearnSettings:
    """Sheets that must hold a thing for it to be proposed; another reading of the same page would be no witness."""

    posts: int = 1
    offices: int = 2
    abbreviations: int = 2
    words: int = 3


@dataclass(frozen=True, slots=True)
class Proposal:
    """An entry that a file might get: its columns, the number of sheets that hold it, and one of those.

    What the sheets do not tell (what an abbreviation stands for) is empty.
    """

    table: str
    values: tuple[str, ...]
    sheets: int
    example: str


class NoTables(Problem):
    """A folder that is no clean directory."""


def learn(
    folders: Sequence[Path],
    vocabulary: Vocabulary,
    knows: Callable[[str], bool],
    settings: LearnSettings = LearnSettings(),
) -> list[Proposal]:
    """Proposals from the unflagged values of clean directories, by file, the most frequent first.

    ``knows`` tells whether a word in small letters is one. The order of the folders makes no difference. Raises
    ``NoTables`` for a folder without ``sheets.csv`` and ``indikator.csv``.
    """
    sheets = sorted(
        chain.from_iterable(_values(folder, "sheets.csv", ("perangkat_daerah", *_POSTS)) for folder in folders)
    )
    prose = sorted(chain.from_iterable(_values(folder, "indikator.csv", CELLS) for folder in folders))
    posts = (
        (sheet, _entitled(_ACTING.sub("", text), vocabulary)) for sheet, column, text in sheets if column in _POSTS
    )
    offices = (
        (s, _entitled(_REGION.sub("", t), vocabulary)) for s, column, t in sheets if column == "perangkat_daerah"
    )
    cells = [(sheet, text) for sheet, _, text in prose if not text.isupper()]
    found = [
        *_proposed("jabatan", _held(posts), settings.posts, lambda text: _post(text, vocabulary)),
        *_proposed("perangkat_daerah", _held(offices), settings.offices, lambda text: _office(text, vocabulary)),
        *_proposed("singkatan", _held(_found(_SHORT, cells)), settings.abbreviations, _shortened(cells, vocabulary)),
        *_proposed("istilah", _held(_found(_WORD, cells)), settings.words, _term(cells, vocabulary, knows)),
    ]
    return sorted(dict.fromkeys(found), key=lambda p: (p.table, -p.sheets, p.values))


def _values(folder: Path, name: str, columns: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Sheet, column and text of the values of a table that no one needs to check."""
    try:
        with (folder / name).open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                doubtful = row["perlu_tinjau"].split(";")
                yield from ((row["sheet_id"], c, row[c]) for c in columns if row[c] and c not in doubtful)
    except (OSError, KeyError, UnicodeDecodeError):
        raise NoTables("vocab_no_tables", path=folder) from None


def _held(values: Iterable[tuple[str, str]]) -> Mapping[str, frozenset[str]]:
    """The sheets that hold each text."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for sheet, text in values:
        held[text].add(sheet)
    return {text: frozenset(held[text]) for text in sorted(held)}


def _proposed(
    table: str, held: Mapping[str, frozenset[str]], least: int, entry: Callable[[str], tuple[str, ...] | None]
) -> Iterator[Proposal]:
    for text, sheets in held.items():
        if len(sheets) >= least and (values := entry(text)) is not None:
            yield Proposal(table, values, len(sheets), min(sheets))


def _found(pattern: re.Pattern[str], cells: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return ((sheet, match[0]) for sheet, text in cells for match in pattern.finditer(text))


def _entitled(text: str, vocabulary: Vocabulary) -> str:
    """A name printed in capitals as the files write it."""
    if not text.isupper():
        return text
    words = text.split()
    return " ".join(
        w if w in vocabulary.abbreviations else w.lower() if w.lower() in _SMALL else w.capitalize() for w in words
    )


def _post(text: str, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    known = {post.lower() for post in vocabulary.posts}
    small = text.lower()
    if small in known:
        return None
    if text.startswith(_STRUCTURAL):  # a known post of some office is no new post
        return None if any(small.startswith(post + " ") for post in known) else ("struktural", text)
    for kind, levels in LEVELS.items():
        for level in levels:
            if text.endswith(f" {level}"):
                return kind, text.removesuffix(f" {level}")
    return "pelaksana", text


def _office(text: str, vocabulary: Vocabulary) -> tuple[str, ...] | None:
    kind = _OFFICES.get(text.partition(" ")[0])
    known = text.lower() in {office.lower() for office in vocabulary.offices}
    return None if kind is None or known else (kind, text)


def _shortened(cells: Sequence[tuple[str, str]], vocabulary: Vocabulary) -> Callable[[str], tuple[str, ...] | None]:
    known = {text.strip(".").upper() for text in vocabulary.abbreviations}

    def entry(short: str) -> tuple[str, ...] | None:
        if short in known or _ROMAN.fullmatch(short) or short.lower() in vocabulary.words:
            return None
        meanings = Counter(m for _, text in cells if (m := _meaning(short, text)))
        return short, min(meanings, key=lambda m: (-meanings[m], m), default="")

    return entry


def _meaning(short: str, text: str) -> str:
    """The words before ``(SHORT)`` whose first letters spell it, small words left out of the spelling."""
    before, mark, _ = text.partition(f"({short})")
    words = before.split() if mark else []
    left = short.lower()
    for at in range(len(words) - 1, -1, -1):
        if words[at].lower() in _SMALL:
            continue
        if not words[at].lower().startswith(left[-1]):
            break
        left = left[:-1]
        if not left:
            return " ".join(words[at:])
    return ""


def _term(
    cells: Sequence[tuple[str, str]], vocabulary: Vocabulary, knows: Callable[[str], bool]
) -> Callable[[str], tuple[str, ...] | None]:
    used = {word for _, word in _found(_WORD, cells)}
    known = sorted(vocabulary.words | {word for word in used if knows(word)})

    def entry(word: str) -> tuple[str, ...] | None:
        near = not knows(word) and process.extractOne(word, known, scorer=Levenshtein.distance, score_cutoff=1)
        return None if knows(word) or near else ("umum", word)

    return entry

"""The words that the form itself prints: headings of columns, labels of fields, the title.

All comparisons leave out case, spaces and punctuation, so that lost or doubled spaces make no difference.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

_LEAD = re.compile(r"^[\W_]*(?:\d{1,2}(?:[.)]|\s)|[a-zA-Z][.)])\s*|^[\W_]+")
_TITLE_TAIL = re.compile(r"(tahun\s*(anggaran)?)?\s*\d{4}.*$", re.IGNORECASE)


@lru_cache(maxsize=100_000)
def squeezed(text: str) -> str:
    """Lower case, letters and digits only."""
    return "".join(c for c in text.lower() if c.isalnum())


def _rows(name: str) -> list[list[str]]:
    lines = (files("iki.vocab") / name).read_text(encoding="utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


GENERAL = "umum"
"""Third column of ``headings.tsv``: the wording counts only where no other heading of the table says the same."""
_FIRST_WORD = 65.0
"""0–100 (rapidfuzz ratio): how alike the beginning of a heading must be to the first word of a known wording, so that
``Capaian Kinerja`` is not taken for ``Sasaran Kinerja``."""
_PART = 0.85
"""Likeness (0–1) of a part of a heading (``Penjelasan / …``) to a known wording from which it is that one."""
_PARTS = re.compile(r"[/()&]|\bdan\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Heading:
    """What a printed heading names: a column, how alike (0–1) it is to a known wording, and whether that one is
    general (``umum`` in ``headings.tsv``)."""

    column: str
    likeness: float
    general: bool = False


@cache
def _headings() -> dict[str, str]:
    return {squeezed(row[1]): row[0] for row in _rows("headings.tsv") if GENERAL not in row[2:]}


@cache
def _wordings() -> tuple[tuple[str, str, Heading], ...]:
    """Every wording and its first word, both squeezed, with what it names."""
    return tuple(
        (squeezed(row[1]), squeezed(row[1].split()[0]), Heading(row[0], 1.0, GENERAL in row[2:]))
        for row in _rows("headings.tsv")
    )


@cache
def _labels(kind: str) -> tuple[tuple[str, str], ...]:
    return tuple((squeezed(words), field) for field, how, words in _rows("form_labels.tsv") if how == kind)


@cache
def match_heading(text: str) -> tuple[str | None, float]:
    """The column that a heading names and how alike it is (0–1) to a known wording; ``(None, 0)`` for none."""
    plain = squeezed(text)
    if not plain:
        return None, 0.0
    found = process.extractOne(plain, _headings().keys(), scorer=fuzz.ratio, score_cutoff=50)
    return (_headings()[found[0]], found[1] / 100) if found else (None, 0.0)


@cache
def heading_of(text: str) -> Heading | None:
    """The column that a printed heading names, ``None`` where it is like no known wording.

    A heading like none as a whole is what one of its parts names that ``/``, brackets or ``dan`` keep apart. Digits
    make no difference.
    """
    whole = _likest(text)
    if whole and whole.likeness >= _PART:
        return whole
    found = [h for part in _PARTS.split(text) if (h := _likest(part)) and h.likeness >= _PART]
    return min(found, key=lambda h: h.general) if found else whole


def _likest(text: str) -> Heading | None:
    plain = squeezed(text)
    letters = "".join(c for c in plain if not c.isdigit())
    best: Heading | None = None
    for words, first, named in _wordings():
        likeness = fuzz.ratio(letters, words) / 100
        if (best is None or likeness > best.likeness) and fuzz.ratio(plain[: len(first)], first) >= _FIRST_WORD:
            best = Heading(named.column, likeness, named.general)
    return best


@cache
def match_label(text: str) -> tuple[str | None, float, str]:
    """The label with which a line begins, how alike it is (0–1) to a known wording, and the text that follows it.

    ``(None, 0, text)`` where the line begins with none. The rest of a title or of a signer's label is empty.
    """
    body = _LEAD.sub("", text, count=1)
    whole = squeezed(_TITLE_TAIL.sub("", body)) or squeezed(body)
    best: tuple[float, int, str, str] = (0.0, 0, "", text)
    for words, field in _labels("baris"):
        plain = squeezed(_TITLE_TAIL.sub("", words)) if field == "judul" else words
        score = fuzz.ratio(whole, plain) / 100
        best = max(best, (score, len(plain), field, ""), key=lambda b: b[:2])
    for words, field in _labels("awal"):
        score, rest = _begins(body, words)
        best = max(best, (score, len(words), field, rest), key=lambda b: b[:2])
    score, _, field, rest = best
    return (field, score, rest) if score > 0.6 else (None, 0.0, text)  # noqa: PLR2004


@cache
def begins_title(text: str) -> float:
    """How alike (0–1) the beginning of a line is to a title of the form, whatever follows it (an agency, a post)."""
    return max(_begins(text, squeezed(words))[0] for field, _, words in _rows("form_labels.tsv") if field == "judul")


def _begins(text: str, words: str) -> tuple[float, str]:
    """How well ``words`` (squeezed) stand at the beginning of a text and are parted from what follows; and the rest."""
    count = 0
    for at, c in enumerate(text):
        count += c.isalnum()
        if count == len(words):
            rest = text[at + 1 :]
            if rest[:1].isalnum() and not rest[:1].isdigit():
                return 0.0, text
            score = Levenshtein.normalized_similarity(squeezed(text[: at + 1]), words)
            return score, rest.lstrip(" .:;,-–—=|").strip()
    return (fuzz.ratio(squeezed(text), words) / 100 if count else 0.0), ""

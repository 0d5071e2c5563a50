"""The form's own fields: labels taken off, title, year, unit, and the jabatan of sheet and signers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rapidfuzz import fuzz

from iki.normalize.fields.dates import FIRST_YEAR, LAST_YEAR
from iki.terms import DIGIT_LOOK_ALIKES, PARTIES
from iki.vocab.labels import match_label

LEAST_LABEL = 0.82
"""0–1: a printed label this like the form's wording is that label."""

LABELS = {
    "judul": (),
    "unit": (),
    "perangkat_daerah": ("perangkat_daerah", "unit_kerja"),
    "jabatan": ("jabatan", "unit_kerja"),
    "pihak_kedua_jabatan": ("pihak_kedua", "jabatan"),
    "pihak_pertama_jabatan": ("pihak_pertama", "jabatan"),
    "pihak_kedua_nama": ("nama",),
    "pihak_pertama_nama": ("nama",),
}
"""The labels of ``vocab/form_labels.tsv`` that may stand before a value, where they aren't called like its field."""

_NUMBERED = re.compile(r"^\W*(?:\d{1,2}|[a-z])\s*[.)]")
_PARTED = re.compile(r"[:;=.,|–—-]\s*$")
_SEPARATOR = re.compile(r"^[\s:;|.,=_~'\"`*•·-]+")
_JUNK_AFTER = re.compile(r"[\s:;|=_~'\"`*•·,-]+$")
_YEAR = re.compile(r"(?<![\dA-Za-z])([2Zz][0OoQ][0-9OoQIl|!SsBZz]{2})(?![\dA-Za-z])")
_FORM_NAME = re.compile(r"\b[I1l|]K[I1l|]\b|indikator\s+kinerja", re.I)


def strip_label(name: str, text: str) -> str:
    """The value of the field ``name`` without a number, the label and the colon before it, and stray marks around.

    A label is only taken off where a number or a colon shows that it is one, so that ``Jabatan Fungsional`` keeps its
    first word.
    """
    body = " ".join(text.split())
    label, likeness, rest = match_label(body)
    if label in LABELS.get(name, (name,)) and likeness >= LEAST_LABEL:
        before = body[: len(body) - len(rest)]
        if not rest or _PARTED.search(before) or _NUMBERED.match(body):
            body = rest
    return _JUNK_AFTER.sub("", _SEPARATOR.sub("", body))


_ITEM = re.compile(r"^\W{0,2}(?:[a-zA-Z]|\d{1,2})\s?[.)]{1,2}(?:\s|$|(?=[A-Z]))|^[-–—•▪]\s")
"""The letter, number or dash at the head of an item of a list."""


def items(lines: Sequence[str]) -> list[int]:
    """Which lines begin an item of a list; the first line of all does."""
    return [i for i, text in enumerate(lines) if i == 0 or _ITEM.match(text)]


def is_party(text: str) -> bool:
    """Whether a line only says which party signs here (``PIHAK KEDUA,``)."""
    label, likeness, rest = match_label(text)
    return label in PARTIES and likeness >= LEAST_LABEL and not rest


def is_revision(title: str) -> bool:
    """Whether a title begins with PERUBAHAN, however worn."""
    first = re.sub(r"[^A-Za-z]", "", (title.split() or [""])[0]).lower()
    return fuzz.ratio(first, "perubahan") / 100 >= LEAST_LABEL


def years_of(title: str) -> list[tuple[str, bool]]:
    """The years of this century in a title, in their order, each with whether letters were taken for its digits."""
    found = [(m[1].translate(DIGIT_LOOK_ALIKES), m[1]) for m in _YEAR.finditer(title)]
    return [(y, y != raw) for y, raw in found if y.isdecimal() and FIRST_YEAR <= int(y) <= LAST_YEAR]


def year_of(title: str) -> tuple[str, bool]:
    """The last year of this century in a title (empty without one), and whether letters were taken for digits."""
    return years_of(title)[-1] if years_of(title) else ("", False)


def unit_lines(texts: list[str]) -> list[int]:
    """Which lines of a divider page name the unit: all but those that name the form (``PERUBAHAN IKI 2022``)."""
    kept = [i for i, text in enumerate(texts) if re.search(r"[A-Za-z]{2}", text) and not _FORM_NAME.search(text)]
    return kept or [i for i, text in enumerate(texts) if text.strip()]

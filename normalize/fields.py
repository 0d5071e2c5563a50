"""The form's own fields: labels taken off, title, year, unit, and the jabatan of sheet and signers."""

from __future__ import annotations

import re
from collections.abc import Mapping

from rapidfuzz import fuzz

from .dates import FIRST_YEAR, LAST_YEAR

LEAST_LABEL = 82.0
"""0–100 (rapidfuzz ratio): a printed label this close to the form's word is that label."""

LABELS: Mapping[str, tuple[str, ...]] = {
    "perangkat_daerah": (
        "perangkat daerah",
        "nama perangkat daerah",
        "opd",
        "skpd",
        "satuan kerja",
        "unit kerja",
        "instansi",
    ),
    "jabatan": ("jabatan", "nama jabatan"),
    "pihak_kedua_jabatan": ("pihak kedua", "jabatan", "atasan langsung", "pejabat penilai"),
    "pihak_pertama_jabatan": ("pihak pertama", "jabatan", "pegawai yang dinilai"),
    "pihak_kedua_nama": ("nama",),
    "pihak_pertama_nama": ("nama",),
}
"""What a form prints before a value; the longest match goes."""

_NUMBER = re.compile(r"^\W*(?:[0-9IVXl]{1,3}|[a-z])\s*[.)]\s*(?=\S)")
_SEPARATOR = re.compile(r"^[\s:;|.,=_~'\"`*•·-]+")
_JUNK_AFTER = re.compile(r"[\s:;|=_~'\"`*•·,-]+$")
_YEAR = re.compile(r"(?<![\dA-Za-z])([2Zz][0OoQ][0-9OoQIl|!SsBZz]{2})(?![\dA-Za-z])")
_DIGITS = str.maketrans("OoQDIl|!SsBZz", "0000111155822")
_FORM_NAME = re.compile(r"\b[I1l|]K[I1l|]\b|indikator\s+kinerja", re.I)


def strip_label(name: str, text: str) -> str:
    """The value of the field ``name`` without a number, the label and the colon before it, and stray marks around.

    A label is only taken off where something separates it from the value, or where it is the whole line, so that
    ``Jabatan Fungsional`` keeps its first word.
    """
    body = " ".join(text.split())
    for label in sorted(LABELS.get(name, ()), key=len, reverse=True):
        words = label.split()
        rest = _NUMBER.sub("", body).split()
        head, tail = rest[: len(words)], rest[len(words) :]
        joined = " ".join(head)
        parted = not tail or joined[-1:] in ":;,." or tail[0][:1] in ":;="
        heading = name.endswith("_jabatan") and len(words) > 1
        printed = re.sub(r"[^\w ]", "", joined).lower()
        if (parted or heading) and fuzz.ratio(printed, label) >= LEAST_LABEL:
            body = " ".join(tail)
            break
    return _JUNK_AFTER.sub("", _SEPARATOR.sub("", body))


def is_revision(title: str) -> bool:
    """Whether a title begins with PERUBAHAN, however worn."""
    first = re.sub(r"[^A-Za-z]", "", (title.split() or [""])[0]).lower()
    return fuzz.ratio(first, "perubahan") >= LEAST_LABEL


def year_of(title: str) -> tuple[str, bool]:
    """The last year of this century in a title (empty without one), and whether letters were taken for digits."""
    found = [(m[1].translate(_DIGITS), m[1]) for m in _YEAR.finditer(title)]
    sound = [(y, raw) for y, raw in found if y.isdigit() and FIRST_YEAR <= int(y) <= LAST_YEAR]
    return (sound[-1][0], sound[-1][0] != sound[-1][1]) if sound else ("", False)


def unit_lines(texts: list[str]) -> list[int]:
    """Which lines of a divider page name the unit: all but those that name the form (``PERUBAHAN IKI 2022``)."""
    kept = [i for i, text in enumerate(texts) if re.search(r"[A-Za-z]{2}", text) and not _FORM_NAME.search(text)]
    return kept or [i for i, text in enumerate(texts) if text.strip()]

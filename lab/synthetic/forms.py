"""What stands on one sheet: content before any template, and the words as a template prints them."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
BASE_COLUMNS = ("sasaran", "indikator", "penjelasan", "sumber_data")


@dataclass(frozen=True, slots=True)
class Person:
    """An invented official. ``pangkat`` is empty for PPPK; all but name and jabatan are empty for a regent."""

    jabatan: str
    nama: str
    pangkat: str
    golongan: str
    nip: str

    @property
    def pppk(self) -> bool:
        return bool(self.golongan) and not self.pangkat


@dataclass(frozen=True, slots=True)
class SheetContent:
    """The content of one sheet. ``rows`` hold ``no``, the base columns and any extra ones; ``None`` is merged with
    the cell above, an empty string a ruled and empty cell. A line feed begins a new paragraph within a cell."""

    agency: str
    government: str
    office: str
    address: tuple[str, ...]
    unit: str
    perangkat_daerah: str
    jabatan: str
    tugas: str
    tempat: str
    tanggal: datetime.date
    perubahan: bool
    rows: tuple[Mapping[str, str | None], ...]
    pihak_kedua: Person
    pihak_pertama: Person


@dataclass(frozen=True, slots=True)
class Signature:
    """One signer's block as printed. ``jabatan`` may hold line feeds; ``gold`` is what a reader should return."""

    side: str
    label: str
    jabatan: str
    nama: str
    pangkat: str
    nip: str
    gold: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class PrintedForm:
    """The words of one sheet as its template prints them, in printed order.

    ``columns`` are pairs of key and heading; ``labels`` triples of number, label and value. ``place_date`` are the
    lines above the employee's block.
    """

    letterhead: tuple[str, ...]
    title: tuple[str, ...]
    labels: tuple[tuple[str, str, str], ...]
    columns: tuple[tuple[str, str], ...]
    rows: tuple[Mapping[str, str | None], ...]
    place_date: tuple[str, ...]
    signatures: tuple[Signature, ...]
    gold: Mapping[str, object] = field(default_factory=dict)


def printed(text: str) -> str:
    """A cell's text on one line: paragraphs joined with one space."""
    return re.sub(r"\s+", " ", text).strip()


def column_name(heading: str) -> str:
    """The name of an extra column after its heading, as ``CONTRACT.md`` has it (``Penanggung Jawab`` →
    ``penanggung_jawab``)."""
    return re.sub(r"[^a-z0-9]+", "_", heading.lower()).strip("_")

"""The vocabulary files: which there are, what their columns mean, and how they are read.

Every file is UTF-8 text, one entry a line, its columns parted by tabs. Lines that begin with ``#`` say what the file
holds, where that comes from and under which licence.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

FOLDER = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class VocabularyFile:
    """One file: its columns, and those that together may stand only once (``key``).

    ``least`` is the number of columns that must be there; the rest may be left out. ``kinds`` are the values that the
    first column may have, if they are given.
    """

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]
    least: int
    kinds: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        return f"{self.name}.tsv"


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of a file, taken apart; ``line`` counts from 1. Columns left out are empty."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.values[column]


LEVELS = {
    "keahlian": ("Ahli Pertama", "Ahli Muda", "Ahli Madya", "Ahli Utama"),
    "keterampilan": ("Pemula", "Terampil", "Mahir", "Penyelia"),
}
"""Levels of functional posts (PermenPANRB 1/2023)."""

TABLES = {
    table.name: table
    for table in (
        VocabularyFile("pangkat", ("golongan", "pangkat"), ("golongan",), 1),
        VocabularyFile("bulan", ("nomor", "nama", "singkatan"), ("nomor",), 2),
        VocabularyFile("gelar", ("letak", "gelar", "kepanjangan"), ("letak", "gelar"), 3, ("depan", "belakang")),
        VocabularyFile(
            "jabatan", ("jenis", "nama", "singkatan"), ("jenis", "nama"), 2,
            ("struktural", "pelaksana", *LEVELS, "keduanya"),
        ),
        VocabularyFile(
            "perangkat_daerah", ("jenis", "nama", "singkatan"), ("nama",), 2,
            ("sekretariat", "inspektorat", "dinas", "satuan", "badan", "wilayah", "unit"),
        ),
        VocabularyFile("singkatan", ("singkatan", "kepanjangan"), ("singkatan",), 2),
        VocabularyFile("istilah", ("bidang", "istilah"), ("istilah",), 2),
        VocabularyFile("frasa", ("frasa",), ("frasa",), 1),
        VocabularyFile("headings", ("kolom", "judul", "sifat"), ("judul",), 2),
        VocabularyFile("form_labels", ("isian", "letak", "label"), ("label",), 3),
    )
}  # fmt: skip


def entries(table: VocabularyFile, folder: Path = FOLDER) -> Iterator[Entry]:
    """The entries of a file in their order. Raises ``OSError`` or ``UnicodeDecodeError`` as reading does."""
    return parsed(table, (folder / table.file).read_text(encoding="utf-8"))


def parsed(table: VocabularyFile, text: str) -> Iterator[Entry]:
    """The entries of a file's text in their order."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip() and not line.startswith("#"):
            cells = line.split("\t")
            cells += [""] * (len(table.columns) - len(cells))
            yield Entry(number, MappingProxyType(dict(zip(table.columns, cells, strict=False))))

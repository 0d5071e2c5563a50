"""Tables for publication: persons, sheets and files under pseudonyms that only the holder of the key can tell.

A pseudonym is HMAC-SHA-256 (RFC 2104) of what it stands for under a key of 256 bits, a domain before it: the same
person has the same pseudonym throughout a publication, and with another key another one in the next.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import os
import stat
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from iki import vocab
from iki.export.formats import export
from iki.export.redaction import Redactor
from iki.export.schema import FileRow, Format
from iki.export.tables import Record, SheetRows, read_rows, write
from iki.export.writing import aside
from iki.messages import Problem, written
from iki.normalize.fields import names

COVERED = frozenset((Format.CSV, Format.CSV_EXCEL, Format.XLSX, Format.PARQUET, Format.SQLITE))
"""Formats that are made of the tables alone, and so of the pseudonymised ones."""
UNIQUE = "baris-unik.csv"
"""The report of sheets that stay unique."""
QUASI = ("perangkat_daerah", "jabatan", "tahun")
"""What identifies a person in combination."""
_KEY_BYTES = 32
_DOMAIN = "iki/1"
_SIDES = ("pihak_kedua", "pihak_pertama")
_PERSONAL = frozenset(("nama", "nip", "penanggung", "pelaksana", "pegawai", "petugas", "pejabat", "pic"))
"""Columns with one of these words in their name hold persons; those of other forms (``penanggung_jawab``) are left
empty, since nothing tells whom they name."""
_KEPT = frozenset(
    ("halaman_awal", "halaman_akhir", "halaman", "baris", "tahun", "tanggal", "perubahan", "skor", "perlu_tinjau")
)
"""Columns of numbers, dates and names of columns."""


@dataclass(frozen=True, slots=True)
class Published:
    """What was written, how many sheets there are, and how many of them stay unique by ``QUASI``."""

    paths: list[Path]
    sheets: int
    unique: int


@dataclass(frozen=True, slots=True)
class Key:
    """A secret key. ``secret`` never appears in what is printed."""

    secret: bytes = field(repr=False)

    @classmethod
    def load(cls, path: Path, outside: Sequence[Path]) -> Key:
        """Read a key file of 32 bytes or 64 hex digits.

        Raises ``Problem`` where it is not there, is of another size, may be read by others (mode other than 0600 or
        0400), or lies in one of the folders ``outside`` which it has to be kept.
        """
        real = path.resolve()
        for folder in outside:
            if real.is_relative_to(folder.resolve()):
                raise Problem("pseudonyms_key_inside", path=path, folder=folder)
        try:
            mode, data = path.stat().st_mode, path.read_bytes()
        except OSError as error:
            raise Problem("pseudonyms_no_key", path=path, reason=error.strerror or str(error)) from error
        if os.name == "posix" and stat.S_IMODE(mode) & 0o177:
            raise Problem("pseudonyms_key_open", path=path)
        if len(data) != _KEY_BYTES:
            try:
                data = bytes.fromhex(data.decode("ascii"))
            except ValueError:
                data = b""
        if len(data) != _KEY_BYTES:
            raise Problem("pseudonyms_key_size", path=path)
        return cls(data)

    def pseudonym(self, domain: str, value: str) -> str:
        """64 hex digits for ``value`` among all that is of ``domain``."""
        return hmac.new(self.secret, f"{_DOMAIN}/{domain}\0{value}".encode(), hashlib.sha256).hexdigest()


def publish(directory: Path, formats: Sequence[Format], key_file: Path, out: Path) -> Published:
    """Write the tables of ``directory`` under pseudonyms into the empty or new folder ``out``, in each of ``formats``,
    with a report of the sheets that stay unique.

    The same tables and the same key give the same bytes. Raises ``Problem`` for a key as ``Key.load`` does, for formats
    that are not ``COVERED``, and where ``out`` holds anything or is part of ``directory``.
    """
    uncovered = sorted(set(formats) - COVERED)
    if uncovered:
        raise Problem("pseudonyms_format", formats=", ".join(uncovered), covered=", ".join(sorted(COVERED)))
    if out.resolve().is_relative_to(directory.resolve()):
        raise Problem("pseudonyms_out_inside", out=out, folder=directory)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise Problem("pseudonyms_out_full", out=out)
    key = Key.load(key_file, (directory, out))
    sheets, files = pseudonymised(*read_rows(directory), key)
    unique = unique_sheets(sheets)
    with TemporaryDirectory() as tables:
        write(sheets, files, Path(tables), {"pseudonymised": written("pseudonyms_description")})
        paths = export(Path(tables), formats, out)
    with aside(out / UNIQUE) as draft, draft.open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, ("sheet_id", *QUASI), extrasaction="ignore", lineterminator="\n")
        rows.writeheader()
        rows.writerows(unique)
    return Published([*paths, out / UNIQUE], len(sheets), len(unique))


def pseudonymised(
    sheets: Sequence[SheetRows], files: Sequence[FileRow], key: Key
) -> tuple[list[SheetRows], list[FileRow]]:
    """Sheets and files without persons, contents and names of files; first readings and who decided are left out.

    A person is known by the NIP, where none is printed by the name.
    """
    return _Pseudonyms(sheets, key).sheets(sheets), [
        FileRow(_file(key, file.berkas), "", file.halaman, file.sheet, file.status, "", 0.0) for file in files
    ]


def unique_sheets(sheets: Sequence[SheetRows]) -> list[Record]:
    """The rows of ``sheets.csv`` that share ``QUASI`` with no other, in the order of their ``sheet_id``."""
    count = Counter(tuple(sheet.sheet[name] for name in QUASI) for sheet in sheets)
    alone = [sheet.sheet for sheet in sheets if count[tuple(sheet.sheet[name] for name in QUASI)] == 1]
    return sorted(alone, key=lambda record: record["sheet_id"])


class _Pseudonyms:
    """Who occurs in the tables, and how each value is published."""

    def __init__(self, sheets: Sequence[SheetRows], key: Key) -> None:
        vocabulary = vocab.load()
        people = [(s.sheet[f"{side}_nama"], s.sheet[f"{side}_nip"]) for s in sheets for side in _SIDES]
        numbers: defaultdict[str, set[str]] = defaultdict(set)
        for name, number in people:
            numbers[names.key(name)] |= {number} - {""}
        self._key, self._numbers = key, numbers
        self._ranks = {*vocabulary.ranks, *vocabulary.ranks.values(), *vocabulary.grades, ""}
        self._redact = Redactor({n for n, _ in people if n}, {n for _, n in people if n}, vocabulary.titles)

    def sheets(self, sheets: Sequence[SheetRows]) -> list[SheetRows]:
        return [self._sheet(sheet) for sheet in sheets]

    def _sheet(self, sheet: SheetRows) -> SheetRows:
        told = self._key.pseudonym("sheet_id", sheet.sheet["sheet_id"])
        sheet_id = f"{told[:12]}-{int(told[12:20], 16):010d}"
        record = {name: self._value(name, text) for name, text in sheet.sheet.items()}
        for side in _SIDES:
            record[f"{side}_nama"] = self._person(sheet.sheet[f"{side}_nama"], sheet.sheet[f"{side}_nip"])
        record |= {"sheet_id": sheet_id, "berkas": _file(self._key, sheet.sheet["berkas"])}
        rows = [self._values(row) | {"sheet_id": sheet_id} for row in sheet.rows]
        corrections = [
            {**dict.fromkeys(row, ""), **{name: row[name] for name in ("baris", "kolom", "aturan", "skor")}}
            | {"sheet_id": sheet_id, "bersih": self._value(row["kolom"], row["bersih"])}
            for row in sheet.corrections
        ]
        extra = {name: [self._redact(heading) for heading in headings] for name, headings in sheet.extra.items()}
        return SheetRows(record, rows, corrections, extra)

    def _values(self, record: Mapping[str, str]) -> Record:
        return {name: self._value(name, text) for name, text in record.items()}

    def _value(self, column: str, text: str) -> str:
        """A value of any column but those that stand for persons, sheets and files by a pseudonym."""
        if column in _KEPT:
            return text
        if column in ("sheet_id", "berkas", "sha256") or _PERSONAL & set(column.split("_")):
            return ""
        if column.endswith(("_pangkat", "_golongan")) and text in self._ranks:
            return text
        return self._redact(text)

    def _person(self, name: str, number: str) -> str:
        """The pseudonym of a signer, empty where no name was read."""
        if not name:
            return ""
        known = {number} if number else self._numbers[names.key(name)]
        who = next(iter(known)) if len(known) == 1 else names.key(name)
        return f"orang-{self._key.pseudonym('orang', who)[:16]}"


def _file(key: Key, name: str) -> str:
    return f"berkas-{key.pseudonym('berkas', name)[:16]}"

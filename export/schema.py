"""The one place that says what the tables hold: columns, types, units, meaning, keys.

Descriptions are Indonesian, for they reach the readers of the tables through ``datapackage.json`` (Data Package
version 2, datapackage.org/standard); they don't follow ``IKI_LANG``, so that the same sheets give the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal

Status = Literal["ok", "sebagian", "gagal"]


class Format(StrEnum):
    """How tables can be written; ``csv`` is always, the others are made from it."""

    CSV = "csv"
    CSV_EXCEL = "csv-excel"
    XLSX = "xlsx"
    PARQUET = "parquet"
    SQLITE = "sqlite"
    PDF = "pdf"
    JSONL = "jsonl"
    ALTO = "alto"


@dataclass(frozen=True, slots=True)
class FileRow:
    """A row of ``berkas.csv``: what became of one input file.

    ``berkas`` is the path as the tables name it, ``halaman`` and ``sheet`` count pages and sheets, ``pesan`` holds the
    sentences about it (empty when there is nothing to say), ``detik`` is the time spent on it in seconds.
    """

    berkas: str
    sha256: str
    halaman: int
    sheet: int
    status: Status
    pesan: str
    detik: float


@dataclass(frozen=True, slots=True)
class Column:
    """A column: Frictionless ``type``, meaning, and where it applies its ``unit`` and Frictionless constraints."""

    name: str
    type: Literal["string", "integer", "number", "boolean", "date"]
    meaning: str
    unit: str = ""
    constraints: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Table:
    """A table: ``key`` names the columns that tell its rows apart, ``references`` those that point to the table which
    has them as its key."""

    name: str
    meaning: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    references: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    @property
    def has_primary_key(self) -> bool:
        """Whether every column of ``key`` is filled in every row; else ``key`` is merely unique."""
        return all(column.constraints.get("required") for column in self.columns if column.name in self.key)


_SHARE = {"minimum": 0, "maximum": 1}
_COUNT = {"minimum": 1}
_SHEET_ID = Column(
    "sheet_id",
    "string",
    "12 digit heksadesimal pertama SHA-256 berkas, tanda hubung, nomor urut lembar dalam berkas (3 digit)",
    constraints={"required": True, "pattern": "[0-9a-f]{12}-[0-9]{3,}"},
)
_BERKAS = Column("berkas", "string", "Jalur berkas relatif terhadap folder sumber", constraints={"required": True})
_SHA256 = Column("sha256", "string", "SHA-256 isi berkas sumber", constraints={"pattern": "[0-9a-f]{64}"})
_REVIEW = Column(
    "perlu_tinjau",
    "string",
    "Nama kolom pada baris ini yang perlu diperiksa orang, dipisah titik koma; kosong bila tidak ada",
)


def _score(meaning: str) -> Column:
    return Column("skor", "number", meaning, "peluang 0–1", _SHARE)


def _signer(side: str, who: str) -> tuple[Column, ...]:
    return (
        Column(f"{side}_jabatan", "string", f"Jabatan {who}, seperti tercetak di blok tanda tangan"),
        Column(f"{side}_nama", "string", f"Nama {who} beserta gelar, seperti tercetak"),
        Column(f"{side}_pangkat", "string", f"Pangkat {who} dalam bentuk baku (Penata Tk. I); kosong untuk PPPK"),
        Column(f"{side}_golongan", "string", f"Golongan {who}: I/a–IV/e untuk PNS, I–XVII untuk PPPK"),
        Column(
            f"{side}_nip",
            "string",
            f"NIP {who}, 18 digit tanpa spasi; kosong bila tidak terbaca",
            constraints={"pattern": "[0-9]{18}"},
        ),
    )


SHEETS = Table(
    "sheets",
    "Satu baris untuk setiap lembar Indikator Kinerja Individu",
    (
        _SHEET_ID,
        _BERKAS,
        _SHA256,
        Column("halaman_awal", "integer", "Halaman pertama lembar dalam berkas sumber", "halaman, mulai 1", _COUNT),
        Column("halaman_akhir", "integer", "Halaman terakhir lembar dalam berkas sumber", "halaman, mulai 1", _COUNT),
        Column("unit", "string", "Unit kerja menurut halaman pemisah sebelumnya; kosong bila tidak ada"),
        Column("judul", "string", "Judul seperti tercetak, dalam satu baris"),
        Column("perubahan", "boolean", "true bila judul diawali PERUBAHAN"),
        Column("tahun", "integer", "Tahun kinerja", "tahun"),
        Column("perangkat_daerah", "string", "Perangkat daerah; kosong bila formulir tidak memuatnya"),
        Column("jabatan", "string", "Jabatan pegawai pemilik lembar"),
        Column("tempat", "string", "Tempat penandatanganan"),
        Column("tanggal", "date", "Tanggal penandatanganan", "ISO 8601"),
        *_signer("pihak_kedua", "pihak kedua (atasan)"),
        *_signer("pihak_pertama", "pihak pertama (pegawai)"),
        _score("Peluang bahwa semua nilai pada baris ini benar"),
        _REVIEW,
        Column(
            "tugas", "string", "Tugas atau ikhtisar jabatan; butir daftar dipisah titik koma, kosong bila tidak ada"
        ),
        Column("fungsi", "string", "Fungsi; butir daftar dengan hurufnya, dipisah titik koma, kosong bila tidak ada"),
    ),
    key=("sheet_id",),
    references={"berkas": "berkas"},
)
INDIKATOR = Table(
    "indikator",
    "Satu baris untuk setiap baris indikator yang tercetak; sel gabungan diulang pada setiap barisnya",
    (
        _SHEET_ID,
        Column(
            "baris",
            "integer",
            "Nomor baris dalam lembar, lintas halaman",
            "baris, mulai 1",
            {"required": True, **_COUNT},
        ),
        Column("halaman", "integer", "Halaman berkas sumber tempat baris dimulai", "halaman, mulai 1", _COUNT),
        Column("no", "string", "Nomor sasaran seperti tercetak, tanpa titik"),
        Column("sasaran", "string", "Sasaran atau kinerja yang dituju"),
        Column("indikator", "string", "Indikator kinerja"),
        Column("penjelasan", "string", "Penjelasan atau formulasi penghitungan"),
        Column("sumber_data", "string", "Sumber data"),
        _score("Peluang bahwa semua nilai pada baris ini benar"),
        _REVIEW,
    ),
    key=("sheet_id", "baris"),
    references={"sheet_id": "sheets"},
)
KOREKSI = Table(
    "koreksi",
    "Satu baris untuk setiap nilai yang diubah oleh normalisasi",
    (
        _SHEET_ID,
        Column(
            "baris",
            "integer",
            "Nomor baris dalam lembar; kosong untuk kepala lembar dan tanda tangan",
            "baris, mulai 1",
            _COUNT,
        ),
        Column("kolom", "string", "Nama kolom nilai itu", constraints={"required": True}),
        Column("mentah", "string", "Nilai seperti pertama kali dibaca"),
        Column("bersih", "string", "Nilai setelah dikoreksi, seperti dalam tabel"),
        Column("aturan", "string", "Aturan yang mengubahnya, menurut urutan, dipisah titik koma"),
        _score("Peluang bahwa nilai bersih benar"),
        Column("oleh", "string", "Orang yang memutuskan nilai itu pada halaman tinjauan; kosong selain itu"),
        Column("waktu", "string", "Waktu keputusan itu", "ISO 8601"),
    ),
    key=("sheet_id", "baris", "kolom"),
    references={"sheet_id": "sheets"},
)
BERKAS = Table(
    "berkas",
    "Satu baris untuk setiap berkas masukan",
    (
        _BERKAS,
        _SHA256,
        Column("halaman", "integer", "Jumlah halaman", "halaman", {"minimum": 0}),
        Column("sheet", "integer", "Jumlah lembar yang ditemukan", "lembar", {"minimum": 0}),
        Column(
            "status", "string", "Hasil: ok, sebagian, atau gagal", constraints={"enum": ["ok", "sebagian", "gagal"]}
        ),
        Column("pesan", "string", "Penjelasan: halaman yang dilewati, alasan gagal, salinan berkas lain"),
        Column(
            "detik",
            "number",
            "Waktu pengerjaan; satu-satunya kolom yang boleh berbeda antarproses",
            "detik",
            {"minimum": 0},
        ),
    ),
    key=("berkas",),
)
TABLES = (SHEETS, INDIKATOR, KOREKSI, BERKAS)

FIELD_COLUMNS = (
    *SHEETS.names[SHEETS.names.index("unit") : SHEETS.names.index("skor")],
    *SHEETS.names[SHEETS.names.index("perlu_tinjau") + 1 :],
)
"""The columns of ``sheets.csv`` that hold values read from the sheet, in table order."""
ROW_COLUMNS = INDIKATOR.names[INDIKATOR.names.index("no") : INDIKATOR.names.index("skor")]
"""The columns of ``indikator.csv`` that every form has, in table order."""


_PROFILES = "https://datapackage.org/profiles/2.0"
HEADINGS = "judul tercetak: "
"""Stands before the printed headings in the description of an extra column."""


def with_extra(headings: Mapping[str, str]) -> Table:
    """``INDIKATOR`` with the extra columns of other forms, ``headings`` mapping their names to printed headings."""
    extra = (
        Column(name, "string", f"Kolom tambahan formulir, {HEADINGS}{heading}") for name, heading in headings.items()
    )
    return Table(INDIKATOR.name, INDIKATOR.meaning, (*INDIKATOR.columns, *extra), INDIKATOR.key, INDIKATOR.references)


def datapackage(tables: tuple[Table, ...], made: Mapping[str, object]) -> dict[str, Any]:
    """The Frictionless descriptor of ``tables``, each in the file ``<name>.csv``; the same for the same tables.

    ``made`` stands under the key ``iki``: with what the tables were made.
    """
    return {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": "iki",
        "title": "Indikator Kinerja Individu",
        "iki": dict(made),
        "resources": [_resource(table) for table in tables],
    }


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(column) for column in table.columns],
        "missingValues": [""],
    }
    if table.has_primary_key:
        schema["primaryKey"] = list(table.key)
    else:
        schema["uniqueKeys"] = [list(table.key)]
    if table.references:
        schema["foreignKeys"] = [
            {"fields": [name], "reference": {"resource": other, "fields": [name]}}
            for name, other in table.references.items()
        ]
    return {
        "$schema": f"{_PROFILES}/dataresource.json",
        "name": table.name,
        "type": "table",
        "path": f"{table.name}.csv",
        "description": table.meaning,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "dialect": {"delimiter": ",", "lineTerminator": "\n", "quoteChar": '"', "doubleQuote": True},
        "schema": schema,
    }


def _field(column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {"name": column.name, "type": column.type, "description": column.meaning}
    if column.type == "boolean":
        described |= {"trueValues": ["true"], "falseValues": ["false"]}
    if column.unit:
        described["unit"] = column.unit
    if column.constraints:
        described["constraints"] = dict(column.constraints)
    return described

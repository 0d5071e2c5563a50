"""The tables as one SQLite database with keys, two views and full-text search, and what Datasette needs to explain it.

Dates are ISO 8601 text, truth values 0 and 1. The same tables give the same bytes.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from iki.export.schema import INDIKATOR, SHEETS, TABLES, Column, Table
from iki.export.writing import Folder, aside, columns, rows

DATABASE, METADATA = "iki.sqlite", "iki-datasette.json"
COMPLETE, DOUBTFUL, SEARCH = "indikator_lengkap", "perlu_tinjau", "indikator_cari"
"""Rows of ``indikator`` with the values of their sheets; values to be checked, one a row; the full-text index."""
VERSION = 1
"""``PRAGMA user_version``: it grows when tables or views change otherwise than by further columns."""

_SQL = {"string": "TEXT", "date": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_NOT_SEARCHED = frozenset({"sheet_id", "no", "perlu_tinjau", "rank", "rowid"})
"""Columns of ``indikator`` without words to search, and names that FTS5 keeps for itself."""
_ABOUT = {
    COMPLETE: "Setiap baris indikator beserta nilai lembarnya; kolom bernama sama berakhiran _lembar",
    DOUBTFUL: "Satu baris untuk setiap nilai yang perlu diperiksa orang",
    SEARCH: "Indeks pencarian kata pada tabel indikator, tanpa membedakan huruf besar dan diakritik",
}


def write(folder: Folder) -> list[Path]:
    """Write the database and the metadata file for Datasette; gives the paths."""
    path, metadata = folder.out / DATABASE, folder.out / METADATA
    described = {table.name: columns(table, folder) for table in TABLES}
    with aside(path) as draft, closing(sqlite3.connect(draft, isolation_level=None)) as database:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "encoding = 'UTF-8'", f"user_version = {VERSION}"):
            database.execute(f"PRAGMA {pragma}")
        database.execute("BEGIN")
        for table in TABLES:
            fields = described[table.name]
            database.execute(f"CREATE TABLE {_quoted(table.name)} ({', '.join(_definitions(table, fields))}) STRICT")
            names = ", ".join(_quoted(column.name) for column in fields)
            marks = ", ".join("?" * len(fields))
            stored = ([_storable(value) for value in row] for row in rows(table, folder))
            database.executemany(f"INSERT INTO {_quoted(table.name)} ({names}) VALUES ({marks})", stored)
        for statement in _further(described[INDIKATOR.name]):
            database.execute(statement)
        database.execute("COMMIT")
        database.execute("VACUUM")
    with aside(metadata) as draft:
        told = json.dumps(_datasette(described), ensure_ascii=False, indent=2) + "\n"
        draft.write_text(told, encoding="utf-8", newline="\n")
    return [path, metadata]


def _definitions(table: Table, fields: Sequence[Column]) -> Iterator[str]:
    if table is INDIKATOR:  # full-text search leads to a row by a number that stays
        yield f"{_quoted(_row_number(fields))} INTEGER PRIMARY KEY"
    for column in fields:
        check = f" CHECK ({_quoted(column.name)} IN (0, 1))" if column.type == "boolean" else ""
        needed = " NOT NULL" if column.type == "string" else ""
        yield f"{_quoted(column.name)} {_SQL[column.type]}{needed}{check}"
    is_primary = table.has_primary_key and table is not INDIKATOR
    yield f"{'PRIMARY KEY' if is_primary else 'UNIQUE'} ({', '.join(map(_quoted, table.key))})"
    for name, other in table.references.items():
        yield f"FOREIGN KEY ({_quoted(name)}) REFERENCES {_quoted(other)} ({_quoted(name)})"


def _further(fields: Sequence[Column]) -> Iterator[str]:
    """The statements that make indices, views and the search of ``indikator``, whose columns are ``fields``."""
    for name in ("berkas", "pihak_pertama_nip", "pihak_kedua_nip"):
        yield f"CREATE INDEX sheets_{name} ON sheets ({name})"
    own = {column.name for column in fields}
    shown = ", ".join(f"i.{_quoted(column.name)}" for column in fields)
    others = ", ".join(
        f"s.{_quoted(name)} AS {_quoted(f'{name}_lembar' if name in own else name)}"
        for name in SHEETS.names
        if name != "sheet_id"
    )
    number = _quoted(_row_number(fields))
    yield (
        f"CREATE VIEW {COMPLETE} AS SELECT i.{number}, {shown}, {others}"
        " FROM indikator AS i JOIN sheets AS s USING (sheet_id)"
    )
    yield f"CREATE VIEW {DOUBTFUL} AS {_doubtful(SHEETS.columns, fields)}"
    words = ", ".join(_quoted(c.name) for c in fields if c.type == "string" and c.name not in _NOT_SEARCHED)
    yield (
        f"CREATE VIRTUAL TABLE {SEARCH} USING fts5({words}, content='indikator', content_rowid={number},"
        " tokenize='unicode61 remove_diacritics 2')"
    )
    yield f"INSERT INTO {SEARCH} ({SEARCH}) VALUES ('rebuild')"
    yield f"INSERT INTO {SEARCH} ({SEARCH}) VALUES ('optimize')"


def _doubtful(sheet: Sequence[Column], row: Sequence[Column]) -> str:
    """Every flagged value with its place in print and, where a rule changed it, with what was read."""

    def each(fields: Sequence[Column], record: str, number: str, page: str, join: str) -> str:
        values = " ".join(f"WHEN {_text(c.name)} THEN CAST({record}.{_quoted(c.name)} AS TEXT)" for c in fields)
        escaped = f"replace(replace({record}.perlu_tinjau, '\\', '\\\\'), '\"', '\\\"')"
        listed = f"""json_each('["' || replace({escaped}, ';', '","') || '"]')"""
        return (
            f"SELECT s.sheet_id, s.berkas, {page} AS halaman, {number} AS baris, f.value AS kolom,"
            f" CASE f.value {values} END AS nilai, k.mentah, k.aturan, k.skor AS peluang"
            f" FROM {join} JOIN {listed} AS f LEFT JOIN koreksi AS k"
            f" ON k.sheet_id = s.sheet_id AND k.baris IS {number} AND k.kolom = f.value"
            f" WHERE {record}.perlu_tinjau <> ''"
        )

    of_sheets = each(sheet, "s", "NULL", "s.halaman_awal", "sheets AS s")
    of_rows = each(row, "i", "i.baris", "i.halaman", "indikator AS i JOIN sheets AS s USING (sheet_id)")
    return f"{of_sheets} UNION ALL {of_rows}"


def _datasette(described: Mapping[str, Sequence[Column]]) -> dict[str, Any]:
    """Titles, meanings and facets of the tables, and how to search them (docs.datasette.io, metadata)."""
    number = _row_number(described[INDIKATOR.name])
    search = {"fts_table": SEARCH, "fts_pk": number}
    tables: dict[str, dict[str, Any]] = {
        table.name: {
            "description": table.meaning,
            "columns": {c.name: f"{c.meaning} ({c.unit})" if c.unit else c.meaning for c in described[table.name]},
        }
        for table in TABLES
    }
    tables["sheets"] |= {"label_column": "jabatan", "facets": ["perangkat_daerah", "unit", "tahun"]}
    tables["berkas"] |= {"facets": ["status"]}
    tables["indikator"] |= search
    tables[COMPLETE] = {"facets": ["perangkat_daerah", "unit", "tahun"], **search}
    tables[DOUBTFUL] = {"facets": ["kolom", "berkas"]}
    for name, about in _ABOUT.items():
        tables.setdefault(name, {})["description"] = about
    tables[SEARCH]["hidden"] = True
    return {"databases": {"iki": {"title": "Indikator Kinerja Individu", "tables": tables}}}


def _row_number(fields: Sequence[Column]) -> str:
    """Name of the column that numbers the rows of ``indikator``; no form has a column of this name."""
    name = "id"
    while name in {column.name for column in fields}:
        name += "_"
    return name


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"

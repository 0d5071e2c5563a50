"""The same tables in other formats: a workbook, Parquet files, an SQLite database."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

from iki.export import excel_csv, workbook
from iki.export.schema import TABLES, Column, Format, Table
from iki.export.tables import DESCRIPTION
from iki.export.writing import Folder, aside, columns, needed, rows

DATABASE = "iki.sqlite"

_SQL = {"string": "TEXT", "date": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}


def export(directory: Path, formats: Sequence[Format], out: Path | None = None) -> list[Path]:
    """Write the tables of ``directory`` into ``out`` (beside them, if none) in each of ``formats``; gives the paths.

    Every file appears whole or not at all; the same tables give the same bytes. Raises ``Problem`` where there are no
    tables, where a package is missing, or where a table does not fit the format.
    """
    folder = Folder(directory, out or directory)
    _ = folder.tables
    return [path for name in dict.fromkeys(formats) for path in _WRITERS[name](folder)]


def _csv(folder: Folder) -> list[Path]:
    """The tables as they are, with their description, copied if they are wanted elsewhere."""
    paths = [folder.out / f"{table.name}.csv" for table in TABLES]
    if folder.out.resolve() != folder.directory.resolve():
        for path in (*paths, folder.out / DESCRIPTION):
            if (folder.directory / path.name).is_file():
                with aside(path) as draft:
                    shutil.copyfile(folder.directory / path.name, draft)
    return paths


def _parquet(folder: Folder) -> list[Path]:
    needed("pyarrow")
    paths = []
    for table in TABLES:
        paths.append(folder.out / f"{table.name}.parquet")
        with aside(paths[-1]) as draft:
            getattr(folder.tables, table.name).to_parquet(draft, engine="pyarrow", index=False)
    return paths


def _sqlite(folder: Folder) -> list[Path]:
    """One database with the keys of the schema; dates are ISO 8601 text, truth values 0 and 1."""
    path = folder.out / DATABASE
    with aside(path) as draft, closing(sqlite3.connect(draft)) as database, database:
        for table in TABLES:
            fields = columns(table, folder)
            database.execute(f"CREATE TABLE {_quoted(table.name)} ({', '.join(_definitions(table, fields))}) STRICT")
            marks = ", ".join("?" * len(fields))
            stored = ([_storable(value) for value in row] for row in rows(table, folder))
            database.executemany(f"INSERT INTO {_quoted(table.name)} VALUES ({marks})", stored)
    return [path]


def _definitions(table: Table, columns: Sequence[Column]) -> Iterator[str]:
    for column in columns:
        yield f"{_quoted(column.name)} {_SQL[column.type]}"
    yield f"UNIQUE ({', '.join(map(_quoted, table.key))})"
    if table.parent:
        yield f"FOREIGN KEY (sheet_id) REFERENCES {_quoted(table.parent)} (sheet_id)"


def _storable(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


_WRITERS: Mapping[Format, Callable[[Folder], list[Path]]] = {
    Format.CSV: _csv,
    Format.CSV_EXCEL: excel_csv.write,
    Format.XLSX: workbook.write,
    Format.PARQUET: _parquet,
    Format.SQLITE: _sqlite,
}

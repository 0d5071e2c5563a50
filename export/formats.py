"""The same tables in other formats: a workbook, Parquet files, an SQLite database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from importlib import import_module
from pathlib import Path
from typing import Any

from iki.export.schema import INDIKATOR, TABLES, Column, Format, Table
from iki.export.tables import Tables, read
from iki.messages import Problem

WORKBOOK, DATABASE = "iki.xlsx", "iki.sqlite"

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""Time of creation that workbooks carry: the same tables give the same bytes."""
_SQL = {"string": "TEXT", "date": "TEXT", "integer": "INTEGER", "number": "REAL", "boolean": "INTEGER"}
_ROWS_AT_ONCE = 1000


def export(directory: Path, formats: Sequence[Format]) -> list[Path]:
    """Write the tables of ``directory`` beside them in each of ``formats``; gives the paths written.

    Every file appears whole or not at all. Raises ``Problem`` where there are no tables, where a package is missing, or
    where a table does not fit the format.
    """
    tables = read(directory)
    return [path for name in dict.fromkeys(formats) for path in _WRITERS[name](tables, directory)]


def _csv(_: Tables, directory: Path) -> list[Path]:
    return [directory / f"{table.name}.csv" for table in TABLES]


def _xlsx(tables: Tables, directory: Path) -> list[Path]:
    """One workbook, a table a sheet. Text is text whatever it looks like, so that no cell runs as a formula."""
    xlsxwriter = _needed("xlsxwriter")
    path = directory / WORKBOOK
    with _aside(path) as draft, xlsxwriter.Workbook(str(draft)) as book:
        book.set_properties({"created": _EPOCH})
        bold, dated = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        for table in TABLES:
            page = book.add_worksheet(table.name)
            page.freeze_panes(1, 0)
            columns = _columns(table, tables)
            for place, column in enumerate(columns):
                page.write_string(0, place, column.name, bold)
            for number, row in enumerate(_rows(table, tables), start=1):
                for place, (column, value) in enumerate(zip(columns, row, strict=True)):
                    if _put(page, number, place, column, value, dated):
                        raise Problem("export_does_not_fit", table=table.name, row=number, column=column.name)
    return [path]


def _put(page: Any, row: int, place: int, column: Column, value: Any, dated: Any) -> int:
    """Write one value by the type of its column; not 0 where it does not fit."""
    if value is None or value == "":
        return 0
    match column.type:
        case "date":
            return int(page.write_datetime(row, place, value, dated))
        case "boolean":
            return int(page.write_boolean(row, place, value))
        case "integer" | "number":
            return int(page.write_number(row, place, value))
        case _:
            return int(page.write_string(row, place, value))


def _parquet(tables: Tables, directory: Path) -> list[Path]:
    _needed("pyarrow")
    paths = []
    for table in TABLES:
        paths.append(directory / f"{table.name}.parquet")
        with _aside(paths[-1]) as draft:
            getattr(tables, table.name).to_parquet(draft, engine="pyarrow", index=False)
    return paths


def _sqlite(tables: Tables, directory: Path) -> list[Path]:
    """One database with the keys of the schema; dates are ISO 8601 text, truth values 0 and 1."""
    path = directory / DATABASE
    with _aside(path) as draft, closing(sqlite3.connect(draft)) as database, database:
        for table in TABLES:
            columns = _columns(table, tables)
            database.execute(f"CREATE TABLE {_quoted(table.name)} ({', '.join(_definitions(table, columns))}) STRICT")
            marks = ", ".join("?" * len(columns))
            stored = ([_storable(value) for value in row] for row in _rows(table, tables))
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


_WRITERS: Mapping[Format, Callable[[Tables, Path], list[Path]]] = {
    Format.CSV: _csv,
    Format.XLSX: _xlsx,
    Format.PARQUET: _parquet,
    Format.SQLITE: _sqlite,
}


def _columns(table: Table, tables: Tables) -> list[Column]:
    """The columns of a table as it stands, the extra ones of other forms as text."""
    known = {column.name: column for column in table.columns}
    names = getattr(tables, table.name).columns if table is INDIKATOR else known
    return [known.get(name) or Column(name, "string", "") for name in names]


def _rows(table: Table, tables: Tables) -> Iterator[list[Any]]:
    """The rows of a table as plain Python values, missing ones ``None``, dates ``datetime.date``."""
    import pandas as pd  # noqa: PLC0415 - see iki.export.tables.read

    frame = getattr(tables, table.name)
    for start in range(0, len(frame), _ROWS_AT_ONCE):
        part = frame.iloc[start : start + _ROWS_AT_ONCE].astype(object)
        for row in part.itertuples(index=False, name=None):
            yield [
                None if pd.isna(value) else value.date() if isinstance(value, pd.Timestamp) else value for value in row
            ]


@contextmanager
def _aside(path: Path) -> Iterator[Path]:
    """A path to write to that becomes ``path`` once all went well."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def _needed(package: str) -> Any:
    try:
        return import_module(package)
    except ImportError as error:
        raise Problem("export_needs_package", package=package) from error

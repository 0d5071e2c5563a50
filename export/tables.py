"""Writing the four tables and reading them back with their types."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from iki.export.schema import (
    BERKAS,
    FIELD_COLUMNS,
    KOREKSI,
    ROW_COLUMNS,
    SHEETS,
    TABLES,
    FileRow,
    Table,
    datapackage,
    with_extra,
)
from iki.messages import Problem
from iki.model import CleanSheet, CleanValue

if TYPE_CHECKING:
    import pandas as pd

Record = Mapping[str, object]


class Tables(NamedTuple):
    """The four tables of one directory, rows in the order of the files."""

    sheets: pd.DataFrame
    indikator: pd.DataFrame
    koreksi: pd.DataFrame
    berkas: pd.DataFrame


def write(sheets: Sequence[CleanSheet], files: Sequence[FileRow], out: Path) -> None:
    """Write ``sheets.csv``, ``indikator.csv``, ``koreksi.csv``, ``berkas.csv`` and ``datapackage.json`` into ``out``.

    The order of ``sheets`` and ``files`` does not matter: the same ones give the same bytes. Each file appears whole or
    not at all. ``OSError`` passes through (full disk, no permission), what stood there before then still stands.
    """
    sheets = sorted(sheets, key=lambda sheet: (sheet.file, sheet.first_page, sheet.sheet_id))
    extra = _extra_columns(sheets)
    columns = (*ROW_COLUMNS, *extra)
    indikator = with_extra(extra)
    out.mkdir(parents=True, exist_ok=True)
    for table, records in (
        (SHEETS, map(_sheet, sheets)),
        (indikator, (row for sheet in sheets for row in _rows(sheet, columns))),
        (KOREKSI, (row for sheet in sheets for row in _corrections(sheet, columns))),
        (BERKAS, map(_file, sorted(files, key=lambda file: file.berkas))),
    ):
        replace(out / f"{table.name}.csv", _csv(table, records))
    described = datapackage((SHEETS, indikator, KOREKSI, BERKAS))
    replace(out / "datapackage.json", json.dumps(described, ensure_ascii=False, indent=2) + "\n")


def read(directory: Path) -> Tables:
    """The tables of ``directory`` as DataFrames: numbers, dates and truth values typed, all else text.

    An empty text is ``""``; an empty number, date or truth value is missing. Raises ``Problem`` where a table is not
    there.
    """
    import pandas as pd  # noqa: PLC0415 - a second of loading that the command line's --help should not pay

    frames = []
    for table in TABLES:
        path = directory / f"{table.name}.csv"
        if not path.is_file():
            raise Problem("export_no_tables", path=path)
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
        for column in table.columns:
            text = frame[column.name]
            given = text.where(text != "")
            if column.type == "date":
                frame[column.name] = pd.to_datetime(given, format="%Y-%m-%d")
            elif column.type == "boolean":
                frame[column.name] = given.map({"true": True, "false": False}).astype("boolean")
            elif column.type == "integer":
                frame[column.name] = pd.to_numeric(given).astype("Int64")
            elif column.type == "number":
                frame[column.name] = pd.to_numeric(given).astype("float64")
        frames.append(frame)
    return Tables(*frames)


def row_probability(values: Iterable[CleanValue]) -> float:
    """The probability that every one of ``values`` is right, each being so on its own."""
    return prod(value.probability for value in values)


def replace(path: Path, content: str) -> None:
    """Put ``content`` (UTF-8) at ``path`` whole or not at all: written aside, flushed to the disk, renamed."""
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with aside.open("wb") as file:
            # Names of files may hold bytes that are no UTF-8; they show as \udcXX rather than spoil the table.
            file.write(content.encode("utf-8", errors="backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _csv(table: Table, records: Iterable[Record]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, table.names, lineterminator="\n")
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue()


def _extra_columns(sheets: Sequence[CleanSheet]) -> dict[str, str]:
    """Name → printed headings of all extra columns, in the order in which the sheets bring them."""
    headings: dict[str, dict[str, None]] = {}
    for sheet in sheets:
        for name, heading in sheet.extra_columns.items():
            headings.setdefault(name, {})[heading] = None
    return {name: " | ".join(printed) for name, printed in headings.items()}


def _sheet(sheet: CleanSheet) -> Record:
    return {
        "sheet_id": sheet.sheet_id,
        "berkas": sheet.file,
        "sha256": sheet.sha256,
        "halaman_awal": sheet.first_page,
        "halaman_akhir": sheet.last_page,
        **_values(sheet.fields, FIELD_COLUMNS),
    }


def _rows(sheet: CleanSheet, columns: Sequence[str]) -> Iterator[Record]:
    for number, row in enumerate(sheet.rows, start=1):
        yield {"sheet_id": sheet.sheet_id, "baris": number, "halaman": row.page, **_values(row.values, columns)}


def _values(values: Mapping[str, CleanValue], columns: Sequence[str]) -> Record:
    present = {name: values[name] for name in columns if name in values}
    return {
        **{name: value.text for name, value in present.items()},
        "skor": f"{row_probability(present.values()):.2f}",
        "perlu_tinjau": ";".join(name for name, value in present.items() if value.flagged),
    }


def _corrections(sheet: CleanSheet, columns: Sequence[str]) -> Iterator[Record]:
    places: list[tuple[str, Mapping[str, CleanValue], Sequence[str]]] = [("", sheet.fields, FIELD_COLUMNS)]
    places += [(str(number), row.values, columns) for number, row in enumerate(sheet.rows, start=1)]
    for number, values, names in places:
        for name in names:
            value = values.get(name)
            if value is not None and value.corrections and value.text != value.read:
                yield {
                    "sheet_id": sheet.sheet_id,
                    "baris": number,
                    "kolom": name,
                    "mentah": value.read,
                    "bersih": value.text,
                    "aturan": ";".join(dict.fromkeys(correction.rule for correction in value.corrections)),
                    "skor": f"{value.probability:.2f}",
                }


def _file(file: FileRow) -> Record:
    return {
        "berkas": file.berkas,
        "sha256": file.sha256,
        "halaman": file.halaman,
        "sheet": file.sheet,
        "status": file.status,
        "pesan": file.pesan,
        "detik": f"{file.detik:.2f}",
    }

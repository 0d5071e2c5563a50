"""Writing the four tables and reading them back with their types."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from iki.export.schema import (
    BERKAS,
    FIELD_COLUMNS,
    HEADINGS,
    INDIKATOR,
    KOREKSI,
    ROW_COLUMNS,
    SHEETS,
    TABLES,
    FileRow,
    Status,
    Table,
    datapackage,
    with_extra,
)
from iki.export.swap import replaced_together
from iki.messages import Problem, printable
from iki.model import CleanSheet, CleanValue

if TYPE_CHECKING:
    import pandas as pd

Record = dict[str, str]
"""A row of a table: column → text."""

DESCRIPTION = "datapackage.json"
VALUES = frozenset(FIELD_COLUMNS)
NO_VALUES = frozenset(INDIKATOR.names) - frozenset(ROW_COLUMNS)
"""Columns of a sheet that hold values, and columns of a row that hold none."""
BETWEEN = " | "
"""Stands between the printed headings of one extra column."""


class Tables(NamedTuple):
    """The four tables of one directory, rows in the order of the files."""

    sheets: pd.DataFrame
    indikator: pd.DataFrame
    koreksi: pd.DataFrame
    berkas: pd.DataFrame


@dataclass(frozen=True, slots=True)
class SheetRows:
    """One sheet as the rows of the tables; ``extra`` maps each extra column to the headings printed above it."""

    sheet: Record
    rows: list[Record]
    corrections: list[Record]
    extra: dict[str, list[str]] = field(default_factory=dict)

    @property
    def order(self) -> tuple[str, int, str]:
        """By what sheets are sorted: file, page, number."""
        return self.sheet["berkas"], int(self.sheet["halaman_awal"]), self.sheet["sheet_id"]

    @property
    def values(self) -> int:
        """How many values were read from the sheet."""
        return len(self.sheet.keys() & VALUES) + sum(len(row.keys() - NO_VALUES) for row in self.rows)

    @property
    def doubts(self) -> int:
        """How many of them a person should look at."""
        return sum(
            len(record["perlu_tinjau"].split(";")) for record in (self.sheet, *self.rows) if record["perlu_tinjau"]
        )


def write(sheets: Sequence[SheetRows], files: Sequence[FileRow], out: Path, made: Mapping[str, object]) -> None:
    """Write ``sheets.csv``, ``indikator.csv``, ``koreksi.csv``, ``berkas.csv`` and ``datapackage.json`` into ``out``.

    The order of ``sheets`` and ``files`` does not matter: the same ones give the same bytes. ``made`` says in
    ``datapackage.json`` with what they were made. All files appear together or none does. ``OSError`` passes through
    (full disk, no permission), what stood there before then still stands. A row of ``berkas.csv`` that differs from the
    one that stands there in ``detik`` alone is left as it stands.
    """
    sheets = sorted(sheets, key=lambda sheet: sheet.order)
    indikator = with_extra(_extra_columns(sheets))
    out.mkdir(parents=True, exist_ok=True)
    before: dict[str, Record] = {}
    with suppress(Problem):
        before = {record["berkas"]: record for record in _records(out, BERKAS)}
    rows = (_kept_time(_file(file), before) for file in sorted(files, key=lambda file: file.berkas))
    with replaced_together(out) as new:
        _write_csv(new, SHEETS, (sheet.sheet for sheet in sheets))
        _write_csv(new, indikator, (row for sheet in sheets for row in sheet.rows))
        _write_csv(new, KOREKSI, (row for sheet in sheets for row in sheet.corrections))
        _write_csv(new, BERKAS, rows)
        described = datapackage((SHEETS, indikator, KOREKSI, BERKAS), made)
        text = json.dumps(described, ensure_ascii=False, indent=2) + "\n"
        (new / DESCRIPTION).write_text(text, encoding="utf-8", newline="\n")


def rendered(sheet: CleanSheet) -> SheetRows:
    """A clean sheet as the rows of the tables."""
    columns = (*ROW_COLUMNS, *sheet.extra_columns)
    first = {
        "sheet_id": sheet.sheet_id,
        "berkas": sheet.file,
        "sha256": sheet.sha256,
        "halaman_awal": str(sheet.first_page),
        "halaman_akhir": str(sheet.last_page),
        **_values(sheet.fields, FIELD_COLUMNS),
    }
    rows = [
        {"sheet_id": sheet.sheet_id, "baris": str(number), "halaman": str(row.page), **_values(row.values, columns)}
        for number, row in enumerate(sheet.rows, start=1)
    ]
    extra = {name: [heading] for name, heading in sheet.extra_columns.items()}
    return SheetRows(first, rows, list(_corrections(sheet, columns)), extra)


def read_files(directory: Path) -> list[FileRow]:
    """The rows of ``berkas.csv``; none where there are no tables at all. Raises ``Problem`` where it is damaged."""
    if not any((directory / f"{table.name}.csv").exists() for table in TABLES):
        return []
    try:
        return [_file_row(record) for record in _records(directory, BERKAS)]
    except (KeyError, ValueError) as error:
        raise Problem("export_damaged_tables", path=directory / f"{BERKAS.name}.csv", reason=str(error)) from error


def flag_limit(directory: Path, name: str) -> float | None:
    """With which share of values (0–1) the tables of ``directory`` were flagged, ``name`` being ``review_budget`` or
    ``max_risk``, as ``datapackage.json`` tells it; None where there was none, or where that file does not tell."""
    try:
        told = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))["iki"]["settings"][name]
    except (OSError, ValueError, LookupError, TypeError):
        return None
    is_share = isinstance(told, int | float) and not isinstance(told, bool) and 0 <= told <= 1
    return told if is_share else None


def read_rows(directory: Path) -> tuple[list[SheetRows], list[FileRow]]:
    """The tables of ``directory`` as they stand, in the form in which ``write`` takes them.

    Raises ``Problem`` where a table is missing, damaged, or not of this program.
    """
    tables = {table.name: _records(directory, table) for table in TABLES}
    headings = printed_headings(directory)
    known = {*INDIKATOR.names}
    sheets = {record["sheet_id"]: SheetRows(record, [], []) for record in tables[SHEETS.name]}
    try:
        for record in tables[INDIKATOR.name]:
            sheet = sheets[record["sheet_id"]]
            sheet.rows.append(record)
            sheet.extra.update({name: headings.get(name, [name]) for name in record if name not in known})
        for record in tables[KOREKSI.name]:
            sheets[record["sheet_id"]].corrections.append(record)
        files = [_file_row(record) for record in tables[BERKAS.name]]
        for sheet in sheets.values():
            int(sheet.sheet["halaman_awal"])
    except (KeyError, ValueError) as error:
        raise Problem("export_damaged_tables", path=directory, reason=str(error)) from error
    return list(sheets.values()), files


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
            if column.name not in frame:  # tables that an earlier version wrote
                frame[column.name] = ""
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
            file.write(content.encode("utf-8", errors="backslashreplace"))
            file.flush()
            os.fsync(file.fileno())
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)


def _write_csv(folder: Path, table: Table, records: Iterable[Record]) -> None:
    with (folder / f"{table.name}.csv").open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
        writer = csv.DictWriter(file, table.names, lineterminator="\n")
        writer.writeheader()
        for record in records:
            writer.writerow({name: printable(text) for name, text in record.items()})


def _records(directory: Path, table: Table) -> list[Record]:
    """The rows of a table as text; columns that it lacks are empty."""
    path = directory / f"{table.name}.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            reader = csv.DictReader(file, strict=True)
            columns = set(reader.fieldnames or ())
            found = list(reader)
    except FileNotFoundError as error:
        raise Problem("export_no_tables", path=path) from error
    except (OSError, ValueError, csv.Error) as error:
        raise Problem("export_damaged_tables", path=path, reason=str(error)) from error
    needed = {*table.key, *(column.name for column in table.columns if column.constraints.get("required"))}
    if needed - columns:
        raise Problem("export_damaged_tables", path=path, reason=", ".join(sorted(needed - columns)))
    if table is not INDIKATOR and columns - set(table.names):
        raise Problem("export_newer_tables", path=path, columns=", ".join(sorted(columns - set(table.names))))
    if any(None in record or None in record.values() for record in found):  # more or fewer fields than columns
        raise Problem("export_damaged_tables", path=path, reason=str(len(found)))
    return [{**dict.fromkeys(table.names, ""), **record} for record in found]


def _kept_time(record: Record, before: Mapping[str, Record]) -> Record:
    """``record``, or the one from before if nothing but its time differs."""
    old = before.get(record["berkas"])
    return old if old is not None and {**old, "detik": ""} == {**record, "detik": ""} else record


def printed_headings(directory: Path) -> dict[str, list[str]]:
    """Extra column → its printed headings, as ``datapackage.json`` tells them; none where that is not readable."""
    try:
        described = json.loads((directory / DESCRIPTION).read_text(encoding="utf-8"))
        fields = next(r["schema"]["fields"] for r in described["resources"] if r["name"] == INDIKATOR.name)
        told = {f["name"]: str(f["description"]).partition(HEADINGS)[2] for f in fields}
    except (OSError, ValueError, LookupError, TypeError, StopIteration):
        return {}
    return {name: text.split(BETWEEN) for name, text in told.items() if text}


def _extra_columns(sheets: Sequence[SheetRows]) -> dict[str, str]:
    """Name → printed headings of all extra columns, in the order in which the sheets bring them."""
    headings: dict[str, dict[str, None]] = {}
    for sheet in sheets:
        for name, printed in sheet.extra.items():
            headings.setdefault(name, {}).update(dict.fromkeys(printed))
    return {name: BETWEEN.join(printed) for name, printed in headings.items()}


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
            if value is None:
                continue
            told = value.settlement
            if told is not None or (value.corrections and value.text != value.read):
                yield {
                    "sheet_id": sheet.sheet_id,
                    "baris": number,
                    "kolom": name,
                    "mentah": value.read,
                    "bersih": value.text,
                    "aturan": ";".join(dict.fromkeys(correction.rule for correction in value.corrections)),
                    "skor": f"{value.probability:.2f}",
                    "oleh": told.by if told is not None else "",
                    "waktu": told.at if told is not None else "",
                }


def _file_row(record: Record) -> FileRow:
    status = {"ok": "ok", "sebagian": "sebagian", "gagal": "gagal"}[record["status"]]
    pages, sheets = int(record["halaman"] or 0), int(record["sheet"] or 0)
    seconds = float(record["detik"] or 0)
    return FileRow(record["berkas"], record["sha256"], pages, sheets, cast(Status, status), record["pesan"], seconds)


def _file(file: FileRow) -> Record:
    return {
        "berkas": file.berkas,
        "sha256": file.sha256,
        "halaman": str(file.halaman),
        "sheet": str(file.sheet),
        "status": file.status,
        "pesan": file.pesan,
        "detik": f"{file.detik:.2f}",
    }

"""The tables as one workbook, ``iki.xlsx``: a worksheet that explains the columns, then a worksheet a table.

Text is written as text whatever it looks like, so that no cell runs as a formula or link; values that a person should
check are coloured, and a comment says where to look.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from iki.export.schema import INDIKATOR, KOREKSI, TABLES, Column, Table
from iki.export.writing import Folder, aside, columns, needed, rows
from iki.messages import Problem, written

WORKBOOK = "iki.xlsx"
EXPLANATION = "Penjelasan"
"""Name of the worksheet that explains the columns."""
AUTHOR = "iki"

_EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""Time of creation that workbooks carry: the same tables give the same bytes."""
_NARROWEST, _WIDEST = 8, 60
"""Widths of columns, in characters."""
_LOOKED_AT = 200
"""Rows that tell how wide a column is."""
_TYPES = {
    "string": "teks",
    "integer": "bilangan bulat",
    "number": "bilangan",
    "boolean": "benar/salah",
    "date": "tanggal",
}
_A4 = 9
"""Number of the paper in the file format."""
_COMMENT = 1000
"""Characters of a comment at most."""
_FLAG = "#FFEB9C"
_HEADER = "#D9E1F2"

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Formats:
    """Cell formats by the type of a column, plain and of values to be checked, and that of headings."""

    plain: Mapping[str, Any]
    flagged: Mapping[str, Any]
    heading: Any

    @classmethod
    def of(cls, book: Any) -> _Formats:
        numbers = {"string": "@", "integer": "0", "number": "0.00", "boolean": "General", "date": "yyyy-mm-dd"}

        def made(**look: Any) -> dict[str, Any]:
            return {
                kind: book.add_format({"num_format": number, "valign": "top", "text_wrap": kind == "string", **look})
                for kind, number in numbers.items()
            }

        heading = book.add_format({"bold": True, "bg_color": _HEADER, "border": 1, "valign": "top"})
        return cls(made(), made(bg_color=_FLAG), heading)


def write(folder: Folder) -> list[Path]:
    """Write the workbook; gives its path. Raises ``Problem`` where a value is beyond the limits of a worksheet."""
    xlsxwriter = needed("xlsxwriter")
    path = folder.out / WORKBOOK
    with aside(path) as draft, xlsxwriter.Workbook(str(draft)) as book:
        book.set_properties({"title": "Indikator Kinerja Individu", "created": _EPOCH})
        formats = _Formats.of(book)
        _explain(book.add_worksheet(EXPLANATION), folder, formats)
        reasons = _Reasons(folder)
        for table in TABLES:
            _fill(book.add_worksheet(table.name), table, folder, formats, reasons)
        for page in book.worksheets():
            page.set_landscape()
            page.set_paper(_A4)
            page.fit_to_pages(1, 0)
    return [path]


def _explain(page: Any, folder: Folder, formats: _Formats) -> None:
    """What the worksheets hold and every column means, in Indonesian."""
    text = formats.plain["string"]
    page.write_string(0, 0, "Indikator Kinerja Individu", formats.heading)
    for row, key in enumerate(("workbook_about", "workbook_flags", "workbook_places"), start=1):
        page.merge_range(row, 0, row, 4, "", text)
        page.write_string(row, 0, written(key), formats.flagged["string"] if key == "workbook_flags" else text)
        page.set_row(row, 32)
    first = 5
    for place, (title, width) in enumerate(
        (("Lembar kerja", 14), ("Kolom", 26), ("Jenis", 16), ("Satuan", 18), ("Arti", 90))
    ):
        page.set_column(place, place, width)
        page.write_string(first, place, title, formats.heading)
    row = first
    for table in TABLES:
        for column in columns(table, folder):
            row += 1
            described = (table.name, column.name, _TYPES[column.type], column.unit, column.meaning)
            for place, told in enumerate(described):
                page.write_string(row, place, told, text)
    page.freeze_panes(first + 1, 0)
    page.autofilter(first, 0, row, 4)


def _fill(page: Any, table: Table, folder: Folder, formats: _Formats, reasons: _Reasons) -> None:
    fields = columns(table, folder)
    widths = [len(column.name) + 3 for column in fields]
    number = 0
    for place, column in enumerate(fields):
        page.write_string(0, place, column.name, formats.heading)
    for number, values in enumerate(rows(table, folder), start=1):
        record = dict(zip((column.name for column in fields), values, strict=True))
        flagged = frozenset((record.get("perlu_tinjau") or "").split(";"))
        for place, column in enumerate(fields):
            value = record[column.name]
            doubtful = column.name in flagged
            look = (formats.flagged if doubtful else formats.plain)[column.type]
            if _put(page, number, place, column, value, look):
                raise Problem("export_does_not_fit", table=table.name, row=number, column=column.name)
            if doubtful:
                page.write_comment(number, place, reasons.of(table, record, column.name), {"author": AUTHOR})
            if number <= _LOOKED_AT and value is not None:
                widths[place] = max(widths[place], len(str(value)) + 1)
    for place, width in enumerate(widths):
        page.set_column(place, place, min(max(width, _NARROWEST), _WIDEST))
    page.freeze_panes(1, 0)
    page.repeat_rows(0)
    page.autofilter(0, 0, number, len(fields) - 1)
    everything = needed("xlsxwriter.utility").xl_range(0, 0, number, len(fields) - 1)
    page.ignore_errors({"number_stored_as_text": everything, "two_digit_text_year": everything})


def _put(page: Any, row: int, place: int, column: Column, value: Any, look: Any) -> int:
    """Write one value by the type of its column; not 0 where it does not fit."""
    if value is None or value == "":
        return int(page.write_blank(row, place, None, look))
    match column.type:
        case "date":
            return int(page.write_datetime(row, place, value, look))
        case "boolean":
            return int(page.write_boolean(row, place, value, look))
        case "integer" | "number":
            return int(page.write_number(row, place, value, look))
        case _:
            return int(page.write_string(row, place, value, look))


class _Reasons:
    """Why a value should be checked and where it stands in print, as the other tables tell it."""

    def __init__(self, folder: Folder) -> None:
        import pandas as pd  # noqa: PLC0415 - see iki.export.tables.read

        tables = folder.tables
        self._sheets = tables.sheets.set_index("sheet_id")[["berkas", "halaman_awal"]].to_dict("index")
        corrections = zip(*(tables.koreksi[name] for name in KOREKSI.names), strict=True)
        self._corrections = {
            (record["sheet_id"], None if pd.isna(record["baris"]) else int(record["baris"]), record["kolom"]): record
            for record in (dict(zip(KOREKSI.names, values, strict=True)) for values in corrections)
        }

    def of(self, table: Table, record: Record, column: str) -> str:
        """The comment on a flagged value of a row of ``sheets`` or ``indikator``."""
        sheet = self._sheets.get(record["sheet_id"], {})
        page = record.get("halaman") or sheet.get("halaman_awal", "")
        told = [written("workbook_check", file=sheet.get("berkas", ""), page=page)]
        row = record["baris"] if table is INDIKATOR else None
        correction = self._corrections.get((record["sheet_id"], row, column))
        if correction is not None:
            told.append(written("workbook_corrected", read=correction["mentah"], rule=correction["aturan"]))
        if record[column] in (None, ""):
            told.append(written("workbook_empty"))
        return "\n".join(told)[:_COMMENT]

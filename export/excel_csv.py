"""CSV as Excel opens it by a double click where Windows is set to Indonesian: ``<table>-excel.csv``.

There a comma parts a number from its decimals, and so a semicolon parts the fields (Windows' list separator of
``id-ID``); UTF-8 is known by its byte order mark. Excel takes a field for what it looks like, whether it is quoted or
not: an NIP for a number, of which it keeps 15 digits, ``1.2`` and ``3/4`` for dates, ``- Laporan`` for a formula. A tab
in front, which no value of the tables holds, makes text of it.
"""

from __future__ import annotations

import csv
import re
from pathlib import Path

from iki.export.schema import TABLES
from iki.export.writing import Folder, aside
from iki.messages import Problem

TEXT_MARK = "\t"
"""Stands before a text that Excel would take for something else."""
CELL_LIMIT = 32_767
"""Characters that a cell of Excel holds (Excel specifications and limits)."""

_FORMULA = tuple("=+-@")
_WORD = re.compile(r"[^\W\d_]+")
_TRUTH = frozenset({"true", "false", "benar", "salah"})
_HEXADECIMAL = frozenset({"sheet_id", "sha256"})
"""Columns that no spreadsheet takes for numbers, left alike in all rows so that tables can be joined by them."""


def write(folder: Folder) -> list[Path]:
    """Write every table for Excel; gives the paths. Raises ``Problem`` where a value is longer than a cell holds."""
    paths = []
    for table in TABLES:
        paths.append(folder.out / f"{table.name}-excel.csv")
        with (
            (folder.directory / f"{table.name}.csv").open(encoding="utf-8", newline="") as source,
            aside(paths[-1]) as draft,
            draft.open("w", encoding="utf-8-sig", newline="") as target,
        ):
            records = csv.reader(source)
            writer = csv.writer(target, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
            names = next(records)
            writer.writerow(names)
            types = {column.name: column.type for column in table.columns}
            for number, record in enumerate(records, start=1):
                if len(record) != len(names):
                    raise Problem("export_damaged_tables", path=source.name, reason=str(number))
                for name, text in zip(names, record, strict=True):
                    if len(text) >= CELL_LIMIT:
                        raise Problem("export_does_not_fit", table=table.name, row=number, column=name)
                fields = zip(names, record, strict=True)
                writer.writerow(_field(name, types.get(name, "string"), text) for name, text in fields)
    return paths


def _field(name: str, kind: str, text: str) -> str:
    if kind == "number":
        return text.replace(".", ",")
    return TEXT_MARK + text if kind == "string" and name not in _HEXADECIMAL and looks_otherwise(text) else text


def looks_otherwise(text: str) -> bool:
    """Whether Excel may take ``text`` for a formula, a truth value, or (a digit beside one word at most: a month, a
    currency) for a number, date or time. Rather too often than too seldom: the mark does no harm."""
    if text.startswith(_FORMULA) or text.casefold() in _TRUTH:
        return True
    return any(character.isdigit() for character in text) and len(_WORD.findall(text)) <= 1

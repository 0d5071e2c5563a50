"""The formats in which the tables can be written, each by a module of its own."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from iki.export import alto, database, excel_csv, json_lines, parquet, workbook
from iki.export.schema import TABLES, Format
from iki.export.tables import DESCRIPTION
from iki.export.writing import Folder, Readings, aside


def export(
    directory: Path,
    formats: Sequence[Format],
    out: Path | None = None,
    readings: Readings | None = None,
) -> list[Path]:
    """Write the tables of ``directory`` into ``out`` (beside them, if none) in each of ``formats``; gives the paths.

    ``readings`` are what ``directory`` holds of what was read, for formats that tell it. Every file appears whole or
    not at all; the same tables give the same bytes. Raises ``Problem`` where there are no tables, where a package is
    missing, or where a table does not fit the format.
    """
    folder = Folder(directory, out or directory, readings or Readings())
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


_WRITERS: Mapping[Format, Callable[[Folder], list[Path]]] = {
    Format.CSV: _csv,
    Format.CSV_EXCEL: excel_csv.write,
    Format.XLSX: workbook.write,
    Format.PARQUET: parquet.write,
    Format.SQLITE: database.write,
    Format.JSONL: json_lines.write,
    Format.ALTO: alto.write,
}

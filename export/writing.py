"""What the writers of all formats share: tables with typed rows, files that appear whole, optional packages."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any

from iki.export.schema import INDIKATOR, Column, Table
from iki.export.tables import Tables, read
from iki.messages import Problem

_ROWS_AT_ONCE = 1000


@dataclass(frozen=True)
class Folder:
    """A folder of tables, ``directory``, and the folder ``out`` into which other formats of them are written."""

    directory: Path
    out: Path

    @cached_property
    def tables(self) -> Tables:
        """The tables, read once. Raises ``Problem`` where one is not there."""
        return read(self.directory)


def columns(table: Table, tables: Tables) -> list[Column]:
    """The columns of a table as it stands, the extra ones of other forms as text."""
    known = {column.name: column for column in table.columns}
    names = getattr(tables, table.name).columns if table is INDIKATOR else known
    return [known.get(name) or Column(name, "string", "") for name in names]


def rows(table: Table, tables: Tables) -> Iterator[list[Any]]:
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
def aside(path: Path) -> Iterator[Path]:
    """A path to write to that becomes ``path`` once all went well; the folder of ``path`` is made where it lacks."""
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield draft
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)


def needed(package: str) -> Any:
    """The module of an optional package. Raises ``Problem`` where it is not installed."""
    try:
        return import_module(package)
    except ImportError as error:
        raise Problem("export_needs_package", package=package) from error

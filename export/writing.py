"""What the writers of all formats share: tables with typed rows, files that appear whole, optional packages."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

from iki.export.schema import INDIKATOR, Column, Table, with_extra
from iki.export.tables import BETWEEN, Tables, printed_headings, read
from iki.messages import Problem
from iki.model import CleanSheet, Page

_ROWS_AT_ONCE = 1000


class ReadPage(NamedTuple):
    """A page as it was read, of the ``file`` that the tables call so and whose content is ``sha256``."""

    file: str
    sha256: str
    page: Page


@dataclass(frozen=True, slots=True)
class Readings:
    """What a folder still holds of what was read: ``sheets`` with the stories of their values, and ``pages``, those of
    a file together. Both are worked out when they are asked for."""

    sheets: Callable[[], Sequence[CleanSheet]] = tuple
    pages: Callable[[], Iterable[ReadPage]] = tuple


@dataclass(frozen=True)
class Folder:
    """A folder of tables, ``directory``, and the folder ``out`` into which other formats of them are written."""

    directory: Path
    out: Path
    readings: Readings

    @cached_property
    def tables(self) -> Tables:
        """The tables, read once. Raises ``Problem`` where one is not there."""
        return read(self.directory)


def columns(table: Table, folder: Folder) -> list[Column]:
    """The columns of a table as it stands in ``folder``, the extra ones of other forms as text."""
    if table is not INDIKATOR:
        return list(table.columns)
    headings = printed_headings(folder.directory)
    extra = [name for name in folder.tables.indikator.columns if name not in table.names]
    return list(with_extra({name: BETWEEN.join(headings.get(name, [name])) for name in extra}).columns)


def rows(table: Table, folder: Folder) -> Iterator[list[Any]]:
    """The rows of a table as plain Python values in the order of ``columns``, missing ones ``None``, dates
    ``datetime.date``."""
    import pandas as pd  # noqa: PLC0415 - see iki.export.tables.read

    frame = getattr(folder.tables, table.name)[[column.name for column in columns(table, folder)]]
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

"""The tables as Parquet files with their types, ``<table>.parquet``: ``perlu_tinjau`` is a list of names, texts that
repeat are dictionaries. Every column carries its meaning, every file the whole data package under ``datapackage``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from iki.export.schema import TABLES, Column
from iki.export.tables import DESCRIPTION
from iki.export.writing import Folder, aside, columns, needed

if TYPE_CHECKING:
    import pandas as pd

FLAGS = "perlu_tinjau"
_REPEATING = ("_jabatan", "_pangkat", "_golongan")
_REPEATED = frozenset(
    {
        "berkas", "unit", "judul", "perangkat_daerah", "jabatan", "tempat", "no", "sasaran", "sumber_data", "kolom",
        "aturan", "oleh", "status",
    }
)  # fmt: skip
"""Columns whose texts stand in many rows, and the ends of the names of such columns."""


def write(folder: Folder) -> list[Path]:
    """Write each table; gives the paths."""
    arrow, files = needed("pyarrow"), needed("pyarrow.parquet")
    description = folder.directory / DESCRIPTION
    package = description.read_bytes() if description.is_file() else b"{}"
    paths = []
    for table in TABLES:
        fields = columns(table, folder)
        frame = getattr(folder.tables, table.name)
        schema = arrow.schema(
            [arrow.field(c.name, _type(arrow, c), metadata={"description": c.meaning, "unit": c.unit}) for c in fields],
            metadata={"datapackage": package, "description": table.meaning},
        )
        arrays = [_array(arrow, frame[field.name], field.type) for field in schema]
        paths.append(folder.out / f"{table.name}.parquet")
        with aside(paths[-1]) as draft:
            files.write_table(arrow.Table.from_arrays(arrays, schema=schema), draft, compression="zstd")
    return paths


def _type(arrow: Any, column: Column) -> Any:
    if column.name == FLAGS:
        return arrow.list_(arrow.string())
    if column.name in _REPEATED or column.name.endswith(_REPEATING):
        return arrow.dictionary(arrow.int32(), arrow.string())
    kinds = {"string": arrow.string, "integer": arrow.int64, "number": arrow.float64, "boolean": arrow.bool_}
    return kinds.get(column.type, arrow.date32)()


def _array(arrow: Any, values: pd.Series[Any], kind: Any) -> Any:
    if arrow.types.is_list(kind):
        return arrow.array([text.split(";") if text else [] for text in values], kind)
    if arrow.types.is_dictionary(kind):
        return arrow.array(values, arrow.string(), from_pandas=True).dictionary_encode()
    return arrow.array(values, kind, from_pandas=True)

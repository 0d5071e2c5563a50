"""The tables as Parquet files."""

import json
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest
from pyarrow import parquet

import iki
from iki.export import formats
from iki.export.schema import TABLES, Format


@pytest.fixture
def written(folder: Path) -> dict[str, pa.Table]:
    return {path.stem: parquet.read_table(path) for path in formats.export(folder, [Format.PARQUET])}


def test_read_back_it_is_the_csv(folder: Path, written: dict[str, pa.Table]) -> None:
    for name, table in written.items():
        frame = getattr(iki.load(folder), name)
        back = table.to_pandas()
        assert list(back.columns) == list(frame.columns)
        for column in frame.columns:
            if column == "perlu_tinjau":
                assert [";".join(flags) for flags in back[column]] == list(frame[column])
            else:
                same = [(None if pd.isna(value) else value) for value in frame[column].astype(object)]
                assert [(None if pd.isna(value) else value) for value in back[column].astype(object)] == [
                    value.date() if isinstance(value, pd.Timestamp) else value for value in same
                ]


def test_columns_have_their_types_and_meanings(written: dict[str, pa.Table]) -> None:
    sheets, indikator = written["sheets"].schema, written["indikator"].schema
    assert sheets.field("tanggal").type == pa.date32()
    assert sheets.field("tahun").type == pa.int64()
    assert sheets.field("perubahan").type == pa.bool_()
    assert sheets.field("pihak_pertama_nip").type == pa.string()
    assert sheets.field("pihak_pertama_golongan").type == pa.dictionary(pa.int32(), pa.string())
    assert indikator.field("perlu_tinjau").type == pa.list_(pa.string())
    for table in TABLES:
        for column in table.columns:
            told = written[table.name].schema.field(column.name).metadata
            assert told[b"description"].decode() == column.meaning


def test_every_file_carries_the_data_package(folder: Path, written: dict[str, pa.Table]) -> None:
    for table in written.values():
        assert json.loads(table.schema.metadata[b"datapackage"]) == json.loads(
            (folder / "datapackage.json").read_text()
        )

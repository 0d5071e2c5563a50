"""CSV for Excel with Indonesian settings."""

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.export import excel_csv, formats
from iki.export.schema import TABLES, Format
from iki.messages import Problem


def records(path: Path, delimiter: str) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=delimiter))


def test_read_back_it_is_the_csv(folder: Path, tmp_path: Path) -> None:
    paths = formats.export(folder, [Format.CSV_EXCEL], tmp_path / "out")
    for table, path in zip(TABLES, paths, strict=True):
        header, *rows = records(path, ";")
        names, *given = records(folder / f"{table.name}.csv", ",")
        numbers = {column.name for column in table.columns if column.type == "number"}
        back = [
            [t.replace(",", ".") if n in numbers else t.removeprefix("\t") for n, t in zip(header, row, strict=True)]
            for row in rows
        ]
        assert (header, back) == (names, given)
        assert path.read_bytes().startswith(b'\xef\xbb\xbf"')


def test_what_excel_would_take_for_something_else_is_marked_as_text(folder: Path) -> None:
    sheets, indikator, *_ = formats.export(folder, [Format.CSV_EXCEL])
    header, first, _ = records(sheets, ";")
    row = dict(zip(header, first, strict=True))
    assert row["pihak_pertama_nip"] == "\t198001012005011001"
    assert (row["tahun"], row["tanggal"], row["skor"]) == ("2031", "2031-02-03", "0,50")
    header, *rows = records(indikator, ";")
    texts = {row[header.index("indikator")] for row in rows}
    assert {"\t=1+1", "\t- Laporan bulanan", "\t1.2", "\tMei 2024", "\ttrue", "\tRp 10.000", "NULL"} <= texts


@given(st.text(), st.text("0123456789.,:/-%() "), st.sampled_from(["", "Mei", "jan", "Rp", "E", "PM"]))
def test_numbers_dates_and_formulas_never_pass_for_text(text: str, number: str, word: str) -> None:
    assert excel_csv.looks_otherwise("=" + text)
    assert excel_csv.looks_otherwise(f"{word}1{number}")
    assert excel_csv.looks_otherwise(f"{number}1{word}")


def test_a_value_longer_than_a_cell_is_named(folder: Path) -> None:
    path = folder / "indikator.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("=1+1", "x" * 40_000), encoding="utf-8")
    with pytest.raises(Problem, match=r"indikator.*1.*indikator"):
        formats.export(folder, [Format.CSV_EXCEL])
    assert not list(folder.glob("*indikator-excel*"))

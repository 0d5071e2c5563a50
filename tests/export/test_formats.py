"""The same tables as workbook, Parquet files and database."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from iki.cli import app
from iki.export import formats
from iki.export.schema import Format


def test_csv_is_copied_where_it_is_wanted_elsewhere(folder: Path, tmp_path: Path) -> None:
    paths = formats.export(folder, [Format.CSV], tmp_path / "out")
    assert [path.read_bytes() for path in paths] == [(folder / path.name).read_bytes() for path in paths]
    assert (tmp_path / "out" / "datapackage.json").is_file()
    assert formats.export(folder, [Format.CSV]) == [folder / path.name for path in paths]


@pytest.mark.parametrize("format_", [each for each in Format if each not in (Format.CSV, Format.PDF, Format.ALTO)])
def test_the_same_tables_give_the_same_bytes(folder: Path, tmp_path: Path, format_: Format) -> None:
    first = formats.export(folder, [format_], tmp_path / "one")
    second = formats.export(folder, [format_], tmp_path / "two")
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]
    assert sorted(path.name for path in first) == sorted(path.name for path in (tmp_path / "one").iterdir())


def test_the_command_names_what_it_wrote(folder: Path) -> None:
    told = CliRunner().invoke(app, ["export", str(folder), "--format", "sqlite, csv-excel", "--format", "csv"])
    assert told.exit_code == 0
    names = [Path(line).name for line in told.stdout.splitlines()]
    assert (names[0], names[2], names[6]) == ("iki.sqlite", "sheets-excel.csv", "sheets.csv")
    assert all((folder / name).is_file() for name in names)


def test_an_unknown_format_is_wrong_usage(folder: Path) -> None:
    told = CliRunner().invoke(app, ["export", str(folder), "--format", "csv,xls"])
    assert told.exit_code == 2
    assert "xls" in told.stderr


def test_a_missing_package_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "xlsxwriter", None)
    told = CliRunner().invoke(app, ["export", str(folder), "--format", "xlsx"])
    assert told.exit_code == 2
    assert "pip install xlsxwriter" in told.stderr

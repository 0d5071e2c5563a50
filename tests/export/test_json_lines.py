"""A line of JSON a sheet, with the stories of its values."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest

from iki.export import formats
from iki.export.schema import FIELD_COLUMNS, Format
from iki.export.writing import Readings
from iki.model import CleanSheet

ABOUT = ("sheet_id", "berkas", "sha256", "halaman_awal", "halaman_akhir", "skor")


def lines(folder: Path, sheets: list[CleanSheet]) -> list[dict[str, Any]]:
    (path,) = formats.export(folder, [Format.JSONL], readings=Readings(lambda: sheets))
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def records(folder: Path, name: str) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else f"{value:.2f}" if isinstance(value, float) else str(value)


@pytest.mark.parametrize("known", [True, False], ids=["with readings", "tables alone"])
def test_read_back_it_is_the_csv(folder: Path, sheets: list[CleanSheet], known: bool) -> None:
    told = lines(folder, sheets if known else [])
    rows = [(sheet["sheet_id"], row) for sheet in told for row in sheet["rows"]]
    for sheet, given in zip(told, records(folder, "sheets"), strict=True):
        assert {name: text(sheet[name]) for name in ABOUT} == {name: given[name] for name in ABOUT}
        assert ";".join(sheet["perlu_tinjau"]) == given["perlu_tinjau"]
        values = {name: text(value["value"]) for name, value in sheet["values"].items()}
        assert {name: values.get(name, "") for name in FIELD_COLUMNS} == {name: given[name] for name in FIELD_COLUMNS}
        assert [name for name, value in sheet["values"].items() if value["flagged"]] == sheet["perlu_tinjau"]
        assert sheet["source"] == ("readings" if known else "tables")
    columns = ("no", "sasaran", "indikator", "penjelasan", "sumber_data", "target")
    for (sheet_id, row), given in zip(rows, records(folder, "indikator"), strict=True):
        assert (sheet_id, text(row["baris"]), text(row["halaman"])) == (
            given["sheet_id"],
            given["baris"],
            given["halaman"],
        )
        values = {name: text(value["value"]) for name, value in row["values"].items()}
        assert {name: values.get(name, "") for name in columns} == {name: given[name] for name in columns}
        assert (text(row["skor"]), ";".join(row["perlu_tinjau"])) == (given["skor"], given["perlu_tinjau"])


def test_a_value_tells_how_it_came_about(folder: Path, sheets: list[CleanSheet]) -> None:
    assert lines(folder, sheets)[0]["rows"][0]["values"]["sasaran"] == {
        "value": "Tertib",
        "flagged": True,
        "probability": 0.75,
        "read": "Tertlb",
        "rules": ["kata"],
        "lines": [
            {
                "page": 1,
                "quad": [[10.0, 20.0], [60.0, 20.0], [60.0, 30.0], [10.0, 30.0]],
                "readings": [
                    {"engine": "iki", "text": "Tertlb", "confidence": 0.8124},
                    {"engine": "tesseract", "text": "Tertib", "confidence": 0.7},
                ],
            }
        ],
        "candidates": [{"text": "Tertib", "cost": 0.5, "origin": "kata"}],
    }


def test_a_persons_decision_is_told(folder: Path, sheets: list[CleanSheet]) -> None:
    for name, before, after in (
        ("koreksi", "Tertlb,Tertib,kata,0.75,,", "Tertlb,Teratur,tinjauan,1.00,Sri,2031-03-04T05:06:07Z"),
        ("indikator", "1,1,1,Tertib", "1,1,1,Teratur"),
    ):
        path = folder / f"{name}.csv"
        path.write_text(path.read_text(encoding="utf-8").replace(before, after, 1), encoding="utf-8")
    told = lines(folder, sheets)[0]["rows"]
    value = told[0]["values"]["sasaran"]
    assert (value["value"], value["probability"], value["rules"]) == ("Teratur", 1.0, ["tinjauan"])
    assert value["decision"] == {"by": "Sri", "at": "2031-03-04T05:06:07Z"}
    assert value["lines"][0]["readings"][0]["text"] == "Tertlb"
    assert "decision" not in told[1]["values"]["sasaran"]

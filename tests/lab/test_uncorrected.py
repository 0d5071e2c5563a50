"""What a cell is before any word is corrected."""

import json
from pathlib import Path

import pytest

import iki
from iki import vocab
from iki.lab.measure.uncorrected import bare, measured, with_marks
from iki.model import Line, RawValue, Reading
from iki.normalize.draft import Draft, draft
from iki.normalize.knowledge import Knowledge
from iki.normalize.sheet import DEFAULT

ROOT = Path(iki.__file__).resolve().parent


@pytest.fixture(scope="module")
def knowledge() -> Knowledge:
    return Knowledge.of(vocab.load())


def cell(text: str, knowledge: Knowledge) -> Draft:
    line = Line(1, None, None, None, (Reading(text, (), 0.9, "iki"),))
    return draft(RawValue((line,), 1.0), knowledge, DEFAULT.values)


@pytest.mark.parametrize(
    ("read", "judged", "wanted"),
    [
        ("yang benar. lengkap", "yang benar, lengkap", "yang benar, lengkap"),
        ("yang beriaku. lengkap", "yang berlaku, lengkap", "yang beriaku. lengkap"),
        ("yang ber iaku. lengkap", "yang berlaku, lengkap", "yang ber iaku. lengkap"),
    ],
)
def test_marks_are_settled_and_words_left(read: str, judged: str, wanted: str, knowledge: Knowledge) -> None:
    assert with_marks(cell(read, knowledge), cell(judged, knowledge)) == wanted


def test_words_are_compared_without_marks() -> None:
    assert bare("Laporan, (SPJ) dll.") == ["Laporan", "(SPJ)", "dll"]


def test_cells_of_a_scan_are_counted_before_words_are_corrected(tmp_path: Path) -> None:
    gold = ROOT / "tests" / "gold"
    places = [p for p in json.loads((gold / "map_samples.json").read_text()) if p["berkas"] == "pindai_dpmptsp.pdf"]
    (tmp_path / "map.json").write_text(json.dumps(places))
    found = measured(gold / "samples.json", tmp_path / "map.json", ROOT / "data" / "raw", "auto")
    assert found.cells == sum(4 * len(s["rows"]) for s in json.loads((gold / "samples.json").read_text())
                              if s["sheet_id"] in {p["sheet_id"] for p in places})  # fmt: skip
    assert 0.9 <= found.read <= found.words <= 1

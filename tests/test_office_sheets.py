"""Sheets that LibreOffice has set (made by iki.lab.synthetic.office): as it prints them, and scanned.

The marks are what is reached today, to be raised and never lowered.
"""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import iki
from iki.cli import app
from iki.evaluate import evaluate

pytestmark = pytest.mark.slow

GOLD = Path(iki.__file__).parent / "tests" / "gold" / "office"
AT_LEAST = {
    "born": {"sheet_recall": 1, "row_f1": 1, "cell_exact": 1, "header_exact": 1, "signature_exact": 1},
    "scan": {"sheet_recall": 1, "row_f1": 1, "cell_exact": 0.85, "header_exact": 1, "signature_exact": 1},
}
AT_MOST = {
    "born": {"sheets_extra": 0, "cell_silent_error": 0, "field_silent_error": 0},
    "scan": {"sheets_extra": 0, "cell_silent_error": 0, "field_silent_error": 0},
}


@pytest.mark.parametrize("kind", AT_LEAST)
def test_sheets_of_a_word_processor_are_read(kind: str, tmp_path: Path) -> None:
    CliRunner().invoke(app, ["convert", str(GOLD / kind), "--out", str(tmp_path / "clean")])
    measures = evaluate(GOLD / "gold.json", tmp_path / "clean", GOLD / "map.json")
    short = {name: measures[name] for name, mark in AT_LEAST[kind].items() if measures[name] < mark}
    over = {name: measures[name] for name, mark in AT_MOST[kind].items() if measures[name] > mark}
    assert not short
    assert not over

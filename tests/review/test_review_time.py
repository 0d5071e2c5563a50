"""The measure of the review page's time runs on any folder; the figures are the lab's."""

import sys
from pathlib import Path

import pytest

from iki.lab.measure import review_page


@pytest.mark.slow
def test_every_answer_is_timed(
    converted: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["review_page", str(converted), "--sheets", "3"])
    review_page.main()
    said = capsys.readouterr().out
    assert said.startswith("3 sheets")
    assert all(name in said for name in ("open the folder", "start page", "value", "its picture", "decision"))

"""How a conversion is told: plain lines, JSON lines, silence, a bar on a terminal."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest

from iki.batch.events import FileDone, FileOpened, Outcome, PageDelayed, PageDone, Started, Tabulating
from iki.console import progress
from iki.console.progress import course, show_failures, show_outcome
from iki.export.schema import FileRow
from iki.messages import printable

EVENTS = (
    Started(2, 1),
    FileOpened("a.pdf", 3, 1),
    PageDone("a.pdf", 2, 1.26, 1.2, 9),
    PageDelayed("a.pdf", 3),
    PageDone("a.pdf", 3, 2.0, 1.9, 9, "Page 3 is broken."),
    FileDone("a.pdf"),
    FileDone("b\n.pdf", "Empty."),
    Tabulating(2),
)


@pytest.fixture(autouse=True)
def _english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IKI_LANG", "en")


def told(capsys: pytest.CaptureFixture[str], how: str = "") -> list[str]:
    with course(how == "json", how == "quiet", how == "verbose") as listener:
        for event in EVENTS:
            listener(event)
    shown = capsys.readouterr()
    assert shown.err == ""
    return [line.strip() for line in shown.out.splitlines()]


def test_plain_lines_name_every_file(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys) == [
        "2 files to look at.",
        "a.pdf: 3 pages, 1 of them read before.",
        "a.pdf: done.",
        "b\N{REPLACEMENT CHARACTER}.pdf: done. Empty.",
        "Writing the tables.",
    ]


def test_verbose_lines_name_every_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "verbose")[2:5] == [
        "a.pdf: page 2 done in 1.3 seconds.",
        "a.pdf: page 3 broke off and will be tried once more.",
        "a.pdf: page 3 done in 2.0 seconds. Page 3 is broken.",
    ]


def test_quiet_says_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert told(capsys, "quiet") == []


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    objects = [json.loads(line) for line in told(capsys, "json")]
    assert [event["event"] for event in objects] == [type(event).__name__ for event in EVENTS]
    assert objects[1]["pages"] == 3


def test_a_terminal_shows_a_bar() -> None:
    code = (
        "from iki.console.progress import course\nfrom iki.batch.events import *\n"
        "with course(False, False, False) as listener:\n"
        "    listener(FileOpened('arsip.pdf', 4, 1)); listener(PageDone('arsip.pdf', 2, 1.0, 1.0, 9))\n"
        "    import time; time.sleep(0.4)\n"
    )
    master, slave = pty.openpty()
    environment = {**os.environ, "TERM": "xterm", "COLUMNS": "120"}
    done = subprocess.run(
        [sys.executable, "-c", code], stderr=slave, stdout=subprocess.PIPE, env=environment, check=True
    )
    os.close(slave)
    shown = os.read(master, 65536).decode()
    os.close(master)
    assert done.stdout == b""
    assert "arsip.pdf" in shown
    assert "2/4" in shown


def test_pages_still_unknown_are_guessed_from_those_that_are_known(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(progress, "EVERY_SECONDS", 0.0)
    shown = told(capsys)
    assert "1 of about 6 pages done" in shown[3] and "3 of about 6 pages done" in shown[-1] and "2 failed" in shown[-1]


def test_a_log_tells_everything_with_the_time(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with course(False, True, False, log=tmp_path / "log") as listener:
        for event in EVENTS:
            listener(event)
    lines = (tmp_path / "log").read_text().splitlines()
    assert len(lines) == len(EVENTS) and all(
        re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d+ INFO ", line) for line in lines
    )
    assert lines[2].endswith("a.pdf: page 2 done in 1.3 seconds.") and capsys.readouterr().out == ""


def test_whoever_stops_reading_does_not_stop_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(*args: object, **options: object) -> None:
        raise BrokenPipeError

    monkeypatch.setattr("builtins.print", closed)
    with course(True, False, False) as listener:
        for event in EVENTS:
            listener(event)


def test_the_outcome_counts_and_says_what_is_next(capsys: pytest.CaptureFixture[str]) -> None:
    bad = FileRow("b\n.pdf", "", 0, 0, "gagal", "The file is empty.", 0.0)
    outcome = Outcome(
        out=Path("hasil"), files=3, ok=2, partial=0, failed=1, duplicates=1, pages_read=7, pages_kept=2, sheets=4,
        rows=30, values=200, doubts=7, seconds=12.3, failures=(bad,),
    )  # fmt: skip
    show_failures(outcome)
    show_outcome(outcome)
    shown = capsys.readouterr()
    assert shown.err == "b\N{REPLACEMENT CHARACTER}.pdf: The file is empty.\n"
    assert "Files: 3 (2 complete, 0 partly, 1 failed; 1 copies of another file)." in shown.out
    assert "7 of 200 values (3.5%)" in shown.out
    assert "hasil/berkas.csv" in shown.out


def test_a_name_stays_on_its_line() -> None:
    assert printable("a\x1b[31m\nب.pdf") == "a\N{REPLACEMENT CHARACTER}[31m\N{REPLACEMENT CHARACTER}ب.pdf"

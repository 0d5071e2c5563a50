"""The command line as a person meets it: words, streams, exit codes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

import iki
from iki.cli import app
from iki.console import doctor, terminal
from iki.export import tables

COMMANDS = sorted(get_command(app).commands)
HEAVY = ("cv2", "numpy", "onnxruntime", "pandas", "rapidocr", "wordfreq")


def run(*arguments: str, language: str = "id", path: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "IKI_LANG": language, "COLUMNS": "200", **({"PATH": path} if path is not None else {})}
    command = [sys.executable, "-m", "iki.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, check=False)


def test_help_is_indonesian_and_english_on_request() -> None:
    assert "Pemakaian: iki" in run("--help").stdout
    english = run("--help", language="en").stdout
    assert "Usage: iki" in english
    assert all(command in english for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("language", "own", "other"),
    [("id", "Pemakaian:", ("Usage", "Options", "default")), ("en", "Usage:", ("Pemakaian", "Pilihan", "bawaan"))],
)
def test_help_of_every_command_is_in_one_language(
    command: str, language: str, own: str, other: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IKI_LANG", language)
    shown = CliRunner().invoke(app, [command, "--help"])
    assert shown.exit_code == 0
    assert own in shown.stdout
    assert not any(word in shown.stdout for word in other)
    assert "cli_" not in shown.stdout


def test_help_loads_no_heavy_library() -> None:
    code = (
        "import sys\nfrom iki.cli import app\n"
        "try: app(['convert', '--help'])\n"
        "except SystemExit: pass\n"
        f"print(*(name for name in {HEAVY} if name in sys.modules), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ("conver",),
        ("convert", "--nonsense"),
        ("convert", "--engine", "eyes"),
        ("convert", "--jobs", "many"),
        ("convert", "--jobs"),
        ("convert", "--review-budget", "1.5"),
        ("convert", "--max-risk", "-1"),
        ("convert", "--max-risk", "0.01", "--review-budget", "0.1"),
        ("convert", "no such folder"),
        ("correct",),
        ("correct", "no such file"),
        ("evaluate", "gold.json"),
        ("evaluate", "no gold", "no tables"),
        ("doctor", "more"),
        ("explain", "0123456789ab-001", "1", "indikator", "--dir", "no such folder"),
    ],
)
def test_misuse_is_told_in_one_sentence_with_code_2(
    arguments: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    told = CliRunner().invoke(app, list(arguments))
    assert told.exit_code == 2
    assert told.stdout == ""
    assert len(told.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (("conver",), "convert"),
        (("convert", "--fromat", "csv"), "--format"),
        (("convert", "--jobs", "banyak"), "banyak"),
        (("convert", "--jobs", "-3"), "-3"),
        (("convert", "--review-budget", "1,5"), "1,5"),
    ],
)
def test_what_was_meant_or_wrong_is_named(arguments: tuple[str, ...], named: str) -> None:
    assert named in CliRunner().invoke(app, list(arguments)).stderr


def test_version_and_short_help() -> None:
    assert CliRunner().invoke(app, ["--version"]).stdout == f"iki {iki.__version__}\n"
    assert CliRunner().invoke(app, ["convert", "-h"]).stdout == CliRunner().invoke(app, ["convert", "--help"]).stdout


def test_a_share_takes_a_comma() -> None:
    assert terminal.share("0,25") == terminal.share("0.25") == 0.25


def test_nothing_on_a_terminal_moves_the_cursor(capsys: pytest.CaptureFixture[str]) -> None:
    terminal.say_error("a\x1b[2Jb\u202ec\nd")
    assert capsys.readouterr().err == "a\ufffd[2Jb\ufffdc\ufffdd\n"


def test_no_command_at_all_shows_the_help_with_code_2() -> None:
    done = run()
    assert done.returncode == 2
    assert "Pemakaian: iki" in done.stdout + done.stderr


def test_a_bug_is_no_wrong_usage(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(doctor, "examine", broken)
    monkeypatch.setenv("IKI_LANG", "en")
    told = CliRunner().invoke(app, ["doctor"])
    assert told.exit_code == 1
    assert "RuntimeError: boom" in told.stderr
    assert "bug" in told.stderr


def test_what_the_system_refuses_is_no_bug(tmp_path: Path) -> None:
    tables.write([], [], tmp_path, {})
    (tmp_path / "ringkasan.html").mkdir()
    told = run("summary", str(tmp_path))
    assert told.returncode == 2
    assert "ringkasan.html" in told.stderr
    assert "Traceback" not in told.stderr


def test_evaluate_prints_names_and_shares_or_json(tmp_path: Path) -> None:
    gold = tmp_path / "gold.json"
    gold.write_text('[{"sheet_id": "a", "rows": []}]')
    tables.write([], [], tmp_path, {})
    lines = run("evaluate", str(gold), str(tmp_path)).stdout.splitlines()
    assert ["sheet_recall", "0.0"] in [line.split() for line in lines]
    assert json.loads(run("evaluate", str(gold), str(tmp_path), "--json").stdout)["sheets_gold"] == 1


def test_doctor_finds_what_is_here() -> None:
    done = run("doctor", language="en")
    assert done.returncode == 0
    shown = {line.split("  ")[0].strip(): line for line in done.stdout.splitlines()}
    assert "5." in shown["tesseract"]
    assert "ind" in shown["tesseract: ind"]
    assert "sha256" in shown["recogniser.onnx"]
    assert "All that is needed is installed." in done.stdout


def test_doctor_says_what_is_missing_and_how_to_get_it(tmp_path: Path) -> None:
    done = run("doctor", language="en", path=str(tmp_path))
    assert done.returncode == 3
    assert "sudo apt install poppler-utils" in done.stdout
    assert "sudo apt install tesseract-ocr-ind" in done.stdout
    assert "Not complete: pdftoppm" in done.stdout

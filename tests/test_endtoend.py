"""From the scans in ``data/raw`` to the tables, as a user runs it: by score and by structure, not byte by byte."""

import doctest
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import frictionless
import pytest

import iki
from iki.evaluate import evaluate
from iki.export.schema import ROW_COLUMNS

pytestmark = pytest.mark.slow

ROOT = Path(iki.__file__).parent
RAW, GOLD = ROOT / "data" / "raw", ROOT / "tests" / "gold"
TABLES = ("sheets.csv", "indikator.csv", "koreksi.csv", "datapackage.json")
AT_LEAST = {"sheet_recall": 1, "row_f1": 0.97, "cell_exact": 0.9, "header_exact": 0.95, "nip_exact": 0.9}
AT_MOST = {"sheets_extra": 0, "cell_silent_error": 0.03, "field_silent_error": 0.03}


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "IKI_LANG": "en", "PYTHONHASHSEED": "random"}
    command = [sys.executable, "-m", "iki.cli", *arguments]
    return subprocess.run(command, capture_output=True, text=True, env=environment, cwd=cwd, check=False)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``data/raw`` as in the repository, and the ``data/clean`` that came of it."""
    place = tmp_path_factory.mktemp("house")
    (place / "data").mkdir()
    (place / "data" / "raw").symlink_to(RAW)
    done = run("convert", cwd=place)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert "Files: 5 (5 complete, 0 partly, 0 failed" in done.stdout
    assert "Pages: 15 read now" in done.stdout
    return place


@pytest.fixture(scope="module")
def measures(folder: Path) -> dict[str, float]:
    return evaluate(GOLD / "samples.json", folder / "data" / "clean", GOLD / "map_samples.json")


@pytest.mark.parametrize("name", AT_LEAST)
def test_scores_reach_their_mark(measures: dict[str, float], name: str) -> None:
    assert measures[name] >= AT_LEAST[name]


@pytest.mark.parametrize("name", AT_MOST)
def test_errors_stay_below_their_mark(measures: dict[str, float], name: str) -> None:
    assert measures[name] <= AT_MOST[name]


def test_the_tables_hang_together(folder: Path) -> None:
    report = frictionless.validate(folder / "data" / "clean" / "datapackage.json")
    assert report.valid, report.flatten(["rowNumber", "fieldName", "type", "note"])


def test_json_lines_tell_where_every_value_was_read(folder: Path) -> None:
    assert run("export", "data/clean", "--format", "jsonl", "--out", "other", cwd=folder).returncode == 0
    sheets = [json.loads(line) for line in (folder / "other" / "iki.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [sheet["sheet_id"] for sheet in sheets] == list(iki.load(folder / "data" / "clean").sheets.sheet_id)
    for sheet in sheets:
        assert sheet["source"] == "readings"
        pages = range(sheet["halaman_awal"], sheet["halaman_akhir"] + 1)
        for row in sheet["rows"]:
            for value in row["values"].values():
                assert value["lines"] or not value["value"]
                for line in value["lines"]:
                    assert line["page"] in pages
                    assert min(min(corner) for corner in line["quad"]) >= -1
                    assert line["readings"]


def test_what_is_on_the_paper_is_in_the_tables(folder: Path) -> None:
    tables = iki.load(folder / "data" / "clean")
    bundle = tables.sheets[tables.sheets.berkas == "bundel_dinkes_2023.pdf"]
    assert bundle.halaman_awal.tolist() == [2, 5, 8]
    assert bundle.halaman_akhir.tolist() == [2, 6, 8]
    assert bundle.unit.tolist() == ["SEKRETARIAT", "BIDANG KESEHATAN MASYARAKAT", "BIDANG KESEHATAN MASYARAKAT"]
    assert tables.berkas.halaman.tolist() == [9, 2, 1, 2, 1]
    assert set(tables.berkas.status) == {"ok"}
    assert tables.berkas.pesan[0], "the blank page, the receipt and the letter are mentioned"
    flagged = set(";".join(tables.indikator.perlu_tinjau).split(";")) - {""}
    assert flagged <= set(tables.indikator.columns)


def test_nip_is_right_or_flagged(folder: Path) -> None:
    """No number may be wrong and look right."""
    tables = iki.load(folder / "data" / "clean")
    places = {
        (p["berkas"], p["first_page"]): p["sheet_id"] for p in json.loads((GOLD / "map_samples.json").read_text())
    }
    gold = {sheet["sheet_id"]: sheet for sheet in json.loads((GOLD / "samples.json").read_text())}
    looked_at = 0
    for row in tables.sheets.to_dict("records"):
        sheet = gold[places[row["berkas"], row["halaman_awal"]]]
        for side in ("pihak_kedua", "pihak_pertama"):
            want = (sheet.get(side) or {}).get("nip") or ""
            assert row[f"{side}_nip"] == want or f"{side}_nip" in row["perlu_tinjau"].split(";")
            looked_at += 1
    assert looked_at == 18


def test_a_second_run_reads_nothing_and_changes_nothing(folder: Path) -> None:
    clean = folder / "data" / "clean"
    before = {name: (clean / name).read_bytes() for name in TABLES}
    done = run("convert", "data/raw", "--out", "data/clean", "--jobs", "1", "--json", cwd=folder)
    assert done.returncode == 0
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert "PageDone" not in {event["event"] for event in events}
    assert events[-1]["event"] == "Finished"
    assert {name: (clean / name).read_bytes() for name in TABLES} == before


def test_a_bad_file_costs_nothing_but_itself(folder: Path, tmp_path: Path) -> None:
    shutil.copytree(folder / "data" / "clean", tmp_path / "clean")
    (tmp_path / "rusak.pdf").write_bytes(b"%PDF-1.4 this is the end")
    done = run("convert", "rusak.pdf", "--out", "clean", cwd=tmp_path)
    assert done.returncode == 3
    assert done.stderr.startswith("rusak.pdf: ")
    assert len(done.stderr.splitlines()) == 1
    tables = iki.load(tmp_path / "clean")
    assert len(tables.sheets) == 9
    assert tables.berkas.set_index("berkas").status["rusak.pdf"] == "gagal"


def test_the_story_of_a_value_comes_with_its_picture(folder: Path) -> None:
    sheet = iki.load(folder / "data" / "clean").sheets.sheet_id[0]
    done = run("explain", sheet, "1", "indikator", cwd=folder)
    assert done.returncode == 0, done.stderr
    assert "reading" in done.stdout
    assert (folder / f"{sheet}_1_indikator.png").stat().st_size > 1000
    unknown = run("explain", sheet, "1", "warna", cwd=folder)
    assert unknown.returncode == 2
    assert "penjelasan" in unknown.stderr


def test_the_readme_shows_what_comes_out(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = re.findall(r"^\| (\d) \| (.+?) \| (.+?) \| (.+?) \| (.+?) \|$", readme, re.MULTILINE)
    rows = iki.load(folder / "data" / "clean").indikator
    assert len(shown) == 4
    assert set(shown) <= set(rows[list(ROW_COLUMNS)].itertuples(index=False, name=None))
    monkeypatch.chdir(folder)
    assert doctest.testfile(str(ROOT / "README.md"), module_relative=False).failed == 0

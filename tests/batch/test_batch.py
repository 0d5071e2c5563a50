"""Batches: the same bytes whatever happens, and nobody suffers for another's page."""

from __future__ import annotations

import contextlib
import csv
import dataclasses
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path

import pytest
from batch_fakes import DIES, EATS, FAKES, HANGS, RAISES, SLOW, read_once
from odd_files import CASES
from PIL import Image

from iki.batch import BatchSettings, Outcome, as_json, convert
from iki.batch.conversion import STATE
from iki.batch.decisions import Decision
from iki.batch.events import Event, FileDone, Finished, PageDone, Started, Tabulating
from iki.batch.ledger import FILE, Content, FileRecord, Ledger, PageRecord
from iki.batch.lock import exclusive
from iki.batch.problems import (
    Busy,
    ClusterCertificates,
    DiskFull,
    Interrupted,
    LedgerUnusable,
    NotAdopted,
    NotWritable,
    ReadingLost,
)
from iki.batch.watching import WatchSettings, watch
from iki.batch.workers import crew
from iki.ingest.sources import problems
from iki.messages import Problem
from iki.model import CleanSheet, Document, note
from iki.normalize.sheet import Failed

pytestmark = pytest.mark.slow

HERE = str(Path(__file__).parent.parent)
SHA = "0" * 64
ONE, TWO = BatchSettings(workers=1), BatchSettings(workers=2)
TABLES = ("sheets.csv", "indikator.csv", "koreksi.csv", "berkas.csv", "datapackage.json")


def bundle(path: Path, *levels: int) -> Path:
    """A TIFF of one small page for each grey level; the second pixel numbers them, so that no two are alike."""
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [Image.new("L", (60, 80), level) for level in levels]
    for number, image in enumerate(images):
        image.putpixel((1, 0), number)
    images[0].save(path, save_all=True, append_images=images[1:], compression="tiff_deflate")
    return path


def run(folder: Path, out: Path, settings: BatchSettings = ONE, **options: object) -> Outcome:
    return convert([folder], out, settings, rooms=FAKES, **options)  # type: ignore[arg-type]


def tables(out: Path) -> dict[str, object]:
    """The bytes of every table, but for the one column that may differ."""
    found: dict[str, object] = {name: (out / name).read_bytes() for name in TABLES}
    found["berkas.csv"] = [{**row, "detik": ""} for row in files(out).values()]
    return found


def files(out: Path) -> dict[str, dict[str, str]]:
    with (out / "berkas.csv").open(newline="", encoding="utf-8") as file:
        return {row["berkas"]: row for row in csv.DictReader(file)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    bundle(tmp_path / "masuk" / "a.tif", 200, 201, 202)
    bundle(tmp_path / "masuk" / "b" / "c.tif", 210)
    return tmp_path / "masuk"


def test_what_comes_out(folder: Path, tmp_path: Path) -> None:
    told: list[Event] = []
    outcome = run(folder, tmp_path / "out", listener=told.append)
    assert (outcome.files, outcome.ok, outcome.sheets, outcome.rows, outcome.pages_read) == (2, 2, 4, 4, 4)
    assert outcome.exit_code == 0 and outcome.failures == ()
    rows = files(tmp_path / "out")
    assert [(name, row["halaman"], row["sheet"], row["status"]) for name, row in rows.items()] == [
        ("a.tif", "3", "3", "ok"), ("b/c.tif", "1", "1", "ok"),
    ]  # fmt: skip
    assert float(rows["a.tif"]["detik"]) >= 0
    assert isinstance(told[0], Started) and told[-1] == Finished(outcome)
    assert {(e.file, e.page) for e in told if isinstance(e, PageDone)} == {("a.tif", n) for n in (1, 2, 3)} | {
        ("b/c.tif", 1)
    }
    for event in told:
        assert json.loads(as_json(event))["event"] == type(event).__name__


def test_second_run_reads_only_what_is_new(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    before = tables(out)
    again = run(folder, out)
    assert (again.pages_read, again.pages_kept) == (0, 4) and tables(out) == before
    bundle(folder / "z.tif", 90)
    assert run(folder, out).pages_read == 1
    assert set(files(out)) == {"a.tif", "b/c.tif", "z.tif"}
    bundle(folder / "z.tif", 91, 92)
    assert run(folder, out).pages_read == 2
    assert files(out)["z.tif"]["halaman"] == "2"


def test_same_bytes_whatever_the_workers_and_the_order_of_runs(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "one", ONE)
    run(folder, tmp_path / "two", TWO)
    convert([folder / "b"], tmp_path / "three", ONE, rooms=FAKES)
    run(folder, tmp_path / "three", ONE)
    assert tables(tmp_path / "one") == tables(tmp_path / "two") == tables(tmp_path / "three")


def test_union_of_runs(folder: Path, tmp_path: Path) -> None:
    """What is converted one by one is the same as all at once; nothing vanishes on its own."""
    flat = tmp_path / "rata"
    for name in ("b.tif", "a.tif"):
        bundle(flat / name, *range(100, 100 + len(name)), ord(name[0]))
    run(flat, tmp_path / "at once")
    for name in ("b.tif", "a.tif"):
        convert([flat / name], tmp_path / "one by one", ONE, rooms=FAKES)
    assert tables(tmp_path / "at once") == tables(tmp_path / "one by one")
    (flat / "b.tif").unlink()
    run(flat, tmp_path / "at once")
    assert set(files(tmp_path / "at once")) == {"a.tif", "b.tif"}


def test_copies_are_read_once_and_said_so(folder: Path, tmp_path: Path) -> None:
    shutil.copy(folder / "a.tif", folder / "0 salinan.tif")
    out = tmp_path / "out"
    outcome = run(folder, out)
    assert (outcome.pages_read, outcome.duplicates, outcome.sheets) == (4, 1, 4)
    rows = files(out)
    assert rows["0 salinan.tif"]["sheet"] == "3" and rows["a.tif"]["sheet"] == "0"
    assert "0 salinan.tif" in rows["a.tif"]["pesan"] and rows["a.tif"]["status"] == "ok"
    later = tmp_path / "later"
    convert([folder / "a.tif"], later, ONE, rooms=FAKES)
    convert([folder], later, ONE, rooms=FAKES)
    assert tables(later) == tables(out)


def test_force_reads_all_anew(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out")
    before = tables(tmp_path / "out")
    assert run(folder, tmp_path / "out", dataclasses.replace(ONE, force=True)).pages_read == 4
    assert tables(tmp_path / "out") == before


def test_another_configuration_reads_anew_another_vocabulary_does_not(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    assert run(folder, out, dataclasses.replace(ONE, engine="tesseract")).pages_read == 4
    changed = dataclasses.replace(
        FAKES, clean=lambda documents, settings, failed: list(documents)[:0], program=lambda: "another"
    )
    outcome = convert([folder], out, dataclasses.replace(ONE, engine="tesseract"), rooms=changed)
    assert (outcome.pages_read, outcome.sheets) == (0, 0)


def test_a_page_takes_nobody_with_it(tmp_path: Path) -> None:
    """Death, a hang, gluttony and a bug on four pages of nine: five are read, four named."""
    bundle(tmp_path / "in" / "a.tif", 200, DIES, 201, HANGS, 202, EATS, 203, RAISES, 204)
    bundle(tmp_path / "in" / "b.tif", 211)
    settings = dataclasses.replace(TWO, page_seconds=4.0)
    outcome = run(tmp_path / "in", tmp_path / "out", settings)
    assert (outcome.ok, outcome.partial, outcome.failed, outcome.sheets) == (1, 1, 0, 6)
    row = files(tmp_path / "out")["a.tif"]
    assert row["status"] == "sebagian" and outcome.exit_code == 3
    for page in (2, 4, 6, 8):
        assert f"Halaman {page}:" in row["pesan"]
    for word in ("mati", "detik", "memori", "kesalahan program"):
        assert word in row["pesan"]
    assert outcome.failures[0].pesan == row["pesan"]
    again = run(tmp_path / "in", tmp_path / "out", dataclasses.replace(settings, page_seconds=2.0))
    assert (again.pages_read, again.pages_kept) == (4, 6), "what failed for the moment is tried again"


def test_a_page_lost_once_is_read_at_the_second_try(tmp_path: Path) -> None:
    bundle(tmp_path / "in" / "a.tif", 200, 201)
    forgetful = dataclasses.replace(FAKES, read=partial(read_once, tmp_path))
    outcome = convert([tmp_path / "in"], tmp_path / "out", TWO, rooms=forgetful)
    assert (outcome.ok, outcome.sheets) == (1, 2)


def test_many_failed_pages_are_counted(tmp_path: Path) -> None:
    bundle(tmp_path / "in" / "a.tif", *[RAISES] * 9)
    row = run(tmp_path / "in", tmp_path / "out").failures[0]
    assert row.status == "gagal" and "4 halaman lain" in row.pesan


def test_every_odd_file_has_its_row(tmp_path: Path) -> None:
    """One run over all of them; each bad one is named with its own sentence, each good one is read."""
    folder = tmp_path / "in"
    folder.mkdir()
    for case in CASES:
        case.make(folder / case.name)
    for name in ("kutip\"'.tif", "baris\nbaru.tif", "عربي.tif", "=1+1.tif"):
        bundle(folder / name, len(name.encode()))
    told: list[Event] = []
    outcome = run(folder, tmp_path / "out", TWO, listener=told.append)
    rows = files(tmp_path / "out")
    loud = {e.file: e.message for e in told if isinstance(e, FileDone | PageDone) and e.message}
    for case in CASES:
        if case.name == "folder.pdf":
            continue  # a folder called .pdf is a folder, and empty
        row = rows.pop(case.name)
        if case.problem is None:
            assert row["status"] in ("ok", "sebagian"), row
        elif case.name == "sebagian.tif":
            assert row["status"] == "sebagian" and row["pesan"] == loud[case.name]
        else:
            assert row["status"] == "gagal" and row["pesan"].endswith(loud[case.name]) and row["sheet"] == "0"
    assert set(rows) == {"kutip\"'.tif", "baris\\nbaru.tif", "عربي.tif", "=1+1.tif"}
    assert all(row["status"] == "ok" for row in rows.values())
    assert {row.berkas for row in outcome.failures} >= {c.name for c in CASES if c.problem and c.name != "folder.pdf"}


def test_files_passed_over_have_a_row(folder: Path, tmp_path: Path) -> None:
    (folder / "b" / "surat.xlsx").write_text("surat")
    for _ in range(2):
        outcome = run(folder, tmp_path / "out")
        assert (outcome.passed_over, outcome.failed, outcome.exit_code) == (1, 1, 3)
    row = files(tmp_path / "out")["b/surat.xlsx"]
    assert row["status"] == "gagal" and ".xlsx" in row["pesan"]


def test_file_without_a_sheet_fails(tmp_path: Path) -> None:
    empty = dataclasses.replace(FAKES, assemble=lambda file, sha256, pages: dataclasses.replace(
        FAKES.assemble(file, sha256, []), notes=(note("ingest_blank_page", page=1),)))  # fmt: skip
    bundle(tmp_path / "in" / "a.tif", 200)
    row = convert([tmp_path / "in"], tmp_path / "out", ONE, rooms=empty).failures[0]
    assert row.status == "gagal" and "IKI" in row.pesan and row.pesan.endswith("Halaman 1 kosong.")


def test_a_bug_in_one_file_leaves_the_tables_of_others(folder: Path, tmp_path: Path) -> None:
    def assemble(file: str, sha256: str, pages: object) -> object:
        if file == "a.tif":
            raise IndexError("a bug")
        return FAKES.assemble(file, sha256, pages)  # type: ignore[arg-type]

    outcome = convert([folder], tmp_path / "out", ONE, rooms=dataclasses.replace(FAKES, assemble=assemble))
    assert (outcome.ok, outcome.failed, outcome.sheets) == (1, 1, 1)


def test_a_bug_with_one_sheet_leaves_the_others_of_its_file(folder: Path, tmp_path: Path) -> None:
    def clean(documents: Iterable[Document], settings: BatchSettings, failed: Failed) -> list[CleanSheet]:
        documents = list(documents)
        failed(documents[0], documents[0].sheets[1], IndexError("a bug"))
        return [s for s in FAKES.clean(documents, settings, failed) if s.first_page != 2]

    outcome = convert([folder], tmp_path / "out", ONE, rooms=dataclasses.replace(FAKES, clean=clean))
    assert (outcome.ok, outcome.partial, outcome.sheets) == (1, 1, 3)
    assert files(tmp_path / "out")["a.tif"]["sheet"] == "2"
    assert "Halaman 2:" in outcome.failures[0].pesan and "kesalahan program" in outcome.failures[0].pesan


def test_text_dump_is_a_source(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "d.txt").write_text("INDIKATOR")
    outcome = run(tmp_path / "in", tmp_path / "out")
    assert (outcome.sheets, outcome.pages_read, outcome.ok) == (1, 1, 1)
    assert "INDIKATOR of 1" in (tmp_path / "out" / "indikator.csv").read_text()
    assert run(tmp_path / "in", tmp_path / "out").pages_read == 0


@pytest.mark.parametrize("fault", ["a bug on draft", "a death on draft", "a bug on read", "a death on read"])
def test_a_sheet_of_a_dump_that_fails_costs_itself_alone(tmp_path: Path, fault: str) -> None:
    source = tmp_path / "d.txt"
    source.write_text("\n".join(["one", fault, "three", "four", "five"]))
    outcome = convert([source], tmp_path / "out", ONE, rooms=FAKES)
    assert (outcome.sheets, outcome.partial) == (4, 1)
    assert "Lembar 2 (baris 2–2)" in outcome.failures[0].pesan
    text = (tmp_path / "out" / "indikator.csv").read_text()
    assert "five of 2" in text and ("one of 3" if fault.endswith("read") else "one of 1") in text
    source.write_text("\n".join(["one", "two", "three", "four", "five"]))
    assert convert([source], tmp_path / "out", ONE, rooms=FAKES).exit_code == 0


def test_a_dump_cut_off_goes_on_at_the_next_sheet_and_gives_the_same(tmp_path: Path) -> None:
    source = tmp_path / "d.txt"
    source.write_text("\n".join(f"sheet {n}" for n in range(1, 12)))
    whole = convert([source], tmp_path / "whole", ONE, rooms=FAKES)

    def cut(event: Event) -> None:
        if isinstance(event, PageDone) and event.page == 5:
            raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        convert([source], tmp_path / "out", ONE, cut, FAKES)
    outcome = convert([source], tmp_path / "out", ONE, rooms=FAKES)
    assert outcome.pages_kept >= 3 and outcome.pages_kept + outcome.pages_read == 11
    assert (outcome.sheets, whole.sheets) == (11, 11)
    same = [(tmp_path / out / "indikator.csv").read_bytes() for out in ("out", "whole")]
    assert same[0] == same[1]


def test_file_vanishing_or_growing_while_running(folder: Path, tmp_path: Path) -> None:
    bundle(folder / "y.tif", *[SLOW] * 12)
    bundle(folder / "z.tif", 91)

    def meddle(event: Event) -> None:
        if isinstance(event, Started):
            (folder / "z.tif").unlink()
        if isinstance(event, PageDone) and event.file == "y.tif" and event.page == 1:
            with (folder / "y.tif").open("ab") as file:
                file.write(b"more")

    outcome = run(folder, tmp_path / "out", listener=meddle)
    said = {row.berkas: row.pesan for row in outcome.failures}
    assert "berubah" in said["y.tif"] and "sudah tidak ada" in said["z.tif"] and outcome.ok == 2
    bundle(folder / "z.tif", 91)
    assert run(folder, tmp_path / "out").failures == ()


def test_known_file_that_cannot_be_read_keeps_its_tables(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out")
    data = (folder / "a.tif").read_bytes()

    def remove(event: Event) -> None:
        if isinstance(event, Started):
            (folder / "a.tif").unlink(missing_ok=True)

    outcome = run(folder, tmp_path / "out", listener=remove)
    assert outcome.sheets == 4 and files(tmp_path / "out")["a.tif"]["status"] == "sebagian"
    (folder / "a.tif").write_bytes(data)
    assert run(folder, tmp_path / "out").exit_code == 0


# --- the folder over the years ----------------------------------------------------------------------------------------


def rows(out: Path) -> list[tuple[str, str]]:
    """File and reading of every row, sorted."""
    with (out / "sheets.csv").open(newline="", encoding="utf-8") as file:
        names = {row["sheet_id"]: row["berkas"] for row in csv.DictReader(file)}
    with (out / "indikator.csv").open(newline="", encoding="utf-8") as file:
        found = [(names[row["sheet_id"]], row["indikator"].split(" / ")[0]) for row in csv.DictReader(file)]
    return sorted(found)


def contents(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


@pytest.mark.parametrize("loss", ["gone", "empty", "older"])
def test_tables_without_their_ledger_are_refused_or_adopted(folder: Path, tmp_path: Path, loss: str) -> None:
    out, other = tmp_path / "out", tmp_path / "lain"
    bundle(other / "x.tif", 90)
    run(other, out)
    older = (out / STATE / FILE).read_bytes()
    run(folder, out)
    (folder / "a.tif").unlink()  # nothing but the tables knows it any more
    before, standing = contents(out), rows(out)
    shutil.rmtree(out / STATE)
    if loss != "gone":
        (out / STATE).mkdir()
        (out / STATE / FILE).write_bytes(older if loss == "older" else b"")
    with pytest.raises(NotAdopted, match=r"a\.tif"):
        run(folder, out)
    assert contents(out) == before
    outcome = run(folder, out, dataclasses.replace(ONE, adopt=True))
    assert rows(out) == standing and outcome.sheets == 5
    told = files(out)
    assert "belum dapat dibaca ulang" in told["a.tif"]["pesan"] and told["a.tif"]["status"] == "ok"
    assert told["b/c.tif"]["pesan"] == "", "what was read again is adopted no more"
    run(folder, out)
    assert rows(out) == standing
    bundle(folder / "a.tif", 200, 201, 202)
    run(folder, out)
    assert rows(out) == standing and files(out)["a.tif"]["pesan"] == ""


def test_adopted_tables_that_are_read_again_are_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    before = contents(out)
    shutil.rmtree(out / STATE)
    run(folder, out, dataclasses.replace(ONE, adopt=True))
    assert contents(out) == before, "detik too"


def test_tables_that_are_none_of_ours_are_left_alone(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    for text in ("id;nilai\n1;2\n", 'berkas,sha256\n"a', "berkas\n\xff", ""):
        (out / "berkas.csv").write_bytes(text.encode("latin-1"))
        with pytest.raises(Problem, match=r"berkas\.csv"):
            run(folder, out, dataclasses.replace(ONE, adopt=True))
        assert (out / "berkas.csv").read_bytes() == text.encode("latin-1")


def test_a_damaged_reading_is_read_again(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    before = contents(out)
    for damage in ("UPDATE pages SET body = x'00' WHERE page = 2", "DELETE FROM pages WHERE page = 3"):
        with contextlib.closing(sqlite3.connect(out / STATE / FILE)) as db, db:
            db.execute(damage)
        outcome = run(folder, out)
        assert (outcome.pages_read, outcome.exit_code) == (1, 0) and contents(out) == before
    with contextlib.closing(sqlite3.connect(out / STATE / FILE)) as db, db:
        db.execute("DELETE FROM pages WHERE page = 3")
    with pytest.raises(ReadingLost, match=r"a\.tif"):
        run(folder / "b", out)
    assert contents(out) == before


def test_same_name_other_content_keeps_both(tmp_path: Path) -> None:
    a, b, out = tmp_path / "A", tmp_path / "B", tmp_path / "out"
    bundle(a / "scan.tif", 100)
    bundle(b / "scan.tif", 110)
    run(a, out)
    assert run(b, out).suffixed == 1
    assert sorted(files(out)) == ["scan.tif", "scan.tif~2"]
    assert "scan.tif" in files(out)["scan.tif~2"]["pesan"]
    for _ in range(2):
        assert run(b, out).suffixed == 0 and sorted(files(out)) == ["scan.tif", "scan.tif~2"]
    bundle(b / "scan.tif", 120)
    assert (run(b, out).replaced, len(rows(out))) == (1, 2), "changed where it lies"
    outcome = convert([a, b], out, ONE, rooms=FAKES)
    convert([a, b], tmp_path / "fresh", ONE, rooms=FAKES)
    assert outcome.pages_read == 0 and tables(out) == tables(tmp_path / "fresh")


def test_moved_files_take_their_rows_along(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run(folder, out)
    (folder / "a.tif").rename(folder / "z.tif")
    outcome = run(folder, out)
    assert (outcome.renamed, outcome.pages_read, set(files(out))) == (1, 0, {"z.tif", "b/c.tif"})
    folder.rename(tmp_path / "pindah")
    outcome = run(tmp_path / "pindah", out)
    assert (outcome.pages_read, set(files(out))) == (0, {"z.tif", "b/c.tif"})
    run(tmp_path / "pindah", tmp_path / "fresh")
    assert tables(out) == tables(tmp_path / "fresh")
    a, b = tmp_path / "pindah" / "z.tif", tmp_path / "pindah" / "b" / "c.tif"
    held = a.read_bytes()
    a.write_bytes(b.read_bytes())
    b.write_bytes(held)
    run(tmp_path / "pindah", out)
    run(tmp_path / "pindah", tmp_path / "fresh again")
    assert tables(out) == tables(tmp_path / "fresh again"), "two that changed places"


def test_warnings_stay_whatever_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder, out = tmp_path / "in", tmp_path / "out"
    bundle(folder / "a.tif", 200, RAISES)
    repaired = next(case for case in CASES if case.name == "sampah-akhir.pdf")
    repaired.make(folder / repaired.name)
    first = run(folder, out)
    assert (first.partial, first.exit_code) == (2, 3)
    before = tables(out)
    monkeypatch.setenv("IKI_LANG", "en")
    again = run(folder, out)
    assert (again.partial, again.exit_code) == (2, 3) and tables(out) == before
    assert any("pieced together" in row.pesan for row in again.failures)


def test_the_state_of_a_folder_is_its_owners_alone(folder: Path, tmp_path: Path) -> None:
    run(folder, tmp_path / "out")
    state = tmp_path / "out" / STATE
    assert state.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in state.iterdir()} == {0o600}


def test_tables_grow_while_a_run_goes_on(folder: Path, tmp_path: Path) -> None:
    out, seen = tmp_path / "out", []

    def look(event: Event) -> None:
        if isinstance(event, PageDone) and event.file == "b/c.tif":
            seen.append(sorted(files(out)))

    at_once = dataclasses.replace(ONE, growth_seconds=0.0, growth_share=1e9, pages_in_flight=1)
    run(folder, out, at_once, listener=look)
    assert seen == [["a.tif"]]


def test_the_package_says_by_whom_it_was_read(folder: Path, tmp_path: Path) -> None:
    without = dataclasses.replace(FAKES, reader=lambda engine: {"engine": engine, "tesseract": ""})
    convert([folder / "b"], tmp_path / "out", ONE, rooms=without)
    run(folder, tmp_path / "out", dataclasses.replace(ONE, engine="tesseract"))
    made = json.loads((tmp_path / "out" / "datapackage.json").read_text())["iki"]
    assert made["settings"] == {"review_budget": None, "max_risk": None}
    assert [(reader["engine"], reader["files"]) for reader in made["readers"]] == [("tesseract", 2)]
    outcome = convert([folder / "a.tif"], tmp_path / "lone", ONE, rooms=without)
    assert outcome.without_tesseract and "tanpa Tesseract" in files(tmp_path / "lone")["a.tif"]["pesan"]


def test_nothing_new_writes_nothing(folder: Path, tmp_path: Path) -> None:
    out, told = tmp_path / "out", list[Event]()
    bundle(folder / "rusak.tif", 200, RAISES)
    never = dataclasses.replace(FAKES, clean=lambda *_: pytest.fail("cleaned again"))
    first = run(folder, out)
    (folder / "rusak.tif").unlink()
    second = run(folder, out)
    third = convert([folder], out, ONE, told.append, never)
    assert dataclasses.replace(third, seconds=second.seconds) == second and first.failures
    assert not any(isinstance(event, Tabulating) for event in told)
    before = (out / "sheets.csv").read_bytes()
    (out / "sheets.csv").write_bytes(b"touched")
    run(folder, out)
    assert (out / "sheets.csv").read_bytes() == before


# --- ends before the end ----------------------------------------------------------------------------------------------

DRIVER = """
import signal
import sys
sys.path.insert(0, sys.argv[1])
from pathlib import Path
from iki.batch import BatchSettings, convert
from iki.batch.problems import Interrupted
from batch_fakes import FAKES

def tell(event):
    print(type(event).__name__, flush=True)

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # as at a terminal, also where tests run in the background
    try:
        convert([Path(sys.argv[2])], Path(sys.argv[3]), BatchSettings(workers=2), tell, FAKES)
    except Interrupted as said:
        print(said, flush=True)
        sys.exit(130)
"""


def driver(tmp_path: Path, folder: Path, out: Path) -> subprocess.Popen[str]:
    script = tmp_path / "driver.py"
    script.write_text(DRIVER)
    command = [sys.executable, str(script), HERE, str(folder), str(out)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)


def until(process: subprocess.Popen[str], event: str, times: int = 1) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        times -= line.startswith(event)
        if times == 0:
            return
    raise AssertionError(f"no {event}")


def workers_of(pid: int) -> list[int]:
    """All processes that a process has started, and those that they have."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = dict(map(int, line.split()) for line in listed.splitlines())
    found = [pid]
    for parent in found:
        found += [child for child, its_parent in parents.items() if its_parent == parent]
    return found[1:]


def gone(pids: list[int]) -> bool:
    return not any(
        Path(f"/proc/{pid}").exists() and "Z" not in Path(f"/proc/{pid}/stat").read_text().split()[2] for pid in pids
    )


def within(seconds: float, condition: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.05)
    return condition()


def test_killed_again_and_again_ends_in_the_same_bytes(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    bundle(folder / "a.tif", *[SLOW] * 9)
    bundle(folder / "b.tif", *[SLOW] * 5, 200)
    run(folder, tmp_path / "whole", TWO)
    for pages in (1, 3, 5):
        process = driver(tmp_path, folder, tmp_path / "out")
        until(process, "PageDone", pages)
        workers = workers_of(process.pid)
        assert len(workers) >= 3
        process.kill()
        process.wait()
        assert within(10, lambda workers=workers: gone(workers)), "no worker outlives its driver"
    outcome = run(folder, tmp_path / "out", TWO)
    assert outcome.pages_kept >= 9 and tables(tmp_path / "out") == tables(tmp_path / "whole")


def test_killed_while_writing_tables(folder: Path, tmp_path: Path) -> None:
    """A run that ends between two tables is put right by the next."""
    run(folder, tmp_path / "whole")
    out = tmp_path / "out"

    def stop(sheets: object, rows: object, where: Path, made: object) -> None:
        where.mkdir(exist_ok=True)
        (where / ".sheets.csv.baru").write_text("half")
        raise KeyboardInterrupt

    with pytest.raises(Interrupted):
        convert([folder], out, ONE, rooms=dataclasses.replace(FAKES, write=stop))
    run(folder, out)
    assert tables(out) == tables(tmp_path / "whole")


def test_workers_that_all_die_at_once_are_replaced(tmp_path: Path) -> None:
    """The workers, the opener and the server that they come from: killed from without while pages are under way."""
    bundle(tmp_path / "in" / "a.tif", *[SLOW] * 8)
    bundle(tmp_path / "in" / "b.tif", 200, 201)
    struck = []

    def strike(event: Event) -> None:
        if isinstance(event, PageDone) and not struck:
            struck.extend(workers_of(os.getpid()))
            for pid in struck:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    outcome = run(tmp_path / "in", tmp_path / "out", TWO, listener=strike)
    again = run(tmp_path / "in", tmp_path / "out", TWO)
    assert struck and again.exit_code == 0 and again.sheets == 10
    run(tmp_path / "in", tmp_path / "whole", TWO)
    assert tables(tmp_path / "out") == tables(tmp_path / "whole") and outcome.files == 2


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_politely(tmp_path: Path, number: signal.Signals) -> None:
    folder = tmp_path / "in"
    bundle(folder / "a.tif", *[SLOW] * 40)
    process = driver(tmp_path, folder, tmp_path / "out")
    until(process, "PageDone", 2)
    workers = workers_of(process.pid)
    os.killpg(process.pid, number) if number == signal.SIGINT else process.send_signal(number)
    rest = process.communicate(timeout=30)[0]
    assert process.returncode == 130 and "halaman sudah selesai" in rest
    assert within(5, lambda: gone(workers))
    assert not (tmp_path / "out" / "sheets.csv").exists()
    assert run(folder, tmp_path / "out").pages_kept >= 2


def test_second_run_on_a_folder_refuses(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    with exclusive(out / STATE, 0), pytest.raises(Busy) as caught, ThreadedLock(out / STATE):
        pass
    assert str(os.getpid()) in str(caught.value) and str(out) in str(caught.value)
    assert run(folder, out).exit_code == 0


class ThreadedLock:
    """flock is per open file: another attempt within this process is refused as another process' would be."""

    def __init__(self, where: Path) -> None:
        self._lock = exclusive(where, 0.3)

    def __enter__(self) -> None:
        self._lock.__enter__()

    def __exit__(self, *error: object) -> None:
        self._lock.__exit__(None, None, None)


def test_output_that_cannot_be_written(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file where a folder should be")
    with pytest.raises(NotWritable):
        run(folder, tmp_path / "out")


def test_nothing_to_convert(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with pytest.raises(problems.NothingFound):
        run(tmp_path / "in", tmp_path / "out")
    assert not (tmp_path / "out").exists()


# --- ledger -----------------------------------------------------------------------------------------------------------


def test_full_disk_is_told_and_survived(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is told that it may not grow: what it says then is what it says on a full disk."""
    out = tmp_path / "out"
    run(folder, tmp_path / "whole")
    connect = sqlite3.connect

    def small(*args: object, **options: object) -> sqlite3.Connection:
        db = connect(*args, **options)  # type: ignore[call-overload]
        db.execute("PRAGMA max_page_count = 13")
        return db

    bundle(folder / "besar.tif", *range(60, 120))
    run(folder, tmp_path / "whole")
    with monkeypatch.context() as patched:
        patched.setattr(sqlite3, "connect", small)
        with pytest.raises(DiskFull):
            run(folder, out)
    assert run(folder, out).exit_code == 0
    assert tables(out) == tables(tmp_path / "whole")


def test_full_disk_while_writing_tables(folder: Path, tmp_path: Path) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(DiskFull):
        convert([folder], tmp_path / "out", ONE, rooms=dataclasses.replace(FAKES, write=full))
    assert run(folder, tmp_path / "out").pages_kept == 4


def test_damaged_or_foreign_ledger_is_told(folder: Path, tmp_path: Path) -> None:
    where = tmp_path / "out" / STATE / FILE
    where.parent.mkdir(parents=True)
    where.write_bytes(b"not a database" * 100)
    with pytest.raises(LedgerUnusable):
        run(folder, tmp_path / "out")
    where.unlink()
    with sqlite3.connect(where) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    with pytest.raises(LedgerUnusable):
        run(folder, tmp_path / "out")


def test_decisions_are_only_ever_added(tmp_path: Path) -> None:
    first = Decision("2026-01-01T00:00:00", "a", "x-001", "1", "indikator", "lama", "baru")
    with Ledger(tmp_path) as ledger:
        ledger.decide([first])
        ledger.decide([dataclasses.replace(first, decided="lain")])
        assert [d.decided for d in ledger.decisions()] == ["baru", "lain"]
    with sqlite3.connect(tmp_path / FILE) as db:
        for statement in ("UPDATE decisions SET decided = ''", "DELETE FROM decisions"):
            with pytest.raises(sqlite3.DatabaseError):
                db.execute(statement)
    db.close()


def test_ledger_keeps_configurations_apart(tmp_path: Path) -> None:
    with Ledger(tmp_path) as ledger:
        ledger.put_page(SHA, "old", PageRecord(1, b"x", None, False, 1.0))
        ledger.put_page(SHA, "new", PageRecord(1, None, problems.PageDamaged(page=1), False, 1.0))
        ledger.put_page(SHA, "new", PageRecord(2, None, problems.PageTooSlow(page=2, limit=1.0), True, 1.0))
        assert ledger.settled(SHA, "new") == {1}
        assert ledger.content(SHA) is None and ledger.files() == []
        done = Content(SHA, "new", "pdf", 2)
        ledger.put_content(done)
        ledger.put_file(FileRecord("f", SHA))
        assert ledger.settled(SHA, "old") == set() and ledger.unsettled(done)
        (page, slow) = ledger.pages(done)
        assert str(page.problem) == str(problems.PageDamaged(page=1)) and slow.transient
        assert ledger.files() == [(FileRecord("f", SHA), done)]


# --- watching ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[tuple[Path, Path, list[Outcome]]]:
    """A folder under watch, its output, and the outcomes so far."""
    folder, out, outcomes, stop = tmp_path / "in", tmp_path / "in" / "hasil", [], threading.Event()
    folder.mkdir()
    pace = WatchSettings(settle_seconds=0.6, poll_seconds=0.1, rescan_seconds=30, lock_seconds=5)
    thread = threading.Thread(
        target=watch,
        args=([folder], out, ONE),
        kwargs={"rooms": FAKES, "pace": pace, "stop": stop, "finished": outcomes.append},
    )
    thread.start()
    yield folder, out, outcomes
    stop.set()
    thread.join(20)
    assert not thread.is_alive()


def test_watched_folder_keeps_tables_current(watched: tuple[Path, Path, list[Outcome]], tmp_path: Path) -> None:
    folder, out, outcomes = watched
    data = bundle(tmp_path / "a.tif", 200, 201).read_bytes()
    with (folder / "a.tif").open("wb") as slow:  # copied in two halves
        slow.write(data[: len(data) // 2])
        slow.flush()
        time.sleep(0.35)
        slow.write(data[len(data) // 2 :])
    assert within(20, lambda: len(outcomes) == 1)
    assert (outcomes[0].ok, outcomes[0].sheets) == (1, 2), "never looked at by halves"
    bundle(folder / "unit" / "b.tif", 210)
    assert within(20, lambda: len(outcomes) == 2)
    assert set(files(out)) == {"a.tif", "unit/b.tif"} and outcomes[1].pages_read == 1
    time.sleep(1.0)
    assert len(outcomes) == 2, "its own tables are no news"


# --- cluster ----------------------------------------------------------------------------------------------------------


def test_cluster_with_a_killed_worker_gives_the_same_bytes(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    folder = tmp_path / "in"
    bundle(folder / "a.tif", *[SLOW] * 16)
    bundle(folder / "b.tif", 200, RAISES)
    run(folder, tmp_path / "local", TWO)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([HERE, os.environ.get("PYTHONPATH", "")])}
    local = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    address = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment, "cwd": tmp_path}
    scheduler = [sys.executable, "-m", "distributed.cli.dask_scheduler", *local, "--scheduler-file", str(address)]
    started = [subprocess.Popen(scheduler, **quiet)]
    try:
        assert within(30, address.exists)
        options = ["--scheduler-file", str(address), "--nthreads", "1", "--no-nanny", "--no-dashboard"]
        worker = [sys.executable, "-m", "distributed.cli.dask_worker", *options]
        started += [subprocess.Popen(worker, **quiet) for _ in range(2)]

        def kill_one(event: Event) -> None:
            if isinstance(event, PageDone) and event.page == 3:
                started[1].kill()

        settings = dataclasses.replace(ONE, scheduler=json.loads(address.read_text())["address"], connect_seconds=30.0)
        outcome = run(folder, tmp_path / "cluster", settings, listener=kill_one)
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()
    assert outcome.pages_read == 18 and started[1].returncode == -signal.SIGKILL
    assert tables(tmp_path / "cluster") == tables(tmp_path / "local")


def test_encryption_is_whole_or_refused(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    some = tmp_path / "ca.pem"
    for address, files in (
        ("tls://127.0.0.1:1", {}),
        ("tls://127.0.0.1:1", {"tls_ca_file": some}),
        ("tls://127.0.0.1:1", {"tls_cert": some, "tls_key": some}),
        ("tcp://127.0.0.1:1", {"tls_ca_file": some, "tls_cert": some}),
    ):
        with pytest.raises(ClusterCertificates), crew(dataclasses.replace(ONE, scheduler=address, **files)):
            pass


@pytest.mark.skipif(shutil.which("openssl") is None, reason="no openssl to make certificates with")
def test_a_cluster_is_reached_with_certificates(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    certificate, key, address = tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "scheduler.json"
    made = ["-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    subprocess.run(["openssl", "req", *made, "-keyout", key, "-out", certificate], check=True, capture_output=True)
    files = {"tls_ca_file": certificate, "tls_cert": certificate, "tls_key": key}
    options = [str(part) for name, file in files.items() for part in (f"--{name.replace('_', '-')}", file)]
    local = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0", "--protocol", "tls"]
    commands = [
        ["dask_scheduler", *local, "--scheduler-file", str(address), *options],
        ["dask_worker", "--scheduler-file", str(address), "--no-nanny", "--no-dashboard", *options],
    ]
    started: list[subprocess.Popen[bytes]] = []
    try:
        for module, *rest in commands:
            command = [sys.executable, "-m", f"distributed.cli.{module}", *rest]
            started.append(subprocess.Popen(command, stderr=subprocess.DEVNULL, cwd=tmp_path))
            assert within(30, address.exists)
        settings = dataclasses.replace(ONE, scheduler=json.loads(address.read_text())["address"], connect_seconds=30.0)
        assert str(settings.scheduler).startswith("tls://")
        with crew(dataclasses.replace(settings, **files)) as workers:
            assert workers.executor.submit(os.getpid).result() == started[1].pid
    finally:
        for process in reversed(started):
            process.kill()
            process.wait()

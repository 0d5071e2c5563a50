"""A folder of tables over the years: damaged, repaired, looked through, and files taken out of it."""

from __future__ import annotations

import csv
import random
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from batch_fakes import FAKES
from PIL import Image

from iki.batch import BatchSettings, convert
from iki.batch.conversion import STATE
from iki.batch.decisions import Decision
from iki.batch.holdings import forget, holdings, leaving
from iki.batch.ledger import FILE, TABLES, Ledger
from iki.batch.problems import LedgerNewer, LedgerUnusable
from iki.batch.repair import repair
from iki.export.tables import DESCRIPTION, flag_limit
from iki.messages import Problem, sentence

pytestmark = pytest.mark.slow

ONE = BatchSettings(workers=1)


def bundle(path: Path, *levels: int) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    images = [Image.new("L", (60, 80), level) for level in levels]
    images[0].save(path, save_all=True, append_images=images[1:], compression="tiff_deflate")
    return path


def rows(out: Path) -> set[tuple[str, str, str]]:
    """File, page and reading of every row of the tables."""
    with (out / "sheets.csv").open(newline="", encoding="utf-8") as file:
        names = {row["sheet_id"]: row["berkas"] for row in csv.DictReader(file)}
    with (out / "indikator.csv").open(newline="", encoding="utf-8") as file:
        return {(names[r["sheet_id"]], r["halaman"], r["indikator"].split(" / ")[0]) for r in csv.DictReader(file)}


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path]:
    """Sources and the folder that they were converted into; of one file the source is gone."""
    folder, out = tmp_path / "in", tmp_path / "out"
    bundle(folder / "a.tif", 200, 201, 202)
    bundle(folder / "b" / "c.tif", 210, 211)
    bundle(folder / "b" / "hilang.tif", 220)
    convert([folder], out, ONE, rooms=FAKES)
    (folder / "b" / "hilang.tif").unlink()
    return folder, out


def test_a_sound_folder_needs_nothing(made: tuple[Path, Path]) -> None:
    assert repair(made[1]) == []


@pytest.mark.parametrize("seed", range(15))
def test_random_damage_costs_no_row(made: tuple[Path, Path], seed: int) -> None:
    """Whatever bytes of the ledger are lost: a run mends it or says a sentence, and after a repair all is there."""
    folder, out = made
    before = rows(out)
    ledger, chance = out / STATE / FILE, random.Random(seed)
    data = bytearray(ledger.read_bytes())
    start, length = chance.randrange(len(data)), chance.choice([1, 2, 16, 300, 5000])
    damage = chance.randbytes(length) if chance.random() < 0.7 else bytes(length)
    data[start : start + length] = damage[: len(data) - start]
    if chance.random() < 0.15:
        del data[chance.randrange(len(data)) :]
    ledger.write_bytes(data)
    try:
        convert([folder], out, ONE, rooms=FAKES)
    except Problem as problem:
        assert "\n" not in str(problem)
    assert rows(out) >= before
    for remark in repair(out):
        assert sentence(remark.key, **remark.values)
    convert([folder], out, ONE, rooms=FAKES)
    assert rows(out) >= before


@pytest.mark.parametrize("table", TABLES)
def test_a_lost_table_or_column_is_told_and_mended(made: tuple[Path, Path], table: str) -> None:
    folder, out = made
    before = rows(out)
    for damage in (f"DROP TABLE {table}", f"ALTER TABLE {table} RENAME TO lain"):
        with closing(sqlite3.connect(out / STATE / FILE)) as db, db:
            db.execute(damage)
        with pytest.raises(LedgerUnusable):
            convert([folder], out, ONE, rooms=FAKES)
        assert rows(out) == before
        assert next(remark.key for remark in repair(out)) == "repair_ledger"
        convert([folder], out, ONE, rooms=FAKES)
        assert rows(out) == before


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE readers SET described = CAST(x'7b22ff' AS TEXT)",
        "UPDATE files SET sha256 = 'x'",
        "UPDATE contents SET kind = 'x'",
        "UPDATE contents SET pages = 1",
        "UPDATE published SET told = '{'",
        "DELETE FROM files",
        "DELETE FROM pages",
        "DELETE FROM contents",
        "DELETE FROM files; DELETE FROM pages",
    ],
)
def test_rows_that_make_no_sense_are_mended(made: tuple[Path, Path], damage: str) -> None:
    folder, out = made
    before = rows(out)
    with closing(sqlite3.connect(out / STATE / FILE)) as db, db:
        db.executescript(damage)
        db.execute("DELETE FROM departed")  # a trigger takes what SQL changes for a file that was taken out
    try:
        convert([folder], out, ONE, rooms=FAKES)
    except Problem as problem:
        assert "iki doctor" in str(problem) or "--adopt" in str(problem)
    assert rows(out) == before
    repair(out)
    convert([folder], out, ONE, rooms=FAKES)
    assert rows(out) == before


def test_a_ledger_of_a_later_version_is_left_alone(made: tuple[Path, Path]) -> None:
    with closing(sqlite3.connect(made[1] / STATE / FILE)) as db, db:
        db.execute("PRAGMA user_version = 50")
    with pytest.raises(LedgerNewer):
        repair(made[1])


def test_damaged_tables_are_put_aside_and_written_anew(made: tuple[Path, Path]) -> None:
    folder, out = made
    before = rows(out)
    (out / "berkas.csv").write_text('berkas,sha256\n"cut')
    with pytest.raises(Problem, match=r"berkas\.csv"):
        convert([folder], out, ONE, rooms=FAKES)
    assert [remark.key for remark in repair(out)] == ["repair_tables"]
    convert([folder], out, ONE, rooms=FAKES)
    assert rows(out) == before and (out / "berkas.csv.rusak-1").exists()


def test_what_a_folder_holds(made: tuple[Path, Path]) -> None:
    folder, out = made
    bundle(folder / "b" / "baru.tif", 90)
    found = holdings(out)
    assert [file.berkas for file in found.files] == ["a.tif", "b/c.tif", "b/hilang.tif"]
    assert (found.missing, found.new, found.unplaced, found.unfinished) == (("b/hilang.tif",), ("b/baru.tif",), (), ())
    with pytest.raises(Problem):
        holdings(folder)


def test_files_are_taken_out_when_told_and_decisions_stay(made: tuple[Path, Path]) -> None:
    folder, out = made
    shutil.copy(folder / "a.tif", folder / "salinan.tif")
    convert([folder], out, ONE, rooms=FAKES)
    with (out / "sheets.csv").open(newline="", encoding="utf-8") as file:
        gone = next(row["sheet_id"] for row in csv.DictReader(file) if row["berkas"] == "b/hilang.tif")
    with Ledger(out / STATE) as ledger:
        ledger.decide([Decision("2026-01-01", "saya", gone, "1", "indikator", "x", "y")])
    pruned = leaving(out, [], prune=True)
    assert (pruned.names, pruned.sheets, pruned.decisions) == (("b/hilang.tif",), 1, 1)
    assert leaving(out, ["a.tif"], prune=False).sheets == 0, "its copy holds the same"
    assert leaving(out, ["b/"], prune=False).names == ("b/c.tif", "b/hilang.tif")
    with pytest.raises(Problem, match=r"a\.tif"):
        leaving(out, ["a.tiff"], prune=False)
    forget(out, pruned.names, FAKES)
    forget(out, ["a.tif"], FAKES)
    assert {name for name, *_ in rows(out)} == {"salinan.tif", "b/c.tif"}
    with Ledger(out / STATE) as ledger:
        assert [decision.decided for decision in ledger.decisions()] == ["y"]
    outcome = convert([folder], out, ONE, rooms=FAKES)
    assert outcome.pages_read == 0 and {name for name, *_ in rows(out)} == {"a.tif", "b/c.tif"}


@pytest.mark.parametrize("name", ["review_budget", "max_risk"])
def test_taking_out_files_keeps_how_much_is_flagged(made: tuple[Path, Path], name: str) -> None:
    folder, out = made
    convert([folder], out, BatchSettings(workers=1, **{name: 0.25}), rooms=FAKES)
    forget(out, ["a.tif"], FAKES)
    assert flag_limit(out, name) == 0.25
    for damaged in ("{", "[]", f'{{"iki": {{"settings": {{"{name}": "0,25"}}}}}}'):
        (out / DESCRIPTION).write_text(damaged, encoding="utf-8")
        assert flag_limit(out, name) is None

"""What people decided: found again by its ink, written into the tables, carried between machines, never lost."""

import csv
import dataclasses
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from batch_fakes import FAKES
from hypothesis import given as drawn
from hypothesis import strategies as st
from PIL import Image

from iki.batch import BatchSettings, convert
from iki.batch.conversion import STATE
from iki.batch.decisions import Decision, Places, Spot, Verdict, exported, found, imported, now, settled, spots
from iki.batch.holdings import forget, given, renew, take
from iki.batch.ledger import FILE, Ledger
from iki.batch.problems import NotDecisions
from iki.batch.publication import Documents, originals, prepare
from iki.batch.repair import repair
from iki.export.tables import rendered
from iki.model import Box, CleanRow, CleanSheet, CleanValue, Line, RawValue, Reading

SHA = "ab" * 32
ONE = BatchSettings(workers=1)
BLANK = CleanValue("", "", 0.4, True, raw=RawValue(()))


def inked(text: str, *boxes: tuple[float, float, float, float], read: str = "", page: int = 1) -> CleanValue:
    """A value whose lines stand in ``boxes`` (source pixels)."""
    lines = tuple(
        Line(page, Box(*box), ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])), None,
             (Reading(read or text, (), 0.5, "palsu"),))
        for box in boxes
    )  # fmt: skip
    return CleanValue(text, read or text, 0.4, True, raw=RawValue(lines))


def sheet(*rows: dict[str, CleanValue], ordinal: int = 1, **fields: CleanValue) -> CleanSheet:
    return CleanSheet(
        f"{SHA[:12]}-{ordinal:03}", "a.pdf", SHA, 1, 1, fields, tuple(CleanRow(1, values) for values in rows)
    )


def plain() -> CleanSheet:
    """Two rows under a merged Sasaran; the second has a blank source, and the year has no ink."""
    merged = inked("Meningkatnya mutu", (0, 100, 200, 160))
    return sheet(
        {"sasaran": merged, "indikator": inked("Jumlah satu", (210, 100, 400, 120)), "sumber_data": BLANK},
        {"sasaran": merged, "indikator": inked("Jumlah dua", (210, 140, 400, 160)), "sumber_data": BLANK},
        jabatan=inked("Sekretaris", (0, 20, 300, 40)), tahun=CleanValue("", "", 0.0, True),
    )  # fmt: skip


def decision(of: CleanSheet, row: int, column: str, decided: str, **more: object) -> Decision:
    values = of.rows[row - 1].values if row else of.fields
    made = Decision(
        now(), "siti", of.sheet_id, str(row or ""), column, values[column].text, decided, key=f"{row}{column}{decided}",
        sha256=of.sha256, place=spots(values[column]), around=Places([of]).around((of.sheet_id, row, column)),
    )  # fmt: skip
    return dataclasses.replace(made, **more)  # type: ignore[arg-type]


def after(of: CleanSheet, *decisions: Decision) -> CleanSheet:
    return settled(of, found(Places([of]), decisions)[0])


def test_a_decided_value_is_certain_and_says_who_decided() -> None:
    rows = rendered(after(plain(), decision(plain(), 1, "indikator", "Jumlah lain")))
    assert rows.rows[0]["indikator"] == "Jumlah lain"
    assert "indikator" not in rows.rows[0]["perlu_tinjau"].split(";")
    (told,) = rows.corrections
    assert (told["mentah"], told["bersih"], told["aturan"], told["skor"]) == (
        "Jumlah satu",
        "Jumlah lain",
        "tinjauan",
        "1.00",
    )
    assert told["oleh"] == "siti"
    assert told["waktu"].endswith("+00:00")
    assert rows.rows[1]["indikator"] == "Jumlah dua"


def test_what_is_right_as_read_or_unreadable_is_told_too() -> None:
    confirmed = decision(plain(), 2, "indikator", "Jumlah dua", kind=Verdict.CONFIRMED)
    unread = decision(plain(), 0, "jabatan", "", kind=Verdict.UNREADABLE)
    told = {record["kolom"]: record for record in rendered(after(plain(), confirmed, unread)).corrections}
    assert (told["indikator"]["aturan"], told["indikator"]["bersih"]) == ("tinjauan", "Jumlah dua")
    assert (told["jabatan"]["aturan"], told["jabatan"]["bersih"]) == ("tinjauan;tidak terbaca", "")


def test_a_merged_cell_is_decided_once() -> None:
    rows = rendered(after(plain(), decision(plain(), 1, "sasaran", "Naiknya mutu"))).rows
    assert [row["sasaran"] for row in rows] == ["Naiknya mutu", "Naiknya mutu"]


@pytest.mark.parametrize("row", [0, 1, 2])
def test_the_last_decision_holds_until_it_is_taken_back(row: int) -> None:
    column = "sumber_data" if row else "tahun"
    first = decision(plain(), row, column, "2023", made_at="2026-01-01T00:00:00.000+00:00")
    second = decision(plain(), row, column, "2024", made_at="2026-01-02T00:00:00.000+00:00")
    undo = dataclasses.replace(second, key="undo", kind=Verdict.UNDO, undoes=second.key, made_at=now())

    def value(*decisions: Decision) -> str:
        done = after(plain(), *decisions)
        return (done.rows[row - 1].values if row else done.fields)[column].text

    assert value(second, first) == "2024", "by when it was made, not by when it came"
    assert value(first, second, undo) == "2023"
    assert value(second, undo) == ""


def test_a_decision_is_found_by_its_ink_when_rows_and_readings_change() -> None:
    held = [decision(plain(), 2, "indikator", "Jumlah benar"), decision(plain(), 2, "sumber_data", "Renja")]
    again = sheet(
        {"indikator": inked("Baris baru", (210, 60, 400, 80)), "sumber_data": inked("RPJMD", (410, 60, 500, 80))},
        plain().rows[0].values,
        {"indikator": inked("Jumlah dva", (212, 139, 398, 161)), "sumber_data": CleanValue("", "", 0.4, True)},
        ordinal=3,
    )
    assert [row.values["indikator"].text for row in after(again, *held).rows] == [
        "Baris baru", "Jumlah satu", "Jumlah benar"
    ]  # fmt: skip
    assert [row.values["sumber_data"].text for row in after(again, *held).rows] == ["RPJMD", "", "Renja"]


def test_a_decision_whose_place_is_gone_decides_nothing_and_is_counted() -> None:
    run_together = sheet({"indikator": inked("Jumlah satu Jumlah dua", (210, 0, 400, 160))})
    held, astray = found(Places([run_together]), [decision(plain(), 2, "indikator", "Jumlah benar")])
    assert (held, astray[SHA]) == ({}, 1)
    other = dataclasses.replace(plain(), sha256="cd" * 32)
    assert found(Places([other]), [decision(plain(), 2, "indikator", "x")])[1].total() == 0, "its file is not there"


def test_lines_of_a_dump_are_the_place() -> None:
    def row(number: int, text: str) -> dict[str, CleanValue]:
        raw = RawValue(
            (Line(1, None, None, None, (Reading(f"baik {text}", (), 1, "perbaikan"), Reading(text, (), 1, "teks"))),)
        )
        return {"indikator": CleanValue(f"{number} {text}", text, 0.5, True, raw=raw)}

    before, again = sheet(row(1, "satu"), row(2, "dua")), sheet(row(7, "dua"))
    assert spots(before.rows[1].values["indikator"]) == (Spot(1, None, "dua"),)
    assert after(again, decision(before, 2, "indikator", "Dua")).rows[0].values["indikator"].text == "Dua"


SPOTS = st.builds(Spot, st.integers(1, 9), st.none(), st.text())
MADE = st.builds(Decision, *[st.text()] * 8, kind=st.sampled_from(Verdict), sha256=st.just(SHA), place=st.tuples(SPOTS))


@drawn(st.lists(MADE, max_size=5))
def test_decisions_are_carried_as_they_are(tmp_path_factory: pytest.TempPathFactory, decisions: list[Decision]) -> None:
    made = [dataclasses.replace(decision, made_at=now(), key=f"{n}") for n, decision in enumerate(decisions)]
    folder = tmp_path_factory.mktemp("keputusan")
    (folder / "a.jsonl").write_text(exported(made), encoding="utf-8")
    assert imported(folder / "a.jsonl") == made
    with Ledger(folder / "a") as ledger:
        assert ledger.decide(made) == len(made)
        assert ledger.decide(made) == 0
        assert ledger.decisions() == made


@pytest.mark.parametrize("line", ["", "{}", "[1", '{"made_at": 1}', "\x00", "null"])
def test_what_is_no_decision_is_told_with_its_line(tmp_path: Path, line: str) -> None:
    sound = exported([decision(plain(), 1, "indikator", "x")])
    (tmp_path / "a.jsonl").write_text(f"{sound}{line}\n", encoding="utf-8")
    with pytest.raises(NotDecisions, match="2"):
        imported(tmp_path / "a.jsonl")
    with pytest.raises(NotDecisions):
        imported(tmp_path / "b.jsonl")


@pytest.fixture
def made(tmp_path: Path) -> tuple[Path, Path, Decision]:
    """A folder of one page, converted, and a decision on its only value."""
    folder, out = tmp_path / "sumber", tmp_path / "hasil"
    folder.mkdir()
    Image.new("L", (60, 80), 100).save(folder / "a.tif")
    convert([folder], out, ONE, rooms=FAKES)
    with Ledger(out / STATE) as ledger:
        (clean,) = FAKES.clean(Documents(ledger, originals(ledger.files()), FAKES), ONE, print)
    return folder, out, decision(clean, 1, "indikator", "Diputuskan")


def texts(out: Path) -> list[str]:
    with (out / "indikator.csv").open(newline="", encoding="utf-8") as file:
        return [row["indikator"] for row in csv.DictReader(file)]


def test_a_decision_outlives_reading_again_a_new_name_and_leaving(made: tuple[Path, Path, Decision]) -> None:
    folder, out, decided = made
    assert take(out, [decided], FAKES) == 1
    assert texts(out) == ["Diputuskan"]
    tables = {path.name: path.read_bytes() for path in out.glob("*.csv")}
    assert take(out, [decided], FAKES) == 0
    convert([folder], out, dataclasses.replace(ONE, force=True), rooms=FAKES)
    assert {name: (out / name).read_bytes() for name in tables} == tables
    (folder / "a.tif").rename(folder / "b.tif")
    convert([folder], out, ONE, rooms=FAKES)
    assert texts(out) == ["Diputuskan"]
    forget(out, ["b.tif"], FAKES)
    assert texts(out) == []
    convert([folder], out, ONE, rooms=FAKES)
    assert texts(out) == ["Diputuskan"]
    assert given(out) == [decided]


def test_a_decision_whose_value_is_gone_is_said(made: tuple[Path, Path, Decision]) -> None:
    _, out, decided = made
    take(out, [dataclasses.replace(decided, place=(Spot(1, None, "lain"),), around=())], FAKES)
    with (out / "berkas.csv").open(newline="", encoding="utf-8") as file:
        assert "1 keputusan" in next(csv.DictReader(file))["pesan"]


def test_a_ledger_from_before_decisions_takes_them(made: tuple[Path, Path, Decision]) -> None:
    _, out, decided = made
    with closing(sqlite3.connect(out / STATE / FILE)) as db, db:
        names = ("key", "kind", "sha256", "place", "around", "reading", "ink", "asked", "undoes")
        db.execute("DROP INDEX decisions_by_key")
        for (trigger,) in db.execute(
            "SELECT name FROM sqlite_master WHERE name LIKE '%_counts' OR name = 'decisions_insert'"
        ).fetchall():
            db.execute(f"DROP TRIGGER {trigger}")
        for name in names:
            db.execute(f"ALTER TABLE decisions DROP COLUMN {name}")
        db.execute("DROP TABLE revision")
        db.execute("PRAGMA user_version = 3")
    take(out, [decided], FAKES)
    assert texts(out) == ["Diputuskan"]


def test_a_damaged_ledger_keeps_its_decisions(made: tuple[Path, Path, Decision]) -> None:
    _, out, decided = made
    take(out, [decided], FAKES)
    with closing(sqlite3.connect(out / STATE / FILE)) as db, db:
        db.execute("DROP TABLE published")
    repair(out)
    assert given(out) == [decided]


def test_what_was_prepared_serves_until_the_folder_changes(made: tuple[Path, Path, Decision]) -> None:
    folder, out, decided = made
    with Ledger(out / STATE) as ledger:
        prepared = prepare(ledger, out, ONE, FAKES)
        ledger.decide([decided])
    never = dataclasses.replace(FAKES, clean=lambda *_: pytest.fail("cleaned again"))
    renew(out, never, prepared)
    assert texts(out) == ["Diputuskan"]
    shutil.copy(folder / "a.tif", folder / "salinan.tif")
    convert([folder], out, ONE, rooms=FAKES)
    with Ledger(out / STATE) as ledger:
        assert ledger.revision() != prepared.revision

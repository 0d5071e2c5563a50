"""The tables as an SQLite database, and what explains them to Datasette."""

import csv
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from iki.export import formats
from iki.export.schema import TABLES, Format


@pytest.fixture
def database(folder: Path) -> Iterator[sqlite3.Connection]:
    path, _ = formats.export(folder, [Format.SQLITE])
    with closing(sqlite3.connect(path)) as opened:
        yield opened


def test_read_back_it_is_the_csv(folder: Path, database: sqlite3.Connection) -> None:
    for table in TABLES:
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *given = csv.reader(file)
        kinds = {column.name: column.type for column in table.columns}
        names = ", ".join(f'"{name}"' for name in header)
        back = []
        for row in database.execute(f"SELECT {names} FROM {table.name} ORDER BY rowid"):
            texts = []
            for name, value in zip(header, row, strict=True):
                kind = kinds.get(name, "string")
                assert (value is None) <= (kind != "string")
                if kind == "boolean":
                    texts.append({None: "", 0: "false", 1: "true"}[value])
                elif kind == "number":
                    texts.append("" if value is None else f"{value:.2f}")
                else:
                    texts.append("" if value is None else str(value))
            back.append(texts)
        assert back == given


def test_keys_hold(database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA foreign_key_list(indikator)").fetchone()[2] == "sheets"
    assert database.execute("PRAGMA foreign_key_list(sheets)").fetchone()[2] == "berkas"
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("INSERT INTO sheets SELECT * FROM sheets")
    with pytest.raises(sqlite3.IntegrityError):
        database.execute("UPDATE indikator SET baris = 1")


def test_rows_stand_beside_the_values_of_their_sheets(database: sqlite3.Connection) -> None:
    query = (
        "SELECT baris, jabatan, tahun, skor, skor_lembar, perlu_tinjau FROM indikator_lengkap WHERE indikator = '=1+1'"
    )
    assert database.execute(query).fetchall() == [(1, "Juru Pasar", 2031, 0.75, 0.5, "sasaran")]


def test_every_flagged_value_has_a_row(folder: Path, database: sqlite3.Connection) -> None:
    query = "SELECT berkas, halaman, baris, kolom, nilai, mentah, aturan FROM perlu_tinjau"
    found = database.execute(query).fetchall()
    assert found[0] == ("1.pdf", 1, None, "pihak_pertama_nama", "Sri Émilia", "Sri Emilia", "nama")
    assert ("1.pdf", 1, 3, "sasaran", "Tertib", "Tertlb", "kata") in found
    flags = 0
    for name in ("sheets", "indikator"):
        with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            flags += sum(len(list(filter(None, row["perlu_tinjau"].split(";")))) for row in csv.DictReader(file))
    assert len(found) == flags > 0


@pytest.mark.parametrize("word", ["kesetaraan", "ETE", "été", "kesetar*"])
def test_words_are_found_without_case_and_diacritics(database: sqlite3.Connection, word: str) -> None:
    query = (
        "SELECT indikator.indikator FROM indikator_cari JOIN indikator ON id = indikator_cari.rowid"
        " WHERE indikator_cari MATCH ?"
    )
    database.execute("VACUUM")
    assert [text for (text,) in database.execute(query, (word,))] == ["Pendidikan ‟kesetaraan” — Été 𝟙"]


def test_it_is_one_clean_file(folder: Path, database: sqlite3.Connection) -> None:
    assert database.execute("PRAGMA user_version").fetchone() == (1,)
    assert database.execute("PRAGMA journal_mode").fetchone() == ("delete",)
    assert database.execute("PRAGMA freelist_count").fetchone() == (0,)
    assert [path.name for path in folder.glob("*iki.sqlite*")] == ["iki.sqlite"]


def test_a_form_with_columns_that_are_called_as_ours(folder: Path) -> None:
    path = folder / "indikator.csv"
    head, rest = path.read_text(encoding="utf-8").split("\n", 1)
    path.write_text(f"{head.replace('target', 'id')}\n{rest}", encoding="utf-8")
    written, _ = formats.export(folder, [Format.SQLITE])
    with closing(sqlite3.connect(written)) as database:
        assert database.execute("SELECT id_, id FROM indikator_lengkap LIMIT 1").fetchall() == [(1, "1 dokumen")]


def test_datasette_is_told_of_every_table_view_and_column(folder: Path, database: sqlite3.Connection) -> None:
    told = json.loads((folder / "iki-datasette.json").read_text(encoding="utf-8"))["databases"]["iki"]["tables"]
    for table in TABLES:
        assert {column.name for column in table.columns} <= set(told[table.name]["columns"])
    for name, about in told.items():
        there = {column for _, column, *_ in database.execute(f"PRAGMA table_info({name})")}
        assert there, name
        assert {*about.get("columns", {}), *about.get("facets", [])} <= there
        assert about["description"]
        if "fts_table" in about:
            assert about["fts_pk"] in there

"""Faults of the vocabulary files, adding to them, and learning from clean directories."""

import csv
import shutil
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki import vocab
from iki.language import lexicon
from iki.vocab.adding import Refused, add
from iki.vocab.check import faults, text_faults
from iki.vocab.files import FOLDER, TABLES, entries
from iki.vocab.learning import NoTables, Proposal, learn
from iki.vocab.listing import UnknownTable

HEAD = "# Sumber: x. Lisensi: y\n"
SHEETS = ("sheet_id", "perangkat_daerah", "jabatan", "pihak_kedua_jabatan", "pihak_pertama_jabatan", "perlu_tinjau")
ROWS = ("sheet_id", "sasaran", "indikator", "penjelasan", "sumber_data", "perlu_tinjau")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for table in TABLES.values():
        shutil.copy(FOLDER / table.file, tmp_path)
    return tmp_path


def test_the_shipped_files_have_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("name", "body", "line"),
    [
        ("bulan", "1\tJanuari\n1\tFebruari\n", "3"),
        ("singkatan", "DPA\tDokumen\nDPA\tDaftar\n", "3"),
        ("jabatan", "tidakada\tArsiparis\n", "2"),
        ("frasa", "dalam  rangka\n", "2"),
        ("frasa", "dalam rangka\tlebih\n", "2"),
        ("istilah", "umum\n", "2"),
        ("frasa", "tepat\u200bwaktu\n", "2"),
    ],
)
def test_each_fault_is_told_with_its_line(name: str, body: str, line: str) -> None:
    told = list(text_faults(TABLES[name], HEAD + body))
    assert len(told) == 1
    assert f"{name}.tsv" in told[0] and f" {line}:" in told[0]


def test_a_file_without_source_or_in_another_encoding_is_told(folder: Path) -> None:
    (folder / "frasa.tsv").write_text("dalam rangka\n", encoding="utf-8")
    (folder / "istilah.tsv").write_bytes("# caf\u00e9".encode("latin-1"))
    (folder / "bulan.tsv").unlink()
    assert [told.split(":")[0] for told in faults(folder)] == ["bulan.tsv", "istilah.tsv", "frasa.tsv"]


@pytest.mark.parametrize(
    ("name", "before", "after", "told"),
    [
        ("perangkat_daerah", "\tDinas Kesehatan\tDinkes", "\tDinas Kesehatan\tDPA", "Dokumen Pelaksanaan Anggaran"),
        ("frasa", "sesuai prosedur", "Anggaran Kas", "istilah.tsv"),
        ("jabatan", "keduanya\tArsiparis", "keahlian\tArsiparis\nketerampilan\tArsiparis", "keahlian"),
        ("pangkat", "I/a\tJuru Muda\nI/b\tJuru Muda Tk. I", "I/b\tJuru Muda Tk. I\nI/a\tJuru Muda", "I/b"),
        ("bulan", "\n1\t", "\n13\t", "13"),
    ],
)
def test_what_files_say_against_each_other_is_told(folder: Path, name: str, before: str, after: str, told: str) -> None:
    path = folder / f"{name}.tsv"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = faults(folder)
    assert len(found) == 1
    assert f"{name}.tsv" in found[0] and told in found[0]


def test_what_is_added_is_there_and_changes_the_digest(folder: Path) -> None:
    before = vocab.digest(folder)
    add("singkatan", ("QZX", "Contoh Singkatan"), folder)
    assert list(entries(TABLES["singkatan"], folder))[-1]["kepanjangan"] == "Contoh Singkatan"
    assert faults(folder) == []
    assert vocab.digest(folder) != before
    assert sorted(p.name for p in folder.iterdir()) == sorted(t.file for t in TABLES.values())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("singkatan", ("DPA", "Apa Saja")),
        ("jabatan", ("entah", "Arsiparis Baru")),
        ("frasa", ("#dalam rangka",)),
        ("frasa", ("dalam\nrangka",)),
        ("frasa", ("",)),
        ("frasa", ("dalam rangka ini", "lebih")),
    ],
)
def test_a_fault_is_not_added(folder: Path, name: str, values: tuple[str, ...]) -> None:
    before = (folder / f"{name}.tsv").read_bytes()
    with pytest.raises(Refused):
        add(name, values, folder)
    assert (folder / f"{name}.tsv").read_bytes() == before


def test_an_unknown_file_is_told(folder: Path) -> None:
    with pytest.raises(UnknownTable):
        add("pegawai", ("x",), folder)


@given(st.text(max_size=40))
def test_any_text_is_checked_without_error(text: str) -> None:
    for table in TABLES.values():
        assert all(isinstance(told, str) for told in text_faults(table, text))


def written(folder: Path, sheets: list[tuple[str, ...]], rows: list[tuple[str, ...]]) -> Path:
    folder.mkdir()
    for name, head, body in (("sheets.csv", SHEETS, sheets), ("indikator.csv", ROWS, rows)):
        with (folder / name).open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([head, *body])
    return folder


def learnt(*folders: Path) -> list[Proposal]:
    return learn(folders, vocab.load(), lexicon.load().knows)


def test_learning_proposes_what_is_new_and_sure(tmp_path: Path) -> None:
    office = "Dinas Perlintasan Antariksa Kota Contoh"
    sheets = [
        ("a-001", office, "Pengelola Roket", "Plt. KEPALA DINAS", "Juru Bintang Ahli Muda", ""),
        (
            "a-002",
            office.upper(),
            "Arsiparis Ahli Muda",
            "Kepala Dinas Perhubungan",
            "Pengelola Rokel",
            "pihak_pertama_jabatan",
        ),
    ]
    cell = "Jumlah laporan Rencana Orbit Antariksa (ROA) yang wahanalir, DPA, jumlab"
    rows = [(sheet, cell, "", "", "", "") for sheet in ("a-001", "a-002", "b-001")]
    rows.append(("b-002", "wahanalur", "wahanalur", "", "", "sasaran;indikator"))
    found = learnt(written(tmp_path / "x", sheets, rows))
    assert [(p.table, p.values, p.sheets) for p in found] == [
        ("istilah", ("umum", "wahanalir"), 3),
        ("jabatan", ("keahlian", "Juru Bintang"), 1),
        ("jabatan", ("pelaksana", "Pengelola Roket"), 1),
        ("perangkat_daerah", ("dinas", "Dinas Perlintasan Antariksa"), 2),
        ("singkatan", ("ROA", "Rencana Orbit Antariksa"), 3),
    ]
    assert {p.example for p in found} == {"a-001"}


def test_learning_does_not_depend_on_the_order_of_folders_and_writes_nothing(tmp_path: Path) -> None:
    before = vocab.digest()
    one = written(
        tmp_path / "one", [("a-001", "", "Pengelola Roket", "", "", "")], [("a-001", "QZX", "", "QZX baik", "", "")]
    )
    two = written(
        tmp_path / "two", [("b-001", "", "Pengelola Komet", "", "", "")], [("b-001", "", "QZX baik", "", "", "")]
    )
    assert learnt(one, two) == learnt(two, one) != []
    assert vocab.digest() == before


def test_a_folder_without_tables_is_told(tmp_path: Path) -> None:
    with pytest.raises(NoTables):
        learnt(tmp_path)

"""The tables: bytes, order, types, description."""

import csv
import hashlib
import io
import json
import random
from dataclasses import replace
from pathlib import Path

import frictionless
import pytest

import iki
from iki.export import tables
from iki.export.schema import SHEETS, TABLES, FileRow
from iki.messages import Problem
from iki.model import CleanRow, CleanSheet, CleanValue, Correction

SHA = {name: hashlib.sha256(name.encode()).hexdigest() for name in ("a.pdf", "b/c.pdf")}


def value(
    text: str, read: str | None = None, probability: float = 1.0, flagged: bool = False, rule: str = ""
) -> CleanValue:
    changes = (Correction(read or "", text, rule, probability),) if rule else ()
    return CleanValue(text, text if read is None else read, probability, flagged, changes)


def sheet(file: str, ordinal: int, page: int, **changes: CleanValue) -> CleanSheet:
    fields = {
        "judul": value("INDIKATOR KINERJA INDIVIDU TAHUN 2031"),
        "perubahan": value("false"),
        "tahun": value("2031"),
        "jabatan": value('Analis "Pasar", Madya'),
        "tanggal": value("2031-02-03", "Kota Hulu, 3 Pebruari 2031", rule="tanggal"),
        "pihak_pertama_nip": value("", "19xx", 0.5, True),
        **changes,
    }
    rows = (
        CleanRow(page, {"no": value("1"), "sasaran": value("Tertibnya pasar", probability=0.8),
                        "indikator": value("Jumlah pasar", "Jumiah pasar", 0.9, True, "kata"),
                        "penjelasan": value("a;\nb"), "sumber_data": value("")}),
        CleanRow(page, {"no": value("1"), "sasaran": value("Tertibnya pasar"), "indikator": value("=1+1")}),
    )  # fmt: skip
    return CleanSheet(f"{SHA[file][:12]}-{ordinal:03d}", file, SHA[file], page, page, fields, rows)


def file_row(file: str, sheets: int, message: str = "") -> FileRow:
    return FileRow(file, SHA[file], 4, sheets, "ok", message, 1.234)


@pytest.fixture
def sheets() -> list[CleanSheet]:
    plain = sheet("a.pdf", 1, 2)
    wider = sheet("b/c.pdf", 1, 1)
    rows = tuple(CleanRow(row.page, {**row.values, "target": value("12", flagged=True)}) for row in wider.rows)
    return [plain, replace(wider, rows=rows, extra_columns={"target": "TARGET"}), sheet("a.pdf", 2, 10)]


FILES = [file_row("b/c.pdf", 1, 'Halaman 2 kosong; "dilewati".'), file_row("a.pdf", 2)]


def records(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text(encoding="utf-8"), newline="")))


def test_columns_are_those_promised(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path, {})
    head = {table.name: (tmp_path / f"{table.name}.csv").read_text().split("\n", 1)[0] for table in TABLES}
    assert head == {
        "sheets": "sheet_id,berkas,sha256,halaman_awal,halaman_akhir,unit,judul,perubahan,tahun,perangkat_daerah,"
        "jabatan,tempat,tanggal,pihak_kedua_jabatan,pihak_kedua_nama,pihak_kedua_pangkat,pihak_kedua_golongan,pihak_kedua_nip,"
        "pihak_pertama_jabatan,pihak_pertama_nama,pihak_pertama_pangkat,pihak_pertama_golongan,pihak_pertama_nip,"
        "skor,perlu_tinjau,tugas,fungsi",
        "indikator": "sheet_id,baris,halaman,no,sasaran,indikator,penjelasan,sumber_data,skor,perlu_tinjau,target",
        "koreksi": "sheet_id,baris,kolom,mentah,bersih,aturan,skor,oleh,waktu",
        "berkas": "berkas,sha256,halaman,sheet,status,pesan,detik",
    }


def test_rows_are_sorted_by_file_page_and_row(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path, {})
    ids = [row["sheet_id"] for row in records(tmp_path / "sheets.csv")]
    assert ids == [sheets[0].sheet_id, sheets[2].sheet_id, sheets[1].sheet_id]
    rows = [(row["sheet_id"], row["baris"]) for row in records(tmp_path / "indikator.csv")]
    assert rows == [(sheet_id, baris) for sheet_id in ids for baris in ("1", "2")]
    assert [row["berkas"] for row in records(tmp_path / "berkas.csv")] == ["a.pdf", "b/c.pdf"]


def test_the_same_sheets_give_the_same_bytes_in_any_order(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path / "one", {})
    random.Random(3).shuffle(sheets)
    tables.write([*map(tables.rendered, sheets)], FILES[::-1], tmp_path / "two", {})
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path / "two", {})
    names = sorted(path.name for path in (tmp_path / "one").iterdir())
    assert names == ["berkas.csv", "datapackage.json", "indikator.csv", "koreksi.csv", "sheets.csv"]
    assert names == sorted(path.name for path in (tmp_path / "two").iterdir())
    for name in names:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_values_stay_as_they_are(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path, {})
    content = (tmp_path / "indikator.csv").read_bytes()
    assert b"\r" not in content
    assert "a;\N{REPLACEMENT CHARACTER}b".encode() in content
    assert b",=1+1," in content
    assert b'"Analis ""Pasar"", Madya"' in (tmp_path / "sheets.csv").read_bytes()


def test_flags_and_scores(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path, {})
    head = records(tmp_path / "sheets.csv")[0]
    assert (head["skor"], head["perlu_tinjau"]) == ("0.50", "pihak_pertama_nip")
    rows = records(tmp_path / "indikator.csv")
    assert (rows[0]["skor"], rows[0]["perlu_tinjau"]) == ("0.72", "indikator")
    assert (rows[4]["target"], rows[4]["perlu_tinjau"]) == ("12", "indikator;target")


def test_corrections_name_the_value_and_the_rule(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets[:1])], FILES, tmp_path, {})
    assert [list(row.values())[1:] for row in records(tmp_path / "koreksi.csv")] == [
        ["", "tanggal", "Kota Hulu, 3 Pebruari 2031", "2031-02-03", "tanggal", "1.00", "", ""],
        ["1", "indikator", "Jumiah pasar", "Jumlah pasar", "kata", "0.90", "", ""],
    ]


def test_a_name_that_is_no_utf8_still_gives_utf8(tmp_path: Path) -> None:
    tables.write([], [replace(FILES[0], berkas="caf\udce9\n.pdf")], tmp_path, {})
    assert "caf\\udce9\N{REPLACEMENT CHARACTER}.pdf" in (tmp_path / "berkas.csv").read_bytes().decode("utf-8")


def test_a_failed_write_leaves_the_old_file_and_no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "berkas.csv"
    tables.replace(target, "old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(tables.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        tables.replace(target, "new")
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_load_gives_the_right_types(sheets: list[CleanSheet], tmp_path: Path) -> None:
    nip = value("203001012055061001")
    first = sheet("a.pdf", 1, 1, pihak_kedua_nip=nip, tahun=value(""))
    tables.write([*map(tables.rendered, [first, *sheets[1:]])], FILES, tmp_path, {})
    loaded = iki.load(tmp_path)
    head = loaded.sheets
    assert head.pihak_kedua_nip[0] == "203001012055061001"
    assert head.pihak_pertama_nip[0] == ""
    assert str(head.tahun.dtype) == "Int64"
    assert head.tahun.isna().tolist() == [True, False, False]
    assert head.tanggal.dt.month.tolist() == [2, 2, 2]
    assert head.perubahan.tolist() == [False, False, False]
    assert loaded.indikator.skor.dtype == "float64"
    assert loaded.indikator.no.tolist() == ["1"] * 6
    assert loaded.indikator.target.tolist() == ["", "", "", "", "12", "12"]
    assert loaded.koreksi.baris.isna().sum() == 3
    assert loaded.berkas.detik.tolist() == [1.23, 1.23]


def test_load_of_an_empty_run_and_of_nothing(tmp_path: Path) -> None:
    tables.write([], [], tmp_path, {})
    assert [len(frame) for frame in iki.load(tmp_path)] == [0, 0, 0, 0]
    with pytest.raises(Problem, match=r"sheets\.csv"):
        iki.load(tmp_path / "none")


def test_frictionless_finds_the_package_valid(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path, {})
    report = frictionless.validate(tmp_path / "datapackage.json")
    assert report.valid, report.flatten(["type", "note"])
    for name, right, wrong, kind in (
        ("sheets", "2031-02-03", "3 Pebruari 2031", "type-error"),
        ("berkas", "a.pdf", "z.pdf", "foreign-key"),
        ("indikator", "-001,", "-009,", "foreign-key"),
    ):
        path = tmp_path / f"{name}.csv"
        text = path.read_text(encoding="utf-8")
        assert right in text
        path.write_text(text.replace(right, wrong), encoding="utf-8")
        assert [kind] in frictionless.validate(tmp_path / "datapackage.json").flatten(["type"])
        path.write_text(text, encoding="utf-8")


def test_every_column_is_described(sheets: list[CleanSheet], tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets)], FILES, tmp_path, {})
    package = json.loads((tmp_path / "datapackage.json").read_text())
    fields = {resource["name"]: resource["schema"]["fields"] for resource in package["resources"]}
    assert [field["name"] for field in fields["sheets"]] == list(SHEETS.names)
    assert all(field["description"] for columns in fields.values() for field in columns)
    assert "TARGET" in fields["indikator"][-1]["description"]
    keys = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert keys["indikator"]["primaryKey"] == ["sheet_id", "baris"]
    assert keys["koreksi"]["uniqueKeys"] == [["sheet_id", "baris", "kolom"]], "baris may be missing"
    assert all(schema["missingValues"] == [""] for schema in keys.values())

"""Tables for publication: nothing of a person, a file or a sheet is in any byte of any format."""

import re
import sqlite3
import unicodedata
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

import iki
from iki.cli import app
from iki.export import tables
from iki.export.pseudonyms import COVERED, UNIQUE, Key, publish
from iki.export.redaction import NAME, NUMBER, WHOLE, Redactor, folded
from iki.export.schema import FileRow, Format
from iki.messages import Problem
from iki.model import CleanRow, CleanSheet, CleanValue, Correction

HEAD, OTHER, CLERK = "drg. Zulfikar Émilianto, M.Kes.", "H. Wirabhumi, S.E.", "Nur Qomariyah Sudjatmiko, A.Md."
NIP = {HEAD: "197001011995031001", OTHER: "196502021990031002", CLERK: "198803032010012003"}
TITLES = ("drg", "M.Kes", "H", "S.E", "A.Md")
TEXTS = (
    "Laporan yang disusun Zulfikar dan nur qomariyah sudjatmiko", "Disposisi ZULFIKAR É. kepada Sudjatmiko",
    "NIP 19700101 199503 1 001 dicatat", "NurQomariyahSudjatmiko", "Surat H.Wirabhumi, S.E. tahun 2031",
    unicodedata.normalize("NFD", "Catatan Zulfikar Émilianto"), "Z u l f i k a r  E m i l i a n t o",
)  # fmt: skip


def sheet(ordinal: int, first: str, second: str, year: str) -> CleanSheet:
    digest = f"{ordinal:x}" * 64
    told = {
        "judul": f"INDIKATOR KINERJA INDIVIDU TAHUN {year}", "tahun": year, "perubahan": "false",
        "tanggal": f"{year}-02-03", "perangkat_daerah": "Dinas Kesehatan", "jabatan": "Juru Pasar",
        "tugas": f"Membantu {second.split()[1]}",
        "pihak_kedua_nama": second, "pihak_kedua_nip": NIP[second], "pihak_kedua_pangkat": "Pembina Utama Muda",
        "pihak_pertama_nama": first, "pihak_pertama_nip": NIP[first], "pihak_pertama_golongan": "II/c",
    }  # fmt: skip
    fields = {name: CleanValue(text, text, 1.0, False) for name, text in told.items()}
    misread = CleanValue(first, first.replace("a", "4"), 0.5, True, (Correction("x", "y", "nama", 0.5),))
    fields["pihak_pertama_nama"] = misread
    changed = (Correction("x", "y", "kata", 0.75),)
    rows = tuple(
        CleanRow(
            1,
            {
                "no": CleanValue("1", "1", 1.0, False),
                "indikator": CleanValue(text, f"{text} tidakbaku", 0.5, True, changed),
                "penanggung_jawab": CleanValue("Rahasia Negara", "Rahasia Negara", 1.0, False),
            },
        )
        for text in TEXTS
    )
    extra = {"penanggung_jawab": "Penanggung Jawab"}
    return CleanSheet(f"{digest[:12]}-00{ordinal}", f"kotak/{first}.pdf", digest, 1, 1, fields, rows, extra)


SHEETS = [sheet(1, CLERK, HEAD, "2031"), sheet(2, CLERK, OTHER, "2032"), sheet(3, HEAD, OTHER, "2032")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    files = [FileRow(s.file + f" {s.sheet_id}", s.sha256, 1, 1, "ok", f"Salinan {s.file}.", 0.5) for s in SHEETS]
    files += [FileRow(s.file, s.sha256, 1, 1, "ok", "", 0.5) for s in SHEETS[1:]]
    out = tmp_path / "tables"
    tables.write([*map(tables.rendered, SHEETS)], files, out, {})
    return out


@pytest.fixture
def key(tmp_path: Path) -> Path:
    return key_file(tmp_path / "kunci", bytes(range(32)))


def key_file(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    path.chmod(0o600)
    return path


def texts(path: Path) -> Iterator[str]:
    """Everything that a file holds: its bytes, those of the files packed in it, and the cells of its tables."""
    yield path.name
    yield path.read_bytes().decode("utf-8", "replace")
    yield path.read_bytes().decode("utf-16-le", "replace")
    if path.suffix == ".xlsx":
        with zipfile.ZipFile(path) as book:
            for name in book.namelist():
                yield name + book.read(name).decode("utf-8", "replace")
    if path.suffix == ".parquet":
        frame = pd.read_parquet(path)
        yield from (str(value) for column in frame for value in (column, *frame[column]))
    if path.suffix == ".sqlite":
        with sqlite3.connect(path) as database:
            yield from database.iterdump()


def secrets() -> list[str]:
    """All that must not be found, in one piece; words of names from four letters on by themselves."""
    own = [s for each in SHEETS for s in (each.sheet_id, each.sheet_id[:12], each.sha256, each.file)]
    return [*own, *NIP, *NIP.values(), "Rahasia Negara", "Salinan", "tidakbaku"]


def tokens() -> set[str]:
    return {word for name in NIP for word in re.findall(r"[^\W\d_]{4,}", name)}


def leaks(text: str) -> list[str]:
    found = []
    for form in ("NFC", "NFKC", "NFD"):
        seen = unicodedata.normalize(form, text)
        squeezed = re.sub(r"\s", "", seen)
        for secret in secrets():
            wanted = unicodedata.normalize(form, secret)
            if wanted in seen or (len(wanted) > 4 and re.sub(r"\s", "", wanted) in squeezed):
                found.append(secret)
        found += [token for token in tokens() if unicodedata.normalize(form, token) in seen]
    letters = folded(text)
    return found + [name for name in ("zulfikaremilianto", "nurqomariyahsudjatmiko", "wirabhumi") if name in letters]


def test_no_format_holds_anything_of_a_person_a_file_or_a_sheet(folder: Path, key: Path, tmp_path: Path) -> None:
    assert leaks("\n".join(path.read_text() for path in folder.glob("*.csv"))), "the tables themselves hold it all"
    published = publish(folder, sorted(COVERED), key, tmp_path / "terbit")
    assert sorted(published.paths) == sorted(
        path for path in (tmp_path / "terbit").iterdir() if path.name != "datapackage.json"
    )
    for path in (tmp_path / "terbit").iterdir():
        for text in texts(path):
            assert leaks(text) == [], path.name


def test_the_same_person_has_one_pseudonym_and_the_rest_stays(folder: Path, key: Path, tmp_path: Path) -> None:
    publish(folder, [Format.CSV], key, tmp_path / "terbit")
    before, after = iki.load(folder), iki.load(tmp_path / "terbit")
    assert len(set(after.sheets.pihak_pertama_nama)) == 2
    everyone = {*after.sheets.pihak_pertama_nama, *after.sheets.pihak_kedua_nama}
    assert len(everyone) == 3, "a person is the same on either side of the sheet"
    assert all(re.fullmatch(r"orang-[0-9a-f]{16}", name) for name in everyone)
    assert (after.sheets.pihak_pertama_nip == "").all() and (after.sheets.sha256 == "").all()
    for name in (
        "tahun",
        "jabatan",
        "perangkat_daerah",
        "pihak_kedua_pangkat",
        "pihak_pertama_golongan",
        "tanggal",
        "skor",
    ):
        assert sorted(map(str, after.sheets[name])) == sorted(map(str, before.sheets[name]))
    assert after.sheets.sheet_id.str.fullmatch(r"[0-9a-f]{12}-[0-9]{3,}").all()
    assert set(after.indikator.sheet_id) == set(after.sheets.sheet_id) >= set(after.koreksi.sheet_id)
    assert set(after.sheets.berkas) <= set(after.berkas.berkas)
    assert (after.koreksi.mentah == "").all() and len(after.koreksi) == len(before.koreksi)


def test_one_key_gives_the_same_bytes_and_another_other_pseudonyms(folder: Path, key: Path, tmp_path: Path) -> None:
    formats = [Format.CSV, Format.XLSX, Format.SQLITE, Format.PARQUET]
    one, two = (publish(folder, formats, key, tmp_path / name).paths for name in ("satu", "dua"))
    assert [path.read_bytes() for path in one] == [path.read_bytes() for path in two]
    other = key_file(tmp_path / "kunci2", b"\1" * 32)
    publish(folder, [Format.CSV], other, tmp_path / "tiga")
    first, third = iki.load(tmp_path / "satu"), iki.load(tmp_path / "tiga")
    for name in ("sheet_id", "berkas", "pihak_pertama_nama"):
        assert not set(first.sheets[name]) & set(third.sheets[name])
    key_hex = key_file(tmp_path / "kunci-hex", bytes(range(32)).hex().encode() + b"\n")
    assert Key.load(key_hex, ()) == Key.load(key, ())
    assert "secret" not in repr(Key.load(key, ()))


def test_pseudonyms_of_different_domains_differ() -> None:
    key = Key(bytes(32))
    assert key.pseudonym("orang", "x") != key.pseudonym("berkas", "x") != key.pseudonym("orang", "y")
    # HMAC-SHA-256 with 32 zero bytes over b"iki/1/orang\0x", by `openssl dgst -sha256 -mac HMAC`
    assert key.pseudonym("orang", "x") == OPENSSL


OPENSSL = "bea7c19acb6383adbe857cd02e60ef9b9d22bc713c5fa903b5d8eef29859f3e6"


def test_unique_sheets_are_reported(folder: Path, key: Path, tmp_path: Path) -> None:
    command = [
        "export",
        str(folder),
        "--format",
        "csv",
        "--pseudonymise",
        "--key",
        str(key),
        "--out",
        str(tmp_path / "o"),
    ]
    told = CliRunner().invoke(app, command)
    assert told.exit_code == 0, told.output
    assert "1" in told.stderr and "3" in told.stderr and UNIQUE in told.stderr.replace("\n", "")
    report = pd.read_csv(tmp_path / "o" / UNIQUE, dtype=str)
    assert report.tahun.tolist() == ["2031"]
    assert set(report.sheet_id) <= set(iki.load(tmp_path / "o").sheets.sheet_id)


@pytest.mark.parametrize("extra", (["--pseudonymise"], ["--key", "k"], ["--pseudonymise", "--key", "k"]))
def test_what_belongs_together_is_asked_for(folder: Path, extra: list[str]) -> None:
    assert CliRunner().invoke(app, ["export", str(folder), "--format", "csv", *extra]).exit_code != 0
    assert {path.name for path in folder.iterdir()} == {f"{t.name}.csv" for t in tables.TABLES} | {"datapackage.json"}


def test_a_key_that_is_no_secret_is_refused(folder: Path, key: Path, tmp_path: Path) -> None:
    out = tmp_path / "terbit"
    for path, why in (
        (tmp_path / "tiada", "head -c 32"),
        (key_file(tmp_path / "pendek", b"\0" * 31), "32"),
        (key_file(tmp_path / "kata", b"z" * 64), "32"),
        (key_file(folder / "kunci", bytes(32)), "kunci"),
    ):
        with pytest.raises(Problem, match=why):
            publish(folder, [Format.CSV], path, out)
    key.chmod(0o640)
    with pytest.raises(Problem, match="chmod 600"):
        publish(folder, [Format.CSV], key, out)
    assert not out.exists()


def test_a_target_or_format_with_names_in_it_is_refused(folder: Path, key: Path, tmp_path: Path) -> None:
    (tmp_path / "terbit").mkdir()
    (tmp_path / "terbit" / "sheets.csv").write_text("lama")
    with pytest.raises(Problem, match="kosong"):
        publish(folder, [Format.CSV], key, tmp_path / "terbit")
    with pytest.raises(Problem, match="--out"):
        publish(folder, [Format.CSV], key, folder / "terbit")
    for format_ in set(Format) - COVERED:
        with pytest.raises(Problem, match=format_):
            publish(folder, [Format.CSV, format_], key, tmp_path / "lain")
    assert not (tmp_path / "lain").exists()


REDACTOR = Redactor(NIP, NIP.values(), TITLES)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("Disusun Zulfikar Emilianto dan rekan", f"Disusun {NAME} dan rekan"),
        ("Surat Nur Qomariyah, A.Md. diterima", f"Surat {NAME}, A.Md. diterima"),
        ("nur qomariyah sudjatmiko", NAME),
        ("cahaya (nur) dari Nur", "cahaya (nur) dari Nur"),
        ("NIP 197001011995031001.", f"NIP {NUMBER}."),
        ("Z u l f i k a r  E m i l i a n t o", WHOLE),
        ("Jumlah dokumen 2031, 1.000 lembar", "Jumlah dokumen 2031, 1.000 lembar"),
        ("", ""),
    ],
)
def test_names_go_and_other_words_stay(text: str, told: str) -> None:
    assert REDACTOR(text) == told


@given(st.text(max_size=30), st.sampled_from(sorted(NIP)), st.text(max_size=30))
def test_a_whole_name_goes_wherever_it_stands(before: str, name: str, after: str) -> None:
    told = REDACTOR(before + name + after)
    words = folded(name.split(",", maxsplit=1)[0].replace("drg. ", "").replace("H. ", ""))
    assert words not in folded(told)
    assert REDACTOR(told) == told


@given(st.text(max_size=60))
def test_without_a_name_nothing_goes(text: str) -> None:
    kept = Redactor(["Xyzzyqwx Plughvvv"], [], ())(text)
    assert kept == unicodedata.normalize("NFC", text) or NUMBER in kept or "plughvvv" in folded(text)

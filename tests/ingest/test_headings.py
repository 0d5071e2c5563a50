"""What the headings of tables say: known ones, unknown ones, in storeys, numbered, said again."""

from __future__ import annotations

import pytest
from boxes import grid, line, page
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iki.ingest.form import headings, rows
from iki.ingest.form.headings import find, is_numbering, printed
from iki.ingest.form.sheets import assemble
from iki.normalize.knowledge import Knowledge
from iki.normalize.sheet import clean
from iki.vocab import load
from iki.vocab.labels import heading_of

CELLS = ("1", "Tertibnya arsip", "Jumlah berkas", "Berkas yang ditata", "Daftar arsip")


@pytest.mark.parametrize(
    ("heading", "column"),
    [
        ("KINERJA UTAMA", "sasaran"),
        ("SASARAN/KINERJA UTAMA", "sasaran"),
        ("SASARAN STRATEGIS / PROGRAM", "sasaran"),
        ("RENCANA HASIL KERJA", "sasaran"),
        ("SASARAN KINERJA PROGRAM", "sasaran"),
        ("URAIAN", "sasaran"),
        ("INDIKATOR KINERJA UTAMA (IKU)", "indikator"),
        ("INDIKATOR KINERJA PROGRAM / KEGIATAN", "indikator"),
        ("lndikator Kinerja Individu", "indikator"),
        ("PENJELASAN / KETERANGAN", "penjelasan"),
        ("KETERANGAN / PENJELASAN", "penjelasan"),
        ("DASAR PERTIMBANGAN", "penjelasan"),
        ("CARA PERHITUNGAN", "penjelasan"),
        ("SUMBERDATA", "sumber_data"),
        ("TARGET RENSTRA", "target_renstra"),
        ("PENANGGUNG JAWAB", "penanggung_jawab"),
        ("KETERANGAN", "keterangan"),
    ],
)
def test_a_heading_names_its_column_however_an_agency_words_it(heading: str, column: str) -> None:
    found = heading_of(heading)
    assert found
    assert found.column == column
    assert found.likeness >= 0.85


@pytest.mark.parametrize("heading", ["Capaian Kinerja", "Realisasi Kinerja", "Hambatan", "Waktu Pelaksanaan"])
def test_other_words_name_no_column(heading: str) -> None:
    found = heading_of(heading)
    assert found is None or found.likeness < headings.ColumnSettings().recognised


@settings(deadline=None)
@example(text="^", other="^")
@given(st.text(), st.text())
def test_any_text_may_stand_in_a_heading(text: str, other: str) -> None:
    table = grid([(text or "a", other, "Indikator Kinerja", "Sumber Data"), ("1", "a", "b", "c")])
    found = find(table)
    assert found
    assert len(set(found.names)) == len(found.names) == 4
    assert all(found.names)
    assert not set(found.names) & set(headings.RESERVED)
    is_numbering(table, 0)
    printed(grid([(text or "a", other, text), (other, text, other)]))


@pytest.mark.parametrize(
    "numbers",
    [
        ("1", "2", "3", "4", "5"),
        ("(1)", "(2)", "(3)", "(4)", "(5)"),
        ("-1-", "-2-", "-3-", "-4-", "-5-"),
        ("l", "2", "3", "4", "S"),
        ("I", "II", "III", "IV", "V"),
        ("a", "b", "c", "d", "e"),
        ("(A)", "(B)", "(C)", "(D)", "(E)"),
        ("1.", "2.", "3.", "4.", "5 = 4/3"),
        ("1", "2", "", "5", "6"),
        ("1", "2", "8", "4", "5"),
    ],
)
def test_column_numbers_of_any_style_are_no_row(numbers: tuple[str, ...]) -> None:
    head = ("NO", "SASARAN", "INDIKATOR KINERJA", "PENJELASAN", "SUMBER DATA")
    table = grid([head, numbers, CELLS, numbers, CELLS])
    found = find(table)
    assert found
    assert found.first_row == 2
    assert len(rows.page_rows(table, found, 1)) == 2


@pytest.mark.parametrize("cells", [("1", "2", "", "", ""), ("5", "4", "3", "2", "1"), ("3", "90", "95", "100", "100")])
def test_figures_are_a_row(cells: tuple[str, ...]) -> None:
    assert not is_numbering(grid([cells]), 0)


def test_headings_that_come_again_in_the_middle_are_no_row() -> None:
    head = ("NO", "SASARAN", "INDIKATOR KINERJA", "PENJELASAN", "SUMBER DATA")
    table = grid([head, CELLS, head, CELLS])
    found = find(table)
    assert found
    assert [rows.text_of(r.values["sasaran"]) for r in rows.page_rows(table, found, 1)] == ["Tertibnya arsip"] * 2


def test_headings_in_two_storeys_are_read_together() -> None:
    table = grid(
        [
            ("NO", "KINERJA", "<", "TARGET", "<", "SUMBER|DATA"),
            ("^", "SASARAN", "INDIKATOR", "2024", "2025", "^"),
            ("1", "2", "3", "4", "5", "6"),
            ("1", "Tertibnya arsip", "Jumlah berkas", "10", "20", "Daftar arsip"),
        ]
    )
    found = find(table)
    assert found
    assert found.names == ("no", "sasaran", "indikator", "target_2024", "target_2025", "sumber_data")
    assert found.first_row == 3
    assert found.extra == {"target_2024": "TARGET 2024", "target_2025": "TARGET 2025"}


def test_a_general_word_under_a_heading_is_that_heading() -> None:
    table = grid(
        [
            ("NO", "SASARAN STRATEGIS", "INDIKATOR KINERJA", "<", "SUMBER DATA"),
            ("^", "^", "URAIAN", "SATUAN", "^"),
            ("1", "Tertibnya arsip", "Jumlah berkas", "berkas", "Daftar arsip"),
        ]
    )
    found = find(table)
    assert found
    assert found.names == ("no", "sasaran", "indikator", "satuan", "sumber_data")
    assert found.first_row == 2


def test_of_two_columns_that_say_the_same_the_second_keeps_its_own_words() -> None:
    head = ("No", "Sasaran Strategis", "Sasaran Program", "Indikator Kinerja", "Halaman")
    found = find(grid([head, CELLS]))
    assert found
    assert found.names == ("no", "sasaran", "sasaran_program", "indikator", "kolom_halaman")


@pytest.mark.parametrize("numbered", [True, False])
def test_a_table_of_unknown_headings_keeps_them_and_is_flagged_whole(numbered: bool) -> None:
    head = ("NO", "NAMA KEGIATAN RAPAT", "WAKTU", "TEMPAT", "HASIL")
    body = ("1", "Rapat kerja", "Senin", "Aula", "Berita acara")
    lines = [line("INDIKATOR KINERJA INDIVIDU TAHUN 2023", 500, 200), line("Jabatan : Pengolah Data", 100, 300)]
    table = grid([head, *([("1", "2", "3", "4", "5")] if numbered else []), body])
    document = assemble("a.pdf", "0" * 64, [page(1, lines, [table])])
    (sheet,) = clean([document], Knowledge.of(load()))
    (row,) = sheet.rows
    assert {name: value.text for name, value in row.values.items() if value.text} == {
        "no": "1",
        "nama_kegiatan_rapat": "Rapat kerja",
        "waktu": "Senin",
        "tempat": "Aula",
        "hasil": "Berita acara",
    }
    assert all(value.flagged for value in row.values.values())
    assert set(row.values) >= {"no", "sasaran", "indikator", "penjelasan", "sumber_data"}


def test_a_table_without_any_headings_is_flagged_whole() -> None:
    lines = [line("INDIKATOR KINERJA INDIVIDU TAHUN 2023", 500, 200), line("Jabatan : Pengolah Data", 100, 300)]
    document = assemble("a.pdf", "0" * 64, [page(1, lines, [grid([CELLS, ("2", *CELLS[1:])])])])
    (sheet,) = clean([document], Knowledge.of(load()))
    assert [row.values["no"].text for row in sheet.rows] == ["1", "2"]
    assert all(value.flagged for row in sheet.rows for value in row.values.values())


def test_headings_above_the_rules_of_a_table_name_its_columns() -> None:
    title = line("INDIKATOR KINERJA INDIVIDU TAHUN 2023", 500, 200)
    head = ("NO", "SASARAN", "INDIKATOR KINERJA", "PENJELASAN", "SUMBER DATA")
    loose = [line(text, 130 + 300 * i, 340) for i, text in enumerate(head)]
    table = grid([CELLS, ("2", *CELLS[1:])])
    (sheet,) = assemble("a.pdf", "0" * 64, [page(1, [title, *loose], [table])]).sheets
    first = {k: rows.text_of(v) for k, v in sheet.rows[0].values.items()}
    assert first == dict(zip(("no", "sasaran", "indikator", "penjelasan", "sumber_data"), CELLS, strict=True))
    assert all(v.certainty == 1 for r in sheet.rows for v in r.values.values())
    (doubted,) = assemble("a.pdf", "0" * 64, [page(1, [title, *loose[:4]], [table])]).sheets
    assert all(v.certainty == 0 for r in doubted.rows for v in r.values.values())

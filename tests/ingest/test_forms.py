"""What stands above tables: labels of any agency, tugas and fungsi, covers, decisions and their annexes."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from boxes import PITCH, grid, line, page
from hypothesis import given, settings
from hypothesis import strategies as st

from iki.ingest.form import fields
from iki.ingest.form.rows import text_of
from iki.ingest.form.sheets import assemble
from iki.model import CleanSheet, Document, Line, Page
from iki.normalize.knowledge import Knowledge
from iki.normalize.sheet import clean
from iki.vocab import load

HEAD = ("No", "Sasaran", "Indikator Kinerja", "Penjelasan", "Sumber Data")
ROW = ("1", "Tertibnya arsip", "Jumlah berkas", "Berkas yang ditata", "Daftar arsip")
SIGNED = ("Sarijaya, 4 Juni 2024", "Kepala Dinas Kearsipan", "", "", "Adi Nugroho", "NIP. 197001011998031002")


def form(*pairs: tuple[str, str], top: float = 260, number: int = 1) -> list[Line]:
    """Labels at the left and values at 500 px, a row each."""
    rows = [(label, value, top + PITCH * i) for i, (label, value) in enumerate(pairs)]
    labels = [line(label, 100, y, number) for label, _, y in rows if label]
    return [*labels, *(line(value, 500, y, number) for _, value, y in rows if value)]


def texts(number: int, *found: str, top: float = 200, x: float | None = None) -> list[Line]:
    """Lines one below the other, from ``x`` px on or about the middle of the page."""
    places = [850 - 5.5 * len(text) if x is None else x for text in found]
    return [line(t, at, top + PITCH * i, number) for i, (t, at) in enumerate(zip(found, places, strict=True)) if t]


def document(*pages: Page) -> Document:
    return assemble("a.pdf", "0" * 64, pages)


def cleaned(*pages: Page) -> Sequence[CleanSheet]:
    return clean([document(*pages)], Knowledge.of(load()))


def said(sheet: CleanSheet) -> dict[str, str]:
    return {name: value.text for name, value in sheet.fields.items() if value.text}


def flagged(sheet: CleanSheet) -> set[str]:
    return {name for name, value in sheet.fields.items() if value.flagged}


@pytest.mark.parametrize(
    ("label", "name"),
    [
        ("Nama Organisasi :", "perangkat_daerah"),
        ("1. Nama Unit Organisasi", "perangkat_daerah"),
        ("Nama Unit", "unit_kerja"),
        ("NAMA BIDANG :", "unit_kerja"),
        ("2. Jabatan", "jabatan"),
        ("Tugas Pokok", "tugas"),
        ("2. Tugas :", "tugas"),
        ("Ikhtisar Jabatan", "tugas"),
        ("c. Fungsi", "fungsi"),
    ],
)
def test_labels_stand_with_or_without_numbers_and_colons(label: str, name: str) -> None:
    found = fields.find(form((label, "Kearsipan Daerah")), PITCH)
    assert {key: text_of(value) for key, value in found.fields.items()} == {name: "Kearsipan Daerah"}


def test_a_label_over_two_rows_is_not_its_first_word() -> None:
    found = fields.find(form(("Nama", "Dinas Kearsipan"), ("Organisasi", ""), ("Jabatan", "Arsiparis")), PITCH)
    assert {key: text_of(value) for key, value in found.fields.items()} == {
        "perangkat_daerah": "Dinas Kearsipan",
        "jabatan": "Arsiparis",
    }


def test_the_second_line_of_a_value_is_none_of_the_next_label() -> None:
    lines = form(("1. Perangkat Daerah", "Dinas Kearsipan Kabupaten"), ("", "Bumi Rahayu"), ("2. Jabatan", "Arsiparis"))
    for pitch in (PITCH, 1.4 * PITCH):
        found = fields.find(lines, pitch)
        assert {key: text_of(value) for key, value in found.fields.items()} == {
            "perangkat_daerah": "Dinas Kearsipan Kabupaten Bumi Rahayu",
            "jabatan": "Arsiparis",
        }


def test_tugas_and_fungsi_are_columns_with_the_letters_of_their_items() -> None:
    lines = form(
        ("1. Jabatan", "Kepala Bidang Arsip"),
        ("2. Tugas", "Melaksanakan penataan arsip serta"),
        ("", "tugas lain dari pimpinan"),
        ("3. Fungsi", "a. penyusunan rencana kerja;"),
        ("", "b. penataan arsip dan"),
        ("", "fungsi lain;"),
        ("", "c. pelaporan."),
    )
    (sheet,) = cleaned(
        page(1, [line("INDIKATOR KINERJA INDIVIDU TAHUN 2024", 500, 200), *lines], [grid([HEAD, ROW], 700)])
    )
    assert sheet.fields["tugas"].text == "Melaksanakan penataan arsip serta tugas lain dari pimpinan"
    assert sheet.fields["fungsi"].text == "a. penyusunan rencana kerja; b. penataan arsip dan fungsi lain; c. pelaporan"


def test_a_budget_above_the_table_is_no_part_of_a_list() -> None:
    lines = form(("1. Jabatan", "Arsiparis"), ("2. Fungsi", "a. penataan arsip"))
    loose = [*form(("2. Fungsi", "a. satu"), *(("", f"{c}. lagi") for c in "bcde")), line("Program", 520, 440)]
    assert text_of(fields.find(loose, PITCH).fields["fungsi"]) == "a. satu b. lagi c. lagi d. lagi e. lagi"
    budget = grid([("Program", "Anggaran"), ("Penataan arsip", "Rp 10.000.000")], 330)
    (sheet,) = document(page(1, lines, [budget, grid([HEAD, ROW], 600)])).sheets
    assert text_of(sheet.fields["fungsi"]) == "a. penataan arsip"


def test_a_list_in_columns_below_a_value_is_no_part_of_it() -> None:
    listed = [line(t, x, y) for y in (320, 350) for x, t in ((520, "Penataan arsip"), (1200, "Rp 10.000.000"))]
    lines = [*form(("1. Perangkat Daerah", "Dinas Sosial"), ("2. Jabatan", "Arsiparis")), *listed]
    assert text_of(fields.find(lines, PITCH).fields["jabatan"]) == "Arsiparis"


def test_a_list_below_its_label_and_an_empty_one() -> None:
    below = [line("Fungsi :", 100, 300), line("1. Penataan arsip", 120, 330), line("2. Pelaporan", 120, 360)]
    assert text_of(fields.find(below, PITCH).fields["fungsi"]) == "1. Penataan arsip 2. Pelaporan"
    lines = form(("Jabatan", "Arsiparis"), ("Tugas", ""))
    (sheet,) = cleaned(page(1, lines, [grid([HEAD, ROW])]))
    assert sheet.fields["tugas"].text == ""
    assert "tugas" in flagged(sheet)
    assert "fungsi" not in flagged(sheet)


def test_a_cover_of_labels_goes_with_the_table_on_the_next_page() -> None:
    title = ("INDIKATOR KINERJA UTAMA", "DINAS KEARSIPAN KABUPATEN SARIJAYA", "TAHUN 2023")
    labels = form(
        ("Nama Unit", "Kepala Bidang Arsip"), ("Fungsi", "1. penataan arsip;"), ("", "2. pelaporan;"), top=400
    )
    rest = texts(2, "3. pembinaan arsip", top=330, x=500)
    second = page(2, [*texts(2, *title[:2]), *rest], [grid([HEAD, ROW])])
    found = document(page(1, [*texts(1, *title), *labels]), second)
    (raw,) = found.sheets
    assert (raw.first_page, raw.last_page, len(raw.rows)) == (1, 2, 1)
    (sheet,) = clean([found], Knowledge.of(load()))
    assert said(sheet) | {"judul": ""} == {
        "judul": "",
        "perubahan": "false",
        "tahun": "2023",
        "perangkat_daerah": "DINAS KEARSIPAN KABUPATEN SARIJAYA",
        "jabatan": "Kepala Bidang Arsip",
        "fungsi": "1. penataan arsip; 2. pelaporan; 3. pembinaan arsip",
    }
    assert {"perangkat_daerah", "jabatan"} <= flagged(sheet)


def test_an_annex_to_a_decision_has_a_sheet_for_each_post_and_one_signer() -> None:
    cover = page(1, texts(1, "INDIKATOR KINERJA INDIVIDU", "DINAS KEARSIPAN", "KABUPATEN SARIJAYA", "TAHUN 2023"))
    decision = page(
        2,
        [
            *texts(
                2, "KEPUTUSAN KEPALA DINAS KEARSIPAN", "NOMOR 12 TAHUN 2023", "TENTANG", "INDIKATOR KINERJA INDIVIDU"
            ),
            *texts(
                2, "Menimbang : a. bahwa arsip;", "Mengingat : 1. Undang-Undang;", "MEMUTUSKAN", "KESATU : x", top=500
            ),
        ],
    )
    head = texts(
        3, "LAMPIRAN KEPUTUSAN KEPALA DINAS KEARSIPAN", "NOMOR 12", "TENTANG INDIKATOR KINERJA INDIVIDU", top=100
    )
    posts = ("Sekretaris", "Arsiparis Ahli Muda", "Pengelola Arsip")
    sheets = [
        page(
            n,
            [
                *(head if n == 3 else []),
                line("INDIKATOR KINERJA INDIVIDU", 500, 220, n),
                *form(("1. Jabatan", post), ("2. Tugas", "Menata arsip"), number=n),
                *(texts(n, *SIGNED, top=1500, x=1000) if n == 5 else []),
            ],
            [grid([HEAD, ROW], page=n)],
        )
        for n, post in enumerate(posts, 3)
    ]
    found = document(cover, decision, *sheets)
    assert not found.lacks
    done = clean([found], Knowledge.of(load()))
    assert [sheet.fields["jabatan"].text for sheet in done] == list(posts)
    assert [sheet.first_page for sheet in done] == [3, 4, 5]
    for sheet in done:
        assert said(sheet)["perangkat_daerah"] == "DINAS KEARSIPAN KABUPATEN SARIJAYA"
        assert said(sheet)["pihak_pertama_nama"] == "Adi Nugroho"
        assert "perangkat_daerah" in flagged(sheet)
    assert "pihak_pertama_nama" in flagged(done[0]) & flagged(done[1])
    assert "pihak_pertama_nama" not in flagged(done[2])


def test_a_sheet_that_begins_below_another_is_one_of_its_own() -> None:
    title = "INDIKATOR KINERJA INDIVIDU TAHUN 2024"
    first = [*texts(1, title, top=100), *form(("1. Jabatan", "Sekretaris"), top=160)]
    second = [*texts(1, title, top=800), *form(("1. Jabatan", "Arsiparis Ahli Muda"), top=860)]
    third = [*texts(1, title, top=1800), *form(("1. Jabatan", "Pengelola Arsip"), ("2. Tugas", "Menata"), top=1860)]
    pages = [
        page(1, [*first, *second, *third], [grid([HEAD, ROW], 300), grid([HEAD, ROW, ("2", *ROW[1:])], 1000)]),
        page(2, texts(2, *SIGNED, top=1500, x=1000), [grid([HEAD, ROW], page=2)]),
    ]
    sheets = document(*pages).sheets
    assert [(text_of(s.fields["jabatan"]), s.first_page, s.last_page, len(s.rows)) for s in sheets] == [
        ("Sekretaris", 1, 1, 1),
        ("Arsiparis Ahli Muda", 1, 1, 2),
        ("Pengelola Arsip", 1, 2, 1),
    ]


def test_a_table_cut_in_two_on_its_page_loses_no_row() -> None:
    lines = [*texts(1, "INDIKATOR KINERJA INDIVIDU TAHUN 2024"), *texts(1, *SIGNED, top=1500, x=1000)]
    tables = [grid([HEAD, ROW], 400), grid([("2", *ROW[1:]), ("3", *ROW[1:])], 700)]
    (sheet,) = document(page(1, lines, tables)).sheets
    assert [text_of(r.values["no"]) for r in sheet.rows] == ["1", "2", "3"]


@pytest.mark.parametrize(("title", "year"), [("TAHUN 2023-2026", "2024"), ("TAHUN 2018 - 2023", "2023"), ("", "2024")])
def test_a_range_of_years_and_a_title_without_one_are_flagged(title: str, year: str) -> None:
    lines = [*texts(1, f"INDIKATOR KINERJA INDIVIDU {title}".strip()), *texts(1, *SIGNED, top=1500, x=1000)]
    (sheet,) = cleaned(page(1, lines, [grid([HEAD, ROW])]))
    assert sheet.fields["tahun"].text == year
    assert "tahun" in flagged(sheet)


def test_the_heading_of_a_column_is_no_title() -> None:
    assert not fields.find(texts(1, "INDIKATOR KINERJA"), PITCH).titled
    assert not fields.find(texts(1, "TENTANG INDIKATOR KINERJA INDIVIDU"), PITCH).titled


def test_a_value_with_another_label_in_it_is_flagged() -> None:
    lines = form(("Jabatan", "Arsiparis 1. Perangkat Daerah Dinas Kearsipan"))
    (sheet,) = cleaned(page(1, lines, [grid([HEAD, ROW])]))
    assert "jabatan" in flagged(sheet)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.integers(0, 1500), st.integers(0, 390)), max_size=8), st.booleans())
def test_any_lines_may_stand_above_a_table(found: list[tuple[str, int, int]], table: bool) -> None:
    lines = [line("2. Jabatan", 100, 200), *(line(text, x, y) for text, x, y in found)]
    cleaned(page(1, lines, [grid([HEAD, ROW])] if table else []), page(2, lines))

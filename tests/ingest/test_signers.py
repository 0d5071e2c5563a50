"""Who signs a sheet: blocks of one and two signers, blank dates, electronic signatures, blocks cut by a page's end."""

from __future__ import annotations

from boxes import PITCH, grid, line, page
from hypothesis import given, settings
from hypothesis import strategies as st

from iki.ingest.form import signers
from iki.ingest.form.rows import text_of
from iki.ingest.form.sheets import assemble
from iki.model import Line
from iki.normalize.knowledge import Knowledge
from iki.normalize.sheet import clean
from iki.vocab import load

HEAD = ("No", "Sasaran", "Indikator Kinerja", "Penjelasan", "Sumber Data")
ROW = ("1", "Tertibnya arsip", "Jumlah berkas", "Berkas yang ditata", "Daftar arsip")


def column(x: float, *texts: str, top: float = 1500) -> list[Line]:
    """Lines one below the other at ``x`` px, one line distance apart; an empty text leaves a line's room."""
    return [line(t, x, top + PITCH * i) for i, t in enumerate(texts) if t]


def said(lines: list[Line]) -> dict[str, str]:
    return {k: text_of(v) for k, v in signers.find(lines, 1700, PITCH).fields.items()}


def test_the_formula_of_an_electronic_signature_is_no_jabatan() -> None:
    seal = (
        "Dokumen ini telah ditandatangani secara elektronik menggunakan sertifikat",
        "elektronik yang diterbitkan BSrE",
    )
    lines = [
        *column(
            1000, "Sarijaya, 4 Juni 2024", "PIHAK PERTAMA,", "Kepala Bagian Layanan Pengadaan", "Secara Elektronik"
        ),
        *column(1000, "@Ditandatangani secara", "elektronik oleh:", "", "Rani Wulandari, S.Kom.", top=1625),
        *column(1000, "Pembina, IV/a", "NIP. 197501012000122001", top=1745),
        *column(100, *seal, top=2100),
        line("Halaman 2 dari 3", 700, 2200),
        line("IKI - halaman 2", 1000, 2230),
    ]
    assert said(lines) == {
        "tempat_tanggal": "Sarijaya, 4 Juni 2024",
        "pihak_pertama_jabatan": "Kepala Bagian Layanan Pengadaan Secara Elektronik",
        "pihak_pertama_nama": "Rani Wulandari, S.Kom.",
        "pihak_pertama_pangkat_golongan": "Pembina, IV/a",
        "pihak_pertama_nip": "NIP. 197501012000122001",
    }


def test_labels_say_who_signs_however_they_are_worded() -> None:
    left = ("Pihak Kesatu,", "Analis Arsip", "", "", "Rani Wulandari, S.Kom.", "NIP. 197501012000122001")
    right = ("Mengetahui", "Atasan Langsung,", "Kepala Bidang Arsip", "", "", "Adi Nugroho", "NIP. 197001011998031002")
    found = said([*column(100, *left), *column(1000, *right)])
    assert found["pihak_pertama_nama"] == "Rani Wulandari, S.Kom."
    assert found["pihak_kedua_jabatan"].endswith("Kepala Bidang Arsip")
    assert found["pihak_kedua_nama"] == "Adi Nugroho"


def test_one_below_the_other_are_two_signers() -> None:
    first = ("Pihak Kesatu,", "Analis Arsip", "", "", "Rani Wulandari", "NIP. 197501012000122001")
    second = ("Mengetahui,", "Kepala Bidang Arsip", "", "", "Adi Nugroho", "NIP. 197001011998031002")
    found = said([*column(1000, *first), *column(1000, *second, top=1800)])
    assert (found["pihak_pertama_nama"], found["pihak_kedua_nama"]) == ("Rani Wulandari", "Adi Nugroho")


def test_a_date_left_blank_is_no_jabatan() -> None:
    lines = [line("Bandung,", 1000, 1500), line("2016", 1400, 1500), *column(1000, "Kepala Seksi", "", "", top=1530)]
    found = said([*lines, *column(1000, "Adi Nugroho", "NIP. 197001011998031002", top=1650)])
    assert found["tempat_tanggal"] == "Bandung, 2016"
    assert found["pihak_pertama_jabatan"] == "Kepala Seksi"


def test_set_in_and_on_date_stand_on_two_lines() -> None:
    lines = column(1000, "Ditetapkan di Sarijaya", "pada tanggal 4 Juni 2024", "Kepala Dinas,", "", "", "Adi Nugroho")
    found = said([*lines, *column(1000, "NIP. 197001011998031002", top=1680)])
    assert found["tempat_tanggal"] == "Ditetapkan di Sarijaya pada tanggal 4 Juni 2024"
    assert found["pihak_pertama_jabatan"] == "Kepala Dinas,"


def test_notes_and_sums_below_a_table_are_no_jabatan() -> None:
    notes = column(100, "Catatan: target tahun 2024 menurut Renstra", "Program Arsip Rp 10.000.000")
    block = column(
        1000, "Sarijaya, 4 Juni 2024", "Analis Arsip", "", "", "Rani Wulandari", "NIP. 197501012000122001", top=1600
    )
    found = said([*notes, *block])
    assert found["tempat_tanggal"] == "Sarijaya, 4 Juni 2024"
    assert {k for k in found if k.startswith("pihak_kedua")} == set()
    assert found["pihak_pertama_jabatan"] == "Analis Arsip"


def test_a_block_cut_by_the_end_of_its_page_is_read_as_one() -> None:
    title = line("INDIKATOR KINERJA INDIVIDU TAHUN 2024", 500, 200)
    first = page(1, [title, *column(1000, "Sarijaya, 4 Juni 2024", "Analis Arsip", top=2200)], [grid([HEAD, ROW])])
    second = page(2, column(1000, "Rani Wulandari, S.Kom.", "Penata (III/c)", "NIP. 197501012000122001", top=300))
    (sheet,) = assemble("a.pdf", "0" * 64, [first, second]).sheets
    assert {k: text_of(v) for k, v in sheet.fields.items() if k.startswith("pihak_pertama")} == {
        "pihak_pertama_jabatan": "Analis Arsip",
        "pihak_pertama_nama": "Rani Wulandari, S.Kom.",
        "pihak_pertama_pangkat_golongan": "Penata (III/c)",
        "pihak_pertama_nip": "NIP. 197501012000122001",
    }
    assert sheet.last_page == 2


def test_a_page_may_end_within_a_jabatan_beside_a_name() -> None:
    title = line("INDIKATOR KINERJA INDIVIDU TAHUN 2024", 500, 200)
    left = column(100, "Atasan Langsung,", "Kepala Bidang Layanan dan", top=2100)
    right = column(1000, "Pihak Pertama,", "Analis Arsip", "", "", "Rani Wulandari", top=2100)
    first = page(1, [title, *left, *right, line("Halaman 1", 800, 2290)], [grid([HEAD, ROW])])
    rest = [line("Pengadaan", 100, 150, 2), line("Penata (III/c)", 1000, 150, 2)]
    rest += [line("NIP. 197501012000122001", 1000, 180, 2)]
    rest += [line("Adi Nugroho", 100, 270, 2), line("NIP. 197001011998031002", 100, 300, 2)]
    (sheet,) = assemble("a.pdf", "0" * 64, [first, page(2, rest)]).sheets
    found = {k: text_of(v) for k, v in sheet.fields.items()}
    assert found["pihak_kedua_jabatan"].endswith("Kepala Bidang Layanan dan Pengadaan")
    assert found["pihak_kedua_nama"] == "Adi Nugroho"
    assert found["pihak_pertama_nama"] == "Rani Wulandari"


def test_a_short_degree_that_stands_by_itself_is_a_part_of_the_name() -> None:
    name = [line("Rani Wulandari,", 1000, 1500), line("S.E.,", 1180, 1500), line("M.M.", 1250, 1500)]
    assert said([*name, line("NIP. 197501012000122001", 1000, 1530)])["pihak_pertama_nama"].endswith("S.E., M.M.")


def test_the_rows_of_a_spreadsheet_stand_wide() -> None:
    rows = ("Kepala Subbagian Perencanaan dan", "Keuangan", "", "", "Adi Nugroho", "Penata (III/c)")
    block = [line(t, 1000, 1500 + 42 * i) for i, t in enumerate((*rows, "NIP. 197001011998031002")) if t]
    assert said(block)["pihak_pertama_jabatan"] == "Kepala Subbagian Perencanaan dan Keuangan"


def test_a_page_may_end_between_name_and_rank() -> None:
    block = column(1000, "Yang Membuat Pernyataan,", "Analis Arsip", "", "", "Rani Wulandari", top=2100)
    found = said([*block, *column(1000, "Penata Muda (III/a)", "", "", "", "NIP. 197501012000122001", top=2500)])
    assert found == {
        "pihak_pertama_jabatan": "Analis Arsip",
        "pihak_pertama_nama": "Rani Wulandari",
        "pihak_pertama_pangkat_golongan": "Penata Muda (III/a)",
        "pihak_pertama_nip": "NIP. 197501012000122001",
    }


def test_headings_printed_again_above_the_rest_of_a_block_are_no_table() -> None:
    title = line("INDIKATOR KINERJA INDIVIDU TAHUN 2024", 500, 200)
    block = column(1000, "Sarijaya, 4 Juni 2024", "Analis Arsip", "", "", "Rani Wulandari", top=2100)
    first = page(1, [title, *block], [grid([HEAD, ROW])])
    rest = column(1000, "Penata (III/c)", "NIP. 197501012000122001", top=400)
    (sheet,) = assemble("a.pdf", "0" * 64, [first, page(2, rest, [grid([HEAD], top=200)])]).sheets
    assert text_of(sheet.fields["pihak_pertama_nama"]) == "Rani Wulandari"
    assert len(sheet.rows) == 1


def cleaned(lines: list[Line]) -> tuple[dict[str, str], set[str]]:
    """The fields of a sheet with these lines below its table, and which of them are flagged."""
    title = line("INDIKATOR KINERJA INDIVIDU TAHUN 2024", 500, 200)
    document = assemble("a.pdf", "0" * 64, [page(1, [title, *lines], [grid([HEAD, ROW])])])
    (sheet,) = clean([document], Knowledge.of(load()))
    return {k: v.text for k, v in sheet.fields.items()}, {k for k, v in sheet.fields.items() if v.flagged}


def test_half_a_block_is_flagged() -> None:
    texts, flagged = cleaned(column(1000, "Sarijaya, 4 Juni 2024", "PIHAK PERTAMA,", "Analis Arsip"))
    assert texts["pihak_pertama_jabatan"] == "Analis Arsip"
    assert texts["pihak_pertama_nama"] == ""
    assert {"pihak_pertama_nama", "pihak_pertama_nip"} <= flagged


def test_what_is_not_shaped_like_a_name_leaves_it_empty_and_flagged() -> None:
    block = ("Sarijaya, 4 Juni 2024", "Analis Arsip", "", "", "Kepala Bidang Arsip", "NIP. 197501012000122001")
    texts, flagged = cleaned(column(1000, *block))
    assert texts["pihak_pertama_nama"] == ""
    assert "pihak_pertama_nama" in flagged
    assert texts["pihak_pertama_nip"] == "197501012000122001"


def test_a_number_without_18_digits_leaves_it_empty_and_flagged() -> None:
    block = ("Sarijaya, 4 Juni 2024", "Analis Arsip", "", "", "Rani Wulandari", "NIP. 19750101 2000")
    texts, flagged = cleaned(column(1000, *block))
    assert texts["pihak_pertama_nip"] == ""
    assert "pihak_pertama_nip" in flagged


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.text(min_size=1), st.integers(0, 1500), st.integers(1400, 2200)), max_size=8))
def test_any_lines_may_stand_below_a_table(found: list[tuple[str, int, int]]) -> None:
    cleaned([line(text, x, y) for text, x, y in found])


def test_a_name_goes_on_with_the_degrees_of_the_next_line() -> None:
    left = ("Mengetahui,", "Sekretaris Dinas", "", "", "", "Drs. ADI NUGROHO PRASETYO, S.E.,", "M.Ak.",
            "Pembina - IV/a", "Nip. 197712092006011010")  # fmt: skip
    right = ("Yang Bersangkutan,", "Kepala Bagian,", "Keuangan", "", "", "JOKO PANGESTU", "Penata - III/c",
             "Nip. 198611012014121027")  # fmt: skip
    found = said([*column(100, *left), *column(1000, *right)])
    assert found["pihak_kedua_nama"] == "Drs. ADI NUGROHO PRASETYO, S.E., M.Ak."
    assert found["pihak_kedua_jabatan"] == "Sekretaris Dinas"
    assert found["pihak_pertama_nama"] == "JOKO PANGESTU"
    assert found["pihak_pertama_jabatan"] == "Kepala Bagian, Keuangan"

"""From the picture of a page to sheets: lines, engines, headings, rows over a page's end, signers, stray pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from boxes import PITCH, grid, line, page, value
from pages import sheet, sheet_page
from rapidfuzz import fuzz

from iki.ingest import page as page_of
from iki.ingest.form import fields, rows, signers
from iki.ingest.form.headings import column_name, find, is_numbering
from iki.ingest.form.sheets import assemble
from iki.ingest.layout import text_lines as line_finder
from iki.ingest.layout.text_lines import components, text_lines
from iki.ingest.ocr import engines
from iki.ingest.ocr.engines import LineEngine, LineImage, TesseractEngine, load
from iki.ingest.page import read_page
from iki.ingest.sources import PageImage
from iki.messages import Problem
from iki.model import Box, Grid, Line, RawRow, RawValue, Reading, Word

HEAD = ("No", "Sasaran Kegiatan", "Indikator Kinerja", "Formula Penghitungan", "Sumber Data")


def signed(number: int) -> list[Line]:
    at = [
        (
            "PIHAK KEDUA",
            "Kepala Dinas",
            "Dr. SITI AMINAH, M.Si.",
            "Pembina Utama Muda (IV/c)",
            "NIP. 196801011990032001",
        ),
        ("PIHAK PERTAMA", "Pengolah Data", "BUDI HARTONO, S.Kom.", "Penata Muda (III/a)", "NIP. 19900202 201503 1 002"),
    ]
    found = [line("Sukamaju, 5 Januari 2023", 1000, 1500, number)]
    for x, texts in zip((150, 1000), at, strict=True):
        found += [line(t, x, y, number) for t, y in zip(texts, (1530, 1560, 1680, 1710, 1740), strict=True)]
    return found


def titled(number: int) -> list[Line]:
    return [
        line("INDIKATOR KINERJA INDIVIDU TAHUN 2023", 500, 200, number),
        line("1.", 100, 260, number),
        line("Perangkat Daerah", 140, 260, number),
        line(": Dinas Perikanan", 500, 260, number),
        line("2.", 100, 300, number),
        line("Jabatan", 140, 300, number),
        line(": Pengolah Data", 500, 300, number),
    ]


@pytest.mark.slow
def test_each_engine_reads_the_lines_of_a_page() -> None:
    image, gold = sheet_page(4, profile="office", rows=3)
    picture = PageImage(1, image, 200)
    wanted = [text for row in gold["rows"] for text in (row["indikator"], row["sumber_data"]) if text]
    for name in ("auto", "rapidocr", "tesseract"):
        read = read_page(picture, load(name))
        text = " ".join(x.text for g in read.grids for c in g.cells for x in c.lines)
        assert fuzz.partial_ratio(str(wanted[0]), text) > 60, name
        words = [w for g in read.grids for c in g.cells for x in c.lines for w in x.readings[0].words]
        assert words and all(0 <= w.confidence <= 1 and w.box.width > 0 for w in words)
        known = sum(1 for t in wanted for w in str(t).split() if w in text.split())
        assert known > 0.8 * sum(len(str(t).split()) for t in wanted), name


def test_auto_reads_without_tesseract_and_tesseract_says_that_it_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "has_tesseract", lambda: False)
    assert load("auto").second is None
    with pytest.raises(Problem, match="Tesseract"):
        load("tesseract")


def test_only_doubtful_lines_are_read_twice() -> None:
    class Asked:
        name = "kedua"

        def __init__(self) -> None:
            self.strips: list[LineImage] = []

        def read(self, strips: Sequence[LineImage]) -> list[Reading]:
            self.strips += strips
            return [Reading("lain", (), 0.5, self.name) for _ in strips]

    class Sure(Asked):
        name = "pertama"

        def read(self, strips: Sequence[LineImage]) -> list[Reading]:
            return [Reading("kata", (), sure, self.name) for sure, _ in zip((0.99, 0.3), strips, strict=True)]

    second = Asked()
    strips = [LineImage(np.full((9, 9), 255, np.uint8), box) for box in (Box(0, 0, 9, 9), Box(0, 20, 9, 29))]
    reader = replace(load("rapidocr"), first=Sure(), second=second)
    got = page_of.read_again(strips, reader.first.read(strips), reader, page_of.PageSettings())
    assert [len(r) for r in got] == [1, 2]
    assert second.strips == [strips[1]]


def test_doubtful_lines_beside_all_that_is_sure_are_not_of_the_sheet() -> None:
    boxes = [Box(100, 0, 400, 20), Box(20, 30, 60, 50), Box(80, 30, 140, 50), Box(450, 30, 490, 50)]
    found = [page_of._Found(b, b, (0, 500)) for b in boxes]
    read = [Reading(text, (), sure, "iki") for text, sure in (("Jabatan", 0.99), ("20", 0.3), ("ya", 0.3), ("l", 0.99))]
    assert page_of.on_sheet(found, read, [], page_of.PageSettings()) == [0, 2]
    assert page_of.on_sheet(found[1:], read[1:], [], page_of.PageSettings()) == [0, 1, 2]


def test_a_short_line_under_long_descenders_is_found() -> None:
    ink = np.zeros((80, 400), np.uint8)
    for x in range(10, 350, 60):  # words run together, each with the box of a descender
        ink[10:28, x : x + 50] = 255
        ink[10:35, x + 20 : x + 24] = 255
    ink[32:50, 10:60] = 255
    ink[30:34, 30:34] = 0
    assert len(text_lines(components(ink, 18.0), 18.0)) == 2


def test_a_lone_dash_is_a_line_and_dust_is_not() -> None:
    ink = np.zeros((60, 200), np.uint8)
    ink[30:32, 90:102] = 255
    ink[10, 20] = 255
    assert len(text_lines(components(ink, 18.0), 18.0)) == 1
    ink[30:32] = 0
    assert text_lines(components(ink, 18.0), 18.0) == []


def test_a_lone_speck_beside_a_line_is_not_of_it_and_a_full_stop_is() -> None:
    ink = np.zeros((60, 400), np.uint8)
    for x in range(60, 200, 14):
        ink[20:38, x : x + 9] = 255
    ink[35:38, 199:202] = 255  # a full stop
    ink[26:30, 20:24] = ink[26:30, 260:264] = 255  # specks
    (line,) = text_lines(components(ink, 18.0), 18.0)
    assert (line.x0, line.x1) == (60, 202)


def test_a_colon_far_behind_a_line_is_of_it() -> None:
    ink = np.zeros((60, 400), np.uint8)
    for x in range(60, 200, 14):
        ink[20:38, x : x + 9] = 255
    ink[35:38, 260:263] = ink[25:28, 260:263] = 255
    (line,) = text_lines(components(ink, 18.0), 18.0)
    assert (line.x0, line.x1) == (60, 263)


def test_a_colon_between_two_lines_is_a_line() -> None:
    ink = np.zeros((120, 400), np.uint8)
    for x in range(60, 200, 14):
        ink[20:38, x : x + 9] = ink[80:98, x : x + 9] = 255
    ink[65:68, 62:65] = ink[55:58, 62:65] = 255
    lines = text_lines(components(ink, 18.0), 18.0)
    assert [(line.y0, line.y1) for line in lines] == [(20, 38), (55, 68), (80, 98)]
    ink[55:58] = 0
    assert len(text_lines(components(ink, 18.0), 18.0)) == 2


def test_a_piece_of_a_line_that_a_stroke_cut_off_is_no_second_line() -> None:
    ink = np.zeros((60, 400), np.uint8)
    whole, piece, below = Box(60, 10, 360, 32), Box(95, 20, 185, 29), Box(60, 38, 150, 56)
    assert line_finder._struck_through([whole, piece, below], ink, 18.0, line_finder.LineSettings()) == [whole, below]


def test_headings_are_known_by_their_words() -> None:
    columns = find(
        grid(
            [
                (
                    "Nomor",
                    "KINERJA UTAMA",
                    "INDIKATOR KINERJA UTAMA",
                    "CARA PERHITUNGAN",
                    "SUMBER DATA",
                    "Penanggung Jawab",
                ),
                ("(1)", "(2)", "(3)", "(4)", "(5)", "(6)"),
                ("1", "Mutu", "Jumlah", "Kapal", "Buku", "Andi"),
            ]
        )
    )
    assert columns is not None
    assert columns.names == ("no", "sasaran", "indikator", "penjelasan", "sumber_data", "penanggung_jawab")
    assert columns.first_row == 2
    assert find(grid([("Nama", "Alamat", "Telepon"), ("a", "b", "c")])) is None
    assert column_name("Anggaran (Rp.)") == "anggaran_rp"


@pytest.mark.parametrize(
    ("texts", "numbering"),
    [
        (("(1)", "(2)", "(3)", "(4)", "(5)"), True),
        (("(1)", "(2)", "(3)", "(5) /", "(6)"), True),
        (("1", "Mutu", "3", "4", "Buku"), False),
        (("1", "", "", "", ""), False),
    ],
)
def test_a_row_of_column_numbers_is_known_under_a_stamp_too(texts: tuple[str, ...], numbering: bool) -> None:
    assert is_numbering(grid([texts]), 0) == numbering


def row(page: int = 1, **texts: str) -> RawRow:
    return RawRow(page, {k: value(t) if t else RawValue(()) for k, t in texts.items()})


def test_a_row_cut_by_the_page_end_is_one_row() -> None:
    before = [row(no="1", sasaran="Meningkatnya mutu", indikator="Jumlah kapal yang", penjelasan="Kapal yang")]
    after = [
        row(2, no="", sasaran="", indikator="diperiksa", penjelasan="lulus periksa"),
        row(2, no="", sasaran="", indikator="Nilai X", penjelasan="Nilai"),
    ]
    joined = rows.joined(before, after)
    assert [rows.text_of(r.values["indikator"]) for r in joined] == ["Jumlah kapal yang diperiksa", "Nilai X"]
    assert joined[0].page == 1
    assert rows.text_of(joined[1].values["sasaran"]) == "Meningkatnya mutu"
    assert rows.text_of(joined[1].values["no"]) == "1"


def test_a_new_row_on_the_next_page_stays_a_row() -> None:
    before = [row(no="1", sasaran="A", indikator="Jumlah kapal", penjelasan="Kapal")]
    after = [row(2, no="", sasaran="", indikator="Jumlah jaring", penjelasan="Jaring")]
    assert len(rows.joined(before, after)) == 2


def cell(number: int, *texts: str, wide: int = 20, top: int = 0) -> RawValue:
    """A cell ``wide`` letters wide whose lines, 10 px a letter and 30 px a line, begin at line ``top``."""

    def made(i: int, text: str) -> Line:
        words, at = list[Word](), 0
        for word in text.split():
            words.append(Word(word, Box(at, 30 * i, at + 10 * len(word), 30 * i + 20), 1.0))
            at += 10 * (len(word) + 1)
        box = Box(0, 30 * i, 10 * len(text), 30 * i + 20)
        quad = ((0, 0), (1, 0), (1, 1), (0, 1))
        return Line(number, box, quad, (0, 10 * wide), (Reading(text, tuple(words), 1.0, "iki"),))

    return RawValue(tuple(made(i, text) for i, text in enumerate(texts, top)))


def test_a_cut_row_goes_on_with_capitals_where_its_lines_were_full() -> None:
    sasaran, rest = cell(1, "Terlaksananya", "Rapat Koordinasi dan"), cell(2, "Konsultasi SKPD")
    own = {"indikator": cell(1, "Jumlah Dokumen SPJ", "Sewa Gedung"), "penjelasan": cell(1, "Semua dokumen")}
    before = RawRow(1, {"no": cell(1, "1"), "sasaran": sasaran, **own})
    tail = RawRow(
        2, {"no": RawValue(()), "sasaran": rest, "indikator": cell(2, "Pertemuan BKPSDM"), "penjelasan": RawValue(())}
    )
    later = RawRow(
        2, {"no": RawValue(()), "sasaran": rest, "indikator": cell(2, "Nilai X"), "penjelasan": cell(2, "Nilai")}
    )
    first, second = rows.joined([before], [tail, later])
    assert rows.text_of(first.values["indikator"]) == "Jumlah Dokumen SPJ Sewa Gedung Pertemuan BKPSDM"
    assert rows.text_of(second.values["sasaran"]) == "Terlaksananya Rapat Koordinasi dan Konsultasi SKPD"
    assert second.values["sasaran"] is first.values["sasaran"]


@pytest.mark.parametrize(
    ("indikator", "begun"),
    [
        (cell(1, "Jumlah"), "pengajuan yang disusun"),  # the next word would have fitted on the line
        (cell(1, "Jumlah usulan anggaran"), "pengajuan yang disusun"),  # another line would have fitted below
    ],
)
def test_a_row_that_had_room_left_is_not_cut(indikator: RawValue, begun: str) -> None:
    long = cell(1, "Semua usulan yang", "masuk dan dicatat", "setiap bulannya oleh")
    before = RawRow(1, {"no": cell(1, "4"), "indikator": indikator, "penjelasan": long})
    after = RawRow(2, {"no": RawValue(()), "indikator": cell(2, begun), "penjelasan": cell(2, "Jumlah usulan")})
    assert len(rows.joined([before], [after])) == 2


def test_a_list_goes_on_over_the_page_end() -> None:
    before = RawRow(
        1, {"no": cell(1, "1"), "indikator": cell(1, "Jumlah"), "penjelasan": cell(1, "1) tenda", "2) selimut")}
    )
    after = RawRow(2, {"no": RawValue(()), "indikator": RawValue(()), "penjelasan": cell(2, "3) kain")})
    assert len(rows.joined([before], [after])) == 1


def test_labels_and_values_above_the_table() -> None:
    found = fields.find(titled(1), PITCH)
    assert {k: rows.text_of(v) for k, v in found.fields.items()} == {
        "judul": "INDIKATOR KINERJA INDIVIDU TAHUN 2023",
        "perangkat_daerah": ": Dinas Perikanan",
        "jabatan": ": Pengolah Data",
    }


def test_values_set_tight_stay_with_the_label_beside_them() -> None:
    tight = [line(x.text, x.box.x0, 260 + 0.55 * (x.box.centre[1] - 260)) for x in titled(1) if x.box]
    assert {k: rows.text_of(v) for k, v in fields.find(tight[1:], PITCH).fields.items()} == {
        "perangkat_daerah": ": Dinas Perikanan",
        "jabatan": ": Pengolah Data",
    }


@pytest.mark.parametrize("year", ["TAHUN 2023", "TAHUN ANGGARAN 2O23", "2023"])
def test_a_title_goes_on_with_the_line_of_its_year(year: str) -> None:
    title = [line("INDIKATOR KINERJA INDIVIDU", 500, 170), line(year, 600, 200)]
    found = fields.find([*title, *titled(1)[1:]], PITCH)
    assert rows.text_of(found.fields["judul"]) == f"INDIKATOR KINERJA INDIVIDU {year}"
    assert set(found.fields) == {"judul", "perangkat_daerah", "jabatan"}


def test_a_name_under_the_strokes_of_a_signature_is_still_the_name() -> None:
    struck = [
        replace(x, readings=(Reading(f"— {x.text}", (Word("SITI", x.box, 0.99),), 0.1, "iki"),))
        if x.box and x.text == "Dr. SITI AMINAH, M.Si."
        else x
        for x in signed(1)
    ]
    found = signers.find(struck, 1700, PITCH).fields
    assert rows.text_of(found["pihak_kedua_nama"]) == "— Dr. SITI AMINAH, M.Si."


def test_one_bad_letter_makes_no_scrawl_of_a_jabatan_and_scrawl_is_none() -> None:
    def with_second_row(words: tuple[Word, ...]) -> signers.Fields:
        text = " ".join(word.text for word in words)
        under = line(text, 150, 1590)
        worn = replace(under, readings=(Reading(text, words, min(w.confidence for w in words), "iki"),))
        return signers.find([*signed(1), worn], 1700, PITCH).fields

    box = Box(150, 1590, 400, 1612)
    worn = with_second_row((Word("Kelautan", box, 0.99), Word("Peri:anan", box, 0.2)))
    assert rows.text_of(worn["pihak_kedua_jabatan"]) == "Kepala Dinas Kelautan Peri:anan"
    scrawl = with_second_row((Word("Wlnu", box, 0.3), Word("ANm", box, 0.2)))
    assert rows.text_of(scrawl["pihak_kedua_jabatan"]) == "Kepala Dinas"


def test_two_signers_are_told_apart_and_labels_overrule_the_side() -> None:
    found = signers.find(signed(1), 1700, PITCH)
    assert found.numbers == 2
    assert rows.text_of(found.fields["pihak_kedua_nama"]) == "Dr. SITI AMINAH, M.Si."
    assert rows.text_of(found.fields["pihak_pertama_pangkat_golongan"]) == "Penata Muda (III/a)"
    assert rows.text_of(found.fields["tempat_tanggal"]) == "Sukamaju, 5 Januari 2023"
    turned = [
        replace(
            x,
            readings=(
                replace(
                    x.readings[0],
                    text={"PIHAK KEDUA": "PIHAK PERTAMA", "PIHAK PERTAMA": "PIHAK KEDUA"}.get(x.text, x.text),
                ),
            ),
        )
        for x in signed(1)
    ]
    assert rows.text_of(signers.find(turned, 1700, PITCH).fields["pihak_kedua_nama"]) == "BUDI HARTONO, S.Kom."


def test_one_signer_is_pihak_pertama() -> None:
    alone = [x for x in signed(1) if x.box and x.box.x0 > 900 and "PIHAK" not in x.text]
    assert set(signers.find(alone, 1700, PITCH).fields) >= {
        "pihak_pertama_nama",
        "pihak_pertama_nip",
        "tempat_tanggal",
    }


def test_pages_become_sheets_dividers_units_and_notes() -> None:
    body = ("1", "Meningkatnya mutu", "Jumlah kapal", "Kapal yang diperiksa", "Laporan")
    rest = ("", "", "Jumlah jaring", "Jaring yang diganti", "Laporan")
    pages = [
        page(1, [line("BIDANG PERIKANAN TANGKAP", 500, 900, 1)]),
        page(2, titled(2), [grid([HEAD, body], page=2)]),
        page(3, signed(3), [grid([rest], top=100, page=3)]),
        page(4, []),
        page(
            5,
            [
                line(f"Dengan hormat, bersama surat ini kami sampaikan hal ke-{i} yang perlu", 100, 200 + 40 * i, 5)
                for i in range(9)
            ],
        ),
        page(6, [*titled(6), *signed(6)], [grid([HEAD, body], page=6)]),
    ]
    document = assemble("berkas.pdf", "0" * 64, pages)
    assert [(s.first_page, s.last_page, len(s.rows)) for s in document.sheets] == [(2, 3, 2), (6, 6, 1)]
    assert rows.text_of(document.sheets[0].unit) == "BIDANG PERIKANAN TANGKAP"
    assert rows.text_of(document.sheets[0].fields["pihak_pertama_nip"]) == "NIP. 19900202 201503 1 002"
    assert len(document.notes) == 2
    assert document.notes[0].values == {"page": 4}


def test_a_sheet_whose_table_was_not_found_is_named() -> None:
    document = assemble("berkas.pdf", "0" * 64, [page(1, [*titled(1), *signed(1)]), page(2, titled(2))])
    assert [(s.first_page, len(s.rows)) for s in document.sheets] == [(1, 0)]
    assert [note.values["page"] for note in document.lacks] == [1, 2]


def test_a_table_without_its_first_page_is_kept_and_named() -> None:
    odd = page(1, signed(1), [grid([("7", "Meningkatnya mutu", "Jumlah kapal", "Kapal", "Laporan")], page=1)])
    document = assemble("berkas.pdf", "0" * 64, [odd])
    assert [len(s.rows) for s in document.sheets] == [1]
    assert len(document.lacks) == 1


def test_a_page_of_another_table_does_not_go_with_an_open_sheet() -> None:
    body = ("1", "Meningkatnya mutu", "Jumlah kapal", "Kapal yang diperiksa", "Laporan")
    other = Grid((100.0, 300.0, 1400.0, 1500.0), (100.0, 160.0), ())
    document = assemble(
        "berkas.pdf", "0" * 64, [page(1, titled(1), [grid([HEAD, body])]), page(2, [], [other]), page(3, signed(3))]
    )
    assert [len(s.rows) for s in document.sheets] == [1]


@pytest.mark.slow
def test_a_table_without_rules_is_rebuilt_and_doubted() -> None:
    made = sheet(11, agency="bpbd", profile="norules", rows=4)
    read = read_page(PageImage(1, made.scans[0].image, made.scans[0].dpi), load("rapidocr"))
    assert len(read.grids) == 1
    document = assemble("berkas.pdf", "0" * 64, [read])
    assert len(document.sheets[0].rows) == 4
    assert all(c.certainty <= 0.5 for c in read.grids[0].cells)


def test_engines_name_themselves() -> None:
    assert isinstance(load("auto").first, LineEngine)
    assert TesseractEngine().name == "tesseract"
    assert load("rapidocr").first.name == "rapidocr"


def test_headings_repeated_above_signatures_alone_go_with_their_sheet() -> None:
    body = ("1", "Meningkatnya mutu layanan", "Jumlah kapal", "Kapal yang diperiksa", "Laporan bulanan")
    one = page(1, titled(1), [grid([HEAD, body])])
    other = (
        "No",
        "Sasaran Kegiatan",
        "Indikator",
        "Kinerja",
        "Formula Penghitungan",
        "Sumber Data",
    )  # a false rule more
    two = page(2, signed(2), [grid([other], top=200, page=2)])
    document = assemble("berkas.pdf", "0" * 64, [one, two])
    assert [(len(s.rows), s.last_page) for s in document.sheets] == [(1, 2)]
    assert rows.text_of(document.sheets[0].fields["pihak_pertama_nama"]) == "BUDI HARTONO, S.Kom."


def test_a_cell_is_in_doubt_where_what_may_be_its_rest_stands_on_the_next_page_as_a_row() -> None:
    last = row(no="1", sasaran="Mutu", indikator="Jumlah kapal.", penjelasan="Kapal laik", sumber_data="Buku")
    rest = row(2, indikator="Ii kapal laik laut")
    both = rows.joined([last], [rest])
    assert [r.values["indikator"].certainty < 0.5 for r in both[:1]] == [True]
    assert both[0].values["penjelasan"].certainty == 1.0
    new = row(2, indikator="Jumlah awak", penjelasan="Awak kapal", sumber_data="Buku")
    assert all(v.certainty == 1.0 for v in rows.joined([last], [new])[0].values.values())

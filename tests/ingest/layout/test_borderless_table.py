"""Tables without rules: gutters, blocks of lines, rows, merged cells, pages that go on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import cv2
import numpy as np
import pytest
from pages import sheet
from PIL import Image, ImageDraw, ImageFont

from iki.ingest.form.sheets import assemble
from iki.ingest.layout import borderless_table, column_gaps, row_breaks
from iki.ingest.layout.column_gaps import GutterSettings
from iki.ingest.layout.row_breaks import Block, ColumnLine
from iki.ingest.layout.ruled_table import spans, tables, wiped
from iki.ingest.layout.text_lines import Components, LineSettings, components
from iki.ingest.ocr.engines import load
from iki.ingest.page import read_page
from iki.ingest.sources import PageImage
from iki.model import Grid, Page, RawRow

from ..test_pages_and_sheets import HEAD, grid, page, signed, titled
from .test_ruled_table import MERGED, ROWS, XS, table

LETTER = 16.0
LEAD = 28.0


def column(*cells: tuple[float, int]) -> list[Block]:
    """The blocks of a column: first baseline (px) and number of lines of each."""
    made = []
    for first, count in cells:
        feet = [first + LEAD * i for i in range(count)]
        made.append(Block(tuple(ColumnLine(y - 18, y + 5, y) for y in feet)))
    return made


def lines_of(*columns: Sequence[Block]) -> list[list[ColumnLine]]:
    return [[line for block in c for line in block.lines] for c in columns]


def written(texts: Sequence[tuple[str, int, int]]) -> np.ndarray:
    """An ink mask (H×W) with texts at (x, baseline), letters about ``LETTER`` px high."""
    mask = np.zeros((900, 1300), np.uint8)
    for text, x, y in texts:
        cv2.putText(mask, text, (x, y), 0, 0.72, 255, 2)
    return mask


def parts(*texts: tuple[str, int, int]) -> Components:
    return components(written(texts), LETTER)


def test_gutters_part_columns_that_nearly_touch() -> None:
    left, right = ("Jumlah kapal yang", "Persentase layanan", "Nilai"), ("diperiksa petugas", "tepat waktu", "Survei")
    rows = [100, 130, 160]
    found = parts(*zip(left, [60] * 3, rows, strict=True), *zip(right, [312] * 3, rows, strict=True))
    strips = column_gaps.strips(found, LETTER, GutterSettings(), LineSettings())
    assert len(strips) == 2
    xs = column_gaps.between(strips, found, LETTER)
    assert strips[0].x1 <= xs[1] <= strips[1].x0


def test_a_table_s_leading_is_the_step_within_cells_not_the_one_between_rows() -> None:
    first = column((100, 3), (100 + 2 * LEAD + 36, 2), (100 + 3 * LEAD + 72, 3))
    assert row_breaks.leading(lines_of(first), LETTER) == pytest.approx(LEAD, abs=0.5)
    assert row_breaks.leading(lines_of(column((100, 1))), LETTER) is None
    assert [len(b.lines) for b in row_breaks.blocks(lines_of(first)[0], LEAD)] == [3, 2, 3]


def test_baselines_do_not_follow_descenders() -> None:
    text = [("tugas pengawas", 60, 100), ("nama unsur", 60, 130), ("tugas pengawas", 60, 160)]
    feet = [line.baseline for line in row_breaks.column_lines(parts(*text), LETTER, LineSettings())]
    assert np.diff(feet) == pytest.approx([30, 30], abs=1.5)


def test_rows_end_where_the_indikator_does_and_merged_cells_go_on() -> None:
    step = LEAD + 8
    second = 100 + LEAD + step
    third = second + 2 * LEAD + step
    no = column((100, 1), (third, 1))
    sasaran = column((100, 4), (third, 2))
    indikator = column((100, 1), (second, 3), (third, 1))
    penjelasan = column((100, 2), (second, 2), (third, 2))
    columns = [no, sasaran, indikator, penjelasan]
    ends = row_breaks.row_ends(columns, 2, 0, LEAD)
    assert len(ends) == 2
    assert 100 + LEAD < ends[0] < second
    assert second + 2 * LEAD < ends[1] < third
    assert row_breaks.witnessed(ends, columns, 2, LEAD) == ends
    ys = np.array([70.0, *ends, third + LEAD + 20])
    firsts = [100, second, third]
    assert not row_breaks.is_centred([indikator, penjelasan], list(ys))
    assert row_breaks.edges(sasaran, firsts, ys, LEAD, False, True).tolist() == [False, True]
    assert row_breaks.edges(no, firsts, ys, LEAD, False, True).tolist() == [False, True]
    assert row_breaks.edges(penjelasan, firsts, ys, LEAD, False, False).tolist() == [True, True]


def test_an_unsteady_baseline_makes_no_row() -> None:
    shaken = [ColumnLine(82, 105, 100), ColumnLine(113, 136, 131), ColumnLine(140, 164, 159)]
    columns = [row_breaks.blocks(shaken, LEAD), column((100, 1))]
    ends = row_breaks.row_ends(columns, 0, None, LEAD)
    assert len(ends) == 1
    assert row_breaks.witnessed(ends, columns, 0, LEAD) == []


def test_a_blank_line_within_a_cell_ends_no_row() -> None:
    columns = [column((100, 2), (100 + 3 * LEAD, 2)), column((100, 6))]
    assert row_breaks.row_ends(columns, 0, None, LEAD) == []


def test_cells_centred_on_their_rows() -> None:
    """Rows of 3, 1 and 4 lines; a merged text stands in the middle of the first two."""
    pad, tops = 8.0, [100.0]
    for count in (3, 1, 4):
        tops.append(tops[-1] + count * LEAD + pad)
    ys = np.array(tops)

    def centred(*cells: tuple[int, int, int]) -> list[Block]:
        """Blocks of (first row, row after the last, lines)."""
        return column(*((((tops[a] + tops[b]) - n * LEAD) / 2 + 0.78 * LEAD, n) for a, b, n in cells))

    indikator, penjelasan = centred((0, 1, 1), (1, 2, 1), (2, 3, 2)), centred((0, 1, 3), (1, 2, 1), (2, 3, 4))
    assert row_breaks.is_centred([indikator, penjelasan], tops)
    ends = row_breaks.row_ends([indikator, penjelasan], 0, None, LEAD)
    assert np.allclose(ends, tops[1:3], atol=pad)
    sasaran = centred((0, 2, 2), (2, 3, 1))
    assert row_breaks.edges(sasaran, [None] * 3, ys, LEAD, True, True).tolist() == [False, True]
    data = centred((0, 1, 1), (2, 3, 1))
    assert row_breaks.edges(data, [None] * 3, ys, LEAD, True, False).tolist() == [True, True]


@pytest.mark.parametrize(
    ("template", "profile"), [("kinerja_utama", "norules"), ("kapital", "norules"), ("kapital", "halfrules")]
)
def test_a_page_without_upright_rules_gives_all_rows(template: str, profile: str) -> None:
    made = sheet(5, template, profile, "dinkes", rows=4)
    read = read_page(PageImage(1, made.scans[0].image, made.scans[0].dpi), load("rapidocr"))
    assert [g.ruled for g in read.grids] == [False]
    found = assemble("berkas.pdf", "0" * 64, [read]).sheets[0].rows
    assert len(found) == len(made.gold["rows"])
    for row, gold in zip(found, made.gold["rows"], strict=True):
        assert similar(row, "indikator", gold["indikator"])
        if gold["sasaran"]:
            assert similar(row, "sasaran", gold["sasaran"])


def similar(row: RawRow, name: str, text: str) -> bool:
    """Whether a value holds as many letters as it should, give or take a misread one."""
    got = "".join(x.text for x in row.values[name].lines)
    return abs(len("".join(got.split())) - len("".join(text.split()))) <= 2


def test_level_rules_that_run_on_show_columns_whose_outer_rules_are_missing() -> None:
    mask = table(ROWS, MERGED)
    for x in (XS[0], XS[-1]):
        mask[:, x - 3 : x + 4] = 0
    found = tables(mask, 18.0)
    assert [len(t.xs) - 1 for t in found] == [len(XS) - 1]
    assert np.allclose(found[0].xs, XS, atol=18)
    cells = spans(found[0])
    assert max(s.certainty for s in cells if s.column == 0) < 0.9


def test_rows_of_a_table_without_rules_between_them() -> None:
    """Frame, column rules and the rule below the headings are there; the text tells three rows."""
    mask = np.zeros((700, 1300), np.uint8)
    xs, ys = (60, 130, 400, 700, 1000), (100, 150, 600)
    for x in xs:
        cv2.line(mask, (x, ys[0]), (x, ys[-1]), 255, 3)
    for y in ys:
        cv2.line(mask, (xs[0], y), (xs[-1], y), 255, 3)
    for first, count in ((180, 3), (300, 1), (360, 4)):
        for i in range(count):
            cv2.putText(mask, "nama unsur", (408, first + 30 * i), 0, 0.75, 255, 2)
        cv2.putText(mask, "semua data", (708, first), 0, 0.75, 255, 2)
    for text, x, y in (("1", 85, 180), ("2", 85, 360), ("mutu", 140, 180), ("mutu", 140, 360)):
        cv2.putText(mask, text, (x, y), 0, 0.75, 255, 2)
    (found,) = tables(mask, 18.0)
    assert (len(found.xs) - 1, len(found.ys) - 1) == (4, 2)
    ink = components(cv2.subtract(mask, wiped(mask, [found], 18.0)), 18.0)
    names = ("no", "sasaran", "indikator", "penjelasan")
    divided = borderless_table.divided(found, names, 1, ink, 18.0, 30.0)
    assert len(divided.ys) - 1 == 4
    shape = {(s.row, s.column, s.row_span) for s in spans(divided)}
    assert {(1, 0, 2), (1, 1, 2), (3, 0, 1), (2, 2, 1), (2, 3, 1)} <= shape
    assert borderless_table.divided(divided, names, 1, ink, 18.0, 30.0) is divided


def drawn(texts: Sequence[tuple[str, int, int]], boxes: Sequence[tuple[int, int, int, int]] = ()) -> Page:
    """A page of black print: texts (with x and y of their upper left corner) and frames (x0, y0, x1, y1)."""
    image = Image.new("L", (1654, 1200), 255)
    brush = ImageDraw.Draw(image)
    font = ImageFont.truetype("DejaVuSans.ttf", 26)
    for text, x, y in texts:
        brush.text((x, y), text, 0, font)
    for box in boxes:
        brush.rectangle(box, outline=0, width=3)
    return read_page(PageImage(1, np.asarray(image), 200.0), load("rapidocr"))


LINES = [
    ("1", "Mutu layanan", "Banyaknya dokumen", "Dokumen sah", "Laporan"),
    ("2", "Tata kelola", "Jumlah pegawai", "Pegawai yang hadir", "Daftar hadir"),
    ("3", "Data daerah", "Peta dasar", "Lembar yang dibuat", "Arsip"),
]
HEADINGS = ("No", "Sasaran", "Indikator", "Penjelasan", "Sumber Data")
PLACES = (170, 250, 600, 950, 1300)


def test_a_frame_of_level_rules_ends_above_the_table_below_it() -> None:
    tops = (200, 250, 300, 350)
    rows = [
        (t, x, y + 8) for row, y in zip((HEADINGS, *LINES), tops, strict=True) for t, x in zip(row, PLACES, strict=True)
    ]
    frame = [(150, y, 1500, y + 50) for y in tops]
    budget = [("Kegiatan", 170, 470), ("Anggaran", 1050, 470), ("Rapat kerja", 170, 520), ("Rp 2.000", 1050, 520)]
    cells = [(x, y, x1, y + 50) for x, x1 in ((150, 1000), (1000, 1500)) for y in (460, 510)]
    read = drawn([*rows, *budget], [*frame, *cells])
    assert next((len(g.ys) - 1, len(g.xs) - 1) for g in read.grids) == (4, 5)
    assert [c.lines[0].text for c in read.grids[0].cells[5:10]] == list(LINES[0])


WRAPPED = [
    ("1", "Mutu layanan|masyarakat", "Banyaknya surat|yang dijawab", "Surat dijawab|dibagi surat", "Buku|agenda"),
    ("2", "Tata kelola|keuangan", "Jumlah laporan|yang lengkap", "Laporan lengkap|dan disahkan", "Laporan|tahunan"),
    ("3", "Data daerah|terpadu", "Peta dasar|yang mutakhir", "Lembar peta|yang dibuat", "Arsip|peta"),
]


@pytest.mark.parametrize("missing", [None, 1])
def test_level_rules_tell_rows_of_lines_set_evenly_and_numbers_one_that_is_missing(missing: int | None) -> None:
    texts = [(t, x, 208) for t, x in zip(HEADINGS, PLACES, strict=True)]
    for i, row in enumerate(WRAPPED):
        texts += [
            (line, x, 254 + 80 * i + 40 * n)
            for t, x in zip(row, PLACES, strict=True)
            for n, line in enumerate(t.split("|"))
        ]
    tops = [250 + 80 * i for i in range(4) if missing is None or i != missing]
    frame = [(150, 200, 1500, 250), *((150, a, 1500, b) for a, b in pairwise(tops))]
    (grid,) = drawn(texts, frame).grids
    assert (len(grid.ys) - 1, len(grid.xs) - 1) == (4, 5)
    assert [c.lines[0].text for c in grid.cells if c.column == 0] == ["No", "1", "2", "3"]


def test_the_rest_of_a_signature_block_is_no_table() -> None:
    names = [("H. Wira Sentana, S.T.", 170, 300), ("Ratri Kumala Dewi, S.IP.", 950, 300)]
    ranks = [("Pembina, IV/a", 170, 340), ("Penata, III/c", 950, 340)]
    numbers = [("NIP 197004121995031002", 170, 380), ("NIP 198506172010012003", 950, 380)]
    read = drawn([("Perangkat Daerah", 170, 120), ("Ahli Muda", 950, 120), *names, *ranks, *numbers])
    assert not read.grids
    assert "H. Wira Sentana, S.T." in [line.text for line in read.lines]


def going_on(table: Sequence[Sequence[str]], first: int, shift: float = 8.0) -> Page:
    """A second page whose table has neither rules nor headings; ``first`` is the first column that left a trace."""
    made = grid(table, top=200, page=2)
    moved = tuple(x + 300 * first + shift for x in made.xs)
    return page(2, signed(2), [Grid(moved, made.ys, made.cells, ruled=False)])


BODY = ("1", "Meningkatnya mutu layanan", "Jumlah kapal", "Kapal yang diperiksa", "Laporan bulanan")


@pytest.mark.parametrize("first", [0, 2])
def test_a_page_without_rules_and_headings_goes_on_by_place(first: int) -> None:
    rest = ("", "", "Persentase kapal laik laut", "Kapal laik dibagi semua", "Buku ukur")
    one = page(1, titled(1), [replace(grid([HEAD, BODY]), ruled=False)])
    document = assemble("berkas.pdf", "0" * 64, [one, going_on([rest[first:]], first)])
    assert [len(s.rows) for s in document.sheets] == [2]
    second = document.sheets[0].rows[1]
    assert [x.text for x in second.values["sasaran"].lines] == ["Meningkatnya mutu layanan"]
    assert [x.text for x in second.values["indikator"].lines] == ["Persentase kapal laik laut"]
    assert document.sheets[0].last_page == 2


def test_what_only_looks_like_a_table_is_read_as_lines() -> None:
    odd = going_on([("Tembusan", "Arsip", "Yang bersangkutan")], 0, shift=170.0)
    one = page(1, titled(1), [grid([HEAD, BODY])])
    document = assemble("berkas.pdf", "0" * 64, [one, odd])
    assert [len(s.rows) for s in document.sheets] == [1]
    assert "pihak_pertama_nip" in document.sheets[0].fields

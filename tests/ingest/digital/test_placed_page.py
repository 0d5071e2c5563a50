"""A page of words in their places is read by the form code: fields, signers and a ruled table."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.ingest.form.sheets import assemble
from iki.ingest.layout.set_table import Run, SetTable
from iki.ingest.ocr import engines
from iki.ingest.page import read_page
from iki.ingest.sources.placed_words import PlacedPage, PlacedWord, set_page, spread
from iki.model import Box, RawSheet, RawValue

SET = """              INDIKATOR KINERJA INDIVIDU TAHUN 2022
Perangkat Daerah          :   Dinas Perikanan Kota Muara
Jabatan                   :   Kepala Bidang Budi Daya

 No     Sasaran Program            Indikator Kinerja          Formulasi Perhitungan       Sumber Data

  1     Meningkatnya produksi      Jumlah benih yang          Ekor benih yang dijual      Laporan produksi
        perikanan                  dihasilkan

  2     Terkendalinya hama         Persentase sampel yang     Sampel yang diuji dibagi    Laporan uji
                                   diuji                      seluruh sampel

                                                      Muara, 3 Maret 2022
        PIHAK KEDUA,                                        PIHAK PERTAMA,
     Kepala Dinas Perikanan                            Kepala Bidang Budi Daya



     Rahmat Hidayat, S.Pi.                                 Sri Wulandari, S.Pi.
     Pembina Utama Muda (IV/c)                               Pembina (IV/a)
     NIP. 197203191997031051                            NIP. 197206111999122051
"""


@pytest.fixture(scope="module")
def reader() -> engines.Reader:
    return engines.load("auto")


def said(value: RawValue) -> str:
    return " ".join(line.text for line in value.lines)


def sheet(page: PlacedPage, reader: engines.Reader) -> RawSheet:
    (found,) = assemble("a", "0" * 64, [read_page(page, reader)]).sheets
    return found


def test_signers_side_by_side_in_text_set_by_spaces(reader: engines.Reader) -> None:
    fields = sheet(set_page(SET.split("\n"), 1), reader).fields
    assert said(fields["pihak_kedua_nama"]) == "Rahmat Hidayat, S.Pi."
    assert said(fields["pihak_pertama_nama"]) == "Sri Wulandari, S.Pi."
    assert said(fields["pihak_pertama_jabatan"]) == "Kepala Bidang Budi Daya"
    assert said(fields["perangkat_daerah"]).endswith("Dinas Perikanan Kota Muara")
    assert all(line.quad is None and line.box for line in fields["jabatan"].lines)


def leaning(slope: float) -> Iterator[tuple[PlacedWord, ...]]:
    """Words of the cells of a table (and signs that a rule was read as) that leans by ``slope`` px a px."""
    rows = [
        ("No", "Sasaran", "Indikator Kinerja", "Penjelasan", "Sumber Data"),
        ("1", "Naik produksi", "Jumlah benih", "Ekor benih", "Laporan |"),
        ("2", "Turun hama", "Persentase uji", "Sampel uji |", "Berita acara"),
    ]
    for r, row in enumerate(rows):
        words = []
        for c, text in enumerate(row):
            x, y = 110 + 160 * c, 210 + 60 * r
            for word in spread(text, Box(x, y, x + 7 * len(text), y + 20), 0.95):
                fall = slope * word.box.centre[0]
                b = word.box
                words.append(PlacedWord(word.text, Box(b.x0, b.y0 + fall, b.x1, b.y1 + fall), word.confidence))
        yield tuple(words)


@pytest.mark.parametrize("slope", [0.0, 0.01, -0.02])
def test_rules_that_a_file_tells_make_the_table(slope: float, reader: engines.Reader) -> None:
    def rule(x0: float, y0: float, x1: float, y1: float) -> Box:
        a, b = y0 + slope * x0, y1 + slope * x1
        return Box(min(x0, x1), min(a, b), max(x0, x1), max(a, b) + 2) if x0 != x1 else Box(x0, y0, x0 + 2, y1)

    level = [rule(100, y, 900, y) for y in (200, 260, 320, 380)]
    upright = [rule(x, 200 + slope * x, x, 380 + slope * x) for x in (100, 260, 420, 580, 740, 900)]
    page = PlacedPage(1, "hocr", 1000, 1400, tuple(leaning(slope)), (*level, *upright))
    rows = assemble("a", "0" * 64, [read_page(page, reader)]).sheets[0].rows
    assert [[said(row.values[k]) for k in ("no", "indikator", "penjelasan", "sumber_data")] for row in rows] == [
        ["1", "Jumlah benih", "Ekor benih", "Laporan"],
        ["2", "Persentase uji", "Sampel uji", "Berita acara"],
    ]


FULL = """              INDIKATOR KINERJA INDIVIDU TAHUN 2022
Jabatan                   :   Kepala Bidang Budi Daya

 NO    SASARAN                    INDIKATOR                  PENJELASAN/FORMULASI             SUMBER
                                  KINERJA                    PENGHITUNGAN                     DATA
 (1)      (2)                        (3)                            (4)                        (5)
  1 Meningkatnya    produksi Jumlah benih yang dijual  Ekor benih yang laku kepada       Laporan produksi
       perikanan                                             pembudidaya
                                  Persentase kolam yang      Kolam yang diairi dibagi         Buku kolam
                                  diairi                     seluruh kolam
  2    Terkendalinya hama         Jumlah sampel              Sampel yang diuji                Laporan uji

Catatan :
 -     Target dihitung kumulatif.
"""


def rows_of(text: str, reader: engines.Reader) -> list[list[str]]:
    rows = sheet(set_page(text.split("\n"), 1), reader).rows
    return [[said(row.values[k]) for k in ("no", "sasaran", "indikator", "penjelasan", "sumber_data")] for row in rows]


def test_rows_begin_where_text_comes_back_into_a_column(reader: engines.Reader) -> None:
    assert rows_of(FULL, reader) == [
        ["1", "Meningkatnya produksi perikanan", "Jumlah benih yang dijual",
         "Ekor benih yang laku kepada pembudidaya", "Laporan produksi"],
        ["1", "Meningkatnya produksi perikanan", "Persentase kolam yang diairi",
         "Kolam yang diairi dibagi seluruh kolam", "Buku kolam"],
        ["2", "Terkendalinya hama", "Jumlah sampel", "Sampel yang diuji", "Laporan uji"],
    ]  # fmt: skip


def test_blank_lines_between_rows_end_no_table(reader: engines.Reader) -> None:
    assert [row[:3] for row in rows_of(SET, reader)] == [
        ["1", "Meningkatnya produksi perikanan", "Jumlah benih yang dihasilkan"],
        ["2", "Terkendalinya hama", "Persentase sampel yang diuji"],
    ]


@given(st.lists(st.lists(st.tuples(st.integers(0, 12), st.text("aB1.-) ", min_size=1)), max_size=6), max_size=8))
def test_no_word_of_a_set_table_is_lost(spaced: list[list[tuple[int, str]]]) -> None:
    lines = []
    for spaces in spaced:
        at, line = 0, []
        for gap, text in spaces:
            if word := text.replace(" ", ""):
                line.append(Run(at + gap, word, at + gap + len(word)))
                at += gap + len(word) + 1
        if line:
            lines.append(line)
    head = [Run(2, "SASARAN", 9), Run(20, "INDIKATOR", 29), Run(40, "PENJELASAN", 50)]
    found = SetTable().read([head, *lines], list(range(len(lines) + 1)), 0, len(lines) + 1)
    if found:
        assert [[run.text for run in line] for line in found.lines] == [[w.text for w in x] for x in [head, *lines]]
        assert all(a.end <= b.start for line in found.lines for a, b in pairwise(line))
        assert sorted(found.edges) == found.edges


def test_words_with_boxes_and_no_rules_make_a_table(reader: engines.Reader) -> None:
    page = PlacedPage(1, "alto", 1000, 1400, tuple(leaning(0.01)))
    rows = assemble("a", "0" * 64, [read_page(page, reader)]).sheets[0].rows
    assert [said(row.values["indikator"]) for row in rows] == ["Jumlah benih", "Persentase uji"]
    assert [said(row.values["sumber_data"]) for row in rows] == ["Laporan", "Berita acara"]

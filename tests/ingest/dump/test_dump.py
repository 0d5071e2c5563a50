"""Text dumps: encodings, sheets told apart, form and signers, rows, and nothing lost; on dumps made here."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from math import inf
from pathlib import Path

import pytest
from hypothesis import Phase, assume, example, given, settings
from hypothesis import strategies as st

from iki.ingest.dump import (
    blocks,
    body,
    cells,
    confidence,
    features,
    fields,
    line_kinds,
    read_text,
    signers,
    tables,
)
from iki.ingest.dump.body import BodyLine
from iki.ingest.dump.columns import GOES_ON, INDIKATOR, PENJELASAN, SASARAN, STARTS, SUMBER, Cut, Widths
from iki.ingest.dump.context import DumpTally
from iki.ingest.dump.decoder import LineScores, best_cut, piece_in
from iki.ingest.dump.rough import widths_of
from iki.ingest.dump.segmentation import Leftover, segments
from iki.ingest.dump.state import State, after
from iki.ingest.dump.tables import DumpTable
from iki.ingest.dump.words import closed, opening, parted, pieces, tokens, without_rules
from iki.ingest.sources.text_stream import LinePart, StreamLine, encoding_of, numbered, read_lines
from iki.lab.synthetic.dumps import DumpWord, Noise, recognised, scrambled, text_of, torn
from iki.lab.synthetic.fonts import Face
from iki.lab.synthetic.specimen import Order
from iki.lab.train.dump_tables import placed
from iki.language import spelling
from iki.language.font_widths import advance
from iki.language.line_correction import correct_lines
from iki.model import CORRECTED, DUMP, Document, RawValue
from iki.terms import PARTIES

pytestmark = pytest.mark.slow

CLEAN = Noise(letters=0, pipes=1, false_pipes=0, glued=0, split=0, lost=0, blank=0.05, specks=0)
WORN = Noise(letters=0.03, pipes=0.3, lost=0.01)
ORDERS = [Order("dinkes", "lazim", "office", 5, rows=5), Order("rsud", "lazim", "office", 8, rows=4)]


def dump(noise: Noise, style: str = "across") -> str:
    return "".join(text_of(scrambled(order.written(), style, f"t{n}", noise)) for n, order in enumerate(ORDERS))  # type: ignore[arg-type]


def said(value: RawValue | None) -> str:
    return " ".join(line.text for line in value.lines) if value else ""


def read(text: str) -> Document:
    return read_text(numbered([text]), "dump.txt", "0" * 64)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "dump.txt"
    texts = ["PIHAK KEDUA,", "", "Rapat “koordinasi” – § 4", "é"]
    path.write_bytes(end.join(texts).encode(encoding))
    assert [line.text for line in read_lines(path)] == texts


def test_form_feeds_count_pages_and_numbers_go_on() -> None:
    lines = list(numbered(["a\r", "\nb\fc\n", "\fd"]))
    assert [(line.number, line.page, line.text) for line in lines] == [
        (1, 1, "a"), (2, 1, "b"), (3, 2, "c"), (4, 2, ""), (5, 3, "d")
    ]  # fmt: skip


@given(st.text(alphabet="ab \f\r\n", max_size=60), st.integers(1, 7))
def test_pieces_of_any_size_give_the_same_lines(text: str, size: int) -> None:
    pieces = [text[i : i + size] for i in range(0, len(text), size)]
    assert list(numbered(pieces)) == list(numbered([text]))


def test_random_bytes_are_read_without_an_error(tmp_path: Path) -> None:
    path = tmp_path / "x.txt"
    path.write_bytes(random.Random(1).randbytes(20_000))
    assert encoding_of(path) == "cp1252"
    assert sum(1 for _ in read_lines(path)) > 1


@pytest.mark.parametrize("noise", [CLEAN, WORN])
@pytest.mark.parametrize("style", ["across", "blocks", "mixed"])
def test_every_sheet_is_found_with_form_and_numbers(noise: Noise, style: str) -> None:
    found = read(dump(noise, style))
    assert len(found.sheets) == len(ORDERS)
    for sheet in found.sheets:
        assert {"judul", "jabatan", "tempat_tanggal"} <= set(sheet.fields)
        assert "pihak_pertama_nip" in sheet.fields


def test_clean_lines_give_the_right_form() -> None:
    gold = ORDERS[0].written().gold
    sheet = read(dump(CLEAN)).sheets[0]
    assert said(sheet.fields["jabatan"]) == gold["jabatan"]
    assert said(sheet.fields["perangkat_daerah"]) == gold["perangkat_daerah"]
    for side in ("pihak_kedua", "pihak_pertama"):
        digits = "".join(filter(str.isdigit, said(sheet.fields[f"{side}_nip"])))
        assert digits == gold[side]["nip"]  # type: ignore[index]


def test_rows_of_a_dump_with_its_pipes() -> None:
    gold = [row for order in ORDERS for row in order.written().gold["rows"]]  # type: ignore[attr-defined]
    rows = [row for sheet in read(dump(CLEAN)).sheets for row in sheet.rows]
    right = {said(row.values["indikator"]) for row in rows} & {row["indikator"] for row in gold}
    assert len(right) >= 0.6 * len(gold)


def test_rows_of_what_tesseract_reads_on_a_rendered_page() -> None:
    made = Order("dinkes", "lazim", "clean", 5, rows=5, echo=True).scanned()
    lines = recognised(made, 4)
    gold = made.gold["rows"]
    places = {word.place for line in lines for word in line if word.place}
    assert {row for row, _ in places} == set(range(len(gold)))  # type: ignore[arg-type]
    rows = [row for sheet in read(text_of(lines)).sheets for row in sheet.rows]
    found = {said(row.values["indikator"]) for row in rows}
    assert sum(row["indikator"] in found for row in gold) >= 0.6 * len(gold)  # type: ignore[attr-defined, arg-type]


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_blocks_keep_every_word_and_the_order_within_each_column(seed: int) -> None:
    lines = scrambled(ORDERS[0].written(), "across", "t", CLEAN)
    blocks = torn(lines, random.Random(seed))
    for column in range(5):
        before, now = (
            [word for line in some for word in line if word.place and word.place[1] == column]
            for some in (lines, blocks)
        )
        assert before == now


@pytest.mark.parametrize(
    ("read_", "meant"),
    [
        ("Jumiah", "Jumlah"), ("perangkal,", "perangkat,"), ("(dokurmen)", "(dokumen)"), ("PELAPORAH", "PELAPORAN"),
        ("RSUD", "RSUD"), ("kegiatan", "kegiatan"), ("12", "12"), ("perundang-undangan", "perundang-undangan"),
    ],
)  # fmt: skip
def test_damaged_words_compare_as_those_that_were_printed(read_: str, meant: str) -> None:
    assert spelling.printed(read_) == meant


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters(exclude_categories=("Z", "C")), min_size=1, max_size=14))
def test_a_word_stays_one_word(word: str) -> None:
    assert spelling.printed(word).split() == [spelling.printed(word)]
    assert 0 < spelling.sureness(word) < 1


def test_known_words_are_surer_than_others() -> None:
    assert spelling.sureness("kegiatan,") > spelling.sureness("dan") > spelling.sureness("kegatxn")


@pytest.mark.parametrize(
    ("word", "kind"),
    [("SPJ,", "abbreviation"), ("spj", "abbreviation"), ("s.d.", "abbreviation"), ("di", "short"), ("YAM", "rare"),
     ("laporan", "known"), ("dokurnern", "unknown"), ("12", "number"), ("-", "mark")],
)  # fmt: skip
def test_scraps_are_told_from_abbreviations_and_small_words(word: str, kind: str) -> None:
    assert spelling.kind_of(word) == kind


def test_what_other_tables_say_keeps_its_columns_and_adds_up_in_any_order() -> None:
    mine = DumpTally.of([_table(("Jumlah surat masuk", "Surat masuk", "Buku"))])
    other = DumpTally.of([_table(("Jumlah surat", "Surat masuk", "Jumlah surat"))])
    assert (
        mine.plus(other)
        == other.plus(mine)
        == DumpTally.of(
            [
                _table(("Jumlah surat masuk", "Surat masuk", "Buku")),
                _table(("Jumlah surat", "Surat masuk", "Jumlah surat")),
            ]
        )
    )
    assert mine.plus(other).minus(mine) == other
    a, b = opening("Jumlah"), opening("surat")
    assert other.columns()[f"{a} {b}"] == 1 << INDIKATOR | 1 << SUMBER


def test_the_form_is_found_below_blocks_of_its_table() -> None:
    block = ["rapat koordinasi yang", "dilaksanakan per bulan"] * 12
    text = ["INDIKATOR KINERJA INDIVIDU TAHUN 2023", *block, "2. Jabatan : Kepala Bidang Sarana"]
    found, _ = fields.find(list(numbered(["\n".join(text)])))
    assert [piece.text for piece in found["jabatan"].pieces] == ["Kepala Bidang Sarana"]


@pytest.mark.parametrize(
    ("lines", "office", "post"),
    [
        (["1. Perangkat Daerah : Dinas Kearsipan dan", "Perpustakaan", "2. Jabatan : Arsiparis"],
         "Dinas Kearsipan dan Perpustakaan", "Arsiparis"),
        (["1. Perangkat Daerah @ Dinas Kearsipan", "", "Kola Sukamaju", "2. Jabatan + Analis Arsip"],
         "Dinas Kearsipan Kola Sukamaju", "Analis Arsip"),
        (["1. Perangkat Daerah : Badan Pengelola Arsip Pusat", "Sukamaju Utara", "2. Jabatan : Analis Arsip"],
         "Badan Pengelola Arsip Pusat Sukamaju Utara", "Analis Arsip"),
        (["1. Perangkat Daerah = Dinas Kearsipan", "2. Jabatan 1 Analis Arsip Muda", "iy & . Penjelasan"],
         "Dinas Kearsipan", "Analis Arsip Muda"),
        (["1. Perangkat Daerah", "Y DINAS KEARSIPAN", "Dinas Kearsipan", "2. Jabatan - Analis Arsip"],
         "Dinas Kearsipan", "Analis Arsip"),
    ],
)  # fmt: skip
def test_a_value_goes_on_in_the_next_line_and_has_no_specks(lines: list[str], office: str, post: str) -> None:
    text = "\n".join(
        ["DINAS KEARSIPAN", "INDIKATOR KINERJA INDIVIDU TAHUN 2023", *lines, "No Sasaran Indikator Kinerja"]
    )
    found, _ = fields.find(list(numbered([text])))
    for name, wanted in (("perangkat_daerah", office), ("jabatan", post)):
        assert " ".join(part.text for part in found[name].pieces) == wanted


@pytest.mark.parametrize(("text", "is_title"), [("PERUBAHAN INDIKATOR KIN", True), ("INDIKATOR KINERJA", False)])
def test_a_title_that_is_cut_short(text: str, is_title: bool) -> None:
    assert line_kinds.is_title(text) == is_title


def test_a_divider_names_the_unit_of_the_sheets_after_it() -> None:
    found = read("SUB BAGIAN UMUM DAN\nKEPEGAWAIAN\n\n\n\n" + dump(CLEAN))
    assert [said(sheet.unit) for sheet in found.sheets] == ["SUB BAGIAN UMUM DAN KEPEGAWAIAN"] * 2
    assert found.sheets[0].first_page == 2


def test_a_file_that_is_no_dump_has_no_sheets_and_a_note(tmp_path: Path) -> None:
    path = tmp_path / "surat.txt"
    path.write_text("Yth. Kepala Bagian\n\nbersama ini kami sampaikan undangan\n" * 200)
    found = read_text(read_lines(path), "surat.txt", "0" * 64)
    assert found.sheets == ()
    assert len(found.notes) == 1


@settings(max_examples=10, deadline=None, derandomize=True, phases=[Phase.explicit, Phase.generate])
@given(st.integers(0, 10_000), st.sampled_from(["across", "blocks", "mixed"]))
@example(6991, "blocks")  # a label so damaged that only its number tells it
def test_no_word_is_lost(seed: int, style: str) -> None:
    noise = Noise(letters=0.05, lost=0.02, blank=0.2)
    text = text_of(scrambled(ORDERS[1].written(), style, str(seed), noise))  # type: ignore[arg-type]
    lines = list(numbered([text]))
    found = read(text)
    kept = {"".join(said(v).split()) for s in found.sheets for v in s.fields.values()}
    kept |= {"".join(said(v).split()) for s in found.sheets for row in s.rows for v in row.values.values()}
    everything = "".join(sorted(kept))
    first = next((i for i, line in enumerate(lines) if line_kinds.is_title(line.text)), None)
    assume(first is not None)  # a title may be among the lines that are lost
    for line in [part for whole in lines[(first or 0) + 1 :] for part in signers.parts(whole)]:
        words = [w for w in line.text.replace("|", " ").split() if len(w) > 4]
        told = (
            line_kinds.noise,
            line_kinds.of_headings,
            line_kinds.parties,
            line_kinds.letterhead,
            line_kinds.headings,
            signers.is_ink,
        )
        if not any(tell(line.text) for tell in told) and not fields.label(line.text)[0]:
            assert all(w in everything for w in words), line.text


@settings(max_examples=30, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["INDIKATOR KINERJA INDIVIDU TAHUN 2024", "NIP. 198001012005011003", "", "Dinas", "PEMERINTAH KOTA X"]
        ),
        max_size=40,
    )
)
def test_segments_keep_the_order_and_repeat_no_line(texts: list[str]) -> None:
    lines = [StreamLine(n, 1, text) for n, text in enumerate(texts, 1)]
    found = [line.number for segment in segments(lines, Leftover()) for line in segment.lines]
    assert found == sorted(set(found))
    titles = {line.number for line in lines if line_kinds.is_title(line.text)}
    assert titles <= set(found)


@pytest.mark.parametrize(
    ("line", "digits"),
    [
        ("NIP 197005122003121036 NIP. 19851130 201001 2 007", ["197005122003121036", "198511302010012007"]),
        ("197005122003121036 NIP. 198511302010012007", ["197005122003121036", "198511302010012007"]),
        ("NIP. 197005122003121036 NP 198511302010012007", ["197005122003121036", "198511302010012007"]),
        ("MIP 197005122003121036", ["197005122003121036"]),
        ("Wvu33 SAP 197005122003121036 NIP. 198511302010012007", ["197005122003121036", "198511302010012007"]),
        ("Jumlah dokumen 2022", []),
    ],
)
def test_two_numbers_on_a_line_are_two(line: str, digits: list[str]) -> None:
    assert ["".join(filter(str.isdigit, piece)) for piece in line_kinds.numbers(line)] == digits


def test_a_jabatan_before_a_rank_is_a_signers_even_between_the_pages_of_a_table() -> None:
    text = """No. Sasaran Indikator Kinerja Penjelasan Sumber Data
1 Tersusunnya laporan Jumlah laporan Laporan yang disusun Data

Kepala Seksi Pelayanan

Penata Tingkat I (III/d)
NIP 198001012005011003

No. Sasaran Indikator Kinerja Penjelasan Sumber Data
2 Terlaksananya rapat Jumlah rapat Rapat yang diadakan Notulen
Kepala Seksi Pelayanan"""
    lines = list(numbered([text]))
    found, rest = signers.find(lines, "Pengelola Data")
    assert "Kepala Seksi Pelayanan" in {piece.text for value in found.values() for piece in value.pieces}
    kept = [line.text for line in rest]
    assert kept.count("Kepala Seksi Pelayanan") == 1, "one that stands alone may be of a cell"
    assert len([text for text in kept if text.startswith(("1 Ter", "2 Ter"))]) == 2


HEADINGS = "No. Sasaran Indikator Kinerja Penjelasan Sumber Data\n1 Tersusunnya laporan Jumlah laporan Laporan Data\n"


@pytest.mark.parametrize(
    ("block", "jabatan", "left", "right"),
    [
        (  # two posts and their second lines side by side in one stream
            """PIHAK KEDUA PIHAK PERTAMA
Kepala Bidang Pelayanan, Arsip dan Pengelola Data Statistik
Kepustakaan Daerah
BUDI SETIAWAN, S.E. SITI AMINAH, S.Kom.
Pembina (IV/a) Penata Muda {lIl/a)
NIP 197005121995031002 NIP 198511302010012007""",
            "Pengelola Data Statistik",
            ("Kepala Bidang Pelayanan, Arsip dan Kepustakaan Daerah", "BUDI SETIAWAN, S.E.", "Pembina (IV/a)",
             "NIP 197005121995031002"),
            ("Pengelola Data Statistik", "SITI AMINAH, S.Kom.", "Penata Muda {lIl/a)", "NIP 198511302010012007"),
        ),
        (  # the right column stands one line higher: a line's left stretch is the left signer's
            """PIHAK KEDUA PIHAK PERTAMA
Kepala Bidang Pelayanan Pengelola Data
SITI AMINAH, S.Kom.
BUDI SETIAWAN, S.E. Penata Muda (III/a)
Pembina (IV/a) NIP 198511302010012007
NIP 197005121995031002""",
            "Pengelola Data",
            ("Kepala Bidang Pelayanan", "BUDI SETIAWAN, S.E.", "Pembina (IV/a)", "NIP 197005121995031002"),
            ("Pengelola Data", "SITI AMINAH, S.Kom.", "Penata Muda (III/a)", "NIP 198511302010012007"),
        ),
        (  # one signer after the other, the table's last words between
            """PIHAK KEDUA,
kegiatan yang dilaporkan
Kepala Bidang Pelayanan
Pembina (IV/a)
NIP 197005121995031002
Sukamaju, 4 Maret 2023
PIHAK PERTAMA,
Pengelola Data
SITI AMINAH, S.Kom.
Penata Muda (III/a)
NIP 198511302010012007""",
            "Pengelola Data",
            ("Kepala Bidang Pelayanan", "", "Pembina (IV/a)", "NIP 197005121995031002"),
            ("Pengelola Data", "SITI AMINAH, S.Kom.", "Penata Muda (III/a)", "NIP 198511302010012007"),
        ),
        (  # below the right label both ranks and numbers, left before right
            """PIHAK KEDUA
Kepala Bidang Pelayanan
PIHAK PERTAMA
Pengelola Data

Sukamaju, 4 Maret 2023
Penata Tk. I (III/d)
NIP 197005121995031002
Pengatur (II/c)
NIP 198511302010012007""",
            "Pengelola Data",
            ("Kepala Bidang Pelayanan", "", "Penata Tk. I (III/d)", "NIP 197005121995031002"),
            ("Pengelola Data", "", "Pengatur (II/c)", "NIP 198511302010012007"),
        ),
    ],
)  # fmt: skip
def test_the_lines_of_two_signers_are_told_apart(
    block: str, jabatan: str, left: tuple[str, ...], right: tuple[str, ...]
) -> None:
    found, _ = signers.find(list(numbered([HEADINGS + block])), jabatan)
    for side, wanted in zip(PARTIES, (left, right), strict=True):
        values = [found.get(f"{side}_{key}") for key in ("jabatan", "nama", "pangkat_golongan", "nip")]
        assert tuple(" ".join(p.text for p in value.pieces) if value else "" for value in values) == wanted


def test_names_and_grades_are_taken_as_they_stand_in_the_dump() -> None:
    lines = list(numbered([HEADINGS + "PIHAK PERTAMA\nPengelola Data\nNOMOR AINI, S.E.\nPenata Muda\n(live)"]))
    read = {"NOMOR AINI, S.E.": "NOOR AINI, S.E.", "(live)": "(liiva)"}
    lines = [replace(line, read=read.get(line.text)) for line in lines]
    found, _ = signers.find(lines, "Pengelola Data")
    assert [part.text for part in found["pihak_pertama_nama"].pieces] == ["NOOR AINI, S.E."]
    assert [part.text for part in found["pihak_pertama_pangkat_golongan"].pieces] == ["Penata Muda", "(liiva)"]


@pytest.mark.parametrize("text", ["pengelolaan penempatan pegawai", "Penata Laporan Keuangan", "Jumlah pembinaan"])
def test_words_like_a_rank_are_none(text: str) -> None:
    assert line_kinds.ranks(text) == []


def test_a_foot_that_was_read_before_the_headings_stands_behind_its_table() -> None:
    text = """PIHAK KEDUA
Kepala Seksi Pelayanan
kepada pimpinan

No. Sasaran Indikator Kinerja Penjelasan Sumber Data
1 Tersusunnya laporan Jumlah laporan Laporan yang disampaikan Data

PIHAK PERTAMA
NIP 198001012005011003"""
    lines = list(numbered([text]))
    moved = [line.text for line in signers.in_order(lines)]
    assert sorted(moved) == sorted(line.text for line in lines)
    assert moved.index("kepada pimpinan") == moved.index("PIHAK PERTAMA") - 2
    whole = [line.text for line in lines]
    without = [line for line in lines if line.text != "PIHAK KEDUA"]
    assert signers.in_order(without) == without, "only a label tells that a foot was read early"
    behind = list(numbered(["\n".join([*whole[4:], *whole[:4]])]))
    assert signers.in_order(behind) == behind


def test_a_line_of_a_cell_like_a_heading_is_none() -> None:
    heads = "No. Sasaran Indikator Kinerja Penjelasan Sumber Data"
    found = body.body_lines(list(numbered([f"{heads}\nJumlah dokumen\nRencana Kerja Tahunan\n\nSumber Data"])))
    assert [" ".join(line.words) for line in found] == ["Jumlah dokumen", "Rencana Kerja Tahunan"]


@pytest.mark.parametrize(
    ("read", "corrected", "below", "wanted"),
    [
        ("pertanggungjawa", "pertanggungjawaban", "ban keuangan", ["pertanggungjawaban", "keuangan"]),
        ("partanggungjawa", "bertanggungjawab", "ban keuangan", ["pertanggungjawaban", "keuangan"]),
        ("pertanggungjawaban", "pertanggungjawaban", "keuangan", ["pertanggungjawaban", "keuangan"]),
        ("barang", "barang", "di gudang", ["barang", "di", "gudang"]),
        ("lapora", "laporan", "dan data", ["laporan", "dan", "data"]),
    ],
)
def test_a_word_that_the_end_of_a_line_cut_is_one_word(
    read: str, corrected: str, below: str, wanted: list[str]
) -> None:
    cell = [LinePart(StreamLine(1, 1, corrected, read), corrected), LinePart(StreamLine(2, 1, below), below)]
    assert list(cells.words_of(cell)) == wanted


def _row(line: int, *cuts: tuple[int, int, str]) -> tuple[BodyLine, tuple[Cut, ...]]:
    words = [word for *_, text in cuts for word in text.split()]
    made, at = [], 0
    for column, action, text in cuts:
        made.append(Cut(at, at := at + len(text.split()), column, action))
    plain = " ".join(words)
    return BodyLine(StreamLine(line, 1, plain), tuple(words), (False,) * len(words), False), tuple(made)


def test_a_cell_too_many_in_a_column_moves_no_other_cell() -> None:
    rows = [
        _row(1, (INDIKATOR, 1, "Jumlah surat"), (PENJELASAN, 1, "Surat yang dikirim"), (SUMBER, 1, "Agenda surat")),
        _row(2, (INDIKATOR, 0, "keluar"), (SUMBER, 1, "Buku ekspedisi")),  # no cell of its own
        _row(3, (INDIKATOR, 1, "Jumlah rapat"), (PENJELASAN, 1, "Rapat yang diadakan"), (SUMBER, 1, "Notulen rapat")),
        _row(4, (INDIKATOR, 1, "Jumlah arsip"), (PENJELASAN, 1, "Arsip yang ditata"), (SUMBER, 1, "Daftar arsip")),
    ]
    lines, cuts = [line for line, _ in rows], [way for _, way in rows]
    found = tables.assembled(lines, lines, cuts)
    said = [[" ".join(cells.words_of(cell)) for cell in found.cells[c]] for c in (INDIKATOR, PENJELASAN, SUMBER)]
    assert said[0] == ["Jumlah surat keluar", "Jumlah rapat", "Jumlah arsip"]
    assert said[1] == ["Surat yang dikirim", "Rapat yang diadakan", "Arsip yang ditata"]
    assert said[2] == ["Agenda surat Buku ekspedisi", "Notulen rapat", "Daftar arsip"]
    assert found.sure[SUMBER][0] < min(found.sure[PENJELASAN])


def test_words_keep_their_places_where_a_stroke_is_a_one() -> None:
    line = (*(DumpWord(text, (0, 1)) for text in ("semester", "|", "dan", "II")), DumpWord("|Laporan", (0, 2)))
    words = tokens(" ".join(word.text for word in line))[0]
    assert words == ("semester", "|", "dan", "II", "Laporan")
    assert placed(words, line) == tuple(map(DumpWord, words, ((0, 1),) * 4 + ((0, 2),)))


def test_lines_are_corrected_before_they_are_taken_apart_and_kept_as_read() -> None:
    text = dump(CLEAN).replace("Jumlah", "Jumiah").replace("yang", "yanq")
    found = read_text(numbered([text]), "dump.txt", "0" * 64, correct_lines)
    values = [v for sheet in found.sheets for row in sheet.rows for v in row.values.values()]
    lines = [line for value in values for line in value.lines]
    assert any("Jumiah" in line.text for line in lines)
    assert {line.readings[0].engine for line in lines} == {DUMP}
    for line in lines:
        corrected = [reading for reading in line.readings if reading.engine == CORRECTED]
        if any(damaged in line.text for damaged in ("Jumiah", "yanq")):
            assert corrected and not any(damaged in corrected[0].text for damaged in ("Jumiah", "yanq"))


def test_what_was_corrected_is_known_by_its_own_words() -> None:
    text = dump(CLEAN)
    damaged = text.replace("Jumlah", "Jumiah")
    found = read_text(numbered([damaged]), "dump.txt", "0" * 64, correct_lines)
    printed = set(text.split())
    for value in (v for sheet in found.sheets for row in sheet.rows for v in row.values.values()):
        for line in value.lines:
            assert set(line.text.split()) <= {*damaged.split(), *printed}


@given(st.lists(st.sampled_from(["Jumlah", "dokumen", "yang", "|", "   ", "\t", "a,"]), max_size=12))
def test_pipes_and_gaps_come_back_where_they_were(parts: list[str]) -> None:
    text = " ".join(parts)
    part = pieces(text)
    words, piped = tokens(text)
    whole = " ".join(filter(None, (" ".join(piece.split()) for piece in part[::2])))
    again, parted_ = tokens(parted(whole, part))
    assert again == words
    assert parted_[1:] == piped[1:]


def test_a_stroke_before_dan_and_a_roman_number_is_no_rule() -> None:
    assert pieces("BAR | semester | dan II")[::2] == ["BAR", "semester | dan II"]
    assert pieces("semester | dan laporan")[::2] == ["semester", "dan laporan"]


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        (["(REKAM MEDIS", "— YANG LENGKAP"], ["REKAM MEDIS", "YANG LENGKAP"]),
        (["Surat Perintah (SPM", "dan SP2D)"], ["Surat Perintah (SPM", "dan SP2D)"]),
        (["'Laporan 'Kinerja' bidang"], ["'Laporan 'Kinerja' bidang"]),
        (["“Laporan bidang"], ["Laporan bidang"]),
        (["& Tersusunnya dokumen"], ["Tersusunnya dokumen"]),
        (["mutu /asuhan keperawatan", "dan/atau"], ["mutu asuhan keperawatan", "dan/atau"]),
        (["perundang - undangan", "_"], ["perundang - undangan", ""]),
        (["x 100%", "(=) 24 jam"], ["x 100%", "(=) 24 jam"]),
        (["yang disediakan", "B", "kantor"], ["yang disediakan", "", "kantor"]),
        (["a.", "Menyusun laporan"], ["a.", "Menyusun laporan"]),
        (["A"], ["A"]),
    ],
)
def test_rules_that_were_read_as_signs_go(lines: list[str], wanted: list[str]) -> None:
    assert without_rules(lines) == wanted


def _table(*rows: tuple[str, str, str]) -> DumpTable:
    def cell(text: str) -> list[LinePart]:
        return [LinePart(StreamLine(1, 1, text), text)] if text else []

    columns = [[cell("Tersusunnya dokumen")], *([cell(row[k]) for row in rows] for k in range(3))]
    flags = [[False] * len(column) for column in columns]
    return DumpTable(columns, [[0.9] * len(column) for column in columns], [0], [None], shared=flags)


@pytest.mark.parametrize(
    ("whole", "cut"),
    [
        ("Jumlah dokumen perencanaan yang disusun", "Jumlah dokumen perencanaan yang"),
        ("Jumlah dokumen perencanaan yang disusun", "Jumlah dokumen"),
        ("Jumlah dokumen perencanaan yang disusun", "Jumlah dokumen dokumen perencanaan (yang disusun"),
    ],
)
def test_a_cell_that_looks_cut_is_less_certain(whole: str, cut: str) -> None:
    beside = ("Dokumen perencanaan yang disusun", "DPA")
    chances = []
    for text in (whole, cut):
        table = _table((text, *beside))
        said = DumpTally.of([table])
        chances.append(confidence.fitted().chance(confidence.features(table, INDIKATOR, 0, said)))
        assert 0 < confidence.fitted().chance(confidence.features(table, PENJELASAN, 0, said)) < 1
    assert chances[0] > chances[1]


def test_cells_that_others_say_too_are_known() -> None:
    table = _table(("Jumlah surat", "Surat masuk", "Buku"), ("Jumlah berkas", "Berkas", "Buku"))
    said = DumpTally.of([table])
    assert confidence.features(table, SUMBER, 0, said)["said by other cells"] > 0
    assert confidence.features(table, INDIKATOR, 0, said)["said by other cells"] == 0


def test_a_cell_that_the_rough_reading_has_too_is_more_certain() -> None:
    row = ("Jumlah dokumen perencanaan yang disusun", "Dokumen perencanaan yang disusun", "DPA")
    said = DumpTally.of([_table(row)])
    chances = []
    for shared in (False, True):
        table = _table(row)
        table.shared = [[shared] * len(column) for column in table.cells]
        chances.append(confidence.fitted().chance(confidence.features(table, INDIKATOR, 0, said)))
    assert chances[1] > chances[0]


def test_a_strange_word_makes_a_cell_less_certain_unless_it_is_said_again() -> None:
    sound, strange = ("Jumlah dokumen", "Dokumen", "DPA"), ("Jumlah dokurnern", "Dokumen", "DPA")
    chances = []
    for rows in ([sound, sound], [strange, strange], [strange, sound]):
        table = _table(*rows)
        chances.append(confidence.fitted().chance(confidence.features(table, INDIKATOR, 0, DumpTally.of([table]))))
    assert chances[0] > chances[1]
    assert chances[0] > chances[2]


@pytest.mark.parametrize(
    ("feature", "rows"),
    [
        ("says a word twice", [("Jumlah dokumen dokumen", "Dokumen", "DPA")]),
        ("a neighbour says a word twice", [("Jumlah dokumen", "Dokumen serah terima barang barang", "Buku rekap")]),
        ("garbled words", [("Jumlah F‘unjlln", "Dokumen", "DPA")]),
        ("garbled words", [("Jumlah @sa", "Dokumen", "DPA")]),
        ("begins again inside", [("Jumlah surat yang dikirim Jumlah berkas", "Surat", "Buku")]),
        ("goes on behind a standard phrase", [("Tertibnya arsip sesuai jadwal buku agenda", "Arsip", "Buku")]),
        ("ends with a standard phrase indikator", [("Tertibnya arsip sesuai jadwal", "Arsip", "Buku")]),
    ],
)
def test_what_a_cell_says_tells_of_its_certainty(feature: str, rows: list[tuple[str, str, str]]) -> None:
    sound = _table(("Jumlah dokumen yang disusun", "Dokumen yang disusun", "DPA"))
    assert confidence.features(sound, INDIKATOR, 0, DumpTally.of([sound]))[feature] == 0
    table = _table(*rows)
    assert confidence.features(table, INDIKATOR, 0, DumpTally.of([table]))[feature] > 0


def test_how_a_cell_lies_tells_of_its_certainty() -> None:
    table = _table(("Jumlah dokumen", "Dokumen", "DPA"), ("Jumlah surat", "Surat", "Buku"))

    def lies(*numbers: int) -> tuple[float, float]:
        cell = [LinePart(StreamLine(number, 1, "Jumlah"), "Jumlah") for number in numbers]
        below = [LinePart(StreamLine(8, 1, "Surat"), "Surat")]
        table.cells[INDIKATOR][0], table.cells[PENJELASAN][1] = cell, below
        table.cells[INDIKATOR][1] = table.cells[SUMBER][1] = []
        found = confidence.features(table, INDIKATOR, 0, DumpTally.of([table]))
        return found["a gap in its lines"], found["ends below the next row's beginning"]

    assert lies(1, 2, 3) == (0, 0)
    assert lies(1, 7) == (1, 0)
    assert lies(6, 7, 8) == (0, 1)


def test_the_end_of_a_cell_is_not_borne_out_by_its_own_row() -> None:
    cut = ("Jumlah pembayaran gaji Tenaga", "Pembayaran gaji Tenaga", "Daftar gaji")
    whole = ("Jumlah Tenaga Kontrak", "Tenaga Kontrak Daerah", "Daftar")
    table = _table(cut, whole)
    found = confidence.features(table, INDIKATOR, 0, DumpTally.of([table]))
    assert found["its last word always goes on elsewhere"] == 1


@pytest.mark.parametrize(
    ("end", "word", "wanted"),
    [
        ("berlaku", "pegawai", True),
        ("beriaku", "Gudang", True),
        ("berlaku", "dan", False),
        ("waktu", "sesuai", False),
        ("dokumen", "yang", False),
    ],
)
def test_a_standard_phrase_ends_what_it_stands_in(end: str, word: str, wanted: bool) -> None:
    assert closed(end, word) is wanted


def _ways(words: int, first: int = 0, column: int = 0) -> Iterator[tuple[Cut, ...]]:
    """All ways of cutting the words from ``first`` on into pieces in column order."""
    if first == words:
        yield ()
    for c in range(column, 4):
        for end in range(first + 1, words + 1):
            for action in (GOES_ON, STARTS):
                yield from ((Cut(first, end, c, action), *rest) for rest in _ways(words, end, c + 1))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.sampled_from(["Jumlah", "1.", "dokumen", "yang", "Laporan", "RKA,"]), min_size=1, max_size=4),
    st.booleans(),
    st.sampled_from([(0.0, 0.0, 0.0, 0.0), (12.0, 14.0, 20.0, 9.0)]),
)
def test_the_best_cut_of_a_line_and_its_margins_are_those_of_all_ways(
    words: list[str], goes_on: bool, widths: Widths
) -> None:
    model = features.model()
    tags = tuple(tuple(-0.3 * ((7 * k + 3 * n) % 11) for n in range(12)) for k in range(len(words)))
    flags = (False,) * len(words)
    line = BodyLine(StreamLine(1, 1, " ".join(words)), tuple(words), flags, False, again=flags, tags=tags,
                    elsewhere=(0,) * len(words))  # fmt: skip
    before = replace(line, words=("Jumlah", "dokumen"), piped=(False, False))
    state = State(widest=widths)
    if goes_on:
        state = after(state, before, (Cut(0, 1, INDIKATOR, STARTS), Cut(1, 2, PENJELASAN, STARTS)))
    ways = [way for way in _ways(len(words)) if all(cut.action == STARTS or state.row[cut.column] >= 0 for cut in way)]
    scores = {way: model.score(list(model.features(line, way, state))) for way in ways}
    score, cuts, margins = best_cut(LineScores(model, line), state)
    assert score == pytest.approx(max(scores.values()))
    assert scores[cuts] == pytest.approx(score)
    for c in range(4):
        mine = piece_in(c, cuts)
        other = max((s for way, s in scores.items() if piece_in(c, way) != mine), default=-inf)
        assert margins[c] == pytest.approx(min(score - other, features.CLEAR), abs=1e-6)


SAID = ("iii", "jil", "ai", "dan", "mmm", "WWW", "laporan", "kegiatan", "yang", "disusun,", "(SPM)", "Tim")
WORDS = st.lists(st.sampled_from(SAID), min_size=30)


def _wrapped(words: list[str], face: Face, width: float) -> list[list[str]]:
    lines: list[list[str]] = [[]]
    for word in words:
        if lines[-1] and face.width(" ".join([*lines[-1], word])) > width:
            lines.append([])
        lines[-1].append(word)
    return lines


def test_letters_are_as_wide_as_they_are_printed() -> None:
    face = Face("arial", 1)
    for text in ("Jumlah laporan 100% (SPM)", "iiii", "MWmw@", "a/b, c. d; e: f! \"g\" 'h' [i]"):
        assert advance(text) / advance("n") == pytest.approx(face.width(text) / face.width("n"), rel=0.01)


@settings(deadline=None)
@given(WORDS)
def test_the_width_of_a_column_is_that_at_which_its_lines_were_broken(words: list[str]) -> None:
    face = Face("arial", 1)
    lines = _wrapped(words, face, 20 * face.width("n"))
    assume(len(lines) > 3)
    body_ = [
        BodyLine(StreamLine(n, 1, " ".join(line)), tuple(line), (False,) * len(line), False)
        for n, line in enumerate(lines)
    ]
    cuts = [(Cut(0, len(line), INDIKATOR, GOES_ON if n else STARTS),) for n, line in enumerate(lines)]
    width = widths_of(body_, cuts)[INDIKATOR]
    assert width == round(max(advance(" ".join(line)) for line in lines), 1)


def test_the_number_of_a_row_is_no_part_of_its_columns_width() -> None:
    lines = [("1.", "Tersusunnya"), ("laporan",), ("2.", "Tersusunnya"), ("laporan",)]
    body_ = [
        BodyLine(StreamLine(n, 1, " ".join(line)), line, (False,) * len(line), False) for n, line in enumerate(lines)
    ]
    cuts = [(Cut(0, len(line), SASARAN, STARTS if len(line) > 1 else GOES_ON),) for line in lines]
    assert widths_of(body_, cuts)[SASARAN] == round(advance("Tersusunnya"), 1)
    assert widths_of(body_[:2], cuts[:2]) == (0, 0, 0, 0)


def test_a_line_broken_where_the_next_word_had_room_makes_a_cell_less_certain() -> None:
    chances = []
    for texts in (["Jumlah dokumen", "perencanaan yang", "disusun"], ["Jumlah", "dokumen", "perencanaan yang disusun"]):
        table = _table(("Jumlah dokumen perencanaan yang disusun", "Dokumen perencanaan", "DPA"))
        table.cells[INDIKATOR][0] = [LinePart(StreamLine(n, 1, text), text) for n, text in enumerate(texts)]
        table.widths = (0, advance("perencanaan yang"), 0, 0)
        found = confidence.features(table, INDIKATOR, 0, DumpTally.of([table]))
        chances.append(confidence.fitted().chance(found))
    assert chances[0] > chances[1]


SIGNED = "PIHAK KEDUA PIHAK PERTAMA\nNIP 197005121995031002 NIP 198511302010012007\n"
LETTERHEAD = "PEMERINTAH KOTA SUKAMAJU\nDINAS KEARSIPAN\n"
LABELS = "1. Perangkat Daerah : Dinas Kearsipan\n2. Jabatan : {post}\n"
TITLE = "INDIKATOR KINERJA INDIVIDU TAHUN 2023\n"


def _cut(text: str) -> list[tuple[str, str]]:
    """The last word of each sheet's jabatan, and its unit."""
    found = segments(numbered([text]), Leftover())
    return [
        (" ".join(line.text for line in s.lines if "Jabatan" in line.text)[-1:], " ".join(u.text for u in s.unit))
        for s in found
    ]


def test_a_sheet_whose_title_was_lost_is_one_of_its_own() -> None:
    one = LETTERHEAD + TITLE + LABELS.format(post="Arsiparis A") + HEADINGS + SIGNED
    two = LETTERHEAD + LABELS.format(post="Arsiparis B") + HEADINGS + SIGNED
    assert _cut(one + two + one) == [("A", ""), ("B", ""), ("A", "")]
    ahead = LABELS.format(post="Arsiparis C") + LETTERHEAD + TITLE + HEADINGS + SIGNED
    assert _cut(one + ahead) == [("A", ""), ("C", "")], "labels that got ahead of their title make no sheet"


@pytest.mark.parametrize("signed", [SIGNED, "PIHAK PERTAMA\nNIP 198511302010012007\nSITI AMINAH\n", "PIHAK PERTAMA\n"])
def test_a_divider_is_seen_behind_a_sheet_whose_end_was_lost(signed: str) -> None:
    one = LETTERHEAD + TITLE + LABELS.format(post="Arsiparis A") + HEADINGS + signed + "Penata Muda\n"
    divider = "\n\n\nBIDANG LAYANAN\nDAN PERAWATAN\n\n\n\n"
    two = LETTERHEAD + TITLE + LABELS.format(post="Arsiparis B") + HEADINGS + SIGNED
    assert _cut(one + divider + two) == [("A", ""), ("B", "BIDANG LAYANAN DAN PERAWATAN")]


@given(st.integers(0, 500))
def test_every_sheet_is_in_one_block_of_neighbours_and_none_is_alone_for_long(count: int) -> None:
    found = blocks(count)
    assert [n for block in found for n in block] == list(range(1, count + 1))
    assert max(map(len, found)) - min(map(len, found)) <= 1
    assert count < 12 or min(map(len, found)) >= 6

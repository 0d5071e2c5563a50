"""The vocabulary, the lexicon, the channel and the correction of text dumps."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iki import vocab
from iki.lab.measure.correction import figures, layers
from iki.lab.synthetic.specimen import specimen
from iki.lab.train.confusions import table
from iki.lab.train.reading_pairs import pairs
from iki.language import channel, lexicon
from iki.language.char_model import Letters
from iki.language.cleanup import Damage, tidied
from iki.language.line_correction import UnreadableDump, correct_file, correct_lines
from iki.normalize.knowledge import Knowledge

CLEAN = [
    "Jumlah dokumen perencanaan yang disusun tepat waktu",
    "Laporan realisasi anggaran, DPA, dan LKjIP",
    "sesuai dengan ketentuan peraturan perundang-undangan",
    "NIP 198001012005011001",
    "email: dinas@contoh.go.id",
    "Pemeliharaan/ Rehabilitasi gedung",
]


def test_the_vocabulary_holds_what_regulations_say() -> None:
    words = vocab.load()
    assert words.ranks["III/d"] == "Penata Tk. I" and len(words.ranks) == 17
    assert len(words.months) == 12 and "XVII" in words.grades
    assert "Arsiparis Ahli Muda" in words.posts and "Arsiparis Mahir" in words.posts
    assert words.abbreviations["DPA"] == "Dokumen Pelaksanaan Anggaran"


def test_affixes_accept_and_never_propose() -> None:
    words = lexicon.load()
    assert words.knows("pengevaluasian") and not words.knows("dokurnen")
    assert "pengevaluasian" not in words.near("pengevaluasiam")


def test_unknown_short_capitals_are_no_words() -> None:
    words = lexicon.load()
    assert words.knows("DPA") and words.knows("DAN") and not words.knows("QXA")


def test_knowledge_of_the_vocabulary_serves_cleaning() -> None:
    knowledge = Knowledge.of(vocab.load())
    assert knowledge.vouches("perundang-undangan,") and knowledge.abbreviation("Tk")
    assert "Jumlah" in knowledge.near("Jumiah")


def test_likely_damage_is_cheaper_than_unlikely() -> None:
    assert channel.cost("jumlah", "jumlah") == 0
    assert channel.cost("dokumen", "dokurnen") < channel.cost("dokumen", "dokuxen")


def test_damaged_lines_are_put_right() -> None:
    read = [
        "Jumiah dokurnen | perancanaan",
        "adminkstrasi kepegawalan",
        "Penata Tk. | {lil/d)",
        "Laporan raalisasi angaran",
    ]
    assert correct_lines(read) == [
        "Jumlah dokumen perencanaan",
        "administrasi kepegawaian",
        "Penata Tk. I (III/d)",
        "Laporan realisasi anggaran",
    ]


def test_right_lines_come_back_as_they_are() -> None:
    assert correct_lines(CLEAN) == CLEAN


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\n\r"), max_size=30), max_size=4))
def test_as_many_lines_out_as_in(lines: list[str]) -> None:
    done = correct_lines(lines)
    assert len(done) == len(lines)
    assert not any("\n" in line for line in done)


def test_stray_marks_go_and_numbers_stay() -> None:
    words = lexicon.load()
    assert tidied("| ‘Penyediaan jasa, |", words) == "Penyediaan jasa,"
    assert tidied("Rp 1.500.000", words) == "Rp 1.500.000"
    assert tidied("(A / B) x 1 00%", words) == "(A / B) x 100%"
    assert tidied("No. 1 00%", words) == "No. 1 00%"
    for damage in (Damage(), Damage(noisy=True)):
        assert tidied("BAR semester | dan II", words, damage) == "BAR semester I dan II"
        assert tidied("BAR semester | dan laporan", words, damage) == "BAR semester dan laporan"


@settings(max_examples=25, deadline=None)
@given(st.sampled_from(["NIP. ", "NIP ", "NIP: "]), st.from_regex(r"[0-9]{18}", fullmatch=True))
def test_the_digits_and_the_stop_of_a_nip_stay_as_read(label: str, digits: str) -> None:
    assert correct_lines([label + digits]) == [label + digits]


def test_commas_after_titles_and_abbreviations_stay() -> None:
    lines = [
        "WAYAN LESTARI, S.E., M.Si.",
        "1. Nama : Made Sitorus, S.Pd., M.Pd.",
        "Laporan, dokumen, dll., serta lampirannya",
    ]
    assert correct_lines(lines) == lines
    assert tidied("anggaran.,", lexicon.load()) == "anggaran."


NOISY = [
    "Jumiah dokurnen | perancanaan", "adminkstrasi kepegawalan", "Laporan raalisasi angaran", "tapat wakiu",
    "| Penyediaan jasa surat menyural |", "pemealiharaan barang miiik daerah", "pangadaan peraiatan kantor",
    "sesual aturan yang beriaku",
]  # fmt: skip


def after_noise(*lines: str) -> list[str]:
    """The lines as they come out of a damaged text."""
    return correct_lines([*NOISY, *lines])[len(NOISY) :]


def test_what_a_clean_text_misspells_stays() -> None:
    page = [*CLEAN * 8, "Penyedian jasa dan sosilisasi peraturan", "pelaksanan kegiatan diidentifikasii"]
    assert correct_lines(page) == page


def test_english_lines_stay() -> None:
    lines = [
        "The officials of this agency have to sign the same form every year",
        "with all the figures that they made",
    ]
    assert after_noise(*lines) == lines


def test_rules_read_as_signs_go() -> None:
    assert after_noise("(Jumlah laporan x 10096", "disusun i", "anggaran : murni", "Jabatan : Arsiparis") == [
        "Jumlah laporan x 100%",
        "disusun",
        "anggaran murni",
        "Jabatan : Arsiparis",
    ]
    lines = ["Jumlah layanan (surat masuk", "dan surat keluar) yang dikelola"]
    assert after_noise(*lines) == lines


def test_a_name_of_the_text_is_kept_and_put_right_by_its_other_lines() -> None:
    lines = ["Kecamatan Wonomertani", "Kantor Wonomertani", "Kota Wonomertani", "Desa Wonomertani", "Jalan Wonomertani"]
    assert after_noise(*lines, "Kelurahan Wonomerlani")[-1] == "Kelurahan Wonomertani"
    assert after_noise(*lines) == lines


def test_abbreviations_are_elected_by_other_lines() -> None:
    lines = ["Usulan RKPD", "Konsep RKPD", "Perubahan RKPD", "Dokumen RKPD", "Laporan RKPD"]
    assert after_noise(*lines, "Draf REPD")[-1] == "Draf RKPD"
    assert after_noise("Draf QXWZ") == ["Draf QXWZ"]


def test_words_cut_at_a_hyphen_stay() -> None:
    lines = ["Jumlah penga-", "wasan yang dilaksanakan"]
    assert after_noise(*lines) == lines


def test_a_text_teaches_its_own_confusions() -> None:
    table = channel.standard()
    taught = table.taught([("rkpd", "repd"), ("bkpsdm", "bepsdm"), ("pptk", "ppte")])
    assert taught.cost("tkd", "ted") < table.cost("tkd", "ted")
    assert taught.cost("jumlah", "jumiah") == table.cost("jumlah", "jumiah")


def test_confusions_are_told_apart() -> None:
    assert list(channel.confusions("dokumen", "dokurnen")) == [("m", "rn")]
    assert list(channel.confusions("jumlah", "jurnlab")) == [("m", "rn"), ("h", "b")]
    assert list(channel.confusions("jumlah", "jurniah")) == []  # a stretch that may be parted in many ways


WORDS = st.text("abeilmnortu", min_size=1, max_size=9)


@given(WORDS, WORDS)
def test_the_channel_is_no_dearer_than_letter_by_letter(printed: str, read: str) -> None:
    cost = channel.cost(printed, read, 1000.0)
    assert cost == 0 if printed == read else cost > 0
    if len(printed) == len(read):
        letters = sum(channel.cost(a, b) for a, b in zip(printed, read, strict=True) if a != b)
        assert cost <= letters + 1e-9


@given(st.lists(WORDS, min_size=1, max_size=20), WORDS)
def test_letters_are_a_chance(words: list[str], word: str) -> None:
    model = Letters(words)
    assert model.cost(word) > 0
    assert sum(math.exp(-model.cost(c)) for c in "abeilmnortu") < 1


def test_pages_are_read_and_their_confusions_counted() -> None:
    made = specimen("dinkes", "lazim", "rough", 7, dpi=120, rows=3)
    found = list(pairs(made, 6))
    assert found and all(pair.printed for pair in found)
    assert sum(pair.read == pair.printed for pair in found) < len(found)
    rows = table(found, {("l", "i"): 2.6})
    assert any(row.startswith("l\ti\t") and row.split("\t")[3] == "2.6" for row in rows)


def test_each_layer_of_the_corrector_runs() -> None:
    printed = ["Jumlah dokumen perencanaan"] * 4
    read = ["Jumiah dokurnen perancanaan"] * 4
    told = [figures(printed, read, layer.corrected(read)).clean for layer in layers()]
    assert told[0] == 1.0 and told[-1] == 0.0


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnreadableDump):
        correct_file(tmp_path / "none.txt")

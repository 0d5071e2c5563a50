"""The vocabulary, the lexicon, the channel and the correction of text dumps."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iki import vocab
from iki.normalize import channel, lexicon
from iki.normalize.knowledge import Knowledge
from iki.normalize.text import Unreadable, correct_file, correct_lines
from iki.normalize.tidying import tidied

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


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Unreadable):
        correct_file(tmp_path / "none.txt")

"""Joining the lines of a value."""

import re
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.model import Box, Line, Reading, Word
from iki.normalize.correct.join_lines import decide, join, text_of

_WORDS = """perundang-undangan peraturan pertanggungjawaban kegiatan laporan daftar gaji dan tunjangan masing-masing
masing sesuai dokumen keuangan tanggung jawab daerah pemerintah sosialisasi pelatihan non nonfisik fisik yang di"""
WORDS = frozenset(_WORDS.split())


class Lexicon:
    def knows(self, word: str) -> bool:
        return word.lower() in WORDS


def line(text: str, width: int | None) -> Line:
    """A line of 10-pixel characters in a cell ``width`` characters wide; ``None``: no geometry."""
    words = tuple(Word(w, Box(0, 0, 1, 1), 0.99) for w in text.split())
    reading = Reading(text, words, 0.99, "iki")
    if width is None:
        return Line(1, None, None, None, (reading,))
    box = Box(0, 0, 10 * len(text), 20)
    return Line(1, box, ((0, 0), (1, 0), (1, 1), (0, 1)), (0, 10 * width), (reading,))


def joined(lines: list[str], width: int | None) -> str:
    return text_of(join([line(text, width) for text in lines], Lexicon()))


@pytest.mark.parametrize("width", [20, None])
@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["peraturan perundang-", "undangan"], "peraturan perundang-undangan"),
        (["PERATURAN PERUNDANG-", "UNDANGAN"], "PERATURAN PERUNDANG-UNDANGAN"),
        (["dokumen masing-", "masing daerah"], "dokumen masing-masing daerah"),
        (["laporan kegi-", "atan"], "laporan kegiatan"),
        (["tahun 2021-", "2022"], "tahun 2021-2022"),
        (["laporan perundang -", "undangan"], "laporan perundang - undangan"),
        (["sesuai peraturan/", "dokumen"], "sesuai peraturan/ dokumen"),
        (["daftar gaji,", "tunjangan"], "daftar gaji, tunjangan"),
        (["dokumen", "", "laporan"], "dokumen laporan"),
        (["laporan", "Kegiatan"], "laporan Kegiatan"),
        (["yang di", "sesuai"], "yang di sesuai"),
        (["1. daftar gaji", "2. laporan"], "1. daftar gaji 2. laporan"),
        ([], ""),
    ],
)
def test_rules(lines: list[str], text: str, width: int | None) -> None:
    assert joined(lines, width) == text


@pytest.mark.parametrize(
    ("lines", "width", "text"),
    [
        (["pertanggungjawab", "an"], 16, "pertanggungjawaban"),
        (["pertang", "gungja", "waban"], 7, "pertanggungjawaban"),
        (["pertanggungjawaban", ", laporan"], 18, "pertanggungjawaban, laporan"),
        (["PERTANGGUNGJAWAB", "AN"], 16, "PERTANGGUNGJAWABAN"),
        (["PERTANGGUNGJAWABA", "N laporan"], 17, "PERTANGGUNGJAWABAN laporan"),
        (["pelatihan/sosialis", "asi"], 18, "pelatihan/sosialisasi"),
        (["tanggung", "jawab"], 9, "tanggung jawab"),
        (["laporan", "keuangan"], 40, "laporan keuangan"),
        (["dokumen", "an"], 40, "dokumen an"),  # the paragraph ended there: it would have fitted
    ],
)
def test_geometry_decides(lines: list[str], width: int, text: str) -> None:
    assert joined(lines, width) == text


def test_a_word_too_long_for_the_room_behind_a_number_is_rejoined() -> None:
    def hung(text: str) -> Line:
        plain = line(text, 20)
        return replace(plain, box=Box(30, 0, 30 + 10 * len(text), 20))

    cut = [line("1. daftar", 20), hung("pertanggungjawab"), hung("an kegiatan")]
    assert text_of(join(cut, Lexicon())) == "1. daftar pertanggungjawaban kegiatan"
    assert text_of(join([line("a. sosialis", 11), line("asi", 11)], Lexicon())) == "a. sosialisasi"


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        (["peraturan sosialisas", "I"], "peraturan sosialisasi"),
        (["sosialisas", "1"], "sosialisasi"),
        (["gaji dan kegiata", "N"], "gaji dan kegiatan"),
        (["laporan", "I"], "laporan I"),
        (["sosialisas", "I dan"], "sosialisasi dan"),
    ],
)
def test_a_lone_letter_ends_the_word_that_was_cut_before_it(lines: list[str], text: str) -> None:
    assert joined(lines, None) == text


def test_a_hyphen_between_parts_that_are_no_words_is_less_certain() -> None:
    tokens = join([line(text, 20) for text in ("kontrak dan aden-", "dum")], Lexicon())
    assert tokens[-1].text == "aden-dum" and tokens[-1].certainty < 0.9


def test_a_lone_dash_at_the_end_of_a_line_is_in_doubt() -> None:
    doubted = join([line("laporan -", 20), line("kegiatan", 20)], Lexicon())
    assert [token.certainty < 0.9 for token in doubted] == [False, False, True]
    item = join([line("-", 20), line("kegiatan", 20)], Lexicon())
    assert all(token.certainty > 0.9 for token in item)


def test_a_lost_hyphen_comes_back_but_is_less_certain() -> None:
    how = decide("perundang", "undangan", 1.0, False, Lexicon())
    assert how.between == "-" and how.certainty < 0.99


def test_a_prefix_before_a_hyphen_is_no_word() -> None:
    knows = frozenset(("petani", "pe", "tani", "ber", "se", "desa", "sedesa")).__contains__
    lexicon = type("Known", (), {"knows": staticmethod(knows)})()
    assert decide("pe-", "tani", 1.0, False, lexicon).between == ""
    assert decide("ber-", "KTP", 1.0, False, lexicon).between == "-"
    assert decide("se-", "desa", 1.0, False, lexicon).between == "-"


@given(
    st.lists(st.sampled_from(sorted(w for w in WORDS if "-" not in w)), min_size=1, max_size=20), st.integers(18, 40)
)
def test_plain_words_come_back_from_any_width(words: list[str], width: int) -> None:
    lines, now = [], ""
    for word in words:
        if now and len(now) + 1 + len(word) > width:
            lines.append(now)
            now = word
        else:
            now = f"{now} {word}".strip()
    text = " ".join(words)
    if re.search(r"\bmasing masing\b|\bnon fisik\b", text):
        return
    assert joined([*lines, now], width) == text


@given(st.lists(st.text(max_size=12), max_size=6))
def test_no_letter_is_lost_or_invented(lines: list[str]) -> None:
    kept = re.sub(r"[\W_]", "", joined(lines, None))
    assert kept == re.sub(r"[\W_]", "", "".join(lines))

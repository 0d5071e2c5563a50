"""Rank and grade, in all the ways of printing them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.normalize.fields import pangkat

TABLE = {
    "I/a": "Juru Muda", "I/b": "Juru Muda Tk. I", "I/c": "Juru", "I/d": "Juru Tk. I",
    "II/a": "Pengatur Muda", "II/b": "Pengatur Muda Tk. I", "II/c": "Pengatur", "II/d": "Pengatur Tk. I",
    "III/a": "Penata Muda", "III/b": "Penata Muda Tk. I", "III/c": "Penata", "III/d": "Penata Tk. I",
    "IV/a": "Pembina", "IV/b": "Pembina Tk. I", "IV/c": "Pembina Utama Muda", "IV/d": "Pembina Utama Madya",
    "IV/e": "Pembina Utama",
}  # fmt: skip


@pytest.mark.parametrize("grade", TABLE)
def test_every_pair_in_every_form(grade: str) -> None:
    name = TABLE[grade]
    long = name.replace("Tk. I", "Tingkat I")
    group, letter = grade.split("/")
    for text in (
        f"{name} ({grade})", f"{long}, {grade}", f"{name.upper()} ({grade.upper()})", f"{name} / {group} {letter}",
        f"Pangkat/Gol. Ruang : {long} ({grade})", f"{name.replace('. ', '.')} Gol. {grade}", f"({name}, {grade})",
        f"{name} {group}.{letter}", f"{name}({group}/ {letter})",
    ):  # fmt: skip
        rank = pangkat.parse(text, TABLE)
        assert (rank.pangkat, rank.golongan, rank.agree) == (name, grade, True), text


@pytest.mark.parametrize("grade", pangkat.PPPK_GRADES)
def test_pppk_has_a_grade_and_no_rank(grade: str) -> None:
    for text in (grade, f"Golongan {grade}", f"Gol. {grade}", f"Golongan : {grade}"):
        assert pangkat.parse(text, TABLE) == pangkat.Rank("", grade)


def test_each_follows_from_the_other() -> None:
    assert pangkat.parse("Penata Tk. I", TABLE).golongan == "III/d"
    assert pangkat.parse("(III/d)", TABLE).pangkat == "Penata Tk. I"


def test_disagreeing_print_stays_as_printed() -> None:
    rank = pangkat.parse("Pembina (IV/b)", TABLE)
    assert (rank.pangkat, rank.golongan, rank.agree) == ("Pembina", "IV/b", False)


@pytest.mark.parametrize(
    "text", ["Pembina Utma Madya (IV/d)", "Pcmbina Utama Madya (lV/d)", "Pembina Utama Madya (IV/d"]
)
def test_damage(text: str) -> None:
    rank = pangkat.parse(text, TABLE)
    assert (rank.pangkat, rank.golongan) == ("Pembina Utama Madya", "IV/d")


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("Penata Muda (lIlia)", "III/a"), ("Penata Muda Tk. 1 (lIifb)", "III/b"), ("Pembina IV fa", "IV/a"),
        ("Pembina (I\\/fa)", "IV/a"), ("Pembina Tk. I {IYib)", "IV/b"), ("Pengatur (ll'c)", "II/c"),
        ("Penaia M (liiIa)", "III/a"), ("Penata Muda Tinqkat | {111/b)", "III/b"), ("Penata Tk, | {| liid)", "III/d"),
    ],
)  # fmt: skip
def test_a_damaged_grade_is_told_by_its_strokes_and_its_rank(text: str, grade: str) -> None:
    rank = pangkat.parse(text, TABLE)
    assert (rank.pangkat, rank.golongan, rank.agree) == (TABLE[grade], grade, True)


def test_a_damaged_grade_of_another_rank_is_not_put_right() -> None:
    assert pangkat.parse("Pembina (lIlia)", TABLE).golongan != "IV/a"


@given(st.text(max_size=30))
def test_any_text_gives_a_grade_of_a_table_or_none(text: str) -> None:
    rank = pangkat.parse(text, TABLE)
    assert rank.golongan in {"", *TABLE, *pangkat.PPPK_GRADES}

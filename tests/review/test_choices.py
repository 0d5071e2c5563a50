"""Whole readings made of the candidates for single words."""

from hypothesis import given
from hypothesis import strategies as st

from iki.model import Candidate
from iki.normalize.explain import Story
from iki.review.choices import MOST, choices


def told(text: str, *candidates: str, read: str = "") -> Story:
    made = tuple(Candidate(c, float(n), "kamus") for n, c in enumerate(candidates))
    return Story("a-001", "a.pdf", 1, "indikator", text, read or text, 0.5, True, (), made, (), 1.0)


def test_a_word_s_candidate_is_offered_within_its_value() -> None:
    story = told("Nilai Z-score balita", "Z-score", "Z score", read="Niiai Z-score balita")
    assert choices(story) == [("Nilai Z score balita", "kamus"), ("Niiai Z-score balita", "bacaan mesin")]


def test_candidates_of_two_words_stand_each_in_its_own_place() -> None:
    story = told("Jumlah pegawai hadir", "Jumlah", "Jumiah", "hadir", "hadlr")
    assert [text for text, _ in choices(story)] == ["Jumiah pegawai hadir", "Jumlah pegawai hadlr"]


def test_a_candidate_for_the_whole_value_replaces_it() -> None:
    assert choices(told("RATRI KUMALA", "RATRI KUMALA", "RATRI KEMALA")) == [("RATRI KEMALA", "kamus")]


@given(st.text(), st.lists(st.text(), max_size=20), st.text())
def test_any_text_gives_other_values_only(text: str, candidates: list[str], read: str) -> None:
    found = [whole for whole, _ in choices(told(text, *candidates, read=read))]
    assert len(found) <= MOST
    assert text not in found and "" not in found and len({*found}) == len(found)

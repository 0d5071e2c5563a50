"""Where the spaces of a line are, by its gaps and by what a network said."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from iki.ingest.ocr.lost_spaces import space_chances, with_lone_stroke, with_spaces, without_letterspacing

ALPHABET = ("", " ", *"abcdefgh,I10%")
STRIDE = 8
LETTER = 0.12
"""A usual gap between letters, in letter heights."""
PIXEL = 0.04
SURE = 0.9999


def chances(gaps: list[float], heard: list[float]) -> list[bool]:
    """Which gaps are spaces; every one must be sure."""
    found = space_chances(np.array(gaps), np.array(heard), PIXEL)
    assert ((found < 0.05) | (found > 0.95)).all(), found
    return (found > 0.5).tolist()


def test_a_gap_far_wider_than_the_others_is_a_space_whatever_was_heard() -> None:
    assert chances([LETTER] * 5 + [4.0] + [LETTER] * 5, [1e-5] * 11) == [False] * 5 + [True] + [False] * 5


@pytest.mark.parametrize("width", [0.6, 1.0, 2.0])
def test_a_missed_gap_as_wide_as_the_line_s_spaces_is_one(width: float) -> None:
    gaps = [LETTER, LETTER, width, LETTER, LETTER, width, LETTER, LETTER, width * 0.95, LETTER, LETTER]
    heard = [1e-4, 1e-4, SURE, 1e-4, 1e-4, SURE, 1e-4, 1e-4, 0.2, 1e-4, 1e-4]
    found = space_chances(np.array(gaps), np.array(heard), PIXEL)
    assert np.flatnonzero(found > 0.5).tolist() == [2, 5, 8]


def test_letters_that_stand_apart_are_not_parted() -> None:
    wide = [0.55, 0.6, 0.5, 0.62, 0.58]
    assert chances([*wide, 1.6, *wide], [1e-4] * 5 + [SURE] + [1e-4] * 5) == [False] * 5 + [True] + [False] * 5


def test_a_false_space_in_a_gap_like_those_of_letters_goes() -> None:
    gaps = [LETTER, 0.6, 0.15, LETTER, LETTER]  # x 1 00%
    found = space_chances(np.array(gaps), np.array([1e-4, SURE, 0.7, 1e-4, 1e-4]), PIXEL)
    assert (found > 0.5).tolist() == [False, True, False, False, False]


def test_a_sure_network_is_believed_where_ink_fills_a_gap() -> None:
    gaps = [LETTER, LETTER, 0.05, LETTER, LETTER, 0.5, LETTER]
    found = space_chances(np.array(gaps), np.array([1e-4, 1e-4, SURE, 1e-4, 1e-4, SURE, 1e-4]), PIXEL)
    assert (found > 0.5).tolist() == [False, False, True, False, False, True, False]


def test_a_gap_between_those_of_letters_and_of_words_is_in_doubt() -> None:
    found = space_chances(np.array([0.1, 0.1, 0.6, 0.1, 0.3, 0.1]), np.array([0, 0, 1, 0, 0.3, 0.0]), PIXEL)
    assert 0.05 < found[4] < 0.95


@given(
    arrays(float, st.integers(1, 30), elements=st.floats(0, 20)).flatmap(
        lambda gaps: st.tuples(st.just(gaps), arrays(float, len(gaps), elements=st.floats(0, 1)))
    )
)
def test_any_line_gets_probabilities(line: tuple[np.ndarray, np.ndarray]) -> None:
    found = space_chances(*line, PIXEL)
    assert found.shape == line[0].shape
    assert ((found >= 0) & (found <= 1)).all()


def test_a_word_set_wide_is_one_word() -> None:
    gaps = np.array([0.6, 0.8, 0.7, 2.0, 0.6, 0.7, 0.6])  # T A H U N  K I N I
    letters = np.ones(7, bool)
    assert (without_letterspacing(np.full(7, 0.99), gaps, letters) > 0.5).tolist() == [i == 3 for i in range(7)]
    partly = np.array([0.99, 0.99, 0.99, 0.01, 0.99, 0.01, 0.99])  # J A B ATA N di
    gaps = np.array([0.6, 0.7, 0.6, 0.5, 0.6, 0.1, 0.6])
    assert (without_letterspacing(partly, gaps, letters) > 0.5).tolist() == [i == 6 for i in range(7)]
    few = without_letterspacing(np.array([0.99, 0.99, 0.01]), gaps[:3], letters[:3])
    assert (few > 0.5).tolist() == [True, True, False]


def line(text: str, gaps: dict[int, int], heard: dict[int, float]) -> tuple[np.ndarray, np.ndarray]:
    """A picture of bars for letters with ``gaps`` (px) after some, 4 px after others, and what a network says of it.

    ``heard``: the chances of a space that it gives the gaps after some letters; it is sure of those with others.
    """
    x = 16
    picture = np.full((48, 60 + sum(gaps.values()) + 20 * len(text)), 255, np.uint8)
    told = np.full((picture.shape[1] // STRIDE, len(ALPHABET)), 1e-5, np.float32)
    told[:, 0] = 1
    for i, letter in enumerate(text):
        picture[10:38, x : x + 16] = 0
        frame, gap = (x + 8) // STRIDE, gaps.get(i, 4)
        told[frame, 0], told[frame, ALPHABET.index(letter)] = 0, 1
        if i in heard or i in gaps:
            chance = heard.get(i, 1)
            told[(x + 16 + gap // 2) // STRIDE, :2] = 1 - chance, chance
        x += 16 + gap
    return picture, told


def read(told: np.ndarray) -> str:
    best = told.argmax(axis=1)
    return "".join(ALPHABET[c] for c, before in zip(best, [-1, *best[:-1]], strict=True) if c != before)


@pytest.mark.parametrize(
    ("gaps", "heard", "wanted"),
    [
        ({2: 16, 5: 15}, {5: 0.3}, "abc def gh"),  # as wide as the other space
        ({2: 16, 5: 90}, {5: 0.0}, "abc def gh"),  # far wider
        ({5: 90}, {5: 0.0}, "abcdef gh"),  # the line's only one
        ({2: 16, 5: 6}, {5: 0.05}, "abc defgh"),  # too narrow
        ({2: 16, 5: 4}, {5: 0.6}, "abc defgh"),  # no wider than between letters
    ],
)
def test_the_picture_tells_the_spaces(gaps: dict[int, int], heard: dict[int, float], wanted: str) -> None:
    picture, told = line("abcdefgh", gaps, heard)
    assert read(with_spaces(told, picture, ALPHABET, STRIDE)) == wanted


@pytest.mark.parametrize(
    ("text", "wanted"), [("abcIIdef", "abcIIdef"), ("abcI,def", "abcI,def"), ("abcIbdef", "abcI bdef")]
)
def test_no_space_is_put_between_strokes_or_before_a_mark(text: str, wanted: str) -> None:
    picture, told = line(text, {3: 40}, {3: 0.3})
    assert read(with_spaces(told, picture, ALPHABET, STRIDE)) == wanted


def test_single_letters_before_a_figure_are_no_word_set_wide() -> None:
    picture, told = line("efgah10%", {2: 60, 3: 60, 4: 60}, {2: 0.3, 3: 0.3, 4: 0.3})
    assert read(with_spaces(told, picture, ALPHABET, STRIDE)) == "efg a h 10%"


@pytest.mark.parametrize("text", ["", "a"])
def test_a_line_without_gaps_stays(text: str) -> None:
    picture, told = line(text, {}, {})
    assert with_spaces(told, picture, ALPHABET, STRIDE) is told


@pytest.mark.parametrize(("width", "gap", "wanted"), [(4, 14, "abc I"), (12, 14, "abc"), (4, 5, "abc")])
def test_a_lone_stroke_at_the_end_is_an_i(width: int, gap: int, wanted: str) -> None:
    picture, told = line("abc", {}, {})
    end = int(np.flatnonzero((picture < 128).any(axis=0)).max()) + 1
    picture[12:34, end + gap : end + gap + width] = 0
    assert read(with_lone_stroke(told, picture, ALPHABET, STRIDE)) == wanted

"""Spaces that a network missed, found in the picture."""

from __future__ import annotations

import numpy as np
import pytest

from iki.ingest.ocr.lost_spaces import with_lone_stroke, with_lost_spaces

ALPHABET = ("", " ", *"abcdefgh,I")
STRIDE = 8


def line(text: str, gaps: dict[int, int], missed: frozenset[int], chance: float) -> tuple[np.ndarray, np.ndarray]:
    """A picture of bars for letters with ``gaps`` (px) after some, 4 px after others, and what a network says of it.

    ``missed``: letters after which the network saw no space, only this ``chance`` of one.
    """
    x = 16
    picture = np.full((48, 60 + sum(gaps.values()) + 20 * len(text)), 255, np.uint8)
    told = np.full((picture.shape[1] // STRIDE, len(ALPHABET)), 1e-5, np.float32)
    told[:, 0] = 1
    for i, letter in enumerate(text):
        picture[10:38, x : x + 16] = 0
        frame, gap = (x + 8) // STRIDE, gaps.get(i, 4)
        told[frame, 0], told[frame, ALPHABET.index(letter)] = 0, 1
        if i in missed:
            told[frame + 1, 1] = chance
        elif i in gaps:
            told[(x + 16 + gap // 2) // STRIDE, :2] = 0, 1
        x += 16 + gap
    return picture, told


def read(told: np.ndarray) -> str:
    best = told.argmax(axis=1)
    return "".join(ALPHABET[c] for c, before in zip(best, [-1, *best[:-1]], strict=True) if c != before)


@pytest.mark.parametrize(
    ("gaps", "chance", "wanted"),
    [
        ({2: 14, 5: 13}, 0.05, "abc def gh"),  # as wide as the other space
        ({2: 14, 5: 13}, 0.0001, "abc defgh"),  # the network is sure that there is none
        ({2: 14, 5: 8}, 0.05, "abc defgh"),  # too narrow
    ],
)
def test_a_gap_as_wide_as_a_space_is_one(gaps: dict[int, int], chance: float, wanted: str) -> None:
    picture, told = line("abcdefgh", gaps, frozenset({5}), chance)
    assert read(with_lost_spaces(told, picture, ALPHABET, STRIDE)) == wanted


def test_letters_that_stand_apart_are_not_parted() -> None:
    gaps = {2: 14, 4: 12, 5: 13}
    picture, told = line("abcdefgh", gaps, frozenset({4, 5}), 0.05)
    assert read(with_lost_spaces(told, picture, ALPHABET, STRIDE)) == "abc defgh"


def test_without_a_space_to_measure_by_nothing_changes() -> None:
    picture, told = line("abcdefgh", {5: 13}, frozenset({5}), 0.05)
    assert with_lost_spaces(told, picture, ALPHABET, STRIDE) is told


@pytest.mark.parametrize(("width", "gap", "wanted"), [(4, 14, "abc I"), (12, 14, "abc"), (4, 5, "abc")])
def test_a_lone_stroke_at_the_end_is_an_i(width: int, gap: int, wanted: str) -> None:
    picture, told = line("abc", {}, frozenset(), 0)
    end = int(np.flatnonzero((picture < 128).any(axis=0)).max()) + 1
    picture[12:34, end + gap : end + gap + width] = 0
    assert read(with_lone_stroke(told, picture, ALPHABET, STRIDE)) == wanted

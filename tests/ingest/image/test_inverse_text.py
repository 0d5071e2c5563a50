"""Light letters on dark bars become dark letters on paper; everything else stays."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from iki.ingest.image.inverse_text import readable


def page(bar: int, letters: int, rules: int | None = None) -> np.ndarray:
    """A page with text, and across it a bar with ``letters`` and, maybe, ``rules``, each of that grey."""
    image = np.full((2339, 1654), 245, np.uint8)
    for y in (*range(200, 470, 45), *range(660, 2000, 45)):
        cv2.putText(image, "Jumlah dokumen perencanaan dan anggaran", (150, y), 0, 0.9, 30, 2)
    cv2.rectangle(image, (140, 500), (1500, 590), bar, cv2.FILLED)
    for x in (160, 700, 1200):
        cv2.putText(image, "Indikator", (x, 555), 0, 0.9, letters, 3)
    if rules is not None:
        for x in (140, 650, 1150, 1500):
            cv2.line(image, (x, 500), (x, 590), rules, 3)
    return image


@pytest.mark.parametrize("bar", [0, 50, 110, 140])
def test_light_letters_on_a_dark_bar_become_dark_on_paper(bar: int) -> None:
    image = page(bar, 250, rules=0)
    clean = readable(image)
    inside = clean[510:580, 150:1490]
    assert np.median(inside) > 230
    letters = image[510:580, 150:1490] == 250
    assert np.median(inside[letters]) < 60
    assert clean[545, 140] < 160
    assert (clean[:490] == image[:490]).all()
    assert (clean[600:] == image[600:]).all()


def test_bold_words_close_below_a_bar_are_no_part_of_it() -> None:
    image = page(110, 250)
    cv2.putText(image, "Meningkatnya kapabilitas", (220, 622), 0, 0.9, 30, 6)
    clean = readable(image)
    assert np.median(clean[510:580, 150:1490]) > 230
    assert (clean[600:] == image[600:]).all()


def test_a_black_bar_without_letters_becomes_a_blank_cell() -> None:
    image = page(0, 0)
    assert np.median(readable(image)[510:580, 150:1490]) > 230


@pytest.mark.parametrize(("bar", "letters"), [(245, 30), (200, 0), (150, 0), (120, 0)])
def test_dark_letters_on_shaded_paper_stay(bar: int, letters: int) -> None:
    image = page(bar, letters)
    assert readable(image) is image


def test_a_title_in_large_bold_type_is_no_bar() -> None:
    image = page(245, 30)
    cv2.putText(image, "SUB BAGIAN PERENCANAAN", (100, 120), cv2.FONT_HERSHEY_TRIPLEX, 2.6, 20, 9)
    assert readable(image) is image


def test_a_dark_edge_of_the_copy_stays() -> None:
    image = page(245, 30)
    image[:, :60] = 10
    assert readable(image) is image


def test_colours_on_a_bar_go_with_it() -> None:
    image = cv2.cvtColor(page(245, 30), cv2.COLOR_GRAY2BGR)
    cv2.rectangle(image, (140, 500), (1500, 590), (100, 56, 31), cv2.FILLED)
    cv2.putText(image, "Indikator", (160, 555), 0, 0.9, (255, 255, 255), 3)
    clean = readable(image)
    assert np.median(clean[510:580, 150:1490]) > 230
    assert np.ptp(clean[510:580, 150:1490], axis=2).max() == 0

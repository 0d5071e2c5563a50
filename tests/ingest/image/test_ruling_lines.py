"""Rules on the grey page: pale and dotted ones, and what only looks like one."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from iki.ingest.image.binarize import ink
from iki.ingest.image.ruling_lines import hairlines

LETTER = 20.0
XS, YS = (100, 300, 700), (100, 260, 420)


def page(shade: int, dotted: bool = False, noise: float = 1.5) -> np.ndarray:
    """A white page with a table of 2 × 2 cells whose rules are ``shade`` grey, and lines of text in it."""
    image = np.full((600, 900), 255, np.uint8)
    for y in YS:
        cv2.line(image, (XS[0], y), (XS[-1], y), shade, 1)
    for x in XS:
        cv2.line(image, (x, YS[0]), (x, YS[-1]), shade, 1)
    if dotted:
        y, x = np.indices(image.shape)
        image[(x + y) // 2 % 2 == 0] = 255
    for y in (140, 175, 210, 300, 335):
        cv2.putText(image, "menetapkan nama unsur itu", (312, y), 0, 0.8, 0, 2)
    made = cv2.GaussianBlur(image, (0, 0), 0.6) + np.random.default_rng(1).normal(0, noise, image.shape)
    return np.asarray(np.clip(made, 0, 255), np.uint8)


def seen(mask: np.ndarray) -> tuple[list[bool], list[bool]]:
    """Whether each level and each upright rule of the table is drawn along nine tenths of its length."""
    level = [bool((mask[y - 3 : y + 4, XS[0] : XS[-1]].max(axis=0) > 0).mean() > 0.9) for y in YS]
    return level, [bool((mask[YS[0] : YS[-1], x - 3 : x + 4].max(axis=1) > 0).mean() > 0.9) for x in XS]


@pytest.mark.parametrize(("shade", "dotted"), [(0, False), (166, False), (205, False), (0, True), (100, True)])
def test_rules_too_pale_or_too_dotted_for_ink_are_found(shade: int, dotted: bool) -> None:
    flat = page(shade, dotted)
    assert seen(hairlines(flat, ink(flat), LETTER)) == ([True] * 3, [True] * 3)


def test_lines_of_letters_are_no_rules() -> None:
    flat = page(166)
    found = hairlines(flat, ink(flat), LETTER)
    for x in XS:
        found[:, x - 4 : x + 5] = 0
    for y in YS:
        found[y - 4 : y + 5] = 0
    assert not found.any()


def test_a_streak_of_the_scanner_runs_on_past_the_table() -> None:
    flat = page(166)
    flat[:, 500] = np.minimum(flat[:, 500], 200)
    assert not hairlines(flat, ink(flat), LETTER)[150:240, 497:504].any()


def test_bare_paper_has_no_rules() -> None:
    flat = np.full((400, 400), 255, np.uint8)
    assert not hairlines(flat, ink(flat), LETTER).any()

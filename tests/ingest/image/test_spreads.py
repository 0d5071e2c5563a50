"""Several sheets in one picture are told from one sheet, however they lie."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from pages import sheet_page

from iki.ingest.image.binarize import Image
from iki.ingest.image.spreads import SpreadFinder
from iki.ingest.image.straighten import straighten
from iki.ingest.ocr.direction import NetworkJudge

pytestmark = pytest.mark.slow


def one(seed: int) -> Image:
    """A grey page of a sheet, on A4."""
    image, _ = sheet_page(seed, profile="clean", rows=4, dpi=150)
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    return np.asarray(grey[:1740, :1235])


def parts(image: Image) -> list[tuple[int, ...]]:
    found = SpreadFinder().parts(straighten(image, 150, NetworkJudge()), image.shape[:2])
    return [tuple(round(v) for v in (b.x0, b.y0, b.x1, b.y1)) for b in found]


PAIR = np.hstack([one(3), one(4)])
HEIGHT, WIDTH = PAIR.shape


@pytest.mark.parametrize("turn", [0, 1, 2, 3])
def test_two_sheets_side_by_side_are_parted_in_reading_order(turn: int) -> None:
    (first, second) = parts(np.ascontiguousarray(np.rot90(PAIR, turn)))
    middle = WIDTH / 2
    edge = {0: (2, second[0]), 1: (1, first[1]), 2: (0, first[0]), 3: (3, second[1])}[turn]
    assert edge[1] == pytest.approx(middle, abs=0.1 * WIDTH)
    assert first != second


@pytest.mark.parametrize("seam", ["shadow", "line", "tilt"])
def test_the_fold_of_a_book_and_a_little_skew_do_no_harm(seam: str) -> None:
    image = PAIR.copy()
    if seam == "shadow":
        dark = 1 - 0.6 * np.exp(-(((np.arange(WIDTH) - WIDTH / 2) / 25) ** 2))
        image = (image * dark).astype(np.uint8)
    elif seam == "line":
        cv2.line(image, (WIDTH // 2, 0), (WIDTH // 2 + 4, HEIGHT), 60, 3)
    else:
        turn = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), 0.8, 1)
        image = np.asarray(cv2.warpAffine(image, turn, (WIDTH, HEIGHT), borderValue=255))
    assert len(parts(image)) == 2


@pytest.mark.parametrize("below", [False, True], ids=["beside", "below"])
def test_a_back_on_its_head_is_a_part_of_its_own(below: bool) -> None:
    back = np.ascontiguousarray(np.rot90(one(4), 2))
    assert len(parts(np.vstack([one(3), back]) if below else np.hstack([one(3), back]))) == 2


@pytest.mark.parametrize("rows", [1, 2, 3])
def test_the_last_rows_and_two_signers_are_one_page(rows: int) -> None:
    image = np.full((1740, 1235), 245, np.uint8)
    for x, text in ((120, "Pihak Kedua,"), (800, "Pihak Pertama,")):
        for i in range(6):
            cv2.putText(image, f"{text} nama {i}", (x, 60 + 50 * rows + 100 + 45 * i), 0, 0.8, 30, 2)
        cv2.putText(image, "Laporan", (x + 30, 90), 0, 0.8, 30, 2)
    for i in range(rows + 1):
        cv2.line(image, (90, 60 + 50 * i), (1150, 60 + 50 * i), 30, 2)
    for x in (90, 400, 700, 1150):
        cv2.line(image, (x, 60), (x, 60 + 50 * rows), 30, 2)
    assert not parts(image)


@pytest.mark.parametrize("template", ["lazim", "rapat", "mendatar"])
def test_a_single_sheet_is_not_parted(template: str) -> None:
    image, _ = sheet_page(5, template=template, profile="office", rows=4, dpi=150)
    assert not parts(image)

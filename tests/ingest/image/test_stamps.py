"""Print in any colour stays; stamps, strokes, watermarks and the ink of markers go, and it is told where."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from iki.ingest.image.binarize import Image, Mask, flatten, ink
from iki.ingest.image.stamps import separated

Colour = tuple[int, int, int]
BLACK, RED, BLUE, ORANGE, PURPLE = (30, 30, 30), (40, 30, 205), (195, 95, 10), (20, 110, 235), (150, 60, 110)


def written(colour: Colour, page: Image | None = None) -> Image:
    """A page of black lines, of which two in the middle are in ``colour``."""
    page = np.full((900, 1200, 3), 245, np.uint8) if page is None else page
    for i in range(16):
        shade = colour if i in (7, 8) else BLACK
        cv2.putText(page, "Jumlah dokumen yang diperiksa kelengkapannya", (80, 60 + 48 * i), 0, 0.9, shade, 2)
    return page


def seen(page: Image) -> tuple[Mask, Mask | None]:
    """The ink of a page as a scanner's JPEG shows it, without what is no print, and where that was."""
    jpeg = cv2.imdecode(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, 85])[1], cv2.IMREAD_COLOR)
    clean, struck = separated(jpeg, flatten(jpeg))
    return ink(clean), struck


def alike(page: Mask, wanted: Mask) -> bool:
    """Whether two masks of ink agree but for the edges of strokes."""
    edge = np.ones((5, 5), np.uint8)
    lost, added = wanted & ~cv2.dilate(page, edge), page & ~cv2.dilate(wanted, edge)
    return bool(np.count_nonzero(lost) + np.count_nonzero(added) < 0.01 * np.count_nonzero(wanted))


PLAIN, _ = seen(written(BLACK))


@pytest.mark.parametrize("colour", [RED, BLUE, ORANGE, PURPLE])
def test_letters_in_lines_stay_in_any_colour(colour: Colour) -> None:
    page, struck = seen(written(colour))
    assert alike(page, PLAIN)
    assert struck is None or not struck.any()


@pytest.mark.parametrize("colour", [RED, BLUE, PURPLE])
def test_a_stamp_with_its_letters_goes_and_coloured_print_beside_it_stays(colour: Colour) -> None:
    page = written(RED)
    cv2.circle(page, (980, 640), 100, colour, 4)
    cv2.circle(page, (980, 640), 70, colour, 3)
    for angle in range(0, 360, 24):
        turn = np.deg2rad(angle)
        at = int(970 + 84 * np.sin(turn)), int(648 - 84 * np.cos(turn))
        cv2.putText(page, "D", at, 0, 0.6, colour, 2)
    clean, struck = seen(page)
    assert alike(clean, PLAIN)
    assert struck is not None
    assert struck[540:740, 880:1080].any()
    assert not struck[:500].any()


@pytest.mark.parametrize("colour", [(60, 255, 255), (90, 255, 60), (190, 80, 255)], ids=["yellow", "green", "pink"])
@pytest.mark.parametrize("shade", [BLACK, BLUE])
def test_print_below_a_marker_stays(colour: Colour, shade: Colour) -> None:
    page = np.full((900, 1200, 3), 245, np.uint8)
    page[370:415, 75:600] = page[418:460, 300:900] = colour
    clean, struck = seen(written(shade, page))
    assert alike(clean, PLAIN)
    assert struck is None or (struck > 0).mean() < 0.001


@pytest.mark.parametrize(
    ("grey", "over", "dark"),
    [(110, False, True), (150, False, True), (220, False, False), (60, True, True), (110, True, True)],
)
def test_a_watermark_goes_and_is_told_where_it_is_dark(grey: int, over: bool, dark: bool) -> None:
    mark = np.full((900, 1200, 3), 245, np.uint8)
    cv2.putText(mark, "SALINAN", (60, 500), 0, 8.5, (grey,) * 3, 44)
    page = np.asarray(cv2.addWeighted(written(BLACK), 0.5, mark, 0.5, 0) if over else cv2.min(written(BLACK), mark))
    clean, struck = seen(page)
    assert alike(clean, PLAIN)
    assert (struck is not None and bool(struck.any())) == dark


@pytest.mark.parametrize("colour", [RED, BLUE, ORANGE])
def test_the_coloured_rules_of_a_table_stay(colour: Colour) -> None:
    page, black = written(BLACK), written(BLACK)
    for image, shade in ((page, colour), (black, BLACK)):
        for y in (20, 455, 850):
            cv2.line(image, (40, y), (1150, y), shade, 3)
        for x in (40, 1150):
            cv2.line(image, (x, 20), (x, 850), shade, 3)
    assert alike(seen(page)[0], seen(black)[0])


@pytest.mark.parametrize("colour", [RED, BLUE])
def test_thin_coloured_rules_of_a_tilted_table_stay_though_they_are_broken(colour: Colour) -> None:
    page = np.full((900, 1200, 3), 245, np.uint8)
    plain, text = page.copy(), page.copy()
    for shade, on in ((colour, page), (BLACK, plain), (None, text)):
        for i in range(16):
            cv2.putText(on, "Jumlah dokumen yang diperiksa kelengkapannya", (90, 60 + 48 * i), 0, 0.9, BLACK, 3)
        if shade is None:
            continue
        for y in (20, 214, 406, 600, 790):
            pieces = [(x, x + 245) for x in range(60, 1100, 260)] if 20 < y < 790 else [(60, 1130)]
            for x0, x1 in pieces:
                cv2.line(on, (x0, y + x0 // 60), (x1, y + x1 // 60), shade, 2)
        for x in (60, 1130):
            cv2.line(on, (x, 20 + x // 60), (x - 13, 790 + x // 60), shade, 2)
    wanted = seen(plain)[0] & ~cv2.dilate(seen(text)[0], np.ones((9, 9), np.uint8))
    kept = cv2.dilate(seen(page)[0], np.ones((3, 3), np.uint8)) & wanted
    assert np.count_nonzero(kept) > 0.9 * np.count_nonzero(wanted)


def test_tilted_hairlines_in_colour_stay_where_they_step_from_one_row_of_pixels_to_the_next() -> None:
    """There, half of their ink lies on either row, and neither is dark."""
    page = written((0, 0, 0))
    at = range(250, 700, 75)
    for band in at[::2]:
        cv2.rectangle(page, (60, band), (1140, band + 75), (247, 235, 221), -1)
    smooth = cv2.resize(page, None, fx=4, fy=4)
    for y in at:
        cv2.line(smooth, (240, 4 * y), (4560, 4 * y + 40), (190, 120, 60), 5)
    page = np.asarray(cv2.resize(smooth, page.shape[1::-1], interpolation=cv2.INTER_AREA))
    clean, _ = separated(page, flatten(page))
    for y in at:
        along = [clean[round(y + 10 * (x - 60) / 1080) - 2 :, x][:5].min() for x in range(80, 1120)]
        assert np.mean(np.array(along) < 215) > 0.98

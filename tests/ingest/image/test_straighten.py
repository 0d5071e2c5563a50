"""Straightening: which way up, flat, level, and the way back to the source page."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import sheet, sheet_page

from iki.ingest.image.binarize import flatten, ink, is_bilevel
from iki.ingest.image.components import Pieces
from iki.ingest.image.dewarp import straightening
from iki.ingest.image.orientation import long_lines, upside_down
from iki.ingest.image.ruling_lines import Trace, level_pieces
from iki.ingest.image.stamps import separated
from iki.ingest.image.straighten import straighten
from iki.ingest.image.text_size import letters
from iki.ingest.ocr.direction import NetworkJudge

pytestmark = pytest.mark.slow

TURNS = {0: None, 90: cv2.ROTATE_90_COUNTERCLOCKWISE, 180: cv2.ROTATE_180, 270: cv2.ROTATE_90_CLOCKWISE}


@pytest.mark.parametrize("turn", TURNS)
def test_a_page_is_turned_upright_however_it_lies(turn: int) -> None:
    image, _ = sheet_page(3, profile="lowres", rows=4)
    code = TURNS[turn]
    lying = image if code is None else np.asarray(cv2.rotate(image, code))
    assert straighten(lying, 150, NetworkJudge()).turned == turn


@pytest.mark.parametrize("lean", [-4, 4])
def test_a_leaning_page_is_told_from_one_on_its_head(lean: float) -> None:
    image, _ = sheet_page(3, profile="lowres", rows=4)
    height, width = image.shape[:2]
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), lean, 1)
    flat = flatten(np.asarray(cv2.warpAffine(image, turn, (width, height), borderValue=(255, 255, 255))))
    text, letter = letters(ink(flat))
    assert max(box.height for box in long_lines(text, letter)) < 2.5 * letter
    assert upside_down(flat, text, letter, NetworkJudge()) < -0.5
    assert upside_down(flat[::-1, ::-1].copy(), text[::-1, ::-1].copy(), letter, NetworkJudge()) > 0.5


def test_rules_of_a_photographed_page_become_straight_and_lead_back() -> None:
    made = sheet(5, profile="phone", rows=5)
    scan = made.scans[0]
    page = straighten(scan.image, scan.dpi, NetworkJudge())
    rules = [p for p in level_pieces(page.ink, page.letter) if p.length > 12 * page.letter]
    assert len(rules) >= 4
    bend = [float(np.ptp(np.convolve(p.points[:, 1], np.ones(5) / 5, "valid"))) for p in rules]
    assert np.median(bend) < 0.15 * page.letter
    points = np.random.default_rng(0).uniform((100, 100), np.array(page.warp.size) - 100, (40, 2))
    assert np.abs(page.warp.to_straight(page.warp.to_source(points)) - points).max() < 0.5


@given(st.integers(0, 2**32 - 1), st.integers(1, 40), st.integers(1, 40), st.floats(0, 1))
def test_pieces_are_those_of_opencv(seed: int, height: int, width: int, share: float) -> None:
    rng = np.random.default_rng(seed)
    mask = np.where(rng.random((height, width)) < share, 255, 0).astype(np.uint8)
    found = Pieces.of(mask)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    assert sorted(found.boxes.tolist()) == sorted(stats[1:count, :4].tolist())
    left = mask.copy()
    for number, (x, y, w, h) in enumerate(found.boxes.tolist()):
        piece, there = found.alone(number), labels[y : y + h, x : x + w]
        assert np.array_equal(piece > 0, there == there[piece > 0][0])
        left[y : y + h, x : x + w][piece > 0] = 0
    assert not left.any()
    chosen = rng.random(len(found.boxes)) < 0.5
    assert np.array_equal(cv2.add(found.only(chosen), found.only(~chosen)), mask)


def test_the_map_of_a_page_is_that_of_its_points() -> None:
    scan = sheet(5, profile="phone", rows=5).scans[0]
    warp = straighten(scan.image, scan.dpi, NetworkJudge()).warp
    width, height = warp.size
    places = np.stack(np.meshgrid(np.arange(0, width, 97.0), np.arange(0, height, 89.0)), axis=-1)
    found = np.stack([each[::89, ::97] for each in warp._maps], axis=-1)
    assert np.abs(found - warp.to_source(places)).max() < 0.25


def test_a_few_pale_words_on_a_page_are_ink() -> None:
    page = np.full((1600, 1100), 250, np.uint8)
    for row in range(5):
        cv2.putText(page, "Kepala Sub Bagian Perencanaan", (80, 100 + 40 * row), cv2.FONT_HERSHEY_SIMPLEX, 0.8, 150, 2)
    assert not is_bilevel(page)
    assert letters(ink(flatten(page)))[1] > 0
    assert is_bilevel(np.where(page < 200, 0, 255).astype(np.uint8))


def test_a_blank_page_has_no_letters() -> None:
    noise = np.random.default_rng(1).normal(245, 3, (900, 640)).clip(0, 255).astype(np.uint8)
    page = straighten(noise, 100, NetworkJudge())
    assert page.letter == 0
    assert page.turned == 0


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_becomes_the_same_straight_page(turn: int) -> None:
    image, _ = sheet_page(3, profile="office", rows=3)
    upright, turned = (
        straighten(image, 200, NetworkJudge()),
        straighten(np.rot90(image, -turn // 90), 200, NetworkJudge()),
    )
    assert turned.turned == (360 - turn) % 360
    assert np.array_equal(upright.flat, turned.flat)
    corner = np.array([100.0, 60.0])
    x, y = upright.warp.to_source(corner)
    height, width = image.shape[:2]
    wanted = {90: (height - 1 - y, x), 180: (width - 1 - x, height - 1 - y), 270: (y, width - 1 - x)}[turn]
    assert turned.warp.to_source(corner) == pytest.approx(wanted, abs=0.01)


def test_resolution_is_told_by_the_letters_where_the_file_is_absurd() -> None:
    image, _ = sheet_page(3, profile="office", rows=3)
    told, guessed = straighten(image, 200, NetworkJudge()), straighten(image, 9000, NetworkJudge())
    assert told.dpi == pytest.approx(200)
    assert 140 < guessed.dpi < 290


def printed(page: np.ndarray) -> np.ndarray:
    """The ink of a page without what is coloured."""
    return ink(separated(page, flatten(page))[0])


def test_blue_ink_goes_and_the_print_below_stays() -> None:
    page = np.full((400, 600, 3), 240, np.uint8)
    cv2.putText(page, "DINAS KESEHATAN", (40, 210), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (30, 30, 30), 3)
    before = printed(page)
    cv2.circle(page, (250, 200), 90, (190, 80, 70), 4)
    drawn = (cv2.circle(np.zeros(page.shape[:2], np.uint8), (250, 200), 90, 255, 4) > 0) & (before == 0)
    after = printed(page)
    assert (after[drawn] > 0).mean() < 0.25
    assert (after[before > 0] > 0).mean() > 0.9


def compressed(page: np.ndarray, quality: int) -> np.ndarray:
    return np.asarray(
        cv2.imdecode(cv2.imencode(".jpg", page, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], cv2.IMREAD_COLOR)
    )


def test_a_pale_stamp_goes_whole_after_compression() -> None:
    page = np.full((600, 800, 3), 240, np.uint8)
    stamped = page.copy()
    cv2.circle(stamped, (400, 300), 120, (205, 160, 175), 3)
    cv2.putText(stamped, "DINAS", (340, 310), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (200, 140, 150), 2)
    drawn = (stamped != page).any(axis=2)
    for image in (page, stamped):
        cv2.putText(image, "PEMBINA UTAMA", (200, 420), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (40, 40, 40), 3)
    plain, seen = (printed(compressed(image, 60)) for image in (page, stamped))
    assert (seen[drawn & (plain == 0)] > 0).mean() < 0.02
    assert (seen[plain > 0] > 0).mean() > 0.95


def test_a_page_printed_in_blue_keeps_its_print() -> None:
    page = np.full((400, 600, 3), 240, np.uint8)
    cv2.putText(page, "DINAS KESEHATAN", (40, 210), cv2.FONT_HERSHEY_SIMPLEX, 1.5, (150, 60, 20), 3)
    assert (printed(page) > 0).mean() > 0.01


def test_the_desk_goes_up_to_the_edge_of_an_unevenly_lit_page() -> None:
    rng = np.random.default_rng(3)
    light = np.linspace(0.5, 1.0, 900)[None, :]
    page = np.full((700, 900), 75.0) + rng.normal(0, 14, (700, 1)) + rng.normal(0, 4, (700, 900))
    page[60:640, 80:820] = 225 + rng.normal(0, 2, (580, 740))
    seen = ink(flatten((page * light).clip(0, 255).astype(np.uint8))) > 0
    inside = seen[64:636, 86:814]
    assert seen.sum() - inside.sum() < 0.004 * seen.size
    assert inside.mean() < 0.002


def test_shadow_does_not_become_ink() -> None:
    image, _ = sheet_page(3, profile="clean", rows=3, dpi=150)
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)
    shade = np.linspace(1.0, 0.45, grey.shape[1])[None, :]
    plain, shaded = ink(flatten(grey)), ink(flatten((grey * shade).astype(np.uint8)))
    assert abs(float((plain > 0).mean()) - float((shaded > 0).mean())) < 0.01
    assert letters(shaded)[1] == pytest.approx(letters(plain)[1], abs=2)


@settings(max_examples=25, deadline=None)
@given(tilt=st.floats(-0.05, 0.05), bow=st.floats(-12, 12), keystone=st.floats(-0.04, 0.04))
def test_bent_rules_are_fitted_to_a_fraction_of_their_width(tilt: float, bow: float, keystone: float) -> None:
    width, height = 1600, 2300
    x = np.arange(100, 1500, 8.0)

    def rule(y: float) -> Trace:
        at = (x - width / 2) / (width / 2)
        return Trace(np.stack([x, y + tilt * (x - width / 2) + bow * at**2 + keystone * at * (y - height / 2)], axis=1))

    level = [rule(y) for y in np.linspace(300, 2000, 9)]
    warp = straightening(level, [], [], np.eye(2, 3), (width, height), 18.0)
    for piece in level:
        assert np.ptp(warp.to_straight(piece.points)[:, 1]) < 3.0

"""Tables: rules, merged cells, wear, and tables without rules."""

from __future__ import annotations

from itertools import pairwise, product

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pages import sheet

from iki.ingest.image.straighten import straighten
from iki.ingest.layout.ruled_table import spans, tables
from iki.ingest.ocr.direction import NetworkJudge

LETTER = 18.0
XS = (60, 130, 400, 700, 1000, 1240)


def table(
    rows: list[int], merged: set[tuple[int, int]], thickness: int = 3, strokes: tuple[tuple[int, int], ...] = ()
) -> np.ndarray:
    """An ink mask with a ruled table: ``rows`` are heights, ``merged`` the (row, column) without a rule above.

    Every rule is ``thickness`` px thick, or made of ``strokes``, each so many px off its middle and so thick.
    """
    strokes = strokes or ((0, thickness),)
    ys = np.cumsum([200, *rows])
    mask = np.zeros((int(ys[-1]) + 300, 1300), np.uint8)
    for x, (off, thick) in product(XS, strokes):
        cv2.line(mask, (x + off, int(ys[0])), (x + off, int(ys[-1])), 255, thick)
    for r, y in enumerate(ys):
        for c, (a, b) in enumerate(pairwise(XS)):
            for off, thick in strokes if (r, c) not in merged else ():
                cv2.line(mask, (a, int(y) + off), (b, int(y) + off), 255, thick)
    for top, high in zip(ys[:-1], rows, strict=True):
        for x in XS[1:-1]:
            for line in range(int((high - 20) // 31)):
                cv2.putText(mask, "Jumlah data", (x + 8, int(top) + 28 + 31 * line), 0, 0.75, 255, 2)
    return mask


def shape(mask: np.ndarray) -> list[tuple[int, int, int, int]]:
    found = tables(mask, LETTER)
    assert len(found) == 1
    return sorted((s.row, s.column, s.row_span, s.column_span) for s in spans(found[0]))


MERGED = {(2, 0), (2, 1), (3, 0), (3, 1), (3, 3)}
ROWS = [60, 100, 80, 120, 70]


@pytest.mark.parametrize("thickness", [1, 2, 3, 5])
def test_merged_cells_are_missing_edges(thickness: int) -> None:
    found = shape(table(ROWS, MERGED, thickness))
    assert (1, 0, 3, 1) in found
    assert (1, 1, 3, 1) in found
    assert (2, 3, 2, 1) in found
    assert len(found) == 5 * 5 - len(MERGED)


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**31), wear=st.floats(0, 0.35))
def test_rules_with_lost_pixels_are_still_the_same_table(seed: int, wear: float) -> None:
    mask = table(ROWS, MERGED)
    rng = np.random.default_rng(seed)
    small = (rng.random((mask.shape[0] // 3 + 1, mask.shape[1] // 3 + 1)) < wear).astype(np.uint8)
    lost = cv2.resize(small, mask.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0
    worn = mask.copy()
    worn[lost] = 0
    assert shape(worn) == shape(mask)


def dotted(mask: np.ndarray, where: tuple[slice, slice], along: int, period: int = 12) -> np.ndarray:
    """The mask with every other half ``period`` of the ink of a rule gone (``along``: 0 upright, 1 level)."""
    worn, part = mask.copy(), mask[where].copy()
    gone = np.arange(part.shape[along]) % period < period // 2
    part[gone if along == 0 else (slice(None), gone)] = 0
    worn[where] = part
    return worn


@pytest.mark.parametrize("column", range(6))
def test_a_dotted_upright_rule_parts_all_rows(column: int) -> None:
    mask = table(ROWS, MERGED)
    across = slice(XS[column] - 2, XS[column] + 3)
    assert shape(dotted(mask, (slice(0, mask.shape[0]), across), 0)) == shape(mask)


@pytest.mark.parametrize("row", [0, 1, 4, 5])
def test_a_dotted_level_rule_founds_a_row(row: int) -> None:
    mask, y = table(ROWS, MERGED), 200 + sum(ROWS[:row])
    assert shape(dotted(mask, (slice(y - 2, y + 3), slice(0, 1300)), 1)) == shape(mask)


@pytest.mark.parametrize("column", [0, 5])
def test_a_missing_outer_rule_is_where_the_level_ones_end(column: int) -> None:
    mask = table(ROWS, MERGED)
    open_ = mask.copy()
    open_[:, XS[column] - 3 : XS[column] + 4] = 0
    assert shape(open_) == shape(mask)


def test_level_rules_alone_make_no_columns_of_letters_that_stand_in_line() -> None:
    mask = np.zeros((900, 1300), np.uint8)
    for y in range(200, 801, 100):
        cv2.line(mask, (60, y), (1240, y), 255, 3)
        for line in (35, 66) if y < 800 else ():
            cv2.putText(mask, "IIHl IIHl IIHl IIHl IIHl", (80, y + line), 0, 0.75, 255, 2)
    assert tables(mask, LETTER) == []


def test_stems_that_stand_in_line_from_line_to_line_are_no_column() -> None:
    mask = table([40, 100, 100], set())
    for top, count in ((200, 1), (240, 3), (340, 3)):
        for line in range(count):
            base = top + 28 + 31 * line
            cv2.line(mask, (852, base - 14), (852, base - 2), 255, 2)
            cv2.putText(mask, "DATA ADA", (862, base), 0, 0.75, 255, 2)
    assert {column for _, column, _, _ in shape(mask)} == set(range(5))


def test_text_without_rules_is_no_ruled_table() -> None:
    mask = np.zeros((1200, 1300), np.uint8)
    for y in range(100, 1100, 31):
        cv2.putText(mask, "Terlaksananya pelayanan lll III", (60, y), 0, 0.75, 255, 2)
    assert tables(mask, LETTER) == []


def test_the_edge_of_the_paper_is_no_column() -> None:
    mask = np.zeros((2300, 1500), np.uint8)
    part = table(ROWS, MERGED)
    mask[400 : 400 + part.shape[0], 100 : 100 + part.shape[1]] = part
    cv2.line(mask, (40, 0), (40, 2299), 255, 3)
    cv2.line(mask, (1460, 0), (1460, 2299), 255, 3)
    assert shape(mask) == shape(part)


def test_a_certain_table_is_certain_and_a_worn_one_is_less() -> None:
    mask = table(ROWS, MERGED)
    worn = mask.copy()
    worn[220:420, 398:403][::2] = 0
    assert min(s.certainty for s in spans(tables(mask, LETTER)[0])) > 0.9
    assert min(s.certainty for s in spans(tables(worn, LETTER)[0])) < 0.9


def test_printed_cells_of_a_scan_are_found_where_they_are() -> None:
    made = sheet(8, profile="office", rows=4)
    page = straighten(made.scans[0].image, made.scans[0].dpi, NetworkJudge())
    boxes = [s.box for found in tables(page.ink, page.letter) for s in spans(found)]
    for cell in made.pages[0].cells:
        middle = np.mean(made.quad(0, cell.box), axis=0)
        x, y = page.warp.to_straight(np.array([middle]))[0]
        assert any(b.x0 < x < b.x1 and b.y0 < y < b.y1 for b in boxes)


@pytest.mark.parametrize(
    "strokes", [((-3, 1), (3, 1)), ((-6, 3), (6, 3)), ((-5, 6), (4, 1)), ((-8, 2), (0, 2), (8, 2)), ((0, 11),)]
)
def test_a_rule_of_any_weight_is_one(strokes: tuple[tuple[int, int], ...]) -> None:
    assert shape(table(ROWS, MERGED, strokes=strokes)) == shape(table(ROWS, MERGED))


@pytest.mark.parametrize("x", [XS[0], XS[3], XS[5]])
def test_stems_in_line_with_a_rule_are_no_part_of_it(x: int) -> None:
    mask = table(ROWS, MERGED)
    for line in range(6):
        y = 200 + sum(ROWS) + 40 + 31 * line
        cv2.line(mask, (x, y), (x, y + 22), 255, 3)
        cv2.putText(mask, "250", (x + 8, y + 18), 0, 0.75, 255, 2)
    assert shape(mask) == shape(table(ROWS, MERGED))


def test_tables_side_by_side_are_two() -> None:
    left, right = table(ROWS, MERGED), np.roll(table([50, 70, 90], set()), 40, 0)
    right = np.pad(right, ((0, left.shape[0] - right.shape[0]), (0, 0)))
    found = tables(np.hstack([left, right]), LETTER)
    assert sorted(len(t.ys) - 1 for t in found) == [3, 5]


def test_tables_close_above_one_another_are_two() -> None:
    upper, lower = table([60, 60, 60], set()), table([60, 60], set())
    lower[:, 120:410] = 0  # another division into columns
    cv2.line(lower, (XS[0], 200), (XS[-1], 200), 255, 3)
    cv2.line(lower, (XS[0], 260), (XS[-1], 260), 255, 3)
    cv2.line(lower, (XS[0], 320), (XS[-1], 320), 255, 3)
    both = np.zeros((900, 1300), np.uint8)
    both[:400] = upper[:400]
    both[396:700] |= lower[192:496]
    found = tables(both, LETTER)
    assert [(len(t.xs) - 1, len(t.ys) - 1) for t in found] == [(5, 3), (3, 2)]


def test_a_frame_around_the_page_is_no_part_of_its_table() -> None:
    mask = np.pad(table(ROWS, MERGED), 60)
    cv2.rectangle(mask, (20, 20), (mask.shape[1] - 20, mask.shape[0] - 20), 255, 3)
    assert shape(mask) == shape(table(ROWS, MERGED))


def test_a_drawing_in_a_cell_makes_no_rows() -> None:
    mask = table([60, 300, 120], set())
    for y in (300, 360, 420):
        cv2.rectangle(mask, (740, y), (960, y + 30), 255, 2)
        cv2.line(mask, (850, y + 30), (850, y + 60), 255, 2)
    assert {(row, column) for row, column, _, _ in shape(mask)} == set(product(range(3), range(5)))


def test_a_heading_over_several_columns_spans_them() -> None:
    mask = table([60, 60, 100, 120], {(1, 0), (1, 1), (1, 4)})
    mask[202:258, XS[3] - 3 : XS[3] + 4] = 0
    mask[203:257, XS[2] + 5 : XS[4] - 5] = 0
    cv2.putText(mask, "Data", (XS[3] - 30, 240), 0, 0.75, 255, 2)
    found = shape(mask)
    assert (0, 2, 1, 2) in found
    assert (0, 0, 2, 1) in found


def test_a_note_over_the_whole_width_is_a_row() -> None:
    mask = table([60, 100, 80], set())
    for x in XS[1:-1]:
        mask[364:438, x - 3 : x + 4] = 0
    mask[365:437, XS[0] + 5 : XS[-1] - 5] = 0
    cv2.putText(
        mask, "Catatan: zzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzzz", (XS[0] + 10, 405), 0, 0.75, 255, 2
    )
    assert (2, 0, 1, 5) in shape(mask)
    assert sum(row < 2 for row, *_ in shape(mask)) == 10


def test_a_rule_within_a_halftone_is_seen() -> None:
    mask = table([120, 100, 80], set())
    rng = np.random.default_rng(3)
    dots = (rng.random((60, 588)) < 0.35).astype(np.uint8) * 255
    area = mask[201:319, 62:1238]
    area |= cv2.resize(dots, area.shape[::-1], interpolation=cv2.INTER_NEAREST)
    cv2.line(mask, (XS[2], 260), (XS[3], 260), 255, 3)
    assert (0, 2, 1, 1) in shape(mask)
    assert (1, 2, 1, 1) in shape(mask)


def test_an_organisation_chart_is_no_table() -> None:
    mask = np.zeros((900, 1300), np.uint8)
    boxes = [(520, 200), *((x, 420) for x in (100, 520, 940)), *((x, 640) for x in (100, 520, 940))]
    for x, y in boxes:
        cv2.rectangle(mask, (x, y), (x + 260, y + 90), 255, 3)
        cv2.putText(mask, "Kepala Bidang", (x + 15, y + 50), 0, 0.75, 255, 2)
    cv2.line(mask, (650, 290), (650, 420), 255, 3)
    cv2.line(mask, (230, 350), (1070, 350), 255, 3)
    for x in (230, 1070):
        cv2.line(mask, (x, 350), (x, 420), 255, 3)
    for x in (230, 650, 1070):
        cv2.line(mask, (x, 510), (x, 640), 255, 3)
    assert tables(mask, LETTER) == []


def test_tables_that_share_a_rule_are_two_where_the_outer_ones_step_aside() -> None:
    upper = table([60, 60, 60], set())
    bottom = int(np.flatnonzero(upper[:, XS[0]])[-1])
    both = np.zeros((900, 1300), np.uint8)
    both[:400] = upper[:400]
    left, right = XS[0] + 12, XS[-1] - 12
    for y in (bottom + 8, bottom + 68, bottom + 128):
        cv2.line(both, (left, y), (right, y), 255, 3)
    for x in (left, 900, right):
        cv2.line(both, (x, bottom + 8), (x, bottom + 128), 255, 3)
    assert [(len(t.xs) - 1, len(t.ys) - 1) for t in tables(both, LETTER)] == [(5, 3), (2, 2)]

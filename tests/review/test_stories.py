"""Pictures of values, cut out of pages that lie every way."""

from hashlib import sha256
from pathlib import Path

import cv2
import numpy as np
import pytest

from iki.messages import Problem
from iki.model import Quad
from iki.normalize.explain import Printed, Story
from iki.review.stories import picture, save

MARK = "Jumlah pasar"


def page() -> np.ndarray:
    """A grey page with the mark at (60, 100), 40 px high."""
    paper = np.full((400, 600), 255, np.uint8)
    cv2.putText(paper, MARK, (60, 130), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 0, 2)
    return paper


def story(scan: Path, *quads: Quad | None) -> Story:
    printed = tuple(Printed(1, quad, (("iki", MARK, 0.9),)) for quad in quads)
    digest = sha256(scan.read_bytes()).hexdigest()[:12]
    return Story(f"{digest}-001", f"arsip/{scan.name}", 1, "indikator", MARK, MARK, 0.9, False, printed, (), (), 1.0)


UPRIGHT: Quad = ((55, 95), (335, 95), (335, 145), (55, 145))


def test_the_picture_is_upright_whichever_way_the_page_lies(tmp_path: Path) -> None:
    straight, turned = tmp_path / "a.png", tmp_path / "b.png"
    cv2.imwrite(str(straight), page())
    cv2.imwrite(str(turned), cv2.rotate(page(), cv2.ROTATE_90_CLOCKWISE))
    lying: Quad = tuple((400 - y, x) for x, y in UPRIGHT)  # type: ignore[assignment]
    one, other = picture(story(straight, UPRIGHT), [tmp_path]), picture(story(turned, lying), [tmp_path])
    assert one is not None
    assert other is not None
    assert one.shape == other.shape
    assert one.shape[0] > 50
    assert np.abs(one.astype(int) - other).mean() < 4
    assert (one < 128).any()


def test_lines_stand_below_one_another_in_a_png(tmp_path: Path) -> None:
    scan, cut = tmp_path / "a.png", tmp_path / "crop of a value"
    cv2.imwrite(str(scan), page())
    single, double = (picture(story(scan, *[UPRIGHT] * n), [scan]) for n in (1, 2))
    assert single is not None
    assert double is not None
    assert double.shape[0] > 2 * single.shape[0]
    save(double, cut)
    assert cv2.imread(str(cut)).shape == double.shape


def test_a_text_dump_has_no_picture(tmp_path: Path) -> None:
    scan = tmp_path / "a.txt"
    scan.write_text(MARK)
    assert picture(story(scan, None), [tmp_path]) is None


def test_another_scan_of_the_same_name_is_not_taken(tmp_path: Path) -> None:
    scan = tmp_path / "a.png"
    cv2.imwrite(str(scan), page())
    told = story(scan, UPRIGHT)
    cv2.imwrite(str(scan), 255 - page())
    with pytest.raises(Problem, match="--source"):
        picture(told, [tmp_path])

"""Pictures of the stages of reading."""

from pathlib import Path

import cv2
import numpy as np
import pytest

import iki
from iki.review.debug_pictures import draw

pytestmark = pytest.mark.slow

SCAN = Path(iki.__file__).parent / "data" / "raw" / "pindai_dpmptsp.pdf"


def test_every_stage_of_a_page_has_its_picture(tmp_path: Path) -> None:
    (tmp_path / "rusak.pdf").write_bytes(b"%PDF-1.7 cut off")
    (tmp_path / SCAN.name).symlink_to(SCAN)
    paths = list(draw([tmp_path], "rapidocr", tmp_path / "stages"))
    assert [path.relative_to(tmp_path / "stages").as_posix() for path in paths] == [
        f"{SCAN.name}/0001-{stage}.png" for stage in ("1-sumber", "2-lurus", "3-tinta", "4-sel", "5-baris")
    ]
    source, flat, ink, cells, lines = (cv2.imread(str(path)) for path in paths)
    assert flat.shape == ink.shape == cells.shape == lines.shape
    assert set(np.unique(ink)) <= {0, 255}
    green = (cells[..., 1].astype(int) > cells[..., 2] + 80).sum()
    assert green > 0.5 * cells.shape[0], "the cells of the table are drawn"
    assert (source.reshape(-1, 3).max(axis=0) > 200).all()

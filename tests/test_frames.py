"""CTC probabilities against an enumeration of all paths."""

import itertools
import math
import zlib

import numpy as np
import pytest

from iki.model import Frames
from iki.normalize.frames import costs, replacement_costs

from .printed import frames

SYMBOLS = ("", "a", "b")


@pytest.mark.parametrize("seed", range(4))
def test_forward_is_the_sum_over_all_paths(seed: int) -> None:
    table = np.random.default_rng(seed).integers(0, 60, size=(5, 3)).astype(np.uint8)
    seen = Frames(SYMBOLS, zlib.compress(table.tobytes()), 0, 8)
    sums: dict[str, float] = {}
    for path in itertools.product(range(3), repeat=5):
        text = "".join(SYMBOLS[s] for s, _ in itertools.groupby(path))
        sums[text] = sums.get(text, 0.0) + math.exp(-sum(table[t, s] / 16 for t, s in enumerate(path)))
    texts = sorted(sums)
    assert costs(seen, texts) == pytest.approx([-math.log(sums[text]) for text in texts])


def test_what_the_picture_shows_is_cheapest() -> None:
    seen = frames("laporan keuangan", {3: [("e", 0.5)]})
    right, likely, wrong = costs(seen, ["laporan keuangan", "lapeoran keuangan", "laparan keuangan"])
    assert right < likely < 25 and right < wrong
    assert costs(seen, []) == []
    assert replacement_costs(seen, "laporan keuangan", 0, 7, ["laporan"]) == pytest.approx([0.0])


def test_no_frames_at_all() -> None:
    assert costs(Frames(("",), zlib.compress(b""), 0, 8), ["ab"]) == [pytest.approx(31.875)]

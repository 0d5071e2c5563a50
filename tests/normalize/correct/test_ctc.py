"""CTC probabilities against an enumeration of all paths."""

import itertools
import math
import zlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from printed import KNOWLEDGE, frames, line, reading

from iki.model import Frames, RawValue
from iki.normalize.correct.ctc import costs, replacement_costs
from iki.normalize.correct.image_cost import picture_costs
from iki.normalize.draft import ValueSettings, draft

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


@given(st.lists(st.text("pertanggungjawaban-", min_size=1, max_size=24), max_size=4))
def test_a_word_over_two_lines_is_compared_with_words_of_any_length(candidates: list[str]) -> None:
    parts = "pertanggung-", "jawaban"
    lines = tuple(line(text, 12, others=(reading(text, seen=frames(text)),)) for text in parts)
    lines = tuple(replace(one, readings=one.readings[1:]) for one in lines)
    value = draft(RawValue(lines), KNOWLEDGE, ValueSettings())
    assert [len(token.pieces) for token in value.tokens] == [2]
    found = picture_costs(value, value.tokens[0], ["pertanggungjawaban", *candidates])
    assert found is not None and len(found) == 1 + len(candidates)
    assert found[0] <= min(found) + 1e-6

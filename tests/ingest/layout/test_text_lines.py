"""Lines of text from pieces of ink."""

from __future__ import annotations

import numpy as np

from iki.ingest.layout.text_lines import Components, text_lines


def pieces(*boxes: tuple[float, float, float, float]) -> Components:
    return Components(*np.array(boxes, float).T)


def test_a_descender_that_touches_the_next_line_belongs_to_both_lines() -> None:
    word = [(100 + 20 * i, 40, 114 + 20 * i, 60) for i in range(6)]
    below = [(x0, 80, x1, 100) for x0, _, x1, _ in word]
    joined = (78, 40, 92, 100)
    first, second = text_lines(pieces(joined, *word, *below), 20.0)
    assert first.x0 == second.x0 == 78


def test_the_remains_of_a_rule_beside_two_lines_belong_to_neither() -> None:
    word = [(100 + 20 * i, 40, 114 + 20 * i, 60) for i in range(6)]
    below = [(x0, 80, x1, 100) for x0, _, x1, _ in word]
    first, second = text_lines(pieces((84, 30, 87, 104), *word, *below), 20.0)
    assert first.x0 == second.x0 == 100

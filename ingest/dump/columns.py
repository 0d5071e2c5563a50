"""The columns of a table as its lines are cut into them, and what a piece of a line does there."""

from __future__ import annotations

from typing import NamedTuple

from iki.terms import CELLS

SASARAN, INDIKATOR, PENJELASAN, SUMBER = range(4)
NAMES = CELLS
"""Columns of the model; the number stands at the head of the Sasaran."""
GOES_ON, STARTS = 0, 1
ACTIONS = ("on", "new")

Widths = tuple[float, float, float, float]
"""How wide the columns are, in usual letters (``advance``); 0 for unknown."""

COLUMNS = range(len(NAMES))


class Cut(NamedTuple):
    """A piece of a line: words ``start`` to ``end`` in ``column``, and whether they start a cell."""

    start: int
    end: int
    column: int
    action: int

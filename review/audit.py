"""How far a folder can be believed: where a look is best spent, and what looks at unflagged values have shown."""

from __future__ import annotations

import hashlib
import heapq
from collections.abc import Iterable
from dataclasses import dataclass

from iki.model import CleanValue
from iki.normalize.risk import upper_bound

SAMPLED = "sampel"
"""Why a value was shown (``asked`` of its decision): it was drawn by lot among those that are not flagged."""
SAMPLED_SHARE = 1 / 20
"""Of the values that are looked at, so many are such."""
ENOUGH = 0.01
"""Unflagged values have been looked at enough once no more than this share of them can be wrong …"""
CONFIDENCE = 0.95
"""… with this confidence (0–1)."""
_WORTH = {"nip": 3.0, "nama": 3.0, "tahun": 3.0, "jabatan": 2.0, "golongan": 2.0, "pangkat": 2.0, "daerah": 2.0}
"""What a right value is worth by the end of its column's name, against a cell: what sheets are found and joined by."""
_SECONDS, _CHARACTERS = 2.0, 20.0
"""A look takes so many seconds, and one more for so many characters: silent reading (Brysbaert 2019) and a key."""


def gain(column: str, value: CleanValue) -> float:
    """What a second of looking at a value is expected to find: the chance that it is wrong, by what its column is worth
    and by the time that it takes."""
    worth = _WORTH.get(column.rsplit("_", maxsplit=1)[-1], 1.0)
    return (1 - value.probability) * worth / (_SECONDS + len(value.text) / _CHARACTERS)


def lot(names: Iterable[str], count: int) -> list[str]:
    """``count`` of some names by lot, always the same; with a larger count the same first, and more."""
    return heapq.nsmallest(count, names, key=lambda name: hashlib.sha256(name.encode()).digest())


@dataclass(frozen=True, slots=True)
class Audit:
    """Of ``unflagged`` values ``looked_at`` were drawn by lot and looked at, of which ``wrong`` were wrong."""

    unflagged: int
    looked_at: int
    wrong: int

    @property
    def most(self) -> float:
        """The share (0–1) of unflagged values that is wrong at most (one-sided Clopper–Pearson bound)."""
        return upper_bound(self.wrong, self.looked_at, CONFIDENCE) if self.looked_at else 1.0

    @property
    def left(self) -> int:
        """How many unflagged values are wrong at most, beyond those that were put right."""
        return int(self.most * (self.unflagged - self.looked_at))

    @property
    def is_enough(self) -> bool:
        """Whether no more have to be looked at."""
        return self.most <= ENOUGH or self.looked_at >= self.unflagged

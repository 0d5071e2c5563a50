"""What the tables of a dump say of one another: a tally, added up over sheets in any order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from typing import Self

from iki.ingest.dump.body import pairs_of
from iki.ingest.dump.cells import words_of
from iki.ingest.dump.columns import COLUMNS
from iki.ingest.dump.tables import DumpTable
from iki.ingest.dump.words import openings

MARKS = ".,;:()[]\"'"
"""What stands around a word and is none of it."""
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DumpTally:
    """How often the cells of tables say what: by column, the ``cells`` (as the stems of their words), the
    ``beginnings`` of cells with more words than that, the words that end cells (``ends``) and the ``pairs`` of words
    that stand side by side; words with one behind them (``followed``); in how many cells each word as read stands
    (``words``)."""

    cells: Counter[tuple[int, Words]] = field(default_factory=Counter)
    beginnings: Counter[tuple[int, Words]] = field(default_factory=Counter)
    ends: Counter[tuple[int, str]] = field(default_factory=Counter)
    pairs: Counter[tuple[int, str]] = field(default_factory=Counter)
    followed: Counter[str] = field(default_factory=Counter)
    words: Counter[str] = field(default_factory=Counter)

    @classmethod
    def of(cls, tables: Iterable[DumpTable]) -> Self:
        """The tally of some tables."""
        found = cls()
        for table in tables:
            for c in COLUMNS:
                for cell in table.cells[c]:
                    found._add(c, words_of(cell))
        return found

    def _add(self, c: int, read: Words) -> None:
        self.words.update(set(map(bare, read)))
        if words := openings(read):
            self.cells[c, words] += 1
            self.ends[c, words[-1]] += 1
            self.beginnings.update((c, words[:n]) for n in range(1, len(words)))
            self.pairs.update((c, pair) for pair in pairs_of(read))
            self.followed.update(words[:-1])

    def plus(self, other: DumpTally) -> DumpTally:
        """The tally of the tables of both."""
        return DumpTally(*(getattr(self, each.name) + getattr(other, each.name) for each in fields(self)))

    def minus(self, other: DumpTally) -> DumpTally:
        """The tally without the tables of another, which are among its own."""
        return DumpTally(*(getattr(self, each.name) - getattr(other, each.name) for each in fields(self)))

    def columns(self) -> Mapping[str, int]:
        """The columns (bits ``1 << column``) in which each pair of words stands."""
        found: dict[str, int] = {}
        for c, pair in self.pairs:
            found[pair] = found.get(pair, 0) | 1 << c
        return found

    def often(self, a: str, b: str) -> int:
        """How often a word stands before another in a cell."""
        return sum(self.pairs[c, f"{a} {b}"] for c in COLUMNS)


def bare(word: str) -> str:
    """A word without marks around it, in small letters."""
    return word.strip(MARKS).lower()

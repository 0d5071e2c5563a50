"""Several readings of the tables of a dump, and of each table the one that the others bear out.

Where no pipe is left, a small change of the evidence's weights may move a whole table's cuts. So every table is read by
members of a committee that look at it in different ways (Seung, Opper & Sompolinsky, "Query by committee", COLT 1992);
a cell that they all have is far likelier whole than one that a single reading is sure of.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import chain, product
from types import MappingProxyType

from iki.ingest.dump import tables
from iki.ingest.dump.cells import words_of
from iki.ingest.dump.columns import COLUMNS
from iki.ingest.dump.features import PieceModel, weights
from iki.ingest.dump.tables import DumpTable, RowSettings, TableDraft, pairs_of_cells
from iki.ingest.dump.tagger import FIRST, SECOND, View
from iki.ingest.dump.words import openings

AS_LEARNT: Mapping[str, float] = MappingProxyType({})
BY_WIDTH: Mapping[str, float] = MappingProxyType({"room ": 1.5, "against width": 1.5, "wider than": 1.5})
"""Beginnings of features' names and what their weights are multiplied by: what fits into a column counts more."""
LEANINGS = (AS_LEARNT, BY_WIDTH)
VIEWS = tuple(View(network, letters) for network, letters in product((FIRST, SECOND), (True, False)))


_Cell = tuple[int, tuple[str, ...]]
"""A column and the beginnings of a cell's words."""


@dataclass(frozen=True, slots=True)
class Agreed:
    """A table and, by column and row as in ``Table.cells``, the share (0–1) of the other members that have the same
    cell."""

    table: DumpTable
    shares: list[list[float]]


@cache
def members() -> tuple[PieceModel, ...]:
    """Every view of the table with every leaning."""
    learnt = weights().features
    return tuple(
        PieceModel({name: value * _factor(name, leaning) for name, value in learnt.items()}, view)
        for leaning, view in product(LEANINGS, VIEWS)
    )


def _factor(name: str, leaning: Mapping[str, float]) -> float:
    return next((factor for beginning, factor in leaning.items() if name.startswith(beginning)), 1.0)


def tables_of(drafts: Sequence[TableDraft], settings: RowSettings = tables.DEFAULT) -> list[Agreed]:
    """The tables of a dump, each cut in the light of what the others say: first of what their rough cuts say, by the
    members without a leaning, then of what these make of them, by all."""
    first = _read(drafts, members()[: len(VIEWS)], settings)
    better = zip(drafts, first, strict=True)
    return _read([replace(draft, pairs=pairs_of_cells(agreed.table)) for draft, agreed in better], members(), settings)


def _read(drafts: Sequence[TableDraft], readers: Sequence[PieceModel], settings: RowSettings) -> list[Agreed]:
    """Every table as most ``readers`` have it, told the pairs of words of all the others."""
    total: tables.Pairs = Counter()
    for draft in drafts:
        total.update(draft.pairs)
    done = []
    for draft in drafts:
        elsewhere = tables.columns_of(total, draft.pairs)
        done.append(borne_out([tables.table(draft, elsewhere, model, settings) for model in readers]))
    return done


def borne_out(readings: Sequence[DumpTable]) -> Agreed:
    """Of several readings of a table the one most of whose words stand in cells that others have too; of equals the
    first. Words, not cells, lest a reading win that throws half of the table together."""
    said = [_said(table) for table in readings]
    votes = Counter(cell for own in said for cell in {cell for column in own for cell in column})
    others = max(len(readings) - 1, 1)
    shares = [[[(votes[cell] - 1) / others for cell in column] for column in own] for own in said]
    best = max(range(len(readings)), key=lambda n: (_words_shared(said[n], shares[n]), -n))
    return Agreed(readings[best], shares[best])


def _said(table: DumpTable) -> list[list[_Cell]]:
    """What makes the cells of two readings compare."""
    return [[(c, openings(words_of(cell))) for cell in table.cells[c]] for c in COLUMNS]


def _words_shared(said: Sequence[Sequence[_Cell]], shares: Sequence[Sequence[float]]) -> float:
    pairs = zip(chain.from_iterable(said), chain.from_iterable(shares), strict=True)
    return sum(len(words) * share for (_, words), share in pairs)

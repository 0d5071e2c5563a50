"""The cells and rows of a table from the cuts of its lines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf
from operator import itemgetter
from typing import NamedTuple

from iki.ingest.dump.body import BodyLine, spelt
from iki.ingest.dump.cells import words_of
from iki.ingest.dump.columns import COLUMNS, INDIKATOR, PENJELASAN, SASARAN, SUMBER, Cut, Widths
from iki.ingest.dump.decoder import NOTHING, Margins, piece_in, search
from iki.ingest.dump.features import PieceModel, weights
from iki.ingest.dump.features import model as learnt
from iki.ingest.dump.rough import rough_cuts, widths_of
from iki.ingest.dump.state import STARTED_BESIDE, State, after, beside_of
from iki.ingest.dump.words import number_of, openings, stems
from iki.ingest.sources.text_stream import LinePart
from iki.language.spelling import printed


@dataclass(frozen=True, slots=True)
class RowSettings:
    beyond: int = 4
    """Lines without a piece of a column of which it is asked whether the cell above goes on there."""
    unlinked: float = 0.35
    """Certainty (0–1) of a cell that shares its row or was put into another one than its lines say."""
    beside: float = 3.0
    """Worth of the row whose Indikator begins on the same line as a cell (that of all words in common is 1)."""
    open: float = 0.3
    """Worth of the row whose Indikator goes on where a cell begins beside none."""
    apart: float = 1.0
    """Worth of a row of a cell's own."""
    level: float = 0.05
    """Worth of a row that stands as far down among the rows as the cell among those of its column."""


DEFAULT = RowSettings()


@dataclass(slots=True)
class DumpTable:
    """Cells by column: ``cells[c][row]`` are pieces in order, ``sure[c][row]`` the certainty (0–1) that they are all of
    the cell and no others, as far as the cut lines tell; ``groups[g]`` is the row on which Sasaran ``g`` begins, and
    ``numbers[g]`` its number; ``widths`` of the columns by all lines; ``shared[c][row]``: the rough reading of the
    table has the same cell."""

    cells: list[list[list[LinePart]]]
    sure: list[list[float]]
    groups: list[int]
    numbers: list[LinePart | None]
    widths: Widths = (0, 0, 0, 0)
    shared: list[list[bool]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class TableDraft:
    """A table as its own lines alone tell, in no time: its lines as read and as probably printed (``spelt``), how wide
    its columns are, the rough cuts of its lines and the cells that they make up."""

    lines: Sequence[BodyLine]
    spelt: Sequence[BodyLine]
    widths: Widths
    cuts: Sequence[tuple[Cut, ...]]
    table: DumpTable


def rough(lines: Sequence[BodyLine], settings: RowSettings = DEFAULT) -> TableDraft:
    """The rough reading of the table whose body ``lines`` are."""
    said = spelt(lines)
    cuts, widths = rough_cuts(said)
    return TableDraft(lines, said, widths, cuts, assembled(lines, said, cuts, settings=settings))


def table(
    draft: TableDraft,
    elsewhere: Mapping[str, int] = NOTHING,
    model: PieceModel | None = None,
    settings: RowSettings = DEFAULT,
) -> DumpTable:
    """The cells that the lines of a table's body make up; ``elsewhere`` are the pairs of words that stand side by side
    in the dump's other tables with their columns (bits)."""
    found = search(model or learnt(), draft.spelt, draft.widths, elsewhere)
    cuts = [way for way, _ in found]
    sure = [_sure(way, rough_way, margins) for (way, margins), rough_way in zip(found, draft.cuts, strict=True)]
    done = assembled(draft.lines, draft.spelt, cuts, sure, settings)
    done.widths = widths_of(draft.spelt, cuts)
    known = {(c, openings(words_of(cell))) for c in COLUMNS for cell in draft.table.cells[c]}
    done.shared = [[(c, openings(words_of(cell))) in known for cell in done.cells[c]] for c in COLUMNS]
    return done


def _sure(cuts: Sequence[Cut], rough_: Sequence[Cut], margins: Margins) -> tuple[float, ...]:
    """How sure (0–1) it is that each column has the right piece of a line."""
    pieces = [(piece_in(c, cuts), piece_in(c, rough_)) for c in COLUMNS]
    return tuple(
        weights().chance(margin, mine == other, mine is None)
        for margin, (mine, other) in zip(margins, pieces, strict=True)
    )


def assembled(
    lines: Sequence[BodyLine],
    said: Sequence[BodyLine],
    cuts: Sequence[Sequence[Cut]],
    sure: Sequence[Sequence[float]] | None = None,
    settings: RowSettings = DEFAULT,
) -> DumpTable:
    """The cells that the ``cuts`` of lines make up; ``said`` are the lines as probably printed, ``sure`` how sure
    (0–1) it is that each column has the right piece of each line."""
    cells: list[dict[int, list[LinePart]]] = [{}, {}, {}, {}]
    begun: list[dict[int, _Begun]] = [{}, {}, {}, {}]
    certain: list[dict[int, float]] = [{}, {}, {}, {}]
    idle = [0, 0, 0, 0]
    state = State()
    for n, (line, spelt_, way) in enumerate(zip(lines, said, cuts, strict=True)):
        now = after(state, spelt_, way)
        for c in COLUMNS:
            idle[c] = idle[c] + 1 if piece_in(c, way) is None else 0
            # a line also says whether the cell above it ends there
            for row in {state.row[c], now.row[c]} - {-1} if idle[c] <= settings.beyond else ():
                certain[c][row] = certain[c].get(row, 1.0) * (sure[n][c] if sure else 1.0)
        here = _Begun(now.row[INDIKATOR], beside_of(way) == STARTED_BESIDE)
        for cut in way:
            text = " ".join(line.words[cut.start : cut.end])
            cells[cut.column].setdefault(now.row[cut.column], []).append(LinePart(line.line, text))
            begun[cut.column].setdefault(now.row[cut.column], here)
        state = now
    return _aligned(cells, certain, begun, settings)


class _Begun(NamedTuple):
    """Where a cell began: the row of the last Indikator so far, and whether that began on the same line."""

    row: int
    beside: bool


def _aligned(
    cells: list[dict[int, list[LinePart]]],
    certain: list[dict[int, float]],
    begun: Sequence[Mapping[int, _Begun]],
    settings: RowSettings,
) -> DumpTable:
    """Cells put into the rows of the Indikator, Sasaran to their first rows."""
    count = max([len(cells[INDIKATOR]), 1 if any(cells) else 0])
    rows: list[list[list[LinePart]]] = [[[] for _ in range(count)] for _ in range(4)]
    sure = [[1.0] * count for _ in range(4)]
    for i, r in enumerate(sorted(cells[INDIKATOR])):
        rows[INDIKATOR][i] = cells[INDIKATOR][r]
        sure[INDIKATOR][i] = certain[INDIKATOR][r]
    said = [_said(rows[INDIKATOR][i]) for i in range(count)]
    for c in (PENJELASAN, SUMBER):
        known = sorted(cells[c])
        places = _places([begun[c][k] for k in known], [_said(cells[c][k]) for k in known], said, settings)
        for k, place in zip(known, places, strict=True):
            linked = k == place and not rows[c][place]
            rows[c][place] = rows[c][place] + cells[c][k]
            sure[c][place] *= certain[c][k] * (1.0 if linked else settings.unlinked)
    groups: list[int] = []
    keys = sorted(cells[SASARAN])
    beside = [where.row if (where := begun[SASARAN][k]).beside else None for k in keys]
    starts = _starts(beside, [_said(cells[SASARAN][k]) for k in keys], said)
    rows[SASARAN], sure[SASARAN] = [], []
    for k, known_row, place in zip(keys, beside, starts, strict=True):
        linked = known_row == place and place not in groups
        certainty = certain[SASARAN][k] * (1.0 if linked else settings.unlinked)
        if place in groups:  # more Sasaran than rows: nothing is lost, but it is unsure
            rows[SASARAN][-1] = rows[SASARAN][-1] + cells[SASARAN][k]
            sure[SASARAN][-1] *= certainty
        else:
            rows[SASARAN].append(cells[SASARAN][k])
            sure[SASARAN].append(certainty)
            groups.append(place)
    numbered = [_numbered(cell) for cell in rows[SASARAN]]
    rows[SASARAN] = [rest for _, rest in numbered]
    return DumpTable(rows, sure, groups, [number for number, _ in numbered])


def _numbered(cell: Sequence[LinePart]) -> tuple[LinePart | None, list[LinePart]]:
    """The number at the head of a Sasaran, if it has one, and the rest of it."""
    number, rest = number_of(cell[0].text) if cell else ("", "")
    if not number:
        return None, list(cell)
    return replace(cell[0], text=number), [*([replace(cell[0], text=rest)] if rest else []), *cell[1:]]


def _said(pieces: Sequence[LinePart]) -> frozenset[str]:
    return stems(tuple(printed(w) for p in pieces for w in p.text.split()))


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _places(
    begun: Sequence[_Begun], mine: Sequence[frozenset[str]], rows: Sequence[frozenset[str]], settings: RowSettings
) -> list[int]:
    """A row for each cell of a column, never going back (dynamic programming): that of the Indikator beside which it
    began, else one whose words it says; ``mine`` and ``rows`` are the stems of the cells and of the Indikator."""
    n, m = len(mine), len(rows)
    best = [[0.0] * m for _ in range(n)]  # of this cell in this row and all later ones
    next_: list[list[int]] = [[0] * m for _ in range(n)]
    for i in range(n - 1, -1, -1):
        below = -inf, m - 1
        for j in range(m - 1, -1, -1):
            same = (best[i + 1][j], j) if i + 1 < n else (0.0, j)
            later, next_[i][j] = max(same, below, key=itemgetter(0))
            best[i][j] = later + _worth(begun[i], j, mine[i], rows[j], settings)
            best[i][j] += settings.level * (1 - abs(i / n - j / m))
            if i + 1 < n:
                below = max(below, (best[i + 1][j] + settings.apart, j), key=itemgetter(0))
    places: list[int] = []
    for i in range(n):
        places.append(next_[i - 1][places[-1]] if places else max(range(m), key=lambda j: best[0][j]))
    return places


def _worth(begun: _Begun, row: int, mine: frozenset[str], theirs: frozenset[str], settings: RowSettings) -> float:
    """What speaks for a row as a cell's."""
    known = (settings.beside if begun.beside else settings.open) * (begun.row == row)
    return known + _likeness(mine, theirs)


def _starts(known: Sequence[int | None], mine: Sequence[frozenset[str]], rows: Sequence[frozenset[str]]) -> list[int]:
    """The first row of each Sasaran, in order: known ones kept, others by the words of their rows."""
    n, m = len(known), max(len(rows), 1)
    if not n:
        return []
    worst = -1e9
    best = [[worst] * (m + 1) for _ in range(n + 1)]
    back = [[0] * (m + 1) for _ in range(n + 1)]
    best[n][m] = 0.0
    for i in range(n - 1, -1, -1):
        for j in range(m):
            if (i == 0) != (j == 0):
                continue
            total = 0.0
            for end in range(j + 1, m + 1):
                total += _likeness(mine[i], rows[end - 1])
                fixed = 2.0 * (known[i] == j) if known[i] is not None else 0.0
                value = total + fixed + best[i + 1][end]
                if value > best[i][j]:
                    best[i][j], back[i][j] = value, end
    if best[0][0] <= worst / 2:  # more Sasaran than rows
        return [min(i, m - 1) for i in range(n)]
    places, j = [], 0
    for i in range(n):
        places.append(j)
        j = back[i][j]
    return places


def iterate(table_: DumpTable) -> Iterator[tuple[int, int]]:
    """Pairs of row and Sasaran group of a table, in order."""
    for row in range(len(table_.cells[INDIKATOR])):
        group = max((g for g, start in enumerate(table_.groups) if start <= row), default=-1)
        yield row, group

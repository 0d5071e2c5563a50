"""The cells and rows of a table from the cuts of its lines."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from iki.ingest.dump.body import BodyLine, pairs_of, spelt
from iki.ingest.dump.columns import COLUMNS, INDIKATOR, PENJELASAN, SASARAN, STARTS, SUMBER, Cut, Widths
from iki.ingest.dump.features import Model, weights
from iki.ingest.dump.lines import TextLine
from iki.ingest.dump.search import Cuts, SearchSettings, piece_in, search
from iki.ingest.dump.search import drafted as draft_cuts
from iki.ingest.dump.spelling import printed
from iki.ingest.dump.state import State, after
from iki.ingest.dump.words import number_of, stems, without_rules


@dataclass(frozen=True, slots=True)
class RowSettings:
    search: SearchSettings = field(default_factory=SearchSettings)
    beyond: int = 4
    """Lines without a piece of a column of which it is asked whether the cell above goes on there."""
    unlinked: float = 0.35
    """Certainty (0–1) of a cell that was put into its row by likeness or order alone."""


DEFAULT = RowSettings()


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """Words of a line that belong to one cell."""

    line: TextLine
    text: str


def words_of(cell: Sequence[PlacedPiece]) -> tuple[str, ...]:
    """The words of a cell's pieces, without what rules were read as."""
    return tuple(word for text in without_rules([piece.text for piece in cell]) for word in text.split())


@dataclass(slots=True)
class Table:
    """Cells by column: ``cells[c][row]`` are pieces in order, ``sure[c][row]`` the certainty (0–1) that they are all of
    the cell and no others, as far as the cut lines tell; ``groups[g]`` is the row on which Sasaran ``g`` begins, and
    ``numbers[g]`` its number."""

    cells: list[list[list[PlacedPiece]]]
    sure: list[list[float]]
    groups: list[int]
    numbers: list[PlacedPiece | None]


Pairs = Counter[tuple[str, int]]
"""How often two words stand side by side in the cells of a column."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A table before the others of its dump are known: its lines as read and as probably printed, how wide its columns
    are, its rough cuts, and how often words stand side by side in the cells of each column."""

    lines: Sequence[BodyLine]
    spelt: Sequence[BodyLine]
    widths: Widths
    cuts: Cuts
    pairs: Pairs


def drafted(lines: Sequence[BodyLine], settings: RowSettings = DEFAULT) -> Draft:
    """The draft of the table whose body ``lines`` are."""
    said = spelt(lines)
    cuts, known = draft_cuts(Model(weights().features), said, settings.search)
    return Draft(lines, said, known, cuts, pairs_in(said, cuts))


def pairs_in(lines: Sequence[BodyLine], cuts: Sequence[Sequence[Cut]]) -> Pairs:
    """The pairs of words in the cells that ``cuts`` make of a table."""
    cells: dict[int, list[list[str]]] = {c: [[]] for c in COLUMNS}
    for line, way in zip(lines, cuts, strict=True):
        for cut in way:
            if cut.action == STARTS:
                cells[cut.column].append([])
            cells[cut.column][-1] += line.words[cut.start : cut.end]
    return Counter((pair, c) for c, of_column in cells.items() for cell in of_column for pair in pairs_of(cell))


def columns_of(pairs: Pairs, but: Pairs) -> dict[str, int]:
    """The columns (bits) of each of the pairs but those of one table."""
    found: dict[str, int] = {}
    for (pair, c), count in pairs.items():
        if count > but[pair, c]:
            found[pair] = found.get(pair, 0) | 1 << c
    return found


def table(draft: Draft, elsewhere: Mapping[str, int], model: Model, settings: RowSettings = DEFAULT) -> Table:
    """The cells that the lines of a table's body make up, as ``model`` cuts them; ``elsewhere`` are the pairs of the
    dump's other tables with their columns (bits)."""
    lines, said = draft.lines, draft.spelt
    cuts = search(model, said, draft.widths, elsewhere, settings.search)
    cells: list[dict[int, list[PlacedPiece]]] = [{}, {}, {}, {}]
    begun: dict[int, int | None] = {}
    sure: list[dict[int, float]] = [{}, {}, {}, {}]
    idle = [0, 0, 0, 0]
    state = State()
    for line, spelt_, rough, (way, margins) in zip(lines, said, draft.cuts, cuts, strict=True):
        now = after(state, spelt_, way)
        for c in COLUMNS:
            piece, before = piece_in(c, way), piece_in(c, rough)
            p = weights().chance(margins[c], piece == before, piece is None)
            idle[c] = idle[c] + 1 if piece is None else 0
            # a line also says whether the cell above it ends there
            for row in {state.row[c], now.row[c]} - {-1} if idle[c] <= settings.beyond else ():
                sure[c][row] = sure[c].get(row, 1.0) * p
        for cut in way:
            text = " ".join(line.words[cut.start : cut.end])
            cells[cut.column].setdefault(now.row[cut.column], []).append(PlacedPiece(line.line, text))
            if cut.column == SASARAN and cut.action == STARTS:
                started = any(k.column == INDIKATOR and k.action == STARTS for k in way)
                begun[now.row[SASARAN]] = now.row[INDIKATOR] if started else None
        state = now
    return _aligned(cells, sure, begun, settings)


def _aligned(
    cells: list[dict[int, list[PlacedPiece]]],
    certain: list[dict[int, float]],
    begun: Mapping[int, int | None],
    settings: RowSettings,
) -> Table:
    """Cells put into rows: those of blocks whose count differs by likeness and order, Sasaran to their first rows."""
    count = max([len(cells[INDIKATOR]), 1 if any(cells) else 0])
    rows: list[list[list[PlacedPiece]]] = [[[] for _ in range(count)] for _ in range(4)]
    sure = [[1.0] * count for _ in range(4)]
    for i, r in enumerate(sorted(cells[INDIKATOR])):
        rows[INDIKATOR][i] = cells[INDIKATOR][r]
        sure[INDIKATOR][i] = certain[INDIKATOR][r]
    said = [_said(rows[INDIKATOR][i]) for i in range(count)]
    for c in (PENJELASAN, SUMBER):
        known = sorted(cells[c])
        fits = bool(known) and known[-1] < count
        places = known if fits else _by_likeness([_said(cells[c][k]) for k in known], said)
        for k, place in zip(known, places, strict=True):
            linked = fits and not rows[c][place]
            rows[c][place] = rows[c][place] + cells[c][k]
            sure[c][place] *= certain[c][k] * (1.0 if linked else settings.unlinked)
    groups: list[int] = []
    keys = sorted(cells[SASARAN])
    starts = _starts([begun.get(k) for k in keys], [_said(cells[SASARAN][k]) for k in keys], said)
    rows[SASARAN], sure[SASARAN] = [], []
    for k, place in zip(keys, starts, strict=True):
        linked = begun.get(k) == place and place not in groups
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
    return Table(rows, sure, groups, [number for number, _ in numbered])


def _numbered(cell: Sequence[PlacedPiece]) -> tuple[PlacedPiece | None, list[PlacedPiece]]:
    """The number at the head of a Sasaran, if it has one, and the rest of it."""
    number, rest = number_of(cell[0].text) if cell else ("", "")
    if not number:
        return None, list(cell)
    return replace(cell[0], text=number), [*([replace(cell[0], text=rest)] if rest else []), *cell[1:]]


def _said(pieces: Sequence[PlacedPiece]) -> frozenset[str]:
    return stems(tuple(printed(w) for p in pieces for w in p.text.split()))


def _likeness(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / min(len(a), len(b)) if a and b else 0.0


def _by_likeness(mine: Sequence[frozenset[str]], rows: Sequence[frozenset[str]]) -> list[int]:
    """A row for each cell of a block, never going back, by the most words in common (dynamic programming)."""
    n, m = len(mine), max(len(rows), 1)
    best = [[0.0] * (m + 1) for _ in range(n + 1)]
    for i in range(n - 1, -1, -1):
        for j in range(m - 1, -1, -1):
            near = 0.05 * (1 - abs(i / n - j / m))
            take = _likeness(mine[i], rows[j]) + near + max(best[i + 1][j + 1] + 0.1, best[i + 1][j])
            best[i][j] = max(take, best[i][j + 1] if j + 1 < m else -math.inf)
    places, j = [], 0
    for i in range(n):
        while j + 1 < m and best[i][j] == best[i][j + 1]:
            j += 1
        places.append(j)
        near = 0.05 * (1 - abs(i / n - j / m))
        if i + 1 < n and j + 1 < m and best[i][j] == _likeness(mine[i], rows[j]) + near + best[i + 1][j + 1] + 0.1:
            j += 1
    return places


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


def iterate(table_: Table) -> Iterator[tuple[int, int]]:
    """Pairs of row and Sasaran group of a table, in order."""
    for row in range(len(table_.cells[INDIKATOR])):
        group = max((g for g, start in enumerate(table_.groups) if start <= row), default=-1)
        yield row, group

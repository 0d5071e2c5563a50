"""The best cuts of a table's lines into columns: a beam over lines, each line's cuts by dynamic programming."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import accumulate
from types import MappingProxyType

from iki.ingest.dump.body import BodyLine, paired
from iki.ingest.dump.columns import COLUMNS, GOES_ON, INDIKATOR, SASARAN, STARTS, Cut, Widths
from iki.ingest.dump.features import CLEAR, PieceModel
from iki.ingest.dump.font_widths import SPACE, advance
from iki.ingest.dump.state import State, after, target, unnumbered
from iki.ingest.dump.tagger import tagged
from iki.ingest.dump.words import number_of


@dataclass(frozen=True, slots=True)
class SearchSettings:
    beam: int = 2
    """Hypotheses kept after each line."""
    best: int = 2
    """Ways of cutting a line kept for each hypothesis."""
    passes: int = 2
    """Rounds of quick searches that find how wide the columns are."""
    step: float = 2.0
    """Usual letters by which such a search tries wider and narrower columns."""
    enough: int = 4
    """Lines of a column from which its width is known."""


DEFAULT = SearchSettings()
NOTHING: Mapping[str, int] = MappingProxyType({})


Cuts = list[tuple[Cut, ...]]
"""The cuts of each line of a table."""
Scored = tuple[float, tuple[Cut, ...]]
Margins = tuple[float, float, float, float]
"""By how much a line's cut beats those that were tried and give each column another piece (score units)."""


class LineScores:
    """Scores of a line's pieces that no state changes, worked out once: sums over words by column, and beginnings."""

    def __init__(self, model: PieceModel, line: BodyLine) -> None:
        n = len(line.words)
        self.model, self.line = model, line
        self.state: State | None = None
        self.links: dict[tuple[int, int], list[float]] = {}
        self.joins = [[model.score(model.join(line, k, c)) if k else 0.0 for k in range(n)] for c in COLUMNS]
        self.sums: list[list[float]] = []
        for c in COLUMNS:
            each = [model.score(model.word(line, k, c)) + self.joins[c][k] for k in range(n)]
            self.sums.append([0.0, *accumulate(each)])
        self.heads = {
            (i, c, a): model.score(model.head(line, i, c, a)) for i in range(n) for c in COLUMNS for a in (0, 1)
        }
        self.ends = [0.0, *accumulate(advance(word) + SPACE for word in line.words)]
        """Usual letters up to each word."""
        self.numbers = [
            advance(number) + SPACE * (not rest) if number else 0.0 for number, rest in map(number_of, line.words)
        ]
        """Of them those of a row's number that a word is or begins with."""

    def pieces(self, state: State, c: int, a: int, beside: int) -> Iterator[tuple[int, list[float]]]:
        """For each word that may begin a piece, the scores of the pieces that end after it, the shortest first."""
        model, line, n = self.model, self.line, len(self.line.words)
        fixed = model.score(model.row(line, c, a, state, beside))
        inner, whole = (
            fixed + model.score(model.place(c, a, state, first, line.after_blank)) for first in (False, True)
        )
        row = target(state, c, a, beside, line)
        echoes = [model.score(model.echo(line, k, c, a, state, row)) for k in range(n)]
        sums = [s + e for s, e in zip(self.sums[c], [0.0, *accumulate(echoes)], strict=True)]
        if self.state is not state:
            self.state, self.links = state, {}
        if (c, a) not in self.links:
            self.links[c, a] = [model.score(model.link(word, c, a, state)) for word in line.words]
        lengths: dict[float, float] = {}
        for i in range(n):
            head = self.heads[i, c, a] + self.links[c, a][i] - self.joins[c][i]
            head += (inner if i else whole) - sums[i]
            scores = []
            number = self.numbers[i] if c == SASARAN and a == STARTS else 0.0
            for j in range(i + 1, n + 1):
                width = round(max(self.ends[j] - self.ends[i] - SPACE - number, 0.0), 1)
                if width not in lengths:
                    lengths[width] = model.score(model.length(c, a, width, state))
                scores.append(head + sums[j] + lengths[width])
            yield i, scores


_Slot = tuple[tuple[int, int] | None, int]
"""Column and action of the last piece so far, and what the line has done in the Indikator."""


def ways(model: PieceModel, line: BodyLine, state: State, best: int, scores: LineScores | None = None) -> list[Scored]:
    """The best ways of cutting a line, from the best on: pieces in column order, none left out."""
    scores = scores or LineScores(model, line)
    n = len(line.words)
    # chart[slot][i]: the best partial cuts of the first i words
    chart: dict[_Slot, list[list[Scored]]] = {(None, 0): [[(0.0, ())], *([] for _ in range(n))]}
    for c in COLUMNS:
        lefts = list(chart.items())  # all that may stand before a piece of this column
        for a in (GOES_ON, STARTS):
            if a == GOES_ON and state.row[c] < 0:
                continue
            for beside in sorted({slot[1] for slot, _ in lefts}):
                slot_ = ((c, a), 1 + a if c == INDIKATOR else beside)
                mine = chart.setdefault(slot_, [[] for _ in range(n + 1)])
                before = [
                    (model.score(model.turn(left, (c, a))), partial)
                    for (left, said), partial in lefts
                    if said == beside
                ]
                for i, pieces in scores.pieces(state, c, a, beside):
                    here = [(score + turn, cuts) for turn, partial in before for score, cuts in partial[i]]
                    if not here:
                        continue
                    here = nlargest(best, here, key=_by_score)
                    for j, piece in enumerate(pieces, i + 1):
                        mine[j] += [(score + piece, (*cuts, Cut(i, j, c, a))) for score, cuts in here]
        for slot, partial in chart.items():
            if slot[0] is not None and slot[0][0] == c:
                partial[:] = [nlargest(best, cell, key=_by_score) if len(cell) > best else cell for cell in partial]
    ends = [
        (score + model.score(model.turn(left, None)), cuts)
        for (left, _), partial in chart.items()
        for score, cuts in partial[n]
    ]
    return nlargest(best, ends, key=_by_score)


def _by_score(scored: Scored) -> float:
    return scored[0]


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    state: State
    steps: tuple[tuple[Scored, Margins], ...] = ()

    @property
    def cuts(self) -> Cuts:
        return [option[1] for option, _ in self.steps]


def drafted(model: PieceModel, lines: Sequence[BodyLine], settings: SearchSettings = DEFAULT) -> tuple[Cuts, Widths]:
    """Rough cuts of all lines, and how wide the columns are: the widths of the best cuts so far, then a little wider
    and narrower, until no quick search is better."""
    lines, pairs = paired(tagged(lines, view=model.view), {})
    scores = [LineScores(model, line) for line in lines]
    quick = replace(settings, beam=1, best=1)
    tried: dict[Widths, _Path] = {}

    def best_of(candidates: Iterable[Widths]) -> Widths:
        for known in candidates:
            if known not in tried:
                tried[known] = _search(scores, State(widest=known, pairs=pairs), quick)
        return max(tried, key=lambda known: (tried[known].score, known))

    unknown = _search(scores, State(pairs=pairs), quick)
    best = best_of([widths_of(lines, unknown.cuts)])
    for _ in range(settings.passes):
        around = [widths_of(lines, tried[best].cuts), *_beside_widths(best, settings.step)]
        before, best = best, best_of(around)
        if best == before:
            break
    return tried[best].cuts, best


def search(
    model: PieceModel,
    lines: Sequence[BodyLine],
    known: Widths | None = None,
    elsewhere: Mapping[str, int] = NOTHING,
    settings: SearchSettings = DEFAULT,
) -> list[tuple[tuple[Cut, ...], Margins]]:
    """The best cuts of all lines, each with its margins.

    ``known`` widths of the columns are found where they are not given; ``elsewhere`` are the pairs of words in the
    cells of other tables with their columns (bits).
    """
    widest = known or drafted(model, lines, settings)[1]
    told, pairs = paired(tagged(lines, widest, model.view), elsewhere)
    found = _search(
        [LineScores(model, line) for line in told], State(widest=widest, pairs=pairs, elsewhere=elsewhere), settings
    )
    return [(option[1], margins) for option, margins in found.steps]


def _beside_widths(known: Widths, step: float) -> Iterator[Widths]:
    """Widths one of which is a step more or less."""
    for c in COLUMNS:
        for change in (-step, step):
            a, b, d, e = (max(width + change * (k == c), step) for k, width in enumerate(known))
            yield a, b, d, e


def widths_of(lines: Sequence[BodyLine], cuts: Sequence[Sequence[Cut]]) -> Widths:
    """How wide the columns are by the fuller lines of each: of these the one against which the fewest speak, being
    longer or having been broken though the next word would have fitted; 0 for a column with too few lines to say."""
    long: list[list[float]] = [[], [], [], []]
    broken: list[list[float]] = [[], [], [], []]
    for line, way in zip(lines, cuts, strict=True):
        for cut in way:
            if cut.action == GOES_ON and long[cut.column]:
                broken[cut.column].append(long[cut.column][-1] + SPACE + advance(line.words[cut.start]))
            words = line.words[cut.start : cut.end]
            long[cut.column].append(round(advance(unnumbered(words, cut.column, cut.action)), 1))
    a, b, c, d = (_width(x, y) if len(x) >= DEFAULT.enough else 0.0 for x, y in zip(long, broken, strict=True))
    return a, b, c, d


def _width(long: Sequence[float], broken: Sequence[float]) -> float:
    def against(width: float) -> int:
        return sum(x > width for x in long) + sum(x <= width for x in broken)

    return min(sorted(set(long), reverse=True), key=against)


def _search(scores: Sequence[LineScores], begin: State, settings: SearchSettings) -> _Path:
    beam = [_Path(0.0, begin)]
    for of_line in scores:
        model, line = of_line.model, of_line.line
        grown: list[_Path] = []
        for path in beam:
            options = ways(model, line, path.state, settings.best, of_line)
            for option in options:
                step = (option, _margins(option, options))
                grown.append(_Path(path.score + option[0], after(path.state, line, option[1]), (*path.steps, step)))
        grown.sort(key=lambda p: -p.score)
        beam, seen = [], set()
        for path in grown:
            key = (path.state.row, path.state.last)
            if key not in seen:
                seen.add(key)
                beam.append(path)
            if len(beam) == settings.beam:
                break
    return beam[0]


def _margins(option: Scored, options: Sequence[Scored]) -> Margins:
    score, mine = option
    a, b, c, d = (
        min((score - other for other, cuts in options if piece_in(k, cuts) != piece_in(k, mine)), default=CLEAR)
        for k in COLUMNS
    )
    return a, b, c, d


def piece_in(column: int, cuts: Sequence[Cut]) -> Cut | None:
    return next((cut for cut in cuts if cut.column == column), None)

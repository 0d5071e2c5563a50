"""The rows of a table from the lines of a dump: one linear model of how lines fall into cells, searched with a beam.

Every line is cut into pieces, each of which either goes on with the open cell of its column or starts the next one.
What speaks for a cut is a sum of named features times weights (``weights.json``, learnt on generated dumps by
``python -m iki.bench.dumps``, averaged structured perceptron after Collins 2002). Lines that run across the columns and
columns dumped as blocks are the same to the model: each column keeps its own place in the rows.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import pairwise
from pathlib import Path

import msgspec

from iki import vocab
from iki.ingest.dump import landmarks
from iki.ingest.dump.lines import TextLine

SASARAN, INDIKATOR, PENJELASAN, SUMBER = range(4)
NAMES = ("sasaran", "indikator", "penjelasan", "sumber_data")
"""Columns of the model; the number stands at the head of the Sasaran."""
GOES_ON, STARTS = 0, 1
WEIGHTS = Path(__file__).with_name("weights.json")

_ENUMERATED = re.compile(r"^[\W_]*(\d{1,2}|[lIiSqT%])\s*[.,)|]*$")
_GLUED_NUMBER = re.compile(r"^(\d{1,2})[.,)]?(?=[A-Z])")
_OPEN_END = frozenset("dan atau yang dari di ke pada untuk dengan dalam oleh sesuai per serta tentang terhadap".split())
_LOOK_ALIKE = str.maketrans("1lj|!0oqgcfv5", "iiiiiooggctus")


@dataclass(frozen=True, slots=True)
class RowSettings:
    beam: int = 12
    """Hypotheses kept after each line."""
    best: int = 5
    """Ways of cutting a line kept for each hypothesis."""
    stem: int = 5
    """Letters by which words of different cells are compared."""
    longest: int = 24
    """Words of a line beyond which only every word before a pipe or a capital may begin a piece."""
    full: float = 0.9
    """Share (0–1) of a column's lines that are no longer than its width."""
    enough: int = 4
    """Lines of a column from which its width is known."""
    wide_gap: int = 3
    """Spaces within a line that part columns."""
    unlinked: float = 0.35
    """Certainty (0–1) of a cell that was put into its row by likeness or order alone."""


DEFAULT = RowSettings()


class Weights(msgspec.Struct, frozen=True):
    """``features`` by name; ``words`` gives each frequent word's log odds for the four columns,
    ``pairs`` words that often follow one another in a cell; ``temperature`` and
    ``bias`` turn the margin of a line's cut into a probability; ``source`` says how they were learnt."""

    features: dict[str, float]
    words: dict[str, tuple[float, float, float, float]]
    pairs: list[str]
    temperature: float
    bias: float
    source: str


@cache
def weights() -> Weights:
    """The learnt weights that ship with the package."""
    return msgspec.json.decode(WEIGHTS.read_bytes(), type=Weights)


@dataclass(frozen=True, slots=True)
class BodyLine:
    """A line of the table: its words; whether a pipe or a wide gap stands before each; whether a blank line came
    before; the columns whose headings came just before."""

    line: TextLine
    words: tuple[str, ...]
    piped: tuple[bool, ...]
    after_blank: bool
    heads: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A piece of a line: words ``start`` to ``end`` in ``column``, and whether they start a cell."""

    start: int
    end: int
    column: int
    action: int


@dataclass(frozen=True, slots=True)
class State:
    """What the lines so far leave behind. ``row`` of the open cell in each column (−1: none yet), the last piece
    of each and the line it stood on, the usual width of each column (characters, 0 unknown), the columns of the line
    before."""

    row: tuple[int, int, int, int] = (-1, -1, -1, -1)
    last: tuple[str, str, str, str] = ("", "", "", "")
    seen: tuple[int, int, int, int] = (-99, -99, -99, -99)
    widest: tuple[int, int, int, int] = (0, 0, 0, 0)
    before: tuple[int, ...] = ()
    stems: tuple[frozenset[str], ...] = ()
    number: int = 0


def body_lines(
    lines: Sequence[TextLine], settings: RowSettings = DEFAULT
) -> tuple[list[BodyLine], set[int]]:
    """The lines of a table without its headings and specks, and the numbers of heading lines."""
    found: list[BodyLine] = []
    heads: tuple[int, ...] = ()
    heading_lines: set[int] = set()
    blank = True
    near = False
    for line in lines:
        if line.blank:
            blank = True
            continue
        columns = landmarks.headings(line.text)
        if columns and (len(columns) > 1 or near or _alone(line.text)):
            heads = (*heads, *(NAMES.index(c) for c in columns if c in NAMES)) if near else tuple(NAMES.index(c) for c in columns if c in NAMES)
            near, blank = True, True
            heading_lines.add(line.number)
            continue
        if near and landmarks.of_headings(line.text) and not any(_ENUMERATED.match(w) for w in line.text.split()[:1]):
            heading_lines.add(line.number)
            continue
        if landmarks.noise(line.text):
            continue
        words, piped = tokens(line.text, settings)
        if words:
            found.append(BodyLine(line, words, piped, blank, heads if near else ()))
            near, blank = False, False
    return found, heading_lines


def _alone(text: str) -> bool:
    """Whether a line that is one heading says enough to be no cell."""
    return len([w for w in text.split() if w.isalpha()]) > 1 or text.strip().lower().startswith("penj")


def tokens(text: str, settings: RowSettings = DEFAULT) -> tuple[tuple[str, ...], tuple[bool, ...]]:
    """The words of a line, and whether a pipe, a tab or a wide gap stands before each."""
    words: list[str] = []
    piped: list[bool] = []
    parted = False
    text = re.sub(r"\t| {" + str(settings.wide_gap) + ",}", " \t ", text.strip()).replace("|", " | ").replace("¦", " | ")
    for raw in re.split(r" +", text):
        if raw in ("|", "\t", ""):
            parted = parted or bool(raw)
        else:
            words.append(raw)
            piped.append(parted)
            parted = False
    return tuple(words), tuple(piped)


@lru_cache(maxsize=1 << 16)
def stem(word: str, letters: int = DEFAULT.stem) -> str:
    """A word's first letters with look-alikes made one, so that damaged words compare."""
    plain = "".join(c for c in word.lower() if c.isalnum()).replace("rn", "m").translate(_LOOK_ALIKE)
    return plain[:letters] if len(plain) > 3 else ""  # noqa: PLR2004 - short words prove nothing


def stems(words: Iterable[str]) -> frozenset[str]:
    return frozenset(s for w in words if (s := stem(w)))


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> str:
    """The class of a cell's first word: what indikator, sasaran and sumber data begin with, by damaged beginnings."""
    s = stem(word)
    plain = "".join(c for c in word.lower() if c.isalpha())
    if s in _HEADS_INDIKATOR:
        return "indikator"
    if len(plain) > 6 and (plain.startswith(("ter", "tar", "men")) and re.search(r"n[yv]?[ae]?$", plain)):  # noqa: PLR2004
        return "sasaran"
    if s in _HEADS_SUMBER or (word.isupper() and len(plain) > 1):
        return "sumber"
    return "other"


_HEADS_INDIKATOR = frozenset(
    stem(w) for w in ("Jumlah", "Jumiah", "Jumtah", "Jumizh", "Jurnlah", "Persentase", "Prosentase", "Nilai", "Indeks", "Rasio", "Tingkat", "Rata-rata", "Banyaknya", "Kecepatan", "Ketepatan", "Cakupan", "Angka")
)
_HEADS_SUMBER = frozenset(
    stem(w) for w in ("Laporan", "Dokumen", "Data", "Buku", "Register", "Invoice", "Berkas", "Daftar", "Rekap", "Surat", "Arsip", "Aplikasi", "Notulen", "Usulan", "Hasil", "Kartu")
)

@cache
def _known_pairs() -> frozenset[str]:
    """Stems of words that follow one another in the vocabulary's wordings."""
    found = vocab.load()
    said = (*found.terms, *found.phrases, *found.posts, *found.offices)
    pairs = ((a, b) for text in said for a, b in pairwise(text.split()))
    return frozenset(f"{stem(a)} {stem(b)}" for a, b in pairs if stem(a) and stem(b))


Features = dict[str, float]


@dataclass(slots=True)
class Model:
    """The features of pieces and their scores under ``w``; ``words`` are log odds of frequent words by column."""

    w: Mapping[str, float]
    words: Mapping[str, Sequence[float]] = field(default_factory=dict)
    pairs: frozenset[str] = frozenset()

    def together(self, left: str, right: str) -> bool:
        """Whether two words often follow one another in a text."""
        pair = f"{stem(left)} {stem(right)}"
        return pair in self.pairs or pair in _known_pairs()

    def lexical(self, line: BodyLine, cut: Cut) -> Features:
        """What a piece says by itself."""
        c, a = cut.column, cut.action
        key = f"{c}{a}"
        first = line.words[cut.start]
        head = next((ch for ch in first if ch.isalnum()), "")
        f: Features = {
            f"bias {key}": 1.0,
            f"{'capital' if head.isupper() else 'number' if head.isdigit() else 'small'} {key}": 1.0,
            f"kind {_kind(first)} {key}": 1.0,
        }
        if _ENUMERATED.match(first) or _GLUED_NUMBER.match(first):
            f[f"enumerated {key}"] = 1.0
            if cut.end > cut.start + 1:
                f[f"kind {_kind(line.words[cut.start + 1])} after number {key}"] = 1.0
        odds = [o[c] for w in line.words[cut.start : cut.end] if (o := self.words.get(stem(w)))]
        if odds:
            f[f"words {c}"] = sum(odds)
        if cut.start:
            f["edge at pipe" if line.piped[cut.start] else "edge without pipe"] = 1.0
            before = line.words[cut.start - 1]
            f[f"edge after {_ending(before)} {a}"] = 1.0
            if self.together(before, first):
                f["edge within known pair"] = 1.0
        elif line.piped[cut.start]:
            f[f"pipe at head {min(c, 1)}"] = 1.0
        inner = sum(line.piped[cut.start + 1 : cut.end])
        if inner:
            f["pipe inside"] = inner
        if any(_kind(w) == "indikator" and w[:1].isupper() for w in line.words[cut.start + 1 : cut.end]):
            f["indikator head inside"] = 1.0
        if cut.start == 0 and cut.end == len(line.words):
            f[f"whole line {key}"] = 1.0
        if cut.start == 0:
            if line.after_blank:
                f[f"after blank {a}"] = 1.0
            if line.heads:
                f[f"under {'own' if c in line.heads and len(line.heads) == 1 else 'first' if c == min(line.heads) else 'other'} heading"] = 1.0
        return f

    def contextual(self, line: BodyLine, cut: Cut, state: State, beside: int) -> Features:
        """What a piece says after the lines before. ``beside`` is what this line did in the Indikator: 0 nothing, 1
        went on, 2 started one."""
        c, a = cut.column, cut.action
        key = f"{c}{a}"
        words = line.words[cut.start : cut.end]
        length = sum(map(len, words)) + len(words) - 1
        f: Features = {}
        gap = min(state.number - state.seen[c], 4) if state.row[c] >= 0 else 9
        f[f"gap {gap} {key}"] = 1.0
        if state.last[c]:
            f[f"cell ended {_ending(state.last[c].split()[-1])} {a}"] = 1.0
            if self.together(state.last[c].split()[-1], words[0]):
                f[f"known pair at wrap {a}"] = 1.0
            if state.widest[c]:
                spare = state.widest[c] - len(state.last[c]) - 1 - len(words[0])
                f[f"next word had room {max(-2, min(3, spare // 3))} {a}"] = 1.0
        if state.widest[c]:
            f[f"against width {max(-4, min(3, (length - state.widest[c]) // 3))}"] = 1.0
        if len(state.before) == 1 and cut.start == 0:
            f[f"from whole line {'same' if state.before[0] == c else 'left' if state.before[0] < c else 'right'} {a}"] = 1.0
        elif state.before:
            f[f"{'in' if c in state.before else 'not in'} line before {a}"] = 1.0
        row = target(state, cut, beside)
        if c in (PENJELASAN, SUMBER):
            f[f"beside {beside} {key}"] = 1.0
            lead = max(-3, min(2, row - max(state.row[INDIKATOR] + (beside == 2), 0)))  # noqa: PLR2004 - 2: started here
            f[f"row {lead} {key}"] = 1.0
        elif c == INDIKATOR and a == STARTS:
            lag = [min(2, max(-1, state.row[INDIKATOR] - state.row[k])) for k in (PENJELASAN, SUMBER)]
            f[f"leaves {lag[0]} {lag[1]}"] = 1.0
        if c == PENJELASAN and 0 <= row < len(state.stems) and (mine := stems(words)):
            f[f"says indikator {a}"] = len(mine & state.stems[row]) / len(mine)
        return f

    def score(self, f: Features) -> float:
        get = self.w.get
        return sum(get(name, 0.0) * value for name, value in f.items())


def target(state: State, cut: Cut, beside: int) -> int:
    """The row of the cell that a piece goes to: beside an Indikator that starts, that one's; else the next or same."""
    c = cut.column
    if cut.action == GOES_ON:
        return state.row[c]
    if c in (PENJELASAN, SUMBER) and beside == 2:  # noqa: PLR2004 - 2: started on this line
        return max(state.row[c] + 1, state.row[INDIKATOR] + 1)
    return state.row[c] + 1


def _ending(word: str) -> str:
    if word[-1:] in ",-&/(":
        return "open"
    if word[-1:] in ".;)":
        return "closed"
    return "open" if word.lower() in _OPEN_END else "plain"


def after(state: State, line: BodyLine, cuts: Sequence[Cut]) -> State:
    """The state once a line has been cut so."""
    row, last, seen = list(state.row), list(state.last), list(state.seen)
    said = list(state.stems)
    beside = _beside(cuts)
    for cut in cuts:
        words = line.words[cut.start : cut.end]
        c = cut.column
        row[c] = target(state, cut, beside)
        last[c] = " ".join(words)
        seen[c] = state.number
        if c == INDIKATOR:
            while len(said) <= row[c]:
                said.append(frozenset())
            said[row[c]] = said[row[c]] | stems(words)
    return State(
        tuple(row), tuple(last), tuple(seen), state.widest, tuple(cut.column for cut in cuts), tuple(said),  # type: ignore[arg-type]
        state.number + 1,
    )


def _beside(cuts: Iterable[Cut]) -> int:
    return next((1 + cut.action for cut in cuts if cut.column == INDIKATOR), 0)


Scored = tuple[float, tuple[Cut, ...]]


def ways(model: Model, line: BodyLine, state: State, best: int, cache_: dict[Cut, float] | None = None) -> list[Scored]:
    """The best ways of cutting a line, from the best on: pieces in column order, none left out."""
    lexical = cache_ if cache_ is not None else {}
    n = len(line.words)
    edges = [True] * n if n <= DEFAULT.longest else [i == 0 or line.piped[i] or line.words[i][:1].isupper() for i in range(n)]
    # chart[i]: partial cuts of the first i words by (last column, what the Indikator did)
    chart: list[dict[tuple[int, int], list[Scored]]] = [{} for _ in range(n + 1)]
    chart[0][-1, 0] = [(0.0, ())]
    for i in range(n):
        if not chart[i] or not edges[i]:
            continue
        for (column, beside), partial in list(chart[i].items()):
            for c in range(column + 1, 4):
                for a in (GOES_ON, STARTS):
                    if a == GOES_ON and state.row[c] < 0:
                        continue
                    now = 1 + a if c == INDIKATOR else beside
                    for j in range(i + 1, n + 1):
                        if j < n and not edges[j]:
                            continue
                        cut = Cut(i, j, c, a)
                        if cut not in lexical:
                            lexical[cut] = model.score(model.lexical(line, cut))
                        score = lexical[cut] + model.score(model.contextual(line, cut, state, beside))
                        slot = chart[j].setdefault((c, now), [])
                        slot += [(score + before, (*cuts, cut)) for before, cuts in partial]
        for key in chart[i + 1]:
            chart[i + 1][key] = sorted(chart[i + 1][key], key=lambda s: -s[0])[:best]
    ends = [s for slot in chart[n].values() for s in sorted(slot, key=lambda s: -s[0])[:best]]
    return sorted(ends, key=lambda s: -s[0])[:best]


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    state: State
    steps: tuple[tuple[Scored, float], ...] = ()


def search(model: Model, lines: Sequence[BodyLine], settings: RowSettings = DEFAULT) -> list[tuple[tuple[Cut, ...], float]]:
    """The best cuts of all lines, each with its margin (score units) over the best way that differs on that line.

    A first pass finds how wide the columns are, the second one uses it.
    """
    first = _search(model, lines, (0, 0, 0, 0), settings)
    return _search(model, lines, widths(lines, [cuts for cuts, _ in first]), settings)


def widths(lines: Sequence[BodyLine], cuts: Sequence[Sequence[Cut]]) -> tuple[int, int, int, int]:
    """How many characters the fuller lines of each column hold; 0 for a column with too few to say."""
    long: list[list[int]] = [[], [], [], []]
    for line, way in zip(lines, cuts, strict=True):
        for cut in way:
            words = line.words[cut.start : cut.end]
            long[cut.column].append(sum(map(len, words)) + len(words) - 1)
    a, b, c, d = (sorted(x)[int(len(x) * DEFAULT.full)] if len(x) >= DEFAULT.enough else 0 for x in long)
    return a, b, c, d


def _search(
    model: Model, lines: Sequence[BodyLine], known: tuple[int, int, int, int], settings: RowSettings
) -> list[tuple[tuple[Cut, ...], float]]:
    beam = [_Path(0.0, State(widest=known))]
    for line in lines:
        cache_: dict[Cut, float] = {}
        grown: list[_Path] = []
        for path in beam:
            options = ways(model, line, path.state, settings.best, cache_)
            for k, option in enumerate(options):
                rival = options[1][0] if k == 0 and len(options) > 1 else options[0][0] if k else -math.inf
                step = (option, min(option[0] - rival, 50.0))
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
    return [(option[1], margin) for option, margin in beam[0].steps]


@dataclass(frozen=True, slots=True)
class PlacedPiece:
    """Words of a line that belong to one cell."""

    line: TextLine
    text: str
    probability: float


@dataclass(slots=True)
class Table:
    """Cells by column: ``cells[c][row]`` are pieces in order; ``groups[g]`` is the row on which Sasaran ``g`` begins
    with its certainty."""

    cells: list[list[list[PlacedPiece]]]
    groups: list[tuple[int, float]]
    linked: list[list[float]]


def table(lines: Sequence[BodyLine], fitted: Weights | None = None, settings: RowSettings = DEFAULT) -> Table:
    """The cells that the lines of a table's body make up."""
    fitted = fitted or weights()
    cuts = search(Model(fitted.features, fitted.words, frozenset(fitted.pairs)), lines, settings)
    cells: list[dict[int, list[PlacedPiece]]] = [{}, {}, {}, {}]
    begun: dict[int, int | None] = {}
    state = State()
    for line, (way, margin) in zip(lines, cuts, strict=True):
        p = 1 / (1 + math.exp(-(margin / fitted.temperature + fitted.bias)))
        now = after(state, line, way)
        for cut in way:
            text = " ".join(line.words[cut.start : cut.end])
            cells[cut.column].setdefault(now.row[cut.column], []).append(PlacedPiece(line.line, text, p))
            if cut.column == SASARAN and cut.action == STARTS:
                started = any(k.column == INDIKATOR and k.action == STARTS for k in way)
                begun[now.row[SASARAN]] = now.row[INDIKATOR] if started else None
        state = now
    return _aligned(cells, begun, settings)


def _aligned(
    cells: list[dict[int, list[PlacedPiece]]], begun: Mapping[int, int | None], settings: RowSettings
) -> Table:
    """Cells put into rows: those of blocks whose count differs by likeness and order, Sasaran to their first rows."""
    count = max([len(cells[INDIKATOR]), 1 if any(cells) else 0])
    rows: list[list[list[PlacedPiece]]] = [[[] for _ in range(count)] for _ in range(4)]
    linked = [[1.0] * count for _ in range(4)]
    for i, r in enumerate(sorted(cells[INDIKATOR])):
        rows[INDIKATOR][i] = cells[INDIKATOR][r]
    said = [_said(rows[INDIKATOR][i]) for i in range(count)]
    for c in (PENJELASAN, SUMBER):
        known = sorted(cells[c])
        fits = bool(known) and known[-1] < count
        places = known if fits else _by_likeness([_said(cells[c][k]) for k in known], said)
        for k, place in zip(known, places, strict=True):
            if rows[c][place]:
                linked[c][place] = settings.unlinked
            rows[c][place] = rows[c][place] + cells[c][k]
            if not fits:
                linked[c][place] = settings.unlinked
    groups: list[tuple[int, float]] = []
    keys = sorted(cells[SASARAN])
    starts = _starts([begun.get(k) for k in keys], [_said(cells[SASARAN][k]) for k in keys], said)
    rows[SASARAN] = [cells[SASARAN][k] for k in keys]
    linked[SASARAN] = [1.0] * len(keys)
    for k, place in zip(keys, starts, strict=True):
        sure = 1.0 if begun.get(k) is not None else settings.unlinked
        groups.append((place, sure))
    return Table(rows, groups, linked)


def _said(pieces: Sequence[PlacedPiece]) -> frozenset[str]:
    return stems(w for p in pieces for w in p.text.split())


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


def _starts(
    known: Sequence[int | None], mine: Sequence[frozenset[str]], rows: Sequence[frozenset[str]]
) -> list[int]:
    """The first row of each Sasaran, in order: known ones kept, others where the words of its rows begin to be alike."""
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


def number_of(text: str) -> tuple[str, str]:
    """The row number at the head of a Sasaran (``1. Terpenuhinya``), as printed, and the rest of the text."""
    words = text.split(" ", 1)
    if _ENUMERATED.match(words[0]):
        return words[0], words[1] if len(words) > 1 else ""
    glued = _GLUED_NUMBER.match(words[0])
    return (glued[0], text[glued.end() :]) if glued else ("", text)


def iterate(table_: Table) -> Iterator[tuple[int, int]]:
    """Pairs of row and Sasaran group of a table, in order."""
    for row in range(len(table_.cells[INDIKATOR])):
        group = max((g for g, (start, _) in enumerate(table_.groups) if start <= row), default=-1)
        yield row, group

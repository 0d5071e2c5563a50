"""The rows of a table from the lines of a dump: one linear model of how lines fall into cells, searched with a beam.

Every line is cut into pieces, each of which either goes on with the open cell of its column or starts the next one.
What speaks for a cut is a sum of named features times weights (``weights.json``, learnt on generated dumps by
``python -m iki.bench.dumps``, averaged structured perceptron after Collins 2002). Lines that run across the columns and
columns dumped as blocks are the same to the model: each column keeps its own place in the rows.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from heapq import nlargest
from itertools import accumulate, pairwise
from pathlib import Path
from typing import NamedTuple

import msgspec

from iki import vocab
from iki.ingest.dump import landmarks
from iki.ingest.dump.lines import TextLine

SASARAN, INDIKATOR, PENJELASAN, SUMBER = range(4)
NAMES = ("sasaran", "indikator", "penjelasan", "sumber_data")
"""Columns of the model; the number stands at the head of the Sasaran."""
GOES_ON, STARTS = 0, 1
ACTIONS = ("on", "new")
_STARTED = 1 + STARTS
"""What a line did in the Indikator: 0 nothing, else one more than the action."""
_LOOSE = 3
"""Characters by which lines of one width differ, since letters are not of one width."""
_SKIPPED = 2
"""Rows without a cell of its own that a column dumped as a block may skip."""
WEIGHTS = Path(__file__).with_name("weights.json")

_ENUMERATED = re.compile(r"^[\W_]*(\d{1,2}|[lIiSqT%])\s*[.,)|]*$")
_GLUED_NUMBER = re.compile(r"^(\d{1,2})[.,)]?(?=[A-Z])")
_OPEN_END = frozenset((
    "dan", "atau", "yang", "dari", "di", "ke", "pada", "untuk", "dengan", "dalam", "oleh", "sesuai", "per", "serta",
    "tentang", "terhadap",
))  # fmt: skip
"""Words that no cell ends with."""
_SHORT = 6
"""Letters up to which a word is too short to be told by its ending."""
_LOOK_ALIKE = str.maketrans("1lj|!0oqgcfv5", "iiiiiooggctus")


Odds = tuple[float, float, float, float]
Widths = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class RowSettings:
    beam: int = 4
    """Hypotheses kept after each line."""
    best: int = 3
    """Ways of cutting a line kept for each hypothesis."""
    passes: int = 2
    """Rounds of quick searches that find how wide the columns are."""
    step: int = 3
    """Characters by which such a search tries wider and narrower columns."""
    shares: tuple[Odds, ...] = ((0.25, 0.25, 0.28, 0.22), (0.2, 0.25, 0.33, 0.22), (0.25, 0.22, 0.22, 0.3))
    """Shares (0–1) of the table's width that columns usually have."""
    stem: int = 5
    """Letters by which words of different cells are compared."""
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
    words: dict[str, Odds]
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
    before; the columns whose headings came just before; whether each word follows the same word on another line of the
    table."""

    line: TextLine
    words: tuple[str, ...]
    piped: tuple[bool, ...]
    after_blank: bool
    heads: tuple[int, ...] = ()
    again: tuple[bool, ...] = ()


def paired(lines: Sequence[BodyLine]) -> tuple[list[BodyLine], frozenset[str]]:
    """The lines with ``again`` filled in, and all pairs of words that stand side by side on one of them: what is
    printed once across a column's edge is seldom found side by side elsewhere, what is printed in a cell often is."""
    counts = Counter(pair for line in lines for pair in _pairs_of(line.words))
    done = [replace(line, again=(False, *(counts[pair] > 1 for pair in _pairs_of(line.words)))) for line in lines]
    return done, frozenset(counts)


def _pairs_of(words: Sequence[str]) -> list[str]:
    return [f"{_opening(a)} {_opening(b)}" for a, b in pairwise(words)]


class Cut(NamedTuple):
    """A piece of a line: words ``start`` to ``end`` in ``column``, and whether they start a cell."""

    start: int
    end: int
    column: int
    action: int


@dataclass(frozen=True, slots=True)
class State:
    """What the lines so far leave behind. ``row`` of the open cell in each column (−1: none yet), the last piece
    of each and the line it stood on, the usual width of each column (characters, 0 unknown), the columns of the line
    before, the stems of every cell by row and of the open cells, the words that have begun cells of each column, and
    the pairs of words that stand side by side in the table."""

    row: tuple[int, ...] = (-1, -1, -1, -1)
    last: tuple[str, ...] = ("", "", "", "")
    seen: tuple[int, ...] = (-99, -99, -99, -99)
    widest: Widths = (0, 0, 0, 0)
    before: tuple[int, ...] = ()
    said: tuple[tuple[frozenset[str], ...], ...] = ((), (), (), ())
    cells: tuple[frozenset[str], ...] = (frozenset(),) * 4
    begun: tuple[tuple[str, ...], ...] = ((), (), (), ())
    number: int = 0
    pairs: frozenset[str] = frozenset()


def body_lines(lines: Sequence[TextLine], settings: RowSettings = DEFAULT) -> tuple[list[BodyLine], set[int]]:
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
            heads = (
                (*heads, *(NAMES.index(c) for c in columns if c in NAMES))
                if near
                else tuple(NAMES.index(c) for c in columns if c in NAMES)
            )
            near, blank = True, True
            heading_lines.add(line.number)
            continue
        numbered = any(_ENUMERATED.match(w) for w in line.text.split()[:1])
        if (near or not found) and landmarks.of_headings(line.text) and not numbered:
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
    text = (
        re.sub(r"\t| {" + str(settings.wide_gap) + ",}", " \t ", text.strip()).replace("|", " | ").replace("¦", " | ")
    )
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


@lru_cache(maxsize=1 << 16)
def stems(words: tuple[str, ...]) -> frozenset[str]:
    return frozenset(s for w in words if (s := stem(w)))


def _opening(word: str) -> str:
    """What makes the first words of cells compare, short ones too."""
    return stem(word) or word.strip(".,;:()").lower()


@lru_cache(maxsize=1 << 16)
def _kind(word: str) -> str:
    """The class of a cell's first word: what indikator, sasaran and sumber data begin with, by damaged beginnings."""
    s = stem(word)
    plain = "".join(c for c in word.lower() if c.isalpha())
    if s in _HEADS_INDIKATOR:
        return "indikator"
    if len(plain) > _SHORT and plain.startswith(("ter", "tar", "men")) and re.search(r"n[yv]?[ae]?$", plain):
        return "sasaran"
    if s in _HEADS_SUMBER or (word.isupper() and len(plain) > 1):
        return "sumber"
    return "other"


_HEADS_INDIKATOR = frozenset(
    stem(w)
    for w in (
        "Jumlah",
        "Jumiah",
        "Jumtah",
        "Jumizh",
        "Jurnlah",
        "Persentase",
        "Prosentase",
        "Nilai",
        "Indeks",
        "Rasio",
        "Tingkat",
        "Rata-rata",
        "Banyaknya",
        "Kecepatan",
        "Ketepatan",
        "Cakupan",
        "Angka",
    )
)
_HEADS_SUMBER = frozenset(
    stem(w)
    for w in (
        "Laporan",
        "Dokumen",
        "Data",
        "Buku",
        "Register",
        "Invoice",
        "Berkas",
        "Daftar",
        "Rekap",
        "Surat",
        "Arsip",
        "Aplikasi",
        "Notulen",
        "Usulan",
        "Hasil",
        "Kartu",
    )
)


@cache
def _known_pairs() -> frozenset[str]:
    """Stems of words that follow one another in the vocabulary's wordings."""
    found = vocab.load()
    said = (*found.terms, *found.phrases, *found.posts, *found.offices)
    pairs = ((a, b) for text in said for a, b in pairwise(text.split()))
    return frozenset(f"{stem(a)} {stem(b)}" for a, b in pairs if stem(a) and stem(b))


Features = list[tuple[str, float]]


@dataclass(slots=True)
class Model:
    """The features of pieces and their scores under ``w``; ``words`` are log odds of frequent words by column.

    Every feature belongs to one word in its column, to the join of two words of a piece, to the beginning of a piece,
    to its length, or to two pieces that follow one another: so the score of any piece is a difference of sums.
    """

    w: Mapping[str, float]
    words: Mapping[str, Odds] = field(default_factory=dict)
    pairs: frozenset[str] = frozenset()

    def together(self, left: str, right: str) -> bool:
        """Whether two words often follow one another in a text."""
        pair = f"{stem(left)} {stem(right)}"
        return pair in self.pairs or pair in _known_pairs()

    def odds(self, word: str, column: int) -> float:
        known = self.words.get(stem(word))
        return known[column] if known else 0.0

    def word(self, line: BodyLine, k: int, c: int) -> Features:
        """What a word says of its column, wherever in its cell it stands."""
        said = line.words[k]
        return [(f"odds {NAMES[c]}", self.odds(said, c)), (f"{_shape(said)} in {NAMES[c]}", 1.0)]

    def join(self, line: BodyLine, k: int, c: int) -> Features:
        """What speaks for word ``k`` going on with the piece that the word before it belongs to."""
        first, before = line.words[k], line.words[k - 1]
        f = [(f"{_ending(before)} then {_shape(first)} inside", 1.0)]
        if line.piped[k]:
            f.append(("pipe inside", 1.0))
        if self.together(before, first):
            f.append(("known pair inside", 1.0))
        if line.again[k]:
            f.append(("pair said elsewhere inside", 1.0))
        if first[:1].isupper() and (kind := _kind(first)) != "other":
            f.append((f"{kind} head inside {NAMES[c]}", 1.0))
        if stem(first) and stem(first) in map(stem, line.words[:k]):
            f.append((f"said before on its line {NAMES[c]}", 1.0))
        return f

    def head(self, line: BodyLine, start: int, c: int, a: int) -> Features:
        """What the first word of a piece says, whatever came before the line and however long the piece is."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        first = line.words[start]
        f = [
            (f"bias {key}", 1.0),
            (f"{_shape(first)} {key}", 1.0),
            (f"kind {_kind(first)} {key}", 1.0),
            (f"odds of first word {key}", self.odds(first, c)),
        ]
        if _ENUMERATED.match(first) or _GLUED_NUMBER.match(first):
            f.append((f"enumerated {key}", 1.0))
            if start + 1 < len(line.words):
                f.append((f"kind {_kind(line.words[start + 1])} after number {key}", 1.0))
        if start:
            before = line.words[start - 1]
            f.append((f"{_ending(before)} then {_shape(first)} edge {ACTIONS[a]}", 1.0))
            f.append((f"edge {'at pipe' if line.piped[start] else 'without pipe'} {key}", 1.0))
            if first.lower() in _OPEN_END:
                f.append((f"edge before joining word {key}", 1.0))
        else:
            if line.piped[start]:
                f.append((f"pipe at head of {NAMES[c]}", 1.0))
            f.append((f"{'after blank' if line.after_blank else 'no blank'} {_shape(first)} {key}", 1.0))
            if line.heads:
                f.append((f"under {_heading(c, line.heads)} heading {ACTIONS[a]}", 1.0))
        return f

    @staticmethod
    def place(c: int, a: int, state: State, whole: bool, blank: bool) -> Features:
        """What the lines before say of a piece of a column, whatever its words; ``whole``: nothing before it on its
        line; ``blank``: a blank line before."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        gap = min(state.number - state.seen[c], 4) if state.row[c] >= 0 else 9
        f = [(f"lines since {gap} {key}", 1.0)]
        if len(state.before) == 1 and whole:
            way = "same" if state.before[0] == c else "left" if state.before[0] < c else "right"
            f.append((f"from whole line {way} {'after blank' if blank else 'at once'} {key}", 1.0))
        elif state.before:
            f.append((f"{'in' if c in state.before else 'not in'} line before {key}", 1.0))
        return f

    @staticmethod
    def row(line: BodyLine, c: int, a: int, state: State, beside: int) -> Features:
        """How the row of a piece stands to those of its neighbours. ``beside`` is what this line did in the Indikator:
        0 nothing, 1 went on, 2 started one."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        if c in (PENJELASAN, SUMBER):
            row = target(state, c, a, beside, line)
            lead = max(-3, min(2, row - max(state.row[INDIKATOR] + (beside == _STARTED), 0)))
            return [(f"beside {beside} row {lead} {key}", 1.0)]
        if c == INDIKATOR:
            lag = [min(2, max(-1, state.row[INDIKATOR] - state.row[k])) for k in (PENJELASAN, SUMBER)]
            return [(f"{ACTIONS[a]} with {lag[0]} {lag[1]} behind", 1.0)]
        return []

    def link(self, first: str, c: int, a: int, state: State) -> Features:
        """What a cell so far says of its next piece's first word."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        f: Features = []
        if state.last[c]:
            end = state.last[c].rsplit(" ", 1)[-1]
            room = "?"
            if state.widest[c]:
                spare = state.widest[c] - len(state.last[c]) - 1 - len(first)
                room = str(max(-2, min(3, spare // 3)))
                f.append((f"room left {ACTIONS[a]}", max(spare - _LOOSE, 0) / state.widest[c]))
            f += [
                (f"{_ending(end)} {_shape(first)} {key}", 1.0),
                (f"room {room} {key}", 1.0),
                (f"room {room} {_shape(first)} {ACTIONS[a]}", 1.0),
            ]
            if self.together(end, first):
                f.append((f"known pair at wrap {ACTIONS[a]}", 1.0))
            if f"{_opening(end)} {_opening(first)}" in state.pairs:
                f.append((f"pair said elsewhere at wrap {ACTIONS[a]}", 1.0))
        opening = _opening(first)
        own = state.begun[c].count(opening)
        rival = max(state.begun[k].count(opening) for k in range(len(NAMES)) if k != c)
        f.append((f"its first word began {min(own, 2)} here {min(rival, 2)} elsewhere {key}", 1.0))
        return f

    @staticmethod
    def echo(line: BodyLine, k: int, c: int, a: int, state: State, row: int) -> Features:
        """Whether a word repeats the cell so far or those beside it in the row."""
        mine = stem(line.words[k])
        if not mine:
            return []
        f: Features = []
        if a == GOES_ON and mine in state.cells[c]:
            f.append((f"says its cell again {NAMES[c]}", 1.0))
        if c == SASARAN:
            return f
        earlier = mine in map(stem, line.words[:k])
        others = [o for o in (INDIKATOR, PENJELASAN) if o != c]
        there = [o for o in others if row < len(state.said[o]) and row >= 0]
        if there or earlier:
            again = earlier or any(mine in state.said[o][row] for o in there)
            f.append((f"{'says' if again else 'does not say'} its row again {NAMES[c]} {ACTIONS[a]}", 1.0))
        return f

    @staticmethod
    def length(c: int, a: int, characters: int, state: State) -> Features:
        """How long a piece is against its column."""
        if not state.widest[c]:
            return [(f"longer than {min(characters // 12, 5)} {NAMES[c]}", 1.0)]
        over = characters - state.widest[c]
        return [
            (f"against width {max(-4, min(4, over // 3))} {NAMES[c]} {ACTIONS[a]}", 1.0),
            ("wider than its column", max(over - _LOOSE, 0) / state.widest[c]),
        ]

    @staticmethod
    def turn(left: tuple[int, int] | None, right: tuple[int, int] | None) -> Features:
        """How pieces follow on a line; ``None`` are its ends."""
        a, b = (f"{NAMES[x[0]]} {ACTIONS[x[1]]}" if x else "end" for x in (left, right))
        return [(f"from {a} to {b}", 1.0)]

    def score(self, f: Features) -> float:
        get, total = self.w.get, 0.0
        for name, value in f:
            total += get(name, 0.0) * value
        return total

    def features(self, line: BodyLine, cuts: Sequence[Cut], state: State) -> Iterator[tuple[str, float]]:
        """All features of one way of cutting a line."""
        left, beside = None, 0
        for cut in cuts:
            c, a = here = cut.column, cut.action
            yield from self.turn(left, here)
            yield from self.head(line, cut.start, c, a)
            yield from self.place(c, a, state, cut.start == 0, line.after_blank)
            yield from self.row(line, c, a, state, beside)
            yield from self.link(line.words[cut.start], c, a, state)
            yield from self.length(c, a, _characters(line.words[cut.start : cut.end]), state)
            row = target(state, c, a, beside, line)
            for k in range(cut.start, cut.end):
                yield from self.word(line, k, c)
                yield from self.echo(line, k, c, a, state, row)
                if k > cut.start:
                    yield from self.join(line, k, c)
            left, beside = here, 1 + a if c == INDIKATOR else beside
        yield from self.turn(left, None)


def _characters(words: Sequence[str]) -> int:
    return sum(map(len, words)) + len(words) - 1


@lru_cache(maxsize=1 << 16)
def _shape(word: str) -> str:
    letters = [ch for ch in word if ch.isalpha()]
    if not letters:
        return "number" if any(map(str.isdigit, word)) else "mark"
    if len(letters) > 1 and all(map(str.isupper, letters)):
        return "capitals"
    return "capital" if letters[0].isupper() else "small"


def _heading(column: int, heads: Sequence[int]) -> str:
    if column not in heads:
        return "other"
    return "own" if len(set(heads)) == 1 else "first" if column == min(heads) else "shared"


def target(state: State, c: int, a: int, beside: int, line: BodyLine) -> int:
    """The row of the cell that a piece of a line goes to: beside an Indikator that starts, that one's; else the same or
    the next one, or one of the few after it whose Indikator says more of the line's words."""
    here = state.row[c]
    if a == GOES_ON:
        return max(here, 0)
    if c not in (PENJELASAN, SUMBER):
        return here + 1
    if beside == _STARTED:
        return max(here + 1, state.row[INDIKATOR] + 1)
    last = min(state.row[INDIKATOR], here + 1 + _SKIPPED)
    if last <= here + 1 or c == SUMBER:
        return here + 1
    mine = stems(line.words)
    return max(range(here + 1, last + 1), key=lambda row: (len(mine & state.said[INDIKATOR][row]), -row))


def _ending(word: str) -> str:
    if word[-1:] in ",-&/(":
        return "open"
    if word[-1:] in ".;)":
        return "closed"
    return "open" if word.lower() in _OPEN_END else "plain"


def after(state: State, line: BodyLine, cuts: Sequence[Cut]) -> State:
    """The state once a line has been cut so."""
    row, last, seen = list(state.row), list(state.last), list(state.seen)
    said, begun, cells = list(state.said), list(state.begun), list(state.cells)
    beside = _beside(cuts)
    for cut in cuts:
        words = line.words[cut.start : cut.end]
        c = cut.column
        row[c] = target(state, c, cut.action, beside, line)
        last[c] = " ".join(words)
        seen[c] = state.number
        cells[c] = stems(words) | (cells[c] if cut.action == GOES_ON else frozenset())
        if cut.action == STARTS:
            begun[c] = (*begun[c], _opening(words[0]))
        mine = said[c] + (frozenset(),) * (row[c] + 1 - len(said[c]))
        said[c] = (*mine[: row[c]], mine[row[c]] | stems(words), *mine[row[c] + 1 :])
    return State(
        tuple(row),
        tuple(last),
        tuple(seen),
        state.widest,
        tuple(cut.column for cut in cuts),
        tuple(said),
        tuple(cells),
        tuple(begun),
        state.number + 1,
        state.pairs,
    )


def _beside(cuts: Iterable[Cut]) -> int:
    return next((1 + cut.action for cut in cuts if cut.column == INDIKATOR), 0)


Scored = tuple[float, tuple[Cut, ...]]


class LineScores:
    """Scores of a line's pieces that no state changes, worked out once: sums over words by column, and beginnings."""

    def __init__(self, model: Model, line: BodyLine) -> None:
        n = len(line.words)
        self.model, self.line = model, line
        self.state: State | None = None
        self.links: dict[tuple[int, int], list[float]] = {}
        self.joins = [[model.score(model.join(line, k, c)) if k else 0.0 for k in range(n)] for c in _COLUMNS]
        self.sums: list[list[float]] = []
        for c in _COLUMNS:
            each = [model.score(model.word(line, k, c)) + self.joins[c][k] for k in range(n)]
            self.sums.append([0.0, *accumulate(each)])
        self.heads = {
            (i, c, a): model.score(model.head(line, i, c, a)) for i in range(n) for c in _COLUMNS for a in (0, 1)
        }
        self.ends = [0, *accumulate(len(word) + 1 for word in line.words)]
        """Characters up to each word."""

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
        lengths: dict[int, float] = {}
        for i in range(n):
            head = self.heads[i, c, a] + self.links[c, a][i] - self.joins[c][i]
            head += (inner if i else whole) - sums[i]
            scores = []
            for j in range(i + 1, n + 1):
                characters = self.ends[j] - self.ends[i] - 1
                if characters not in lengths:
                    lengths[characters] = model.score(model.length(c, a, characters, state))
                scores.append(head + sums[j] + lengths[characters])
            yield i, scores


_COLUMNS = range(len(NAMES))
_Slot = tuple[tuple[int, int] | None, int]
"""Column and action of the last piece so far, and what the line has done in the Indikator."""


def ways(model: Model, line: BodyLine, state: State, best: int, scores: LineScores | None = None) -> list[Scored]:
    """The best ways of cutting a line, from the best on: pieces in column order, none left out."""
    scores = scores or LineScores(model, line)
    n = len(line.words)
    # chart[slot][i]: the best partial cuts of the first i words
    chart: dict[_Slot, list[list[Scored]]] = {(None, 0): [[(0.0, ())], *([] for _ in range(n))]}
    for c in _COLUMNS:
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
    steps: tuple[tuple[Scored, float], ...] = ()


def search(
    model: Model, lines: Sequence[BodyLine], settings: RowSettings = DEFAULT
) -> list[tuple[tuple[Cut, ...], float]]:
    """The best cuts of all lines, each with its margin (score units) over the best way that differs on that line.

    Quick passes find how wide the columns are, the last one uses it.
    """
    lines, pairs = paired(lines)
    quick = replace(settings, beam=1, best=1)
    tried: dict[Widths, _Path] = {}

    def best_of(candidates: Iterable[Widths]) -> Widths:
        for known in candidates:
            if known not in tried:
                tried[known] = _search(model, lines, State(widest=known, pairs=pairs), quick)
        return max((known for known in tried if any(known)), key=lambda known: (tried[known].score, known))

    unknown = _search(model, lines, State(pairs=pairs), quick)
    best = best_of([widths(lines, unknown), *guesses(lines, settings)])
    for _ in range(settings.passes):
        before, best = best, best_of([widths(lines, tried[best]), *_beside_widths(best, settings.step)])
        if best == before:
            break
    found = _search(model, lines, State(widest=best, pairs=pairs), settings)
    return [(option[1], margin) for option, margin in found.steps]


def _beside_widths(known: Widths, step: int) -> Iterator[Widths]:
    """Widths one of which is a step more or less."""
    for c in _COLUMNS:
        for change in (-step, step):
            a, b, d, e = (max(width + change * (k == c), step) for k, width in enumerate(known))
            yield a, b, d, e


def guesses(lines: Sequence[BodyLine], settings: RowSettings = DEFAULT) -> list[Widths]:
    """Widths of the columns to begin with: usual shares of the longer lines."""
    across = sorted(_characters(line.words) for line in lines)
    longest = across[int(len(across) * DEFAULT.full)] if across else 0
    shared = [tuple(round(longest * share) for share in shares) for shares in settings.shares]
    return [(a, b, c, d) for a, b, c, d in shared]


def widths(lines: Sequence[BodyLine], path: _Path) -> Widths:
    """How many characters the fuller lines of each column hold; 0 for a column with too few to say."""
    return widths_of(lines, [option[1] for option, _ in path.steps])


def widths_of(lines: Sequence[BodyLine], cuts: Sequence[Sequence[Cut]]) -> Widths:
    """As :func:`widths`, of known cuts."""
    long: list[list[int]] = [[], [], [], []]
    for line, way in zip(lines, cuts, strict=True):
        for cut in way:
            words = line.words[cut.start : cut.end]
            long[cut.column].append(sum(map(len, words)) + len(words) - 1)
    a, b, c, d = (sorted(x)[int(len(x) * DEFAULT.full)] if len(x) >= DEFAULT.enough else 0 for x in long)
    return a, b, c, d


def _search(model: Model, lines: Sequence[BodyLine], begin: State, settings: RowSettings) -> _Path:
    beam = [_Path(0.0, begin)]
    for line in lines:
        scores = LineScores(model, line)
        grown: list[_Path] = []
        for path in beam:
            options = ways(model, line, path.state, settings.best, scores)
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
    return beam[0]


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
    rows[SASARAN] = []
    for k, place in zip(keys, starts, strict=True):
        if groups and groups[-1][0] == place:  # more Sasaran than rows: nothing is lost, but it is unsure
            rows[SASARAN][-1] = rows[SASARAN][-1] + cells[SASARAN][k]
            groups[-1] = place, settings.unlinked
        else:
            rows[SASARAN].append(cells[SASARAN][k])
            groups.append((place, 1.0 if begun.get(k) == place else settings.unlinked))
    linked[SASARAN] = [1.0] * len(groups)
    return Table(rows, groups, linked)


def _said(pieces: Sequence[PlacedPiece]) -> frozenset[str]:
    return stems(tuple(w for p in pieces for w in p.text.split()))


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

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
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from itertools import pairwise
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


@dataclass(frozen=True, slots=True)
class RowSettings:
    beam: int = 4
    """Hypotheses kept after each line."""
    best: int = 3
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


Odds = tuple[float, float, float, float]


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
    before; the columns whose headings came just before."""

    line: TextLine
    words: tuple[str, ...]
    piped: tuple[bool, ...]
    after_blank: bool
    heads: tuple[int, ...] = ()


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
    before, the stems of each Indikator and of the open cells, the words that have begun cells of each column."""

    row: tuple[int, ...] = (-1, -1, -1, -1)
    last: tuple[str, ...] = ("", "", "", "")
    seen: tuple[int, ...] = (-99, -99, -99, -99)
    widest: tuple[int, int, int, int] = (0, 0, 0, 0)
    before: tuple[int, ...] = ()
    stems: tuple[frozenset[str], ...] = ()
    cells: tuple[frozenset[str], ...] = (frozenset(),) * 4
    begun: tuple[tuple[str, ...], ...] = ((), (), (), ())
    number: int = 0


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


Features = dict[str, float]


@dataclass(slots=True)
class Model:
    """The features of pieces and their scores under ``w``; ``words`` are log odds of frequent words by column."""

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

    def head(self, line: BodyLine, start: int, c: int, a: int) -> Features:
        """What the first word of a piece says, whatever came before the line and however long the piece is."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        first = line.words[start]
        letter = next((ch for ch in first if ch.isalnum()), "")
        f: Features = {
            f"bias {key}": 1.0,
            f"{'capital' if letter.isupper() else 'number' if letter.isdigit() else 'small'} {key}": 1.0,
            f"kind {_kind(first)} {key}": 1.0,
            f"odds of first word {key}": self.odds(first, c),
        }
        if _ENUMERATED.match(first) or _GLUED_NUMBER.match(first):
            f[f"enumerated {key}"] = 1.0
            if start + 1 < len(line.words):
                f[f"kind {_kind(line.words[start + 1])} after number {key}"] = 1.0
        if start:
            f[f"edge {'at pipe' if line.piped[start] else 'without pipe'} {ACTIONS[a]}"] = 1.0
            before = line.words[start - 1]
            f[f"edge after {_ending(before)} {ACTIONS[a]}"] = 1.0
            if self.together(before, first):
                f["edge within known pair"] = 1.0
            if first.lower() in _OPEN_END:
                f[f"edge before joining word {key}"] = 1.0
        else:
            if line.piped[start]:
                f[f"pipe at head of {NAMES[c]}"] = 1.0
            if line.after_blank:
                f[f"after blank {key}"] = 1.0
            if line.heads:
                f[f"under {_heading(c, line.heads)} heading {ACTIONS[a]}"] = 1.0
        return f

    def body(self, line: BodyLine, cut: Cut) -> Features:
        """What the words of a piece say together."""
        words = line.words[cut.start : cut.end]
        f: Features = {f"words {NAMES[cut.column]}": sum(self.odds(w, cut.column) for w in words)}
        inner = sum(line.piped[cut.start + 1 : cut.end])
        if inner:
            f["pipe inside"] = inner
        told = [s for w in words if (s := stem(w))]
        if len(told) > len(set(told)):
            f[f"repeats itself {NAMES[cut.column]}"] = len(told) - len(set(told))
        kinds = [_kind(w) for w in words[1:] if w[:1].isupper()]
        for kind in ("indikator", "sumber", "sasaran"):
            if kind in kinds:
                f[f"{kind} head inside {NAMES[cut.column]}"] = 1.0
        if cut.start == 0 and cut.end == len(line.words):
            f[f"whole line {NAMES[cut.column]} {ACTIONS[cut.action]}"] = 1.0
        return f

    def link(self, line: BodyLine, start: int, c: int, a: int, state: State, beside: int) -> Features:
        """What the lines before say of a piece that begins here. ``beside`` is what this line did in the Indikator: 0
        nothing, 1 went on, 2 started one."""
        key = f"{NAMES[c]} {ACTIONS[a]}"
        first = line.words[start]
        f: Features = {}
        gap = min(state.number - state.seen[c], 4) if state.row[c] >= 0 else 9
        f[f"lines since {gap} {key}"] = 1.0
        if state.last[c]:
            end = state.last[c].split()[-1]
            f[f"cell ended {_ending(end)} {key}"] = 1.0
            if self.together(end, first):
                f[f"known pair at wrap {ACTIONS[a]}"] = 1.0
            if state.widest[c]:
                spare = state.widest[c] - len(state.last[c]) - 1 - len(first)
                f[f"next word had room {max(-2, min(3, spare // 3))} {key}"] = 1.0
        opening = _opening(first)
        own = state.begun[c].count(opening)
        rival = max(state.begun[k].count(opening) for k in range(len(NAMES)) if k != c)
        f[f"its first word began {min(own, 2)} here {min(rival, 2)} elsewhere {key}"] = 1.0
        if len(state.before) == 1 and start == 0:
            way = "same" if state.before[0] == c else "left" if state.before[0] < c else "right"
            f[f"from whole line {way} {ACTIONS[a]}"] = 1.0
        elif state.before:
            f[f"{'in' if c in state.before else 'not in'} line before {key}"] = 1.0
        if c in (PENJELASAN, SUMBER):
            row = target(state, Cut(start, start, c, a), beside)
            lead = max(-3, min(2, row - max(state.row[INDIKATOR] + (beside == _STARTED), 0)))
            f[f"beside {beside} {key}"] = 1.0
            f[f"row {lead} {key}"] = 1.0
        elif c == INDIKATOR and a == STARTS:
            lag = [min(2, max(-1, state.row[INDIKATOR] - state.row[k])) for k in (PENJELASAN, SUMBER)]
            f[f"leaves {lag[0]} {lag[1]}"] = 1.0
        return f

    def fill(self, line: BodyLine, cut: Cut, state: State, beside: int) -> Features:
        """What the lines before say of all of a piece."""
        c = cut.column
        words = line.words[cut.start : cut.end]
        f: Features = {}
        if state.widest[c]:
            length = sum(map(len, words)) + len(words) - 1
            f[f"against width {max(-4, min(3, (length - state.widest[c]) // 3))} {NAMES[c]}"] = 1.0
        mine = stems(words)
        if not mine:
            return f
        if cut.action == GOES_ON:
            f[f"says its cell again {NAMES[c]}"] = len(mine & state.cells[c])
        if c == PENJELASAN:
            row = target(state, cut, beside)
            there = state.stems[row] if 0 <= row < len(state.stems) else frozenset()
            there |= stems(line.words[: cut.start])
            f[f"says indikator {ACTIONS[cut.action]}"] = len(mine & there) / len(mine)
        if c == SUMBER:
            f[f"says indikator or penjelasan {ACTIONS[cut.action]}"] = len(
                mine & (state.cells[INDIKATOR] | state.cells[PENJELASAN] | stems(line.words[: cut.start]))
            ) / len(mine)
        return f

    @staticmethod
    def turn(left: tuple[int, int] | None, right: tuple[int, int] | None) -> Features:
        """How pieces follow on a line; ``None`` are its ends."""
        a, b = (f"{NAMES[x[0]]} {ACTIONS[x[1]]}" if x else "end" for x in (left, right))
        return {f"from {a} to {b}": 1.0}

    def score(self, f: Features) -> float:
        get = self.w.get
        return sum(get(name, 0.0) * value for name, value in f.items())

    def features(self, line: BodyLine, cuts: Sequence[Cut], state: State) -> Iterator[tuple[str, float]]:
        """All features of one way of cutting a line."""
        left, beside = None, 0
        for cut in cuts:
            here = cut.column, cut.action
            yield from self.turn(left, here).items()
            yield from self.head(line, cut.start, *here).items()
            yield from self.body(line, cut).items()
            yield from self.link(line, cut.start, *here, state, beside).items()
            yield from self.fill(line, cut, state, beside).items()
            left, beside = here, 1 + cut.action if cut.column == INDIKATOR else beside
        yield from self.turn(left, None).items()


def _heading(column: int, heads: Sequence[int]) -> str:
    if column not in heads:
        return "other"
    return "own" if len(set(heads)) == 1 else "first" if column == min(heads) else "shared"


def target(state: State, cut: Cut, beside: int) -> int:
    """The row of the cell that a piece goes to: beside an Indikator that starts, that one's; else the next or same."""
    c = cut.column
    if cut.action == GOES_ON:
        return state.row[c]
    if c in (PENJELASAN, SUMBER) and beside == _STARTED:
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
    begun, cells = list(state.begun), list(state.cells)
    beside = _beside(cuts)
    for cut in cuts:
        words = line.words[cut.start : cut.end]
        c = cut.column
        row[c] = target(state, cut, beside)
        last[c] = " ".join(words)
        seen[c] = state.number
        cells[c] = stems(words) | (cells[c] if cut.action == GOES_ON else frozenset())
        if cut.action == STARTS:
            begun[c] = (*begun[c], _opening(words[0]))
        if c == INDIKATOR:
            while len(said) <= row[c]:
                said.append(frozenset())
            said[row[c]] = said[row[c]] | stems(words)
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
    )


def _beside(cuts: Iterable[Cut]) -> int:
    return next((1 + cut.action for cut in cuts if cut.column == INDIKATOR), 0)


Scored = tuple[float, tuple[Cut, ...]]


@dataclass(slots=True)
class LineScores:
    """Scores of a line's pieces that no state changes, worked out once."""

    model: Model
    line: BodyLine
    heads: dict[tuple[int, int, int], float] = field(default_factory=dict)
    bodies: dict[Cut, float] = field(default_factory=dict)
    turns: dict[object, float] = field(default_factory=dict)
    state: State | None = None
    links: dict[tuple[int, int, int, int], float] = field(default_factory=dict)
    fills: dict[tuple[Cut, bool], float] = field(default_factory=dict)

    def turned(self, left: tuple[int, int] | None, right: tuple[int, int] | None) -> float:
        key = left, right
        if key not in self.turns:
            self.turns[key] = self.model.score(self.model.turn(left, right))
        return self.turns[key]

    def linked(self, state: State, start: int, c: int, a: int, beside: int) -> float:
        if self.state is not state:
            self.state, self.links, self.fills = state, {}, {}
        key = start, c, a, beside
        if key not in self.links:
            self.links[key] = self.model.score(self.model.link(self.line, start, c, a, state, beside))
        return self.links[key]

    def filled(self, state: State, cut: Cut, beside: int) -> float:
        """After :meth:`linked` with the same state."""
        key = cut, beside == _STARTED
        if key not in self.fills:
            self.fills[key] = self.model.score(self.model.fill(self.line, cut, state, beside))
        return self.fills[key]

    def of(self, cut: Cut) -> float:
        key = cut.start, cut.column, cut.action
        if key not in self.heads:
            self.heads[key] = self.model.score(self.model.head(self.line, *key))
        if cut not in self.bodies:
            self.bodies[cut] = self.model.score(self.model.body(self.line, cut))
        return self.heads[key] + self.bodies[cut]


def ways(model: Model, line: BodyLine, state: State, best: int, scores: LineScores | None = None) -> list[Scored]:
    """The best ways of cutting a line, from the best on: pieces in column order, none left out."""
    scores = scores or LineScores(model, line)
    n = len(line.words)
    edges = [n <= DEFAULT.longest or not i or line.piped[i] or line.words[i][:1].isupper() for i in range(n)] + [True]
    # chart[i]: partial cuts of the first i words by the last piece's column and action, and the Indikator's
    chart: list[dict[tuple[tuple[int, int] | None, int], list[Scored]]] = [{} for _ in range(n + 1)]
    chart[0][None, 0] = [(0.0, ())]
    for i in range(n):
        if not edges[i]:
            continue
        for slot in chart[i]:
            chart[i][slot] = sorted(chart[i][slot], key=lambda s: -s[0])[:best]
        for (left, beside), partial in chart[i].items():
            for c in range(left[0] + 1 if left else 0, len(NAMES)):
                for a in (GOES_ON, STARTS):
                    if a == GOES_ON and state.row[c] < 0:
                        continue
                    here = c, a
                    fixed = scores.turned(left, here) + scores.linked(state, i, c, a, beside)
                    slot_ = here, 1 + a if c == INDIKATOR else beside
                    for j in range(i + 1, n + 1):
                        if edges[j]:
                            cut = Cut(i, j, c, a)
                            score = fixed + scores.of(cut) + scores.filled(state, cut, beside)
                            chart[j].setdefault(slot_, []).extend((score + s, (*cuts, cut)) for s, cuts in partial)
    ends = [
        (score + model.score(model.turn(left, None)), cuts)
        for (left, _), slot in chart[n].items()
        for score, cuts in slot
    ]
    return sorted(ends, key=lambda s: -s[0])[:best]


@dataclass(frozen=True, slots=True)
class _Path:
    score: float
    state: State
    steps: tuple[tuple[Scored, float], ...] = ()


def search(
    model: Model, lines: Sequence[BodyLine], settings: RowSettings = DEFAULT
) -> list[tuple[tuple[Cut, ...], float]]:
    """The best cuts of all lines, each with its margin (score units) over the best way that differs on that line.

    A first pass finds how wide the columns are, the second one uses it.
    """
    first = _search(model, lines, (0, 0, 0, 0), replace(settings, beam=1, best=1))
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

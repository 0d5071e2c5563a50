"""Tables whose rules are partly or wholly missing, rebuilt from what is there.

Columns come from the gutters between strips of ink, their names from the headings, rows from the level rules that are
left or else from how the lines of the columns stand. The lattice that comes out is marked as guessed by what it claims
to see of its edges, so that its cells are doubted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.ruling_lines import Rules, Strokes
from iki.ingest.layout import column_gaps, row_breaks
from iki.ingest.layout.blocks import box_of, printed_rows
from iki.ingest.layout.column_gaps import ColumnStrip, GutterSettings
from iki.ingest.layout.row_breaks import Block, ColumnLine, RecordSettings
from iki.ingest.layout.ruled_table import GridSettings, Lattice, between
from iki.ingest.layout.text_lines import Components, LineSettings
from iki.model import Box, Line, Word
from iki.terms import CELLS
from iki.vocab.labels import match_heading, match_label

Array = NDArray[np.float64]
MARKS = ".,:;'`‘’“”\"-–—_|"
"""What a speck before a word may be read as."""


@dataclass(frozen=True, slots=True)
class Foot:
    """What tells the lines below a table from its own: whether a text may begin them, and whether one closes them."""

    begins: Callable[[str], bool]
    closes: Callable[[str], bool]


@dataclass(frozen=True, slots=True)
class AlignmentSettings:
    """Tolerances in usual line distances unless told otherwise."""

    gutters: GutterSettings = field(default_factory=GutterSettings)
    records: RecordSettings = field(default_factory=RecordSettings)
    grid: GridSettings = field(default_factory=GridSettings)
    lines: LineSettings = field(default_factory=LineSettings)
    heading: float = 0.75
    """Likeness (0–1) of words to a known heading."""
    longest: int = 6
    """Words beyond which a text is no heading."""
    fewest: int = 2
    """Headings of promised columns (``no`` aside) that found a table."""
    head_high: float = 0.9
    """Ink of the headings lies within this distance of the middle of those that were recognised."""
    above: float = 1.25
    """Further lines of the headings follow one another within this distance."""
    narrow: float = 4.0
    """A column of numbers is at most so wide, in letter heights."""
    word: float = 1.0
    """What stands nearer than this to a column's ink may be its heading's last word, in letter heights."""
    hung: float = 0.5
    """What stands nearer than this to a column's ink is no number of a list that hangs before the next one, in letter
    heights."""
    together: float = 3.0
    """Rows of the signature block follow one another within this distance."""
    block: float = 16.0
    """A signature block is at most so high from its label to the first NIP."""
    signature: float = 1.2
    """Room for a signature: the paper above a name is at least so high."""
    fewest_columns: int = 3
    """Without headings so many columns make a table that may go on from the page before …"""
    fewest_levels: int = 3
    """… if lines stand below one another on so many levels …"""
    fewest_ruled: int = 4
    """A ruled table with one row and fewer columns is a form or a frame."""
    skipped: int = 4
    """… with at most so many lines (page number, form's name) above it."""
    label: float = 0.78
    """Likeness (0–1) to a label of the form."""
    guessed: float = 0.5
    """What a guessed edge claims to be seen (0–1)."""
    rule_share: float = 0.3
    """Share of the table's width over which its first and last level rule must be seen."""
    ruled: float = 0.6
    """Share of the rows that end at a level rule from which the rules tell all rows."""
    level: float = 0.45
    """Lines whose middles differ by less than this stand on one level."""
    margin: float = 0.5
    """Paper left around the table."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """A promised column's heading found among the words of the page (straight px)."""

    name: str
    box: Box


@dataclass(frozen=True, slots=True)
class _Head:
    """The row of headings: those recognised, and from which y to which its ink stands (px)."""

    headings: tuple[_Heading, ...]
    y0: float
    y1: float

    @property
    def middle(self) -> float:
        return (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class _Table:
    """A table before its rows are known: the x of its columns, their names and lines, and its ink."""

    xs: Array
    names: tuple[str | None, ...]
    lines: tuple[tuple[ColumnLine, ...], ...]
    head: _Head | None
    top: float
    bottom: float


def guess(
    lines: Sequence[Line],
    parts: Components,
    rules: Rules,
    letter: float,
    pitch: float,
    foot: Foot,
    settings: AlignmentSettings = AlignmentSettings(),
) -> Lattice | None:
    """A lattice for a page on which no ruled table was found, or ``None`` where nothing stands in columns.

    ``lines`` are the page's lines as read, ``parts`` its pieces of ink and ``rules`` what it shows of rules, all
    in straight px; ``letter`` is the height of letters and ``pitch`` the usual distance of lines (px).
    ``foot`` tells what stands below a table. A page without headings may go on with the table of the page before.
    """
    lines = [x for x in lines if x.text.strip()]
    head = _head(lines, pitch, settings)
    table = _headed(head, lines, parts, letter, pitch, foot, settings) if head else None
    if head is None:
        table = _headless(lines, parts, letter, pitch, foot, settings)
    if table is None:
        return None
    lead = row_breaks.leading(table.lines, letter, settings.records)
    ys, there = _rows(table, lead or pitch, lead is not None, settings)
    ruled = _ruled(table, rules, letter, pitch, settings)
    sure = _sentences(ys, table, lines, lead or pitch)
    if ruled is not None and _agree(ruled.ys, sure, lead or pitch) >= settings.ruled:
        more = _missing_rules(ruled.ys, ys, sure, table, lead or pitch)
        whole = np.sort([*ruled.ys, *more])
        level = np.insert(ruled.level, np.searchsorted(ruled.ys, more), settings.guessed, axis=0)
        upright = np.full((len(whole) - 1, len(table.xs)), settings.guessed)
        return Lattice(ruled.xs, whole, level, upright, ruled=False)
    level = np.full((len(ys), len(table.xs) - 1), settings.guessed)
    level[1:-1][~there] = 0.0
    return Lattice(table.xs, ys, level, np.full((len(ys) - 1, len(table.xs)), settings.guessed), ruled=False)


def extent(
    lines: Sequence[Line], pitch: float, foot: Foot, settings: AlignmentSettings = AlignmentSettings()
) -> tuple[float, float] | None:
    """From which y to which (straight px) a table reaches below the middle of its headings; ``None`` without these."""
    lines = [x for x in lines if x.text.strip()]
    head = _head(lines, pitch, settings)
    return (head.middle + pitch / 2, _ends(lines, head.y1, pitch, foot, settings)[-1]) if head else None


def divided(
    table: Lattice,
    names: Sequence[str | None],
    first: int,
    parts: Components,
    letter: float,
    pitch: float,
    settings: AlignmentSettings = AlignmentSettings(),
) -> Lattice:
    """A table with column rules but none between its rows, with rows told from how the lines stand.

    ``names`` are those of its columns, as far as known, ``first`` is the first row below the headings; the rest is as
    for ``guess``. A table with more than one row below the headings is returned as it is.
    """
    if len(table.ys) - 1 != first + 1 or len(table.xs) - 1 < settings.fewest_ruled:
        return table
    top, bottom = float(table.ys[first]), float(table.ys[-1])
    columns = [parts.within(Box(a, top, b, bottom)) for a, b in pairwise(table.xs)]
    lines = tuple(tuple(row_breaks.column_lines(c, letter, settings.lines, settings.records)) for c in columns)
    lead = row_breaks.leading(lines, letter, settings.records)
    strict = replace(settings, records=replace(settings.records, plain=np.inf))
    ys, there = _rows(_Table(table.xs, tuple(names), lines, None, top, bottom), lead or pitch, lead is not None, strict)
    level = np.where(there, settings.guessed, 0.0)
    return Lattice(
        table.xs,
        np.concatenate([table.ys[: first + 1], ys[1:]]),
        np.concatenate([table.level[: first + 1], level, table.level[-1:]]),
        np.concatenate([table.upright[:first], np.repeat(table.upright[first:], len(ys) - 1, axis=0)]),
    )


def _words(lines: Sequence[Line]) -> list[Word]:
    return [w for x in lines if x.readings for w in x.readings[0].words]


def _hits(words: Sequence[Word], settings: AlignmentSettings) -> list[_Heading]:
    """The headings of promised columns among the words of one printed row: the likeliest and longest runs first."""
    runs = []
    for i in range(len(words)):
        for n in range(1, min(settings.longest, len(words) - i) + 1):
            text = " ".join(w.text for w in words[i : i + n])
            name, score = match_heading(text)
            if name in CELLS and score >= settings.heading:
                runs.append((score, len(text), i, i + n, name))
    taken: set[int] = set()
    found = []
    for _, _, start, end, name in sorted(runs, key=lambda run: (-run[0], -run[1], run[2])):
        if name and taken.isdisjoint(range(start, end)):
            taken |= set(range(start, end))
            boxes = [w.box for w in words[start:end]]
            found.append(
                _Heading(name, Box(boxes[0].x0, min(b.y0 for b in boxes), boxes[-1].x1, max(b.y1 for b in boxes)))
            )
    return found


def _head(lines: Sequence[Line], pitch: float, settings: AlignmentSettings) -> _Head | None:
    """The row of headings: where most promised columns are named side by side, the uppermost of such rows."""
    rows = printed_rows(lines, settings.level * pitch)
    hits = [h for row in rows for h in _hits(_words(row.lines), settings)]
    best: list[_Heading] = []
    for hit in hits:
        near = [h for h in hits if abs(h.box.centre[1] - hit.box.centre[1]) <= settings.head_high * pitch]
        if len({h.name for h in near}) > len({h.name for h in best}):
            best = near
    if len({h.name for h in best}) < settings.fewest:
        return None
    middle = float(np.median([h.box.centre[1] for h in best]))
    reach = settings.head_high * pitch
    return _Head(tuple(sorted(best, key=lambda h: h.box.x0)), middle - reach, middle + reach)


def _ends(lines: Sequence[Line], start: float, pitch: float, foot: Foot, settings: AlignmentSettings) -> list[float]:
    """Where (y) the table may end: above rows that may begin its foot, or above those that stand close to what closes
    it; where nothing does, also below all."""
    rows = printed_rows([x for x in lines if box_of(x).centre[1] > start], settings.level * pitch)
    closed = next((row.box.y0 for row in rows if any(foot.closes(x.text) for x in row.lines)), None)
    found: list[float] = []
    last = above = -np.inf
    signed = start
    for row in rows:
        if row.box.y0 - above > settings.signature * pitch:
            signed = row.box.y0
        above = row.box.y1
        if row.box.y0 == closed and not found:
            return [signed - 1]
        if closed is not None and row.box.y0 >= closed and found and closed - last <= settings.block * pitch:
            return found
        if any(foot.begins(x.text) or foot.closes(x.text) for x in row.lines):
            if row.box.y0 - last > settings.together * pitch:
                found.append(row.box.y0 - 1)
            last = row.box.y1
        if row.box.y0 == closed:
            return found
    return [*found, (rows[-1].box.y1 if rows else start) + settings.margin * pitch]


def _headed(
    head: _Head,
    lines: Sequence[Line],
    parts: Components,
    letter: float,
    pitch: float,
    foot: Foot,
    settings: AlignmentSettings,
) -> _Table | None:
    strips: list[ColumnStrip] = []
    bottom = head.y1
    for end in _ends(
        lines, head.y1, pitch, foot, settings
    ):  # a wrong end too high leaves all columns, one too low does not
        inside = parts.within(Box(-np.inf, head.y0, np.inf, end))
        found = _under_headings(
            column_gaps.strips(inside, letter, settings.gutters, settings.lines), head, inside, letter, settings
        )
        if len(found) >= len(strips):
            strips, bottom = found, end
    inside = parts.within(Box(-np.inf, head.y0, np.inf, bottom))
    strips = [piece for s in strips for piece in _parted(s, head, inside, letter)]
    if len(strips) < settings.fewest_columns:
        return None
    top = _top(head.y0, strips, lines, pitch, settings)
    whole = parts.within(Box(-np.inf, top, np.inf, bottom))
    return _table(strips, whole, head, letter, pitch, settings)


def _headless(
    lines: Sequence[Line], parts: Components, letter: float, pitch: float, foot: Foot, settings: AlignmentSettings
) -> _Table | None:
    """What stands in columns below the first few lines of a page that has neither headings nor a form's labels."""
    if sum(_is_form(x.text, settings) for x in lines) > 1:
        return None
    ends = _ends(lines, -np.inf, pitch, foot, settings)
    best: tuple[list[ColumnStrip], Components] | None = None
    rows = printed_rows(lines, settings.level * pitch)
    for row in rows[: settings.skipped + 1]:
        if row.box.y0 > ends[0]:
            break
        for end in ends:
            if sum(row.box.y0 <= r.box.y0 < end for r in rows) < settings.fewest_levels:
                continue
            inside = parts.within(Box(-np.inf, row.box.y0 - 1, np.inf, end))
            strips = column_gaps.strips(inside, letter, settings.gutters, settings.lines) if len(inside) else []
            if len(strips) >= (len(best[0]) if best else settings.fewest_columns):
                best = strips, inside
        if best:
            return _table(*best, None, letter, pitch, settings)
    return None


def _is_form(text: str, settings: AlignmentSettings) -> bool:
    name, score, _ = match_label(text)
    return name in ("judul", "perangkat_daerah", "jabatan") and score >= settings.label


def _under_headings(
    strips: Sequence[ColumnStrip], head: _Head, inside: Components, letter: float, settings: AlignmentSettings
) -> list[ColumnStrip]:
    """The strips that are columns: a heading of its own stands over each, numbers at the left edge need none.

    Ragged text without a heading, the end of a heading without text, and what a heading reaches across belong to the
    strip on the left; the numbers of lists, which hang before their text, to the one on the right.
    """
    kept: list[ColumnStrip] = []
    hung: ColumnStrip | None = None
    middle, level = (inside.x0 + inside.x1) / 2, (inside.y0 + inside.y1) / 2
    for i, strip in enumerate(strips):
        own = level[(middle >= strip.x0) & (middle < strip.x1)]
        headed, filled = bool((own < head.y1).any()), bool((own >= head.y1).any())
        near = bool(kept) and strip.x0 - kept[-1].x1 < settings.word * letter
        numbers = strip.x1 - strip.x0 <= settings.narrow * letter
        across = bool(kept) and any(_spans(h, kept[-1], strip) for h in head.headings)
        if not kept or (numbers and i == 0) or (headed and not across and (filled or not near)):
            kept.append(ColumnStrip(hung.x0, strip.x1) if hung else strip)
            hung = None
        elif filled and not headed and not hung and numbers and strip.x0 - kept[-1].x1 >= settings.hung * letter:
            hung = strip
        else:
            kept[-1], hung = ColumnStrip(kept[-1].x0, strip.x1), None
    return kept if hung is None else [*kept[:-1], ColumnStrip(kept[-1].x0, hung.x1)]


def _spans(heading: _Heading, left: ColumnStrip, right: ColumnStrip) -> bool:
    """Whether a heading reaches well into both of two strips."""
    quarter = heading.box.width / 4
    return left.x1 - heading.box.x0 > quarter and heading.box.x1 - right.x0 > quarter


def _parted(strip: ColumnStrip, head: _Head, parts: Components, letter: float) -> list[ColumnStrip]:
    """A strip over which several headings stand, cut where between them fewest lines have ink."""
    own = [h for h in head.headings if strip.x0 <= h.box.centre[0] < strip.x1]
    cuts = [
        column_gaps.lowest(a.box.centre[0], b.box.centre[0], parts, letter)
        for a, b in pairwise(own)
        if a.name != b.name and a.box.centre[0] + letter < b.box.centre[0]
    ]
    return [ColumnStrip(a, b) for a, b in pairwise([strip.x0, *cuts, strip.x1])]


def _top(
    y: float, strips: Sequence[ColumnStrip], lines: Sequence[Line], pitch: float, settings: AlignmentSettings
) -> float:
    """The y above the first line of the headings: lines that go on upwards and stand within the columns."""
    edge = settings.level * pitch
    inner = [(a.x1 + b.x0) / 2 for a, b in pairwise(strips)]
    first = min((box_of(x).centre[1] for x in lines if box_of(x).centre[1] >= y), default=y)
    for row in reversed(printed_rows([x for x in lines if box_of(x).centre[1] < y], edge)):
        crossing = any(box_of(x).x0 < cut < box_of(x).x1 for x in row.lines for cut in inner)
        if first - row.box.centre[1] > settings.above * pitch or crossing:
            break
        first = row.box.centre[1]
    return first - edge


def _table(
    strips: Sequence[ColumnStrip],
    inside: Components,
    head: _Head | None,
    letter: float,
    pitch: float,
    settings: AlignmentSettings,
) -> _Table:
    xs = column_gaps.between(strips, inside, letter, settings.gutters)
    columns = [inside.within(Box(a, -np.inf, b, np.inf)) for a, b in pairwise(xs)]
    lines = tuple(tuple(row_breaks.column_lines(c, letter, settings.lines, settings.records)) for c in columns)
    names: list[str | None] = [
        next((h.name for h in head.headings if a <= h.box.centre[0] < b), None) if head else None
        for a, b in pairwise(xs)
    ]
    if names[0] is None and strips[0].x1 - strips[0].x0 <= settings.narrow * letter:
        names[0] = "no"
    ink = [line for column in lines for line in column]
    margin = settings.margin * pitch
    return _Table(xs, tuple(names), lines, head, min(x.y0 for x in ink) - margin, max(x.y1 for x in ink) + margin)


def _rows(table: _Table, lead: float, wrapped: bool, settings: AlignmentSettings) -> tuple[Array, NDArray[np.bool_]]:
    """The y between and around the rows, and which of the inner ones end a cell (rows - 1 × columns)."""
    cut = [row_breaks.blocks(column, lead if wrapped else None, settings.records) for column in table.lines]
    number = table.names.index("no") if "no" in table.names else None
    key = _key(table.names, cut, number)
    ends = row_breaks.row_ends(cut, key, number, lead, settings.records)
    texts = [c for i, c in enumerate(cut) if table.names[i] not in ("no", "sasaran")]
    centred = row_breaks.is_centred(texts, [table.top, *ends, table.bottom], settings.records)
    if not centred:
        ends = row_breaks.witnessed(ends, cut, key, lead, settings.records)
    ends = _with_head(ends, table, key)
    ys = np.array([table.top, *ends, table.bottom])
    heads = 1 + sum(end < table.head.middle for end in ends) if table.head else 0
    firsts = [[x.baseline for x in table.lines[key] if a < x.baseline <= b] for a, b in pairwise(ys[heads:])]
    there = np.ones((len(ends), len(table.lines)), bool)
    for c, column in enumerate(cut):
        if c != key:
            there[heads:, c] = row_breaks.edges(
                [b for b in column if b.first > ys[heads]],
                [min(own, default=None) for own in firsts],
                ys[heads:],
                lead,
                centred,
                c < key,
                settings.records,
            )
    return ys, there


def _key(names: Sequence[str | None], cut: Sequence[Sequence[Block]], number: int | None) -> int:
    """The column with a text of its own in every row: the indikator, or the one with most blocks."""
    if "indikator" in names:
        return names.index("indikator")
    return max((i for i in range(len(cut)) if i != number), key=lambda i: (len(cut[i]), -i))


def _with_head(ends: Sequence[float], table: _Table, key: int) -> list[float]:
    """The ends of rows, that of the headings among them."""
    if table.head is None:
        return list(ends)
    for above, line in pairwise(table.lines[key]):
        if line.baseline > table.head.y1:
            missing = not any(table.head.middle < end < line.y1 for end in ends)
            return sorted([*ends, (above.y1 + line.y0) / 2] if missing else ends)
    return list(ends)


def _ruled(table: _Table, rules: Rules, letter: float, pitch: float, settings: AlignmentSettings) -> Lattice | None:
    """The lattice that the level rules make with the columns found, as if upright rules ran between these."""
    y0, y1 = max(0, int(table.top - pitch)), int(table.bottom + pitch)
    across = rules.plain[y0:y1, max(0, int(table.xs[0])) : int(table.xs[-1])].mean(axis=1) / 255
    seen = np.flatnonzero(across >= settings.rule_share)
    if not len(seen):
        return None
    first, last = y0 + int(seen[0]), y0 + int(seen[-1])
    drawn = np.zeros_like(rules.plain)
    for x in np.round(table.xs).astype(int):
        drawn[first : last + 1, max(0, x - 1) : x + 2] = 255
    upright = Strokes(drawn, np.asarray(cv2.bitwise_not(drawn)))
    return between(table.xs, (first - letter, last + letter), replace(rules, upright=upright), letter, settings.grid)


def _sentences(ends: Array, table: _Table, lines: Sequence[Line], lead: float) -> Array:
    """The ends of rows (y) without those after which a column that has a text of its own in every row goes on with a
    small letter."""
    key = _key(table.names, [()] * len(table.names), 0 if table.names[0] == "no" else None)
    own = [w for w in _words(lines) if table.xs[key] <= w.box.centre[0] < table.xs[key + 1]]

    def goes_on(end: float) -> bool:
        below = [w for w in own if end - lead / 2 < w.box.y0 and w.box.centre[1] > end]
        first = min((w.box.centre[1] for w in below), default=0.0)
        level = [w for w in below if w.box.centre[1] < first + lead / 2]
        letters = "".join(w.text for w in sorted(level, key=lambda w: w.box.x0)).lstrip(MARKS)
        return letters[:1].islower()

    return np.array([ends[0], *(end for end in ends[1:-1] if not goes_on(float(end))), ends[-1]])


def _missing_rules(rules: Array, ends: Array, sure: Array, table: _Table, lead: float) -> list[float]:
    """Where (y) further rows begin or end than level rules tell: above and below the headings, and between two numbers
    that stand in one row, at those of the ``ends`` by the text that are ``sure``."""
    more = []
    if table.head is not None:
        more += [table.top] if rules[0] > table.head.middle else []
        below = ends[ends > table.head.middle][:1]
        more += [float(end) for end in below if np.abs(rules - end).min() > lead]
    numbers = table.lines[table.names.index("no")] if "no" in table.names else ()
    middles = np.array([(line.y0 + line.y1) / 2 for line in numbers if table.head is None or line.y0 > table.head.y1])
    for end in sure[1:-1]:
        row = np.searchsorted(rules, end)
        if 0 < row < len(rules) and np.abs(rules - end).min() > lead:
            above = (middles > rules[row - 1]) & (middles < end)
            below = (middles > end) & (middles < rules[row])
            more += [float(end)] if above.any() and below.any() else []
    return more


def _agree(rules: Array, ends: Array, lead: float) -> float:
    """Share of the rows' ends at which a level rule runs."""
    inner = ends[1:-1]
    return float((np.abs(inner[:, None] - rules).min(axis=1) <= lead).mean()) if len(inner) else 0.0

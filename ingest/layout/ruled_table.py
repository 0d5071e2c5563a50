"""The table: where its rules run, which are missing, and the cells that this makes.

Works on a straight page. A rule is a thin peak of ink with nothing on either side; letters are not, so that rules are
found even where a fifth of their pixels is gone. Each rule is judged only along the paper where it could be seen, not
where letters stand too near to tell: so a worn rule beside full lines of text is still plainer than letters that happen
to stand in line. Merged cells are simply missing edges.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Mask
from iki.ingest.image.profiles import around, clusters, peaks, runs
from iki.ingest.image.ruling_lines import Rules, Strokes, level_mask
from iki.ingest.layout.vertical_rules import Rule, UprightSettings, families, uprights
from iki.model import Box

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GridSettings:
    """Tolerances in letter heights unless told otherwise. Shares called *relative* are of what the table's rules
    usually show, so that a worn table is judged by its own measure; shares *where it could be seen* leave out the
    length along which letters stand too near to tell."""

    uprights: UprightSettings = field(default_factory=UprightSettings)
    reach: float = 0.3
    """A rule is looked for this far on either side of where it should run."""
    drift: float = 0.1
    """An upright rule may stray so far from its middle."""
    inset: float = 0.3
    """Strip beside a rule that is left out when what crosses it is looked for."""
    past: float = 1.5
    """Level rules are looked for this far above and below the upright ones."""
    level_apart: float = 0.9
    """Level rules nearer to each other than this are one: no row is lower."""
    edge: float = 0.2
    """Share of a column's width over which a level edge must be seen at the least …"""
    half: float = 0.45
    """… and relative share of it that the emptier half of the column must show …"""
    end: tuple[float, float] = (0.6, 0.3)
    """… and the emptier of its ends, which are so wide: what stands free in a cell is a drawing, or an underline."""
    edge_relative: float = 0.5
    """Relative share from which a level edge founds a row."""
    level_told: float = 0.8
    """Share of a column's width along which a level rule must be told or ruled out, to count in full."""
    joint: float = 0.41
    """Share, where it could be seen, that a level rule must show on average in …"""
    joined: int = 3
    """… so many columns to found a row although it is plain in none."""
    lettered: float = 0.2
    """Share, where it could be seen, of level strokes that lines of letters show …"""
    bare: float = 0.15
    """Share that so many columns must show where no letters stand near, to found a row."""
    dotted: float = 0.3
    """… and from which a level edge closes a cell where the row is founded …"""
    weak_relative: float = 0.36
    """… or relative share of the column's width."""
    upright_told: float = 0.25
    """Share of a row's height along which an upright rule must be told or ruled out, to count in full."""
    upright_seen: float = 0.2
    """Share, where it could be seen, from which a row has seen an upright rule …"""
    often: float = 0.7
    """… and share of the rows that must have seen it."""
    whole: tuple[float, float] = (0.9, 2.2)
    """Or it fills this share of one row's height, in a row at least so high: some columns are not in every row."""
    upright_relative: float = 0.4
    """Relative share from which an upright edge parts two cells, or on average a table's columns, …"""
    upright_weak: float = 0.2
    """… and from which it does so along a rule that runs beside the whole table …"""
    blank: float = 0.9
    """… or share of a row's height without a letter near it: where cells are merged their text runs across …"""
    plain: float = 0.7
    """… unless upright rules usually show this share: then a rule that is not seen parts only texts on both sides …"""
    text: float = 0.5
    """… which fill at least so much of a cell, in squares of a letter's height, with what stands near them."""
    beside: tuple[float, float] = (0.2, 0.5)
    """In this band above or below a level rule, an upright one that meets it …"""
    meeting: float = 0.3
    """… shows at least this share of ink: the usual one, at the usual level rule."""
    upright_whole: float = 0.5
    """Relative share of the table's height over which an inner upright rule must be seen."""
    neighbours: tuple[float, float] = (0.6, 4.0)
    """From an upright rule, the band on either side in which lines of text are looked for;"""
    between: float = 0.8
    """… share of it that must be bare paper where there is no line;"""
    room: float = 2.0
    """… sum of the heights without a line from which it can be told …"""
    goes_on: float = 0.25
    """… whether the rule is seen there, at least so much as beside lines."""
    smoothed: float = 2.0
    """Window over which the ink of rules is smoothed when their ends are looked for."""
    link: float = 10.0
    """Gaps within rules of up to this length are no ends."""
    ends: float = 1.2
    """Number of rules that must be seen for a table to reach so far …"""
    ends_share: float = 0.12
    """… or share of its rules."""
    stub: float = 1.6
    """Upright rules that reach this far past the last level rule show that a row goes on there."""
    crossing: float = 0.5
    """Relative share of a table's width that at least two level rules must show."""
    closed: float = 0.55
    """Share of a table's columns that its first and last level rule must close."""
    narrowest: float = 20.0
    """A table is at least so wide."""
    parting: tuple[float, float] = (0.4, 0.75)
    """Tables above one another are parted by so much paper between two level rules, along which none of the upright
    ones shows this share …"""
    whole_width: float = 0.8
    """… or by a level rule over this share of their width at which the outer ones step aside …"""
    over: float = 0.2
    """… and beyond which no inner one goes on for more than this share of its length."""
    usual: float = 75
    """Percentile of the edges found that tells what the table's rules usually show."""
    beside_rule: float = 0.6
    """In a table, such runs are of its rules, doubled ones included, when no further from their middle than this."""
    wiped: float = 1.6
    """Runs longer than this many times a piece of a rule are wiped before reading."""


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """A table's rules: ``xs`` (columns + 1), ``ys`` (rows + 1), and how much of its edges is seen (0–1, of the usual).

    ``level[r, c]`` is the edge at ``ys[r]`` over column ``c``, ``upright[r, c]`` that at ``xs[c]`` beside row ``r``.
    ``ruled`` is false where columns were told from how the text stands.
    """

    xs: Array
    ys: Array
    level: Array
    upright: Array
    ruled: bool = True


@dataclass(frozen=True, slots=True)
class Span:
    """A cell as a block of the lattice; ``box`` in straight px between the middles of its rules."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    certainty: float


def lattice(family: list[Rule], rules: Rules, letter: float, settings: GridSettings = GridSettings()) -> Lattice | None:
    """The lattice of one table from its plain upright rules and all that the page shows of rules.

    ``None`` where no two level rules close a row, or nothing but a frame comes out.
    """
    past = settings.past * letter
    within = min(r.start for r in family) - past, max(r.end for r in family) + past
    xs = np.array([r.at for r in family])
    ys = _rows(xs, within, rules, letter, settings)
    if len(ys) < 2:  # noqa: PLR2004
        return None
    xs = _columns(xs, ys, rules, letter, settings)
    return between(xs, within, rules, letter, settings) if _meet(xs, within, rules, letter, settings) else None


def between(
    xs: Array, within: tuple[float, float], rules: Rules, letter: float, settings: GridSettings = GridSettings()
) -> Lattice | None:
    """The lattice of the level rules between two heights (y, px) with columns whose ``xs`` (px) are known.

    ``None`` where no two level rules close a row, or nothing but a frame comes out.
    """
    ys = _rows(xs, within, rules, letter, settings)
    if len(ys) < 2:  # noqa: PLR2004
        return None
    return _trimmed(_seen(xs, _closed(xs, ys, rules, letter, settings), rules, letter, settings), letter, settings)


def _rows(xs: Array, within: tuple[float, float], rules: Rules, letter: float, settings: GridSettings) -> Array:
    """The y of the level rules that lie ``within`` and are plain in one column, or faintly seen in several."""
    if len(xs) < 2:  # noqa: PLR2004
        return np.array([])
    columns, inset = list(pairwise(xs)), settings.inset * letter
    apart = max(2, round(settings.level_apart * letter))
    outside = np.ones(rules.plain.shape[0], bool)
    outside[max(0, int(within[0])) : int(within[1])] = False
    found: list[tuple[float, float, float]] = []
    for a, b in columns:
        whole, half = _halves(rules.plain, a + inset, b - inset)
        free = _emptier_end(rules.plain, a + inset, b - inset, letter, settings) < settings.end[1] * whole
        score = np.where(outside | free | (half < settings.half * whole), 0.0, whole)
        found += [(float(y), float(score[y]), b - a) for y in peaks(score, settings.edge, apart)]
    plain = settings.edge_relative * _usual([share for _, share, _ in found], settings)
    founding = [(y, share * wide) for y, share, wide in found if share >= plain]
    shares = [_level_shares(rules.level, a + inset, b - inset, settings) for a, b in columns]
    faint, alone = (np.sort(kind, axis=0) for kind in zip(*shares, strict=True))
    joint = np.where(outside, 0.0, faint[-settings.joined :].mean(axis=0))
    founding += [(float(y), float(joint[y]) * (xs[-1] - xs[0])) for y in peaks(joint, settings.joint, apart)]
    least = np.where(outside, 0.0, alone[-min(settings.joined, len(columns))])
    founding += [(float(y), float(least[y]) * (xs[-1] - xs[0])) for y in peaks(least, settings.bare, apart)]
    return clusters(founding, settings.level_apart * letter)


def _meet(xs: Array, within: tuple[float, float], rules: Rules, letter: float, settings: GridSettings) -> bool:
    """Whether upright rules reach the level ones between two heights: letters that stand in line keep away from these.

    Level rules count that run over most of the width between the outermost ``xs``.
    """
    whole, _ = _level_shares(rules.level, float(xs[0]), float(xs[-1]), settings)
    whole[: max(0, int(within[0]))], whole[int(within[1]) :] = 0, 0
    ys = peaks(whole, settings.crossing, max(2, round(settings.level_apart * letter)))
    near, far = (max(2, round(d * letter)) for d in settings.beside)
    drift = max(1, round(settings.drift * letter))
    reached = []
    for x in np.round(xs).astype(int):
        ink = rules.upright.thin[:, max(0, x - drift) : x + drift + 1].max(axis=1) / 255
        ends = [(ink[max(0, y - far) : max(0, y - near)], ink[y + near : y + far]) for y in ys]
        reached += [[max(end.mean() if end.size else 0.0 for end in both) for both in ends]]
    return not ys or float(np.median(np.median(reached, axis=1))) >= settings.meeting


def _halves(mask: Mask, x0: float, x1: float) -> tuple[Array, Array]:
    """Share of the width from ``x0`` to ``x1`` that a mask (H×W) fills, and of its emptier half, at every y."""
    middle = (x0 + x1) / 2
    left, right = _mean(mask, x0, middle), _mean(mask, middle, x1)
    return (left + right) / 2, np.minimum(left, right)


def _emptier_end(mask: Mask, x0: float, x1: float, letter: float, settings: GridSettings) -> Array:
    """Share that a mask (H×W) fills of the emptier of the strips beside ``x0`` and ``x1``, at and about every y."""
    wide = max(3, settings.end[0] * letter)
    ends = np.minimum(_mean(mask, x0, x0 + wide), _mean(mask, x1 - wide, x1))
    return np.asarray(cv2.dilate(ends, np.ones((2 * max(1, round(settings.drift * letter)) + 1, 1))).ravel())


def _level_shares(strokes: Strokes, x0: float, x1: float, settings: GridSettings) -> tuple[Array, Array]:
    """Share of the width from ``x0`` to ``x1`` with a level stroke, at every y.

    The first is of the width where one could be seen, the second of all of it and only where no letters stand near.
    """
    thin, bare = _mean(strokes.thin, x0, x1), _mean(strokes.bare, x0, x1)
    told = thin + bare
    return thin / np.maximum(told, settings.level_told), np.where(told >= settings.blank, thin, 0.0)


def _mean(mask: Mask, x0: float, x1: float) -> Array:
    """Share (0–1) of the width from ``x0`` to ``x1`` that a mask (H×W) fills, at every y; 0 where there is no width."""
    a, b = max(0, round(x0)), round(x1)
    if b - a < 2:  # noqa: PLR2004
        return np.zeros(mask.shape[0])
    return np.asarray(cv2.reduce(mask[:, a:b], 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() / 255, np.float64)


def _columns(xs: Array, ys: Array, rules: Rules, letter: float, settings: GridSettings) -> Array:
    """The x of the upright rules beside some rows, with those that are too worn to be plain.

    ``xs`` are the plain ones. Every row tells of each x how much of a rule it shows where one could be seen; a rule is
    one that shows about as much as the plain ones, in most rows. The outermost are those where the level rules end.
    """
    x0, x1 = _extent(rules.plain, xs, ys, letter, settings)
    x0, x1 = min(x0, float(xs[0])), max(x1, float(xs[-1]))
    left, right = max(0, round(x0 - letter)), round(x1 + letter)
    drift = max(1, round(settings.drift * letter))
    share, told, whole = _upright_shares(rules.upright, ys, slice(left, right), drift, letter, settings)
    weight = told * np.diff(ys)[:, None]
    known = weight.sum(axis=0)
    mean = np.where(
        known >= settings.upright_told * known.max(), (share * weight).sum(axis=0) / np.maximum(known, 1e-9), 0.0
    )
    seen = ((share >= settings.upright_seen) & told).sum(axis=0) / np.maximum(told.sum(axis=0), 1)
    usual = float(np.median([around(mean, x - left, drift) for x in xs]))
    apart = settings.uprights.apart * letter
    score = np.where(seen >= settings.often, mean, 0.0)
    sure = np.asarray(whole.any(axis=0))
    score = np.where(sure, np.maximum(score, usual), score)
    thin = rules.upright.thin[int(ys[0]) : int(ys[-1]), left:right].mean(axis=0, dtype=np.float64)
    reach = max(1, round(settings.reach * letter))
    places = [
        (left + _centre(thin, place, reach), bool(sure[place]))
        for place in peaks(score, settings.upright_whole * usual, max(2, round(apart)))
    ]
    found = [x for x, certain in places if certain or _goes_on(x, ys, rules.upright, letter, settings)]
    near = apart + settings.smoothed / 2 * letter
    first = [x0] if not found or found[0] > x0 + near else []
    last = [x1] if not found or found[-1] < x1 - near else []
    return np.array([*first, *found, *last])


def _goes_on(x: float, ys: Array, strokes: Strokes, letter: float, settings: GridSettings) -> bool:
    """Whether an upright rule is seen between the lines of text beside it as well: stems of letters that stand in line
    end with their lines. True where there is too little room between lines to tell.
    """
    reach = max(1, round(settings.reach * letter))
    near, far = (round(d * letter) for d in settings.neighbours)
    middle, rows = round(x), slice(int(ys[0]), int(ys[-1]))
    bare = strokes.bare[rows]
    beside = np.hstack([bare[:, max(0, middle - far) : max(0, middle - near)], bare[:, middle + near : middle + far]])
    between = beside.mean(axis=1) / 255 >= settings.between
    if between.all() or between.sum() < settings.room * letter:
        return True
    seen = strokes.thin[rows, max(0, middle - reach) : middle + reach + 1].max(axis=1) > 0
    return bool(seen[between].mean() >= settings.goes_on * seen[~between].mean())


def _centre(profile: Array, place: int, reach: int) -> float:
    """The middle of what a profile shows within ``reach`` of a place."""
    first = max(0, place - reach)
    near = profile[first : place + reach + 1]
    return first + float((near * np.arange(len(near))).sum() / max(near.sum(), 1e-9))


def _upright_shares(
    strokes: Strokes, ys: Array, across: slice, drift: int, letter: float, settings: GridSettings
) -> tuple[Array, NDArray[np.bool_], NDArray[np.bool_]]:
    """Rows × x: what each row shows of an upright rule there, of what could be seen, whether it can tell, and whether
    the rule fills it."""
    inset, brush = settings.inset * letter, np.ones((1, 2 * drift + 1), np.uint8)
    shares, told, whole = [], [], []
    least, high = settings.whole
    for a, b in pairwise(ys):
        rows = slice(int(a + inset), max(int(a + inset) + 1, int(b - inset)))
        thin = cv2.dilate(np.ascontiguousarray(strokes.thin[rows, across]), brush).mean(axis=0) / 255
        bare = strokes.bare[rows, across].mean(axis=0) / 255
        shares.append(thin / np.maximum(thin + bare, settings.upright_told))
        told.append(thin + bare >= settings.upright_told)
        whole.append((thin >= least) & (b - a >= high * letter))
    return np.array(shares), np.array(told), np.array(whole)


def _closed(xs: Array, ys: Array, rules: Rules, letter: float, settings: GridSettings) -> Array:
    """The rows with one more above or below where the upright rules go on beyond the last level rule that was seen."""
    y0, y1 = _extent(rules.upright.thin.T, ys, xs, letter, settings)
    room = settings.stub * letter
    return np.array([*([y0] if y0 < ys[0] - room else []), *ys, *([y1] if y1 > ys[-1] + room else [])])


def _extent(strokes: Mask, across: Array, along: Array, letter: float, settings: GridSettings) -> tuple[float, float]:
    """From where to where (x) some level rules run.

    ``along`` are their y in a mask of level strokes (H×W), ``across`` the x of rules that are known to cross them.
    """
    reach, window = max(2, round(settings.reach * letter)), max(3, round(settings.smoothed * letter))
    rules = [strokes[max(0, round(float(y)) - reach) : round(float(y)) + reach + 1].max(axis=0) for y in along]
    dense = cv2.blur(np.array(rules, np.float32) / 255, (window, 1))
    a, b = max(0, round(float(across[0]))), min(dense.shape[1], round(float(across[-1])))
    inside = dense[:, a:b]
    seen = np.minimum(dense / _usual(inside[inside > settings.edge], settings), 1).sum(axis=0)
    fewest = max(settings.ends, settings.ends_share * len(along))
    for start, end in runs(seen >= fewest, round(settings.link * letter)):
        if start <= (a + b) / 2 < end:
            return float(start + window // 2), float(end - window // 2)
    return float(a), float(b)


def _usual(shares: list[float] | Array, settings: GridSettings) -> float:
    return max(float(np.percentile(shares, settings.usual)), 1e-6) if len(shares) else 1.0


@dataclass(frozen=True, slots=True)
class _SeenRules:
    """A lattice and, for every upright edge, whether no letter stands near it, and whether a rule fills it."""

    lattice: Lattice
    blank: NDArray[np.bool_]
    whole: NDArray[np.bool_]

    def columns(self, kept: slice | NDArray[np.intp]) -> _SeenRules:
        """With the upright rules that are kept; a level edge is seen over the columns it joins as over the emptiest."""
        t, places = self.lattice, np.arange(len(self.lattice.xs))[kept]
        level = np.stack([t.level[:, a:b].min(axis=1) for a, b in pairwise(places)], axis=1)
        lattice = replace(t, xs=t.xs[kept], level=level, upright=t.upright[:, kept])
        return _SeenRules(lattice, self.blank[:, kept], self.whole[:, kept])

    def rows(self, kept: slice) -> _SeenRules:
        """With the level rules that are kept, from the first or up to the last."""
        t, beside = self.lattice, slice(kept.start, kept.stop)
        lattice = replace(t, ys=t.ys[kept], level=t.level[kept], upright=t.upright[beside])
        return _SeenRules(lattice, self.blank[beside], self.whole[beside])


def _seen(xs: Array, ys: Array, rules: Rules, letter: float, settings: GridSettings) -> _SeenRules:
    """The lattice with what is seen of its edges, as shares of what the table's rules usually show (at most 1)."""
    reach, inset = max(2, round(settings.reach * letter)), settings.inset * letter
    columns = [(a + inset, b - inset) for a, b in pairwise(xs)]
    plain = [_halves(rules.plain, a, b)[0] for a, b in columns]
    faint, alone = zip(*(_level_shares(rules.level, a, b, settings) for a, b in columns), strict=True)
    level = np.array([[around(profile, y, reach) for profile in plain] for y in ys])
    dotted = np.array([[around(profile, y, reach // 2) for profile in faint] for y in ys])
    bare = np.array([[around(profile, y, reach // 2) for profile in alone] for y in ys])
    level /= _usual(level[level >= settings.edge], settings)
    beyond_text = (dotted - settings.lettered) / (settings.dotted - settings.lettered)
    level = np.maximum(level, np.maximum(beyond_text, bare / settings.bare) * settings.weak_relative)
    upright, blank = np.ones((len(ys) - 1, len(xs))), np.zeros((len(ys) - 1, len(xs)), bool)
    whole = np.zeros_like(blank)
    for c, x in enumerate(np.round(xs).astype(int)):
        thin = rules.upright.thin[:, max(0, x - reach) : x + reach + 1].max(axis=1) > 0
        bare = (rules.upright.bare[:, min(x, rules.upright.bare.shape[1] - 1)] > 0) & ~thin
        for r, (a, b) in enumerate(pairwise(ys)):
            rows = slice(int(a + inset), int(b - inset))
            if rows.stop > rows.start:
                told = thin[rows].mean() + bare[rows].mean()
                upright[r, c] = thin[rows].mean() / max(told, settings.upright_told)
                blank[r, c] = told >= settings.blank
                whole[r, c] = thin[rows].mean() >= settings.whole[0] and b - a >= settings.whole[1] * letter
    usual = _usual(upright, settings)
    upright /= usual
    if usual >= settings.plain:
        filled = _filled(xs, ys, rules.upright.bare, letter, settings)
        blank[:, 1:-1] &= filled[:, :-1] & filled[:, 1:]
    return _SeenRules(Lattice(xs, ys, np.minimum(level, 1), np.minimum(upright, 1)), blank, whole)


def _filled(xs: Array, ys: Array, bare: Mask, letter: float, settings: GridSettings) -> NDArray[np.bool_]:
    """Rows × columns: whether something is written there, by a mask (H×W) of paper with no ink near."""
    inset = round(2 * settings.inset * letter)
    rows, columns = ([slice(int(a) + inset, max(int(b) - inset, 0)) for a, b in pairwise(cuts)] for cuts in (ys, xs))
    written = [[int((bare[row, column] == 0).sum()) for column in columns] for row in rows]
    return np.array(written) >= settings.text * letter * letter


def _trimmed(seen: _SeenRules, letter: float, settings: GridSettings) -> Lattice | None:
    """The lattice without what only looked like a part of it.

    That is: outer columns that no two level rules close (the paper's edge), outer rows without two uprights beside
    them (letterhead, underlines), inner uprights that part no row (strokes of letters in line).
    """
    while len(seen.lattice.xs) > 1 and len(seen.lattice.ys) > 1:
        t = seen.lattice
        closed = (t.level >= settings.weak_relative).sum(axis=0)
        if min(closed[0], closed[-1]) < 2:  # noqa: PLR2004
            if len(t.xs) == 2:  # noqa: PLR2004
                return None
            seen = seen.columns(slice(1, None) if closed[0] <= closed[-1] else slice(None, -1))
            continue
        beside = np.sort(t.upright, axis=1)[:, -2]
        if min(beside[0], beside[-1]) < settings.upright_relative:
            seen = seen.rows(slice(1, None) if beside[0] <= beside[-1] else slice(None, -1))
            continue
        real = np.average(t.upright, axis=0, weights=np.diff(t.ys)) >= settings.upright_relative
        real |= seen.whole.any(axis=0)
        real[0] = real[-1] = True
        if real.all():
            return _parted(seen, settings) if _is_table(t, letter, settings) else None
        seen = seen.columns(np.flatnonzero(real))
    return None


def _is_table(found: Lattice, letter: float, settings: GridSettings) -> bool:
    """Whether a lattice is more than a frame, is crossed by two rules at least, and no chart of boxes: its first and
    last rule run over its width, unless the page's end has cut it off."""
    across = np.average(found.level, axis=1, weights=np.diff(found.xs))
    crossed = int((across >= settings.crossing).sum()) > 1
    closed = (found.level[[0, -1]] >= settings.weak_relative).mean(axis=1)
    crossed &= bool(((closed >= settings.closed) | (closed == 0)).all())
    return crossed and len(found.xs) > 2 and found.xs[-1] - found.xs[0] >= settings.narrowest * letter  # noqa: PLR2004


def _parted(seen: _SeenRules, settings: GridSettings) -> Lattice:
    """The lattice whose upright edges part cells wherever their rule is seen a little, or no text could run across."""
    found = seen.lattice
    parts = seen.blank | (found.upright >= settings.upright_weak)
    return replace(found, upright=np.where(parts, np.maximum(found.upright, settings.upright_relative), found.upright))


def spans(lattice: Lattice, settings: GridSettings = GridSettings()) -> list[Span]:
    """The cells of a lattice, row by row: blocks with no edge seen inside of them."""
    rows, columns = len(lattice.ys) - 1, len(lattice.xs) - 1
    owner = -np.ones((rows, columns), int)
    level = lattice.level >= settings.weak_relative
    level[0] = level[-1] = True
    upright = lattice.upright >= settings.upright_relative
    upright[:, 0] = upright[:, -1] = True
    found: list[Span] = []
    for r in range(rows):
        for c in range(columns):
            if owner[r, c] >= 0:
                continue
            wide = 1
            while c + wide < columns and not upright[r, c + wide] and owner[r, c + wide] < 0:
                wide += 1
            high = 1
            while (
                r + high < rows
                and not level[r + high, c : c + wide].any()
                and (owner[r + high, c : c + wide] < 0).all()
                and (not upright[r + high, c + 1 : c + wide].any())
            ):
                high += 1
            owner[r : r + high, c : c + wide] = len(found)
            box = Box(*(float(v) for v in (lattice.xs[c], lattice.ys[r], lattice.xs[c + wide], lattice.ys[r + high])))
            found.append(Span(r, c, high, wide, box, _certainty(lattice, r, c, high, wide)))
    return found


def _certainty(lattice: Lattice, r: int, c: int, high: int, wide: int) -> float:
    """How plainly the edges around a cell are there and the ones inside are not (0–1, the least of all)."""
    there = [
        *lattice.level[r, c : c + wide],
        *lattice.level[r + high, c : c + wide],
        *lattice.upright[r : r + high, c],
        *lattice.upright[r : r + high, c + wide],
    ]
    absent = [
        *lattice.level[r + 1 : r + high, c : c + wide].ravel(),
        *lattice.upright[r : r + high, c + 1 : c + wide].ravel(),
    ]
    return float(np.clip(min([*there, *(1 - v for v in absent)]), 0, 1))


def tables(ink: Mask, letter: float, settings: GridSettings = GridSettings()) -> list[Lattice]:
    """The ruled tables of a straight page's ink mask (H×W), top to bottom."""
    rules = Rules.of(ink, letter)
    standing = _standing(rules, letter, settings)
    standing.sort(key=len, reverse=True)  # the frame around a page comes after the table in it
    found = [lattice(family, _of(family, standing, rules), letter, settings) for family in standing]
    kept: list[Lattice] = []
    for table in (t for t in found if t is not None):
        if not any(overlap(table, other) for other in kept):
            kept.append(table)
    return sorted(kept, key=lambda t: float(t.ys[0]))


def frames(rules: Rules, letter: float, settings: GridSettings = GridSettings()) -> list[Box]:
    """What upright rules that level ones join enclose (straight px): tables, and frames with none within."""
    return [
        Box(family[0].at, min(r.start for r in family), family[-1].at, max(r.end for r in family))
        for family in _standing(rules, letter, settings)
    ]


def _standing(rules: Rules, letter: float, settings: GridSettings) -> list[list[Rule]]:
    """The upright rules of each table."""
    upright, level = (
        uprights(thin, letter, settings.uprights)
        for thin in (rules.upright.thin, np.asarray(cv2.transpose(rules.level.thin)))
    )
    joined = families(upright, level, letter, settings.uprights)
    return [part for family in joined for part in _above_one_another(family, upright, rules, letter, settings)]


def _above_one_another(
    family: list[Rule], pieces: list[Rule], rules: Rules, letter: float, settings: GridSettings
) -> list[list[Rule]]:
    """The upright rules of tables that stand so near above one another that their outer ones were taken for one;
    ``pieces`` are all upright rules as they were found."""
    top, bottom = min(r.start for r in family), max(r.end for r in family)
    across, _ = _halves(rules.plain, family[0].at, family[-1].at)
    cuts = sorted({*_gaps(family, across, rules, letter, settings), *_steps(family, pieces, across, letter, settings)})
    if not cuts:
        return [family]
    near = max(2, round(settings.uprights.meeting * letter))
    parts = []
    for start, end in pairwise([top, *cuts, bottom]):
        own = [replace(r, start=max(r.start, start), end=min(r.end, end)) for r in family]
        long = [r for r in own if r.length >= settings.uprights.whole * (end - start)]
        seen = [r for r in long if _seen_share(r, rules.upright.thin, near) >= settings.uprights.run_share]
        parts += [[_centred(r, rules.upright.thin, near) for r in seen]] if len(seen) > 1 else []
    return parts


def _gaps(family: list[Rule], across: Array, rules: Rules, letter: float, settings: GridSettings) -> list[float]:
    """Where (y) there is paper between two level rules, along which no upright one of a family runs; ``across`` is the
    share of its width that level rules fill, at every y."""
    near = max(2, round(settings.uprights.meeting * letter))
    bare = np.asarray((rules.upright.bare[:, [round(family[0].at), round(family[-1].at)]] > 0).all(axis=1))
    top, bottom = min(r.start for r in family), max(r.end for r in family)
    return [
        (start + end) / 2
        for start, end in runs(bare, 1)
        if top < start < end < bottom
        and end - start >= settings.parting[0] * letter
        and min(around(across, start, near), around(across, end, near)) >= settings.crossing
        and max(_seen_share(replace(r, start=start, end=end), rules.upright.thin, near) for r in family)
        < settings.parting[1]
    ]


def _steps(family: list[Rule], pieces: list[Rule], across: Array, letter: float, settings: GridSettings) -> list[float]:
    """The level rules (y) along the whole width at which the inner upright rules of a family end, or begin, and both
    outer ones go on a step to one side."""
    near, apart = settings.uprights.meeting * letter, settings.uprights.apart * letter

    def goes_aside(rule: Rule, y: float) -> bool:
        own = [p for p in pieces if abs(p.at - rule.at) < apart]
        above, below = ([p.at for p in own if abs(getattr(p, end) - y) <= near] for end in ("end", "start"))
        return any(abs(a - b) >= settings.reach * letter for a in above for b in below)

    found = []
    for y in peaks(across, settings.whole_width, max(2, round(settings.level_apart * letter))):
        crossing = [r for r in family[1:-1] if min(r.end - y, y - r.start) > settings.over * r.length]
        if all(goes_aside(outer, y) for outer in (family[0], family[-1])) and not crossing:
            found.append(float(y))
    return found


def _of(family: list[Rule], others: list[list[Rule]], rules: Rules) -> Rules:
    """The rules of a table: those no further up or down than halfway to the tables above and below it."""
    top, bottom = min(r.start for r in family), max(r.end for r in family)
    beside = [o for o in others if o[0].at < family[-1].at and o[-1].at > family[0].at]
    above = max((end for o in beside if (end := max(r.end for r in o)) <= top), default=None)
    below = min((start for o in beside if (start := min(r.start for r in o)) >= bottom), default=None)
    if above is None and below is None:
        return rules
    return rules.between(
        -float("inf") if above is None else (above + top) / 2, float("inf") if below is None else (below + bottom) / 2
    )


def _centred(rule: Rule, thin: Mask, near: int) -> Rule:
    """An upright rule where most ink of a mask of thin strokes (H×W) stands within ``near`` px of it."""
    left = max(0, round(rule.at) - near)
    part = thin[int(rule.start) : int(rule.end), left : round(rule.at) + near + 1].mean(axis=0, dtype=np.float64)
    return replace(rule, at=_centre(part, int(part.argmax()), max(1, near // 2)) + left)


def _seen_share(rule: Rule, thin: Mask, near: int) -> float:
    """The share of an upright rule's length along which a mask of thin strokes (H×W) has ink within ``near`` px."""
    place, rows = round(rule.at), slice(int(rule.start), int(rule.end))
    return float((thin[rows, max(0, place - near) : place + near + 1].max(axis=1) > 0).mean())


def overlap(a: Lattice, b: Lattice, least: float = 0.0) -> bool:
    """Whether two lattices share a part of the page that is more than ``least`` (px) wide and high."""
    return all(min(u[-1], v[-1]) - max(u[0], v[0]) > least for u, v in ((a.xs, b.xs), (a.ys, b.ys)))


def wiped(ink: Mask, found: list[Lattice], letter: float, settings: GridSettings = GridSettings()) -> Mask:
    """The pixels (H×W, 255) of an ink mask that belong to rules: long straight runs, in a table only along its rules.

    Elsewhere in a table such a run is a line of blurred letters; outside of tables it is an underline.
    """
    run = letter * settings.wiped
    runs = cv2.max(level_mask(ink, run), np.asarray(cv2.transpose(level_mask(np.asarray(cv2.transpose(ink)), run))))
    for table in found:
        _keep_rules(runs, table, max(3, round(settings.beside_rule * letter)))
    brush = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.min(cv2.dilate(runs, brush), cv2.dilate(ink, brush)))


def _keep_rules(runs: Mask, table: Lattice, reach: int) -> None:
    """Clear a mask (H×W) within a table but for what lies within ``reach`` px of its rules."""
    x0, x1, y0, y1 = (round(float(v)) for v in (table.xs[0], table.xs[-1], table.ys[0], table.ys[-1]))
    inside = runs[max(0, y0) : y1, max(0, x0) : x1]
    near = np.zeros(inside.shape, bool)
    for x in np.round(table.xs).astype(int) - max(0, x0):
        near[:, max(0, x - reach) : max(0, x + reach + 1)] = True
    for y in np.round(table.ys).astype(int) - max(0, y0):
        near[max(0, y - reach) : max(0, y + reach + 1)] = True
    inside[~near] = 0

"""The table: where its rules run, which are missing, and the cells that this makes.

Works on a straight page. A rule is a thin peak of ink with nothing on either side; letters are not, so that rules are
found even where a fifth of their pixels is gone. Merged cells are simply missing edges.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.illumination import Mask
from iki.ingest.rules import level_mask, level_strokes, thin_level
from iki.model import Box

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GridSettings:
    """Tolerances in letter heights unless told otherwise. Shares called *relative* are of what the table's rules
    usually show, so that a worn table is judged by its own measure."""

    reach: float = 0.3
    """A rule is looked for this far on either side of where it should run."""
    block: float = 1.2
    """Length of the blocks by which an upright rule is followed …"""
    block_share: float = 0.2
    """… and share of such a block that must be thin ink."""
    block_gap: int = 3
    """Blocks in a row that may be missing from an upright rule."""
    seen: float = 2.6
    """Thin ink (sum of its length) that makes an upright rule of a table."""
    run_share: float = 0.22
    """Share of an upright rule's length that is at least thin ink."""
    link: float = 10.0
    """Pieces of a rule may be this far apart."""
    longer: float = 1.5
    """An upright rule this many times as long as is usual in its family (and ``link``) is the paper's edge."""
    plain: float = 0.5
    """Share of what is usually seen of a family's rules from which another one is believed."""
    apart: float = 1.1
    """Rules nearer to each other than this are one (doubled or thick)."""
    level_apart: float = 0.9
    """The same for level rules: no row is lower than this."""
    edge: float = 0.2
    """Share of a column's width over which a level edge must be seen at the least …"""
    half: float = 0.45
    """… and relative share of it that the emptier half of the column must show."""
    edge_relative: float = 0.5
    """Relative share from which a level edge founds a row …"""
    weak_relative: float = 0.36
    """… and from which it closes a cell where another column founded the row."""
    upright_relative: float = 0.4
    """Relative share from which an upright edge parts two cells."""
    upright_whole: float = 0.5
    """Relative share of the table's height over which an inner upright rule must be seen."""
    usual: float = 75
    """Percentile of the edges found that tells what the table's rules usually show."""
    inset: float = 0.3
    """Strip beside a column's rules that is left out when its level edges are looked for."""
    overlap: float = 0.5
    """Upright rules of one table share at least this part of the shorter one's length."""
    reached: float = 0.5
    """Share of the rules that cross all inner columns which must reach an outer column too."""
    beside: tuple[float, float] = (0.22, 0.4)
    """In this band above or below a level rule an upright one that meets it …"""
    meeting: float = 0.5
    """… has at least this share of ink."""
    beyond: float = 2.0
    """Level rules that run on so far beyond the outermost upright one show a column whose outer rule is missing …"""
    witnesses: int = 3
    """… if so many of them end there, …"""
    bridged: float = 1.5
    """… gaps of up to this bridged …"""
    assumed: float = 0.5
    """… and what is then claimed to be seen of that rule (0–1)."""
    past: float = 1.5
    """Level rules are looked for this far above and below the upright ones."""
    stub: float = 1.6
    """Upright rules that reach this far past the last level rule show that a row goes on there."""
    wiped: float = 1.6
    """Runs longer than this many times a piece of a rule are wiped before reading."""


@dataclass(frozen=True, slots=True)
class Upright:
    """An upright rule (straight px): its middle, from where to where it runs, and the share of that which is seen."""

    x: float
    y0: float
    y1: float
    share: float

    @property
    def length(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
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


def _runs(on: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """Start and end (exclusive) of the runs of true in a vector, gaps of up to ``gap`` bridged."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    runs: list[tuple[int, int]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if runs and start - runs[-1][1] <= gap:
            runs[-1] = (runs[-1][0], int(end))
        else:
            runs.append((int(start), int(end)))
    return runs


def _peaks(score: Array, least: float, apart: int) -> list[int]:
    """Positions of local maxima of at least ``least``, no two nearer than ``apart``, in rising order."""
    found: list[int] = []
    left = score.copy()
    while left.size and left.max() >= least:
        best = int(left.argmax())
        same = np.flatnonzero(left[best : best + apart] >= left[best] - 1e-9)
        flat = same[: int(np.argmax(np.diff(np.concatenate([same, [same[-1] + 2]])) > 1)) + 1]
        found.append(best + int(flat[-1]) // 2)
        left[max(0, best - apart) : best + apart + 1] = -1
    return sorted(found)


def uprights(thin: Mask, letter: float, settings: GridSettings = GridSettings()) -> list[Upright]:
    """The upright rules in a mask of thin upright strokes (H×W), left to right."""
    block = max(4, round(settings.block * letter))
    height, width = thin.shape
    count = height // block
    if not count:
        return []
    share = thin[: count * block].reshape(count, block, width).mean(axis=1, dtype=np.float64) / 255
    on = share >= settings.block_share
    least = settings.seen * letter / block
    found: list[tuple[float, Upright]] = []
    for x in np.flatnonzero((share * on).sum(axis=0) >= least):
        for start, end in _runs(on[:, x], settings.block_gap):
            seen = float(share[start:end, x].sum())
            if seen >= least and seen >= settings.run_share * (end - start):
                found.append((seen, Upright(float(x), float(start * block), float(end * block), seen / (end - start))))
    kept: list[Upright] = []
    for _, rule in sorted(found, key=lambda f: (-f[0], f[1].x)):
        near = [k for k in kept if abs(k.x - rule.x) < settings.apart * letter]
        if not any(min(k.y1, rule.y1) - max(k.y0, rule.y0) > 0 for k in near):
            kept.append(rule)
    pieces = sorted((_centred(rule, share, block, letter, settings) for rule in kept), key=lambda rule: rule.x)
    return _linked(pieces, settings.apart * letter, settings.link * letter)


def _linked(pieces: list[Upright], apart: float, gap: float) -> list[Upright]:
    """Pieces of one rule, one soon below the other, as one."""
    groups: list[list[Upright]] = []
    for piece in sorted(pieces, key=lambda p: (-p.length, p.x)):
        home = next((g for g in groups if abs(g[0].x - piece.x) < apart and any(_near(piece, p, gap) for p in g)), None)
        if home is None:
            groups.append([piece])
        else:
            home.append(piece)
    rules = []
    for group in groups:
        weight = sum(p.length for p in group)
        x, share = (sum(getattr(p, k) * p.length for p in group) / weight for k in ("x", "share"))
        rules.append(Upright(x, min(p.y0 for p in group), max(p.y1 for p in group), share))
    return sorted(rules, key=lambda rule: rule.x)


def _near(a: Upright, b: Upright, gap: float) -> bool:
    return max(a.y0, b.y0) - min(a.y1, b.y1) < gap


def _centred(rule: Upright, share: Array, block: int, letter: float, settings: GridSettings) -> Upright:
    """The rule with x in the middle of its thickness rather than at its first best column."""
    reach = max(1, round(settings.reach * letter))
    x, rows = int(rule.x), slice(int(rule.y0) // block, int(rule.y1) // block)
    left = max(0, x - reach)
    profile = share[rows, left : x + reach + 1].mean(axis=0)
    middle = float((profile * np.arange(len(profile))).sum() / max(profile.sum(), 1e-9))
    return Upright(left + middle, rule.y0, rule.y1, rule.share)


def _families(rules: list[Upright], letter: float, settings: GridSettings) -> list[list[Upright]]:
    """Upright rules that stand side by side belong to one table."""
    families: list[list[Upright]] = []
    for rule in sorted(rules, key=lambda r: r.y0 - r.y1):
        for family in families:
            y0, y1 = min(r.y0 for r in family), max(r.y1 for r in family)
            if min(y1, rule.y1) - max(y0, rule.y0) >= settings.overlap * (rule.y1 - rule.y0):
                family.append(rule)
                break
        else:
            families.append([rule])
    return [kept for f in families if len(kept := _plain(f, letter, settings)) > 1]


def _plain(family: list[Upright], letter: float, settings: GridSettings) -> list[Upright]:
    """The rules of a family, left to right, that are about as plain as its long ones usually are."""
    usual_length = _middle(family, "length")
    family = [r for r in family if r.length <= settings.longer * usual_length + settings.link * letter]
    usual, top, bottom = (_middle(family, k) for k in ("share", "y0", "y1"))
    slack = (settings.longer - 1) / 2 * usual_length
    clipped = [replace(r, y0=max(r.y0, top - slack), y1=min(r.y1, bottom + slack)) for r in family]
    return sorted(
        (
            c
            for r, c in zip(family, clipped, strict=True)
            if r.share >= settings.plain * usual and min(r.y1, bottom) - max(r.y0, top) >= settings.overlap * r.length
        ),
        key=lambda r: r.x,
    )


def _middle(family: list[Upright], key: str) -> float:
    """The median of a property of the rules, each weighted by its length."""
    ordered = sorted((float(getattr(r, key)), r.length) for r in family)
    weight = np.cumsum([w for _, w in ordered])
    return ordered[int(np.searchsorted(weight, weight[-1] / 2))][0]


def _edge_profile(thin: Mask, x0: float, x1: float, inset: float) -> tuple[Array, Array]:
    """Share of a column's width (and of its emptier half) with a thin level stroke, at every y."""
    a, b = round(x0 + inset), round(x1 - inset)
    if b - a < 4:  # noqa: PLR2004 - no column
        empty = np.zeros(thin.shape[0])
        return empty, empty
    part, middle = thin[:, a:b], (b - a) // 2
    left, right = (
        cv2.reduce(p, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() / 255 for p in (part[:, :middle], part[:, middle:])
    )
    return (left + right).astype(np.float64) / 2, np.minimum(left, right).astype(np.float64)


def _cluster(values: list[tuple[float, float]], apart: float) -> Array:
    """Weighted means of (position, weight) pairs that lie within ``apart`` of their group's heaviest."""
    groups: list[list[tuple[float, float]]] = []
    for position, weight in sorted(values, key=lambda v: (-v[1], v[0])):
        for group in groups:
            if abs(position - group[0][0]) < apart:
                group.append((position, weight))
                break
        else:
            groups.append([(position, weight)])
    return np.sort(np.array([sum(p * w for p, w in g) / sum(w for _, w in g) for g in groups]))


def _around(profile: Array, position: float, reach: int) -> float:
    at = round(position)
    window = profile[max(0, at - reach) : at + reach + 1]
    return float(window.max()) if window.size else 0.0


def lattice(
    family: list[Upright], level: Mask, upright: Mask, ink: Mask, letter: float, settings: GridSettings = GridSettings()
) -> Lattice | None:
    """The lattice of one table from its upright rules and the masks of thin level and upright strokes and ink (H×W).

    ``None`` where no two level rules close a row.
    """
    inset = settings.inset * letter
    xs = np.array([r.x for r in family])
    top, bottom = min(r.y0 for r in family) - settings.past * letter, max(r.y1 for r in family) + settings.past * letter
    columns = list(pairwise(xs))
    profiles = [_edge_profile(level, a, b, inset) for a, b in columns]
    found: list[tuple[float, float, float]] = []
    for (a, b), (whole, half) in zip(columns, profiles, strict=True):
        score = np.where(half >= settings.half * whole, whole, 0.0)
        score[: max(0, int(top))], score[int(bottom) :] = 0, 0
        found += [
            (float(y), float(score[y]), b - a)
            for y in _peaks(score, settings.edge, max(2, round(settings.level_apart * letter)))
        ]
    if not found:
        return None
    founding = settings.edge_relative * _usual([share for _, share, _ in found], settings)
    ys = _cluster([(y, share * wide) for y, share, wide in found if share >= founding], settings.level_apart * letter)
    ends = [r.y1 for r in family if r.y1 > ys[-1] + settings.stub * letter]
    if len(ends) * 2 > len(family):
        ys = np.append(ys, float(np.median(ends)))
    if len(ys) < 2:  # noqa: PLR2004
        return None
    seen = _seen(xs, ys, [whole for whole, _ in profiles], upright, letter, settings)
    if _meeting(seen, ink, letter, settings) >= settings.meeting:
        seen = _extended(seen, level, letter, settings)
    return _trimmed(seen, settings)


def _reached(level: Array, settings: GridSettings) -> Array:
    """Share of the rules crossing all inner columns that each column shows; 0 for a column that no two rules close."""
    seen = level >= settings.weak_relative
    whole = seen[:, 1:-1].all(axis=1)
    share = seen[whole].mean(axis=0) if level.shape[1] > 2 and whole.any() else np.ones(level.shape[1])  # noqa: PLR2004
    return np.where(seen.sum(axis=0) > 1, share, 0.0)


def _usual(shares: list[float] | Array, settings: GridSettings) -> float:
    return max(float(np.percentile(shares, settings.usual)), 1e-6)


def _seen(xs: Array, ys: Array, profiles: list[Array], upright: Mask, letter: float, settings: GridSettings) -> Lattice:
    """The lattice with what is seen of its edges, as shares of what the table's rules usually show (at most 1)."""
    reach = max(2, round(settings.reach * letter))
    inset = settings.inset * letter
    level = np.array([[_around(profile, y, reach) for profile in profiles] for y in ys])
    beside = np.ones((len(ys) - 1, len(xs)))
    for c, x in enumerate(xs):
        at = round(float(x))
        strip = upright[:, max(0, at - reach) : at + reach + 1].max(axis=1) / 255
        for r in range(len(ys) - 1):
            y0, y1 = int(ys[r] + inset), int(ys[r + 1] - inset)
            if y1 > y0:
                beside[r, c] = strip[y0:y1].mean()
    strong = level[level >= settings.edge]
    return Lattice(
        xs,
        ys,
        np.minimum(level / _usual(strong if strong.size else level, settings), 1),
        np.minimum(beside / _usual(beside, settings), 1),
    )


def _trimmed(found: Lattice, settings: GridSettings) -> Lattice | None:
    """The lattice without what only looked like a part of it.

    That is: inner uprights that part no row (strokes of letters in line), outer columns that the level rules do not
    reach (the paper's edge), outer rows without uprights beside them (letterhead, underlines).
    """
    xs, ys, level, upright = found.xs, found.ys, found.level, found.upright
    while len(xs) > 1 and len(ys) > 1:
        reached = _reached(level, settings)
        if min(reached[0], reached[-1]) < settings.reached:
            cut = slice(1, None) if reached[0] <= reached[-1] else slice(None, -1)
            xs, level, upright = xs[cut], level[:, cut], upright[:, cut]
            continue
        outer = np.minimum(upright[:, 0], upright[:, -1]) if len(xs) == 2 else np.sort(upright, axis=1)[:, 1]  # noqa: PLR2004
        if outer[0] < settings.upright_relative or outer[-1] < settings.upright_relative:
            cut = slice(1, None) if outer[0] <= outer[-1] else slice(None, -1)
            ys, level, upright = ys[cut], level[cut], upright[cut]
            continue
        real = np.average(upright, axis=0, weights=np.diff(ys)) >= settings.upright_whole
        real[0] = real[-1] = True
        if not real.all():
            kept = np.flatnonzero(real)
            level = np.stack([level[:, a:b].min(axis=1) for a, b in pairwise(kept)], axis=1)
            xs, upright = xs[kept], upright[:, kept]
            continue
        return Lattice(xs, ys, level, upright) if len(xs) > 2 else None  # noqa: PLR2004 - a frame is no table
    return None


def _meeting(found: Lattice, ink: Mask, letter: float, settings: GridSettings) -> float:
    """How much ink (0–1) the upright rules have right beside level ones; letters that stand in line keep away."""
    near, far = (round(d * letter) for d in settings.beside)
    touch = []
    for x in np.round(found.xs).astype(int):
        strip = ink[:, max(0, x - 1) : x + 2].max(axis=1) / 255
        both = [
            (strip[max(0, y - far) : max(0, y - near)], strip[y + near : y + far])
            for y in np.round(found.ys).astype(int)
        ]
        touch.append(float(np.median([max(b.mean() if b.size else 0.0 for b in sides) for sides in both])))
    return float(np.median(touch))


def _extended(found: Lattice, thin: Mask, letter: float, settings: GridSettings) -> Lattice:
    """The lattice with the outer columns over which level rules run on to where an outer upright rule is missing."""
    flipped = np.ascontiguousarray(thin[:, ::-1])
    left = _run_on(flipped, thin.shape[1] - float(found.xs[0]), found.ys, letter, settings)
    right = _run_on(thin, float(found.xs[-1]), found.ys, letter, settings)
    xs, level, upright = found.xs, found.level, found.upright
    assumed = np.full((len(upright), 1), settings.assumed)
    for runs, at in ((left, 0), (right, len(xs))):
        same = np.abs(runs[:, None] - runs) <= letter
        ends = runs[(runs > settings.beyond * letter) & (same.sum(axis=1) >= settings.witnesses)]
        if not len(ends):
            continue
        end = float(np.median(runs[same[runs == ends.max()][0]]))
        xs = np.insert(xs, 0 if at == 0 else len(xs), xs[0] - end if at == 0 else xs[-1] + end)
        seen = np.where(runs > end / 2, 1.0, 0.0)[:, None]
        level = np.hstack([seen, level] if at == 0 else [level, seen])
        upright = np.hstack([assumed, upright] if at == 0 else [upright, assumed])
    return replace(found, xs=xs, level=level, upright=upright)


def _run_on(thin: Mask, x: float, ys: Array, letter: float, settings: GridSettings) -> Array:
    """How far (px) each level rule runs on to the right of ``x`` in a mask of level strokes (H×W)."""
    reach, gap = max(2, round(settings.reach * letter)), round(settings.bridged * letter)
    found = []
    for y in np.round(ys).astype(int):
        strip = thin[max(0, y - reach) : y + reach + 1, max(0, int(x)) :].any(axis=0)
        runs = _runs(np.asarray(strip), gap)
        found.append(float(runs[0][1]) if runs and runs[0][0] <= gap else 0.0)
    return np.array(found)


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
    level = level_strokes(ink, letter)
    upright = np.ascontiguousarray(thin_level(np.ascontiguousarray(ink.T), letter).T)
    found = [
        lattice(f, level, upright, ink, letter, settings)
        for f in _families(uprights(upright, letter, settings), letter, settings)
    ]
    return sorted((t for t in found if t is not None), key=lambda t: float(t.ys[0]))


def wiped(ink: Mask, found: list[Lattice], letter: float, settings: GridSettings = GridSettings()) -> Mask:
    """The pixels (H×W, 255) of an ink mask that belong to rules: long straight runs, in a table only along its rules.

    Elsewhere in a table such a run is a line of blurred letters; outside of tables it is an underline.
    """
    run = letter * settings.wiped
    runs = cv2.max(level_mask(ink, run), np.ascontiguousarray(level_mask(np.ascontiguousarray(ink.T), run).T))
    for table in found:
        _keep_rules(runs, table, max(3, round(settings.reach * letter)))
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

"""The table: where its rules run, which are missing, and the cells that this makes.

Works on a straight page. A rule is a thin peak of ink with nothing on either side; letters are not, so that rules are
found even where a fifth of their pixels is gone. Merged cells are simply missing edges.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.illumination import Mask
from iki.ingest.rules import level_mask
from iki.model import Box

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class GridSettings:
    """Tolerances in letter heights unless told otherwise."""

    thickest: float = 0.45
    """Greatest thickness of a table's rule."""
    clear: float = 0.16
    """Distance from the rule at which there must be nothing on either side."""
    block: float = 1.2
    """Length of the blocks by which an upright rule is followed …"""
    block_share: float = 0.6
    """… and share of such a block that must be thin ink."""
    block_gap: int = 3
    """Blocks in a row that may be missing from an upright rule."""
    shortest: float = 4.0
    """Shortest upright rule of a table."""
    apart: float = 1.0
    """Rules nearer to each other than this are one (doubled or thick)."""
    level_apart: float = 0.9
    """The same for level rules: no row is lower than this."""
    edge: float = 0.5
    """Share of a column's width over which a level edge must be seen …"""
    edge_half: float = 0.28
    """… and of each half of the column."""
    weak_edge: float = 0.36
    """The same where other columns have an edge at that height."""
    upright_edge: float = 0.4
    """Share of a row's height over which an upright edge must be seen."""
    inset: float = 0.3
    """Strip beside a column's rules that is left out when its level edges are looked for."""
    overlap: float = 0.5
    """Upright rules of one table share at least this part of the shorter one's length."""
    stub: float = 1.6
    """Upright rules that reach this far past the last level rule show that a row goes on there."""
    wiped: float = 1.6
    """Runs longer than this many times a piece of a rule are wiped before reading."""
    outside: float = 3.0
    """Level rules that reach this far past the outermost upright rule show that a column goes on there."""


@dataclass(frozen=True, slots=True)
class Upright:
    """An upright rule (straight px): its middle, and from where to where it runs."""

    x: float
    y0: float
    y1: float


@dataclass(frozen=True, slots=True)
class Lattice:
    """A table's rules: ``xs`` (columns + 1), ``ys`` (rows + 1), and how much of every edge is seen (0–1).

    ``level[r, c]`` is the edge at ``ys[r]`` over column ``c``, ``upright[r, c]`` the edge at ``xs[c]`` beside row ``r``.
    """

    xs: Array
    ys: Array
    level: Array
    upright: Array


@dataclass(frozen=True, slots=True)
class Span:
    """A cell as a block of the lattice; ``box`` in straight px between the middles of its rules."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    certainty: float


def _shift(mask: Mask, distance: int) -> Mask:
    """The mask (H×W) moved down by ``distance`` px (up where negative), empty where nothing came from."""
    moved = np.zeros_like(mask)
    if distance > 0:
        moved[distance:] = mask[:-distance]
    else:
        moved[:distance] = mask[-distance:]
    return moved


def thin_level(ink: Mask, letter: float, settings: GridSettings = GridSettings()) -> Mask:
    """Pixels (H×W, 255) on thin level strokes: ink, and none a little above and below."""
    thick = max(2, round(settings.thickest * letter / 2))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((thick + 1, 1), np.uint8))  # doubled rules become one
    thinned = cv2.subtract(joined, cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((2 * thick + 2, 1), np.uint8)))
    clear = thick + max(1, round(settings.clear * letter))
    near = cv2.max(_shift(joined, clear), _shift(joined, -clear))
    return np.asarray(cv2.dilate(cv2.subtract(thinned, near), np.ones((3, 1), np.uint8)))


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
    share = thin[: count * block].reshape(count, block, width).mean(axis=1) / 255
    on = share >= settings.block_share
    found: list[tuple[int, Upright]] = []
    for x in np.flatnonzero(on.sum(axis=0) * block >= settings.shortest * letter):
        for start, end in _runs(on[:, x], settings.block_gap):
            seen = int(on[start:end, x].sum())
            if seen * block >= settings.shortest * letter:
                found.append((seen, Upright(float(x), float(start * block), float(end * block))))
    kept: list[Upright] = []
    for _, rule in sorted(found, key=lambda f: (-f[0], f[1].x)):
        near = [k for k in kept if abs(k.x - rule.x) < settings.apart * letter]
        if not any(min(k.y1, rule.y1) - max(k.y0, rule.y0) > 0 for k in near):
            kept.append(rule)
    return sorted((_centred(rule, share, block, letter, settings) for rule in kept), key=lambda rule: rule.x)


def _centred(rule: Upright, share: Array, block: int, letter: float, settings: GridSettings) -> Upright:
    """The rule with x in the middle of its thickness rather than at its first best column."""
    reach = max(1, round(settings.thickest * letter))
    x, rows = int(rule.x), slice(int(rule.y0) // block, int(rule.y1) // block)
    left = max(0, x - reach)
    profile = share[rows, left : x + reach + 1].mean(axis=0)
    return Upright(left + float((profile * np.arange(len(profile))).sum() / max(profile.sum(), 1e-9)), rule.y0, rule.y1)


def _families(rules: list[Upright], settings: GridSettings) -> list[list[Upright]]:
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
    return [sorted(f, key=lambda r: r.x) for f in families if len(f) > 1]


def _edge_profile(thin: Mask, x0: float, x1: float, inset: float) -> tuple[Array, Array]:
    """Share of a column's width (and of its emptier half) with a thin level stroke, at every y."""
    a, b = round(x0 + inset), round(x1 - inset)
    if b - a < 4:  # noqa: PLR2004 - no column
        empty = np.zeros(thin.shape[0])
        return empty, empty
    part, middle = thin[:, a:b], (b - a) // 2
    left, right = (cv2.reduce(p, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() / 255 for p in (part[:, :middle], part[:, middle:]))
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


def lattice(family: list[Upright], level: Mask, upright: Mask, letter: float, settings: GridSettings = GridSettings()) -> Lattice | None:
    """The lattice of one table from its upright rules and the masks of thin level and upright strokes (H×W).

    ``None`` where no two level rules close a row.
    """
    inset, reach = settings.inset * letter, max(2, round(settings.clear * letter))
    xs = np.array([r.x for r in family])
    top, bottom = min(r.y0 for r in family) - 1.5 * letter, max(r.y1 for r in family) + 1.5 * letter
    profiles = [_edge_profile(level, a, b, inset) for a, b in zip(xs[:-1], xs[1:], strict=True)]
    found: list[tuple[float, float]] = []
    for (a, b), (whole, half) in zip(zip(xs[:-1], xs[1:], strict=True), profiles, strict=True):
        score = np.where(half >= settings.edge_half, whole, 0.0)
        score[: max(0, int(top))], score[int(bottom) :] = 0, 0
        for y in _peaks(score, settings.edge, max(2, round(settings.level_apart * letter))):
            found.append((float(y), float(whole[y] * (b - a))))
    if len(found) < 2:  # noqa: PLR2004
        return None
    ys = _cluster(found, settings.level_apart * letter)
    ends = [r.y1 for r in family if r.y1 > ys[-1] + settings.stub * letter]
    if len(ends) * 2 > len(family):
        ys = np.append(ys, float(np.median(ends)))
    if len(ys) < 2:  # noqa: PLR2004
        return None
    seen = np.array([[_around(whole, y, reach) for whole, _ in profiles] for y in ys])
    beside = np.zeros((len(ys) - 1, len(xs)))
    for c, x in enumerate(xs):
        at = round(float(x))
        strip = upright[:, max(0, at - reach) : at + reach + 1].max(axis=1) / 255
        for r in range(len(ys) - 1):
            y0, y1 = int(ys[r] + inset), int(ys[r + 1] - inset)
            beside[r, c] = strip[y0:y1].mean() if y1 > y0 else 1.0
    return Lattice(xs, ys, seen, beside)


def spans(lattice: Lattice, settings: GridSettings = GridSettings()) -> list[Span]:
    """The cells of a lattice, row by row: blocks with no edge seen inside of them."""
    rows, columns = len(lattice.ys) - 1, len(lattice.xs) - 1
    owner = -np.ones((rows, columns), int)
    level = lattice.level >= settings.weak_edge
    level[0] = level[-1] = True
    upright = lattice.upright >= settings.upright_edge
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
            while r + high < rows and not level[r + high, c : c + wide].any() and (owner[r + high, c : c + wide] < 0).all() and (
                not upright[r + high, c + 1 : c + wide].any()
            ):
                high += 1
            owner[r : r + high, c : c + wide] = len(found)
            box = Box(*(float(v) for v in (lattice.xs[c], lattice.ys[r], lattice.xs[c + wide], lattice.ys[r + high])))
            found.append(Span(r, c, high, wide, box, _certainty(lattice, r, c, high, wide)))
    return found


def _certainty(lattice: Lattice, r: int, c: int, high: int, wide: int) -> float:
    """How plainly the edges around a cell are there and the ones inside are not (0–1, the least of all)."""
    there = [
        *lattice.level[r, c : c + wide], *lattice.level[r + high, c : c + wide],
        *lattice.upright[r : r + high, c], *lattice.upright[r : r + high, c + wide],
    ]  # fmt: skip
    absent = [*lattice.level[r + 1 : r + high, c : c + wide].ravel(), *lattice.upright[r : r + high, c + 1 : c + wide].ravel()]
    return float(np.clip(min([*there, *(1 - v for v in absent)]), 0, 1))


def tables(ink: Mask, letter: float, settings: GridSettings = GridSettings()) -> list[Lattice]:
    """The ruled tables of a straight page's ink mask (H×W), top to bottom."""
    level = thin_level(ink, letter, settings)
    upright = np.ascontiguousarray(thin_level(np.ascontiguousarray(ink.T), letter, settings).T)
    found = [lattice(f, level, upright, letter, settings) for f in _families(uprights(upright, letter, settings), settings)]
    return sorted((t for t in found if t is not None), key=lambda t: float(t.ys[0]))


def wiped(ink: Mask, letter: float, settings: GridSettings = GridSettings()) -> Mask:
    """The pixels (H×W, 255) of an ink mask that belong to long straight runs: rules and underlines."""
    run = letter * settings.wiped
    runs = cv2.max(level_mask(ink, run), np.ascontiguousarray(level_mask(np.ascontiguousarray(ink.T), run).T))
    brush = np.ones((3, 3), np.uint8)
    return np.asarray(cv2.min(cv2.dilate(runs, brush), cv2.dilate(ink, brush)))

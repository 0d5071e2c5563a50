"""Tables whose rules are partly or wholly missing, rebuilt from what is there: headings, gutters, starts of lines.

The lattice that comes out is marked as guessed by what it claims to see of its edges, so that its cells are doubted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.blocks import PrintedRow, box_of, printed_rows
from iki.ingest.columns import PROMISED
from iki.ingest.grid import Lattice
from iki.ingest.illumination import Mask
from iki.ingest.lines import Components
from iki.ingest.signature import is_date, is_number, label_of
from iki.model import Box, Line
from iki.vocab.labels import match_heading

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class AlignmentSettings:
    """Tolerances in usual line distances unless told otherwise."""

    heading: float = 0.75
    """Likeness (0–1) of words to a known heading."""
    fewest: int = 2
    """Headings of promised columns (``no`` aside) that found a table."""
    head_high: float = 2.6
    """The headings stand within this height."""
    guessed: float = 0.5
    """What a guessed edge claims to be seen (0–1)."""
    rule_share: float = 0.3
    """Share of the table's width over which a level rule must be seen."""
    fewest_rules: int = 3
    """With so many level rules the rows are taken from them."""
    level: float = 0.45
    """Lines whose middles differ by less than this stand on one level."""
    gap: float = 1.3
    """A line further below the one above it in its column than this begins something new."""
    start: float = 1.5
    """Evidence from which a level begins a row, each of the following counting as told."""
    after_gap: float = 1.0
    """A column's line that comes after a gap."""
    goes_on: float = -1.0
    """A column's line directly below another one …"""
    small_letter: float = -1.0
    """… or beginning with a small letter."""
    numbered: float = 3.0
    """A number in the column of numbers."""
    wide: float = 1.0
    """All lines standing further below the level above than usual."""
    margin: float = 0.5
    """Paper left around the table."""


def guess(
    lines: Sequence[Line],
    parts: Components,
    strokes: Mask,
    pitch: float,
    settings: AlignmentSettings = AlignmentSettings(),
) -> Lattice | None:
    """A lattice for a page on which no ruled table was found, or ``None`` where there are no headings.

    ``lines`` are the page's lines as read, ``parts`` its pieces of ink and ``strokes`` the mask (H×W) of its level
    rules, all in straight px; ``pitch`` is the usual distance of lines.
    """
    heads = _headings(lines, pitch, settings)
    if not heads:
        return None
    top = min(box_of(h).y0 for h in heads) - settings.margin * pitch
    bottom = _end(lines, max(box_of(h).y1 for h in heads), pitch, settings)
    inside = parts.within(Box(-np.inf, top, np.inf, bottom))
    xs = _gutters(heads, inside, settings.margin * pitch)
    body = [x for x in lines if top <= box_of(x).centre[1] < bottom and x.text.strip()]
    columns = [[x for x in body if a <= box_of(x).centre[0] < b] for a, b in pairwise(xs)]
    names = [_name(" ".join(x.text for x in heads if a <= box_of(x).centre[0] < b), settings) for a, b in pairwise(xs)]
    ys = _ruled(strokes, xs, top, bottom, pitch, settings)
    if ys is None:
        starts = _starts(body, columns, names, max(box_of(h).y1 for h in heads), pitch, settings)
        ys = np.array([top, *starts, bottom])
    level = np.full((len(ys), len(xs) - 1), settings.guessed)
    for c, name in enumerate(names):
        if name in ("no", "sasaran"):
            for r in range(2, len(ys) - 1):
                if not any(ys[r] <= box_of(x).centre[1] < ys[r + 1] for x in columns[c]):
                    level[r, c] = 0.0
    return Lattice(xs, ys, level, np.full((len(ys) - 1, len(xs)), settings.guessed))


def _name(words: str, settings: AlignmentSettings) -> str | None:
    name, score = match_heading(words)
    return name if score >= settings.heading else None


def _headings(lines: Sequence[Line], pitch: float, settings: AlignmentSettings) -> list[Line]:
    """The lines of the row of headings (all of them, further lines of a heading included)."""
    hits = [x for x in lines if _name(x.text, settings) in PROMISED[1:]]
    best: list[Line] = []
    for hit in hits:
        near = [x for x in hits if abs(box_of(x).centre[1] - box_of(hit).centre[1]) <= settings.head_high * pitch / 2]
        if len({_name(x.text, settings) for x in near}) > len({_name(x.text, settings) for x in best}):
            best = near
    if len({_name(x.text, settings) for x in best}) < settings.fewest:
        return []
    y0, y1 = min(box_of(x).y0 for x in best), max(box_of(x).y1 for x in best)
    return [
        x
        for x in lines
        if box_of(x).centre[1] > y0 - pitch and box_of(x).centre[1] < y1 and box_of(x).y1 > y0 - pitch / 2
    ]


def _end(lines: Sequence[Line], start: float, pitch: float, settings: AlignmentSettings) -> float:
    """Where (y) the table ends: above the first row of the signature block, or below the last line."""
    rows = printed_rows([x for x in lines if box_of(x).y0 > start], settings.level * pitch)
    for row in rows:
        if any(label_of(x.text) or is_number(x.text) or (is_date(x.text) and len(row.lines) <= 2) for x in row.lines):  # noqa: PLR2004
            return row.box.y0 - 1
    return (rows[-1].box.y1 if rows else start) + settings.margin * pitch


def _gutters(heads: Sequence[Line], parts: Components, margin: float) -> Array:
    """The x between columns: where, between two headings, least ink stands; and the table's outer edges."""
    columns: list[Box] = []
    for head in sorted((box_of(h) for h in heads), key=lambda b: b.x0):
        if columns and head.x0 < columns[-1].x1:
            last = columns[-1]
            columns[-1] = Box(last.x0, last.y0, max(last.x1, head.x1), head.y1)
        else:
            columns.append(head)
    x0, x1 = int(parts.x0.min() - margin), int(np.ceil(parts.x1.max() + margin))
    steps = np.zeros(x1 - x0 + 2)
    np.add.at(steps, (parts.x0 - x0).astype(int), 1)
    np.add.at(steps, (parts.x1 - x0).astype(int), -1)
    cover = np.cumsum(steps)
    xs = [float(x0)]
    for a, b in pairwise(columns):
        left, right = int(a.centre[0] - x0), int(b.centre[0] - x0)
        low = np.flatnonzero(cover[left:right] == cover[left:right].min())
        runs = np.split(low, np.flatnonzero(np.diff(low) > 1) + 1)
        widest = max(runs, key=len)
        xs.append(x0 + left + float(widest[len(widest) // 2]))
    return np.array([*xs, float(x1)])


def _ruled(
    strokes: Mask, xs: Array, top: float, bottom: float, pitch: float, settings: AlignmentSettings
) -> Array | None:
    """The y of the level rules between top and bottom, or ``None`` where there are too few."""
    y0 = max(0, int(top - pitch))
    part = strokes[y0 : int(bottom + pitch), max(0, int(xs[0])) : int(xs[-1])]
    share = cv2.reduce(part, 1, cv2.REDUCE_AVG, dtype=cv2.CV_32F).ravel() / 255
    found = np.flatnonzero(share >= settings.rule_share)
    groups = np.split(found, np.flatnonzero(np.diff(found) > pitch / 2) + 1) if len(found) else []
    return np.array([float(g.mean()) + y0 for g in groups]) if len(groups) >= settings.fewest_rules else None


def _starts(
    body: Sequence[Line],
    columns: Sequence[Sequence[Line]],
    names: Sequence[str | None],
    head: float,
    pitch: float,
    settings: AlignmentSettings,
) -> list[float]:
    """The y at which rows begin, the first one below the headings included."""
    levels = [r for r in printed_rows(body, settings.level * pitch) if r.box.centre[1] > head]
    starts: list[float] = []
    for i, level in enumerate(levels):
        if i == 0 or _evidence(level, levels[i - 1], columns, names, head, pitch, settings) >= settings.start:
            above = levels[i - 1].box.y1 if i else head
            starts.append((above + level.box.y0) / 2)
    return starts


def _evidence(
    level: PrintedRow,
    above: PrintedRow,
    columns: Sequence[Sequence[Line]],
    names: Sequence[str | None],
    head: float,
    pitch: float,
    settings: AlignmentSettings,
) -> float:
    total = settings.wide if level.box.y0 - above.box.y0 > settings.gap * pitch else 0.0
    for column, name in zip(columns, names, strict=True):
        own = [x for x in column if x in level.lines]
        if not own:
            continue
        before = [box_of(x).centre[1] for x in column if head < box_of(x).centre[1] < level.box.y0]
        new = not before or box_of(own[0]).centre[1] - max(before) > settings.gap * pitch
        if name == "no":
            total += settings.numbered * any(c.isdigit() for c in own[0].text)
            continue
        total += settings.after_gap if new else settings.goes_on
        first = next((c for c in own[0].text if c.isalpha()), "")
        total += settings.small_letter if first.islower() else 0.0
    return total

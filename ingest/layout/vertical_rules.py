"""Straight rules: followed block by block along a page, and put together to those of one table by where they meet."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Mask
from iki.ingest.image.profiles import runs

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class UprightSettings:
    """Tolerances in letter heights unless told otherwise. Shares are of the length of a rule."""

    reach: float = 0.3
    """A rule's ink is looked for this far on either side of its middle."""
    block: float = 1.2
    """Length of the blocks by which a rule is followed …"""
    block_share: float = 0.2
    """… and share of such a block that must be thin ink."""
    block_gap: int = 3
    """Blocks in a row that may be missing from a rule."""
    seen: float = 2.6
    """Thin ink (sum of its length) that makes a rule of a table."""
    run_share: float = 0.22
    """Share of a rule's length that is at least thin ink."""
    apart: float = 1.1
    """Rules nearer to each other than this are one (doubled or thick)."""
    meeting: float = 0.7
    """Two rules that come so near to each other, one level and one upright, are of one table."""
    whole: float = 0.3
    """An upright rule of a table is as long as this share of its longest at the least."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A straight rule (straight px): where its middle runs, from where to where, and the share of that which is seen.

    ``at`` is the x of an upright rule and the y of a level one, ``start`` and ``end`` are of the other axis.
    """

    at: float
    start: float
    end: float
    share: float

    @property
    def length(self) -> float:
        return self.end - self.start


def uprights(thin: Mask, letter: float, settings: UprightSettings = UprightSettings()) -> list[Rule]:
    """The upright rules in a mask of thin upright strokes (H×W), left to right; level ones in a transposed mask."""
    block = max(4, round(settings.block * letter))
    height, width = thin.shape
    count = height // block
    if not count:
        return []
    share = thin[: count * block].reshape(count, block, width).mean(axis=1, dtype=np.float64) / 255
    on = share >= settings.block_share
    least = settings.seen * letter / block
    found: list[tuple[float, Rule]] = []
    for x in np.flatnonzero((share * on).sum(axis=0) >= least):
        for start, end in runs(on[:, x], settings.block_gap):
            seen = float(share[start:end, x].sum())
            if seen >= least and seen >= settings.run_share * (end - start):
                found.append((seen, Rule(float(x), float(start * block), float(end * block), seen / (end - start))))
    kept: list[Rule] = []
    for _, rule in sorted(found, key=lambda f: (-f[0], f[1].at)):
        near = [k for k in kept if abs(k.at - rule.at) < settings.apart * letter]
        if not any(min(k.end, rule.end) - max(k.start, rule.start) > block for k in near):
            kept.append(rule)
    return sorted((_centred(rule, thin, letter, settings) for rule in kept), key=lambda rule: rule.at)


def _centred(rule: Rule, thin: Mask, letter: float, settings: UprightSettings) -> Rule:
    """The rule in the middle of its thickness rather than at its first best column, from its first ink to its last."""
    reach = max(1, round(settings.reach * letter))
    left = max(0, int(rule.at) - reach)
    part = thin[int(rule.start) : int(rule.end), left : int(rule.at) + reach + 1]
    profile = part.mean(axis=0, dtype=np.float64)
    middle = float((profile * np.arange(len(profile))).sum() / max(profile.sum(), 1e-9))
    inked = np.flatnonzero(part.any(axis=1))
    return Rule(left + middle, rule.start + float(inked[0]), rule.start + float(inked[-1]) + 1, rule.share)


def families(
    upright: list[Rule], level: list[Rule], letter: float, settings: UprightSettings = UprightSettings()
) -> list[list[Rule]]:
    """The upright rules of each table, left to right: those that level rules join, however far apart they stand.

    Pieces of one rule are put together; stems of letters that stand below or beside it meet no level rule.
    """
    near = settings.meeting * letter
    x, y = (np.array([(r.at, r.start, r.end) for r in rules]).reshape(-1, 3) for rules in (upright, level))
    meet = (
        (x[:, None, 0] >= y[None, :, 1] - near)
        & (x[:, None, 0] <= y[None, :, 2] + near)
        & (y[None, :, 0] >= x[:, None, 1] - near)
        & (y[None, :, 0] <= x[:, None, 2] + near)
    )
    found, left = [], np.ones(len(upright), bool)
    for first in range(len(upright)):
        if not left[first]:
            continue
        own = np.zeros(len(upright), bool)
        own[first] = True
        while True:
            more = meet[:, meet[own].any(axis=0)].any(axis=1) | own
            if (more == own).all():
                break
            own = more
        left &= ~own
        family = _joined([upright[i] for i in np.flatnonzero(own)], settings.apart * letter)
        longest = max(r.length * r.share for r in family)
        family = [r for r in family if r.length * r.share >= settings.whole * longest]
        if len(family) > 1:
            found.append(family)
    return found


def _joined(pieces: list[Rule], apart: float) -> list[Rule]:
    """Pieces of one rule as one, left to right."""
    groups: list[list[Rule]] = []
    for piece in sorted(pieces, key=lambda p: (-p.length, p.at)):
        home = next((g for g in groups if abs(g[0].at - piece.at) < apart), None)
        if home is None:
            groups.append([piece])
        else:
            home.append(piece)
    rules = []
    for group in groups:
        start, end = min(p.start for p in group), max(p.end for p in group)
        seen, weight = sum(p.length * p.share for p in group), sum(p.length for p in group)
        rules.append(Rule(sum(p.at * p.length for p in group) / weight, start, end, seen / (end - start)))
    return sorted(rules, key=lambda rule: rule.at)

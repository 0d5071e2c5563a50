"""Upright rules: followed block by block down the page, pieces linked, put together to the families of one table."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
    overlap: float = 0.5
    """Upright rules of one table share at least this part of the shorter one's length."""


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


def uprights(thin: Mask, letter: float, settings: UprightSettings = UprightSettings()) -> list[Upright]:
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
        for start, end in runs(on[:, x], settings.block_gap):
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


def _centred(rule: Upright, share: Array, block: int, letter: float, settings: UprightSettings) -> Upright:
    """The rule with x in the middle of its thickness rather than at its first best column."""
    reach = max(1, round(settings.reach * letter))
    x, rows = int(rule.x), slice(int(rule.y0) // block, int(rule.y1) // block)
    left = max(0, x - reach)
    profile = share[rows, left : x + reach + 1].mean(axis=0)
    middle = float((profile * np.arange(len(profile))).sum() / max(profile.sum(), 1e-9))
    return Upright(left + middle, rule.y0, rule.y1, rule.share)


def families(rules: list[Upright], letter: float, settings: UprightSettings = UprightSettings()) -> list[list[Upright]]:
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


def _plain(family: list[Upright], letter: float, settings: UprightSettings) -> list[Upright]:
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

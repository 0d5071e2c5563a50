"""The map between a page as it lies in the file and the same page made straight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image, Mask
from iki.ingest.image.ruling_lines import Trace
from iki.model import Box, Quad

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class WarpSettings:
    rounds: int = 6
    """Rounds of the robust fit."""
    tolerance: float = 0.12
    """Residual (letter heights) at which a piece counts half: about the width of a thin rule."""
    stiffness: tuple[float, float] = (1e-4, 2e-3)
    """Weight of the wish for small coefficients (quadratic, cubic terms), against the mean square of the samples …"""
    stiffness_samples: float = 60.0
    """… as if there were this many more of them, so that a page with little on it stays as it is."""
    growth: float = 0.06
    """The straight page may grow by this share on each side, so that nothing is cut off."""
    text_weight: float = 0.15
    """Weight of a sample on a line of text against one on a rule."""
    knots: int = 24
    """The map is inverted on a grid with this many knots along the longer side and interpolated in between."""
    inversions: int = 8
    """Fixed-point rounds of the inversion."""
    least_bend: float = 0.75
    """A map that moves no point by more than this (px) is taken for none."""


def _terms(x: NDArray[np.float64], y: NDArray[np.float64]) -> NDArray[np.float64]:
    """The cubic terms that bend level lines (pure functions of y move them but leave them straight)."""
    return np.stack([x, x * x, x * y, x**3, x * x * y, x * y * y], axis=-1)


def _fit(
    pieces: Sequence[Trace],
    weights: Sequence[float],
    prior: float,
    centre: Points,
    half: float,
    letter: float,
    settings: WarpSettings,
) -> NDArray[np.float64]:
    """Coefficients a of ``_terms`` such that y + terms·a is constant along every piece (robust least squares).

    Coordinates are centred and divided by ``half``. ``prior`` is the expected first coefficient where pieces are few.
    """
    rows, values, owner, base = [], [], [], []
    for i, (piece, trust) in enumerate(zip(pieces, weights, strict=True)):
        at = (piece.points - centre) / half
        terms = _terms(at[:, 0], at[:, 1])
        rows.append(terms - terms.mean(axis=0))
        values.append(-(at[:, 1] - at[:, 1].mean()))
        owner.append(np.full(len(at), i))
        base.append(np.full(len(at), trust))
    stiff = np.array([0, settings.stiffness[0], settings.stiffness[0], *[settings.stiffness[1]] * 3])
    if not rows:
        return np.array([prior, 0, 0, 0, 0, 0])
    a, b, w0 = np.concatenate(rows), np.concatenate(values), np.concatenate(base)
    who = np.concatenate(owner)
    weight: NDArray[np.float64] = w0
    solution = np.zeros(6)
    pull = np.array([1e-9 * prior, 0, 0, 0, 0, 0])
    scale = settings.tolerance * letter / half
    for _ in range(settings.rounds):
        normal = (a * weight[:, None]).T @ a + np.diag(stiff * (weight.sum() + settings.stiffness_samples) + 1e-9)
        solution = np.linalg.solve(normal, (a * weight[:, None]).T @ b + pull)
        error = np.square(a @ solution - b)
        spread = np.sqrt(np.bincount(who, error) / np.bincount(who))[who]
        weight = w0 / (1 + np.square(spread / scale))
    return solution


def _between(length: int, knots: int, step: float) -> NDArray[np.float32]:
    """The weights (length × knots) by which values at knots ``step`` px apart give those at every pixel, linearly."""
    at = np.arange(length, dtype=np.float32) / np.float32(step)
    return np.asarray(np.maximum(0, 1 - np.abs(at[:, None] - np.arange(knots, dtype=np.float32))), np.float32)


@dataclass(frozen=True)
class Warp:
    """Source page ↔ straight page.

    A point of the source page is first taken through ``affine`` (2×3: turning, scaling, coarse deskewing) into a level
    frame, then bent straight: ``(x + terms(y, x)·down, y + terms(x, y)·across)`` in coordinates centred at ``centre``
    and divided by ``half``. ``size`` is (width, height) of the straight page in px; ``shift`` its origin.
    """

    affine: Points
    across: NDArray[np.float64]
    down: NDArray[np.float64]
    centre: Points
    half: float
    size: tuple[int, int]
    shift: tuple[float, float] = (0.0, 0.0)
    settings: WarpSettings = WarpSettings()

    def _bend(self, points: Points) -> Points:
        at = (points - self.centre) / self.half
        x, y = at[..., 0], at[..., 1]
        moved = np.stack([x + _terms(y, x) @ self.down, y + _terms(x, y) @ self.across], axis=-1)
        return np.asarray(moved * self.half + self.centre - self.shift)

    def _unbend(self, points: Points) -> Points:
        level = points.copy()
        for _ in range(self.settings.inversions):
            level = level - (self._bend(level) - points)
        return level

    def to_straight(self, points: Points) -> Points:
        """Points (…×2: x, y) of the source page on the straight page."""
        return self._bend(points @ self.affine[:, :2].T + self.affine[:, 2])

    def to_source(self, points: Points) -> Points:
        """Points (…×2: x, y) of the straight page on the source page."""
        inverse = cv2.invertAffineTransform(self.affine)
        return np.asarray(self._unbend(np.asarray(points, np.float64)) @ inverse[:, :2].T + inverse[:, 2])

    def quads(self, boxes: Sequence[Box]) -> list[Quad]:
        """The corners of straight boxes on the source page."""
        corners = [((b.x0, b.y0), (b.x1, b.y0), (b.x1, b.y1), (b.x0, b.y1)) for b in boxes]
        found = self.to_source(np.array(corners, np.float64).reshape(-1, 4, 2)).tolist()
        quads = ([(round(x, 1), round(y, 1)) for x, y in four] for four in found)
        return [(a, b, c, d) for a, b, c, d in quads]

    @cached_property
    def _maps(self) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        width, height = self.size
        step = max(self.size) / self.settings.knots
        xs, ys = np.arange(0, width + 2 * step, step), np.arange(0, height + 2 * step, step)
        knots = self.to_source(np.stack(np.meshgrid(xs, ys), axis=-1)).astype(np.float32)
        across, down = _between(width, len(xs), step), _between(height, len(ys), step)
        x, y = (np.asarray(down @ knots[..., i] @ across.T, np.float32) for i in (0, 1))
        return x, y

    def apply(self, source: Image) -> Image:
        """The straight page of a source page (grey or BGR); what lies outside is white."""
        return self._applied(source, cv2.INTER_CUBIC, 255)

    def apply_to_mask(self, source: Mask) -> Mask:
        """The straight page's mask (255 or 0) of a source page's; what lies outside is empty."""
        return self._applied(source, cv2.INTER_NEAREST, 0)

    def _applied(self, source: Image, between: int, outside: int) -> Image:
        border = (outside,) * 3
        if not self.across[1:].any() and not self.down[1:].any():
            return np.asarray(cv2.warpAffine(source, self.affine, self.size, flags=between, borderValue=border))
        return np.asarray(cv2.remap(source, *self._maps, between, borderValue=border))


def straightening(
    level: Sequence[Trace],
    upright: Sequence[Trace],
    text: Sequence[Trace],
    affine: Points,
    size: tuple[int, int],
    letter: float,
    settings: WarpSettings = WarpSettings(),
) -> Warp:
    """The warp that makes rules and lines of text straight.

    ``level`` and ``upright`` are pieces of rules, ``text`` of lines of text, in the level frame that ``affine`` leads
    to from the source page; ``upright`` pieces come with x and y exchanged. One robust least-squares fit over all
    samples at once of a cubic map, for perspective and a gentle bend together (the polynomial
    analogue of Stamatopoulos et al.,
    "Goal-oriented rectification of camera-based document images", IEEE TIP 2011).
    """
    centre, half = np.array(size, np.float64) / 2, max(size) / 2
    rules = [1.0] * len(level)
    across = _fit([*level, *text], [*rules, *[settings.text_weight] * len(text)], 0.0, centre, half, letter, settings)
    down = _fit(upright, [1.0] * len(upright), -across[0], centre[::-1], half, letter, settings)
    outline = np.array([[x, y] for x in (0, 0.5, 1) for y in (0, 0.5, 1)]) * size
    bent = Warp(affine, across, down, centre, half, size, settings=settings)._bend(outline)
    if np.abs(bent - outline).max() <= settings.least_bend:
        return Warp(affine, np.zeros(6), np.zeros(6), centre, half, size, settings=settings)
    room = np.array(size) * settings.growth
    first = np.maximum(np.minimum(bent.min(axis=0), 0), -room)
    last = np.minimum(np.maximum(bent.max(axis=0), size), size + room)
    grown = np.ceil(last - first).astype(int)
    return Warp(
        affine, across, down, centre, half, (int(grown[0]), int(grown[1])), (float(first[0]), float(first[1])), settings
    )

"""Ruled lines: pieces of them found on a page that is only roughly level."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.illumination import Mask


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Tolerances in letter heights unless told otherwise."""

    shortest: float = 2.2
    """Shortest straight run that counts as a piece of a rule."""
    thickest: float = 0.8
    """Greatest thickness of a rule; thicker bars are shading or the edge of a copy."""
    tilt: int = 3
    """Height (px) of the brush that joins the steps of a slightly tilted rule."""
    step: float = 0.5
    """Distance between the samples taken along a piece."""
    slope: float = 0.25
    """Steepest rise over run of a piece against its direction."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Points (N×2 float, px: x, y) along the middle of a piece of a rule or of a line of text."""

    points: NDArray[np.float64]

    @property
    def length(self) -> float:
        """Extent in px along the longer axis."""
        return float(np.ptp(self.points, axis=0).max())


def level_mask(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Mask:
    """The level runs of an ink mask (H×W) that are long enough for a rule, tilted ones included."""
    run = max(5, round(settings.shortest * letter))
    thick = cv2.dilate(ink, np.ones((settings.tilt, 1), np.uint8))
    return np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)))


def level_pieces(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> list[Piece]:
    """Pieces of level rules in an ink mask (H×W), sampled along their middle, in the mask's pixels."""
    runs = level_mask(ink, letter, settings)
    return curves(runs, letter * settings.thickest + settings.tilt, settings.shortest * letter, settings.step * letter, settings.slope)


def curves(mask: Mask, thickest: float, shortest: float, step: float, slope: float) -> list[Piece]:
    """The middle lines of the long flat components of a mask (H×W), sampled every ``step`` px.

    A component wider than ``shortest`` px counts when it is on average thinner than ``thickest`` px and rises by less
    than ``slope`` px a px.
    """
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8, ltype=cv2.CV_32S)
    pieces = []
    for i in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[i])
        if width < shortest or area > thickest * width or height > thickest + slope * width:
            continue
        part = labels[y : y + height, x : x + width] == i
        columns = np.arange(int(step / 2), width, max(1, int(step)))
        inside = part[:, columns]
        weight = inside.sum(axis=0)
        middle = (inside * np.arange(height)[:, None]).sum(axis=0) / np.maximum(weight, 1)
        good = (weight > 0) & (weight <= thickest)
        if good.sum() > 1:
            pieces.append(Piece(np.stack([x + columns[good], y + middle[good]], axis=1).astype(np.float64)))
    return pieces

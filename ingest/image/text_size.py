"""The size of the writing, from which every other tolerance of a page is derived."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from iki.ingest.image.binarize import Mask
from iki.ingest.image.components import Pieces


@dataclass(frozen=True, slots=True)
class TextSizeSettings:
    smallest: int = 4
    """Height (px) below which a component is dust, not a letter."""
    largest: float = 1 / 25
    """Height (share of the page's longer side) above which a component is no letter."""
    slenderest: float = 8.0
    """Letters are at most this many times as wide as high or as high as wide."""
    tallest: float = 2.5
    """Times the usual height above which a component is no letter."""
    lowest: float = 0.4
    """Times the usual height below which a component tells nothing about where the lines run."""
    fewest: int = 12
    """A page with fewer letters has no usual letter height."""
    inches: float = 0.078
    """Usual letter height of 10–12 pt print: the area-weighted median of all components."""


def letters(mask: Mask, settings: TextSizeSettings = TextSizeSettings()) -> tuple[Mask, float]:
    """The letters of an ink mask (H×W), without rules, dust and drawings, and their usual height in px.

    The height is the area-weighted median of all components that could be letters; it is 0, and the mask empty, where
    there is no writing. Components more than twice as high as usual go from the mask too: drawings, or touching rules.
    """
    pieces = Pieces.of(mask)
    width, height = pieces.boxes[:, 2], pieces.boxes[:, 3]
    longest = max(mask.shape) * settings.largest
    good = (height >= settings.smallest) & (height <= longest) & (width <= longest)
    good &= (width <= settings.slenderest * height) & (height <= settings.slenderest * width)
    if good.sum() < settings.fewest:
        return np.zeros_like(mask), 0.0
    order = np.argsort(height[good], kind="stable")
    weight = np.cumsum((width * height)[good][order])
    usual = float(height[good][order][np.searchsorted(weight, weight[-1] / 2)])
    return pieces.only(good & (height <= settings.tallest * usual) & (height >= settings.lowest * usual)), usual


def resolution(letter: float, settings: TextSizeSettings = TextSizeSettings()) -> float:
    """The resolution (dpi) at which letters of this height (px) would be ordinary print."""
    return letter / settings.inches

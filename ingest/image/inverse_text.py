"""Inverse text: light letters on dark bars, as in a table's headings, turned to dark letters on paper."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image, Mask, shrunk


@dataclass(frozen=True, slots=True)
class InverseTextSettings:
    """Tolerances; lengths are shares of the page's shorter side, grey levels shares of the paper's."""

    glance: float = 1 / 800
    """Bars are looked for in a copy of the page whose pixels are so large."""
    around: float = 0.25
    """The paper's grey is the brightest of a window of this size, so that no bar fills it."""
    dark: float = 0.86
    """A bar is darker than this share of its paper."""
    stroke: float = 1 / 220
    """Width that strokes of letters and rules do not reach, but the ground of a bar between its letters does."""
    letter: float = 1 / 60
    """Letters on a bar, and what is worn off it, are holes that are smaller than this."""
    slimmest: float = 1 / 66
    """Least height and width of a bar …"""
    run: float = 1 / 5
    """A bar is so long at every place of its edge: bold words close to it are shorter."""
    longest: float = 1 / 3
    """… and least length of the longer of the two."""
    filled: float = 0.82
    """Share of the rectangle around it, askew like itself, that a bar fills."""
    edge: float = 0.8
    """Share of a bar's outline that is dark, but for specks: between letters in bold type there is paper."""
    contrast: tuple[float, float] = (0.25, 0.5)
    """Ink on a bar differs from its ground by the first share of the paper's grey, or the second of what its ground
    does."""
    lighter: float = 2.0
    """Of the ink on a bar, so many times as much is lighter than its ground as is darker, unless it has none."""
    rim: float = 1 / 600
    """Edge of a bar that stays dark: the rule around it."""


def readable(image: Image, settings: InverseTextSettings = InverseTextSettings()) -> Image:
    """A page (H×W grey or H×W×3 BGR) whose dark bars became paper, the light letters on them dark, their edge a rule.

    ``image`` itself comes back where there is none. Shaded cells with dark letters, and what runs out of the page (the
    edge of a copy, a desk), stay as they are.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004
    factor = max(1, round(min(grey.shape) * settings.glance))
    small = shrunk(grey, factor)
    paper = _paper(small, settings)
    bars = [box for box in _bars(small, paper, settings) if _is_inverse(small, paper, box, settings)]
    if not bars:
        return image
    clean = grey.copy()
    rim = max(1, round(min(grey.shape) * settings.rim))
    for mask, (x, y, width, height) in bars:
        where = slice(y * factor, (y + height) * factor), slice(x * factor, (x + width) * factor)
        inside = cv2.resize(mask, (width * factor, height * factor), interpolation=cv2.INTER_NEAREST)
        inside = cv2.erode(cv2.copyMakeBorder(inside, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0), _square(2 * rim + 1))
        own = inside[1:-1, 1:-1] > 0
        if not own.any():
            continue
        part = clean[where]
        ground, white = float(np.median(part[own])), float(np.median(paper[y : y + height, x : x + width]))
        contrast = np.abs(part[own] - ground) * (white / max(white - ground, 1))  # darker rules stay dark
        part[own] = np.clip(white - contrast, 0, white).astype(np.uint8)
    if image.ndim == 2:  # noqa: PLR2004
        return clean
    changed = clean != grey
    coloured = image.copy()
    coloured[changed] = clean[changed, None]
    return coloured


def _square(side: int) -> NDArray[np.uint8]:
    return np.ones((side, side), np.uint8)


def _odd(length: float) -> int:
    return max(1, round((length - 1) / 2)) * 2 + 1


def _paper(small: Image, settings: InverseTextSettings) -> Image:
    """The grey of the paper around every pixel."""
    tiny = shrunk(small, 8)
    window = _odd(min(tiny.shape) * settings.around)
    bright = cv2.blur(cv2.dilate(tiny, _square(window)), (window, window))
    return np.asarray(cv2.resize(bright, small.shape[::-1], interpolation=cv2.INTER_LINEAR))


def _bars(small: Image, paper: Image, settings: InverseTextSettings) -> list[tuple[Mask, tuple[int, int, int, int]]]:
    """The dark rectangles of a page, each a mask within its box (x, y, width, height)."""
    size = min(small.shape)
    dark = np.where(small < settings.dark * paper, np.uint8(255), np.uint8(0))
    solid = cv2.morphologyEx(dark, cv2.MORPH_OPEN, _square(_odd(size * settings.stroke)))
    if not solid.any():
        return []
    closed = cv2.morphologyEx(solid, cv2.MORPH_CLOSE, _square(_odd(size * settings.letter)))
    run = _odd(size * settings.run)
    across, down = (cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones(side, np.uint8)) for side in ((1, run), (run, 1)))
    closed = cv2.morphologyEx(cv2.max(across, down), cv2.MORPH_OPEN, _square(_odd(size * settings.slimmest)))
    whole = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, _square(3))
    count, labels, stats, _ = cv2.connectedComponentsWithStats(closed, connectivity=4)
    found = []
    for number in range(1, count):
        x, y, width, height, area = (int(v) for v in stats[number])
        inner = x > 0 and y > 0 and x + width < small.shape[1] and y + height < small.shape[0]
        if not inner or max(width, height) < settings.longest * size:
            continue
        own = np.where(labels[y : y + height, x : x + width] == number, np.uint8(255), np.uint8(0))
        outline = cv2.subtract(own, cv2.erode(own, _square(3), borderValue=0)) > 0
        _, sides, _ = cv2.minAreaRect(cv2.findNonZero(own))
        filled = area >= settings.filled * (sides[0] + 1) * (sides[1] + 1)
        if filled and whole[y : y + height, x : x + width][outline].mean() >= 255 * settings.edge:
            found.append((own, (x, y, width, height)))
    return found


def _is_inverse(
    small: Image, paper: Image, bar: tuple[Mask, tuple[int, int, int, int]], settings: InverseTextSettings
) -> bool:
    """Whether what stands on a bar is lighter than its ground, or there is nothing."""
    mask, (x, y, width, height) = bar
    inside = cv2.erode(mask, _square(3)) > 0
    if not inside.any():
        return False
    part = slice(y, y + height), slice(x, x + width)
    white = max(float(np.median(paper[part])), 1)
    ground = float(np.median(small[part][inside])) / white
    least = min(settings.contrast[0], settings.contrast[1] * (1 - ground))
    contrast = small[part] / white - ground
    lighter, darker = (_without_rules((sign * contrast > least) & inside, small.shape, settings) for sign in (1, -1))
    return lighter >= settings.lighter * darker


def _without_rules(ink: NDArray[np.bool_], page: tuple[int, ...], settings: InverseTextSettings) -> int:
    """Pixels of a mask of ink that are no part of a long level or upright stroke."""
    mask, run = ink.astype(np.uint8), _odd(min(page) * settings.letter)
    rules = [cv2.morphologyEx(mask, cv2.MORPH_OPEN, np.ones(side, np.uint8)) for side in ((1, run), (run, 1))]
    return cv2.countNonZero(cv2.subtract(mask, cv2.max(*rules)))

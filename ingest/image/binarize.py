"""From a page as the camera or scanner saw it to ink on white: desk, shadow and fold taken out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]
_GREYS = np.arange(256.0)


@dataclass(frozen=True, slots=True)
class IlluminationSettings:
    """Tolerances of ``flatten``, ``even`` and ``ink``; shares are of full white (1 = paper)."""

    shrink: int = 8
    """Factor by which the page is made smaller before its paper is estimated."""
    stroke: float = 1 / 90
    """Width (share of the page's width) that no stroke of writing reaches; the paper is looked for across it."""
    desk: float = 0.5
    """Paper darker than this share of the page's usual paper, and touching the border, is desk."""
    desk_area: float = 0.004
    """Smallest desk (share of the page's area) worth painting over."""
    edge: float = 0.1
    """Between neighbours in the small copy, a difference of this share of the brighter one is an edge of the page."""
    sheet: float = 0.25
    """Within such edges the sheet is at least this share of the picture …"""
    beside: float = 0.85
    """… and what lies outside is darker than this share of the paper …"""
    writing: tuple[float, float] = (0.3, 0.004)
    """… and holds no writing: less than the second share of it is darker than its own ground by the first."""
    bilevel: float = 0.98
    """Share of pixels that are nearly black or nearly white on a page that was scanned as bilevel."""
    light: float = 30.0
    """Pixels up to this much darker (grey levels) than the usual one are paper, by which its noise is told."""
    noise_blur: float = 0.8
    """Sigma (px) of the blur before the threshold on pages that are not bilevel."""
    lean: float = 0.25
    """How far the threshold leans from Otsu's towards paper, so that thin strokes survive."""
    threshold: tuple[float, float] = (0.45, 0.86)
    """Ink is darker than a threshold kept within these bounds."""
    tint_stroke: float = 1 / 100
    """Width (share of the page's shorter side) that no stroke of print reaches, but those of a watermark or a marker
    do."""
    tint: tuple[float, float] = (0.35, 0.93)
    """Wider marks between these are a ground on which print stands; darker ones are ink …"""
    tint_area: float = 12.0
    """… and such a ground covers at least so many squares of that width."""
    noise_sigmas: float = 4.5
    """Ink is darker than paper by at least this many standard deviations of the paper's noise."""


def is_bilevel(grey: Image, settings: IlluminationSettings = IlluminationSettings()) -> bool:
    """Whether the grey page (H×W) holds practically nothing but black and white, and no less black than grey: the few
    words on a page that is nearly blank may be pale."""
    histogram = np.bincount(grey[::3, ::3].ravel(), minlength=256)
    black, between = histogram[:16].sum(), histogram[16:240].sum()
    return bool(between < (1 - settings.bilevel) * histogram.sum() and between <= black)


def shrunk(image: Image, factor: int) -> Image:
    """A picture (H×W or H×W×3) at a whole ``factor`` of its size, each pixel the mean of a square.

    Less than a square at the right and at the bottom is left out; without, OpenCV takes four times as long.
    """
    height, width = (max(length // factor, 1) for length in image.shape[:2])
    whole = image[: height * factor, : width * factor]
    return np.asarray(cv2.resize(whole, (width, height), interpolation=cv2.INTER_AREA))


def _small(image: Image, settings: IlluminationSettings) -> Image:
    return shrunk(image, settings.shrink)


def _blank(small: Image, settings: IlluminationSettings) -> Image:
    """A small copy of the page with its writing closed over."""
    reach = _reach(small.shape[1], settings)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    return np.asarray(cv2.morphologyEx(small, cv2.MORPH_CLOSE, disc))


def _reach(width: int, settings: IlluminationSettings) -> int:
    """The width of the widest stroke, odd, in pixels of a copy of this width."""
    return max(3, round(width * settings.stroke) * 2 + 1)


def _paper(blank: Image, settings: IlluminationSettings) -> NDArray[np.float32]:
    """The paper's brightness at every pixel of the small copy."""
    return np.asarray(cv2.GaussianBlur(blank, (0, 0), _reach(blank.shape[1], settings) / 2), np.float32)


def _desk(small: Image, blank: Image, paper: NDArray[np.float32], settings: IlluminationSettings) -> Mask:
    """The surroundings of the page in the small copy (255 = desk): by its edges, else what is dark along the border."""
    outside = _outside(small, blank, settings)
    if outside.any():
        return outside
    dark = (paper < settings.desk * np.percentile(paper, 75)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    border = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    big = [i for i in border if i and stats[i, cv2.CC_STAT_AREA] > settings.desk_area * dark.size]
    return np.asarray(np.isin(labels, big) * 255, np.uint8)


def _outside(small: Image, blank: Image, settings: IlluminationSettings) -> Mask:
    """What lies beyond the edges of the sheet (255), if that is darker than paper and nothing is written on it.

    So a shadow across the page is told from a desk.
    """
    near = np.ones((3, 3), np.uint8)
    brighter = cv2.dilate(blank, near)
    even = cv2.subtract(brighter, cv2.erode(blank, near)) < settings.edge * brighter
    count, labels = cv2.connectedComponents(even.astype(np.uint8), connectivity=4)
    light = np.bincount(labels.ravel(), blank.ravel(), count)
    light[0] = 0
    sheet = (labels == light.argmax()).astype(np.uint8)
    outlines, _ = cv2.findContours(sheet, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    whole = np.zeros_like(sheet)
    cv2.drawContours(whole, outlines, -1, 1, cv2.FILLED)
    outside: Mask = np.zeros_like(sheet)
    if whole.mean() < settings.sheet:
        return outside
    usual = float(np.median(blank[sheet > 0]))
    contrast, most = settings.writing
    written = cv2.subtract(blank, small) > contrast * blank
    parts, labels = cv2.connectedComponents(1 - whole, connectivity=4)
    for part in range(1, parts):
        own = labels == part
        if np.median(blank[own]) < settings.beside * usual and written[own].mean() < most:
            outside[own] = 255
    return outside


def _divided(channel: Image, paper: NDArray[np.float32]) -> Image:
    height, width = channel.shape
    full = cv2.resize(np.maximum(paper, 1), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(channel, full.astype(np.uint8), scale=255))


def even(image: Image, settings: IlluminationSettings = IlluminationSettings()) -> list[Image]:
    """The colours of a page (H×W×3), each (H×W) divided by its own paper."""
    papers = _paper(_blank(_small(image, settings), settings), settings)
    return [_divided(*pair) for pair in zip(cv2.split(image), cv2.split(papers), strict=True)]


def flatten(image: Image, settings: IlluminationSettings = IlluminationSettings()) -> Image:
    """Divide a page by its own paper, so that paper is white (255) everywhere.

    ``image`` is H×W grey or H×W×3 BGR; the answer is H×W grey in the same frame, white where there is no page. A
    bilevel page is returned as it is.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004
    if is_bilevel(grey, settings):
        return grey
    small = _small(grey, settings)
    blank = _blank(small, settings)
    paper = _paper(blank, settings)
    flat = _divided(grey, paper)
    desk = _desk(small, blank, paper, settings)
    if desk.any():
        grown = cv2.dilate(desk, np.ones((3, 3), np.uint8))
        flat[cv2.resize(grown, flat.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0] = 255
    return flat


def levelled(flat: Image, settings: IlluminationSettings = IlluminationSettings()) -> tuple[Image, Mask | None]:
    """A flattened page (H×W) without the tints that print stands on, and how bright these were (``None``: none there).

    Watermarks, marker pens and shaded cells are wider than any stroke of print and paler than it: the page is divided
    by what a closing leaves of them (black top-hat; Soille, Morphological Image Analysis, ch. 4).
    """
    half = shrunk(flat, 2)
    reach = max(7, round(min(half.shape) * settings.tint_stroke) | 1)
    disc = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach))
    ground = cv2.morphologyEx(half, cv2.MORPH_CLOSE, disc)
    low, high = (255 * share for share in settings.tint)
    tinted = cv2.inRange(ground, low, high)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(tinted, connectivity=4)
    wide = stats[:, cv2.CC_STAT_AREA] > settings.tint_area * reach * reach
    wide[0] = False
    if not wide.any():
        return flat, None
    edge = np.ones((3, 3), np.uint8)
    ground = cv2.erode(np.where(wide[labels], ground, np.uint8(255)), edge)
    height, width = flat.shape
    full = cv2.resize(ground, (width, height), interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.divide(flat, full, scale=255)), np.asarray(full)


def _median(values: NDArray[np.float64], counts: NDArray[np.int64]) -> float:
    """The median of values that occur so many times each."""
    order = np.argsort(values, kind="stable")
    upto = np.cumsum(counts[order])
    low, high = np.searchsorted(upto, [(upto[-1] - 1) // 2, upto[-1] // 2], side="right")
    return float(values[order][low] + values[order][high]) / 2


def ink(flat: Image, settings: IlluminationSettings = IlluminationSettings()) -> Mask:
    """The ink of a flattened page (H×W) as a mask: 255 where there is ink."""
    if is_bilevel(flat, settings):
        return np.asarray(cv2.threshold(flat, 127, 255, cv2.THRESH_BINARY_INV)[1])
    smooth = cv2.GaussianBlur(flat, (0, 0), settings.noise_blur)
    counts = np.bincount(smooth[::2, ::2].ravel(), minlength=256)
    light = np.where(_median(_GREYS, counts) - settings.light < _GREYS, counts, 0)
    middle = _median(_GREYS, light)
    noise = 1.4826 * _median(np.abs(_GREYS - middle), light)
    dark = np.repeat(_GREYS, np.where(middle - 3 * noise > _GREYS, counts, 0)).astype(np.uint8)
    otsu = cv2.threshold(dark.reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)[0]
    low, high = (255 * share for share in settings.threshold)
    level = min(max(otsu + settings.lean * (middle - otsu), low), high, middle - settings.noise_sigmas * noise)
    return np.asarray(cv2.threshold(smooth, level, 255, cv2.THRESH_BINARY_INV)[1])

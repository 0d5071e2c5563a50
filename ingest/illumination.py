"""From a page as the camera or scanner saw it to ink on white: desk, shadow, fold and coloured ink taken out."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Image = NDArray[np.uint8]
Mask = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class IlluminationSettings:
    """Tolerances of ``flatten`` and ``ink``; shares are of full white (1 = paper)."""

    shrink: int = 8
    """Factor by which the page is made smaller before its paper is estimated."""
    stroke: float = 1 / 90
    """Width (share of the page's width) that no stroke of writing reaches; the paper is looked for across it."""
    desk: float = 0.5
    """Paper darker than this share of the page's usual paper, and touching the border, is desk."""
    desk_area: float = 0.004
    """Smallest desk (share of the page's area) worth painting over."""
    chroma: float = 0.16
    """Difference of a pixel's strongest and weakest colour that makes its ink coloured."""
    coloured_floor: float = 0.4
    """A pixel with coloured ink is black print below when even its strongest colour is darker than this …"""
    coloured_paper: float = 0.65
    """… and bare paper below when its strongest colour is brighter than this; in between it is faded in."""
    bilevel: float = 0.98
    """Share of pixels that are nearly black or nearly white on a page that was scanned as bilevel."""
    noise_blur: float = 0.8
    """Sigma (px) of the blur before the threshold on pages that are not bilevel."""
    lean: float = 0.25
    """How far the threshold leans from Otsu's towards paper, so that thin strokes survive."""
    threshold: tuple[float, float] = (0.45, 0.86)
    """Ink is darker than a threshold kept within these bounds."""
    noise_sigmas: float = 4.5
    """Ink is darker than paper by at least this many standard deviations of the paper's noise."""


def is_bilevel(grey: Image, settings: IlluminationSettings = IlluminationSettings()) -> bool:
    """Whether the grey page (H×W) holds practically nothing but black and white."""
    histogram = np.bincount(grey[::3, ::3].ravel(), minlength=256)
    return bool((histogram[:16].sum() + histogram[240:].sum()) / histogram.sum() > settings.bilevel)


def _paper(channel: Image, settings: IlluminationSettings) -> NDArray[np.float32]:
    """The paper's brightness at every pixel of a small copy of the page."""
    height, width = channel.shape[:2]
    size = max(width // settings.shrink, 8), max(height // settings.shrink, 8)
    small = cv2.resize(channel, size, interpolation=cv2.INTER_AREA)
    reach = max(3, round(size[0] * settings.stroke) * 2 + 1)
    closed = cv2.morphologyEx(small, cv2.MORPH_CLOSE, cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach, reach)))
    return np.asarray(cv2.GaussianBlur(closed, (0, 0), reach / 2), np.float32)


def _desk(paper: NDArray[np.float32], settings: IlluminationSettings) -> Mask:
    """The dark surroundings of the page in the small copy (255 = desk): dark and connected to the border."""
    dark = (paper < settings.desk * np.percentile(paper, 75)).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(dark, connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    big = [i for i in edge if i and stats[i, cv2.CC_STAT_AREA] > settings.desk_area * dark.size]
    return (np.isin(labels, big) * 255).astype(np.uint8)


def _divide(channel: Image, paper: NDArray[np.float32]) -> Image:
    height, width = channel.shape
    full = cv2.resize(np.maximum(paper, 1), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.divide(channel, full.astype(np.uint8), scale=255))


def flatten(image: Image, settings: IlluminationSettings = IlluminationSettings()) -> Image:
    """Divide a page by its own paper, so that paper is white (255) everywhere.

    ``image`` is H×W grey or H×W×3 BGR; the answer is H×W grey in the same frame. Blue, violet and red ink (stamps,
    signatures) is taken out where the page has colour; black print below it stays. A bilevel page is returned as it is.
    """
    grey = image if image.ndim == 2 else cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)  # noqa: PLR2004
    if is_bilevel(grey, settings):
        return grey
    paper = _paper(grey, settings)
    flat = _divide(grey, paper)
    if image.ndim == 3:  # noqa: PLR2004
        flat = _without_coloured_ink(image, flat, settings)
    desk = _desk(paper, settings)
    if desk.any():
        grown = cv2.dilate(desk, np.ones((3, 3), np.uint8))
        flat[cv2.resize(grown, flat.shape[::-1], interpolation=cv2.INTER_NEAREST) > 0] = 255
    return flat


def _without_coloured_ink(image: Image, flat: Image, settings: IlluminationSettings) -> Image:
    channels = cv2.split(image)
    if not _has_colour(image, settings):
        return flat
    even = [_divide(channel, _paper(channel, settings)) for channel in channels]
    strongest = cv2.max(cv2.max(even[0], even[1]), even[2])
    smooth = [cv2.GaussianBlur(channel, (0, 0), settings.noise_blur) for channel in even]
    spread = cv2.subtract(cv2.max(cv2.max(*smooth[:2]), smooth[2]), cv2.min(cv2.min(*smooth[:2]), smooth[2]))
    coloured = spread > settings.chroma * 255
    floor, paper = settings.coloured_floor * 255, settings.coloured_paper * 255
    bleached = np.clip((strongest.astype(np.float32) - floor) * (255 / (paper - floor)), 0, 255).astype(np.uint8)
    return np.where(coloured, np.maximum(flat, bleached), flat)


def _has_colour(image: Image, settings: IlluminationSettings) -> bool:
    small = cv2.resize(image, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
    spread = small.max(axis=2).astype(np.int16) - small.min(axis=2)
    cast = np.median(spread)
    return bool((spread > cast + settings.chroma * 255 / 2).mean() > 1e-4)  # noqa: PLR2004


def ink(flat: Image, settings: IlluminationSettings = IlluminationSettings()) -> Mask:
    """The ink of a flattened page (H×W) as a mask: 255 where there is ink."""
    if is_bilevel(flat, settings):
        return np.asarray(cv2.threshold(flat, 127, 255, cv2.THRESH_BINARY_INV)[1])
    smooth = cv2.GaussianBlur(flat, (0, 0), settings.noise_blur)
    sample = smooth[::2, ::2]
    light = sample[sample > np.median(sample) - 30].astype(np.float32)
    middle = float(np.median(light))
    noise = 1.4826 * float(np.median(np.abs(light - middle)))
    otsu = cv2.threshold(sample[sample < middle - 3 * noise].reshape(-1, 1), 0, 255, cv2.THRESH_OTSU)[0]
    low, high = (255 * share for share in settings.threshold)
    level = min(max(otsu + settings.lean * (middle - otsu), low), high, middle - settings.noise_sigmas * noise)
    return np.asarray(cv2.threshold(smooth, level, 255, cv2.THRESH_BINARY_INV)[1])

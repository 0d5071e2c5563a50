"""Coloured ink (stamps, signatures) told from black print on a page that was scanned or photographed in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image, Mask, even, ink, shrunk


@dataclass(frozen=True, slots=True)
class ColourSettings:
    """Tolerances of ``separated``; shares are of full white (1 = paper) unless told otherwise."""

    glance: int = 4
    """Factor by which a page is made smaller to see whether it has colour."""
    least: float = 1e-4
    """Share of a page's pixels from which it has colour at all."""
    blur: float = 0.8
    """Sigma (px) of the blur before colours are compared."""
    chroma: float = 0.08
    """Difference of a pixel's strongest and weakest colour from which its ink may be coloured …"""
    faint: float = 0.045
    """… and of ink that runs on into such ink."""
    tinted: float = 0.12
    """That difference as a share of how much darker than paper the ink is: black print has next to none …"""
    coloured: float = 0.2
    """… and where coloured ink begins it is so large."""
    pure: tuple[float, float] = (0.28, 0.4)
    """A pixel with a share above these has no print below; compression lends print the colours around it."""
    reach: int = 2
    """Pixels around coloured ink that are its edge, whatever their colour: compression keeps colours at half size."""
    floor: float = 0.4
    """A pixel of coloured ink is black print below when even its strongest colour is darker than this …"""
    paper: float = 0.65
    """… and bare paper below when its strongest colour is brighter than this; in between it is faded in."""
    remnant: float = 0.6
    """A spot among coloured ink is print if its darkest pixel is darker than this far from the dark of print elsewhere
    (its blackest twentieth, 0) to its middle (1)."""
    inside: float = 0.6
    """Share of a spot's pixels that lie among coloured ink."""
    print: float = 0.4
    """Where so large a share of a page's dark pixels is coloured, it is print, and stays."""
    change: float = 0.12
    """Ink was taken out where a pixel became brighter by more than this."""


DEFAULT = ColourSettings()


def separated(image: Image, flat: Image, settings: ColourSettings = DEFAULT) -> tuple[Image, Mask | None]:
    """A flattened page without its coloured ink, and where that was (255).

    ``image`` is the page as it lies in the file (H×W grey or H×W×3 BGR), ``flat`` the same divided by its paper (H×W
    grey). Black print below a stamp or a signature stays. The mask is ``None`` where a page has no colour, or is
    printed in it: then ``flat`` itself comes back.
    """
    if image.ndim == 2 or not _has_colour(image, settings):  # noqa: PLR2004
        return flat, None
    colours = even(image)
    smooth = [cv2.GaussianBlur(colour, (0, 0), settings.blur) for colour in colours]
    weakest = _weakest(smooth)
    spread = cv2.subtract(_strongest(smooth), weakest)
    strokes = _strokes(spread, weakest, settings)
    dark = flat < settings.paper * 255
    if np.count_nonzero(dark & strokes) > settings.print * np.count_nonzero(dark):
        return flat, None
    edge = np.ones((2 * settings.reach + 1,) * 2, np.uint8)
    coloured = cv2.dilate(strokes.astype(np.uint8), edge) > 0
    low, high = settings.pure
    bright = (_strongest(colours)[coloured] / np.float32(255) - settings.floor) / (settings.paper - settings.floor)
    pure = (_share(spread[coloured], weakest[coloured]) - low) / (high - low)
    bleached = np.clip(np.maximum(bright, pure) * 255, 0, 255).astype(np.uint8)
    clean = flat.copy()
    clean[coloured] = np.maximum(flat[coloured], bleached)
    clean = _without_remnants(clean, coloured, settings)
    change = cv2.subtract(clean, flat)
    return clean, np.asarray(cv2.threshold(change, settings.change * 255, 255, cv2.THRESH_BINARY)[1])


def _strongest(colours: Sequence[Image]) -> Image:
    return np.asarray(cv2.max(cv2.max(colours[0], colours[1]), colours[2]))


def _weakest(colours: Sequence[Image]) -> Image:
    return np.asarray(cv2.min(cv2.min(colours[0], colours[1]), colours[2]))


def _share(spread: Image, weakest: Image) -> NDArray[np.float32]:
    """Difference of the strongest and weakest colour as a share of how much darker than paper a pixel is."""
    return np.asarray(spread / np.maximum(255 - weakest.astype(np.float32), 1), np.float32)


def _has_colour(image: Image, settings: ColourSettings) -> bool:
    small = cv2.split(shrunk(image, settings.glance))
    spread = cv2.subtract(_strongest(small), _weakest(small))
    return bool((spread > np.median(spread) + settings.chroma * 255).mean() > settings.least)


def _strokes(spread: Image, weakest: Image, settings: ColourSettings) -> NDArray[np.bool_]:
    """Coloured ink and what runs on from it."""
    runs_on = spread > settings.faint * 255
    share = _share(spread[runs_on], weakest[runs_on])
    sure = (spread[runs_on] > settings.chroma * 255) & (share > settings.coloured)
    tinted = sure | (share > settings.tinted)
    at = np.flatnonzero(runs_on)
    runs_on.ravel()[at] = tinted
    count, labels = cv2.connectedComponents(runs_on.astype(np.uint8))
    kept = np.zeros(count, bool)
    kept[labels.ravel()[at[sure]]] = True
    strokes = np.zeros_like(runs_on)
    strokes.ravel()[at] = kept[labels.ravel()[at]]
    return strokes


def _without_remnants(clean: Image, coloured: NDArray[np.bool_], settings: ColourSettings) -> Image:
    """The page without the paler spots that are left where coloured ink was taken out."""
    dark = ink(clean) > 0
    elsewhere = clean[dark & ~coloured]
    if not elsewhere.size:
        return clean
    blackest, middle = np.percentile(elsewhere, (5, 50))
    count, labels = cv2.connectedComponents(dark.astype(np.uint8))
    at = np.flatnonzero(dark)
    spots = labels.ravel()[at]
    darkest = np.full(count, 255, np.uint8)
    np.minimum.at(darkest, spots, clean.ravel()[at])
    inside = np.bincount(spots, coloured.ravel()[at], count) / np.maximum(np.bincount(spots, minlength=count), 1)
    remnant = (darkest > blackest + settings.remnant * (middle - blackest)) & (inside > settings.inside)
    spot = np.zeros_like(clean)
    spot.ravel()[at] = remnant[spots]
    gone = cv2.dilate(spot, np.ones((3, 3), np.uint8)) > 0
    return np.where(gone & coloured, np.uint8(255), clean)

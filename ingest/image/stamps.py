"""Coloured ink (stamps, signatures) told from black print on a page that was scanned or photographed in colour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image, Mask, even, ink, levelled, shrunk
from iki.ingest.image.text_size import letters


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
    veil: float = 0.8
    """A tint darker than this counts as ink that was taken out …"""
    marker: float = 0.8
    """… unless its strongest colour is brighter than this: a marker pen veils no print."""
    stroke: float = 1 / 100
    """Width (share of the page's shorter side) that no stroke of print reaches."""
    grain: float = 10.0
    """Height (px) of a letter on the small copy on which coloured print is looked for."""
    core: tuple[float, float] = (0.7, 0.88)
    """Letters are looked for among pixels of coloured ink that are darker than the first of these, or they would run
    together; rules, stamps and strokes among those darker than the second."""
    letter: tuple[float, float, float] = (0.3, 2.2, 12.0)
    """A coloured letter is so high at least and at most, and so wide at most (letter heights): several may touch."""
    rule: float = 10.0
    """A coloured stroke that is level or upright over so many letter heights is a rule …"""
    ruled: float = 36.0
    """… if it belongs to a lattice so wide (letter heights)."""
    slender: tuple[float, float] = (0.35, 1.5)
    """Within a lattice a coloured stroke no thicker than this and at least so long (letter heights) is a piece of a
    broken rule."""
    tilt: float = 0.03
    """Slope that a rule may have."""
    gap: float = 1.2
    """Letters of a line stand no further apart than this (letter heights)."""
    line: tuple[float, float, float] = (0.2, 0.35, 2.0)
    """Their middles lie on a straight line no steeper than this, off it by so much at most (letter heights, root mean
    square), and together they are so wide (letter heights)."""
    fewest: int = 3
    """Letters in a line."""
    around: float = 0.8
    """Around a stamp or a stroke so far (letter heights) letters of its colour are its own."""
    own: float = 0.3
    """Share of a line's ink around such from which the line is its own."""
    hue: float = 0.5
    """Colours whose hues differ by more than this (radians) are two inks."""


DEFAULT = ColourSettings()


def separated(image: Image, flat: Image, settings: ColourSettings = DEFAULT) -> tuple[Image, Mask | None]:
    """A flattened page without tints and without coloured ink that is no print, and where that was (255).

    ``image`` is the page as it lies in the file (H×W grey or H×W×3 BGR), ``flat`` the same divided by its paper (H×W
    grey). Watermarks and marker pens become paper. Print in any colour stays, and so does black print below a stamp or
    a signature. The mask is ``None`` where nothing was taken out.
    """
    flat, tint = levelled(flat)
    veiled = None if tint is None else np.asarray(cv2.inRange(tint, 0, settings.veil * 255))
    if image.ndim == 2 or not _has_colour(image, settings):  # noqa: PLR2004
        return flat, veiled
    colours = even(image)
    smooth = [cv2.GaussianBlur(colour, (0, 0), settings.blur) for colour in colours]
    weakest = _weakest(smooth)
    spread = cv2.subtract(_strongest(smooth), weakest)
    strokes = _strokes(spread, weakest, settings)
    edge = np.ones((2 * settings.reach + 1,) * 2, np.uint8)
    if tint is not None:
        strokes &= cv2.erode(tint, edge) == 255  # noqa: PLR2004
    dark = flat < settings.paper * 255
    if np.count_nonzero(dark & strokes) > settings.print * np.count_nonzero(dark):
        return flat, veiled
    printed = _print(strokes, smooth, flat, settings)
    coloured = (cv2.dilate(strokes.astype(np.uint8), edge) > 0) & (cv2.dilate(printed, edge) == 0)
    low, high = settings.pure
    bright = (_strongest(colours)[coloured] / np.float32(255) - settings.floor) / (settings.paper - settings.floor)
    pure = (_share(spread[coloured], weakest[coloured]) - low) / (high - low)
    bleached = np.clip(np.maximum(bright, pure) * 255, 0, 255).astype(np.uint8)
    clean = flat.copy()
    clean[coloured] = np.maximum(flat[coloured], bleached)
    clean = np.where(printed > 0, np.minimum(flat, weakest), clean)
    clean = _without_remnants(clean, coloured, settings)
    change = cv2.subtract(clean, flat)
    struck = np.asarray(cv2.threshold(change, settings.change * 255, 255, cv2.THRESH_BINARY)[1])
    if veiled is None:
        return clean, struck
    reach = round(min(flat.shape) * settings.stroke) | 1
    marker = cv2.dilate(_strongest(smooth), np.ones((reach, reach), np.uint8)) > settings.marker * 255
    return clean, np.where(marker, struck, cv2.bitwise_or(struck, veiled))


def _print(strokes: NDArray[np.bool_], colours: Sequence[Image], flat: Image, settings: ColourSettings) -> Mask:
    """The coloured ink that is print (255): letters in lines, what is small along these, and the rules of a table.

    What is larger than a letter is a stamp, a seal or a stroke of the pen, and so are letters of its colour within and
    close around it.
    """
    core, pale = (np.asarray((strokes & (flat < share * 255)) * np.uint8(255)) for share in settings.core)
    _, letter = letters(ink(flat)) if core.any() else (core, 0.0)
    if not letter:
        return np.zeros_like(core)
    grain = max(1, round(letter / settings.grain))
    x, y, width, height = cv2.boundingRect(pale)
    part = slice(y, y + height), slice(x, x + width)
    copy = [shrunk(np.ascontiguousarray(plane[part]), grain) for plane in (core, pale, *colours)]
    small = _small_print(copy[0], copy[1], copy[2:], letter / grain, settings)
    printed = np.zeros_like(pale)
    printed[part] = pale[part] & cv2.resize(small, (width, height), interpolation=cv2.INTER_NEAREST)
    return printed


def _small_print(core: Mask, pale: Mask, colours: Sequence[Image], letter: float, settings: ColourSettings) -> Mask:
    """What is print (255) on a small copy of coloured ink, dark (``core``) and dark or ``pale``; ``letter`` in px."""
    core, pale = (np.asarray(cv2.threshold(mask, 60, 255, cv2.THRESH_BINARY)[1]) for mask in (core, pale))
    rules = _rules(pale, letter, settings)
    pieces = _Pieces.of(cv2.subtract(core, rules), colours)
    low, high, wide = (share * letter for share in settings.letter)
    width, height = pieces.boxes[:, 2], pieces.boxes[:, 3]
    fits = (height >= low) & (height <= high) & (width <= wide)
    small = np.maximum(width, height) <= high
    free = ~_claimed(pieces, _Pieces.of(cv2.subtract(pale, rules), colours), letter, settings)
    line, good = _lines(pieces, fits, letter, settings)
    inked = np.bincount(line, pieces.area, len(good))
    good &= np.bincount(line, pieces.area * free, len(good)) >= (1 - settings.own) * inked
    chosen = fits & good[line]
    if not chosen.any():
        return rules
    reach = round(settings.gap * letter)
    near = cv2.dilate(pieces.drawn(chosen), np.ones((reach | 1, 2 * reach + 1), np.uint8)) > 0
    along = (np.bincount(pieces.labels[near], minlength=len(pieces.area)) > 0) & (pieces.area > 0)
    ruled = _Pieces.of(rules, colours).inks.sum(0)
    alike = np.any(
        [_apart(pieces.hues, _hue(ink)) < settings.hue / 2 for ink in (pieces.inks[chosen].sum(0), ruled)], 0
    )
    whole = fits & (height >= 2 * low) & (width <= high)  # a number that stands alone
    return np.asarray(cv2.bitwise_or(rules, pieces.drawn(chosen | (free & small & (along | (whole & alike))))))


@dataclass(frozen=True, slots=True)
class _Pieces:
    """The connected pieces of a mask of coloured ink: ``labels`` (H×W, 0 = none), and by label ``boxes`` (N×4: x, y,
    width, height in px), ``area`` (px) and ``inks`` (N×3: sums of how much blue, green and red they swallow)."""

    labels: NDArray[np.int32]
    boxes: NDArray[np.int32]
    area: NDArray[np.int64]
    inks: NDArray[np.floating]

    @staticmethod
    def of(mask: Mask, colours: Sequence[Image]) -> _Pieces:
        count, labels, stats, _ = cv2.connectedComponentsWithStats(mask)
        at = np.flatnonzero(mask)
        own = labels.ravel()[at]
        inks = np.stack([np.bincount(own, 255.0 - colour.ravel()[at], count) for colour in colours], 1).astype(float)
        stats[0] = 0  # what is no ink
        return _Pieces(labels, stats[:, :4], stats[:, cv2.CC_STAT_AREA].astype(np.int64), inks)

    @property
    def hues(self) -> NDArray[np.float64]:
        """Hue of each piece in radians."""
        return _hue(self.inks.T)

    def drawn(self, chosen: NDArray[np.bool_]) -> Mask:
        """A mask of the ``chosen`` pieces alone (255)."""
        return np.asarray(np.where(chosen, 255, 0).astype(np.uint8)[self.labels])


def _hue(inks: NDArray[np.floating]) -> NDArray[np.float64]:
    """Hue (radians) of ink that swallows so much blue, green and red."""
    blue, green, red = -inks
    return np.asarray(np.arctan2(3**0.5 * (green - blue), 2 * red - green - blue))


def _apart(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    """The angle (0–π) between hues."""
    return np.asarray(np.abs((a - b + np.pi) % (2 * np.pi) - np.pi))


def _rules(core: Mask, letter: float, settings: ColourSettings) -> Mask:
    """The coloured rules of a table (255): what runs level or upright over ``rule`` letter heights in a lattice that is
    wide enough, and within it the slender pieces of broken ones."""
    length = round(settings.rule * letter)
    across, down = (  # as long as a rule may be tilted by a pixel each way
        cv2.morphologyEx(cv2.dilate(core, np.ones(thick, np.uint8)), cv2.MORPH_OPEN, np.ones(run, np.uint8))
        for thick, run in (((3, 1), (1, length)), ((1, 3), (length, 1)))
    )
    both = cv2.dilate(cv2.bitwise_or(across, down), np.ones((3, 3), np.uint8))
    _, labels, stats, _ = cv2.connectedComponentsWithStats(both)
    wide = stats[:, cv2.CC_STAT_WIDTH] > settings.ruled * letter
    wide[0] = False
    if not wide.any():
        return np.zeros_like(core)
    lattice = cv2.bitwise_and(core, np.where(wide, 255, 0).astype(np.uint8)[labels])
    x, y, width, height = cv2.boundingRect(lattice)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.subtract(core, lattice))
    left, top, broad, high = stats[:, :4].T
    long, thin = np.maximum(broad, high), np.minimum(broad, high)
    thick, short = (share * letter for share in settings.slender)
    slender = (long >= short) & (thin <= thick + settings.tilt * long)
    within = (left >= x) & (top >= y) & (left + broad <= x + width) & (top + high <= y + height)
    broken = np.where(slender & within, 255, 0).astype(np.uint8)
    broken[0] = 0
    return np.asarray(cv2.bitwise_or(lattice, broken[labels]))


def _claimed(pieces: _Pieces, marks: _Pieces, letter: float, settings: ColourSettings) -> NDArray[np.bool_]:
    """Which pieces lie in or close around a stamp or stroke, the large ones among ``marks``, of their own colour."""
    reach = round(settings.around * letter) * 2 + 1
    large = marks.boxes[:, 3] > settings.letter[1] * letter
    drawn = marks.drawn(large)
    count, groups = cv2.connectedComponents(cv2.dilate(drawn, np.ones((reach, reach), np.uint8)))
    home = np.zeros(len(large), np.int64)
    at = drawn > 0
    home[marks.labels[at]] = groups[at]
    hues = _hue(np.stack([np.bincount(home, colour * large, count) for colour in marks.inks.T]))
    zone = np.zeros(groups.shape, np.int32)
    outlines, _ = cv2.findContours((groups > 0).astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    for outline in outlines:
        x, y = outline[0, 0]
        cv2.fillConvexPoly(zone, cv2.convexHull(outline), int(groups[y, x]))
    x0, y0, width, height = pieces.boxes.T
    place = zone[np.minimum(y0 + height // 2, zone.shape[0] - 1), np.minimum(x0 + width // 2, zone.shape[1] - 1)]
    return np.asarray((place > 0) & (_apart(hues[place], pieces.hues) < settings.hue))


def _lines(
    pieces: _Pieces, fits: NDArray[np.bool_], letter: float, settings: ColourSettings
) -> tuple[NDArray[np.int32], NDArray[np.bool_]]:
    """The line in which each piece stands (0: none), and by line whether its letters stand straight and level."""
    bands = np.zeros(pieces.labels.shape, np.uint8)
    x0, y0, width, height = pieces.boxes.T
    for x, y, w, h in pieces.boxes[fits].tolist():
        cv2.rectangle(bands, (x, y + h // 3), (x + w - 1, y + 2 * h // 3), 255, cv2.FILLED)
    joined = cv2.morphologyEx(bands, cv2.MORPH_CLOSE, np.ones((1, round(settings.gap * letter) | 1), np.uint8))
    count, labels = cv2.connectedComponents(joined)
    x, y = x0 + width // 2, y0 + height // 2
    line = np.where(fits, labels[y, x], 0)
    number = np.maximum(np.bincount(line, minlength=count), 1)
    mx, my = np.bincount(line, x, count) / number, np.bincount(line, y, count) / number
    dx, dy = x - mx[line], y - my[line]
    slope = np.bincount(line, dx * dy, count) / np.maximum(np.bincount(line, dx * dx, count), 1)
    uneven = np.sqrt(np.bincount(line, (dy - slope[line] * dx) ** 2, count) / number)
    inked = np.bincount(line, width, count)
    steep, ragged, shortest = settings.line
    good = (number >= settings.fewest) & (np.abs(slope) <= steep) & (uneven <= ragged * letter)
    good &= inked >= shortest * letter
    good[0] = False
    return line, good


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

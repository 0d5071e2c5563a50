"""A page as it lies in the file → the same page upright, flat and level, with the way back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from iki.ingest.image.binarize import Image, Mask, flatten, ink
from iki.ingest.image.dewarp import Warp, straightening
from iki.ingest.image.inverse_text import readable
from iki.ingest.image.orientation import LineJudge, is_sideways, skew, upside_down
from iki.ingest.image.ruling_lines import Trace, curves, hairlines, level_pieces
from iki.ingest.image.stamps import separated
from iki.ingest.image.text_size import letters, resolution

Turn = Literal[0, 90, 180, 270]
_TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class StraightenSettings:
    """Tolerances in letter heights unless told otherwise."""

    dpi_bounds: tuple[float, float] = (60, 1300)
    """Declared resolutions outside of these (dpi) are not believed."""
    dpi_doubt: float = 2.2
    """Nor are those that differ by more than this factor from what the letters' height tells."""
    work_dpi: float = 200
    """Resolution of the straight page, unless the source's own lies within …"""
    keep_dpi: tuple[float, float] = (140, 250)
    """… these bounds: then nothing is scaled."""
    least_letter: float = 16
    """A fine scan of small print is not made smaller than so that its letters are this high (px)."""
    text_bridge: float = 1.5
    """Gaps within a line of text that are bridged when its course is followed."""
    text_shortest: float = 8.0
    text_thickest: float = 2.2
    """A line of text is at least so long and on average at most so thick."""
    text_step: float = 3.0
    text_slope: float = 0.12


@dataclass(frozen=True, slots=True)
class Straight:
    """A straightened page: ``flat`` (H×W grey, paper white), its ``ink`` mask, and how it came about.

    ``struck`` is where coloured ink was taken out (a mask; ``None``: nowhere).

    ``letter`` is the usual letter height (px) and ``dpi`` the resolution of the straight page. ``warp`` maps to and
    from the source page. ``doubt`` is how unsure (0–1) it is that the page is not upside down.
    """

    flat: Image
    ink: Mask
    struck: Mask | None
    letter: float
    dpi: float
    turned: Turn
    warp: Warp
    doubt: float


def _believed(dpi: float | None, letter: float, settings: StraightenSettings) -> float:
    told = resolution(letter)
    likely = dpi is not None and settings.dpi_bounds[0] <= dpi <= settings.dpi_bounds[1]
    if dpi and likely and (not letter or 1 / settings.dpi_doubt < dpi / told < settings.dpi_doubt):
        return dpi
    return told or settings.work_dpi


def _scale(dpi: float, letter: float, settings: StraightenSettings) -> float:
    if settings.keep_dpi[0] <= dpi <= settings.keep_dpi[1]:
        return 1.0
    least = min(1.0, settings.least_letter / letter) if letter else 0.0
    return max(settings.work_dpi / dpi, least)


def turning(width: int, height: int, turn: Turn) -> np.ndarray:
    """The affine map (2×3) from a page's pixels to those of the page turned clockwise."""
    last = {0: (0, 0), 90: (height - 1, 0), 180: (width - 1, height - 1), 270: (0, width - 1)}[turn]
    angle = np.deg2rad(turn)
    c, s = round(float(np.cos(angle))), round(float(np.sin(angle)))
    return np.array([[c, -s, last[0]], [s, c, last[1]]], float)


def _levelling(size: tuple[int, int], angle: float) -> tuple[np.ndarray, tuple[int, int]]:
    """The affine map (2×3) that turns a page clockwise by ``angle`` degrees within a sheet that holds it whole."""
    width, height = size
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -angle, 1)
    c, s = abs(matrix[0, 0]), abs(matrix[0, 1])
    wide, high = int(np.ceil(width * c + height * s)), int(np.ceil(height * c + width * s))
    matrix[:, 2] += (wide - width) / 2, (high - height) / 2
    return matrix, (wide, high)


def _chain(first: np.ndarray, then: np.ndarray) -> np.ndarray:
    return np.asarray(then[:, :2] @ first + np.array([[0, 0, then[0, 2]], [0, 0, then[1, 2]]]))


def text_pieces(text: Mask, letter: float, settings: StraightenSettings = StraightenSettings()) -> list[Trace]:
    """The course of the longer lines of text in a mask of letters (H×W), in its pixels."""
    bridge = round(settings.text_bridge * letter) * 2 + 1
    lines = cv2.morphologyEx(text, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
    return curves(
        lines,
        settings.text_thickest * letter,
        settings.text_shortest * letter,
        settings.text_step * letter,
        settings.text_slope,
    )


def straighten(
    image: Image, dpi: float | None, judge: LineJudge, settings: StraightenSettings = StraightenSettings()
) -> Straight:
    """Turn, flatten, level and unbend a source page (H×W grey or H×W×3 BGR); a blank page is only turned by nothing.

    A page is first turned pixel by pixel and then treated like one that lay upright, so that both read the same.
    """
    height, width = image.shape[:2]
    image = readable(image)
    flat, struck = separated(image, flatten(image))
    turn, head, text, letter = _seen(flat, judge)
    if turn:
        image = np.ascontiguousarray(np.rot90(image, -turn // 90))
        flat, struck = separated(image, flatten(image))
        text, letter = letters(ink(flat))
    believed = _believed(dpi, letter, settings)
    scale = _scale(believed, letter, settings)
    shrink = min(scale, 1.0)
    flat, text = _shrunk(flat, shrink), _shrunk(text, shrink)  # by areas: a halftone becomes grey
    warp = _warp(flat, text, letter * shrink, scale / shrink, settings)
    straight = warp.apply(flat)
    gone = None if struck is None else warp.apply_to_mask(_shrunk(struck, shrink))
    upright = _chain(turning(width, height, turn), np.array([[shrink, 0, 0], [0, shrink, 0]]))
    back = replace(warp, affine=_chain(upright, warp.affine))
    mask = ink(straight)
    if letter:
        mask = np.asarray(cv2.max(mask, hairlines(straight, mask, letter * scale)))
    return Straight(
        straight, mask, gone, letter * scale, believed * scale, turn, back, 1 - abs(head) if letter else 0.0
    )


def _shrunk(image: Image, scale: float) -> Image:
    """A page (H×W) with a pixel for every area of ``1 / scale`` squared."""
    if scale == 1:
        return image
    height, width = image.shape
    size = int(np.ceil(width * scale)), int(np.ceil(height * scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA))


def _seen(flat: Image, judge: LineJudge) -> tuple[Turn, float, Mask, float]:
    """By how much to turn a flattened page, how sure its head is (−1 to 1), its mask of letters and their height."""
    mask = ink(flat)
    text, letter = letters(mask)
    sideways = is_sideways(mask, text, letter)
    if sideways:
        text, letter = letters(np.asarray(cv2.rotate(mask, cv2.ROTATE_90_CLOCKWISE)))
    if not letter:
        return 0, 0.0, text, letter
    head = upside_down(cv2.rotate(flat, cv2.ROTATE_90_CLOCKWISE) if sideways else flat, text, letter, judge)
    return _TURNS[(1 if sideways else 0) + (2 if head > 0 else 0)], head, text, letter


def _warp(flat: Image, text: Mask, letter: float, scale: float, settings: StraightenSettings) -> Warp:
    """The map that levels and unbends an upright page (H×W) with this mask of letters, and scales it."""
    height, width = flat.shape
    affine = np.array([[scale, 0, 0], [0, scale, 0]], float)
    size = (int(np.ceil(width * scale)), int(np.ceil(height * scale)))
    if not letter:
        return straightening([], [], [], affine, size, 1.0)
    small = cv2.resize(text, size, interpolation=cv2.INTER_AREA) if scale != 1 else text
    tilt, size = _levelling(size, skew(small, letter * scale))
    affine = _chain(affine, tilt)
    level = mask_of(flat, affine, size)
    letter *= scale
    print_, _ = letters(level)
    return straightening(
        level_pieces(level, letter),
        level_pieces(np.asarray(cv2.transpose(level)), letter),
        text_pieces(print_, letter),
        affine,
        size,
        letter,
    )


def mask_of(flat: Image, affine: np.ndarray, size: tuple[int, int]) -> Mask:
    """The ink of a flattened source page in the level frame of ``size`` (width, height) that ``affine`` leads to."""
    return ink(np.asarray(cv2.warpAffine(flat, affine, size, flags=cv2.INTER_AREA, borderValue=(255, 255, 255))))

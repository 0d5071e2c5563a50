"""Ruled lines: pieces of them found on a page that is only roughly level."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image, Mask
from iki.ingest.image.components import Pieces


@dataclass(frozen=True, slots=True)
class RuleSettings:
    """Tolerances in letter heights unless told otherwise."""

    shortest: float = 2.2
    """Shortest straight run that counts as a piece of a rule."""
    thickest: float = 0.8
    """Greatest thickness of a rule; thicker bars are shading or the edge of a copy."""
    table_thickest: float = 0.45
    """Greatest thickness of a table's rule."""
    clear: tuple[float, float] = (0.2, 0.38)
    """From the middle of a rule, the band on either side in which there must be nothing."""
    linked: float = 0.8
    """Dots of a worn rule no further apart than this are linked, where nothing else stands near."""
    plain: float = 3.0
    """Length of a straight run that is plainly a rule's."""
    surely: float = 7.0
    """Length of a straight run that is a rule's though something stands near it: text that touches it, a halftone."""
    partner: float = 0.7
    """Runs above one another with no more paper between them are one rule: double, or thick and thin …"""
    heaviest: float = 1.3
    """… and together are no higher than this; higher bars are shading."""
    tilt: int = 3
    """Height (px) of the brush that joins the steps of a slightly tilted rule."""
    pale: int = 11
    """Grey levels by which a hairline is darker than what is beside it …"""
    dots: float = 0.25
    """… on the mean of this length, which holds a dot of a dotted one and the gap after it."""
    hair_length: float = 5.0
    """A hairline is at least so long …"""
    hole: float = 2.0
    """… between holes that are no longer than this."""
    meets: float = 0.5
    """One ends so near to those that cross it …"""
    longest: float = 12.0
    """… but one longer than this, which may have lost its ends, as near as a hole is long."""
    beside: tuple[float, float] = (0.12, 0.15)
    """Other ink no further above or below a level stroke, and so far along it, shows that it is a part of letters …"""
    letters: float = 0.5
    """… along more than this share of it."""
    near: float = 0.3
    """Paper is bare where no ink stands within this distance across a rule."""
    step: float = 0.5
    """Distance between the samples taken along a piece."""
    slope: float = 0.25
    """Steepest rise over run of a piece against its direction."""


@dataclass(frozen=True, slots=True)
class Trace:
    """Points (N×2 float, px: x, y) along the middle of a piece of a rule or of a line of text."""

    points: NDArray[np.float64]

    @property
    def length(self) -> float:
        """Extent in px along the longer axis."""
        return float(np.ptp(self.points, axis=0).max())


def _shift(mask: Mask, distance: int) -> Mask:
    """The mask (H×W) moved down by ``distance`` px (up where negative), empty where nothing came from."""
    moved = np.zeros_like(mask)
    if distance > 0:
        moved[distance:] = mask[:-distance]
    else:
        moved[:distance] = mask[-distance:]
    return moved


def thin_level(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Mask:
    """Pixels (H×W, 255) on thin level strokes: ink, nothing in a band above and below. Letters are never that alone."""
    thick = max(2, round(settings.table_thickest * letter / 2))
    joined = cv2.morphologyEx(ink, cv2.MORPH_CLOSE, np.ones((thick + 1, 1), np.uint8))  # doubled rules become one
    thinned = cv2.subtract(joined, cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((2 * thick + 2, 1), np.uint8)))
    near, far = max(3, round(settings.clear[0] * letter)), max(5, round(settings.clear[1] * letter))
    band = np.ones((far - near + 1, 1), np.uint8)
    above = _shift(cv2.dilate(ink, band, anchor=(0, far - near)), near)
    below = _shift(cv2.dilate(ink, band, anchor=(0, 0)), -near)
    return np.asarray(cv2.dilate(cv2.subtract(thinned, cv2.max(above, below)), np.ones((3, 1), np.uint8)))


def single(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> tuple[Mask, Mask, Mask]:
    """An ink mask (H×W) with every plain rule, be it thick, double or thick and thin, drawn as one thin line; and the
    long ones of these lines alone, level and upright."""
    level, line = _heavy(ink, letter, settings)
    upright, standing = (np.asarray(cv2.transpose(m)) for m in _heavy(np.asarray(cv2.transpose(ink)), letter, settings))
    thin = np.asarray(cv2.max(cv2.subtract(ink, cv2.max(level, upright)), cv2.max(line, standing)))
    run = max(2, round(settings.surely * letter))
    along = cv2.morphologyEx(line, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    down = cv2.morphologyEx(standing, cv2.MORPH_OPEN, np.ones((run, 1), np.uint8))
    return thin, np.asarray(along), np.asarray(down)


def _heavy(ink: Mask, letter: float, settings: RuleSettings) -> tuple[Mask, Mask]:
    """Where the plain level rules of an ink mask (H×W) are, with all between their strokes, and thin lines for them."""
    run, gap, high = (max(2, round(f * letter)) for f in (settings.plain, settings.partner, settings.heaviest))
    thick = cv2.dilate(ink, np.ones((settings.tilt, 1), np.uint8))
    runs = cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, run), np.uint8))
    whole = cv2.morphologyEx(runs, cv2.MORPH_CLOSE, np.ones((gap + 1, 1), np.uint8))
    whole = cv2.subtract(whole, cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((high, 1), np.uint8)))
    columns = np.asarray(cv2.transpose(cv2.copyMakeBorder(whole, 1, 1, 0, 0, cv2.BORDER_CONSTANT, value=0)))
    ends = np.flatnonzero(columns.ravel()[1:] != columns.ravel()[:-1])  # above a rule, on its last pixel, by turns
    x, y = np.divmod((ends[::2] + ends[1::2]) // 2, columns.shape[1])
    line = np.zeros_like(ink)
    line[y, x] = 255
    return np.asarray(whole), np.asarray(cv2.dilate(line, np.ones((3, 1), np.uint8)))


def level_mask(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Mask:
    """The level runs of an ink mask (H×W) that are long enough for a rule, tilted ones included."""
    run = max(5, round(settings.shortest * letter))
    thick = cv2.dilate(ink, np.ones((settings.tilt, 1), np.uint8))
    return np.asarray(cv2.morphologyEx(thick, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)))


def linked_mask(thin: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Mask:
    """Long level runs in a mask of thin strokes (H×W), dots and dashes of worn rules linked."""
    bridge, run = max(3, round(settings.linked * letter)), max(5, round(settings.shortest * letter))
    thick = cv2.dilate(thin, np.ones((settings.tilt, 1), np.uint8))
    closed = cv2.morphologyEx(thick, cv2.MORPH_CLOSE, np.ones((1, bridge), np.uint8))
    return np.asarray(cv2.morphologyEx(closed, cv2.MORPH_OPEN, np.ones((1, 2 * run), np.uint8)))


@dataclass(frozen=True, slots=True)
class Strokes:
    """What speaks for and against rules in one direction, as masks (H×W, 255).

    ``thin``: strokes that can be a rule's. ``bare``: paper with no ink near, where a rule would be seen. Where there is
    neither, letters stand too near to tell.
    """

    thin: Mask
    bare: Mask

    @staticmethod
    def level(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Strokes:
        """The evidence for level rules in an ink mask (H×W)."""
        thin = thin_level(ink, letter, settings)
        reach = max(2, round(settings.near * letter))
        near = cv2.dilate(cv2.max(ink, thin), np.ones((2 * reach + 1, 1), np.uint8))
        return Strokes(thin, np.asarray(cv2.bitwise_not(near)))

    def with_long(self, lines: Mask) -> Strokes:
        """With ``lines`` (a mask, H×W) that are rules whatever stands near."""
        return Strokes(np.asarray(cv2.max(self.thin, lines)), self.bare)

    @staticmethod
    def upright(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Strokes:
        """The evidence for upright rules in an ink mask (H×W)."""
        turned = Strokes.level(np.asarray(cv2.transpose(ink)), letter, settings)
        return Strokes(np.asarray(cv2.transpose(turned.thin)), np.asarray(cv2.transpose(turned.bare)))


@dataclass(frozen=True, slots=True)
class Rules:
    """What an ink mask (H×W) shows of rules: ``plain``, level strokes in long runs, and the strokes of both ways."""

    plain: Mask
    level: Strokes
    upright: Strokes

    @staticmethod
    def of(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Rules:
        """The rules that an ink mask shows."""
        ink, along, down = single(ink, letter, settings)
        level = Strokes.level(ink, letter, settings).with_long(along)
        plain = np.asarray(cv2.min(level.thin, linked_mask(level.thin, letter, settings)))
        return Rules(plain, level, Strokes.upright(ink, letter, settings).with_long(down))

    def between(self, top: float, bottom: float) -> Rules:
        """Those from one height to another (y, px), as if there were nothing else on the page."""
        rows = np.arange(len(self.plain))[:, None]
        inside = np.where((rows >= top) & (rows < bottom), np.uint8(255), np.uint8(0))

        def cut(mask: Mask) -> Mask:
            return np.asarray(mask & inside)

        level, upright = (Strokes(cut(s.thin), cut(s.bare)) for s in (self.level, self.upright))
        return Rules(cut(self.plain), level, upright)


def hairlines(flat: Image, ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> Mask:
    """The thin level and upright rules (255) of a flattened page (H×W grey), pale and dotted ones that its ``ink`` mask
    lacks among them.

    A stroke that is long, thin and a little darker than what is beside it is a rule where both of its ends lie at such
    strokes that cross it: scratches and streaks of a scanner run on past them. A level one has no letters along it.
    """
    level, upright = _strokes(flat, ink, letter, settings), _strokes(_turned(flat), _turned(ink), letter, settings)
    across = [
        x for x in _ending(level, _turned(upright), letter, settings) if not x.is_of_letters(ink, letter, settings)
    ]
    down = _ending(upright, _turned(level), letter, settings)
    return np.asarray(cv2.max(_drawn(across, level.shape), _turned(_drawn(down, upright.shape))))


def _turned(image: Image) -> Image:
    return np.asarray(cv2.transpose(image))


def _strokes(flat: Image, ink: Mask, letter: float, settings: RuleSettings) -> Mask:
    """Long level strokes (255), of ink or paler and thin, a tilt's steps and a dotted rule's dots joined."""
    thick, run, dots = (
        max(3, round(f * letter)) for f in (settings.table_thickest, settings.hair_length, settings.dots)
    )
    hat = cv2.morphologyEx(flat, cv2.MORPH_BLACKHAT, np.ones((thick, 1), np.uint8))
    dark = cv2.threshold(cv2.blur(hat, (dots, 1)), settings.pale, 255, cv2.THRESH_BINARY)[1]
    joined = cv2.dilate(cv2.max(dark, ink), np.ones((settings.tilt, 1), np.uint8))
    return np.asarray(cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, run), np.uint8)))


@dataclass(frozen=True, slots=True)
class _Stroke:
    """A level stroke: the first row and column of its box, and its pixels in that box."""

    y: int
    x: int
    own: NDArray[np.bool_]

    def is_of_letters(self, ink: Mask, letter: float, settings: RuleSettings) -> bool:
        """Whether it is a part of letters in line: along most of it other ink stands right above or below."""
        height, width = self.own.shape
        beside, across = (max(1, round(f * letter)) for f in settings.beside)
        rows, columns = slice(max(0, self.y - beside), self.y + height + beside), slice(self.x, self.x + width)
        part = ink[rows, columns] > 0
        top = self.y - rows.start
        part[top : top + height] &= ~self.own
        near = cv2.dilate(part.any(axis=0, keepdims=True).astype(np.uint8), np.ones((1, 2 * across + 1), np.uint8))
        return bool(near[:, self.own.any(axis=0)].mean() > settings.letters)


def _ending(level: Mask, crossing: Mask, letter: float, settings: RuleSettings) -> list[_Stroke]:
    """The level strokes of a mask (H×W) both of whose ends lie near ``crossing`` ones (H×W)."""
    hole = np.ones((1, max(3, round(settings.hole * letter))), np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(cv2.morphologyEx(level, cv2.MORPH_CLOSE, hole))
    found = []
    for i, (x, y, width, height, _) in enumerate(stats.tolist()[1:], 1):
        lost = settings.hole if width > settings.longest * letter else settings.meets
        reach = max(1, round(lost * letter))
        rows = slice(max(0, y - reach), y + height + reach)
        if all(crossing[rows, max(0, at - reach) : at + reach].any() for at in (x, x + width)):
            box = slice(y, y + height), slice(x, x + width)
            found.append(_Stroke(y, x, np.asarray((labels[box] == i) & (level[box] > 0))))
    return found


def _drawn(strokes: list[_Stroke], shape: tuple[int, ...]) -> Mask:
    """A mask of strokes (255)."""
    mask = np.zeros(shape, np.uint8)
    for stroke in strokes:
        height, width = stroke.own.shape
        mask[stroke.y : stroke.y + height, stroke.x : stroke.x + width][stroke.own] = 255
    return mask


def level_pieces(ink: Mask, letter: float, settings: RuleSettings = RuleSettings()) -> list[Trace]:
    """Pieces of level rules in an ink mask (H×W), sampled along their middle, in the mask's pixels."""
    linked = linked_mask(thin_level(ink, letter, settings), letter, settings)
    runs = cv2.max(level_mask(ink, letter, settings), linked)
    return curves(
        runs,
        letter * settings.thickest + settings.tilt,
        settings.shortest * letter,
        settings.step * letter,
        settings.slope,
    )


def curves(mask: Mask, thickest: float, shortest: float, step: float, slope: float) -> list[Trace]:
    """The middle lines of the long flat components of a mask (H×W), sampled every ``step`` px.

    A component wider than ``shortest`` px counts when it is on average thinner than ``thickest`` px and rises by less
    than ``slope`` px a px.
    """
    found = Pieces.of(mask)
    pieces = []
    for number, (x, y, width, height) in enumerate(found.boxes.tolist()):
        if width < shortest or height > thickest + slope * width:
            continue
        part = found.alone(number) > 0
        if np.count_nonzero(part) > thickest * width:
            continue
        columns = np.arange(int(step / 2), width, max(1, int(step)))
        inside = part[:, columns]
        weight = inside.sum(axis=0)
        middle = (inside * np.arange(height)[:, None]).sum(axis=0) / np.maximum(weight, 1)
        good = (weight > 0) & (weight <= thickest)
        if good.sum() > 1:
            pieces.append(Trace(np.stack([x + columns[good], y + middle[good]], axis=1).astype(np.float64)))
    return pieces

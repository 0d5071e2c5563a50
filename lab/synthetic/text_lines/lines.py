"""Text lines with fixed seeds, as ``ingest`` will hand them to the recogniser: rendered, spoilt, cut out, scaled.

Line ``number`` of a ``seed`` is a pure function of the two, so that a run goes on where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.random import Generator
from PIL import Image as Picture
from PIL import ImageDraw, ImageFont

from iki.ingest.image.binarize import Image
from iki.lab.synthetic.text_lines import damage, fonts, text

HEIGHT = 32
"""Height of every line in pixels, that of the recogniser's input: what a line of 200 dpi has by itself."""
POINT = 72
"""Points per inch."""
PEN_POINTS = 7
"""Corners of a pen stroke."""


@dataclass(frozen=True, slots=True)
class RenderSettings:
    """Probabilities (0–1) unless said otherwise; ``em`` is the font size in pixels of the page."""

    size: tuple[float, float] = (8, 12.5)
    """Font size in points."""
    bold: float = 0.25
    pitch: tuple[float, float] = (1.02, 1.6)
    """Distance of base lines in em."""
    crop: tuple[float, float] = (1.0, 1.5)
    """Height of the crop in em; the draw leans to the lower end, the line pitch of word processors."""
    shift: float = 0.055
    """Standard deviation of the crop's error up or down, in em."""
    margin: tuple[float, float] = (0.05, 0.7)
    """White left and right of the text, in em."""
    wide: float = 0.08
    """Grain or strokes beside the text were taken for letters (likewise at its left and right): a wide margin."""
    wide_margin: tuple[float, float] = (0.7, 14)
    """That margin in em."""
    marked: float = 0.4
    """A wide margin holds strokes."""
    empty: float = 0.04
    """No text at all: grain, strokes or specks were taken for a line."""
    neighbour: float = 0.6
    """A line above (and likewise below) stands near enough to leave ink."""
    stretched: float = 0.12
    """Lines whose spaces are stretched, as in justified cells."""
    spaced: float = 0.06
    """Lines whose letters stand apart or together."""
    underlined: float = 0.05
    rule: float = 0.1
    """A remnant of a table rule at each of the four sides."""
    wiped: float = 0.04
    """A rule ran through the line and was wiped out, and part of the letters with it."""
    stroke: float = 0.07
    """Strokes of a signature or a stamp across the line."""
    tilt: float = 0.25
    """Standard deviation of the skew left over, in degrees."""
    resampled: float = 0.7
    """Pages that were turned or flattened, hence interpolated once more."""
    squeeze: tuple[float, float] = (0.82, 1.12)
    """Width of the scaled crop against its true proportions."""
    widest: float = 25
    """Widest line in heights; a wider one is drawn anew."""


SETTINGS = RenderSettings()


@dataclass(frozen=True, slots=True)
class RenderedLine:
    """A line for a recogniser: ``image`` is H×W grey, H that of its input, ``text`` what it says, ``kind`` how it was
    spoilt."""

    image: Image
    text: str
    kind: str


def _within(rng: Generator, bounds: tuple[float, float]) -> float:
    return float(rng.uniform(*bounds))


def make(
    seed: int,
    number: int,
    *,
    set_aside_fonts: bool = False,
    set_aside_words: bool = False,
    kind: str | None = None,
    height: int = HEIGHT,
) -> RenderedLine:
    """Line ``number`` of ``seed``, ``height`` px high. ``kind`` fixes the damage; else it is drawn by the shares of
    ``damage.KINDS``."""
    rng = np.random.default_rng((seed, number))
    names = list(damage.KINDS)
    shares = np.array([damage.KINDS[name][1] for name in names])
    chosen = kind or names[int(rng.choice(len(names), p=shares / shares.sum()))]
    spoil, _, resolutions = damage.KINDS[chosen]
    families = fonts.SET_ASIDE if set_aside_fonts else fonts.TRAINED
    while True:
        said = "" if rng.random() < SETTINGS.empty else text.line(rng, set_aside_words)
        em = _within(rng, SETTINGS.size) * _within(rng, resolutions) / POINT
        margins = _margin(rng, said), _margin(rng, said)
        page, base, left, right = _page(rng, said, families, em, margins)
        image = _cut(rng, spoil(rng, page), base, (left - em * margins[0], right + em * margins[1]), em, height)
        if image.shape[1] <= SETTINGS.widest * height:
            return RenderedLine(image, said, chosen)


def _margin(rng: Generator, said: str) -> float:
    """White on one side of the text, in em."""
    return _within(rng, SETTINGS.margin if said and rng.random() >= SETTINGS.wide else SETTINGS.wide_margin)


def _file(rng: Generator, families: tuple[fonts.Typeface, ...], said: str) -> str:
    weights = np.array([family.weight for family in families])
    family = families[int(rng.choice(len(families), p=weights / weights.sum()))]
    file = family.bold if rng.random() < SETTINGS.bold else family.regular
    return file if fonts.printable(file, said) else fonts.FALLBACK


def _page(
    rng: Generator, said: str, families: tuple[fonts.Typeface, ...], em: float, margins: tuple[float, float]
) -> tuple[Image, float, float, float]:
    """A strip of page with the line in its middle and ``margins`` (em) beside it; also the y of its base line and the x
    where it begins and ends."""
    file = _file(rng, families, said)
    font = fonts.face(file, round(em * 4) / 4)
    pitch = _within(rng, SETTINGS.pitch) * em
    border, after = (round(max(2.0, margin + 1) * em) for margin in margins)
    spread = _within(rng, (-0.06, 0.12)) * em if rng.random() < SETTINGS.spaced else 0.0
    gap = _within(rng, (1.0, 2.6)) if rng.random() < SETTINGS.stretched else 1.0
    places = _places(font, said, spread, gap)
    end = border + round(places[-1])
    width = end + after
    height, base = round(em * 4), em * 2.3
    picture = Picture.new("L", (width, height), 255)
    draw = ImageDraw.Draw(picture)
    _print(draw, font, said, border, base, places)
    for offset in (-pitch, pitch):
        if rng.random() < SETTINGS.neighbour:
            other = text.running(rng, False)
            draw.text((float(border - rng.integers(0, border)), base + offset), other, 0, font, anchor="ls")
    if rng.random() < SETTINGS.underlined:
        y = base + em * _within(rng, (0.08, 0.16))
        draw.line((border, y, end, y), 0, max(1, round(em * _within(rng, (0.03, 0.08)))))
    _rules(rng, draw, (border, end), base, em)
    if rng.random() < SETTINGS.stroke:
        _strokes(rng, draw, (0, width), height, em)
    for side, margin in (((0, border), margins[0]), ((end, width), margins[1])):
        if margin > SETTINGS.margin[1] and rng.random() < SETTINGS.marked:
            _strokes(rng, draw, side, height, em)
    return np.asarray(picture, dtype=np.uint8), base, border, end


def _places(font: ImageFont.FreeTypeFont, said: str, spread: float, gap: float) -> list[float]:
    """The x of every character from the line's beginning, and that of its end (pixels)."""
    if not spread and gap == 1:
        return [0.0, font.getlength(said)]
    places = [0.0]
    for character in said:
        advance = font.getlength(character)
        places.append(places[-1] + (advance * gap if character == " " else advance + spread))
    return places


def _print(
    draw: ImageDraw.ImageDraw, font: ImageFont.FreeTypeFont, said: str, x: float, base: float, places: list[float]
) -> None:
    if len(places) == 2 and len(said) != 1:  # noqa: PLR2004
        draw.text((x, base), said, 0, font, anchor="ls")
        return
    for character, place in zip(said, places, strict=False):
        draw.text((x + place, base), character, 0, font, anchor="ls")


def _rules(rng: Generator, draw: ImageDraw.ImageDraw, span: tuple[float, float], base: float, em: float) -> None:
    """Remnants of table rules: whole or in pieces, left, right, above, below."""
    left, right = span
    thick = max(1, round(em * _within(rng, (0.03, 0.1))))
    for x in (left - em * _within(rng, (0.15, 0.9)), right + em * _within(rng, (0.15, 0.9))):
        if rng.random() < SETTINGS.rule:
            y = base + em * _within(rng, (-1.4, 0.3))
            draw.line((x, y, x, y + em * _within(rng, (0.1, 1.6))), 0, thick)
    for y in (base - em * _within(rng, (0.98, 1.2)), base + em * _within(rng, (0.32, 0.5))):
        if rng.random() < SETTINGS.rule:
            x = _within(rng, (left - em, right))
            draw.line((x, y, x + _within(rng, (em, right - left + 2 * em)), y), 0, thick)
    if rng.random() < SETTINGS.wiped:
        x, y = _within(rng, (left - em, right)), base - em * _within(rng, (-0.2, 0.8))
        draw.line((x, y, x + em * _within(rng, (1, 12)), y), 255, thick)


def _strokes(rng: Generator, draw: ImageDraw.ImageDraw, span: tuple[int, int], height: int, em: float) -> None:
    """A pen's loop or part of a stamp's ring that begins within ``span`` (x), paler than print."""
    shade = int(rng.integers(60, 215))
    thick = max(1, round(em * _within(rng, (0.03, 0.12))))
    if rng.random() < 0.5:  # noqa: PLR2004
        x, y, radius = _within(rng, span), _within(rng, (-height, 2 * height)), em * _within(rng, (2, 8))
        draw.ellipse((x - radius, y - radius, x + radius, y + radius), outline=shade, width=thick)
        return
    start = _within(rng, span)
    points = [
        (start + em * step * 0.5 + em * rng.normal(0, 0.5), height / 2 + em * rng.normal(0, 0.9))
        for step in range(PEN_POINTS)
    ]
    draw.line(points, shade, thick, joint="curve")


def _cut(rng: Generator, page: Image, base: float, span: tuple[float, float], em: float, height: int) -> Image:
    """What stands within ``span`` (x) of the line, at this height, with the errors of a straightened page and of a
    found line."""
    if rng.random() < SETTINGS.resampled:
        middle = (sum(span) / 2, base - em / 3)
        turn = cv2.getRotationMatrix2D(middle, rng.normal(0, SETTINGS.tilt), 1)
        turn[:, 2] += rng.uniform(-0.5, 0.5, 2)
        page = np.asarray(cv2.warpAffine(page, turn, page.shape[::-1], flags=cv2.INTER_LINEAR, borderValue=(255,)))
    low, high = SETTINGS.crop
    tall = em * (low + (high - low) * float(rng.beta(1.6, 2.6)))
    centre = base - em * 0.29 + em * float(rng.normal(0, SETTINGS.shift))
    top = min(max(0, round(centre - tall / 2)), page.shape[0] - 2)
    bottom = min(page.shape[0], top + max(2, round(tall)))
    crop = page[top:bottom, max(0, round(span[0])) : round(span[1])]
    width = max(height // 3, round(crop.shape[1] * height / crop.shape[0] * _within(rng, SETTINGS.squeeze)))
    enlarging = int(rng.choice((cv2.INTER_LINEAR, cv2.INTER_CUBIC)))
    how = cv2.INTER_AREA if crop.shape[0] > height else enlarging
    return np.asarray(cv2.resize(crop, (width, height), interpolation=how))

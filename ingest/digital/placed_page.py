"""A page of words that an earlier program has put in their places, made ready for the form code: level, at the usual
size, with the rules that the file tells of drawn, each word's letters over its box as print stands on a baseline."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from iki.ingest.digital.typed_lines import Sign, TypedLine
from iki.ingest.digital.typed_page import TypedPage
from iki.ingest.image.dewarp import straightening
from iki.ingest.image.straighten import Straight, turning
from iki.ingest.image.text_size import resolution
from iki.ingest.layout.text_lines import LineSettings
from iki.ingest.sources.placed_words import PlacedPage, PlacedWord
from iki.model import Box, Reading, Word

LETTER = 20.0
"""Usual height of letters (px) on a page made ready."""
_SMALL = 0.72
"""Height of small letters without ascender against that of capitals."""
_FOOT = 0.28
"""Depth of descenders against the height of capitals."""
_DEEP = frozenset("gjpqy,;Q()[]{}|/$")
_TALL = frozenset("bdfhkltijß0123456789'\"()[]{}|/!?&%#@$\\")
_PARTS = re.compile("[^|_=~—¦]+")
"""What is left of a word between the strokes that rules of a table are read as."""
_OPEN = re.compile(r"[(\[{][^\W\d_][^)\]}]*$")
"""A word behind a bracket that it does not close."""
DOUBT = 0.9
"""Words less sure than this (0–1) may be rules, or begin with one."""
SURER = 0.25
"""A word is left out for another that is surer by this …"""
OVER = 0.5
"""… and that it lies over by so much of the usual height of letters, both ways."""
LOWEST, HIGHEST = 0.6, 1.6
"""Capitals of print are so high, in usual heights; what is beyond has a box that is none of its own."""
LEVEL = 0.45
"""A word that stands above or below its line by more than this many letters is of another one."""
MOST_SLOPE = 0.1
"""Pages that lean by more than this (px a px) are read as they lie."""
FEWEST = 4
"""Lines that tell how much a page leans."""
RULE = 4.0
"""A rule is at least so long, in letters …"""
BOLD = 0.8
"""… and no thicker than this, its slope aside."""
CELL_FOOT = 0.25
"""Where in a line of text set by spaces its baseline lies, above its lower edge, in heights of the line."""
BESIDE = 0.08
"""Room left at both ends of a word's box, in font sizes, so that words that touch are still told apart."""
_CAPITAL = 0.72
"""Height of capitals against the font's size."""
THICK = 3
"""Thickness (px) of a rule drawn."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page made ready: ``typed`` has the letters of its words as signs; ``confidences`` (0–1) by their number."""

    typed: TypedPage
    confidences: Sequence[float]
    engine: str

    def reading(self, line: TypedLine) -> Reading:
        """What a line says, each word as sure as the least sure of those that its letters come from."""
        words: list[Word] = []
        at = 0
        for word in line.words:
            own = line.signs[at : at + len(word.text)]
            at += len(word.text)
            words.append(replace(word, confidence=min((self.confidences[s.number] for s in own), default=0.0)))
        sure = min((w.confidence for w in words), default=0.0)
        return Reading(" ".join(w.text for w in words), tuple(words), sure, self.engine)


def prepared(page: PlacedPage) -> Prepared | None:
    """A page made ready, or ``None`` where it has no words."""
    lines = [tuple(piece for word in line for piece in _bare(word)) for line in page.lines]
    heights = sorted(_capitals(w) for line in lines for w in line if any(map(str.isalnum, w.text)))
    if not heights:
        return None
    usual = page.cell / LineSettings().pitch if page.cell else heights[len(heights) // 2] * (1 + _SMALL) / 2
    if not page.cell:
        lines = _alone(lines, usual)
    lines = [line for line in lines if line]
    scale = LETTER / max(usual, 1e-3)
    slope = 0.0 if page.cell else _slope(lines)
    corners = np.array([[0, 0], [page.width, 0], [0, page.height], [page.width, page.height]], float)
    turned = _levelled(corners, slope, scale)
    low = turned.min(axis=0)
    width, height = (int(v) + 1 for v in np.clip(turned.max(axis=0) - low, 1, 30_000))
    signs: list[Sign] = []
    confidences: list[float] = []
    for line in lines:
        plain = [w for w in line if _is_plain(w, usual)] or line
        size = min(max(sorted(map(_capitals, plain))[len(plain) // 2], usual), HIGHEST * usual)
        lean = sorted(_base(w) - slope * w.box.centre[0] for w in plain)[len(plain) // 2]
        for word in line:
            x = word.box.centre[0]
            own, common = _base(word), lean + slope * x
            level = own if _is_plain(word, usual) and abs(own - common) > LEVEL * usual else common
            foot = np.array([[x, word.box.y1 - CELL_FOOT * page.cell if page.cell else level]])
            base = _levelled(foot, slope, scale)[0] - low
            confidences += [word.confidence] * len(word.text)
            capital = LETTER * 2 / (1 + _SMALL) if page.cell else size * scale
            signs += _signs(word, len(signs), base, word.box.width * scale, capital)
    ink = np.zeros((height, width), np.uint8)
    for box in page.rules:
        _draw(ink, box, slope, scale, low, LETTER / scale)
    warp = straightening([], [], [], turning(width, height, 0), (width, height), LETTER)
    straight = Straight(np.full_like(ink, 255), ink, None, LETTER, resolution(LETTER), 0, warp, 0.0)
    return Prepared(TypedPage(straight, signs, [], [], []), confidences, page.engine)


def _bare(word: PlacedWord) -> Iterator[PlacedWord]:
    """A word without the strokes that rules beside it were read as, in parts where one stands within it."""
    text = unicodedata.normalize("NFC", word.text)
    text = "".join(sign for sign in text if not unicodedata.combining(sign))
    step = word.box.width / max(len(text), 1)
    for part in _PARTS.finditer(text):
        kept, start = part[0], part.start()
        if word.confidence < DOUBT and _OPEN.match(kept):
            kept, start = kept[1:], start + 1
        box = Box(word.box.x0 + start * step, word.box.y0, word.box.x0 + (start + len(kept)) * step, word.box.y1)
        yield replace(word, text=kept, box=box)


def _is_plain(word: PlacedWord, usual: float) -> bool:
    """Whether a word is about as high as print is."""
    return LOWEST * usual <= _capitals(word) <= HIGHEST * usual


def _alone(lines: Sequence[Sequence[PlacedWord]], usual: float) -> list[tuple[PlacedWord, ...]]:
    """The lines without words that lie over surer ones: a rule and what stands beside it, read as a word."""
    words = [w for line in lines for w in line]
    boxes = np.array([(w.box.x0, w.box.y0, w.box.x1, w.box.y1) for w in words])
    sure = np.array([w.confidence for w in words])
    lost = set[int]()
    for word in words:
        wide = np.minimum(boxes[:, 2], word.box.x1) - np.maximum(boxes[:, 0], word.box.x0)
        high = np.minimum(boxes[:, 3], word.box.y1) - np.maximum(boxes[:, 1], word.box.y0)
        over = (wide > OVER * usual) & (high > OVER * usual) & (sure > word.confidence + SURER)
        if word.confidence < DOUBT and over.any():
            lost.add(id(word))
    return [tuple(w for w in line if id(w) not in lost) for line in lines]


def _shape(text: str) -> tuple[float, float]:
    """How high a word's ink reaches above its baseline and below it, in heights of capitals."""
    tall = any(c in _TALL or c.isupper() for c in text)
    return (1.0 if tall else _SMALL), (_FOOT if any(c in _DEEP for c in text) else 0.0)


def _capitals(word: PlacedWord) -> float:
    """The height of a capital in a word (px)."""
    return word.box.height / sum(_shape(word.text))


def _base(word: PlacedWord) -> float:
    """The y of a word's baseline (px)."""
    return word.box.y1 - _shape(word.text)[1] * _capitals(word)


def _slope(lines: Sequence[Sequence[PlacedWord]]) -> float:
    """How much (px a px) the lines of a page fall to the right: the middle of what the longer of them tell."""
    told = []
    for line in lines:
        first, last = line[0], line[-1]
        run = last.box.centre[0] - first.box.centre[0]
        if len(line) >= FEWEST and run > LETTER:
            told.append(((_base(last) - _base(first)) / run, run))
    if len(told) < FEWEST:
        return 0.0
    told.sort()
    half, total = sum(run for _, run in told) / 2, 0.0
    for slope, run in told:
        total += run
        if total >= half:
            return slope if abs(slope) <= MOST_SLOPE else 0.0
    return 0.0


def _levelled(points: np.ndarray, slope: float, scale: float) -> np.ndarray:
    """Points (N×2) turned so that lines are level, and scaled."""
    turn = np.array([[1.0, slope], [-slope, 1.0]]) / np.hypot(1.0, slope)
    return np.asarray(points @ turn.T * scale)


def _signs(word: PlacedWord, first: int, base: np.ndarray, width: float, capital: float) -> Iterator[Sign]:
    """The letters of a word ``width`` px wide side by side around its foot, ``base`` (x, y)."""
    size = capital / _CAPITAL
    width = max(width - 2 * BESIDE * size, width / 2)
    step = width / len(word.text)
    for i, sign in enumerate(word.text):
        up, down = _shape(sign)
        x0 = float(base[0]) - width / 2 + i * step
        y = float(base[1])
        box = Box(x0, y - up * capital, x0 + step, y + down * capital)
        yield Sign(sign, box, x0, x0 + step, y, size, 0, first, first + i, True)


def _draw(ink: np.ndarray, box: Box, slope: float, scale: float, low: np.ndarray, letter: float) -> None:
    """Draw a rule into a mask: along the longer side of its box."""
    middle_x, middle_y = box.centre
    if box.width >= box.height:
        half, thick = box.width / 2, box.height - abs(slope) * box.width
        ends = [(box.x0, middle_y - slope * half), (box.x1, middle_y + slope * half)]
    else:
        half, thick = box.height / 2, box.width - abs(slope) * box.height
        ends = [(middle_x + slope * half, box.y0), (middle_x - slope * half, box.y1)]
    if 2 * half < RULE * letter or thick > BOLD * letter:
        return
    points = (_levelled(np.array(ends), slope, scale) - low).round().astype(int)
    (a, b) = (tuple(map(int, p)) for p in points)
    cv2.line(ink, a, b, 255, THICK)

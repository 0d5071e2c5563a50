"""What the network passed over and the picture of a line shows: where its spaces are, a lone I at the line's end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image
from iki.ingest.image.components import Pieces
from iki.ingest.image.profiles import runs

Probabilities = NDArray[np.float32]
Array = NDArray[np.float64]
Flags = NDArray[np.bool_]
MARKS = frozenset(".,;!?")
"""Marks before which no space is put that the network has not seen."""
STROKES = frozenset("Il1")
"""Strokes between which none is put either."""


@dataclass(frozen=True, slots=True)
class SpacingSettings:
    """How the gaps of a line are weighed; widths are in letter heights of the line unless told otherwise.

    Fitted by maximum likelihood on the gaps of pages set by a word processor (narrow justified columns, twelve
    typefaces, 130 to 300 dpi, damaged in nine ways), checked on others in twelve other typefaces.
    """

    limits: tuple[float, float, int] = (0.1, 2.5, 24)
    """Least and greatest width from which a gap may be a space, and how many are tried."""
    spread: float = 0.45
    """Standard deviation of the logarithm of the gaps between letters, and of those between words."""
    steep: tuple[float, float] = (4.0, 20.0)
    """Least and most nats by which a gap is likelier a space for each e-fold that it is wider than the limit."""
    pixel: float = 0.9
    """Error (px) of a gap's measured width."""
    blur: float = 0.025
    """More of that."""
    usual: tuple[float, float] = (0.1, 1.5)
    """Usual limit: this, and so many times the usual gap between two letters of a word."""
    usual_spread: float = 0.45
    """Standard deviation of the logarithm of the limit around that."""
    share: float = 0.6
    """Usual limit as a share of the spaces that the network saw in the line …"""
    share_spread: float = 0.12
    """… and the standard deviation of its logarithm around that."""
    heard: float = 1.4
    """Weight of the network's log odds of a space."""
    sure: float = 3.6
    """No network is surer of a space than this (nats of log odds)."""
    filled: float = -2.7
    """A narrow gap speaks no more than this (nats of log odds) against a space: slanted letters or specks fill gaps."""
    letterspaced: int = 3
    """So many single letters with spaces between them, and one more, are one word set wide."""
    stands_out: float = 1.7
    """Among such letters a space is this many times as wide as the usual gap, and a gap of another word as narrow."""
    never: float = 0.02
    """Probability of a space that such a rule denies."""
    extremes: tuple[float, float] = (0.0001, 0.9999)
    """No space is less or more probable than this."""
    matters: float = 0.002
    """A smaller change of the network's probability is not made."""
    band: tuple[float, float] = (0.1, 0.9)
    """Share of the crop's height that is looked at; beyond may stand ink of its neighbours."""
    levels: tuple[float, float] = (90, 190)
    """Grey values between which the level lies that parts ink from paper."""
    lowest: float = 0.2
    """Ink lower than this share of the crop's height tells nothing of the height of letters."""
    late: float = 1.5
    """Frames by which the network may name a letter or a space too late."""


@dataclass(frozen=True, slots=True)
class StrokeSettings:
    """What a lone I is: shares of the line's height unless told otherwise."""

    ink: float = 0.6
    """What is darker than this share of white is ink."""
    band: tuple[float, float] = (0.12, 0.88)
    """The part of the line that is looked at; beyond may stand ink of its neighbours."""
    space: float = 0.9
    """Probability of the space before it."""
    alone: float = 0.18
    """A lone stroke stands at least this far from the letters before it, and …"""
    stroke: tuple[float, float] = (0.35, 0.65)
    """… is so high …"""
    narrow: float = 0.35
    """… at most so wide (share of its own height) …"""
    solid: float = 0.75
    """… and fills so much of its box."""
    given: float = 0.6
    """Probability of an I that is such a stroke: a remnant of a rule looks the same."""


@dataclass(frozen=True, slots=True)
class _Letter:
    """A character that the network read in frames ``start`` to ``end`` (exclusive)."""

    symbol: int
    start: int
    end: int


def with_spaces(
    probabilities: Probabilities,
    crop: Image,
    alphabet: tuple[str, ...],
    stride: float,
    settings: SpacingSettings = SpacingSettings(),
) -> Probabilities:
    """``probabilities`` (frames × characters) with each space as probable as network and picture together make it.

    ``crop`` is the picture of the line (h×w grey, dark on light), ``stride`` the width of a frame in its px,
    ``alphabet`` the characters, the CTC blank first.
    """
    space = alphabet.index(" ")
    letters, parted = _letters(probabilities, space)
    if len(letters) < 2:  # noqa: PLR2004
        return probabilities
    ink = _ink(crop, settings)
    height = _letter_height(ink, settings)
    gaps = _gaps(ink, letters, np.flatnonzero(probabilities.argmax(axis=1) == space), parted, stride, settings)
    heard = np.array([probabilities[a.start : b.end, space].max() for a, b in pairwise(letters)], np.float64)
    chances = space_chances(gaps / height, heard, 1 / height, settings)
    signs = [alphabet[letter.symbol] for letter in letters]
    # A mark is named late so often that the gap before it is rather the one behind it; strokes stand wide apart.
    doubted = [after in MARKS or {before, after} <= STROKES for before, after in pairwise(signs)]
    unheard = np.array(doubted) & ~parted
    chances[unheard] = np.minimum(chances, heard)[unheard]
    alpha = np.array([before.isalpha() and after.isalpha() for before, after in pairwise(signs)])
    chances = without_letterspacing(chances, gaps, alpha, settings).clip(*settings.extremes)
    changed = probabilities.copy()
    for i in np.flatnonzero(np.abs(chances - heard) > settings.matters).tolist():
        _give(changed, letters[i], letters[i + 1], space, float(chances[i]))
    return changed


def space_chances(
    gaps: Array, heard: Array, pixel: float, settings: SpacingSettings = SpacingSettings()
) -> NDArray[np.float64]:
    """The probability of a space in each gap of a line.

    ``gaps`` (N) are the bare widths between neighbouring letters and ``pixel`` the width of a pixel, in letter heights;
    ``heard`` (N) the network's probabilities of a space. The limit between gaps of letters and of words is a hidden
    variable of the line: each value is as likely as the network's spaces and the other gaps make it, and the answer is
    the mean over all of them.
    """
    s = settings
    low, high, steps = s.limits
    limits = np.exp(np.linspace(np.log(low), np.log(high), steps))
    error = s.blur + s.pixel * pixel
    told = (np.log(heard + 1e-6) - np.log1p(1e-6 - heard)).clip(-s.sure, s.sure)
    seen = heard > 0.5  # noqa: PLR2004
    letter = float(np.median(gaps[~seen])) if not seen.all() else 0.0
    usual = s.usual[0] + s.usual[1] * letter
    steep = (2 * np.log((limits + error) / (letter + error)) / s.spread**2).clip(*s.steep)
    odds = (steep[:, None] * np.log((gaps[None] + error) / (limits[:, None] + error))).clip(min=s.filled)
    score = -0.5 * (np.log(limits / usual) / s.usual_spread) ** 2
    if seen.any():
        word = max(s.share * float(np.median(gaps[seen])), low)
        score -= 0.5 * (np.log(limits / word) / s.share_spread) ** 2
    by_gap, by_ear = _sigmoid(odds), _sigmoid(told)
    score += np.log(by_gap * by_ear + (1 - by_gap) * (1 - by_ear)).sum(axis=1)
    weights = np.exp(score - score.max())
    return np.asarray(weights / weights.sum() @ _sigmoid(odds + s.heard * told)).clip(0, 1)


def without_letterspacing(
    chances: Array, gaps: Array, alpha: Flags, settings: SpacingSettings = SpacingSettings()
) -> Array:
    """The chances of spaces without those in the even gaps of a word whose letters stand wide apart.

    ``alpha`` tells which gaps are between two letters: ``KIB A x 100%`` is no word set wide.
    """
    changed = chances.copy()
    for start, end in runs((chances > 0.5) & alpha, 0):  # noqa: PLR2004
        if end - start >= settings.letterspaced:
            width = np.median(gaps[start:end])
            even = alpha & (gaps <= settings.stands_out * width) & (gaps * settings.stands_out >= width)
            for first, last in runs(even, 0):
                if first < end and last > start:
                    changed[first:last] = np.minimum(changed[first:last], settings.never)
    return changed


def with_lone_stroke(
    probabilities: Probabilities,
    line: Image,
    alphabet: tuple[str, ...],
    stride: int,
    settings: StrokeSettings = StrokeSettings(),
) -> Probabilities:
    """``probabilities`` with an I where an upright stroke stands alone at the end of the line, as in ``Semester I``.

    ``line`` is the picture as the network saw it (H×W grey, frames of ``stride`` px), ``alphabet`` its characters.
    """
    low, high = (round(share * line.shape[0]) for share in settings.band)
    ink = line[low:high] < settings.ink * 255
    pieces = runs(np.asarray(ink.any(axis=0)), 0)
    if len(pieces) < 2 or pieces[-1][1] >= line.shape[1] - 1:  # noqa: PLR2004
        return probabilities
    (_, before), (x0, x1) = pieces[-2:]
    rows = np.flatnonzero(ink[:, x0:x1].any(axis=1))
    height = int(rows[-1] - rows[0]) + 1
    least, most = (share * line.shape[0] for share in settings.stroke)
    if (
        x0 - before < settings.alone * line.shape[0]
        or not least <= height <= most
        or x1 - x0 > settings.narrow * height
        or ink[rows[0] : rows[-1] + 1, x0:x1].mean() < settings.solid
    ):
        return probabilities
    letters, _ = _letters(probabilities, alphabet.index(" "))
    frame, last = (x0 + x1) // 2 // stride, letters[-1].start if letters else -1
    if not last < frame - 1 < len(probabilities) - 1:
        return probabilities
    changed = probabilities.copy()
    _raise(changed, frame - 1, alphabet.index(" "), settings.space)
    _raise(changed, frame, alphabet.index("I"), settings.given)
    return changed


def _sigmoid(odds: Array) -> Array:
    return np.asarray(1 / (1 + np.exp(-odds)))


def _give(probabilities: Probabilities, a: _Letter, b: _Letter, space: int, chance: float) -> None:
    """Make a space between two letters as probable as ``chance``: in one of the frames between them, or in none."""
    between = probabilities[a.end : b.start]
    over = np.maximum(between[:, space] - np.float32(chance), 0)
    between[:, space] -= over
    between[:, 0] += over
    if len(between) and between[:, space].max() < chance:
        best = between[:, space].max() > 0.5  # noqa: PLR2004
        frame = int(between[:, space].argmax()) if best else len(between) // 2
        _raise(probabilities, a.end + frame, space, chance)


def _raise(probabilities: Probabilities, frame: int, symbol: int, chance: float) -> None:
    """Give a character a chance in a frame, the others the rest in proportion."""
    probabilities[frame] *= (1 - chance) / max(1 - float(probabilities[frame, symbol]), 1e-6)
    probabilities[frame, symbol] = chance


def _letters(probabilities: Probabilities, space: int) -> tuple[list[_Letter], Flags]:
    """The likeliest letters, and for each but the last whether a space follows it."""
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
    ends = np.append(starts[1:], len(best))
    letters: list[_Letter] = []
    parted: list[bool] = []
    seen_space = False
    for start, end in zip(starts.tolist(), ends.tolist(), strict=True):
        symbol = int(best[start])
        if symbol == space:
            seen_space = True
        elif symbol:
            if letters:
                parted.append(seen_space)
            letters.append(_Letter(symbol, start, end))
            seen_space = False
    return letters, np.array(parted, bool)


def _ink(crop: Image, settings: SpacingSettings) -> NDArray[np.uint8]:
    """The ink of a line (h×w mask) without what its neighbours leave above and below."""
    level, _ = cv2.threshold(crop, 0, 255, cv2.THRESH_OTSU)
    ink = np.where(crop <= np.clip(level, *settings.levels), np.uint8(255), np.uint8(0))
    low, high = (round(share * len(crop)) for share in settings.band)
    ink[:low], ink[high:] = 0, 0
    return ink


def _letter_height(ink: NDArray[np.uint8], settings: SpacingSettings) -> float:
    """The usual height (px) of a line's letters: the median of its pieces of ink by their area."""
    width, height = Pieces.of(ink).boxes[:, 2:].T
    high = height >= settings.lowest * len(ink)
    if not high.any():
        return len(ink) / 2
    width, height = width[high], height[high]
    order = np.argsort(height, kind="stable")
    weight = np.cumsum((height * np.minimum(width, 2 * height))[order])
    return float(height[order][np.searchsorted(weight, weight[-1] / 2)])


def _gaps(
    ink: NDArray[np.uint8],
    letters: list[_Letter],
    spaces: NDArray[np.intp],
    parted: Flags,
    stride: float,
    settings: SpacingSettings,
) -> Array:
    """The widest run of bare columns (px) between each letter and the next.

    A run is that of the letters whose frames it lies between. Since the network names some letters late, a letter that
    it names in a run stands at the nearer end of it, and a run near a frame of ``spaces`` is where that space is.
    """
    widths = np.zeros(len(parted))
    bare = [(a, b) for a, b in runs(np.asarray(~ink.any(axis=0)), 0) if a > 0 and b < ink.shape[1]]
    if not bare:
        return widths
    starts, ends = np.array(bare, np.float64).T
    places = np.array([(letter.start + letter.end) / 2 * stride for letter in letters])
    run = np.maximum(np.searchsorted(starts, places, "right") - 1, 0)
    inside = (starts[run] <= places) & (places < ends[run])
    nearer = np.where(places - starts[run] < ends[run] - places, starts[run] - 0.1, ends[run] + 0.1)
    places = np.maximum.accumulate(np.where(inside, nearer, places))
    owner = np.searchsorted(places, (starts + ends) / 2) - 1
    begins = np.array([letter.start for letter in letters])
    for frame in spaces.tolist():
        pair = int(np.searchsorted(begins, frame)) - 1
        if not 0 <= pair < len(widths):
            continue
        x = (frame + 0.5) * stride
        away = np.maximum(np.maximum(starts - x, x - ends), 0)
        near = int(np.lexsort((starts - ends, away))[0])
        held = owner[near]
        free = not 0 <= held < len(parted) or not parted[held]
        late = settings.late * stride if free and pair not in owner else stride / 2
        if away[near] < late:
            owner[near] = pair
    for pair, width in zip(owner.tolist(), (ends - starts).tolist(), strict=True):
        if 0 <= pair < len(widths):
            widths[pair] = max(widths[pair], width)
    return widths

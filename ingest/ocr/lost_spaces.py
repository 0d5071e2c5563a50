"""What the network passed over and the picture of a line shows: a space in a wide gap, a lone I at the line's end."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image
from iki.ingest.image.profiles import runs

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SpacingSettings:
    ink: float = 0.6
    """What is darker than this share of white is ink."""
    band: tuple[float, float] = (0.12, 0.88)
    """Share of the line's height that is looked at; beyond may stand ink of its neighbours."""
    share: float = 0.8
    """A lost space is at least this share of the line's usual gap between words …"""
    stands_out: float = 1.4
    """… this many times as wide as any other gap within its words …"""
    hint: float = 0.01
    """… and a space had at least this probability in a frame there …"""
    given: float = 0.9
    """… which then becomes this."""
    shortest: int = 2
    """Letters that a word on either side of it has at least: the strokes of numbers like II stand wide apart."""
    alone: float = 0.18
    """A lone stroke stands at least this far from the letters before it, and …"""
    stroke: tuple[float, float] = (0.35, 0.65)
    """… is so high (both shares of the line's height) …"""
    narrow: float = 0.35
    """… at most so wide (share of its own height) …"""
    solid: float = 0.75
    """… and fills so much of its box."""
    stroke_given: float = 0.6
    """Probability of an I that is such a stroke: a remnant of a rule looks the same."""


def with_lone_stroke(
    probabilities: Probabilities,
    line: Image,
    alphabet: tuple[str, ...],
    stride: int,
    settings: SpacingSettings = SpacingSettings(),
) -> Probabilities:
    """``probabilities`` with an I where an upright stroke stands alone at the end of the line, as in ``Semester I``.

    Arguments as those of ``with_lost_spaces``.
    """
    ink = _ink(line, settings)
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
    frame, last = (x0 + x1) // 2 // stride, letters[-1][0] if letters else -1
    if not last < frame - 1 < len(probabilities) - 1:
        return probabilities
    spaced = _given(probabilities, frame - 1, alphabet.index(" "), settings.given)
    return _given(spaced, frame, alphabet.index("I"), settings.stroke_given)


def with_lost_spaces(
    probabilities: Probabilities,
    line: Image,
    alphabet: tuple[str, ...],
    stride: int,
    settings: SpacingSettings = SpacingSettings(),
) -> Probabilities:
    """``probabilities`` (frames × characters) with a space where the picture shows one between two letters of a word.

    ``line`` is the picture as the network saw it (H×W grey, frames of ``stride`` px), ``alphabet`` its characters.
    """
    space = alphabet.index(" ")
    hinted = probabilities[:, space] >= settings.hint
    if not (hinted & (probabilities.argmax(axis=1) != space)).any():
        return probabilities
    letters, parted = _letters(probabilities, space)
    gaps = _gaps(line, letters, stride, settings)
    between = gaps[parted]
    if not len(between) or len(gaps) < 3:  # noqa: PLR2004
        return probabilities
    inside = np.where(parted, 0.0, gaps)
    i = int(inside.argmax())
    (first, a), (last, b) = letters[i], letters[i + 1]
    others = np.delete(inside, i).max()
    hints = probabilities[first : last + 1, space]
    if (
        inside[i] < max(settings.share * float(np.median(between)), settings.stands_out * others)
        or hints.max() < settings.hint
        or not (alphabet[a].isalpha() and alphabet[b].isalpha())
        or _letters_around(letters, parted, i, alphabet) < settings.shortest
    ):
        return probabilities
    frame = first + int(hints[1:-1].argmax()) + 1 if last - first > 1 else first
    return _given(probabilities, frame, space, settings.given)


def _ink(line: Image, settings: SpacingSettings) -> NDArray[np.bool_]:
    """The ink of a line without what its neighbours leave above and below."""
    low, high = (round(share * line.shape[0]) for share in settings.band)
    return np.asarray(line[low:high] < settings.ink * 255)


def _given(probabilities: Probabilities, frame: int, symbol: int, chance: float) -> Probabilities:
    """The probabilities with ``chance`` for a character in a frame, the others in proportion."""
    changed = probabilities.copy()
    changed[frame] *= (1 - chance) / max(1 - float(changed[frame, symbol]), 1e-6)
    changed[frame, symbol] = chance
    return changed


def _letters_around(
    letters: list[tuple[int, int]], parted: NDArray[np.bool_], i: int, alphabet: tuple[str, ...]
) -> int:
    """How many letters the shorter part of a word would have, parted after letter ``i``."""
    ends = [-1, *np.flatnonzero(parted), len(letters) - 1]
    start = max(e for e in ends if e < i) + 1
    end = min(e for e in ends if e >= i + 1)

    def count(first: int, last: int) -> int:
        return sum(alphabet[symbol].isalpha() for _, symbol in letters[first : last + 1])

    return min(count(start, i), count(i + 1, end))


def _letters(probabilities: Probabilities, space: int) -> tuple[list[tuple[int, int]], NDArray[np.bool_]]:
    """The likeliest letters as (frame, character), and for each but the last whether a space follows it."""
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
    letters: list[tuple[int, int]] = []
    parted: list[bool] = []
    seen_space = False
    for start in starts:
        symbol = int(best[start])
        if symbol == space:
            seen_space = True
        elif symbol:
            if letters:
                parted.append(seen_space)
            letters.append((int(start), symbol))
            seen_space = False
    return letters, np.array(parted, bool)


def _gaps(line: Image, letters: list[tuple[int, int]], stride: int, settings: SpacingSettings) -> NDArray[np.float64]:
    """The widest run of bare columns (px) between each letter and the next."""
    bare = np.asarray(~_ink(line, settings).any(axis=0))
    starts, ends = np.array(runs(bare, 0)).reshape(-1, 2).T
    middles = (starts + ends) / 2
    found = np.zeros(max(len(letters) - 1, 0))
    for i, ((first, _), (last, _)) in enumerate(pairwise(letters)):
        own = (middles >= first * stride) & (middles <= (last + 1) * stride)
        found[i] = (ends - starts)[own].max(initial=0)
    return found

"""Lines as tensors, outputs as text, and how many characters were read wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein

from iki.ingest.image.binarize import Image
from iki.lab.synthetic.text_lines import damage, lines
from iki.lab.synthetic.text_lines.alphabet import decode
from iki.lab.synthetic.text_lines.lines import RenderedLine

Recogniser = Callable[[NDArray[np.float32]], NDArray[np.float32]]
"""Normalised lines, float32 [1, 3, 32, W] → scores of the classes, float32 [1, T, classes]."""


@dataclass(frozen=True, slots=True)
class Score:
    """How a set of lines was read: ``cer`` wrong characters over all characters, ``exact`` share of faultless lines."""

    lines: int
    cer: float
    exact: float


def normalised(image: Image) -> NDArray[np.float32]:
    """A grey line (32×W) as the recogniser takes it: float32 [1, 3, 32, W] from −1 (black) to 1 (white)."""
    grey = (image.astype(np.float32) / 255 - 0.5) / 0.5
    return np.broadcast_to(grey, (1, 3, *grey.shape))


def calibration(seed: int, per_kind: int) -> Iterator[NDArray[np.float32]]:
    """``per_kind`` normalised lines of every kind of damage, for what is measured inside of a net."""
    for kind in damage.KINDS:
        for number in range(per_kind):
            yield np.ascontiguousarray(normalised(lines.make(seed, number, kind=kind).image))


def read(recogniser: Recogniser, image: Image) -> str:
    """The likeliest text frame by frame, without spaces at the ends."""
    scores = recogniser(np.ascontiguousarray(normalised(image)))
    return decode(scores[0].argmax(axis=-1).tolist()).strip()


def score(pairs: Iterable[tuple[str, str]]) -> Score:
    """Score (printed, read) texts; spaces count, once each."""
    errors = characters = exact = lines = 0
    for printed, got in pairs:
        distance = Levenshtein.distance(printed, " ".join(got.split()))
        errors, characters = errors + distance, characters + len(printed)
        exact, lines = exact + (distance == 0), lines + 1
    return Score(lines, errors / max(characters, 1), exact / max(lines, 1))


def score_by_kind(recogniser: Recogniser, lines: Iterable[RenderedLine]) -> dict[str, Score]:
    """A score for every kind of damage among ``lines``, and one for ``all`` of them."""
    pairs: dict[str, list[tuple[str, str]]] = {}
    for line in lines:
        pair = (line.text, read(recogniser, line.image))
        pairs.setdefault(line.kind, []).append(pair)
        pairs.setdefault("all", []).append(pair)
    return {kind: score(found) for kind, found in pairs.items()}

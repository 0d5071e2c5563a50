"""What the picture itself says about a candidate: its CTC probability over the recogniser's frames.

Method: the forward algorithm of Graves et al., "Connectionist Temporal Classification" (ICML 2006), on the frame costs
that the recogniser left with its reading (``iki.model.Frames``), for many candidates at once.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from iki.model import Frames

STEP = 1 / 16
"""Nats of one step of ``Frames.costs``."""
UNSEEN = 255 * STEP
"""Nats a frame for a character that had no chance in the line."""
_NEVER = 1e9
_KEPT_LINES = 256

Costs = NDArray[np.float64]


@lru_cache(maxsize=_KEPT_LINES)
def _decoded(costs: bytes, symbols: int) -> NDArray[np.float64]:
    """Frames × symbols of −ln p in nats, with a last column for unseen characters."""
    known = np.frombuffer(zlib.decompress(costs), dtype=np.uint8).reshape(-1, symbols) * STEP
    return np.concatenate([known, np.full((len(known), 1), UNSEEN)], axis=1)


def costs(frames: Frames, texts: Sequence[str]) -> list[float]:
    """−ln P(text | frames) in nats of each of ``texts`` over the whole line."""
    if not texts:
        return []
    table = _decoded(frames.costs, len(frames.symbols))
    if not len(table):
        return [len(text) * UNSEEN for text in texts]
    column = {symbol: i for i, symbol in enumerate(frames.symbols)}
    unseen = table.shape[1] - 1
    longest = max(len(text) for text in texts)
    states = np.zeros((len(texts), 2 * longest + 1), dtype=np.intp)
    skip = np.zeros(states.shape, dtype=bool)
    for row, text in enumerate(texts):
        for i, letter in enumerate(text):
            states[row, 2 * i + 1] = column.get(letter, unseen)
            skip[row, 2 * i + 1] = i > 0 and letter != text[i - 1]
    alpha = np.full(states.shape, -_NEVER)
    alpha[:, 0] = 0.0
    if states.shape[1] > 1:
        alpha[:, 1] = 0.0
    alpha -= np.where(alpha > -_NEVER, table[0][states], 0.0)
    for frame in table[1:]:
        moved = np.full_like(alpha, -_NEVER)
        moved[:, 1:] = alpha[:, :-1]
        jumped = np.full_like(alpha, -_NEVER)
        jumped[:, 2:] = alpha[:, :-2]
        jumped[~skip] = -_NEVER
        best = np.maximum(np.maximum(alpha, moved), jumped)
        alpha = best + np.log(np.exp(alpha - best) + np.exp(moved - best) + np.exp(jumped - best)) - frame[states]
    ends = np.array([2 * len(text) for text in texts])
    rows = np.arange(len(texts))
    last = np.where(ends > 0, alpha[rows, np.maximum(ends - 1, 0)], -_NEVER)
    return [float(-x) for x in np.logaddexp(alpha[rows, ends], last)]


def replacement_costs(frames: Frames, line: str, start: int, end: int, candidates: Sequence[str]) -> list[float]:
    """What it costs in nats, by the picture, to read each candidate in place of ``line[start:end]``.

    0 is the reading as it stands; a negative cost means that the picture prefers the candidate.
    """
    whole = costs(frames, [line, *(line[:start] + candidate + line[end:] for candidate in candidates)])
    return [cost - whole[0] for cost in whole[1:]]

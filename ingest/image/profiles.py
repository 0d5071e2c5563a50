"""Profiles: what a vector of shares along one axis of a page tells."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def runs(on: NDArray[np.bool_], gap: int) -> list[tuple[int, int]]:
    """Start and end (exclusive) of the runs of true in a vector, gaps of up to ``gap`` bridged."""
    edges = np.flatnonzero(np.diff(np.concatenate([[0], on.astype(np.int8), [0]])))
    found: list[tuple[int, int]] = []
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], int(end))
        else:
            found.append((int(start), int(end)))
    return found


def peaks(score: Array, least: float, apart: int) -> list[int]:
    """Positions of local maxima of at least ``least``, no two nearer than ``apart``, in rising order."""
    found: list[int] = []
    left = score.copy()
    while left.size and left.max() >= least:
        best = int(left.argmax())
        same = np.flatnonzero(left[best : best + apart] >= left[best] - 1e-9)
        flat = same[: int(np.argmax(np.diff(np.concatenate([same, [same[-1] + 2]])) > 1)) + 1]
        found.append(best + int(flat[-1]) // 2)
        left[max(0, best - apart) : best + apart + 1] = -1
    return sorted(found)


def clusters(values: list[tuple[float, float]], apart: float) -> Array:
    """Weighted means of (position, weight) pairs that lie within ``apart`` of their group's heaviest."""
    groups: list[list[tuple[float, float]]] = []
    for position, weight in sorted(values, key=lambda v: (-v[1], v[0])):
        for group in groups:
            if abs(position - group[0][0]) < apart:
                group.append((position, weight))
                break
        else:
            groups.append([(position, weight)])
    return np.sort(np.array([sum(p * w for p, w in g) / sum(w for _, w in g) for g in groups]))


def around(profile: Array, position: float, reach: int) -> float:
    """The greatest value of a profile within ``reach`` of a position, 0 outside of it."""
    at = round(position)
    window = profile[max(0, at - reach) : at + reach + 1]
    return float(window.max()) if window.size else 0.0

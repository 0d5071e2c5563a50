"""Probabilities as log odds and back."""

from __future__ import annotations

import math

EPSILON = 1e-4
"""Engine confidences are cut to this distance from 0 and 1: no engine is surer than one in ten thousand."""


def sigmoid(x: float) -> float:
    """The probability (0–1) of log odds ``x``."""
    return 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x))


def logit(p: float) -> float:
    """The log odds of a probability (0–1), which is kept away from 0 and 1 by ``EPSILON``."""
    p = min(max(p, EPSILON), 1 - EPSILON)
    return math.log(p / (1 - p))

"""How likely a value is right, and whether a person should look at it.

Two small logistic models, fitted on the project's own generated sheets by ``lab/train/confidence.py`` and kept readable
in ``confidence.json``: one for the words of a text, one for values with a structure of their own (NIP, date, rank). A
text is right if all of its words, its joins and its geometry are: the probabilities of words and joins multiply, a
logistic step (Platt, 1999) takes out what the product over- or understates, and the geometry's multiplies that.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import msgspec

from iki.language.odds import logit, sigmoid

MODEL = Path(__file__).with_name("trust.json")


class Logistic(msgspec.Struct, frozen=True):
    """``bias`` plus ``weights`` times features, in nats of log odds that the thing is right."""

    bias: float
    weights: dict[str, float]

    def probability(self, features: Mapping[str, float]) -> float:
        return sigmoid(self.bias + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items()))


class TrustModel(msgspec.Struct, frozen=True):
    """``word`` and ``structure`` judge single things, ``value`` takes the log odds of a product to those of a value."""

    word: Logistic
    structure: dict[str, Logistic]
    value: Logistic
    source: str


@dataclass(frozen=True, slots=True)
class FlagSettings:
    """A value is flagged where looking costs less than the harm of its being wrong: ``cost_of_wrong · (1 − p) > 1``."""

    cost_of_wrong: float = 25.0
    """Cost of a wrong value that nobody looks at, in units of the work of one look at a value."""
    cost_without_picture: float = 3.33
    """The same for a cell of a text dump: to look it up, a person must find the paper, which is more work. Chosen on a
    real dump, so that no more than 7 in a hundred cells are wrong unseen (docs/dumps.md)."""
    review_budget: float | None = None
    """At most this share (0–1) of all values may be flagged for doubt alone; the most doubtful go first."""
    max_risk: float | None = None
    """Instead, so many are flagged that at most this share (0–1) of the values of each kind stays wrong unseen
    (``iki.normalize.risk``)."""


@cache
def model() -> TrustModel:
    """The fitted model that ships with the package."""
    return msgspec.json.decode(MODEL.read_bytes(), type=TrustModel)


def geometry_chance(certainty: float) -> float:
    """Probability that doubt about rules and lines did no harm to a value (both 0–1).

    Most values come out right even where their place is in some doubt, so the doubt counts by its square.
    """
    return 1 - (1 - certainty) ** 2


def text_probability(
    words: Iterable[float], joins: Iterable[float], geometry: float, fitted: TrustModel | None = None
) -> float:
    """Probability that a text is right to the letter, from those of its words and joins and its place's certainty."""
    product = math.prod((*words, *joins))
    return (fitted or model()).value.probability({"product": logit(product)}) * geometry_chance(geometry)


def structure_probability(kind: str, features: Mapping[str, float], fitted: TrustModel | None = None) -> float:
    """Probability that a structured value (``nip``, ``tanggal``, ``pangkat`` …) is right."""
    return (fitted or model()).structure[kind].probability(features)


class Doubt(NamedTuple):
    """A value's ``probability`` (0–1), whether a rule demands a look, and what its being wrong would cost in looks."""

    probability: float
    demanded: bool
    harm: float

    @property
    def worth(self) -> float:
        """What a look at the value saves, in looks."""
        return self.harm * (1 - self.probability)


def flags(
    doubts: Mapping[tuple[str, int, str], Doubt], review_budget: float | None = None
) -> set[tuple[str, int, str]]:
    """Keys of the values that a person should look at: the demanded ones, and of the rest those that pay, the most
    worth first, as far as the budget (share of all values, 0–1) goes."""
    demanded = {key for key, doubt in doubts.items() if doubt.demanded}
    paying = sorted((-doubt.worth, key) for key, doubt in doubts.items() if not doubt.demanded and doubt.worth > 1)
    if review_budget is not None:
        left = int(review_budget * len(doubts)) - len(demanded)
        paying = paying[: max(left, 0)]
    return demanded | {key for _, key in paying}

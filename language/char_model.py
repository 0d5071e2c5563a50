"""How likely a run of letters is as a word of the language: the cost of taking an unknown word for what was printed.

Names and rare words are spelt like other words, damage seldom is: a model of letters after the two before them, counted
on the words of the lexicon.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

_EDGE = "  "
_END = "\n"


@dataclass(frozen=True, slots=True)
class CharModelSettings:
    general: float = 3.0
    """Sightings of two letters that the chance of the third after one letter only is worth."""
    letters: float = 40.0
    """Letters of the alphabet, for those never seen after another."""


DEFAULT = CharModelSettings()


class Letters:
    """Counts of letters after the one and the two before them."""

    def __init__(self, words: Iterable[str], settings: CharModelSettings = DEFAULT) -> None:
        self._settings = settings
        text = "".join(_EDGE + word + _END for word in words)
        runs = Counter(zip(text, text[1:], text[2:], strict=False))
        self._after_two = {"".join(run): count for run, count in runs.items()}
        self._twos: Counter[str] = Counter()
        self._after_one: Counter[str] = Counter()
        self._ones: Counter[str] = Counter()
        for run, count in self._after_two.items():
            if _END not in run[:2] and run[2] != _EDGE[0]:
                self._twos[run[:2]] += count
                self._after_one[run[1:]] += count
                self._ones[run[1]] += count
        self.cost = lru_cache(maxsize=200_000)(self._cost)

    def _cost(self, word: str) -> float:
        """Nats (−ln p) of a word in small letters, its end included."""
        text, total = _EDGE + word + _END, 0.0
        general, letters = self._settings.general, self._settings.letters
        for i in range(2, len(text)):
            one = (self._after_one[text[i - 1 : i + 1]] + 1.0) / (self._ones[text[i - 1]] + letters)
            two = (self._after_two.get(text[i - 2 : i + 1], 0) + general * one) / (
                self._twos[text[i - 2 : i]] + general
            )
            total -= math.log(two)
        return total

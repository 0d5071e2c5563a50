"""Damaged words as they were probably printed, so that they compare, and how likely a word is right as it was read.

A word is taken for the one of the language that makes its own commonness and the letters by which it differs cheapest
together (a noisy channel: Kernighan, Church & Gale, COLING 1990, with one price for all letters but look-alikes).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from iki import vocab
from iki.vocab.frequencies import frequencies

_PARTS = re.compile(r"^(\W*)(.*?)(\W*)$", re.DOTALL)
_LOOK_ALIKE = str.maketrans("1lj|!0oqgcfv5", "iiiiiooggctus")
_TERM = re.compile(r"[^\W\d_]{2,}")


@lru_cache(maxsize=1 << 16)
def plain_letters(word: str) -> str:
    """A word's letters and digits, look-alikes made one."""
    return "".join(c for c in word.lower() if c.isalnum()).replace("rn", "m").translate(_LOOK_ALIKE)


@dataclass(frozen=True, slots=True)
class SpellingSettings:
    edit: float = 5.0
    """Nats that a letter lost, added or taken for another costs."""
    unknown: float = 19.0
    """Nats that a word which nobody knows costs."""
    term: float = 8.0
    """Nats that a word of the vocabulary costs at most."""
    rarest: float = 14.5
    """Nats of the rarest word that one is taken for."""
    short: int = 4
    """Letters from which a word is looked at."""
    reach: int = 2
    """Edits at most; one for short words."""
    letters: float = 0.6
    """Share (0–1) of a word's characters that must be letters."""
    abbreviation: int = 6
    """Capitals up to which a word is an abbreviation."""
    sure: Mapping[str, float] = field(
        default_factory=lambda: {"known": 0.98, "short": 0.85, "number": 0.75, "mark": 0.5, "unknown": 0.3}
    )
    """Chance (0–1) that a word of each kind was read to the letter, before anything is corrected: measured on dumps of
    agencies set aside."""
    right: Mapping[str, float] = field(
        default_factory=lambda: {"known": 0.99, "short": 0.965, "number": 0.69, "mark": 0.54, "unknown": 0.93}
    )
    """The same once lines are corrected, measured on words of whole cells; for fields, of which nothing else tells."""


DEFAULT = SpellingSettings()


@cache
def _costs() -> Mapping[str, float]:
    """What the words of the language cost, in nats."""
    s = DEFAULT
    costs = {w: -math.log(p) for w, p in frequencies("id").items() if w.isalpha() and -math.log(p) <= s.rarest}
    for text in vocab.load().texts:
        for word in _TERM.findall(text.lower()):
            costs[word] = min(costs.get(word, s.term), s.term)
    return costs


class _Known(NamedTuple):
    """What others are taken for: letters with look-alikes made one, how many and which (as bits) they are, the cheapest
    words of these letters and their costs."""

    keys: tuple[str, ...]
    lengths: NDArray[np.int64]
    letters: NDArray[np.uint64]
    words: tuple[str, ...]
    costs: NDArray[np.float64]


@cache
def _known() -> _Known:
    cheapest: dict[str, tuple[float, str]] = {}
    for word, cost in _costs().items():
        if len(word) >= DEFAULT.short:
            key = plain_letters(word)
            cheapest[key] = min(cheapest.get(key, (math.inf, "")), (cost, word))
    keys = tuple(sorted(cheapest))
    return _Known(
        keys,
        np.array([len(key) for key in keys]),
        np.array([_bits(key) for key in keys], np.uint64),
        tuple(cheapest[key][1] for key in keys),
        np.array([cheapest[key][0] for key in keys]),
    )


def _bits(key: str) -> int:
    found = 0
    for letter in key:
        found |= 1 << (ord(letter) & 63)
    return found


@lru_cache(maxsize=1 << 16)
def printed(word: str) -> str:
    """The word as it was probably printed; itself where none is likelier. Marks before and after it stay."""
    found = _PARTS.match(word)
    before, core, behind = found.groups() if found else ("", word, "")
    settings = DEFAULT
    small = core.lower()
    if (
        len(core) < settings.short
        or sum(map(str.isalpha, core)) < settings.letters * len(core)
        or (core.isupper() and len(core) <= settings.abbreviation)
        or any(len(part) < settings.short or part in _costs() for part in small.split("-") if "-" in small)
    ):
        return word
    best, least = small, _costs().get(small, settings.unknown)
    key = plain_letters(core)
    reach = min(settings.reach, len(key) // settings.short)
    known = _known()
    alike = np.bitwise_count(known.letters ^ np.uint64(_bits(key))) <= 2 * reach  # an edit changes two letters at most
    near = np.flatnonzero(alike & (np.abs(known.lengths - len(key)) <= reach))
    if len(near):
        keys = [known.keys[i] for i in near]
        away = process.cdist([key], keys, scorer=Levenshtein.distance, score_cutoff=reach, dtype=np.uint8)[0]
        total = np.where(away <= reach, away * settings.edit + known.costs[near], math.inf)
        at = int(total.argmin())
        if total[at] < least:
            best = known.words[near[at]]
    if best == small:
        return word
    cased = best.upper() if core.isupper() else best.capitalize() if core[:1].isupper() else best
    return f"{before}{cased}{behind}"


def sureness(word: str, settings: SpellingSettings = DEFAULT) -> float:
    """The chance (0–1) that a word was read to the letter, by whether the language knows it."""
    return settings.sure[familiarity(word, settings)]


def rightness(word: str, settings: SpellingSettings = DEFAULT) -> float:
    """The chance (0–1) that a word of a corrected line is as printed, by whether the language knows it."""
    return settings.right[familiarity(word, settings)]


def familiarity(word: str, settings: SpellingSettings = DEFAULT) -> str:
    """Whether the language knows a word, or what else it is."""
    small = _core(word)
    if not small:
        return "mark"
    if any(map(str.isdigit, small)):
        return "number"
    if any(part not in _costs() for part in small.split("-")):
        return "unknown"
    return "known" if len(small) >= settings.short else "short"


def _core(word: str) -> str:
    """A word without the marks around it, in small letters."""
    found = _PARTS.match(word)
    return (found[2] if found else word).lower()


def kind_of(word: str, settings: SpellingSettings = DEFAULT) -> str:
    """As :func:`familiarity`, but an abbreviation of the vocabulary is one (``spj``), and a short word that the
    language seldom says is ``rare``: most are scraps (``yam``)."""
    small = _core(word)
    if small in _abbreviations():
        return "abbreviation"
    how = familiarity(word, settings)
    return "rare" if how == "short" and max(map(_costs().__getitem__, small.split("-"))) > settings.term else how


@cache
def _abbreviations() -> frozenset[str]:
    """The vocabulary's abbreviations without full stops, in small letters."""
    return frozenset(short.lower().strip(".") for short in vocab.load().abbreviations)

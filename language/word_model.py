"""How likely a word is after another in a text: by the lexicon, by standard wordings, and by the text's other lines.

Counts must not contain the line that asks: a line has no say in its own correction.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, field
from functools import cached_property

from iki.language import channel
from iki.language.channel import Channel
from iki.language.lexicon import Lexicon
from iki.terms import WORD

START = "^"
"""Words within a text: letters, with hyphens between."""


@dataclass(frozen=True, slots=True)
class SpeechSettings:
    """Costs in nats."""

    unknown: float = 2.0
    """Cost, besides that of its letters, of a word that no lexicon has."""
    foreign: float = 3.0
    """More for a rare word that only lists of frequencies have: they are full of names and foreign words."""
    common: float = 12.0
    """Cost up to which a word needs no proof that it is no other one damaged, for its repetition to count."""
    abbreviation: float = 10.0
    """Cost of an abbreviation of the vocabulary."""
    cheap: float = 3.8
    """Damage by which a rare word is taken for a common one that was damaged."""
    rarer: float = 3.0
    """How much rarer than that it must be."""
    batch: float = 0.6
    """Share of the words of a text that its other lines tell."""
    pair: float = 1.5
    """How many sightings of a word the general chance of the next is worth."""
    phrase: float = 0.5
    """How many sightings a pair in the curated vocabulary is worth."""
    repeated: int = 3
    """Other places from which an unknown word that is like no other is taken for one of this text."""
    same_kind: float = 4.5
    """Damage up to which it may always be a familiar word."""
    other_kind: float = 9.0
    """Damage beyond which it is none; between the two it is one that the text has more often."""
    shortest_part: int = 3
    """Letters of a word that may have lost its space."""


DEFAULT = SpeechSettings()


@dataclass
class Counts:
    """Words and pairs of a text in small letters, and words as they are printed."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    firsts: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def add(self, line: str, sign: int = 1) -> None:
        forms = WORD.findall(line)
        words = [form.lower() for form in forms]
        for before, word, form in zip([START, *words], words, forms, strict=False):
            self.words[word] += sign
            self.pairs[before, word] += sign
            self.firsts[before] += sign
            self.forms[form] += sign
            self.total += sign


class Speech:
    """The words of a text with the lexicon behind them."""

    def __init__(self, lexicon: Lexicon, counts: Counts, damage: Channel, settings: SpeechSettings = DEFAULT) -> None:
        self.lexicon, self.counts, self.damage, self.settings = lexicon, counts, damage, settings
        self._general: dict[str, tuple[float, bool]] = {}
        self._likes: dict[str, tuple[tuple[str, float], ...]] = {}

    def cost(self, before: str, word: str) -> float:
        """−ln p of a word (in small letters) after another."""
        counts, settings = self.counts, self.settings
        general, trusted = self._general.get(word) or self._chance(word)
        told = counts.words[word]
        trusted = trusted or (told >= settings.repeated and self._unlike(word, told))
        seen = told / counts.total if counts.total and trusted else 0.0
        p = (1 - settings.batch) * general + settings.batch * seen
        after: float = counts.pairs[before, word] if trusted else 0
        firsts: float = counts.firsts[before]
        if (phrases := self.lexicon.pairs.get(before)) is not None:
            after += settings.phrase * phrases.get(word, 0)
            firsts += settings.phrase * phrases.get("", 0)
        return -math.log((after + settings.pair * p) / (firsts + settings.pair))

    def _chance(self, word: str) -> tuple[float, bool]:
        """General chance of a word, and whether it is beyond doubt."""
        settings, own = self.settings, self.lexicon.cost(word)
        if word in self.lexicon.small_abbreviations and (own is None or own > settings.abbreviation):
            own = settings.abbreviation
        known = own is not None and not demoted(self.lexicon, word, settings)
        vouched = self.lexicon.vouches(word) or word in self.lexicon.small_abbreviations
        if own is not None and not vouched:
            own += settings.foreign
        nats = own if own is not None and known else settings.unknown + self.lexicon.letters.cost(word)
        common = own is not None and (own <= settings.common or word in self.lexicon.curated)
        self._general[word] = math.exp(-nats), known and vouched and common
        return self._general[word]

    @cached_property
    def own(self) -> frozenset[str]:
        """Words that only this text has, names above all: repeated, and neither damaged nor glued known words."""
        return frozenset(
            word
            for word, count in self.counts.words.items()
            if count > self.settings.repeated
            and len(word) > self.settings.shortest_part
            and word not in self.lexicon.costs
            and self._unlike(word, count)
        )

    def _unlike(self, word: str, told: int) -> bool:
        """Whether an unknown word that stands so often is neither a familiar one damaged, nor two glued that
        stand apart elsewhere."""
        if word not in self._likes:
            near = self.lexicon.behind(word)
            self._likes[word] = self.damage.nearest(near, word, self.settings.other_kind)
        counts, settings = self.counts.words, self.settings
        if any(cost <= settings.same_kind or counts[other] > told for other, cost in self._likes[word]):
            return False
        cuts = range(settings.shortest_part, len(word) - settings.shortest_part + 1)
        pairs = ((word[:cut], word[cut:]) for cut in cuts)
        return not any(self.counts.pairs[pair] and self._whole(pair[0]) and self._whole(pair[1]) for pair in pairs)

    def _whole(self, part: str) -> bool:
        """Whether a part of a word is one itself, a common word or a name."""
        proper = len(part) > self.settings.shortest_part and part.capitalize() in self.lexicon.proper
        return proper or self.lexicon.proposes(part)

    def stands_alone(self, word: str) -> bool:
        """Whether letters are a word, a name of the word list, or one of this text."""
        if word in self.lexicon.costs:
            return self.lexicon.knows(word)
        return self._whole(word) or word in self.own


def demoted(lexicon: Lexicon, word: str, settings: SpeechSettings = DEFAULT) -> bool:
    """Whether a rare word is one cheap confusion away from a much commoner one of the curated vocabulary."""
    own = lexicon.cost(word)
    if own is None or word in lexicon.curated:
        return False
    near = (w for w in lexicon.alike(word, curated=True) if own - lexicon.costs[w] > settings.rarer)
    return bool(channel.standard().nearest(near, word, settings.cheap))

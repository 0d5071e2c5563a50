"""Which words there are, how common they are, and which look alike.

Three sources: the curated vocabulary, frequencies of general Indonesian (``wordfreq``, whose data stays a dependency),
and Tesseract's own word list (``vocab/words.txt``). Rules of affixation accept rare right forms of known roots; they
never propose a word, for they also admit damage.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property, lru_cache
from itertools import islice, pairwise

import numpy as np
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from iki import vocab
from iki.language import channel
from iki.language.char_model import Letters
from iki.terms import WORD
from iki.vocab import Vocabulary
from iki.vocab.files import FOLDER
from iki.vocab.frequencies import frequencies

_VOWELS = "aiueo"
_ENGLISH, _ENGLISH_RATHER = 5000, 5.0
"""English words looked at, and how much commoner they must be."""
_ENDINGS = ("nya", "kan", "an", "i", "lah", "pun", "kah")
_NASAL = (
    ("meny", "s"), ("peny", "s"), ("meng", ""), ("peng", ""), ("meng", "k"), ("peng", "k"), ("mem", "p"), ("pem", "p"),
    ("men", "t"), ("pen", "t"),
)  # fmt: skip
"""Prefixes with the sound that the root loses to them."""
_PLAIN = """
di ke se ber ter per mem pem men pen me pe memper diper keter keber pember menge penge be te
non antar pra pasca sub
""".split()  # noqa: SIM905


@dataclass(frozen=True, slots=True)
class LexiconSettings:
    """Costs in nats are −ln of a probability."""

    curated: float = 0.5
    """Share of the words of a sheet that come from the curated vocabulary rather than from general language."""
    listed: float = 17.0
    """Cost of a word that only Tesseract's list has."""
    derived: float = 17.5
    """Cost of a word that only the rules of affixation accept."""
    common: float = 10.0
    """Cost up to which a word is common, for the sake of ``rarity``."""
    spread: float = 0.6
    """Nats of rarity per nat of cost above that."""
    shortest_root: int = 4
    """Letters of a root that affixes may be put to."""
    rare_root: float = 16.0
    """Cost above which a root takes no affixes."""
    capitals: int = 4
    """Letters up to which a word in capitals is an abbreviation unless it is common."""
    vouched: float = 10.0
    """Cost from which a word of general language must stand in Tesseract's list too to be put for another: frequency
    lists are full of foreign words."""
    short: int = 3
    """Letters up to which a word must be common: the lists are full of rare short ones that are damage here."""
    rare_short: float = 12.0
    """Cost from which a short word counts as unknown."""
    near: int = 12
    """Words alike that are told."""
    very_long: int = 9
    """Letters from which three edits make a curated word alike."""
    long: int = 6
    """Letters from which two edits make words alike, rather than one."""
    damaged: float = 3.8
    """Nats of damage to a common word below which affixes prove nothing."""
    familiar: float = 13.0
    """Cost up to which a word is looked for behind heavier damage."""
    reach: tuple[int, ...] = (0, 0, 1, 1, 2, 2, 2, 2, 3)
    """Edits of such a word by the letters of the reading; the last one holds for all longer ones."""
    nearest: int = 24
    """Words that may stand behind a damaged one, the likest and commonest."""


DEFAULT = LexiconSettings()


@dataclass(frozen=True, eq=False)
class Lexicon:
    """``costs`` maps words in small letters to nats; ``proper`` are words that are only written with a capital;
    ``short`` are abbreviations as printed; ``ranks`` maps pangkat to golongan. ``listed`` are the words of Tesseract's
    list; ``pairs`` counts words of the curated wordings by the word before them, under the empty text all of these.
    """

    costs: Mapping[str, float]
    curated: frozenset[str]
    proper: frozenset[str]
    short: frozenset[str]
    ranks: Mapping[str, str]
    listed: frozenset[str] = frozenset()
    pairs: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    settings: LexiconSettings = DEFAULT

    def cost(self, word: str) -> float | None:
        """−ln p of a word in any case; ``None`` for one that is not known."""
        small = word.lower()
        found = self.costs.get(small)
        if found is not None:
            return found if self._counts(small, found) else None
        if word[:1].isupper() and small.capitalize() in self.proper:
            return self.settings.listed
        return self.settings.derived if self.accepts(small) else None

    def _counts(self, word: str, cost: float) -> bool:
        """Whether a word with a cost is more than a rare short one."""
        return len(word) > self.settings.short or cost <= self.settings.rare_short or word in self.curated

    def knows(self, word: str) -> bool:
        """Whether a word, as printed, is one. Short words in capitals must be abbreviations or common words."""
        if self.is_abbreviation(word):
            return True
        cost = self.cost(word)
        if cost is None:
            return False
        return not (word.isupper() and 1 < len(word) <= self.settings.capitals) or cost < self.settings.common

    def is_abbreviation(self, word: str) -> bool:
        return word in self.short or f"{word}." in self.short

    def proposes(self, word: str) -> bool:
        """Whether a word (in small letters) may be put for another."""
        cost = self.costs.get(word)
        short = len(word) <= self.settings.short and (cost or 0.0) > self.settings.vouched
        return cost is not None and self.vouches(word) and (not short or word in self.curated)

    def vouches(self, word: str) -> bool:
        """Whether a word (in small letters) is more than a rare entry of a list of frequencies."""
        cost = self.costs.get(word)
        common = cost is not None and cost <= self.settings.vouched
        return common or word in self.curated or word in self.listed or (cost is None and self.accepts(word))

    def rarity(self, word: str) -> float:
        """Nats above what a common word costs; 0 for a curated one and for one that is not known."""
        if word.lower() in self.curated or self.is_abbreviation(word):
            return 0.0
        return max((self.cost(word) or 0.0) - self.settings.common, 0.0) * self.settings.spread

    @lru_cache(maxsize=100_000)  # noqa: B019 - there is one lexicon a process
    def accepts(self, word: str) -> bool:
        """Whether affixes make a word of this (in small letters) and not rather a common word lightly damaged."""
        if not self.derived(word):
            return False
        common = (near for near in self.alike(word) if self.costs[near] < self.settings.common)
        return not any(channel.cost(near, word, self.settings.damaged) <= self.settings.damaged for near in common)

    def derived(self, word: str) -> bool:
        """Whether rules of affixation lead from a known root to this word (in small letters)."""
        if "-" in word:
            first, _, rest = word.partition("-")
            return self._root(first) and any(self._root(rest.removesuffix(end)) for end in ("", *_ENDINGS))
        return any(self._root(root) for root in _roots(word))

    def _root(self, word: str) -> bool:
        cost = self.costs.get(word)
        return cost is not None and len(word) >= self.settings.shortest_root and cost <= self.settings.rare_root

    def near(self, word: str) -> tuple[str, ...]:
        """Known words that look like this one, in its case, the likest and commonest first; itself not among them."""
        return tuple(in_case(found, word) for found in self.alike(word.lower()))

    @cached_property
    def capitals(self) -> tuple[str, ...]:
        """Abbreviations written in capitals, and those like LKjIP."""
        return tuple(sorted(t for t in self.short if t.isalnum() and sum(map(str.isupper, t)) * 2 > len(t) > 1))

    @cached_property
    def shouted(self) -> frozenset[str]:
        """Abbreviations as they are in a heading, without their stops."""
        return frozenset(text.upper().rstrip(".") for text in self.short)

    @cached_property
    def small_abbreviations(self) -> frozenset[str]:
        """Abbreviations in small letters."""
        return frozenset(text.lower() for text in self.short if text.isalpha())

    @lru_cache(maxsize=100_000)  # noqa: B019 - there is one lexicon a process
    def alike(self, small: str, curated: bool = False) -> tuple[str, ...]:
        """Known (or curated) words within one edit, or two for longer ones, all in small letters."""
        reach = 2 if len(small) >= self.settings.long else 1
        reach += curated and len(small) >= self.settings.very_long
        return self._within(small, reach, self._curated_by_length if curated else self._by_length, self.settings.near)

    @lru_cache(maxsize=200_000)  # noqa: B019
    def behind(self, small: str, known: bool = False) -> tuple[str, ...]:
        """Familiar words that may stand behind a damaged reading, all in small letters; one edit away if it is a
        ``known`` word."""
        farthest = self.settings.reach
        reach = 1 if known else farthest[min(len(small), len(farthest) - 1)]
        return self._within(small, reach, self._familiar_by_length, self.settings.nearest)

    def _within(self, small: str, reach: int, groups: Mapping[int, tuple[str, ...]], most: int) -> tuple[str, ...]:
        """Words so many edits away at most, the likest and commonest first."""
        found: list[tuple[float, str]] = []
        for length in range(max(len(small) - reach, 1), len(small) + reach + 1):
            if (pool := groups.get(length)) is not None:
                away = process.cdist([small], pool, scorer=Levenshtein.distance, score_cutoff=reach, dtype=np.uint8)[0]
                found += [(self.costs[pool[i]] + 4 * int(away[i]), pool[i]) for i in np.flatnonzero(away <= reach)]
        return tuple([w for _, w in sorted(found) if w != small][:most])

    @cached_property
    def letters(self) -> Letters:
        """The spelling of the language."""
        return Letters(sorted(self.costs))

    @cached_property
    def _familiar_by_length(self) -> Mapping[int, tuple[str, ...]]:
        limit = self.settings.familiar
        return _grouped(w for w, c in self.costs.items() if (c <= limit or w in self.curated) and self._counts(w, c))

    @cached_property
    def _by_length(self) -> Mapping[int, tuple[str, ...]]:
        return _grouped(word for word, cost in self.costs.items() if self._counts(word, cost))

    @cached_property
    def _curated_by_length(self) -> Mapping[int, tuple[str, ...]]:
        return _grouped(self.curated)


def _grouped(words: Iterable[str]) -> Mapping[int, tuple[str, ...]]:
    """Words by their length, in no order."""
    groups: defaultdict[int, list[str]] = defaultdict(list)
    for word in words:
        groups[len(word)].append(word)
    return {length: tuple(same) for length, same in groups.items()}


def _roots(word: str) -> Iterator[str]:
    """What may be left of a word when prefix, suffix, or both, are taken off."""
    stems = {word}
    for end in _ENDINGS:
        if word.endswith(end):
            stems.add(word.removesuffix(end))
            stems |= {s.removesuffix("an") for s in (word.removesuffix(end),) if s.endswith("an")}
            stems |= {s.removesuffix("kan") for s in (word.removesuffix(end),) if s.endswith("kan")}
    for stem in sorted(stems):
        if stem != word:
            yield stem
        for prefix in _PLAIN:
            if stem.startswith(prefix):
                yield stem.removeprefix(prefix)
        for prefix, lost in _NASAL:
            rest = stem.removeprefix(prefix)
            if rest != stem and (not lost or rest[:1] in _VOWELS):
                yield lost + rest


def in_case(word: str, like: str) -> str:
    """``word`` in small letters, with a capital, or all in capitals, as ``like`` is."""
    if like.isupper() and len(like) > 1:
        return word.upper()
    return word[:1].upper() + word[1:] if like[:1].isupper() else word


@cache
def load(vocabulary: Vocabulary | None = None) -> Lexicon:
    """The lexicon of a vocabulary, by default the package's own, built once a process."""
    return build(vocabulary or vocab.load(), listed())


def build(vocabulary: Vocabulary, listed: Iterable[str], settings: LexiconSettings = DEFAULT) -> Lexicon:
    """A lexicon of a vocabulary, general Indonesian, and ``listed`` words of no known frequency."""
    curated = Counter(m[0].lower() for text in vocabulary.texts for m in WORD.finditer(text))
    spoken = (text for text in vocabulary.abbreviations if text.isalpha() and not text.isupper())
    curated.update(text.lower() for text in spoken if len(text) > settings.capitals)
    total = sum(curated.values())
    listed = tuple(listed)
    small = {w for w in listed if w.islower()}
    chances = {w: p * (1 - settings.curated) for w, p in _general().items()}
    for word, count in curated.items():
        chances[word] = chances.get(word, 0.0) + settings.curated * count / total
    costs = {w: min(-math.log(p), settings.listed) for w, p in chances.items()}
    for word in small:
        costs.setdefault(word, settings.listed)
    return Lexicon(
        costs=costs,
        curated=frozenset(curated),
        proper=frozenset(w for w in listed if not w.islower()),
        short=frozenset(vocabulary.abbreviations),
        ranks={rank: grade for grade, rank in vocabulary.ranks.items()},
        listed=frozenset(small),
        pairs=_pairs(vocabulary.texts),
        settings=settings,
    )


def _pairs(texts: Iterable[str]) -> Mapping[str, Mapping[str, int]]:
    after: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for before, word in pairwise(m[0].lower() for m in WORD.finditer(text)):
            after[before].update((word, ""))
    return after


@cache
def _general() -> Mapping[str, float]:
    return {w: p for w, p in frequencies("id").items() if WORD.fullmatch(w)}


@cache
def english() -> frozenset[str]:
    """The commonest English words, as far as they are far commoner than in Indonesian."""
    general, words = _general(), islice(frequencies("en").items(), _ENGLISH)
    return frozenset(w for w, p in words if w.isalpha() and general.get(w, 0.0) * _ENGLISH_RATHER < p)


@cache
def listed() -> tuple[str, ...]:
    """The words of Tesseract's list as it prints them."""
    lines = (FOLDER / "words.txt").read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))

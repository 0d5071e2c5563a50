"""What the other lines, rows and sheets say: counts over a whole directory, and the votes they give.

A tally is built from each file alone and merged by addition, so neither the order of files nor the number of workers
matters. A vote never counts the value that asks for it. Only words that were read with confidence are counted; even so
frequency alone proves nothing, since the same damage repeats: votes are weighed against the picture.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from iki.normalize.correct.join_lines import Token
from iki.normalize.people import People, Signer


@dataclass(frozen=True, slots=True)
class AgreementSettings:
    least_confidence: float = 0.9
    """Engine confidence (0–1) below which a word is not counted."""
    alike: float = 75.0
    """0–100 (rapidfuzz ratio): words this alike may be one."""
    short: int = 4
    short_alike: float = 60.0
    """The same for words of up to ``short`` letters."""
    most: int = 8
    """Words that are looked at in place of one."""
    least_word: int = 2
    """Letters of the shortest word that is counted by itself."""


DEFAULT = AgreementSettings()
_AROUND = "()[],.;:\"'/"
START, END = "^", "$"
"""Neighbours of the first and last word of a value."""


@dataclass(slots=True)
class Tally:
    """Counts of one or more files.

    ``words``: values in which a word stands. ``places``: the same by the words to its left and right. ``signers``:
    sheets on which a signature block says exactly this. ``dates``: sheets signed at this place on this ISO date.
    """

    words: Counter[str] = field(default_factory=Counter)
    places: dict[tuple[str, str], Counter[str]] = field(default_factory=dict)
    signers: Counter[Signer] = field(default_factory=Counter)
    dates: Counter[tuple[str, str]] = field(default_factory=Counter)

    def add_value(self, tokens: Sequence[Token], settings: AgreementSettings = DEFAULT) -> None:
        """Count the words of one printed value, each once."""
        for word in sorted(counted(tokens, settings)):
            self.words[word] += 1
        for place, word in sorted(set(places(tokens, settings))):
            self.places.setdefault(place, Counter())[word] += 1

    def merge(self, other: Tally) -> None:
        """Add the counts of ``other``."""
        self.words.update(other.words)
        for place, counts in other.places.items():
            self.places.setdefault(place, Counter()).update(counts)
        self.signers.update(other.signers)
        self.dates.update(other.dates)


def counted(tokens: Sequence[Token], settings: AgreementSettings = DEFAULT) -> frozenset[str]:
    """The words of a value that were read with confidence."""
    return frozenset(
        token.text
        for token in tokens
        if token.confidence >= settings.least_confidence and len(token.text) >= settings.least_word
    )


def places(tokens: Sequence[Token], settings: AgreementSettings = DEFAULT) -> Iterable[tuple[tuple[str, str], str]]:
    """Every confidently read word with its neighbours."""
    texts = [START, *(token.text for token in tokens), END]
    for i, token in enumerate(tokens):
        if token.confidence >= settings.least_confidence:
            yield (texts[i], texts[i + 2]), token.text


@dataclass(frozen=True, slots=True)
class Batch:
    """A finished tally, arranged for asking. ``words`` stand on more than one value: letters only, in order."""

    tally: Tally
    people: People
    words: tuple[str, ...]

    @classmethod
    def of(cls, tally: Tally) -> Batch:
        bare = {word.strip(_AROUND) for word, count in tally.words.items() if count > 1}
        return cls(tally, People.of(tally.signers), tuple(sorted(word for word in bare if word.isalpha())))


@dataclass(frozen=True)
class Votes:
    """The batch as one value sees it: without its own counts."""

    batch: Batch
    own_words: frozenset[str]
    own_places: frozenset[tuple[tuple[str, str], str]]

    @classmethod
    def without(cls, batch: Batch, tokens: Sequence[Token], settings: AgreementSettings = DEFAULT) -> Votes:
        return cls(batch, counted(tokens, settings), frozenset(places(tokens, settings)))

    def word(self, word: str) -> int:
        """On how many other values ``word`` stands."""
        return max(self.batch.tally.words[word] - (word in self.own_words), 0)

    def near(self, word: str, settings: AgreementSettings = DEFAULT) -> list[str]:
        """Counted words of other values that look like ``word``."""
        alike = settings.alike if len(word) > settings.short else settings.short_alike
        found = process.extract(word, self.batch.words, scorer=fuzz.ratio, limit=settings.most, score_cutoff=alike)
        return [text for text, _, _ in found if text != word]

    def between(self, left: str, right: str) -> dict[str, int]:
        """Which words stand between these two neighbours elsewhere, and on how many values."""
        place = (left, right)
        counts = self.batch.tally.places.get(place, Counter())
        rest = {word: n - ((place, word) in self.own_places) for word, n in sorted(counts.items())}
        return {word: n for word, n in rest.items() if n > 0}

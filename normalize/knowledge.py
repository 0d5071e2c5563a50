"""What normalisation knows before it looks at a sheet: words, ranks, titles and posts."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from iki.language import lexicon
from iki.terms import WORD
from iki.vocab import Vocabulary

SHORT_FORM = 4
"""Letters of the longest abbreviation that no list needs to name."""
_ROMAN = re.compile(r"(?=[XVI])X{0,3}(?:IX|IV|V?I{0,3})")


@dataclass(frozen=True)
class Knowledge:
    """``word`` tells whether a word stands in a lexicon, ``rarity`` its cost in nats above that of a common one.

    ``near`` gives known words that look like one, ``abbreviation`` tells those that end in a full stop. ``ranks`` maps
    golongan to pangkat; ``titles`` are those of names, ``posts`` the jabatan nomenclature.
    """

    word: Callable[[str], bool]
    ranks: Mapping[str, str]
    titles: frozenset[str]
    posts: tuple[str, ...] = ()
    rarity: Callable[[str], float] = lambda word: 0.0
    near: Callable[[str], Sequence[str]] = lambda word: ()
    abbreviation: Callable[[str], bool] = lambda word: False

    @classmethod
    def of(cls, vocabulary: Vocabulary) -> Knowledge:
        """What the vocabulary and the lexicon built on it know."""
        words = lexicon.load(vocabulary)
        stopped = frozenset(text.removesuffix(".").lower() for text in vocabulary.abbreviations if text.endswith("."))
        return cls(
            word=words.knows,
            ranks=vocabulary.ranks,
            titles=vocabulary.titles,
            posts=vocabulary.posts,
            rarity=words.rarity,
            near=words.near,
            abbreviation=lambda word: word.lower() in stopped,
        )

    @cached_property
    def post_words(self) -> frozenset[str]:
        """The first words of posts, in small letters."""
        return frozenset(post.split()[0].lower() for post in self.posts)

    def knows(self, word: str) -> bool:
        return (
            bool(word) and not (len(word) == 1 and word.islower()) and (self.word(word) or bool(_ROMAN.fullmatch(word)))
        )

    def stops(self, word: str) -> bool:
        """Whether a word is an abbreviation with a full stop: a known one, or a short small word that is not common."""
        bare = word.strip("()")
        short = bare.isalpha() and bare.islower() and len(bare) <= SHORT_FORM
        return self.abbreviation(bare) or (short and (not self.knows(bare) or self.rarity(bare) > 0))

    def vouches(self, token: str) -> bool:
        """Whether every run of letters in a token is a known word; a token without letters needs no lexicon."""
        parts = WORD.findall(token)
        return bool(parts) and all(self.knows(part) or all(map(self.knows, part.split("-"))) for part in parts)

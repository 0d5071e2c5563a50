"""A noisy channel for words of which nothing is left but text: the likeliest printed words behind a damaged line.

The cost of a candidate is that of the damage (``channel``) plus that of the word after the one before it. Word and pair
counts come from the lexicon and from the other lines of the same text; a line has no say in its own correction.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from . import channel
from .lexicon import Lexicon, in_case

START = "^"
_PIECES = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_ADDRESS = re.compile(r"@|https?:|www\.|\w\.(?:go|co|or|ac)?\.?id\b|\.com\b")
_BODY = re.compile(r"^(?P<left>[(\[\"'/]*)(?P<body>.*?)(?P<right>[)\]\"',.;:/?]*)$")
_TITLE = re.compile(r"(?:[A-Z][a-z]{0,4}\.){1,4}[A-Za-z]{0,4}[.,]*")
_CAPITALS = re.compile(r"^(?P<left>[(\[]?)(?P<body>(?=[^a-z]*[A-Z])[A-Z0-9l|!¥$]{2,7})(?P<right>[)\],.;:/]*)$")


@dataclass(frozen=True, slots=True)
class WordSettings:
    """Costs in nats."""

    unknown: float = 17.0
    """Cost of leaving a word that no lexicon has."""
    letter: float = 0.6
    """More of that for each letter over six: long words are hardly ever names."""
    abbreviation: float = 10.0
    """Cost of an abbreviation of the vocabulary."""
    cheap: float = 3.8
    """Damage by which a rare word is taken for a common one that was damaged."""
    rarer: float = 3.0
    """How much rarer than that it must be."""
    usual: float = 0.12
    """Share of unknown words in the text that the costs of damage are made for; a cleaner text makes changes dearer."""
    calm: float = 7.0
    """Nats that a change costs more per e-fold of cleanness."""
    word_weight: float = 0.8
    """Weight of the word's cost against that of the damage."""
    margin: float = 1.5
    """What a change must gain over leaving the word."""
    known: float = 3.0
    """What it must gain over leaving a known word."""
    batch: float = 0.6
    """Share of the words of a text that its other lines tell."""
    pair: float = 1.5
    """How many sightings of a word the general chance of the next is worth."""
    parted: float = 5.0
    """Cost of a lost or a false space."""
    short_limit: float = 7.0
    """Damage above which an abbreviation is not considered."""
    elected: float = 3.0
    """How many times as often other lines must have an abbreviation as the one that was read."""
    shortest_capitals: int = 4
    """Letters from which a word in capitals may be a curated word rather than an abbreviation."""
    limit: float = 14.0
    """Damage above which a word is not considered."""
    most: int = 14
    """Candidates of a word."""
    shortest: int = 3
    """Letters from which a word may be corrected."""
    shortest_part: int = 3
    """Letters of a word that may have lost its space."""


DEFAULT = WordSettings()


@dataclass
class Counts:
    """Words and pairs of a text, in small letters."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    firsts: Counter[str] = field(default_factory=Counter)
    total: int = 0

    def add(self, line: str, sign: int = 1) -> None:
        words = [m[0].lower() for m in _PIECES.finditer(line)]
        for before, word in zip([START, *words], words, strict=False):
            self.words[word] += sign
            self.pairs[before, word] += sign
            self.firsts[before] += sign
            self.total += sign


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate for a token: its text, the words in it, and the nats of the damage."""

    text: str
    words: tuple[str, ...]
    cost: float


@dataclass(frozen=True)
class Corrector:
    """Corrects lines in the light of ``counts``, which must not contain the line itself."""

    lexicon: Lexicon
    counts: Counts
    calm: float = 0.0
    settings: WordSettings = DEFAULT

    def demoted(self, word: str) -> bool:
        """Whether a rare word is one cheap confusion away from a much commoner one of the curated vocabulary."""
        return demoted(self.lexicon, word, self.settings)

    def line(self, tokens: Sequence[str]) -> list[str]:
        """The likeliest tokens; as many as given, though one may come to hold a space or, joined to the one before,
        be empty."""
        paths: list[tuple[float, str, list[str]]] = [(0.0, START, [])]
        joined: list[tuple[float, str, list[str]]] = []
        for i, token in enumerate(tokens):
            options = self.options(token)
            following = self._extended(paths, options)
            following += [(c, w, [*t, ""]) for c, w, t in joined]
            joined = self._joined(paths, tokens[i : i + 2])
            best: dict[str, tuple[float, str, list[str]]] = {}
            for path in following:
                if path[1] not in best or path[0] < best[path[1]][0]:
                    best[path[1]] = path
            paths = sorted(best.values(), key=lambda p: (p[0], p[1]))[: self.settings.most]
        return paths[0][2]

    def _extended(
        self, paths: Iterable[tuple[float, str, list[str]]], options: Sequence[Option]
    ) -> list[tuple[float, str, list[str]]]:
        out = []
        for cost, last, texts in paths:
            for option in options:
                total, before = cost + option.cost, last
                for word in option.words:
                    total += self.settings.word_weight * self.word_cost(before, word)
                    before = word
                out.append((total, before, [*texts, option.text]))
        return out

    def _joined(
        self, paths: Iterable[tuple[float, str, list[str]]], pair: Sequence[str]
    ) -> list[tuple[float, str, list[str]]]:
        """Two tokens as one word, where both are made of letters and not both are words."""
        if len(pair) < 2 or not all(p.strip(",.;").isalpha() for p in pair) or not pair[0].isalpha():  # noqa: PLR2004
            return []
        if pair[1][0].isupper() and not pair[0].isupper():
            return []
        whole = "".join(pair)
        core = whole.rstrip(",.;")
        small = core.lower()
        if all(self.lexicon.knows(p.strip(",.;")) for p in pair) or self.lexicon.costs.get(small) is None:
            return []
        cost = self.settings.parted
        return self._extended(paths, [Option(whole, (small,), cost)])

    def word_cost(self, before: str, word: str) -> float:
        """−ln p of a word (in small letters) after another."""
        own = self.lexicon.cost(word)
        if word.upper() in self.lexicon.short and (own is None or own > self.settings.abbreviation):
            own = self.settings.abbreviation
        if own is not None and self.demoted(word):
            own = None
        general = math.exp(-own) if own is not None else math.exp(-self._strange(word))
        counts = self.counts
        seen = counts.words[word] / counts.total if counts.total and own is not None else 0.0
        p = (1 - self.settings.batch) * general + self.settings.batch * seen
        firsts = counts.firsts[before]
        return -math.log(
            (counts.pairs[before, word] * (own is not None) + self.settings.pair * p) / (firsts + self.settings.pair)
        )

    def _strange(self, word: str) -> float:
        return self.settings.unknown + self.settings.letter * max(len(word) - 6, 0)

    def options(self, token: str) -> list[Option]:
        """What a token may be; as read first."""
        words = tuple(m[0].lower() for m in _PIECES.finditer(token))
        as_read = Option(token, words, 0.0)
        if (short := self._abbreviations(token)) is not None:
            return [as_read, *short]
        if protected(token, self.lexicon):
            return [as_read]
        match = _BODY.match(token)
        assert match is not None
        left, body, right = match["left"], match["body"], match["right"]
        letters = sum(c.isalpha() for c in body)
        if letters < self.settings.shortest or letters * 2 < len(body):
            return [as_read]
        if "/" in body or "(" in body:
            return [as_read, *self._compound(token)]
        known = len(words) == 1 and words[0] == body.lower() and self.lexicon.knows(body) and not self.demoted(words[0])
        fee = self.calm + (self.settings.known if known else self.settings.margin)
        found = {o.text: o for o in self._words(left, body, right, fee)}
        if right[:1] in {":", ".", ",", "'"}:
            for option in self._words(left, body + right[0], right[1:], fee):
                found.setdefault(option.text, option)
        found.pop(token, None)
        ranked = sorted(found.values(), key=lambda o: (o.cost, o.text))
        return [as_read, *ranked]

    def _abbreviations(self, token: str) -> list[Option] | None:
        """Abbreviations that an unknown short word in capitals may be; ``None`` where the token is none.

        No list of abbreviations is complete: only one that other lines have more often is put in its place.
        """
        match = _CAPITALS.match(token)
        if match is None or self.lexicon.is_abbreviation(match["body"]) or self.lexicon.knows(match["body"]):
            return None
        found = []
        for text in self.lexicon.capitals:
            if abs(len(text) - len(match["body"])) <= 1 and self._elected(text, match["body"]):
                damage = channel.cost(text, match["body"], self.settings.short_limit)
                if damage <= self.settings.short_limit:
                    found.append(Option(f"{match['left']}{text}{match['right']}", (text.lower(),), damage + self.calm))
        if len(match["body"]) >= self.settings.shortest_capitals:
            for word in self.lexicon.alike(match["body"].lower(), curated=True):
                damage = channel.cost(word.upper(), match["body"], self.settings.short_limit)
                if damage <= self.settings.short_limit:
                    found.append(Option(f"{match['left']}{word.upper()}{match['right']}", (word,), damage + self.calm))
        return sorted(found, key=lambda o: (o.cost, o.text))

    def _elected(self, text: str, read: str) -> bool:
        words = self.counts.words
        return words[text.lower()] > self.settings.elected * (words[read.lower()] + (self.calm > 0))

    def _compound(self, token: str) -> list[Option]:
        """Parts between slashes and brackets, each corrected for itself."""
        parts = re.split(r"([/()])", token)
        fixed, total = [], 0.0
        for part in parts:
            choices = self.options(part) if sum(c.isalpha() for c in part) >= self.settings.shortest else []
            best = min(choices, key=self._alone, default=None)
            fixed.append(best.text if best else part)
            total += best.cost if best else 0.0
        text = "".join(fixed)
        return [] if text == token else [Option(text, tuple(m[0].lower() for m in _PIECES.finditer(text)), total)]

    def _alone(self, option: Option) -> float:
        return option.cost + self.settings.word_weight * sum(self.word_cost(START, w) for w in option.words)

    def _words(self, left: str, body: str, right: str, fee: float) -> Iterator[Option]:
        small = body.lower()
        plain = re.sub(r"[^a-z-]", "", small)
        candidates = {
            *self.lexicon.alike(small),
            *self.lexicon.alike(plain),
            *self.lexicon.alike(small, curated=True),
            plain,
        }
        candidates.discard(small)
        for word in sorted(candidates):
            if self.lexicon.costs.get(word) is None or self.lexicon.cost(word) is None:
                continue
            damage = channel.cost(word, small, self.settings.limit)
            if damage <= self.settings.limit:
                text = left + in_case(word, cased(body)) + right
                yield Option(text, (word,), damage + fee)
        if not small.isalpha() or self.lexicon.knows(body):
            return
        for cut in range(self.settings.shortest_part, len(body) - self.settings.shortest_part + 1):
            a, b = small[:cut], small[cut:]
            if a in self.lexicon.costs and b in self.lexicon.costs and self.lexicon.knows(a) and self.lexicon.knows(b):
                yield Option(f"{left}{body[:cut]} {body[cut:]}{right}", (a, b), self.settings.parted + fee)


@lru_cache(maxsize=50_000)
def demoted(lexicon: Lexicon, word: str, settings: WordSettings = DEFAULT) -> bool:
    own = lexicon.cost(word)
    if own is None or word in lexicon.curated:
        return False
    near = (w for w in lexicon.alike(word, curated=True) if own - lexicon.costs[w] > settings.rarer)
    return any(channel.cost(w, word, settings.limit) <= settings.cheap for w in near)


def calm(lexicon: Lexicon, lines: Iterable[str], settings: WordSettings = DEFAULT) -> float:
    """How much dearer than usual changes are in a text, by the share of its words that are not known."""
    words = [m[0] for line in lines for m in _PIECES.finditer(line) if len(m[0]) >= settings.shortest]
    strange = sum(not lexicon.knows(w) or demoted(lexicon, w.lower(), settings) for w in words)
    share = (strange + 1) / (len(words) + 2 / settings.usual)
    return max(settings.calm * math.log(settings.usual / share), 0.0)


def cased(body: str) -> str:
    """A word that shows the case meant: that of most letters, and of the first."""
    letters = [c for c in body if c.isalpha()]
    if sum(c.isupper() for c in letters) * 2 > len(letters) and len(letters) > 1:
        return "XX"
    return "Xx" if letters and letters[0].isupper() and body[0] == letters[0] else "xx"


def protected(token: str, lexicon: Lexicon) -> bool:
    """Whether a token is no word of the language: a number, an address, a title, an abbreviation."""
    body = token.strip("()[]\"',.;:/")
    if not body or any(c.isdigit() for c in body) or _ADDRESS.search(token) or _TITLE.fullmatch(token):
        return True
    if lexicon.is_abbreviation(body) or lexicon.is_abbreviation(token):
        return True
    capitals = sum(c.isupper() for c in body)
    short = len(body) <= lexicon.settings.capitals + 1 and capitals * 2 > len(body)
    return short and not (lexicon.knows(body) and body.isupper())

"""What a damaged token of a text may have been: words and abbreviations that look alike, lost spaces, other case."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz.distance import Levenshtein

from iki.language.lexicon import Lexicon, in_case
from iki.language.word_model import START, Speech, demoted
from iki.terms import WORD

_ADDRESS = re.compile(r"\w@\w+\.|https?:|www\.|\w\.(?:go|co|or|ac)?\.?id\b|\.com\b")
_BODY = re.compile(r"^(?P<left>[(\[\"'/]*)(?P<body>.*?)(?P<right>[)\]\"',.;:/?]*)$")
_TITLE = re.compile(r"(?:[A-Z][a-z]{0,4}\.){1,4}[A-Za-z]{0,4}[.,]*")
_ODD = re.compile(r"[^\w/&.,-]")
"""Signs that do not stand within a printed word."""
_GLUED = re.compile(r"(?<=[^\W\d_]{2}[,;])(?=[^\W\d_]{2})")
"""Where a space seems to be missing after a mark."""
_PART = re.compile(r"\W*[^\W\d_]{1,3}-[^\W\d_]+\W*|\W*[^\W\d_]+-")
"""A short word before a hyphen, as in e-presensi, and a word that goes on in the next line."""
_RULE = re.compile(r"[IlJ(\[|1!t](?=[^\W\d_]{3})")
"""What a rule of the table may be read as when it is taken for the first letter of the word after it."""
_DOUBTFUL = frozenset(":;'")
"""Marks at the end of a word where a letter or a speck is likelier."""
_MARKS = _DOUBTFUL | {".", ","}
_CLITIC = "nya"
_KEPT = 200_000
"""Tokens whose options are kept: texts repeat themselves."""
_THIN = frozenset("fijlrt")
"""Letters that wear takes away."""


@dataclass(frozen=True, slots=True)
class GuessSettings:
    """Costs in nats."""

    word_weight: float = 0.8
    """Weight of the word's cost against that of the damage."""
    margin: float = 1.5
    """What a change must gain over leaving the word."""
    known: float = 3.0
    """What it must gain over leaving a known word."""
    limit: float = 14.0
    """Damage above which a word is not considered."""
    per_letter: float = 0.8
    """More of that for each letter over eight."""
    known_limit: float = 7.0
    """Damage above which a known word is not taken for another."""
    odd: float = 4.0
    """Cost of each sign within a word that does not stand there in print."""
    doubtful: float = 2.5
    """Cost of a colon or quote at the end of a word."""
    inner_capital: float = 1.0
    """Cost of capitals within a known word."""
    uncurated_name: float = 3.0
    """More that a word with a capital must gain to become a rare one: it may be a name."""
    slip: float = 1.0
    """More that a change must gain where the author's hand may have slipped."""
    calm_slip: float = 1.0
    """More of that for each nat of the text's calmness."""
    clitic: float = 3.0
    """Cost of ``-nya`` after a corrected word."""
    parted: float = 5.0
    """Cost of a lost or a false space."""
    rule: float = 4.0
    """Cost of a rule of the table read as a letter before the word."""
    more_often: float = 2.0
    """How many times as often other lines must begin a word with a capital for that to be put."""
    most: int = 12
    """Candidates of a word."""
    hopeless: float = 12.0
    """Nats by which a candidate may be dearer than the best, neighbours left out."""
    shortest: int = 3
    """Letters from which a word may be corrected."""
    parts: int = 3
    """Words that may stand together without their spaces."""
    own_reach: int = 2
    """Letters by which a reading may differ from a word that only this text has."""
    strange_capitals: float = 10.0
    """Cost of leaving an unknown short word in capitals: no list of abbreviations is complete."""
    capital: float = 3.2
    """More of that for each of its letters."""
    longest_short: int = 8
    """Letters of the longest abbreviation that is looked at."""
    short_limits: tuple[float, ...] = (5.0, 5.0, 5.0, 6.0, 6.0, 7.0, 9.0)
    """Damage above which an abbreviation is not considered, by its letters; the last one holds for all longer ones."""
    elected: float = 3.0
    """How many times as often other lines must have an abbreviation as the one that was read."""
    obvious: float = 3.4
    """Damage up to which an unknown abbreviation is taken for the likeliest known one."""
    obvious_pair: float = 2.0
    """The same for one of two letters."""
    clear: float = 1.5
    """Nats by which all others must be less likely."""
    shortest_capitals: int = 4
    """Letters from which a word in capitals may be a curated word rather than an abbreviation."""


DEFAULT = GuessSettings()


@dataclass(frozen=True, slots=True)
class Option:
    """A candidate for a token: its text, the words in it, the nats of the damage, and the word printed and read where
    it is one for one."""

    text: str
    words: tuple[str, ...]
    cost: float
    change: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    """A token's ``body`` between the marks around it, what a change of it must gain, and what is known of it."""

    left: str
    body: str
    right: str
    fee: float
    known: bool
    initial: bool

    def holding(self, text: str) -> str:
        return self.left + text + self.right


class Guesses:
    """Options for the tokens of a text; ``calm`` is the fee of every change in a clean one."""

    def __init__(self, speech: Speech, calm: float, settings: GuessSettings = DEFAULT) -> None:
        self.speech, self.calm, self.settings = speech, calm, settings
        self.lexicon, self.damage, self.counts = speech.lexicon, speech.damage, speech.counts
        self._behind = lru_cache(maxsize=_KEPT)(self._found_behind)
        self._of_word = lru_cache(maxsize=_KEPT)(self._word_options)

    def options(self, token: str, initial: bool = False) -> list[Option]:
        """What a token may be; as read first. ``initial``: a line or an item of a list begins with it."""
        if (short := self._abbreviations(token)) is not None:
            cost = self._strange_capitals(token) if short else 0.0
            return [Option(token, (), cost), *short]
        return self._of_word(token, initial)

    def _word_options(self, token: str, initial: bool) -> list[Option]:
        as_read = Option(token, _words(token), 0.0)
        if protected(token, self.lexicon) or _PART.fullmatch(token):
            return [as_read]
        left, body, right = _around(token)
        letters = sum(c.isalpha() for c in body)
        if letters < self.settings.shortest or letters * 2 < len(body):
            return [as_read]
        if "/" in body or "(" in body:
            return [as_read, *self._compound(token)]
        small = body.lower()
        known = as_read.words == (small,) and self._knows(body)
        if signs := _ODD.findall(body):
            as_read = Option(token, (small,), 0.0 if self.calm else len(signs) * self.settings.odd)
        fee = self.calm + (self.settings.known if known else self.settings.margin)
        found: dict[str, Option] = {}
        for reading in self._readings(_Token(left, body, right, fee, known, initial)):
            for option in self._guessed(reading):
                if option.text not in found or option.cost < found[option.text].cost:
                    found[option.text] = option
        found.pop(token, None)
        ranked = sorted((self.alone(o), o.text, o) for o in found.values())
        limit = min([*(cost for cost, _, _ in ranked[:1]), self.alone(as_read)]) + self.settings.hopeless
        return [as_read, *(option for cost, _, option in ranked[: self.settings.most] if cost <= limit)]

    def _readings(self, token: _Token) -> Iterator[_Token]:
        """The token, and where it is no word, with the marks around it taken for letters."""
        left, body, right = token.left, token.body, token.right
        yield replace(token, fee=token.fee + self.settings.doubtful * (right[:1] in _DOUBTFUL))
        if not token.known and right[:1] in _MARKS:
            yield replace(token, body=body + right[0], right=right[1:])
        if not token.known and left[-1:] in {"(", "["}:
            yield replace(token, left=left[:-1], body=left[-1] + body)

    def _guessed(self, token: _Token) -> Iterator[Option]:
        yield from self._replaced(token)
        yield from self._recased(token)
        if not token.known:
            yield from self._with_clitic(token)
            yield from self._parted(token)
            yield from self._without_rule(token)

    def _replaced(self, token: _Token) -> Iterator[Option]:
        body, small = token.body, token.body.lower()
        for word, damage in self._behind(small, token.known, body.isupper()):
            name = self.settings.uncurated_name * (body[:1].isupper() and self.lexicon.rarity(word) > 0)
            text = token.holding(self._cased(word, token))
            slip = (self.settings.slip + self.calm * self.settings.calm_slip) * _slipped(word, small)
            yield Option(text, (word,), damage + token.fee + name + slip, (word, small))

    def _recased(self, token: _Token) -> Iterator[Option]:
        """A known word without the capitals within it."""
        body, small = token.body, token.body.lower()
        mixed = any(part[1:] != part[1:].lower() for part in body.split("-"))
        if mixed and not body.isupper() and self.lexicon.knows(small):
            text = token.holding(in_case(small, _case(body)))
            yield Option(text, (small,), self.calm - self.settings.inner_capital)

    def _with_clitic(self, token: _Token) -> Iterator[Option]:
        """Words with ``-nya``: the lexicon lists few of them, any curated word may take it."""
        stem = token.body[: -len(_CLITIC)]
        if not token.body.lower().endswith(_CLITIC) or len(stem) <= len(_CLITIC):
            return
        for word, damage in self._behind(stem.lower(), False):
            if word in self.lexicon.curated:
                text = token.holding(self._cased(word, token) + in_case(_CLITIC, token.body[-2:]))
                yield Option(text, (word,), damage + token.fee + self.settings.clitic, (word, stem.lower()))

    def _parted(self, token: _Token) -> Iterator[Option]:
        """The body with spaces that may have been lost, or read as a hyphen."""
        body, small, parted = token.body, token.body.lower(), self.settings.parted
        if _GLUED.search(body):
            text = _GLUED.sub(" ", body)
            yield Option(token.holding(text), _words(text), token.fee)
        first, hyphen, last = small.partition("-")
        if hyphen and first != last and first in self.lexicon.costs and last in self.lexicon.costs:
            yield Option(token.holding(body.replace("-", " ")), (first, last), parted + token.fee)
        if small.isalpha():
            for words in self._split(small, self.settings.parts):
                ends = [sum(map(len, words[: n + 1])) for n in range(len(words))]
                texts = (body[end - len(word) : end] for word, end in zip(words, ends, strict=True))
                yield Option(token.holding(" ".join(texts)), words, parted * (len(words) - 1) + token.fee)

    def _without_rule(self, token: _Token) -> Iterator[Option]:
        rule = _RULE.match(token.body)
        rest = token.body[rule.end() :] if rule and not self.calm else ""
        if rest and self.lexicon.knows(rest) and rest.lower() in self.lexicon.costs:
            yield Option(rest + token.right, (rest.lower(),), self.settings.rule + token.fee)

    def _split(self, small: str, most: int) -> Iterator[tuple[str, ...]]:
        """Ways of parting letters into known words."""
        shortest = self.speech.settings.shortest_part
        for cut in range(shortest, len(small) - shortest + 1):
            first, rest = small[:cut], small[cut:]
            if self.speech.stands_alone(first):
                if self.speech.stands_alone(rest):
                    yield first, rest
                if most > 2:  # noqa: PLR2004
                    yield from ((first, *parts) for parts in self._split(rest, most - 1))

    def _knows(self, body: str) -> bool:
        vouched = not body.islower() or self.lexicon.vouches(body)
        return vouched and self.lexicon.knows(body) and not demoted(self.lexicon, body.lower())

    def _found_behind(self, small: str, known: bool, capitals: bool = False) -> tuple[tuple[str, float], ...]:
        """Familiar words behind a reading and the damage of each; ``capitals``: it stands in capitals."""
        settings = self.settings
        limit = settings.limit + settings.per_letter * max(len(small) - 8, 0)
        limit = settings.known_limit if known else limit
        return self.damage.nearest(self._familiar(small, known), small, limit, capitals)

    def _familiar(self, small: str, known: bool) -> list[str]:
        found = {*self.lexicon.behind(small, known)}
        if not known:
            plain = re.sub(r"[^a-z-]", "", small)
            found |= {*self.lexicon.alike(small), *self.lexicon.behind(plain), plain}
        found = {word for word in found if self.lexicon.proposes(word)}
        if not known:
            reach = self.settings.own_reach
            found |= {a for a in self.lexicon.small_abbreviations if self._told(a, small)}
            found |= {w for w in self.speech.own if Levenshtein.distance(w, small, score_cutoff=reach) <= reach}
        return sorted(found - {small})

    def _told(self, short: str, small: str) -> bool:
        """Whether an abbreviation in small letters is one letter from a reading and the text has it more often."""
        one = len(short) == len(small) and sum(a != b for a, b in zip(short, small, strict=True)) == 1
        return one and self.counts.words[short] > self.settings.elected * (self.counts.words[small] + 1)

    def _cased(self, word: str, token: _Token) -> str:
        """The word in the case of the body. Where its first letter was misread, the case is that which other lines
        have more often."""
        body, case = token.body, _case(token.body)
        first = body[:1]
        if case == "xx" and first in "l|1" and word[0] == "i":  # small i keeps its dot
            case = "Xx"
        elif case != "XX" and first.lower() != word[0] and (first in "IJ" or (token.initial and not first.isupper())):
            forms, title = self.counts.forms, word[:1].upper() + word[1:]
            case = "Xx" if forms[title] > self.settings.more_often * forms[word] else "xx"
        return in_case(word, case)

    def alone(self, option: Option) -> float:
        """Cost of an option by itself."""
        return option.cost + self.settings.word_weight * sum(self.speech.cost(START, word) for word in option.words)

    def _compound(self, token: str) -> list[Option]:
        """Parts between slashes and brackets, each corrected for itself."""
        fixed, total = [], 0.0
        for part in re.split(r"([/()])", token):
            choices = self.options(part) if sum(c.isalpha() for c in part) >= self.settings.shortest else []
            best = min(choices, key=self.alone, default=None)
            fixed.append(best.text if best else part)
            total += best.cost if best else 0.0
        text = "".join(fixed)
        return [] if text == token else [Option(text, _words(text), total)]

    def _strange_capitals(self, token: str) -> float:
        letters = sum(c.isalnum() for c in token)
        return self.settings.word_weight * (self.settings.strange_capitals + self.settings.capital * letters)

    def _abbreviations(self, token: str) -> list[Option] | None:
        """Abbreviations that an unknown short word in capitals may be; ``None`` where the token is none.

        No list of abbreviations is complete: another is put in its place only where the other lines of the text have it
        more often, or where it is near and no other is as likely.
        """
        left, body, right = _around(token)
        if not self._short_capitals(body):
            return None
        settings, upper = self.settings, body.upper()
        name = len(body) >= settings.shortest_capitals and body.capitalize() in self.lexicon.proper
        if body.isupper() and (body in self.lexicon.shouted or name):
            return []
        limit = settings.short_limits[min(len(body), len(settings.short_limits) - 1)]
        near = [
            Option(f"{left}{text}{right}", (text.lower(),), damage, (text.upper(), upper))
            for text, damage in self.damage.nearest(self._as_short(body), upper, limit, capitals=True)
        ]
        near.sort(key=lambda option: (self.alone(option), option.text))
        least = settings.obvious if len(body) > 2 else settings.obvious_pair  # noqa: PLR2004
        found = [option for option in near if self._elected(_around(option.text)[1], body)]
        if near and near[0] not in found and near[0].cost <= least and body.isalpha() and not self.calm:
            others = self.alone(near[1]) if len(near) > 1 else math.inf
            found += near[:1] if others - self.alone(near[0]) >= settings.clear else []
        if len(body) >= settings.shortest_capitals and body.isalpha():
            words = (found for found in self._behind(body.lower(), False, True) if found[0] in self.lexicon.curated)
            found += [Option(f"{left}{w.upper()}{right}", (w,), damage) for w, damage in words if damage <= limit]
        return sorted((replace(o, cost=o.cost + self.calm) for o in found), key=lambda o: (o.cost, o.text))

    def _as_short(self, body: str) -> Iterable[str]:
        """Abbreviations of about the same length; one in other letters only where the text has it."""
        for text in self.lexicon.capitals:
            if abs(len(text) - len(body)) <= 1 and (text.upper() != body or text in self.counts.forms):
                yield text

    def _short_capitals(self, body: str) -> bool:
        """Whether a token looks like an abbreviation that no list has."""
        if not 1 < len(body) <= self.settings.longest_short or self.lexicon.is_abbreviation(body):
            return False
        capitals, digits = sum(c.isupper() for c in body), sum(c.isdigit() for c in body)
        others = sum(c in "l|!¥$&." for c in body)
        if not capitals or digits > min(2, len(body) - 1) or capitals + digits + others < len(body) - (len(body) > 2):  # noqa: PLR2004
            return False
        if body[0].isupper() and body[1:].isalpha() and body[1:].islower():
            return False
        return not (self.lexicon.knows(body) and body.isupper())

    def _elected(self, text: str, read: str) -> bool:
        forms = self.counts.forms
        return forms[text] > self.settings.elected * max(forms[read] + (self.calm > 0), 1)


def _slipped(printed: str, read: str) -> bool:
    """Whether a reading lacks one letter that OCR seldom loses, or doubles one, and is right otherwise: so it was
    probably typed."""
    at = next(
        (i for i, pair in enumerate(zip(printed, read, strict=False)) if len(set(pair)) > 1),
        min(len(printed), len(read)),
    )
    if printed[at + 1 :] == read[at:]:
        return printed[at] not in _THIN
    return printed[at:] == read[at + 1 :] and read[at] in (read[at - 1 : at], read[at + 1 : at + 2])


def _words(text: str) -> tuple[str, ...]:
    return tuple(match[0].lower() for match in WORD.finditer(text))


def _around(token: str) -> tuple[str, str, str]:
    """A token's body and the marks before and after it."""
    match = _BODY.match(token)
    assert match is not None
    return match["left"], match["body"], match["right"]


def _case(body: str) -> str:
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

"""Who signs: what the signature blocks of a whole directory say of the same person, by name and by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from rapidfuzz import fuzz, process

from iki.normalize.fields import nip

SAME_NAME = 90.0
"""Likeness (0–100, rapidfuzz ratio) of names that may be one person's."""
GRAM = 3
"""Characters of the sequences by which names alike are found."""
FEWEST_READINGS = 3
"""Sheets with numbers alike from which they settle one another digit by digit."""

_VOTED = ("nip", "name", "post", "rank")
"""Fields of a signature block that others of the same person tell."""


@dataclass(frozen=True, slots=True)
class Signer:
    """What one signature block says, as far as it was read; ``key`` is the name's (``names.key``), ``nip`` a
    number that passes its checks, ``digits`` the number as read if it has its 18 digits."""

    key: str
    name: str
    nip: str
    rank: tuple[str, str]
    post: str
    digits: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Signature blocks that have a name or a number in common.

    ``signers``: on how many sheets each stands. ``totals``: by name of a field of ``Signer``, on how many sheets it has
    which value; values that say nothing are left out.
    """

    signers: Counter[Signer] = field(default_factory=Counter)
    totals: Mapping[str, Counter[Any]] = field(default_factory=lambda: {what: Counter() for what in _VOTED})

    def add(self, signer: Signer, count: int) -> None:
        self.signers[signer] += count
        for what, total in self.totals.items():
            value = getattr(signer, what)
            if any(value):
                total[value] += count

    def votes(self, me: Signer, what: str) -> Counter[Any]:
        """How many sheets give ``what`` which value, the one sheet of ``me`` not counted."""
        votes = self.totals[what].copy()
        if me in self.signers and any(getattr(me, what)):
            votes -= Counter([getattr(me, what)])
        return votes


@dataclass(frozen=True, slots=True)
class Names:
    """Keys of names in order, arranged so that those like a name are found without looking at each.

    Of two texts with ``d`` insertions and deletions between them, one has at least one of any ``d`` + 1 parts of the
    other as it is (pigeonhole principle). ``by_gram``: places in ``keys`` of those that contain a sequence of ``GRAM``
    characters.
    """

    keys: Sequence[str]
    by_gram: Mapping[str, Sequence[int]]

    @classmethod
    def of(cls, keys: Iterable[str]) -> Names:
        ordered = sorted(keys)
        by_gram: dict[str, list[int]] = {}
        for place, key in enumerate(ordered):
            for gram in set(_grams(key)):
                by_gram.setdefault(gram, []).append(place)
        return cls(ordered, by_gram)

    def nearest(self, key: str) -> str:
        """The other key most like this one, the first of several; empty where none is ``SAME_NAME`` like it."""
        others = [other for other in self._candidates(key) if other != key]
        found = process.extractOne(key, others, scorer=fuzz.ratio, score_cutoff=SAME_NAME)
        return found[0] if found else ""

    def _candidates(self, key: str) -> Sequence[str]:
        """All keys that can be ``SAME_NAME`` like ``key``, and others, in order."""
        edits = int(2 * (100 - SAME_NAME) * len(key) // SAME_NAME)  # of one longer by just as many
        bounds = [len(key) * part // (edits + 1) for part in range(edits + 2)]
        parts = [key[start:end] for start, end in pairwise(bounds)]
        if any(len(part) < GRAM for part in parts):
            return self.keys
        rarest = (min((self.by_gram.get(gram, ()) for gram in _grams(part)), key=len) for part in parts)
        return [self.keys[place] for place in sorted(set().union(*rarest))]


def _grams(text: str) -> list[str]:
    return [text[start : start + GRAM] for start in range(len(text) - GRAM + 1)]


@dataclass(frozen=True, slots=True)
class People:
    """Who signs: the signers of a tally by name and by number."""

    by_name: Mapping[str, Group]
    by_nip: Mapping[str, Group]
    keys: Names
    by_end: Mapping[str, frozenset[str]]
    """Numbers that pass their checks, by their first and by their last ``nip.LEAST_PART`` digits."""
    numbers: Mapping[tuple[int, str], Counter[str]]
    """Numbers as read, on how many sheets, by each of their parts and its place: two that differ in fewer digits than
    there are parts have one of them in common."""

    @classmethod
    def of(cls, signers: Counter[Signer]) -> People:
        by_name: dict[str, Group] = {}
        by_nip: dict[str, Group] = {}
        numbers: dict[tuple[int, str], Counter[str]] = {}
        for signer, count in signers.items():
            if signer.key:
                by_name.setdefault(signer.key, Group()).add(signer, count)
            if signer.nip:
                by_nip.setdefault(signer.nip, Group()).add(signer, count)
            for part in _parts(signer.digits):
                numbers.setdefault(part, Counter())[signer.digits] += count
        by_end: dict[str, set[str]] = {}
        for number in by_nip:
            for end in (number[: nip.LEAST_PART], number[-nip.LEAST_PART :]):
                by_end.setdefault(end, set()).add(number)
        ends = {end: frozenset(found) for end, found in by_end.items()}
        return cls(by_name, by_nip, Names.of(by_name), ends, numbers)

    def completed(self, digits: str) -> str:
        """The one number of the sheets that begins or ends with ``digits``, of which some were lost; empty where none
        or more than one does."""
        ends = (digits[: nip.LEAST_PART], digits[-nip.LEAST_PART :])
        return nip.completed(digits, {number for end in ends for number in self.by_end.get(end, ())})

    def agreed(self, me: Signer) -> str:
        """The number that most readings alike to this one agree on, digit by digit; empty where too few are alike."""
        alike = {
            digits: count
            for part in _parts(me.digits)
            for digits, count in self.numbers.get(part, Counter()).items()
            if nip.alike(digits, me.digits)
        }
        return nip.agreed(me.digits, alike) if sum(alike.values()) >= FEWEST_READINGS else ""

    def nips(self, me: Signer) -> Counter[str]:
        """Numbers that others of the same name have on how many sheets, this signature block not counted.

        A name that stands on no other sheet is taken for the nearest one there is.
        """
        found = self.by_name.get(me.key, _NOBODY).votes(me, "nip")
        if found or not me.key:
            return found
        return self.by_name.get(self.keys.nearest(me.key), _NOBODY).votes(me, "nip")

    def names(self, me: Signer) -> Counter[str]:
        """Names that go with the same number on other sheets."""
        return self.by_nip.get(me.nip, _NOBODY).votes(me, "name")

    def posts(self, me: Signer) -> Counter[str]:
        """Jabatan that go with the same number on other sheets."""
        return self.by_nip.get(me.nip, _NOBODY).votes(me, "post")

    def ranks(self, me: Signer) -> Counter[tuple[str, str]]:
        """Ranks that go with the same number on other sheets."""
        return self.by_nip.get(me.nip, _NOBODY).votes(me, "rank")


_NOBODY = Group()


def _parts(digits: str) -> list[tuple[int, str]]:
    size = nip.LENGTH // (nip.MISREAD_DIGITS + 1)
    return [(start, digits[start : start + size]) for start in range(0, len(digits), size)]

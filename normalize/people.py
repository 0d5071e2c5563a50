"""Who signs: what the signature blocks of a whole directory say of the same person, by name and by number."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rapidfuzz import fuzz, process

from iki.normalize.fields import nip

SAME_NAME = 90.0
"""Likeness (0–100, rapidfuzz ratio) of names that may be one person's."""
FEWEST_READINGS = 3
"""Sheets with numbers alike from which they settle one another digit by digit."""


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
class People:
    """Who signs: the signers of a tally by name and by number."""

    by_name: Mapping[str, Counter[Signer]]
    by_nip: Mapping[str, Counter[Signer]]
    numbers: Mapping[tuple[int, str], Counter[str]]
    """Numbers as read, on how many sheets, by each of their parts and its place: two that differ in fewer digits than
    there are parts have one of them in common."""

    @classmethod
    def of(cls, signers: Counter[Signer]) -> People:
        by_name: dict[str, Counter[Signer]] = {}
        by_nip: dict[str, Counter[Signer]] = {}
        numbers: dict[tuple[int, str], Counter[str]] = {}
        for signer, count in signers.items():
            if signer.key:
                by_name.setdefault(signer.key, Counter())[signer] += count
            if signer.nip:
                by_nip.setdefault(signer.nip, Counter())[signer] += count
            for part in _parts(signer.digits):
                numbers.setdefault(part, Counter())[signer.digits] += count
        return cls(by_name, by_nip, numbers)

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
        found = _votes(self.by_name.get(me.key, Counter()), me, "nip")
        if found or not me.key:
            return found
        near = process.extractOne(
            me.key,
            [key for key in sorted(self.by_name) if key != me.key],
            scorer=fuzz.ratio,
            score_cutoff=SAME_NAME,
        )
        return _votes(self.by_name[near[0]], me, "nip") if near else found

    def names(self, me: Signer) -> Counter[str]:
        """Names that go with the same number on other sheets."""
        return _votes(self.by_nip.get(me.nip, Counter()), me, "name")

    def posts(self, me: Signer) -> Counter[str]:
        """Jabatan that go with the same number on other sheets."""
        return _votes(self.by_nip.get(me.nip, Counter()), me, "post") if me.nip else Counter()

    def ranks(self, me: Signer) -> Counter[tuple[str, str]]:
        """Ranks that go with the same number on other sheets."""
        return _votes(self.by_nip.get(me.nip, Counter()), me, "rank")


def _parts(digits: str) -> list[tuple[int, str]]:
    size = nip.LENGTH // (nip.MISREAD_DIGITS + 1)
    return [(start, digits[start : start + size]) for start in range(0, len(digits), size)]


def _votes(signers: Counter[Signer], me: Signer, what: str) -> Counter[Any]:
    votes: Counter[Any] = Counter()
    for signer, count in signers.items():
        value = getattr(signer, what)
        left = count - (signer == me)
        if any(value) and left > 0:
            votes[value] += left
    return votes

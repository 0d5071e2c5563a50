"""The civil servant's number: 18 digits with a birth date, an appointment, a sex and a serial number inside.

Structure: ``yyyymmdd`` birth, ``yyyymm`` appointment as CPNS, ``1`` man or ``2`` woman, three digits of serial number
(Peraturan Kepala BKN 22/2007). For PPPK the appointment is the year followed by ``21`` (PP 49/2018 with BKN's rule on
the Nomor Induk PPPK). Nobody is appointed before 18 (PP 11/2017 art. 23), or before 20 as PPPK (PP 49/2018 art. 16).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from iki.terms import DIGIT_LOOK_ALIKES

LENGTH = 18
PPPK = "21"
FIRST_PPPK_YEAR = 2019
MINIMUM_AGE, MINIMUM_AGE_PPPK = 18, 20
MISREAD_DIGITS = 2
LEAST_PART = 12
"""Digits at the beginning or end of a number by which it is known: two of its three parts at least."""
OLDEST_IN_SERVICE = 70
"""Years; the latest retirement of any civil servant (professors)."""

LETTERS, SECOND, WITNESS, DIGIT = "huruf menjadi angka", "bacaan kedua", "NIP di lembar lain", "satu angka NIP"
"""Names of the rules that change a number."""

CONFUSIONS = {
    "0": "689", "1": "74", "2": "7", "3": "85", "4": "19", "5": "6389", "6": "580", "7": "12", "8": "3069", "9": "0485",
}  # fmt: skip
"""Digits that one worn or blurred digit may have been."""

_LABEL = re.compile(
    r"^\W*(?:N\s*[I1l|!]\s*P|N\s*[I1l|!]\s*P?\s*P\s*P\s*K|N\s*R\s*P)(?:\s*P\s*P\s*P\s*K)?(?![a-z])[\s.:;,]*", re.I
)

_GAPS = r"\s.,'’`:;·•-"
"""What may stand between groups of digits, as a set of a pattern."""
_ABSENT = re.compile(rf"[…–—{_GAPS}]*")
"""A dash or dots alone, without a label, and specks about them: no number is meant."""


@dataclass(frozen=True, slots=True)
class Nip:
    """A number taken apart. ``month`` is ``None`` for PPPK. Only calendar dates get here."""

    digits: str
    birth: date
    year: int
    month: int | None
    sex: int
    serial: int

    @property
    def pppk(self) -> bool:
        return self.month is None


@dataclass(frozen=True, slots=True)
class NipReading:
    """What a printed number line says.

    ``digits`` is the number, or empty where none can be read; ``rule`` names what changed it; ``doubts`` say why a
    person should look; ``rivals`` are other numbers that fit as well.
    """

    digits: str
    rule: str = ""
    doubts: tuple[str, ...] = ()
    rivals: tuple[str, ...] = ()


def parse(digits: str) -> Nip | None:
    """The parts of a number of 18 digits, or ``None`` where it breaks a rule of the structure itself."""
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        birth = date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        return None
    year, month, sex, serial = int(digits[8:12]), digits[12:14], int(digits[14]), int(digits[15:])
    if sex not in (1, 2) or serial == 0 or not ("01" <= month <= "12" or month == PPPK):
        return None
    return Nip(digits, birth, year, None if month == PPPK else int(month), sex, serial)


def faults(digits: str, signed: date | None = None) -> tuple[str, ...]:
    """What is wrong with a number, as short names of the checks it fails; ``signed`` is the date of the sheet."""
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()):
        return ("panjang",)
    nip = parse(digits)
    if nip is None:
        return ("susunan",)
    found = []
    latest = (signed.year, signed.month) if signed else (nip.birth.year + OLDEST_IN_SERVICE, 12)
    age = nip.year - nip.birth.year - (nip.month is not None and nip.month < nip.birth.month)
    if age < (MINIMUM_AGE_PPPK if nip.pppk else MINIMUM_AGE):
        found.append("umur")
    if (nip.year, nip.month or 1) > latest:
        found.append("pengangkatan")
    if signed and signed.year - nip.birth.year > OLDEST_IN_SERVICE:
        found.append("pensiun")
    if nip.pppk and nip.year < FIRST_PPPK_YEAR:
        found.append("pppk")
    return tuple(found)


GAINED, MISREAD = 2.5, 4.6
"""Nats that a digit read for another costs: one that gained a stroke (in one of twelve numbers of two real dumps an 8
was read for the 9 of the century, which is no other digit in any number), and any other."""
_CLOSED = {"9": "8", "3": "8", "6": "8", "0": "8", "5": "6"}
"""Printed digit → the one that it becomes where a stroke closes."""


def strip_label(text: str) -> str:
    """The line without ``NIP.``, ``NIP :``, ``NI PPPK`` and the like in front."""
    return _LABEL.sub("", text, count=1).strip()


def digits_of(text: str) -> tuple[str, bool]:
    """The digits printed in a line, and whether letters had to be taken for digits.

    Spaces, dots and hyphens between groups go. Anything else that cannot be a digit makes the line no number: then
    its own digits come back, whatever their count.
    """
    body = re.sub(rf"[_{_GAPS}]+", "", strip_label(text))
    if body.isascii() and body.isdigit():
        return body, False
    mapped = body.translate(DIGIT_LOOK_ALIKES)
    if mapped.isascii() and mapped.isdigit():
        return mapped, True
    return re.sub(r"\D", "", body), True


def repairs(digits: str, signed: date | None = None) -> tuple[str, ...]:
    """Numbers one confusable digit away from ``digits`` that pass every check."""
    return tuple(
        changed
        for i, digit in enumerate(digits)
        for other in CONFUSIONS.get(digit, "")
        if not faults(changed := digits[:i] + other + digits[i + 1 :], signed)
    )


def insertions(digits: str, signed: date | None = None) -> tuple[str, ...]:
    """Numbers that pass every check and are ``digits`` with one more digit."""
    longer = {digits[:i] + extra + digits[i:] for i in range(len(digits) + 1) for extra in "0123456789"}
    return tuple(sorted(number for number in longer if not faults(number, signed)))


def agreed(digits: str, readings: Mapping[str, int]) -> str:
    """What makes the readings (with how often each was read, ``digits`` included) likeliest at each place, the digit of
    ``digits`` where two do: a digit that gained a stroke is no witness against those who saw it without."""
    places = [Counter[str]() for _ in digits]
    for text, count in sorted(readings.items()):
        for place, digit in zip(places, text, strict=True):
            place[digit] += count

    def cost(printed: str, place: Counter[str]) -> float:
        return sum(
            count * (GAINED if _CLOSED.get(printed) == read else MISREAD)
            for read, count in place.items()
            if read != printed
        )

    return "".join(
        min(sorted(place), key=lambda digit: (cost(digit, place), digit != own))
        for own, place in zip(digits, places, strict=True)
    )


def completed(digits: str, known: Iterable[str]) -> str:
    """The one of ``known`` numbers that begins or ends with ``digits``, of which some were lost; empty where none or
    more than one does."""
    if not LEAST_PART <= len(digits) < LENGTH:
        return ""
    found = {number for number in known if number.startswith(digits) or number.endswith(digits)}
    return found.pop() if len(found) == 1 else ""


def mended(text: str, found: NipReading, signed: date | None = None) -> NipReading:
    """What a line of a text dump says whose number breaks the structure: the one number that fits it, if there is one
    alone that is one confusable or one lost digit away. It is never without a doubt."""
    digits, _ = digits_of(text)
    if found.digits and not faults(found.digits, signed):
        return found
    only = repairs(digits, signed) if len(digits) == LENGTH else insertions(digits, signed)
    return NipReading(only[0], DIGIT, ("diperbaiki",), (digits,)) if len(only) == 1 else found


def read(  # noqa: PLR0911
    texts: Sequence[str],
    signed: date | None = None,
    witnesses: Iterable[str] = (),
    cost: Callable[[str], float] | None = None,
    margin: float = 3.0,
) -> NipReading:
    """Settle one printed number.

    ``texts`` are the readings of the line, the most trusted first; ``witnesses`` the numbers that the same person has
    on other sheets; ``cost`` the picture's own cost in nats of a digit string, where there is one. A number that fails
    its checks is replaced only by one that another reading, a witness or the picture (by ``margin`` nats over every
    rival) supports, and only if it is the single one so supported. Otherwise it stays as printed, with its doubts; a
    line without 18 digits gives no number.
    """
    printed = [text for text in texts if strip_label(text)]
    taken = [digits_of(text) for text in printed]
    if not taken:
        return NipReading("", doubts=("kosong",))
    if _ABSENT.fullmatch(printed[0]):
        return NipReading("")
    first, mapped = taken[0]
    full = list(dict.fromkeys(d for d, _ in taken if len(d) == LENGTH))
    sound = [d for d in full if not faults(d, signed)]
    apart = ("bacaan berbeda",)
    if first in sound:
        return NipReading(first, LETTERS if mapped else "", apart if len(full) > 1 else (), _others(sound, first))
    known = sorted({w for w in witnesses if not faults(w, signed)})
    if len(sound) == 1:
        return NipReading(sound[0], SECOND, () if sound[0] in known else apart, _others(full, sound[0]))
    near = [w for w in known if any(_differences(w, d) <= 1 for d in full or [first])]
    if len(near) == 1 and not sound:
        return NipReading(near[0], WITNESS, ("diperbaiki",), tuple(full))
    if not full:
        return NipReading("", doubts=("panjang",), rivals=tuple(d for d, _ in taken if d))
    pictured = _pictured(full[0], signed, cost, margin) if not sound else ()
    if pictured:
        return NipReading(pictured[0], DIGIT, ("diperbaiki",), (*pictured[1:], full[0]))
    return NipReading(full[0], LETTERS if mapped else "", faults(full[0], signed) or apart, _others(full, full[0]))


def _pictured(digits: str, signed: date | None, cost: Callable[[str], float] | None, margin: float) -> tuple[str, ...]:
    """Repairs of ``digits``, the one first that the picture prefers by ``margin``; empty where it prefers none."""
    if cost is None:
        return ()
    ranked = sorted((cost(r), r) for r in repairs(digits, signed))
    clear = ranked and (len(ranked) == 1 or ranked[1][0] - ranked[0][0] >= margin)
    return tuple(r for _, r in ranked) if clear else ()


def _others(numbers: Iterable[str], chosen: str) -> tuple[str, ...]:
    return tuple(d for d in numbers if d != chosen)


def alike(a: str, b: str) -> bool:
    """Whether two numbers differ so little that one may be a misreading of the other."""
    return _differences(a, b) <= MISREAD_DIGITS


def printed(text: str, digits: str) -> set[str]:
    """How a line with a number would look with ``digits`` in its place: in its own grouping or in the usual ones."""
    label = text[: len(text) - len(strip_label(text))]
    body = list(strip_label(text))
    spots = [i for i, c in enumerate(body) if c.translate(DIGIT_LOOK_ALIKES).isdigit()]
    forms = {digits, f"{digits[:8]} {digits[8:14]} {digits[14:15]} {digits[15:]}"}
    if len(spots) == len(digits):
        for spot, digit in zip(spots, digits, strict=True):
            body[spot] = digit
        forms = {"".join(body)}
    return {label + form for form in forms}


def _differences(a: str, b: str) -> int:
    """Digits in which two numbers differ; numbers of other lengths are told apart by the digits missing."""
    if len(a) == len(b):
        return sum(x != y for x, y in zip(a, b, strict=True))
    short, long = sorted((a, b), key=len)
    gone = len(long) - len(short)
    fits = any(long[:i] + long[i + gone :] == short for i in range(len(short) + 1))
    return gone if fits else LENGTH

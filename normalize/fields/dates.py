"""Place and date of signing: ``Bontang, 4 Oktober 2022`` or ``Ditetapkan di … pada tanggal …``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from rapidfuzz import fuzz

from iki.terms import DIGIT_LOOK_ALIKES

MONTHS = (
    "Januari", "Februari", "Maret", "April", "Mei", "Juni",
    "Juli", "Agustus", "September", "Oktober", "November", "Desember",
)  # fmt: skip
_VARIANTS = {"pebruari": 2, "nopember": 11, "agst": 8, "agt": 8, "ags": 8, "okt": 10, "nop": 11, "nov": 11, "des": 12,
             "jan": 1, "feb": 2, "peb": 2, "mar": 3, "apr": 4, "jun": 6, "jul": 7, "sep": 9, "sept": 9}  # fmt: skip
_EXACT = {name.lower(): number for number, name in enumerate(MONTHS, 1)} | _VARIANTS
_FULL = {name: number for name, number in _EXACT.items() if name.title() in MONTHS or name.endswith(("ruari", "ember"))}

FIRST_YEAR, LAST_YEAR = 2000, 2099
"""IKI sheets are an instrument of this century (Permenpan PER/09/M.PAN/5/2007 brought in the indicator)."""

LEAST_SIMILARITY, LEAST_LEAD = 0.7, 0.1
"""0–1 (rapidfuzz ratio): how close a printed month must be to a real one, and how much closer than to any other."""

WORN_MONTH = 0.99
"""0–1: similarity of a month that differs only in look-alike characters."""

_ONE_STROKE = str.maketrans("l1|!ıİ0", "iiiiiio")
_DIGITISH = r"[0-9OoQIl|!iıSsBZz]"
_MONTH_AND_YEAR = rf"([A-Za-zıİ01!|]{{3,}}?)[\s.,-]*({_DIGITISH}{{4}})(?![0-9A-Za-z])"
_LONG = re.compile(rf"(?<![A-Za-z0-9])(\d{{1,2}})[\s.,-]*{_MONTH_AND_YEAR}")
_WORN = re.compile(rf"(?<![A-Za-z0-9])({_DIGITISH}{{1,2}})[\s.,-]+{_MONTH_AND_YEAR}")
_SHORT = re.compile(r"(?<!\d)(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4})(?!\d)")
_DAYLESS = re.compile(_MONTH_AND_YEAR)
_SET_IN = re.compile(r"^\W*d[il1!]\s*t[a-z]{6,10}\s*d[il1!]\s*[:;]?\s*", re.I)
_ON_DATE = re.compile(r"\W*\bpada\s*(?:tanggal|tgl\.?)?\s*[:;]?\s*|\W*\b(?:tanggal|tgl\.?)\s*[:;]?\s*", re.I)


@dataclass(frozen=True, slots=True)
class PlaceAndDate:
    """``place`` as printed; ``day`` the date or ``None``; ``similarity`` 0–1 of the printed month with the real one.

    ``changed``: letters were taken for digits or the month was repaired. ``year`` is given even where the day is not
    readable.
    """

    place: str
    day: date | None
    year: int | None = None
    similarity: float = 1.0
    changed: bool = False


def month_number(name: str) -> tuple[int, float] | None:
    """Number and similarity (0–1) of the month meant by ``name``; ``None`` where it is none or two fit as well."""
    key = name.lower().rstrip(".")
    if key in _EXACT:
        return _EXACT[key], 1.0
    key = key.translate(_ONE_STROKE)
    best = dict.fromkeys(_EXACT.values(), 0.0)
    for text, number in _FULL.items():
        best[number] = max(best[number], fuzz.ratio(key, text.translate(_ONE_STROKE)) / 100)
    (first, score), (_, second) = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:2]
    return (first, min(score, WORN_MONTH)) if score >= LEAST_SIMILARITY and score - second >= LEAST_LEAD else None


def parse(text: str) -> PlaceAndDate:
    """Take a place-and-date line apart; whatever cannot be read stays empty."""
    text = " ".join(text.split())
    for pattern in (_LONG, _WORN, _SHORT):
        for match in pattern.finditer(text):
            value = _date(match)
            if value is not None:
                day, similarity, changed = value
                return PlaceAndDate(_place(text[: match.start()]), day, day.year, similarity, changed)
    if dayless := _DAYLESS.search(text):
        month, year = month_number(dayless[1]), _year(dayless[2])
        if month and year:
            return PlaceAndDate(_place(text[: dayless.start()]), None, year)
    years = [found for part in re.findall(r"(?<!\d)\d{4}(?!\d)", text) if (found := _year(part))]
    return PlaceAndDate(_place(re.split(r"[\d]", text)[0]), None, years[-1] if years else None)


def _date(match: re.Match[str]) -> tuple[date, float, bool] | None:
    day, month, year = (part.strip() for part in match.groups())
    plain = day.translate(DIGIT_LOOK_ALIKES)
    number = (int(month), 1.0) if month.isdecimal() else month_number(month)
    if number is None or not plain.isdecimal() or not (found := _year(year)):
        return None
    try:
        value = date(found, number[0], int(plain))
    except ValueError:
        return None
    return value, number[1], plain != day or not year.isdecimal() or number[1] < 1


def _year(text: str) -> int | None:
    plain = text.translate(DIGIT_LOOK_ALIKES)
    return int(plain) if plain.isdecimal() and FIRST_YEAR <= int(plain) <= LAST_YEAR else None


def _place(text: str) -> str:
    text = _ON_DATE.sub(" ", _SET_IN.sub("", text)).strip()
    return re.sub(r"[\W_]+$|^[\W_]+|[\W_]+\d+$", "", text)

"""Place and date lines, clean and worn."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.normalize.fields import dates

PLACES = st.sampled_from(["Bontang", "Tanjung Selor", "Kota Baru", "Sanga-Sanga", "Kab. Kutai Timur"])


@given(PLACES, st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.booleans())
def test_the_usual_forms_come_back(place: str, day: date, padded: bool) -> None:
    month = dates.MONTHS[day.month - 1]
    number = f"{day.day:02d}" if padded else str(day.day)
    for text in (
        f"{place}, {number} {month} {day.year}",
        f"{place} , {number} {month.upper()} {day.year}",
        f"Ditetapkan di {place} pada tanggal {number} {month} {day.year}",
        f"{place}, {day:%d-%m-%Y}",
        f"{place}, {day.day}{month}{day.year}",
    ):
        parsed = dates.parse(text)
        assert (parsed.place, parsed.day, parsed.changed) == (place, day, False), text


@given(st.text(max_size=40))
def test_any_text_is_a_date_of_this_century_or_none(text: str) -> None:
    day = dates.parse(text).day
    assert day is None or dates.FIRST_YEAR <= day.year <= dates.LAST_YEAR


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Bontang, O4 0ktober 2O22", date(2022, 10, 4)),
        ("Bontang, l Juli 2022", date(2022, 7, 1)),
        ("Bontang, 1 Junl 2022", date(2022, 6, 1)),
        ("Bontang, 5 Mel 2022", date(2022, 5, 5)),
        ("Bontang, 5 Septernber 2022", date(2022, 9, 5)),
        ("Bontang, 5 Pebruari 2022", date(2022, 2, 5)),
        ("Bontang, 5 Nopember 2022", date(2022, 11, 5)),
    ],
)
def test_worn_and_old_months(text: str, day: date) -> None:
    assert dates.parse(text).day == day


@pytest.mark.parametrize(
    "text", ["", "Bontang", "Bontang,     Oktober 2022", "Bontang, 30 Februari 2022", "Bontang, 5 Jrni 2022x"]
)
def test_what_is_not_there_is_not_guessed(text: str) -> None:
    assert dates.parse(text).day is None


def test_a_month_between_two_is_none() -> None:
    assert dates.month_number("Juxi") is None

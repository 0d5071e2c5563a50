"""The number's structure, its checks, and what may and may not be repaired."""

from datetime import date, timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iki.normalize.fields import nip

SIGNED = date(2023, 1, 16)


@st.composite
def numbers(draw: st.DrawFn) -> str:
    birth = draw(st.dates(date(1960, 1, 1), date(1999, 12, 31)))
    month = draw(st.sampled_from([f"{m:02d}" for m in range(1, 13)] + [nip.PPPK]))
    first = max(birth.year + 21, nip.FIRST_PPPK_YEAR) if month == nip.PPPK else birth.year + 19
    year = draw(st.integers(min(first, 2022), 2022))
    return f"{birth:%Y%m%d}{year}{month}{draw(st.sampled_from('12'))}{draw(st.integers(1, 999)):03d}"


@given(numbers())
def test_a_sound_number_passes_whatever_stands_between_its_groups(number: str) -> None:
    parsed = nip.parse(number)
    assert parsed is not None and parsed.digits == number
    assert nip.faults(number, SIGNED) == ()
    for text in (
        f"NIP. {number}",
        f"NIP : {number[:8]} {number[8:14]} {number[14]} {number[15:]}",
        f"{number[:8]}.{number[8:]}",
    ):
        assert nip.read([text], SIGNED) == nip.NipReading(number)


@given(numbers(), st.data())
def test_a_lost_or_added_digit_gives_no_number(number: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, 17))
    for damaged in (number[:at] + number[at + 1 :], number[:at] + "7" + number[at:]):
        found = nip.read([f"NIP {damaged}"], SIGNED)
        assert found.digits == "" and found.doubts


@given(st.text(max_size=30))
@example("N1P{")
@example("NIP -")
def test_any_text_gives_eighteen_digits_or_none(text: str) -> None:
    found = nip.read([text], SIGNED)
    assert found.digits == "" or (len(found.digits) == nip.LENGTH and found.digits.isdigit())
    if nip.faults(found.digits, SIGNED) and text.strip():
        assert found.doubts or not any(c.isalnum() for c in text)


@pytest.mark.parametrize("printed", ["-", "- -", "—'", "...."])
def test_a_dash_alone_says_that_there_is_no_number(printed: str) -> None:
    assert nip.read([printed], SIGNED) == nip.NipReading("")


@pytest.mark.parametrize("printed", ["NIP", "NIP. -", "NIP : ......", "NIP {", "NIP | !", "NIP ____", "{", "____"])
def test_where_nothing_or_other_marks_stand_a_number_may_be_lost(printed: str) -> None:
    assert nip.read([printed], SIGNED).doubts


@given(numbers(), st.integers(0, 17))
def test_nothing_is_repaired_without_evidence(number: str, at: int) -> None:
    damaged = number[:at] + str((int(number[at]) + 5) % 10) + number[at + 1 :]
    found = nip.read([damaged], SIGNED)
    assert found.digits == damaged
    if nip.faults(damaged, SIGNED):
        assert found.doubts


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("19801301200501 1 003", "susunan"),  # month 13
        ("198001012005133003", "susunan"),  # appointed in month 13, sex 3
        ("198001012005010003", "susunan"),  # sex 0
        ("198001011996011003", "umur"),  # sixteen years old
        ("198001012024011003", "pengangkatan"),  # after the sheet
        ("194001011970011003", "pensiun"),
        ("198001012010211003", "pppk"),  # no PPPK yet
        ("19800101200501100", "panjang"),
    ],
)
def test_checks(number: str, fault: str) -> None:
    assert fault in nip.faults(number.replace(" ", ""), SIGNED)


@given(st.from_regex(r"[0-9]{18}|[19]9[0-9]{2}0[1-9]0[1-9]20200[1-9]1001", fullmatch=True))
def test_any_digits_are_checked_without_a_date(digits: str) -> None:
    assert bool(nip.faults(digits)) >= (nip.parse(digits) is None)


def test_letters_for_digits_are_a_named_repair() -> None:
    assert nip.read(["NIP. l98OO1O12005O1 1 OO3"], SIGNED) == nip.NipReading("198001012005011003", nip.LETTERS)


def test_a_fault_is_repaired_by_a_witness_or_the_picture_and_stays_doubtful() -> None:
    broken, right = "198013012005011003", "198011012005011003"
    assert nip.faults(broken, SIGNED) and not nip.faults(right, SIGNED)
    by_witness = nip.read([broken], SIGNED, witnesses=[right])
    assert (by_witness.digits, by_witness.rule) == (right, nip.WITNESS)
    picture = {"198010012005011003": 9.0, "198011012005011003": 1.0}
    by_picture = nip.read([broken], SIGNED, cost=lambda digits: picture.get(digits, 20.0))
    assert by_picture.digits in ("198013012005011003", right)
    assert by_witness.doubts and by_picture.doubts


def test_readings_that_differ_are_doubtful() -> None:
    found = nip.read(["198001012005011003", "198001012005011008"], SIGNED)
    assert found.digits == "198001012005011003" and found.doubts and found.rivals == ("198001012005011008",)


@given(numbers())
def test_birth_is_always_a_calendar_date(number: str) -> None:
    parsed = nip.parse(number)
    assert parsed is not None and parsed.birth - timedelta(days=1) < parsed.birth


def test_a_dump_mends_a_number_only_where_one_alone_fits() -> None:
    assert (
        nip.mended("NIP 187005122003121036", nip.NipReading("", doubts=("x",)), SIGNED).digits == "197005122003121036"
    )
    assert nip.mended("97005122003121036", nip.NipReading(""), SIGNED).digits == "197005122003121036"
    kept = nip.NipReading("", doubts=("panjang",))
    assert nip.mended("NIP 1970", kept, SIGNED) is kept
    sound = nip.NipReading("197005122003121036")
    assert nip.mended("197005122003121036", sound, SIGNED) is sound


@given(numbers(), st.integers(0, 17))
def test_a_number_cut_short_is_known_by_the_rest_of_it(number: str, lost: int) -> None:
    assert nip.completed(number[lost:], [number]) == (number if 0 < lost <= nip.LENGTH - nip.LEAST_PART else "")
    assert nip.completed(number[:lost], [number]) == (number if lost >= nip.LEAST_PART else "")


def test_a_rest_that_two_numbers_have_tells_neither() -> None:
    assert nip.completed("05122003121036", ["197005122003121036", "198005122003121036"]) == ""


@given(numbers(), st.data())
def test_readings_with_one_error_each_agree_on_the_number(number: str, data: st.DataObject) -> None:
    places = data.draw(st.lists(st.integers(0, 17), min_size=3, max_size=4, unique=True))
    damaged = [number[:at] + str((int(number[at]) + 1) % 10) + number[at + 1 :] for at in places]
    assert nip.agreed(damaged[0], dict.fromkeys(damaged, 1)) == number
    assert nip.agreed(number, {number: 1}) == number


def test_a_digit_that_gained_a_stroke_is_no_witness_against_those_without() -> None:
    readings = {"197809122003121002": 3, "197808122003121002": 4}
    assert nip.agreed("197808122003121002", readings) == "197809122003121002"
    assert nip.agreed("197809122003121002", {"197809122003121002": 1, "197808122003121002": 4}) == "197808122003121002"
    assert nip.agreed("197801122003121002", {"197801122003121002": 3, "197802122003121002": 4}) == "197802122003121002"

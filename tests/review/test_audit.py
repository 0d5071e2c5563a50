"""What a look is worth, who is drawn by lot, and what may be left."""

from hypothesis import given
from hypothesis import strategies as st

from iki.model import CleanValue
from iki.review.audit import ENOUGH, Audit, gain, lot


def value(probability: float, text: str = "Jumlah dokumen") -> CleanValue:
    return CleanValue(text, text, probability, probability < 0.9)


def test_the_likely_wrong_short_and_weighty_come_first() -> None:
    assert gain("indikator", value(0.2)) > gain("indikator", value(0.8))
    assert gain("indikator", value(0.5)) > gain("indikator", value(0.5, "Jumlah dokumen yang disusun " * 9))
    assert gain("pihak_pertama_nip", value(0.5)) > gain("indikator", value(0.5))


@given(st.sets(st.text(max_size=8)), st.integers(0, 20), st.integers(0, 20))
def test_a_larger_lot_begins_with_the_smaller(names: set[str], few: int, more: int) -> None:
    assert lot(names, few + more)[:few] == lot(names, few)
    assert len(lot(names, few)) == min(few, len(names))


def test_three_hundred_without_an_error_are_enough_and_fewer_or_worse_are_not() -> None:
    assert Audit(10_000, 300, 0).is_enough
    assert not Audit(10_000, 290, 0).is_enough
    assert not Audit(10_000, 300, 1).is_enough
    assert Audit(10_000, 300, 0).most <= ENOUGH
    assert Audit(10_000, 0, 0).most == 1.0
    assert Audit(50, 50, 2).is_enough
    assert Audit(1000, 100, 0).left == int(Audit(1000, 100, 0).most * 900)

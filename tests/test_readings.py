"""Two engines' readings of one line."""

from iki.model import Line
from iki.normalize.readings import settle

from .printed import KNOWLEDGE, frames, line, reading


def two(first: str, second: str, doubts: dict[int, list[tuple[str, float]]] | None = None) -> Line:
    made = line(first, others=[reading(second, engine="tesseract")])
    return Line(
        made.page, made.box, made.quad, made.measure,
        (reading(first, seen=frames(first, doubts)), *made.readings[1:]),
    )  # fmt: skip


def test_agreement_leaves_nothing_disputed() -> None:
    settled = settle(two("laporan keuangan", "laporan keuangan"), KNOWLEDGE)
    assert settled and settled.reading.text == "laporan keuangan" and not settled.disputed


def test_a_known_word_that_the_picture_allows_replaces_an_unknown_one() -> None:
    settled = settle(two("laparan keuangan", "laporan keuangan", {3: [("o", 0.9)]}), KNOWLEDGE)
    assert settled and settled.reading.text == "laporan keuangan" and settled.disputed == {0}
    assert [c.rule for c in settled.corrections] == ["bacaan kedua"]


def test_against_a_clear_picture_the_first_reading_stays_but_is_disputed() -> None:
    settled = settle(two("laparan keuangan", "laporan keuangan"), KNOWLEDGE)
    assert settled and settled.reading.text == "laparan keuangan" and settled.disputed == {0}


def test_words_that_one_engine_lacks_are_kept() -> None:
    settled = settle(two("laporan data keuangan", "laporan keuangan"), KNOWLEDGE)
    assert settled and settled.reading.text == "laporan data keuangan" and settled.disputed == {1}


def test_nothing_read() -> None:
    assert settle(Line(1, None, None, None, ()), KNOWLEDGE) is None

"""Two engines' readings of one line."""

from printed import KNOWLEDGE, frames, line, reading

from iki.model import CORRECTED, DUMP, Line, RawValue, Reading
from iki.normalize.context import Batch, Tally, Votes
from iki.normalize.correct.reconcile import TEXT, settle
from iki.normalize.correct.rescoring import judged
from iki.normalize.draft import ValueSettings, draft
from iki.normalize.fields.header import other_readings

Chances = dict[int, list[tuple[str, float]]]


def two(first: str, second: str, doubts: Chances | None = None, gaps: Chances | None = None) -> Line:
    made = line(first, others=[reading(second, engine="tesseract")])
    return Line(
        made.page, made.box, made.quad, made.measure,
        (reading(first, seen=frames(first, doubts, gaps)), *made.readings[1:]),
    )  # fmt: skip


def test_agreement_leaves_nothing_disputed() -> None:
    settled = settle(two("laporan keuangan", "laporan keuangan"), KNOWLEDGE)
    assert settled and settled.reading.text == "laporan keuangan" and not settled.disputed


def test_a_word_against_a_word_is_left_to_the_judge() -> None:
    settled = settle(two("laparan keuangan", "laporan keuangan"), KNOWLEDGE)
    assert settled and settled.reading.text == "laparan keuangan" and settled.disputed == {0: "laporan"}
    value = RawValue((two("laparan keuangan", "laporan keuangan", {3: [("o", 0.1)]}),))
    drafted = draft(value, KNOWLEDGE, ValueSettings())
    made = judged(drafted, KNOWLEDGE, Votes.without(Batch.of(Tally()), drafted.tokens))
    assert made.text == "laporan keuangan"


def test_known_words_that_the_picture_allows_replace_others_of_another_number() -> None:
    line = two("laporankeuangan daerah", "laporan keuangan daerah", gaps={6: [(" ", 0.9)]})
    settled = settle(line, KNOWLEDGE)
    assert settled and settled.reading.text == "laporan keuangan daerah" and set(settled.disputed) == {0, 1}
    assert [c.rule for c in settled.corrections] == ["bacaan kedua"]


def test_words_that_one_engine_lacks_are_kept() -> None:
    settled = settle(two("laporan data keuangan", "laporan keuangan"), KNOWLEDGE)
    assert settled and settled.reading.text == "laporan data keuangan" and settled.disputed == {1: ""}


def test_nothing_read() -> None:
    assert settle(Line(1, None, None, None, ()), KNOWLEDGE) is None


def test_the_corrected_text_of_a_dump_replaces_what_was_read_and_says_what_changed() -> None:
    made = Line(
        1, None, None, None,
        (Reading("Jumiah dokumen yanq", (), 0.9, DUMP), Reading("Jumlah dokumen yang", (), 0.9, CORRECTED)),
    )  # fmt: skip
    drafted = draft(RawValue((made,)), KNOWLEDGE, ValueSettings())
    assert drafted.text == "Jumlah dokumen yang" and drafted.read == "Jumiah dokumen yanq"
    assert [(c.before, c.after, c.rule) for c in drafted.corrections] == [
        ("Jumiah", "Jumlah", TEXT), ("yanq", "yang", TEXT)
    ]  # fmt: skip
    assert not any(settled.disputed for settled in drafted.settled if settled)


def test_a_correction_is_no_second_witness_of_a_number() -> None:
    made = Line(
        1, None, None, None,
        (Reading("MIP 197005122003121036", (), 0.9, DUMP), Reading("NIP 197005122003121036", (), 0.9, CORRECTED)),
    )  # fmt: skip
    assert other_readings(draft(RawValue((made,)), KNOWLEDGE, ValueSettings())) == []

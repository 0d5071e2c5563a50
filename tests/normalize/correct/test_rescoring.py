"""Doubtful words: what may be changed, by which evidence, and what must not."""

from collections import Counter
from dataclasses import replace

import pytest
from printed import KNOWLEDGE, frames, line, reading

from iki.model import Correction, RawValue
from iki.normalize.context import Batch, Tally, Votes
from iki.normalize.correct import punctuation
from iki.normalize.correct.join_lines import text_of
from iki.normalize.correct.rescoring import judged
from iki.normalize.draft import Draft, ValueSettings, draft
from iki.normalize.people import People, Signer

Chances = dict[int, list[tuple[str, float]]]


def drafted(text: str, confidence: float = 0.999, doubts: Chances | None = None, gaps: Chances | None = None) -> Draft:
    made = replace(line(text, 80), readings=(reading(text, confidence, seen=frames(text, doubts, gaps)),))
    return draft(RawValue((made,)), KNOWLEDGE, ValueSettings())


def batch(*texts: str) -> Batch:
    tally = Tally()
    for text in texts:
        tally.add_value(drafted(text).tokens)
    return Batch.of(tally)


def outcome(value: Draft, others: Batch | None = None, **more: object) -> tuple[str, list[str]]:
    votes = Votes.without(others or Batch.of(Tally()), value.tokens)
    result = judged(value, KNOWLEDGE, votes, **more)  # type: ignore[arg-type]
    return result.text, [c.rule for c in result.corrections]


def test_the_lexicon_needs_the_picture() -> None:
    allowed = drafted("laparan keuangan", 0.6, {3: [("o", 0.5)]})
    assert outcome(allowed) == ("laporan keuangan", ["kamus"])
    assert outcome(drafted("laparan keuangan", 0.6)) == ("laparan keuangan", [])


def test_a_confident_reading_is_not_touched() -> None:
    assert outcome(drafted("laparan keuangan", 0.9999, {3: [("o", 0.5)]})) == ("laparan keuangan", [])


def test_worn_commas() -> None:
    value = drafted("laporan. kegiatan", 0.9, {7: [(",", 0.3)]})
    assert outcome(value) == ("laporan, kegiatan", ["tanda baca"])
    assert outcome(drafted("lap. kegiatan", 0.9, {3: [(",", 0.3)]}))[0] == "lap. kegiatan"


def test_lost_and_false_spaces() -> None:
    assert outcome(drafted("laporankeuangan daerah", 0.999, gaps={6: [(" ", 0.2)]})) == (
        "laporan keuangan daerah",
        ["spasi hilang"],
    )
    split = drafted("laporan keu angan daerah", 0.8, {11: [("", 0.4)]})
    assert outcome(split) == ("laporan keuangan daerah", ["spasi hilang"])
    assert outcome(drafted("data kinerja"))[0] == "data kinerja"
    stop = drafted("laporan.keuangan daerah", 0.98, {7: [(" ", 0.3)]})
    assert outcome(stop) == ("laporan keuangan daerah", ["spasi hilang"])
    speck = drafted("data'kinerja daerah", 0.98, {4: [(" ", 0.1)]})
    assert outcome(speck) == ("data kinerja daerah", ["spasi hilang"])


def test_a_space_that_kerning_ate_is_put_back() -> None:
    assert outcome(drafted("DATAANGGARAN DAERAH"))[0] == "DATA ANGGARAN DAERAH"
    assert outcome(drafted("DATAX 100%"))[0] == "DATA X 100%"
    assert outcome(drafted("laporanI daerah", gaps={6: [(" ", 0.1)]}))[0] == "laporan I daerah"
    assert outcome(drafted("DATADOKUMEN DAERAH"))[0] == "DATADOKUMEN DAERAH"


@pytest.mark.parametrize(
    ("read", "meant"),
    [
        ("1.1.1Jumlah laporan", "1.1.1 Jumlah laporan"),
        ("2.10Jumlah laporan", "2.10 Jumlah laporan"),
        ("1.Jumlah laporan", "1.Jumlah laporan"),
        ("1.1.1xJumlah laporan", "1.1.1xJumlah laporan"),
    ],
)
def test_a_number_of_several_levels_stands_apart_from_its_text(read: str, meant: str) -> None:
    assert outcome(drafted(read))[0] == meant


def test_capitals_are_left_to_other_sheets() -> None:
    value = drafted("dokumen OPAX daerah", 0.6, {8: [("D", 0.4)], 9: [("P", 0.9)]})
    assert outcome(value)[0] == "dokumen OPAX daerah"
    assert outcome(value, batch(*(f"laporan DPAX {i}" for i in range(20)))) == (
        "dokumen DPAX daerah",
        ["kata di lembar lain"],
    )


def test_the_same_place_elsewhere() -> None:
    value = drafted("dokumen Xqz daerah", 0.5, {8: [("R", 0.5)], 9: [("k", 0.5)], 10: [("a", 0.5)]})
    others = batch("dokumen Rka daerah", "dokumen Rka daerah", "jumlah dokumen Rka daerah")
    assert outcome(value, others) == ("dokumen Rka daerah", ["tempat yang sama"])


def test_what_another_field_says_helps_only_a_doubtful_word() -> None:
    doubtful = drafted("Veritikator Keuangan", 0.7, {4: [("f", 0.05)]})
    assert outcome(doubtful, expected="Verifikator Keuangan")[0] == "Verifikator Keuangan"
    sure = drafted("Kepala Dinas", 0.9999)
    assert outcome(sure, expected="Kepala Bidang")[0] == "Kepala Dinas"


def test_case_where_a_field_begins() -> None:
    value = drafted("kepala Dinas", 0.8, {0: [("K", 0.3)]})
    assert outcome(value, titled=True) == ("Kepala Dinas", ["huruf besar"])
    assert outcome(value)[0] == "kepala Dinas"


def test_votes_leave_out_the_voter() -> None:
    mine = drafted("dokumen Rka daerah")
    votes = Votes.without(batch("dokumen Rka daerah"), mine.tokens)
    assert votes.word("Rka") == 0 and votes.between("dokumen", "daerah") == {}
    votes = Votes.without(batch("dokumen Rka daerah", "dokumen Rka daerah"), mine.tokens)
    assert votes.word("Rka") == 1 and votes.between("dokumen", "daerah") == {"Rka": 1}


def test_tallies_add_up_in_any_order() -> None:
    texts = ["dokumen Rka daerah", "laporan Rka", "Rka daerah"]
    whole = Tally()
    for text in texts:
        whole.add_value(drafted(text).tokens)
    parts = Tally()
    for text in reversed(texts):
        one = Tally()
        one.add_value(drafted(text).tokens)
        one.signers[Signer("a", "A", "", ("", ""), text)] += 1
        parts.merge(one)
    assert parts.words == whole.words and parts.places == whole.places and sum(parts.signers.values()) == 3


@pytest.mark.parametrize(
    ("token", "parts"), [("data,", ("data", ",")), ("data", ("data", "")), (",", (",", "")), ("S.E.", ("S.E", "."))]
)
def test_marks(token: str, parts: tuple[str, str]) -> None:
    assert punctuation.part(token) == parts


def test_nothing_at_all() -> None:
    empty = draft(RawValue(()), KNOWLEDGE, ValueSettings())
    assert outcome(empty) == ("", []) and text_of(empty.tokens) == ""
    assert isinstance(Correction("a", "b", "c", 1.0), Correction)


def test_alike_numbers_of_three_sheets_settle_one_another() -> None:
    read = ("197005122003121036", "187005122003121036", "197005122003121038")
    signers = Counter(Signer("", "", "", ("", ""), "", digits) for digits in read)
    people = People.of(signers)
    assert people.agreed(Signer("", "", "", ("", ""), "", read[1])) == read[0]
    assert people.agreed(Signer("", "", "", ("", ""), "", "198511302010012007")) == ""

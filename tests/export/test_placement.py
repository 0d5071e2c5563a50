"""The text of a value over the words it was read from."""

import re

from hypothesis import given
from hypothesis import strategies as st

from iki.export.placement import SOFT_HYPHEN, Fragment, laid, laid_fields, words_of
from iki.model import Box, Line, RawValue, Reading, Word

PITCH, HEIGHT = 10.0, 20.0
"""Width and height of a letter (px)."""


def printed(text: str, top: float = 0.0) -> Line:
    """A line of equally wide letters from x = 100 on, on a page that lies straight in its file."""
    words = tuple(
        Word(found.group(), Box(100 + PITCH * found.start(), top, 100 + PITCH * found.end(), top + HEIGHT), 0.9)
        for found in re.finditer(r"\S+", text)
    )
    box = Box(100, top, 100 + PITCH * len(text), top + HEIGHT)
    quad = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
    return Line(1, box, quad, None, (Reading(text, words, 0.9, "iki"),))


def texts(fragments: list[Fragment]) -> list[str]:
    return [fragment.text for fragment in fragments]


def span(fragment: Fragment) -> tuple[float, float]:
    return fragment.quad[0][0], fragment.quad[1][0]


def test_a_corrected_word_stands_on_the_ink_of_the_one_read() -> None:
    (dokumen, laporan) = laid("Dokumen laporan", words_of([printed("D0kurnen laporan")]))
    assert (dokumen.text, laporan.text) == ("Dokumen", "laporan")
    assert span(dokumen)[0] == 100 and 180 <= span(dokumen)[1] < 190
    assert 180 < span(laporan)[0] <= 190 and span(laporan)[1] == 260
    assert dokumen.quad[0][1] == 0 and dokumen.quad[2][1] == HEIGHT


def test_a_word_cut_at_the_wrap_is_two_fragments_that_a_reader_joins() -> None:
    lines = [printed("laporan pelak-"), printed("sanaan", top=30)]
    fragments = laid("laporan pelaksanaan", words_of(lines))
    assert texts(fragments) == ["laporan", "pelak" + SOFT_HYPHEN, "sanaan"]
    assert [fragment.quad[0][1] for fragment in fragments] == [0, 0, 30]
    hyphened = laid("perundang-undangan", words_of([printed("perundang-"), printed("undangan", top=30)]))
    assert texts(hyphened) == ["perundang-", "undangan"], "a printed hyphen stays and needs no other"


def test_words_read_as_one_share_its_ink() -> None:
    first, second = laid("yang di", words_of([printed("yangdi")]))
    assert span(first) == (100, 140) and span(second) == (140, 160)


def test_words_that_were_not_read_stand_with_their_neighbours_and_what_is_gone_is_gone() -> None:
    assert texts(laid("Laporan bulanan", words_of([printed("bulanan")]))) == ["Laporan bulanan"]
    assert texts(laid("bulanan ini", words_of([printed("bulanan")]))) == ["bulanan ini"]
    assert texts(laid("bulanan", words_of([printed("bulanan ~~~")]))) == ["bulanan"]
    assert laid("", words_of([printed("~")])) == []
    assert laid("Laporan", []) == []


def test_fields_read_from_one_line_take_their_own_words() -> None:
    raw = RawValue((printed("Pembina Tk. I (IV/b)"),))
    pangkat, golongan = laid_fields(["Pembina Tk. I", "IV/b"], raw)
    assert texts(pangkat) == ["Pembina", "Tk.", "I"]
    assert texts(golongan) == ["IV/b"]
    (nip,) = laid_fields(["198001012005011001"], RawValue((printed("NIP. 19800101 200501 1 001"),)))
    assert texts(nip) == ["198001012005011001"]
    assert span(nip[0])[0] > 140, "the label is no part of it"
    place, date = laid_fields(["Sukamaju", "2031-02-03"], RawValue((printed("Sukamaju, 3 Februari 2031"),)))
    assert texts(place) == ["Sukamaju"] and date == [], "a date in ISO 8601 stands nowhere"


TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(TEXT, max_size=4), TEXT)
def test_every_letter_is_laid_down_once_and_in_order(lines: list[str], text: str) -> None:
    words = words_of([printed(line, top=30.0 * i) for i, line in enumerate(lines)])
    fragments = laid(text, words)
    if not words or not text.strip():
        assert fragments == []
        return
    told = "".join("".join(fragment.text.split()) for fragment in fragments)
    assert told.replace(SOFT_HYPHEN, "") == "".join(text.split()).replace(SOFT_HYPHEN, "")
    assert all(x0 <= x1 for x0, x1 in map(span, fragments))
    assert [f.box.y0 for f in fragments] == sorted(f.box.y0 for f in fragments)

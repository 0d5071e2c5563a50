"""No character that a reader may give stops a page: sheets are put together and cleaned whatever was read."""

from __future__ import annotations

from functools import cache

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iki import vocab
from iki.ingest.form import fields, signers
from iki.ingest.form.sheets import assemble
from iki.normalize import sheet as cleaning
from iki.normalize.knowledge import Knowledge

from .test_pages_and_sheets import HEAD, PITCH, grid, line, page

ODD = "³²¹½⅓Ⅳ①٣०\u1680\u180e\u202e\u200d\u0301\ufeff\x00\t\n;:/.-–—()%≥•°'\"\\|_~"
"""Characters that count as digits, letters or spaces in one place and not in another."""
BEGINNINGS = ("NIP. ", "Jabatan : ", "Pembina ", "Tahun ", "1. ", "Kota, 4 ")
TEXT = st.one_of(
    st.text(max_size=20),
    st.text(alphabet=ODD + "0123456789 aIVXNP", max_size=24),
    st.builds("{}{}".format, st.sampled_from(BEGINNINGS), st.text(max_size=16)),
)
FOOT = st.lists(TEXT, max_size=8)
ROW = st.tuples(*[TEXT] * 5)


@cache
def knowledge() -> Knowledge:
    return Knowledge.of(vocab.load())


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(head=FOOT, body=st.lists(ROW, min_size=1, max_size=4), foot=FOOT, more=st.lists(ROW, max_size=2))
def test_a_sheet_of_any_characters_is_put_together_and_cleaned(
    head: list[str], body: list[tuple[str, ...]], foot: list[str], more: list[tuple[str, ...]]
) -> None:
    above = [line("INDIKATOR KINERJA INDIVIDU TAHUN 2023", 500, 100)]
    above += [line(text, 100, 150 + 30 * i) for i, text in enumerate(head)]
    below = [line(text, 150 + 850 * (i % 2), 1200 + 30 * i) for i, text in enumerate(foot)]
    pages = [page(1, [*above, *below], [grid([HEAD, *body])])]
    pages += [page(2, below, [grid(more, top=100, page=2)])] if more else []
    document = assemble("berkas.pdf", "0" * 64, pages)
    sheets = cleaning.clean([document], knowledge())
    assert [len(s.rows) for s in sheets] == [len(s.rows) for s in document.sheets]


@given(st.lists(TEXT, max_size=10))
def test_readers_of_the_form_take_any_characters(texts: list[str]) -> None:
    lines = [line(text, 100 + 400 * (i % 2), 40 * i) for i, text in enumerate(texts)]
    fields.find(lines, PITCH)
    signers.find(lines, 1700, PITCH)
    for text in texts:
        assert all(isinstance(bool(ask(text)), bool) for ask in (signers.is_number, signers.is_rank, signers.is_date))

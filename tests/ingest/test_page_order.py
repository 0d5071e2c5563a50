"""Pages that are reversed, out of place, there twice or missing: put right on evidence, else named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from iki.ingest.form import rows
from iki.ingest.form.sheets import assemble
from iki.model import Document, Line, Page

from .test_pages_and_sheets import HEAD, grid, page, signed, titled

MUTU = ("1", "Meningkatnya mutu", "Jumlah kapal", "Kapal yang diperiksa", "Laporan")
JARING = ("", "pelayanan perikanan", "Jumlah jaring", "Jaring yang diganti", "Laporan")
TATA = ("2", "Tertibnya arsip", "Jumlah arsip", "Arsip yang ditata", "Buku")

LONG, REST = (
    [(str(i), f"Sasaran yang ke-{i}", f"Jumlah kapal jenis {i}", "Kapal yang diperiksa", "") for i in numbers]
    for numbers in ((1, 2, 3), (4, 5, 6, 7))
)


def first(number: int, *body: Sequence[str], head: Sequence[Line] | None = None) -> Page:
    """A page with title and headings, not signed."""
    return page(number, head or titled(number), [grid([HEAD, *body], page=number)])


def last(number: int, *body: Sequence[str], foot: Sequence[Line] | None = None) -> Page:
    """A page with the rest of a table, signed."""
    return page(number, foot or signed(number), [grid(body, top=100, page=number)])


def renumbered(pages: Sequence[Page]) -> list[Page]:
    return [replace(p, number=i) for i, p in enumerate(pages, 1)]


def put_together(*pages: Page) -> Document:
    return assemble("berkas.pdf", "0" * 64, renumbered(pages))


def places(document: Document) -> list[tuple[int, int, int]]:
    return [(s.first_page, s.last_page, len(s.rows)) for s in document.sheets]


def of_another(lines: Sequence[Line]) -> list[Line]:
    """The same signers under other names and numbers."""
    swap = str.maketrans("AEIO1258", "OIEA3794")
    return [replace(x, readings=(replace(x.readings[0], text=x.text.translate(swap)),)) for x in lines]


@pytest.mark.parametrize(
    ("above", "below"),
    [("Meningkatnya mutu", "pelayanan perikanan"), ("Tertibnya tata kelola dan", "Arsip"), ("Mutu data (", "2023)")],
)
def test_a_merged_sasaran_cut_by_the_pages_end_is_joined(above: str, below: str) -> None:
    body = [MUTU, ("2", above, "Jumlah perahu", "Perahu", "Laporan")]
    rest = [("", below, "Jumlah jaring", "Jaring", "Laporan"), ("3", *TATA[1:])]
    document = put_together(first(1, *body), last(2, *rest))
    sasaran = [rows.text_of(row.values["sasaran"]) for row in document.sheets[0].rows]
    assert sasaran == ["Meningkatnya mutu", *[f"{above} {below}"] * 2, "Tertibnya arsip"]
    assert [rows.text_of(row.values["no"]) for row in document.sheets[0].rows] == ["1", "2", "2", "3"]


def test_pages_in_reverse_order_are_put_right() -> None:
    sheets = [first(1, MUTU), last(2, JARING, TATA), first(3, MUTU, TATA), last(4, ("", "", "Jumlah buku", "Buku", ""))]
    document = put_together(*sheets[::-1])
    assert places(document) == [(2, 1, 3), (4, 3, 3)]
    assert len(document.notes) == 1
    assert not document.lacks


@pytest.mark.parametrize(
    ("order", "expected"),
    [((1, 0, 2), [(2, 1, 7), (3, 3, 1)]), ((0, 2, 1), [(1, 3, 7), (2, 2, 1)]), ((2, 1, 0), [(1, 1, 1), (3, 2, 7)])],
)
def test_a_page_out_of_place_goes_with_its_sheet_and_is_named(
    order: tuple[int, ...], expected: list[tuple[int, int, int]]
) -> None:
    alone = page(3, [*titled(3), *of_another(signed(3))], [grid([HEAD, ("1", *TATA[1:])], page=3)])
    sheets = [first(1, *LONG), last(2, *REST), alone]
    document = put_together(*(sheets[i] for i in order))
    assert places(document) == expected
    assert len(document.notes) == 1
    assert not document.lacks


@pytest.mark.parametrize(
    ("pages", "expected"),
    [
        ([first(1, *LONG), first(2, *LONG), last(3, *REST)], [(2, 3, 7)]),
        ([first(1, *LONG), last(2, *REST), last(3, *REST)], [(1, 2, 7)]),
        ([first(1, *LONG), last(2, *REST), first(3, *LONG), last(4, *REST)], [(1, 2, 7)]),
    ],
    ids=["first", "last", "whole"],
)
def test_a_page_scanned_twice_counts_once_and_is_named(pages: list[Page], expected: list[tuple[int, int, int]]) -> None:
    document = put_together(*pages)
    assert places(document) == expected
    assert document.lacks


@pytest.mark.parametrize("change", [of_another, lambda x: x[:6], lambda x: x[6:]], ids=["others", "left", "right"])
def test_the_same_table_signed_by_others_is_another_sheet(change: Callable[[list[Line]], list[Line]]) -> None:
    def whole(number: int, foot: Sequence[Line]) -> Page:
        return page(number, [*titled(number), *foot], [grid([HEAD, *LONG], page=number)])

    document = put_together(whole(1, signed(1)), whole(2, change(signed(2))))
    assert places(document) == [(1, 1, 3), (2, 2, 3)]


@pytest.mark.parametrize(
    ("body", "lacks"),
    [
        (("1", "Meningkatnya mutu layanan", "Jumlah kapal yang laik melaut", *MUTU[3:]), 1),
        (("1", "Kertas", "13", "160.000", ""), 0),
        (("Sifat rapat", "biasa", "", "", ""), 0),
    ],
)
def test_a_table_that_belongs_to_no_sheet_is_missed_only_where_it_reads_like_one(
    body: tuple[str, ...], lacks: int
) -> None:
    document = put_together(page(1, [], [grid([body, body])]))
    assert (len(document.lacks), len(document.notes)) == (lacks, 1 - lacks)


@pytest.mark.parametrize(
    "pages",
    [[first(1, MUTU)], [last(1, JARING, TATA)], [page(1, signed(1), [grid([HEAD, TATA])])], [page(1, titled(1))]],
    ids=["unsigned", "headless", "untitled", "rowless"],
)
def test_half_a_sheet_is_named(pages: list[Page]) -> None:
    assert put_together(*pages).lacks

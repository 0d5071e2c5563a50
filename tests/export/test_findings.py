"""What sheets say against each other, on tables small enough to see it."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import iki
from iki.export import tables
from iki.export.findings import most_used, two_names, two_posts, two_ranks, written_twice
from iki.export.tables import Tables
from iki.model import CleanRow, CleanSheet, CleanValue

NIP = "199001012015011001"


def sheet(number: int, indikator: str, **fields: str) -> CleanSheet:
    values = {name: CleanValue(text, text, 0.9, False) for name, text in fields.items()}
    rows = tuple(CleanRow(1, {"indikator": CleanValue(indikator, indikator, 0.9, False)}) for _ in range(2))
    return CleanSheet(f"{number:012d}-001", f"{number}.pdf", "a" * 64, 1, 1, values, rows)


def loaded(folder: Path, *sheets: CleanSheet) -> Tables:
    tables.write([*map(tables.rendered, sheets)], [], folder, {})
    return iki.load(folder)


def signed(name: str, rank: str, year: str = "2031", nip: str = NIP) -> dict[str, str]:
    return {"pihak_pertama_nama": name, "pihak_pertama_golongan": rank, "pihak_pertama_nip": nip, "tahun": year}


def test_one_number_with_two_names_degrees_aside(tmp_path: Path) -> None:
    usual = [sheet(n, "a", **signed(name, "III/a")) for n, name in enumerate(("Kadek Wuni", "KADEK WUNI, S.Pd."))]
    found = two_names(loaded(tmp_path, *usual, sheet(7, "a", **signed("Kadek Muni", "III/a"))))
    assert found == [(NIP, "Kadek Wuni / Kadek Muni", "000000000007-001")]
    assert two_names(loaded(tmp_path, *usual)) == []


def test_two_ranks_only_within_a_year(tmp_path: Path) -> None:
    first, second = sheet(1, "a", **signed("Kadek", "III/a")), sheet(2, "a", **signed("Kadek", "III/b"))
    assert two_ranks(loaded(tmp_path, first, second)) == [(f"{NIP} (2031)", "III/a / III/b", "000000000002-001")]
    promoted = sheet(2, "a", **signed("Kadek", "III/b", "2032"))
    assert two_ranks(loaded(tmp_path, first, promoted)) == []


def test_unread_numbers_make_nobody_one_person(tmp_path: Path) -> None:
    strangers = [sheet(1, "a", **signed("Kadek", "III/a", nip="")), sheet(2, "a", **signed("Ujang", "III/b", nip=""))]
    found = loaded(tmp_path, *strangers)
    assert (two_names(found), two_ranks(found)) == ([], [])


def test_jabatan_against_the_signer(tmp_path: Path) -> None:
    same = sheet(1, "a", jabatan="Juru Pasar", pihak_pertama_jabatan="JURU PASAR,")
    other = sheet(2, "a", jabatan="Juru Pasar", pihak_pertama_jabatan="Penata Pasar")
    silent = sheet(3, "a", jabatan="Juru Pasar")
    assert two_posts(loaded(tmp_path, same, other, silent)) == [("000000000002-001", "Juru Pasar", "Penata Pasar")]


def test_used_is_counted_by_sheet(tmp_path: Path) -> None:
    found = loaded(tmp_path, sheet(1, "b"), sheet(2, "b"), sheet(3, "a"), sheet(4, ""))
    assert most_used(found, "indikator", 5) == [("b", 2), ("a", 1)]


@pytest.mark.parametrize(
    ("one", "two", "alike"),
    [
        ("Tertatanya pasar desa", "Tertatanva pasar desa", True),
        ("Tertatanya pasar desa", "tertatanya pasar  desa.", True),
        ("Tertatanya pasar desa", "Tertata nya pasar desa", True),
        ("Laporan triwulan I", "Laporan triwulan II", False),
        ("Laporan tahun 2030", "Laporan tahun 2031", False),
        ("Tertatanya pasar desa", "Tertatanya taman desa", False),
        ("Tertatanya pasar desa", "Tertatanya pasar", False),
    ],
)
def test_one_text_written_in_two_ways(one: str, two: str, alike: bool) -> None:
    assert written_twice([two, one, one]) == ([(one, 2, two, 1)] if alike else [])


@given(st.lists(st.text(max_size=12), max_size=8))
def test_any_texts_give_pairs_of_different_ones(texts: list[str]) -> None:
    for one, many, two, few in written_twice(texts):
        assert one != two
        assert (texts.count(one), texts.count(two)) == (many, few)

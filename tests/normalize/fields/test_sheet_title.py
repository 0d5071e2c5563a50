"""Labels, titles, years, units and names."""

import pytest

from iki.normalize.fields import names, sheet_title
from iki.normalize.fields.header import is_no_name

TITLES = frozenset(("S.E", "S.Sos", "S.Kom", "M.Si", "Drs", "Dra", "S.STP", "A.Md"))


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("jabatan", "2. Jabatan : Arsiparis Ahli Muda", "Arsiparis Ahli Muda"),
        ("jabatan", "b. JABATAN: Arsiparis", "Arsiparis"),
        ("jabatan", "Jabatan Fungsional Arsiparis", "Jabatan Fungsional Arsiparis"),
        ("jabatan", ": Kepala Bidang", "Kepala Bidang"),
        ("jabatan", "; Kepala Bidang |", "Kepala Bidang"),
        ("perangkat_daerah", "1. Perangkat Daerah : Dinas Arsip", "Dinas Arsip"),
        ("perangkat_daerah", "1. Nama Perangkat Daerah : Dinas Arsip", "Dinas Arsip"),
        ("perangkat_daerah", "3. Unit Organisasi : Dinas Arsip", "Dinas Arsip"),
        ("perangkat_daerah", "1. Perangkat Oaerah : Dinas Arsip", "Dinas Arsip"),
        ("perangkat_daerah", "Dinas Arsip", "Dinas Arsip"),
        ("pihak_pertama_nama", "Nama : RATRI KUMALA", "RATRI KUMALA"),
        ("pihak_kedua_jabatan", "Kepala Dinas", "Kepala Dinas"),
        ("judul", "INDIKATOR KINERJA INDIVIDU TAHUN 2023", "INDIKATOR KINERJA INDIVIDU TAHUN 2023"),
        ("jabatan", "", ""),
    ],
)
def test_labels_go_and_values_stay(name: str, text: str, value: str) -> None:
    assert sheet_title.strip_label(name, text) == value


@pytest.mark.parametrize(
    ("title", "revision", "year"),
    [
        ("PERUBAHAN INDIKATOR KINERJA INDIVIDU TAHUN 2023", True, "2023"),
        ("PERUBAIIAN INDIKATOR KINERJA INDIVIDU", True, ""),
        ("Indikator Kinerja Individu Tahun Anggaran 2024", False, "2024"),
        ("INDIKATOR KINERJA INDIVIDU TAHUN 2O23", False, "2023"),
        ("INDIKATOR KINERJA INDIVIDU (IKI) 1945", False, ""),
        ("", False, ""),
    ],
)
def test_titles(title: str, revision: bool, year: str) -> None:
    assert (sheet_title.is_revision(title), sheet_title.year_of(title)[0]) == (revision, year)


def test_a_divider_names_the_unit_beside_the_form() -> None:
    assert sheet_title.unit_lines(["PERUBAHAN IKI 2023", "SUB BAGIAN UMUM", "~"]) == [1]
    assert sheet_title.unit_lines(["INDIKATOR KINERJA INDIVIDU"]) == [0]


@pytest.mark.parametrize(
    ("text", "name", "rule", "doubtful"),
    [
        ("RATRI KUMALA, S.E.,M.Si", "RATRI KUMALA, S.E.,M.Si", "", False),
        ("_Dra. Ratri Kumala, S.Sos._", "Dra. Ratri Kumala, S.Sos.", "", False),
        ("RATRI KUMALA. S.E.. M.Si.", "RATRI KUMALA, S.E., M.Si.", "koma sebelum gelar", False),
        ("Ratri Kumala, 5.Sos", "Ratri Kumala, S.Sos", "gelar", False),
        ("Zaina1 Abidin", "Zainal Abidin", "nama", True),
        ("Moh. Nur'aini A. Siti-Hajar, S.STP", "Moh. Nur'aini A. Siti-Hajar, S.STP", "", False),
        ("Ratri Kumala, X.Yz", "Ratri Kumala, X.Yz", "", True),
        ("Ra tri ~ Kumala", "Ra tri ~ Kumala", "", True),
        ("", "", "", False),
    ],
)
def test_names(text: str, name: str, rule: str, doubtful: bool) -> None:
    cleaned = names.clean(text, TITLES)
    assert (cleaned.text, cleaned.rule, bool(cleaned.doubts)) == (name, rule, doubtful)


def test_a_person_is_known_by_the_letters_before_the_degrees() -> None:
    assert names.key("RATRI  KUMALA, S.E.") == names.key("Ratri Kumala, S.E., M.Si") == "ratrikumala"


@pytest.mark.parametrize(
    ("text", "odd"),
    [
        ("Kasuhbag Perencanaan dan Keuangan", True),
        ("a Ratri Kumala, S.IP", True),
        ("Siti binti Ahmad, S.Sos", False),
        ("drg. RATRI KUMALA, M.Si", False),
        ("RATRIANAKUMALASARI, S.E.", True),
        ("Lampiran 2", True),
    ],
)
def test_small_and_overlong_words_and_digits_are_no_name(text: str, odd: bool) -> None:
    assert is_no_name(text) == odd

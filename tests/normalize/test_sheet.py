"""Raw sheets to clean sheets, whole."""

import random
from dataclasses import replace
from typing import Any

import msgspec
import pytest
from printed import COLUMNS, FIELDS, KNOWLEDGE, ROWS, document, frames, line, reading, sheet, value

from iki.model import CleanSheet, CleanValue, RawRow, RawSheet, RawValue
from iki.normalize import sheet as sheet_cleaning
from iki.normalize.explain import NoSuchValue, story
from iki.normalize.sheet import CleaningSettings, clean
from iki.normalize.trust import FlagSettings
from iki.terms import PARTIES


def one(**changed: str | RawValue) -> CleanSheet:
    return clean([document("a.pdf", sheet(**changed))], KNOWLEDGE)[0]


def test_a_well_read_sheet_comes_out_as_printed() -> None:
    made = one()
    assert made.sheet_id == f"{document('a.pdf').sha256[:12]}-001"
    assert {name: v.text for name, v in made.fields.items()} == {
        "unit": "", "judul": "PERUBAHAN INDIKATOR KINERJA INDIVIDU TAHUN 2023", "perubahan": "true", "tahun": "2023",
        "perangkat_daerah": "Dinas Perpustakaan dan Arsip", "jabatan": "Arsiparis Ahli Muda",
        "tempat": "Teluk Awur", "tanggal": "2023-01-16",
        "pihak_kedua_jabatan": "Kepala Dinas Perpustakaan dan Arsip", "pihak_kedua_nama": "Drs. WIRA SENTANA, M.Si",
        "pihak_kedua_pangkat": "Pembina Tk. I", "pihak_kedua_golongan": "IV/b", "pihak_kedua_nip": "197004121995031002",
        "pihak_pertama_jabatan": "Arsiparis Ahli Muda", "pihak_pertama_nama": "RATRI KUMALA, S.IP",
        "pihak_pertama_pangkat": "Penata", "pihak_pertama_golongan": "III/c", "pihak_pertama_nip": "198506172010012003",
        "tugas": "", "fungsi": "",
    }  # fmt: skip
    rows = [[row.values[c].text for c in COLUMNS] for row in made.rows]
    assert rows[0] == ["1", *ROWS[0][1:]]
    assert rows[1] == ["1", ROWS[0][1], *ROWS[1][2:]]
    assert rows[2] == ["2", *ROWS[2][1:]]


def test_the_order_of_files_makes_no_difference() -> None:
    files = [
        document(f"{n}.pdf", sheet(pihak_kedua_nip="NIP. 19700412 199503 1 00" + str(2 if n else 3))) for n in range(6)
    ]
    wanted = msgspec.json.encode(clean(files, KNOWLEDGE))
    for seed in range(3):
        random.Random(seed).shuffle(files)
        assert msgspec.json.encode(clean(files, KNOWLEDGE)) == wanted


def test_a_sheet_that_breaks_the_program_is_told_and_the_others_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    def judged_cells(raw: RawSheet, *others: Any) -> dict[RawValue, CleanValue]:
        if raw is broken.sheets[0]:
            raise IndexError("a bug")
        return sound(raw, *others)

    sound, broken = sheet_cleaning.judged_cells, document("b.pdf", sheet())
    monkeypatch.setattr(sheet_cleaning, "judged_cells", judged_cells)
    told: list[object] = []
    kept = clean([document("a.pdf", sheet()), broken], KNOWLEDGE, failed=lambda *what: told.append(what[:2]))
    assert [made.file for made in kept] == ["a.pdf"] and told == [(broken, broken.sheets[0])]
    with pytest.raises(IndexError):
        clean([broken], KNOWLEDGE)


@pytest.mark.parametrize(("word", "odd"), [("laporandan", True), ("kinerjadata", True), ("laporanx", False)])
def test_an_unknown_word_that_two_known_ones_make_is_flagged(word: str, odd: bool) -> None:
    made = clean(
        [document("a.pdf", sheet(rows=[("1.", "Layanan", "Jumlah dokumen", f"Jumlah {word}", "Data")]))], KNOWLEDGE
    )
    assert made[0].rows[0].values["penjelasan"].flagged == odd


def test_a_missing_agency_and_a_value_with_that_of_another_label_are_flagged() -> None:
    assert one(perangkat_daerah="").fields["perangkat_daerah"].flagged
    made = one(jabatan=": Arsiparis Ahli Muda : Dinas Perpustakaan dan Arsip")
    assert made.fields["jabatan"].flagged


@pytest.mark.parametrize("place", ["Plt.", "P!h.", "a.n."])
def test_in_whose_place_somebody_signs_is_no_stamp(place: str) -> None:
    jabatan = f"{place} Kepala Dinas Perpustakaan dan Arsip"
    plain = [document(f"{n}.pdf", sheet()) for n in range(3)]
    made = clean([*plain, document("z.pdf", sheet(pihak_kedua_jabatan=jabatan))], KNOWLEDGE)[-1]
    assert made.fields["pihak_kedua_jabatan"].text.split()[1:] == jabatan.split()[1:]


def test_a_title_without_its_comma_and_a_jabatan_cut_at_its_head_are_flagged() -> None:
    assert one(pihak_kedua_nama="WIRA SENTANA M.Si").fields["pihak_kedua_nama"].flagged
    assert one(pihak_kedua_jabatan="ala Dinas Perpustakaan dan Arsip").fields["pihak_kedua_jabatan"].flagged


def test_a_jabatan_with_a_sum_of_money_is_flagged() -> None:
    assert one(jabatan="Auditor Ahli Pertama Anggaran Rp 12.500.000,00").fields["jabatan"].flagged


def test_signatures_that_are_missing_altogether_are_flagged() -> None:
    names = [f"{side}_{part}" for side in PARTIES for part in ("jabatan", "nama", "pangkat_golongan", "nip")]
    made = one(**dict.fromkeys(names, ""))
    assert all(
        made.fields[f"{side}_{part}"].flagged for side in PARTIES for part in ("nama", "nip", "golongan", "pangkat")
    )


def test_all_below_the_jabatan_of_a_block_that_was_cut_off_is_flagged() -> None:
    cut = {f"{side}_{part}": "" for side in PARTIES for part in ("nama", "pangkat_golongan", "nip")}
    made = one(**cut)
    assert all(
        made.fields[f"{side}_{part}"].flagged for side in PARTIES for part in ("nama", "nip", "golongan", "pangkat")
    )
    assert made.fields["pihak_kedua_jabatan"].text and made.fields["pihak_pertama_jabatan"].text


def test_a_name_that_ends_with_a_comma_has_lost_its_degree_and_is_flagged() -> None:
    assert one(pihak_kedua_nama="WIRA SENTANA,").fields["pihak_kedua_nama"].flagged


def test_strokes_before_a_field_or_a_cell_and_a_number_stuck_to_a_word_are_flagged() -> None:
    for before in ("—", "Plt"):
        made = one(pihak_kedua_jabatan=f"{before} Kepala Dinas Perpustakaan dan Arsip")
        assert made.fields["pihak_kedua_jabatan"].flagged
    rows = [("1.", "Layanan", f"Jumlah dokumen {n}", "Dokumen yang disusun", "Data") for n in range(9)]
    for column, text in (
        (2, "- Jumlah dokumen"),
        (3, "Dokumen yang disusun1 kali"),
        (3, "Dokumen.yang disusun"),
        (3, "aset.BPKAD"),
    ):
        odd = [*rows[:8], (*rows[8][:column], text, *rows[8][column + 1 :])]
        made = clean([document("a.pdf", sheet(rows=odd))], KNOWLEDGE)[0].rows[8].values
        assert made[COLUMNS[column]].flagged


def test_a_title_without_a_year_takes_that_of_the_date_and_is_flagged() -> None:
    made = one(judul="INDIKATOR KINERJA INDIVIDU")
    assert (made.fields["tahun"].text, made.fields["tahun"].flagged) == ("2023", True)
    assert made.fields["perubahan"].text == "false"


@pytest.mark.parametrize(
    ("name", "text", "column", "result"),
    [
        ("pihak_pertama_nip", "NIP. 19850617 201001", "pihak_pertama_nip", ""),
        ("pihak_pertama_nip", "", "pihak_pertama_nip", ""),
        ("pihak_pertama_nip", "NIP. 198513172010012003", "pihak_pertama_nip", "198513172010012003"),
        ("pihak_pertama_pangkat_golongan", "Penata (III/d)", "pihak_pertama_golongan", "III/d"),
        ("tempat_tanggal", "Teluk Awur,    Januari 2023", "tanggal", ""),
        ("pihak_pertama_nama", "", "pihak_pertama_nama", ""),
        ("jabatan", "", "jabatan", ""),
    ],
)
def test_what_fails_its_check_is_flagged(name: str, text: str, column: str, result: str) -> None:
    made = one(**{name: text}).fields[column]
    assert (made.text, made.flagged) == (result, True)


def test_a_blank_cell_is_never_silent() -> None:
    rows = clean(
        [document("a.pdf", sheet(rows=[["1", "Tersusunnya laporan", "Jumlah laporan", "", "Laporan"]]))], KNOWLEDGE
    )
    values = rows[0].rows[0].values
    assert {name: v.flagged for name, v in values.items()} == {**dict.fromkeys(COLUMNS, False), "penjelasan": True}


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("Laporan -", True),
        ("Data, - laporan", True),
        ("Data /laporan", True),
        ("Data / laporan", False),
        ("- Data", False),
    ],
)
def test_a_stray_mark_is_never_silent(text: str, flagged: bool) -> None:
    rows = clean(
        [document("a.pdf", sheet(rows=[["1", "Tersusunnya laporan", "Jumlah laporan", "Laporan", text]]))], KNOWLEDGE
    )
    assert rows[0].rows[0].values["sumber_data"].flagged == flagged


@pytest.mark.parametrize(
    ("text", "flagged"),
    [
        ("Jumlah laporandokumen", True),
        ("JUMLAH LAPORANDOKUMEN", True),
        ("Jumlah dokumenyang disusun", True),
        ("Persentase pertanggungjawaban kepegawaian", False),
        ("Jumlah rekap di Tanjungpinang", False),
    ],
)
def test_words_that_ran_together_are_never_silent(text: str, flagged: bool) -> None:
    rows = clean([document("a.pdf", sheet(rows=[["1", "Tersusunnya laporan", text, "Laporan", "Laporan"]]))], KNOWLEDGE)
    assert rows[0].rows[0].values["indikator"].flagged == flagged


def test_pppk() -> None:
    made = one(pihak_pertama_nip="NI PPPK 198506172021212003", pihak_pertama_pangkat_golongan="Golongan IX").fields
    assert made["pihak_pertama_nip"].text == "198506172021212003"
    assert (made["pihak_pertama_pangkat"].text, made["pihak_pertama_golongan"].text) == ("", "IX")
    assert not made["pihak_pertama_pangkat"].flagged and not made["pihak_pertama_golongan"].flagged


@pytest.mark.parametrize(("jabatan", "flagged"), [("Bupati Teluk Awur", False), ("Kepala Dinas", True)])
def test_only_elected_offices_go_without_a_number(jabatan: str, flagged: bool) -> None:
    made = one(pihak_kedua_jabatan=jabatan, pihak_kedua_nip="", pihak_kedua_pangkat_golongan="").fields
    assert made["pihak_kedua_nip"].text == "" and made["pihak_kedua_nip"].flagged == flagged


def test_one_signer_alone() -> None:
    gone = {name: "" for name in FIELDS if name.startswith("pihak_kedua")}
    made = one(**gone).fields
    assert not any(made[name].flagged for name in made if name.startswith("pihak_kedua"))


def test_a_number_at_odds_with_other_sheets_is_never_silent() -> None:
    files = [document(f"{n}.pdf", sheet()) for n in range(4)]
    odd = document("odd.pdf", sheet(pihak_kedua_nip="NIP. 19700412 199503 1 008"))
    made = {s.file: s for s in clean([*files, odd], KNOWLEDGE)}
    assert made["odd.pdf"].fields["pihak_kedua_nip"].flagged
    assert not made["0.pdf"].fields["pihak_kedua_nip"].flagged


def test_a_doubtful_word_is_corrected_and_says_so() -> None:
    text = "Laparan keuangan"
    doubtful = replace(line(text, 40), readings=(reading(text, 0.6, seen=frames(text, {3: [("o", 0.8)]})),))
    rows = (RawRow(1, {"sasaran": value("Dokumen keuangan"), "indikator": RawValue((doubtful,))}),)
    made = clean([document("a.pdf", replace(sheet(), rows=rows))], KNOWLEDGE)[0].rows[0].values["indikator"]
    assert (made.read, made.text) == ("Laparan keuangan", "Laporan keuangan")
    assert [(c.before, c.after) for c in made.corrections] == [("Laparan", "Laporan")]


def test_a_clearly_printed_unknown_word_stays() -> None:
    text = "Penyedian data"
    clear = replace(line(text, 40), readings=(reading(text, 0.9999, seen=frames(text)),))
    rows = (RawRow(1, {"sasaran": RawValue((clear,))}),)
    made = clean([document("a.pdf", replace(sheet(), rows=rows))], KNOWLEDGE)[0].rows[0].values["sasaran"]
    assert made.text == text and not made.corrections


def test_the_budget_caps_the_flags_but_never_what_a_rule_demands() -> None:
    bad = sheet(
        pihak_pertama_nip="NIP. 1985",
        rows=[(None if i else "1.", f"Xqz{i} vlt", "Bvx", "Krt", "Qwx") for i in range(1)],
    )
    doubtful = replace(bad, rows=tuple(
        RawRow(1, {c: value("Xqzt bvrw", confidence=0.4) for c in COLUMNS[1:]}) for _ in range(3)
    ))  # fmt: skip
    files = [document("a.pdf", doubtful)]
    free = clean(files, KNOWLEDGE)[0]
    assert all(row.values["sasaran"].flagged for row in free.rows)
    none = clean(files, KNOWLEDGE, CleaningSettings(flags=FlagSettings(review_budget=0.0)))[0]
    assert not any(v.flagged for row in none.rows for v in row.values.values())
    assert none.fields["pihak_pertama_nip"].flagged


def test_a_text_dump_goes_the_same_way() -> None:
    lines = tuple(line(text, None) for text in ("peraturan perundang-", "undangan yang berlaku"))
    rows = (RawRow(1, {"sasaran": RawValue(lines, 0.8)}),)
    made = clean([document("a.txt", replace(sheet(), rows=rows))], KNOWLEDGE)[0]
    assert made.rows[0].values["sasaran"].text == "peraturan perundang-undangan yang berlaku"


def test_every_value_has_its_story() -> None:
    sheets = clean([document("a.pdf", sheet())], KNOWLEDGE)
    told = story(sheets, sheets[0].sheet_id, "-", "pihak_kedua_pangkat")
    assert told.row is None and told.read == "Pembina Tingkat I (IV/b)"
    assert [p.readings[0][0] for p in told.printed] == ["iki"]
    assert story(sheets, sheets[0].sheet_id, "2", "indikator").text == "Jumlah laporan keuangan"
    for where in (("x", "1", "no"), (sheets[0].sheet_id, "9", "no"), (sheets[0].sheet_id, "1", "warna")):
        with pytest.raises(NoSuchValue):
            story(sheets, *where)


def test_a_cell_that_begins_small_in_a_column_of_capitals_is_flagged() -> None:
    texts = ["Laporan bulanan", "Dokumen kerja", "Kartu kendali", "Buku tamu", "invoice penyedia"]
    rows = [
        (str(n), "Tersusunnya dokumen", "Jumlah dokumen", "Dokumen yang disusun", text) for n, text in enumerate(texts)
    ]
    made = clean([document("a.pdf", sheet(rows=rows))], KNOWLEDGE)[0]
    assert [row.values["sumber_data"].flagged for row in made.rows] == [False] * 4 + [True]
    small = [(*row[:4], row[4].lower()) for row in rows]
    made = clean([document("a.pdf", sheet(rows=small))], KNOWLEDGE)[0]
    assert not any(row.values["sumber_data"].flagged for row in made.rows)

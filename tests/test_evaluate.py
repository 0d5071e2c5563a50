"""The measures, on two small sheets whose every figure can be counted by hand."""

import csv
import itertools
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from iki.evaluate import align, evaluate
from iki.export.schema import INDIKATOR, SHEETS, Table
from iki.messages import Problem
from iki.terms import CELLS


def row(*cells: str | None) -> dict[str, str | None]:
    return dict(zip(("no", *CELLS), cells, strict=True))


GOLD: list[dict[str, Any]] = [
    {
        "sheet_id": "g1",
        "jabatan": "Juru Pasar",
        "perangkat_daerah": None,
        "tahun": 2031,
        "tanggal": "2031-02-03",
        "pihak_kedua": {"jabatan": "Camat", "nama": "SITI, S.E.", "golongan": "III/d", "nip": "1" * 18},
        "pihak_pertama": None,
        "rows": [
            row("1", "Tertib", "Jumlah pasar", "Pasar buka", "Data"),
            row(None, None, "Nilai sewa", "Sewa lunas", "Buku"),
            row("2", "Bersih", "Berat sampah", "Ton", "Truk"),
        ],
    },
    {"sheet_id": "g2", "jabatan": "Arsiparis", "tahun": 2031, "rows": [], "unsure": ["jabatan"]},
]  # fmt: skip
HEAD = {
    "sheet_id": "p1", "berkas": "arsip/a.pdf", "halaman_awal": "2", "jabatan": "Juru Pasar", "tahun": "2031",
    "tanggal": "2031-02-08", "pihak_kedua_jabatan": "Camat", "pihak_kedua_nama": "SITI, S.B.",
    "pihak_kedua_golongan": "III/d", "pihak_kedua_nip": "", "perlu_tinjau": "tanggal;pihak_kedua_nip;jabatan",
}  # fmt: skip
ROWS = [
    {"sheet_id": "p1", "baris": "2", "no": "1", "sasaran": "Tertlb", "indikator": "Nilai  sewa",
     "penjelasan": "Sewa lunas", "sumber_data": "Buku", "perlu_tinjau": ""},
    {"sheet_id": "p1", "baris": "1", "no": "1.", "sasaran": "Tertib", "indikator": "Jumlah pasar",
     "penjelasan": "Pasar bukit", "sumber_data": "Data", "perlu_tinjau": "penjelasan"},
    {"sheet_id": "p1", "baris": "3", "no": "", "sasaran": "", "indikator": "??", "penjelasan": "", "sumber_data": ""},
]  # fmt: skip
PLACES = [
    {"sheet_id": "g1", "berkas": "a.pdf", "first_page": 2, "pages": 1, "profile": "x"},
    {"sheet_id": "g2", "berkas": "a.pdf", "first_page": 3},
]


@pytest.fixture
def clean(tmp_path: Path) -> Path:
    (tmp_path / "gold.json").write_text(json.dumps(GOLD))
    (tmp_path / "map.json").write_text(json.dumps(PLACES))
    write(tmp_path, SHEETS, [HEAD, {"sheet_id": "p9", "berkas": "b.pdf", "halaman_awal": "1"}])
    write(tmp_path, INDIKATOR, ROWS)
    return tmp_path


def write(folder: Path, table: Table, records: list[dict[str, str]]) -> None:
    with (folder / f"{table.name}.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, table.names)
        writer.writeheader()
        writer.writerows(records)


def test_measures_counted_by_hand(clean: Path) -> None:
    shares = evaluate(clean / "gold.json", clean, clean / "map.json")
    assert shares == {
        "sheet_recall": 0.5,
        "sheets_gold": 2,
        "sheets_extra": 1,
        "header_exact": 0.625,  # g1: all but tanggal; g2, not found: the two it does not have either
        "signature_exact": 0.5,
        "signer_jabatan_exact": 1,
        "nama_exact": 0,
        "golongan_exact": 1,
        "nip_exact": 0,
        "field_flagged": 0.25,  # 3 of 12
        "field_silent_error": 0.25,  # nama; jabatan and tahun of g2
        "row_recall": 0.6667,
        "row_precision": 0.6667,
        "row_f1": 0.6667,
        "row_exact": 0,
        "no_exact": 0.6667,
        "table_perfect": 0,
        "cell_exact": 0.5,  # 3 + 3 + 0 of 12
        "cell_close": 0.5,
        "cell_flagged": 0.0833,
        "cell_silent_error": 0.4167,
        "cer": round((2 + 1 + 25) / (6 + 12 + 10 + 4 + 6 + 10 + 10 + 4 + 6 + 12 + 3 + 4), 4),
        "wer": round((1 + 1 + 5) / (1 + 2 + 2 + 1 + 1 + 2 + 2 + 1 + 1 + 2 + 1 + 1), 4),
    }


def test_without_a_map_sheets_pair_by_what_they_say(clean: Path) -> None:
    shares = evaluate(clean / "gold.json", clean)
    assert (shares["sheet_recall"], shares["sheets_extra"]) == (0.5, 1)
    assert shares["header_exact"] == round(5 / 7, 4), "jabatan of g2 is unsure and not looked at"


def test_gold_against_itself_is_perfect(clean: Path) -> None:
    rows = [{**GOLD[0]["rows"][n], "sheet_id": "p1", "baris": str(n + 1)} for n in range(3)]
    rows[1] |= {"no": "1", "sasaran": "Tertib"}
    write(clean, INDIKATOR, rows)
    shares = evaluate(clean / "gold.json", clean, clean / "map.json")
    assert [shares[name] for name in ("cell_exact", "row_exact", "row_f1", "cer", "cell_silent_error")] == [
        1,
        1,
        1,
        0,
        0,
    ]
    assert shares["table_perfect"] == 0.5, "a sheet without rows is no perfect table"


@pytest.mark.parametrize("content", [None, "[{", '[{"sheet_id": 4}]'])
def test_gold_that_cannot_be_used_is_named(clean: Path, content: str | None) -> None:
    gold = clean / "other.json"
    if content is not None:
        gold.write_text(content)
    with pytest.raises(Problem, match=r"other\.json"):
        evaluate(gold, clean)


@given(arrays.arrays(np.float64, st.tuples(st.integers(0, 4), st.integers(0, 4)), elements=st.floats(0, 1, width=16)))
def test_alignment_is_the_best_of_all_orderly_ones(likeness: np.ndarray) -> None:
    pairs = align(likeness, 0.35)
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in itertools.pairwise(pairs))
    assert all(likeness[pair] >= 0.35 for pair in pairs)
    assert sum(likeness[pair] for pair in pairs) == pytest.approx(best(likeness, 0, 0))


def best(likeness: np.ndarray, i: int, j: int) -> float:
    """The greatest sum, by trying everything."""
    if i == likeness.shape[0] or j == likeness.shape[1]:
        return 0.0
    pair = float(likeness[i, j]) + best(likeness, i + 1, j + 1) if likeness[i, j] >= 0.35 else 0.0
    return max(pair, best(likeness, i + 1, j), best(likeness, i, j + 1))

"""A folder of tables whose values are the ones that other programs like to take for something else."""

from pathlib import Path

import pytest

from iki.export import tables
from iki.export.schema import FileRow
from iki.model import Candidate, CleanRow, CleanSheet, CleanValue, Correction, Line, RawValue, Reading

ODD = (
    "=1+1", "-2", "- Laporan bulanan", "+62 812", "@SUM(A1)", "https://contoh.go.id/a", "mailto:a@contoh.go.id", "1.2",
    "3/4", "Mei 2024", "10%", "Rp 10.000", "true", "Benar", "00123", "1E5", "{=1}", "'kutip", 'sebut "ini"; itu, lagi',
    "Pendidikan ‟kesetaraan” — Été 𝟙", "NULL", "nan", "_x0041_", "5:30",
)  # fmt: skip
"""Texts for the column ``indikator``, one a row."""

PRINTED = RawValue(
    (
        Line(
            1, None, ((10.04, 20.0), (60.0, 20.0), (60.0, 30.0), (10.0, 30.0)), None,
            (Reading("Tertlb", (), 0.81237, "iki"), Reading("Tertib", (), 0.7, "tesseract")),
        ),
    )
)  # fmt: skip


def sheet(ordinal: int, texts: tuple[str, ...]) -> CleanSheet:
    """A sheet with a row for each text; those of the first sheet have an extra column."""
    digest = str(ordinal) * 64
    told = {
        "jabatan": "Juru Pasar", "tanggal": "2031-02-03", "tahun": "2031", "perubahan": "true", "tempat": "",
        "pihak_pertama_nama": "Sri Émilia", "pihak_pertama_nip": "198001012005011001",
    }  # fmt: skip
    fields = {name: CleanValue(text, text, 1.0, False) for name, text in told.items()}
    accent = (Correction("Sri Emilia", "Sri Émilia", "nama", 0.5),)
    fields["pihak_pertama_nama"] = CleanValue("Sri Émilia", "Sri Emilia", 0.5, True, accent)
    change = (Correction("Tertlb", "Tertib", "kata", 0.75),)
    rows = []
    for number, text in enumerate(texts, start=1):
        cells = {
            "no": CleanValue(str(number), str(number), 1.0, False),
            "sasaran": CleanValue("Tertib", "Tertlb", 0.75, True, change, (Candidate("Tertib", 0.5, "kata"),), PRINTED),
            "indikator": CleanValue(text, text, 1.0, False),
        }
        if ordinal == 1:
            cells["target"] = CleanValue("1 dokumen", "1 dokumen", 1.0, False)
        rows.append(CleanRow(1, cells))
    extra = {"target": "Target"} if ordinal == 1 else {}
    return CleanSheet(f"{digest[:12]}-001", f"{ordinal}.pdf", digest, 1, 1, fields, tuple(rows), extra)


@pytest.fixture
def sheets() -> list[CleanSheet]:
    return [sheet(1, ODD), sheet(2, ("",))]


@pytest.fixture
def folder(tmp_path: Path, sheets: list[CleanSheet]) -> Path:
    files = [FileRow(each.file, each.sha256, 1, 1, "ok", "", 0.5) for each in sheets]
    files.append(FileRow("3.pdf", "", 0, 0, "gagal", "Rusak.", 1.25))
    out = tmp_path / "tables"
    tables.write([*map(tables.rendered, sheets)], files, out, {})
    return out

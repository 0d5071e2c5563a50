"""The summary: counts that can be checked by hand, on the screen and as a page."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

import iki
from iki.cli import app
from iki.export import tables
from iki.export.schema import FileRow
from iki.export.summary import SHOWN, summarise, write_page
from iki.model import CleanRow, CleanSheet, CleanValue


def sheet(number: int, agency: str, unit: str, doubtful: int) -> CleanSheet:
    fields = {"perangkat_daerah": agency, "unit": unit, "tahun": "2031", "jabatan": "Juru <Pasar>"}
    values = {name: CleanValue(text, text, 0.9, False) for name, text in fields.items()}
    rows = [CleanRow(1, {"sasaran": CleanValue("x", "x", 0.5, n < doubtful)}) for n in range(3)]
    return CleanSheet(f"{number:012d}-001", f"{number}.pdf", "a" * 64, 1, 1, values, tuple(rows))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    sheets = [sheet(1, "Dinas Pasar", "BIDANG A", 2), sheet(2, "Dinas Pasar", "", 0), sheet(3, "", "BIDANG A", 1)]
    files = [FileRow(f"{n}.pdf", "a" * 64, 2, 1, "ok", "", 1.0) for n in (1, 2, 3)]
    bad = FileRow("4 & <5>.pdf", "b" * 64, 0, 0, "gagal", "Rusak.", 0.1)
    tables.write([*map(tables.rendered, sheets)], [*files, bad], tmp_path, {})
    return tmp_path


def test_what_needs_a_look_comes_first_and_all_can_be_counted_by_hand(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IKI_LANG", "en")
    told = [(section.title, section.rows) for section in summarise(iki.load(folder))]
    assert told == [
        ("Files that failed or were only partly converted", (("4 & <5>.pdf", "gagal", "Rusak."),)),
        (
            "Sheets with most values to review",
            (("000000000001-001", "1.pdf", 1, 2), ("000000000003-001", "3.pdf", 1, 1)),
        ),
        ("Columns to review", (("sasaran", 3),)),
        ("What the folder holds", (
            ("files", 4), ("of them complete", 3), ("of them partly converted", 0), ("of them failed", 1), ("pages", 6),
            ("sheets", 3), ("indikator rows", 9), ("values to review", 3), ("values corrected", 0),
        )),
        ("Sheets by perangkat daerah", (("Dinas Pasar", 2, 6, 2), ("(not given)", 1, 3, 1))),
        ("Sheets by unit (divider page)", (("BIDANG A", 2, 6, 3), ("(not given)", 1, 3, 0))),
        ("Sheets by year", (("2031", 3, 9, 3),)),
        ("How sure the unmarked rows are, by skor", (
            ("0.00–0.50", 0, 0.0), ("0.50–0.80", 9, 4.0), ("0.80–0.90", 0, 0.0), ("0.90–0.95", 0, 0.0),
            ("0.95–0.99", 0, 0.0), ("0.99–1.00", 0, 0.0),
        )),
        ("Errors that are expected to be left", ((9, 4.0),)),
    ]  # fmt: skip


def test_screen_and_page_tell_the_same(folder: Path) -> None:
    told = CliRunner().invoke(app, ["summary", str(folder)])
    assert told.exit_code == 0
    assert "Dinas Pasar" in told.stdout
    assert "Langkah berikut" in told.stdout
    page = (folder / "ringkasan.html").read_text(encoding="utf-8")
    assert "4 &amp; &lt;5&gt;.pdf" in page
    assert "http" not in page
    assert "<5>" not in page
    assert "<script" not in page
    assert page.count("<rect") == 1 + 6  # years, and the steps of skor


def test_a_long_section_is_cut_and_says_so(tmp_path: Path) -> None:
    files = [
        FileRow(f"{n:05d}.pdf", f"{n:064x}", 1, 0, "gagal", "Tanpa lembar IKI. " * 500, 0.1) for n in range(10_000)
    ]
    tables.write([], files, tmp_path, {})
    page = write_page(iki.load(tmp_path), tmp_path).read_text(encoding="utf-8")
    assert len(page.encode()) < 300_000
    assert f"… dan {10_000 - SHOWN} lagi" in page


def test_an_empty_folder_of_tables_has_a_summary_too(tmp_path: Path) -> None:
    tables.write([], [], tmp_path, {})
    told = CliRunner().invoke(app, ["summary", str(tmp_path)])
    assert told.exit_code == 0
    assert "Tidak ada nilai yang perlu ditinjau." in told.stdout

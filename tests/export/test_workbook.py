"""The tables as a workbook, read back from its XML."""

import csv
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest

from iki.export import formats
from iki.export.schema import TABLES, Format
from iki.messages import Problem

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
ODF_DAY_0 = date(1899, 12, 30)


@pytest.fixture
def book(folder: Path) -> Iterator[zipfile.ZipFile]:
    (path,) = formats.export(folder, [Format.XLSX])
    with zipfile.ZipFile(path) as opened:
        yield opened


def texts(book: zipfile.ZipFile) -> list[str]:
    shared = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
    told = ["".join(t.text or "" for t in item.iter(f"{MAIN}t")) for item in shared]
    return [re.sub("_x([0-9A-F]{4})_", lambda found: chr(int(found[1], 16)), text) for text in told]


def cells(book: zipfile.ZipFile, number: int) -> dict[str, tuple[str, str]]:
    """Place → kind (``s``: text, ``b``: truth value, empty: number) and value of the cells of a worksheet, from 1."""
    page = ElementTree.fromstring(book.read(f"xl/worksheets/sheet{number}.xml"))
    shared = texts(book)
    found = {}
    for cell in page.iter(f"{MAIN}c"):
        value, kind = cell.findtext(f"{MAIN}v"), cell.get("t", "")
        if value is not None:
            found[cell.get("r", "")] = kind, shared[int(value)] if kind == "s" else value
    return found


def letters(place: int) -> str:
    return (chr(64 + place // 26) if place >= 26 else "") + chr(65 + place % 26)


def back(kind: str, cell: tuple[str, str]) -> str:
    """A cell as the CSV writes it."""
    told, value = cell
    if kind == "string":
        assert told in ("s", ""), "text is text"
        return value if told == "s" else ""
    assert told != "s"
    if not value:
        return ""
    if kind == "date":
        return (ODF_DAY_0 + timedelta(int(value))).isoformat()
    if kind == "boolean":
        return {"1": "true", "0": "false"}[value]
    return f"{float(value):.2f}" if kind == "number" else value


def test_read_back_it_is_the_csv(folder: Path, book: zipfile.ZipFile) -> None:
    for number, table in enumerate(TABLES, start=2):
        found = cells(book, number)
        with (folder / f"{table.name}.csv").open(encoding="utf-8", newline="") as file:
            header, *rows = csv.reader(file)
        kinds = {column.name: column.type for column in table.columns}
        assert [found[f"{letters(place)}1"] for place in range(len(header))] == [("s", name) for name in header]
        for row, given in enumerate(rows, start=2):
            read = [
                back(kinds.get(name, "string"), found.get(f"{letters(place)}{row}", ("", "")))
                for place, name in enumerate(header)
            ]
            assert read == given
        assert f"A{len(rows) + 2}" not in found


def test_no_cell_runs_as_formula_or_link(book: zipfile.ZipFile) -> None:
    for name in book.namelist():
        assert not name.startswith("xl/externalLinks")
        if "worksheets/sheet" in name:
            page = book.read(name).decode()
            assert "<f>" not in page
            assert "hyperlink" not in page
    assert {"=1+1", "https://contoh.go.id/a", "{=1}", "_x0041_"} <= {*texts(book)}


def test_the_bytes_tell_no_time_of_day(book: zipfile.ZipFile) -> None:
    assert book.read("docProps/core.xml").decode().count("1980-01-01T00:00:00Z") == 2, "created and modified"


def test_a_number_that_is_text_has_no_green_corner(book: zipfile.ZipFile) -> None:
    page = book.read("xl/worksheets/sheet2.xml").decode()
    assert re.search('<ignoredError sqref="A1:AA3" [^>]*numberStoredAsText="1"', page)
    assert ("s", "198001012005011001") in cells(book, 2).values()


def test_headings_stay_and_rows_can_be_filtered(book: zipfile.ZipFile) -> None:
    for number in range(2, 6):
        page = book.read(f"xl/worksheets/sheet{number}.xml").decode()
        assert re.search('<pane ySplit="1" [^>]*state="frozen"', page)
        assert '<autoFilter ref="A1:' in page


def test_a_doubtful_value_is_coloured_and_says_where_to_look(book: zipfile.ZipFile) -> None:
    comments = ElementTree.fromstring(book.read("xl/comments2.xml"))
    told = {
        comment.get("ref"): "".join(t.text or "" for t in comment.iter(f"{MAIN}t"))
        for comment in comments.iter(f"{MAIN}comment")
    }
    assert set(told) == {f"E{row}" for row in range(2, 27)}, "the column sasaran, which is flagged in every row"
    assert told["E2"].splitlines() == [
        "Bandingkan dengan 1.pdf, halaman 1: nilai ini belum pasti.",
        "Semula dibaca “Tertlb”, diubah oleh aturan kata.",
    ]
    page = ElementTree.fromstring(book.read("xl/worksheets/sheet3.xml"))
    looks = {cell.get("r", ""): cell.get("s") for cell in page.iter(f"{MAIN}c")}
    assert looks["E2"] != looks["F2"]


def test_the_first_worksheet_explains_every_column(book: zipfile.ZipFile) -> None:
    assert re.findall('<sheet name="([^"]+)"', book.read("xl/workbook.xml").decode())[0] == "Penjelasan"
    told = cells(book, 1)
    rows = [place[1:] for place in told if place.startswith("B")]
    explained = [(told[f"A{row}"][1], told[f"B{row}"][1], told[f"E{row}"][1]) for row in rows]
    for table in TABLES:
        for column in table.columns:
            assert (table.name, column.name, column.meaning) in explained
    assert ("indikator", "target", "Kolom tambahan formulir, judul tercetak: Target") in explained


def test_a_value_beyond_the_limits_of_a_workbook_is_named(folder: Path) -> None:
    path = folder / "indikator.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("=1+1", "x" * 40_000), encoding="utf-8")
    with pytest.raises(Problem, match=r"indikator.*1.*indikator"):
        formats.export(folder, [Format.XLSX])
    assert not list(folder.glob("*.xlsx"))
    assert not list(folder.glob(".*xlsx*"))

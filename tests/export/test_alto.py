"""What was read of a page as ALTO."""

import re
from collections.abc import Sequence
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

import pytest

from iki.export import alto, formats, tables
from iki.export.schema import FileRow, Format
from iki.export.writing import Readings, ReadPage
from iki.messages import Problem
from iki.model import (
    Box,
    Cell,
    CleanRow,
    CleanSheet,
    CleanValue,
    Correction,
    Grid,
    Line,
    Page,
    Quad,
    RawValue,
    Reading,
    Word,
)  # fmt: skip

N = f"{{{alto.NAMESPACE}}}"
SHARED = Path(formats.__file__).resolve().parents[2] / "shared" / "alto"
SHA256 = "a" * 64
HEIGHT = 20


def quad(x0: float, y0: float, x1: float, y1: float) -> Quad:
    return (x0, y0), (x1, y0), (x1, y1), (x0, y1)


def line(x: float, y: float, text: str, other: str = "") -> Line:
    """A line of words 10 px a character, each engine's reading at the same places."""

    def reading(told: str, engine: str) -> Reading:
        words = [
            Word(m.group(), Box(x + 10 * m.start(), y, x + 10 * m.end(), y + HEIGHT), 0.9)
            for m in re.finditer(r"\S+", told)
        ]
        return Reading(told, tuple(words), 0.9, engine)

    box = Box(x, y, x + 10 * len(text), y + HEIGHT)
    readings = (reading(text, "iki"), *([reading(other, "tesseract")] if other else []))
    return Line(1, box, quad(box.x0, box.y0, box.x1, box.y1), None, readings)


def cell(row: int, column: int, lines: Sequence[Line], row_span: int = 1) -> Cell:
    x, y = 10 + 300 * column, 100 + 60 * row
    corners = quad(x, y, x + 300, y + 60 * row_span)
    return Cell(row, column, row_span, 1, Box(x, y, x + 300, y + 60 * row_span), corners, tuple(lines), 1.0)


TITLE = line(100, 30, "INDIKATOR KINERJA \x07INDIVIDU")
GOAL = (line(20, 105, "Tertlb adminis-", "Tertib adminis-"), line(20, 130, "trasi pa"), line(20, 160, "sar"))
FIRST, SECOND = (line(320, 105, "Jumlah  berkas"),), (line(320, 165, "Jumlah kios"),)
CELLS = (cell(0, 0, GOAL, 2), cell(0, 1, FIRST), cell(1, 1, SECOND))
PAGE = Page(
    1, 600, 400, 200.0, 90, (600, 400), 20.0, (TITLE, line(580, 380, "tepi")),
    (Grid((10, 310, 610), (100, 160, 220), CELLS),),
)  # fmt: skip
BLANK = Page(2, 600, 400, 200.0, 0, (600, 400), 0.0, (), ())


def sheets() -> list[CleanSheet]:
    change = (Correction("Tertlb", "Tertib", "kata", 0.75),)
    goal = CleanValue("Tertib administrasi pasar", "Tertlb administrasi pasar", 0.75, True, change, (), RawValue(GOAL))
    rows = [
        CleanRow(1, {"sasaran": goal, "indikator": CleanValue(text, text, 0.9, False, (), (), RawValue(lines))})
        for text, lines in (("Jumlah berkas", FIRST), ("Jumlah kios", SECOND))
    ]
    judul = CleanValue("INDIKATOR KINERJA INDIVIDU", "", 0.9, False, (), (), RawValue((TITLE,)))
    return [CleanSheet(f"{SHA256[:12]}-001", "map/a.pdf", SHA256, 1, 1, {"judul": judul}, tuple(rows))]


@pytest.fixture
def written(tmp_path: Path) -> list[Path]:
    files = [FileRow("map/a.pdf", SHA256, 2, 1, "ok", "", 0.5)]
    tables.write([*map(tables.rendered, sheets())], files, tmp_path, {})
    pages = [ReadPage("map/a.pdf", SHA256, page) for page in (PAGE, BLANK)]
    return formats.export(tmp_path, [Format.ALTO], readings=Readings(sheets, lambda: pages))


@pytest.fixture
def page(written: list[Path]) -> Element:
    return ElementTree.parse(written[0]).getroot()


def text(block: Element) -> str:
    """The words of a block, those that go on in the next line put together."""
    strings = [s for s in block.iter(f"{N}String") if s.get("SUBS_TYPE") != "HypPart2"]
    return " ".join(s.get("SUBS_CONTENT") or s.get("CONTENT", "") for s in strings)


def test_the_same_readings_give_the_same_bytes(written: list[Path], tmp_path: Path) -> None:
    pages = [ReadPage("map/a.pdf", SHA256, page) for page in (PAGE, BLANK)]
    again = formats.export(tmp_path, [Format.ALTO], tmp_path / "again", Readings(sheets, lambda: pages))
    assert [path.read_bytes() for path in again] == [path.read_bytes() for path in written]


def test_a_file_a_page(written: list[Path], tmp_path: Path) -> None:
    assert [path.relative_to(tmp_path).as_posix() for path in written] == [
        "alto/map/a.pdf/0001.xml", "alto/map/a.pdf/0002.xml",
    ]  # fmt: skip


def test_a_table_is_rows_of_cells_that_hold_the_values_of_the_tables(page: Element) -> None:
    (table,) = (block for block in page.iter(f"{N}ComposedBlock") if block.get("TYPE") == "table")
    rows = list(table)
    assert [row.get("TYPE") for row in rows] == ["row", "row"]
    assert [[text(block) for block in row] for row in rows] == [
        ["Tertib administrasi pasar", "Jumlah berkas"],
        ["Jumlah kios"],
    ]


def test_a_word_tells_how_sure_it_is_and_what_else_was_read(page: Element) -> None:
    (corrected,) = (s for s in page.iter(f"{N}String") if s.get("CONTENT") == "Tertib")
    assert corrected.get("WC") == "0.750", "that of the value, which a rule changed"
    assert [(a.get("PURPOSE"), a.text) for a in corrected.iter(f"{N}ALTERNATIVE")] == [("iki", "Tertlb")]
    (as_read,) = (s for s in page.iter(f"{N}String") if s.get("CONTENT") == "kios")
    assert as_read.get("WC") == "0.900"
    assert not list(as_read)


def test_words_that_go_on_in_the_next_line_are_hyphenated(page: Element) -> None:
    parts = [(s.get("CONTENT"), s.get("SUBS_TYPE"), s.get("SUBS_CONTENT")) for s in page.iter(f"{N}String")]
    for part in (
        ("adminis", "HypPart1", "administrasi"), ("trasi", "HypPart2", "administrasi"),
        ("pa", "HypPart1", "pasar"), ("sar", "HypPart2", "pasar"),
    ):  # fmt: skip
        assert part in parts
    assert [hyphen.get("CONTENT") for hyphen in page.iter(f"{N}HYP")] == ["-", "\u00ad"], "printed, and not"


def test_boxes_lie_within_the_page_and_within_what_they_are_part_of(page: Element) -> None:
    def box(element: Element) -> tuple[float, float, float, float]:
        x, y, width, height = (float(element.get(name, "nan")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT"))
        return x, y, x + width, y + height

    checked = 0
    for outer in page.iter():
        for inner in outer:
            if "HPOS" in outer.attrib and "HPOS" in inner.attrib:
                (a0, b0, a1, b1), (x0, y0, x1, y1) = box(outer), box(inner)
                assert a0 <= x0 <= x1 <= a1
                assert b0 <= y0 <= y1 <= b1
                checked += 1
    assert checked > 20
    (space,) = page.iter(f"{N}PrintSpace")
    assert box(space) == (0, 0, 600, 400)


def test_ids_are_told_once_and_lines_have_words(written: list[Path]) -> None:
    for path in written:
        root = ElementTree.parse(path).getroot()
        ids = [element.get("ID") for element in root.iter() if "ID" in element.attrib]
        assert len(ids) == len(set(ids))
        assert all(line.find(f"{N}String") is not None for line in root.iter(f"{N}TextLine"))


def test_a_page_tells_how_it_lies_and_of_which_file_it_is(page: Element) -> None:
    (leaf,) = page.iter(f"{N}Page")
    assert {name: leaf.get(name) for name in ("PHYSICAL_IMG_NR", "WIDTH", "HEIGHT", "ROTATION")} == {
        "PHYSICAL_IMG_NR": "1", "WIDTH": "600", "HEIGHT": "400", "ROTATION": "90",
    }  # fmt: skip
    assert [element.text for element in page.iter(f"{N}fileName")] == ["map/a.pdf"]
    assert [element.text for element in page.iter(f"{N}fileIdentifier")] == [f"sha256:{SHA256}"]


def test_a_folder_without_readings_has_no_pages(tmp_path: Path) -> None:
    tables.write([*map(tables.rendered, sheets())], [], tmp_path, {})
    with pytest.raises(Problem, match="iki convert"):
        formats.export(tmp_path, [Format.ALTO])


@pytest.mark.skipif(not SHARED.is_dir(), reason="the schema is not part of the repository")
def test_it_is_valid_against_the_schema(written: list[Path]) -> None:
    etree = pytest.importorskip("lxml.etree")
    schema = etree.parse(SHARED / "alto-4-4.xsd")
    for imported in schema.iter("{http://www.w3.org/2001/XMLSchema}import"):
        imported.set("schemaLocation", (SHARED / "xlink.xsd").as_uri())
    rules = etree.XMLSchema(schema)
    for path in written:
        rules.assertValid(etree.parse(path))

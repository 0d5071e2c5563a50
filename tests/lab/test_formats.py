"""The sheets that formats are measured on."""

from iki.export.writing import ReadPage
from iki.lab.measure.formats import again
from iki.model import CleanSheet, Page


def test_sheets_are_taken_again_under_new_names_with_their_pages() -> None:
    held = [CleanSheet(f"{'a' * 12}-{n:03}", "a.pdf", "a" * 64, n, n, {}, ()) for n in (1, 2)]
    pages = [ReadPage("a.pdf", "a" * 64, Page(n, 10, 10, 100.0, 0, (10, 10), 0.0, (), ())) for n in (1, 2)]
    sheets, printed = again(held, pages, 5)
    assert len({sheet.sheet_id for sheet in sheets}) == 5
    assert [sheet.file for sheet in sheets] == ["00000/a.pdf"] * 2 + ["00001/a.pdf"] * 2 + ["00002/a.pdf"]
    assert len(printed) == 6
    assert {(read.file, read.sha256) for read in printed} == {(sheet.file, sheet.sha256) for sheet in sheets}

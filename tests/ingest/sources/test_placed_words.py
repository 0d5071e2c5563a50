"""Words in their places: hOCR, ALTO, poppler's boxes and text set by spaces, as far as pages of words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iki.ingest.sources import PlacedPage, pages
from iki.ingest.sources.placed_words import _Markup, pages_of
from iki.model import Box

HOCR = """<?xml version="1.0" encoding="UTF-8"?><html><head><meta name='ocr-system' content='tesseract 5'/></head><body>
<div class='ocr_page' id='page_1' title='image "a.png"; bbox 0 0 800 1000; ppageno 0'>
<div class='ocr_separator' title="bbox 10 90 790 93"></div>
<span class='ocr_line' title="bbox 10 20 200 40; baseline 0 -4">
<span class='ocrx_word' title='bbox 10 20 90 40; x_wconf 96'>
<strong>Jabatan</strong></span> <span class='ocrx_word' title='bbox 100 20 200 40; x_wconf 51'>R&amp;D</span></span>
<span class='ocr_line' title="bbox 10 50 110 70">tanpa kata</span></div>
<div class='ocr_page' title='bbox 0 0 800 1000'></div></body></html>"""
ALTO = """<?xml version="1.0" encoding="UTF-8"?>
<a:alto xmlns:a="http://www.loc.gov/standards/alto/ns-v4#"><a:Layout>
<a:Page ID="p1" WIDTH="800" HEIGHT="1000"><a:PrintSpace>
<a:GraphicalElement HPOS="10" VPOS="90" WIDTH="780" HEIGHT="3"/><a:TextBlock><a:TextLine>
<a:String HPOS="10" VPOS="20" WIDTH="80" HEIGHT="20" WC="0.96" CONTENT="Jabatan"/><a:SP/>
<a:String HPOS="100" VPOS="20" WIDTH="100" HEIGHT="20" WC="0.51" CONTENT="pene"/><a:HYP CONTENT="-"/></a:TextLine>
</a:TextBlock></a:PrintSpace></a:Page></a:Layout></a:alto>"""
POPPLER = """<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "x"><html><body><doc>
<page width="595.0" height="842.0"><word xMin="10" yMin="20" xMax="90" yMax="40">Jabatan</word></page>
</doc></body></html>"""


def read(path: Path, text: str) -> list[PlacedPage]:
    path.write_text(text, "utf-8")
    found = list(pages(path))
    assert all(isinstance(page, PlacedPage) for page in found)
    return [page for page in found if isinstance(page, PlacedPage)]


def test_hocr_gives_words_rules_and_pages(tmp_path: Path) -> None:
    first, second = read(tmp_path / "a.hocr", HOCR)
    assert [[word.text for word in line] for line in first.lines] == [["Jabatan", "R&D"], ["tanpa", "kata"]]
    assert first.lines[0][1].box == Box(100, 20, 200, 40)
    assert first.lines[0][1].confidence == pytest.approx(0.51)
    assert first.rules == (Box(10, 90, 790, 93),)
    assert (second.number, second.lines) == (2, ())


def test_alto_of_any_prefix_gives_words_with_their_hyphens(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a.xml", ALTO)
    assert [word.text for word in page.lines[0]] == ["Jabatan", "pene-"]
    assert page.lines[0][0].box == Box(10, 20, 90, 40)
    assert page.rules == (Box(10, 90, 790, 93),)
    assert (page.width, page.height, page.engine) == (800, 1000, "alto")


def test_boxes_of_poppler(tmp_path: Path) -> None:
    (page,) = read(tmp_path / "a.html", POPPLER)
    assert page.lines[0][0].box == Box(10, 20, 90, 40)
    assert page.height == 842.0


def test_text_set_by_spaces_has_words_where_they_stand(tmp_path: Path) -> None:
    first, *_ = read(tmp_path / "a.txt", "NO    SASARAN\n 1    Naik\n\f 2    Turun\n")
    assert [[word.text for word in line] for line in first.lines] == [["NO", "SASARAN"], ["1", "Naik"]]
    assert first.lines[0][1].box.x0 == first.lines[1][1].box.x0


def test_forms_without_form_feeds_are_pages_of_their_own(tmp_path: Path) -> None:
    form = "INDIKATOR KINERJA INDIVIDU TAHUN 2022\n\nJabatan      : Analis\n\n   NIP. 197203191997031051\n"
    found = read(tmp_path / "a.txt", form * 3)
    assert len(found) == 3
    assert all(page.lines[0][0].text == "INDIKATOR" for page in found)


@given(st.text(), st.integers(1, 40))
def test_broken_markup_breaks_nothing(text: str, size: int) -> None:
    parser = _Markup()
    whole = HOCR[:200] + text + HOCR[200:500] + text
    for i in range(0, len(whole), size):
        parser.feed(whole[i : i + size])
    parser.close()
    parser.end_page()
    assert all(page.width >= 0 for page in parser.taken())


def test_markup_is_read_a_page_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "a.hocr"
    path.write_text(HOCR.replace("</body></html>", "<div class='ocr_page'></div>" * 2000), "utf-8")
    assert next(pages_of(path, markup=True)).number == 1

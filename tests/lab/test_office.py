"""Sheets set by a word processor: their documents before LibreOffice prints them."""

import html
import re
import zipfile
from pathlib import Path
from random import Random

import pytest

from iki.lab.synthetic.content import agencies, compose
from iki.lab.synthetic.office import calc
from iki.lab.synthetic.office.blocks import Block, OfficeDocument, OfficeTable, Paragraph, Picture
from iki.lab.synthetic.office.drawing import draw_styles
from iki.lab.synthetic.office.form import compose_document
from iki.lab.synthetic.office.styles import Style, load_styles
from iki.lab.synthetic.office.tableless import KINDS

STYLES = [*load_styles(), *load_styles(held_out=True)]


def said(paragraphs: tuple[Paragraph | Picture, ...]) -> str:
    texts = [each.text for each in paragraphs if isinstance(each, Paragraph)]
    return " ".join(" ".join(texts).split())


def main_table(document: OfficeDocument) -> OfficeTable:
    """The one with headings."""
    (found,) = (block for block in document.blocks if isinstance(block, OfficeTable) and block.headings)
    return found


def written(style: Style, seed: int = 3) -> tuple[OfficeDocument, dict[str, object]]:
    agency = agencies()["dinkes"]
    document, (gold,) = compose_document(agency, [compose(agency, seed, rows=9)], style)
    return document, gold


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_what_is_gold_stands_in_the_table(style: Style) -> None:
    document, gold = written(style)
    table = main_table(document)
    rows = gold["rows"]
    assert isinstance(rows, list)
    shown = [[None if cell is None else said(cell.paragraphs) for cell in row] for row in table.rows[table.headings :]]
    assert shown == [list(row.values()) for row in rows]
    assert all(len(row) == len(table.widths) for row in table.rows)
    assert sum(table.widths) == pytest.approx(document.paper.inside)


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
def test_cells_cover_the_lattice_once(style: Style) -> None:
    table = main_table(written(style)[0])
    covered = [
        (i + down, j + right)
        for i, row in enumerate(table.rows)
        for j, cell in enumerate(row)
        if cell is not None
        for down in range(cell.rows)
        for right in range(cell.columns)
    ]
    assert sorted(covered) == [(i, j) for i in range(len(table.rows)) for j in range(len(table.widths))]


def test_held_out_styles_share_neither_name_nor_headings_with_the_others() -> None:
    tuned, held = load_styles(), load_styles(held_out=True)
    assert len(tuned) >= 10
    assert len(held) >= 12
    assert not {style.name for style in tuned} & {style.name for style in held}
    assert not {style.form.columns for style in tuned} & {style.form.columns for style in held}


def test_drawn_styles_are_the_same_for_the_same_seed_and_others_for_another() -> None:
    drawn = draw_styles(12, 7)
    assert drawn == draw_styles(12, 7) != draw_styles(12, 8)
    assert len({style.name for style in drawn}) == 12
    assert not {style.form.columns for style in drawn} & {style.form.columns for style in draw_styles(12, 8)}
    for style in drawn:
        document, gold = written(style)
        assert document.blocks
        assert gold["rows"]


def test_an_annex_is_signed_once_at_its_end() -> None:
    (style,) = (style for style in load_styles() if style.name == "lampiran")
    agency = agencies()["dinkes"]
    document, golds = compose_document(agency, [compose(agency, post, post=post) for post in (1, 2, 3)], style)
    assert [bool(gold["pihak_pertama"]) for gold in golds] == [False, False, True]
    assert {gold["perangkat_daerah"] for gold in golds} == {agency.full}, "it stands on the cover only"
    marks = [block for block in document.blocks if isinstance(block, Paragraph) and block.outline]
    assert len(marks) == len(golds)


def test_a_spreadsheet_has_every_word_of_its_table(tmp_path: Path) -> None:
    style = next(style for style in load_styles() if style.writer == "xlsx")
    document, gold = written(style)
    calc.write(document, tmp_path / "lembar.xlsx")
    with zipfile.ZipFile(tmp_path / "lembar.xlsx") as file:
        strings = re.findall(r"<t[^>]*>(.*?)</t>", file.read("xl/sharedStrings.xml").decode(), re.DOTALL)
    shown = {" ".join(html.unescape(text).split()) for text in strings}
    rows = gold["rows"]
    assert isinstance(rows, list)
    assert {text for row in rows for text in row.values() if text} <= shown


@pytest.mark.parametrize("kind", KINDS)
def test_pages_without_a_table_have_none(kind: str) -> None:
    document = KINDS[kind](agencies()["rsud"], Random(kind))
    blocks: tuple[Block, ...] = document.blocks
    assert blocks
    assert not any(isinstance(block, OfficeTable) for block in blocks)

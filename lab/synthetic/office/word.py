"""Documents as DOCX, by python-docx; what that library has no call for is set in its XML (ECMA-376, part 1)."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import docx
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Pt, RGBColor

from iki.lab.synthetic.office.blocks import (
    NONE,
    Border,
    Chart,
    OfficeCell,
    OfficeDocument,
    OfficeTable,
    Paper,
    Paragraph,
    Picture,
)

_ALIGN = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
    "justify": WD_ALIGN_PARAGRAPH.JUSTIFY,
}
_LINE = {
    "none": "nil",
    "single": "single",
    "double": "double",
    "dotted": "dotted",
    "dashed": "dashed",
    "thick-thin": "thickThinSmallGap",
}
_TWIPS, _EIGHTHS = 20, 8
"""Units of Word's XML to a point: twentieths for lengths, eighths for strokes."""


def write(document: OfficeDocument, path: Path) -> None:
    """Write ``document`` to ``path`` as DOCX."""
    file = docx.Document()
    normal: Any = file.styles["Normal"]
    normal.font.name, normal.font.size = document.font, Pt(document.size)
    for script in ("w:ascii", "w:hAnsi", "w:cs", "w:eastAsia"):
        normal.element.rPr.rFonts.set(qn(script), document.font)
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.line_spacing = 1.0
    _set_paper(file, document.paper)
    for block in document.blocks:
        if isinstance(block, OfficeTable):
            _add_table(file, block)
        elif isinstance(block, Chart):
            raise NotImplementedError("charts are written as ODT only")
        else:
            _fill(file.add_paragraph(), block)
    file.save(str(path))


def _element(name: str, **attributes: object) -> Any:
    made = OxmlElement(f"w:{name}")
    for key, value in attributes.items():
        made.set(qn(f"w:{key}"), str(value))
    return made


def _set_paper(file: Any, paper: Paper) -> None:
    section = file.sections[0]
    section.page_width, section.page_height = Pt(paper.width), Pt(paper.height)
    section.orientation = WD_ORIENT.LANDSCAPE if paper.width > paper.height else WD_ORIENT.PORTRAIT
    section.left_margin, section.top_margin, section.right_margin, section.bottom_margin = map(Pt, paper.margins)
    section.footer_distance = Pt(min(24, paper.margins[3] / 2))
    if paper.framed:
        frame = _element("pgBorders", offsetFrom="page")
        for side in ("top", "left", "bottom", "right"):
            frame.append(_element(side, val="double", sz=6, space=24, color="000000"))
        section._sectPr.append(frame)
    if paper.footer:
        paragraph = section.footer.paragraphs[0]
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        before, number, after = paper.footer.partition("{}")
        paragraph.add_run(before).font.size = Pt(8)
        if number:
            _add_page_number(paragraph)
        paragraph.add_run(after).font.size = Pt(8)


def _add_page_number(paragraph: Any) -> None:
    run = paragraph.add_run()
    run.font.size = Pt(8)
    for kind in ("begin", "separate", "end"):
        if kind == "separate":
            code = _element("instrText")
            code.text = "PAGE"
            run._r.append(code)
        run._r.append(_element("fldChar", fldCharType=kind))


def _fill(paragraph: Any, words: Paragraph | Picture) -> None:
    if isinstance(words, Picture):
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.add_run().add_picture(io.BytesIO(words.png), width=Pt(words.width))
        return
    form = paragraph.paragraph_format
    paragraph.alignment = _ALIGN[words.align]
    form.space_before, form.space_after, form.line_spacing = Pt(words.before), Pt(words.after), words.leading
    form.left_indent, form.first_line_indent = Pt(words.left + words.hanging), Pt(-words.hanging)
    if words.new_page:
        form.page_break_before = True
    for tab in words.tabs:
        form.tab_stops.add_tab_stop(Pt(tab))
    properties = paragraph._p.get_or_add_pPr()
    if words.frame:
        left, width = (round(length * _TWIPS) for length in words.frame)
        place = {
            "w": width,
            "hSpace": 0,
            "wrap": "around",
            "vAnchor": "text",
            "hAnchor": "margin",
            "x": left + 1,
            "y": 60,
        }
        properties.insert_element_before(
            _element("framePr", **place), "w:pBdr", "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl"
        )
    if words.rule_below:
        rule = _element("pBdr")
        rule.append(_element("bottom", val="thickThinSmallGap", sz=18, space=2, color="000000"))
        properties.insert_element_before(rule, "w:shd", "w:tabs", "w:spacing", "w:ind", "w:jc", "w:outlineLvl")
    if words.outline:
        properties.append(_element("outlineLvl", val=0))
    run = paragraph.add_run(words.text)
    run.bold, run.italic, run.underline = words.bold, words.italic, words.underlined
    run.font.color.rgb = RGBColor.from_string(words.colour)
    if words.size:
        run.font.size = Pt(words.size)
    if words.spaced:
        run._r.get_or_add_rPr().append(_element("spacing", val=round(words.spaced * _TWIPS)))


def _add_table(file: Any, table: OfficeTable) -> None:
    made = file.add_table(len(table.rows), len(table.widths))
    made.alignment, made.autofit = WD_TABLE_ALIGNMENT.CENTER, False
    properties = made._tbl.tblPr
    properties.append(_borders("tblBorders", table))
    margins = _element("tblCellMar")
    for side in ("left", "right"):
        margins.append(_element(side, w=round(table.padding * _TWIPS), type="dxa"))
    properties.append(margins)
    for column, width in zip(made.columns, table.widths, strict=True):
        column.width = Pt(width)
    for i, row in enumerate(table.rows):
        own = made.rows[i]._tr.get_or_add_trPr()
        if not table.split:
            own.append(_element("cantSplit"))
        if table.least_height:
            own.append(_element("trHeight", val=round(table.least_height * _TWIPS)))
        if i < table.headings and table.repeated:
            own.append(_element("tblHeader"))
        for j, cell in enumerate(row):
            if cell is not None:
                _fill_cell(made, i, j, cell, table)
    if _joined_to_next(file):
        file.add_paragraph().paragraph_format.line_spacing = Pt(2)


def _joined_to_next(file: Any) -> bool:
    """Whether two tables would stand without anything between them, which Word takes as one."""
    tables = [child for child in file.element.body if child.tag in {qn("w:tbl"), qn("w:p")}][-2:]
    return all(child.tag == qn("w:tbl") for child in tables)


def _borders(name: str, table: OfficeTable) -> Any:
    made = _element(name)
    sides = [(side, table.outer) for side in ("top", "left", "bottom", "right")]
    for side, border in [*sides, ("insideH", table.inner), ("insideV", table.upright)]:
        made.append(_border(side, border))
    return made


def _border(side: str, border: Border) -> Any:
    if border == NONE:
        return _element(side, val="nil")
    return _element(side, val=_LINE[border.line], sz=round(border.width * _EIGHTHS), space=0, color=border.colour)


def _fill_cell(made: Any, i: int, j: int, cell: OfficeCell, table: OfficeTable) -> None:
    place = made.cell(i, j)
    if cell.rows * cell.columns > 1:
        place = place.merge(made.cell(i + cell.rows - 1, j + cell.columns - 1))
    place.width = Pt(sum(table.widths[j : j + cell.columns]))
    place.vertical_alignment = (
        WD_CELL_VERTICAL_ALIGNMENT.CENTER if cell.middle else WD_CELL_VERTICAL_ALIGNMENT.TOP
    )  # fmt: skip
    if cell.fill:
        place._tc.get_or_add_tcPr().append(_element("shd", val="clear", color="auto", fill=cell.fill))
    for extra in place.paragraphs[1:]:
        extra._p.getparent().remove(extra._p)
    for k, words in enumerate(cell.paragraphs):
        _fill(place.add_paragraph() if k else place.paragraphs[0], words)

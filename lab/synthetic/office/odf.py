"""Documents as ODT, by odfpy (OpenDocument 1.2)."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from odf import draw, style, table, text
from odf.opendocument import OpenDocumentText
from odf.teletype import addTextToElement

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
    Points,
)

_EDGES = ("top", "left", "bottom", "right")


def write(document: OfficeDocument, path: Path) -> None:
    """Write ``document`` to ``path`` as ODT."""
    _Writer(document).save(path)


def _border(border: Border) -> dict[str, str]:
    """A line's attributes; a double one is inner stroke, gap and outer stroke."""
    if border == NONE:
        return {"": "none"}
    if border.line not in {"double", "thick-thin"}:
        return {"": f"{border.width}pt {'solid' if border.line == 'single' else border.line} #{border.colour}"}
    parts = (0.3, 0.4, 0.3) if border.line == "double" else (0.2, 0.2, 0.6)
    strokes = " ".join(f"{border.width * part:.2f}pt" for part in parts)
    return {"": f"{border.width}pt double #{border.colour}", "linewidth": strokes}


def _borders(edges: Mapping[str, Border]) -> dict[str, str]:
    out = {}
    for edge, border in edges.items():
        for key, value in _border(border).items():
            out[f"borderlinewidth{edge}" if key else f"border{edge}"] = value
    return out


class _Writer:
    """One file; styles with the same properties are made once."""

    def __init__(self, document: OfficeDocument) -> None:
        self.file = OpenDocumentText()
        self.document = document
        self.names: dict[str, Any] = {}
        standard = style.Style(name="Standard", family="paragraph")
        standard.addElement(self._font(Paragraph()))
        self.file.styles.addElement(standard)
        self._set_paper(document.paper)
        for block in document.blocks:
            if isinstance(block, OfficeTable):
                self._add_table(block)
            elif isinstance(block, Chart):
                self._add_chart(block)
            else:
                self._add_paragraph(self.file.text, block)

    def save(self, path: Path) -> None:
        self.file.save(str(path))

    def _style(self, family: str, *properties: Any) -> Any:
        key = family + "".join(str([p.qname, sorted(p.attributes.items()), _children(p)]) for p in properties)
        if key not in self.names:
            made = style.Style(name=f"S{len(self.names)}", family=family)
            if family == "paragraph":
                made.setAttribute("parentstylename", "Standard")
            for each in properties:
                made.addElement(each)
            self.file.automaticstyles.addElement(made)
            self.names[key] = made
        return self.names[key]

    def _set_paper(self, paper: Paper) -> None:
        left, top, right, bottom = paper.margins
        layout = style.PageLayout(name="Paper")
        frame: dict[str, Any] = _borders(dict.fromkeys(_EDGES, Border(line="double", width=2))) if paper.framed else {}
        layout.addElement(
            style.PageLayoutProperties(
                pagewidth=f"{paper.width}pt", pageheight=f"{paper.height}pt", marginleft=f"{left}pt",
                margintop=f"{top}pt", marginright=f"{right}pt", marginbottom=f"{bottom}pt",
                padding="6pt" if paper.framed else "0pt",
                printorientation="landscape" if paper.width > paper.height else "portrait", **frame,
            )
        )  # fmt: skip
        self.file.automaticstyles.addElement(layout)
        master = style.MasterPage(name="Standard", pagelayoutname=layout)
        self.file.masterstyles.addElement(master)
        if paper.footer:
            footer = style.Footer()
            before, number, after = paper.footer.partition("{}")
            paragraph = text.P(stylename=self._paragraph_style(Paragraph(align="center", size=8)))
            addTextToElement(paragraph, before)
            if number:
                paragraph.addElement(text.PageNumber(selectpage="current"))
            addTextToElement(paragraph, after)
            footer.addElement(paragraph)
            master.addElement(footer)

    def _font(self, words: Paragraph) -> Any:
        size = words.size or self.document.size
        more: dict[str, str] = {"fontfamily": f"'{self.document.font}'", "fontsize": f"{size}pt"}
        if words.bold:
            more["fontweight"] = "bold"
        if words.italic:
            more["fontstyle"] = "italic"
        if words.underlined:
            more |= {"textunderlinestyle": "solid", "textunderlinewidth": "auto"}
        if words.spaced:
            more["letterspacing"] = f"{words.spaced}pt"
        return style.TextProperties(color=f"#{words.colour}", **more)

    def _paragraph_style(self, words: Paragraph) -> Any:
        more: dict[str, str] = {}
        if words.new_page:
            more["breakbefore"] = "page"
        if words.rule_below:
            more |= _borders({"bottom": Border(line="thick-thin", width=2.25)})
        properties = style.ParagraphProperties(
            textalign={"left": "start", "right": "end"}.get(words.align, words.align),
            marginleft=f"{words.left + words.hanging}pt", textindent=f"{-words.hanging}pt",
            margintop=f"{words.before}pt", marginbottom=f"{words.after}pt",
            lineheight=f"{words.leading * 100:.0f}%", **more,
        )  # fmt: skip
        if words.tabs:
            stops = style.TabStops()
            for tab in words.tabs:
                stops.addElement(style.TabStop(position=f"{tab - words.left - words.hanging}pt"))
            properties.addElement(stops)
        return self._style("paragraph", properties, self._font(words))

    def _add_paragraph(self, parent: Any, words: Paragraph | Picture) -> None:
        if isinstance(words, Picture):
            paragraph = text.P(stylename=self._paragraph_style(Paragraph(align="center")))
            height = words.width * 260 / 220
            frame = draw.Frame(anchortype="as-char", width=f"{words.width}pt", height=f"{height}pt")
            frame.addElement(draw.Image(href=self.file.addPictureFromString(words.png, "image/png")))
            paragraph.addElement(frame)
        else:
            made = self._paragraph_style(words)
            paragraph = text.H(outlinelevel=1, stylename=made) if words.outline else text.P(stylename=made)
            addTextToElement(paragraph, words.text)
        parent.addElement(paragraph)

    def _add_chart(self, chart: Chart) -> None:
        stroke = style.GraphicProperties(
            stroke="solid", strokewidth="0.75pt", strokecolor="#000000", fill="none", wrap="run-through",
            verticalpos="from-top", verticalrel="paragraph", horizontalpos="from-left", horizontalrel="paragraph",
        )  # fmt: skip
        made = self._style("graphic", stroke)
        paragraph = text.P(stylename=self._paragraph_style(Paragraph()))
        for x, y, width, height, words in chart.boxes:
            size = {"width": f"{width}pt", "height": f"{height}pt"}
            box = draw.Rect(stylename=made, anchortype="paragraph", x=f"{x}pt", y=f"{y}pt", **size)
            for line in words.split("\n"):
                self._add_paragraph(box, Paragraph(text=line, align="center", size=8))
            paragraph.addElement(box)
        for x1, y1, x2, y2 in chart.lines:
            ends = {"x1": f"{x1}pt", "y1": f"{y1}pt", "x2": f"{x2}pt", "y2": f"{y2}pt"}
            paragraph.addElement(draw.Line(stylename=made, anchortype="paragraph", **ends))
        self.file.text.addElement(paragraph)

    def _add_table(self, block: OfficeTable) -> None:
        width: Points = sum(block.widths)
        made = table.Table(stylename=self._style("table", style.TableProperties(width=f"{width}pt", align="center")))
        for each in block.widths:
            properties = style.TableColumnProperties(columnwidth=f"{each}pt")
            made.addElement(table.TableColumn(stylename=self._style("table-column", properties)))
        head = table.TableHeaderRows() if block.repeated and block.headings else made
        height = {"minrowheight": f"{block.least_height}pt"} if block.least_height else {}
        kept = style.TableRowProperties(keeptogether="auto" if block.split else "always", **height)
        for i, row in enumerate(block.rows):
            line = table.TableRow(stylename=self._style("table-row", kept))
            for j, cell in enumerate(row):
                line.addElement(table.CoveredTableCell() if cell is None else self._cell(block, i, j, cell))
            (head if i < block.headings else made).addElement(line)
            if head is not made and i == block.headings - 1:
                made.addElement(head)
        self.file.text.addElement(made)

    def _cell(self, block: OfficeTable, i: int, j: int, cell: OfficeCell) -> Any:
        edges = {
            "top": block.outer if i == 0 else block.inner,
            "left": block.outer if j == 0 else block.upright,
            "bottom": block.outer if i + cell.rows == len(block.rows) else block.inner,
            "right": block.outer if j + cell.columns == len(block.widths) else block.upright,
        }
        more: dict[str, Any] = _borders(edges)
        if cell.fill:
            more["backgroundcolor"] = f"#{cell.fill}"
        properties = style.TableCellProperties(
            paddingleft=f"{block.padding}pt", paddingright=f"{block.padding}pt", paddingtop="1pt", paddingbottom="1pt",
            verticalalign="middle" if cell.middle else "top", **more,
        )  # fmt: skip
        made = table.TableCell(
            stylename=self._style("table-cell", properties), numbercolumnsspanned=cell.columns,
            numberrowsspanned=cell.rows, valuetype="string",
        )  # fmt: skip
        for words in cell.paragraphs:
            self._add_paragraph(made, words)
        return made


def _children(element: Any) -> list[Any]:
    return [[child.qname, sorted(child.attributes.items()), _children(child)] for child in element.childNodes]

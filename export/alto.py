"""What was read of every page as ALTO 4.4 (loc.gov/standards/alto), a file a page: ``alto/<file>/<page>.xml``.

A table is composed of rows, a row of cells, a cell of lines, a line of words; what stands outside of tables are lines.
Words are those of the tables. Coordinates are pixels of the page as the file holds it; boxes lie within the page.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from iki.export.page_words import LineKey, PageWord, as_read, key, words_of_values
from iki.export.tables import read_rows
from iki.export.writing import Folder, ReadPage, aside
from iki.messages import Problem
from iki.model import Box, Cell, Grid, Line, Page, Point

FOLDER = "alto"
"""Folder of the files within the one that is written to."""
NAMESPACE = "http://www.loc.gov/standards/alto/ns-v4#"
SCHEMA = "http://www.loc.gov/standards/alto/v4/alto-4-4.xsd"

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 has no place for."""


def write(folder: Folder) -> list[Path]:
    """Write all pages whose readings the folder holds; gives the paths. Raises ``Problem`` where it holds none."""
    rows, _ = read_rows(folder.directory)
    tables = {sheet.sheet["sheet_id"]: sheet for sheet in rows}
    sheets: dict[str, list[dict[LineKey, list[PageWord]]]] = {}
    for sheet in folder.readings.sheets():
        if sheet.sheet_id in tables:
            sheets.setdefault(sheet.sha256, []).append(words_of_values(sheet, tables[sheet.sheet_id]))
    paths = []
    for (name, sha256), pages in groupby(folder.readings.pages(), key=lambda read: (read.file, read.sha256)):
        words = {line: told for sheet in sheets.pop(sha256, []) for line, told in sheet.items()}
        for read in pages:
            paths.append(folder.out / FOLDER / name / f"{read.page.number:04}.xml")
            with aside(paths[-1]) as draft:
                ElementTree.ElementTree(described(read, words)).write(draft, "utf-8", xml_declaration=True)
    if not paths:
        raise Problem("alto_no_pages", path=folder.directory)
    return paths


def described(read: ReadPage, words: Mapping[LineKey, list[PageWord]]) -> Element:
    """A page as ALTO; ``words`` are those of lines that hold values, all other lines stand as they were read."""
    ElementTree.register_namespace("xsi", _XSI)
    root = Element("alto", {"xmlns": NAMESPACE, f"{{{_XSI}}}schemaLocation": f"{NAMESPACE} {SCHEMA}"})
    description = SubElement(root, "Description")
    SubElement(description, "MeasurementUnit").text = "pixel"
    source = SubElement(description, "sourceImageInformation")
    SubElement(source, "fileName").text = _xml(read.file)
    SubElement(source, "fileIdentifier").text = f"sha256:{read.sha256}"
    layout, page = SubElement(root, "Layout"), read.page
    leaf = SubElement(
        layout, "Page", ID="page", PHYSICAL_IMG_NR=str(page.number), WIDTH=str(page.width), HEIGHT=str(page.height),
        ROTATION=str(page.turned), LANG="id",
    )  # fmt: skip
    paper = Box(0, 0, page.width, page.height)
    space = SubElement(leaf, "PrintSpace", {"ID": "space", **_place(paper)})
    blocks = _Blocks(paper, words)
    for part in (page, *page.beside):
        for block in blocks.of(part):
            space.append(block)
    ElementTree.indent(root)
    return root


@dataclass(slots=True)
class _Blocks:
    """Makes blocks of a page, ``paper`` being all of it; ``number`` counts what has been made."""

    paper: Box
    words: Mapping[LineKey, list[PageWord]]
    number: int = 0

    def of(self, page: Page) -> Iterator[Element]:
        """The tables of a page and the lines outside of them, from top to bottom as it is read."""
        parts: list[tuple[Box, Grid | Line]] = [(grid.box, grid) for grid in page.grids]
        parts += [(line.box, line) for line in page.lines if line.box is not None]
        for _, part in sorted(parts, key=lambda part: (part[0].y0, part[0].x0)):
            block = self._table(part) if isinstance(part, Grid) else self._text([part], [])
            if block is not None:
                yield block

    def _table(self, grid: Grid) -> Element:
        rows = []
        for _, cells in groupby(sorted(grid.cells, key=lambda c: (c.row, c.column)), key=lambda cell: cell.row):
            filled = [self._cell(cell) for cell in cells]
            rows.append(self._composed("row", filled))
        return self._composed("table", rows)

    def _cell(self, cell: Cell) -> Element:
        block = self._text(cell.lines, cell.quad)
        return block if block is not None else self._block("TextBlock", self._within(cell.quad))

    def _text(self, lines: Sequence[Line], corners: Sequence[Point]) -> Element | None:
        """A block of lines; ``None`` where nothing is read in any and no ``corners`` (source px) bound it."""
        told = [words for line in lines if (words := self._told(line))]
        if not told and not corners:
            return None
        block = self._block(
            "TextBlock", self._within([*corners, *(p for words in told for w in words for p in w.quad)])
        )
        if told and all(word.decided for words in told for word in words):
            block.set("CS", "true")
        for words in told:
            block.append(self._line(words))
        return block

    def _told(self, line: Line) -> list[PageWord]:
        told = self.words.get(key(line))
        return as_read(line) if told is None else told

    def _line(self, words: Sequence[PageWord]) -> Element:
        line = Element("TextLine", _place(self._within(p for word in words for p in word.quad)))
        for number, word in enumerate(words):
            if number:
                SubElement(line, "SP")
            string = SubElement(line, "String", CONTENT=_xml(word.text), WC=f"{word.confidence:.3f}")
            string.attrib |= _place(self._within(word.quad))
            if word.part:
                string.attrib |= {"SUBS_TYPE": word.part, "SUBS_CONTENT": _xml(word.whole)}
            if word.decided:
                string.set("CS", "true")
            for engine, read in word.alternatives:
                SubElement(string, "ALTERNATIVE", PURPOSE=engine).text = _xml(read)
        if words[-1].hyphen:
            SubElement(line, "HYP", CONTENT=words[-1].hyphen)
        return line

    def _composed(self, kind: str, parts: Sequence[Element]) -> Element:
        boxes = [[float(part.get(name, "0")) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")] for part in parts]
        corners = [(x, y) for x, y, *_ in boxes] + [(x + w, y + h) for x, y, w, h in boxes]
        block = self._block("ComposedBlock", self._within(corners))
        block.set("TYPE", kind)
        block.extend(parts)
        return block

    def _block(self, name: str, box: Box) -> Element:
        self.number += 1
        return Element(name, {"ID": f"block{self.number}", **_place(box)})

    def _within(self, corners: Iterable[Point]) -> Box:
        """The upright box around corners, as far as it lies on the paper."""
        xs, ys = zip(*corners, strict=True)
        paper = self.paper
        x0, x1 = (min(max(x, paper.x0), paper.x1) for x in (min(xs), max(xs)))
        y0, y1 = (min(max(y, paper.y0), paper.y1) for y in (min(ys), max(ys)))
        return Box(round(x0), round(y0), round(x1), round(y1))


def _place(box: Box) -> dict[str, str]:
    place = {"HPOS": box.x0, "VPOS": box.y0, "WIDTH": box.width, "HEIGHT": box.height}
    return {name: f"{value:.0f}" for name, value in place.items()}


def _xml(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)

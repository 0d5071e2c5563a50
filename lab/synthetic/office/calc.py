"""Documents as XLSX, by xlsxwriter, as offices print them from spreadsheets: one lattice of columns a page."""

from __future__ import annotations

import subprocess
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate
from pathlib import Path
from typing import Any

import xlsxwriter
from PIL import ImageFont

from iki.lab.synthetic.office.blocks import (
    NONE,
    Border,
    OfficeCell,
    OfficeDocument,
    OfficeTable,
    Paragraph,
    Picture,
    Points,
)

_PAPERS = {(210, 297): 9, (216, 356): 5, (215, 330): 14}
"""Excel's numbers of paper sizes by millimetres; folio is nearest to F4."""
_LINES = {"none": 0, "single": 1, "double": 6, "dotted": 4, "dashed": 3, "thick-thin": 5}
_MEDIUM, _MEDIUM_FROM = 2, 1.25
_CHARACTER = 5.25
"""Width of a column's unit in points, for the default font."""
_SLACK = 1.08
"""How much wider than measured text is taken to be, so that no line is cut off."""


def write(document: OfficeDocument, path: Path) -> None:
    """Write ``document`` to ``path`` as XLSX. Pictures are left out."""
    _Sheet(document, path).close()


class _Sheet:
    def __init__(self, document: OfficeDocument, path: Path) -> None:
        self.document = document
        self.book = xlsxwriter.Workbook(str(path))
        self.sheet = self.book.add_worksheet()
        self.row = 0
        tables = [block for block in document.blocks if isinstance(block, OfficeTable)]
        self.widths = max(tables, key=lambda each: (each.headings, len(each.widths))).widths
        self.edges = [0.0, *accumulate(self.widths)]
        self.face = _face(document.font)
        for j, width in enumerate(self.widths):
            self.sheet.set_column(j, j, width / _CHARACTER)
        self._set_paper()
        for block in document.blocks:
            if isinstance(block, Paragraph):
                self._add_line([(0, len(self.widths), block)])
            elif isinstance(block, OfficeTable) and block.inner == block.outer == NONE:
                self._add_open(block)
            elif isinstance(block, OfficeTable):
                self._add_ruled(block)

    def close(self) -> None:
        self.book.close()

    def _set_paper(self) -> None:
        paper = self.document.paper
        short, long = sorted(round(side * 25.4 / 72) for side in (paper.width, paper.height))
        self.sheet.set_paper(_PAPERS[short, long])
        if paper.width > paper.height:
            self.sheet.set_landscape()
        left, top, right, bottom = (margin / 72 for margin in paper.margins)
        self.sheet.set_margins(left, right, top, bottom)
        self.sheet.fit_to_pages(1, 0)
        if paper.footer:
            self.sheet.set_footer(f"&C&8{paper.footer.replace('{}', '&P')}")

    def _format(self, words: Paragraph, **more: Any) -> Any:
        align = {"justify": "justify", "center": "center", "right": "right"}.get(words.align, "left")
        return self.book.add_format(
            {
                "font_name": self.document.font, "font_size": words.size or self.document.size, "bold": words.bold,
                "italic": words.italic, "underline": words.underlined, "font_color": f"#{words.colour}", "align": align,
                "valign": "top", "text_wrap": True, **more,
            }
        )  # fmt: skip

    def _lines(self, words: Sequence[Paragraph], width: Points) -> Points:
        """The height that paragraphs need in a column ``width`` wide."""
        total = 0.0
        for each in words:
            size = each.size or self.document.size
            scale = size / self.face.size * _SLACK * (1.06 if each.bold else 1)
            lines, used = 1, 0.0
            for word in each.text.replace("\t", " ").split(" "):
                wide = self.face.getlength(word + " ") * scale
                if used + wide > width - 4 and used:
                    lines, used = lines + 1, 0.0
                broken, used = divmod(used + wide, width - 4)  # a word wider than its cell
                lines += int(broken)
            total += lines * size * max(1.3, sum(self.face.getmetrics()) / self.face.size)
        return total + 2

    def _put(self, top: int, left: int, rows: int, columns: int, said: str, form: Any) -> None:
        said = said.replace("\t", " ")
        if rows * columns == 1:
            self.sheet.write_string(top, left, said, form)
        else:
            self.sheet.merge_range(top, left, top + rows - 1, left + columns - 1, said, form)

    def _add_line(self, parts: Sequence[tuple[int, int, Paragraph]]) -> None:
        """One row of text outside of the table: parts from column to column."""
        height = max(
            self._lines([words], self.edges[end] - self.edges[start]) + words.before for start, end, words in parts
        )
        self.sheet.set_row(self.row, height)
        for start, end, words in parts:
            if words.text:
                form = self._format(words, valign="bottom" if words.before else "top")
                self._put(self.row, start, 1, end - start, words.text, form)
        self.row += 1

    def _add_open(self, block: OfficeTable) -> None:
        """A table without rules: a row for each line of its cells, on the columns nearest to its own."""
        wide = [0.0, *accumulate(block.widths)]
        places = [min(bisect_left(self.edges, edge - 20), len(self.widths)) for edge in wide]
        places[-1] = len(self.widths)
        for row in block.rows:
            columns = [[p for p in cell.paragraphs if not isinstance(p, Picture)] for cell in row if cell is not None]
            for k in range(max(map(len, columns))):
                parts = [
                    (places[j], max(places[j + 1], places[j] + 1), column[k] if k < len(column) else Paragraph())
                    for j, column in enumerate(columns)
                    if places[j] < places[j + 1] or (k < len(column) and column[k].text)
                ]
                self._add_line(_joined(parts))

    def _add_ruled(self, block: OfficeTable) -> None:
        heights = [0.0] * len(block.rows)
        cells = [(i, j, cell) for i, row in enumerate(block.rows) for j, cell in enumerate(row) if cell is not None]
        places = [round(bisect_left(self.edges, edge - 20)) for edge in [0.0, *accumulate(block.widths)]]
        places[-1] = len(self.widths)
        for i, j, cell in sorted(cells, key=lambda each: each[2].rows):
            width = self.edges[places[j + cell.columns]] - self.edges[places[j]]
            lines = [words for words in cell.paragraphs if isinstance(words, Paragraph)]
            needed = self._lines(lines, width) - sum(heights[i : i + cell.rows])
            if needed > 0:
                heights[i + cell.rows - 1] += needed
        for i, height in enumerate(heights):
            self.sheet.set_row(self.row + i, height)
        for i, j, cell in cells:
            lines = [words for words in cell.paragraphs if isinstance(words, Paragraph)]
            form = self._format(lines[0], **self._borders(block, i, j, cell), **_filled(cell))
            said = "\n".join(words.text for words in lines)
            columns = places[j + cell.columns] - places[j]
            self._put(self.row + i, places[j], cell.rows, columns, said, form)
        if block.repeated and block.headings:
            self.sheet.repeat_rows(self.row, self.row + block.headings - 1)
        self.row += len(block.rows)

    @staticmethod
    def _borders(block: OfficeTable, i: int, j: int, cell: OfficeCell) -> dict[str, Any]:
        edges = {
            "top": block.outer if i == 0 else block.inner,
            "left": block.outer if j == 0 else block.upright,
            "bottom": block.outer if i + cell.rows == len(block.rows) else block.inner,
            "right": block.outer if j + cell.columns == len(block.widths) else block.upright,
        }
        out: dict[str, Any] = {}
        for edge, border in edges.items():
            out |= {edge: _line(border), f"{edge}_color": f"#{border.colour}"}
        return out


def _joined(parts: Sequence[tuple[int, int, Paragraph]]) -> list[tuple[int, int, Paragraph]]:
    """The parts without overlaps: what begins on another's column is put after its text."""
    out: list[tuple[int, int, Paragraph]] = []
    for start, end, words in parts:
        if out and start < out[-1][1]:
            before = out[-1]
            together = replace(before[2], text=f"{before[2].text} {words.text}".strip())
            out[-1] = (before[0], max(end, before[1]), together)
        else:
            out.append((start, end, words))
    return out


def _line(border: Border) -> int:
    return _MEDIUM if border.line == "single" and border.width >= _MEDIUM_FROM else _LINES[border.line]


def _filled(cell: OfficeCell) -> dict[str, Any]:
    out: dict[str, Any] = {"valign": "vcenter" if cell.middle else "top"}
    return out | {"bg_color": f"#{cell.fill}"} if cell.fill else out


def _face(font: str) -> ImageFont.FreeTypeFont:
    """The font by its installed name, as fontconfig knows it."""
    file = subprocess.run(
        ["fc-match", "--format=%{file}", font], check=True, capture_output=True, text=True
    ).stdout  # fmt: skip
    return ImageFont.truetype(file, 100)

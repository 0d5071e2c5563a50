"""From the words of a form to words, rules and cells at places on pages, in points (1/72 inch, y down)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from iki.lab.synthetic.fonts import Face
from iki.lab.synthetic.forms import PrintedForm, Signature
from iki.lab.synthetic.templates import Template
from iki.model import Box

_ASCENT, _DESCENT = 0.75, 0.22
"""Reach of a line's ink above and below its baseline, as shares of the type size (usual for these families)."""
_LEAST = 2
"""Lines of a cell that may stand alone at the foot of a page."""
_SMALL = 0.85
"""Size of address lines in the letterhead against the body."""
_BLOCK = 0.46
"""Width of a signer's block against the text width."""
_LOGO = 46.0
"""Side of the arms in the letterhead, points."""


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One printed line: its words with their x, baseline, face, the box of its ink and what it belongs to."""

    text: str
    words: tuple[tuple[float, str], ...]
    baseline: float
    face: Face
    box: Box
    role: str
    underlined: bool = False

    @property
    def underline(self) -> Box:
        """The rule under an underlined line."""
        top = self.baseline + 0.12 * self.face.size
        return Box(self.box.x0, top, self.box.x1, top + 0.06 * self.face.size)


@dataclass(frozen=True, slots=True)
class Stroke:
    """A printed rule as a filled rectangle."""

    box: Box
    kind: Literal["table", "ornament"] = "table"


@dataclass(frozen=True, slots=True)
class PrintedCell:
    """A cell of the table on this page. ``row`` counts the form's rows from 0 (−1: headings, −2: column numbers);
    ``lines`` are indices into the page's lines; ``continued`` when its text began on the page before."""

    row: int
    column: int
    row_span: int
    box: Box
    lines: tuple[int, ...]
    continued: bool


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """All ink of one page in points, with the places where signers sign and the arms stand."""

    width: float
    height: float
    lines: tuple[PrintedLine, ...]
    strokes: tuple[Stroke, ...]
    cells: tuple[PrintedCell, ...] = ()
    fills: tuple[Box, ...] = ()
    arms: tuple[Box, ...] = ()
    signing: tuple[tuple[str, Box], ...] = ()


@dataclass(slots=True)
class Canvas:
    """A page being filled."""

    width: float
    height: float
    lines: list[PrintedLine] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    cells: list[PrintedCell] = field(default_factory=list)
    fills: list[Box] = field(default_factory=list)
    arms: list[Box] = field(default_factory=list)
    signing: list[tuple[str, Box]] = field(default_factory=list)

    def write(
        self,
        text: str,
        face: Face,
        span: tuple[float, float],
        baseline: float,
        align: str,
        role: str,
        underlined: bool = False,
    ) -> int:
        """Set one line within ``span`` of x; returns its index."""
        width = face.width(text)
        x = span[0] if align == "left" else (span[0] + span[1] - width) / 2 if align == "center" else span[1] - width
        words = tuple((x + face.width(text[: found.start()]), found.group()) for found in re.finditer(r"\S+", text))
        box = Box(x, baseline - _ASCENT * face.size, x + width, baseline + _DESCENT * face.size)
        self.lines.append(PrintedLine(text, words, baseline, face, box, role, underlined))
        return len(self.lines) - 1

    def page(self) -> PrintedPage:
        return PrintedPage(
            self.width, self.height, tuple(self.lines), tuple(self.strokes), tuple(self.cells), tuple(self.fills),
            tuple(self.arms), tuple(self.signing),
        )  # fmt: skip


def wrap(text: str, face: Face, width: float, *, hyphenated: bool = False) -> list[str]:
    """``text`` broken into lines at most ``width`` points long, as word processors do.

    Lines break at spaces and after printed hyphens; a word longer than the line is cut where the line is full, without
    a hyphen. With ``hyphenated`` a word that does not fit is cut between syllables, with a hyphen.
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for piece in _pieces(paragraph):
            lines_, line = _place(line, piece, face, width, hyphenated)
            lines += lines_
        lines.append(line.rstrip())
    return lines


def _pieces(paragraph: str) -> list[str]:
    """Unbreakable pieces, each with the spaces after it."""
    return re.findall(r"[^\s-]+-(?=[^\s\d-])|\S+?\s+|\S+", re.sub(r"[ \t]+", " ", paragraph.strip()))


def _place(line: str, piece: str, face: Face, width: float, hyphenated: bool) -> tuple[list[str], str]:
    """Lines that ``piece`` finishes, and the line it leaves open."""
    if face.width((line + piece).rstrip()) <= width:
        return [], line + piece
    if hyphenated:
        for cut in reversed(syllable_cuts(piece.rstrip())):
            if face.width(line + piece[:cut] + "-") <= width:
                return [line + piece[:cut] + "-"], piece[cut:]
    done = [line.rstrip()] if line else []
    while face.width(piece.rstrip()) > width and len(piece.rstrip()) > 1:
        cut = max(n for n in range(1, len(piece)) if n == 1 or face.width(piece[:n]) <= width)
        done.append(piece[:cut])
        piece = piece[cut:]
    return done, piece


_CUT = re.compile(
    r"(?<=[aiueo])(?=(?:ng|ny|sy|kh|[b-df-hj-np-tv-z])[aiueo])|(?<=[aiueo][b-df-hj-np-tv-z])(?=[b-df-hj-np-tv-z][aiueo])"
)
_DIGRAPHS = {"ng", "ny", "sy", "kh"}
_LEFT = 2
"""Letters kept on either side of a cut."""


def syllable_cuts(word: str) -> list[int]:
    """Where a plain lower-case word of five letters or more may be cut: between syllables, two letters kept on both
    sides (the rules of *Ejaan Bahasa Indonesia* II.F reduced to V-KV and VK-KV)."""
    if not re.fullmatch(r"[a-z]{5,}[.,;)]?", word):
        return []
    cuts = (found.start() for found in _CUT.finditer(word))
    return [n for n in cuts if _LEFT <= n < len(word) - _LEFT and word[n - 1 : n + 1] not in _DIGRAPHS]


def lay_out(form: PrintedForm, template: Template) -> tuple[PrintedPage, ...]:
    """The pages of one sheet. The table breaks where a page is full; the signers' block is never cut."""
    return _Press(form, template).run()


@dataclass(frozen=True, slots=True)
class _Piece:
    """The part of a table row that stands on one page: its height and, per column, the lines of cells that span no
    other row."""

    row: int
    height: float
    lines: tuple[tuple[str, ...] | None, ...]


class _Press:
    """Fills pages from top to bottom; holds the cursor ``y`` and the page being filled."""

    def __init__(self, form: PrintedForm, template: Template) -> None:
        self.form, self.template = form, template
        self.face = Face(template.family, template.size, template.bold)
        self.bold = Face(template.family, template.size, True)
        self.leading = template.size * template.leading
        left, self.top, right, bottom = template.margins
        self.span = (left, template.paper[0] - right)
        self.bottom = template.paper[1] - bottom
        self.pages: list[Canvas] = []
        width = self.span[1] - self.span[0]
        total = sum(column.share for column in template.columns)
        self.xs = [self.span[0]]
        for column in template.columns:
            self.xs.append(self.xs[-1] + column.share / total * width)
        self._turn()

    @property
    def canvas(self) -> Canvas:
        return self.pages[-1]

    def run(self) -> tuple[PrintedPage, ...]:
        self._letterhead()
        self._title()
        self._labels()
        self._table()
        self._signatures()
        if self.template.page_numbers and len(self.pages) > 1:
            for number, canvas in enumerate(self.pages, start=1):
                text = f"Halaman {number} dari {len(self.pages)}"
                canvas.write(
                    text, replace(self.face, bold=False), self.span, self.bottom + 2 * self.leading, "center", "folio"
                )
        return tuple(canvas.page() for canvas in self.pages)

    def _turn(self) -> None:
        self.pages.append(Canvas(*self.template.paper))
        self.y = self.top

    def _line(self, text: str, face: Face, align: str, role: str) -> None:
        self.y += face.size * self.template.leading
        baseline = self.y - _DESCENT * face.size
        self.canvas.write(text, face, self.span, baseline, align, role)

    def _letterhead(self) -> None:
        if not self.form.letterhead:
            return
        small = replace(self.face, size=self.template.size * _SMALL, bold=False)
        faces = [
            replace(self.bold, size=self.template.title_size),
            replace(self.bold, size=self.template.title_size + 1.5),
        ]
        full = self.span
        if self.template.logo:
            self.canvas.arms.append(Box(full[0], self.y, full[0] + _LOGO, self.y + _LOGO))
            self.span = (full[0] + _LOGO, full[1])
        start = self.y
        for i, text in enumerate(self.form.letterhead):
            face = faces[i] if i < len(faces) else small
            for line in wrap(text, face, self.span[1] - self.span[0]):
                self._line(line, face, "center", "letterhead")
        self.span = full
        self.y = max(self.y, start + _LOGO if self.template.logo else 0) + 4
        for offset, width in ((0.0, 1.6), (3.0, 0.6)):
            box = Box(full[0], self.y + offset, full[1], self.y + offset + width)
            self.canvas.strokes.append(Stroke(box, "ornament"))
        self.y += 8

    def _title(self) -> None:
        face = replace(self.bold, size=self.template.title_size)
        self.y += self.leading / 2
        for text in self.form.title:
            for line in wrap(text, face, self.span[1] - self.span[0]):
                self._line(line, face, "center", "judul")
        self.y += self.leading

    def _labels(self) -> None:
        face = replace(self.face, bold=self.template.label_bold)
        indent = self.span[0] + (face.width("0. ") + 4 if self.template.numbering else 0)
        widest = max((face.width(label) for _, label, _ in self.form.labels), default=0)
        for number, label, value in self.form.labels:
            end = indent + (widest + 12 if self.template.colons_aligned else face.width(label + " "))
            start = end + face.width(": ") + (3 if self.template.colons_aligned else 0)
            for i, line in enumerate(wrap(value, face, self.span[1] - start)):
                self.y += self.leading * 1.08
                baseline = self.y - _DESCENT * face.size
                if i == 0:
                    if number:
                        self.canvas.write(number, face, self.span, baseline, "left", "label")
                    self.canvas.write(label, face, (indent, end), baseline, "left", "label")
                    self.canvas.write(":", face, (end, start), baseline, "left", "label")
                self.canvas.write(line, face, (start, self.span[1]), baseline, "left", "value")
        self.y += self.leading * 0.8

    # the table ------------------------------------------------------------------------------------------------------

    def _inner(self, column: int) -> float:
        return self.xs[column + 1] - self.xs[column] - 2 * self.template.padding

    def _height(self, lines: int) -> float:
        return lines * self.leading + 2 * self.template.padding if lines else 0.0

    def _wrapped(self, row: int, column: int) -> tuple[str, ...]:
        text = self.form.rows[row][self.form.columns[column][0]] or ""
        return tuple(wrap(text, self.face, self._inner(column), hyphenated=self.template.hyphenated)) if text else ()

    def _groups(self, column: int) -> list[range]:
        """Runs of rows that share one cell in ``column``."""
        key = self.form.columns[column][0]
        starts = [row for row, cells in enumerate(self.form.rows) if row == 0 or cells[key] is not None]
        return [range(start, end) for start, end in zip(starts, [*starts[1:], len(self.form.rows)], strict=True)]

    def _table(self) -> None:
        columns = range(len(self.form.columns))
        groups = [self._groups(column) for column in columns]
        single = [{group[0] for group in groups[column] if len(group) == 1} for column in columns]
        pending = {
            (column, group[0]): list(self._wrapped(group[0], column)) for column in columns for group in groups[column]
        }
        owner = [{row: group[0] for group in groups[column] for row in group} for column in columns]
        pieces = self._pieces(single, groups, pending)
        self._headings(first=True)
        page: list[_Piece] = []
        queue = list(pieces)
        while queue:
            piece = queue.pop(0)
            room = self.bottom - self.y - sum(p.height for p in page)
            if piece.height <= room:
                page.append(piece)
                continue
            head, tail = self._cut(piece, room) if self.template.rows_split else (None, piece)
            if head is not None:
                page.append(head)
            if not page and head is None and self.y <= self.top + self._heading_height() + 1:
                head, tail = self._cut(piece, room, force=True)
                page.append(head or piece)
            self._draw(page, owner, single, pending)
            page = []
            self._turn()
            if self.template.heading_repeated:
                self._headings(first=False)
            queue.insert(0, tail)
        self._draw(page, owner, single, pending)

    def _pieces(
        self, single: list[set[int]], groups: list[list[range]], pending: dict[tuple[int, int], list[str]]
    ) -> list[_Piece]:
        """Rows with their heights; a merged cell taller than its rows stretches the last of them."""
        heights = [self._height(1) + self.template.loose] * len(self.form.rows)
        for column, starts in enumerate(single):
            for row in starts:
                heights[row] = max(heights[row], self._height(len(pending[column, row])) + self.template.loose)
        for column, runs in enumerate(groups):
            for group in runs:
                lack = self._height(len(pending[column, group[0]])) - sum(heights[row] for row in group)
                heights[group[-1]] += max(0.0, lack)
        return [
            _Piece(row, height, tuple(tuple(pending[c, row]) if row in single[c] else None for c in range(len(single))))
            for row, height in enumerate(heights)
        ]

    def _cut(self, piece: _Piece, room: float, *, force: bool = False) -> tuple[_Piece | None, _Piece]:
        """The part of a row that fits into ``room`` points, and the rest; ``None`` where nothing worth it fits."""
        longest = max((len(lines) for lines in piece.lines if lines is not None), default=0)
        fit = min(int((room - 2 * self.template.padding) // self.leading), longest - 1)
        if fit < (1 if force else _LEAST):
            return None, piece
        head = tuple(None if lines is None else lines[:fit] for lines in piece.lines)
        tail = tuple(None if lines is None else lines[fit:] for lines in piece.lines)
        rest = max(len(lines) for lines in tail if lines is not None)
        return _Piece(piece.row, self._height(fit), head), _Piece(piece.row, self._height(rest), tail)

    def _heading_lines(self) -> list[list[str]]:
        face = replace(self.face, bold=self.template.heading_bold)
        return [wrap(heading, face, self._inner(i)) for i, (_, heading) in enumerate(self.form.columns)]

    def _heading_height(self) -> float:
        numbers = self._height(1) if self.template.column_numbers else 0.0
        return self._height(max(map(len, self._heading_lines()))) + numbers

    def _headings(self, *, first: bool) -> None:
        face = replace(self.face, bold=self.template.heading_bold)
        lines = self._heading_lines()
        bands = [(-1, lines)]
        if self.template.column_numbers:
            bands.append((-2, [[self.template.column_numbers.format(i + 1)] for i in range(len(lines))]))
        for row, cells in bands:
            height = self._height(max(map(len, cells)))
            for column, texts in enumerate(cells):
                box = Box(self.xs[column], self.y, self.xs[column + 1], self.y + height)
                self._cell(row, column, 1, box, texts, face, "center", middle=True, continued=not first)
                if self.template.heading_fill:
                    self.canvas.fills.append(box)
            self.y += height

    def _draw(
        self,
        page: list[_Piece],
        owner: list[dict[int, int]],
        single: list[set[int]],
        pending: dict[tuple[int, int], list[str]],
    ) -> None:
        """Set the rows of one page: cells that span rows take the lines that are still to be set as far as they fit."""
        if not page:
            return
        heights = self._stretched(page, owner, pending)
        tops = [self.y]
        for height in heights:
            tops.append(tops[-1] + height)
        for column, spec in enumerate(self.template.columns):
            start = 0
            while start < len(page):
                first = owner[column][page[start].row]
                end = start + 1
                while end < len(page) and owner[column][page[end].row] == first:
                    end += 1
                box = Box(self.xs[column], tops[start], self.xs[column + 1], tops[end])
                own = page[start].lines[column]
                continued = self._seen(column, first)
                if own is None:
                    fit = max(1, int((box.height - 2 * self.template.padding + 0.01) // self.leading))
                    texts, pending[column, first] = pending[column, first][:fit], pending[column, first][fit:]
                else:
                    texts = list(own)
                self._cell(
                    first, column, end - start, box, texts, self.face, spec.align, self.template.middle, continued
                )
                start = end
        self.y = tops[-1]

    def _stretched(
        self, page: list[_Piece], owner: list[dict[int, int]], pending: dict[tuple[int, int], list[str]]
    ) -> list[float]:
        """Heights of the pieces; the last row of a cell whose remaining lines find no room is made higher."""
        heights = [piece.height for piece in page]
        for column, owners in enumerate(owner):
            for first in {owners[piece.row] for piece in page}:
                mine = [i for i, piece in enumerate(page) if owners[piece.row] == first]
                if page[mine[0]].lines[column] is None and owners.get(page[mine[-1]].row + 1) != first:
                    lack = self._height(len(pending[column, first])) - sum(heights[i] for i in mine)
                    heights[mine[-1]] += max(0.0, lack)
        return heights

    def _seen(self, column: int, row: int) -> bool:
        return any(cell.row == row and cell.column == column for canvas in self.pages[:-1] for cell in canvas.cells)

    def _cell(
        self,
        row: int,
        column: int,
        span: int,
        box: Box,
        texts: Sequence[str],
        face: Face,
        align: str,
        middle: bool,
        continued: bool,
    ) -> None:
        pad = self.template.padding
        height = len(texts) * self.leading
        top = (box.y0 + box.y1 - height) / 2 if middle else box.y0 + pad
        indices = []
        for i, text in enumerate(texts):
            baseline = top + (i + 1) * self.leading - _DESCENT * face.size
            indices.append(self.canvas.write(text, face, (box.x0 + pad, box.x1 - pad), baseline, align, "cell"))
        self.canvas.cells.append(PrintedCell(row, column, span, box, tuple(indices), continued))
        if self.template.rules != "none":
            self.canvas.strokes += self._borders(box)

    def _borders(self, box: Box) -> Iterable[Stroke]:
        half = self.template.rule / 2
        yield Stroke(Box(box.x0 - half, box.y0 - half, box.x1 + half, box.y0 + half))
        yield Stroke(Box(box.x0 - half, box.y1 - half, box.x1 + half, box.y1 + half))
        if self.template.rules == "full":
            yield Stroke(Box(box.x0 - half, box.y0 - half, box.x0 + half, box.y1 + half))
            yield Stroke(Box(box.x1 - half, box.y0 - half, box.x1 + half, box.y1 + half))

    # the signers ----------------------------------------------------------------------------------------------------

    def _block(self, signature: Signature, width: float) -> list[tuple[str, Face, str]]:
        """Lines of a signer's block up to the gap, an empty string for the gap, and those after it."""
        style = self.template.signing
        plain = replace(self.face, bold=False)
        name = replace(self.face, bold=style.bold)
        above = [
            (line, plain, "signer")
            for text in (signature.label, signature.jabatan)
            for line in wrap(text, plain, width)
        ]
        below = [(line, name, "nama") for line in wrap(signature.nama, name, width)]
        below += [(text, plain, "signer") for text in (signature.pangkat, signature.nip) if text]
        return [*above, ("", plain, "gap"), *below]

    def _signatures(self) -> None:
        style = self.template.signing
        width = (self.span[1] - self.span[0]) * _BLOCK
        left, right = (self.span[0], self.span[0] + width), (self.span[1] - width, self.span[1])
        if style.swapped:
            left, right = right, left
        place = {"pihak_kedua": left, "pihak_pertama": right}
        plain = replace(self.face, bold=False)
        dated = [(line, plain, "date") for line in self.form.place_date]
        blocks = {signature.side: self._block(signature, width) for signature in self.form.signatures}
        blocks["pihak_pertama"] = [*dated, *blocks["pihak_pertama"]]
        if style.level_labels and "pihak_kedua" in blocks:
            blocks["pihak_kedua"] = [("\u00a0", plain, "blank")] * len(dated) + blocks["pihak_kedua"]
        above = {side: [role for _, _, role in block].index("gap") for side, block in blocks.items()}
        deepest = max(above.values())
        tall = max(len(block) - above[side] for side, block in blocks.items()) - 1
        need = (deepest + tall) * self.leading + style.gap + self.leading
        if self.y + need > self.bottom:
            self._turn()
        start = self.y + self.leading
        for side, block in blocks.items():
            y = start
            for text, face, role in block:
                if role == "gap":
                    y = start + (deepest if style.level_names else above[side]) * self.leading
                    self.canvas.signing.append((side, Box(place[side][0], y, place[side][1], y + style.gap)))
                    y += style.gap
                    continue
                y += self.leading
                if role == "blank":
                    continue
                underlined = role == "nama" and style.underlined
                self.canvas.write(text, face, place[side], y - _DESCENT * face.size, style.align, role, underlined)
        self.y = start + need

"""The text of the tables put into a PDF where it is printed: invisible under the scan, tagged as a table.

Every sheet is a ``Table`` of ``TR`` and ``TD``, its fields and what else is printed are ``P``. A cell is one piece of
marked content on each page it stands on, so that it is selected as one paragraph; its ``ActualText`` is the value as
the CSV has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name, String

from iki.export import text_layer
from iki.export.placement import Fragment, around, laid, laid_fields, within, words_of
from iki.export.text_layer import Instruction, SetParagraph, set_paragraphs
from iki.model import Box, Line, Point, RawValue

_FONTS = "Iki"
"""Stands before the names of the text layer's fonts, so that they are none of the page's own."""
_LANGUAGE = "id"
_NO_TEXT = frozenset(("J", "w"))
"""Operators before the text objects that set how lines are drawn; the layer draws none."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The part of a PDF page that its picture shows: ``box`` (x0, y0, x1, y1 in the page's own units), turned clockwise
    by ``rotate`` degrees when it is shown."""

    box: tuple[float, float, float, float]
    rotate: int

    def point(self, across: float, down: float) -> Point:
        """The point of the page that lies at these shares of the picture's width and height."""
        x0, y0, x1, y1 = self.box
        right, up = {0: (across, 1 - down), 90: (down, across), 180: (1 - across, down), 270: (1 - down, 1 - across)}[
            self.rotate % 360
        ]
        return x0 + right * (x1 - x0), y0 + up * (y1 - y0)


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """What was read of a page: its size in source pixels and all its lines, those of a cell together.

    A page with text of its own (``typed``) needs no layer: its characters are there already.
    """

    number: int
    size: tuple[int, int]
    paragraphs: tuple[tuple[Line, ...], ...]
    typed: bool


@dataclass(frozen=True, slots=True)
class Value:
    """A value as the tables have it, and the printed lines it was read from (``None``: it was not read)."""

    text: str
    raw: RawValue | None


@dataclass(frozen=True, slots=True)
class PrintedSheet:
    """A sheet: ``fields`` and ``rows`` in the order of the tables. A merged cell stands on each of its rows with the
    same ``raw`` object."""

    fields: Mapping[str, Value]
    rows: Sequence[Mapping[str, Value]]


@dataclass(slots=True, eq=False)
class _Tag:
    """A structure element to be: ``pieces`` are its fragments by page, ``rows`` the rows that a cell spans."""

    kind: str
    text: str = ""
    rows: int = 1
    pieces: Mapping[int, list[Fragment]] = field(default_factory=dict)
    children: list[_Tag] = field(default_factory=list)

    def leaves(self) -> Iterator[_Tag]:
        if not self.children:
            yield self
        for child in self.children:
            yield from child.leaves()


def add_text(
    pdf: pikepdf.Pdf,
    shown: Callable[[int], Shown],
    pages: Iterable[PrintedPage],
    sheets: Sequence[PrintedSheet],
) -> list[str]:
    """Put the text of ``sheets`` and what else is printed on ``pages`` invisibly into ``pdf``, tagged.

    ``shown`` tells of a page of ``pdf``, by its number, what its picture shows; ``pages`` are those that were read. An
    invisible text layer that such a page has already is taken out. Gives the text put on
    each page of ``pdf``, empty where none was.
    """
    texts = [""] * len(pdf.pages)
    scans = {page.number: page for page in pages if page.paragraphs and not page.typed}
    if not scans:
        return texts
    tags = _tags(scans, sheets)
    leaves = {number: _in_order(tags, number) for number in sorted(scans)}
    text_layer.without_structure(pdf)
    tree = _Tree(pdf, tags, leaves)
    given = [(leaf.pieces[number], scans[number].size) for number, own in leaves.items() for leaf in own]
    with set_paragraphs(given) as paragraphs:
        following = iter(paragraphs)
        fonts = _Fonts(pdf)
        for number, own in leaves.items():
            page, size, picture = pdf.pages[number - 1], scans[number].size, shown(number)
            text_layer.without_text_layer(pdf, page)
            content = [_marked(next(following), leaf, at, picture, size, fonts) for at, leaf in enumerate(own)]
            page.contents_add(b"q\n", prepend=True)
            page.contents_add(b"\nQ\n" + b"".join(content))
            fonts.add_to(page)
            texts[number - 1] = "\n".join(" ".join(f.text for f in leaf.pieces[number]) for leaf in own)
    tree.close()
    return texts


def _tags(scans: Mapping[int, PrintedPage], sheets: Sequence[PrintedSheet]) -> list[_Tag]:
    """The structure elements of a file: tables, fields, and paragraphs of what else is printed."""
    claimed: dict[int, list[Box]] = {number: [] for number in scans}
    tables = [_table(sheet, claimed) for sheet in sheets]
    fields = [tag for sheet in sheets for tag in _fields(sheet, claimed)]
    rest = (
        _Tag("P", pieces={number: own})
        for number, page in scans.items()
        for lines in page.paragraphs
        if (own := [f for w in words_of(lines) if not within(f := w.fragment, claimed[number])])
    )
    return [*tables, *fields, *rest]


def _table(sheet: PrintedSheet, claimed: Mapping[int, list[Box]]) -> _Tag:
    """The rows of a sheet; a value that spans several is a cell of the first of them. Its words are ``claimed``."""
    rows = []
    above: dict[str, tuple[Value, _Tag]] = {}
    for row in sheet.rows:
        cells = []
        for column, value in row.items():
            if column in above and value.raw is not None and value == above[column][0]:
                above[column][1].rows += 1
                continue
            words = words_of(value.raw.lines) if value.raw is not None else []
            cells.append(_Tag("TD", value.text, pieces=_by_page(laid(value.text, words), claimed)))
            above[column] = value, cells[-1]
            for word in words:
                claimed.get(word.line.page, []).append(around(word.fragment))
        rows.append(_Tag("TR", children=cells))
    return _Tag("Table", children=rows)


def _fields(sheet: PrintedSheet, claimed: Mapping[int, list[Box]]) -> Iterator[_Tag]:
    """The fields that are printed as the tables have them; their words are ``claimed``, once: sheets share dividers."""
    together: dict[int, list[Value]] = {}
    for value in sheet.fields.values():
        if value.raw is not None and value.text:
            together.setdefault(id(value.raw), []).append(value)
    for values in together.values():
        raw = values[0].raw
        assert raw is not None
        for value, fragments in zip(values, laid_fields([value.text for value in values], raw), strict=True):
            free = [f for f in fragments if not within(f, claimed.get(f.page, []))]
            if free and len(free) == len(fragments):
                yield _Tag("P", value.text, pieces=_by_page(free, claimed))
                for fragment in free:
                    claimed.get(fragment.page, []).append(around(fragment))


def _by_page(fragments: Iterable[Fragment], pages: Iterable[int]) -> dict[int, list[Fragment]]:
    """The fragments on each of ``pages``; those on other pages (with text of their own) need no layer."""
    found: dict[int, list[Fragment]] = {}
    for fragment in fragments:
        if fragment.page in pages:
            found.setdefault(fragment.page, []).append(fragment)
    return found


def _in_order(tags: Iterable[_Tag], page: int) -> list[_Tag]:
    """What stands on a page as one reads it: from top to bottom, a table as a whole, row by row; what begins within the
    first line of another block stands beside it, from left to right."""
    blocks = [own for tag in tags if (own := [leaf for leaf in tag.leaves() if page in leaf.pieces])]
    first = [min((f.box for leaf in own for f in leaf.pieces[page]), key=lambda box: box.y0) for own in blocks]
    band, below = 0, float("-inf")
    places: list[tuple[int, float, int]] = []
    for i in sorted(range(len(blocks)), key=lambda i: first[i].y0):
        if first[i].centre[1] > below:
            band, below = band + 1, first[i].y1
        places.append((band, first[i].x0, i))
    return [leaf for *_, i in sorted(places) for leaf in blocks[i]]


class _Tree:
    """The structure tree of a document: where on its pages each element stands (ISO 32000-1, 14.7)."""

    def __init__(self, pdf: pikepdf.Pdf, tags: Sequence[_Tag], leaves: Mapping[int, Sequence[_Tag]]) -> None:
        """``leaves`` are the tags of each page; the content of the first is marked 0, of the next 1 …"""
        self._pdf = pdf
        self._elements: dict[_Tag, pikepdf.Object] = {}
        self._root = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot))
        self._document = self._element("Document", self._root)
        owner = {leaf: tag for tag in tags for leaf in tag.leaves()}
        in_order = dict.fromkeys(owner[leaf] for own in leaves.values() for leaf in own)
        self._document.K = Array([self._grown(tag, self._document) for tag in in_order])
        numbers = Array()
        for key, (number, own) in enumerate(leaves.items()):
            page = pdf.pages[number - 1].obj
            page.StructParents = key
            for at, leaf in enumerate(own):
                self._elements[leaf].K.append(Dictionary(Type=Name.MCR, Pg=page, MCID=at))
            numbers.append(key)
            numbers.append(pdf.make_indirect(Array([self._elements[leaf] for leaf in own])))
        self._root.K = Array([self._document])
        self._root.ParentTree = pdf.make_indirect(Dictionary(Nums=numbers))
        self._root.ParentTreeNextKey = len(leaves)

    def close(self) -> None:
        """Make the tree that of the document."""
        self._pdf.Root.StructTreeRoot = self._root
        self._pdf.Root.MarkInfo = Dictionary(Marked=True)
        if "/Lang" not in self._pdf.Root:
            self._pdf.Root.Lang = String(_LANGUAGE)

    def _grown(self, tag: _Tag, parent: pikepdf.Object) -> pikepdf.Object:
        element = self._elements[tag] = self._element(tag.kind, parent)
        if tag.text:
            element.ActualText = String(tag.text)
        if tag.rows > 1:
            element.A = Dictionary(O=Name.Table, RowSpan=tag.rows)
        element.K = Array([self._grown(child, element) for child in tag.children])
        return element

    def _element(self, kind: str, parent: pikepdf.Object) -> pikepdf.Object:
        return self._pdf.make_indirect(Dictionary(Type=Name.StructElem, S=Name(f"/{kind}"), P=parent))


class _Fonts:
    """The fonts of the text layer in the document that it is put into."""

    def __init__(self, pdf: pikepdf.Pdf) -> None:
        self._pdf = pdf
        self._fonts: dict[str, pikepdf.Object] = {}

    def renamed(self, name: str, fonts: pikepdf.Object) -> Name:
        """The name under which the font called ``name`` in ``fonts`` is found on pages."""
        ours = f"/{_FONTS}{name.removeprefix('/')}"
        if ours not in self._fonts:
            self._fonts[ours] = self._pdf.copy_foreign(fonts[name])
        return Name(ours)

    def add_to(self, page: pikepdf.Page) -> None:
        """Let a page find them all."""
        known = _ensured(_ensured(page.obj, "/Resources"), "/Font")
        for name, font in self._fonts.items():
            known[name] = font


def _ensured(holder: pikepdf.Object, key: str) -> pikepdf.Object:
    if key not in holder:
        holder[key] = Dictionary()
    return holder[key]


def _marked(
    paragraph: SetParagraph, tag: _Tag, number: int, shown: Shown, size: tuple[int, int], fonts: _Fonts
) -> bytes:
    """A paragraph as content of the page: marked as ``number``, and moved to where it is printed."""
    instructions: list[Instruction] = []
    for instruction in paragraph.instructions:
        operator = str(instruction.operator)
        if operator == "Tf":
            name, points = instruction.operands
            ours = fonts.renamed(str(name), paragraph.fonts)
            instructions.append(pikepdf.ContentStreamInstruction([ours, points], instruction.operator))
        elif operator not in _NO_TEXT:
            instructions.append(instruction)
    matrix = " ".join(f"{value:.6f}" for value in _to_page(paragraph.quarter, shown, size))
    text = pikepdf.unparse_content_stream(instructions)
    return b"/%s <</MCID %d>> BDC\nq %s cm\n%s\nQ\nEMC\n" % (tag.kind.encode(), number, matrix.encode(), text)


def _to_page(quarter: int, shown: Shown, size: tuple[int, int]) -> tuple[float, ...]:
    """The matrix (a, b, c, d, e, f) from the frame of a set paragraph to that of the page."""
    width, height = size
    level = height if quarter % 2 == 0 else width

    def moved(x: float, y: float) -> Point:
        down = level - y
        source = ((x, down), (width - down, x), (width - x, height - down), (down, height - x))[quarter]
        return shown.point(source[0] / width, source[1] / height)

    (e, f), (ae, bf), (ce, df) = moved(0, 0), moved(1, 0), moved(0, 1)
    return ae - e, bf - f, ce - e, df - f, e, f

"""One page: picture in, text lines and tables out."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass, field, replace
from itertools import accumulate, islice, pairwise
from math import ceil

import cv2
import numpy as np

from iki.ingest.digital import placed_page, typed_page, vouching
from iki.ingest.digital.placed_page import Prepared
from iki.ingest.digital.typed_page import TypedPage, TypedPageSettings
from iki.ingest.form import headings, signers
from iki.ingest.image.binarize import Image, Mask
from iki.ingest.image.codes import read_codes
from iki.ingest.image.ruling_lines import Rules
from iki.ingest.image.spreads import SpreadFinder
from iki.ingest.image.straighten import Straight, StraightenSettings, straighten
from iki.ingest.layout import borderless_table
from iki.ingest.layout.blocks import box_of, printed_rows
from iki.ingest.layout.borderless_table import AlignmentSettings, Foot
from iki.ingest.layout.ruled_table import GridSettings, Lattice, Span, frames, overlap, spans, tables, wiped
from iki.ingest.layout.set_table import Run, SetTable
from iki.ingest.layout.text_lines import Components, LineSettings, components, loose_lines, text_lines, usual_pitch
from iki.ingest.ocr.direction import NetworkJudge
from iki.ingest.ocr.engines import LineImage, Reader, crop
from iki.ingest.sources import PageImage, PlacedPage, placed_words
from iki.model import Box, Cell, Grid, Line, Page, Quad, Reading, Word

EVERYWHERE = Box(-np.inf, -np.inf, np.inf, np.inf)
SIGNATURE_FOOT = Foot(begins=signers.may_begin, closes=signers.is_number)
"""Below a form's table stands the signature block, which ends with a NIP."""


@dataclass(frozen=True, slots=True)
class PageSettings:
    """Tolerances of reading a page; lengths in letter heights unless told otherwise."""

    straighten: StraightenSettings = field(default_factory=StraightenSettings)
    spreads: SpreadFinder = field(default_factory=SpreadFinder)
    grid: GridSettings = field(default_factory=GridSettings)
    lines: LineSettings = field(default_factory=LineSettings)
    alignment: AlignmentSettings = field(default_factory=AlignmentSettings)
    typed: TypedPageSettings = field(default_factory=TypedPageSettings)
    set_table: SetTable = field(default_factory=SetTable)
    set_letter: float = 0.45
    """Width of a letter as which places on a page without spaces are counted."""
    margin: float = 0.4
    """Paper left before and after a line when it is cut out."""
    high: float = 1.06
    """Height of the cut-out against the page's usual distance of lines."""
    air: float = 0.2
    """Paper left above and below, together, of a line that is higher than that."""
    cell_inset: float = 0.12
    """Strip along a cell's rules where no text is looked for."""
    doubt: float = 0.9
    """A line with a word less certain than this (0–1) is read a second time."""
    struck: float = 0.85
    """A word over which coloured ink was taken out is at most so certain (0–1) …"""
    struck_share: float = 0.03
    """… if that was more than this share of its box."""
    taken: float = 0.12
    """Where more coloured ink than this (squares of the letter height) was taken out of a cell …"""
    taken_certainty: float = 0.5
    """… the cell is at most so certain (0–1): print may have gone with it."""
    plain: float = 0.8
    """Certainty (0–1) of a cell from which its rules are plain …"""
    fewest_cells: int = 6
    """… in a table of at least so many cells."""
    beside_frame: float = 0.5
    """Ink no further from the upright rules of a frame is of these."""
    letters: int = 3
    """A line that tells how far the sheet reaches has at least so many letters."""


@dataclass(frozen=True, slots=True)
class _Found:
    """A line before it is read: its ink, what to cut out, and the span of x it could have used (px)."""

    ink: Box
    cut: Box
    measure: tuple[float, float]


def read_page(image: PageImage | PlacedPage, reader: Reader, settings: PageSettings = PageSettings()) -> Page:
    """Read a page (``image.pixels``: H×W grey or H×W×3 BGR). Boxes are in straight, quads in source pixels.

    A page of placed words has no picture: what its file tells is laid out, its lines have no quads. A born-digital page
    is read from its text layer where the picture vouches for that. Where a picture shows several sheets, the answer is
    the first of them, with the others ``beside`` it.
    """
    if isinstance(image, PlacedPage):
        return _read_placed(image, settings)
    if image.layer is not None:
        typed = typed_page.prepared(image.layer, image.pixels, image.dpi, settings.typed)
        if typed is not None:
            return _read_typed(image, typed, reader, settings)
    straight = straighten(image.pixels, image.dpi, NetworkJudge(), settings.straighten)
    height, width = image.pixels.shape[:2]
    empty = Page(
        image.number, width, height, straight.dpi, straight.turned, straight.warp.size, straight.letter, (), ()
    )
    if not straight.letter:
        return empty
    parts = settings.spreads.parts(straight, (height, width))
    if parts:
        first, *others = (_read_part(image, part, reader, settings) for part in parts)
        return replace(first, beside=(*first.beside, *(p for o in others for p in (replace(o, beside=()), *o.beside))))
    found = tables(straight.ink, straight.letter, settings.grid)
    printed = _printed(straight, found, settings)
    draft = _drafted(straight, found, printed, {}, reader, settings)
    page = _content(image.number, straight, draft, [(r,) for r in draft.read], settings)
    again = _rebuilt(found, page, straight, printed.parts, settings)
    if again is not found:
        known = {line.ink: reading for line, reading in zip(draft.lines, draft.read, strict=True)}
        draft = _drafted(straight, again, _printed(straight, again, settings), known, reader, settings)
    page = _content(image.number, straight, draft, read_again(draft.strips, draft.read, reader, settings), settings)
    codes = read_codes(image.pixels, page.lines)
    return replace(empty, lines=page.lines, grids=page.grids, codes=codes)


def _read_part(image: PageImage, part: Box, reader: Reader, settings: PageSettings) -> Page:
    """Read one of several sheets in a picture; its quads are in pixels of the whole."""
    x, y = int(part.x0), int(part.y0)
    pixels = np.ascontiguousarray(image.pixels[y : int(part.y1), x : int(part.x1)])
    page = read_page(PageImage(image.number, pixels, image.dpi), reader, settings)

    def moved(quad: Quad) -> Quad:
        a, b, c, d = ((px + x, py + y) for px, py in quad)
        return a, b, c, d

    def line(read: Line) -> Line:
        return read if read.quad is None else replace(read, quad=moved(read.quad))

    def grid(table: Grid) -> Grid:
        cells = (replace(c, quad=moved(c.quad), lines=tuple(map(line, c.lines))) for c in table.cells)
        return replace(table, cells=tuple(cells))

    def whole(one: Page) -> Page:
        height, width = image.pixels.shape[:2]
        lines, grids = tuple(map(line, one.lines)), tuple(map(grid, one.grids))
        return replace(one, width=width, height=height, lines=lines, grids=grids, beside=tuple(map(whole, one.beside)))

    return whole(page)


def _read_typed(image: PageImage, typed: TypedPage, reader: Reader, settings: PageSettings) -> Page:
    """A born-digital page: the same tables, cells and lines as of a scan, from what the file draws and tells."""
    straight = typed.straight
    broken = vouching.unbelievable(typed.lines, straight.flat, reader.first, settings.typed.vouching)
    draft = _typed_draft(typed, broken, reader, settings)
    page = _content(image.number, straight, draft, [(r,) for r in draft.read], settings)
    again = _rebuilt(typed.tables, page, straight, typed.parts, settings)
    if again is not typed.tables:
        draft = _typed_draft(typed_page.with_tables(typed, again, settings.typed), broken, reader, settings)
    page = _content(image.number, straight, draft, read_again(draft.strips, draft.read, reader, settings), settings)
    height, width = image.pixels.shape[:2]
    size, letter = straight.warp.size, straight.letter
    read = Page(image.number, width, height, straight.dpi, straight.turned, size, letter, page.lines, page.grids)
    return replace(read, codes=read_codes(image.pixels, page.lines))


def _read_placed(page: PlacedPage, settings: PageSettings) -> Page:
    """A page of words that an earlier program put in their places: tables, cells and lines as of a born-digital one."""
    size = (int(page.width), int(page.height))
    page, laid = _set_table(page, settings)
    ready = placed_page.prepared(page)
    if ready is None:
        return Page(page.number, *size, 0.0, 0, size, 0.0, (), ())
    straight = ready.typed.straight
    found = tables(straight.ink, straight.letter, settings.grid)
    if laid and not any(len(t.xs) >= len(laid.xs) and len(t.ys) >= len(laid.ys) for t in found):
        found = [laid]
    typed = typed_page.with_tables(ready.typed, found, settings.typed)
    content = _placed_content(page.number, typed, ready, settings)
    again = found if laid and found[0] is laid else _rebuilt(found, content, straight, typed.parts, settings)
    if again is not found:
        typed = typed_page.with_tables(typed, again, settings.typed)
        content = _placed_content(page.number, typed, ready, settings)
    lines, grids = content.lines, content.grids
    return Page(page.number, *size, straight.dpi, 0, straight.warp.size, straight.letter, lines, grids)


def _set_table(page: PlacedPage, settings: PageSettings) -> tuple[PlacedPage, Lattice | None]:
    """A page of text set by spaces with the words of its table within their columns, and the lattice of that; of any
    other page the lattice that its words make."""
    ready = placed_page.prepared(page)
    if ready is None:
        return page, None
    letter = ready.typed.straight.letter
    pitch = settings.lines.pitch * letter
    plain = _placed_content(page.number, typed_page.with_tables(ready.typed, [], settings.typed), ready, settings)
    found = borderless_table.extent(plain.lines, pitch, SIGNATURE_FOOT, settings.alignment)
    if found is None:
        return page, None
    if page.cell:
        step = placed_words.CELL[0] * pitch / page.cell
        words = [
            [(w.text, w.box.x0 / placed_words.CELL[0], w.box.width / placed_words.CELL[0], w.box) for w in line]
            for line in page.lines
        ]
        scale = pitch / page.cell
    else:
        step, scale = settings.set_letter * letter, 1.0
        rows = printed_rows(plain.lines, settings.alignment.level * pitch)
        parts = [[w for line in row.lines for w in line.readings[0].words] for row in rows]
        words = [[(w.text, w.box.x0 / step, w.box.width / step, w.box) for w in line] for line in parts]
    runs = [[Run(int(x), text, ceil(x + width)) for text, x, width, _ in line] for line in words]
    tops = [min(box.y0 for *_, box in line) * scale for line in words]
    bottoms = [max(box.y1 for *_, box in line) * scale for line in words]
    middles = [(a + b) / 2 for a, b in zip(tops, bottoms, strict=True)]
    head, end = sum(middle < found[0] for middle in middles) - 1, sum(middle < found[1] for middle in middles)
    lead = (
        pitch if page.cell else float(np.median([b - a for a, b in pairwise(middles[max(head, 0) : end])] or [pitch]))
    )
    heights = list(accumulate((max(1, round((b - a) / lead)) for a, b in pairwise(middles)), initial=0))
    table = settings.set_table.read(runs, heights, head, end)
    if table is None:
        return page, None
    ys = [*(tops[i] for i in table.starts[:-1]), bottoms[table.starts[-1] - 1]]
    edges = table.edges if page.cell else table.printed
    if page.cell:
        page = placed_words.moved(page, [[run.start for run in line] for line in table.lines])
    xs = (np.array(edges) - 0.5) * step
    return page, Lattice(xs, np.array(ys), table.level, table.upright, ruled=False)


def _placed_content(number: int, typed: TypedPage, ready: Prepared, settings: PageSettings) -> _CellContent:
    """The lines and tables of a page of placed words; there is no picture that a line's quad could lead to."""
    made, found = _placed_lines(typed, settings)
    read = [ready.reading(line) for line in typed.lines]
    draft = _LineDraft(typed.tables, made, found, [], read)
    content = _content(number, typed.straight, draft, [(r,) for r in read], settings)

    def bare(lines: tuple[Line, ...]) -> tuple[Line, ...]:
        return tuple(replace(line, quad=None) for line in lines)

    grids = tuple(replace(g, cells=tuple(replace(c, lines=bare(c.lines)) for c in g.cells)) for g in content.grids)
    return _CellContent(bare(content.lines), grids)


def _typed_draft(typed: TypedPage, broken: Set[int], reader: Reader, settings: PageSettings) -> _LineDraft:
    """The lines of a born-digital page, those of doubtful characters or ``broken`` fonts read from its picture."""
    made, found = _placed_lines(typed, settings)
    strips = [vouching.line_image(typed.straight.flat, x.cut) for x in found]
    lines = typed.lines
    doubtful = [i for i, x in enumerate(lines) if not x.sound or any(sign.font in broken for sign in x.signs)]
    seen = dict(zip(doubtful, reader.first.read([strips[i] for i in doubtful]), strict=True))
    read = [seen.get(i) or x.reading for i, x in enumerate(lines)]
    return _LineDraft(typed.tables, made, found, strips, read)


def _placed_lines(
    typed: TypedPage, settings: PageSettings
) -> tuple[list[tuple[Lattice, Span, list[_Found]]], list[_Found]]:
    """The lines of every cell of a page of known characters, and all of its lines in their order."""
    letter, page = typed.straight.letter, Box(0, 0, *map(float, typed.straight.warp.size))

    def placed(ink: Box, room: Box) -> _Found:
        return _Found(ink, _cut(ink, page, settings.lines.pitch * letter, letter, settings), (room.x0, room.x1))

    made = [(t, span, [placed(x.box, span.box) for x in own]) for t, span, own in typed.cells]
    found = [*(x for *_, own in made for x in own), *(placed(x.box, page) for x in typed.loose)]
    return made, found


@dataclass(frozen=True, slots=True)
class _Print:
    """What a straight page shows beside its tables' lattices: the pixels of rules, the ink without them (masks, H×W),
    and the pieces of that ink."""

    rules: Mask
    text: Mask
    parts: Components


def _printed(straight: Straight, found: list[Lattice], settings: PageSettings) -> _Print:
    rules = wiped(straight.ink, found, straight.letter)
    text = cv2.subtract(straight.ink, rules)
    return _Print(rules, text, components(text, straight.letter, settings.lines))


def _rebuilt(
    found: list[Lattice], page: _CellContent, straight: Straight, parts: Components, settings: PageSettings
) -> list[Lattice]:
    """The tables of a page with what their missing rules would tell, or ``found`` itself where none are missing."""
    letter, pitch = straight.letter, settings.lines.pitch * straight.letter
    known = [headings.find(grid) for grid in page.grids]
    if not any(known):
        rules = Rules.of(straight.ink, letter)
        lines = [*page.lines, *(line for grid in page.grids for cell in grid.cells for line in cell.lines)]
        reach = borderless_table.extent(lines, pitch, SIGNATURE_FOOT, settings.alignment)
        plain = [table for table in found if _is_plain(table, settings)]
        if not found or reach:
            room = _room(reach, lines, found, rules, letter, settings) if reach else EVERYWHERE
            guessed = borderless_table.guess(
                [x for x in lines if box_of(x).centre[1] < room.y1],
                parts.within(replace(room, y1=np.inf)),
                rules.between(-np.inf, room.y1 - letter / 2),
                letter,
                pitch,
                SIGNATURE_FOOT,
                settings.alignment,
            )
            replaced = [table for table in found if guessed and overlap(guessed, table, letter)]
            if guessed and all(_is_more(guessed, t) and t not in plain for t in replaced):
                kept = [table for table in found if table not in replaced]
                return sorted([guessed, *kept], key=lambda table: float(table.ys[0]))
    again = [
        borderless_table.divided(
            table,
            c.names if c else (None,) * (len(table.xs) - 1),
            c.first_row if c else 0,
            parts,
            letter,
            pitch,
            settings.alignment,
        )
        for table, c in zip(found, known, strict=True)
    ]
    return again if any(a is not b for a, b in zip(again, found, strict=True)) else found


def _room(
    reach: tuple[float, float],
    lines: list[Line],
    found: list[Lattice],
    rules: Rules,
    letter: float,
    settings: PageSettings,
) -> Box:
    """Where (px) a table of which ``reach`` tells can stand: between the upright rules of the frame around its first
    row and all of its lines, if there is one, and above the next plain table, or what stands below such a frame."""
    edge = settings.beside_frame * letter
    own = [box for box in map(box_of, lines) if reach[0] <= box.centre[1] <= reach[1]]
    left, right = min((box.x0 for box in own), default=np.inf), max((box.x1 for box in own), default=-np.inf)
    every = frames(rules, letter, settings.grid)
    around = [f for f in every if f.y0 < reach[0] < f.y1]
    whole = [f for f in around if f.x0 <= left + edge and f.x1 >= right - edge]
    bottom = max((f.y1 for f in around), default=np.inf)
    below = [float(t.ys[0]) for t in found if t.ys[-1] > bottom + letter or _is_plain(t, settings)]
    below += [f.y0 for f in every if whole and f.y0 > bottom]
    return Box(
        max((f.x0 + edge for f in whole), default=-np.inf),
        -np.inf,
        min((f.x1 - edge for f in whole), default=np.inf),
        min((y for y in below if y > reach[0]), default=np.inf),
    )


def _is_plain(found: Lattice, settings: PageSettings) -> bool:
    """Whether a table's rules are so plain that no guess is as good: at least half of its cells are certain."""
    certain = [span.certainty >= settings.plain for span in spans(found, settings.grid)]
    return len(certain) >= settings.fewest_cells and sum(certain) * 2 >= len(certain)


def _is_more(guessed: Lattice, found: Lattice) -> bool:
    """Whether a guessed table has columns that a found one lacks, as one made of letters that stand in line does."""
    return len(guessed.xs) > len(found.xs)


@dataclass(frozen=True, slots=True)
class _CellContent:
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]


@dataclass(frozen=True, slots=True)
class _LineDraft:
    """A page whose lattices are known, its lines read once: first those of the ``cells``, one cell after the other,
    then those outside of tables."""

    found: list[Lattice]
    cells: list[tuple[Lattice, Span, list[_Found]]]
    lines: list[_Found]
    strips: list[LineImage]
    read: list[Reading]


def _drafted(
    straight: Straight,
    found: list[Lattice],
    printed: _Print,
    known: Mapping[Box, Reading],
    reader: Reader,
    settings: PageSettings,
) -> _LineDraft:
    """Read the lines of a straightened page, but those that are ``known`` by the box of their ink and near no rule."""
    cells, loose = layout(printed.text, printed.parts, found, straight.letter, settings)
    own = [line for *_, lines in cells for line in lines]
    # An underline runs through commas and descenders: outside of tables it is less harm to the reader than its removal.
    pages = [without(straight.flat, printed.rules)] * len(own) + [straight.flat] * len(loose)
    lines = [*own, *loose]
    strips = [LineImage(crop(page, line.cut), line.cut) for page, line in zip(pages, lines, strict=True)]
    new = [
        i
        for i, line in enumerate(lines)
        if line.ink not in known or (i < len(own) and crop(printed.rules, line.cut).any())
    ]
    fresh = dict(
        zip(new, tempered(reader.first.read([strips[i] for i in new]), straight.struck, settings), strict=True)
    )
    read = [fresh[i] if i in fresh else known[line.ink] for i, line in enumerate(lines)]
    kept = [*range(len(own)), *(len(own) + i for i in on_sheet(loose, read[len(own) :], found, settings))]
    return _LineDraft(found, cells, [lines[i] for i in kept], [strips[i] for i in kept], [read[i] for i in kept])


def _content(
    number: int, straight: Straight, draft: _LineDraft, read: list[tuple[Reading, ...]], settings: PageSettings
) -> _CellContent:
    """The lines and tables of a page with what was ``read`` of each line."""
    quads = straight.warp.quads([line.ink for line in draft.lines])
    lines = (
        Line(number, line.ink, quad, line.measure, readings)
        for line, quad, readings in zip(draft.lines, quads, read, strict=True)
    )
    around = straight.warp.quads([span.box for _, span, _ in draft.cells])
    made = [
        (t, _cell(_doubted(span, straight, settings), tuple(islice(lines, len(own))), quad))
        for (t, span, own), quad in zip(draft.cells, around, strict=True)
    ]
    grids = tuple(
        Grid(tuple(map(float, t.xs)), tuple(map(float, t.ys)), tuple(c for owner, c in made if owner is t), t.ruled)
        for t in draft.found
    )
    return _CellContent(tuple(x for x in lines if x.text), grids)


def _doubted(span: Span, straight: Straight, settings: PageSettings) -> Span:
    """The span of a cell, less certain where coloured ink was taken out of it."""
    if straight.struck is None:
        return span
    inset = settings.cell_inset * straight.letter
    b = span.box
    taken = crop(straight.struck, Box(b.x0 + inset, b.y0 + inset, b.x1 - inset, b.y1 - inset)).sum() / 255
    if taken <= settings.taken * straight.letter**2:
        return span
    return replace(span, certainty=min(span.certainty, settings.taken_certainty))


def _cell(span: Span, lines: tuple[Line, ...], quad: Quad) -> Cell:
    kept = tuple(line for line in lines if line.text)
    return Cell(
        span.row,
        span.column,
        span.row_span,
        span.column_span,
        span.box,
        quad,
        kept,
        round(span.certainty, 3),
    )


def without(flat: Image, rules: Mask) -> Image:
    """A flattened page (H×W) with the pixels of ``rules`` painted over."""
    clean = flat.copy()
    clean[rules > 0] = 255
    return clean


def layout(
    text: Mask, parts: Components, found: list[Lattice], letter: float, settings: PageSettings
) -> tuple[list[tuple[Lattice, Span, list[_Found]]], list[_Found]]:
    """Every cell with its lines, and the lines outside of tables.

    ``text`` is the ink of a straight page (H×W) with its rules wiped, ``parts`` the pieces of it.
    """
    inset = settings.cell_inset * letter
    cells = []
    outside = np.ones(len(parts), bool)
    for table in found:
        for span in spans(table, settings.grid):
            b = span.box
            inner = Box(b.x0 + inset, b.y0 + inset, b.x1 - inset, b.y1 - inset)
            cells.append((table, span, inner, text_lines(parts.within(inner), letter, settings.lines)))
        x, y = (parts.x0 + parts.x1) / 2, (parts.y0 + parts.y1) / 2
        outside &= ~(
            (x >= table.xs[0] - letter) & (x < table.xs[-1] + letter) & (y >= table.ys[0]) & (y < table.ys[-1])
        )
    rest = loose_lines(text, parts.only(outside), letter, settings.lines)
    pitch = usual_pitch([lines for *_, lines in cells], letter, settings.lines)
    width = float(text.shape[1])

    def placed(ink: Box, room: Box) -> _Found:
        return _Found(ink, _cut(ink, room, pitch, letter, settings), (room.x0, room.x1))

    page = Box(0, 0, width, float(text.shape[0]))
    return (
        [(t, span, [placed(ink, span.box) for ink in lines]) for t, span, _, lines in cells],
        [placed(ink, page) for ink in rest],
    )


def _cut(ink: Box, room: Box, pitch: float, letter: float, settings: PageSettings) -> Box:
    """What to cut out for a line (px) that stands in ``room`` among lines ``pitch`` apart."""
    middle, half = ink.centre[1], max(settings.high * pitch, ink.height + settings.air * letter) / 2
    margin = settings.margin * letter
    return Box(
        max(room.x0, ink.x0 - margin),
        max(room.y0, middle - half),
        min(room.x1, ink.x1 + margin),
        min(room.y1, middle + half),
    )


def tempered(read: list[Reading], struck: Mask | None, settings: PageSettings) -> list[Reading]:
    """The readings with less trust in words over which coloured ink was taken out (``struck``, H×W)."""
    if struck is None:
        return read

    def word(w: Word) -> Word:
        over = crop(struck, w.box).mean() / 255 > settings.struck_share
        return replace(w, confidence=min(w.confidence, settings.struck)) if over else w

    words = [tuple(word(w) for w in reading.words) for reading in read]
    return [
        replace(reading, words=own, confidence=min((w.confidence for w in own), default=reading.confidence))
        for reading, own in zip(read, words, strict=True)
    ]


def on_sheet(lines: list[_Found], read: list[Reading], found: list[Lattice], settings: PageSettings) -> list[int]:
    """Which lines outside of tables are of the sheet: not the doubtful ones to the left or right of all that is sure.

    Those are a desk's grain, a finger, the edge of a second page.
    """
    sure = [r.confidence >= settings.doubt and sum(map(str.isalpha, r.text)) >= settings.letters for r in read]
    left = [float(t.xs[0]) for t in found] + [line.ink.x0 for line, s in zip(lines, sure, strict=True) if s]
    right = [float(t.xs[-1]) for t in found] + [line.ink.x1 for line, s in zip(lines, sure, strict=True) if s]
    if not left:
        return list(range(len(lines)))
    x0, x1 = min(left), max(right)
    return [i for i, line in enumerate(lines) if sure[i] or (line.ink.x1 > x0 and line.ink.x0 < x1)]


def read_again(
    strips: list[LineImage], first: list[Reading], reader: Reader, settings: PageSettings
) -> list[tuple[Reading, ...]]:
    """One or more readings for every line: the ``first`` one, and the second engine's where that was in doubt."""
    if reader.second is None:
        return [(r,) for r in first]
    doubtful = [i for i, r in enumerate(first) if r.text and r.confidence < settings.doubt]
    second = dict(zip(doubtful, reader.second.read([strips[i] for i in doubtful]), strict=True))
    return [(r, second[i]) if i in second and second[i].text else (r,) for i, r in enumerate(first)]

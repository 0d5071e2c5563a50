"""The pages of a file put together into sheets: what begins one, what goes on, what is divider, blank or foreign."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import pairwise, zip_longest

from rapidfuzz import fuzz

from iki.ingest.form import fields as form_of
from iki.ingest.form import headings as columns_of
from iki.ingest.form import rows as rows_of
from iki.ingest.form import signers as signature_of
from iki.ingest.form.fields import Form
from iki.ingest.form.headings import Columns
from iki.ingest.form.signers import Signatures
from iki.ingest.layout.blocks import box_of
from iki.ingest.layout.text_lines import LineSettings
from iki.model import Box, Cell, Document, Grid, Line, Note, Page, RawRow, RawSheet, RawValue, note
from iki.terms import CELLS, COLUMNS, PARTIES

_DECISION = re.compile(
    r"^\W*(menimbang|mengingat|memperhatikan|memutuskan|menetapkan|pertama|kesatu|kedua|ketiga|keempat|kelima|keputusan"
    r"|lampiran|nomor|tentang|undang-undang|peraturan)\b",
    re.IGNORECASE,
)
"""Words at the head of the lines of a decision and of its annex (UU 12/2011, annex II)."""
_DECIDING = frozenset(("menimbang", "mengingat", "memutuskan", "menetapkan", "kesatu", "kedua", "ketiga", "keempat"))
"""Those of them that only a decision has."""
_ANNEX = re.compile(r"^\W*(?:lampiran|keputusan)\b", re.IGNORECASE)
HEADING_LINES = 4
"""Line distances above a table within which its headings may stand as loose lines."""
SAME_EDGE = 0.02
"""Share of a table's width by which the left and right edges of one that goes on with it on its page may differ."""
_YEAR = re.compile(r"\b20\d{2}\b")


@dataclass(frozen=True, slots=True)
class AssemblySettings:
    """What counts as evidence when pages are put together."""

    fewest_columns: int = 3
    """A grid with fewer columns is no table of indikator, but a form or a frame."""
    divider_lines: int = 5
    divider_words: int = 16
    """A divider page has at most so many lines and words."""
    enough: float = 2.0
    """Evidence from which a page goes with a sheet."""
    follows: float = 2.0
    """Weight of coming directly after the sheet."""
    same_columns: float = 1.5
    """Weight of column rules at the same places (against it, twice as much, where they differ)."""
    counts_on: float = 1.0
    """Weight of row numbers that go on (against it, three times as much, where they begin anew or jump)."""
    signed: float = 5.0
    """Weight against a sheet that is signed already."""
    awaited: float = 5.0
    """Weight of a table right after a page of labels that has none."""
    labels: int = 2
    """Labels that begin a sheet on a page without title and table."""
    decision: int = 2
    """Words of a decision at the head of lines that tell a page of it, one without labels and table."""
    cover_words: int = 60
    """A cover, which has a title but neither labels nor table, has at most so many words."""
    precedes: float = 1.0
    """Weight of standing directly before the first page of a sheet that lacks its end."""
    goes_on: float = 1.0
    """Weight of a first row whose text goes on in the middle of the sheet's last one."""
    wordy: float = 2.5
    """Words that the cells of a sheet's table, those with text in them, hold at least on average."""
    same_words: float = 0.93
    """Share of two pages' words in common from which they are the same page scanned twice …"""
    same_name: float = 0.8
    """… if the names of the signers, where both have any, are so alike (0–1) …"""
    fewest_words: int = 20
    """… and the pages have so many words."""


@dataclass(frozen=True)
class Seen:
    """What one page holds: the form above the table, its columns and rows, and the signature block."""

    page: Page
    form: Form
    grid: Grid | None
    columns: Columns | None
    signatures: Signatures
    above: tuple[Line, ...]
    """The lines above the table, or all of them where there is none."""
    below: tuple[Line, ...]
    """The lines below the table, or below the labels where there is none."""
    pitch: float
    """Usual distance of lines (px)."""
    lines: tuple[Line, ...]
    place: int = 0
    """Where the page stands in its file: its number, but that the sheets of one picture count as pages of their own."""

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def is_blank(self) -> bool:
        return not self.lines and self.grid is None

    @cached_property
    def words(self) -> Counter[str]:
        """How often each word stands on the page."""
        cells = [x for c in self.grid.cells for x in c.lines] if self.grid else []
        return Counter(w.lower() for x in (*self.lines, *cells) for w in x.text.split())

    @cached_property
    def numbers(self) -> frozenset[str]:
        """The digits of the numbers (NIP) in the signature block."""
        values = (v for k, v in self.signatures.fields.items() if k.endswith("_nip"))
        return frozenset("".join(filter(str.isdecimal, rows_of.text_of(v))) for v in values)

    @property
    def has_rows(self) -> bool:
        """Whether there is more of a table on the page than its headings."""
        return self.grid is not None and (self.columns is None or self.columns.first_row < len(self.grid.ys) - 1)

    @property
    def has_evidence(self) -> bool:
        """Whether anything on the page is of an IKI sheet."""
        return self.form.titled or self.columns is not None or (self.grid is not None) or self.signatures.numbers > 0

    @property
    def is_guess(self) -> bool:
        """Whether the page holds a table only if it goes on with one before: neither rules nor headings show it."""
        return self.grid is not None and not self.grid.ruled and self.columns is None

    @property
    def edges(self) -> tuple[float, ...]:
        """The x of the table's columns as shares (0–1) of the page's width."""
        return tuple(x / self.page.straight_size[0] for x in self.grid.xs) if self.grid else ()


def parts(page: Page, settings: AssemblySettings = AssemblySettings()) -> tuple[Page, ...]:
    """A page cut where another sheet begins below a table: above a title with a label, or two labels, further down."""
    tables = sorted((g for g in page.grids if columns_of.find(g)), key=lambda g: g.ys[0])
    pitch = _pitch(page)
    cuts = []
    for table, after in zip_longest(tables, tables[1:]):
        bottom = after.ys[0] if after else float("inf")
        between = [x for x in page.lines if table.ys[-1] < box_of(x).centre[1] < bottom]
        form = form_of.find(between, pitch)
        if form.labels >= (settings.labels if after and not form.titled else 1) and (after or form.titled):
            cuts.append(min(box_of(x).y0 for v in form.fields.values() for x in v.lines) - pitch / 2)
    edges = [-float("inf"), *cuts, float("inf")]
    return tuple(_part(page, a, b) for a, b in pairwise(edges)) if cuts else (page,)


def _part(page: Page, top: float, bottom: float) -> Page:
    """The lines and tables of a page between two heights (y, px)."""
    lines = tuple(x for x in page.lines if top <= box_of(x).centre[1] < bottom)
    return replace(page, lines=lines, grids=tuple(g for g in page.grids if top <= g.box.centre[1] < bottom))


def _pitch(page: Page) -> float:
    """The usual line distance of a page (px)."""
    return max(LineSettings().pitch * page.text_height, 1.0)


def _continued(table: Grid, columns: Columns, grids: Sequence[Grid]) -> list[Grid]:
    """The tables below one on its page that go on with it: same column rules, no headings or the same ones."""
    left, right = table.xs[0], table.xs[-1]
    return [
        g
        for g in sorted(grids, key=lambda g: g.ys[0])
        if g.ruled and g.ys[0] >= table.ys[-1] and columns_of.same(columns, g)
        and max(abs(g.xs[0] - left), abs(g.xs[-1] - right)) <= SAME_EDGE * (right - left)
        and (own.names == columns.names if (own := columns_of.find(g)) else not columns_of.printed(g))
    ]  # fmt: skip


def _whole(table: Grid, more: Sequence[Grid]) -> Grid:
    """A table and those that go on with it as one; the gaps between them are rows without cells."""
    for other in more:
        below = tuple(replace(c, row=c.row + len(table.ys)) for c in other.cells)
        table = replace(table, ys=(*table.ys, *other.ys), cells=(*table.cells, *below))
    return table


def _lines(grid: Grid) -> list[Line]:
    return [x for c in grid.cells for x in c.lines]


def _is_list(grid: Grid, pitch: float) -> bool:
    """Whether a ruled table is one of something else than a form's labels: of a budget, of programmes."""
    form = form_of.find(_lines(grid), pitch)
    return grid.ruled and min(len(grid.xs), len(grid.ys)) > 2 and not form.labels and not form.titled  # noqa: PLR2004


def _headed(table: Grid, lines: Sequence[Line], pitch: float) -> Grid:
    """A ruled table without headings with those that stand as loose lines right above its columns, if any name them: a
    dark or coloured bar has hidden their rules."""
    top = table.ys[0]
    loose = [x for x in lines if top - HEADING_LINES * pitch <= box_of(x).centre[1] < top]
    named = []
    for column, (left, right) in enumerate(pairwise(table.xs)):
        own = tuple(sorted((x for x in loose if left <= box_of(x).centre[0] < right), key=lambda x: box_of(x).y0))
        if own:
            box = Box(left, box_of(own[0]).y0, right, top)
            named.append(Cell(0, column, 1, 1, box, own[0].quad or table.cells[0].quad, own, 1.0))
    if not named:
        return table
    below = (replace(c, row=c.row + 1) for c in table.cells)
    whole = replace(table, ys=(min(c.box.y0 for c in named), *table.ys), cells=(*named, *below))
    return whole if columns_of.find(whole) else table


def _with_headings(page: Page, table: Grid, pitch: float) -> tuple[Page, Grid, Columns | None]:
    """A page with the headings of its table put above it, and what they name; in doubt where a column has none."""
    whole = _headed(table, page.lines, pitch)
    if whole is table:
        return page, table, None
    used = {id(x) for c in whole.cells if c.row == 0 for x in c.lines}
    kept = tuple(x for x in page.lines if id(x) not in used)
    page = replace(page, lines=kept, grids=tuple(whole if g is table else g for g in page.grids))
    columns = columns_of.find(whole)
    return page, whole, replace(columns, known=all(columns.headings)) if columns else None


def look(page: Page, settings: AssemblySettings = AssemblySettings()) -> Seen:
    """Find form, table and signature block on a page that has been read."""
    known = [(g, columns_of.find(g)) for g in page.grids]
    table, columns = next(((g, c) for g, c in known if c), (None, None))
    if table is None:
        wide = [g for g in page.grids if len(g.xs) - 1 >= settings.fewest_columns]
        table = max(wide, key=lambda g: len(g.cells), default=None)
    if table is not None and table.ruled and columns is None and len(table.xs) > settings.fewest_columns:
        page, table, columns = _with_headings(page, table, _pitch(page))
    more = _continued(table, columns, page.grids) if table and columns else []
    used = [table, *more]
    others = [line for g in page.grids if all(g is not u for u in used) for c in g.cells for line in c.lines]
    table = _whole(table, more) if table else None
    lines = tuple(sorted([*page.lines, *others], key=lambda x: (box_of(x).y0, box_of(x).x0)))
    pitch = _pitch(page)
    width = float(page.straight_size[0])
    lists = {id(x) for g in page.grids if table and g.ys[-1] <= table.ys[0] and _is_list(g, pitch) for x in _lines(g)}
    above = [x for x in lines if id(x) not in lists and (table is None or box_of(x).centre[1] < table.ys[0])]
    form = form_of.find(above, pitch)
    if table is None:
        bottom = max((box_of(x).y1 for v in form.fields.values() for x in v.lines), default=-float("inf"))
        below = [x for x in lines if box_of(x).centre[1] > bottom]
    else:
        below = [x for x in lines if box_of(x).centre[1] > table.ys[-1]]
    signatures = signature_of.find(below, width, pitch)
    return Seen(page, form, table, columns, signatures, tuple(above), tuple(below), pitch, lines)


@dataclass(slots=True)
class _Draft:
    """A sheet while its pages are being put together."""

    unit: RawValue | None
    pages: list[Seen] = field(default_factory=list)
    columns: Columns | None = None
    rows: tuple[RawRow, ...] = ()
    step: int = 1
    """Distance (pages) from one page of the sheet to the next: −1 where a file is put together from its end."""

    @property
    def signed(self) -> bool:
        return any(p.signatures.numbers for p in self.pages)

    @property
    def is_cover(self) -> bool:
        """Whether there are labels and no table so far, nor a signature."""
        return self.columns is None and not self.rows and not self.signed

    @property
    def has_signers(self) -> bool:
        return any(p.signatures.found for p in self.pages)

    @property
    def follows(self) -> int:
        """Place of the page that comes next if the sheet goes on."""
        return self.pages[-1].place + self.step

    def add(self, seen: Seen) -> None:
        self.pages.append(seen)
        if seen.grid is None:
            return
        columns = self.named(seen)
        self.columns = self.columns or columns
        if columns:
            same = len(columns.names) == len(self.columns.names) if self.columns else False
            named = _named_like(columns, self.columns) if same else columns
            missing = (
                tuple(n for n in self.columns.names if n not in named.names) if self.columns and seen.is_guess else ()
            )
            self.rows = rows_of.joined(self.rows, rows_of.page_rows(seen.grid, named, seen.number, missing))

    def named(self, seen: Seen) -> Columns | None:
        """The columns of a page's table: by its headings, or those of this sheet."""
        if seen.grid is None or seen.columns:
            return seen.columns
        return self.placed(seen) if seen.is_guess else _headless(seen.grid, self.columns)

    def placed(self, seen: Seen) -> Columns | None:
        """The columns of a page without rules and headings by their places on the page before."""
        home = next((p for p in reversed(self.pages) if p.columns and p.grid), None)
        if home is None or home.columns is None or seen.grid is None:
            return None
        names = columns_of.placed(seen.edges, home.edges, (self.columns or home.columns).names)
        return Columns(names, ("",) * len(names), 0, columns_of.edges(seen.grid)) if names else None


def _named_like(columns: Columns, known: Columns | None) -> Columns:
    """The columns of a continuation page under the names of the sheet's first page."""
    return replace(known, first_row=columns.first_row, edges=columns.edges) if known else columns


def _headless(grid: Grid, known: Columns | None) -> Columns | None:
    """Columns of a grid without known headings: those of the sheet that it goes on with, or its printed headings, or
    the promised ones in order, as many as there are."""
    count = len(grid.xs) - 1
    shape = columns_of.edges(grid)
    if known and len(known.names) == count:
        return Columns(known.names, known.headings, 0, shape, known.known)
    if found := columns_of.printed(grid):
        return found
    promised = COLUMNS if count >= len(COLUMNS) else CELLS
    if count < len(promised):
        return None
    extra = tuple(f"kolom_{i + 1}" for i in range(len(promised), count))
    return Columns((*promised, *extra), ("",) * count, 0, shape, known=False)


def _numbers(rows: Sequence[RawRow]) -> list[int]:
    """The printed row numbers, in order, unreadable ones left out."""
    found = (re.search(r"\d+", rows_of.text_of(r.values.get("no"))) for r in rows)
    return [int(m.group()) for m in found if m]


def _evidence(draft: _Draft, seen: Seen, settings: AssemblySettings) -> float:
    """How much speaks for a page being the next of a sheet."""
    total = settings.follows if draft.follows == seen.place else 0.0
    if not draft.signed and draft.pages[0].place - draft.step == seen.place:
        total += settings.precedes
    total -= settings.signed * draft.signed
    if draft.is_cover and seen.columns and draft.follows == seen.place:
        return total + settings.awaited
    if seen.grid is None or draft.columns is None or (seen.columns is not None and not seen.has_rows):
        return total  # headings that are printed on every page are no table
    columns = draft.named(seen)
    alike = columns is not None if seen.is_guess else _alike(draft, seen)
    total += settings.same_columns if alike else -2 * settings.same_columns
    rows = rows_of.page_rows(seen.grid, columns, seen.number) if columns else ()
    total += settings.goes_on * rows_of.go_on(draft.rows, rows)
    numbers, before = _numbers(rows), _numbers(draft.rows)
    if numbers and before:
        total += settings.counts_on if before[-1] <= numbers[0] <= before[-1] + 1 else -3 * settings.counts_on
    return total


def _alike(draft: _Draft, seen: Seen) -> bool:
    """Whether a page's table has the columns of a sheet."""
    if seen.grid is None or draft.columns is None:
        return False
    if seen.grid.ruled or seen.columns is None:
        return columns_of.same(draft.columns, seen.grid)
    return seen.columns.names == draft.columns.names


def _begins(seen: Seen, drafts: Sequence[_Draft], settings: AssemblySettings) -> bool:
    """Whether a page begins a sheet: by its title or labels, or by headings where nothing open goes on."""
    titled = (
        seen.form.titled or seen.form.labels >= settings.labels or (seen.form.labels > 0 and seen.columns is not None)
    )
    if not titled and seen.columns is None:
        return False
    last = drafts[-1] if drafts else None
    if last and seen.columns and not seen.form.labels and last.is_cover and last.follows == seen.place:
        return False
    if last is None or last.signed or last.follows != seen.place:
        return titled or (seen.columns is not None and _best(drafts, seen, settings) is None)
    if titled:
        return not (_repeats(last, seen) and _evidence(last, seen, settings) > settings.enough + settings.same_columns)
    return _evidence(last, seen, settings) < settings.enough


def _repeats(draft: _Draft, seen: Seen) -> bool:
    """Whether a page says again what the sheet's first page says above its table (a form printed on every page)."""
    first = draft.pages[0].form.fields
    own = seen.form.fields
    return all(key not in own or _plain(first.get(key)) == _plain(own[key]) for key in (*form_of.LABELS, "judul"))


def _plain(value: RawValue | None) -> str:
    return "".join(c for c in rows_of.text_of(value).lower() if c.isalnum())


def _best(drafts: Sequence[_Draft], seen: Seen, settings: AssemblySettings) -> _Draft | None:
    scored = sorted(((_evidence(d, seen, settings), i) for i, d in enumerate(drafts)), reverse=True)
    if not scored or scored[0][0] < settings.enough or (len(scored) > 1 and scored[1][0] == scored[0][0]):
        return None
    return drafts[scored[0][1]]


def _is_divider(seen: Seen, settings: AssemblySettings) -> bool:
    """Whether a page is but a few words in capitals; the form's name may be among them, its labels and table not."""
    if seen.grid is not None or seen.form.labels or seen.signatures.numbers:
        return False
    words = [w for line in seen.lines for w in line.text.split()]
    letters = [c for w in words for c in w if c.isalpha()]
    return (
        0 < len(seen.lines) <= settings.divider_lines
        and len(words) <= settings.divider_words
        and len(letters) > len(words)
        and sum(c.isupper() for c in letters) * 2 > len(letters)
    )


def _is_front(seen: Seen, settings: AssemblySettings) -> bool:
    """Whether a page is a cover of several sheets or of the decision that they are an annex to."""
    if seen.columns or (seen.grid and seen.grid.ruled):
        return False
    heads = {m[1].lower() for x in seen.lines if (m := _DECISION.match(x.text))}
    if len(heads & _DECIDING) >= settings.decision:
        return True
    cover = seen.form.titled and not seen.signatures.numbers and bool(form_of.agency(seen.lines, seen.pitch))
    return not seen.form.labels and (
        len(heads) >= settings.decision or (cover and seen.words.total() <= settings.cover_words)
    )


def _unit(seen: Seen) -> RawValue:
    """The lines of a divider page that name the unit; a line with a year or the form's name only says what is filed."""
    named = tuple(x for x in seen.lines if not re.search(r"\d|\bI[KN]I\b|INDIKATOR", x.text))
    return RawValue(named or seen.lines)


def _placed(pages: Iterable[Page], settings: AssemblySettings) -> Iterator[tuple[int, Page]]:
    """The pages of a file, and the sheets beside and below one in one picture as such, with their places."""
    extra = 0
    for page in pages:
        found = [part for each in (page, *page.beside) for part in parts(each, settings)]
        yield from enumerate(found, page.number + extra)
        extra += len(found) - 1


def _seen(page: Page, drafts: Sequence[_Draft], settings: AssemblySettings) -> Seen:
    """What a page holds; a table that only its place shows counts where a sheet with such columns stands before."""
    seen = look(page, settings)
    fits = not seen.is_guess or any(draft.placed(seen) for draft in drafts)
    return seen if fits else look(_unrolled(page), settings)


def _unrolled(page: Page) -> Page:
    """A page with what was guessed to be tables as plain lines."""
    guessed = [g for g in page.grids if not g.ruled]
    lines = [line for g in guessed for c in g.cells for line in c.lines]
    kept = tuple(g for g in page.grids if g.ruled)
    return replace(
        page, lines=tuple(sorted([*page.lines, *lines], key=lambda x: (box_of(x).y0, box_of(x).x0))), grids=kept
    )


def assemble(
    file: str, sha256: str, pages: Iterable[Page], settings: AssemblySettings = AssemblySettings()
) -> Document:
    """Put the pages of one file (in order of number) together into sheets.

    A page with title or labels begins a sheet. Any other page goes with a sheet only on evidence: place, column rules,
    row numbers, text that goes on, the missing signature. Where pages are left without their sheet, the file is put
    together from its end too, and that is kept if fewer are left so. A page that was scanned twice counts once. A
    table without a sheet is kept as a sheet of its own; a divider page sets ``unit`` for the sheets that follow.
    ``notes`` of the answer name blank, foreign and turned pages, ``lacks`` all that seems to be missing.
    """
    every = list(pages)
    placed = list(_placed(every, settings))
    found = _gathered(placed, 1, settings)
    if found.strays and len(placed) > 1:
        turned = _gathered(placed[::-1], -1, settings)
        if (turned.strays, turned.unsigned) < (found.strays, found.unsigned):
            found = turned
            found.notes.insert(0, note("ingest_reversed"))
    drafts = found.drafts
    lacks = [*found.lacks]
    lacks += [note("ingest_no_rows", page=d.pages[0].number) for d in drafts if not d.rows]
    drafts = sorted((d for d in drafts if d.rows or d.signed), key=lambda d: d.pages[0].place)
    sheets = [_sheet(i, d) for i, d in enumerate(drafts, 1)]
    last = _last_signed(drafts, sheets, found.front)
    unsigned = [d.pages[0].number for d in drafts if not d.has_signers and not last]
    if unsigned:
        lacks.append(note("ingest_unsigned", pages=", ".join(map(str, unsigned))))
    sheets = [
        _completed(sheet, draft, found.front, {} if draft.has_signers else last)
        for sheet, draft in zip(sheets, drafts, strict=True)
    ]
    return Document(file, sha256, len(every), tuple(sheets), tuple(found.notes), tuple(lacks))


@dataclass(slots=True)
class _Gathered:
    """The sheets of a file as far as they are put together, what there is to say, and how many pages are strays: of a
    sheet by what they hold, but of none that is there. ``step``: distance (pages) from one page to the next, 1 or −1.
    """

    step: int
    settings: AssemblySettings
    drafts: list[_Draft] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    lacks: list[Note] = field(default_factory=list)
    strays: int = 0
    unit: RawValue | None = None
    front: list[Seen] = field(default_factory=list)
    """Covers and pages of the decision that the sheets are an annex to."""
    later: list[tuple[Seen, RawValue | None]] = field(default_factory=list)

    @property
    def unsigned(self) -> int:
        return sum(not d.has_signers for d in self.drafts)

    def take(self, place: int, page: Page) -> None:
        """Find a place for the next page; those that have none yet wait for the end."""
        seen = replace(_seen(page, self.drafts, self.settings), place=place)
        self.notes += [note("ingest_code", page=seen.number, code=code) for code in page.codes]
        if seen.is_blank:
            self.notes.append(note("ingest_blank_page", page=seen.number))
        elif _is_front(seen, self.settings):
            self.front.append(seen)
            self.notes.append(note("ingest_front_page", page=seen.number))
        elif _is_divider(seen, self.settings):
            self.unit = _unit(seen)
        elif twin := _twin(self.drafts, seen, self.settings):
            self._again(seen, *twin)
        elif _begins(seen, self.drafts, self.settings):
            self._begin(seen, self.unit)
            if not (seen.form.titled or seen.form.labels):
                self._stray("ingest_orphan_page", seen)
        elif not seen.has_evidence:
            self.notes.append(note("ingest_foreign_page", page=seen.number))
        elif not self._go_on(seen):
            self.later.append((seen, self.unit))

    def finish(self) -> None:
        """Find a place for the pages that waited, now that all sheets are known."""
        for seen, unit in self.later:
            if self._go_on(seen):
                continue
            if seen.grid is not None and (seen.columns or seen.signatures.numbers):
                self._begin(seen, unit)
                self._stray("ingest_orphan_page", seen)
            elif _reads_like_rows(seen, self.settings):
                self._stray("ingest_stray_page", seen)
            else:
                self.notes.append(note("ingest_foreign_page", page=seen.number))

    def _begin(self, seen: Seen, unit: RawValue | None) -> None:
        self.drafts.append(_begun(unit, seen, self.step))

    def _stray(self, key: str, seen: Seen) -> None:
        self.strays += 1
        self.lacks.append(note(key, page=seen.number))

    def _go_on(self, seen: Seen) -> bool:
        """Add a page to the sheet that it goes with, if any; say so where it does not come next."""
        home = _best(self.drafts, seen, self.settings)
        if home is None:
            return False
        if home.follows != seen.place:
            self.notes.append(note("ingest_moved_page", page=seen.number, first=home.pages[0].number))
        home.add(seen)
        return True

    def _again(self, seen: Seen, draft: _Draft, other: Seen) -> None:
        """A page that is there already: the later scan of a sheet's only page is kept, the rest of a sheet goes on from
        it; any other page, and a sheet that is there already as a whole, is kept as it came first."""
        self.lacks.append(note("ingest_page_twice", page=seen.number, other=other.number))
        latest = self.drafts[-1]
        if draft.pages == [other] and not draft.has_signers:
            self.drafts[self.drafts.index(draft)] = _begun(draft.unit, seen, self.step)
        elif latest.follows == seen.place and _is_copy(latest, draft, self.settings):
            self.drafts.pop()


def _gathered(pages: Iterable[tuple[int, Page]], step: int, settings: AssemblySettings) -> _Gathered:
    """Put pages together in the order given; ``step`` is the distance (pages) from one to the next: 1 or −1."""
    found = _Gathered(step, settings)
    for place, page in pages:
        found.take(place, page)
    found.finish()
    return found


def _reads_like_rows(seen: Seen, settings: AssemblySettings) -> bool:
    """Whether a page's table has as many columns as a sheet's, and as many words in its cells."""
    if seen.grid is None or _headless(seen.grid, None) is None:
        return False
    words = [n for c in seen.grid.cells if (n := sum(len(x.text.split()) for x in c.lines))]
    return sum(words) >= settings.wordy * max(len(words), 1)


def _begun(unit: RawValue | None, seen: Seen, step: int) -> _Draft:
    draft = _Draft(unit, step=step)
    draft.add(seen)
    return draft


def _twin(drafts: Sequence[_Draft], seen: Seen, settings: AssemblySettings) -> tuple[_Draft, Seen] | None:
    """The sheet and the page of it that a page is a second scan of.

    One that nobody signed may be another person's with the same words: it is a second scan only right after the first.
    """
    if seen.grid is None:
        return None
    for draft in reversed(drafts):
        for other in draft.pages:
            if other.grid is None or bool(other.numbers) != bool(seen.numbers):
                continue
            if not seen.numbers and (draft.has_signers or other is not draft.pages[-1] or draft.follows != seen.place):
                continue
            if other.numbers == seen.numbers and _same_words(other, seen, settings):
                return draft, other
    return None


def _is_copy(draft: _Draft, of: _Draft, settings: AssemblySettings) -> bool:
    """Whether the pages of a sheet that lacks its signers are second scans of those that another begins with."""
    pairs = zip(draft.pages, of.pages, strict=False)
    return draft is not of and not draft.has_signers and all(_same_words(a, b, settings) for a, b in pairs)


def _same_words(a: Seen, b: Seen, settings: AssemblySettings) -> bool:
    if min(a.words.total(), b.words.total()) < settings.fewest_words:
        return False
    common = (a.words & b.words).total()
    return common >= settings.same_words * max(a.words.total(), b.words.total()) and all(
        fuzz.ratio(_plain(a.signatures.fields[key]), _plain(b.signatures.fields[key])) >= 100 * settings.same_name
        for key in a.signatures.fields.keys() & b.signatures.fields.keys()
        if key.endswith("_nama")
    )


def _signers(pages: Sequence[Seen]) -> dict[str, RawValue]:
    """The signature block of a sheet: below its last table and on what follows, as if on one long page without foot and
    head."""
    last = max((i for i, seen in enumerate(pages) if seen.has_rows), default=0)
    printed: dict[int, Line] = {}
    lines: list[Line] = []
    for seen in pages[last:]:
        below = [x for x in seen.below if not signature_of.is_folio(x.text)]
        end = max((box_of(x).centre[1] for x in lines), default=None)
        top = min((box_of(x).centre[1] for x in below), default=0.0)
        depth = 0.0 if end is None else end + seen.pitch - top
        for line in below:
            box = box_of(line)
            lines.append(replace(line, box=replace(box, y0=box.y0 + depth, y1=box.y1 + depth)))
            printed[id(lines[-1])] = line
    found = signature_of.find(lines, float(pages[last].page.straight_size[0]), pages[last].pitch)
    return {k: replace(v, lines=tuple(printed[id(x)] for x in v.lines)) for k, v in found.fields.items()}


def _sheet(ordinal: int, draft: _Draft) -> RawSheet:
    numbers = [p.number for p in draft.pages]
    fields: dict[str, RawValue] = dict(_signers(draft.pages))
    for seen in draft.pages:
        for key, value in {**seen.form.fields, **seen.signatures.fields}.items():
            fields.setdefault(key, value)
    for before, seen in pairwise(draft.pages):
        fields |= _gone_on(before, seen, fields)
    return RawSheet(
        ordinal,
        numbers[0],
        numbers[-1],
        draft.unit,
        fields,
        draft.rows,
        draft.columns.extra if draft.columns else {},
    )


def _gone_on(before: Seen, seen: Seen, fields: Mapping[str, RawValue]) -> dict[str, RawValue]:
    """A list of tugas or fungsi at the foot of a page without a table, with what goes on of it above the table of the
    next one; empty where there is none."""
    lists = [name for name in form_of.LISTS if name in before.form.fields and before.form.fields[name].lines]
    if before.grid or not lists or seen.form.labels:
        return {}
    name = max(lists, key=lambda n: max(box_of(x).y1 for x in before.form.fields[n].lines))
    title = seen.form.fields.get("judul", RawValue(())).lines
    rest = tuple(x for x in seen.above if x not in title and not signature_of.is_folio(x.text) and not x.text.isupper())
    return {name: replace(fields[name], lines=(*fields[name].lines, *rest))} if rest else {}


def _last_signed(drafts: Sequence[_Draft], sheets: Sequence[RawSheet], front: Sequence[Seen]) -> dict[str, RawValue]:
    """The one signature block of an annex to a decision, which stands under its last sheet or under the decision."""
    pages = [*front, *(p for draft in drafts for p in draft.pages)]
    signed = [i for i, draft in enumerate(drafts) if draft.has_signers]
    if not any(_ANNEX.match(x.text) for p in pages for x in p.above) or signed not in ([], [len(drafts) - 1]):
        return {}
    if signed:
        values = sheets[-1].fields
    else:
        values = next((p.signatures.fields for p in reversed(front) if p.signatures.found), {})
    return {k: v for k, v in values.items() if k.startswith(PARTIES)}


def _completed(sheet: RawSheet, draft: _Draft, front: Sequence[Seen], signers: Mapping[str, RawValue]) -> RawSheet:
    """A sheet with what stands elsewhere only, in doubt: the agency in its title, on a cover or in its letterhead, the
    year on a cover, the signer of the whole annex."""
    first = draft.pages[0]
    title = sheet.fields.get("judul", RawValue(())).lines
    top = min((box_of(x).y0 for x in title if x.page == first.number), default=-float("inf"))
    letterhead = [x for x in first.above if box_of(x).y1 <= top]
    places = [(title, first.pitch), *((p.lines, p.pitch) for p in front), (letterhead, first.pitch)]
    agency = next((found for lines, pitch in places if (found := form_of.agency(lines, pitch))), ())
    titles = [x for p in front for x in p.form.fields.get("judul", RawValue(())).lines]
    year = next(((x,) for x in (*titles, *(x for p in front for x in p.lines)) if _YEAR.search(x.text)), ())
    borrowed = {name: RawValue(x, 0.0) for name, x in (("perangkat_daerah", agency), ("tahun", year)) if x}
    borrowed |= {name: replace(value, certainty=0.0) for name, value in signers.items()}
    return replace(sheet, fields={**borrowed, **sheet.fields})

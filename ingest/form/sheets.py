"""The pages of a file put together into sheets: what begins one, what goes on, what is divider, blank or foreign."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from iki.ingest.form import fields as form_of
from iki.ingest.form import headings as columns_of
from iki.ingest.form import rows as rows_of
from iki.ingest.form import signers as signature_of
from iki.ingest.form.fields import Form
from iki.ingest.form.headings import Columns
from iki.ingest.form.signers import Signatures
from iki.ingest.layout.blocks import box_of
from iki.ingest.layout.text_lines import LineSettings
from iki.messages import sentence
from iki.model import Document, Grid, Line, Page, RawRow, RawSheet, RawValue


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


@dataclass(frozen=True, slots=True)
class Seen:
    """What one page holds: the form above the table, its columns and rows, and the signature block."""

    page: Page
    form: Form
    grid: Grid | None
    columns: Columns | None
    signatures: Signatures
    lines: tuple[Line, ...]

    @property
    def number(self) -> int:
        return self.page.number

    @property
    def is_blank(self) -> bool:
        return not self.lines and self.grid is None

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


def look(page: Page, settings: AssemblySettings = AssemblySettings()) -> Seen:
    """Find form, table and signature block on a page that has been read."""
    known = [(g, columns_of.find(g)) for g in page.grids]
    table, columns = next(((g, c) for g, c in known if c), (None, None))
    if table is None:
        wide = [g for g in page.grids if len(g.xs) - 1 >= settings.fewest_columns]
        table = max(wide, key=lambda g: len(g.cells), default=None)
    others = [line for g in page.grids if g is not table for c in g.cells for line in c.lines]
    lines = tuple(sorted([*page.lines, *others], key=lambda x: (box_of(x).y0, box_of(x).x0)))
    pitch = max(LineSettings().pitch * page.text_height, 1.0)
    width = float(page.straight_size[0])
    if table is None:
        form = form_of.find(lines, pitch)
        used = {id(x) for v in form.fields.values() for x in v.lines}
        below = [x for x in lines if id(x) not in used]
    else:
        form = form_of.find([x for x in lines if box_of(x).centre[1] < table.ys[0]], pitch)
        below = [x for x in lines if box_of(x).centre[1] > table.ys[-1]]
    return Seen(page, form, table, columns, signature_of.find(below, width, pitch), lines)


@dataclass(slots=True)
class _Draft:
    """A sheet while its pages are being put together."""

    unit: RawValue | None
    pages: list[Seen] = field(default_factory=list)
    columns: Columns | None = None
    rows: tuple[RawRow, ...] = ()
    orphan: bool = False

    @property
    def signed(self) -> bool:
        return any(p.signatures.numbers for p in self.pages)

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
    return Columns(known.names, known.headings, columns.first_row, columns.edges) if known else columns


def _headless(grid: Grid, known: Columns | None) -> Columns | None:
    """Columns of a grid without headings: those of the sheet that it goes on with, or the promised ones in order."""
    count = len(grid.xs) - 1
    if known and len(known.names) == count:
        return Columns(known.names, known.headings, 0, columns_of.edges(grid))
    names = columns_of.PROMISED if count >= len(columns_of.PROMISED) else columns_of.PROMISED[1:]
    if count < len(names):
        return None
    extra = tuple(f"kolom_{i + 1}" for i in range(len(names), count))
    return Columns((*names, *extra), ("",) * count, 0, columns_of.edges(grid))


def _numbers(rows: Sequence[RawRow]) -> list[int]:
    """The printed row numbers, in order, unreadable ones left out."""
    found = (re.search(r"\d+", rows_of.text_of(r.values.get("no"))) for r in rows)
    return [int(m.group()) for m in found if m]


def _evidence(draft: _Draft, seen: Seen, settings: AssemblySettings) -> float:
    """How much speaks for a page being the next of a sheet."""
    total = settings.follows if draft.pages[-1].number == seen.number - 1 else 0.0
    total -= settings.signed * draft.signed
    if seen.grid is None or draft.columns is None:
        return total
    columns = draft.named(seen)
    alike = columns is not None if seen.is_guess else _alike(draft, seen)
    total += settings.same_columns if alike else -2 * settings.same_columns
    numbers = _numbers(rows_of.page_rows(seen.grid, columns, seen.number)) if columns else []
    before = _numbers(draft.rows)
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
    titled = seen.form.titled or (seen.form.labels > 0 and seen.columns is not None)
    if not titled and seen.columns is None:
        return False
    last = drafts[-1] if drafts else None
    if last is None or last.signed or last.pages[-1].number != seen.number - 1:
        return titled or (seen.columns is not None and _best(drafts, seen, settings) is None)
    if titled:
        return not (_repeats(last, seen) and _evidence(last, seen, settings) > settings.enough + settings.same_columns)
    return _evidence(last, seen, settings) < settings.enough


def _repeats(draft: _Draft, seen: Seen) -> bool:
    """Whether a page says again what the sheet's first page says above its table (a form printed on every page)."""
    first = draft.pages[0].form.fields
    return all(_plain(first.get(key)) == _plain(seen.form.fields.get(key)) for key in form_of.LABELS)


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


def _unit(seen: Seen) -> RawValue:
    """The lines of a divider page that name the unit; a line with a year or the form's name only says what is filed."""
    named = tuple(x for x in seen.lines if not re.search(r"\d|\bI[KN]I\b|INDIKATOR", x.text))
    return RawValue(named or seen.lines)


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
    row numbers, the missing signature. A table without a sheet is kept as a sheet of its own and named in ``notes``, as
    are blank and foreign pages and sheets without rows; a divider page sets ``unit`` for the sheets that follow.
    """
    drafts: list[_Draft] = []
    later: list[tuple[Seen, RawValue | None]] = []
    notes: list[str] = []
    unit: RawValue | None = None
    count = 0
    for page in pages:
        count += 1
        seen = _seen(page, drafts, settings)
        if seen.is_blank:
            notes.append(sentence("ingest_blank_page", page=seen.number))
        elif _is_divider(seen, settings):
            unit = _unit(seen)
        elif _begins(seen, drafts, settings):
            drafts.append(_Draft(unit))
            drafts[-1].add(seen)
        elif seen.has_evidence:
            home = _best(drafts, seen, settings)
            if home:
                home.add(seen)
            else:
                later.append((seen, unit))
        else:
            notes.append(sentence("ingest_foreign_page", page=seen.number))
    for seen, its_unit in later:
        home = _best(drafts, seen, settings)
        if home:
            home.add(seen)
        elif seen.grid is not None and (seen.columns or seen.signatures.numbers):
            drafts.append(_Draft(its_unit, orphan=True))
            drafts[-1].add(seen)
            notes.append(sentence("ingest_orphan_page", page=seen.number))
        else:
            notes.append(sentence("ingest_foreign_page", page=seen.number))
    notes += [sentence("ingest_no_rows", page=d.pages[0].number) for d in drafts if not d.rows]
    drafts = sorted((d for d in drafts if d.rows or d.signed), key=lambda d: d.pages[0].number)
    return Document(file, sha256, count, tuple(_sheet(i, d) for i, d in enumerate(drafts, 1)), tuple(notes))


def _sheet(ordinal: int, draft: _Draft) -> RawSheet:
    numbers = [p.number for p in draft.pages]
    fields: dict[str, RawValue] = {}
    for seen in draft.pages:
        for key, value in {**seen.form.fields, **seen.signatures.fields}.items():
            fields.setdefault(key, value)
    return RawSheet(
        ordinal,
        min(numbers),
        max(numbers),
        draft.unit,
        fields,
        draft.rows,
        draft.columns.extra if draft.columns else {},
    )

"""What the review page shows of a folder: its tables at once, the story of a value once all are worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from iki.export.tables import Record, SheetRows, read_rows
from iki.messages import Problem
from iki.model import CleanSheet
from iki.normalize.explain import SHEET_ROW, NoSuchValue, Story, story
from iki.review.stories import clean_sheets

PAGE_ROWS = 100
"""Rows of the table view on one page."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands: its sheet, its row as ``indikator.csv`` numbers it (``-``: a field of the sheet), its
    column."""

    sheet_id: str
    row: str
    column: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the table view is narrowed to: rows that hold ``text`` in any cell, rows of sheets with these values, and
    with ``flagged`` only rows that name a column to be checked. An empty text narrows nothing."""

    text: str = ""
    perangkat_daerah: str = ""
    unit: str = ""
    tahun: str = ""
    flagged: bool = False

    def holds(self, sheet: Record, row: Record) -> bool:
        """Whether the row ``row`` of ``sheet`` is one of those wanted."""
        return (
            (not self.flagged or bool(row["perlu_tinjau"]))
            and all(getattr(self, name) in ("", sheet[name]) for name in ("perangkat_daerah", "unit", "tahun"))
            and self.text.casefold() in "\n".join(row.values()).casefold()
        )


class Collection:
    """The tables of a folder as they stood when it was opened. Safe to be asked by several threads."""

    def __init__(self, directory: Path) -> None:
        """Read the tables. Raises ``Problem`` where one is missing or damaged."""
        self.directory = directory
        sheets, self.files = read_rows(directory)
        self.sheets = {sheet.sheet["sheet_id"]: sheet for sheet in sorted(sheets, key=lambda sheet: sheet.order)}
        self.doubts = [place for sheet in self.sheets.values() for place in _doubts(sheet)]
        self._places = {place: number for number, place in enumerate(self.doubts)}
        self._cleaned: dict[str, CleanSheet] | None = None
        self._lock = Lock()

    def record(self, place: Place) -> Record | None:
        """The row of a table that holds the value at ``place``; ``None`` where there is no such value."""
        sheet = self.sheets.get(place.sheet_id)
        if sheet is None:
            return None
        rows = [sheet.sheet] if place.row == SHEET_ROW else sheet.rows
        found = next((row for row in rows if place.row == row.get("baris", SHEET_ROW)), None)
        return found if found is not None and place.column in found else None

    def position(self, place: Place) -> int | None:
        """The place of a doubtful value in the queue, from 0; ``None`` for a value that is not in doubt."""
        return self._places.get(place)

    def cleaned(self, sheet_id: str) -> CleanSheet | None:
        """A sheet with the stories of its values; ``None`` for one of which only the tables are known: it was taken
        over from tables, or the folder's ledger is gone.

        The first call works all of them out, which takes seconds on a large folder.
        """
        with self._lock:
            if self._cleaned is None:
                self._cleaned = {}
                with suppress(Problem):
                    self._cleaned = {sheet.sheet_id: sheet for sheet in clean_sheets(self.directory)}
            return self._cleaned.get(sheet_id)

    def story(self, place: Place) -> Story | None:
        """How a value came about; ``None`` where only the tables are known of it."""
        sheet = self.cleaned(place.sheet_id)
        try:
            return story([sheet], place.sheet_id, place.row, place.column) if sheet is not None else None
        except NoSuchValue:
            return None

    def rows(self, wanted: Wanted) -> list[tuple[SheetRows, Record]]:
        """The rows of ``indikator.csv`` that are wanted, each with its sheet, in the order of the tables."""
        return [(sheet, row) for sheet in self.sheets.values() for row in sheet.rows if wanted.holds(sheet.sheet, row)]

    def choices(self, column: str) -> list[str]:
        """The values that a column of ``sheets.csv`` takes, sorted, none twice."""
        return sorted({sheet.sheet[column] for sheet in self.sheets.values()} - {""})


def numbered(rows: Sequence[object], page: int) -> tuple[int, slice]:
    """How many pages of ``PAGE_ROWS`` rows there are (at least 1), and which rows stand on page ``page`` (from 1)."""
    pages = max(1, -(-len(rows) // PAGE_ROWS))
    start = (min(max(page, 1), pages) - 1) * PAGE_ROWS
    return pages, slice(start, start + PAGE_ROWS)


def _doubts(sheet: SheetRows) -> Iterator[Place]:
    for row, record in ((SHEET_ROW, sheet.sheet), *((record["baris"], record) for record in sheet.rows)):
        for column in filter(None, record["perlu_tinjau"].split(";")):
            if column in record:
                yield Place(sheet.sheet["sheet_id"], row, column)

"""What the review page shows of a folder: its tables at once, the story of a value once all are worked out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from threading import Lock

from iki.batch.conversion import STATE
from iki.batch.decisions import Decision, Key, Places, Verdict
from iki.batch.holdings import limits
from iki.batch.ledger import FILE, Ledger
from iki.batch.publication import Prepared, prepare
from iki.batch.stages import ROOMS
from iki.export.tables import Record, SheetRows, read_rows
from iki.messages import Problem
from iki.model import CleanSheet, CleanValue
from iki.normalize.explain import SHEET_ROW, NoSuchValue, Story, story
from iki.review.audit import SAMPLED, SAMPLED_SHARE, Audit, gain, lot

FEWEST_SAMPLES = 400
"""Values drawn by lot at the least: more than it takes to see that one in a hundred is wrong at most."""
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
    """The tables of a folder as they stood when it was opened, with what was decided since. Safe to be asked by several
    threads."""

    def __init__(self, directory: Path) -> None:
        """Read the tables. Raises ``Problem`` where one is missing or damaged."""
        self.directory = directory
        sheets, self.files = read_rows(directory)
        self.sheets = {sheet.sheet["sheet_id"]: sheet for sheet in sorted(sheets, key=lambda sheet: sheet.order)}
        self._doubts = [place for sheet in self.sheets.values() for place in _doubts(sheet)]
        self._numbers = {place: number for number, place in enumerate(self._doubts)}
        self._held: dict[Key, list[Decision]] = {}
        self._samples: list[Place] = []
        self._unflagged = 0
        self._taken = 0
        self._sheets: dict[str, CleanSheet] = {}
        self._prepared: Prepared | None = None
        self._is_prepared = False
        self._preparing, self._refreshing = Lock(), Lock()

    @property
    def doubts(self) -> list[Place]:
        """The values that are still in doubt: once their stories are known those first in which a look is expected to
        find most, before in the order of the tables."""
        return [place for place in self._doubts if self.is_doubtful(place)]

    def record(self, place: Place) -> Record | None:
        """The row of a table that holds the value at ``place``; ``None`` where there is no such value."""
        sheet = self.sheets.get(place.sheet_id)
        if sheet is None:
            return None
        rows = [sheet.sheet] if place.row == SHEET_ROW else sheet.rows
        found = next((row for row in rows if place.row == row.get("baris", SHEET_ROW)), None)
        return found if found is not None and place.column in found else None

    def text(self, place: Place) -> str:
        """The value at ``place`` as it stands now; empty where there is none."""
        record = self.record(place)
        return record[place.column] if record is not None else ""

    def is_doubtful(self, place: Place) -> bool:
        """Whether the value at ``place`` is still to be checked."""
        record = self.record(place)
        return record is not None and place.column in record["perlu_tinjau"].split(";")

    def beside(self, place: Place) -> tuple[Place | None, Place | None]:
        """The values still in doubt before and after one in the queue, as far as there are any."""
        number = self._numbers.get(place)
        if number is None:
            return None, None
        before = (other for other in reversed(self._doubts[:number]) if self.is_doubtful(other))
        after = (other for other in self._doubts[number + 1 :] if self.is_doubtful(other))
        return next(before, None), next(after, None)

    def next(self, place: Place) -> Place | None:
        """The value to look at after ``place``: one drawn by lot where it is time for that, else the next one in doubt,
        from the beginning where none follows."""
        _, after = self.beside(place)
        sample = self.sample() if self.audit.looked_at < int(self._taken * SAMPLED_SHARE) else None
        following = (other for other in self._doubts if other != place and self.is_doubtful(other))
        return sample or after or next(following, None)

    def sample(self) -> Place | None:
        """An unflagged value, drawn by lot, at which nobody has looked; ``None`` where none is left."""
        return next((place for place in self._samples if self.decision(place) is None), None)

    def is_sample(self, place: Place) -> bool:
        """Whether a value was drawn by lot among those that are not flagged."""
        return place in self._samples

    @property
    def audit(self) -> Audit:
        """What looking at unflagged values that were drawn by lot has shown."""
        made = [decision for place in self._samples if (decision := self.decision(place)) is not None]
        looked = [decision for decision in made if decision.asked == SAMPLED]
        return Audit(self._unflagged, len(looked), sum(decision.decided != decision.seen for decision in looked))

    def _arrange(self) -> None:
        """Put what is in doubt into the order of what looking at it gains, and draw by lot among the rest."""
        values = {place: value for place in self._doubts if (value := self._value(place)) is not None}
        self._doubts.sort(key=lambda place: -gain(place.column, values[place]) if place in values else 0.0)
        self._numbers = {place: number for number, place in enumerate(self._doubts)}
        sure = {f"{place.sheet_id}/{place.row}/{place.column}": place for place in self._sure()}
        self._unflagged = len(sure)
        count = max(FEWEST_SAMPLES, round(len(self._doubts) * SAMPLED_SHARE))
        self._samples = [sure[name] for name in lot(sure, count)]

    def _sure(self) -> Iterator[Place]:
        """The values with ink that the machine does not flag; a merged cell once."""
        for sheet in self._sheets.values():
            told: set[int] = set()
            for number, values in enumerate((sheet.fields, *(row.values for row in sheet.rows))):
                for column, value in values.items():
                    if not value.flagged and value.text and value.raw is not None and id(value.raw) not in told:
                        told.add(id(value.raw))
                        yield Place(sheet.sheet_id, str(number) if number else SHEET_ROW, column)

    def alike(self, place: Place, seen: str) -> list[Place]:
        """The other values still in doubt of the same column, in which the same was read, and that showed ``seen`` as
        the one at ``place`` did."""
        value = self.value(place)
        if value is None or not seen:
            return []
        return [
            other
            for other in self._doubts
            if other.column == place.column
            and other != place
            and self.is_doubtful(other)
            and self.text(other) == seen
            and (mate := self.value(other)) is not None
            and mate.read == value.read
        ]

    @property
    def prepared(self) -> Prepared | None:
        """All that was read, normalised as for the tables; ``None`` where only the tables are known: they were taken
        over, or the folder's ledger is gone or damaged. Works it out when first asked, which takes seconds on a large
        folder."""
        with self._preparing:
            if not self._is_prepared:
                self._take(_prepared(self.directory))
            return self._prepared

    @property
    def is_prepared(self) -> bool:
        """Whether ``prepared`` is known by now."""
        return self._is_prepared

    def take(self, prepared: Prepared) -> None:
        """Use what somebody else has prepared."""
        with self._preparing:
            self._take(prepared)

    def _take(self, prepared: Prepared | None) -> None:
        self._prepared = prepared
        if prepared is not None:
            self._sheets = {sheet.sheet_id: sheet for sheet in prepared.sheets}
            self._arrange()
        self._is_prepared = True

    def cleaned(self, sheet_id: str) -> CleanSheet | None:
        """A sheet with the stories of its values, as the machine sees them; ``None`` for one of which only the tables
        are known."""
        return self._sheets.get(sheet_id) if self.prepared is not None else None

    @cached_property
    def places(self) -> Places:
        """Where the values of all sheets stand."""
        return Places(self._sheets.values())

    def value(self, place: Place) -> CleanValue | None:
        """A value as the machine sees it; ``None`` where only the tables are known of it."""
        return self._value(place) if self.prepared is not None else None

    def _value(self, place: Place) -> CleanValue | None:
        sheet, number = self._sheets.get(place.sheet_id), row_number(place)
        if sheet is None or not 0 <= number <= len(sheet.rows):
            return None
        return (sheet.rows[number - 1].values if number else sheet.fields).get(place.column)

    def story(self, place: Place) -> Story | None:
        """How a value came about; ``None`` where only the tables are known of it."""
        sheet = self.cleaned(place.sheet_id)
        try:
            return story([sheet], place.sheet_id, place.row, place.column) if sheet is not None else None
        except NoSuchValue:
            return None

    def decision(self, place: Place) -> Decision | None:
        """What holds of what people decided about a value; ``None`` where nothing does."""
        made = self._held.get((place.sheet_id, row_number(place), place.column))
        return made[-1] if made else None

    def refresh(self) -> None:
        """Take in what was decided since the last time, here or elsewhere.

        Raises ``Problem`` where the ledger cannot be read.
        """
        if self.prepared is None:
            return
        with self._refreshing, Ledger(self.directory / STATE) as ledger:
            for decision in ledger.decisions(self._taken):
                self._taken += 1
                for key in self.places.of(decision):
                    made = self._held.setdefault(key, [])
                    if decision.kind is Verdict.UNDO:
                        made[:] = [other for other in made if other.key != decision.undoes]
                    else:
                        made.append(decision)
                    self._show(Place(key[0], str(key[1]) if key[1] else SHEET_ROW, key[2]))

    def _show(self, place: Place) -> None:
        """Have the tables show the decision about a value, or, where none holds, what the machine sees."""
        record, value, decision = self.record(place), self.value(place), self.decision(place)
        if record is None or value is None:
            return
        flags = dict.fromkeys(filter(None, record["perlu_tinjau"].split(";")))
        flags.pop(place.column, None)
        if decision is None and value.flagged:
            flags[place.column] = None
        record[place.column] = value.text if decision is None else decision.decided
        record["perlu_tinjau"] = ";".join(flags)

    def rows(self, wanted: Wanted) -> list[tuple[SheetRows, Record]]:
        """The rows of ``indikator.csv`` that are wanted, each with its sheet, in the order of the tables."""
        return [(sheet, row) for sheet in self.sheets.values() for row in sheet.rows if wanted.holds(sheet.sheet, row)]

    def choices(self, column: str) -> list[str]:
        """The values that a column of ``sheets.csv`` takes, sorted, none twice."""
        return sorted({sheet.sheet[column] for sheet in self.sheets.values()} - {""})


def _prepared(directory: Path) -> Prepared | None:
    if not (directory / STATE / FILE).is_file():
        return None
    with suppress(Problem), Ledger(directory / STATE) as ledger:
        return prepare(ledger, directory, limits(directory), ROOMS)
    return None


def row_number(place: Place) -> int:
    """The row of a value, from 1; 0 for a field of the sheet, -1 for what is no row."""
    return 0 if place.row == SHEET_ROW else int(place.row) if place.row.isascii() and place.row.isdecimal() else -1


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

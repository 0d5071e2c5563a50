"""The story of one value: how it was read, what else it might have been, what changed it, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iki.messages import Problem
from iki.model import Candidate, CleanSheet, CleanValue, Correction, Quad

SHEET_ROW = "-"
"""What stands for the row where a field of the sheet is meant."""


@dataclass(frozen=True, slots=True)
class Printed:
    """One printed line of a value: where it stands (``quad`` in source pixels, ``None`` for a text dump) and how each
    engine read it, with the engine's confidence 0–1."""

    page: int
    quad: Quad | None
    readings: tuple[tuple[str, str, float], ...]


@dataclass(frozen=True, slots=True)
class Story:
    """Everything that is known of one value of one sheet. ``row`` counts from 1; ``None`` for a field of the sheet."""

    sheet_id: str
    file: str
    row: int | None
    column: str
    text: str
    read: str
    probability: float
    flagged: bool
    printed: tuple[Printed, ...]
    candidates: tuple[Candidate, ...]
    corrections: tuple[Correction, ...]
    geometry: float


class NoSuchValue(Problem):
    """There is no such sheet, row or column."""


def story(sheets: Sequence[CleanSheet], sheet_id: str, row: str, column: str) -> Story:
    """The story of the value in ``column`` of row ``row`` (``-`` for a field of the sheet) of the sheet ``sheet_id``.

    Raises ``NoSuchValue``, which says what there is instead.
    """
    sheet = next((sheet for sheet in sheets if sheet.sheet_id == sheet_id), None)
    if sheet is None:
        raise NoSuchValue("normalize_no_sheet", sheet=sheet_id)
    number = None if row == SHEET_ROW else int(row) if row.isdecimal() else 0
    if number is not None and not 1 <= number <= len(sheet.rows):
        raise NoSuchValue("normalize_no_row", sheet=sheet_id, row=row, rows=len(sheet.rows))
    values = sheet.fields if number is None else sheet.rows[number - 1].values
    if column not in values:
        raise NoSuchValue("normalize_no_column", column=column, columns=", ".join(values))
    return _told(sheet, number, column, values[column])


def _told(sheet: CleanSheet, row: int | None, column: str, value: CleanValue) -> Story:
    lines = value.raw.lines if value.raw else ()
    printed = tuple(
        Printed(line.page, line.quad, tuple((r.engine, r.text, round(r.confidence, 3)) for r in line.readings))
        for line in lines
    )
    return Story(
        sheet_id=sheet.sheet_id,
        file=sheet.file,
        row=row,
        column=column,
        text=value.text,
        read=value.read,
        probability=value.probability,
        flagged=value.flagged,
        printed=printed,
        candidates=value.candidates,
        corrections=value.corrections,
        geometry=value.raw.certainty if value.raw else 1.0,
    )

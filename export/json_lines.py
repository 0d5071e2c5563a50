"""A line of JSON a sheet, ``iki.jsonl``: the values of the tables, each with the story of how it came about.

Values are those of the tables, typed by the schema. What was read is told of every sheet whose readings the folder
holds; of one that was taken over from tables only what they say.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from iki.export.schema import FIELD_COLUMNS, INDIKATOR, SHEETS
from iki.export.tables import NO_VALUES, Record, SheetRows, read_rows
from iki.export.writing import Folder, aside
from iki.model import CleanSheet, CleanValue, Line

FILE = "iki.jsonl"

_PLACES, _DIGITS = 1, 4
"""Decimals of source pixels, and of probabilities, confidences and costs."""
_TYPES = {column.name: column.type for column in (*SHEETS.columns, *INDIKATOR.columns)}


def write(folder: Folder) -> list[Path]:
    """Write the sheets in the order of the tables; gives the path."""
    cleaned = {sheet.sheet_id: sheet for sheet in folder.readings.sheets()}
    sheets, _ = read_rows(folder.directory)
    path = folder.out / FILE
    with aside(path) as draft, draft.open("w", encoding="utf-8", errors="backslashreplace", newline="\n") as file:
        for sheet in sorted(sheets, key=lambda sheet: sheet.order):
            told = told_sheet(sheet, cleaned.get(sheet.sheet["sheet_id"]))
            file.write(json.dumps(told, ensure_ascii=False, separators=(",", ":")) + "\n")
    return [path]


def told_sheet(sheet: SheetRows, cleaned: CleanSheet | None) -> dict[str, Any]:
    """A sheet of the tables with what is known of its values; ``cleaned`` is the same sheet with their stories."""
    corrections = {(record["baris"], record["kolom"]): record for record in sheet.corrections}

    def values(record: Record, columns: Sequence[str], stories: Mapping[str, CleanValue]) -> dict[str, Any]:
        flags = record["perlu_tinjau"].split(";")
        row = record.get("baris", "")
        return {
            name: _value(name, record[name], name in flags, corrections.get((row, name)), stories.get(name))
            for name in columns
        }

    rows = []
    for record in sheet.rows:
        place = int(record["baris"]) - 1
        stories = cleaned.rows[place].values if cleaned is not None and place < len(cleaned.rows) else {}
        columns = [name for name in record if name not in NO_VALUES and (record[name] or name in stories)]
        rows.append({**_about(record, ("baris", "halaman")), "values": values(record, columns, stories)})
    fields = cleaned.fields if cleaned is not None else {}
    known = [name for name in FIELD_COLUMNS if sheet.sheet[name] or name in fields]
    return {
        **_about(sheet.sheet, ("sheet_id", "berkas", "sha256", "halaman_awal", "halaman_akhir")),
        "source": "tables" if cleaned is None else "readings",
        "values": values(sheet.sheet, known, fields),
        "rows": rows,
    }


def _about(record: Record, names: Sequence[str]) -> dict[str, Any]:
    flags = [name for name in record["perlu_tinjau"].split(";") if name]
    told = {name: _typed(name, record[name]) for name in (*names, "skor")}
    return {**told, "perlu_tinjau": flags}


def _value(name: str, text: str, flagged: bool, changed: Record | None, story: CleanValue | None) -> dict[str, Any]:
    told: dict[str, Any] = {"value": _typed(name, text), "flagged": flagged}
    if changed is not None:
        told |= {
            "probability": float(changed["skor"]),
            "read": changed["mentah"],
            "rules": [rule for rule in changed["aturan"].split(";") if rule],
        }
        if changed["oleh"]:
            told["decision"] = {"by": changed["oleh"], "at": changed["waktu"]}
    elif story is not None and story.text == text:
        told["probability"] = round(story.probability, _DIGITS)
    if story is not None:
        told["lines"] = [_line(line) for line in story.raw.lines] if story.raw is not None else []
        told["candidates"] = [
            {"text": c.text, "cost": round(c.cost, _DIGITS), "origin": c.origin} for c in story.candidates
        ]
    return told


def _line(line: Line) -> dict[str, Any]:
    told: dict[str, Any] = {"page": line.page}
    if line.quad is not None:
        told["quad"] = [[round(x, _PLACES), round(y, _PLACES)] for x, y in line.quad]
    told["readings"] = [
        {"engine": r.engine, "text": r.text, "confidence": round(r.confidence, _DIGITS)} for r in line.readings
    ]
    return told


def _typed(name: str, text: str) -> Any:
    """A value as JSON has it; an empty number or truth value is ``null``."""
    match _TYPES.get(name, "string"):
        case "integer":
            return int(text) if text else None
        case "number":
            return float(text) if text else None
        case "boolean":
            return {"true": True, "false": False}.get(text)
        case _:
            return text

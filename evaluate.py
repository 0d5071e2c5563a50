"""Scores clean tables against gold sheets: how much is there, how much is right, and what is wrong without a flag.

Every measure is a share: what was observed right over what was looked at. A gold sheet belongs to the table sheet that
starts on its first page (with a map), or to the one that says the most alike in the same order (without). Rows are
aligned in order by the text of their four cells. Text is compared after collapsing white space; case and punctuation
count.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

from iki.messages import Problem
from iki.terms import CELLS, COLUMNS, PARTIES

HEADER = ("perangkat_daerah", "jabatan", "tahun", "tanggal")
SIGNER = {"jabatan": "signer_jabatan_exact", "nama": "nama_exact", "pangkat": "pangkat_exact",
          "golongan": "golongan_exact", "nip": "nip_exact"}  # fmt: skip
"""Parts of a signature and the measure each counts for."""

Observation = tuple[str, float, float]
"""A measure, what it gained, and out of how much."""


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    least_alike: float = 0.35
    """Rows or sheets less alike than this (0–1, share of letters in common order) never belong together."""
    close: float = 0.90
    """A cell at least this alike counts as close."""


class Gold(msgspec.Struct):
    """A gold sheet; a cell of ``rows`` that is ``None`` is merged with the one above, ``unsure`` paths don't count."""

    sheet_id: str
    rows: list[dict[str, str | None]]
    jabatan: str | None = None
    perangkat_daerah: str | None = None
    tahun: int | None = None
    tanggal: str | None = None
    pihak_kedua: dict[str, str | None] | None = None
    pihak_pertama: dict[str, str | None] | None = None
    unsure: list[str] | None = None


class SheetPlace(msgspec.Struct):
    """Where a gold sheet stands: the name of its file and its first page."""

    sheet_id: str
    berkas: str
    first_page: int


@dataclass(frozen=True, slots=True)
class ConvertedSheet:
    """A sheet of the tables with its rows in order."""

    head: Mapping[str, str]
    rows: Sequence[Mapping[str, str]]


def evaluate(
    gold: Path, directory: Path, places: Path | None = None, settings: ScoreSettings | None = None
) -> dict[str, float]:
    """Measures of the tables in ``directory`` by name, shares rounded to four decimals.

    ``gold`` and ``places`` are JSON lists of ``Gold`` and ``Place``. Raises ``Problem`` where a file can't be used.
    """
    sheets = _decode(gold, list[Gold])
    where = _decode(places, list[SheetPlace]) if places else None
    return score(sheets, where, _tables(directory), settings or ScoreSettings())


def score(
    gold: Sequence[Gold], places: Sequence[SheetPlace] | None, found: Sequence[ConvertedSheet], settings: ScoreSettings
) -> dict[str, float]:
    """The measures of ``found`` against ``gold``; without ``places`` paired by text, and unsure paths left out."""
    if places is None:
        belongs = _pair_by_text(gold, found, settings)
        wanted = list(gold)
    else:
        belongs = _pair_by_page(places, found)
        wanted = [sheet for sheet in gold if sheet.sheet_id in {place.sheet_id for place in places}]
    gained: dict[str, float] = defaultdict(float)
    looked_at: dict[str, float] = defaultdict(float)
    for sheet in wanted:
        unsure = frozenset(sheet.unsure or ()) if places is None else frozenset()
        for measure, gain, weight in _observe(sheet, belongs.get(sheet.sheet_id), unsure, settings):
            gained[measure] += gain
            looked_at[measure] += weight
    shares = {name: round(gained[name] / looked_at[name], 4) for name in sorted(looked_at) if looked_at[name]}
    recall, precision = shares.get("row_recall", 0.0), shares.get("row_precision", 0.0)
    used = {sheet.head["sheet_id"] for sheet in belongs.values()}
    return {
        **shares,
        "sheets_gold": len(wanted),
        "sheets_extra": len({sheet.head["sheet_id"] for sheet in found} - used),
        "row_f1": round(2 * recall * precision / (recall + precision), 4) if recall and precision else 0.0,
    }


def align(likeness: NDArray[np.float64], least: float) -> list[tuple[int, int]]:
    """Index pairs, rising on both sides, of the greatest summed ``likeness``; none below ``least``."""
    rows, columns = likeness.shape
    allowed = np.where(likeness >= least, likeness, -np.inf)
    best = np.zeros((rows + 1, columns + 1))
    for i in range(rows - 1, -1, -1):
        for j in range(columns - 1, -1, -1):
            best[i, j] = max(allowed[i, j] + best[i + 1, j + 1], best[i + 1, j], best[i, j + 1])
    pairs, i, j = [], 0, 0
    while i < rows and j < columns:
        if best[i, j] == allowed[i, j] + best[i + 1, j + 1]:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif best[i, j] == best[i + 1, j]:
            i += 1
        else:
            j += 1
    return pairs


def _observe(
    gold: Gold, found: ConvertedSheet | None, unsure: frozenset[str], settings: ScoreSettings
) -> Iterator[Observation]:
    yield "sheet_recall", found is not None, 1
    yield from _observe_fields(gold, found.head if found else {}, unsure)
    yield from _observe_rows(gold, found.rows if found else (), unsure, settings)


def _observe_fields(gold: Gold, head: Mapping[str, str], unsure: frozenset[str]) -> Iterator[Observation]:
    fields: list[tuple[str, str, str, tuple[str, ...]]]
    fields = [(name, name, _plain(getattr(gold, name)), ("header_exact",)) for name in HEADER]
    for side in PARTIES:
        signer = getattr(gold, side) or {}
        fields += [
            (f"{side}.{part}", f"{side}_{part}", _plain(signer.get(part)), ("signature_exact", measure))
            for part, measure in SIGNER.items()
            if _plain(signer.get(part))
        ]
    flags = _flags(head)
    for path, column, text, measures in fields:
        if path in unsure:
            continue
        right = _plain(head.get(column)) == text
        for measure in measures:
            yield measure, right, 1
        yield "field_flagged", column in flags, 1
        yield "field_silent_error", not right and column not in flags, 1


def _observe_rows(
    gold: Gold, found: Sequence[Mapping[str, str]], unsure: frozenset[str], settings: ScoreSettings
) -> Iterator[Observation]:
    wanted, origins = fill_down(gold.rows)
    partner = dict(paired(wanted, found, settings))
    whole = len(partner) == len(wanted) == len(found) and bool(wanted)
    yield from (("row_precision", 0, 1) for _ in range(len(found) - len(partner)))
    for number, row in enumerate(wanted):
        other: Mapping[str, str] = found[partner[number]] if number in partner else {}
        yield "row_recall", number in partner, 1
        if number in partner:
            yield "row_precision", 1, 1
        right = {name: _plain(other.get(name)) == row[name] for name in CELLS}
        doubtful = {name for name in CELLS if f"rows[{origins[number][name]}].{name}" in unsure}
        for name in CELLS:
            if name not in doubtful:
                yield from _observe_cell(name, row[name], other, settings)
        yield "row_exact", all(right[name] or name in doubtful for name in CELLS), 1
        yield "no_exact", row["no"].rstrip(".") == _plain(other.get("no")).rstrip("."), 1
        whole = whole and all(right.values())
    yield "table_perfect", whole, 1


def paired(
    wanted: Sequence[Mapping[str, str]], found: Sequence[Mapping[str, str]], settings: ScoreSettings = ScoreSettings()
) -> list[tuple[int, int]]:
    """Index pairs of rows that belong together, by the text of their cells."""
    return align(_likeness([_said(row) for row in wanted], [_said(row) for row in found]), settings.least_alike)


def _observe_cell(name: str, text: str, row: Mapping[str, str], settings: ScoreSettings) -> Iterator[Observation]:
    read, flagged = _plain(row.get(name)), name in _flags(row)
    distance = Levenshtein.distance(text, read)
    yield "cell_exact", distance == 0, 1
    yield "cell_close", fuzz.ratio(text, read) >= 100 * settings.close, 1
    yield "cell_flagged", flagged, 1
    yield "cell_silent_error", distance > 0 and not flagged, 1
    yield "cer", distance, max(len(text), 1)
    yield "wer", Levenshtein.distance(text.split(), read.split()), max(len(text.split()), 1)


def fill_down(rows: Sequence[Mapping[str, str | None]]) -> tuple[list[dict[str, str]], list[dict[str, int]]]:
    """The rows with merged cells repeated, and for each cell the index of the row it was printed in."""
    filled: list[dict[str, str]] = []
    origins: list[dict[str, int]] = []
    for number, row in enumerate(rows):
        above = (filled[-1], origins[-1]) if filled else ({}, {})
        given = {name for name in COLUMNS if row.get(name) is not None or number == 0}
        filled.append({name: _plain(row.get(name)) if name in given else above[0][name] for name in COLUMNS})
        origins.append({name: number if name in given else above[1][name] for name in CELLS})
    return filled, origins


def _pair_by_page(places: Sequence[SheetPlace], found: Sequence[ConvertedSheet]) -> dict[str, ConvertedSheet]:
    starts: dict[tuple[str, str], list[ConvertedSheet]] = {}
    for sheet in found:
        key = (Path(sheet.head["berkas"]).name, sheet.head["halaman_awal"])
        starts.setdefault(key, []).append(sheet)
    here = {place.sheet_id: starts.get((place.berkas, str(place.first_page)), []) for place in places}
    return {sheet_id: sheets[0] for sheet_id, sheets in here.items() if len(sheets) == 1}


def _pair_by_text(
    gold: Sequence[Gold], found: Sequence[ConvertedSheet], settings: ScoreSettings
) -> dict[str, ConvertedSheet]:
    wanted = [
        " ".join((_plain(sheet.jabatan), _plain((sheet.pihak_pertama or {}).get("nip")), _printed(sheet.rows)))
        for sheet in gold
    ]
    read = [
        " ".join((_plain(sheet.head.get("jabatan")), _plain(sheet.head.get("pihak_pertama_nip")), _once(sheet.rows)))
        for sheet in found
    ]
    return {gold[i].sheet_id: found[j] for i, j in align(_likeness(wanted, read), settings.least_alike)}


def _printed(rows: Sequence[Mapping[str, str | None]]) -> str:
    """All cells of a gold table, row by row; merged ones stand there once."""
    return " ".join(_plain(row[name]) for row in rows for name in CELLS if row.get(name))


def _once(rows: Sequence[Mapping[str, str]]) -> str:
    """All that the rows of a table say, column by column, each text once, for merged cells are repeated."""
    return " ".join(dict.fromkeys(_plain(row.get(name)) for name in CELLS for row in rows))


def _said(row: Mapping[str, str]) -> str:
    return " ".join(_plain(row.get(name)) for name in CELLS)


def _likeness(left: Sequence[str], right: Sequence[str]) -> NDArray[np.float64]:
    if not left or not right:
        return np.zeros((len(left), len(right)))
    return process.cdist(left, right, scorer=fuzz.ratio, dtype=np.float64) / 100


def _plain(value: object) -> str:
    return "" if value is None else " ".join(str(value).split())


def _flags(row: Mapping[str, str]) -> set[str]:
    return set(_plain(row.get("perlu_tinjau")).split(";"))


def _tables(directory: Path) -> list[ConvertedSheet]:
    rows: dict[str, list[dict[str, str]]] = {}
    for row in _records(directory / "indikator.csv"):
        rows.setdefault(row["sheet_id"], []).append(row)
    heads = _records(directory / "sheets.csv")
    return [
        ConvertedSheet(head, sorted(rows.get(head["sheet_id"], []), key=lambda row: int(row["baris"])))
        for head in heads
    ]


def _records(path: Path) -> list[dict[str, str]]:
    if not path.is_file():
        raise Problem("export_no_tables", path=path)
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _decode(path: Path, kind: Any) -> Any:
    try:
        return msgspec.json.decode(path.read_bytes(), type=kind)
    except (OSError, msgspec.DecodeError) as error:
        raise Problem("bench_bad_gold", path=path, reason=error) from error

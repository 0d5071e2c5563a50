"""What a folder of tables holds, what it misses, and taking files out of it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

from iki.batch.adoption import check
from iki.batch.conversion import STATE
from iki.batch.decisions import Decision
from iki.batch.events import silent
from iki.batch.ledger import FILE, FileRecord, Ledger
from iki.batch.lock import exclusive
from iki.batch.naming import place
from iki.batch.publication import Prepared, publish
from iki.batch.settings import BatchSettings
from iki.batch.stages import ROOMS, Rooms
from iki.export.schema import FileRow
from iki.export.tables import flag_limit, read_files
from iki.ingest.sources import find
from iki.messages import Problem


@dataclass(frozen=True, slots=True)
class Holdings:
    """What a folder holds. ``files`` are the rows of ``berkas.csv``, ``unfinished`` those of them not ``ok``; names of
    files that are ``missing`` where they lay, or ``unplaced`` (nobody knows where they lay); ``new``: files in the
    folders converted so far, or folders themselves, that are not in the tables yet."""

    files: tuple[FileRow, ...]
    missing: tuple[str, ...]
    unplaced: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def unfinished(self) -> tuple[FileRow, ...]:
        return tuple(file for file in self.files if file.status != "ok")


@dataclass(frozen=True, slots=True)
class Leaving:
    """What taking ``names`` out of a folder takes away: ``sheets`` of contents that no other file holds. On how many of
    their values a person decided stands in ``decisions``; these are kept."""

    names: tuple[str, ...]
    sheets: int
    decisions: int


def holdings(out: Path) -> Holdings:
    """What ``out`` holds. Raises ``Problem`` where nothing was converted into it."""
    with _ledger(out) as ledger:
        records = [record for record, _ in ledger.files()]
        roots = [Path(root) for root in ledger.roots()]
    known = {record.path for record in records}
    there = [root for root in roots if root.exists()]
    found = find(there, excluding=[out]) if there else []
    return Holdings(
        files=tuple(read_files(out)),
        missing=tuple(record.name for record in records if _is_missing(record)),
        unplaced=tuple(record.name for record in records if not record.path),
        new=tuple(sorted({source.name for source in found if place(source) not in known})),
    )


def leaving(out: Path, names: Sequence[str], *, prune: bool) -> Leaving:
    """What taking out files, or whole folders, called ``names`` would take away; with ``prune`` also all missing ones.

    Raises ``Problem`` where a name is not there.
    """
    with _ledger(out) as ledger:
        records = [record for record, _ in ledger.files()]
        chosen = {record.name for record in records if prune and _is_missing(record)}
        for name in names:
            chosen |= _called(name.rstrip("/"), [record.name for record in records])
        stays = {record.sha256 for record in records if record.name not in chosen}
        gone = {record.sha256 for record in records if record.name in chosen} - stays - {""}
        beginnings = {sha256[:12] for sha256 in gone}
        decided = {(d.sheet_id, d.baris, d.kolom) for d in ledger.decisions() if d.sheet_id[:12] in beginnings}
    rows = {row.sha256: row.sheet for row in read_files(out) if row.sha256 in gone and row.sheet}
    return Leaving(tuple(sorted(chosen)), sum(rows.values()), len(decided))


def forget(out: Path, names: Sequence[str], rooms: Rooms = ROOMS) -> None:
    """Take files out of ``out`` and write its tables anew; decisions on their values stay in the ledger.

    Raises what ``convert`` raises where the tables cannot be written; the files are then taken out by the next run.
    """
    with exclusive(out / STATE, 0), _ledger(out) as ledger:
        check(ledger, out)
        ledger.forget(names)
        publish(ledger, out, limits(out), silent, rooms)


def limits(out: Path) -> BatchSettings:
    """The settings with the review budget or the risk of the run that wrote the tables of ``out``."""
    return BatchSettings(review_budget=flag_limit(out, "review_budget"), max_risk=flag_limit(out, "max_risk"))


def renew(out: Path, rooms: Rooms = ROOMS, prepared: Prepared | None = None) -> None:
    """Write the tables of ``out`` anew where anything was decided since they were written, flagged as they were.

    For ``prepared`` see ``publish``. Raises ``Busy`` while a run works on the folder, which then writes them itself.
    """
    with exclusive(out / STATE, 0), _ledger(out) as ledger:
        check(ledger, out)
        publish(ledger, out, limits(out), silent, rooms, prepared)


def take(out: Path, decisions: Sequence[Decision], rooms: Rooms = ROOMS) -> int:
    """Append decisions that were made elsewhere and write the tables of ``out`` anew; gives how many are new.

    Raises as ``renew``; the decisions are kept even so.
    """
    with _ledger(out) as ledger:
        new = ledger.decide(decisions)
    renew(out, rooms)
    return new


def given(out: Path) -> list[Decision]:
    """Every decision that was made on values of ``out``, in the order in which they came."""
    with _ledger(out) as ledger:
        return ledger.decisions()


def _ledger(out: Path) -> Ledger:
    if not (out / STATE / FILE).is_file():
        raise Problem("batch_no_ledger", path=out)
    return Ledger(out / STATE)


def _is_missing(record: FileRecord) -> bool:
    return bool(record.path) and not os.path.lexists(record.path)


def _called(name: str, known: Sequence[str]) -> set[str]:
    """The files called ``name``, or in a folder of that name."""
    found = {other for other in known if other == name or other.startswith(f"{name}/")}
    if not found:
        near = get_close_matches(name, known, n=1)
        raise Problem("batch_no_such_file_near" if near else "batch_no_such_file", name=name, near="".join(near))
    return found

"""A folder of tables checked and repaired: whatever of its ledger or its tables is sound is kept."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

from iki.batch.adoption import adopt, strangers
from iki.batch.conversion import STATE
from iki.batch.ledger import FILE, TABLES, Ledger
from iki.batch.lock import exclusive
from iki.batch.problems import LedgerNewer, LedgerUnusable, writing
from iki.batch.publication import Documents, originals
from iki.batch.stages import ROOMS
from iki.export.schema import TABLES as WRITTEN
from iki.export.schema import FileRow
from iki.export.swap import settle
from iki.export.tables import read_files, read_rows
from iki.messages import Problem
from iki.model import Note, note

ASIDE = "rusak"
"""Suffix of what is put aside, followed by a number."""


def repair(out: Path) -> list[Note]:
    """Check the ledger and the tables of ``out`` and mend what is broken; gives what was found and done, if anything.

    A ledger that is damaged is put aside and made anew of all rows of it that are sound. What it then lacks of the
    files in the tables is taken over from these. Tables that are damaged are put aside for the next run to write anew.
    Raises ``LedgerNewer`` where a later version of this program wrote the ledger, ``Busy`` while a run works on it, and
    ``Problem`` where there is neither ledger nor table.
    """
    done: list[Note] = []
    if not any((out / name).exists() for name in (f"{STATE}/{FILE}", *(f"{table.name}.csv" for table in WRITTEN))):
        raise Problem("batch_no_ledger", path=out)
    with exclusive(out / STATE, 0), writing(out):
        settle(out)
        tables = _tables(out, done)
        if not _is_sound(out / STATE):
            done.append(note("repair_ledger", path=_rebuild(out / STATE)))
        with Ledger(out / STATE) as ledger:
            adopted = _adopt(ledger, out, tables)
            lost = _lost(ledger)
            ledger.unfinish(lost)
            if lost:
                done.append(note("repair_readings", count=len(lost)))
            adopted |= _adopt(ledger, out, tables)
            if adopted:
                done.append(note("repair_adopted", count=len(adopted)))
    return done


def _adopt(ledger: Ledger, out: Path, tables: list[FileRow]) -> set[str]:
    """Take over from sound tables what the ledger does not know; gives the names of these files."""
    unknown = strangers(ledger, out) if tables else []
    adopt(ledger, out, unknown)
    return {file.berkas for file in unknown}


def _tables(out: Path, done: list[Note]) -> list[FileRow]:
    """The rows of ``berkas.csv`` if all tables are sound; tables that are not are put aside."""
    try:
        files = read_files(out)
        if files:
            read_rows(out)
    except Problem:
        for path in (out / f"{table.name}.csv" for table in WRITTEN):
            if path.is_file():
                path.replace(_free(path))
        done.append(note("repair_tables", path=out))
        return []
    return files


def _is_sound(state: Path) -> bool:
    try:
        with Ledger(state) as ledger:
            _lost(ledger)
            for look in (ledger.readers, ledger.roots, ledger.departed, ledger.decisions):
                look()
            return ledger.is_sound()
    except LedgerNewer:
        raise
    except LedgerUnusable:
        return False


def _lost(ledger: Ledger) -> list[str]:
    """The contents of which a reading is lost or damaged."""
    files = ledger.files()
    documents = Documents(ledger, originals(files), ROOMS)
    lost = [content.sha256 for content in documents.damaged_contents()]
    for _, content in files:
        if content is not None and content.kind == "tabel":
            try:
                ledger.adopted(content.sha256)
            except LedgerUnusable:
                lost.append(content.sha256)
    return lost


def _rebuild(state: Path) -> Path:
    """Put the ledger in ``state`` aside and make a new one of what is sound in it; gives where the old one is."""
    old = _free(state / FILE)
    for suffix in ("-wal", "-shm", ""):
        path = state / f"{FILE}{suffix}"
        if path.exists():
            path.replace(old.with_name(f"{old.name}{suffix}"))
    with Ledger(state) as ledger, closing(sqlite3.connect(old)) as damaged:
        for table, columns in TABLES.items():
            ledger.restore(table, _salvaged(damaged, table, columns))
    return old


def _salvaged(db: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """The rows of a damaged table, from both of its ends as far as they can be read; some may come twice."""
    for order in ("", f"ORDER BY {columns[0]}", f"ORDER BY {columns[0]} DESC"):
        try:
            there = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
            names = [name if name in there else "''" for name in columns]
            yield from db.execute(f"SELECT {', '.join(names)} FROM {table} {order}")
        except (sqlite3.Error, OverflowError, ValueError):
            continue


def _free(path: Path) -> Path:
    """A name beside ``path`` that nothing bears yet."""
    return next(p for n in count(1) if not (p := path.with_name(f"{path.name}.{ASIDE}-{n}")).exists())

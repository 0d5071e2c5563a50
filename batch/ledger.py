"""The ledger of a folder: what was read, so that nothing is read twice and nothing finished is ever lost.

One SQLite file in WAL mode. Every page is committed by itself as soon as it is read; a file counts once all its pages
are there. Page bodies are zlib-compressed JSON of ``iki.model.Page``, keyed by the content they were read from and by
the configuration (engines, models, program) that read them, so that another configuration never mixes in.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any, Self

import msgspec

from iki.batch.problems import DiskFull, LedgerUnusable, NotWritable
from iki.ingest.sources import Kind
from iki.messages import Problem

FILE = "ledger.sqlite"
_APPLICATION_ID = 0x696B6931
"""``iki1``: tells a ledger from any other SQLite file."""
_MIGRATIONS = (
    """
    CREATE TABLE contents (
        sha256 TEXT PRIMARY KEY, digest TEXT NOT NULL, kind TEXT, pages INTEGER NOT NULL, problem TEXT, note TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE files (
        name TEXT PRIMARY KEY, sha256 TEXT NOT NULL, state TEXT NOT NULL, problem TEXT
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX files_by_content ON files (sha256);
    CREATE TABLE pages (
        sha256 TEXT NOT NULL, digest TEXT NOT NULL, page INTEGER NOT NULL,
        body BLOB, problem TEXT, transient INTEGER NOT NULL, seconds REAL NOT NULL,
        PRIMARY KEY (sha256, digest, page)
    ) STRICT;
    CREATE TABLE decisions (
        id INTEGER PRIMARY KEY AUTOINCREMENT, made_at TEXT NOT NULL, made_by TEXT NOT NULL, sheet_id TEXT NOT NULL,
        baris TEXT NOT NULL, kolom TEXT NOT NULL, seen TEXT NOT NULL, decided TEXT NOT NULL, note TEXT NOT NULL
    ) STRICT;
    CREATE TRIGGER decisions_stay BEFORE UPDATE ON decisions BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    CREATE TRIGGER decisions_remain BEFORE DELETE ON decisions BEGIN SELECT RAISE(ABORT, 'append-only'); END;
    """,
)
"""From version n to n + 1; never edited once released, only added to. ``PRAGMA user_version`` counts them."""
_BUSY_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the tables name it.

    ``state`` is what the file system said of it when it was hashed: while that stays, it need not be hashed again.
    Where the file could not be read, ``problem`` says why; ``sha256`` is then what it held before, or empty.
    """

    name: str
    sha256: str
    state: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Content:
    """What one content came to under one configuration: ``pages`` of ``kind``, or a ``problem`` with all of it.

    ``note``: what a person should know although it could be read.
    """

    sha256: str
    digest: str
    kind: Kind | None
    pages: int
    problem: Problem | None = None
    note: Problem | None = None


@dataclass(frozen=True, slots=True)
class PageRecord:
    """A page read (``body``), or the ``problem`` with it. ``transient``: the next run tries again."""

    page: int
    body: bytes | None
    problem: Problem | None
    transient: bool
    seconds: float


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a value: ``decided`` where ``seen`` stood. ``baris`` is empty for sheet fields."""

    made_at: str
    made_by: str
    sheet_id: str
    baris: str
    kolom: str
    seen: str
    decided: str
    note: str = ""


class Ledger:
    """An open ledger; use it as a context manager.

    Every method raises ``DiskFull``, ``NotWritable`` or ``LedgerUnusable`` where SQLite reports such; a write is whole
    or not at all.
    """

    def __init__(self, folder: Path) -> None:
        """Open, or create, the ledger in ``folder``."""
        self.path = folder / FILE
        with _told(self.path):
            folder.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._migrate()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def _migrate(self) -> None:
        with self._write():
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            mark = int(self._db.execute("PRAGMA application_id").fetchone()[0])
            if version > len(_MIGRATIONS) or (version and mark != _APPLICATION_ID):
                raise LedgerUnusable(path=self.path, reason=f"versi {version}")
            for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
                for statement in _statements(script):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")
                self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")

    @contextmanager
    def _write(self) -> Iterator[sqlite3.Connection]:
        with _told(self.path):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
                raise
            self._db.execute("COMMIT")

    def _rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        with _told(self.path):
            return self._db.execute(query, values).fetchall()

    def content(self, sha256: str) -> Content | None:
        """What is known of a content, if all of it is."""
        rows = self._rows("SELECT sha256, digest, kind, pages, problem, note FROM contents WHERE sha256 = ?", sha256)
        return _content(rows[0]) if rows else None

    def settled(self, sha256: str, digest: str) -> set[int]:
        """The pages of a content that this configuration need not read again."""
        query = "SELECT page FROM pages WHERE sha256 = ? AND digest = ? AND NOT transient"
        return {int(page) for (page,) in self._rows(query, sha256, digest)}

    def unsettled(self, content: Content) -> bool:
        """Whether a finished content has pages that failed for reasons of the moment."""
        query = "SELECT 1 FROM pages WHERE sha256 = ? AND digest = ? AND transient LIMIT 1"
        return bool(self._rows(query, content.sha256, content.digest))

    def put_page(self, sha256: str, digest: str, record: PageRecord) -> None:
        """Keep one page, in place of what there was of it under this configuration."""
        values = (
            sha256, digest, record.page, record.body, _written(record.problem), record.transient, record.seconds
        )  # fmt: skip
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def put_content(self, content: Content) -> None:
        """Declare a content finished under its configuration; pages read under any other are forgotten."""
        values = (
            content.sha256,
            content.digest,
            content.kind,
            content.pages,
            _written(content.problem),
            _written(content.note),
        )
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?, ?)", values)
            db.execute("DELETE FROM pages WHERE sha256 = ? AND digest <> ?", (content.sha256, content.digest))

    def put_file(self, record: FileRecord) -> None:
        """Note what a file holds; one that cannot be read at the moment keeps the content known before."""
        query = (
            "INSERT INTO files VALUES (?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "state = excluded.state, problem = excluded.problem, "
            "sha256 = CASE excluded.sha256 WHEN '' THEN files.sha256 ELSE excluded.sha256 END"
        )
        with self._write() as db:
            db.execute(query, (record.name, record.sha256, record.state, _written(record.problem)))

    def hash_of(self, name: str, state: str) -> str | None:
        """The SHA-256 that a file had when it was last in this state, if it was."""
        rows = self._rows("SELECT sha256 FROM files WHERE name = ? AND state = ? AND state <> ''", name, state)
        return str(rows[0][0]) if rows else None

    def files(self) -> list[tuple[FileRecord, Content | None]]:
        """Every file of the folder that is finished or failed, with its content, sorted by name."""
        rows = self._rows(
            "SELECT name, f.sha256, state, f.problem, c.sha256, digest, kind, pages, c.problem, note "
            "FROM files f LEFT JOIN contents c ON c.sha256 = f.sha256 "
            "WHERE c.sha256 IS NOT NULL OR f.sha256 = '' ORDER BY name"
        )
        return [
            (FileRecord(name, sha256, state, _read(problem)), _content(rest) if rest[0] is not None else None)
            for name, sha256, state, problem, *rest in rows
        ]

    def pages(self, content: Content) -> Iterator[PageRecord]:
        """The pages of a finished content in order, one in memory at a time."""
        query = (
            "SELECT page, body, problem, transient, seconds FROM pages WHERE sha256 = ? AND digest = ? ORDER BY page"
        )
        with _told(self.path):
            for page, body, problem, transient, seconds in self._db.execute(query, (content.sha256, content.digest)):
                yield PageRecord(page, body, _read(problem), bool(transient), seconds)

    def decide(self, decision: Decision) -> None:
        """Append what a person decided; earlier decisions stay."""
        with self._write() as db:
            db.execute(
                "INSERT INTO decisions (made_at, made_by, sheet_id, baris, kolom, seen, decided, note) "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                astuple(decision),
            )

    def decisions(self) -> list[Decision]:
        """Every decision in the order in which they were made: the last about a value holds."""
        rows = self._rows(
            "SELECT made_at, made_by, sheet_id, baris, kolom, seen, decided, note FROM decisions ORDER BY id"
        )
        return [Decision(*map(str, row)) for row in rows]


def _statements(script: str) -> Iterator[str]:
    """Single statements, so that a migration runs within one transaction (``executescript`` would commit)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _content(row: Sequence[Any]) -> Content:
    sha256, digest, kind, pages, problem, note = row
    return Content(sha256, digest, kind, pages, _read(problem), _read(note))


def _written(problem: Problem | None) -> str | None:
    if problem is None:
        return None
    return msgspec.json.encode({"key": problem.key, "values": problem.values}, enc_hook=str).decode()


def _read(written: object) -> Problem | None:
    if written is None:
        return None
    said = msgspec.json.decode(str(written))
    return Problem(said["key"], **said["values"])


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says into a sentence of ours."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DiskFull(path=path.parent.parent) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
            raise NotWritable(path=path.parent.parent, reason=str(error)) from error
        if code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise LedgerUnusable(path=path, reason=str(error)) from error
        raise
    except OSError as error:
        raise NotWritable(path=path.parent.parent, reason=error.strerror or str(error)) from error

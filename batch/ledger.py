"""The ledger of a folder: what was read, so that nothing is read twice and nothing finished is ever lost.

One SQLite file in WAL mode. Every page is committed by itself, and on the disk, as soon as it is read; a file counts
once all its pages are there. Page bodies are zlib-compressed JSON of ``iki.model.Page``, keyed by the content they were
read from and by the configuration (engines, models, program) that read them, so that another configuration never mixes
in. Rows that were taken over from tables without a ledger stand beside them.
"""

from __future__ import annotations

import re
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Literal, Self

import msgspec

from iki.batch.decisions import Decision, Spot, Verdict
from iki.batch.lock import private_file, private_folder
from iki.batch.problems import DiskFull, LedgerNewer, LedgerUnusable, NotWritable, writing
from iki.export.schema import FileRow
from iki.export.tables import SheetRows
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
    """
    ALTER TABLE files ADD COLUMN path TEXT NOT NULL DEFAULT '';
    CREATE TABLE adopted (sha256 TEXT PRIMARY KEY, file TEXT NOT NULL, sheets TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE readers (digest TEXT PRIMARY KEY, described TEXT NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE roots (path TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;
    CREATE TABLE departed (name TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (name, sha256)) STRICT, WITHOUT ROWID;
    CREATE TRIGGER files_change AFTER UPDATE OF name, sha256 ON files
        WHEN OLD.name <> NEW.name OR OLD.sha256 <> NEW.sha256
        BEGIN INSERT OR IGNORE INTO departed VALUES (OLD.name, OLD.sha256); END;
    CREATE TRIGGER files_leave AFTER DELETE ON files
        BEGIN INSERT OR IGNORE INTO departed VALUES (OLD.name, OLD.sha256); END;
    """,
    "CREATE TABLE published (state TEXT PRIMARY KEY, told TEXT NOT NULL) STRICT, WITHOUT ROWID;\n"
    + "".join(
        f"CREATE TRIGGER {table}_{change.lower()} AFTER {change} ON {table} BEGIN DELETE FROM published; END;\n"
        for table in ("contents", "files", "pages", "adopted", "readers")
        for change in ("INSERT", "UPDATE", "DELETE")
    ),
    "".join(
        f"ALTER TABLE decisions ADD COLUMN {name} TEXT NOT NULL DEFAULT '';\n"
        for name in ("key", "kind", "sha256", "place", "around", "reading", "ink", "asked", "undoes")
    )
    + "CREATE UNIQUE INDEX decisions_by_key ON decisions (key) WHERE key <> '';\n"
    "CREATE TRIGGER decisions_insert AFTER INSERT ON decisions BEGIN DELETE FROM published; END;\n"
    "CREATE TABLE revision (number INTEGER NOT NULL) STRICT;\n"
    "INSERT INTO revision VALUES (abs(random() / 2));\n"
    + "".join(
        f"CREATE TRIGGER {table}_{change.lower()}_counts AFTER {change} ON {table} "
        "BEGIN UPDATE revision SET number = number + 1; END;\n"
        for table in ("contents", "files", "pages", "adopted")
        for change in ("INSERT", "UPDATE", "DELETE")
    ),
)
"""From version n to n + 1; never edited once released, only added to. ``PRAGMA user_version`` counts them."""
_LAST_VERSION = 99
"""A ledger that claims a later one is damaged."""
_BUSY_SECONDS = 30.0
_SHA256 = re.compile("[0-9a-f]{64}")
_KINDS = ("pdf", "tiff", "raster", "teks", "kata", "tabel")


@dataclass(frozen=True, slots=True)
class FileRecord:
    """A file as the tables name it.

    ``state`` is what the file system said of it when it was hashed: while that stays, it need not be hashed again.
    Where the file could not be read, ``problem`` says why; ``sha256`` is then what it held before, or empty. ``path``
    is where it was last seen, whole and without links; empty where that is not known.
    """

    name: str
    sha256: str
    state: str = ""
    problem: Problem | None = None
    path: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What one content came to under one configuration: ``pages`` of ``kind``, or a ``problem`` with all of it.

    ``kind`` is ``tabel`` where its rows were taken over from tables. ``note``: what a person should know although it
    could be read.
    """

    sha256: str
    digest: str
    kind: Kind | Literal["tabel"] | None
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
class Adopted:
    """What tables without a ledger said of one content: its row of ``berkas.csv`` and its sheets, ready to be written.

    There is nothing to read again or to clean; a source with this content takes their place.
    """

    sha256: str
    file: FileRow
    sheets: list[SheetRows]


class Ledger:
    """An open ledger; use it as a context manager.

    Every method raises ``DiskFull``, ``NotWritable`` or ``LedgerUnusable`` where SQLite reports such or where what
    stands there makes no sense; a write is whole or not at all.
    """

    def __init__(self, folder: Path) -> None:
        """Open, or create, the ledger in ``folder``, which nobody else may look into."""
        self.path = folder / FILE
        with _told(self.path):
            private_folder(folder)
            private_file(self.path)
            self._db = sqlite3.connect(self.path, timeout=_BUSY_SECONDS, isolation_level=None)
        try:
            with _told(self.path):
                self._db.execute("PRAGMA journal_mode = WAL")
                self._db.execute("PRAGMA synchronous = FULL")
                self._migrate()
        except BaseException:
            self._db.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._db.close()

    def _migrate(self) -> None:
        with self._write():
            version = int(self._db.execute("PRAGMA user_version").fetchone()[0])
            mark = int(self._db.execute("PRAGMA application_id").fetchone()[0])
            if mark == _APPLICATION_ID and len(_MIGRATIONS) < version <= _LAST_VERSION:
                raise LedgerNewer(path=self.path, reason=f"versi {version}")
            if not 0 <= version <= len(_MIGRATIONS) or (version and mark != _APPLICATION_ID):
                raise LedgerUnusable(path=self.path, reason=f"versi {version}")
            for number, script in enumerate(_MIGRATIONS[version:], start=version + 1):
                for statement in _statements(script):
                    self._db.execute(statement)
                self._db.execute(f"PRAGMA user_version = {number}")
                self._db.execute(f"PRAGMA application_id = {_APPLICATION_ID}")
            if _schema(self._db) != _sound_schema():
                raise LedgerUnusable(path=self.path, reason="skema")

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

    # --- contents and their pages

    def content(self, sha256: str) -> Content | None:
        """What is known of a content, if all of it is."""
        rows = self._rows("SELECT sha256, digest, kind, pages, problem, note FROM contents WHERE sha256 = ?", sha256)
        with _told(self.path):
            return _content(rows[0]) if rows else None

    def settled(self, sha256: str, digest: str) -> set[int]:
        """The pages of a content that this configuration need not read again."""
        query = "SELECT page FROM pages WHERE sha256 = ? AND digest = ? AND NOT transient"
        return {int(page) for (page,) in self._rows(query, sha256, digest)}

    def unsettled(self, content: Content) -> bool:
        """Whether a finished content has pages that are lost, or that failed for reasons of the moment."""
        if content.problem is not None or content.kind == "tabel":
            return False
        return self.settled(content.sha256, content.digest) != set(range(1, content.pages + 1))

    def put_page(self, sha256: str, digest: str, record: PageRecord) -> None:
        """Keep one page, in place of what there was of it under this configuration."""
        values = (
            sha256, digest, record.page, record.body, _written(record.problem), record.transient, record.seconds
        )  # fmt: skip
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO pages VALUES (?, ?, ?, ?, ?, ?, ?)", values)

    def drop_pages(self, content: Content, pages: Iterable[int]) -> None:
        """Forget pages whose readings are damaged, so that they are read again."""
        rows = [(content.sha256, content.digest, page) for page in pages]
        with self._write() as db:
            db.executemany("DELETE FROM pages WHERE sha256 = ? AND digest = ? AND page = ?", rows)

    def put_content(self, content: Content) -> None:
        """Declare a content finished under its configuration; pages read under any other are forgotten, and so are
        rows taken over from tables."""
        if self._rows("SELECT * FROM contents WHERE sha256 = ?", content.sha256) == [_content_row(content)]:
            return
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?, ?)", _content_row(content))
            db.execute("DELETE FROM pages WHERE sha256 = ? AND digest <> ?", (content.sha256, content.digest))
            db.execute("DELETE FROM adopted WHERE sha256 = ?", (content.sha256,))

    def pages(self, content: Content) -> Iterator[PageRecord]:
        """The pages of a finished content in order, one in memory at a time."""
        query = (
            "SELECT page, body, problem, transient, seconds FROM pages WHERE sha256 = ? AND digest = ? ORDER BY page"
        )
        with _told(self.path):
            for page, body, problem, transient, seconds in self._db.execute(query, (content.sha256, content.digest)):
                yield PageRecord(page, body, _read(problem), bool(transient), seconds)

    def adopt(self, adopted: Adopted) -> None:
        """Keep what tables without a ledger say of a content."""
        content = Content(adopted.sha256, "tabel", "tabel", adopted.file.halaman)
        values = adopted.sha256, _json(adopted.file), _json(adopted.sheets)
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO contents VALUES (?, ?, ?, ?, ?, ?)", _content_row(content))
            db.execute("INSERT OR REPLACE INTO adopted VALUES (?, ?, ?)", values)

    def adopted(self, sha256: str) -> Adopted:
        """What was taken over of a content. Raises ``LedgerUnusable`` where that is lost."""
        with _told(self.path):
            row = self._db.execute("SELECT file, sheets FROM adopted WHERE sha256 = ?", (sha256,)).fetchone()
            if row is None:
                raise LedgerUnusable(path=self.path, reason=f"adopted {sha256}")
            file = msgspec.json.decode(row[0], type=FileRow)
            return Adopted(sha256, file, msgspec.json.decode(row[1], type=list[SheetRows]))

    # --- files

    def put_file(self, record: FileRecord) -> None:
        """Note what a file holds; one that cannot be read at the moment keeps the content known before."""
        query = (
            "INSERT INTO files VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET "
            "state = excluded.state, problem = excluded.problem, path = excluded.path, "
            "sha256 = CASE excluded.sha256 WHEN '' THEN files.sha256 ELSE excluded.sha256 END"
        )
        values = (record.name, record.sha256, record.state, _written(record.problem), record.path)
        if self._rows("SELECT * FROM files WHERE name = ?", record.name) == [values]:
            return
        with self._write() as db:
            db.execute(query, values)

    def hash_of(self, name: str, state: str) -> str | None:
        """The SHA-256 that a file had when it was last in this state, if it was."""
        rows = self._rows("SELECT sha256 FROM files WHERE name = ? AND state = ? AND state <> ''", name, state)
        return str(rows[0][0]) if rows else None

    def rename(self, names: Mapping[str, str]) -> None:
        """Give files other names (old → new), all at once: two may change places."""
        with self._write() as db:
            rows = [row for old in names for row in db.execute("SELECT * FROM files WHERE name = ?", (old,))]
            db.executemany("DELETE FROM files WHERE name = ?", [(old,) for old in names])
            db.executemany("INSERT INTO files VALUES (?, ?, ?, ?, ?)", [(names[old], *rest) for old, *rest in rows])

    def forget(self, names: Iterable[str]) -> None:
        """Take files out, and with them what no other file holds; decisions stay."""
        with self._write() as db:
            db.executemany("DELETE FROM files WHERE name = ?", [(name,) for name in names])
            for table in ("contents", "pages", "adopted"):
                db.execute(f"DELETE FROM {table} WHERE sha256 NOT IN (SELECT sha256 FROM files)")

    def files(self) -> list[tuple[FileRecord, Content | None]]:
        """Every file of the folder that is finished or failed, with its content, sorted by name."""
        rows = self._rows(
            "SELECT name, f.sha256, state, f.problem, path, c.sha256, digest, kind, pages, c.problem, note "
            "FROM files f LEFT JOIN contents c ON c.sha256 = f.sha256 "
            "WHERE c.sha256 IS NOT NULL OR f.sha256 = '' ORDER BY name"
        )
        with _told(self.path):
            return [
                (_file(name, sha256, state, _read(problem), path), _content(rest) if rest[0] is not None else None)
                for name, sha256, state, problem, path, *rest in rows
            ]

    def departed(self) -> set[tuple[str, str]]:
        """Name and content of every file that was renamed, replaced or taken out since the tables were written."""
        return {(str(name), str(sha256)) for name, sha256 in self._rows("SELECT name, sha256 FROM departed")}

    def arrived(self, state: str, told: str) -> None:
        """The tables are written, and with ``state`` nothing need be written again: nothing is departed any more.

        ``told`` is what there is to tell of them. Whatever is put into the ledger undoes it.
        """
        with self._write() as db:
            db.execute("DELETE FROM departed")
            db.execute("DELETE FROM published")
            db.execute("INSERT INTO published VALUES (?, ?)", (state, told))

    def published(self, state: str) -> str | None:
        """What was told of the tables when they were written, if nothing has changed since."""
        rows = self._rows("SELECT told FROM published WHERE state = ?", state)
        return str(rows[0][0]) if rows else None

    # --- repair

    def is_sound(self) -> bool:
        """Whether SQLite finds nothing wrong with the whole file; reads all of it."""
        return self._rows("PRAGMA integrity_check(1)") == [("ok",)]

    def unfinish(self, contents: Iterable[str]) -> None:
        """Declare contents unfinished: their files are to be read again, as far as pages are missing."""
        with self._write() as db:
            db.executemany("DELETE FROM contents WHERE sha256 = ?", [(sha256,) for sha256 in contents])

    def restore(self, table: str, rows: Iterable[tuple[object, ...]]) -> None:
        """Put rows of another ledger into one of ``TABLES``, but for those that make no sense."""
        marks = ", ".join("?" * len(TABLES[table]))
        with self._write() as db:
            for row in rows:
                with suppress(sqlite3.IntegrityError, ValueError, TypeError, LookupError, AttributeError):
                    _CHECKS.get(table, tuple)(row)
                    db.execute(f"INSERT OR REPLACE INTO {table} ({', '.join(TABLES[table])}) VALUES ({marks})", row)

    # --- by whom, from where

    def put_reader(self, digest: str, described: Mapping[str, str]) -> None:
        """Keep what a configuration is made of: engine, versions, settings."""
        values = (digest, _json(described))
        if self._rows("SELECT * FROM readers WHERE digest = ?", digest) == [values]:
            return
        with self._write() as db:
            db.execute("INSERT OR REPLACE INTO readers VALUES (?, ?)", values)

    def readers(self) -> dict[str, dict[str, str]]:
        """Digest of a configuration → what it is made of."""
        rows = self._rows("SELECT digest, described FROM readers")
        with _told(self.path):
            return {str(digest): msgspec.json.decode(text, type=dict[str, str]) for digest, text in rows}

    def put_roots(self, paths: Iterable[str]) -> None:
        """Note the files and folders that a run was asked to convert."""
        with self._write() as db:
            db.executemany("INSERT OR IGNORE INTO roots VALUES (?)", [(path,) for path in paths])

    def roots(self) -> list[str]:
        """Every file or folder that a run was ever asked to convert."""
        return [str(path) for (path,) in self._rows("SELECT path FROM roots ORDER BY path")]

    # --- decisions

    def decide(self, decisions: Iterable[Decision]) -> int:
        """Append what people decided, all of it or nothing; earlier decisions stay. Gives how many are new: one whose
        key is known is not taken twice."""
        columns = ", ".join(_DECISION)
        marks = ", ".join("?" * len(_DECISION))
        with self._write() as db:
            return db.executemany(
                f"INSERT INTO decisions ({columns}) VALUES ({marks}) ON CONFLICT (key) WHERE key <> '' DO NOTHING",
                [tuple(_told_decision(decision)) for decision in decisions],
            ).rowcount

    def decisions(self, after: int = 0) -> list[Decision]:
        """Every decision in the order in which they came, but the first ``after``."""
        rows = self._rows(f"SELECT {', '.join(_DECISION)} FROM decisions ORDER BY id LIMIT -1 OFFSET ?", after)
        with _told(self.path):
            return [_decision(row) for row in rows]

    def revision(self) -> int:
        """A number that changes whenever files, contents or pages do; decisions leave it as it is."""
        return int(self._rows("SELECT number FROM revision")[0][0])


def _statements(script: str) -> Iterator[str]:
    """Single statements, so that a migration runs within one transaction (``executescript`` would commit)."""
    statement = ""
    for line in script.splitlines():
        statement += line + "\n"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _schema(db: sqlite3.Connection) -> set[tuple[str, str, str]]:
    """Kind, name and definition of everything in a database, spaces aside."""
    rows = db.execute("SELECT type, name, sql FROM sqlite_master WHERE name NOT LIKE 'sqlite\\_%' ESCAPE '\\'")
    return {(kind, name, " ".join(str(sql).split())) for kind, name, sql in rows}


@cache
def _sound_schema() -> set[tuple[str, str, str]]:
    with closing(sqlite3.connect(":memory:")) as db:
        for script in _MIGRATIONS:
            db.executescript(script)
        return _schema(db)


def _file(name: str, sha256: str, state: str, problem: Problem | None, path: str) -> FileRecord:
    if not (name and (_SHA256.fullmatch(sha256) or sha256 == "")):
        raise ValueError(f"files {name!r} {sha256!r}")
    return FileRecord(name, sha256, state, problem, path)


def _content(row: Sequence[Any]) -> Content:
    sha256, digest, kind, pages, problem, note = row
    if not (_SHA256.fullmatch(sha256) and pages >= 0 and (kind is None or kind in _KINDS)):
        raise ValueError(f"contents {sha256!r} {kind!r} {pages!r}")
    return Content(sha256, digest, kind, pages, _read(problem), _read(note))


def _page_row(row: Sequence[Any]) -> None:
    sha256, _, page, body, problem, *_ = row
    if not (_SHA256.fullmatch(sha256) and page > 0):
        raise ValueError(sha256)
    if body is not None:
        try:
            zlib.decompress(body)
        except zlib.error as error:
            raise ValueError(sha256) from error
    _read(problem)


def _content_row(content: Content) -> tuple[object, ...]:
    problem, note = _written(content.problem), _written(content.note)
    return content.sha256, content.digest, content.kind, content.pages, problem, note


def _told_decision(decision: Decision) -> Iterator[str]:
    for name in _DECISION:
        value = getattr(decision, name)
        yield value if isinstance(value, str) else _json(value)


def _decision(row: Sequence[Any]) -> Decision:
    told = dict(zip(_DECISION, map(str, row), strict=True))
    places = {name: msgspec.json.decode(told[name] or "[]", type=tuple[Spot, ...]) for name in ("place", "around")}
    return Decision(**{**told, **places, "kind": Verdict(told["kind"] or Verdict.EDITED)})  # type: ignore[arg-type]


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()


def _written(problem: Problem | None) -> str | None:
    if problem is None:
        return None
    return msgspec.json.encode({"key": problem.key, "values": problem.values}, enc_hook=str).decode()


def _read(written: object) -> Problem | None:
    if written is None:
        return None
    said = msgspec.json.decode(str(written))
    problem = Problem(said["key"], **said["values"])
    str(problem)  # a sentence that cannot be said is damaged
    return problem


_DECISION = tuple(field.name for field in fields(Decision))
TABLES: Mapping[str, tuple[str, ...]] = {
    "contents": ("sha256", "digest", "kind", "pages", "problem", "note"),
    "files": ("name", "sha256", "state", "problem", "path"),
    "pages": ("sha256", "digest", "page", "body", "problem", "transient", "seconds"),
    "decisions": ("id", *_DECISION),
    "adopted": ("sha256", "file", "sheets"),
    "readers": ("digest", "described"),
    "roots": ("path",),
    "departed": ("name", "sha256"),
    "published": ("state", "told"),
}
"""Every table of the ledger and its columns, the first of them one by which its rows can be put in order."""
_CHECKS: Mapping[str, Callable[[Sequence[Any]], object]] = {
    "contents": _content,
    "files": lambda row: _file(row[0], row[1], row[2], _read(row[3]), row[4]),
    "pages": _page_row,
    "decisions": lambda row: _decision(row[1:]),
    "adopted": lambda row: (
        msgspec.json.decode(row[1], type=FileRow),
        msgspec.json.decode(row[2], type=list[SheetRows]),
    ),
    "readers": lambda row: msgspec.json.decode(row[1], type=dict[str, str]),
}
"""What fails where a row of a table makes no sense."""


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what SQLite or the system says, and what makes no sense, into a sentence of ours."""
    try:
        with writing(path.parent.parent):
            yield
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if code == sqlite3.SQLITE_FULL:
            raise DiskFull(path=path.parent.parent) from error
        if code in (sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_IOERR):
            raise NotWritable(path=path.parent.parent, reason=str(error)) from error
        raise LedgerUnusable(path=path, reason=str(error)) from error
    except (ValueError, TypeError, LookupError, OverflowError, AttributeError, msgspec.MsgspecError) as error:
        raise LedgerUnusable(path=path, reason=str(error)) from error

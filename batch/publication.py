"""From the ledger to the tables: everything that belongs to a folder, normalised together and written."""

from __future__ import annotations

import errno
import logging
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from iki.batch.events import Listener, Tabulating
from iki.batch.ledger import Content, FileRecord, Ledger
from iki.batch.problems import DiskFull, FileUnexpected, NotWritable, PageUnexpected, unforeseen
from iki.batch.settings import BatchSettings
from iki.batch.stages import Rooms
from iki.export.schema import FileRow, Status
from iki.messages import Problem, sentence
from iki.model import CleanSheet, CleanValue, Document, Page, RawSheet

T = TypeVar("T")

_LOG = logging.getLogger(__name__)
_NAMED_PAGES = 5
"""Failed pages of a file whose sentences are given in full; of the rest only the number."""


@dataclass(frozen=True, slots=True)
class Published:
    """What a folder holds now: the rows of ``berkas.csv``, names that are ``copies``, and counts."""

    files: tuple[FileRow, ...]
    copies: frozenset[str]
    sheets: int
    rows: int
    values: int
    doubts: int


@dataclass(slots=True)
class _Story:
    """What there is to say about a content once its pages have been put together."""

    sheets: int = 0
    pages: int = 0
    seconds: float = 0.0
    failed: tuple[Problem, ...] = ()
    notes: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    problem: Problem | None = None
    note: Problem | None = None

    @property
    def status(self) -> Status:
        if not self.sheets:
            return "gagal"
        return "sebagian" if self.failed or self.lacks or self.note is not None else "ok"

    @property
    def message(self) -> str:
        """All sentences, one after the other."""
        said = [
            str(problem) for problem in (self.problem, self.note, *self.failed[:_NAMED_PAGES]) if problem is not None
        ]
        if len(self.failed) > _NAMED_PAGES:
            said.append(sentence("batch_more_pages", count=len(self.failed) - _NAMED_PAGES))
        if not self.sheets and self.problem is None and len(self.failed) < self.pages:
            said.append(sentence("batch_no_sheet"))
        return " ".join((*said, *self.lacks, *self.notes))


class Documents:
    """The documents of a folder, one for each content, put together from the ledger each time they are asked for.

    Only one is held at a time, unless whoever iterates keeps them. What was found along the way stands in ``stories``,
    by SHA-256.
    """

    def __init__(self, ledger: Ledger, contents: dict[str, tuple[str, Content]], rooms: Rooms) -> None:
        self._ledger, self._contents, self._rooms = ledger, contents, rooms
        self.stories: dict[str, _Story] = {}

    def __iter__(self) -> Iterator[Document]:
        for sha256, (name, content) in self._contents.items():
            document, self.stories[sha256] = self._document(name, content)
            if document is not None:
                yield document

    def lost(self, document: Document, sheet: RawSheet, error: Exception) -> None:
        """Note that the program itself fails with one sheet of a document; the others stay."""
        _LOG.error("%s", document.file, exc_info=error)
        story = self.stories[document.sha256]
        story.sheets -= 1
        story.failed += (PageUnexpected(page=sheet.first_page, reason=unforeseen(error)),)

    def _document(self, name: str, content: Content) -> tuple[Document | None, _Story]:
        story = _Story(pages=content.pages, problem=content.problem, note=content.note)
        if content.problem is not None:
            return None, story
        bodies: list[bytes] = []
        failed: list[Problem] = []
        for record in self._ledger.pages(content):
            story.seconds += record.seconds
            if record.body is not None:
                bodies.append(record.body)
            elif record.problem is not None:
                failed.append(record.problem)
        story.failed = tuple(failed)
        if content.kind == "teks":
            document = replace(_decoded(bodies[0], Document), file=name)
            story.pages = document.pages
        else:
            try:
                pages = [_decoded(body, Page) for body in bodies]
                document = self._rooms.assemble(name, content.sha256, pages)
            except Exception as error:  # a bug with one file must not take the tables of all others with it
                _LOG.exception("%s", name)
                story.problem = FileUnexpected(reason=unforeseen(error))
                return None, story
        story.sheets, story.notes, story.lacks = len(document.sheets), document.notes, document.lacks
        return document, story


def publish(ledger: Ledger, out: Path, settings: BatchSettings, listener: Listener, rooms: Rooms) -> Published:
    """Normalise everything in the ledger of ``out`` and write the tables, each whole or not at all.

    The first name of a content, in the order of names, is the file; later ones are copies. Raises ``DiskFull`` or
    ``NotWritable``.
    """
    files = ledger.files()
    contents: dict[str, tuple[str, Content]] = {}
    for record, content in files:
        if content is not None:
            contents.setdefault(record.sha256, (record.name, content))
    listener(Tabulating(len(files)))
    documents = Documents(ledger, contents, rooms)
    sheets = rooms.clean(documents, settings.review_budget, documents.lost)
    rows = tuple(_row(record, content, contents, documents.stories) for record, content in files)
    try:
        rooms.write(sheets, rows, out)
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(path=out) from error
        raise NotWritable(path=out, reason=error.strerror or str(error)) from error
    copies = {r.name for r, c in files if c is not None and contents[r.sha256][0] != r.name}
    values = [value for sheet in sheets for value in _values(sheet)]
    return Published(
        files=rows,
        copies=frozenset(copies),
        sheets=len(sheets),
        rows=sum(len(sheet.rows) for sheet in sheets),
        values=len(values),
        doubts=sum(value.flagged for value in values),
    )


def _values(sheet: CleanSheet) -> Iterator[CleanValue]:
    yield from sheet.fields.values()
    for row in sheet.rows:
        yield from row.values.values()


def _row(
    record: FileRecord, content: Content | None, contents: dict[str, tuple[str, Content]], stories: dict[str, _Story]
) -> FileRow:
    said = [str(record.problem)] if record.problem is not None else []
    if content is None:
        return FileRow(record.name, record.sha256, 0, 0, "gagal", " ".join(said), 0.0)
    story = stories[record.sha256]
    original = contents[record.sha256][0]
    copy = original != record.name and story.status != "gagal"
    if copy:
        said.append(sentence("batch_copy", original=original))
    if story.message:
        said.append(story.message)
    status: Status = "sebagian" if record.problem is not None and story.status == "ok" else story.status
    sheets, seconds = (0, 0.0) if original != record.name else (story.sheets, story.seconds)
    return FileRow(record.name, record.sha256, story.pages, sheets, status, " ".join(said), seconds)


def _decoded(body: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(zlib.decompress(body), type=kind)

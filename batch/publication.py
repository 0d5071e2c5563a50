"""From the ledger to the tables: everything that belongs to a folder, normalised together and written."""

from __future__ import annotations

import logging
import zlib
from collections import Counter
from collections.abc import Callable, Collection, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

import msgspec

from iki.batch.decisions import Places, found, settled
from iki.batch.events import Listener, Tabulating
from iki.batch.ledger import Adopted, Content, FileRecord, Ledger
from iki.batch.naming import plain
from iki.batch.problems import FileUnexpected, PageUnexpected, ReadingLost, unforeseen, writing
from iki.batch.settings import BatchSettings
from iki.batch.stages import Rooms
from iki.export.schema import TABLES, FileRow, Status
from iki.export.tables import DESCRIPTION, SheetRows, rendered
from iki.messages import Problem, written
from iki.model import CleanSheet, Document, Note, Page, RawSheet, note

T = TypeVar("T")
Say = Callable[..., str]
"""``iki.messages.sentence``, or ``written`` for what goes into files."""

_LOG = logging.getLogger(__name__)
_NAMED_PAGES = 5
"""Failed pages of a file whose sentences are given in full; of the rest only the number."""


@dataclass(frozen=True, slots=True)
class Told:
    """A row of ``berkas.csv`` and the remarks on it that are not in words yet."""

    row: FileRow
    remarks: list[Note]

    def said(self, say: Say) -> FileRow:
        """The row with the sentences of all remarks, none of them twice."""
        sentences = dict.fromkeys(say(remark.key, **remark.values) for remark in self.remarks)
        return replace(self.row, pesan=" ".join(sentences))


@dataclass(frozen=True, slots=True)
class Published:
    """What a folder holds now: what there is to tell of each file, names of ``copies``, and counts."""

    files: list[Told]
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
    notes: tuple[Note, ...] = ()
    lacks: tuple[Note, ...] = ()
    problem: Problem | None = None
    note: Problem | None = None
    adopted: FileRow | None = None

    @property
    def status(self) -> Status:
        if self.adopted is not None:
            return self.adopted.status
        if not self.sheets:
            return "gagal"
        return "sebagian" if self.failed or self.lacks or self.note is not None else "ok"

    def remarks(self) -> Iterator[Note]:
        """All there is to say: first of the file as a whole, then page by page."""
        whole = [problem for problem in (self.problem, self.note) if problem is not None]
        remarks = [Note(p.key, p.values) for p in (*whole, *self.failed[:_NAMED_PAGES])]
        remarks += (*self.lacks, *self.notes)
        if len(self.failed) > _NAMED_PAGES:
            remarks.append(note("batch_more_pages", count=len(self.failed) - _NAMED_PAGES))
        if not self.sheets and self.problem is None and len(self.failed) < self.pages and self.adopted is None:
            remarks.append(note("batch_no_sheet"))
        return iter(sorted(remarks, key=_page))


class Documents:
    """The documents of a folder, one for each content, put together from the ledger each time they are asked for.

    Only one is held at a time, unless whoever iterates keeps them. What was found along the way stands in ``stories``,
    by SHA-256. Pages whose readings are lost or damaged are told in ``damaged``, by content.
    """

    def __init__(self, ledger: Ledger, contents: dict[str, tuple[str, Content]], rooms: Rooms) -> None:
        self._ledger, self._contents, self._rooms = ledger, contents, rooms
        self.stories: dict[str, _Story] = {}
        self.damaged: dict[Content, set[int]] = {}

    def __iter__(self) -> Iterator[Document]:
        for sha256, (name, content) in self._contents.items():
            if content.kind != "tabel":
                document, self.stories[sha256] = self._document(name, content)
                if document is not None:
                    yield document

    def adopted(self) -> Iterator[SheetRows]:
        """The sheets that were taken over from tables."""
        for sha256, (name, content) in self._contents.items():
            if content.kind == "tabel":
                found = self._ledger.adopted(sha256)
                self.stories[sha256] = _adopted_story(found)
                for sheet in found.sheets:
                    yield replace(sheet, sheet={**sheet.sheet, "berkas": name})

    def lost(self, document: Document, sheet: RawSheet, error: Exception) -> None:
        """Note that the program itself fails with one sheet of a document; the others stay."""
        _LOG.error("%s", document.file, exc_info=error)
        story = self.stories[document.sha256]
        story.sheets -= 1
        story.failed += (PageUnexpected(page=sheet.first_page, reason=unforeseen(error)),)

    def damaged_contents(self) -> set[Content]:
        """The contents of which a page is lost or damaged, told without putting anything together."""
        read = (content for _, content in self._contents.values() if content.kind != "tabel" and not content.problem)
        return {content for content in read if self._pages(content, _Story())[1]}

    def _document(self, name: str, content: Content) -> tuple[Document | None, _Story]:
        story = _Story(pages=content.pages, problem=content.problem, note=content.note)
        if content.problem is not None:
            return None, story
        read, missing = self._pages(content, story)
        if missing:
            self.damaged[content] = missing
            return None, story
        try:
            document = self._put_together(name, content, read)
        except Exception as error:  # a bug with one file must not take the tables of all others with it
            _LOG.exception("%s", name)
            story.problem = FileUnexpected(reason=unforeseen(error))
            return None, story
        story.sheets, story.notes, story.lacks = len(document.sheets), document.notes, document.lacks
        if content.kind == "teks":
            story.pages = document.pages
        return document, story

    def _pages(self, content: Content, story: _Story) -> tuple[list[Page | RawSheet], set[int]]:
        """What was read of a content, and the numbers of pages whose readings are lost, damaged, or too many."""
        body: type[Page | RawSheet] = RawSheet if content.kind == "teks" else Page
        read: list[Page | RawSheet] = []
        failed: list[Problem] = []
        missing = set(range(1, content.pages + 1))
        for record in self._ledger.pages(content):
            story.seconds += record.seconds
            if record.body is not None:
                try:
                    read.append(_decoded(record.body, body))
                except (zlib.error, msgspec.MsgspecError, ValueError):
                    continue
            elif record.problem is not None:
                failed.append(record.problem)
            missing ^= {record.page}
        story.failed = tuple(failed)
        return read, missing

    def _put_together(self, name: str, content: Content, read: list[Page | RawSheet]) -> Document:
        if content.kind == "teks":
            sheets = tuple(sheet for sheet in read if isinstance(sheet, RawSheet))
            return Document(name, content.sha256, max((sheet.last_page for sheet in sheets), default=0), sheets)
        return self._rooms.assemble(name, content.sha256, [page for page in read if isinstance(page, Page)])


@dataclass(frozen=True, slots=True)
class Prepared:
    """Everything that belongs to a folder at one ``revision`` of its ledger, normalised together: ``sheets`` as the
    machine sees them, before what people decided, and sheets ``adopted`` from tables."""

    revision: int
    files: list[tuple[FileRecord, Content | None]]
    contents: dict[str, tuple[str, Content]]
    stories: dict[str, _Story]
    sheets: list[CleanSheet]
    adopted: list[SheetRows]


def prepare(ledger: Ledger, out: Path, settings: BatchSettings, rooms: Rooms) -> Prepared:
    """Normalise everything in the ledger of ``out``; the first name of a content, in the order of names, is the file.

    Raises ``ReadingLost`` where pages have to be read again first.
    """
    revision, files = ledger.revision(), ledger.files()
    contents = originals(files)
    documents = Documents(ledger, contents, rooms)
    sheets = rooms.clean(documents, settings, documents.lost)
    if documents.damaged:
        for content, pages in documents.damaged.items():
            ledger.drop_pages(content, pages & set(range(1, content.pages + 1)))
        raise ReadingLost(sorted(contents[content.sha256][0] for content in documents.damaged), out)
    adopted = list(documents.adopted())
    return Prepared(revision, files, contents, documents.stories, sheets, adopted)


def publish(
    ledger: Ledger, out: Path, settings: BatchSettings, listener: Listener, rooms: Rooms,
    prepared: Prepared | None = None,
) -> Published:  # fmt: skip
    """Write the tables of everything in the ledger of ``out``, what people decided in the place of what was read, all
    together or not at all.

    What the caller has ``prepared`` with the same settings is used if the ledger is still at that revision. Later names
    of a content are copies of its first. Raises ``DiskFull`` or ``NotWritable``, and ``ReadingLost`` where pages have
    to be read again first: the tables are as they were.
    """
    state = _state(out, settings, rooms)
    known = ledger.published(state)
    if known is not None:
        with suppress(msgspec.MsgspecError):  # damaged: then it is worked out anew
            return msgspec.json.decode(known, type=Published)
    if prepared is None or prepared.revision != ledger.revision():
        listener(Tabulating(len(ledger.files())))
        prepared = prepare(ledger, out, settings, rooms)
    files, contents = prepared.files, prepared.contents
    held, astray = found(Places(prepared.sheets), ledger.decisions())
    sheets = [*(rendered(settled(sheet, held)) for sheet in prepared.sheets), *prepared.adopted]
    readers = ledger.readers()
    names = {record.name for record, _ in files}
    told = [_told(record, content, prepared, readers, names, astray) for record, content in files]
    with writing(out):
        rows = [file.said(written) for file in told]
        rooms.write(sheets, rows, out, _made(files, readers, settings, rooms))
    published = Published(
        files=told,
        copies=frozenset(r.name for r, c in files if c is not None and contents[r.sha256][0] != r.name),
        sheets=len(sheets),
        rows=sum(len(sheet.rows) for sheet in sheets),
        values=sum(sheet.values for sheet in sheets),
        doubts=sum(sheet.doubts for sheet in sheets),
    )
    ledger.arrived(_state(out, settings, rooms), msgspec.json.encode(published, enc_hook=str).decode())
    return published


def _state(out: Path, settings: BatchSettings, rooms: Rooms) -> str:
    """What the tables depend on beside the ledger: the program, the settings, and that nobody touched them since."""
    paths = [out / f"{table.name}.csv" for table in TABLES] + [out / DESCRIPTION]
    stats = [path.stat() if path.is_file() else None for path in paths]
    touched = [(stat.st_size, stat.st_mtime_ns, stat.st_ino) if stat is not None else () for stat in stats]
    return f"{rooms.program()} {settings.review_budget} {settings.max_risk} {touched}"


def originals(files: list[tuple[FileRecord, Content | None]]) -> dict[str, tuple[str, Content]]:
    """SHA-256 → the name under which a content stands in the tables, and the content."""
    contents: dict[str, tuple[str, Content]] = {}
    for record, content in files:
        if content is not None:
            contents.setdefault(record.sha256, (record.name, content))
    return contents


def _made(
    files: list[tuple[FileRecord, Content | None]],
    readers: dict[str, dict[str, str]],
    settings: BatchSettings,
    rooms: Rooms,
) -> dict[str, object]:
    """With what the tables are made: version and settings of the normalisation, and who read how many files."""
    count = Counter(content.digest for _, content in files if content is not None and content.digest in readers)
    read = [{**readers[digest], "files": number} for digest, number in count.items()]
    return {
        "version": rooms.version(),
        "settings": {"review_budget": settings.review_budget, "max_risk": settings.max_risk},
        "readers": sorted(read, key=lambda reader: sorted((key, str(value)) for key, value in reader.items())),
    }


def _adopted_story(adopted: Adopted) -> _Story:
    file = adopted.file
    said = (Note("batch_said", {"text": file.pesan}),) if file.pesan else ()
    return _Story(
        len(adopted.sheets), file.halaman, file.detik, notes=(*said, note("batch_adopted")), adopted=adopted.file
    )


def _told(
    record: FileRecord, content: Content | None, prepared: Prepared, readers: dict[str, dict[str, str]],
    names: Collection[str], astray: Counter[str],
) -> Told:  # fmt: skip
    remarks = [Note(record.problem.key, record.problem.values)] if record.problem is not None else []
    if content is None:
        return Told(FileRow(record.name, record.sha256, 0, 0, "gagal", "", 0.0), remarks)
    story = prepared.stories[record.sha256]
    original = prepared.contents[record.sha256][0]
    if original != record.name and story.status != "gagal":
        remarks.append(note("batch_copy", original=original))
    if plain(record.name) != record.name and plain(record.name) in names:
        remarks.append(note("batch_same_name", original=plain(record.name)))
    remarks += story.remarks()
    if astray[record.sha256]:
        remarks.append(note("batch_astray", count=astray[record.sha256]))
    if readers.get(content.digest, {}).get("tesseract") == "":
        remarks.append(note("batch_without_tesseract"))
    status: Status = "sebagian" if record.problem is not None and story.status == "ok" else story.status
    sheets, seconds = (0, 0.0) if original != record.name else (story.sheets, story.seconds)
    return Told(FileRow(record.name, record.sha256, story.pages, sheets, status, "", seconds), remarks)


def _page(remark: Note) -> int:
    """The page that a remark is about, 0 for the file as a whole."""
    page = remark.values.get("page")
    return page if isinstance(page, int) else 0


def _decoded(body: bytes, kind: type[T]) -> T:
    return msgspec.json.decode(zlib.decompress(body), type=kind)

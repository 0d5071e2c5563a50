"""The driver of a run: files in, finished pages in the ledger, tables out.

Pages are the unit of work. The driver opens file after file, sends pages to the workers as far as the bound on pages in
flight allows, and writes every answer to the ledger at once. Nothing here depends on the order of answers.
"""

from __future__ import annotations

import logging
import pickle
import time
from collections import Counter, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Literal, TypeVar

from iki.batch import opener, work
from iki.batch.adoption import check
from iki.batch.events import (
    FileDone,
    FileNamed,
    FileOpened,
    Finished,
    Listener,
    Outcome,
    PageDelayed,
    PageDone,
    Started,
    silent,
)
from iki.batch.interruption import interruptible
from iki.batch.ledger import Content, FileRecord, Ledger, PageRecord
from iki.batch.lock import exclusive
from iki.batch.naming import Names, place
from iki.batch.problems import (
    ClusterDiffers,
    ClusterUnavailable,
    Interrupted,
    OpeningDied,
    PageUnit,
    ReadingLost,
    SheetUnit,
    Unit,
)
from iki.batch.publication import publish
from iki.batch.settings import BatchSettings
from iki.batch.stages import ROOMS, Rooms
from iki.batch.workers import LOST, Crew, crew, opening
from iki.ingest.sources import Identity, Kind, Parcel, Source, State, find, identify, passed_over, state
from iki.ingest.sources.problems import NothingFound, PassedOver
from iki.messages import Problem, sentence

T = TypeVar("T")

_LOG = logging.getLogger(__name__)

STATE = ".iki"
"""Folder within the output folder that holds the ledger and the lock."""


def convert(
    sources: Sequence[Path],
    out: Path,
    settings: BatchSettings | None = None,
    listener: Listener = silent,
    rooms: Rooms = ROOMS,
) -> Outcome:
    """Convert files and folders into the tables of ``out``, going on from whatever earlier runs have finished.

    Raises ``iki.ingest.sources.problems.Missing`` or ``NothingFound`` for sources that are not there; ``Busy``,
    ``LedgerUnusable``, ``ReadingLost``, ``NotAdopted``, ``NotWritable``, ``DiskFull``, ``ClusterUnavailable`` or
    ``ClusterDiffers`` where the run cannot begin or go on; ``Interrupted`` after Ctrl-C or a polite signal. Bad files
    raise nothing: the outcome names them.
    """
    found = find(sources, excluding=[out])
    if not found:
        raise NothingFound(path=", ".join(map(str, sources)))
    return convert_files(found, sources, out, settings or BatchSettings(), listener, rooms)


def convert_files(
    found: Sequence[Source], sources: Sequence[Path], out: Path, settings: BatchSettings, listener: Listener,
    rooms: Rooms,
) -> Outcome:  # fmt: skip
    """``convert`` for files already found in ``sources``."""
    start = time.monotonic()
    rooms.check(settings.engine)
    progress = _Progress()
    with exclusive(out / STATE, settings.lock_seconds), Ledger(out / STATE) as ledger, interruptible():
        check(ledger, out, adopting=settings.adopt)
        ledger.put_roots(str(source.resolve()) for source in sources)
        grown = _Growth(ledger, out, settings, rooms)
        try:
            with opening(settings) as open_files, crew(settings) as workers:
                listener(Started(len(found), workers.size()))
                run = _Run(ledger, open_files, workers, settings, listener, rooms, progress, grown)
                run.over(found)
                others = passed_over(sources, excluding=[out])
                run.pass_over(others)
                try:
                    published = publish(ledger, out, settings, listener, rooms)
                except ReadingLost as lost:
                    again = [source for source in found if run.names.known(source) in lost.names]
                    if len(again) < len(lost.names):
                        raise
                    run.over(again)
                    published = publish(ledger, out, settings, listener, rooms)
        except KeyboardInterrupt:
            raise Interrupted(pages=progress.read + progress.kept, out=out) from None
        names = {run.names.known(source) for source in (*found, *others)}
    rows = [file.said(sentence) for file in published.files if file.row.berkas in names]
    outcome = Outcome(
        out=out,
        files=len(rows),
        ok=sum(row.status == "ok" for row in rows),
        partial=sum(row.status == "sebagian" for row in rows),
        failed=sum(row.status == "gagal" for row in rows),
        duplicates=len(published.copies & names),
        pages_read=progress.read,
        pages_kept=progress.kept,
        sheets=published.sheets,
        rows=published.rows,
        values=published.values,
        doubts=published.doubts,
        seconds=time.monotonic() - start,
        failures=tuple(row for row in rows if row.status != "ok"),
        replaced=progress.named["replaced"],
        renamed=progress.named["renamed"],
        suffixed=progress.named["suffixed"],
        passed_over=len(others),
        without_tesseract=rooms.reader(settings.engine).get("tesseract") == "",
    )
    listener(Finished(outcome))
    return outcome


@dataclass(slots=True)
class _Progress:
    read: int = 0
    kept: int = 0
    named: Counter[str] = field(default_factory=Counter)


class _Growth:
    """Tables written now and then while a long run goes on, so that what is finished shows."""

    def __init__(self, ledger: Ledger, out: Path, settings: BatchSettings, rooms: Rooms) -> None:
        self._ledger, self._out, self._settings, self._rooms = ledger, out, settings, rooms
        self._due = time.monotonic() + settings.growth_seconds

    def __call__(self) -> None:
        """Write the tables if it is time; the longer that takes, the later the next time."""
        start = time.monotonic()
        if start < self._due:
            return
        with suppress(ReadingLost):  # those pages are read again at the end
            publish(self._ledger, self._out, self._settings, silent, self._rooms)
        took = time.monotonic() - start
        self._due = time.monotonic() + max(self._settings.growth_seconds, took / self._settings.growth_share)


@dataclass(slots=True)
class _Content:
    """A content being read: ``names`` under which it came, ``waiting`` pages still out, ``problem`` with all of it."""

    source: Source
    identity: Identity
    digest: str
    names: list[FileRecord]
    kind: Kind | Literal["tabel"] | None = None
    pages: int = 0
    waiting: set[int] = field(default_factory=set)
    problem: Problem | None = None
    note: Problem | None = None
    finished: bool = False


@dataclass(slots=True)
class _Block:
    """Neighbouring sheets of a dump that are drafted together, by their ordinals: once they are, the pickled ``drafts``
    and what they say of one another (``tally``), or the ``problem``."""

    numbers: range
    sheets: list[opener.Sheet]
    units: list[SheetUnit]
    drafts: list[bytes] = field(default_factory=list)
    tally: bytes = b""
    problem: Problem | None = None

    @property
    def done(self) -> bool:
        return bool(self.drafts) or self.problem is not None


@dataclass(frozen=True, slots=True)
class _Job:
    """One page of a content; of a dump one sheet of a drafted ``block``, or a ``block`` to draft (page 0). Nothing more
    is tried after the ``last``."""

    content: _Content
    page: int
    last: bool = False
    block: _Block | None = None

    @property
    def drafts(self) -> bool:
        """Whether a block of sheets is to be drafted, and nothing to be read yet."""
        return self.block is not None and not self.page

    @property
    def unit(self) -> Unit:
        if self.block is None:
            return PageUnit(self.page)
        return self.block.units[self.page - self.block.numbers.start if self.page else 0]


class _Run:
    """One run over many files."""

    def __init__(
        self, ledger: Ledger, open_files: Executor, workers: Crew, settings: BatchSettings, listener: Listener,
        rooms: Rooms, progress: _Progress, grown: Callable[[], object],
    ) -> None:  # fmt: skip
        self._ledger, self._open_files, self._workers, self._grown = ledger, open_files, workers, grown
        self._settings, self._tell, self._rooms, self._progress = settings, listener, rooms, progress
        self._digest = rooms.digest(settings.engine, settings.sources)
        self._flying: dict[Future[work.Result], _Job] = {}
        self._suspects: list[_Job] = []
        self._seen: dict[str, _Content] = {}
        ledger.put_reader(self._digest, rooms.reader(settings.engine))

    def over(self, found: Sequence[Source]) -> None:
        """Read whatever is new in ``found``; a page that cost its worker is tried again at the end, alone."""
        self._seen.clear()
        self._suspects.clear()
        self.names = Names(self._ledger, found, self._named)
        for source in found:
            for job in self._jobs(source):
                self._send(job)
                while len(self._flying) >= self._in_flight:
                    self._receive()
        while self._flying:
            self._receive()
        for job in self._suspects:
            self._send(job)
            while self._flying:
                self._receive()

    def pass_over(self, others: Sequence[Source]) -> None:
        """Note the files that are not read for their kind."""
        for source in others:
            problem = PassedOver(suffix=source.path.suffix.lower() or source.path.name)
            name = self.names.settle(source, "")
            self._ledger.put_file(FileRecord(name, "", problem=problem, path=place(source)))

    def _named(self, event: FileNamed) -> None:
        self._progress.named[event.how] += 1
        self._tell(event)

    @property
    def _in_flight(self) -> int:
        return self._settings.pages_in_flight * max(1, self._workers.size())

    def _jobs(self, source: Source) -> Iterator[_Job]:
        """The pages of a file that have to be read. A file that has none is finished here."""
        try:
            identity = self._identity(source)
        except Problem as problem:
            name = self.names.settle(source, "")
            self._ledger.put_file(FileRecord(name, "", problem=problem, path=place(source)))
            self._tell(FileDone(name, str(problem)))
            return
        source = replace(source, name=self.names.settle(source, identity.sha256))
        record = FileRecord(source.name, identity.sha256, _state_text(identity.state), path=place(source))
        known = self._seen.get(identity.sha256)
        if known is not None:
            known.names.append(record)
            if known.finished:
                self._finish(known)
            return
        content = _Content(source, identity, self._digest, [record])
        self._seen[identity.sha256] = content
        if self._is_known(content):
            return
        looked = self._opening(opener.look, source.path, identity, self._settings.sources, self._rooms.cut_dump)
        if isinstance(looked, Problem):
            content.problem = looked
            self._finish(content)
            return
        content.kind, content.pages, content.note = looked.kind, looked.pages, looked.note
        if looked.kind == "teks":
            content.digest = self._rooms.dump_digest()
        pages = self._pages(content)
        yield from self._sheets(content, {job.page for job in pages}) if looked.kind == "teks" else pages

    def _identity(self, source: Source) -> Identity:
        current = state(source.path)
        sha256 = None if self._settings.force else self._ledger.hash_of(self.names.known(source), _state_text(current))
        return Identity(sha256, current) if sha256 else identify(source.path, self._settings.sources)

    def _is_known(self, content: _Content) -> bool:
        """Whether nothing is left to read of a content; it is finished then."""
        known = self._ledger.content(content.identity.sha256)
        if known is None or self._settings.force:
            return False
        current = self._rooms.dump_digest() if known.kind == "teks" else self._digest
        if known.digest != current or self._ledger.unsettled(known):
            return False
        content.kind, content.pages, content.digest = known.kind, known.pages, known.digest
        content.problem, content.note = known.problem, known.note
        self._progress.kept += known.pages
        self._tell(FileOpened(content.source.name, known.pages, known.pages))
        self._finish(content)
        return True

    def _pages(self, content: _Content) -> Iterator[_Job]:
        sha256 = content.identity.sha256
        settled = set() if self._settings.force else self._ledger.settled(sha256, content.digest)
        content.waiting = set(range(1, content.pages + 1)) - settled
        self._progress.kept += content.pages - len(content.waiting)
        self._tell(FileOpened(content.source.name, content.pages, content.pages - len(content.waiting)))
        if not content.waiting:
            self._finish(content)
        for page in sorted(content.waiting):
            if content.finished:
                return
            yield _Job(content, page)

    def _sheets(self, content: _Content, wanted: set[int]) -> Iterator[_Job]:
        """The sheets of a dump that have to be read. They are drafted in blocks, a few blocks ahead: what the sheets of
        a block say tells of one another, and is the same whichever of them are still wanted."""
        blocks = deque(numbers for numbers in self._rooms.blocks(content.pages) if not wanted.isdisjoint(numbers))
        ahead: deque[_Block] = deque()
        while (blocks or ahead) and not content.finished:
            while blocks and len(ahead) <= self._workers.size():
                block = self._cut(content, blocks.popleft())
                if block is None:
                    return
                ahead.append(block)
                yield _Job(content, 0, block=block)
            block = ahead.popleft()
            while not block.done:
                self._receive()
            if block.problem is not None and len(block.numbers) > 1:  # the sheet to blame shall not cost the others
                alone = [
                    _Block(range(n, n + 1), [sheet], [unit])
                    for n, sheet, unit in zip(block.numbers, block.sheets, block.units, strict=True)
                ]
                for single in alone:
                    yield _Job(content, 0, block=single)
                    while not single.done:
                        self._receive()
            else:
                alone = [block]
            for single in alone:
                yield from (_Job(content, n, block=single) for n in single.numbers if n in wanted)

    def _cut(self, content: _Content, numbers: range) -> _Block | None:
        """A block of a dump, not yet drafted; ``None`` where the dump can't be read any more."""
        path, identity = content.source.path, content.identity
        found = self._opening(opener.sheets, path, identity, numbers, self._rooms.cut_dump)
        if isinstance(found, Problem):
            content.problem = found
            self._finish(content)
            return None
        units = [SheetUnit(n, *sheet.span) for n, sheet in zip(numbers, found, strict=True)]
        return _Block(numbers, found, units)

    def _send(self, job: _Job) -> None:
        """Take a page out of its file and give it to the workers."""
        content = job.content
        if content.finished:
            return
        if job.block is not None:
            self._send_sheets(job, job.block)
            return
        parcel = self._opening(opener.take, content.source.path, content.identity, job.page, self._settings.sources)
        if isinstance(parcel, Parcel):
            self._submit(job, work.PageTask(parcel, self._settings.engine, self._settings.sources, self._rooms.read))
        elif "page" in parcel.values:
            self._settle(job, work.Result(None, parcel, is_transient(parcel)))
        else:
            content.problem = parcel
            self._finish(content)

    def _send_sheets(self, job: _Job, block: _Block) -> None:
        """Have a block drafted, or one of its sheets read."""
        if not job.page:
            self._submit(job, work.DraftTask(tuple(block.sheets), self._rooms.draft_sheets))
        elif block.problem is not None:
            self._settle(job, work.Result(None, block.problem, True))
        else:
            draft = block.drafts[job.page - block.numbers.start]
            self._submit(job, work.SheetTask(draft, block.tally, job.page, self._rooms.read_sheet))

    def _submit(self, job: _Job, task: work.Task) -> None:
        settings, guard = self._settings, None
        if self._workers.remote:
            pages = partial(self._rooms.digest, settings.engine, settings.sources)
            digest = self._rooms.dump_digest if job.block is not None else pages
            guard = work.Guard(job.content.digest, digest, settings.page_seconds)
        self._flying[self._workers.executor.submit(work.run, task, job.unit, guard)] = job

    def _receive(self) -> None:
        """Wait for answers and keep them."""
        done, _ = wait(self._flying, timeout=self._workers.patience, return_when=FIRST_COMPLETED)
        if not done:
            raise ClusterUnavailable(address=self._settings.scheduler, reason="timeout")
        for future in done:
            job = self._flying.pop(future)
            try:
                result = future.result()
            except self._workers.lost as error:
                if self._workers.tries_again and not job.last and not job.drafts:
                    self._suspects.append(replace(job, last=True))
                    self._tell(PageDelayed(job.content.source.name, job.page))
                    continue
                result = work.Result(None, self._loss(job, error), True)
            except CancelledError as error:
                raise ClusterUnavailable(address=self._settings.scheduler, reason="scheduler") from error
            if isinstance(result.problem, ClusterDiffers):
                raise result.problem
            if job.drafts:
                self._drafted(job, result)
            else:
                self._settle(job, result)
        self._grown()

    def _loss(self, job: _Job, error: BaseException) -> Problem:
        return job.unit.too_long(self._settings.page_seconds) if isinstance(error, TimeoutError) else job.unit.died()

    def _drafted(self, job: _Job, result: work.Result) -> None:
        """Keep what became of a block of sheets."""
        if job.block is None:
            return
        job.block.problem = result.problem
        if result.trace:
            _LOG.info("%s, sheets from %d:\n%s", job.content.source.name, job.block.numbers.start, result.trace)
        if result.body is not None:
            job.block.drafts, job.block.tally = pickle.loads(result.body)

    def _settle(self, job: _Job, result: work.Result) -> None:
        """Keep what became of a page, and finish its content when it was the last."""
        content = job.content
        record = PageRecord(job.page, result.body, result.problem, result.transient, result.seconds)
        self._ledger.put_page(content.identity.sha256, content.digest, record)
        self._progress.read += 1
        message = str(result.problem) if result.problem is not None else ""
        self._tell(PageDone(content.source.name, job.page, result.seconds, result.cpu, result.peak, message))
        if result.trace:
            _LOG.info("%s, page %d:\n%s", content.source.name, job.page, result.trace)
        content.waiting.discard(job.page)
        if not content.waiting and not content.finished:
            self._finish(content)

    def _finish(self, content: _Content) -> None:
        """Nothing is left to do for a content: note it under every name that it came with so far."""
        content.finished = True
        problem = content.problem
        passing = problem is not None and (is_transient(problem) or self._is_adopted(content))
        if not passing:
            done = Content(content.identity.sha256, content.digest, content.kind, content.pages, problem, content.note)
            self._ledger.put_content(done)
        for record in content.names:
            self._ledger.put_file(replace(record, sha256="", state="", problem=problem) if passing else record)
            self._tell(FileDone(record.name, str(problem) if problem is not None else ""))
        content.names.clear()

    def _is_adopted(self, content: _Content) -> bool:
        """Whether rows of a content were taken over from tables: a file that cannot be read does not cost them."""
        known = self._ledger.content(content.identity.sha256)
        return known is not None and known.kind == "tabel"

    def _opening(self, function: Callable[..., T], *args: object) -> T | Problem:
        """Have the opening process do something; its death is the file's fault."""
        try:
            return self._open_files.submit(function, *args).result()
        except LOST:
            return OpeningDied()


def is_transient(problem: Problem) -> bool:
    """Whether a problem comes from the moment, so that the next run should try again."""
    return bool(getattr(problem, "transient", True))


def _state_text(of: State) -> str:
    return " ".join(map(str, of))

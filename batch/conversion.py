"""The driver of a run: files in, finished pages in the ledger, tables out.

Pages are the unit of work. The driver opens file after file, sends pages to the workers as far as the bound on pages in
flight allows, and writes every answer to the ledger at once. Nothing here depends on the order of answers.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, CancelledError, Executor, Future, wait
from contextlib import suppress
from dataclasses import dataclass, field, replace
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
    PageTooLong,
    ReadingLost,
    WorkerDied,
)
from iki.batch.publication import publish
from iki.batch.settings import BatchSettings
from iki.batch.stages import ROOMS, Rooms
from iki.batch.workers import LOST, Crew, crew, opening
from iki.ingest.sources import Identity, Kind, Parcel, Source, State, find, identify, passed_over, state
from iki.ingest.sources.problems import NothingFound, PassedOver
from iki.messages import Problem

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
    rows = [row for row in published.files if row.berkas in names]
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


@dataclass(frozen=True, slots=True)
class _Job:
    """One page of a content; ``last`` when nothing more is tried after this."""

    content: _Content
    page: int
    last: bool = False


class _Run:
    """One run over many files."""

    def __init__(
        self, ledger: Ledger, open_files: Executor, workers: Crew, settings: BatchSettings, listener: Listener,
        rooms: Rooms, progress: _Progress, grown: Callable[[], object],
    ) -> None:  # fmt: skip
        self._ledger, self._open_files, self._workers, self._grown = ledger, open_files, workers, grown
        self._settings, self._tell, self._rooms, self._progress = settings, listener, rooms, progress
        self._digest = rooms.digest(settings.engine, settings.sources)
        guard = work.Guard(self._digest, rooms.digest, settings.page_seconds)
        self._guard = guard if workers.remote else None
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
                while len(self._flying) >= self._settings.pages_in_flight * max(1, self._workers.size()):
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
        looked = self._opening(opener.look, source.path, identity, self._settings.sources)
        if isinstance(looked, Problem):
            content.problem = looked
            self._finish(content)
        elif looked.kind == "teks":
            self._read_dump(content)
        else:
            content.kind, content.pages, content.note = looked.kind, looked.pages, looked.note
            yield from self._pages(content)

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

    def _read_dump(self, content: _Content) -> None:
        start = time.perf_counter()
        content.kind, content.pages, content.digest = "teks", 1, self._rooms.dump_digest()
        self._tell(FileOpened(content.source.name, 1, 0))
        body = self._opening(opener.dump, content.source.path, content.identity, self._rooms.read_dump)
        if isinstance(body, Problem):
            content.problem = body
        else:
            record = PageRecord(1, body, None, False, time.perf_counter() - start)
            self._ledger.put_page(content.identity.sha256, content.digest, record)
            self._progress.read += 1
        self._finish(content)

    def _send(self, job: _Job) -> None:
        """Take a page out of its file and give it to the workers."""
        content = job.content
        if content.finished:
            return
        parcel = self._opening(opener.take, content.source.path, content.identity, job.page, self._settings.sources)
        if isinstance(parcel, Parcel):
            task = work.Task(parcel, self._settings.engine, self._settings.sources, self._rooms.read, self._guard)
            self._flying[self._workers.executor.submit(work.read, task)] = job
        elif "page" in parcel.values:
            self._settle(job, work.Result(None, parcel, is_transient(parcel)))
        else:
            content.problem = parcel
            self._finish(content)

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
                if self._workers.tries_again and not job.last:
                    self._suspects.append(replace(job, last=True))
                    self._tell(PageDelayed(job.content.source.name, job.page))
                    continue
                result = work.Result(None, self._loss(job, error), True)
            except CancelledError as error:
                raise ClusterUnavailable(address=self._settings.scheduler, reason="scheduler") from error
            if isinstance(result.problem, ClusterDiffers):
                raise result.problem
            self._settle(job, result)
        self._grown()

    def _loss(self, job: _Job, error: BaseException) -> Problem:
        if isinstance(error, TimeoutError):
            return PageTooLong(page=job.page, limit=self._settings.page_seconds)
        return WorkerDied(page=job.page)

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

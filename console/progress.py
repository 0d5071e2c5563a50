"""How a conversion goes, for whoever watches: a bar on a terminal, plain lines, or JSON lines for another program."""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, field
from math import ceil
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

from iki.batch.events import (
    Event,
    FileDone,
    FileNamed,
    FileOpened,
    Listener,
    Outcome,
    PageDelayed,
    PageDone,
    Started,
    Tabulating,
    as_json,
)
from iki.console.terminal import say_error
from iki.messages import printable, sentence

EVERY_SECONDS = 30.0
"""Seconds after which a run that writes plain lines says how far it is."""
NARROW = 72
"""Columns of a terminal below which the bar goes without the name of the file."""


@contextmanager
def course(json: bool, quiet: bool, verbose: bool, *, bar: bool = True, log: Path | None = None) -> Iterator[Listener]:
    """A listener for one conversion, as the options of the command line want it; ``bar``: a terminal may show one.

    With ``log`` every event is also written to that file, with the time; ``OSError`` where that cannot be.
    """
    with ExitStack() as stack:
        listeners: list[Listener] = [stack.enter_context(_log(log))] if log is not None else []
        if json:
            listeners.append(lambda event: print(as_json(event), flush=True))
        elif not quiet and bar and not verbose and sys.stderr.isatty():
            console = Console(stderr=True)
            names = (TextColumn("{task.description}"),) if console.width >= NARROW else ()
            columns = (*names, BarColumn(None), MofNCompleteColumn(), TextColumn("{task.fields[rest]}"), _Remaining())
            shown = stack.enter_context(Progress(*columns, console=console, transient=True, expand=True))
            listeners.append(_Bar(shown))
        elif not quiet:
            listeners.append(_Lines(verbose))
        yield _All(listeners)


class _All:
    """Tells each of several listeners; one whose output is closed (``| head``) or full hears no more."""

    def __init__(self, listeners: Sequence[Listener]) -> None:
        self._listeners = list(listeners)

    def __call__(self, event: Event) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(event)
            except OSError:
                self._listeners.remove(listener)


class _Remaining(TimeRemainingColumn):
    """The time that is left over all files, or nothing while nobody knows."""

    def render(self, task: Task) -> Text:
        return super().render(task) if task.completed else Text("")


@dataclass(slots=True)
class _Tally:
    """How far a run is. The pages of files not yet opened are taken to be as many as those of the others."""

    files: int = 0
    opened: int = 0
    pages: int = 0
    kept: int = 0
    read: int = 0
    failed: int = 0
    start: float = field(default_factory=time.monotonic)

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                self.files = event.files
            case FileOpened():
                self.opened, self.pages, self.kept = self.opened + 1, self.pages + event.pages, self.kept + event.kept
            case PageDone():
                self.read, self.failed = self.read + 1, self.failed + bool(event.message)
            case FileDone():
                self.failed += bool(event.message)
            case _:
                pass

    @property
    def total(self) -> int:
        """Pages of all files, as far as one can tell."""
        return round(self.pages * max(self.files, self.opened) / self.opened) if self.opened else 0

    @property
    def rate(self) -> float:
        """Pages read a minute."""
        return 60 * self.read / max(time.monotonic() - self.start, 1e-9)

    def sentence(self) -> str:
        """How far the run is, how fast it goes, and how long it will take."""
        left = max(0, self.total - self.kept - self.read)
        minutes = ceil(left / self.rate) if self.read else 0
        done = {"done": self.kept + self.read, "total": self.total, "failed": self.failed}
        return sentence("cli_course_so_far", **done, rate=self.rate, minutes=minutes)


class _Bar:
    """A bar over the pages of all files."""

    def __init__(self, bar: Progress) -> None:
        self._bar, self._tally = bar, _Tally()
        self._task = bar.add_task(sentence("cli_course_opening"), total=None, rest="")

    def __call__(self, event: Event) -> None:
        self._tally(event)
        match event:
            case FileNamed():
                self._bar.console.print(told(event, verbose=False), markup=False, highlight=False)
            case PageDone():
                self._show(description=escape(printable(event.file)))
            case FileOpened() | FileDone():
                self._show()
            case Tabulating():
                self._show(description=sentence("cli_course_tabulating"))
            case _:
                pass

    def _show(self, **changed: Any) -> None:
        tally = self._tally
        rest = sentence("cli_course_rest", rate=tally.rate, failed=tally.failed)
        done = tally.kept + tally.read
        self._bar.update(self._task, total=tally.total or None, completed=done, rest=rest, **changed)


class _Lines:
    """A line for each file and every half minute, with ``verbose`` also for each page."""

    def __init__(self, verbose: bool) -> None:
        self._verbose, self._tally = verbose, _Tally()
        self._due = time.monotonic() + EVERY_SECONDS

    def __call__(self, event: Event) -> None:
        self._tally(event)
        line = told(event, self._verbose)
        if line:
            print(line, flush=True)
        if time.monotonic() >= self._due:
            print(self._tally.sentence(), flush=True)
            self._due = time.monotonic() + EVERY_SECONDS


@contextmanager
def _log(path: Path) -> Iterator[Listener]:
    """A listener that writes what happens to a file, with the time, and what the program itself has to say."""
    handler = logging.FileHandler(path, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    logger = logging.getLogger("iki")
    before = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield lambda event: logger.info("%s", told(event, verbose=True) or as_json(event))
    finally:
        logger.setLevel(before)
        logger.removeHandler(handler)
        handler.close()


def told(event: Event, verbose: bool) -> str:
    """One sentence on an event; nothing for those that are not worth a line."""
    message = ""
    match event:
        case Started():
            said = sentence("cli_course_started", files=event.files)
        case FileOpened():
            said = sentence("cli_course_opened", file=event.file, pages=event.pages, kept=event.kept)
        case FileNamed():
            said = sentence(f"cli_course_{event.how}", file=event.file, before=event.before)
        case FileDone():
            said, message = sentence("cli_course_file", file=event.file), event.message
        case Tabulating():
            said = sentence("cli_course_tabulating")
        case PageDone() if verbose:
            said = sentence("cli_course_page", file=event.file, page=event.page, seconds=event.seconds)
            message = event.message
        case PageDelayed() if verbose:
            said = sentence("cli_course_delayed", file=event.file, page=event.page)
        case _:
            said = ""
    return printable(f"{said} {message}".rstrip())


def show_failures(outcome: Outcome) -> None:
    """One sentence on stderr for each file that failed or was only partly converted."""
    for row in outcome.failures:
        say_error(f"{row.berkas}: {row.pesan}")


def show_outcome(outcome: Outcome) -> None:
    """Counts, doubts, time and what to do next, on stdout."""
    counts = asdict(outcome)
    share = outcome.doubts / outcome.values if outcome.values else 0.0
    named = outcome.replaced or outcome.renamed or outcome.suffixed
    some = (*(("named",) if named else ()), *(("passed_over",) if outcome.passed_over else ()))
    for part in ("files", *some, "pages", "sheets", "doubts"):
        print(sentence(f"cli_outcome_{part}", **counts, share=share))
    if outcome.without_tesseract:
        print(sentence("batch_without_tesseract"))
    print(sentence("cli_outcome_retry" if outcome.failures else "cli_outcome_next", **counts))

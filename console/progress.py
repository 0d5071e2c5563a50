"""How a conversion goes, for whoever watches: a bar on a terminal, plain lines, or JSON lines for another program."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

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
    silent,
)
from iki.console.terminal import say_error
from iki.messages import printable, sentence


@contextmanager
def course(json: bool, quiet: bool, verbose: bool, *, bar: bool = True) -> Iterator[Listener]:
    """A listener for one conversion, as the options of the command line want it; ``bar``: a terminal may show one."""
    if json:
        yield lambda event: print(as_json(event), flush=True)
    elif quiet:
        yield silent
    elif bar and not verbose and sys.stderr.isatty():
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as shown:
            yield _Bar(shown)
    else:
        yield _Lines(verbose)


class _Bar:
    """A bar over the pages of all files opened so far."""

    def __init__(self, bar: Progress) -> None:
        self._bar = bar
        self._task = bar.add_task(sentence("cli_course_opening"), total=None)

    def __call__(self, event: Event) -> None:
        match event:
            case FileOpened():
                known = self._bar.tasks[self._task].total or 0
                self._bar.update(self._task, total=known + event.pages, advance=event.kept)
            case FileNamed():
                self._bar.console.print(named(event), markup=False, highlight=False)
            case PageDone():
                self._bar.update(self._task, advance=1, description=printable(event.file))
            case Tabulating():
                self._bar.update(self._task, description=sentence("cli_course_tabulating"))


class _Lines:
    """A line for each file, with ``verbose`` also for each page."""

    def __init__(self, verbose: bool) -> None:
        self._verbose = verbose

    def __call__(self, event: Event) -> None:
        match event:
            case Started():
                print(sentence("cli_course_started", files=event.files), flush=True)
            case FileOpened():
                name = printable(event.file)
                print(sentence("cli_course_opened", file=name, pages=event.pages, kept=event.kept), flush=True)
            case FileNamed():
                print(named(event), flush=True)
            case FileDone():
                print(sentence("cli_course_file", file=printable(event.file)), event.message, flush=True)
            case Tabulating():
                print(sentence("cli_course_tabulating"), flush=True)
            case PageDone() if self._verbose:
                place = {"file": printable(event.file), "page": event.page, "seconds": event.seconds}
                print(sentence("cli_course_page", **place), event.message, flush=True)
            case PageDelayed() if self._verbose:
                print(sentence("cli_course_delayed", file=printable(event.file), page=event.page), flush=True)
            case _:
                pass


def named(event: FileNamed) -> str:
    """One sentence on a file that was replaced, renamed, or bears the name of another."""
    return sentence(f"cli_course_{event.how}", file=printable(event.file), before=printable(event.before))


def show_failures(outcome: Outcome) -> None:
    """One sentence on stderr for each file that failed or was only partly converted."""
    for row in outcome.failures:
        say_error(f"{printable(row.berkas)}: {row.pesan}")


def show_outcome(outcome: Outcome) -> None:
    """Counts, doubts, time and what to do next, on stdout."""
    counts = asdict(outcome)
    share = outcome.doubts / outcome.values if outcome.values else 0.0
    named = outcome.replaced or outcome.renamed or outcome.suffixed
    for part in ("files", *(("named",) if named else ()), "pages", "sheets", "doubts"):
        print(sentence(f"cli_outcome_{part}", **counts, share=share))
    if outcome.without_tesseract:
        print(sentence("batch_without_tesseract"))
    print(sentence("cli_outcome_retry" if outcome.failures else "cli_outcome_next", **counts))

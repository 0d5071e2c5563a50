"""What a batch tells while it runs: to a progress bar, or line by line to another program.

A listener is anything that can be called with an event. Events come from the driver's thread, in order.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from iki.export.schema import FileRow


@dataclass(frozen=True, slots=True)
class Started:
    """The run begins: ``files`` to look at, ``workers`` at work (0 while a cluster has none yet)."""

    files: int
    workers: int


@dataclass(frozen=True, slots=True)
class FileOpened:
    """A file turned out to have ``pages``, of which ``kept`` stand in the ledger and need no reading."""

    file: str
    pages: int
    kept: int


@dataclass(frozen=True, slots=True)
class FileNamed:
    """A file that is known, or whose name is: its content was ``replaced`` where it lies, it was ``renamed`` from
    ``before``, or it is ``suffixed``, for ``before`` is the name of another file."""

    file: str
    before: str
    how: Literal["replaced", "renamed", "suffixed"]


@dataclass(frozen=True, slots=True)
class PageDone:
    """A page was read, or could not be: then ``message`` is the sentence that says why.

    ``seconds`` by the worker's clock, ``cpu`` seconds with those of programs it started, ``peak`` bytes of resident
    memory of the worker so far.
    """

    file: str
    page: int
    seconds: float
    cpu: float
    peak: int
    message: str = ""


@dataclass(frozen=True, slots=True)
class PageDelayed:
    """The worker of this page was lost or took too long; the page is tried once more, alone, at the end."""

    file: str
    page: int


@dataclass(frozen=True, slots=True)
class FileDone:
    """Nothing is left to do for a file; ``message`` says why where it failed as a whole."""

    file: str
    message: str = ""


@dataclass(frozen=True, slots=True)
class Tabulating:
    """All pages are read; ``files`` in the folder are normalised and written as tables."""

    files: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to.

    ``files`` were given, of them ``ok``, ``partial``, ``failed`` (copies of another file among them: ``duplicates``);
    ``failures`` are the rows of those not ``ok``. ``pages_read`` were read now, ``pages_kept`` were known. ``sheets``,
    ``rows``, ``values`` and ``doubts`` (flagged values) count what ``out`` holds now, of whatever run. Files were
    ``replaced``, ``renamed`` or ``suffixed`` as ``FileNamed`` tells, ``passed_over`` for their kind; pages
    were read ``without_tesseract``.
    """

    out: Path
    files: int
    ok: int
    partial: int
    failed: int
    duplicates: int
    pages_read: int
    pages_kept: int
    sheets: int
    rows: int
    values: int
    doubts: int
    seconds: float
    failures: tuple[FileRow, ...]
    replaced: int = 0
    renamed: int = 0
    suffixed: int = 0
    passed_over: int = 0
    without_tesseract: bool = False

    @property
    def exit_code(self) -> int:
        """0 when every file is ``ok``, else 3."""
        return 3 if self.failures else 0


@dataclass(frozen=True, slots=True)
class Finished:
    """The tables are written."""

    outcome: Outcome


Event = Started | FileOpened | FileNamed | PageDone | PageDelayed | FileDone | Tabulating | Finished


class Listener(Protocol):
    """Whoever wants to know how far the work is."""

    def __call__(self, event: Event, /) -> None: ...


def silent(event: Event, /) -> None:
    """A listener that does nothing."""


def as_json(event: Event) -> str:
    """An event as one line of JSON, its kind under ``event``: ``{"event": "PageDone", "file": …}``."""
    body = msgspec.to_builtins(event, enc_hook=str)
    return msgspec.json.encode({"event": type(event).__name__, **body}).decode()

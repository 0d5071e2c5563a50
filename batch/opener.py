"""What the opening process does: open a file, say what it is, take pages or the sheets of a text dump out of it.

Parsing a file from anywhere is no safer than reading one: it happens in a process that may die, too.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

from iki.batch.problems import FileUnexpected, OpeningTooBig, unforeseen
from iki.ingest.sources import Identity, Kind, Opened, Parcel, SourceSettings, opened, unchanged
from iki.messages import Problem

T = TypeVar("T")

_LOG = logging.getLogger(__name__)


class Sheet(Protocol):
    """The lines of one sheet of a text dump; ``span`` are the numbers of the first and the last of them."""

    @property
    def span(self) -> tuple[int, int]: ...


class Sheets(Protocol):
    """The sheets of a text dump, one after the other; once they are through, ``note`` says what belongs to none."""

    @property
    def note(self) -> Problem | None: ...

    def __iter__(self) -> Iterator[Sheet]: ...


CutDump = Callable[[Path], Sheets]
"""Path of a text dump → its sheets. Must be a module's function."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file turned out to be: its kind, and how many pages, or sheets of a text dump, it has. ``note``: what a
    person should know although it can be read."""

    kind: Kind
    pages: int
    note: Problem | None


class _Current:
    """The file open at the moment: a batch takes its pages one after the other."""

    def __init__(self) -> None:
        self._key: tuple[Path, Identity] | None = None
        self._stack = ExitStack()
        self._document: Opened | None = None

    def get(self, path: Path, identity: Identity, settings: SourceSettings) -> Opened:
        if self._document is None or self._key != (path, identity):
            self.close()
            self._document = self._stack.enter_context(opened(path, identity, settings))
            self._key = path, identity
        return self._document

    def close(self) -> None:
        self._stack.close()
        self._key = self._document = None


class _Cutting:
    """The text dump being cut into sheets at the moment, and how many of them were handed out."""

    def __init__(self) -> None:
        self._key: tuple[Path, Identity] | None = None
        self._sheets: Iterator[Sheet] = iter(())
        self._taken = 0

    def get(self, path: Path, identity: Identity, cut: CutDump, numbers: range) -> list[Sheet]:
        if self._key != (path, identity) or self._taken >= numbers.start:
            self._key, self._sheets, self._taken = (path, identity), iter(cut(path)), 0
        found = list(islice(self._sheets, numbers.start - 1 - self._taken, numbers.stop - 1 - self._taken))
        self._taken = numbers.stop - 1
        return found


_CURRENT = _Current()
_CUTTING = _Cutting()


def look(path: Path, identity: Identity, settings: SourceSettings, cut: CutDump) -> Contents | Problem:
    """Open a file. Returns the ``Problem`` rather than raising it."""

    def answer() -> Contents:
        document = _CURRENT.get(path, identity, settings)
        if document.kind != "teks":
            return Contents(document.kind, document.pages, document.note)
        sheets = cut(path)
        count = sum(1 for _ in sheets)
        return Contents("teks", count, sheets.note)

    return _told(answer)


def take(path: Path, identity: Identity, number: int, settings: SourceSettings) -> Parcel | Problem:
    """Page ``number`` of a file. Returns the ``Problem`` rather than raising it."""

    def answer() -> Parcel:
        parcel = _CURRENT.get(path, identity, settings).parcel(number)
        unchanged(path, identity)
        return parcel

    return _told(answer)


def sheets(path: Path, identity: Identity, numbers: range, cut: CutDump) -> list[Sheet] | Problem:
    """Some neighbouring sheets of a text dump, by their ordinals from 1, not yet read. Asked for in order, they are cut
    in one go. Returns the ``Problem`` rather than raising it."""

    def answer() -> list[Sheet]:
        found = _CUTTING.get(path, identity, cut, numbers)
        unchanged(path, identity)
        return found

    return _told(answer)


def _told(answer: Callable[[], T]) -> T | Problem:
    try:
        return answer()
    except Problem as problem:
        return problem
    except MemoryError:
        return OpeningTooBig()
    except Exception as error:  # whatever it is, it must not take other files with it
        _LOG.exception("opening")
        return FileUnexpected(reason=unforeseen(error))

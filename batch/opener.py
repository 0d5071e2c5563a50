"""What the opening process does: open a file, say what it is, take pages out of it.

Parsing a file from anywhere is no safer than reading one: it happens in a process that may die, too.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import msgspec

from iki.batch.problems import FileUnexpected, OpeningTooBig, unforeseen
from iki.ingest.sources import Identity, Kind, Opened, Parcel, SourceSettings, opened, unchanged
from iki.messages import Problem
from iki.model import Document

T = TypeVar("T")

_LOG = logging.getLogger(__name__)

ReadDump = Callable[[Path, str, str], Document]
"""Path, name and SHA-256 of a text dump → its sheets. Must be a module's function."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What a file turned out to be. ``note``: what a person should know although it can be read."""

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


_CURRENT = _Current()


def look(path: Path, identity: Identity, settings: SourceSettings) -> Contents | Problem:
    """Open a file. Returns the ``Problem`` rather than raising it."""

    def answer() -> Contents:
        document = _CURRENT.get(path, identity, settings)
        return Contents(document.kind, document.pages, document.note)

    return _told(answer)


def take(path: Path, identity: Identity, number: int, settings: SourceSettings) -> Parcel | Problem:
    """Page ``number`` of a file. Returns the ``Problem`` rather than raising it."""

    def answer() -> Parcel:
        parcel = _CURRENT.get(path, identity, settings).parcel(number)
        unchanged(path, identity)
        return parcel

    return _told(answer)


def dump(path: Path, identity: Identity, read_dump: ReadDump) -> bytes | Problem:
    """A text dump as zlib-compressed JSON of its ``Document``. Returns the ``Problem`` rather than raising it."""

    def answer() -> bytes:
        document = read_dump(path, path.name, identity.sha256)
        unchanged(path, identity)
        return zlib.compress(msgspec.json.encode(document))

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

"""Opening a source by what it contains, whatever its extension says."""

from __future__ import annotations

import errno
import hashlib
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

import msgspec

from iki.ingest.sources.page import Kind, Parcel
from iki.ingest.sources.pdf import PdfFile
from iki.ingest.sources.placed_words import is_set, pages_of
from iki.ingest.sources.problems import (
    Changed,
    Damaged,
    Denied,
    Empty,
    NoPages,
    NotAFile,
    SourceProblem,
    TooLarge,
    TooManyPages,
    Unreadable,
    Vanished,
)
from iki.ingest.sources.raster import RasterFile
from iki.ingest.sources.recognise import content_of
from iki.ingest.sources.settings import SourceSettings


class Opened(Protocol):
    """An open file: ``pages`` of them (none in a text dump), each to be had as a parcel.

    ``note`` is what a person should know about a file that can be read all the same.
    """

    @property
    def kind(self) -> Kind: ...

    @property
    def pages(self) -> int: ...

    @property
    def note(self) -> SourceProblem | None: ...

    def parcel(self, number: int) -> Parcel: ...

    def close(self) -> None: ...


State = tuple[int, int, int]
"""Size in bytes, time of the last change in ns, inode: while they stay, the file is the same."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Which file this is: SHA-256 as 64 hex digits, and its state when it was hashed."""

    sha256: str
    state: State


def state(path: Path) -> State:
    """What the file system says of a file. Raises ``Vanished``, ``Denied``, ``Unreadable`` or ``NotAFile``."""
    with _told(path):
        return _state(path)


def identify(path: Path, settings: SourceSettings) -> Identity:
    """Hash a file whole. Raises ``Vanished``, ``Denied``, ``Unreadable``, ``NotAFile`` or ``TooLarge``."""
    with _told(path):
        found = _state(path)
        if found[0] > settings.max_file_bytes:
            raise TooLarge(size=found[0] >> 20, limit=settings.max_file_bytes >> 20)
        with path.open("rb") as file:
            return Identity(hashlib.file_digest(file, "sha256").hexdigest(), found)


@contextmanager
def opened(path: Path, identity: Identity, settings: SourceSettings) -> Iterator[Opened]:
    """The file, open, whatever its extension.

    Raises what ``identify`` raises; ``Changed`` when the file is no longer the one identified; ``Empty``,
    ``OtherKind``, ``Mail``, ``UnknownKind``, ``NoOffice``, ``Encrypted``, ``Damaged``, ``NoPages`` or ``TooManyPages``
    for what it holds.
    """
    with _told(path):
        unchanged(path, identity)
        document = _open(path, identity.state[0], settings)
    try:
        if document.pages > settings.max_pages:
            raise TooManyPages(limit=settings.max_pages)
        with _told(path):
            yield document
    finally:
        document.close()


def _open(path: Path, size: int, settings: SourceSettings) -> Opened:
    if not size:
        raise Empty()
    kind = content_of(path)
    if kind == "pdf":
        return PdfFile(path)
    if kind == "office":
        from iki.ingest.sources.office import OfficeFile  # noqa: PLC0415 - few files need it

        return OfficeFile(path, settings)
    if kind == "tiff":
        from iki.ingest.sources.tiff import TiffFile  # noqa: PLC0415 - few files need its library

        return TiffFile(path, settings)
    if kind == "raster":
        return RasterFile(path, settings)
    if size > settings.max_text_bytes:
        raise TooLarge(size=size >> 20, limit=settings.max_text_bytes >> 20)
    return PlacedFile(path, kind == "kata") if kind == "kata" or is_set(path) else TextFile()


class TextFile:
    """A text dump: no pages, ``iki.ingest.dump`` reads it."""

    kind: Kind = "teks"
    note: SourceProblem | None = None
    pages = 0

    def parcel(self, number: int) -> Parcel:
        """There is none. Raises ``ValueError``."""
        raise ValueError(number)

    def close(self) -> None:
        """Nothing is held open."""


class PlacedFile:
    """Words that an earlier program has put in their places, a page at a time; the file is gone through once to count
    its pages and once more to hand them out. Opening raises ``NoPages``."""

    kind: Kind = "kata"
    note: SourceProblem | None = None

    def __init__(self, path: Path, markup: bool) -> None:
        self._path, self._markup = path, markup
        self.pages = sum(1 for _ in pages_of(path, markup))
        if not self.pages:
            raise NoPages()
        self._next, self._pages = 1, pages_of(path, markup)

    def parcel(self, number: int) -> Parcel:
        """Page ``number`` as JSON; asked for in order, pages are parsed once."""
        if number < self._next:
            self._next, self._pages = 1, pages_of(self._path, self._markup)
        page = next(islice(self._pages, number - self._next, None))
        self._next = number + 1
        return Parcel(number, "kata", msgspec.json.encode(page))

    def close(self) -> None:
        """Nothing is held open but what is read from."""
        self._pages = iter(())


def unchanged(path: Path, identity: Identity) -> None:
    """Raise ``Changed`` when the file's size or time is not what it was, ``Vanished`` when it is gone."""
    with _told(path):
        if _state(path) != identity.state:
            raise Changed()


def _state(path: Path) -> State:
    status = path.stat()
    if stat.S_ISDIR(status.st_mode):
        os.scandir(path).close()
    if not stat.S_ISREG(status.st_mode):
        raise NotAFile()
    return status.st_size, status.st_mtime_ns, status.st_ino


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """Turn what the operating system says into a sentence of ours."""
    try:
        yield
    except SourceProblem:
        raise
    except (FileNotFoundError, NotADirectoryError) as error:
        raise Vanished() from error
    except PermissionError as error:
        raise Denied() from error
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ELOOP):
            raise Vanished() from error
        if error.errno is None:
            raise Damaged() from error
        raise Unreadable(reason=error.strerror or str(error)) from error

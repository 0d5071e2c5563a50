"""The lines of a text dump, whatever its encoding and line ends, one at a time."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_BREAK = re.compile("\r\n|[\r\n\x0b\x85\u2028\u2029]")
_PAGE_BREAK = "\f"


@dataclass(frozen=True, slots=True)
class StreamSettings:
    chunk_bytes: int = 1 << 16
    """Bytes read at a time: what bounds the memory."""
    zero_share: float = 0.2
    """Share of zero bytes (0–1) at even or odd places from which a file without a BOM is UTF-16."""
    longest: int = 10_000
    """Characters of a line beyond which it is broken: no printed line is as long."""


@dataclass(frozen=True, slots=True)
class StreamLine:
    """A line of a dump: ``number`` counts lines, ``page`` page-like segments (parted by form feeds), both from 1."""

    number: int
    page: int
    text: str
    read: str | None = None
    """The line as it stands in the dump, where ``text`` is what the text corrector made of it."""

    @property
    def blank(self) -> bool:
        return not self.text.strip()


@dataclass(frozen=True, slots=True)
class LinePart:
    """Words of a line that belong to one value."""

    line: StreamLine
    text: str


def encoding_of(path: Path, settings: StreamSettings = StreamSettings()) -> str:
    """The encoding of a text file: by its BOM, else UTF-16 by its zero bytes, else UTF-8, else Windows-1252.

    Reads the file once if it has no BOM. Raises ``OSError`` as reading does.
    """
    with path.open("rb") as file:
        head = file.read(settings.chunk_bytes)
        for mark, name in _BOMS:
            if head.startswith(mark):
                return name
        zeros = [head[i::2].count(0) / max(len(head) // 2, 1) for i in (0, 1)]
        if max(zeros) > settings.zero_share:
            return "utf-16-be" if zeros[0] > zeros[1] else "utf-16-le"
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while head:
                decoder.decode(head)
                head = file.read(settings.chunk_bytes)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "cp1252"
    return "utf-8"


def read_lines(path: Path, settings: StreamSettings = StreamSettings()) -> Iterator[StreamLine]:
    """The lines of a file; no more than a chunk and a line of it is held. Undecodable bytes become U+FFFD."""
    with path.open(encoding=encoding_of(path, settings), errors="replace", newline="") as file:
        yield from numbered(iter(lambda: file.read(settings.chunk_bytes), ""), settings)


def numbered(chunks: Iterable[str], settings: StreamSettings = StreamSettings()) -> Iterator[StreamLine]:
    """Text in pieces of any size as numbered lines. A form feed ends a line and a page."""
    number, page, rest = 0, 1, ""
    for chunk in chunks:
        rest += chunk
        carried = "\r" if rest.endswith("\r") else ""  # its line feed may come with the next piece
        pieces = _BREAK.split(rest[: len(rest) - len(carried)])
        rest = pieces.pop() + carried
        if len(rest) > settings.longest:
            pieces.append(rest)
            rest = ""
        for piece in pieces:
            for i, part in enumerate(piece.split(_PAGE_BREAK)):
                number, page = number + 1, page + bool(i)
                yield StreamLine(number, page, part)
    last = _BREAK.split(rest)
    for piece in last[:-1] if not last[-1] else last:
        for i, part in enumerate(piece.split(_PAGE_BREAK)):
            number, page = number + 1, page + bool(i)
            yield StreamLine(number, page, part)

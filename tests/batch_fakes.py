"""Rooms for tests of the batch: they read what a page's colour tells them, and may die of it.

Worker processes import this module, so it stands apart from the tests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from iki.batch.settings import BatchSettings
from iki.batch.stages import ROOMS, Rooms
from iki.export.tables import write
from iki.ingest.sources import PageImage, SourceSettings
from iki.messages import Problem
from iki.model import CleanRow, CleanSheet, CleanValue, Document, Line, Page, RawRow, RawSheet, RawValue, Reading
from iki.normalize.sheet import Failed

DIES, HANGS, EATS, RAISES, SLOW = 10, 20, 30, 40, 50
"""Grey levels of a page that make its reader do so; any other level is simply read."""
SLOW_SECONDS = 0.15


def read(image: PageImage, engine: str) -> Page:
    level = int(image.pixels.reshape(-1)[0])
    if level == DIES:
        os.abort()
    if level == HANGS:
        time.sleep(600)
    if level == EATS:
        np.ones(8 << 30, np.uint8)
    if level == RAISES:
        raise ZeroDivisionError("a bug")
    if level == SLOW:
        time.sleep(SLOW_SECONDS)
    height, width = image.pixels.shape[:2]
    return Page(image.number, width, height, 100.0, 0, (width, height), 10.0, (line(image),), ())


def line(image: PageImage) -> Line:
    text = f"halaman {image.number} {int(image.pixels.astype(np.int64).sum())}"
    return Line(image.number, None, None, None, (Reading(text, (), 1.0, "palsu"),))


def read_once(tries: Path, image: PageImage, engine: str) -> Page:
    """Die at the first try of a page, read it at the second; tries are noted in a folder."""
    note = tries / f"{image.number}"
    if not note.exists():
        note.touch()
        os.abort()
    return read(image, engine)


@dataclass(frozen=True)
class Stretch:
    """A line of a text dump, which is a sheet here."""

    number: int
    text: str

    @property
    def span(self) -> tuple[int, int]:
        return self.number, self.number


class Stretches:
    def __init__(self, path: Path) -> None:
        self._lines = path.read_text(errors="replace").splitlines()

    @property
    def note(self) -> Problem | None:
        return None if self._lines else Problem("dump_no_sheet")

    def __iter__(self) -> Iterator[Stretch]:
        return (Stretch(n, text) for n, text in enumerate(self._lines, 1))


def cut_dump(path: Path) -> Stretches:
    return Stretches(path)


def blocks(count: int) -> list[range]:
    return [range(n, min(n + 3, count + 1)) for n in range(1, count + 1, 3)]


def draft_sheets(sheets: Sequence[Stretch]) -> tuple[Sequence[str], int]:
    """What the sheets of a block tell one another is how many they are."""
    _misbehave(sheets, "draft")
    return [sheet.text for sheet in sheets], len(sheets)


def read_sheet(draft: str, tally: int, ordinal: int) -> RawSheet:
    _misbehave([Stretch(ordinal, draft)], "read")
    text = RawValue((Line(1, None, None, None, (Reading(f"{draft} of {tally}", (), 1.0, "teks"),)),))
    return sheet(ordinal, ordinal, text)


def _misbehave(sheets: Sequence[Stretch], when: str) -> None:
    for each in sheets:
        if each.text == f"a bug on {when}":
            raise ZeroDivisionError(each.text)
        if each.text == f"a death on {when}":
            os.abort()
        if each.text == f"slow on {when}":
            time.sleep(SLOW_SECONDS)


def sheet(ordinal: int, page: int, value: RawValue) -> RawSheet:
    return RawSheet(ordinal, page, page, None, {}, (RawRow(page, {"indikator": value}),))


def assemble(file: str, sha256: str, pages: Sequence[Page]) -> Document:
    sheets = [sheet(i, page.number, RawValue(page.lines)) for i, page in enumerate(pages, 1) if page.width > 5]
    return Document(file, sha256, len(pages), tuple(sheets), ("Catatan.",) if len(pages) > 99 else ())


def clean(documents: Iterable[Document], settings: BatchSettings, failed: Failed) -> list[CleanSheet]:
    documents = sorted(documents, key=lambda document: document.file)
    return [
        CleanSheet(f"{d.sha256[:12]}-{s.ordinal:03d}", d.file, d.sha256, s.first_page, s.last_page, {},
                   tuple(CleanRow(r.page, cleaned(r.values["indikator"], len(documents))) for r in s.rows))
        for d in documents for s in d.sheets
    ]  # fmt: skip


def cleaned(value: RawValue, documents: int) -> dict[str, CleanValue]:
    """The number of documents goes into every value: agreement is over the whole folder."""
    text = value.lines[0].text
    return {"indikator": CleanValue(f"{text} / {documents}", text, 0.9, documents == 1, raw=value)}


def digest(engine: str, sources: SourceSettings) -> str:
    return f"palsu {engine}"


def dump_digest() -> str:
    return "palsu teks"


def check(engine: str) -> None:
    """Any engine will do."""


FAKES = Rooms(
    check=check, read=read, cut_dump=cut_dump, blocks=blocks, draft_sheets=draft_sheets, read_sheet=read_sheet,
    assemble=assemble, clean=clean, write=write, digest=digest, dump_digest=dump_digest,
)  # fmt: skip
REAL = ROOMS

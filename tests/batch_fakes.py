"""Rooms for tests of the batch: they read what a page's colour tells them, and may die of it.

Worker processes import this module, so it stands apart from the tests.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from iki.batch.stages import ROOMS, Rooms
from iki.export.tables import write
from iki.ingest.sources import PageImage, SourceSettings
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


def read_dump(path: Path, file: str, sha256: str) -> Document:
    said = path.read_text(errors="replace").strip()
    if said == "a bug":
        raise ZeroDivisionError(said)
    text = RawValue((Line(1, None, None, None, (Reading(said, (), 1.0, "teks"),)),))
    return Document(file, sha256, 1, (sheet(1, 1, text),))


def sheet(ordinal: int, page: int, value: RawValue) -> RawSheet:
    return RawSheet(ordinal, page, page, None, {}, (RawRow(page, {"indikator": value}),))


def assemble(file: str, sha256: str, pages: Sequence[Page]) -> Document:
    sheets = [sheet(i, page.number, RawValue(page.lines)) for i, page in enumerate(pages, 1) if page.width > 5]
    return Document(file, sha256, len(pages), tuple(sheets), ("Catatan.",) if len(pages) > 99 else ())


def clean(documents: Iterable[Document], review_budget: float | None, failed: Failed) -> list[CleanSheet]:
    documents = sorted(documents, key=lambda document: document.file)
    return [
        CleanSheet(f"{d.sha256[:12]}-{s.ordinal:03d}", d.file, d.sha256, s.first_page, s.last_page, {},
                   tuple(CleanRow(r.page, cleaned(r.values["indikator"], len(documents))) for r in s.rows))
        for d in documents for s in d.sheets
    ]  # fmt: skip


def cleaned(value: RawValue, documents: int) -> dict[str, CleanValue]:
    """The number of documents goes into every value: agreement is over the whole folder."""
    text = value.lines[0].text
    return {"indikator": CleanValue(f"{text} / {documents}", text, 0.9, documents == 1)}


def digest(engine: str, sources: SourceSettings) -> str:
    return f"palsu {engine}"


def dump_digest() -> str:
    return "palsu teks"


def check(engine: str) -> None:
    """Any engine will do."""


FAKES = Rooms(
    check=check, read=read, read_dump=read_dump, assemble=assemble, clean=clean, write=write, digest=digest,
    dump_digest=dump_digest,
)  # fmt: skip
REAL = ROOMS

"""Sources: files and folders → pages as pictures, opened safely, one page at a time.

for source in find([Path("data/raw")]):
    for page in pages(source.path):
        page.number, page.pixels, page.dpi
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec

from iki.ingest.sources import pdf, raster
from iki.ingest.sources.discovery import SUFFIXES, Source, find, passed_over
from iki.ingest.sources.opening import Identity, Opened, State, identify, opened, state, unchanged
from iki.ingest.sources.page import Kind, PageImage, Parcel
from iki.ingest.sources.placed_words import PlacedPage
from iki.ingest.sources.problems import PageTooHeavy, SourceProblem
from iki.ingest.sources.settings import SourceSettings

__all__ = [
    "SUFFIXES", "Identity", "Kind", "Opened", "PageImage", "Parcel", "PlacedPage", "Source", "SourceProblem",
    "SourceSettings", "State", "find", "identify", "opened", "pages", "parcels", "passed_over", "picture", "state",
    "unchanged",
]  # fmt: skip


def picture(parcel: Parcel, settings: SourceSettings | None = None) -> PageImage | PlacedPage:
    """Decode one page; of words in their places there is no picture. Raises a ``SourceProblem`` that names the page."""
    settings = settings or SourceSettings()
    if len(parcel.data) > settings.max_page_bytes:
        raise PageTooHeavy(page=parcel.number, size=len(parcel.data) >> 20, limit=settings.max_page_bytes >> 20)
    if parcel.kind == "kata":
        return msgspec.json.decode(parcel.data, type=PlacedPage)
    decode = pdf.picture if parcel.kind == "pdf" else raster.picture
    return decode(parcel, settings)


def parcels(path: Path, settings: SourceSettings | None = None) -> Iterator[Parcel]:
    """The pages of a file (none in a text dump), still compressed, one at a time. Raises a ``SourceProblem``."""
    settings = settings or SourceSettings()
    with opened(path, identify(path, settings), settings) as document:
        for number in range(1, document.pages + 1):
            yield document.parcel(number)


def pages(path: Path, settings: SourceSettings | None = None) -> Iterator[PageImage | PlacedPage]:
    """The pages of a file as pictures, one at a time: memory does not grow with their number.

    Raises a ``SourceProblem`` at the first page that cannot be had.
    """
    for parcel in parcels(path, settings):
        yield picture(parcel, settings)

"""The rooms that a batch walks through, composed: the one place where ``batch`` knows their functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from iki.batch.configuration import digest, dump_digest, reader, version
from iki.batch.work import ReadPage
from iki.export.schema import FileRow
from iki.export.tables import SheetRows, write
from iki.ingest.sources import PageImage, SourceSettings
from iki.model import CleanSheet, Document, Page

if TYPE_CHECKING:
    from iki.ingest.ocr.engines import EngineName, Reader
    from iki.normalize.sheet import Failed


@dataclass(frozen=True, slots=True)
class Rooms:
    """What happens to a page, a dump, a document and a folder; each as the room's own module documents it.

    ``check`` raises a ``Problem`` when the engine asked for is not on this machine. ``read`` runs in the workers.
    """

    check: Callable[[EngineName], object]
    read: ReadPage
    read_dump: Callable[[Path, str, str], Document]
    assemble: Callable[[str, str, Sequence[Page]], Document]
    clean: Callable[[Iterable[Document], float | None, Failed], list[CleanSheet]]
    write: Callable[[Sequence[SheetRows], Sequence[FileRow], Path, Mapping[str, object]], None]
    digest: Callable[[EngineName, SourceSettings], str] = digest
    dump_digest: Callable[[], str] = dump_digest
    reader: Callable[[EngineName], dict[str, str]] = reader
    version: Callable[[], str] = version


@cache
def _reader(engine: EngineName) -> Reader:
    from iki.ingest.ocr import engines  # noqa: PLC0415 - models are loaded once per process, on its first page

    return engines.load(engine)


def read_page(image: PageImage, engine: EngineName) -> Page:
    """Read a page with the engine called ``engine``, loaded once per process."""
    from iki.ingest import page  # noqa: PLC0415

    return page.read_page(image, _reader(engine))


def read_dump(path: Path, file: str, sha256: str) -> Document:
    """Read a text dump. Its lines are corrected before they are taken apart: what they say tells where they belong."""
    from iki.ingest import dump  # noqa: PLC0415
    from iki.language.line_correction import correct_lines  # noqa: PLC0415

    return dump.read_dump(path, file, sha256, correct_lines)


def assemble(file: str, sha256: str, pages: Sequence[Page]) -> Document:
    """Put the pages of a file together to sheets."""
    from iki.ingest.form import sheets  # noqa: PLC0415

    return sheets.assemble(file, sha256, pages)


def clean(documents: Iterable[Document], review_budget: float | None, failed: Failed) -> list[CleanSheet]:
    """Normalise all sheets of a folder together; one that breaks the program is told to ``failed``."""
    from iki import vocab  # noqa: PLC0415 - loading lexica takes a second
    from iki.normalize import sheet  # noqa: PLC0415
    from iki.normalize.knowledge import Knowledge  # noqa: PLC0415
    from iki.normalize.trust import FlagSettings  # noqa: PLC0415

    settings = sheet.CleaningSettings(flags=FlagSettings(review_budget=review_budget))
    return sheet.clean(documents, Knowledge.of(vocab.load()), settings, failed)


ROOMS = Rooms(check=_reader, read=read_page, read_dump=read_dump, assemble=assemble, clean=clean, write=write)
"""The house as it stands."""

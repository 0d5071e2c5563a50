"""The rooms that a batch walks through, composed: the one place where ``batch`` knows their functions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iki.batch.configuration import digest, dump_digest, program, reader, version
from iki.batch.opener import CutDump, Sheets
from iki.batch.settings import BatchSettings
from iki.batch.work import DraftSheets, ReadPage, ReadSheet
from iki.export.schema import FileRow
from iki.export.tables import SheetRows, write
from iki.ingest.sources import PageImage, PlacedPage, SourceSettings
from iki.model import CleanSheet, Document, Page, RawSheet

if TYPE_CHECKING:
    from iki.ingest.ocr.engines import EngineName, Reader
    from iki.normalize.sheet import Failed


@dataclass(frozen=True, slots=True)
class Rooms:
    """What happens to a page, a dump, a document and a folder; each as the room's own module documents it.

    ``check`` raises a ``Problem`` when the engine asked for is not on this machine. ``read``, ``draft_sheets`` and
    ``read_sheet`` run in the workers, ``cut_dump`` where files are opened; ``blocks`` says by the number of sheets
    which of them (ordinals from 1) are drafted together.
    """

    check: Callable[[EngineName], object]
    read: ReadPage
    cut_dump: CutDump
    blocks: Callable[[int], Sequence[range]]
    draft_sheets: DraftSheets
    read_sheet: ReadSheet
    assemble: Callable[[str, str, Sequence[Page]], Document]
    clean: Callable[[Iterable[Document], BatchSettings, Failed], list[CleanSheet]]
    write: Callable[[Sequence[SheetRows], Sequence[FileRow], Path, Mapping[str, object]], None]
    digest: Callable[[EngineName, SourceSettings], str] = digest
    dump_digest: Callable[[], str] = dump_digest
    reader: Callable[[EngineName], dict[str, str]] = reader
    version: Callable[[], str] = version
    program: Callable[[], str] = program


@cache
def _reader(engine: EngineName) -> Reader:
    from iki.ingest.ocr import engines  # noqa: PLC0415 - models are loaded once per process, on its first page

    return engines.load(engine)


def read_page(image: PageImage | PlacedPage, engine: EngineName) -> Page:
    """Read a page with the engine called ``engine``, loaded once per process."""
    from iki.ingest import page  # noqa: PLC0415

    return page.read_page(image, _reader(engine))


def cut_dump(path: Path) -> Sheets:
    """Cut a text dump into sheets."""
    from iki.ingest import dump  # noqa: PLC0415

    return dump.sheets_in(path)


def blocks(count: int) -> list[range]:
    """Which sheets of a text dump are drafted together."""
    from iki.ingest import dump  # noqa: PLC0415

    return dump.blocks(count)


def draft_sheets(sheets: Sequence[Any]) -> tuple[Sequence[Any], Any]:
    """Draft the sheets of a block. Lines are corrected before they are taken apart: what they say tells where they
    belong."""
    from iki.ingest import dump  # noqa: PLC0415
    from iki.language.line_correction import correct_lines  # noqa: PLC0415

    block = dump.prepare(sheets, correct_lines)
    return block.drafts, block.tally


def read_sheet(draft: Any, tally: Any, ordinal: int) -> RawSheet:
    """Read a sheet of a text dump by its draft."""
    from iki.ingest import dump  # noqa: PLC0415

    return dump.read_sheet(draft, tally, ordinal)


def assemble(file: str, sha256: str, pages: Sequence[Page]) -> Document:
    """Put the pages of a file together to sheets."""
    from iki.ingest.form import sheets  # noqa: PLC0415

    return sheets.assemble(file, sha256, pages)


def clean(documents: Iterable[Document], settings: BatchSettings, failed: Failed) -> list[CleanSheet]:
    """Normalise all sheets of a folder together; one that breaks the program is told to ``failed``."""
    from iki import vocab  # noqa: PLC0415 - loading lexica takes a second
    from iki.normalize import sheet  # noqa: PLC0415
    from iki.normalize.knowledge import Knowledge  # noqa: PLC0415
    from iki.normalize.trust import FlagSettings  # noqa: PLC0415

    flags = FlagSettings(review_budget=settings.review_budget, max_risk=settings.max_risk)
    return sheet.clean(documents, Knowledge.of(vocab.load()), sheet.CleaningSettings(flags=flags), failed)


ROOMS = Rooms(
    check=_reader, read=read_page, cut_dump=cut_dump, blocks=blocks, draft_sheets=draft_sheets, read_sheet=read_sheet,
    assemble=assemble, clean=clean, write=write,
)  # fmt: skip
"""The house as it stands."""

"""A searchable PDF of each source file of a folder: the scan, and under it what the tables say."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import pikepdf

from iki.batch.conversion import STATE
from iki.batch.ledger import Content, Ledger
from iki.batch.publication import originals
from iki.export.archival_pdf import save
from iki.export.picture_pdf import pages_of_pictures
from iki.export.searchable_pdf import PrintedPage, PrintedSheet, Shown, Value, add_text
from iki.export.tables import SheetRows, read_rows
from iki.ingest.sources import SourceSettings, identify, opened
from iki.ingest.sources.pdf import shown_box
from iki.ingest.sources.recognise import content_of
from iki.messages import Problem
from iki.model import TYPED, CleanSheet, CleanValue, Line, Page
from iki.review.stories import clean_sheets

FOLDER = "pdf"
"""Folder of the searchable PDFs within the one that is written to."""
_SUFFIX = ".pdf"
_QUARTER = 90
_BROKEN = (pikepdf.PdfError, RuntimeError, ValueError, KeyError, TypeError, AttributeError, IndexError)
"""What libraries say of a PDF that is damaged."""


@dataclass(frozen=True, slots=True)
class Paper:
    """What became of one source: the PDF at ``path`` (``None``: there is none), and what there is to say about it."""

    file: str
    path: Path | None
    remark: Problem | None = None


def write_papers(directory: Path, out: Path) -> Iterator[Paper]:
    """Write a searchable PDF of every source of ``directory`` below ``out``, one at a time; a problem with one leaves
    the others alone.

    The text is that of the tables, the places are those that were read. Raises ``Problem`` where there is no ledger.
    """
    rows, _ = read_rows(directory)
    records = {sheet.sheet["sheet_id"]: sheet for sheet in rows}
    sheets: dict[str, list[PrintedSheet]] = {}
    for sheet in clean_sheets(directory):
        if sheet.sheet_id in records:
            sheets.setdefault(sheet.sha256, []).append(_printed(sheet, records[sheet.sheet_id]))
    with Ledger(directory / STATE) as ledger:
        files = ledger.files()
        paths: dict[str, list[Path]] = {}
        for record, _ in files:
            if record.path:
                paths.setdefault(record.sha256, []).append(Path(record.path))
        for sha256, (name, content) in originals(files).items():
            if content.problem is not None or content.kind in ("teks", "kata"):
                continue
            target = out / FOLDER / (name if name.lower().endswith(_SUFFIX) else name + _SUFFIX)
            try:
                yield _paper(name, target, content, ledger, paths.get(sha256, []), sheets.get(sha256, []))
            except Problem as problem:
                yield Paper(name, None, problem)


def _paper(
    name: str, target: Path, content: Content, ledger: Ledger, paths: Sequence[Path], sheets: Sequence[PrintedSheet]
) -> Paper:
    if content.kind == "tabel":
        raise Problem("pdf_adopted", file=name)
    source = _found(name, content.sha256, paths)
    if content_of(source) == "office":
        raise Problem("pdf_no_scan", file=name)
    pages = [page for record in ledger.pages(content) if record.body is not None for page in [_page(record.body)]]
    try:
        forbidden = save(partial(with_text, source, pages, sheets), target)
    except _BROKEN as error:
        raise Problem("pdf_damaged", file=name, reason=str(error)) from error
    return Paper(name, target, Problem("pdf_plain", file=name, reason=forbidden) if forbidden else None)


def with_text(
    source: Path, pages: Sequence[PrintedPage], sheets: Sequence[PrintedSheet]
) -> tuple[pikepdf.Pdf, list[str]]:
    """A source (PDF or pictures) as a PDF with the text of its sheets under it, and what text each page got.

    Raises a ``SourceProblem`` or ``pikepdf.PdfError`` where it cannot be opened.
    """
    settings = SourceSettings()
    with opened(source, identify(source, settings), settings) as file:
        if file.kind == "pdf":
            pdf = pikepdf.open(source.open("rb"))
        else:
            pdf = pages_of_pictures((file.parcel(number) for number in range(1, file.pages + 1)), settings)

    def shown(number: int) -> Shown:
        page = pdf.pages[number - 1]
        return Shown(shown_box(page, settings), int(page.obj.get("/Rotate", 0)) // _QUARTER * _QUARTER)

    return pdf, add_text(pdf, shown, pages, sheets)


def _found(name: str, sha256: str, paths: Sequence[Path]) -> Path:
    """The source file, known by its content. Raises ``Problem`` where it is not where it was, or is another by now."""
    for path in paths:
        try:
            if identify(path, SourceSettings()).sha256 == sha256:
                return path
        except Problem:
            continue
    raise Problem("pdf_source_gone", file=name, paths=", ".join(map(str, paths)) or "-")


def _page(body: bytes) -> PrintedPage:
    page = msgspec.json.decode(zlib.decompress(body), type=Page)
    paragraphs = tuple(lines for sheet in (page, *page.beside) for lines in _paragraphs(sheet))
    typed = any(reading.engine == TYPED for lines in paragraphs for line in lines for reading in line.readings)
    return PrintedPage(page.number, (page.width, page.height), paragraphs, typed)


def _paragraphs(page: Page) -> Iterator[tuple[Line, ...]]:
    yield from ((line,) for line in page.lines)
    yield from (cell.lines for grid in page.grids for cell in grid.cells if cell.lines)


def _printed(sheet: CleanSheet, tables: SheetRows) -> PrintedSheet:
    """A sheet with the texts of the tables, which a person may have decided, in the places that were read."""

    def values(read: Mapping[str, CleanValue], record: Mapping[str, str]) -> dict[str, Value]:
        return {column: Value(record.get(column, ""), value.raw) for column, value in read.items()}

    rows = [values(row.values, record) for row, record in zip(sheet.rows, tables.rows, strict=False)]
    return PrintedSheet(values(sheet.fields, tables.sheet), rows)

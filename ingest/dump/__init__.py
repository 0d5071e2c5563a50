"""Text dumps of earlier OCR: many sheets one after another in one file, cells scattered by reading order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iki.ingest.dump import body, form, landmarks, segmentation, signature, tables
from iki.ingest.dump.columns import INDIKATOR, NAMES, PENJELASAN, SASARAN, SUMBER
from iki.ingest.dump.form import FormSettings, Found, Piece
from iki.ingest.dump.lines import LineSettings, TextLine, read_lines
from iki.ingest.dump.segmentation import Leftover, Segment, SegmentSettings
from iki.ingest.dump.signature import SignatureSettings
from iki.ingest.dump.spelling import sureness
from iki.ingest.dump.tables import Draft, PlacedPiece, RowSettings, Table
from iki.ingest.dump.words import number_of
from iki.messages import sentence
from iki.model import Document, Line, RawRow, RawSheet, RawValue, Reading

__all__ = ["DumpSettings", "read_dump", "read_text"]

ENGINE = "teks"


@dataclass(frozen=True, slots=True)
class DumpSettings:
    lines: LineSettings = field(default_factory=LineSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    form: FormSettings = field(default_factory=FormSettings)
    signature: SignatureSettings = field(default_factory=SignatureSettings)
    rows: RowSettings = field(default_factory=RowSettings)
    confidence: float = 0.7
    """Confidence (0–1) of a word outside of the table, of which a dump does not say how sure its engine was."""
    page_rows: int = 4
    """Lines of the table after which headings that come again begin a new page."""
    unnumbered: float = 0.5
    """Certainty (0–1) of the empty number of a Sasaran before which none was read."""


DEFAULT = DumpSettings()


def read_dump(path: Path, file: str, sha256: str, settings: DumpSettings = DEFAULT) -> Document:
    """The sheets of a text dump in any usual encoding.

    ``page`` counts page-like segments: form feeds, beginnings of sheets and repeated headings. Lines have neither box
    nor quad; ``RawValue.certainty`` is that of the assignment. A file without a sheet gives a document without sheets
    and a note. Memory holds the sheets and the lines of their tables. Raises ``OSError`` as reading does.
    """
    return read_text(read_lines(path, settings.lines), file, sha256, settings)


def read_text(lines: Iterable[TextLine], file: str, sha256: str, settings: DumpSettings = DEFAULT) -> Document:
    """The sheets among ``lines``; else as :func:`read_dump`."""
    leftover = Leftover()
    read: list[_Read] = []
    page = 0
    unit: tuple[TextLine, ...] = ()
    for found in segmentation.segments(lines, leftover, settings.segments):
        page += found.unit != unit  # a divider is a page of its own
        unit = found.unit
        segment = paged(found, page + 1, settings.page_rows)
        page = segment.last_page
        read.append(_read(segment, settings))
    total: tables.Pairs = Counter()
    for sheet in read:
        total.update(sheet.draft.pairs)
    sheets = [_sheet(sheet, total, ordinal, settings) for ordinal, sheet in enumerate(read, 1)]
    notes = []
    if not sheets:
        notes.append(sentence("dump_no_sheet"))
    elif leftover.first is not None:
        notes.append(sentence("dump_other_lines", count=leftover.lines, line=leftover.first.number))
    return Document(file, sha256, page, tuple(sheets), tuple(notes))


def paged(segment: Segment, first: int, page_rows: int) -> Segment:
    """The segment with its page-like segments counted from ``first``: they end at form feeds and before headings that
    come again."""
    page, feeds, since, headed = first, segment.first_page, 0, False
    done = []
    for line in segment.lines:
        again = headed and since > page_rows and len(landmarks.headings(line.text)) > 1
        if (line.page != feeds and not line.blank) or again:
            page, since = page + 1, 0
        if not line.blank:
            feeds = line.page
            since += 1
            headed = headed or len(landmarks.headings(line.text)) > 1
        done.append(replace(line, page=page))
    return replace(segment, lines=tuple(done))


@dataclass(frozen=True, slots=True)
class _Read:
    """A sheet before the others of its dump are known."""

    segment: Segment
    fields: Mapping[str, Found]
    draft: Draft


def _read(segment: Segment, settings: DumpSettings) -> _Read:
    head, used = form.find(segment.lines, settings.form)
    jabatan = " ".join(piece.text for piece in head["jabatan"].pieces) if "jabatan" in head else ""
    below = [line for line in segment.lines if line.number not in used]
    signed, signing = signature.find(below, jabatan, settings.signature)
    lines = body.body_lines([line for line in below if line.number not in signing])
    return _Read(segment, {**head, **signed}, tables.drafted(lines, settings=settings.rows))


def _sheet(read: _Read, total: tables.Pairs, ordinal: int, settings: DumpSettings) -> RawSheet:
    """The sheet, its table cut in the light of what all tables of the dump say in ``total``."""
    segment = read.segment
    table = tables.table(read.draft, tables.columns_of(total, read.draft.pairs), settings=settings.rows)
    unit = _value([Piece(line, line.text.strip()) for line in segment.unit], settings.form.sure, settings)
    return RawSheet(
        ordinal,
        segment.first_page,
        segment.last_page,
        unit if segment.unit else None,
        {name: _value(found.pieces, found.certainty, settings) for name, found in read.fields.items()},
        _rows(table, segment.first_page, settings),
    )


def _value(pieces: Sequence[Piece | PlacedPiece], certainty: float, settings: DumpSettings) -> RawValue:
    return RawValue(tuple(_line(p, settings.confidence) for p in pieces if p.text), certainty)


def _cell(pieces: Sequence[PlacedPiece], certainty: float) -> RawValue:
    """A cell, each line as sure as its least sure word."""
    return RawValue(tuple(_line(p, min(map(sureness, p.text.split()))) for p in pieces if p.text.strip()), certainty)


def _line(piece: Piece | PlacedPiece, confidence: float) -> Line:
    return Line(piece.line.page, None, None, None, (Reading(piece.text, (), confidence, ENGINE),))


def _rows(table: Table, first_page: int, settings: DumpSettings) -> tuple[RawRow, ...]:
    groups: list[dict[str, RawValue]] = []
    blank = RawValue((), settings.unnumbered)
    for cell, certainty in zip(table.cells[SASARAN], table.sure[SASARAN], strict=True):
        number, rest = number_of(cell[0].text) if cell else ("", "")
        pieces = [replace(cell[0], text=rest), *cell[1:]] if number else cell
        groups.append({
            "no": _value([replace(cell[0], text=number)], certainty, settings) if number else blank,
            "sasaran": _cell(pieces, certainty),
        })  # fmt: skip
    done: list[RawRow] = []
    for row, group in tables.iterate(table):
        values = dict(groups[group]) if groups else {}
        pages = [first_page]
        for c in (INDIKATOR, PENJELASAN, SUMBER):
            cell = table.cells[c][row]
            pages += [piece.line.page for piece in cell]
            values[NAMES[c]] = _cell(cell, table.sure[c][row] if cell else 0.0)
        done.append(RawRow(min(pages[1:], default=first_page), values))
    return tuple(done)

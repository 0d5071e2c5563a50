"""Text dumps of earlier OCR: many sheets one after another in one file, cells scattered by reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iki.ingest.dump import body, confidence, ensemble, fields, line_kinds, segmentation, signers, tables
from iki.ingest.dump.cells import in_dump, texts_of
from iki.ingest.dump.columns import INDIKATOR, NAMES, PENJELASAN, SASARAN, SUMBER
from iki.ingest.dump.confidence import Said
from iki.ingest.dump.ensemble import Agreed
from iki.ingest.dump.fields import DumpFormSettings, FoundValue
from iki.ingest.dump.segmentation import Leftover, Segment, SegmentSettings
from iki.ingest.dump.signers import DumpSignatureSettings
from iki.ingest.dump.stream import LinePart, StreamLine, StreamSettings, read_lines
from iki.ingest.dump.tables import RowSettings, TableDraft
from iki.ingest.dump.words import parted, pieces
from iki.language.spelling import rightness, sureness
from iki.model import CORRECTED, DUMP, Document, Line, Note, RawRow, RawSheet, RawValue, Reading, note

__all__ = ["DumpSettings", "read_dump", "read_text"]

Correct = Callable[[Sequence[str]], Sequence[str]]
"""Lines of text → the same lines with OCR damage gone, as many as there were."""


@dataclass(frozen=True, slots=True)
class DumpSettings:
    lines: StreamSettings = field(default_factory=StreamSettings)
    segments: SegmentSettings = field(default_factory=SegmentSettings)
    form: DumpFormSettings = field(default_factory=DumpFormSettings)
    signature: DumpSignatureSettings = field(default_factory=DumpSignatureSettings)
    rows: RowSettings = field(default_factory=RowSettings)
    confidence: float = 0.7
    """Confidence (0–1) of a word outside of the table, of which a dump does not say how sure its engine was."""
    page_rows: int = 4
    """Lines of the table after which headings that come again begin a new page."""
    unnumbered: float = 0.5
    """Certainty (0–1) of the empty number of a Sasaran before which none was read."""


DEFAULT = DumpSettings()


def as_read(lines: Sequence[str]) -> Sequence[str]:
    """No correction."""
    return lines


def read_dump(
    path: Path, file: str, sha256: str, correct: Correct = as_read, settings: DumpSettings = DEFAULT
) -> Document:
    """The sheets of a text dump in any usual encoding, told from its lines as ``correct`` makes them.

    ``page`` counts page-like segments: form feeds, beginnings of sheets and repeated headings. Lines have neither box
    nor quad, and a second reading where they were corrected; ``RawValue.certainty`` is that of the assignment. A file
    without a sheet gives a document without sheets and a note. Memory holds the sheets and the lines of their tables.
    Raises ``OSError`` as reading does.
    """
    return read_text(read_lines(path, settings.lines), file, sha256, correct, settings)


def read_text(
    lines: Iterable[StreamLine], file: str, sha256: str, correct: Correct = as_read, settings: DumpSettings = DEFAULT
) -> Document:
    """The sheets among ``lines``; else as :func:`read_dump`."""
    leftover = Leftover()
    read: list[_Read] = []
    page = 0
    unit: tuple[StreamLine, ...] = ()
    for found in corrected(list(segmentation.segments(lines, leftover, settings.segments)), correct):
        page += found.unit != unit  # a divider is a page of its own
        unit = found.unit
        segment = paged(found, page + 1, settings.page_rows)
        page = segment.last_page
        read.append(_read(segment, settings))
    placed = ensemble.tables_of([sheet.draft for sheet in read], settings.rows)
    said = Said.of([agreed.table for agreed in placed])
    sheets = [_sheet(r, t, said, n, settings) for n, (r, t) in enumerate(zip(read, placed, strict=True), 1)]
    notes: list[Note] = []
    if not sheets:
        notes.append(note("dump_no_sheet"))
    elif leftover.first is not None:
        notes.append(note("dump_other_lines", count=leftover.lines, line=leftover.first.number))
    return Document(file, sha256, page, tuple(sheets), tuple(notes))


def corrected(segments: Sequence[Segment], correct: Correct) -> list[Segment]:
    """The segments with their lines corrected, all together: they tell of one another. Pipes and wide gaps, which are
    no text, come back where they were."""
    parts = {line.number: pieces(line.text) for segment in segments for line in (*segment.unit, *segment.lines)}
    done = correct([" ".join(filter(None, part[::2])) for part in parts.values()])
    texts = {number: parted(text, part) for (number, part), text in zip(parts.items(), done, strict=True)}

    def put(lines: Sequence[StreamLine]) -> tuple[StreamLine, ...]:
        new = ((line, texts[line.number]) for line in lines)
        return tuple(line if text == line.text else replace(line, text=text, read=line.text) for line, text in new)

    return [replace(segment, unit=put(segment.unit), lines=put(segment.lines)) for segment in segments]


def paged(segment: Segment, first: int, page_rows: int) -> Segment:
    """The segment with its page-like segments counted from ``first``: they end at form feeds and before headings that
    come again."""
    page, feeds, since, headed = first, segment.first_page, 0, False
    done = []
    for line in segment.lines:
        again = headed and since > page_rows and len(line_kinds.headings(line.text)) > 1
        if (line.page != feeds and not line.blank) or again:
            page, since = page + 1, 0
        if not line.blank:
            feeds = line.page
            since += 1
            headed = headed or len(line_kinds.headings(line.text)) > 1
        done.append(replace(line, page=page))
    return replace(segment, lines=tuple(done))


@dataclass(frozen=True, slots=True)
class _Read:
    """A sheet before the others of its dump are known."""

    segment: Segment
    fields: Mapping[str, FoundValue]
    draft: TableDraft


def _read(segment: Segment, settings: DumpSettings) -> _Read:
    head, used = fields.find(segment.lines, settings.form)
    jabatan = " ".join(piece.text for piece in head["jabatan"].pieces) if "jabatan" in head else ""
    below = signers.in_order([line for line in segment.lines if line.number not in used], settings.signature)
    signed, signing = signers.find(below, jabatan, settings.signature)
    lines = body.body_lines([line for line in below if line.number not in signing])
    return _Read(segment, {**head, **signed}, tables.drafted(lines, settings=settings.rows))


def tables_in(path: Path, correct: Correct, settings: DumpSettings = DEFAULT) -> list[Agreed]:
    """The tables alone of a text dump; else as :func:`read_dump`."""
    found = segmentation.segments(read_lines(path, settings.lines), Leftover(), settings.segments)
    drafts = [_read(segment, settings).draft for segment in corrected(list(found), correct)]
    return ensemble.tables_of(drafts, settings.rows)


def _sheet(read: _Read, agreed: Agreed, said: Said, ordinal: int, settings: DumpSettings) -> RawSheet:
    segment = read.segment
    unit = _value([LinePart(line, line.text.strip()) for line in segment.unit], settings.form.sure, settings)
    return RawSheet(
        ordinal,
        segment.first_page,
        segment.last_page,
        unit if segment.unit else None,
        {name: _value(found.pieces, found.certainty, settings) for name, found in read.fields.items()},
        _rows(agreed, said, segment.first_page, settings),
    )


def _value(pieces: Sequence[LinePart], chance: float, settings: DumpSettings) -> RawValue:
    return RawValue(tuple(_line(p, p.text, settings.confidence) for p in pieces if p.text), chance)


def _cell(pieces: Sequence[LinePart], chance: float) -> RawValue:
    """A cell without the rules around it, each line as sure as its least sure word."""
    said = [(piece, text) for piece, text in zip(pieces, texts_of(pieces), strict=True) if text]
    return RawValue(tuple(_line(piece, text, min(map(sureness, text.split()))) for piece, text in said), chance)


def _line(piece: LinePart, text: str, confidence: float) -> Line:
    """The piece as it stands in the dump, and the ``text`` that was made of it."""
    read = in_dump(piece)
    readings = [Reading(read, (), confidence, DUMP)]
    if read != text:
        readings.append(Reading(text, (), confidence, CORRECTED))
    return Line(piece.line.page, None, None, None, tuple(readings))


def _rows(agreed: Agreed, said: Said, first_page: int, settings: DumpSettings) -> tuple[RawRow, ...]:
    table = agreed.table

    def chance(c: int, place: int) -> float:
        return confidence.fitted().chance(confidence.features(agreed, c, place, said))

    groups: list[dict[str, RawValue]] = []
    blank = RawValue((), settings.unnumbered)
    for place, (number, cell) in enumerate(zip(table.numbers, table.cells[SASARAN], strict=True)):
        sure = table.sure[SASARAN][place]
        groups.append({
            "no": _value([number], sure * rightness(number.text), settings) if number else blank,
            "sasaran": _cell(cell, chance(SASARAN, place)),
        })  # fmt: skip
    done: list[RawRow] = []
    for row, group in tables.iterate(table):
        values = dict(groups[group]) if groups else {}
        pages = [first_page]
        for c in (INDIKATOR, PENJELASAN, SUMBER):
            cell = table.cells[c][row]
            pages += [piece.line.page for piece in cell]
            values[NAMES[c]] = _cell(cell, chance(c, row) if cell else 0.0)
        done.append(RawRow(min(pages[1:], default=first_page), values))
    return tuple(done)

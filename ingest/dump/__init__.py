"""Text dumps of earlier OCR: many sheets one after another in one file, cells scattered by reading order."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from iki.ingest.dump import body, confidence, fields, line_kinds, segmentation, signers, tables
from iki.ingest.dump.cells import in_dump, texts_of
from iki.ingest.dump.columns import INDIKATOR, NAMES, PENJELASAN, SASARAN, SUMBER
from iki.ingest.dump.context import DumpTally
from iki.ingest.dump.fields import DumpFormSettings, FoundValue
from iki.ingest.dump.segmentation import Leftover, Segment, SegmentSettings
from iki.ingest.dump.signers import DumpSignatureSettings
from iki.ingest.dump.tables import DumpTable, RowSettings, TableDraft
from iki.ingest.dump.words import parted, pieces
from iki.ingest.sources.text_stream import LinePart, StreamLine, StreamSettings, read_lines
from iki.language.spelling import rightness, sureness
from iki.messages import Problem
from iki.model import CORRECTED, DUMP, Document, Line, RawRow, RawSheet, RawValue, Reading, note

__all__ = ["DumpSettings", "DumpSheets", "blocks", "prepare", "read_sheet", "read_text", "sheets_in"]  # fmt: skip

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
    block: int = 12
    """Sheets that are corrected together and tell of one another, one next to the other in the dump: about as many."""


DEFAULT = DumpSettings()


def as_read(lines: Sequence[str]) -> Sequence[str]:
    """No correction."""
    return lines


class DumpSheets:
    """The sheets of a text dump in any usual encoding, as stretches of its lines, one at a time in memory.

    ``page`` of their lines counts page-like segments: form feeds, dividers, beginnings of sheets and repeated headings.
    Once all are through, ``note`` says what belongs to none. Iterating raises ``OSError`` as reading does.
    """

    def __init__(self, lines: Iterable[StreamLine], settings: DumpSettings = DEFAULT) -> None:
        self._lines, self._settings = lines, settings
        self._leftover = Leftover()
        self._count = 0

    @property
    def note(self) -> Problem | None:
        if not self._count:
            return Problem("dump_no_sheet")
        first = self._leftover.first
        return Problem("dump_other_lines", count=self._leftover.lines, line=first.number) if first else None

    def __iter__(self) -> Iterator[Segment]:
        page = 0
        unit: tuple[StreamLine, ...] = ()
        for found in segmentation.segments(self._lines, self._leftover, self._settings.segments):
            page += found.unit != unit  # a divider is a page of its own
            unit = found.unit
            segment = paged(found, page + 1, self._settings.page_rows)
            page = segment.last_page
            self._count += 1
            yield segment


def sheets_in(path: Path, settings: DumpSettings = DEFAULT) -> DumpSheets:
    """The sheets of a file."""
    return DumpSheets(read_lines(path, settings.lines), settings)


def blocks(count: int, settings: DumpSettings = DEFAULT) -> list[range]:
    """The ordinals (from 1) of the sheets of each block of a dump with ``count`` sheets, blocks as even as can be."""
    parts = max(round(count / settings.block), 1)
    return [range(count * n // parts + 1, count * (n + 1) // parts + 1) for n in range(parts)]


@dataclass(frozen=True, slots=True)
class SheetDraft:
    """A sheet as it alone tells: its page-like segments, unit, fields, and its table read roughly."""

    first_page: int
    last_page: int
    unit: tuple[StreamLine, ...]
    fields: Mapping[str, FoundValue]
    table: TableDraft


@dataclass(frozen=True, slots=True)
class DumpBlock:
    """Neighbouring sheets of a dump, and what their tables say of one another."""

    drafts: tuple[SheetDraft, ...]
    tally: DumpTally


def prepare(segments: Sequence[Segment], correct: Correct = as_read, settings: DumpSettings = DEFAULT) -> DumpBlock:
    """Some sheets drafted, their lines corrected in the light of one another, and the tally of their tables."""
    drafts = tuple(_drafted(segment, settings) for segment in corrected(segments, correct))
    return DumpBlock(drafts, DumpTally.of(draft.table.table for draft in drafts))


def in_context(draft: TableDraft, tally: DumpTally, settings: DumpSettings = DEFAULT) -> tuple[DumpTable, DumpTally]:
    """A table in the light of the block's tally, and that tally with it in place of its rough reading."""
    others = tally.minus(DumpTally.of([draft.table]))
    table = tables.table(draft, others.columns(), settings=settings.rows)
    return table, others.plus(DumpTally.of([table]))


def read_sheet(draft: SheetDraft, tally: DumpTally, ordinal: int, settings: DumpSettings = DEFAULT) -> RawSheet:
    """One sheet of a block in the light of the block's tally.

    Lines have neither box nor quad, and a second reading where they were corrected; ``RawValue.certainty`` is that of
    the assignment.
    """
    table, said = in_context(draft.table, tally, settings)
    unit = _value([LinePart(line, line.text.strip()) for line in draft.unit], settings.form.sure, settings)
    return RawSheet(
        ordinal,
        draft.first_page,
        draft.last_page,
        unit if draft.unit else None,
        {name: _value(found.pieces, found.certainty, settings) for name, found in draft.fields.items()},
        _rows(table, said, draft.first_page, settings),
    )


def read_text(
    lines: Iterable[StreamLine], file: str, sha256: str, correct: Correct = as_read, settings: DumpSettings = DEFAULT
) -> Document:
    """All sheets among ``lines`` at once, which must fit into memory."""
    found = DumpSheets(lines, settings)
    segments = list(found)
    sheets: list[RawSheet] = []
    for numbers in blocks(len(segments), settings):
        block = prepare([segments[n - 1] for n in numbers], correct, settings)
        sheets += (read_sheet(d, block.tally, n, settings) for n, d in zip(numbers, block.drafts, strict=True))
    pages = max((sheet.last_page for sheet in sheets), default=0)
    notes = (note(found.note.key, **found.note.values),) if found.note else ()
    return Document(file, sha256, pages, tuple(sheets), notes)


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


def _drafted(segment: Segment, settings: DumpSettings) -> SheetDraft:
    head, used = fields.find(segment.lines, settings.form)
    jabatan = " ".join(piece.text for piece in head["jabatan"].pieces) if "jabatan" in head else ""
    below = signers.in_order([line for line in segment.lines if line.number not in used], settings.signature)
    signed, rest = signers.find(below, jabatan, settings.signature)
    lines = body.body_lines(rest)
    table = tables.rough(lines, settings.rows)
    return SheetDraft(segment.first_page, segment.last_page, segment.unit, {**head, **signed}, table)


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


def _rows(table: DumpTable, said: DumpTally, first_page: int, settings: DumpSettings) -> tuple[RawRow, ...]:
    def chance(c: int, place: int) -> float:
        return confidence.fitted().chance(confidence.features(table, c, place, said))

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

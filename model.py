"""The data that passes between rooms: small frozen dataclasses, importing no room.

Two coordinate frames occur. *Source* is the page as the file holds it, in pixels, x to the right, y down, origin at the
upper left corner. *Straight* is the same page after turning, flattening and scaling; ``Line.quad`` and ``Cell.quad``
always lead back from it to the source page. Everything here can be written to JSON and read back with ``msgspec``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

Point = tuple[float, float]
Quad = tuple[Point, Point, Point, Point]
"""Four corners in source pixels: upper left, upper right, lower right, lower left as one reads the text."""


@dataclass(frozen=True, slots=True)
class Box:
    """An upright rectangle in pixels; ``x1`` and ``y1`` lie just outside of it."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def centre(self) -> Point:
        return (self.x0 + self.x1) / 2, (self.y0 + self.y1) / 2


@dataclass(frozen=True, slots=True)
class Word:
    """One word as an engine read it; ``box`` in straight pixels, ``confidence`` 0–1."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class Frames:
    """What a CTC recogniser thought of every frame of a line, so that later stages can score other readings.

    ``symbols`` are the characters that had any chance in this line (the CTC blank is the empty string, always first).
    ``costs`` is a zlib-compressed uint8 matrix, frames × symbols, of −ln p in steps of 1/16 nat, saturating at 255.
    Frame ``i`` is centred at ``x0 + (i + ½) · stride`` straight pixels.
    """

    symbols: tuple[str, ...]
    costs: bytes
    x0: float
    stride: float


DUMP, CORRECTED = "teks", "perbaikan"
"""Engine names of a line of a text dump, and of that line as the text corrector (``normalize.text``) reads it."""

TYPED = "pdf"
"""Engine name of a line of a born-digital PDF, taken from its own characters: certain to the letter."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one engine read in one text line.

    ``engine`` names the engine and, where there was one, the treatment (``tesseract``, ``rapidocr``, ``iki``, ``TYPED``
    for a born-digital PDF, and ``DUMP`` and ``CORRECTED`` for a text dump). ``confidence`` is that of the least certain
    word, 0–1. ``frames`` only comes from our recogniser.
    """

    text: str
    words: tuple[Word, ...]
    confidence: float
    engine: str
    frames: Frames | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A printed text line. The first of ``readings`` is the one to believe unless evidence says otherwise.

    ``box`` is in straight pixels, ``quad`` in source pixels. ``measure`` is the span of x (straight pixels) that the
    line could have used: its cell's inner width, or the page's text width. A text dump has no geometry: ``box``,
    ``quad`` and ``measure`` are ``None`` there.
    """

    page: int
    box: Box | None
    quad: Quad | None
    measure: tuple[float, float] | None
    readings: tuple[Reading, ...]

    @property
    def text(self) -> str:
        return self.readings[0].text if self.readings else ""


@dataclass(frozen=True, slots=True)
class Cell:
    """A table cell; ``row`` and ``column`` count from 0, spans from 1. ``certainty`` (0–1): its borders are real."""

    row: int
    column: int
    row_span: int
    column_span: int
    box: Box
    quad: Quad
    lines: tuple[Line, ...]
    certainty: float


@dataclass(frozen=True, slots=True)
class Grid:
    """A table found on one page: x of its column rules, y of its row rules (straight pixels), and its cells.

    ``ruled`` is false where rules were missing and columns were told from how the text stands.
    """

    xs: tuple[float, ...]
    ys: tuple[float, ...]
    cells: tuple[Cell, ...]
    ruled: bool = True

    @property
    def box(self) -> Box:
        return Box(self.xs[0], self.ys[0], self.xs[-1], self.ys[-1])


@dataclass(frozen=True, slots=True)
class Page:
    """A page after reading: text lines outside tables, tables, and how it lay in the file.

    ``width`` and ``height`` are those of the source page in pixels, ``straight_size`` (width, height) of the
    straightened one; ``dpi`` is that of the straightened page; ``turned`` is the clockwise turn in degrees that made
    the page upright; ``text_height`` the usual height of a line of text in straight pixels (0 on a blank page).
    ``codes`` are the texts of QR codes beside electronic signatures.
    ``beside`` are the other sheets on the same page of the file, each straightened by itself, where there are several.
    """

    number: int
    width: int
    height: int
    dpi: float
    turned: Literal[0, 90, 180, 270]
    straight_size: tuple[int, int]
    text_height: float
    lines: tuple[Line, ...]
    grids: tuple[Grid, ...]
    notes: tuple[str, ...] = ()
    beside: tuple[Page, ...] = ()
    codes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawValue:
    """The printed lines that make up one value, in reading order, not yet joined nor corrected.

    ``certainty`` (0–1) is that of the geometry or of the assignment: that these are all the lines of this value and no
    others.
    """

    lines: tuple[Line, ...]
    certainty: float = 1.0

    @property
    def pictured(self) -> bool:
        """Whether there is a picture to look the value up on: a text dump has none."""
        return not self.lines or any(line.box is not None for line in self.lines)

    @property
    def typed(self) -> bool:
        """Whether the value is the author's own characters, which need no correction."""
        return bool(self.lines) and all(x.readings and x.readings[0].engine == TYPED for x in self.lines)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One printed row; ``values`` is keyed by column name (``no``, ``sasaran`` … and extra columns).

    A merged cell stands on every row that it spans, as the same ``RawValue`` object.
    """

    page: int
    values: Mapping[str, RawValue]


RAW_FIELDS = (
    "judul",
    "tahun",
    "perangkat_daerah",
    "unit_kerja",
    "jabatan",
    "tugas",
    "fungsi",
    "tempat_tanggal",
    "pihak_kedua_jabatan",
    "pihak_kedua_nama",
    "pihak_kedua_pangkat_golongan",
    "pihak_kedua_nip",
    "pihak_pertama_jabatan",
    "pihak_pertama_nama",
    "pihak_pertama_pangkat_golongan",
    "pihak_pertama_nip",
)
"""Keys of ``RawSheet.fields``: one per printed place, not yet taken apart (``Penata Tk. I (III/d)`` is one)."""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One IKI sheet as read. ``extra_columns`` maps the name of each extra column to its printed heading."""

    ordinal: int
    first_page: int
    last_page: int
    unit: RawValue | None
    fields: Mapping[str, RawValue]
    rows: tuple[RawRow, ...]
    extra_columns: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about a file, not yet in words: the ``key`` of its sentence (``messages.toml``) and what fills it."""

    key: str
    values: Mapping[str, object] = field(default_factory=dict)


def note(key: str, **values: object) -> Note:
    """The remark called ``key``; ``page`` among ``values`` is the page that it is about."""
    return Note(key, values)


@dataclass(frozen=True, slots=True)
class Document:
    """All that was found in one source file. ``notes`` and ``lacks`` are for ``berkas.csv``: what there is to say
    (skipped pages), and what seems to be missing or doubled, for which the file is ``sebagian``."""

    file: str
    sha256: str
    pages: int
    sheets: tuple[RawSheet, ...]
    notes: tuple[Note, ...] = ()
    lacks: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A possible reading of a value or word with its cost in nats (lower is better) and where it came from."""

    text: str
    cost: float
    origin: str


@dataclass(frozen=True, slots=True)
class Correction:
    """A change that one rule (``aturan``) made: from ``before`` to ``after``, with its probability 0–1."""

    before: str
    after: str
    rule: str
    probability: float


@dataclass(frozen=True, slots=True)
class Settlement:
    """Who settled a value on the review page, and when (UTC, ISO 8601)."""

    by: str
    at: str


@dataclass(frozen=True, slots=True)
class CleanValue:
    """A value ready for the tables, with the whole story of how it came about.

    ``read`` is the text as first read, its lines joined. ``probability`` (0–1) that ``text`` is right to the letter;
    ``flagged`` when a person should look. ``settlement`` where a person decided: then ``text`` is what they said.
    """

    text: str
    read: str
    probability: float
    flagged: bool
    corrections: tuple[Correction, ...] = ()
    candidates: tuple[Candidate, ...] = ()
    raw: RawValue | None = None
    settlement: Settlement | None = None


@dataclass(frozen=True, slots=True)
class CleanRow:
    page: int
    values: Mapping[str, CleanValue]


@dataclass(frozen=True, slots=True)
class CleanSheet:
    """A sheet ready for the tables; ``fields`` is keyed by the columns of ``sheets.csv`` that hold values."""

    sheet_id: str
    file: str
    sha256: str
    first_page: int
    last_page: int
    fields: Mapping[str, CleanValue]
    rows: tuple[CleanRow, ...]
    extra_columns: Mapping[str, str] = field(default_factory=dict)

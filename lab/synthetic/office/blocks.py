"""What a document is made of, whichever format it is written in. Lengths are points; colours RRGGBB."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Points = float
Align = Literal["left", "center", "right", "justify"]
Line = Literal["none", "single", "double", "dotted", "dashed", "thick-thin"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """One paragraph. A tab in ``text`` goes to the next of ``tabs``; ``hanging`` is how far the first line sticks out
    to the left of the others; ``size`` 0 is the document's; ``outline`` puts it among the PDF's bookmarks. Paragraphs
    in a row with the same ``frame`` (left edge and width) stand in a box of their own beside the text; only DOCX has
    it."""

    text: str = ""
    align: Align = "left"
    size: Points = 0
    bold: bool = False
    italic: bool = False
    underlined: bool = False
    colour: str = "000000"
    left: Points = 0
    hanging: Points = 0
    tabs: tuple[Points, ...] = ()
    before: Points = 0
    after: Points = 0
    leading: float = 1.0
    spaced: Points = 0
    rule_below: bool = False
    new_page: bool = False
    outline: bool = False
    frame: tuple[Points, Points] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Border:
    """A line around or between cells; ``width`` is that of the whole stroke, double ones included."""

    line: Line = "single"
    width: Points = 0.5
    colour: str = "000000"


NONE = Border(line="none")


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A PNG, ``width`` wide, in the middle of the line."""

    png: bytes
    width: Points


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeCell:
    """A cell over ``columns`` × ``rows`` places of the table's lattice."""

    paragraphs: tuple[Paragraph | Picture, ...] = (Paragraph(),)
    columns: int = 1
    rows: int = 1
    fill: str = ""
    middle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeTable:
    """A lattice of cells, ``None`` where a cell further up or left reaches. The first ``headings`` rows stand again on
    every page if ``repeated``; rows are cut by a page's end if ``split``. ``outer``, ``inner`` and ``upright`` are the
    lines around it, between its rows and between its columns."""

    widths: tuple[Points, ...]
    rows: tuple[tuple[OfficeCell | None, ...], ...]
    headings: int = 0
    repeated: bool = False
    split: bool = True
    outer: Border = NONE
    inner: Border = NONE
    upright: Border = NONE
    padding: Points = 4
    least_height: Points = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Framed words at (x, y, width, height) and lines from (x, y) to (x, y), from the top left of the text's space.
    Only ODT has it."""

    boxes: tuple[tuple[Points, Points, Points, Points, str], ...]
    lines: tuple[tuple[Points, Points, Points, Points], ...]


Block = Paragraph | OfficeTable | Picture | Chart


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Size, margins (left, top, right, bottom), frame, and what stands at every page's foot (``{}``: its number)."""

    width: Points
    height: Points
    margins: tuple[Points, Points, Points, Points] = (57, 50, 50, 50)
    framed: bool = False
    footer: str = ""

    @property
    def inside(self) -> Points:
        """The width between the margins."""
        return self.width - self.margins[0] - self.margins[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class OfficeDocument:
    """Blocks on paper, in one font."""

    paper: Paper
    font: str
    size: Points
    blocks: tuple[Block, ...] = field(default_factory=tuple)

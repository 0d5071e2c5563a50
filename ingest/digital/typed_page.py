"""A born-digital page made ready for the form code: upright, tables from what is drawn, lines from characters."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import cv2
import numpy as np

from iki.ingest.digital import drawn_rules, vouching
from iki.ingest.digital.drawn_rules import DrawnSettings
from iki.ingest.digital.typed_lines import Sign, TypedLine, TypedSettings, lines_of, pieces_of, signs_of, words_of
from iki.ingest.digital.vouching import VouchingSettings
from iki.ingest.image.binarize import Image
from iki.ingest.image.dewarp import straightening
from iki.ingest.image.straighten import Straight, Turn, turning
from iki.ingest.image.text_size import resolution
from iki.ingest.layout.ruled_table import GridSettings, Lattice, Span, spans
from iki.ingest.layout.text_lines import Components
from iki.ingest.sources.text_layer import TextLayer

_TURNS: tuple[Turn, ...] = (0, 90, 180, 270)


@dataclass(frozen=True, slots=True)
class TypedPageSettings:
    drawn: DrawnSettings = field(default_factory=DrawnSettings)
    grid: GridSettings = field(default_factory=GridSettings)
    lines: TypedSettings = field(default_factory=TypedSettings)
    vouching: VouchingSettings = field(default_factory=VouchingSettings)
    letter: float = 0.66
    """The usual height of letters as share of the font's size: between small letters and capitals, as in pictures …"""
    heights: tuple[float, float] = (0.35, 0.95)
    """… where the median height of what is printed is such a share of that."""
    level: float = 3.0
    """Characters whose direction differs by more than this (degrees) from that of the page are a watermark, or text
    along its edge."""


@dataclass(frozen=True, slots=True)
class TypedPage:
    """A born-digital page: upright, with its visible level characters (``signs``), its ``tables``, the lines in every
    cell of these, and the lines outside of them. ``straight`` has rules for ink; lengths in its px.
    """

    straight: Straight
    signs: list[Sign]
    tables: list[Lattice]
    cells: list[tuple[Lattice, Span, list[TypedLine]]]
    loose: list[TypedLine]

    @property
    def lines(self) -> list[TypedLine]:
        """Those of the cells, one cell after the other, then those outside of tables."""
        return [*(line for *_, own in self.cells for line in own), *self.loose]

    @property
    def parts(self) -> Components:
        """The boxes of the characters, as the pieces of ink that they are."""
        return Components(*_inked(self.signs).T)


def prepared(
    layer: TextLayer, pixels: Image, dpi: float | None, settings: TypedPageSettings = TypedPageSettings()
) -> TypedPage | None:
    """A page from its text layer and picture (H×W×3), or ``None`` where the picture must be read."""
    grey = np.asarray(cv2.cvtColor(pixels, cv2.COLOR_BGR2GRAY))
    height, width = grey.shape
    changes = np.asarray(cv2.morphologyEx(grey, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)))
    layer = layer.only(vouching.visible(layer, changes, settings.vouching))
    turn = _turn(layer)
    shown = layer.turned(turn, width, height)
    grey, changes = (np.ascontiguousarray(np.rot90(image, -turn // 90)) for image in (grey, changes))
    layer = shown.only(np.abs((shown.direction + 180) % 360 - 180) <= settings.level)
    signs = signs_of(layer)
    letter = _letter(signs, settings)
    if not letter:
        return None
    drawn = drawn_rules.rules(layer, grey, changes, letter, settings.drawn)
    tables = [
        drawn_rules.opened(table, drawn, _inked(signs), letter, settings.drawn)
        for table in drawn_rules.drawn_tables(drawn.level, drawn.upright, letter, settings.drawn)
    ]
    if not vouching.tells_all(shown, tables, changes, letter, settings.vouching):
        return None
    mask = drawn_rules.drawn_mask(drawn.level, drawn.upright, grey.shape)
    warp = straightening([], [], [], turning(width, height, turn), (grey.shape[1], grey.shape[0]), letter)
    straight = Straight(grey, mask, None, letter, dpi or resolution(letter), turn, warp, 0.0)
    return with_tables(TypedPage(straight, signs, [], [], []), tables, settings)


def with_tables(page: TypedPage, tables: list[Lattice], settings: TypedPageSettings = TypedPageSettings()) -> TypedPage:
    """A page with its characters put into the cells of ``tables``, and into lines."""
    left, cells = page.signs, list[tuple[Lattice, Span, list[TypedLine]]]()
    for table in tables:
        xs, ys = table.xs.tolist(), table.ys.tolist()
        made = spans(table, settings.grid)
        owner = {
            (r, c): i
            for i, span in enumerate(made)
            for r in range(span.row, span.row + span.row_span)
            for c in range(span.column, span.column + span.column_span)
        }
        own: list[list[Sign]] = [[] for _ in made]
        rest: list[Sign] = []
        # where no rule shows it, no column ends within a word
        for part in [[sign] for sign in left] if table.ruled else words_of(left, settings.lines):
            x = (part[0].ink.x0 + part[-1].ink.x1) / 2
            home = owner.get((bisect_right(ys, part[0].ink.centre[1]) - 1, bisect_right(xs, x) - 1))
            (rest if home is None else own[home]).extend(part)
        cells += [(table, span, lines_of(signs, settings.lines)) for span, signs in zip(made, own, strict=True)]
        left = rest
    return replace(page, tables=tables, cells=cells, loose=pieces_of(left, settings.lines))


def _inked(signs: Sequence[Sign]) -> np.ndarray:
    """The boxes (N×4: x0, y0, x1, y1; px) of the characters that show ink."""
    boxes = [(b.x0, b.y0, b.x1, b.y1) for b in (sign.ink for sign in signs if sign.text != " ")]
    return np.array(boxes, float).reshape(-1, 4)


def _turn(layer: TextLayer) -> Turn:
    """By how much (degrees clockwise) to turn a page so that most of its text runs to the right."""
    quarters = np.round(layer.direction / 90).astype(int) % 4
    most = int(np.bincount(quarters, minlength=4).argmax())
    return _TURNS[-most % 4]


def _letter(signs: Sequence[Sign], settings: TypedPageSettings) -> float:
    """The usual height of letters (px): from the usual size of fonts, which is steadier than that of the letters that a
    page happens to have; from these where sizes don't tell (Type 3 fonts have units of their own)."""
    inked = [sign for sign in signs if sign.text != " "]
    if not inked:
        return 0.0
    size = sorted(sign.size for sign in inked)[len(inked) // 2]
    height = sorted(sign.ink.height for sign in inked)[len(inked) // 2]
    low, high = settings.heights
    return settings.letter * size if low * size <= height <= high * size else height

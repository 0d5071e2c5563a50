"""Lines and words of a born-digital page, put together from its characters.

A file tells characters and where they stand, not always the spaces between them: in justified text many a typesetting
program only moves on. A gap that is wider than those between the letters of its line is a space.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from iki.ingest.sources.text_layer import TextLayer
from iki.model import TYPED, Box, Reading, Word

_SPACES = frozenset(
    " \t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
)
_UNSEEN = frozenset("\u00ad\u034f\u061c\u180e\u200b\u200c\u200d\u200e\u200f\u2060\u2061\u2062\u2063\u2064\ufeff")
_UNKNOWN = "\ufffd"
"""What stands for a character that the file does not tell."""
_LIGATURES = frozenset("\ufb00\ufb01\ufb02\ufb03\ufb04\ufb05\ufb06")
_HYPHENS = str.maketrans({"\u2010": "-", "\u2011": "-"})
_SYMBOL_FONTS = ("symbol", "wingdings", "webdings", "dingbats")
_SYMBOLS = {
    0x28: "☎", 0x2A: "✉", 0x6C: "●", 0x6D: "❍", 0x6E: "■", 0x6F: "□", 0x71: "❑", 0x72: "❒", 0x75: "◆", 0x76: "❖",
    0x9F: "•", 0xA7: "▪", 0xA8: "◻", 0xB7: "•", 0xD8: "➢", 0xDC: "➲", 0xE0: "→", 0xE8: "➔", 0xF0: "⇨", 0xFB: "✗",
    0xFC: "✓", 0xFD: "☒", 0xFE: "☑",
}  # fmt: skip
"""What the codes of symbol fonts that lists and ticks are set in look like (Unicode's L2/12-130 for Wingdings; 0xB7 is
Symbol's bullet)."""
_PRIVATE = 0xF000
"""Where such codes stand in Unicode, by the custom of TrueType symbol fonts."""


@dataclass(frozen=True, slots=True)
class TypedSettings:
    """Tolerances in font sizes (em) unless told otherwise."""

    level: float = 0.35
    """Characters of one line stand on baselines no further apart than this …"""
    small: float = 0.8
    """… but for smaller ones (share of the usual size), which are raised or lowered …"""
    raised: float = 0.75
    """… by no more than this."""
    gap: float = 0.15
    """A gap wider than this, beyond what is between all letters of the line, is a space."""
    enough: int = 4
    """Letters from which a line tells whether it is spaced out."""
    column: float = 1.0
    """Pieces of a line outside of tables are parted at gaps wider than this …"""
    wider: float = 1.8
    """… that are this many times as wide as the narrower ones between words of that line."""
    twice: float = 0.15
    """A character that is painted again so near is meant to look bold."""


@dataclass(frozen=True, slots=True)
class Sign:
    """A character of a page: what it shows (a space of any kind as one), where in straight px, in which ``size`` (px)
    and font, and when it was painted; ``number`` is its place in the layer, ``sound`` whether it can be what it tells.
    """

    text: str
    ink: Box
    start: float
    end: float
    base: float
    size: float
    font: int
    order: int
    number: int
    sound: bool


@dataclass(frozen=True, slots=True)
class TypedLine:
    """A line: its words, the ``box`` of its ink (px), and its characters without spaces."""

    words: tuple[Word, ...]
    box: Box
    signs: tuple[Sign, ...]

    @property
    def sound(self) -> bool:
        """Whether all of its characters can be what they tell."""
        return all(sign.sound for sign in self.signs)

    @property
    def reading(self) -> Reading:
        """What it says, certain to the letter."""
        return Reading(" ".join(word.text for word in self.words), self.words, 1.0, TYPED)


def signs_of(layer: TextLayer) -> list[Sign]:
    """The characters of a level layer that show as something, spaces among them."""
    symbolic = [any(name in font.lower() for name in _SYMBOL_FONTS) for font in layer.fonts]
    columns = (
        layer.codes, layer.ink, layer.advance, layer.origin, layer.size, layer.font, layer.order, layer.mapped,
    )  # fmt: skip
    found = []
    for i, (code, ink, room, (x, y), size, font, order, mapped) in enumerate(
        zip(*(column.tolist() for column in columns), strict=True)
    ):
        text = _shown(code, symbolic[font])
        if text:
            sound = mapped and all(map(_is_plausible, text))
            found.append(Sign(text, Box(*ink), min(x, room[0]), room[2], y, size, font, order, i, sound))
    return found


def _shown(code: int, symbolic: bool) -> str:
    if symbolic or _PRIVATE <= code < _PRIVATE + 0x100:
        return _SYMBOLS.get(code & 0xFF, chr(code))
    sign = chr(code)
    if sign in _SPACES:
        return " "
    if sign in _UNSEEN:
        return ""
    if unicodedata.category(sign) in ("Cc", "Cn", "Cs", "Co"):
        return _UNKNOWN
    return unicodedata.normalize("NFKC", sign) if sign in _LIGATURES else sign


def _is_plausible(sign: str) -> bool:
    """Whether a form may be set in a sign: what a broken font map makes of letters is mostly none."""
    if sign.isascii():
        return True
    kind = unicodedata.category(sign)
    if kind[0] == "L":
        return unicodedata.name(sign, "").startswith(("LATIN", "GREEK")) and not "\u0180" <= sign <= "\u024f"
    return kind[0] in "NPSMZ" and sign != _UNKNOWN


def lines_of(signs: Sequence[Sign], settings: TypedSettings = TypedSettings()) -> list[TypedLine]:
    """The lines that some characters (one cell's) make, top to bottom."""
    return [_line(row, settings) for row in _rows(signs, settings)]


def pieces_of(signs: Sequence[Sign], settings: TypedSettings = TypedSettings()) -> list[TypedLine]:
    """The same outside of tables: lines parted where wide gaps show that their parts stand side by side."""
    return [_line(part, settings) for row in _rows(signs, settings) for part in _parted(row, settings)]


def _rows(signs: Sequence[Sign], settings: TypedSettings) -> list[list[Sign]]:
    """The characters of each line that has more than spaces, left to right; lines from top to bottom."""
    inked = [sign for sign in signs if sign.text != " "]
    if not inked:
        return []
    usual = _middle([sign.size for sign in inked])
    rows: list[list[Sign]] = []
    for sign in sorted((s for s in signs if s.size >= settings.small * usual), key=lambda s: s.base):
        if rows and sign.base - rows[-1][-1].base <= settings.level * min(usual, sign.size):
            rows[-1].append(sign)
        else:
            rows.append([sign])
    lone: list[Sign] = []
    for sign in signs:
        if sign.size < settings.small * usual:
            home = min(rows, key=lambda row: abs(row[0].base - sign.base))
            (home if _is_raised(sign, home, usual, settings) else lone).append(sign)
    rows += _rows(lone, settings)
    rows = [row for row in rows if any(sign.text != " " for sign in row)]
    return [
        sorted(row, key=lambda s: (s.start, s.number))
        for row in sorted(rows, key=lambda row: _middle([s.base for s in row]))
    ]


def _is_raised(sign: Sign, row: Sequence[Sign], usual: float, settings: TypedSettings) -> bool:
    """Whether a small character is raised or lowered next to those of a line, not under or over them."""
    beside = min(max(other.start - sign.end, sign.start - other.end) for other in row) <= usual
    return beside and abs(row[0].base - sign.base) <= settings.raised * usual


def _gaps(row: Sequence[Sign]) -> list[float]:
    """The room (px) between each character of a line and those before it."""
    ends = list(accumulate((sign.end for sign in row), max))
    return [sign.start - end for sign, end in zip(row[1:], ends, strict=False)]


def _parted(row: Sequence[Sign], settings: TypedSettings) -> list[list[Sign]]:
    """The parts of a line (with its spaces) that wide gaps between printed characters part."""
    inked = [sign for sign in row if sign.text != " "]
    size = _middle([sign.size for sign in inked])
    gaps = _gaps(inked)
    words = sorted(gap for gap in gaps if gap > settings.gap * size)
    usual = words[len(words) // 4] if len(words) > 1 else 0.0
    wide = max(settings.column * size, settings.wider * usual)
    starts = [inked[0].start, *(sign.start for gap, sign in zip(gaps, inked[1:], strict=True) if gap > wide)]
    parts: list[list[Sign]] = [[] for _ in starts]
    for sign in row:
        parts[max(0, bisect_right(starts, sign.start) - 1)].append(sign)
    return parts


def words_of(signs: Sequence[Sign], settings: TypedSettings = TypedSettings()) -> list[list[Sign]]:
    """The characters of every word, line by line."""
    return [word for row in _rows(signs, settings) for word in _words(row, settings)]


def _line(row: Sequence[Sign], settings: TypedSettings) -> TypedLine:
    words = _words(row, settings)
    signs = tuple(sign for word in words for sign in word)
    return TypedLine(tuple(map(_word, words)), _around(signs), signs)


def _words(row: Sequence[Sign], settings: TypedSettings) -> list[list[Sign]]:
    """The words of a line: parted where a space is printed, or where a gap is wider than those within words."""
    signs = _once([sign for sign in row if sign.text != " "], settings)
    size = _middle([sign.size for sign in signs])
    spaces = [sign.start for sign in row if sign.text == " "]
    told = [bisect_right(spaces, b.start) > bisect_right(spaces, a.start) for a, b in pairwise(signs)]
    gaps = _gaps(signs)
    inner = [gap for gap, space in zip(gaps, told, strict=True) if not space]
    spaced = max(0.0, _middle(inner)) if len(inner) >= settings.enough else 0.0
    words = [[signs[0]]]
    for sign, gap, space in zip(signs[1:], gaps, told, strict=True):
        if space or gap - spaced > settings.gap * size:
            words.append([sign])
        else:
            words[-1].append(sign)
    return words


def _once(row: Sequence[Sign], settings: TypedSettings) -> list[Sign]:
    """The characters of a line without those that are painted a second time to look bold, or as a shadow.

    The letters of a ligature, too, stand in one place, but are painted at once.
    """
    kept: list[Sign] = []
    for sign in row:
        near = settings.twice * sign.size
        twins = [twin for twin in kept[-4:] if twin.text == sign.text and twin.order != sign.order]
        if not any(max(abs(twin.start - sign.start), abs(twin.base - sign.base)) <= near for twin in twins):
            kept.append(sign)
    return kept


def _word(signs: Sequence[Sign]) -> Word:
    text = unicodedata.normalize("NFC", "".join(sign.text for sign in signs)).translate(_HYPHENS)
    return Word(text, _around(signs), 1.0)


def _around(signs: Sequence[Sign]) -> Box:
    x0, y0, x1, y1 = signs[0].ink.x0, signs[0].ink.y0, signs[0].ink.x1, signs[0].ink.y1
    for sign in signs[1:]:
        ink = sign.ink
        x0, y0 = (ink.x0 if ink.x0 < x0 else x0), (ink.y0 if ink.y0 < y0 else y0)
        x1, y1 = (ink.x1 if ink.x1 > x1 else x1), (ink.y1 if ink.y1 > y1 else y1)
    return Box(round(x0, 1), round(y0, 1), round(x1, 1), round(y1, 1))


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]

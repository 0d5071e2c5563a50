"""Words that an earlier program has put in their places: hOCR, ALTO, ``pdftotext -bbox``, and text set in columns.

hOCR 1.2 (kba.github.io/hocr-spec), ALTO 2 to 4 (loc.gov/standards/alto) and poppler's boxes are markup with a box for
every word; one lenient parser reads them all, of a file of any size a page at a time. ``pdftotext -layout`` and its
likes set columns by spaces: there a letter's place in its line tells where it stands.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import groupby, islice
from pathlib import Path

from iki.ingest.sources.text_stream import encoding_of, read_lines
from iki.model import Box
from iki.vocab.labels import match_label

_HEAD_BYTES = 1 << 14
_MARKUP = re.compile(rb"ocr_page|ocr-system|<(?:\w+:)?alto[\s>]|<word\s+xMin=", re.IGNORECASE)
_SET = re.compile(r"\S {3,}\S")
"""A gap within a line that is wider than any between words."""
SET_LINES, SET_SHARE = 400, 0.2
"""Text is set in columns by spaces if this share of its first lines, so many of those with text, has such gaps."""
_BOX = re.compile(r"\bbbox\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)\s+(-?[\d.]+)")
_SURE = re.compile(r"\bx_wconf\s+([\d.]+)")
_LINES = frozenset(("ocr_line", "ocrx_line", "ocr_header", "ocr_caption", "ocr_textfloat"))
_UNTOLD = 0.95
"""Confidence (0–1) of a word of which its file tells none."""
SET = 0.99
"""Confidence (0–1) of a word of text set by spaces: most such text is an author's own."""
CELL = 10.0, 24.0
"""Width and height (px) that a letter of text set by spaces is given."""


@dataclass(frozen=True, slots=True)
class PlacedWord:
    """A word, its box (px, y down), and how sure its engine was of it (0–1)."""

    text: str
    box: Box
    confidence: float


@dataclass(frozen=True, slots=True)
class PlacedPage:
    """A page without a picture: the words of its lines as their program found these, and its printed rules (boxes).

    ``width`` and ``height`` in the same px as the boxes; ``engine`` names the kind of file. ``cell`` is the height of a
    line (px) where all are equally high, as in text set by spaces.
    """

    number: int
    engine: str
    width: float = 0.0
    height: float = 0.0
    lines: tuple[tuple[PlacedWord, ...], ...] = ()
    rules: tuple[Box, ...] = ()
    cell: float | None = None


def is_markup(head: bytes) -> bool:
    """Whether a file that begins so is hOCR, ALTO, or poppler's words with boxes."""
    return bool(_MARKUP.search(head))


def is_set(path: Path) -> bool:
    """Whether a text is set in columns by spaces. Raises ``OSError`` as reading does."""
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        lines = [line for line in islice(iter(lambda: file.readline(_HEAD_BYTES), ""), 2 * SET_LINES) if line.strip()]
    lines = lines[:SET_LINES]
    return bool(lines) and sum(bool(_SET.search(line)) for line in lines) >= SET_SHARE * len(lines)


def pages_of(path: Path, markup: bool) -> Iterator[PlacedPage]:
    """The pages of such a file, one at a time. Raises ``OSError`` as reading does."""
    return _marked(path) if markup else _set(path)


def _marked(path: Path) -> Iterator[PlacedPage]:
    parser = _Markup()
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES)
        told = re.search(rb"(?:encoding|charset)\s*=\s*[\"']?([\w-]+)", head)
        name = told[1].decode("ascii") if told else "utf-8"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            name = "utf-16"
        try:
            decoder = codecs.getincrementaldecoder(name)("replace")
        except LookupError:
            decoder = codecs.getincrementaldecoder("utf-8")("replace")
        while head:
            parser.feed(decoder.decode(head))
            yield from parser.taken()
            head = file.read(_HEAD_BYTES)
    parser.close()
    parser.end_page()
    yield from parser.taken()


@dataclass(slots=True)
class _Open:
    """The page being read."""

    engine: str
    box: Box | None
    lines: list[list[PlacedWord]] = field(default_factory=list)
    rules: list[Box] = field(default_factory=list)


class _Markup(HTMLParser):
    """Gathers pages from markup that comes in pieces; what it does not know it passes over."""

    def __init__(self) -> None:
        super().__init__()
        self._done: list[PlacedPage] = []
        self._page: _Open | None = None
        self._count = 0
        self._stack: list[str] = []
        self._word: tuple[Box, float] | None = None
        self._line: Box | None = None
        self._depth = 0
        self._text = ""

    def taken(self) -> list[PlacedPage]:
        """The pages that have ended since the last call."""
        done, self._done = self._done, []
        return done

    def end_page(self) -> None:
        """The page that is open, if any, is done."""
        if self._page is None:
            return
        self._count += 1
        lines = tuple(tuple(line) for line in self._page.lines if line)
        boxes = [w.box for line in lines for w in line]
        box = self._page.box or Box(0, 0, 0, 0)
        width = max([box.x1, *(b.x1 for b in boxes)])
        height = max([box.y1, *(b.y1 for b in boxes)])
        self._done.append(PlacedPage(self._count, self._page.engine, width, height, lines, tuple(self._page.rules)))
        self._page = None

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._start(tag.rpartition(":")[2], {k: v or "" for k, v in attrs})

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        name = tag.rpartition(":")[2]
        self._depth += name == "span"
        self._start(name, {k: v or "" for k, v in attrs})

    def _start(self, tag: str, attrs: Mapping[str, str]) -> None:
        kinds = set(attrs.get("class", "").split())
        if tag == "page" or "ocr_page" in kinds:
            self.end_page()
            self._page = _Open("hocr" if kinds else "alto" if "height" not in attrs or "id" in attrs else "teks", None)
            self._page.box = _told_box(attrs) or _own_box({"hpos": "0", "vpos": "0", **attrs})
        elif self._page is None:
            return
        elif tag in ("textline", "line") or kinds & _LINES:
            self._end_line()
            self._page.lines.append([])
            self._line, self._text = _told_box(attrs) if kinds else None, ""
        elif tag == "string":
            self._add(attrs.get("content", ""), _own_box(attrs), _number(attrs.get("wc"), _UNTOLD))
        elif tag == "hyp":
            self._hyphen(attrs.get("content", "-"))
        elif tag == "graphicalelement":
            self._rule(_own_box(attrs))
        elif "ocr_separator" in kinds:
            self._rule(_told_box(attrs))
        elif "ocrx_word" in kinds or tag == "word":
            box = _told_box(attrs) if kinds else _corners(attrs)
            sure = _SURE.search(attrs.get("title", ""))
            self._word = (box, float(sure[1]) / 100 if sure else _UNTOLD) if box else None
            self._depth, self._text = 1, ""

    def handle_data(self, data: str) -> None:
        if self._word or self._line:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        name = tag.rpartition(":")[2]
        if name in ("span", "word"):
            self._depth -= 1
            if self._word and (name == "word" or not self._depth):
                self._add(self._text, *self._word)
                self._word = self._line = None
                self._text = ""
            elif self._line and self._depth <= 0:
                self._end_line()
        elif name == "page":
            self.end_page()

    def _end_line(self) -> None:
        """A line of which the file tells no words has them side by side in its box."""
        if self._page and self._line and self._text.strip() and self._page.lines and not self._page.lines[-1]:
            self._page.lines[-1] = list(spread(" ".join(self._text.split()), self._line, _UNTOLD))
        self._line = None

    def _add(self, text: str, box: Box | None, confidence: float) -> None:
        if self._page is None or box is None or not text.strip():
            return
        if not self._page.lines:
            self._page.lines.append([])
        words = spread(" ".join(text.split()), box, min(max(confidence, 0.0), 1.0))
        self._page.lines[-1].extend(words)

    def _hyphen(self, sign: str) -> None:
        if self._page and self._page.lines and self._page.lines[-1]:
            last = self._page.lines[-1].pop()
            self._page.lines[-1].append(PlacedWord(last.text + (sign or "-"), last.box, last.confidence))

    def _rule(self, box: Box | None) -> None:
        if self._page and box:
            self._page.rules.append(box)


def spread(text: str, box: Box, confidence: float) -> Iterator[PlacedWord]:
    """The words of a text that fills a box, each over its share of the letters."""
    step = box.width / max(len(text), 1)
    for m in re.finditer(r"\S+", text):
        place = Box(box.x0 + m.start() * step, box.y0, box.x0 + m.end() * step, box.y1)
        yield PlacedWord(m[0], place, confidence)


def _number(text: str | None, otherwise: float) -> float:
    try:
        return float(text or "")
    except ValueError:
        return otherwise


def _told_box(attrs: Mapping[str, str]) -> Box | None:
    """The box that an element of hOCR has in its title."""
    found = _BOX.search(attrs.get("title", ""))
    return _sound(*map(float, found.groups())) if found else None


def _own_box(attrs: Mapping[str, str]) -> Box | None:
    """The box of an element of ALTO."""
    x, y, width, height = (_number(attrs.get(k), float("nan")) for k in ("hpos", "vpos", "width", "height"))
    return _sound(x, y, x + width, y + height)


def _corners(attrs: Mapping[str, str]) -> Box | None:
    """The box of a word of poppler's."""
    return _sound(*(_number(attrs.get(k), float("nan")) for k in ("xmin", "ymin", "xmax", "ymax")))


def _sound(x0: float, y0: float, x1: float, y1: float) -> Box | None:
    return Box(x0, y0, x1, y1) if x0 < x1 < _FAR and y0 < y1 < _FAR and min(x0, y0) > -_FAR else None


_FAR = 1e6
"""No page reaches so far (px)."""
LONG = 150
"""A printed page has no more lines than this."""
_NUMBER = re.compile(r"\d(?: ?\d){17}")


def _set(path: Path) -> Iterator[PlacedPage]:
    """The pages of text set in columns by spaces, parted by form feeds."""
    parted = groupby(read_lines(path), lambda line: line.page)
    pages = (texts for _, lines in parted for texts in _short(line.text.expandtabs() for line in lines))
    blank = 0
    for number, texts in enumerate(pages, 1):
        if any(map(str.strip, texts)):
            yield from (set_page((), number - i) for i in range(blank, 0, -1))
            yield set_page(texts, number)
            blank = 0
        else:  # what follows the last form feed is no page
            blank += 1


def _short(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines of a page; of one longer than any printed one, those of each form: from below the last signed number,
    or from its title, on."""
    page: list[str] = []
    signed, titled = 0, False
    for line in lines:
        title = match_label(line.strip())[0] == "judul"
        if title and titled and (signed or len(page) > LONG):
            yield page[: signed or len(page)]
            page, signed = page[signed or len(page) :], 0
        titled = titled or title
        page.append(line)
        if titled and _NUMBER.search(line):
            signed = len(page)
    yield page


def set_page(texts: Iterable[str], number: int) -> PlacedPage:
    """A page of text set in columns by spaces."""
    width, height = CELL
    placed = [
        tuple(
            PlacedWord(m[0], Box(m.start() * width, i * height, m.end() * width, (i + 1) * height), SET)
            for m in re.finditer(r"\S+", text)
        )
        for i, text in enumerate(texts)
    ]
    most = max((line[-1].box.x1 for line in placed if line), default=width)
    return PlacedPage(number, "teks", most, len(placed) * height, tuple(filter(None, placed)), cell=height)


def moved(page: PlacedPage, lines: Sequence[Sequence[int]]) -> PlacedPage:
    """A page of text set by spaces with its words elsewhere within their ``lines``: so many letters before each."""
    width = CELL[0]
    placed = tuple(
        tuple(
            replace(word, box=replace(word.box, x0=x * width, x1=(x + len(word.text)) * width))
            for word, x in zip(line, places, strict=True)
        )
        for line, places in zip(page.lines, lines, strict=True)
    )
    return replace(page, width=max(page.width, *(line[-1].box.x1 for line in placed)), lines=placed)

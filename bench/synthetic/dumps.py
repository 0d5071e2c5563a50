"""Text dumps of generated sheets: what an earlier OCR left of them, with the cell of every word.

:func:`scrambled` writes a sheet as OCR programs do that know nothing of tables: lines that run across all columns,
columns one after another as blocks, or both by turns, with broken words, stray pipes and lost lines. The place of every
word is kept, so that weights can be learnt from it. :func:`read` lets Tesseract read the rendered pages with its own
layout analysis instead; its words have no place.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from iki.bench.synthetic.layout import PrintedLine, PrintedPage
from iki.bench.synthetic.specimen import Specimen

Place = tuple[int, int] | None
"""Row and column of the form (both from 0) that a word belongs to; ``None`` outside of the table's body."""
Style = Literal["across", "blocks", "mixed"]


@dataclass(frozen=True, slots=True)
class Noise:
    """How badly a dump is damaged; shares of words, boundaries or lines (0–1)."""

    letters: float = 0.03
    """Of letters taken for others."""
    pipes: float = 0.3
    """Of column boundaries where the rule was read as a pipe."""
    false_pipes: float = 0.01
    """Of spaces inside cells."""
    glued: float = 0.01
    """Of spaces lost."""
    split: float = 0.01
    """Of words broken in two."""
    lost: float = 0.01
    """Of lines."""
    blank: float = 0.15
    """Of line ends with a blank line after them."""
    specks: float = 0.01
    """Of lines with a line of specks after them."""


@dataclass(frozen=True, slots=True)
class DumpWord:
    text: str
    place: Place


DumpLine = tuple[DumpWord, ...]
_SAME_LINE = 0.4
"""Baselines closer than this share of the type size stand on one line."""
_CONFUSED = (
    ("l", "i"), ("i", "l"), ("l", "I"), ("m", "rn"), ("n", "r"), ("a", "s"), ("s", "a"), ("e", "a"), ("a", "e"),
    ("u", "o"), ("g", "q"),
    ("t", "l"), ("h", "b"), ("r", "i"), ("o", "c"), ("K", "F"), ("S", "5"), ("1", "l"), ("0", "O"),
    ("d", "o"),
    (",", "."), ("ny", "rny"), ("la", "ia"), ("0", "6"), ("3", "8"), ("D", "0"), ("ti", "b"), ("p", "o"),
)  # fmt: skip
_SPECKS = ("—", "|", "= -", ". |", "~", "I", "- :", "e", "_ _")


def scrambled(made: Specimen, style: Style, seed: str, noise: Noise = Noise()) -> list[DumpLine]:
    """The sheet's lines in the order in which an OCR program dumps them."""
    rng = random.Random(seed)
    lines: list[DumpLine] = []
    for page in made.pages:
        lines += _page(page, style, rng, noise)
        lines += [()] * rng.randint(1, 4)
    return [line for raw in lines for line in _damaged(raw, rng, noise)]


def text_of(lines: Sequence[DumpLine]) -> str:
    return "".join(" ".join(word.text for word in line) + "\n" for line in lines)


def read(made: Specimen, psm: int) -> str:
    """What Tesseract makes of the scanned pages with page segmentation mode ``psm``, a form feed after each page.

    Raises ``pytesseract.TesseractNotFoundError`` without the program.
    """
    import pytesseract  # noqa: PLC0415 - brings pandas along

    pages = (
        pytesseract.image_to_string(s.image, lang="ind", config=f"--psm {psm} --dpi {round(s.dpi)}") for s in made.scans
    )
    return "\f".join(pages)


def _page(page: PrintedPage, style: Style, rng: random.Random, noise: Noise) -> Iterator[DumpLine]:
    places = {i: (cell.row, cell.column) for cell in page.cells for i in cell.lines}
    body = [i for i, place in places.items() if place[0] >= 0]
    top = min((page.lines[i].baseline for i in places), default=page.height)
    others = [i for i in range(len(page.lines)) if i not in places]
    yield from _across(page, [i for i in others if page.lines[i].baseline <= top], {}, rng, noise)
    heads = [i for i, place in places.items() if place[0] < 0]
    rows = sorted({places[i][0] for i in body})
    bands = [rows]
    if style == "mixed":
        cuts = sorted(rng.sample(range(1, len(rows)), min(2, len(rows) - 1))) if len(rows) > 1 else []
        bands = [rows[a:b] for a, b in zip([0, *cuts], [*cuts, len(rows)], strict=True)]
    blocks = [style == "blocks" or (style == "mixed" and rng.random() < 0.5) for _ in bands]  # noqa: PLR2004
    if not blocks[:1] or not blocks[0]:
        yield from _across(page, heads, places, rng, noise)
        heads = []
    else:
        yield from _columns(page, heads, places, rng, noise)
    for band, block in zip(bands, blocks, strict=True):
        mine = [i for i in body if places[i][0] in band]
        yield from (_columns if block else _across)(page, mine, places, rng, noise)
    foot = [i for i in others if page.lines[i].baseline > top]
    yield ()
    if blocks[-1:] == [True]:
        middle = page.width / 2
        for side in (True, False):
            yield from _across(
                page, [i for i in foot if (page.lines[i].box.centre[0] < middle) == side], {}, rng, noise
            )
            yield ()
    else:
        yield from _across(page, foot, {}, rng, noise)


def _across(
    page: PrintedPage, chosen: Sequence[int], places: dict[int, tuple[int, int]], rng: random.Random, noise: Noise
) -> Iterator[DumpLine]:
    """Lines as they run across the page, cells beside each other on one line."""
    waiting = sorted(chosen, key=lambda i: (page.lines[i].baseline, page.lines[i].box.x0))
    while waiting:
        first = page.lines[waiting[0]]
        level = [i for i in waiting if page.lines[i].baseline - first.baseline < _SAME_LINE * first.face.size]
        waiting = [i for i in waiting if i not in level]
        level.sort(key=lambda i: page.lines[i].box.x0)
        words: list[DumpWord] = []
        for n, i in enumerate(level):
            if n and i in places and rng.random() < noise.pipes:
                words.append(DumpWord("|", _place(i, places)))
            words += _words(page.lines[i], _place(i, places))
        yield tuple(words)


def _columns(
    page: PrintedPage, chosen: Sequence[int], places: dict[int, tuple[int, int]], rng: random.Random, noise: Noise
) -> Iterator[DumpLine]:
    """Columns one after another; now and then two neighbours as one block of lines across both."""
    columns = sorted({places[i][1] for i in chosen})
    joined = len(columns) > 2  # noqa: PLR2004 - No and Sasaran make one block: a column of digits is seldom read alone
    groups = [columns[:2], *([c] for c in columns[2:])] if joined else [[c] for c in columns]
    for group in groups:
        mine = [i for i in chosen if places[i][1] in group]
        row = None
        for line in _across(page, mine, places, rng, noise):
            here = line[0].place
            if row is not None and here != row and rng.random() < 0.6:  # noqa: PLR2004 - blank lines between most cells
                yield ()
            row = here
            yield line
        yield ()


def _place(i: int, places: dict[int, tuple[int, int]]) -> Place:
    place = places.get(i)
    return place if place is not None and place[0] >= 0 else None


def _words(line: PrintedLine, place: Place) -> list[DumpWord]:
    return [DumpWord(word, place) for _, word in line.words if word.strip("\u00a0")]


def _damaged(line: DumpLine, rng: random.Random, noise: Noise) -> Iterator[DumpLine]:
    if line and rng.random() < noise.lost:
        return
    words: list[DumpWord] = []
    for word in line:
        text = "".join(_damaged_letters(word.text, rng, noise))
        if len(text) > 4 and rng.random() < noise.split:  # noqa: PLR2004 - short words do not break
            cut = rng.randint(2, len(text) - 2)
            words += [replace(word, text=text[:cut]), replace(word, text=text[cut:])]
        elif words and words[-1].place == word.place and rng.random() < noise.glued:
            words[-1] = replace(words[-1], text=words[-1].text + text)
        else:
            words.append(replace(word, text=text))
        if rng.random() < noise.false_pipes:
            words.append(replace(word, text="|"))
    yield tuple(words)
    if line and rng.random() < noise.blank:
        yield ()
    if line and rng.random() < noise.specks:
        yield (DumpWord(rng.choice(_SPECKS), None),)


def _damaged_letters(text: str, rng: random.Random, noise: Noise) -> Iterator[str]:
    at = 0
    while at < len(text):
        if rng.random() < noise.letters:
            options = [(a, b) for a, b in _CONFUSED if text.startswith(a, at)]
            if options:
                a, b = rng.choice(options)
                yield b
                at += len(a)
                continue
        yield text[at]
        at += 1

"""Text dumps of generated sheets: what an earlier OCR left of them, with the cell of every word.

:func:`scrambled` writes a sheet as OCR programs do that know nothing of tables: lines that run across all columns,
columns one after another as blocks, or both by turns, with broken words, stray pipes and lost lines. The place of every
word is kept, so that weights can be learnt from it. :func:`read` lets Tesseract read the rendered pages with its own
layout analysis instead (:func:`recognised`); the place of its words follows from where they stand on the page.
"""

# ruff: noqa: PLR2004 - shares and counts that a generator draws from

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np

from iki import vocab
from iki.ingest.dump.words import stem
from iki.lab.synthetic.layout import PrintedLine, PrintedPage
from iki.lab.synthetic.specimen import Specimen

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
    torn: float = 0.12
    """Of cells, and of further lines of a cell, in a block with a blank line before them."""


@dataclass(frozen=True, slots=True)
class DumpWord:
    text: str
    place: Place


DumpLine = tuple[DumpWord, ...]
_POINTS = 72.0
"""Points of an inch."""
PAGE_END: DumpLine = (DumpWord("\f", None),)
_SAME_LINE = 0.4
"""Baselines closer than this share of the type size stand on one line."""
_CONFUSED = (
    ("l", "i"), ("i", "l"), ("l", "I"), ("m", "rn"), ("n", "r"), ("a", "s"), ("s", "a"), ("e", "a"), ("a", "e"),
    ("u", "o"), ("g", "q"),
    ("t", "l"), ("h", "b"), ("r", "i"), ("o", "c"), ("K", "F"), ("S", "5"), ("1", "l"), ("0", "O"),
    ("d", "o"),
    (",", "."), ("ny", "rny"), ("la", "ia"), ("0", "6"), ("3", "8"), ("D", "0"), ("ti", "b"), ("p", "o"),
)  # fmt: skip
_STROKES = "|([{/!\\—_-"
"""What rules are read as at the head of a word."""
_SPECKS = ("—", "|", "= -", ". |", "~", "I", "- :", "e", "_ _")


def scrambled(made: Specimen, style: Style, seed: str, noise: Noise = Noise()) -> list[DumpLine]:
    """The sheet's lines in the order in which an OCR program dumps them."""
    rng = random.Random(seed)
    lines: list[DumpLine] = []
    for page in made.pages:
        lines += _page(page, style, rng, noise)
        lines += [()] * rng.randint(1, 4)
    return [line for raw in lines for line in _damaged(raw, rng, noise)]


def torn(lines: Sequence[DumpLine], rng: random.Random, noise: Noise = Noise()) -> list[DumpLine]:
    """Recognised lines as a program dumps them that cuts a page into blocks, blocks into blocks and so on, at the gaps
    between rows or columns, and writes the blocks one after another (recursive cuts, Nagy & Seth, ICPR 1984)."""
    body = [i for i, line in enumerate(lines) if any(word.place for word in line)]
    if not body:
        return list(lines)
    table = [line for line in lines[body[0] : body[-1] + 1] if any(word.place for word in line)]
    columns = sorted({word.place[1] for line in table for word in line if word.place})
    eager = rng.choice((0.4, 0.6, 0.8))
    blank = rng.choice((0.0, 0.3, 0.8))
    inner = list(_torn(table, columns, rng, eager, blank, noise))
    return [*lines[: body[0]], *inner, *lines[body[-1] + 1 :]]


def _torn(
    band: Sequence[DumpLine], columns: Sequence[int], rng: random.Random, eager: float, blank: float, noise: Noise
) -> Iterator[DumpLine]:
    """Some columns of a band; ``eager`` to cut them further, with ``blank`` lines between cells (shares, 0–1)."""
    parts = (tuple(w for w in line if w.place is None or w.place[1] in columns) for line in band)
    mine = [part for part in parts if any(word.place for word in part)]
    if not mine:
        return
    down = [k for k in range(1, len(mine)) if _begins(mine, k)] if rng.random() < 0.75 else list(range(1, len(mine)))
    across = [k for k in range(1, len(columns)) if columns[k - 1] > 0 or rng.random() < 0.1]
    if rng.random() < eager and (down or across):
        if across and (not down or rng.random() < 0.5):
            k = rng.choice(across)
            yield from _torn(mine, columns[:k], rng, eager * 0.95, blank, noise)
            yield ()
            yield from _torn(mine, columns[k:], rng, eager * 0.95, blank, noise)
        else:
            k = rng.choice(down)
            yield from _torn(mine[:k], columns, rng, eager, blank, noise)
            yield ()
            yield from _torn(mine[k:], columns, rng, eager, blank, noise)
        return
    for k, line in enumerate(mine):
        if k and rng.random() < (blank if _begins(mine, k) else blank * noise.torn):
            yield ()
        yield line


def _begins(lines: Sequence[DumpLine], k: int) -> bool:
    """Whether a cell begins on a line whose columns all were on the line before in other rows."""
    before = {w.place[1]: w.place[0] for w in lines[k - 1] if w.place}
    return any(w.place and before.get(w.place[1], w.place[0]) != w.place[0] for w in lines[k])


@cache
def _others() -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    text = Path(vocab.__file__).with_name("words.txt").read_text(encoding="utf-8")
    for word in text.split("\n"):
        if word.isalpha() and word.islower() and len(word) > 3:
            found.setdefault(min(len(word), 14), []).append(word)
    return found


def reworded(lines: Sequence[DumpLine], rng: random.Random) -> list[DumpLine]:
    """The lines with some words replaced, each by the same other one (a little damaged) wherever it stands."""
    share, noise = rng.choice((0.15, 0.3, 0.5, 0.7)), Noise(letters=rng.choice((0.0, 0.03, 0.07)))
    to: dict[str, str] = {}

    def other(word: DumpWord) -> DumpWord:
        bare = word.text.strip(".,;:()/-")
        s = stem(bare)
        if not word.place or not s or not (bare.isalpha() or rng.random() < 0.3):
            return word
        if s not in to:
            alike = _others()[min(max(len(bare) + rng.choice((-1, 0, 0, 1)), 4), 14)]
            to[s] = rng.choice(alike) if rng.random() < share else ""
        if not to[s]:
            return word
        new = to[s].upper() if bare.isupper() else to[s].capitalize() if bare[:1].isupper() else to[s]
        return replace(word, text=word.text.replace(bare, "".join(_damaged_letters(new, rng, noise)), 1))

    return [tuple(map(other, line)) for line in lines]


def ruled(line: DumpLine, rng: random.Random, share: float, printed: bool) -> Iterator[DumpWord]:
    """The line with rules read as strokes at a ``share`` (0–1) of its column boundaries only; a line as ``printed`` has
    none yet."""
    before: Place = None
    for word in line:
        said = any(c.isalnum() for c in word.text)
        if not said and not printed and rng.random() >= share:
            continue
        edge = word.place and before and word.place[1] != before[1]
        if edge and printed and rng.random() < share:
            yield DumpWord("|", word.place)
        bare = edge and not printed and rng.random() >= share
        yield replace(word, text=word.text.lstrip(_STROKES) or word.text) if bare else word
        before = word.place or before


def damaged(lines: Sequence[DumpLine], rng: random.Random, noise: Noise) -> list[DumpLine]:
    """The lines with letters, words and lines damaged."""
    return [x for line in lines for x in _damaged(line, rng, noise)]


def text_of(lines: Sequence[DumpLine]) -> str:
    return "".join(" ".join(word.text for word in line) + "\n" for line in lines)


def read(made: Specimen, psm: int) -> str:
    """The text of :func:`recognised`."""
    return text_of(recognised(made, psm))


def recognised(made: Specimen, psm: int) -> list[DumpLine]:
    """What Tesseract makes of the scanned pages with page segmentation mode ``psm``, laid out as its text output is:
    an empty line after each paragraph, a form feed at each page's end. The place of a word is the cell in whose box
    the middle of the word lies.

    Raises ``pytesseract.TesseractNotFoundError`` without the program.
    """
    import pytesseract  # noqa: PLC0415 - brings pandas along

    lines: list[DumpLine] = []
    for page, scan in zip(made.pages, made.scans, strict=True):
        found = pytesseract.image_to_data(
            scan.image, lang="ind", config=f"--psm {psm} --dpi {round(scan.dpi)}", output_type=pytesseract.Output.DICT
        )
        words = [i for i, text in enumerate(found["text"]) if text.strip()]
        centres = np.array(
            [(found["left"][i] + found["width"][i] / 2, found["top"][i] + found["height"][i] / 2) for i in words]
        ).reshape(-1, 2)
        on_paper = scan.warp.inverse(centres) * (_POINTS / scan.dpi)
        read_so = [
            (tuple(found[key][i] for key in ("block_num", "par_num", "line_num")),
             DumpWord(found["text"][i].strip(), _cell_at(page, float(x), float(y))))
            for i, (x, y) in zip(words, on_paper, strict=True)
        ]  # fmt: skip
        before: tuple[int, ...] = ()
        for line, members in groupby(read_so, key=lambda word: word[0]):
            if before and line[:2] != before[:2]:
                lines.append(())
            before = line
            lines.append(tuple(word for _, word in members))
        lines += [(), PAGE_END]
    return lines


def _cell_at(page: PrintedPage, x: float, y: float) -> Place:
    """The cell of the body at a point of the page."""
    for cell in page.cells:
        if cell.row >= 0 and cell.box.x0 <= x < cell.box.x1 and cell.box.y0 <= y < cell.box.y1:
            return cell.row, cell.column
    return None


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
    blocks = [style == "blocks" or (style == "mixed" and rng.random() < 0.5) for _ in bands]
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
    joined = len(columns) > 2
    groups = [columns[:2], *([c] for c in columns[2:])] if joined else [[c] for c in columns]
    for group in groups:
        mine = [i for i in chosen if places[i][1] in group]
        row = None
        for line in _across(page, mine, places, rng, noise):
            here = line[0].place
            if row is not None and here != row and rng.random() < 0.6:
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
        if len(text) > 4 and rng.random() < noise.split:
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

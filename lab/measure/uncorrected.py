"""``python -m iki.lab.measure.uncorrected GOLD MAP FOLDER``: how well cells are read before any word is corrected.

``GOLD`` and ``MAP`` as for ``iki.evaluate``; ``FOLDER`` holds the scanned files. A cell is what the engine read on
its lines (where a second one was asked, the likelier of both), put together over line ends and wrapped words; a merged
cell counts once a row. Three shares are told: of cells that are right to the letter; of those that are so once the
marks between words are settled (``normalize.marks``), every letter left as it was read; and of those in which every
word is right, whatever the marks. Of a comma that a copy has left no tail no shape tells that it is no full stop.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple, get_args

import msgspec

from iki import vocab
from iki.evaluate import Gold, SheetPlace, fill_down, paired
from iki.ingest import sources
from iki.ingest.form import sheets
from iki.ingest.ocr import engines
from iki.ingest.ocr.engines import EngineName, Reader
from iki.ingest.page import read_page
from iki.model import RawSheet
from iki.normalize.context import Batch
from iki.normalize.correct.punctuation import MARKS
from iki.normalize.draft import Draft, draft
from iki.normalize.knowledge import Knowledge
from iki.normalize.sheet import DEFAULT, judged_cells, tally
from iki.terms import CELLS


def read(path: Path, reader: Reader) -> tuple[RawSheet, ...]:
    """The sheets of a scanned file as the engine reads them."""
    pages = [read_page(sources.picture(parcel), reader) for parcel in sources.parcels(path)]
    return sheets.assemble(path.name, "", pages).sheets


class Read(NamedTuple):
    """A cell as printed, as read, and as read with its marks settled."""

    printed: str
    read: str
    marked: str


def cells(gold: Gold, found: RawSheet | None, knowledge: Knowledge) -> Iterator[Read]:
    """The cells of a sheet."""
    wanted, _ = fill_down(gold.rows)
    raw = found.rows if found else ()
    settled = judged_cells(found, Batch.of(tally(found, knowledge)), knowledge, DEFAULT) if found else {}
    drafts = {value: draft(value, knowledge, DEFAULT.values) for value in settled}
    rows = [{name: drafts[row.values[name]].text if name in row.values else "" for name in CELLS} for row in raw]
    mine = dict(paired(wanted, rows))
    for at, row in enumerate(wanted):
        for name in CELLS:
            value = raw[mine[at]].values.get(name) if at in mine else None
            marked = with_marks(drafts[value], settled[value]) if value else ""
            yield Read(row[name], rows[mine[at]][name] if at in mine else "", marked)


def with_marks(read: Draft, judged: Draft) -> str:
    """The text as read, its marks as judged where no letter of a word was changed."""
    if len(read.tokens) != len(judged.tokens):
        return read.text
    pairs = zip(read.tokens, judged.tokens, strict=True)
    return " ".join(b.text if bare(a.text) == bare(b.text) else a.text for a, b in pairs)


def bare(text: str) -> list[str]:
    """The words of a text without the marks before and after them."""
    return [word.strip(MARKS) for word in text.split()]


class Shares(NamedTuple):
    """How many cells there are, and shares (0–1) of those right as read, with marks settled, and but for marks."""

    cells: int
    read: float
    marked: float
    words: float


def measured(gold: Path, places: Path, folder: Path, engine: EngineName) -> Shares:
    """The shares of all cells of the gold sheets that ``places`` maps to files of ``folder``."""
    printed = {sheet.sheet_id: sheet for sheet in msgspec.json.decode(gold.read_bytes(), type=list[Gold])}
    wanted = msgspec.json.decode(places.read_bytes(), type=list[SheetPlace])
    knowledge, reader = Knowledge.of(vocab.load()), engines.load(engine)
    found: list[Read] = []
    for file in sorted({place.berkas for place in wanted}):
        here = {raw.first_page: raw for raw in read(folder / file, reader)}
        for place in wanted:
            if place.berkas == file:
                found += cells(printed[place.sheet_id], here.get(place.first_page), knowledge)
    return Shares(
        len(found),
        sum(cell.read == cell.printed for cell in found) / len(found),
        sum(cell.marked == cell.printed for cell in found) / len(found),
        sum(bare(cell.read) == bare(cell.printed) for cell in found) / len(found),
    )


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.uncorrected", description=__doc__)
    parser.add_argument("gold", type=Path)
    parser.add_argument("map", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--engine", choices=get_args(EngineName), default="auto")
    given = parser.parse_args()
    found = measured(given.gold, given.map, given.folder, given.engine)
    print(
        f"{given.map.name}: {found.cells} cells; right as read {found.read:.3f}, "
        f"with marks settled {found.marked:.3f}, but for marks {found.words:.3f}"
    )


if __name__ == "__main__":
    main()

"""Size and time of every format but PDF: ``python -m iki.lab.measure.formats FOLDER [--sheets 1000]``.

The sheets that FOLDER (with its ledger) holds are taken again and again, each time under new names, until there are as
many as wanted; their pages, readings and stories with them. Prints a Markdown table: files, megabytes, seconds of one
process, the folder's tables and readings being at hand.
"""

from __future__ import annotations

import argparse
import hashlib
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import count, islice
from pathlib import Path

from iki.export import tables
from iki.export.formats import export
from iki.export.schema import FileRow, Format
from iki.export.writing import Readings, ReadPage
from iki.lab.measure.markdown import table
from iki.model import CleanSheet
from iki.review.stories import readings

MEGABYTE = 1e6


def again(held: list[CleanSheet], pages: list[ReadPage], wanted: int) -> tuple[list[CleanSheet], list[ReadPage]]:
    """``wanted`` sheets, those of ``held`` again and again in files of new names, and the pages of these files."""

    def renamed(file: str, turn: int) -> tuple[str, str]:
        name = f"{turn:05}/{file}"
        return name, hashlib.sha256(name.encode()).hexdigest()

    def endless() -> Iterator[CleanSheet]:
        for turn in count():
            for sheet in held:
                name, digest = renamed(sheet.file, turn)
                yield replace(sheet, sheet_id=digest[:12] + sheet.sheet_id[12:], file=name, sha256=digest)

    sheets = list(islice(endless(), wanted))
    files = {sheet.file for sheet in sheets}
    turns = -(-wanted // len(held))
    printed = [ReadPage(*renamed(read.file, turn), read.page) for turn in range(turns) for read in pages]
    return sheets, [read for read in printed if read.file in files]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.formats", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sheets", type=int, default=1000)
    given = parser.parse_args()
    held = readings(given.folder)
    sheets, pages = again(list(held.sheets()), list(held.pages()), given.sheets)
    files = [FileRow(name, digest, 1, 1, "ok", "", 1.0) for name, digest in {s.file: s.sha256 for s in sheets}.items()]
    rows = []
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "tables")
        tables.write([*map(tables.rendered, sheets)], files, folder, {})
        known = Readings(lambda: sheets, lambda: pages)
        for name in (name for name in Format if name is not Format.PDF):
            start = time.perf_counter()
            paths = export(folder, [name], Path(place, name), known)
            seconds = time.perf_counter() - start
            size = sum(path.stat().st_size for path in paths) / MEGABYTE
            rows.append([f"`{name}`", str(len(paths)), f"{size:.1f}", f"{seconds:.1f}"])
    cells = sum(len(sheet.rows) for sheet in sheets)
    print(f"{len(sheets)} sheets, {cells} rows, {len(pages)} pages\n")
    print(table(["format", "files", "MB", "s"], rows))


if __name__ == "__main__":
    main()

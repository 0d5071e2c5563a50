"""The shape of the ruled tables found on pages: rows × columns, and what is merged. No text is read.

python -m iki.lab.measure.table_shapes FILE …
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from iki.ingest.image.straighten import straighten
from iki.ingest.layout.ruled_table import Lattice, spans, tables
from iki.ingest.ocr.direction import NetworkJudge
from iki.ingest.sources import PageImage, pages


def shape(table: Lattice) -> str:
    """Rows × columns of a table, and row, column, rows and columns spanned (from 0) of its merged cells."""
    merged = [(s.row, s.column, s.row_span, s.column_span) for s in spans(table) if s.row_span + s.column_span > 2]  # noqa: PLR2004
    return f"{len(table.ys) - 1} × {len(table.xs) - 1} {merged or ''}".strip()


def main(files: Sequence[str]) -> None:
    judge = NetworkJudge()
    for file in map(Path, files):
        for image in (each for each in pages(file) if isinstance(each, PageImage)):
            page = straighten(image.pixels, image.dpi, judge)
            found = tables(page.ink, page.letter) if page.letter else []
            print(file.name, image.number, " | ".join(map(shape, found)) or "-")


if __name__ == "__main__":
    main(sys.argv[1:])

"""``python -m iki.bench.turned --out DIR SOURCE …``: copies of PDF files with every page on its side or on its head.

The pixels are turned, not a mark in the file: nothing but the page itself tells. DIR/90, DIR/180 and DIR/270 hold the
copies (clockwise degrees) under the names of the sources, so that they are scored like these.
"""

from __future__ import annotations

import argparse
import io
from pathlib import Path

import numpy as np
import pikepdf
from PIL import Image

from iki.ingest.sources import PageImage, find, pages

TURNS = (90, 180, 270)
QUALITY = 95
"""Of the JPEG pictures; bilevel pages stay as they are."""
DPI = 200.0
"""Of pages that do not say."""


def turned(page: PageImage, degrees: int) -> Image.Image:
    """A page turned clockwise, bilevel where it was."""
    pixels = np.rot90(page.pixels, -degrees // 90)
    picture = Image.fromarray(pixels if pixels.ndim == 2 else pixels[..., ::-1].copy())  # noqa: PLR2004
    extremes = page.pixels.ndim == 2 and bool(np.isin(page.pixels, (0, 255)).all())  # noqa: PLR2004
    return picture.convert("1") if extremes else picture


def turned_pdf(path: Path, degrees: int, into: Path) -> None:
    """A copy of a PDF with every page turned."""
    with pikepdf.new() as pdf:
        for page in pages(path):
            one = io.BytesIO()
            picture = turned(page, degrees)
            options = {} if picture.mode == "1" else {"quality": QUALITY}
            picture.save(one, "PDF", resolution=page.dpi or DPI, **options)
            with pikepdf.open(one) as made:
                pdf.pages.extend(made.pages)
        pdf.save(into)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    parser.add_argument("--out", required=True, type=Path)
    given = parser.parse_args()
    for degrees in TURNS:
        folder = given.out / str(degrees)
        folder.mkdir(parents=True, exist_ok=True)
        for source in find(given.sources):
            turned_pdf(source.path, degrees, folder / source.path.name)


if __name__ == "__main__":
    main()

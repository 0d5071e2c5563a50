"""PDF files with every page on its side or on its head: ``python -m iki.lab.synthetic.turned --out DIR SOURCE …``.

The pixels are turned, not a mark in the file: nothing but the page itself tells. DIR/90, DIR/180 and DIR/270 hold the
copies (clockwise degrees) under the names of the sources, so that they are scored like these.
"""

from __future__ import annotations

import argparse
import zlib
from pathlib import Path

import numpy as np
import pikepdf

from iki.ingest.image.binarize import Image
from iki.ingest.sources import PageImage, find, pages

TURNS = (90, 180, 270)
DPI = 200.0
"""Of pages that do not say."""
POINT = 72
"""Points per inch."""


def add_picture(pdf: pikepdf.Pdf, pixels: Image, dpi: float) -> None:
    """Add a page that is one picture (H×W grey or H×W×3 BGR), kept pixel by pixel: no second compression."""
    height, width = pixels.shape[:2]
    grey = pixels.ndim == 2  # noqa: PLR2004
    raw = np.ascontiguousarray(pixels if grey else pixels[..., ::-1]).tobytes()
    picture = pdf.make_stream(
        zlib.compress(raw), Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Image, Width=width, Height=height,
        BitsPerComponent=8, ColorSpace=pikepdf.Name.DeviceGray if grey else pikepdf.Name.DeviceRGB,
        Filter=pikepdf.Name.FlateDecode,
    )  # fmt: skip
    wide, high = (round(side * POINT / dpi, 2) for side in (width, height))
    page = pdf.add_blank_page(page_size=(wide, high))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=picture))
    page.Contents = pdf.make_stream(f"{wide} 0 0 {high} 0 0 cm /Im0 Do".encode())


def turned_pdf(path: Path, degrees: int, into: Path) -> None:
    """A copy of a PDF with every page turned clockwise."""
    with pikepdf.new() as pdf:
        for page in (each for each in pages(path) if isinstance(each, PageImage)):
            add_picture(pdf, np.rot90(page.pixels, -degrees // 90), page.dpi or DPI)
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

"""How well the words of searchable PDFs lie on their ink: ``python -m iki.lab.measure.text_layer [--seed N]``.

Generates a sheet of each profile (or of those named), converts them, writes their searchable PDFs and looks where
poppler finds each printed word: a word is well placed if at least ``UNDER`` of its ink lies under one word's box of the
text layer. Where the ink of a word is on the scan is known from the generator. Prints a line a profile; what was not
read at all (a colon, a word under a stamp) is counted apart.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from iki.batch import BatchSettings, convert
from iki.lab.synthetic.damage import PROFILES
from iki.lab.synthetic.layout import PrintedLine
from iki.lab.synthetic.specimen import Specimen, specimen
from iki.review.papers import write_papers

UNDER = 0.8
"""Share of a word's ink that lies under its box."""
_WORD = re.compile(r'<word xMin="(\S+)" yMin="(\S+)" xMax="(\S+)" yMax="(\S+)">')
_PAGE = re.compile(r'<page width="(\S+)" height="(\S+)">')
_INCH = 72.0

Points = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """How many words are printed, how many of them have nothing of the layer over them (they were not read), and how
    many are well placed."""

    printed: int
    unread: int
    well: int

    @property
    def share(self) -> float:
        """Share of the words in the layer that are well placed."""
        there = self.printed - self.unread
        return self.well / there if there else 1.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--template", default="lazim")
    parser.add_argument("--agency", default="dinkes")
    parser.add_argument("profiles", nargs="*", default=list(PROFILES))
    given = parser.parse_args()
    made = {name: specimen(given.agency, given.template, name, given.seed) for name in given.profiles}
    with tempfile.TemporaryDirectory() as folder:
        for name, placed in measured(made, Path(folder)):
            print(
                f"{name:12} {placed.printed:5} printed, {placed.unread:3} not read, {placed.well:5} well placed:"
                f" {placed.share:.3f}",
                flush=True,
            )


def measured(made: dict[str, Specimen], folder: Path) -> Iterator[tuple[str, Placed]]:
    """How the words of specimens are placed in the PDFs made of them in ``folder``, by the names they are given."""
    scans = folder / "scans"
    scans.mkdir()
    for name, sheet in made.items():
        pictures = [Image.fromarray(s.image if s.image.ndim == 2 else s.image[:, :, ::-1]) for s in sheet.scans]  # noqa: PLR2004
        dpi = (sheet.scans[0].dpi,) * 2
        pictures[0].save(
            scans / f"{name}.tif", save_all=True, append_images=pictures[1:], dpi=dpi, compression="tiff_deflate"
        )
    convert([scans], folder / "tables", BatchSettings(workers=1))
    for paper in write_papers(folder / "tables", folder):
        if paper.path is not None:
            name = paper.file.removesuffix(".tif")
            yield name, placed(made[name], paper.path)


def placed(sheet: Specimen, path: Path) -> Placed:
    """How the words of a specimen are placed in its PDF at ``path``."""
    told = subprocess.run(["pdftotext", "-bbox", path, "-"], capture_output=True, text=True, check=True).stdout
    printed = unread = well = 0
    for page, scan, text in zip(sheet.pages, sheet.scans, told.split("<page ")[1:], strict=True):
        size = _PAGE.match("<page " + text)
        assert size is not None
        scale = scan.image.shape[1] / float(size[1]), scan.image.shape[0] / float(size[2])
        boxes = np.array([[float(v) for v in found] for found in _WORD.findall(text)]).reshape(-1, 4)
        boxes *= np.array([*scale, *scale])
        for ink in (ink for line in page.lines for ink in inked(line, scan.dpi)):
            share = _covered(scan.warp.forward(ink), boxes)
            printed, unread, well = printed + 1, unread + (not share), well + (share >= UNDER)
    return Placed(printed, unread, well)


def inked(line: PrintedLine, dpi: float) -> Iterable[Points]:
    """The ink of each word of a line, as the middles (x, y) of its dark pixels on the undamaged page at ``dpi``."""
    scale = dpi / _INCH
    font = line.face.at(line.face.size * scale)
    for x, word in line.words:
        left, top, right, bottom = font.getbbox(word, anchor="ls")
        picture = Image.new("L", (int(right - left) + 2, int(bottom - top) + 2), 0)
        ImageDraw.Draw(picture).text((-left, -top), word, fill=255, font=font, anchor="ls")
        rows, columns = np.nonzero(np.asarray(picture) > 127)  # noqa: PLR2004
        if len(rows):
            yield np.stack([columns + 0.5 + left + x * scale, rows + 0.5 + top + line.baseline * scale], axis=-1)


def _covered(points: Points, boxes: Points) -> float:
    """The greatest share of ``points`` (N×2) that lies within one of ``boxes`` (M×4)."""
    x, y = points[:, None, 0], points[:, None, 1]
    inside = (x >= boxes[:, 0]) & (x < boxes[:, 2]) & (y >= boxes[:, 1]) & (y < boxes[:, 3])
    return float(inside.mean(axis=0).max(initial=0.0))


if __name__ == "__main__":
    main()

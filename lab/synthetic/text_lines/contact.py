"""A contact sheet of lines of every kind of damage: ``python -m iki.lab.synthetic.text_lines.contact OUT.png``."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from iki.ingest.image.binarize import Image
from iki.lab.synthetic.text_lines import damage, lines

LINES, WIDTH, GAP, BACKGROUND, SEED, COLUMNS = 6, 440, 4, 210, 11, 2
"""Lines a kind, their place in pixels, the gap between them (px), the grey around them, the seed of the picture, and in
how many columns the kinds stand, which must divide their number."""


def sheet(count: int = LINES, seed: int = SEED) -> Image:
    """Columns of kinds, ``count`` lines each, at the recogniser's size; H×W grey."""
    blocks = []
    for kind in damage.KINDS:
        title = np.full((lines.HEIGHT, WIDTH), BACKGROUND, np.uint8)
        cv2.putText(title, kind, (GAP, lines.HEIGHT - GAP * 2), cv2.FONT_HERSHEY_SIMPLEX, 0.7, (0,), 1, cv2.LINE_AA)
        rows = [title]
        for number in range(count):
            image = lines.make(seed, number, kind=kind).image[:, :WIDTH]
            row = np.full((lines.HEIGHT + GAP, WIDTH + GAP), BACKGROUND, np.uint8)
            row[: lines.HEIGHT, : image.shape[1]] = image
            rows.append(row)
        rows[0] = np.pad(title, ((0, 0), (0, GAP)), constant_values=BACKGROUND)
        blocks.append(np.vstack(rows))
    high = len(blocks) // COLUMNS
    return np.hstack([np.vstack(blocks[top : top + high]) for top in range(0, len(blocks), high)])


def main() -> None:
    """The command line."""
    cv2.imwrite(str(Path(sys.argv[1])), sheet(), [cv2.IMWRITE_PNG_COMPRESSION, 9])


if __name__ == "__main__":
    main()

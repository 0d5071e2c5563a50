"""``python -m iki.lab.synthetic.contact docs/synthetic.jpg``: every kind of damage on one picture."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.damage import PROFILES
from iki.lab.synthetic.rendering import COLOUR, Picture
from iki.lab.synthetic.specimen import specimen
from iki.lab.synthetic.templates import TEMPLATES

_SIDE = 300
"""Side of a thumbnail, pixels."""
_ACROSS = 6


def contact_sheet() -> Picture:
    """One page of every profile, forms and agencies in turn, six thumbnails a line."""
    forms, slugs = list(TEMPLATES), list(agencies())
    tiles = []
    for i, profile in enumerate(PROFILES):
        made = specimen(slugs[i % len(slugs)], forms[i % len(forms)], profile, i, rows=6, dpi=110)
        image = made.scans[0].image
        image = image if image.ndim == COLOUR else np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
        scale = (_SIDE - 24) / max(image.shape[:2])
        small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        tile = np.full((_SIDE, _SIDE, 3), 200, np.uint8)
        x = (_SIDE - small.shape[1]) // 2
        tile[22 : 22 + small.shape[0], x : x + small.shape[1]] = small
        cv2.putText(tile, profile, (6, 16), cv2.FONT_HERSHEY_SIMPLEX, 0.5, (0, 0, 0), 1, cv2.LINE_AA)
        tiles.append(tile)
    tiles += [np.full_like(tiles[0], 200)] * (-len(tiles) % _ACROSS)
    return np.vstack([np.hstack(tiles[i : i + _ACROSS]) for i in range(0, len(tiles), _ACROSS)])


if __name__ == "__main__":
    cv2.imwrite(str(Path(sys.argv[1])), contact_sheet(), [cv2.IMWRITE_JPEG_QUALITY, 80])

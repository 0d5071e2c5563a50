"""QR codes beside the formula of an electronic signature: what they hold is evidence of who signed."""

from __future__ import annotations

import re
from collections.abc import Iterable

import cv2
import numpy as np

from iki.ingest.image.binarize import Image
from iki.model import Line

_FORMULA = re.compile(r"e[il1]ektron[il1]k|\bBS[rn]E\b|sertifi?kat|\bTTE\b|\bQR\b|scan|pindai", re.IGNORECASE)
"""What stands beside such a code; OCR takes i, l and 1 for one another."""
_AROUND = 10.0
"""Distance (heights of the line) from the formula within which its code stands."""
_SCALES = (2.0, 3.0, 1.0)
"""Enlargements at which a code is looked for: on a scan its modules are but a few pixels wide."""
_LONGEST = 200
"""Characters of a code that are kept."""


def read_codes(image: Image, lines: Iterable[Line]) -> tuple[str, ...]:
    """The texts of the QR codes around ``lines`` that tell of an electronic signature, each once, in order.

    ``image`` is the source page (H×W grey or H×W×3 BGR), in whose pixels the lines have their quads.
    """
    found: dict[str, None] = {}
    for line in lines:
        if line.quad is not None and _FORMULA.search(line.text):
            found |= dict.fromkeys(_decoded(_around(image, np.array(line.quad))))
    return tuple(found)


def _around(image: Image, quad: np.ndarray) -> Image:
    """The part of a page around a line, in grey."""
    height = float(min(np.linalg.norm(quad[3] - quad[0]), np.linalg.norm(quad[1] - quad[0])))
    x0, y0 = np.maximum(quad.min(axis=0) - _AROUND * height, 0).astype(int)
    x1, y1 = (quad.max(axis=0) + _AROUND * height).astype(int)
    part = image[y0:y1, x0:x1]
    return np.asarray(part if part.ndim == 2 else cv2.cvtColor(part, cv2.COLOR_BGR2GRAY))  # noqa: PLR2004


def _decoded(part: Image) -> list[str]:
    if not part.size:
        return []
    for scale in _SCALES:
        try:
            copy = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
            _, texts, _, _ = cv2.QRCodeDetector().detectAndDecodeMulti(copy)
        except (cv2.error, UnicodeDecodeError):  # the detector's own arithmetic fails on some noise
            continue
        if kept := [plain for text in texts if (plain := _plain(text))]:
            return kept
    return []


def _plain(text: str) -> str:
    """What a code holds on one line, without what can't be printed."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST]

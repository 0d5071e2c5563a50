"""Which way up a line stands, by what networks see in its picture."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image
from iki.ingest.ocr.onnx import session
from iki.ingest.ocr.recogniser import own

_HEIGHT, _WIDTH = 48, 192
"""Pixels of the classifier's input."""


class NetworkJudge:
    """Judges pictures of lines (h×w grey, paper white) by RapidOCR's direction classifier and our own recogniser."""

    def upside_down(self, crop: Image) -> float:
        """Probability that a line stands on its head, by the direction classifier of rapidocr (Apache-2.0)."""
        wide = min(_WIDTH, max(1, round(crop.shape[1] * _HEIGHT / crop.shape[0])))
        line = cv2.resize(crop, (wide, _HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32) / 127.5 - 1
        padded: NDArray[np.float32] = np.zeros((1, 3, _HEIGHT, _WIDTH), np.float32)
        padded[0, :, :, :wide] = line
        return float(_classifier().run(None, {"x": padded})[0][0][1])

    def legibility(self, crop: Image) -> float:
        """Mean probability of the characters that the recogniser sees in a line."""
        probabilities = own().probabilities(crop)
        seen = probabilities.max(axis=1)[probabilities.argmax(axis=1) > 0]
        return float(seen.mean()) if seen.size else 0.0


@cache
def _classifier() -> Any:
    return session(str(files("rapidocr") / "models" / "ch_ppocr_mobile_v2.0_cls_mobile.onnx"))

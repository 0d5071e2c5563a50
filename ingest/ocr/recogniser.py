"""Our line recogniser: the picture of one line of text → text, with what the network thought of every frame.

The network is of the PP-OCR family and trained with CTC (Graves et al., "Connectionist temporal classification",
ICML 2006).
"""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image
from iki.ingest.ocr.lost_spaces import with_lone_stroke, with_spaces
from iki.ingest.ocr.onnx import session
from iki.messages import Problem
from iki.model import Box, Frames, Reading, Word

Probabilities = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class RecogniserSettings:
    height: int
    """Height (px) to which a line is scaled; the width follows."""
    stride: int
    """Width (px, scaled) of one frame of the answer."""
    lost_marks: str = ".,"
    """Marks that a copy may have eaten: where one may stand behind a word, the word is less certain."""
    least_width: int = 32
    """Narrower lines (px, scaled) are padded with paper."""
    seen: float = 1e-3
    """Characters that stay below this probability in every frame are not kept."""
    nat_steps: int = 16
    """Steps per nat in which the kept costs are written."""


@dataclass(frozen=True, slots=True)
class Recogniser:
    """A network and its alphabet.

    ``alphabet[0]`` is the CTC blank; ``columns`` tells where the characters stand in the network's answer.
    """

    name: str
    path: str
    alphabet: tuple[str, ...]
    columns: NDArray[np.int64] | None
    settings: RecogniserSettings

    def probabilities(self, crop: Image) -> Probabilities:
        """Frames × characters for the picture (h×w grey, dark on light) of one line."""
        s = self.settings
        width = max(1, round(crop.shape[1] * s.height / crop.shape[0]))
        how = cv2.INTER_AREA if crop.shape[0] > s.height else cv2.INTER_LINEAR
        line = cv2.resize(crop, (width, s.height), interpolation=how)
        if width < s.least_width:
            line = cv2.copyMakeBorder(line, 0, 0, 0, s.least_width - width, cv2.BORDER_REPLICATE)
        planes = np.broadcast_to(line.astype(np.float32) / 127.5 - 1, (1, 3, *line.shape))
        net = session(self.path)
        answer: Probabilities = net.run(None, {net.get_inputs()[0].name: planes})[0][0]
        if self.columns is not None:
            answer = answer[:, self.columns]
            answer = answer / answer.sum(axis=1, keepdims=True)
        spaced = with_spaces(answer, crop, self.alphabet, s.stride * crop.shape[0] / s.height)
        return with_lone_stroke(spaced, line, self.alphabet, s.stride)

    def read(self, crop: Image, box: Box) -> Reading:
        """Read one line; ``box`` is where ``crop`` stands on the straight page (px), for the places of the words."""
        probabilities = self.probabilities(crop)
        stride = self.settings.stride * crop.shape[0] / self.settings.height * box.width / crop.shape[1]
        return decode(probabilities, self.alphabet, self.name, box, stride, self.settings)


def decode(
    probabilities: Probabilities,
    alphabet: Sequence[str],
    name: str,
    box: Box,
    stride: float,
    settings: RecogniserSettings,
) -> Reading:
    """The likeliest characters frame by frame, as words with their places and the probability of their worst character.

    If that is less, it is the probability that no mark was lost behind them, that no space was lost within them, or
    that there is one before and behind them.

    ``stride`` is the width of a frame in straight px.
    """
    best = probabilities.argmax(axis=1)
    starts = np.flatnonzero(np.concatenate([[True], best[1:] != best[:-1]]))
    ends = np.append(starts[1:], len(best))
    marked = probabilities[:, [alphabet.index(mark) for mark in settings.lost_marks]].max(axis=1)
    spaces = probabilities[:, alphabet.index(" ")]
    words: list[Word] = []
    letters: list[tuple[str, float, int, int]] = []

    def close(until: int, space: float) -> None:
        if letters:
            x0, x1 = box.x0 + letters[0][2] * stride, box.x0 + (letters[-1][3]) * stride
            text = "".join(c for c, *_ in letters)
            within = spaces[letters[0][3] : letters[-1][2]].max(initial=0.0)
            sure = min(before, space, 1 - float(within), *(p for _, p, *_ in letters))
            if text[-1] not in settings.lost_marks:
                sure = min(sure, 1 - float(marked[letters[-1][3] : until].max(initial=0.0)))
            words.append(Word(text, Box(round(x0, 1), box.y0, round(x1, 1), box.y1), round(sure, 4)))
            letters.clear()

    before = 1.0
    for start, end in zip(starts, ends, strict=True):
        symbol = alphabet[best[start]]
        if symbol == " ":
            space = 1 - float(probabilities[start:end, 0].min())
            close(int(end), space)
            before = space
        elif symbol:
            letters.append((symbol, float(probabilities[start:end, best[start]].max()), int(start), int(end)))
    close(len(best), 1.0)
    text = " ".join(w.text for w in words)
    return Reading(
        text,
        tuple(words),
        min((w.confidence for w in words), default=0.0),
        name,
        pack(probabilities, alphabet, box.x0, stride, settings),
    )


def pack(
    probabilities: Probabilities, alphabet: Sequence[str], x0: float, stride: float, settings: RecogniserSettings
) -> Frames:
    """The probabilities as ``iki.model.Frames``, characters without a chance left out."""
    kept = [0, *(int(i) for i in np.flatnonzero(probabilities.max(axis=0) >= settings.seen) if i)]
    costs = -np.log(np.maximum(probabilities[:, kept], 1e-12)) * settings.nat_steps
    quantised = np.minimum(np.round(costs), 255).astype(np.uint8)
    return Frames(
        tuple(alphabet[i] for i in kept), zlib.compress(quantised.tobytes(), 6), round(x0, 2), round(stride, 4)
    )


STOCK = RecogniserSettings(height=48, stride=8)
"""What RapidOCR's recognisers were made for."""


@cache
def own() -> Recogniser:
    """The recogniser that ships with iki. Raises ``Problem`` where its file is not the one that was published."""
    folder = files("iki.ingest.ocr") / "models"
    card = json.loads((folder / "recogniser.json").read_text(encoding="utf-8"))
    path = Path(str(folder / card["file"]))
    if not path.exists() or hashlib.sha256(path.read_bytes()).hexdigest() != card["sha256"]:
        raise Problem("ingest_model_damaged", path=path)
    settings = RecogniserSettings(card["input"]["height"], card["output"]["stride"])
    return Recogniser("iki", str(path), tuple(card["alphabet"]), None, settings)


@cache
def stock() -> Recogniser:
    """RapidOCR's PP-OCRv6 small recogniser (Apache-2.0, in its wheel), cut to the characters of our alphabet."""
    path = str(files("rapidocr") / "models" / "PP-OCRv6_rec_small.onnx")
    characters = session(path).get_modelmeta().custom_metadata_map["character"].splitlines()
    place = {c: i + 1 for i, c in reversed(list(enumerate(characters)))}
    place[" "] = place.get(" ", len(characters) + 1)
    wanted = [c for c in own().alphabet[1:] if c in place]
    columns = np.array([0, *(place[c] for c in wanted)])
    return Recogniser("rapidocr", path, ("", *wanted), columns, STOCK)

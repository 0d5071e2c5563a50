"""The engines that read: one narrow interface, whatever stands behind it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal, Protocol

import cv2
import numpy as np

from iki.ingest.image.binarize import Image
from iki.ingest.ocr.recogniser import Recogniser, own, stock
from iki.messages import Problem
from iki.model import Box, Reading, Word

ONE_THREAD = ("OMP_THREAD_LIMIT", "1")
"""What keeps Tesseract on one thread: more of them spend four times the CPU waiting for one another."""

EngineName = Literal["auto", "tesseract", "rapidocr"]


@dataclass(frozen=True, slots=True)
class LineImage:
    """A line cut out of a straight page: its ``picture`` (h×w grey, paper white) and the ``box`` it stood in (px)."""

    picture: Image
    box: Box


class Engine(Protocol):
    """Reads lines: one reading for each strip."""

    @property
    def name(self) -> str: ...

    def read(self, strips: Sequence[LineImage]) -> list[Reading]: ...


def crop(page: Image, box: Box) -> Image:
    """The part of a page (H×W) within ``box``, at least one pixel each way."""
    height, width = page.shape[:2]
    x0, y0 = min(max(0, round(box.x0)), width - 1), min(max(0, round(box.y0)), height - 1)
    return page[y0 : max(y0 + 1, min(height, round(box.y1))), x0 : max(x0 + 1, min(width, round(box.x1)))]


@dataclass(frozen=True, slots=True)
class LineEngine:
    """A line recogniser (ours, or RapidOCR's stock one) behind the interface."""

    recogniser: Recogniser

    @property
    def name(self) -> str:
        return self.recogniser.name

    def read(self, strips: Sequence[LineImage]) -> list[Reading]:
        return [self.recogniser.read(strip.picture, strip.box) for strip in strips]


@dataclass(frozen=True, slots=True)
class TesseractEngine:
    """Tesseract (Indonesian) behind the interface: the lines are set below one another and read as one block of text.

    So the order and the layout are ours, and a page costs one start of the program. Raises ``Problem`` where the
    program or its Indonesian data is missing.
    """

    language: str = "ind"
    height: int = 40
    """Height (px) to which each line is scaled: what Tesseract's network was made for, with some room."""
    gap: int = 28
    """White (px) between the lines and around them."""

    @property
    def name(self) -> str:
        return "tesseract"

    def read(self, strips: Sequence[LineImage]) -> list[Reading]:
        if not strips:
            return []
        boxes = [strip.box for strip in strips]
        lines = [self._scaled(strip.picture) for strip in strips]
        step = self.height + self.gap
        sheet = np.full((step * len(lines) + self.gap, max(x.shape[1] for x in lines) + 2 * self.gap), 255, np.uint8)
        for i, line in enumerate(lines):
            top = self.gap + i * step
            sheet[top : top + self.height, self.gap : self.gap + line.shape[1]] = line
        data = self._data(sheet)
        found: list[list[Word]] = [[] for _ in boxes]
        for text, left, top, width, height, sure in zip(
            *(data[k] for k in ("text", "left", "top", "width", "height", "conf")), strict=True
        ):
            if text.strip():
                i = min(max(0, int((top + height / 2 - self.gap / 2) // step)), len(boxes) - 1)
                box, scale = boxes[i], boxes[i].width / lines[i].shape[1]
                x0 = box.x0 + (left - self.gap) * scale
                found[i].append(
                    Word(
                        text.strip(),
                        Box(round(x0, 1), box.y0, round(x0 + width * scale, 1), box.y1),
                        max(0.0, float(sure)) / 100,
                    )
                )
        return [self._reading(sorted(words, key=lambda w: w.box.x0)) for words in found]

    def _data(self, sheet: Image) -> dict[str, list[Any]]:
        """Tesseract's table of the words on a sheet (H×W grey), by columns."""
        import pytesseract  # noqa: PLC0415 - brings pandas along, for which most pages would wait in vain

        os.environ.setdefault(*ONE_THREAD)
        with TemporaryDirectory() as folder:
            picture = str(Path(folder) / "lines.bmp")
            cv2.imwrite(picture, sheet)
            try:
                data: dict[str, list[Any]] = pytesseract.image_to_data(
                    picture, lang=self.language, config="--psm 6 --dpi 200", output_type=pytesseract.Output.DICT
                )
            except pytesseract.TesseractNotFoundError as error:
                raise Problem("ingest_no_tesseract") from error
            except pytesseract.TesseractError as error:
                raise Problem(
                    "ingest_tesseract_failed", reason=str(error.message).strip().splitlines()[-1][:200]
                ) from error
        return data

    def _scaled(self, line: Image) -> Image:
        width = max(1, round(line.shape[1] * self.height / line.shape[0]))
        return np.asarray(cv2.resize(line, (width, self.height), interpolation=cv2.INTER_CUBIC))

    def _reading(self, words: list[Word]) -> Reading:
        return Reading(
            " ".join(w.text for w in words), tuple(words), min((w.confidence for w in words), default=0.0), self.name
        )


def has_tesseract() -> bool:
    """Whether the Tesseract program is there."""
    return shutil.which("tesseract") is not None


@dataclass(frozen=True, slots=True)
class Reader:
    """The engine that reads every line, and the one that is asked again where the first is in doubt (or none)."""

    name: EngineName
    first: Engine
    second: Engine | None


def load(name: EngineName) -> Reader:
    """The reader called ``name``; ``auto`` is our recogniser, with Tesseract for a second opinion where it is there.

    Raises ``Problem`` where the engine asked for is not on this machine.
    """
    if name == "tesseract":
        if not has_tesseract():
            raise Problem("ingest_no_tesseract")
        return Reader(name, TesseractEngine(), None)
    if name == "rapidocr":
        return Reader(name, LineEngine(stock()), None)
    return Reader(name, LineEngine(own()), TesseractEngine() if has_tesseract() else None)

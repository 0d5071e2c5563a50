"""Pictures of what each stage of reading made of a page, for ``iki convert --debug``.

``<page>-1-sumber`` shows the source page with the cells and lines found on it, ``-2-lurus`` the flattened and
straightened page, ``-3-tinta`` its ink, ``-4-sel`` the cells, ``-5-baris`` the text lines; what is drawn in red is
doubtful, in green sure.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from iki.ingest.image.straighten import straighten
from iki.ingest.ocr import engines
from iki.ingest.ocr.direction import NetworkJudge
from iki.ingest.ocr.engines import EngineName, Reader
from iki.ingest.page import read_page
from iki.ingest.sources import PageImage, PlacedPage, find, pages
from iki.ingest.sources.pixels import Pixels
from iki.messages import Problem
from iki.model import Box, Line, Page, Quad
from iki.review.stories import save

BLUE, SURE, DOUBTFUL = np.array((200, 80, 0)), np.array((0, 140, 0)), np.array((0, 0, 230))
"""Colours (BGR) of a line on the source page, and of the two ends of certainty."""


@dataclass(frozen=True, slots=True)
class DrawingSettings:
    stroke: int = 2
    """Width of a drawn line (px)."""


def draw(sources: Sequence[Path], engine: EngineName, directory: Path) -> Iterator[Path]:
    """Read every page of ``sources`` anew and save its pictures in ``directory``, giving their paths one by one.

    A file or page that cannot be opened is passed over: ``berkas.csv`` says why. Raises ``Problem`` where the engine or
    a source is missing.
    """
    reader = engines.load(engine)
    for source in find(sources):
        folder = directory / re.sub(r"[^\w.-]+", "_", source.name)
        try:
            for image in pages(source.path):
                if isinstance(image, PlacedPage):  # there is nothing to see
                    continue
                yield from _saved(pictures(image, reader), folder, image.number)
        except Problem:
            continue


def pictures(image: PageImage, reader: Reader, settings: DrawingSettings = DrawingSettings()) -> dict[str, Pixels]:
    """The pictures of one page by name (H×W grey or H×W×3 BGR)."""
    page = read_page(image, reader)
    straight = straighten(image.pixels, image.dpi, NetworkJudge())
    return {
        "1-sumber": _on_source(image.pixels, page, settings),
        "2-lurus": straight.flat,
        "3-tinta": 255 - straight.ink,
        "4-sel": _boxes(straight.flat, ((c.box, c.certainty) for grid in page.grids for c in grid.cells), settings),
        "5-baris": _boxes(straight.flat, ((x.box, _sure(x)) for x in _lines(page) if x.box is not None), settings),
    }


def _saved(drawn: dict[str, Pixels], folder: Path, number: int) -> Iterator[Path]:
    folder.mkdir(parents=True, exist_ok=True)
    for name, picture in drawn.items():
        path = folder / f"{number:04d}-{name}.png"
        save(picture, path)
        yield path


def _on_source(pixels: Pixels, page: Page, settings: DrawingSettings) -> Pixels:
    canvas = _coloured(pixels)
    for line in _lines(page):
        if line.quad is not None:
            _outline(canvas, line.quad, BLUE, settings)
    for grid in page.grids:
        for cell in grid.cells:
            _outline(canvas, cell.quad, _shade(cell.certainty), settings)
    return canvas


def _outline(canvas: Pixels, quad: Quad, colour: np.ndarray, settings: DrawingSettings) -> None:
    corners = np.round(np.array(quad)).astype(np.int32)
    cv2.polylines(canvas, [corners], True, colour.tolist(), settings.stroke, cv2.LINE_AA)


def _boxes(flat: Pixels, boxes: Iterable[tuple[Box, float]], settings: DrawingSettings) -> Pixels:
    canvas = _coloured(flat)
    for box, certainty in boxes:
        corners = ((box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1))
        _outline(canvas, corners, _shade(certainty), settings)
    return canvas


def _shade(certainty: float) -> np.ndarray:
    shade: np.ndarray = DOUBTFUL + (SURE - DOUBTFUL) * min(max(certainty, 0.0), 1.0)
    return shade


def _coloured(pixels: Pixels) -> Pixels:
    return np.array(np.broadcast_to(np.atleast_3d(pixels), (*pixels.shape[:2], 3)))


def _lines(page: Page) -> Iterator[Line]:
    yield from page.lines
    for grid in page.grids:
        for cell in grid.cells:
            yield from cell.lines


def _sure(line: Line) -> float:
    return line.readings[0].confidence if line.readings else 0.0

"""The story of one value of a folder, and its picture cut out of the scan."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import msgspec
import numpy as np

from iki.batch.conversion import STATE
from iki.batch.ledger import FILE, Ledger
from iki.batch.naming import plain
from iki.batch.publication import Documents, originals
from iki.batch.settings import BatchSettings
from iki.batch.stages import ROOMS
from iki.export.writing import Readings, ReadPage
from iki.ingest.sources import PlacedPage, SourceSettings, find, identify, pages
from iki.ingest.sources.pixels import Pixels
from iki.messages import Problem
from iki.model import CleanSheet, Page, Quad
from iki.normalize.explain import Story, story

PAPER = 255


@dataclass(frozen=True, slots=True)
class CropSettings:
    margin: float = 0.35
    """Room left around a line, as a share of its height."""
    gap: int = 6
    """Paper between two lines of the picture (px)."""


def tell(directory: Path, sheet_id: str, row: str, column: str) -> Story:
    """The story of a value in the tables of ``directory``, worked out anew from what was read.

    ``row`` is ``-`` for a field of the sheet. Raises ``Problem`` where nothing was converted into ``directory``, and
    ``NoSuchValue`` where there is no such value.
    """
    return story(clean_sheets(directory), sheet_id, row, column)


def picture(told: Story, sources: Sequence[Path], settings: CropSettings | None = None) -> Pixels | None:
    """The printed lines of a value, upright and one below the other (H×W×3 BGR); ``None`` for a text dump.

    The scan is looked for in ``sources`` by its name and known by its content. Raises ``Problem`` where it is not
    there.
    """
    settings = settings or CropSettings()
    wanted: dict[int, list[Quad]] = {}
    for line in told.printed:
        if line.quad is not None:
            wanted.setdefault(line.page, []).append(line.quad)
    if not wanted:
        return None
    scan = _scan(told, sources)
    lines: list[Pixels] = []
    for page in pages(scan):
        if isinstance(page, PlacedPage):  # shows nothing
            continue
        lines += [upright(page.pixels, quad, settings.margin) for quad in wanted.pop(page.number, [])]
        if not wanted:
            break
    return stacked(lines, settings.gap)


def save(picture: Pixels, path: Path) -> None:
    """Write a picture (H×W×3 BGR) as PNG, whatever the name of the file."""
    path.write_bytes(cv2.imencode(".png", picture)[1].tobytes())


def clean_sheets(directory: Path) -> list[CleanSheet]:
    """The sheets of a folder, cleaned anew from what was read; rows taken over from tables are none of them.

    Raises ``Problem`` where nothing was converted into ``directory``.
    """
    state = directory / STATE
    if not (state / FILE).is_file():
        raise Problem("export_no_tables", path=directory)
    with Ledger(state) as ledger:
        documents = Documents(ledger, originals(ledger.files()), ROOMS)
        return ROOMS.clean(documents, BatchSettings(), documents.lost)


def readings(directory: Path) -> Readings:
    """What a folder still holds of what was read: nothing where only its tables are there."""
    if not (directory / STATE / FILE).is_file():
        return Readings()
    return Readings(partial(clean_sheets, directory), partial(_pages, directory))


def _pages(directory: Path) -> Iterator[ReadPage]:
    """The pages of all files that were read as pages, one at a time, under the name that the tables tell."""
    with Ledger(directory / STATE) as ledger:
        for sha256, (name, content) in originals(ledger.files()).items():
            if content.problem is None and content.kind not in ("teks", "tabel"):
                for record in ledger.pages(content):
                    if record.body is not None:
                        yield ReadPage(name, sha256, msgspec.json.decode(zlib.decompress(record.body), type=Page))


def _scan(told: Story, sources: Sequence[Path]) -> Path:
    """The file that the value was read from: the right name, and the content that its ``sheet_id`` begins with."""
    digest = told.sheet_id.split("-")[0]
    for source in find(sources):
        same_name = Path(source.name).name == Path(plain(told.file)).name
        if same_name and identify(source.path, SourceSettings()).sha256.startswith(digest):
            return source.path
    raise Problem("review_no_scan", file=told.file, sources=", ".join(map(str, sources)))


def upright(page: Pixels, quad: Quad, margin: float) -> Pixels:
    """The line within ``quad`` (source px), turned upright, with room around it: H×W×1 or H×W×3."""
    upper_left, upper_right, lower_right, lower_left = (np.array(point) for point in quad)
    width = np.linalg.norm(upper_right - upper_left)
    height = np.linalg.norm(lower_left - upper_left)
    room = margin * height
    size = (max(1, round(width + 2 * room)), max(1, round(height + 2 * room)))
    inner = [(room, room), (room + width, room), (room + width, room + height), (room, room + height)]
    # OpenCV counts from the middle of a pixel, a quad from its edge.
    corners = np.array([upper_left, upper_right, lower_right, lower_left], np.float32) - 0.5
    flatten = cv2.getPerspectiveTransform(corners, np.array(inner, np.float32) - 0.5)
    flat = cv2.warpPerspective(page, flatten, size, flags=cv2.INTER_CUBIC, borderValue=(PAPER, PAPER, PAPER))
    return np.atleast_3d(np.asarray(flat, np.uint8))


def stacked(lines: Sequence[Pixels], gap: int) -> Pixels:
    """Pictures (H×W×1 or H×W×3) one below the other on white paper, ``gap`` px apart: H×W×3."""
    width = max(line.shape[1] for line in lines)
    height = sum(line.shape[0] for line in lines) + gap * (len(lines) - 1)
    whole = np.full((height, width, 3), PAPER, np.uint8)
    top = 0
    for line in lines:
        whole[top : top + line.shape[0], : line.shape[1]] = line
        top += line.shape[0] + gap
    return whole

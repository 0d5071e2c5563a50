"""Pictures of every make → the two kinds that the rest of the house knows: grey, or colour in BGR order."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from iki.ingest.sources.problems import PageTooLarge, PageTooSmall
from iki.ingest.sources.settings import SourceSettings

Pixels = NDArray[np.uint8]

_WIDE_MODES = ("I", "F")
_DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N")


def check_size(width: int, height: int, number: int, settings: SourceSettings) -> None:
    """Refuse a page by its header's size alone. Raises ``PageTooLarge`` or ``PageTooSmall``."""
    if width * height > settings.max_pixels or max(width, height) > settings.max_side:
        raise too_large(width, height, number, settings)
    if min(width, height) < settings.min_side:
        raise PageTooSmall(page=number, width=width, height=height, limit=settings.min_side)


def too_large(width: object, height: object, number: int, settings: SourceSettings) -> PageTooLarge:
    """The problem of a page with more pixels than may be decoded."""
    million = settings.max_pixels // 1_000_000
    return PageTooLarge(page=number, width=width, height=height, limit=million, side=settings.max_side)


def from_pillow(image: Image.Image) -> Pixels:
    """Any Pillow image → uint8, H×W grey or H×W×3 BGR, upright by its EXIF orientation, transparency over white."""
    ImageOps.exif_transpose(image, in_place=True)
    if image.mode in _DEEP_MODES:
        return np.asarray(_from_16_bit(np.asarray(image)))
    if image.mode in _WIDE_MODES:
        return _stretched(np.asarray(image, dtype=np.float64))
    if image.has_transparency_data:
        image = _over_white(image.convert("RGBA"))
    if image.mode in ("1", "L"):
        return np.array(image.convert("L"))
    colours = image if image.mode == "RGB" else image.convert("RGB")
    return np.asarray(cv2.cvtColor(np.asarray(colours), cv2.COLOR_RGB2BGR), dtype=np.uint8)


def _from_16_bit(deep: NDArray[Any]) -> Pixels:
    return (deep.astype(np.uint16) >> 8).astype(np.uint8)


def _stretched(wide: NDArray[np.float64]) -> Pixels:
    """32-bit samples have no agreed white: the full range of what occurs is used, 8- and 16-bit whites honoured."""
    top = float(wide.max(initial=0.0))
    white = next((w for w in (1.0, 255.0, 65535.0) if top <= w), top)
    return np.clip(np.nan_to_num(wide) * (255.0 / white), 0, 255).astype(np.uint8)


def _over_white(image: Image.Image) -> Image.Image:
    paper = Image.new("RGBA", image.size, "white")
    return Image.alpha_composite(paper, image).convert("RGB")


def squared(pixels: Pixels, dpi: tuple[float, float] | None, settings: SourceSettings) -> tuple[Pixels, float | None]:
    """Stretch a picture of oblong pixels (a fax) to square ones; its resolution, or None where it is absurd.

    ``dpi`` is (horizontal, vertical) as declared. Only the coarser axis is ever stretched; nothing is lost.
    """
    if dpi is None or not all(_sane(d, settings.dpi_range) for d in dpi):
        return pixels, None
    height, width = pixels.shape[:2]
    across, down = dpi
    if not _sane(max(width / across, height / down), settings.paper_inches):
        return pixels, None
    finer = max(across, down)
    if finer / min(across, down) <= settings.square:
        return pixels, (across + down) / 2
    size = round(width * finer / across), round(height * finer / down)
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_LINEAR), dtype=np.uint8), finer


def _sane(value: float, within: tuple[float, float]) -> bool:
    return within[0] <= value <= within[1]

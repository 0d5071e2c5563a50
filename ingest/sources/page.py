"""A page on its way: compressed as it travels to a worker, and as the picture that is read there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from iki.ingest.sources.pixels import Pixels
from iki.ingest.sources.text_layer import TextLayer

Kind = Literal["pdf", "tiff", "raster", "teks", "kata"]
"""What a file is by its content; ``teks`` is a text dump, ``kata`` words in their places."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """One page as bytes that need no disk: an image file of one page (``raster``), a PDF of one page (``pdf``),
    or the words of one page and their places (``kata``, JSON of a ``PlacedPage``).

    ``number`` is 1-based within the source file.
    """

    number: int
    kind: Literal["raster", "pdf", "kata"]
    data: bytes


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page as a picture in the source frame: uint8, H×W grey or H×W×3 BGR, upright as the file declares it.

    ``dpi`` is None where the file states no resolution, or an absurd one. ``layer`` is the text layer of a born-digital
    page, in the same frame; a scan has none, whatever invisible text lies under it.
    """

    number: int
    pixels: Pixels
    dpi: float | None
    layer: TextLayer | None = None

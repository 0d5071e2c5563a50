"""TIFF files of any number of pages, one page at a time."""

from __future__ import annotations

import io
import logging
import struct
from pathlib import Path
from typing import Any

import tifftools
import tifftools.tifftools

from iki.ingest.sources.page import Kind, Parcel
from iki.ingest.sources.problems import Damaged, PageDamaged, SourceProblem
from iki.ingest.sources.raster import whole
from iki.ingest.sources.settings import SourceSettings

_HEADER_BYTES = 16
_NEW_SUBFILE_TYPE = 254
_NOT_A_PAGE = 0b101
"""Bits of NewSubfileType (TIFF 6.0, p. 36): reduced-resolution version, transparency mask."""

logging.getLogger("tifftools").setLevel(logging.ERROR)


class TiffFile:
    """A TIFF of any number of pages; only the directories are read, never the pictures.

    Thumbnails and masks are not pages. Raises ``Damaged`` when there is no directory to be read.
    """

    kind: Kind = "tiff"
    note: SourceProblem | None = None

    def __init__(self, path: Path, settings: SourceSettings) -> None:
        self._path, self._settings = path, settings
        try:
            self._directories = _directories(path, settings.max_pages + 1)
        except (tifftools.TifftoolsError, struct.error, ValueError, KeyError, OverflowError, RecursionError) as error:
            raise Damaged() from error
        self.pages = len(self._directories)

    def parcel(self, number: int) -> Parcel:
        """Page ``number`` as a TIFF of one page, its picture as compressed as it was. Raises ``PageDamaged``."""
        if self.pages == 1:
            return whole(self._path, number, self._settings)
        out = io.BytesIO()
        try:
            tifftools.write_tiff([self._directories[number - 1]], out)
        except (tifftools.TifftoolsError, struct.error, ValueError, KeyError, IndexError) as error:
            raise PageDamaged(page=number) from error
        return Parcel(number, "raster", out.getvalue())

    def close(self) -> None:
        """Nothing is held open."""


def _directories(path: Path, most: int) -> list[dict[str, Any]]:
    """The image directories of a TIFF in order; the chain is followed here because a damaged one may be a ring."""
    with path.open("rb") as file:
        header = file.read(_HEADER_BYTES)
        order = ">" if header[:2] == b"MM" else "<"
        big = struct.unpack_from(order + "H", header, 2)[0] == 43  # noqa: PLR2004 (version number of BigTIFF)
        following = struct.unpack_from(order + ("Q" if big else "L"), header, 8 if big else 4)[0]
        info = {"path_or_fobj": str(path), "size": path.stat().st_size, "bigtiff": big,
                "bigEndian": order == ">", "endianPack": order}  # fmt: skip
        found: list[dict[str, Any]] = []
        seen: set[int] = set()
        while following and following not in seen and len(found) < most:
            seen.add(following)
            following = tifftools.tifftools.read_ifd(file, info, following, found)
    if not found:
        raise Damaged()
    pages = [d for d in found if not _tag(d, _NEW_SUBFILE_TYPE) & _NOT_A_PAGE]
    return pages or found


def _tag(directory: dict[str, Any], tag: int) -> int:
    data = directory["tags"].get(tag, {}).get("data", [0])
    return int(data[0]) if data else 0

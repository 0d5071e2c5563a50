"""Pages of the scans that a folder was converted from, and values cut out of them, as pictures for a browser."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import cv2

from iki.batch.conversion import STATE
from iki.batch.ledger import FILE, Ledger
from iki.ingest.sources import PlacedPage, SourceSettings, identify, opened, picture
from iki.ingest.sources.pixels import Pixels
from iki.messages import Problem
from iki.normalize.explain import Printed
from iki.review.stories import CropSettings, stacked, upright

PAGES_HELD = 4
"""Decoded pages kept in memory: one sheet and its neighbours."""
SHOWN_WIDTH = 1600
"""Greatest width of a page as it is shown (px)."""


class Scans:
    """The source files of a folder, found where they lay when they were converted and known by their content."""

    def __init__(self, directory: Path) -> None:
        """Read from the ledger where the files lay; a folder without a ledger has none."""
        self._paths: dict[str, list[Path]] = {}
        if (directory / STATE / FILE).is_file():
            with Ledger(directory / STATE) as ledger:
                for record, _ in ledger.files():
                    if record.path:
                        self._paths.setdefault(record.sha256, []).append(Path(record.path))
        self._page = lru_cache(PAGES_HELD)(self._load)

    def page(self, sha256: str, number: int) -> Pixels | None:
        """Page ``number`` (from 1) of the file with this content, in source pixels (H×W or H×W×3 BGR).

        ``None`` where the file is gone, is another one by now, or shows no picture (text).
        """
        return self._page(sha256, number)

    def crop(self, sha256: str, printed: Sequence[Printed]) -> bytes | None:
        """The printed lines of a value, upright and one below the other, as PNG; ``None`` where no page shows them."""
        settings = CropSettings()
        lines = []
        for line in printed:
            page = None if line.quad is None else self.page(sha256, line.page)
            if line.quad is not None and page is not None:
                lines.append(upright(page, line.quad, settings.margin))
        return cv2.imencode(".png", stacked(lines, settings.gap))[1].tobytes() if lines else None

    def shown(self, sha256: str, number: int) -> bytes | None:
        """A whole page as JPEG, at most ``SHOWN_WIDTH`` wide; ``None`` as for ``page``."""
        page = self.page(sha256, number)
        if page is None:
            return None
        scale = min(1.0, SHOWN_WIDTH / page.shape[1])
        small = cv2.resize(page, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        return cv2.imencode(".jpg", small)[1].tobytes()

    def _load(self, sha256: str, number: int) -> Pixels | None:
        settings = SourceSettings()
        for path in self._paths.get(sha256, []):
            try:
                identity = identify(path, settings)
                if identity.sha256 != sha256:
                    continue
                with opened(path, identity, settings) as file:
                    if not 1 <= number <= file.pages:
                        continue
                    page = picture(file.parcel(number), settings)
            except Problem:
                continue
            if not isinstance(page, PlacedPage):
                return page.pixels
        return None

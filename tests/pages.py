"""Pages for tests, rendered by the project's own generator."""

from __future__ import annotations

from typing import Any

from iki.lab.synthetic.rendering import Picture
from iki.lab.synthetic.specimen import Specimen, specimen


def sheet(
    seed: int, template: str = "lazim", profile: str = "office", agency: str = "dinkes", **narrowed: Any
) -> Specimen:
    """A whole sheet: scans, gold text, printed cells. ``narrowed`` as for ``specimen`` (dpi, rows, post, year)."""
    return specimen(agency, template, profile, seed, **narrowed)


def sheet_page(
    seed: int, template: str = "lazim", profile: str = "office", agency: str = "dinkes", **narrowed: Any
) -> tuple[Picture, dict[str, Any]]:
    """The first page of a sheet and its gold, as in the shared ``sheets.json``."""
    made = sheet(seed, template, profile, agency, **narrowed)
    return made.scans[0].image, made.gold

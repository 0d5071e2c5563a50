"""One sheet from its content to finished scans, with gold text and gold geometry."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from iki.lab.synthetic.content import Agency, agencies, compose
from iki.lab.synthetic.damage import PROFILES, Profile, Scan, damage
from iki.lab.synthetic.forms import PrintedForm, SheetContent
from iki.lab.synthetic.ink import signed
from iki.lab.synthetic.layout import PrintedPage, lay_out
from iki.lab.synthetic.rendering import render, to_pixels
from iki.lab.synthetic.templates import TEMPLATES, Template, typeset
from iki.model import Box, Quad


@dataclass(frozen=True, slots=True)
class Specimen:
    """A sheet and everything known about it. ``gold`` has the format of the shared ``sheets.json``; besides, every
    extra column of its form by name, and ``row_pages``, the 1-based page of the sheet on which each row begins."""

    sheet: SheetContent
    template: Template
    profile: Profile
    form: PrintedForm
    pages: tuple[PrintedPage, ...]
    scans: tuple[Scan, ...]
    gold: dict[str, object]

    def quad(self, page: int, box: Box) -> Quad:
        """A box on paper (points, page from 0) as four corners in pixels of the finished scan."""
        scan = self.scans[page]
        on_page = to_pixels(box, scan.dpi)
        corners = np.array(
            [(on_page.x0, on_page.y0), (on_page.x1, on_page.y0), (on_page.x1, on_page.y1), (on_page.x0, on_page.y1)]
        )
        a, b, c, d = ((float(x), float(y)) for x, y in scan.warp.forward(corners))
        return a, b, c, d


@dataclass(frozen=True, slots=True)
class Order:
    """Which sheet is wanted: agency, template and profile by name or value, and the seed of its content.

    ``dpi`` is that of the profile unless given; ``rows``, ``post``, ``year``, ``echo`` and ``closing`` narrow the
    content as for ``compose``.
    """

    agency: str | Agency
    template: str | Template
    profile: str | Profile
    seed: int
    dpi: float | None = None
    rows: int | None = None
    post: int | None = None
    year: int | None = None
    sheet_id: str | None = None
    echo: bool = False
    closing: bool = False

    def written(self) -> Specimen:
        """The sheet laid out, not yet scanned (``scans`` is empty).

        Raises ``KeyError`` for an unknown agency, template or profile, ``FileNotFoundError`` for a font not installed.
        """
        agency = agencies()[self.agency] if isinstance(self.agency, str) else self.agency
        template = TEMPLATES[self.template] if isinstance(self.template, str) else self.template
        profile = PROFILES[self.profile] if isinstance(self.profile, str) else self.profile
        if profile.rules != "full":
            template = replace(template, rules=profile.rules)
        sheet = compose(
            agency, self.seed, rows=self.rows, post=self.post, year=self.year, echo=self.echo, closing=self.closing
        )
        form = typeset(sheet, template)
        pages = lay_out(form, template)
        name = self.sheet_id or f"{agency.slug}-{template.name}-{self.seed}"
        gold = {"sheet_id": name, **form.gold, **_breaks(pages, len(form.rows))}
        return Specimen(sheet, template, profile, form, pages, (), gold)

    def scanned(self) -> Specimen:
        """The sheet with its scans."""
        made = self.written()
        seeds = (f"{made.sheet.agency} {self.seed} {number}" for number in range(len(made.pages)))
        scans = [
            scan(page, made.profile, seed, words=made.sheet.office, dpi=self.dpi)
            for page, seed in zip(made.pages, seeds, strict=True)
        ]
        return replace(made, scans=tuple(scans))


def specimen(agency: str, template: str, profile: str | Profile, seed: int, **narrowed: Any) -> Specimen:
    """The scanned sheet of that ``Order``."""
    return Order(agency, template, profile, seed, **narrowed).scanned()


def scan(page: PrintedPage, profile: Profile, seed: str, *, words: str, dpi: float | None = None) -> Scan:
    """One printed page, signed and stamped with ``words``, as ``profile`` leaves it."""
    dpi = dpi or profile.dpi
    inked = signed(
        render(page, dpi), page, dpi, seed, words=words, stamps=profile.stamps, over_table=profile.over_table
    )
    return damage(inked, profile, seed, dpi=dpi)


def _breaks(pages: tuple[PrintedPage, ...], rows: int) -> dict[str, object]:
    first = [1] * rows
    for number, page in reversed(list(enumerate(pages, start=1))):
        for cell in page.cells:
            for row in range(cell.row, cell.row + cell.row_span) if cell.row >= 0 and not cell.continued else ():
                first[row] = number
    broken = next((row for row in range(rows) if first[row] > 1), None)
    return {"pages": len(pages), "page_break_before_row": broken, "row_pages": first}

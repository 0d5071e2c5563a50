"""What stands around the tables of an office document: duties, budget lines, notes, cover, decision and annex head."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from iki.lab.synthetic.content import Agency
from iki.lab.synthetic.forms import MONTHS, SheetContent
from iki.lab.synthetic.office.blocks import NONE, Block, Border, OfficeCell, OfficeTable, Paragraph, Points

_FOLDER = Path(__file__).parent
_LETTERS = "abcdefgh"


@cache
def _read(path: Path) -> Mapping[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def said(agency: Agency, rng: Random, *keys: str, year: int = 2021, date: str = "") -> list[str]:
    """The lines under ``keys`` of ``words.toml``, their places filled."""
    lines: Any = _read(_FOLDER / "words.toml")
    for key in keys:
        lines = lines[key]
    head = agency.posts[0].jabatan
    places = {
        "head": head, "HEAD": head.upper(), "agency": agency.name, "AGENCY": agency.name.upper(), "full": agency.full,
        "FULL": agency.full.upper(), "place": agency.place, "year": str(year), "date": date,
    }  # fmt: skip

    def fill(place: re.Match[str]) -> str:
        drawn = {"deed": lambda: deed(rng), "number": lambda: str(rng.randint(3, 99))}
        return drawn[place[1]]() if place[1] in drawn else places[place[1]]

    return [re.sub(r"\{(\w+)\}", fill, line) for line in ([lines] if isinstance(lines, str) else lines)]


def deed(rng: Random) -> str:
    """``penyusunan rencana kerja tahunan sesuai ketentuan``: a deed, its object, and how it is done."""
    language = _read(_FOLDER.parent / "language.toml")
    tail = rng.choice([text for text in language["tails"] if "{" not in text])
    things = language["fields"][rng.choice(sorted(language["fields"]))]
    return f"{rng.choice(language['deeds'])[0]} {rng.choice(things)} {tail}"


def duty(agency: Agency, rng: Random) -> str:
    """The sentence of a post's main duty."""
    return f"Membantu {agency.posts[0].jabatan} dalam melaksanakan {deed(rng)} serta {deed(rng)}"


def functions(rng: Random) -> str:
    """A post's functions: a list with letters, one item a line."""
    letters = _LETTERS[: rng.randint(4, 8)]
    return ";\n".join(f"{letter}. {deed(rng)}" for letter in letters) + "."


def targets(rng: Random) -> list[Block]:
    """A list that stands above a table."""
    items = [
        Paragraph(text=f"{i}.\tTerlaksananya {deed(rng)}.", align="justify", left=14, hanging=16, tabs=(30,))
        for i in range(1, 4)
    ]
    return [Paragraph(text="Tujuan :", bold=True), *items, Paragraph(size=6)]


def notes(rng: Random) -> list[Block]:
    """Remarks below a table."""
    lines = rng.sample(_read(_FOLDER / "words.toml")["notes"], 2)
    items = [Paragraph(text=f"-\t{line}", italic=True, hanging=10, tabs=(10,)) for line in lines]
    return [Paragraph(text="Catatan :", italic=True), *items, Paragraph(size=6)]


def budget(rng: Random, width: Points, *, ruled: bool) -> list[Block]:
    """Programmes and what they cost, with or without rules."""
    border = Border() if ruled else NONE
    rows = [_row(Paragraph(text=text, bold=True, align="center") for text in ("Program/Kegiatan", "Anggaran"))]
    for i in range(1, rng.randint(3, 5)):
        cost = f"Rp {rng.randint(12, 980)}.{rng.randint(100, 999)}.000,00"
        what = Paragraph(text=f"{i}. Kegiatan {deed(rng).capitalize()}")
        rows.append(_row((what, Paragraph(text=cost, align="right"))))
    widths = (width * 0.68, width * 0.3)
    return [OfficeTable(widths=widths, rows=tuple(rows), outer=border, inner=border, upright=border), Paragraph(size=8)]


def _row(paragraphs: Iterable[Paragraph]) -> tuple[OfficeCell, ...]:
    return tuple(OfficeCell(paragraphs=(paragraph,)) for paragraph in paragraphs)


def cover(agency: Agency, year: int) -> list[Block]:
    """An annex' title page."""
    lines = (("INDIKATOR KINERJA INDIVIDU", 26, 170), (agency.full, 20, 30), (f"TAHUN {year}", 20, 30))
    titles = [Paragraph(text=text, align="center", bold=True, size=size, before=gap) for text, size, gap in lines]
    return [*titles, Paragraph(text=agency.government, align="center", size=16, before=150)]


def decision(agency: Agency, sheet: SheetContent, *, new_page: bool = True) -> list[Block]:
    """The decision to which the sheets are annexed, a page or two."""
    rng = Random(f"decision {agency.slug} {sheet.tanggal}")
    year = sheet.tanggal.year
    date = f"{sheet.tanggal.day} {MONTHS[sheet.tanggal.month - 1]} {year}"
    blocks: list[Block] = [
        Paragraph(text=text, align="center", bold=True, new_page=new_page and i == 0)
        for i, text in enumerate(said(agency, rng, "decision", "title", year=year))
    ]
    for label in ("Menimbang", "Mengingat"):
        for i, item in enumerate(said(agency, rng, "decision", label, year=year - 3)):
            text = f"{label}\t:\t{item}" if i == 0 else f"\t\t{item}"
            text = text.replace(". ", ".\t", 1)
            blocks.append(Paragraph(text=text, align="justify", hanging=120, tabs=(86, 98, 120), after=4))
    blocks.append(Paragraph(text="MEMUTUSKAN :", align="center", bold=True, before=6, after=6))
    for label in ("KESATU", "KEDUA", "KETIGA", "KEEMPAT"):
        text = f"{label}\t:\t{said(agency, rng, 'decision', label)[0]}"
        blocks.append(Paragraph(text=text, align="justify", hanging=98, tabs=(86, 98), after=4))
    return [*blocks, *(Paragraph(text=text, left=250) for text in said(agency, rng, "decision", "tail", date=date))]


def annex_head(agency: Agency, year: int, width: Points) -> list[Paragraph]:
    """``LAMPIRAN KEPUTUSAN …`` above the first sheet of an annex."""
    lines = said(agency, Random(f"annex {agency.slug}"), "decision", "annex", year=year)
    return [Paragraph(text=text, left=width / 2, size=8, after=3) for text in lines]

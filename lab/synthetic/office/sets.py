"""A set of documents on disk: printed, scanned, with gold and map."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from random import Random

from iki.lab.synthetic.content import Agency, agencies, compose, read_agency
from iki.lab.synthetic.forms import SheetContent
from iki.lab.synthetic.office import calc, odf, printing, tableless, word
from iki.lab.synthetic.office.blocks import OfficeDocument
from iki.lab.synthetic.office.form import compose_document
from iki.lab.synthetic.office.styles import Style

_FOLDER = Path(__file__).with_name("agencies")
_WRITERS = {"docx": word.write, "odt": odf.write, "xlsx": calc.write}


def write_set(
    styles: Sequence[Style], out: Path, sheets: int, rows: Sequence[int], *, bilevel: bool = False
) -> dict[str, int]:
    """Write ``sheets`` sheets a style, of about ``rows`` indicators in turn, into ``out``: ``pdf_born/``, ``scan200/``,
    ``gold.json`` and ``map.json``; returns how many."""
    documents: dict[str, tuple[str, OfficeDocument]] = {}
    golds: dict[str, list[dict[str, object]]] = {}
    for style in styles:
        for number in range(max(1, round(sheets / style.bundle))):
            name = f"{style.name}_{number + 1}"
            agency = _agency(style, number)
            document, golds[name] = compose_document(agency, _sheets(agency, style, number, rows), style)
            documents[name] = style.writer, document
    _print(documents, out)
    gold: list[dict[str, object]] = []
    places: list[dict[str, object]] = []
    for name, own in golds.items():
        pdf = out / "pdf_born" / f"{name}.pdf"
        printing.scan(pdf, out / "scan200" / pdf.name, name, bilevel=bilevel)
        # Word processors' PDFs have a bookmark at every sheet; a spreadsheet's has none, and one sheet.
        starts = [*(printing.outline(pdf) or [1]), printing.pages(pdf) + 1]
        for i, (sheet, first) in enumerate(zip(own, starts[:-1], strict=True)):
            key, count = f"{name}-{i + 1}", starts[i + 1] - first
            gold.append({"sheet_id": key, **sheet, "pages": count})
            places.append({"sheet_id": key, "berkas": pdf.name, "first_page": first, "pages": count})
    for stem, content in (("gold", gold), ("map", places)):
        (out / f"{stem}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")
    return {"documents": len(golds), "sheets": len(gold)}


def write_tableless(out: Path, each: int) -> int:
    """Write ``each`` documents of every kind of `tableless` as ``pdf_born/`` and ``scan200/`` into ``out``; returns how
    many."""
    known = tuple(agencies().values())
    documents = {}
    for kind, make in tableless.KINDS.items():
        for number in range(each):
            rng = Random(f"{kind} {number}")
            writer = "odt" if kind in tableless.ODT else "docx"
            documents[f"{kind}_{number + 1}"] = writer, make(rng.choice(known), rng)
    _print(documents, out)
    for name in documents:
        words = "Dinas" if name.rpartition("_")[0] in tableless.STAMPED else ""
        printing.scan(out / "pdf_born" / f"{name}.pdf", out / "scan200" / f"{name}.pdf", name, stamped=words)
    return len(documents)


def _print(documents: Mapping[str, tuple[str, OfficeDocument]], out: Path) -> None:
    """Documents by name, each with its writer's suffix, as PDFs in ``out/pdf_born``."""
    (out / "scan200").mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder, f"{name}.{writer}") for name, (writer, _) in documents.items()]
        for path, (writer, document) in zip(paths, documents.values(), strict=True):
            _WRITERS[writer](document, path)
        printing.to_pdf(paths, out / "pdf_born")


@cache
def _agencies(held_out: bool) -> tuple[Agency, ...]:
    """The agencies whose words a style may have; some are held out for office documents alone."""
    own = [read_agency(path) for path in sorted(_FOLDER.glob("*.toml"))]
    return tuple(agency for agency in (*agencies().values(), *own) if agency.held_out == held_out)


def _agency(style: Style, number: int) -> Agency:
    known = _agencies(style.held_out)
    return known[(sum(map(ord, style.name)) + number) % len(known)]


def _sheets(agency: Agency, style: Style, number: int, rows: Sequence[int]) -> list[SheetContent]:
    seed = 1000 * number + sum(map(ord, style.name))
    year = 2019 + seed % 7
    if style.bundle == 1:
        return [compose(agency, seed, rows=rows[number % len(rows)], year=year)]
    head = compose(agency, seed, post=0, year=year)
    posts = range(1, 1 + min(style.bundle, len(agency.posts) - 1))
    made = [compose(agency, seed + post, rows=rows[post % len(rows)], post=post, year=year) for post in posts]
    return [*made[:-1], replace(made[-1], pihak_pertama=head.pihak_pertama, pihak_kedua=head.pihak_kedua)]

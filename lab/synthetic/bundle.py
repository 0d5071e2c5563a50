"""Scans written as the files that archives hold, with gold sheets and a map of where each one stands."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pikepdf
from PIL import Image

from iki.lab.synthetic.damage import Profile, Scan
from iki.lab.synthetic.foreign import Divider, divider
from iki.lab.synthetic.layout import PrintedPage
from iki.lab.synthetic.rendering import COLOUR, Picture
from iki.lab.synthetic.specimen import Specimen, scan, specimen


@dataclass(frozen=True, slots=True)
class Encoded:
    """A page's picture as it goes into a file: bytes of JPEG, or of TIFF with CCITT Group 4 for a bilevel one."""

    data: bytes
    width: int
    height: int
    dpi: float
    kind: str


def encoded(scan: Scan, quality: int = 75) -> Encoded:
    """The scan compressed as its colours allow: bilevel as CCITT Group 4, all else as JPEG."""
    height, width = scan.image.shape[:2]
    buffer = io.BytesIO()
    if _bilevel(scan.image):
        Image.fromarray(scan.image).convert("1").save(
            buffer, "TIFF", compression="group4", dpi=(scan.dpi, scan.dpi), strip_size=1 << 30
        )
        return Encoded(buffer.getvalue(), width, height, scan.dpi, "ccitt")
    _image(scan.image).save(buffer, "JPEG", quality=quality, dpi=(round(scan.dpi), round(scan.dpi)))
    return Encoded(buffer.getvalue(), width, height, scan.dpi, "jpeg")


def _bilevel(image: Picture) -> bool:
    return image.ndim != COLOUR and bool(np.isin(image, (0, 255)).all())


def _image(picture: Picture) -> Image.Image:
    return Image.fromarray(picture if picture.ndim != COLOUR else cv2.cvtColor(picture, cv2.COLOR_BGR2RGB))


def write_pdf(scans: Iterable[Scan], path: Path, quality: int = 75) -> None:
    """One page a scan, each holding its picture untouched."""
    pdf = pikepdf.new()
    for page in (encoded(picture, quality) for picture in scans):
        size = page.width * 72 / page.dpi, page.height * 72 / page.dpi
        pdf.add_blank_page(page_size=size)
        pdf.pages[-1].Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im0=_xobject(pdf, page)))
        content = f"q {size[0]:.3f} 0 0 {size[1]:.3f} 0 0 cm /Im0 Do Q".encode()
        pdf.pages[-1].Contents = pdf.make_stream(content)
    pdf.save(path, deterministic_id=True)


def _xobject(pdf: pikepdf.Pdf, page: Encoded) -> pikepdf.Stream:
    name = pikepdf.Name
    common = {"/Type": name.XObject, "/Subtype": name.Image, "/Width": page.width, "/Height": page.height}
    if page.kind == "jpeg":
        grey = Image.open(io.BytesIO(page.data)).mode == "L"
        space = name.DeviceGray if grey else name.DeviceRGB
        return pikepdf.Stream(
            pdf, page.data, {**common, "/ColorSpace": space, "/BitsPerComponent": 8, "/Filter": name.DCTDecode}
        )
    with Image.open(io.BytesIO(page.data)) as image:
        offset, length = image.tag_v2[273][0], image.tag_v2[279][0]  # type: ignore[attr-defined]  # StripOffsets, StripByteCounts
        black_is_zero = image.tag_v2[262] == 1  # type: ignore[attr-defined]
    fax = pikepdf.Dictionary(K=-1, Columns=page.width, Rows=page.height, BlackIs1=black_is_zero)
    shape = {**common, "/ColorSpace": name.DeviceGray, "/BitsPerComponent": 1}
    strip = page.data[offset : offset + length]
    return pikepdf.Stream(pdf, strip, {**shape, "/Filter": name.CCITTFaxDecode, "/DecodeParms": fax})


def write_tiff(scans: Sequence[Scan], path: Path) -> None:
    """All scans as the pages of one TIFF: CCITT Group 4 where all are bilevel, else JPEG."""
    bilevel = all(_bilevel(scan.image) for scan in scans)
    images = [_image(scan.image).convert("1") if bilevel else _image(scan.image) for scan in scans]
    images[0].save(
        path, "TIFF", save_all=True, append_images=images[1:], compression="group4" if bilevel else "jpeg",
        dpi=(scans[0].dpi, scans[0].dpi),
    )  # fmt: skip


def write_picture(scan: Scan, path: Path, quality: int = 80) -> None:
    """One scan as a JPEG, PNG, WebP or BMP, by the suffix of ``path``."""
    dpi = (round(scan.dpi), round(scan.dpi))
    _image(scan.image).save(path, quality=quality, dpi=dpi)


def write_set(
    folder: Path, seed: int, profiles: Sequence[str], slugs: Sequence[str], templates: Sequence[str], sheets: int
) -> None:
    """``sheets`` sheets of every profile, one PDF each (``<sheet_id>.pdf``), with ``gold.json`` and ``map_gold.json``.

    Agencies and templates take turns, so that a set of a few dozen sheets shows all of them; a sheet's content and
    damage depend on ``seed`` and its number alone.
    """
    folder.mkdir(parents=True, exist_ok=True)
    gold: list[dict[str, object]] = []
    places: list[dict[str, object]] = []
    for profile in profiles:
        for number in range(sheets):
            slug, template = slugs[number % len(slugs)], templates[(number + number // len(templates)) % len(templates)]
            sheet_id = f"{profile}-{seed}-{number:03d}"
            made = specimen(slug, template, profile, seed * 10_000 + number, sheet_id=sheet_id)
            write_pdf(made.scans, folder / f"{sheet_id}.pdf")
            gold.append(made.gold)
            places.append(place(made, f"{sheet_id}.pdf", 1))
    write_gold(gold, places, folder, "gold")


def place(made: Specimen, berkas: str, first_page: int) -> dict[str, object]:
    """Where a sheet stands, as the scorer's map has it."""
    return {
        "sheet_id": made.gold["sheet_id"],
        "berkas": berkas,
        "first_page": first_page,
        "pages": len(made.scans),
        "profile": made.profile.name,
        "template": made.template.name,
        "agency": made.sheet.agency,
    }


def gathered(
    parts: Sequence[Specimen | Divider | PrintedPage], berkas: str, profile: Profile, seed: int, words: str
) -> tuple[list[Scan], list[dict[str, object]], list[dict[str, object]]]:
    """Scans of sheets, dividers and foreign pages as one file called ``berkas``: scans, gold sheets, places.

    Dividers and foreign pages are treated by ``profile`` and signed with ``words``; a divider's unit is in force for
    the sheets after it.
    """
    scans: list[Scan] = []
    gold: list[dict[str, object]] = []
    places: list[dict[str, object]] = []
    unit = ""
    for i, part in enumerate(parts):
        if isinstance(part, Specimen):
            gold.append({**part.gold, "unit": unit})
            places.append(place(part, berkas, len(scans) + 1))
            scans += part.scans
            continue
        page = divider(part) if isinstance(part, Divider) else part
        unit = part.unit if isinstance(part, Divider) else unit
        scans.append(scan(page, profile, f"{berkas} {seed} {i}", words=words))
    return scans, gold, places


def write_gold(gold: Sequence[object], places: Sequence[object], folder: Path, name: str) -> None:
    """``<name>.json`` with the gold sheets and ``map_<name>.json`` with their places."""
    folder.mkdir(parents=True, exist_ok=True)
    for file, value in ((f"{name}.json", gold), (f"map_{name}.json", places)):
        (folder / file).write_text(json.dumps(value, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")

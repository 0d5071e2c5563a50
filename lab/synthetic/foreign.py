"""Pages of a bundle that are no sheet: dividers, blank pages, letters, receipts."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from iki.lab.synthetic.content import Agency
from iki.lab.synthetic.fonts import Face
from iki.lab.synthetic.forms import MONTHS
from iki.lab.synthetic.layout import Canvas, PrintedPage, Stroke, wrap
from iki.lab.synthetic.templates import A4, F4
from iki.model import Box

_MARGIN = 72.0


@dataclass(frozen=True, slots=True)
class Divider:
    """A page with a heading and the name of a unit in its middle, large and bold."""

    unit: str
    heading: str = "INDIKATOR KINERJA INDIVIDU"


def divider(words: Divider, family: str = "arial") -> PrintedPage:
    """The page of a divider."""
    canvas = Canvas(*F4)
    face = Face(family, 20, True)
    span = (_MARGIN, canvas.width - _MARGIN)
    y = canvas.height * 0.4
    for text in (words.heading, words.unit):
        for line in wrap(text, face, span[1] - span[0]):
            canvas.write(line, face, span, y, "center", "divider")
            y += 1.3 * face.size
        y += face.size
    return canvas.page()


def blank() -> PrintedPage:
    """A page without print."""
    return Canvas(*A4).page()


def letter(agency: Agency, seed: int) -> PrintedPage:
    """A letter of the agency: number, addressee, a few paragraphs, a signer with a NIP-like line."""
    rng = Random(f"letter {agency.slug} {seed}")
    canvas = Canvas(*A4)
    face, bold = Face("times", 12), Face("times", 13, True)
    span = (_MARGIN, canvas.width - _MARGIN)
    y = _MARGIN
    for text in (agency.government, agency.name.upper(), agency.address[0]):
        canvas.write(text, bold if text != agency.address[0] else Face("times", 10), span, y, "center", "foreign")
        y += 17
    canvas.strokes.append(Stroke(Box(span[0], y - 8, span[1], y - 6.5), "ornament"))
    y += 14
    day = f"{rng.randint(1, 28)} {rng.choice(MONTHS)} {rng.randint(2021, 2025)}"
    head = (
        f"{agency.place}, {day}", f"Nomor : 005/{rng.randint(10, 900)}/{agency.slug.upper()}", "Sifat : Biasa",
        "Hal : Undangan Rapat Koordinasi", "", f"Yth. Camat {rng.choice(agency.regions)}",
        f"di {rng.choice(agency.regions)}", "",
    )  # fmt: skip
    body = (
        "Dalam rangka menyelaraskan rencana kerja tahun berikutnya, bersama ini kami mengundang Saudara untuk "
        f"hadir dalam rapat koordinasi yang dilaksanakan pada pukul 0{rng.randint(8, 9)}.30 WIB di aula.",
        "Mengingat pentingnya acara tersebut, dimohon tidak mewakilkan kehadiran dan membawa data dukung seperlunya.",
        "Demikian disampaikan, atas perhatian dan kerja samanya diucapkan terima kasih.",
    )
    for text in (*head, *body):
        for line in wrap(text, face, span[1] - span[0]) or [""]:
            if line:
                canvas.write(line, face, span, y, "left", "foreign")
            y += 16
        y += 4
    right = (canvas.width / 2, span[1])
    for text in ("Kepala,", "", "", "", "Tertanda"):
        if text:
            canvas.write(text, face, right, y + 20, "center", "foreign")
        y += 16
    return canvas.page()


def receipt(agency: Agency, seed: int) -> PrintedPage:
    """A receipt with a small ruled table: a table that is no IKI."""
    rng = Random(f"receipt {agency.slug} {seed}")
    canvas = Canvas(*A4)
    face, bold = Face("arial", 10), Face("arial", 13, True)
    span = (_MARGIN, canvas.width - _MARGIN)
    canvas.write("KUITANSI", bold, span, _MARGIN, "center", "foreign")
    canvas.write(f"Sudah terima dari: Bendahara Pengeluaran {agency.name}", face, span, _MARGIN + 30, "left", "foreign")
    goods = rng.sample(
        ("Kertas HVS 70 gram", "Tinta printer hitam", "Map snelhecter", "Konsumsi rapat", "Meterai", "Amplop dinas"), 4
    )
    table = [("No.", "Uraian", "Banyaknya", "Harga (Rp)")]
    table += [
        (str(i), name, f"{rng.randint(1, 20)}", f"{rng.randint(5, 400)}.000") for i, name in enumerate(goods, start=1)
    ]
    xs = [span[0], span[0] + 35, span[0] + 250, span[0] + 340, span[1]]
    y = _MARGIN + 50
    for row in table:
        for i, text in enumerate(row):
            canvas.write(text, face, (xs[i] + 4, xs[i + 1] - 4), y + 14, "left" if i == 1 else "center", "foreign")
        for x in xs:
            canvas.strokes.append(Stroke(Box(x - 0.4, y, x + 0.4, y + 20)))
        canvas.strokes.append(Stroke(Box(xs[0], y - 0.4, xs[-1], y + 0.4)))
        y += 20
    canvas.strokes.append(Stroke(Box(xs[0], y - 0.4, xs[-1], y + 0.4)))
    canvas.write(
        f"{agency.place}, {rng.randint(1, 28)} {rng.choice(MONTHS)} 2023", face, span, y + 40, "right", "foreign"
    )
    return canvas.page()

"""Pages of an archive that have no table: letters, decisions, charts, typewritten text, lists, stamped sheets."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Mapping
from random import Random
from typing import Any

from iki.lab.synthetic.content import Agency, compose
from iki.lab.synthetic.forms import MONTHS
from iki.lab.synthetic.office import words
from iki.lab.synthetic.office.blocks import Block, Chart, OfficeDocument, Paragraph, Picture, Points
from iki.lab.synthetic.office.form import draw_emblem
from iki.lab.synthetic.office.styles import make_paper
from iki.lab.synthetic.people import official

_FONTS = (
    "Liberation Serif", "Liberation Sans", "Carlito", "DejaVu Sans", "Caladea", "EB Garamond", "PT Serif", "Lato",
)  # fmt: skip
_TYPED = ("Courier Prime", "FreeMono", "Liberation Mono")
_INDENT, _RIGHT = 36, 250
_DASHES = 62
_GAP = Paragraph(size=6)


def _document(rng: Random, blocks: Iterable[Block], font: str = "", **paper: Any) -> OfficeDocument:
    on = make_paper(rng.choice(("A4", "F4")), margins=(72.0, 56.0, 60.0, 56.0), **paper)
    return OfficeDocument(
        paper=on, font=font or rng.choice(_FONTS), size=rng.choice((10.5, 11, 12)), blocks=tuple(blocks)
    )


def _text(rng: Random, paragraphs: int, leading: float = 1.0) -> list[Paragraph]:
    """Justified paragraphs, their first lines indented."""
    out = []
    for _ in range(paragraphs):
        sentences = (
            f"{words.deed(rng).capitalize()} dilaksanakan bersama {words.deed(rng)} dan {words.deed(rng)}."
            for _ in range(rng.randint(1, 3))
        )
        out.append(Paragraph(text=" ".join(sentences), align="justify", after=6, hanging=-_INDENT, leading=leading))
    return out


def _fields(lines: Iterable[str], tab: Points, left: Points = 0) -> list[Paragraph]:
    """``label : value`` lines with their colons below one another."""
    parts = (line.partition(" : ") for line in lines)
    return [Paragraph(text=f"{label}\t: {value}", tabs=(tab,), left=left, hanging=tab) for label, _, value in parts]


def _head(agency: Agency) -> list[Block]:
    return [
        Picture(png=draw_emblem(agency.government), width=44),
        Paragraph(text=agency.government, align="center", size=13),
        Paragraph(text=agency.name.upper(), align="center", bold=True, size=15),
        *(Paragraph(text=line, align="center", size=9) for line in agency.address),
        Paragraph(rule_below=True, size=3, after=10),
    ]


def _signed(agency: Agency, rng: Random) -> list[Block]:
    post = rng.choice(agency.posts[:4])
    person = official(post.jabatan, post.depth, False, agency.slug)
    date = f"{agency.place}, {rng.randint(1, 28)} {rng.choice(MONTHS)} {rng.randint(2015, 2025)}"
    lines = ("", date, f"{post.jabatan},", "", "", "", person.nama, person.pangkat, f"NIP. {person.nip}")
    return [Paragraph(text=line, left=_RIGHT, bold=line == person.nama) for line in lines]


def _title(*lines: str, size: Points = 13) -> list[Paragraph]:
    return [Paragraph(text=line, align="center", bold=True, size=size, after=4) for line in lines]


def letter(agency: Agency, rng: Random) -> OfficeDocument:
    """A letter with head, number, addressee, text and signer."""
    to = [Paragraph(text=line) for line in ("", *words.said(agency, rng, "letter", "to"), "")]
    fields = _fields(words.said(agency, rng, "letter", "fields"), 70)
    where = _fields(words.said(agency, rng, "letter", "where"), 110, _INDENT)
    body = [*fields, *to, *_text(rng, 2), *where, _GAP, *_text(rng, 1)]
    return _document(rng, [*_head(agency), *body, *_signed(agency, rng)])


def order(agency: Agency, rng: Random) -> OfficeDocument:
    """A letter of assignment: a numbered list of people."""
    lines: list[Block] = []
    for i, post in enumerate(agency.posts[1:5], 1):
        person = official(post.jabatan, post.depth, False, agency.slug)
        rank = f"{person.pangkat} ({person.golongan})"
        for label, value in (
            ("Nama", person.nama),
            ("NIP", person.nip),
            ("Pangkat/Gol.", rank),
            ("Jabatan", post.jabatan),
        ):
            number = f"{i}." if label == "Nama" else ""
            lines.append(Paragraph(text=f"{number}\t{label}\t: {value}", tabs=(56, 146), left=_INDENT))
    why = Paragraph(text=f"Untuk : {words.deed(rng)} dan {words.deed(rng)}.", before=8)
    head = [*_head(agency), *_title("SURAT PERINTAH TUGAS"), Paragraph(text="Memerintahkan kepada :")]
    return _document(rng, [*head, *lines, why, *_signed(agency, rng)])


def decision(agency: Agency, rng: Random) -> OfficeDocument:
    """The first pages of a decision."""
    sheet = compose(agency, rng.randrange(1000), post=0)
    return _document(rng, [*_head(agency), *words.decision(agency, sheet, new_page=False)])


def cover(agency: Agency, rng: Random) -> OfficeDocument:
    """A report's title page within a frame."""
    lines = words.said(agency, rng, "pages", "cover", year=rng.randint(2015, 2025))
    return _document(
        rng, (Paragraph(text=text, align="center", bold=True, size=22, before=70) for text in lines), framed=True
    )  # fmt: skip


def contents(agency: Agency, rng: Random) -> OfficeDocument:
    """A table of contents with dot leaders."""
    lines, page = [*_title("DAFTAR ISI")], 1
    for chapter in ("I", "II", "III", "IV", "V"):
        lines.append(_led(f"BAB {chapter}  {words.deed(rng).upper()}"[:44], page))
        for part in "ABCD"[: rng.randint(2, 4)]:
            page += rng.randint(1, 6)
            lines.append(_led(f"      {part}. {words.deed(rng).capitalize()}"[:58], page))
    return _document(rng, lines)


def _led(text: str, page: int) -> Paragraph:
    return Paragraph(text=f"{text} {'.' * (96 - round(len(text) * 1.15))} {page}", size=10)


def chapter(agency: Agency, rng: Random) -> OfficeDocument:
    """A chapter of plain text with headings, page number and footer."""
    blocks = _title("BAB II", words.deed(rng).upper())
    for i in range(1, 4):
        heading = Paragraph(text=f"2.{i}\t{words.deed(rng).capitalize()}", bold=True, tabs=(28,), before=8, after=4)
        blocks += [heading, *_text(rng, 3)]
    return _document(rng, blocks, footer=f"{agency.name} - {{}}")


def typewritten(agency: Agency, rng: Random) -> OfficeDocument:
    """A typed memo: fixed pitch, lines of dashes, columns made of spaces."""
    memo = (line.partition(" : ") for line in words.said(agency, rng, "pages", "memo", year=1998))
    said = [agency.government, agency.name.upper(), "=" * _DASHES, "", "N O T A   D I N A S", ""]
    said += [*(f"{label:<12}: {value}" for label, _, value in memo), "-" * _DASHES, ""]
    items = [f"   {i}. {words.deed(rng)[:34]:<36}{rng.randint(1, 90):>4} berkas" for i in range(1, 6)]
    blocks = [*(Paragraph(text=line) for line in said), *_text(rng, 2, 1.5), *(Paragraph(text=line) for line in items)]
    return _document(rng, [*blocks, *_signed(agency, rng)], rng.choice(_TYPED))


def minutes(agency: Agency, rng: Random) -> OfficeDocument:
    """Minutes of a meeting: nested lists."""
    blocks = _title("NOTULEN RAPAT")
    for i in range(1, 5):
        blocks.append(Paragraph(text=f"{i}.\t{words.deed(rng).capitalize()}:", tabs=(20,), hanging=20, bold=True))
        for letter in "abc"[: rng.randint(2, 3)]:
            text = f"{letter}.\t{words.deed(rng)} oleh {rng.choice(agency.posts).jabatan};"
            blocks.append(Paragraph(text=text, tabs=(40,), left=20, hanging=20, align="justify"))
    return _document(rng, [*blocks, *_signed(agency, rng)])


def form(agency: Agency, rng: Random) -> OfficeDocument:
    """A form to be filled in by hand: labels and dotted lines."""
    labels = words.said(agency, rng, "pages", "form")
    lines = _fields((f"{i}. {label} : {'.' * 60}" for i, label in enumerate(labels, 1)), 150)
    return _document(rng, [*_head(agency), *_title("FORMULIR IZIN KELUAR KANTOR"), *lines, *_signed(agency, rng)])


def chart(agency: Agency, rng: Random) -> OfficeDocument:
    """An organisation chart of the agency's posts."""
    paper = make_paper("A4", wide=True, margins=(50.0, 45.0, 50.0, 45.0))
    heads = [(i, post) for i, post in enumerate(agency.posts) if post.depth == 1]
    step = paper.inside / len(heads)
    width, middle = step - 14, paper.inside / 2
    boxes = [(middle - width / 2, 20.0, width, 46.0, agency.posts[0].jabatan)]
    lines = [(middle, 66.0, middle, 120.0), (width / 2, 120.0, (len(heads) - 1) * step + width / 2, 120.0)]
    for column, (i, head) in enumerate(heads):
        x = column * step
        under = [post for post in agency.posts if post.superior == i]
        for k, post in enumerate([head, *under]):
            y = 140.0 + k * 70
            boxes.append((x, y, width, 50.0, post.jabatan))
            lines.append((x + width / 2, y - 20, x + width / 2, y))
    wrapped = tuple((x, y, w, h, "\n".join(textwrap.wrap(text, round(width / 5)))) for x, y, w, h, text in boxes)
    title = _title("STRUKTUR ORGANISASI", agency.full, size=12)
    blocks: tuple[Block, ...] = (*title, Chart(boxes=wrapped, lines=tuple(lines)))
    return OfficeDocument(paper=paper, font=rng.choice(_FONTS), size=10, blocks=blocks)


def blank(agency: Agency, rng: Random) -> OfficeDocument:
    """An empty page, or one with a word in its middle; stamped later."""
    text = rng.choice(words.said(agency, rng, "pages", "blank"))
    return _document(rng, [Paragraph(text=text, align="center", before=260, size=16)])


KINDS: Mapping[str, Callable[[Agency, Random], OfficeDocument]] = {
    "surat": letter, "perintah": order, "keputusan": decision, "sampul": cover, "isi": contents, "bab": chapter,
    "mesin_tik": typewritten, "notulen": minutes, "isian": form, "bagan": chart, "kosong": blank,
}  # fmt: skip
"""What makes each kind, by its name in the files."""
ODT = frozenset({"bagan"})
"""Kinds that only ODT can hold."""
STAMPED = frozenset({"kosong", "surat", "mesin_tik"})
"""Kinds that get an office stamp."""

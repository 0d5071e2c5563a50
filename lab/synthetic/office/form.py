"""A sheet set in a style: the blocks of its document and its gold."""

from __future__ import annotations

import io
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from random import Random

from PIL import Image, ImageDraw

from iki.lab.synthetic.content import Agency
from iki.lab.synthetic.forms import PrintedForm, SheetContent, Signature, printed
from iki.lab.synthetic.office import words
from iki.lab.synthetic.office.blocks import (
    NONE,
    Align,
    Block,
    Border,
    OfficeCell,
    OfficeDocument,
    OfficeTable,
    Paragraph,
    Picture,
    Points,
)
from iki.lab.synthetic.office.styles import Style
from iki.lab.synthetic.templates import typeset

Record = Mapping[str, str | None]
_MARK = re.compile(r"(\d+(?:\.\d+)*[.)]|\d+(?:\.\d+)+|[a-z][.)]|-\)?|•|√|→) ")
_HALF = 0.5
_LINES = {"numbers": "{}", "brackets": "({})", "dots": "{}.", "letters": "{}", "roman": "{}"}
_ROMAN = ("I", "II", "III", "IV", "V", "VI", "VII", "VIII")


def compose_document(
    agency: Agency, sheets: Sequence[SheetContent], style: Style
) -> tuple[OfficeDocument, list[dict[str, object]]]:
    """The document that holds ``sheets`` of ``agency``, and their gold in the order in which they stand there."""
    blocks: list[Block] = []
    golds = []
    annex = len(sheets) > 1
    if annex:
        blocks += words.cover(agency, sheets[0].tanggal.year) + words.decision(agency, sheets[0])
    for i, sheet in enumerate(sheets):
        last = i == len(sheets) - 1
        own = style if last else replace(style, signers=0) if annex else style
        made, gold = _sheet(agency, sheet, own, annex=annex, new_page=annex or i > 0)
        if annex and i == 0:
            head = words.annex_head(agency, sheet.tanggal.year, style.paper.inside)
            made = [replace(head[0], new_page=True), *head[1:], *_without_break(made)]
        blocks += made
        golds.append(gold)
    return OfficeDocument(paper=style.paper, font=style.font, size=style.size, blocks=tuple(blocks)), golds


def _without_break(blocks: list[Block]) -> list[Block]:
    return [replace(block, new_page=False) if isinstance(block, Paragraph) else block for block in blocks]


def _sheet(
    agency: Agency, sheet: SheetContent, style: Style, *, annex: bool, new_page: bool
) -> tuple[list[Block], dict[str, object]]:
    titles = tuple(line.replace("<office>", sheet.office) for line in style.form.titles)
    form = typeset(sheet, replace(style.form, titles=titles))
    rng = Random(f"office {style.name} {sheet.agency} {sheet.jabatan}")
    rows = [dict(row) for row in _set_rows(form.rows, style)]
    shown = {
        "perangkat_daerah": sheet.perangkat_daerah,
        "jabatan": sheet.jabatan,
        "nama": sheet.pihak_pertama.nama,
        "unit": sheet.unit.title() if sheet.unit else agency.name,
        "tugas": words.duty(agency, rng),
        "fungsi": words.functions(rng),
    }
    gold = _gold(form, sheet, style, rows, shown, agency, annex=annex)
    body: list[Block] = [*_letterhead(form, style)]
    body += [
        Paragraph(
            text=line, align="center", bold=True, size=style.size + 2, spaced=style.title_spaced,
            outline=i == 0, new_page=new_page and not body and i == 0, after=8 if i == len(form.title) - 1 else 0,
        )
        for i, line in enumerate(form.title)
    ]  # fmt: skip
    if new_page and isinstance(body[0], Paragraph):
        body[0] = replace(body[0], new_page=True)
    body += _labels(style, shown)
    if style.above == "list":
        body += words.targets(rng)
    elif style.above == "budget":
        body += words.budget(rng, style.paper.inside, ruled=False)
    body += [_table(form, rows, style), Paragraph(size=6)]
    if style.below == "notes":
        body += words.notes(rng)
    elif style.below:
        body += words.budget(rng, style.paper.inside, ruled=style.below == "table")
    body += _signatures(form, style)
    return body, gold


def _gold(
    form: PrintedForm, sheet: SheetContent, style: Style, rows: Sequence[Record], shown: Mapping[str, str],
    agency: Agency, *, annex: bool,
) -> dict[str, object]:  # fmt: skip
    asked = {key for _, key in style.labels}
    gold = dict(form.gold)
    gold["rows"] = [{key: value if value is None else printed(value) for key, value in row.items()} for row in rows]
    gold["perangkat_daerah"] = (
        shown["perangkat_daerah"] if "perangkat_daerah" in asked else agency.full if annex else ""
    )
    gold["jabatan"] = sheet.jabatan if "jabatan" in asked else ""
    gold["letterhead"] = list(form.letterhead) if style.letterhead != "none" else []
    for key in ("tugas", "fungsi"):
        items = [line.rstrip(";.") for line in shown[key].split("\n")]
        gold[key] = "; ".join(items) if key in asked and len(items) > 1 else shown[key] if key in asked else ""
    gold["style"] = style.name
    if style.blank_day or style.signers == 0:
        gold["tanggal"] = None
    if style.signers == 0:
        gold |= {"tempat": "", "pihak_kedua": {}, "pihak_pertama": {}}
    elif style.signers == 1:
        gold["pihak_kedua"] = {}
    return gold


def _set_rows(rows: Sequence[Record], style: Style) -> Iterator[Record]:
    """The rows with their cells' texts as ``style.cells`` has them; a line feed begins a paragraph."""
    if style.cells == "within":
        yield from _within(rows)
        return
    count, number = 0, 0
    for row in rows:
        out = dict(row)
        if row.get("sasaran") is not None:
            number, count = number + 1, 0
        count += 1
        if style.cells == "decimal" and row["indikator"]:
            out["indikator"] = f"{number}.{count} {row['indikator']}"
        elif style.cells == "listed":
            out |= {key: _listed(row[key], style.mark) for key in ("penjelasan", "sumber_data") if row.get(key)}
        yield out


def _within(rows: Sequence[Record]) -> Iterator[Record]:
    """One row a Sasaran, its indicators numbered in one cell, with their explanations and sources alongside."""
    groups: list[list[Record]] = []
    for row in rows:
        if row.get("sasaran") is not None or not groups:
            groups.append([])
        groups[-1].append(row)
    for group in groups:
        first = dict(group[0])
        for key in set(first) - {"no", "sasaran"}:
            said = [row[key] for row in group]
            texts = [text for text in said if text]
            first[key] = texts[0] if len(texts) == 1 else "\n".join(f"{i}. {text}" for i, text in enumerate(texts, 1))
        yield first


def _listed(text: str | None, mark: str) -> str | None:
    """An enumeration of three or more as a list: ``mark`` is ``a.``, ``1)``, ``-`` …, counted on where it counts."""
    parts = re.split(r", (?:dan |serta |atau )?|; ", text or "")
    if len(parts) < 3 or "(" in (text or "") or any(len(part) < 2 for part in parts):  # noqa: PLR2004
        return text
    return "\n".join(f"{_counted(mark, i)} {part}" for i, part in enumerate(parts))


def _counted(mark: str, index: int) -> str:
    return mark.replace("a", "abcdefghijklmnop"[index]).replace("1", str(index + 1))


def _letterhead(form: PrintedForm, style: Style) -> list[Block]:
    if style.letterhead == "none" or not form.letterhead:
        return []
    government, office, *address = form.letterhead
    lines = [
        Paragraph(text=government, align="center", size=style.size + 2),
        Paragraph(text=office, align="center", bold=True, size=style.size + 4),
        *(Paragraph(text=line, align="center", size=style.size - 1) for line in address),
    ]
    rule = Paragraph(rule_below=True, size=3, after=8)
    if style.letterhead == "plain":
        return [*lines, rule]
    emblem = Picture(png=draw_emblem(form.letterhead[0]), width=44)
    if style.letterhead == "above":
        return [emblem, *lines, rule]
    widths = (60.0, style.paper.inside - 60)
    return [
        OfficeTable(widths=widths, rows=((OfficeCell(paragraphs=(emblem,)), OfficeCell(paragraphs=tuple(lines))),)),
        rule,
    ]


def draw_emblem(seed: str) -> bytes:
    """An invented coat of arms as PNG: a shield with a band, a disc and rays, in the colours of ``seed``."""
    rng = Random(f"emblem {seed}")
    picture = Image.new("RGB", (220, 260), "white")
    pen = ImageDraw.Draw(picture)
    shades = ["#0b6b3a", "#1d3f8f", "#b8860b", "#a11d1d", "#222222", "#e0b020"]
    rng.shuffle(shades)
    shield = [(20, 15), (200, 15), (200, 150), (110, 250), (20, 150)]
    pen.polygon(shield, fill=shades[0], outline="black", width=5)
    pen.rectangle((20, 95, 200, 125), fill=shades[1], outline="black")
    pen.ellipse((75, 35, 145, 105), fill=shades[2], outline="black", width=3)
    for x in range(40, 190, 22):
        pen.line((x, 140, 110, 225), fill=shades[3], width=4)
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def _labels(style: Style, shown: Mapping[str, str]) -> list[Block]:
    if not style.labels:
        return []
    width = 118.0 + 14 * bool(style.label_numbers)
    rows = []
    for i, (label, key) in enumerate(style.labels):
        number = {"": "", "1.": f"{i + 1}. ", "a.": f"{'abcdefgh'[i]}. "}[style.label_numbers]
        align: Align = "justify" if style.align == "justify" else "left"
        value = [_paragraph(line, style, align=align) for line in shown[key].split("\n")]
        colon = ":" if style.colons else ""
        rows.append(
            (
                OfficeCell(paragraphs=(Paragraph(text=number + label),)),
                OfficeCell(paragraphs=(Paragraph(text=colon),)),
                OfficeCell(paragraphs=tuple(value)),
            )
        )
    border = Border() if style.label_ruled else NONE
    widths = (width, 12.0 if not style.label_ruled else 16.0, style.paper.inside - width - 12)
    table = OfficeTable(widths=widths, rows=tuple(rows), outer=border, inner=border, upright=border, padding=3)
    return [table, Paragraph(size=6)]


def _paragraph(text: str, style: Style, **more: object) -> Paragraph:
    """A cell's paragraph; one that begins with a number, letter or dash hangs from it."""
    mark = _MARK.match(text)
    if mark is None:
        return Paragraph(text=text, leading=style.leading, **more)  # type: ignore[arg-type]
    hang = style.size * (0.75 + 0.52 * len(mark[1]))
    text = f"{mark[1]}\t{text[mark.end() :]}"
    return Paragraph(text=text, leading=style.leading, hanging=hang, tabs=(hang,), **more)  # type: ignore[arg-type]


def _table(form: PrintedForm, rows: Sequence[Record], style: Style) -> OfficeTable:
    shares = [column.share for column in style.form.columns]
    widths = tuple(share / sum(shares) * style.paper.inside for share in shares)
    keys = [key for key, _ in form.columns]
    head = _headings([heading for _, heading in form.columns], style)
    body = [tuple(_cell(rows, i, j, keys, style) for j in range(len(keys))) for i in range(len(rows))]
    return OfficeTable(
        widths=widths, rows=(*head, *body), headings=len(head), repeated=style.repeated, split=style.split,
        outer=style.outer, inner=style.inner, upright=style.upright, padding=style.form.padding,
    )  # fmt: skip


def _cell(rows: Sequence[Record], i: int, j: int, keys: Sequence[str], style: Style) -> OfficeCell | None:
    key = keys[j]
    text = rows[i][key]
    if text is None:
        return None
    span = 1
    while i + span < len(rows) and rows[i + span][key] is None:
        span += 1
    align: Align = "center" if style.form.columns[j].align == "center" else style.align
    paragraphs = tuple(
        _paragraph(line, style, align=align, bold=key in style.bold, colour=style.coloured.get(key, "000000"))
        for line in text.split("\n")
    )
    return OfficeCell(
        paragraphs=paragraphs, rows=span, fill=style.banded if span == 1 and i % 2 else "", middle=style.middle
    )


def _headings(headings: Sequence[str], style: Style) -> list[tuple[OfficeCell | None, ...]]:
    """The heading rows: one, or two where ``groups`` span columns, and the row of column numbers."""

    def cell(text: str, columns: int = 1, rows: int = 1, bold: bool = True) -> OfficeCell:
        lines = tuple(
            Paragraph(text=line, align="center", bold=bold, colour=style.heading_colour) for line in text.split("\n")
        )
        return OfficeCell(paragraphs=lines, columns=columns, rows=rows, fill=style.heading_fill, middle=True)

    under = {j for first, count, _ in style.groups for j in range(first, first + count)}
    tall = 2 if style.groups else 1
    top: list[OfficeCell | None] = [None if j in under else cell(text, rows=tall) for j, text in enumerate(headings)]
    for first, count, text in style.groups:
        top[first] = cell(text, columns=count)
    rows: list[tuple[OfficeCell | None, ...]] = [tuple(top)]
    if style.groups:
        rows.append(tuple(cell(text) if j in under else None for j, text in enumerate(headings)))
    if style.numbers:
        names = {"letters": "abcdefgh", "roman": _ROMAN}.get(style.numbers, "12345678")
        rows.append(tuple(cell(_LINES[style.numbers].format(names[j]), bold=False) for j in range(len(headings))))
    return rows


def _signatures(form: PrintedForm, style: Style) -> list[Block]:
    if style.signers == 0:
        return []
    align: Align = style.form.signing.align
    place = list(form.place_date)
    if style.blank_day:
        place = [re.sub(r"\d+ (?=[A-Z][a-z]+ \d{4})", " " * 10, line, count=1) for line in place]
    gap = style.form.signing.gap
    sides: dict[str, list[Paragraph]] = {"pihak_kedua": [Paragraph(align=align) for _ in place]}
    sides["pihak_pertama"] = [Paragraph(text=line, align=align) for line in place]
    for signature in form.signatures:
        if style.signers == 1 and signature.side == "pihak_kedua":
            continue
        sides[signature.side] += _signature(signature, style, align, gap)
    if style.writer == "xlsx":
        sides = _level(sides)
    columns = (sides["pihak_kedua"], sides["pihak_pertama"])
    if style.form.signing.swapped and style.signers != 1:
        columns = (columns[1], columns[0])
    half = style.paper.inside * _HALF
    if style.signed == "tabs":
        return _side_by_side(columns, half)
    if style.signed == "frames":
        lefts = (0.0, half)
        boxes = [
            [replace(line, frame=(left, half)) for line in lines] for left, lines in zip(lefts, columns, strict=True)
        ]
        return [*boxes[0], *boxes[1], Paragraph()]
    cells = tuple(OfficeCell(paragraphs=tuple(column)) for column in columns)
    return [OfficeTable(widths=(half, half), rows=(cells,), split=False)]


def _signature(signature: Signature, style: Style, align: Align, gap: Points) -> list[Paragraph]:
    signing = style.form.signing
    above = [
        *(signature.label.split("\n") if signature.label else ()),
        *textwrap.wrap(signature.jabatan, min(40, round(style.paper.inside / style.size / 1.3))),
    ]
    lines = [Paragraph(text=line, align=align) for line in above]
    lines.append(
        Paragraph(
            text=signature.nama, align=align, bold=signing.bold, underlined=signing.underlined, before=gap
        )
    )  # fmt: skip
    return lines + [Paragraph(text=line, align=align) for line in (signature.pangkat, signature.nip) if line]


def _name(column: Sequence[Paragraph]) -> int:
    """The line of a signer's name: the one with room for the signature above."""
    return next((i for i, line in enumerate(column) if line.before), len(column))


def _level(sides: Mapping[str, list[Paragraph]]) -> dict[str, list[Paragraph]]:
    """The signers' lines with the names in one row, as in a spreadsheet."""
    tallest = max(map(_name, sides.values()))
    return {
        side: [*lines[: _name(lines)], *[Paragraph()] * (tallest - _name(lines)), *lines[_name(lines) :]]
        for side, lines in sides.items()
    }


def _side_by_side(columns: Sequence[Sequence[Paragraph]], half: Points) -> list[Block]:
    """Two columns as lines with a tab between, as many type them. Names stand on one line."""
    names = [_name(column) for column in columns]
    heads = [list(column[:name]) for column, name in zip(columns, names, strict=True)]
    feet = [list(column[name:]) for column, name in zip(columns, names, strict=True)]
    blank = Paragraph()
    lines: list[Block] = []
    for part in (heads, feet):
        for k in range(max(map(len, part))):
            left, right = (side[k] if k < len(side) else blank for side in part)
            lines.append(
                Paragraph(
                    text=f"{left.text}\t{right.text}", tabs=(half,), before=max(left.before, right.before),
                    bold=left.bold or right.bold,
                )
            )  # fmt: skip
    return lines

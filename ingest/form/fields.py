"""What stands above the table: title, and the labels with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from iki.ingest.layout.blocks import PrintedRow, box_of, printed_rows
from iki.model import Box, Line, RawValue
from iki.vocab.labels import begins_title, match_label

LABELS = ("perangkat_daerah", "jabatan")
"""The labels that tell one person's sheet from another's."""
LISTS = ("tugas", "fungsi")
"""The labels whose values are sentences or lists, and may stand below them."""
VALUES = (*LABELS, "unit_kerja", *LISTS)
"""The labels whose values are kept."""


_AGENCY = re.compile(
    r"^\W*(?:dinas|badan|kantor|inspektorat|satuan\s+polisi|kecamatan|kelurahan|sekretariat\s+(?:daerah|dprd|dewan)"
    r"|rumah\s+sakit|rsud|biro|balai|upt|uptd|puskesmas)\b",
    re.IGNORECASE,
)
"""How the name of an agency begins (kinds of perangkat daerah of PP 18/2016 and their units)."""


_ADDRESS = re.compile(
    r"^\W*(?:jl|jalan|komple[kx]s?|alamat|telp|telepon|fax|e-?mail|pos-?el|laman|website|kode\s*pos)\b", re.I
)
"""How the address below the name of an agency begins."""
_NUMBERED = re.compile(r"^\W*(?:\d{1,2}|[A-Za-z])[.)]\s*")
"""The number or letter before a label."""


@dataclass(frozen=True, slots=True)
class FormSettings:
    """Distances in usual line distances of the page unless told otherwise."""

    level: float = 0.5
    """Pieces whose middles differ by less than this stand on one row."""
    close: float = 2.2
    """Rows of one value follow one another within this distance."""
    parted: float = 2.0
    """What stands below a list by so many times its widest gap between rows is no part of it."""
    columns: float = 3.0
    """A further row whose pieces stand this far apart is one of a list or table in columns, no part of a value."""
    nearer: float = 0.4
    """A row between two labels belongs to the lower one when no further above it than this share of their distance."""
    wrap: float = 1.1
    """The second line of a label that wraps has its middle at most this far below the first."""
    left: float = 1.0
    """A value's further rows begin at most this far left of its first."""
    label: float = 0.78
    """Likeness (0–1) of a row's words to a label from which it is one."""
    title: float = 0.72
    """The same for the title."""
    title_rows: int = 3
    """A title has at most so many rows …"""
    more_rows: int = 4
    """… and so many below it, in capitals about the same middle: agency, post, year."""
    sure_title: float = 0.9
    """Likeness from which the uppermost row is the title, though one further down may be more like it."""
    named: float = 75.0
    """0–100 (rapidfuzz ratio): how alike a word of a title must be to ``individu``, which a column's heading lacks."""
    centred: float = 2.0
    """The middles of a title's rows differ by at most so much."""
    agency_rows: int = 3
    """The name of an agency has at most so many rows."""
    indent: float = 3.0
    """A label begins at most this far right of the leftmost one: words further right are those of values."""


def agency(lines: Sequence[Line], pitch: float, settings: FormSettings = FormSettings()) -> tuple[Line, ...]:
    """The first name of an agency in a title, a letterhead or on a cover, with what goes on of it below; empty without
    one.

    ``pitch`` is the usual line distance (px).
    """
    rows = printed_rows(lines, settings.level * pitch)
    first = next((i for i, r in enumerate(rows) if _AGENCY.match(r.text) and not _is_small(r.text)), None)
    if first is None:
        return ()
    last = first + 1
    for row in rows[last : last + settings.agency_rows - 1]:
        above = rows[last - 1].box
        near = row.box.y0 - above.y1 <= pitch and abs(row.box.centre[0] - above.centre[0]) <= settings.centred * pitch
        if not near or _ADDRESS.match(row.text) or any(map(str.isdigit, row.text)) or _titled(row.text, settings):
            break
        last += 1
    return tuple(x for row in rows[first:last] for x in row.lines)


@dataclass(frozen=True, slots=True)
class Form:
    """The raw fields found (``judul``, ``perangkat_daerah``, ``jabatan``) and how many labels stood among them."""

    fields: dict[str, RawValue]
    labels: int

    @property
    def titled(self) -> bool:
        return "judul" in self.fields


def _label(text: str, settings: FormSettings) -> tuple[str | None, str]:
    name, score, rest = match_label(text)
    return (name, rest) if name and score >= settings.label else (None, text)


def _title(rows: Sequence[PrintedRow], settings: FormSettings, pitch: float) -> tuple[int, int] | None:
    """First and last (exclusive) row of the title: the uppermost rows together that surely are one, or those that read
    most like one; and what goes on below in capitals, about the same middle, to the year."""
    best: tuple[float, int, int] | None = None
    for i in range(len(rows)):
        if best and best[0] >= settings.sure_title:
            break
        for n in range(1, settings.title_rows + 1):
            part = rows[i : i + n]
            if len(part) < n or any(b.box.y0 - a.box.y1 > settings.close * pitch for a, b in pairwise(part)):
                break
            score = _titled(" ".join(r.text for r in part), settings)
            if score >= settings.title and (best is None or score > best[0]):
                best = score, i, i + n
    if best is None:
        return None
    _, start, end = best
    for row in rows[end : end + settings.more_rows]:
        above = rows[end - 1]
        if row.box.y0 - above.box.y1 > settings.close * pitch:
            break
        if _is_year(row.text, settings):
            return start, end + 1
        middle = abs(row.box.centre[0] - rows[start].box.centre[0])
        labelled = match_label(row.text)[1] >= settings.label
        if labelled or not row.text.isupper() or middle > settings.centred * pitch:
            break
        end += 1
    return start, end


def _titled(text: str, settings: FormSettings) -> float:
    """How alike (0–1) a text is to a title; 0 for one that names no kind of form, or what a decision is about."""
    words = [w.lower() for w in re.findall(r"[^\W\d_]+", text)]
    kinds = process.extractOne("individu", words, scorer=fuzz.ratio, score_cutoff=settings.named)
    if words[:1] == ["tentang"] or not (kinds or {"utama", "iki", "iku"} & set(words)):
        return 0.0
    name, score, _ = match_label(text)
    whole = score if name == "judul" else 0.0
    return max(whole, 0.95 * begins_title(text) if text.isupper() else 0.0)


def _is_year(text: str, settings: FormSettings) -> bool:
    """Whether a row goes on with a title: ``TAHUN 2023``, ``TAHUN ANGGARAN 2023``, ``2023``."""
    first = re.split(r"[\W\d]", text.strip(), maxsplit=1)[0].lower()
    return fuzz.ratio(first, "tahun") / 100 >= settings.label or bool(re.fullmatch(r"\W*[12]\d{3}\W*", text))


def find(lines: Sequence[Line], pitch: float, settings: FormSettings = FormSettings()) -> Form:
    """Title and labelled values among the lines above a table (straight px); ``pitch`` is the usual line distance."""
    rows = printed_rows([x for x in lines if x.text.strip()], settings.level * pitch)
    fields: dict[str, RawValue] = {}
    title = _title(rows, settings, pitch)
    if title:
        fields["judul"] = RawValue(tuple(x for r in rows[title[0] : title[1]] for x in r.lines))
        rows = rows[title[1] :]
    pieces = [x for r in rows for x in r.lines]
    labels = _labels(pieces, rows, pitch, settings)
    edges = [*_edges(labels, pitch, settings), float("inf")]
    for label, reach in zip(labels, pairwise(edges), strict=True):
        if label.name in VALUES and label.name not in fields:
            value = _value(label, pieces, reach, pitch, settings)
            if value or label.name in LISTS:
                fields[label.name] = RawValue(value, 1.0 if value else 0.0)
    return Form(fields, len({label.name for label in labels} & set(VALUES)))


@dataclass(frozen=True, slots=True)
class _Label:
    """A label, the box of its own words, and the pieces it stands in; ``rest`` is what follows it in them."""

    name: str
    box: Box
    pieces: tuple[Line, ...]
    rest: str


def _labels(pieces: Sequence[Line], rows: Sequence[PrintedRow], pitch: float, settings: FormSettings) -> list[_Label]:
    """The labels among the pieces, top to bottom: alone, at the head of a row, or wrapped over two lines."""
    found = [*_wrapped(rows, pitch, settings)]
    below = {id(x) for label in found for x in label.pieces}
    for row in rows:
        name, rest = _label(row.text, settings)
        if name and id(row.lines[0]) not in below and not (name in LISTS and _is_small(row.text)):
            own = _without(row, rest)
            found.append(_Label(name, PrintedRow(own).box, own, rest if len(own) == len(row.lines) else ""))
    taken = {id(x) for label in found for x in label.pieces}
    left = [x for x in pieces if id(x) not in taken]
    for upper in left:
        for lower in left:
            a, b = box_of(upper), box_of(lower)
            if a.y1 <= b.centre[1] <= a.y1 + settings.wrap * pitch and a.x0 - pitch <= b.x0 < a.x1:
                name, rest = _label(f"{upper.text} {lower.text}", settings)
                if name and not rest:
                    found.append(_Label(name, PrintedRow((upper, lower)).box, (upper, lower), ""))
    left_edge = min((label.box.x0 for label in found), default=0.0)
    kept = [label for label in found if label.box.x0 <= left_edge + settings.indent * pitch]
    return sorted(kept, key=lambda label: label.box.y0)


def _wrapped(rows: Sequence[PrintedRow], pitch: float, settings: FormSettings) -> Iterator[_Label]:
    """Labels over two rows (``Nama`` / ``Organisasi``) whose first words would do for another one."""
    for row, after in pairwise(rows):
        upper, lower = row.lines[0], after.lines[0]
        a, b = box_of(upper), box_of(lower)
        near = b.centre[1] - a.y1 <= settings.wrap * pitch and abs(a.x0 - b.x0) <= settings.level * pitch
        name, likeness, rest = match_label(f"{upper.text} {lower.text}")
        more = likeness > max(
            match_label(upper.text)[1] * (match_label(upper.text)[0] == name), match_label(lower.text)[1]
        )
        if near and more and name in VALUES and likeness >= settings.sure_title and not rest:
            yield _Label(name, PrintedRow((upper, lower)).box, (upper, lower), "")


def _is_small(text: str) -> bool:
    """Whether the first letter of a text, behind its number, is a small one."""
    return next((c.islower() for c in _NUMBERED.sub("", text) if c.isalpha()), False)


def _without(row: PrintedRow, rest: str) -> tuple[Line, ...]:
    """The pieces of a row before those that make up ``rest``; the first piece at least."""
    wanted = len("".join(rest.split()))
    kept = list(row.lines)
    while len(kept) > 1 and wanted > 0:
        wanted -= len("".join(kept.pop().text.split()))
    return tuple(kept)


def _widest_gap(row: PrintedRow) -> float:
    """The widest gap between two neighbouring pieces of a row (px)."""
    boxes = sorted((box_of(line) for line in row.lines), key=lambda box: box.x0)
    return max((right.x0 - left.x1 for left, right in pairwise(boxes)), default=0.0)


def _edges(labels: Sequence[_Label], pitch: float, settings: FormSettings) -> Iterator[float]:
    """Where the values of labels begin (y, px): a little above each, but nearer to it than to the one before."""
    above = -float("inf")
    for label in labels:
        middle = label.box.centre[1]
        yield max(label.box.y0 - settings.level * pitch, middle - settings.nearer * (middle - above))
        above = middle


def _value(
    label: _Label, pieces: Sequence[Line], reach: tuple[float, float], pitch: float, settings: FormSettings
) -> tuple[Line, ...]:
    """The pieces that hold a label's value: to its right or, further down, below that, within ``reach`` (y, px).

    A piece that holds both label and value is kept whole; normalisation takes the label off.
    """
    own = {id(x) for x in label.pieces}
    right = [
        x
        for x in pieces
        if id(x) not in own and reach[0] <= box_of(x).centre[1] < reach[1] and box_of(x).x0 > label.box.x0 + pitch
    ]
    level = any(abs(box_of(x).centre[1] - box_of(label.pieces[0]).centre[1]) <= settings.level * pitch for x in right)
    if label.name in LISTS and not label.rest and not level:
        edge = label.box.x0 - settings.level * pitch
        right = [x for x in pieces if label.box.y1 < box_of(x).centre[1] < reach[1] and box_of(x).x0 > edge]
    kept = list(label.pieces) if label.rest else []
    edge = label.box.x0 + (label.box.width * (1 - len(label.rest) / max(len(label.pieces[-1].text), 1)) if kept else 0)
    bottom = label.box.y1
    gaps: list[float] = []
    for row in printed_rows(right, settings.level * pitch):
        gap = row.box.y0 - bottom
        wide = label.name in LISTS and len(gaps) > 2 and gap > max(settings.parted * max(gaps), pitch)  # noqa: PLR2004
        listed = bool(kept) and label.name not in LISTS and _widest_gap(row) > settings.columns * pitch
        if wide or listed or gap > settings.close * pitch or (kept and row.box.x0 < edge - settings.left * pitch):
            break
        if kept:
            gaps.append(gap)
        else:
            edge = row.box.x0
        kept += row.lines
        bottom = max(bottom, row.box.y1)
    return tuple(kept)

"""What stands above the table: title, and the labels with their values."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz

from iki.ingest.layout.blocks import PrintedRow, box_of, printed_rows
from iki.model import Box, Line, RawValue
from iki.vocab.labels import match_label

LABELS = ("perangkat_daerah", "jabatan")
"""The labels whose values are fields of the sheet."""


@dataclass(frozen=True, slots=True)
class FormSettings:
    """Distances in usual line distances of the page unless told otherwise."""

    level: float = 0.5
    """Pieces whose middles differ by less than this stand on one row."""
    close: float = 2.2
    """Rows of one value follow one another within this distance."""
    wrap: float = 1.1
    """The second line of a label that wraps has its middle at most this far below the first."""
    left: float = 1.0
    """A value's further rows begin at most this far left of its first."""
    label: float = 0.78
    """Likeness (0–1) of a row's words to a label from which it is one."""
    title: float = 0.72
    """The same for the title."""
    title_rows: int = 3
    """A title has at most so many rows."""


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
    """First and last (exclusive) row of the title: as many rows together as read most like one, and one of the year."""
    best: tuple[float, int, int] | None = None
    for i in range(len(rows)):
        for n in range(1, settings.title_rows + 1):
            part = rows[i : i + n]
            if len(part) < n or any(b.box.y0 - a.box.y1 > settings.close * pitch for a, b in pairwise(part)):
                break
            name, score, _ = match_label(" ".join(r.text for r in part))
            if name == "judul" and score >= settings.title and (best is None or score > best[0]):
                best = score, i, i + n
    if best is None:
        return None
    _, start, end = best
    follows = end < len(rows) and rows[end].box.y0 - rows[end - 1].box.y1 <= settings.close * pitch
    return start, end + (follows and _is_year(rows[end].text, settings))


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
    labels = _labels([x for r in rows for x in r.lines], rows, pitch, settings)
    edges = [*_edges(labels, pitch, settings), float("inf")]
    for label, reach in zip(labels, pairwise(edges), strict=True):
        if label.name in LABELS and label.name not in fields:
            value = _value(label, [x for r in rows for x in r.lines], reach, pitch, settings)
            if value:
                fields[label.name] = RawValue(value)
    return Form(fields, sum(label.name in LABELS for label in labels))


@dataclass(frozen=True, slots=True)
class _Label:
    """A label, the box of its own words, and the pieces it stands in; ``rest`` is what follows it in them."""

    name: str
    box: Box
    pieces: tuple[Line, ...]
    rest: str


def _labels(pieces: Sequence[Line], rows: Sequence[PrintedRow], pitch: float, settings: FormSettings) -> list[_Label]:
    """The labels among the pieces, top to bottom: alone, at the head of a row, or wrapped over two lines."""
    found: list[_Label] = []
    for row in rows:
        name, rest = _label(row.text, settings)
        if name:
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
    return sorted(found, key=lambda label: label.box.y0)


def _without(row: PrintedRow, rest: str) -> tuple[Line, ...]:
    """The pieces of a row before those that make up ``rest``; the first piece at least."""
    wanted = len("".join(rest.split()))
    kept = list(row.lines)
    while len(kept) > 1 and wanted > 0:
        wanted -= len("".join(kept.pop().text.split()))
    return tuple(kept)


def _edges(labels: Sequence[_Label], pitch: float, settings: FormSettings) -> Iterator[float]:
    """Where the values of labels begin (y, px): a little above each, but nearer to it than to the one before."""
    above = -float("inf")
    for label in labels:
        yield max(label.box.y0 - settings.level * pitch, (above + label.box.centre[1]) / 2)
        above = label.box.centre[1]


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
    kept = list(label.pieces) if label.rest else []
    edge = label.box.x0 + (label.box.width * (1 - len(label.rest) / max(len(label.pieces[-1].text), 1)) if kept else 0)
    bottom = label.box.y1
    for row in printed_rows(right, settings.level * pitch):
        if row.box.y0 - bottom > settings.close * pitch or (kept and row.box.x0 < edge - settings.left * pitch):
            break
        if not kept:
            edge = row.box.x0
        kept += row.lines
        bottom = max(bottom, row.box.y1)
    return tuple(kept)

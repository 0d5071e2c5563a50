"""What stands above the table: title, and the labels with their values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from iki.ingest.blocks import PrintedRow, box_of, printed_rows
from iki.model import Line, RawValue
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
    """First and last (exclusive) row of the title: as many rows together as read most like one."""
    best: tuple[float, int, int] | None = None
    for i in range(len(rows)):
        for n in range(1, settings.title_rows + 1):
            part = rows[i : i + n]
            if len(part) < n or any(b.box.y0 - a.box.y1 > settings.close * pitch for a, b in zip(part, part[1:], strict=False)):
                break
            name, score, _ = match_label(" ".join(r.text for r in part))
            if name == "judul" and score >= settings.title and (best is None or score > best[0]):
                best = score, i, i + n
    return best[1:] if best else None


def find(lines: Sequence[Line], pitch: float, settings: FormSettings = FormSettings()) -> Form:
    """Title and labelled values among the lines above a table (straight px); ``pitch`` is the usual line distance."""
    rows = printed_rows([x for x in lines if x.text.strip()], settings.level * pitch)
    fields: dict[str, RawValue] = {}
    title = _title(rows, settings, pitch)
    if title:
        fields["judul"] = RawValue(tuple(x for r in rows[title[0] : title[1]] for x in r.lines))
        rows = rows[title[1] :]
    count, current, left, last = 0, "", 0.0, 0.0
    for row in rows:
        name, rest = _label(row.text, settings)
        if name:
            current, last = (name if name in LABELS and name not in fields else ""), row.box.y1
            count += name in LABELS
            if current:
                value = _value(row, rest)
                fields[current] = RawValue(value)
                left = min((box_of(x).x0 for x in value), default=row.box.x0)
                left = left if len(value) < len(row.lines) else row.box.x0 + row.box.width * (1 - len(rest) / max(len(row.text), 1))
        elif current and row.box.y0 - last <= settings.close * pitch and row.box.x0 >= left - settings.left * pitch:
            fields[current] = RawValue(fields[current].lines + row.lines)
            last = row.box.y1
        else:
            current = ""
    return Form({k: v for k, v in fields.items() if v.lines}, count)


def _value(row: PrintedRow, rest: str) -> tuple[Line, ...]:
    """The pieces of a labelled row that hold its value: those from which on the words make up ``rest``.

    A piece that holds both label and value is kept whole; normalisation takes the label off.
    """
    wanted = len("".join(rest.split()))
    kept: list[Line] = []
    for line in reversed(row.lines):
        if wanted <= 0:
            break
        kept.insert(0, line)
        wanted -= len("".join(line.text.split()))
    return tuple(kept)

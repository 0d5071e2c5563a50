"""How invented offices set their sheets: read from ``styles.toml``, and from ``held_out.toml`` those that are measured
on and never tuned on."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from iki.lab.synthetic.office.blocks import Align, Border, Paper, Points
from iki.lab.synthetic.templates import A4, F4, LEGAL, Signing, Template, TemplateColumn

_SIZES = {"A4": A4, "F4": F4, "legal": LEGAL}
_SHORT = {"no", "satuan", "target"}
"""Columns whose values stand in the middle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """How one agency's office sets its sheets. ``form`` has the words: titles, columns, merged cells, signers;
    ``<office>`` in a title stands for the agency's name in capitals.

    ``labels`` are pairs of label and field (``perangkat_daerah``, ``jabatan``, ``nama``, ``unit``, ``tugas``,
    ``fungsi``). ``groups`` are headings that span columns: first column, how many, text. ``cells`` says how the cells'
    text is set: as it is; enumerations as lists; indicators numbered ``1.1``, ``1.2``; or all indicators of a Sasaran
    numbered within one cell. ``bundle`` sheets stand in one annex, after a cover and the decision, signed at its end.
    """

    name: str
    form: Template
    writer: Literal["docx", "odt", "xlsx"] = "docx"
    paper: Paper
    font: str
    size: Points
    held_out: bool = False
    align: Align = "left"
    leading: float = 1.0
    letterhead: Literal["none", "plain", "above", "beside"] = "none"
    title_spaced: Points = 0
    labels: tuple[tuple[str, str], ...] = (("Perangkat Daerah", "perangkat_daerah"), ("Jabatan", "jabatan"))
    label_numbers: Literal["", "1.", "a."] = ""
    label_ruled: bool = False
    colons: bool = True
    heading_fill: str = ""
    heading_colour: str = "000000"
    groups: tuple[tuple[int, int, str], ...] = ()
    numbers: Literal["", "numbers", "brackets", "dots", "letters", "roman"] = ""
    outer: Border = field(default_factory=Border)
    inner: Border = field(default_factory=Border)
    upright: Border = field(default_factory=Border)
    banded: str = ""
    repeated: bool = False
    split: bool = True
    cells: Literal["plain", "listed", "decimal", "within"] = "plain"
    mark: str = "-"
    bold: tuple[str, ...] = ()
    coloured: Mapping[str, str] = field(default_factory=dict)
    middle: bool = False
    signers: Literal[0, 1, 2] = 2
    signed: Literal["table", "tabs", "frames"] = "table"
    blank_day: bool = False
    above: Literal["", "list", "budget"] = ""
    below: Literal["", "notes", "budget", "table"] = ""
    bundle: int = 1


def load_styles(*, held_out: bool = False) -> tuple[Style, ...]:
    """The styles to tune on, or those kept for measuring."""
    path = Path(__file__).with_name("held_out.toml" if held_out else "styles.toml")
    known = tomllib.loads(path.read_text(encoding="utf-8"))
    return tuple(make_style(name, held_out=held_out, **raw) for name, raw in known.items())


def make_style(
    name: str, *, columns: list[tuple[str, str, float]], paper: Mapping[str, Any],
    signing: Mapping[str, Any] | None = None, **raw: Any,
) -> Style:  # fmt: skip
    """The style of that name from what `styles.toml` says of it: ``raw`` holds fields of `Style` and of `Template`."""
    made = tuple(
        TemplateColumn(key, text, share, "center" if key in _SHORT else "left") for key, text, share in columns
    )
    own = {each.name for each in fields(Style)}
    words = {key: _frozen(raw.pop(key)) for key in set(raw) - own}
    form = Template(name=name, columns=made, signing=Signing(**signing or {}), **words)
    borders: dict[str, Any] = {key: _border(raw.pop(key)) for key in ("outer", "inner", "upright") if key in raw}
    return Style(name=name, form=form, paper=make_paper(**paper), **borders, **{key: _frozen(raw[key]) for key in raw})


def _frozen(value: Any) -> Any:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


def _border(text: str) -> Border:
    """``double 1.5 1F3864``: line, width in points, colour; the last two may be missing."""
    parts = text.split()
    line, width, colour = parts + ["none", "0.5", "000000"][len(parts) :]
    return Border(line=line, width=float(width), colour=colour)  # type: ignore[arg-type]


def make_paper(size: str, *, wide: bool = False, **more: Any) -> Paper:
    """Paper of that size (A4, F4 or legal), upright unless ``wide``; ``more`` as for ``Paper``."""
    width, height = sorted(_SIZES[size], reverse=wide)
    return Paper(width=width, height=height, **{key: _frozen(value) for key, value in more.items()})

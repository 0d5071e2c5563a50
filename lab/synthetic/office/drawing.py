"""Styles drawn at random from `pools.toml`: any number of layouts that nobody chose, for tuning and for measuring."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from random import Random
from typing import Any

from iki.lab.synthetic.office.styles import Style, make_style

_SHARES = {
    "no": 5, "sasaran": 21, "indikator": 23, "satuan": 9, "target": 9, "penjelasan": 27, "sumber_data": 16,
    "penanggung_jawab": 13,
}  # fmt: skip
_GREY = "A6A6A6"
_BLACK = "000000"
_WHITE = "FFFFFF"


def draw_styles(count: int, seed: int, *, held_out: bool = False) -> tuple[Style, ...]:
    """``count`` styles, the same for the same ``seed``; ``held_out`` ones have the words of agencies kept for
    measuring."""
    pools = tomllib.loads(Path(__file__).with_name("pools.toml").read_text(encoding="utf-8"))
    return tuple(
        make_style(f"acak_{seed}_{i}", held_out=held_out, **_drawn(Random(f"style {seed} {i}"), pools))
        for i in range(count)
    )


def _drawn(rng: Random, pools: Mapping[str, Any]) -> dict[str, Any]:
    writer = rng.choice(("docx", "docx", "docx", "odt", "xlsx"))
    columns = _columns(rng, pools["headings"])
    wide = rng.random() < (0.6 if len(columns) > 6 else 0.2)
    dark, middle, pale = pools["colours"][rng.choice(sorted(pools["colours"]))]
    size = rng.choice((9.5, 10, 10, 10.5, 11, 11, 12) if wide or len(columns) < 6 else (9, 9.5, 10))
    drawn: dict[str, Any] = {
        "writer": writer,
        "paper": {"size": rng.choice(("A4", "A4", "A4", "F4", "F4", "legal")), "wide": wide,
                  "footer": rng.choice(pools["footers"])},
        "font": rng.choice(pools["fonts"]),
        "size": size,
        "titles": rng.choice(pools["titles"]).split("|"),
        "labels": _labels(rng, pools),
        "columns": columns,
        "align": rng.choice(("left", "justify")),
        "leading": rng.choice((1.0, 1.0, 1.0, 1.15)),
        "letterhead": rng.choice(("none", "none", "plain", "above", "beside")) if writer != "xlsx" else "none",
        "title_spaced": rng.choice((0, 0, 0, 1.5)),
        "label_numbers": rng.choice(("", "1.", "1.", "a.")),
        "label_ruled": rng.random() < 0.1,
        "colons": rng.random() < 0.9,
        "numbers": rng.choice(("", "", "numbers", "brackets", "dots", "letters")),
        "repeated": rng.random() < 0.4,
        "merged": [key for key, _, _ in columns if key in ("no", "sasaran") or rng.random() < 0.15]
        if rng.random() < 0.7 else [],
        "cells": rng.choice(("plain", "plain", "listed", "decimal", "within")),
        "mark": rng.choice(("-", "a.", "1)", "a)", "1.")),
        "bold": ["sasaran"] if rng.random() < 0.15 else [],
        "middle": rng.random() < 0.25,
        "padding": rng.choice((2.5, 3, 4, 5)),
        "signed": rng.choice(("table", "table", "table", "tabs")),
        "above": rng.choice(("",) * 6 + ("list", "budget")),
        "below": rng.choice(("",) * 6 + ("notes", "budget", "table")),
        "signing": _signing(rng, pools["signing"]),
    }  # fmt: skip
    drawn |= _lines(rng, dark, middle) | _fills(rng, dark, middle, pale)
    if writer == "xlsx":
        # A spreadsheet has no tabs, all of its cells keep to the table's columns, and justified ones touch where no
        # rule parts them.
        drawn |= {"signed": "table", "label_ruled": False, "upright": drawn["inner"]}
    return drawn


def _columns(rng: Random, headings: Mapping[str, list[str]]) -> list[tuple[str, str, float]]:
    keys = ["no", "sasaran", "indikator", "penjelasan", "sumber_data"]
    if rng.random() < 0.1:
        keys.remove("no")
    if rng.random() < 0.35:
        keys[-2:-2] = rng.choice((["satuan"], ["target"], ["satuan", "target"]))
    if rng.random() < 0.12:
        keys.append("penanggung_jawab")
    as_title = rng.random() < 0.4
    chosen = ((key, rng.choice(headings[key])) for key in keys)
    return [
        (key, text.title().replace("{Tahun}", "{tahun}").replace("(Iku)", "(IKU)") if as_title else text,
         _SHARES[key] * rng.uniform(0.88, 1.12))
        for key, text in chosen
    ]  # fmt: skip


def _labels(rng: Random, pools: Mapping[str, Any]) -> list[tuple[str, str]]:
    labels = [(rng.choice(pools["agency_labels"]), "perangkat_daerah"), (rng.choice(pools["post_labels"]), "jabatan")]
    more = rng.choice(pools["more_labels"]).split(" ", 1)
    if rng.random() < 0.4:
        labels.insert(0 if more[0] == "nama" else len(labels), (more[1], more[0]))
    return labels


def _lines(rng: Random, dark: str, middle: str) -> dict[str, str]:
    colour = rng.choice((_BLACK,) * 6 + (dark, middle, _GREY))
    kind = rng.choice(("single",) * 5 + ("dotted", "dashed", "double"))
    inner = {"single": rng.choice((0.5, 0.5, 0.75, 1)), "dotted": 0.75, "dashed": 0.5, "double": 1.5}[kind]
    outer = rng.choice((f"{kind} {inner}", f"{kind} {inner}", "single 1.5", "double 1.5", "thick-thin 3"))
    upright = "none" if kind == "single" and rng.random() < 0.15 else f"{kind} {inner} {colour}"
    return {"outer": f"{outer} {colour}", "inner": f"{kind} {inner} {colour}", "upright": upright}


def _fills(rng: Random, dark: str, middle: str, pale: str) -> dict[str, Any]:
    heading = rng.choice(("", "", "", "D9D9D9", "BFBFBF", pale, pale, dark, middle))
    light = _WHITE if heading in {dark, middle} else rng.choice((_BLACK,) * 7 + (dark,))
    return {
        "heading_fill": heading,
        "heading_colour": light,
        "banded": pale if rng.random() < 0.15 else "",
        "coloured": {rng.choice(("indikator", "sumber_data", "sasaran")): dark} if rng.random() < 0.1 else {},
    }


def _signing(rng: Random, pools: Mapping[str, list[str]]) -> dict[str, Any]:
    return {key: rng.choice(choices) for key, choices in pools.items()} | {
        "underlined": rng.random() < 0.5,
        "bold": rng.random() < 0.7,
        "align": rng.choice(("center", "center", "left")),
        "nip_groups": rng.choice(("", "", " ")),
        "swapped": rng.random() < 0.1,
        "capitals": rng.random() < 0.2,
        "gap": rng.choice((36, 44, 55)),
    }

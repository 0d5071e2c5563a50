"""``python -m iki.lab.train.risk SET... [--write]``: what flagging below each threshold leaves wrong unseen.

Each SET is a folder with scans, ``gold.json`` and ``map_gold.json`` (``iki.lab.synthetic``, or the scans of
``iki.lab.synthetic.office`` with their ``map.json`` under that name) on which nothing was fitted. Its scans are read
(once: pages are kept in ``--cache``) and cleaned; every value of a sheet of the gold counts. The bounds of each kind of
value, threshold by threshold, are those that ``--max-risk`` promises (``normalize/risk.json``).
"""

from __future__ import annotations

import argparse
import json
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from iki import vocab
from iki.evaluate import HEADER, SIGNER, fill_down, paired
from iki.lab.train.confidence import documents
from iki.model import CleanSheet, CleanValue
from iki.normalize import risk
from iki.normalize.knowledge import Knowledge
from iki.normalize.risk import Kind, Measured, RiskTable, Step, design_effect, kind_of, upper_bound
from iki.normalize.sheet import CleaningSettings, clean
from iki.normalize.trust import FlagSettings
from iki.terms import CELLS, PARTIES

THRESHOLDS = (1.0, 0.9995, 0.999, 0.998, 0.997, 0.995, 0.99, 0.98, 0.97, 0.96, 0.94, 0.9, 0.8, 0.0)
"""Probabilities (0–1) below which values are flagged, from strict to loose."""
LEAST_VALUES = 200
"""Values of a kind from which anything is said of it."""
BY_RULE_ALONE = CleaningSettings(flags=FlagSettings(cost_of_wrong=0, cost_without_picture=0))
"""Nothing is flagged but what a rule demands."""


class Seen(NamedTuple):
    """A value: the sheet it stands on, its kind, its probability, whether a rule flags it, and whether it is right."""

    sheet: str
    kind: Kind
    probability: float
    demanded: bool
    right: bool


def seen(folder: Path, cache: Path, knowledge: Knowledge) -> Iterator[Seen]:
    """Every value of the sheets of a set that its gold knows; one in a row that nobody printed is wrong."""
    gold = {sheet["sheet_id"]: sheet for sheet in json.loads((folder / "gold.json").read_text(encoding="utf-8"))}
    places = json.loads((folder / "map_gold.json").read_text(encoding="utf-8"))
    starts = {(place["berkas"], place["first_page"]): gold[place["sheet_id"]] for place in places}
    for sheet in clean(documents(folder, cache), knowledge, BY_RULE_ALONE):
        if wanted := starts.get((sheet.file, sheet.first_page)):
            yield from _fields(sheet, wanted)
            yield from _cells(sheet, wanted)


def _fields(sheet: CleanSheet, gold: Mapping[str, Any]) -> Iterator[Seen]:
    wanted = {name: gold.get(name) for name in HEADER}
    wanted |= {f"{side}_{part}": (gold.get(side) or {}).get(part) for side in PARTIES for part in SIGNER}
    for name, value in sheet.fields.items():
        if name in wanted:
            yield _seen(sheet, value, 0, wanted[name])


def _cells(sheet: CleanSheet, gold: Mapping[str, Any]) -> Iterator[Seen]:
    wanted, _ = fill_down(gold["rows"])
    found = [{name: row.values[name].text for name in CELLS} for row in sheet.rows]
    partner = {j: i for i, j in paired(wanted, found)}
    for number, row in enumerate(sheet.rows):
        for name in CELLS:
            text = wanted[partner[number]][name] if number in partner else None
            yield _seen(sheet, row.values[name], number + 1, text)


def _seen(sheet: CleanSheet, value: CleanValue, row: int, gold: object) -> Seen:
    right = value.text == ("" if gold is None else " ".join(str(gold).split()))
    return Seen(sheet.sheet_id, kind_of(value, row), value.probability, value.flagged, right)


def measured(values: Sequence[Seen]) -> dict[str, Measured]:
    """The steps of each kind of which there is enough."""
    kinds: dict[Kind, list[Seen]] = defaultdict(list)
    for value in values:
        kinds[value.kind].append(value)
    return {
        kind: Measured(len(mine), len({value.sheet for value in mine}), [_step(mine, t) for t in THRESHOLDS])
        for kind, mine in sorted(kinds.items())
        if len(mine) >= LEAST_VALUES
    }


def _step(values: Sequence[Seen], threshold: float) -> Step:
    unflagged = [value for value in values if not value.demanded and value.probability >= threshold]
    wrong = Counter(value.sheet for value in unflagged if not value.right)
    looked_at = Counter(value.sheet for value in values)
    effect = design_effect([(wrong[sheet], count) for sheet, count in looked_at.items()])
    bound = upper_bound(wrong.total() / effect, len(values) / effect)
    return Step(threshold, round(bound, 5), round(1 - len(unflagged) / len(values), 4))


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.risk", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, help="folders of scans with gold.json and map_gold.json")
    parser.add_argument("--cache", type=Path, default=Path(".calibration"), help="where pages read are kept")
    parser.add_argument("--write", action="store_true", help="write normalize/risk.json")
    given = parser.parse_args()
    knowledge = Knowledge.of(vocab.load())
    values = [value for folder in given.sets for value in seen(folder, given.cache, knowledge)]
    kinds = measured(values)
    for kind, found in kinds.items():
        print(f"{kind}: {found.values} values on {found.sheets} sheets")
        for step in found.steps:
            print(f"  below {step.threshold:6} flagged {step.flagged:.4f} wrong unseen at most {step.bound:.5f}")
    if given.write:
        table = RiskTable(kinds, "lab/train/risk.py on pages of our generator and pages set by LibreOffice")
        risk.TABLE.write_bytes(msgspec.json.format(msgspec.json.encode(table), indent=1) + b"\n")


if __name__ == "__main__":
    main()

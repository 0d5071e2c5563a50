"""``python -m iki.lab.measure.regression --out DIR``: what becomes of the generator's own pages, as a table.

A set of sheets (``iki.lab.synthetic``) is written into DIR, converted, and scored against its gold: one line for each
kind of damage, or of form, with the CPU seconds that a page of the whole set took.
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from pathlib import Path

from iki.batch import BatchSettings, Event, convert
from iki.batch.events import PageDone
from iki.evaluate import evaluate
from iki.lab.measure import markdown
from iki.lab.synthetic.bundle import write_set
from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.damage import PROFILES
from iki.lab.synthetic.templates import TEMPLATES

MEASURES = ("sheet_recall", "row_f1", "cell_exact", "header_exact", "signature_exact", "nip_exact",
            "cell_flagged", "cell_silent_error", "field_silent_error")  # fmt: skip


def regression(
    folder: Path, seed: int, sheets: int, profiles: list[str], by: str, workers: int
) -> dict[str, dict[str, float]]:
    """Measures by kind: ``profile``, ``template`` or ``agency``, whatever ``by`` says; ``cpu`` is seconds a page."""
    scans, clean = folder / "scans", folder / "clean"
    write_set(scans, seed, profiles, list(agencies()), list(TEMPLATES), sheets)
    costs: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, PageDone):
            costs.append(event.cpu)

    convert([scans], clean, BatchSettings(workers=workers, force=True), listen)
    kinds: dict[str, list[dict[str, object]]] = defaultdict(list)
    for place in json.loads((scans / "map_gold.json").read_text(encoding="utf-8")):
        kinds[str(place[by])].append(place)
    out = {}
    for kind, places in kinds.items():
        part = folder / f"map_{kind}.json"
        part.write_text(json.dumps(places), encoding="utf-8")
        out[kind] = {"sheets": float(len(places)), **evaluate(scans / "gold.json", clean, part)}
        out[kind]["cpu"] = sum(costs) / len(costs) if costs else 0.0
    return out


def table(found: dict[str, dict[str, float]]) -> str:
    """The measures as a Markdown table, one line a kind."""
    rows = (
        [kind, f"{measures['sheets']:.0f}", *(f"{measures.get(name, float('nan')):.3f}" for name in MEASURES),
         f"{measures['cpu']:.2f}"]
        for kind, measures in found.items()
    )  # fmt: skip
    return markdown.table(["kind", "sheets", *MEASURES, "CPU s/page"], rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.regression", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--sheets", type=int, default=13, help="sheets for each kind of damage")
    parser.add_argument("--profiles", default=",".join(PROFILES))
    parser.add_argument("--by", choices=("profile", "template", "agency"), default="profile")
    parser.add_argument("--workers", type=int, default=0)
    given = parser.parse_args()
    profiles = given.profiles.split(",")
    print(table(regression(given.out, given.seed, given.sheets, profiles, given.by, given.workers)))


if __name__ == "__main__":
    main()

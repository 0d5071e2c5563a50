"""``python -m iki.lab.measure.dump_regression --out DIR``: what becomes of the generator's own text dumps, as a table.

As in archives, a dump is what OCR once made of the sheets of one agency: the same form and the same superiors, one
sheet after another. The pages are drawn, damaged and read by Tesseract with a page segmentation mode of the dump; none
of the agencies has lent its words to the model of dumps. The dumps are converted and scored against their gold, each
alone and all together.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iki.batch import BatchSettings, convert
from iki.evaluate import evaluate
from iki.lab.measure import markdown
from iki.lab.synthetic.dumps import read
from iki.lab.synthetic.specimen import specimen
from iki.lab.train.dump_tables import HELD_OUT

MEASURES = ("sheet_recall", "sheets_extra", "header_exact", "nip_exact", "row_f1", "cell_close", "cell_exact",
            "cell_silent_error", "cell_flagged")  # fmt: skip
ALL = "all"


@dataclass(frozen=True, slots=True)
class Way:
    """How the sheets of one dump were printed, scanned and read: template, profile, page segmentation mode."""

    agency: str
    template: str
    profile: str
    psm: int


WAYS = tuple(
    Way(*each)
    for each in zip(HELD_OUT, ("lazim", "kapital", "tunggal"), ("office", "grey", "clean"), (3, 4, 6), strict=True)
)
"""Templates, scans as offices make them, and the modes that read a whole page."""


def written(folder: Path, way: Way, seed: int, sheets: int) -> list[dict[str, object]]:
    """Write the dump of ``sheets`` sheets as ``<agency>.txt``; their gold."""
    made = [specimen(way.agency, way.template, way.profile, seed + number) for number in range(sheets)]
    path = folder / f"{way.agency}.txt"
    path.write_text("".join(read(sheet, way.psm) for sheet in made), encoding="utf-8")
    return [sheet.gold for sheet in made]


def regression(folder: Path, seed: int, sheets: int, ways: Sequence[Way] = WAYS) -> dict[str, dict[str, float]]:
    """Measures by agency, and of ``ALL`` sheets, each the mean of the dumps' (they have as many sheets)."""
    dumps = folder / "dumps"
    dumps.mkdir(parents=True, exist_ok=True)
    out: dict[str, dict[str, float]] = {}
    for way in ways:
        gold = folder / f"{way.agency}.json"
        gold.write_text(json.dumps(written(dumps, way, seed, sheets), ensure_ascii=False), encoding="utf-8")
        clean = folder / "clean" / way.agency
        convert([dumps / f"{way.agency}.txt"], clean, BatchSettings(workers=1, force=True))
        out[way.agency] = evaluate(gold, clean)
    out[ALL] = {name: sum(found[name] for found in out.values()) / len(out) for name in MEASURES}
    return out


def table(found: dict[str, dict[str, float]]) -> str:
    """The measures as a Markdown table, one line a dump."""
    rows = ([name, *(f"{measures[each]:.3f}" for each in MEASURES)] for name, measures in found.items())
    return markdown.table(["dump", *MEASURES], rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.dump_regression", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=2000)
    parser.add_argument("--sheets", type=int, default=6, help="sheets a dump")
    given = parser.parse_args()
    print(table(regression(given.out, given.seed, given.sheets)))


if __name__ == "__main__":
    main()

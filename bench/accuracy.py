"""``python -m iki.bench.accuracy``: accuracy and cost on generated sheets, a row for each kind of damage.

The sheets are those of ``iki.bench.synthetic``: invented agencies, many templates and fonts. The table is Markdown.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from iki.batch import BatchSettings, convert
from iki.bench.score import evaluate
from iki.bench.synthetic.bundle import write_set
from iki.bench.synthetic.content import agencies
from iki.bench.synthetic.damage import PROFILES
from iki.bench.synthetic.templates import TEMPLATES
from iki.export.tables import read
from iki.ingest.engines import EngineName

SHOWN = (
    "sheet_recall", "sheets_extra", "row_f1", "cell_exact", "cer", "header_exact", "signature_exact", "nip_exact",
    "cell_silent_error", "field_silent_error", "cell_flagged", "field_flagged",
)  # fmt: skip
"""Measures of the table, left to right; after them comes the cost."""
COST = "seconds_per_page"


@dataclass(frozen=True, slots=True)
class SetSettings:
    """Which sheets are generated: ``sheets`` of each kind of damage, their content decided by ``seed``."""

    sheets: int = 12
    seed: int = 7
    engine: EngineName = "auto"
    workers: int = 0
    """Processes; 0 means one per core."""


def measure(profile: str, folder: Path, settings: SetSettings) -> dict[str, float]:
    """All measures of ``iki.bench.score`` for sheets damaged by ``profile``, and ``seconds_per_page`` of one worker.

    The scans are written into ``folder``, the tables into ``folder/clean``.
    """
    write_set(folder, settings.seed, [profile], list(agencies()), list(TEMPLATES), settings.sheets)
    out = folder / "clean"
    convert(sorted(folder.glob("*.pdf")), out, BatchSettings(engine=settings.engine, workers=settings.workers))
    files = read(out).berkas
    cost = {COST: round(float(files.detik.sum()) / int(files.halaman.sum()), 2)}
    return evaluate(folder / "gold.json", out, folder / "map_gold.json") | cost


def table(rows: Sequence[tuple[str, dict[str, float]]]) -> str:
    """A Markdown table, a row for each profile."""
    columns = (*SHOWN, COST)
    lines = ["| damage | " + " | ".join(columns) + " |", "| --- |" + " --- |" * len(columns)]
    lines += [f"| {name} | " + " | ".join(f"{row[column]:g}" for column in columns) + " |" for name, row in rows]
    return "\n".join(lines)


def main() -> None:
    usual = SetSettings()
    parser = argparse.ArgumentParser(prog="python -m iki.bench.accuracy", description=__doc__)
    parser.add_argument("--profiles", default=",".join(PROFILES), help="comma-separated; default: all")
    parser.add_argument("--sheets", type=int, default=usual.sheets, help="sheets for each kind of damage")
    parser.add_argument("--seed", type=int, default=usual.seed)
    parser.add_argument("--engine", choices=("auto", "tesseract", "rapidocr"), default=usual.engine)
    parser.add_argument("--jobs", type=int, default=usual.workers)
    given = parser.parse_args()
    settings = SetSettings(given.sheets, given.seed, given.engine, given.jobs)
    rows = []
    for profile in given.profiles.split(","):
        with tempfile.TemporaryDirectory() as folder:
            rows.append((profile, measure(profile, Path(folder), settings)))
    print(table(rows))


if __name__ == "__main__":
    main()

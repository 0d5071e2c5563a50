"""One PDF with a sheet of every kind of damage in it: ``python -m iki.lab.synthetic.mixed --out DIR``.

Writes ``campuran.pdf``, ``gold.json`` and ``map_gold.json``; agencies and templates take turns. It is made for
measuring what a page costs (``iki.lab.measure.peer``).
"""

from __future__ import annotations

import argparse
from itertools import cycle
from pathlib import Path

from iki.lab.synthetic.bundle import gathered, write_gold, write_pdf
from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.damage import PROFILES
from iki.lab.synthetic.specimen import specimen
from iki.lab.synthetic.templates import TEMPLATES

FILE = "campuran.pdf"


def write_mixed(folder: Path, seed: int, sheets: int) -> None:
    """``sheets`` sheets of every profile, one after another, in one PDF with its gold; the same for the same seed."""
    order = zip(list(PROFILES) * sheets, cycle(agencies()), cycle(TEMPLATES), strict=False)
    parts = [
        specimen(agency, template, profile, seed + number, sheet_id=f"{profile}-{seed}-{number:03d}")
        for number, (profile, agency, template) in enumerate(order)
    ]
    scans, gold, places = gathered(parts, FILE, PROFILES["office"], seed, "")
    write_gold(gold, places, folder, "gold")
    write_pdf(scans, folder / FILE)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.synthetic.mixed", description=__doc__)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheets", type=int, default=1, help="sheets of every kind of damage")
    given = parser.parse_args()
    write_mixed(given.out, given.seed, given.sheets)


if __name__ == "__main__":
    main()

"""``python -m iki.lab.synthetic --out DIR``: a set of scans of generated sheets, with gold and a map."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable
from pathlib import Path

from iki.lab.synthetic.bundle import write_set
from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.damage import PROFILES
from iki.lab.synthetic.templates import TEMPLATES


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.synthetic", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for the scans, gold.json and map_gold.json")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--sheets", type=int, default=24, help="number of sheets for each profile")
    parser.add_argument("--profiles", type=_names(PROFILES), default=list(PROFILES), help=", ".join(PROFILES))
    parser.add_argument("--agencies", type=_names(agencies()), default=list(agencies()), help=", ".join(agencies()))
    parser.add_argument("--templates", type=_names(TEMPLATES), default=list(TEMPLATES), help=", ".join(TEMPLATES))
    given = parser.parse_args()
    write_set(given.out, given.seed, given.profiles, given.agencies, given.templates, given.sheets)


def _names(known: Iterable[str]) -> Callable[[str], list[str]]:
    """An argument type: a comma-separated list of known names."""
    allowed = list(known)

    def names(text: str) -> list[str]:
        if unknown := [name for name in text.split(",") if name not in allowed]:
            raise argparse.ArgumentTypeError(f"{', '.join(unknown)}: not one of {', '.join(allowed)}")
        return text.split(",")

    return names


if __name__ == "__main__":
    main()

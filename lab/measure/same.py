"""The oracle of a change that must not change any output: ``python -m iki.lab.measure.same [--write]``.

Converts ``data/raw``, converts a generated dump and corrects its lines, each into a folder of its own, and compares
every byte of the tables with what is committed: ``data/clean`` and ``tests/gold/dump``. The column ``detik`` of
``berkas.csv`` may differ from run to run, and so it is left out. Ends with 1 where anything differs, each difference
named by its file and first line. ``--write`` commits to what the code gives now.
"""

from __future__ import annotations

import argparse
import csv
import io
import shutil
import sys
import tempfile
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

import iki
from iki.batch import BatchSettings, convert
from iki.language.line_correction import correct_file

ROOT = Path(iki.__file__).resolve().parent
DUMP = ROOT / "tests" / "gold" / "dump" / "dinkes.txt"
CORRECTED = "dinkes-benar.txt"
TABLES = ("sheets.csv", "indikator.csv", "koreksi.csv", "berkas.csv", "datapackage.json")
UNSTABLE = "detik"
"""The column that may differ from run to run."""


def written(folder: Path) -> Iterator[tuple[Path, Path]]:
    """Pairs of a file written into ``folder`` by today's code and the committed file that it must equal."""
    convert([ROOT / "data" / "raw"], folder / "raw", BatchSettings())
    convert([DUMP], folder / "dump", BatchSettings())
    (folder / CORRECTED).write_text(correct_file(DUMP), encoding="utf-8")
    for made, kept in ((folder / "raw", ROOT / "data" / "clean"), (folder / "dump", DUMP.parent)):
        yield from ((made / name, kept / name) for name in TABLES)
    yield folder / CORRECTED, DUMP.parent / CORRECTED


def lines(path: Path) -> list[str]:
    """The lines of a file that must stay the same; a file that is not there has none."""
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if path.name != "berkas.csv":
        return text.splitlines()
    rows = csv.DictReader(io.StringIO(text, newline=""))
    return [str({name: value for name, value in row.items() if name != UNSTABLE}) for row in rows]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.same", description=__doc__)
    parser.add_argument("--write", action="store_true", help="commit to what the code gives now")
    given = parser.parse_args()
    differing = 0
    with tempfile.TemporaryDirectory() as folder:
        for made, kept in written(Path(folder)):
            both = zip_longest(lines(made), lines(kept), fillvalue="")
            number, now, then = next(((n, a, b) for n, (a, b) in enumerate(both, 1) if a != b), (0, "", ""))
            if number and given.write:
                shutil.copyfile(made, kept)
            if number:
                print(f"{kept.relative_to(ROOT)}, line {number}:", f"- {then}", f"+ {now}", sep="\n", file=sys.stderr)
            differing += bool(number)
    print(f"{differing} of the files differ" if differing else "every file is the same")
    return int(differing > 0 and not given.write)


if __name__ == "__main__":
    sys.exit(main())

"""``python -m iki.lab.measure.peer --peer PYTHON SOURCE …``: what a page costs here and with img2table, in one run.

The peer is what a user would pick instead: img2table 2.0 with RapidOCR, rotation detection on, in an environment of its
own (``PYTHON`` is its interpreter; ``pip install img2table==2.0.0 rapidocr==3.10.0 onnxruntime`` makes one). The two
take turns, file by file, each in a fresh process on one thread, so that load falls on both alike; CPU seconds are those
of the process and its children, start included; here a page is read and its values judged as a worker and the driver
would. With ``--gold`` the share of gold cells is told that stand to the
letter in some cell of the file's tables: more than fair to the peer, which does not say which column a cell is of.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from iki.ingest.sources import find, parcels
from iki.terms import CELLS

ENVIRONMENT = {
    "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "OPENCV_FOR_THREADS_NUM": "1", "PYTHONDONTWRITEBYTECODE": "",
}  # fmt: skip
"""One thread; and modules stay compiled from one process to the next, as those of an installed package are."""
HERE = """
import json, sys
from pathlib import Path
import cv2
from iki import vocab
from iki.ingest import page, sources
from iki.ingest.form import sheets as form
from iki.ingest.ocr import engines
from iki.normalize import sheet as normalised
from iki.normalize.knowledge import Knowledge
cv2.setNumThreads(1)
path = Path(sys.argv[1])
reader = engines.load("auto")
pages = [page.read_page(sources.picture(parcel), reader) for parcel in sources.parcels(path)]
sheets = normalised.clean([form.assemble(path.name, "0" * 64, pages)], Knowledge.of(vocab.load()))
print(json.dumps([value.text for sheet in sheets for row in sheet.rows for value in row.values.values() if value.text]))
"""
PEER = """
import json, sys
import cv2
from img2table.document import PDF
from img2table.ocr import RapidOCR
cv2.setNumThreads(1)
ocr = RapidOCR(params={"EngineConfig.onnxruntime.intra_op_num_threads": 1,
                       "EngineConfig.onnxruntime.inter_op_num_threads": 1})
tables = PDF(sys.argv[1], detect_rotation=True).extract_tables(ocr=ocr)
cells = [cell.value for page in tables.values() for t in page for row in t.content.values() for cell in row]
print(json.dumps([cell for cell in cells if cell]))
"""


@dataclass
class Contender:
    """What one side has cost so far (CPU seconds) and which cells it has read in each file."""

    name: str
    seconds: float = 0.0
    cells: dict[str, set[str]] = field(default_factory=dict)

    def take(self, command: Sequence[str]) -> str:
        """Run a command on one thread, its CPU time on the account; what it printed."""
        before = _children()
        done = subprocess.run(command, env={**os.environ, **ENVIRONMENT}, capture_output=True, text=True, check=True)
        self.seconds += _children() - before
        return done.stdout


def _children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def squeezed(text: str) -> str:
    return " ".join(text.split())


def read(contender: Contender, path: Path, python: str, script: str) -> None:
    """Read the cells of one file with a script that prints them as JSON."""
    cells = json.loads(contender.take([python, "-c", script, str(path)]).splitlines()[-1])
    contender.cells[path.name] = {squeezed(cell) for cell in cells}


def gold_cells(gold: Path, places: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """(file, cell) of every filled cell of the gold sheets that some maps place."""
    sheets: dict[str, Any] = {s["sheet_id"]: s for s in json.loads(gold.read_text(encoding="utf-8"))}
    for path in places:
        for place in json.loads(path.read_text(encoding="utf-8")):
            for row in sheets[place["sheet_id"]]["rows"]:
                for column in CELLS:
                    if row.get(column):
                        yield place["berkas"], squeezed(row[column])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE", help="PDF files or folders of them")
    parser.add_argument("--peer", type=Path, required=True, help="interpreter with img2table and rapidocr")
    parser.add_argument("--gold", type=Path)
    parser.add_argument("--map", type=Path, nargs="*", default=[])
    given = parser.parse_args()
    here, there = Contender("iki"), Contender("img2table + RapidOCR")
    files = [source.path for source in find(given.sources) if source.path.suffix.lower() == ".pdf"]
    pages = sum(1 for path in files for _ in parcels(path))
    for path in files:
        read(here, path, sys.executable, HERE)
        read(there, path, str(given.peer), PEER)
    wanted = list(gold_cells(given.gold, given.map)) if given.gold else []
    table = Table("", "CPU s/page", "cells found to the letter", title=f"{len(files)} files, {pages} pages")
    for one in (here, there):
        hits = sum(cell in one.cells.get(name, set()) for name, cell in wanted)
        table.add_row(one.name, f"{one.seconds / pages:.2f}", f"{hits / len(wanted):.3f}" if wanted else "")
    Console().print(table)
    Console().print(f"ratio {here.seconds / there.seconds:.2f}")


if __name__ == "__main__":
    main()

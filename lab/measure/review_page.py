"""Time of the review page: ``python -m iki.lab.measure.review_page FOLDER [--sheets 1000]``.

The sheets that FOLDER (with its ledger, its scans where they were) holds are taken again and again, each time under new
names, until there are as many as wanted. Prints a Markdown table: how long the folder takes to open, and median and
slowest of 50 answers of the server, a decision with what makes it durable among them. Pictures are those of FOLDER.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median

from starlette.testclient import TestClient

from iki.batch.conversion import STATE
from iki.batch.ledger import Ledger
from iki.export import tables
from iki.export.schema import FileRow
from iki.lab.measure.formats import again
from iki.lab.measure.markdown import table
from iki.review.collection import Collection, Place
from iki.review.server import application
from iki.review.settling import Publisher, new_key
from iki.review.stories import readings

ANSWERS = 50
PORT, TOKEN = 8765, "lab"
HOME = f"http://127.0.0.1:{PORT}"


def timed(what: Callable[[], object]) -> float:
    """Milliseconds that a call takes."""
    start = time.perf_counter()
    what()
    return (time.perf_counter() - start) * 1000


def address(view: str, place: Place) -> str:
    return f"/{view}/{place.sheet_id}/{place.row}/{place.column}"


def opened(folder: Path) -> tuple[Collection, TestClient]:
    """The collection of a folder, and a client that is let in."""
    collection = Collection(folder)
    client = TestClient(
        application(collection, PORT, TOKEN, "lab", Publisher(collection)), HOME, follow_redirects=False
    )
    client.get("/", params={"token": TOKEN})
    return collection, client


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.review_page", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--sheets", type=int, default=1000)
    given = parser.parse_args()
    small, client = opened(given.folder)
    prepared = small.prepared
    if prepared is None:
        raise SystemExit("the folder has no ledger")
    crops = [timed(partial(client.get, address("potongan", place))) for place in small.doubts[:ANSWERS]]
    sheets, _ = again(list(readings(given.folder).sheets()), [], given.sheets)
    files = [FileRow(name, digest, 1, 1, "ok", "", 1.0) for name, digest in {s.file: s.sha256 for s in sheets}.items()]
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place, "tables")
        tables.write([*map(tables.rendered, sheets)], files, folder, {})
        Ledger(folder / STATE).__exit__()
        opening = timed(partial(Collection, folder))
        held, client = opened(folder)
        held.take(replace(prepared, sheets=sheets))
        doubts = list(islice(held.doubts, ANSWERS))

        def decide(value: Place) -> object:
            form = {"putusan": "confirmed", "teks": "", "tampak": held.text(value), "kunci": new_key()}
            return client.post(address("nilai", value), data=form, headers={"origin": HOME})

        start = [timed(partial(client.get, "/")) for _ in range(ANSWERS)]
        sheet = [timed(partial(client.get, f"/lembar/{d.sheet_id}")) for d in doubts]
        values = [timed(partial(client.get, address("nilai", d))) for d in doubts]
        decided = [timed(partial(decide, d)) for d in doubts]
        count = len(held.doubts)
    print(f"{len(sheets)} sheets, {count} values in doubt\n")
    rows = [["open the folder", f"{opening:.0f}", ""]]
    told = {"start page": start, "sheet": sheet, "value": values, "its picture": crops, "decision": decided}
    rows += [[name, f"{median(all_):.0f}", f"{max(all_):.0f}"] for name, all_ in told.items()]
    print(table(["", "ms", "slowest"], rows))


if __name__ == "__main__":
    main()

"""``python -m iki.bench.dump_certainty``: learn how likely the cells of dumps are whole, on generated dumps.

The dumps are as ``dump_regression`` makes them, of the agencies that the network has not learnt from, with templates,
scans and page segmentation modes drawn; logistic regression (ridge, Newton) over the features of
``ingest.dump.certainty``. ``--write`` replaces ``ingest/dump/certainty.json``; ``--cache`` is a folder that keeps the
dumps. The last of them are only measured on.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz

from iki.bench.dump_regression import Way, written
from iki.bench.dumps import HELD_OUT, drawn, plain_templates, table_lines, varied
from iki.bench.score import fill_down, paired
from iki.bench.synthetic.specimen import Order
from iki.ingest import dump
from iki.ingest.dump.body import body_lines
from iki.ingest.dump.certainty import MODEL, Features, Fitted, Said, features, words_of
from iki.ingest.dump.columns import COLUMNS, NAMES
from iki.ingest.dump.segmentation import Segment
from iki.ingest.dump.tables import Table, drafted, iterate
from iki.normalize.text import correct_lines

PROFILES = ("lowres", "photocopy", "rough", "office", "grey", "faded", "lowres", "rough")
MODES = (3, 3, 4, 6)
SEED, STEP = 7000, 100
"""Of the first dump's sheets, and from one dump to the next."""
ALIKE = 50.0
"""Likeness (0–100) from which a word read may be the printed one, however damaged."""
FAR = 10_000
"""Lines from one sheet to the next."""
RIDGE = 1.0
STEPS = 30


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Cell:
    features: Features
    whole: bool


def ways(count: int) -> Iterator[Way]:
    """How each dump came about."""
    rng = random.Random(5)
    for n in range(count):
        yield Way(
            HELD_OUT[n % len(HELD_OUT)], rng.choice(plain_templates()), PROFILES[n % len(PROFILES)], rng.choice(MODES)
        )


def dumps(count: int, sheets: int, cache: Path) -> Iterator[tuple[Path, list[dict[str, Any]]]]:
    """Dumps with their gold; ``cache`` keeps them."""
    (cache / "dumps").mkdir(parents=True, exist_ok=True)
    for n, way in enumerate(ways(count)):
        path, gold = cache / "dumps" / f"{n:02d}.txt", cache / f"{n:02d}.json"
        if not gold.exists():
            told = written(cache, way, SEED + STEP * n, sheets)
            (cache / f"{way.agency}.txt").rename(path)
            gold.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
        yield path, json.loads(gold.read_text(encoding="utf-8"))


def scattered(count: int, sheets: int) -> Iterator[tuple[list[Table], list[Sequence[Row]]]]:
    """Tables of dumps whose cells stand in pieces all over, with the rows that they should have: sheets laid out
    without a picture, torn into blocks, nearly without pipes and with letters damaged."""
    for n in range(count):
        rng = random.Random(f"scattered {n}")
        agency, template = rng.choice(HELD_OUT), rng.choice(plain_templates())
        echoing = rng.random()
        segments: list[Segment] = []
        gold: list[Sequence[Row]] = []
        for _ in range(sheets):
            order = Order(agency, template, "office", rng.randrange(1 << 20), echo=rng.random() < echoing)
            made = drawn(order, f"scattered {n} {order.seed}")
            lines = [
                replace(line, number=len(segments) * FAR + line.number) for line in table_lines(varied(made, rng, True))
            ]
            if lines:
                segments.append(Segment(tuple(lines)))
                gold.append(order.written().gold["rows"])  # type: ignore[arg-type]
        read = [body_lines(segment.lines) for segment in dump.corrected(segments, correct_lines)]
        yield dump.tables_of([drafted(lines) for lines in read]), gold


def cells(tables: Sequence[Table], gold: Sequence[Sequence[Row]]) -> Iterator[Cell]:
    """The cells of a dump's tables, paired with gold ones by the text of their rows."""
    said = Said.of(tables)
    for table, rows in zip(tables, gold, strict=True):
        wanted, _ = fill_down(rows)
        places = [(group, row, row, row) for row, group in iterate(table)]
        read = [{NAMES[c]: text_at(table, c, place[c]) for c in COLUMNS} for place in places]
        seen = set[tuple[int, int]]()  # a merged cell stands on several rows
        for g, p in paired(wanted, read):
            for c in COLUMNS:
                at = c, places[p][c]
                if at[1] >= 0 and at not in seen:
                    seen.add(at)
                    yield Cell(features(table, *at, said), whole(wanted[g][NAMES[c]], read[p][NAMES[c]]))


def text_at(table: Table, c: int, place: int) -> str:
    return " ".join(words_of(table.cells[c][place])) if place >= 0 else ""


def whole(printed: str, read: str) -> bool:
    """Whether a cell has the words that it should have, damaged or not, and no others."""
    a, b = ([w for w in text.split() if any(map(str.isalnum, w))] for text in (printed, read))
    return len(a) == len(b) and all(fuzz.ratio(x.lower(), y.lower()) >= ALIKE for x, y in zip(a, b, strict=True))


def learnt(some: Sequence[Cell]) -> dict[str, float]:
    """The weights of the features by regularised logistic regression."""
    names = sorted({name for cell in some for name in cell.features})
    x = matrix(some, names)
    y = np.array([cell.whole for cell in some], float)
    w = np.zeros(len(names))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        bent = x.T @ (x * (p * (1 - p))[:, None]) + RIDGE * np.eye(len(names))
        w += np.linalg.solve(bent, x.T @ (y - p) - RIDGE * w)
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True)}


def matrix(some: Sequence[Cell], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[cell.features.get(name, 0.0) for name in names] for cell in some])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.bench.dump_certainty", description=__doc__)
    parser.add_argument("--dumps", type=int, default=30)
    parser.add_argument("--scattered", type=int, default=40, help="dumps laid out without a picture")
    parser.add_argument("--sheets", type=int, default=7, help="sheets a dump")
    parser.add_argument("--held", type=int, default=6, help="dumps that are only measured on")
    parser.add_argument("--cache", type=Path, default=Path("out/certainty"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    found = []
    for path, sheets in dumps(given.dumps, given.sheets, given.cache):
        tables = dump.tables_in(path, correct_lines)
        if len(tables) == len(sheets):
            found.append(list(cells(tables, [sheet["rows"] for sheet in sheets])))
    held = [cell for of_dump in found[len(found) - given.held :] for cell in of_dump]
    found[len(found) - given.held :] = [list(cells(*made)) for made in scattered(given.scattered, given.sheets)]
    some = [cell for of_dump in found for cell in of_dump]
    counts = f"--dumps {given.dumps} --scattered {given.scattered} --sheets {given.sheets} --held {given.held}"
    source = f"python -m iki.bench.dump_certainty {counts} --write; {len(some)} cells"
    model = Fitted(learnt(some), source)
    for name, part in (("learnt from", some), ("held out", held)):
        chances = np.array([model.chance(cell.features) for cell in part])
        right = np.array([cell.whole for cell in part])
        loss = -np.log(np.where(right, chances, 1 - chances)).mean()
        print(f"{name}: {len(part)} cells, {right.mean():.3f} whole, mean chance {chances.mean():.3f}, {loss:.3f} nats")
        order = np.argsort(-chances)
        for share in (0.2, 0.4, 0.6):
            first = order[: round(share * len(part))]
            print(f"  of the surest {share:.0%} {right[first].mean():.3f} whole, said {chances[first].mean():.3f}")
    if given.write:
        MODEL.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")


if __name__ == "__main__":
    main()

"""``python -m iki.lab.train.dump_confidence``: learn how likely the cells of dumps are right, on generated dumps.

The dumps are as ``dump_regression`` makes them, of the agencies that the network has not learnt from, with templates,
scans and page segmentation modes drawn; logistic regression (ridge, Newton) over the features of
``ingest.dump.certainty``. ``--write`` replaces ``ingest/dump/confidence.json``; ``--cache`` is a folder that keeps the
dumps. The last of them are only measured on.
"""

from __future__ import annotations

import argparse
import json
import os
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from itertools import chain, repeat
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from iki.evaluate import fill_down, paired
from iki.ingest import dump
from iki.ingest.dump.body import body_lines
from iki.ingest.dump.cells import words_of
from iki.ingest.dump.columns import COLUMNS, NAMES
from iki.ingest.dump.confidence import MODEL, Features, Fitted, features
from iki.ingest.dump.context import DumpTally
from iki.ingest.dump.segmentation import Segment
from iki.ingest.dump.tables import DumpTable, TableDraft, iterate, rough
from iki.lab.measure.dump_regression import Way, written
from iki.lab.synthetic.specimen import Order
from iki.lab.train.dump_tables import HELD_OUT, drawn, plain_templates, table_lines, varied
from iki.language.line_correction import correct_lines

PROFILES = ("lowres", "photocopy", "rough", "office", "grey", "faded", "lowres", "rough")
MODES = (3, 3, 4, 6)
SEED, STEP = 7000, 100
"""Of the first dump's sheets, and from one dump to the next."""
FAR = 10_000
"""Lines from one sheet to the next."""
RIDGE = 1.0
STEPS = 30


Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class JudgedCell:
    features: Features
    right: bool


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


def read(path: Path, gold: Sequence[Row]) -> list[JudgedCell]:
    """The cells of a dump; none where not all of its sheets are found."""
    block = dump.prepare(list(dump.sheets_in(path)), correct_lines)
    drafts = [draft.table for draft in block.drafts]
    return list(cells(drafts, [sheet["rows"] for sheet in gold])) if len(drafts) == len(gold) else []


def scattered(n: int, sheets: int) -> list[JudgedCell]:
    """The cells of dump ``n`` of those whose cells stand in pieces all over: sheets laid out without a picture, torn
    into blocks, nearly without pipes and with letters damaged."""
    rng = random.Random(f"scattered {n}")
    agency, template = rng.choice(HELD_OUT), rng.choice(plain_templates())
    echoing, closing = rng.random(), rng.random()
    segments: list[Segment] = []
    gold: list[Sequence[Row]] = []
    for _ in range(sheets):
        order = Order(agency, template, "office", rng.randrange(1 << 20), echo=rng.random() < echoing)
        order = replace(order, closing=rng.random() < closing)
        made = drawn(order, f"scattered {n} {order.seed}")
        lines = [
            replace(line, number=len(segments) * FAR + line.number) for line in table_lines(varied(made, rng, True))
        ]
        if lines:
            segments.append(Segment(tuple(lines)))
            gold.append(order.written().gold["rows"])  # type: ignore[arg-type]
    found = [body_lines(segment.lines) for segment in dump.corrected(segments, correct_lines)]
    return list(cells([rough(lines) for lines in found], gold))


def cells(drafts: Sequence[TableDraft], gold: Sequence[Sequence[Row]]) -> Iterator[JudgedCell]:
    """The cells of a dump's tables, paired with gold ones by the text of their rows."""
    tally = DumpTally.of(draft.table for draft in drafts)
    for draft, rows in zip(drafts, gold, strict=True):
        table, said = dump.in_context(draft, tally)
        wanted, _ = fill_down(rows)
        places = [(group, row, row, row) for row, group in iterate(table)]
        read = [{NAMES[c]: text_at(table, c, place[c]) for c in COLUMNS} for place in places]
        seen = set[tuple[int, int]]()  # a merged cell stands on several rows
        for g, p in paired(wanted, read):
            for c in COLUMNS:
                at = c, places[p][c]
                if at[1] >= 0 and at not in seen:
                    seen.add(at)
                    yield JudgedCell(features(table, *at, said), right(wanted[g][NAMES[c]], read[p][NAMES[c]]))


def text_at(table: DumpTable, c: int, place: int) -> str:
    return " ".join(words_of(table.cells[c][place])) if place >= 0 else ""


def right(printed: str, read: str) -> bool:
    """Whether a cell says what it should; spaces, which wraps take and give, do not count."""
    return "".join(printed.split()) == "".join(read.split())


def learnt(some: Sequence[JudgedCell]) -> dict[str, float]:
    """The weights of the features by regularised logistic regression."""
    names = sorted({name for cell in some for name in cell.features})
    x = matrix(some, names)
    y = np.array([cell.right for cell in some], float)
    w = np.zeros(len(names))
    for _ in range(STEPS):
        p = 1 / (1 + np.exp(-x @ w))
        bent = x.T @ (x * (p * (1 - p))[:, None]) + RIDGE * np.eye(len(names))
        w += np.linalg.solve(bent, x.T @ (y - p) - RIDGE * w)
    return {name: round(float(value), 4) for name, value in zip(names, w, strict=True)}


def matrix(some: Sequence[JudgedCell], names: Sequence[str]) -> NDArray[np.float64]:
    return np.array([[cell.features.get(name, 0.0) for name in names] for cell in some])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.dump_confidence", description=__doc__)
    parser.add_argument("--dumps", type=int, default=30)
    parser.add_argument("--scattered", type=int, default=40, help="dumps laid out without a picture")
    parser.add_argument("--sheets", type=int, default=7, help="sheets a dump")
    parser.add_argument("--held", type=int, default=6, help="dumps that are only measured on")
    parser.add_argument("--cache", type=Path, default=Path("out/certainty"))
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    given = parser.parse_args()
    with ProcessPoolExecutor(given.jobs) as pool:
        found = list(pool.map(read, *zip(*dumps(given.dumps, given.sheets, given.cache), strict=True)))
        torn = list(pool.map(scattered, range(given.scattered), repeat(given.sheets)))
    held = list(chain.from_iterable(found[len(found) - given.held :]))
    some = list(chain.from_iterable([*found[: len(found) - given.held], *torn]))
    counts = f"--dumps {given.dumps} --scattered {given.scattered} --sheets {given.sheets} --held {given.held}"
    source = f"python -m iki.lab.train.dump_confidence {counts} --write; {len(some)} cells"
    model = Fitted(learnt(some), source)
    for name, part in (("learnt from", some), ("held out", held)):
        chances = np.array([model.chance(cell.features) for cell in part])
        correct = np.array([cell.right for cell in part])
        loss = -np.log(np.where(correct, chances, 1 - chances)).mean()
        print(
            f"{name}: {len(part)} cells, {correct.mean():.3f} right, mean chance {chances.mean():.3f}, {loss:.3f} nats"
        )
        order = np.argsort(-chances)
        for share in (0.2, 0.4, 0.6):
            first = order[: round(share * len(part))]
            print(f"  of the surest {share:.0%} {correct[first].mean():.3f} right, said {chances[first].mean():.3f}")
    if given.write:
        MODEL.write_bytes(msgspec.json.format(msgspec.json.encode(model), indent=1) + b"\n")


if __name__ == "__main__":
    main()

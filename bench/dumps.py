"""``python -m iki.bench.dumps``: learn the weights of dump tables on generated dumps, and measure on others.

Averaged structured perceptron (Collins, EMNLP 2002) over the lines of generated dumps, each line decided in the light
of the right cells before it. Most dumps are what Tesseract makes of generated scans, good and bad, in several of its
page segmentation modes, as they are and once more with stretches taken apart into blocks of columns; the others are
laid out without a picture. Sheets of agencies set aside are only measured on. ``--write`` replaces
``ingest/dump/weights.json``; ``--cache`` is a folder that keeps what Tesseract read.
"""

from __future__ import annotations

import argparse
import json
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

import msgspec
from rapidfuzz import fuzz

from iki.bench.synthetic.content import agencies
from iki.bench.synthetic.dumps import PAGE_END, DumpLine, DumpWord, Noise, Place, recognised, scattered, scrambled
from iki.bench.synthetic.specimen import Order
from iki.bench.synthetic.templates import TEMPLATES
from iki.ingest.dump.body import BodyLine, body_lines, paired
from iki.ingest.dump.columns import NAMES, STARTS, Cut, Widths
from iki.ingest.dump.features import WEIGHTS, Model, Weights
from iki.ingest.dump.lines import TextLine
from iki.ingest.dump.search import search, ways, widths_of
from iki.ingest.dump.state import State, after
from iki.ingest.dump.words import stem, tokens
from iki.vocab.labels import squeezed

HELD_OUT = ("dpmptsp", "rsud", "setwan")
"""Agencies whose sheets are never learnt from."""
PROFILES = (
    "office", "grey", "lowres", "lowres", "photocopy", "stamped", "faded", "folded", "rough", "rough", "fax", "clean",
    "worn",
)  # fmt: skip
MODES = (3, 3, 3, 4, 4, 6, 11)
"""Tesseract's page segmentation modes: automatic, one column, one block, sparse text."""
RESOLUTIONS = (None, None, 110.0, 130.0)
"""Resolutions (dpi) of the scans; ``None``: that of the profile."""
_SPARSE, _FIRST = 11, 1000
SAID = 50.0
"""Likeness (0–100) from which a word read in a cell is taken for one of its printed words."""
PLACES = {"no": 0, "sasaran": 0, "indikator": 1, "penjelasan": 2, "sumber_data": 3}


@dataclass(frozen=True, slots=True)
class LearnSettings:
    rounds: int = 2
    echoing: float = 0.65
    """Share (0–1) of sheets whose Penjelasan say the words of their Indikator again."""
    sparse: int = 3
    """One in so many of the dumps of sparse text is kept."""
    least_count: int = 12
    """Times a word must stand in the sheets for its log odds to be kept."""
    most_odds: float = 1.5
    """Log odds of a word are cut to this."""
    least_weight: float = 0.01
    """Weights nearer to zero are left out."""
    least_pairs: int = 6
    """Times two words must follow one another for the pair to be kept."""
    unmeasured: float = 0.25
    """Share (0–1) of sheets learnt without knowing the columns' widths, as in the search's first pass."""


@dataclass(frozen=True, slots=True)
class Example:
    """A line of a dump and its right cut; ``None`` where pieces stand out of column order."""

    line: BodyLine
    cuts: tuple[Cut, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """A dump of one generated sheet: its agency, how it came about, its lines, the model's column of each printed
    column, and the printed text of every cell (rows by printed columns, merged cells repeated)."""

    agency: str
    way: str
    lines: tuple[DumpLine, ...]
    columns: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


def recognised_dumps(count: int, cache: Path, settings: LearnSettings) -> Iterator[Made]:
    """What Tesseract reads on ``count`` generated sheets; ``cache`` keeps it. Few of them as scattered lines."""
    cache.mkdir(parents=True, exist_ok=True)
    for n in range(_FIRST, _FIRST + count):
        rng = random.Random(f"recognised2 {n}")
        order = Order(
            rng.choice(sorted(agencies())), rng.choice(_plain()), rng.choice(PROFILES), rng.randrange(1 << 20)
        )
        psm = rng.choice(MODES)
        order = replace(order, dpi=rng.choice(RESOLUTIONS), echo=rng.random() < settings.echoing)
        if psm == _SPARSE and n % settings.sparse:
            continue
        kept = cache / f"{n:04d}.json"
        if not kept.exists():
            lines = recognised(order.scanned(), psm)
            kept.write_text(json.dumps({"lines": [[(w.text, w.place) for w in line] for line in lines]}))
        stored = json.loads(kept.read_text())["lines"]
        lines = [
            tuple(DumpWord(t, tuple(p) if p else None) for t, p in line if t != PAGE_END[0].text) for line in stored
        ]
        yield _made(order, f"psm {psm}", lines)


def drawn_dumps(count: int, settings: LearnSettings) -> Iterator[Made]:
    """Dumps of ``count`` generated sheets laid out without a picture."""
    for n in range(count):
        rng = random.Random(f"drawn {n}")
        order = Order(rng.choice(sorted(agencies())), rng.choice(_plain()), "office", rng.randrange(1 << 20))
        order = replace(order, echo=rng.random() < settings.echoing)
        yield _made(order, "drawn", scrambled(order.written(), "across", f"drawn {n}", noise_of(rng)))


def apart(made: Made, seed: str) -> Made:
    """The same dump with stretches of its table taken apart into blocks."""
    return replace(made, way="blocks", lines=tuple(scattered(made.lines, seed)))


def _made(order: Order, way: str, lines: Sequence[DumpLine]) -> Made:
    form = order.written().form
    rows: list[tuple[str, ...]] = []
    for row in order.written().gold["rows"]:  # type: ignore[attr-defined]
        above = rows[-1] if rows else ("",) * len(form.columns)
        rows.append(tuple(before if row.get(key) is None else str(row[key])
                          for (key, _), before in zip(form.columns, above, strict=True)))  # fmt: skip
    return Made(str(order.agency), way, tuple(lines), tuple(PLACES[key] for key, _ in form.columns), tuple(rows))


def _plain() -> list[str]:
    """Templates without further columns."""
    return [name for name, t in TEMPLATES.items() if all(c.key in PLACES for c in t.columns)]


def noise_of(rng: random.Random) -> Noise:
    """Anything from a clean dump to a bad one."""
    return Noise(
        letters=rng.choice((0.0, 0.02, 0.05, 0.08, 0.1)), pipes=rng.choice((0.0, 0.1, 0.3)),
        lost=rng.choice((0.0, 0.02)), blank=rng.choice((0.0, 0.05, 0.2)), false_pipes=rng.choice((0.0, 0.01)),
        glued=rng.choice((0.0, 0.02)), split=rng.choice((0.0, 0.02)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Sheet:
    """The lines of a table with their right cuts, and the pairs of words that stand side by side in it."""

    agency: str
    examples: tuple[Example, ...]
    pairs: frozenset[str]

    @classmethod
    def of(cls, made: Made) -> Sheet:
        found = list(examples(made.lines, made.columns, made.rows))
        lines, pairs = paired([e.line for e in found])
        return cls(made.agency, tuple(replace(e, line=x) for e, x in zip(found, lines, strict=True)), pairs)

    @property
    def widths(self) -> Widths:
        return widths_of([e.line for e in self.examples], [e.cuts for e in self.examples])


def examples(lines: Sequence[DumpLine], columns: Sequence[int], rows: Sequence[Sequence[str]]) -> Iterator[Example]:
    """The lines of a table's body with their right cuts, those that are out of column order left out.

    ``rows`` are the printed texts of the cells: strokes and specks that were read as words have no place.
    """
    bodies = [i for i, line in enumerate(lines) if any(word.place for word in line)]
    if not bodies:
        return
    first = max(0, bodies[0] - 8)
    text = [TextLine(i, 1, " ".join(w.text for w in lines[i])) for i in range(first, bodies[-1] + 1)]
    found, _ = body_lines(text)
    begun: set[Place] = set()
    for line in found:
        places = placed(lines[line.line.number])
        if len(places) != len(line.words):
            continue
        told = [place if place and _says(word, rows[place[0]][place[1]]) else None
                for word, place in zip(line.words, places, strict=True)]  # fmt: skip
        if not any(told):
            continue
        cuts = list(_cuts([(p[0], columns[p[1]]) for p in _filled(told)], begun))
        order = [cut.column for cut in cuts]
        if order == sorted(set(order)):
            yield Example(line, tuple(cuts))


def told(made: Made) -> Made:
    """The dump with words out of place where they are not of the cell they stand in; those of a line with any word of a
    cell have the place of the word before them."""
    lines: list[DumpLine] = []
    for line in made.lines:
        places = [w.place if w.place and _says(w.text, made.rows[w.place[0]][w.place[1]]) else None for w in line]
        if any(places):
            first = next(p for p in places if p)
            filled = [first := p or first for p in places]
        else:
            filled = places
        lines.append(tuple(replace(w, place=p) for w, p in zip(line, filled, strict=True)))
    return replace(made, lines=tuple(lines))


def _says(word: str, cell: str) -> bool:
    """Whether a word as read is one of a cell's, however damaged."""
    plain = squeezed(word)
    return bool(plain) and max((fuzz.ratio(plain, squeezed(w)) for w in cell.split()), default=0.0) >= SAID


def placed(line: DumpLine) -> list[Place]:
    """The place of each of a line's words as the model sees them."""
    return [word.place for word in line for _ in tokens(word.text)[0]]


def _filled(places: Sequence[Place]) -> list[tuple[int, int]]:
    """Places with those of specks taken from the word before, else from the first that has one."""
    last = next(place for place in places if place)
    return [last := place or last for place in places]


def _cuts(places: Sequence[tuple[int, int]], begun: set[Place]) -> Iterator[Cut]:
    start = 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[start]:
            row, column = places[start]
            action = int((row, column) not in begun)
            begun.add((row, column))
            yield Cut(start, i, column, action)
            start = i


def word_odds(made: Iterable[Sheet], settings: LearnSettings) -> dict[str, tuple[float, float, float, float]]:
    """Log odds of each frequent word for the four columns, against its share over all of them."""
    counts = [Counter[str]() for _ in NAMES]
    for sheet in made:
        for example in sheet.examples:
            for cut in example.cuts:
                counts[cut.column].update(s for w in example.line.words[cut.start : cut.end] if (s := stem(w)))
    totals = [sum(c.values()) for c in counts]
    found = {}
    for word in sorted(set().union(*counts)):
        n = [c[word] for c in counts]
        if sum(n) < settings.least_count:
            continue
        share = [(k + 1) / (t + 4) for k, t in zip(n, totals, strict=True)]
        mean = sum(share) / len(share)
        odds = [max(-settings.most_odds, min(settings.most_odds, math.log(s / mean))) for s in share]
        found[word] = (round(odds[0], 2), round(odds[1], 2), round(odds[2], 2), round(odds[3], 2))
    return found


def word_pairs(made: Iterable[Sheet], settings: LearnSettings) -> list[str]:
    """Stems of words that often follow one another in a cell."""
    counts = Counter(
        f"{stem(a)} {stem(b)}"
        for sheet in made for e in sheet.examples for cut in e.cuts
        for a, b in pairwise(e.line.words[cut.start : cut.end]) if stem(a) and stem(b)
    )  # fmt: skip
    return sorted(pair for pair, n in counts.items() if n >= settings.least_pairs)


def learn(made: Sequence[Sheet], settings: LearnSettings) -> Model:
    """The model with averaged weights.

    Words are counted without the sheets of the agency that is being learnt from, so that the weights trust words no
    more than they deserve on sheets never seen.
    """
    w: dict[str, float] = {}
    models = {}
    for slug in sorted({sheet.agency for sheet in made}):
        others = [sheet for sheet in made if sheet.agency != slug]
        models[slug] = Model(w, word_odds(others, settings), frozenset(word_pairs(others, settings)))
    total: dict[str, float] = defaultdict(float)
    step = 0
    rng = random.Random("order")
    for round_ in range(settings.rounds):
        wrong = seen = 0
        for sheet in rng.sample(list(made), len(made)):
            model = models[sheet.agency]
            known = (0, 0, 0, 0) if rng.random() < settings.unmeasured else sheet.widths
            state = State(widest=known, pairs=sheet.pairs)
            for example in sheet.examples:
                step += 1
                seen += 1
                best = ways(model, example.line, state, 1)[0][1]
                if best != example.cuts and _allowed(example, state):
                    wrong += 1
                    for cuts, sign in ((example.cuts, 1.0), (best, -1.0)):
                        for name, value in model.features(example.line, cuts, state):
                            w[name] = w.get(name, 0.0) + sign * value
                            total[name] += step * sign * value
                state = after(state, example.line, example.cuts)
        print(f"round {round_ + 1}: {wrong / max(seen, 1):.3f} of {seen} lines cut wrong", flush=True)
    averaged = {name: value - total[name] / (step + 1) for name, value in w.items()}
    kept = {k: round(v, 3) for k, v in sorted(averaged.items()) if abs(v) >= settings.least_weight}
    return Model(kept, word_odds(made, settings), frozenset(word_pairs(made, settings)))


def _allowed(example: Example, state: State) -> bool:
    return all(cut.action == STARTS or state.row[cut.column] >= 0 for cut in example.cuts)


def measure(model: Model, made: Sequence[Sheet]) -> list[tuple[float, bool]]:
    """Each line's margin when whole sheets are searched, with whether it was cut right."""
    judged = []
    for sheet in made:
        found = search(model, [e.line for e in sheet.examples])
        judged += [(margin, cuts == e.cuts) for e, (cuts, margin) in zip(sheet.examples, found, strict=True)]
    return judged


def calibrated(judged: Sequence[tuple[float, bool]]) -> tuple[float, float]:
    """Temperature and bias of the logistic curve from margin to the chance of being right (Platt), by descent."""
    scale, bias = 0.1, 0.0
    for _ in range(400):
        ga = gb = 0.0
        for margin, ok in judged:
            miss = 1 / (1 + math.exp(-(scale * min(margin, 50.0) + bias))) - ok
            ga += miss * min(margin, 50.0)
            gb += miss
        scale, bias = max(scale - 0.02 * ga / len(judged), 1e-3), bias - 0.2 * gb / len(judged)
    return 1 / scale, bias


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.bench.dumps", description=__doc__)
    parser.add_argument("--sheets", type=int, default=400, help="sheets that Tesseract reads")
    parser.add_argument("--drawn", type=int, default=300, help="sheets laid out without a picture")
    parser.add_argument("--cache", type=Path, default=Path("out/dumps"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    settings = LearnSettings()
    read = list(recognised_dumps(given.sheets, given.cache, settings))
    made = [m for m in read if m.agency not in HELD_OUT]
    made += [apart(m, f"apart {n}") for n, m in enumerate(made)]
    drawn = [m for m in drawn_dumps(given.drawn, settings) if m.agency not in HELD_OUT]
    made += [m if n % 2 else apart(m, f"drawn {n}") for n, m in enumerate(drawn)]
    model = learn([sheet for m in made if (sheet := Sheet.of(m)).examples], settings)
    held = [m for m in read if m.agency in HELD_OUT]
    held += [apart(m, f"held {n}") for n, m in enumerate(held)]
    judged: list[tuple[float, bool]] = []
    for way in sorted({m.way for m in held}):
        mine = measure(model, [Sheet.of(m) for m in held if m.way == way])
        print(f"  {way}: {_share(mine):.3f} of {len(mine)} lines cut right", flush=True)
        judged += mine
    temperature, bias = calibrated(judged)
    print(f"held out: {_share(judged):.3f} of {len(judged)}; temperature {temperature:.2f}, bias {bias:.2f}")
    if given.write:
        source = (
            f"python -m iki.bench.dumps --sheets {given.sheets} --drawn {given.drawn} --write; "
            f"{_share(judged):.3f} of the lines of {', '.join(HELD_OUT)} cut right"
        )
        fitted = Weights(
            dict(model.w), dict(model.words), sorted(model.pairs), round(temperature, 3), round(bias, 3), source
        )
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(fitted), indent=1) + b"\n")


def _share(judged: Sequence[tuple[float, bool]]) -> float:
    return sum(right for _, right in judged) / max(len(judged), 1)


if __name__ == "__main__":
    main()

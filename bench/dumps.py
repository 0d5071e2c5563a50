"""``python -m iki.bench.dumps``: learn the weights of dump tables on generated dumps, and measure on others.

Averaged structured perceptron (Collins, EMNLP 2002) over the lines of generated dumps, each line decided in the light
of the right cells before it. Sheets of agencies set aside are only measured on. ``--write`` replaces
``ingest/dump/weights.json``.
"""

from __future__ import annotations

import argparse
import math
import random
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import msgspec

from iki.bench.synthetic.content import agencies
from iki.bench.synthetic.dumps import DumpLine, Noise, Place, Style, scrambled
from iki.bench.synthetic.specimen import Order
from iki.bench.synthetic.templates import TEMPLATES
from iki.ingest.dump.lines import TextLine
from iki.ingest.dump.rows import (
    NAMES,
    STARTS,
    WEIGHTS,
    BodyLine,
    Cut,
    Model,
    State,
    Weights,
    after,
    body_lines,
    search,
    stem,
    ways,
    widths,
)  # fmt: skip

HELD_OUT = ("dpmptsp", "rsud", "setwan")
"""Agencies whose sheets are never learnt from."""
STYLES: tuple[Style, ...] = ("across", "across", "mixed", "blocks")
PLACES = {"no": 0, "sasaran": 0, "indikator": 1, "penjelasan": 2, "sumber_data": 3}


@dataclass(frozen=True, slots=True)
class LearnSettings:
    rounds: int = 3
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


def noise_of(rng: random.Random) -> Noise:
    """Anything from a clean dump to a bad one."""
    return Noise(
        letters=rng.choice((0.0, 0.02, 0.05, 0.08)), pipes=rng.choice((0.0, 0.1, 0.3, 0.8)),
        lost=rng.choice((0.0, 0.02)), blank=rng.choice((0.0, 0.05, 0.3)), false_pipes=rng.choice((0.0, 0.004)),
    )  # fmt: skip


def sheets(slugs: Sequence[str], count: int, seed: str) -> Iterator[tuple[str, list[Example]]]:
    """Agency and lines of ``count`` generated sheets."""
    rng = random.Random(seed)
    plain = [name for name, t in TEMPLATES.items() if all(c.key in PLACES for c in t.columns)]
    for n in range(count):
        order = Order(rng.choice(slugs), rng.choice(plain), "office", rng.randrange(1 << 20))
        made = order.written()
        columns = [PLACES[key] for key, _ in made.form.columns]
        lines = scrambled(made, STYLES[n % len(STYLES)], f"{seed} {n}", noise_of(rng))
        yield str(order.agency), list(examples(lines, columns))


def examples(lines: Sequence[DumpLine], columns: Sequence[int]) -> Iterator[Example]:
    """The lines of a table's body with their right cuts, those that are out of column order left out."""
    bodies = [i for i, line in enumerate(lines) if any(word.place for word in line)]
    if not bodies:
        return
    first = max(0, bodies[0] - 8)
    text = [TextLine(i, 1, " ".join(w.text for w in lines[i])) for i in range(first, bodies[-1] + 1)]
    found, _ = body_lines(text)
    begun: set[Place] = set()
    for line in found:
        places = [w.place for w in lines[line.line.number] if w.text != "|"]
        if len(places) != len(line.words) or any(place is None for place in places):
            continue
        cuts = list(_cuts([(p[0], columns[p[1]]) for p in places if p], begun))
        order = [cut.column for cut in cuts]
        if order == sorted(set(order)):
            yield Example(line, tuple(cuts))


def _cuts(places: Sequence[tuple[int, int]], begun: set[Place]) -> Iterator[Cut]:
    start = 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[start]:
            row, column = places[start]
            action = int((row, column) not in begun)
            begun.add((row, column))
            yield Cut(start, i, column, action)
            start = i


def word_odds(
    made: Iterable[Sequence[Example]], settings: LearnSettings
) -> dict[str, tuple[float, float, float, float]]:
    """Log odds of each frequent word for the four columns, against its share over all of them."""
    counts = [Counter[str]() for _ in NAMES]
    for sheet in made:
        for example in sheet:
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


def word_pairs(made: Iterable[Sequence[Example]], settings: LearnSettings) -> list[str]:
    """Stems of words that often follow one another in a cell."""
    counts = Counter(
        f"{stem(a)} {stem(b)}"
        for sheet in made for e in sheet for cut in e.cuts
        for a, b in pairwise(e.line.words[cut.start : cut.end]) if stem(a) and stem(b)
    )  # fmt: skip
    return sorted(pair for pair, n in counts.items() if n >= settings.least_pairs)


def learn(made: Sequence[tuple[str, Sequence[Example]]], settings: LearnSettings) -> Model:
    """The model with averaged weights.

    Words are counted without the sheets of the agency that is being learnt from, so that the weights trust words no
    more than they deserve on sheets never seen.
    """
    w: dict[str, float] = {}
    models = {}
    for slug in sorted({slug for slug, _ in made}):
        others = [sheet for other, sheet in made if other != slug]
        models[slug] = Model(w, word_odds(others, settings), frozenset(word_pairs(others, settings)))
    total: dict[str, float] = defaultdict(float)
    step = 0
    rng = random.Random("order")
    for round_ in range(settings.rounds):
        wrong = seen = 0
        for slug, sheet in rng.sample(list(made), len(made)):
            model = models[slug]
            known = widths([e.line for e in sheet], [e.cuts for e in sheet])
            state = State() if rng.random() < settings.unmeasured else State(widest=known)
            for example in sheet:
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
    everything = [sheet for _, sheet in made]
    return Model(kept, word_odds(everything, settings), frozenset(word_pairs(everything, settings)))


def _allowed(example: Example, state: State) -> bool:
    return all(cut.action == STARTS or state.row[cut.column] >= 0 for cut in example.cuts)


def measure(model: Model, made: Sequence[tuple[str, Sequence[Example]]]) -> tuple[float, list[tuple[float, bool]]]:
    """The share of lines cut right when whole sheets are searched, and each line's margin with whether it is right."""
    judged = []
    for _, sheet in made:
        for example, (cuts, margin) in zip(sheet, search(model, [e.line for e in sheet]), strict=True):
            judged.append((margin, cuts == example.cuts))
    return sum(ok for _, ok in judged) / max(len(judged), 1), judged


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
    parser.add_argument("--sheets", type=int, default=150)
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    settings = LearnSettings()
    slugs = [slug for slug in sorted(agencies()) if slug not in HELD_OUT]
    made = list(sheets(slugs, given.sheets, "learn"))
    model = learn(made, settings)
    held = list(sheets(HELD_OUT, max(given.sheets // 6, 8), "held out"))
    right, judged = measure(model, held)
    temperature, bias = calibrated(judged)
    print(f"held out: {right:.3f} of {len(judged)} lines cut right; temperature {temperature:.2f}, bias {bias:.2f}")
    for style in dict.fromkeys(STYLES):
        mine = [s for n, s in enumerate(held) if STYLES[n % len(STYLES)] == style]
        print(f"  {style}: {measure(model, mine)[0]:.3f}")
    if given.write:
        source = f"python -m iki.bench.dumps --sheets {given.sheets} --write; {right:.3f} of lines of {HELD_OUT} right"
        fitted = Weights(
            dict(model.w), dict(model.words), sorted(model.pairs), round(temperature, 3), round(bias, 3), source
        )
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(fitted), indent=1) + b"\n")


if __name__ == "__main__":
    main()

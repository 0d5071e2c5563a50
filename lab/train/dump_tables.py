"""``python -m iki.lab.train.dump_tables``: learn the weights of dump tables on generated dumps, and measure on others.

Averaged structured perceptron (Collins, EMNLP 2002) over the lines of generated dumps, each line decided in the light
of the cells before it: the right ones at first, then as often its own. Most dumps are what Tesseract makes of generated
scans, good and bad, in several of its page segmentation modes, as they are and once more with stretches taken apart
into blocks of columns; the others are laid out without a picture or composed in letters. All are of agencies that the
network has not learnt from, one of which is only measured on. ``--write`` replaces ``ingest/dump/weights.json``;
``--cache`` is a folder that keeps what Tesseract read.
"""

from __future__ import annotations

import argparse
import json
import random
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

import msgspec
import numpy as np
from rapidfuzz import fuzz

from iki.ingest.dump.body import BodyLine, body_lines, paired, spelt
from iki.ingest.dump.columns import COLUMNS, STARTS, Cut
from iki.ingest.dump.context import DumpTally
from iki.ingest.dump.decoder import LineScores, best_cut, piece_in, search
from iki.ingest.dump.features import CLEAR, WEIGHTS, PieceModel, Weights
from iki.ingest.dump.rough import rough_cuts, widths_of
from iki.ingest.dump.state import State, after
from iki.ingest.dump.tables import assembled
from iki.ingest.dump.tagger import tagged
from iki.ingest.dump.words import tokens
from iki.ingest.sources.text_stream import StreamLine
from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.dumps import (
    PAGE_END,
    DumpLine,
    DumpWord,
    Noise,
    damaged,
    recognised,
    reworded,
    ruled,
    scrambled,
    torn,
)
from iki.lab.synthetic.specimen import Order
from iki.lab.synthetic.tables import composed
from iki.lab.synthetic.templates import TEMPLATES
from iki.vocab.labels import squeezed

HELD_OUT = ("dpmptsp", "rsud", "setwan")
"""Agencies whose sheets the network never learns from."""
MEASURED = ("setwan",)
"""Those of them whose sheets the weights are not learnt from either. They are learnt from the others': of what the
network has learnt from it is surer than it can be of new sheets (stacking: Wolpert, Neural Networks 1992)."""
PROFILES = (
    "office", "grey", "lowres", "lowres", "photocopy", "stamped", "faded", "folded", "rough", "rough", "fax", "clean",
    "worn",
)  # fmt: skip
MODES = (3, 3, 3, 4, 4, 6, 11)
"""Tesseract's page segmentation modes: automatic, one column, one block, sparse text."""
RESOLUTIONS = (None, None, 110.0, 130.0)
"""Resolutions (dpi) of the scans; ``None``: that of the profile."""
_SPARSE, _FIRST = 11, 1000
REWORDED, TORN, HARSH_PIPES = 0.35, 0.5, 0.05
"""Share (0–1) of dumps that are learnt in other words, and in blocks; share of column boundaries with a pipe."""
STRAYED, STRAYS, STRAY_FAR = 0.4, (1, 2, 3, 5), 6
"""Share (0–1) of dumps with strayed parts of cells, how many, and how many lines they stand off at most."""
SPECKED = (0.0, 0.0, 0.01, 0.03)
"""Shares (0–1) of words with a speck behind them."""
SPECKS = ("e", "i", "il", "o", "=", "—", "-", ".", ":", "~", "'", "_", "»", "==", "f", "!")
BEFORE = 8
"""Lines before a table that are looked through for its headings."""
SAID = 50.0
"""Likeness (0–100) from which a word read in a cell is taken for one of its printed words."""
PLACES = {"no": 0, "sasaran": 0, "indikator": 1, "penjelasan": 2, "sumber_data": 3}


@dataclass(frozen=True, slots=True)
class TrainSettings:
    rounds: int = 3
    own: float = 0.5
    """Share (0–1) of lines, from the second round on, after which it goes on from its own cut, right or wrong: so it
    learns to find its way back (dataset aggregation: Ross, Gordon & Bagnell, AISTATS 2011)."""
    echoing: float = 0.65
    """Share (0–1) of sheets whose Penjelasan say the words of their Indikator again."""
    closing: float = 0.5
    """Share (0–1) of sheets laid out without a picture whose Sasaran end with a standard phrase."""
    sparse: int = 3
    """One in so many of the dumps of sparse text is kept."""
    held: int = 14
    """Sheets of each kind that are measured on."""
    shapes: int = 2
    """Times that a sheet is learnt from, each time in another shape."""
    harsh: float = 0.5
    """Share (0–1) of them with nearly no pipes and no other words."""
    tagger: float = 4.0
    """Weight of what the network says of a word (log probability), in updates of the other weights."""
    least_weight: float = 0.01
    """Weights nearer to zero are left out."""
    siblings: tuple[int, ...] = (0, 0, 1, 2, 4)
    """Sheets of the same agency that are told with a sheet."""
    unmeasured: float = 0.25
    """Share (0–1) of sheets learnt without knowing the columns' widths, as in the search's first pass."""


@dataclass(frozen=True, slots=True)
class Made:
    """A dump of one generated sheet: its agency, how it came about, its lines, the model's column of each printed
    column, and the printed text of every cell (rows by printed columns, merged cells repeated)."""

    agency: str
    way: str
    lines: tuple[DumpLine, ...]
    columns: tuple[int, ...]
    rows: tuple[tuple[str, ...], ...]


def recognised_dumps(
    count: int, cache: Path, settings: TrainSettings, of: Container[str] | None = None
) -> Iterator[Made]:
    """What Tesseract reads on ``count`` generated sheets, or those of them that are sheets ``of`` some agencies;
    ``cache`` keeps it. Few of them as scattered lines."""
    cache.mkdir(parents=True, exist_ok=True)
    for n in range(_FIRST, _FIRST + count):
        rng = random.Random(f"recognised2 {n}")
        order = Order(
            rng.choice(sorted(agencies())), rng.choice(plain_templates()), rng.choice(PROFILES), rng.randrange(1 << 20)
        )
        psm = rng.choice(MODES)
        order = replace(order, dpi=rng.choice(RESOLUTIONS), echo=rng.random() < settings.echoing)
        if (psm == _SPARSE and n % settings.sparse) or (of is not None and order.agency not in of):
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


CLEAN = Noise(0, 0, 0, 0, 0, 0, 0, 0)


def drawn_dumps(count: int, settings: TrainSettings) -> Iterator[Made]:
    """Dumps of ``count`` generated sheets laid out without a picture."""
    for n in range(count):
        rng = random.Random(f"drawn {n}")
        order = Order(rng.choice(sorted(agencies())), rng.choice(plain_templates()), "office", rng.randrange(1 << 20))
        order = replace(order, echo=rng.random() < settings.echoing, closing=rng.random() < settings.closing)
        yield drawn(order, f"drawn {n}")


def composed_dumps(count: int, without: Iterable[str], seed: str, spoken: float | None = None) -> Iterator[Made]:
    """Dumps of ``count`` tables composed of the words of all agencies but those ``without`` and of general language, or
    a share of ``spoken`` (0–1) of it."""
    away = frozenset(without)
    for n in range(count):
        rng = random.Random(f"{seed} {n}")
        lines = composed(rng, away) if spoken is None else composed(rng, away, spoken)
        yield Made("", "composed", tuple(lines), tuple(PLACES.values()), ())


def varied(made: Made, rng: random.Random, harsh: bool = False, strays: float = STRAYED) -> list[DumpLine]:
    """The lines of a dump in another shape each time: fewer pipes, other words, other damage, torn into blocks;
    ``harsh``: nearly no pipes and no other words; ``strays``: share (0–1) of dumps with strayed parts of cells."""
    pipes = HARSH_PIPES if harsh else rng.choice((0.0, 0.0, 0.0, 0.1, 0.3, 0.6))
    printed = not made.way.startswith("psm")
    lines = [tuple(ruled(line, rng, pipes, printed)) for line in made.lines]
    if not harsh and rng.random() < REWORDED:
        lines = reworded(lines, rng)
    if printed:
        lines = damaged(lines, rng, replace(noise_of(rng), blank=rng.choice((0.0, 0.0, 0.05, 0.1))))
        lines = specked(lines, rng, rng.choice(SPECKED))
    lines = torn(lines, rng) if rng.random() < TORN else lines
    return strayed(lines, rng, rng.choice(STRAYS)) if rng.random() < strays else lines


def strayed(lines: Sequence[DumpLine], rng: random.Random, count: int) -> list[DumpLine]:
    """The lines with the words of one column taken out of a few of them, to stand by themselves as a block somewhat
    above or below: so do layout analyses that take a part of a cell for a paragraph of its own."""
    done = list(lines)
    for _ in range(count):
        body = [i for i, line in enumerate(done) if any(word.place for word in line)]
        if not body:
            break
        first = rng.choice(body)
        column = rng.choice([word.place[1] for word in done[first] if word.place])
        block: list[DumpLine] = []
        for i in range(first, min(first + rng.choice((1, 1, 2, 3)), len(done))):
            block.append(tuple(w for w in done[i] if w.place and w.place[1] == column))
            done[i] = tuple(w for w in done[i] if not (w.place and w.place[1] == column))
        at = min(max(first + rng.randint(-STRAY_FAR, STRAY_FAR), body[0]), body[-1])
        empty: DumpLine = ()
        around = [empty] if rng.random() < STRAYED else []
        done[at:at] = [*around, *(part for part in block if part), *around]
    return done


def specked(lines: Sequence[DumpLine], rng: random.Random, share: float) -> list[DumpLine]:
    """The lines with specks read as signs after a ``share`` (0–1) of the words."""
    done = []
    for line in lines:
        signs = [(w, replace(w, text=rng.choice(SPECKS))) if rng.random() < share else (w,) for w in line]
        done.append(tuple(word for some in signs for word in some))
    return done


def drawn(order: Order, seed: str) -> Made:
    """The dump of a sheet laid out without a picture."""
    return _made(order, "drawn", scrambled(order.written(), "across", seed, CLEAN))


def _made(order: Order, way: str, lines: Sequence[DumpLine]) -> Made:
    form = order.written().form
    rows: list[tuple[str, ...]] = []
    for row in order.written().gold["rows"]:  # type: ignore[attr-defined]
        above = rows[-1] if rows else ("",) * len(form.columns)
        rows.append(tuple(before if row.get(key) is None else str(row[key])
                          for (key, _), before in zip(form.columns, above, strict=True)))  # fmt: skip
    return Made(str(order.agency), way, tuple(lines), tuple(PLACES[key] for key, _ in form.columns), tuple(rows))


def plain_templates() -> list[str]:
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
class TrainingSheet:
    """The lines of a table with their right cuts (none where pieces stand out of column order)."""

    agency: str
    way: str
    lines: tuple[BodyLine, ...]
    cuts: tuple[tuple[Cut, ...], ...]

    @classmethod
    def of(cls, made: Made, lines: Sequence[DumpLine] | None = None) -> TrainingSheet:
        body, words = body_of(made.lines if lines is None else lines)
        begun: set[tuple[int, int]] = set()
        cuts = []
        for line in words:
            places = [(word.place[0], made.columns[word.place[1]]) if word.place else None for word in line]
            mine = tuple(_cuts([p for p in places if p], begun)) if places and all(places) else ()
            order = [cut.column for cut in mine]
            cuts.append(mine if order == sorted(set(order)) else ())
        return cls(made.agency, made.way, tuple(body), tuple(cuts))


def body_of(lines: Sequence[DumpLine]) -> tuple[list[BodyLine], list[DumpLine]]:
    """The lines of a dump's table as the model sees them, and their words as read with their places."""
    found = body_lines(table_lines(lines))
    return spelt(found), [placed(line.words, lines[line.line.number]) for line in found]


def placed(words: Sequence[str], printed: DumpLine) -> DumpLine:
    """The words of a line as the model sees them, with the places of those they were read from: a stroke that parts
    columns by itself may be a one beside others (``|`` in ``semester | dan II``)."""
    read = iter([DumpWord(t, w.place) for w in printed for t in tokens(w.text)[0] or (w.text,)])
    return tuple(next(w for w in read if w.text.strip("|") == word.strip("|")) for word in words)


def table_lines(lines: Sequence[DumpLine]) -> list[StreamLine]:
    """The text of a dump's table and of a few lines before it."""
    at = [i for i, line in enumerate(lines) if any(word.place for word in line)]
    first, last = (max(0, at[0] - BEFORE), at[-1]) if at else (0, -1)
    return [StreamLine(i, 1, " ".join(w.text for w in lines[i])) for i in range(first, last + 1)]


def told(made: Made) -> Made:
    """The dump with words out of place where they are not of the cell they stand in; those of a line with any word of a
    cell have the place of the word before them."""
    lines: list[DumpLine] = []
    for line in made.lines:
        places = [w.place if w.place and _says(w.text, made.rows[w.place[0]][w.place[1]]) else None for w in line]
        if any(places):
            first = next(p for p in places if p)
            places = [first := p or first for p in places]
        lines.append(tuple(replace(w, place=p) for w, p in zip(line, places, strict=True)))
    return replace(made, lines=tuple(lines))


def _says(word: str, cell: str) -> bool:
    """Whether a word as read is one of a cell's, however damaged."""
    plain = squeezed(word)
    return bool(plain) and max((fuzz.ratio(plain, squeezed(w)) for w in cell.split()), default=0.0) >= SAID


def _cuts(places: Sequence[tuple[int, int]], begun: set[tuple[int, int]]) -> Iterator[Cut]:
    start = 0
    for i in range(1, len(places) + 1):
        if i == len(places) or places[i] != places[start]:
            row, column = places[start]
            action = int((row, column) not in begun)
            begun.add((row, column))
            yield Cut(start, i, column, action)
            start = i


def learn(made: Sequence[TrainingSheet], settings: TrainSettings) -> PieceModel:
    """The model with averaged weights; that of the network's word stays as it is and is the measure of all others."""
    w: dict[str, float] = {"tagger": settings.tagger}
    model = PieceModel(w)
    total: dict[str, float] = defaultdict(float)
    step = 0
    rng = random.Random("order")
    prepared = []
    for sheet in made:
        known = (0, 0, 0, 0) if rng.random() < settings.unmeasured else widths_of(sheet.lines, sheet.cuts)
        elsewhere = siblings(sheet, made, rng, settings)
        lines, pairs = paired(tagged(sheet.lines, known), elsewhere)
        prepared.append((lines, sheet.cuts, State(widest=known, pairs=pairs, elsewhere=elsewhere)))
    for round_ in range(settings.rounds):
        wrong = seen = 0
        for lines, right, begin in rng.sample(prepared, len(prepared)):
            state = begin
            for line, cuts in zip(lines, right, strict=True):
                step += 1
                best = best_cut(LineScores(model, line), state)[1]
                if not cuts or not _allowed(cuts, state):
                    state = after(state, line, cuts or best)
                    continue
                seen += 1
                if best != cuts:
                    wrong += 1
                    for some, sign in ((cuts, 1.0), (best, -1.0)):
                        for name, value in model.features(line, some, state):
                            if name != "tagger":
                                w[name] = w.get(name, 0.0) + sign * value
                                total[name] += step * sign * value
                astray = round_ > 0 and rng.random() < settings.own
                state = after(state, line, best if astray else cuts)
        print(f"round {round_ + 1}: {wrong / max(seen, 1):.3f} of {seen} lines cut wrong", flush=True)
    averaged = {name: value - total[name] / (step + 1) for name, value in w.items()}
    return PieceModel({k: round(v, 3) for k, v in sorted(averaged.items()) if abs(v) >= settings.least_weight})


def siblings(
    sheet: TrainingSheet, made: Sequence[TrainingSheet], rng: random.Random, settings: TrainSettings
) -> Mapping[str, int]:
    """The pairs of words in a few sheets of the same agency with their columns, as if they stood in one dump."""
    others = [other for other in made if other.agency == sheet.agency and other is not sheet]
    some = rng.sample(others, min(rng.choice(settings.siblings), len(others))) if sheet.agency else []
    return DumpTally.of(assembled(other.lines, other.lines, other.cuts) for other in some).columns()


def _allowed(cuts: Sequence[Cut], state: State) -> bool:
    return all(cut.action == STARTS or state.row[cut.column] >= 0 for cut in cuts)


class ScoredCuts(NamedTuple):
    """A column's piece of a line: its margin, whether the draft has it too, whether there is none, and whether it is
    right."""

    margin: float
    agreed: bool
    absent: bool
    right: bool


def measure(model: PieceModel, made: Iterable[TrainingSheet]) -> tuple[list[bool], list[ScoredCuts]]:
    """Whether each line is cut right when whole sheets are searched, and its columns' pieces."""
    lines: list[bool] = []
    pieces: list[ScoredCuts] = []
    for sheet in made:
        rough, known = rough_cuts(sheet.lines)
        found = search(model, sheet.lines, known)
        for right, draft, (cuts, margins) in zip(sheet.cuts, rough, found, strict=True):
            if not right:
                continue
            lines.append(cuts == right)
            for c in COLUMNS:
                mine = piece_in(c, cuts)
                judged = ScoredCuts(margins[c], mine == piece_in(c, draft), mine is None, mine == piece_in(c, right))
                pieces.append(judged)
    return lines, pieces


def calibrated(judged: Sequence[ScoredCuts]) -> tuple[float, float, float, float]:
    """What margin, the draft's agreement, absence and nothing at all are worth in log odds (Platt, 1999), by Newton."""
    seen = np.array([[min(j.margin, CLEAR), j.agreed, j.absent, 1.0] for j in judged], float)
    right = np.array([j.right for j in judged], float)
    fitted = np.zeros(seen.shape[1])
    for _ in range(20):
        chance = 1 / (1 + np.exp(-seen @ fitted))
        bent = seen.T @ (seen * (chance * (1 - chance))[:, None]) + 1e-6 * np.eye(len(fitted))
        fitted += np.linalg.solve(bent, seen.T @ (right - chance))
    margin, agreed, absent, bias = (round(float(x), 4) for x in fitted)
    return margin, agreed, absent, bias


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.dump_tables", description=__doc__)
    parser.add_argument("--sheets", type=int, default=400, help="sheets that Tesseract reads")
    parser.add_argument("--drawn", type=int, default=300, help="sheets laid out without a picture")
    parser.add_argument("--composed", type=int, default=100, help="tables laid out in letters")
    parser.add_argument("--cache", type=Path, default=Path("out/dumps"))
    parser.add_argument("--write", action="store_true")
    given = parser.parse_args()
    settings = TrainSettings()
    read = [told(m) for m in recognised_dumps(given.sheets, given.cache, settings, HELD_OUT)]
    rng = random.Random("varied")
    ours = frozenset(HELD_OUT) - frozenset(MEASURED)
    others = frozenset(agencies()) - frozenset(HELD_OUT)
    made = [m for m in (*read, *drawn_dumps(given.drawn, settings)) if m.agency in ours] * settings.shapes
    made += composed_dumps(given.composed, others | frozenset(MEASURED), "learnt", spoken=0.0)
    held = [m for m in read if m.agency in MEASURED][: settings.held]
    held += composed_dumps(settings.held, others | ours, "held out", spoken=0.0)
    model = learn(
        [TrainingSheet.of(m, varied(m, rng, rng.random() < settings.harsh, strays=0.0)) for m in made], settings
    )
    lines: list[bool] = []
    pieces: list[ScoredCuts] = []
    for way in sorted({m.way for m in held}):
        mine, parts = measure(
            model, [TrainingSheet.of(m, varied(m, rng, harsh=True, strays=0.0)) for m in held if m.way == way]
        )
        print(f"  {way}: {_share(mine):.3f} of {len(mine)} lines cut right", flush=True)
        lines += mine
        pieces += parts
    chances = calibrated(pieces)
    print(f"held out: {_share(lines):.3f} of {len(lines)}; margin, agreed, absent, bias {chances}")
    if given.write:
        source = (
            f"python -m iki.lab.train.dump_tables --sheets {given.sheets} --drawn {given.drawn} "
            f"--composed {given.composed} "
            f"--write; {_share(lines):.3f} of the lines of {', '.join(MEASURED)} cut right"
        )
        fitted = Weights(dict(model.w), *chances, source)
        WEIGHTS.write_bytes(msgspec.json.format(msgspec.json.encode(fitted), indent=1) + b"\n")


def _share(right: Sequence[bool]) -> float:
    return sum(right) / max(len(right), 1)


if __name__ == "__main__":
    main()

"""``python -m iki.lab.measure.correction PAIRS``: what each layer of ``iki correct`` adds, line by line.

``PAIRS`` come from ``python -m iki.lab.train.reading_pairs --held-out``: real readings of bad pages of agencies that
lent no word to anything. Told are the word error rate, the share of errors that are gone, of right words that were
broken, and of words that are changed when the printed text itself is corrected.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from rapidfuzz.distance import Levenshtein
from rich.console import Console
from rich.table import Table

from iki import vocab
from iki.lab.train.reading_pairs import load
from iki.language import channel, lexicon
from iki.language.channel import Channel
from iki.language.cleanup import tidied
from iki.language.lexicon import Lexicon
from iki.language.line_correction import DEFAULT, CorrectionSettings, correct_lines
from iki.language.word_model import DEFAULT as SPEECH


@dataclass(frozen=True, slots=True)
class Layer:
    """All that corrects up to and with this layer; without a lexicon only stray marks go."""

    name: str
    words: Lexicon | None
    table: Channel
    settings: CorrectionSettings

    def corrected(self, lines: Sequence[str]) -> list[str]:
        if self.words is None:
            return [tidied(line, lexicon.load()) for line in lines]
        return correct_lines(lines, self.words, self.table, self.settings)


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares (0–1) of words."""

    raw: float
    clean: float
    fixed: float
    broken: float


def layers() -> Iterator[Layer]:
    """The layers in their order, each on top of those before it."""
    whole = vocab.load()
    bare = replace(whole, posts=(), offices=(), abbreviations={}, terms=(), phrases=(), labels=())
    short = replace(bare, abbreviations=whole.abbreviations)
    alone = replace(SPEECH, batch=0.0, pair=1e6, phrase=0.0, repeated=10**6)
    once = replace(DEFAULT, rounds=1, speech=alone)
    listed = lexicon.listed()
    flat, counted = Channel({}), channel.standard()
    yield Layer("stray marks, ranks, labels", None, flat, once)
    general = partial(Layer, settings=once)
    yield general("frequent words, any letter for any other", lexicon.build(bare, ()), flat)
    yield general("table of confusions", lexicon.build(bare, ()), counted)
    yield general("Tesseract's words", lexicon.build(bare, listed), counted)
    yield general("abbreviations", lexicon.build(short, listed), counted)
    yield general("the other vocabulary", lexicon.load(), counted)
    yield Layer("words beside it, here and on other lines", lexicon.load(), counted, replace(DEFAULT, rounds=1))
    yield Layer("second round, with the text's own confusions", lexicon.load(), counted, DEFAULT)


def figures(gold: Sequence[str], raw: Sequence[str], clean: Sequence[str]) -> Figures:
    """Word error rates before and after, share of errors fixed and of right words broken."""
    words = before = after = wrong = right = fixed = broken = 0
    for g, r, c in zip((t.split() for t in gold), (t.split() for t in raw), (t.split() for t in clean), strict=True):
        was, now = _kept(g, r), _kept(g, c)
        words += len(g)
        before += Levenshtein.distance(g, r)
        after += Levenshtein.distance(g, c)
        wrong += len(g) - len(was)
        right += len(was)
        fixed += len(now - was)
        broken += len(was - now)
    return Figures(before / words, after / words, fixed / max(wrong, 1), broken / max(right, 1))


def _kept(gold: Sequence[str], got: Sequence[str]) -> set[int]:
    lost = {op.src_pos for op in Levenshtein.editops(gold, got) if op.tag != "insert"}
    return set(range(len(gold))) - lost


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.correction", description=__doc__)
    parser.add_argument("pairs", type=Path)
    pairs = [pair for _, pair in load(parser.parse_args().pairs)]
    raw, gold = [pair.read for pair in pairs], [pair.printed for pair in pairs]
    words = sum(len(line.split()) for line in raw)
    table = Table(
        "up to this layer", "wer", "fixed", "broken", "printed changed", "words/CPU s", title=f"{words} words"
    )
    told = figures(gold, raw, raw)
    table.add_row("as read", f"{told.raw:.3f}", "", "", "", "")
    for layer in layers():
        start = time.process_time()
        clean = layer.corrected(raw)
        seconds = time.process_time() - start
        told = figures(gold, raw, clean)
        changed = figures(gold, gold, layer.corrected(gold)).clean
        row = f"{told.clean:.3f}", f"{told.fixed:.3f}", f"{told.broken:.4f}", f"{changed:.4f}", f"{words / seconds:.0f}"
        table.add_row(layer.name, *row)
    Console().print(table)


if __name__ == "__main__":
    main()

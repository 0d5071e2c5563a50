"""``python -m iki.lab.train.confusions PAIRS``: count confusions on pages and write ``language/confusions.tsv`` anew.

``PAIRS`` come from ``python -m iki.lab.train.reading_pairs``. A confusion's chance is that within a damaged word: its
share of the sightings of the letter in the pairs, mixed with the chance set by hand, which stays in the file beside it.
One that nobody set is written if it was seen a few times.
"""

from __future__ import annotations

import argparse
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import Levenshtein

from iki.lab.train.reading_pairs import Pair, load
from iki.language.channel import DEFAULT, FILE, Confusion, counted

HEAD = """\
# What OCR engines read for what was printed. One a line: printed, read, cost in nats (-ln of its chance in a damaged
# word), the cost set by hand from the shapes of Latin type (if any), sightings. An empty text: nothing stood there.
# Words are compared in small letters; lines in capitals hold for words and abbreviations in capitals.
# Source: counted by lab/train/confusions.py on pages the project renders and Tesseract reads, in equal shares with
# what was set by hand, since no generator has all typefaces, scanners and programs. Licence: Apache-2.0
"""
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class CountSettings:
    prior: float = 0.5
    """Share (0–1) of a chance set by hand, for letters seen often."""
    sightings: float = 60.0
    """Sightings of a letter in damaged words that it is worth at least."""
    least: int = 4
    """Sightings from which a confusion without such a cost is written."""
    alike: float = 0.45
    """Least share of letters (0–1) that a word read has in common with the word printed."""
    dearest: float = 6.4
    """Nats from which a confusion is not worth a line: any letter may be taken for any other at that cost."""


SETTINGS = CountSettings()


def words(pairs: Iterable[Pair], settings: CountSettings = SETTINGS) -> Iterator[tuple[str, str]]:
    """Printed words and what was read for each, where one was read for one."""
    for pair in pairs:
        printed, read = pair.printed.split(), pair.read.split()
        at = 0
        for op in Levenshtein.opcodes(printed, read):
            gold, got = printed[op.src_start : op.src_end], read[op.dest_start : op.dest_end]
            if op.tag != "replace":
                at = 0
                continue
            for word in gold:
                near = [(Levenshtein.normalized_similarity(word, other), -i) for i, other in enumerate(got) if i >= at]
                if near and max(near)[0] >= settings.alike:
                    at = -max(near)[1] + 1
                    yield word, got[at - 1]


def bare(printed: str, read: str) -> tuple[str, str]:
    """Both without the marks that they begin or end with alike, in small letters unless printed in capitals."""
    while printed and read and printed[-1] == read[-1] and not printed[-1].isalnum():
        printed, read = printed[:-1], read[:-1]
    while printed and read and printed[0] == read[0] and not printed[0].isalnum():
        printed, read = printed[1:], read[1:]
    return (printed, read) if printed.isupper() else (printed.lower(), read.lower())


def table(pairs: Iterable[Pair], by_hand: dict[Confusion, float], settings: CountSettings = SETTINGS) -> list[str]:
    """The lines of the file."""
    damaged = (bare(*found) for found in words(pairs, settings))
    seen, letters = counted((p, r) for p, r in damaged if p != r and _LETTERS.search(p))
    rows = []
    for printed, read in sorted({*seen, *by_hand}):
        count, prior = seen[printed, read], by_hand.get((printed, read))
        if prior is None and (count < settings.least or not _worth(printed, read)):
            continue
        nats = _nats(count, letters[printed], prior if prior is not None else _other(printed, read), settings)
        if nats < settings.dearest:
            rows.append(f"{printed}\t{read}\t{nats:.1f}\t{'' if prior is None else f'{prior:.1f}'}\t{count}")
    return rows


def _nats(count: int, chances: int, prior: float, settings: CountSettings) -> float:
    chances = max(chances, count)
    worth = max(settings.sightings, chances * settings.prior / (1 - settings.prior))
    return -math.log((count + worth * math.exp(-prior)) / (chances + worth))


def _other(printed: str, read: str) -> float:
    return DEFAULT.lost if not read else DEFAULT.added if not printed else DEFAULT.substituted


def _worth(printed: str, read: str) -> bool:
    """Whether a confusion is one of letters and signs, and not of a whole mark for another."""
    return not (set(printed + read) & set("\t\n #")) and (not printed or bool(_LETTERS.search(printed)))


def set_by_hand() -> dict[Confusion, float]:
    """The costs set by hand in the file as it is."""
    found = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            printed, read, _, prior, _ = line.split("\t")
            if prior:
                found[printed, read] = float(prior)
    return found


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.confusions", description=__doc__)
    parser.add_argument("pairs", type=Path)
    pairs = [pair for _, pair in load(parser.parse_args().pairs)]
    rows = table(pairs, set_by_hand())
    FILE.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()

"""What Tesseract reads on generated pages, each line beside its print: ``python -m iki.lab.train.reading_pairs``.

Pairs for counting confusions come from the agencies that lend their words to training, pairs for measuring from those
that are held out. The pages are small and bad ones, as dumps come from; the same seed gives the same pairs with the
same Tesseract. A line is paired by its text alone with a printed line, a row of lines across the columns, or a part of
one, and dropped where nothing printed is like it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.dumps import read
from iki.lab.synthetic.layout import PrintedPage
from iki.lab.synthetic.specimen import Specimen, specimen
from iki.lab.synthetic.templates import TEMPLATES


@dataclass(frozen=True, slots=True)
class PairSettings:
    treatments: tuple[tuple[str, float], ...] = (
        ("rough", 130), ("fax", 130), ("lowres", 110), ("photocopy", 150), ("worn", 120), ("faded", 115),
    )  # fmt: skip
    """Profiles of damage and resolutions (dpi) in turn."""
    modes: tuple[int, ...] = (3, 11, 6)
    """Tesseract's page segmentation modes in turn."""
    alike: float = 78.0
    """0–100 (rapidfuzz ratio) from which a line read is taken for a printed one."""
    rival: float = 60.0
    """The same from which another printed line makes that doubtful."""
    apart: float = 3.0
    """How much liker than the next printed line of another text."""
    shortest: int = 4
    """Letters of the shortest line that is paired."""
    same_height: float = 0.4
    """Baselines closer than this share of the type size stand on one line."""
    longest: int = 4
    """Printed lines of neighbouring columns that may be read as one."""


DEFAULT = PairSettings()


@dataclass(frozen=True, slots=True)
class Pair:
    """A line as read and as printed, one space between words."""

    read: str
    printed: str


def pairs(made: Specimen, mode: int, settings: PairSettings = DEFAULT) -> Iterator[Pair]:
    """The lines of a scanned sheet that could be paired, in reading order."""
    printed = sorted({text for page in made.pages for text in _printed(page, settings)})
    for line in read(made, mode).splitlines():
        text = " ".join(line.split())
        if sum(c.isalpha() for c in text) < settings.shortest:
            continue
        best = process.extract(text, printed, scorer=fuzz.ratio, score_cutoff=settings.rival, limit=2)
        likeness = [score for _, score, _ in best]
        if not likeness or likeness[0] < settings.alike:
            continue
        if len(best) == 1 or likeness[0] - likeness[1] >= settings.apart or likeness[0] == 100:  # noqa: PLR2004
            yield Pair(text, best[0][0])


def _printed(page: PrintedPage, settings: PairSettings) -> Iterator[str]:
    """What may stand on one line of text: lines beside each other, up to a few, from any column on."""
    waiting = sorted(range(len(page.lines)), key=lambda i: (page.lines[i].baseline, page.lines[i].box.x0))
    while waiting:
        first = page.lines[waiting[0]]
        reach = settings.same_height * first.face.size
        level = [i for i in waiting if page.lines[i].baseline - first.baseline < reach]
        waiting = [i for i in waiting if i not in level]
        level.sort(key=lambda i: page.lines[i].box.x0)
        texts = [" ".join(" ".join(word for _, word in page.lines[i].words).split()) for i in level]
        for a in range(len(texts)):
            for b in range(a + 1, min(a + settings.longest, len(texts)) + 1):
                yield " ".join(filter(None, texts[a:b]))


def read_pages(sheets: int, seed: int, held_out: bool, settings: PairSettings = DEFAULT) -> list[tuple[str, Pair]]:
    """Pairs of so many sheets with the name of their damage, agencies, templates and treatments in turn."""
    names = sorted(slug for slug, agency in agencies().items() if agency.held_out == held_out)
    templates = sorted(TEMPLATES)
    found = []
    for n in range(sheets):
        profile, dpi = settings.treatments[n % len(settings.treatments)]
        mode = settings.modes[n % len(settings.modes)]
        made = specimen(names[n % len(names)], templates[n % len(templates)], profile, seed + n, dpi=dpi)
        found += [(f"{profile}-{dpi:.0f}-{mode}", pair) for pair in pairs(made, mode, settings)]
    return found


def load(path: Path) -> list[tuple[str, Pair]]:
    """The pairs of a file that ``main`` wrote."""
    rows = (line.split("\t") for line in path.read_text(encoding="utf-8").splitlines())
    return [(damage, Pair(text, printed)) for damage, text, printed in rows]


def save(path: Path, found: Sequence[tuple[str, Pair]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(f"{d}\t{p.read}\t{p.printed}\n" for d, p in found), encoding="utf-8", newline="\n")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m iki.lab.train.reading_pairs", description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--sheets", type=int, default=60)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held-out", action="store_true")
    given = parser.parse_args()
    save(given.out, read_pages(given.sheets, given.seed, given.held_out))


if __name__ == "__main__":
    main()

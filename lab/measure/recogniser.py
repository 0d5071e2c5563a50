"""Line recognisers side by side, in one run: ``python -m iki.lab.measure.recogniser [MODEL.onnx …]``.

The stock model of the RapidOCR wheel, the one that ``ingest`` ships and any others given read the same generated lines:
every kind of damage, words never trained on, half of them in fonts never trained on. Prints character error, faultless
lines and CPU per line. One thread; the engines take turns on every line, so that load falls on all alike.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import rapidocr
from rich.console import Console
from rich.table import Table

import iki
from iki.ingest.ocr import onnx, recogniser
from iki.lab.synthetic.text_lines import damage, fonts, lines
from iki.lab.synthetic.text_lines.alphabet import ALPHABET
from iki.lab.train.recogniser.reading import Score, normalised, score

STOCK = Path(rapidocr.__file__).parent / "models" / "PP-OCRv6_rec_small.onnx"
SHIPPED = Path(iki.__file__).parent / "ingest" / "ocr" / "models" / "recogniser.onnx"
SEED = 424_242
"""Of the lines; training, validation and calibration use other seeds."""
LINES = 40
"""Lines a kind of damage and set of fonts."""


@dataclass
class LineReader:
    """A model and what it has read so far: (printed, read) by kind of damage and set of fonts, CPU in seconds."""

    name: str
    model: Path
    height: int = lines.HEIGHT
    """Of the lines that it takes (px)."""
    alphabet: Sequence[str] = ()
    read: dict[tuple[str, bool], list[tuple[str, str]]] = field(default_factory=dict)
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.session = onnx.session(str(self.model))
        stored = self.session.get_modelmeta().custom_metadata_map.get("character")
        self.alphabet = ["", *stored.split("\n"), " "] if stored else ALPHABET
        self.input = self.session.get_inputs()[0].name

    def take(self, line: lines.RenderedLine, aside: bool) -> None:
        """Read one line."""
        image = np.ascontiguousarray(normalised(line.image))
        began = time.process_time()
        classes = self.session.run(None, {self.input: image})[0][0].argmax(-1)
        self.seconds += time.process_time() - began
        changes = np.flatnonzero(np.diff(classes, prepend=0))
        got = "".join(self.alphabet[number] for number in classes[changes])
        self.read.setdefault((line.kind, aside), []).append((line.text, got))

    def score(self, kind: str | None = None, aside: bool | None = None) -> Score:
        """The score of what was read so far, of one kind of damage or all, fonts set aside, trained on or both."""
        chosen = [
            pair
            for (of_kind, was_aside), pairs in self.read.items()
            if kind in (None, of_kind) and aside in (None, was_aside)
            for pair in pairs
        ]
        return score(chosen)


def compare(models: Sequence[Path], count: int = LINES) -> list[LineReader]:
    """Let the stock model, the shipped one and ``models`` read ``count`` lines a kind of damage and set of fonts."""
    fonts.require((*fonts.TRAINED, *fonts.SET_ASIDE))
    contenders = [
        LineReader("stock", STOCK, recogniser.STOCK.height),
        LineReader("shipped", SHIPPED),
        *(LineReader(m.stem, m) for m in models),
    ]
    for kind in damage.KINDS:
        for aside in (False, True):
            for number in range(count):
                for contender in contenders:
                    line = lines.make(
                        SEED, number, set_aside_fonts=aside, set_aside_words=True, kind=kind, height=contender.height
                    )
                    contender.take(line, aside)
    return contenders


def table(contenders: Sequence[LineReader]) -> Table:
    """What was measured: character error / share of faultless lines, per kind of damage."""
    shown = Table(title="character error / faultless lines")
    shown.add_column("lines")
    for contender in contenders:
        shown.add_column(contender.name, justify="right")

    def row(title: str, kind: str | None, aside: bool | None) -> None:
        scores = [contender.score(kind, aside) for contender in contenders]
        shown.add_row(title, *(f"{found.cer:.4f} / {found.exact:.3f}" for found in scores))

    for kind in damage.KINDS:
        row(kind, kind, None)
    row("fonts trained on", None, False)
    row("fonts set aside", None, True)
    row("all", None, None)
    per_line = [contender.seconds / contender.score().lines for contender in contenders]
    shown.add_row("CPU ms a line", *(f"{1000 * each:.1f} ({each / per_line[0]:.2f})" for each in per_line))
    return shown


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="*", help="further models with our alphabet")
    parser.add_argument("--lines", type=int, default=LINES, help="lines a kind of damage and set of fonts")
    options = parser.parse_args()
    Console(width=max(100, 30 + 22 * (2 + len(options.models)))).print(table(compare(options.models, options.lines)))


if __name__ == "__main__":
    main()

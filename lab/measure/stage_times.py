"""CPU seconds by stage, every page read in this process: ``python -m iki.lab.measure.stage_times SOURCE …``.

The seconds are those of the process and of the programs it starts. Parts stand indented below their whole. Watching
costs something itself, most where many small functions are called.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
from rich.console import Console
from rich.table import Table

from iki import vocab
from iki.ingest import page, sources
from iki.ingest.form import sheets
from iki.ingest.image import binarize, dewarp, orientation, stamps, straighten
from iki.ingest.layout import borderless_table, ruled_table, text_lines
from iki.ingest.ocr import engines, recogniser
from iki.model import Document
from iki.normalize import sheet as normalised
from iki.normalize.knowledge import Knowledge

STAGES: tuple[tuple[str, Callable[..., Any]], ...] = (
    ("decode the picture", sources.picture),
    ("straighten", straighten.straighten),
    ("  light and paper", binarize.flatten),
    ("  coloured ink", stamps.separated),
    ("  ink", binarize.ink),
    ("  axis of the text", orientation.is_sideways),
    ("  up or down", orientation.upside_down),
    ("  skew", orientation.skew),
    ("  fit of the warp", dewarp.straightening),
    ("  warp", dewarp.Warp.apply),
    ("table grid", ruled_table.tables),
    ("rules wiped", ruled_table.wiped),
    ("grid without rules", borderless_table.guess),
    ("text lines", page.layout),
    ("  loose lines", text_lines.loose_lines),
    ("recogniser", engines.LineEngine.read),
    ("  network", recogniser.Recogniser.probabilities),
    ("second opinion (Tesseract)", engines.TesseractEngine.read),
    ("page, whole", page.read_page),
    ("sheets assembled", sheets.assemble),
    ("vocabulary loaded", Knowledge.of),
    ("sheets normalised", normalised.clean),
)
"""Stages in the order of a page's walk, and the function that does each."""


@dataclass(frozen=True, slots=True)
class StageTimes:
    """``seconds`` of CPU by stage over so many ``pages``."""

    pages: int
    seconds: dict[str, float]


def programs() -> float:
    """CPU seconds of the programs that this process has started and that have ended."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def profile(paths: Sequence[Path]) -> StageTimes:
    """Read and normalise the pages of some files and folders; raises a ``Problem`` at the first that cannot be read."""
    cv2.setNumThreads(1)
    reader = engines.load("auto")
    watch, count, documents = cProfile.Profile(time.process_time), 0, list[Document]()
    drawing = asking = 0.0
    for source in sources.find(paths):
        read = []
        for parcel in sources.parcels(source.path):
            before = programs()
            watch.enable()
            picture = sources.picture(parcel)
            watch.disable()
            drawn = programs()
            watch.enable()
            read.append(page.read_page(picture, reader))
            watch.disable()
            drawing, asking = drawing + drawn - before, asking + programs() - drawn
            count += 1
        watch.enable()
        documents.append(sheets.assemble(source.name, "", read))
        watch.disable()
    watch.enable()
    normalised.clean(documents, Knowledge.of(vocab.load()))
    watch.disable()
    found = {(file, line): times[3] for (file, line, _), times in pstats.Stats(watch).stats.items()}  # type: ignore[attr-defined]
    beside = {sources.picture: drawing, page.read_page: asking, engines.TesseractEngine.read: asking}
    seconds = {}
    for name, function in STAGES:
        code = getattr(function, "__func__", function).__code__
        seconds[name] = found.get((code.co_filename, code.co_firstlineno), 0.0) + beside.get(function, 0.0)
    return StageTimes(count, seconds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sources", nargs="+", type=Path, metavar="SOURCE")
    found = profile(parser.parse_args().sources)
    table = Table("stage", "CPU s/page", title=f"{found.pages} pages")
    for name, seconds in found.seconds.items():
        table.add_row(name, f"{seconds / max(1, found.pages):.3f}")
    Console().print(table)


if __name__ == "__main__":
    main()

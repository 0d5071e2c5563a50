"""``python -m iki.lab.measure.augraphy_damage make SET OUT``: the pages of a set under every damage of augraphy's.

SET has ``pdf_born/``, ``gold.json`` and ``map.json`` (see `iki.lab.synthetic.office`); OUT gets a folder ``scans``
with one PDF a sheet, kind and strength, and their gold and map. ``… table OUT CLEAN`` prints, once ``iki convert
OUT/scans --out CLEAN`` has run, what came out of every kind. Augraphy 8.2.6 (MIT) has 51 kinds that nobody here drew.
"""

from __future__ import annotations

import argparse
import inspect
import json
import random
import signal
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import chdir, contextmanager
from itertools import product
from pathlib import Path
from typing import Any

import augraphy
import matplotlib.font_manager  # noqa: F401  Scribbles takes it as imported
import numpy as np
import numpy.typing as npt
from augraphy.base.augmentation import Augmentation
from pdf2image import convert_from_path
from PIL import Image

from iki.evaluate import evaluate

Picture = npt.NDArray[np.uint8]
STRENGTHS = ("full", "half")
_DPI, _QUALITY, _PATIENCE = 200, 85, 60
_MOVING: Mapping[str, Mapping[str, Any]] = {
    "BookBinding": {"shadow_radius_range": (15, 50), "curve_range_right": (25, 50), "curve_range_left": (100, 150)},
    "DoubleExposure": {"offset_range": (9, 12)},
    "Folding": {"gradient_width": (0.05, 0.1), "gradient_height": (0.005, 0.01)},
    "Geometric": {},
    "GlitchEffect": {"glitch_number_range": (4, 8), "glitch_offset_range": (5, 25)},
    "InkShifter": {"text_shift_scale_range": (9, 13), "text_shift_factor_range": (1, 2), "text_fade_range": (0, 1)},
    "PageBorder": {"page_rotation_angle_range": (-1, 1), "curve_height": (1, 2)},
    "Rescale": {},
    "SectionShift": {
        "section_shift_number_range": (2, 3), "section_shift_x_range": (-5, 5), "section_shift_y_range": (-5, 5),
    },
    "Squish": {"squish_number_range": (2, 5), "squish_distance_range": (2, 4)},
}  # fmt: skip
"""Kinds that move print, with half of their default lengths and counts: for these half strength can't be a mean."""


def kinds() -> dict[str, type[Augmentation]]:
    """Every augmentation of augraphy's by its name."""
    found = inspect.getmembers(augraphy.augmentations, inspect.isclass)
    return {name: kind for name, kind in found if issubclass(kind, Augmentation) and kind is not Augmentation}


def damaged(picture: Picture, kind: str, strength: str, seed: int) -> Picture:
    """``picture`` (H×W×3, RGB) under one augmentation: ``full`` with its default parameters, ``half`` with half of the
    change of every pixel, or half of its lengths where it moves print. The result may have another size.

    Raises what augraphy raises where it can't treat the picture.
    """
    random.seed(seed)
    np.random.seed(seed)
    halved = _MOVING.get(kind) if strength == "half" else None
    made = np.asarray(kinds()[kind](p=1, **(halved or {}))(picture.copy()), np.uint8)
    if made.ndim == 2:  # noqa: PLR2004
        made = np.repeat(made[..., None], 3, axis=2)
    made = made[..., :3]
    if strength == "half" and halved is None:
        made = ((picture.astype(np.uint16) + made) // 2).astype(np.uint8)
    return made


def make(source: Path, out: Path, sheets: Sequence[str], strengths: Sequence[str]) -> None:
    """Write ``sheets`` (ids; all their pages) of the set ``source`` under every kind into ``out``; what is there
    already stays. A kind that fails, or takes more than a minute's work on a sheet, is named and passed over."""
    scans = out / "scans"
    scans.mkdir(parents=True, exist_ok=True)
    gold = {sheet["sheet_id"]: sheet for sheet in json.loads((source / "gold.json").read_text(encoding="utf-8"))}
    places = {place["sheet_id"]: place for place in json.loads((source / "map.json").read_text(encoding="utf-8"))}
    made: list[tuple[str, str]] = []
    for kind, strength, name in product(kinds(), strengths, sheets):
        key = f"{kind}-{strength}-{name}"
        try:
            with _limit(_PATIENCE):
                _write(source, places[name], scans / f"{key}.pdf", kind, strength)
        except Exception as error:  # augraphy's own faults
            print(f"{key}: {type(error).__name__}: {error}", flush=True)
        else:
            made.append((key, name))
    golds = [{**gold[name], "sheet_id": key} for key, name in made]
    where = [{**places[name], "sheet_id": key, "berkas": f"{key}.pdf", "first_page": 1} for key, name in made]
    for stem, content in (("gold", golds), ("map", where)):
        (out / f"{stem}.json").write_text(json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8")


def _write(source: Path, place: Mapping[str, Any], path: Path, kind: str, strength: str) -> None:
    if path.exists():
        return
    first, last = place["first_page"], place["first_page"] + place["pages"] - 1
    pages = convert_from_path(source / "pdf_born" / place["berkas"], _DPI, first_page=first, last_page=last)
    path = path.resolve()
    with tempfile.TemporaryDirectory() as folder, chdir(folder):  # augraphy leaves fonts and caches where it runs
        made = [Image.fromarray(damaged(np.asarray(page, np.uint8), kind, strength, i)) for i, page in enumerate(pages)]
    made[0].save(path, "PDF", save_all=True, append_images=made[1:], resolution=_DPI, quality=_QUALITY)


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise ``TimeoutError`` within, after so many seconds of this process' own work."""

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {seconds:.0f} s")

    signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def table(out: Path, clean: Path) -> list[tuple[str, str, int, float, float, float]]:
    """What ``clean`` has of the set ``out``: kind, strength, sheets, and the shares of cells exact, cells wrong without
    a flag, and rows found, the worst first."""
    gold = json.loads((out / "gold.json").read_text(encoding="utf-8"))
    places = json.loads((out / "map.json").read_text(encoding="utf-8"))
    groups = sorted({tuple(sheet["sheet_id"].split("-")[:2]) for sheet in gold})
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        paths = Path(folder, "gold.json"), Path(folder, "map.json")
        for kind, strength in groups:
            for path, content in zip(paths, (gold, places), strict=True):
                own = [each for each in content if each["sheet_id"].startswith(f"{kind}-{strength}-")]
                path.write_text(json.dumps(own), encoding="utf-8")
            said = evaluate(paths[0], clean, paths[1])
            shares = (said[key] for key in ("cell_exact", "cell_silent_error", "row_recall"))
            lines.append((kind, strength, len(own), *shares))
    return sorted(lines, key=lambda line: line[3])


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m iki.lab.measure.augraphy_damage", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    making = commands.add_parser("make")
    making.add_argument("set", type=Path)
    making.add_argument("out", type=Path)
    making.add_argument("--sheets", nargs="+", required=True, help="ids of the sheets to damage")
    making.add_argument("--strengths", nargs="+", choices=STRENGTHS, default=STRENGTHS)
    telling = commands.add_parser("table")
    telling.add_argument("out", type=Path)
    telling.add_argument("clean", type=Path)
    given = parser.parse_args()
    if given.command == "make":
        make(given.set, given.out, given.sheets, given.strengths)
    else:
        print("| kind | strength | sheets | cells exact | wrong unflagged | rows found |", "| --- " * 6 + "|", sep="\n")
        for line in table(given.out, given.clean):
            print("| {} | {} | {} | {:.2f} | {:.2f} | {:.2f} |".format(*line))

"""``python -m iki.lab.synthetic.samples data/raw tests/gold``: the scans that come with the repository, and gold."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from iki.lab.synthetic.bundle import gathered, write_gold, write_pdf, write_picture, write_tiff
from iki.lab.synthetic.content import agencies
from iki.lab.synthetic.damage import PROFILES, Profile, Scan
from iki.lab.synthetic.foreign import Divider, blank, letter, receipt
from iki.lab.synthetic.layout import PrintedPage
from iki.lab.synthetic.specimen import Order

Part = Order | Divider | PrintedPage
_SMALL_OFFICE = replace(PROFILES["office"], texture=0.02, noise=2.0, quality=60)
"""An office scanner set to small files."""


def samples() -> list[tuple[str, Profile, str, list[Part], Callable[[list[Scan], Path], None]]]:
    """Every sample: file name, profile of its loose pages, words on their stamps, parts, and how it is written."""
    health = agencies()["dinkes"]
    office = _SMALL_OFFICE

    def sheet(agency: str, template: str, profile: str | Profile, seed: int, name: str, rows: int, post: int) -> Order:
        return Order(agency, template, profile, seed, rows=rows, post=post, year=2023, sheet_id=name)

    return [
        (
            "bundel_dinkes_2023.pdf", office, health.name,
            [
                Divider("SEKRETARIAT"),
                sheet("dinkes", "lazim", office, 11, "bundel-1", 7, 1),
                blank(),
                Divider("BIDANG KESEHATAN MASYARAKAT"),
                sheet("dinkes", "lazim", office, 12, "bundel-2", 18, 5),
                receipt(health, 1),
                sheet("dinkes", "lazim", office, 13, "bundel-3", 5, 6),
                letter(health, 2),
            ],
            lambda scans, path: write_pdf(scans, path, 55),
        ),
        (
            "foto_kecamatan.jpg", PROFILES["phone"], "Camat",
            [sheet("kecamatan", "kinerja_utama", "phone", 21, "foto-1", 6, 5)],
            lambda scans, path: write_picture(scans[0], path, 78),
        ),
        (
            "faks_disperikan.tif", PROFILES["fax"], "Dinas",
            [
                sheet("disperikan", "besar", "fax", 31, "faks-1", 8, 4),
                sheet("disperikan", "tunggal", "fax", 32, "faks-2", 6, 6),
            ],
            write_tiff,
        ),
        (
            "fotokopi_rsud.pdf", PROFILES["photocopy"], "RSUD",
            [
                sheet("rsud", "mendatar", "photocopy", 41, "fotokopi-1", 6, 6),
                sheet("rsud", "atas_nama", "photocopy", 42, "fotokopi-2", 6, 13),
            ],
            write_pdf,
        ),
        (
            "pindai_dpmptsp.pdf", PROFILES["lowres"], "Dinas",
            [sheet("dpmptsp", "pelaksana_tugas", "lowres", 51, "pindai-1", 8, 5)],
            lambda scans, path: write_pdf(scans, path, 60),
        ),
    ]  # fmt: skip


def write_samples(folder: Path, gold_folder: Path) -> None:
    """Write every sample into ``folder`` and ``samples.json`` with ``map_samples.json`` into ``gold_folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    gold: list[dict[str, object]] = []
    places: list[dict[str, object]] = []
    for name, profile, words, parts, write in samples():
        made = [part.scanned() if isinstance(part, Order) else part for part in parts]
        scans, sheets, spots = gathered(made, name, profile, 0, words)
        write(scans, folder / name)
        gold += sheets
        places += spots
    write_gold(gold, places, gold_folder, "samples")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m iki.lab.synthetic.samples", description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("gold", type=Path)
    given = parser.parse_args()
    write_samples(given.folder, given.gold)

"""LibreOffice as the printer: documents to PDF, and PDF to the picture of an office scan."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from random import Random

import cv2
import numpy as np
import pikepdf
from pdf2image import convert_from_path
from PIL import Image

from iki.lab.synthetic.ink import BLUE, stamp

_PATIENCE = 600
"""Seconds after which LibreOffice is given up."""
_THRESHOLD = 150
"""Grey that is still paper in a bilevel scan."""
_TILT, _NOISE, _BLUR, _QUALITY = 0.7, 2.5, 0.55, 80
"""A scan's greatest tilt in degrees, its noise in grey levels, blur in pixels, and quality as JPEG."""


def to_pdf(documents: Sequence[Path], folder: Path) -> None:
    """Let LibreOffice print ``documents`` into ``folder``, each to the PDF of its name.

    Raises ``FileNotFoundError`` without LibreOffice, ``RuntimeError`` naming a document that it couldn't print.
    """
    soffice = shutil.which("soffice")
    if soffice is None:
        raise FileNotFoundError("LibreOffice is not installed: apt-get install libreoffice-writer libreoffice-calc")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as profile:
        subprocess.run(
            [
                soffice, f"-env:UserInstallation=file://{profile}", "--headless", "--convert-to", "pdf",
                "--outdir", str(folder), *map(str, documents),
            ],
            check=True, capture_output=True, timeout=_PATIENCE,
        )  # fmt: skip
    for document in documents:
        if not (folder / f"{document.stem}.pdf").exists():
            raise RuntimeError(f"LibreOffice made no PDF of {document}")


def outline(pdf: Path) -> list[int]:
    """The 1-based page of every bookmark, in their order."""
    with pikepdf.open(pdf) as file, file.open_outline() as marks:
        numbers = {page.objgen: number for number, page in enumerate(file.pages, start=1)}
        return [numbers[mark.destination[0].objgen] for mark in marks.root]  # type: ignore[index]


def pages(pdf: Path) -> int:
    """How many pages a PDF has."""
    with pikepdf.open(pdf) as file:
        return len(file.pages)


def scan(pdf: Path, path: Path, seed: str, *, dpi: int = 200, stamped: str = "", bilevel: bool = False) -> None:
    """Write to ``path`` what an office scanner makes of the printed ``pdf``: slightly askew, a little noise and blur;
    before that, each page gets a round stamp that says ``stamped``. A ``bilevel`` scan is black and white, in CCITT
    Group 4."""
    noise = np.random.default_rng(list(seed.encode()))
    pictures = []
    for page in convert_from_path(pdf, dpi):
        picture = np.array(page, np.uint8)
        height, width = picture.shape[:2]
        if stamped:
            centre = width * noise.uniform(0.3, 0.7), height * noise.uniform(0.4, 0.8)
            stamp(picture, stamped, centre, BLUE[::-1], dpi, Random(seed))
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), noise.uniform(-_TILT, _TILT), 1)
        askew = cv2.warpAffine(picture, turn, (width, height), flags=cv2.INTER_CUBIC, borderValue=(255, 255, 255))
        soft = cv2.GaussianBlur(askew, (0, 0), _BLUR)
        made = np.clip(soft + noise.normal(0, _NOISE, (height, width, 1)), 0, 255).astype(np.uint8)
        if bilevel:
            made = np.asarray(cv2.cvtColor(made, cv2.COLOR_RGB2GRAY) > _THRESHOLD)
        pictures.append(Image.fromarray(made))
    coding = {} if bilevel else {"quality": _QUALITY}
    pictures[0].save(path, "PDF", save_all=True, append_images=pictures[1:], resolution=dpi, **coding)

"""QR codes beside the formula of an electronic signature are read, and nothing else is looked at."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from iki.ingest.image.binarize import Image
from iki.ingest.image.codes import read_codes
from iki.model import Box, Line, Reading

FORMULA = "Ditandatangani secara elektronik oleh"


def line(text: str) -> Line:
    quad = ((330.0, 210.0), (760.0, 210.0), (760.0, 232.0), (330.0, 232.0))
    return Line(1, Box(330, 210, 760, 232), quad, None, (Reading(text, (), 0.9, "iki"),))


def page(code: str, module: int = 4) -> Image:
    """A page with a QR code of so many px a module, left of the line above."""
    image = np.full((600, 1000), 245, np.uint8)
    drawn = cv2.QRCodeEncoder.create().encode(code)
    drawn = cv2.resize(drawn, None, fx=module, fy=module, interpolation=cv2.INTER_NEAREST)
    height, width = drawn.shape[:2]
    image[160 : 160 + height, 150 : 150 + width] = drawn
    return image


@pytest.mark.parametrize("code", ["https://tte.contoh.example/v/8f2c1d0e", "196801011990032001", "NIP 19680101\n1990"])
@pytest.mark.parametrize("colour", [False, True])
def test_a_code_beside_the_formula_is_read(code: str, colour: bool) -> None:
    image = page(code)
    image = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR)) if colour else image
    assert read_codes(image, [line("Kepala Dinas"), line(FORMULA), line(FORMULA)]) == (" ".join(code.split()),)


def test_without_the_formula_nothing_is_looked_for() -> None:
    assert read_codes(page("https://contoh.example"), [line("Kepala Dinas")]) == ()


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_noise_is_no_code(seed: int) -> None:
    noise = np.random.default_rng(seed).integers(0, 256, (600, 1000), np.uint8)
    assert read_codes(noise, [line(FORMULA)]) == ()

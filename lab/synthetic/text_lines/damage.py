"""What printers, copiers, scanners, fax machines and telephones do to a strip of text.

Every kind is a function (generator, strip) → strip; a strip is an H×W grey uint8 image, ink dark on white paper, at the
resolution of the scan. The answer has the same frame and is what ``ingest`` would see: background divided, not
binarised unless the paper itself came as black and white.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from iki.ingest.image.binarize import Image

Real = NDArray[np.float32]
Kind = Callable[[Generator, Image], Image]

NICKED = 0.65
"""Share of the black and white copies whose strokes are broken across."""
NICKS = (-7.5, -4.0)
"""The least and the most of them: natural logarithm of their number by pixels of ink."""


def _uniform(rng: Generator, low: float, high: float) -> float:
    return float(rng.uniform(low, high))


def _noise(rng: Generator, shape: tuple[int, ...], deviation: float, grain: float = 0.0) -> Real:
    """Gaussian noise of this standard deviation, correlated over ``grain`` pixels (sigma)."""
    field = rng.standard_normal(shape, dtype=np.float32)
    if grain:
        field = cv2.GaussianBlur(field, (0, 0), grain)
        field /= field.std() + np.float32(1e-6)
    return np.asarray(field * np.float32(deviation))


def _patches(rng: Generator, shape: tuple[int, ...], size: float) -> Real:
    """A smooth random field of unit deviation whose patches are about ``size`` pixels wide."""
    small = (max(2, round(shape[1] / size) + 1), max(2, round(shape[0] / size) + 1))
    field = rng.standard_normal((small[1], small[0]), dtype=np.float32)
    return np.asarray(cv2.resize(field, (shape[1], shape[0]), interpolation=cv2.INTER_CUBIC))


def _blurred(image: Image | Real, sigma: float) -> Real:
    real = image.astype(np.float32)
    return real if sigma < 0.2 else np.asarray(cv2.GaussianBlur(real, (0, 0), sigma))  # noqa: PLR2004


def _grey(real: Real) -> Image:
    return np.asarray(np.clip(real + 0.5, 0, 255), dtype=np.uint8)


def _jpeg(image: Image, quality: float) -> Image:
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(quality)])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), dtype=np.uint8)


def _even(image: Image, rng: Generator) -> Image:
    """Paper made white as ``ingest`` does it, with a little error of its estimate."""
    paper = float(np.percentile(image, 85)) * _uniform(rng, 0.97, 1.02)
    return _grey(image.astype(np.float32) * np.float32(255 / max(paper, 1)))


def _specks(rng: Generator, image: Image, per_megapixel: float, black: bool = True) -> Image:
    """Dust: blots of one to a few pixels, black on the paper or white in the ink."""
    count = rng.poisson(per_megapixel * image.size / 1e6)
    spotted = image.copy()
    for y, x in zip(rng.integers(0, image.shape[0], count), rng.integers(0, image.shape[1], count), strict=True):
        height, width = rng.integers(1, 3, 2)
        spotted[y : y + height, x : x + width] = 0 if black else 255
    return spotted


def _nicked(rng: Generator, image: Image) -> Image:
    """Some copies' strokes broken across by one to three pixels: an ``l`` comes apart into an ``i``."""
    if rng.random() >= NICKED:
        return image
    ys, xs = np.nonzero(image == 0)
    broken = image.copy()
    for place in rng.integers(0, max(1, len(ys)), rng.poisson(np.exp(_uniform(rng, *NICKS)) * len(ys))):
        height, reach = int(rng.choice((1, 2, 3), p=(0.5, 0.4, 0.1))), int(rng.integers(1, 4))
        y, x = int(ys[place]), int(xs[place])
        broken[y : y + height, max(0, x - reach) : x + reach + 1] = 255
    return broken


def _threshold(rng: Generator, real: Real, level: float, edge: float, unevenness: float) -> Image:
    """Black and white at ``level``, with noise of the sensor and drift of the lamp (all three in grey values)."""
    drift = _patches(rng, real.shape, 60) * np.float32(unevenness)
    return np.where(real + drift + _noise(rng, real.shape, edge, 0.6) < level, 0, 255).astype(np.uint8)


def clean(rng: Generator, image: Image) -> Image:
    """A good scan: hardly any blur or noise."""
    real = _blurred(image, _uniform(rng, 0, 0.7)) + _noise(rng, image.shape, _uniform(rng, 0, 3))
    return _jpeg(_grey(real), _uniform(rng, 80, 98))


def office(rng: Generator, image: Image) -> Image:
    """An office scanner: soft, noisy, compressed, its black a dark grey, its paper not quite white."""
    ink = _uniform(rng, 0, 90)
    real = _blurred(image, _uniform(rng, 0.3, 1.1)) * np.float32((255 - ink) / 255) + np.float32(ink)
    real += _noise(rng, image.shape, _uniform(rng, 1, 9), _uniform(rng, 0, 0.8))
    return _even(_jpeg(_grey(real * np.float32(_uniform(rng, 0.85, 1))), _uniform(rng, 40, 92)), rng)


def _despeckled(image: Image, area: float) -> Image:
    """Black spots of fewer pixels than ``area`` taken out, as scanners offer it: dots of i and j go with the dust."""
    _, labels, stats, _ = cv2.connectedComponentsWithStats(255 - image, connectivity=8)
    gone = stats[:, cv2.CC_STAT_AREA] < area
    return np.where(gone[labels], 255, image).astype(np.uint8)


def _worn(rng: Generator, image: Image) -> Image:
    """What despeckling and toner do to black and white ink: dots and tails vanish, hairlines break or grow."""
    kernel = np.ones(((1, 2), (2, 1), (2, 2))[int(rng.integers(3))], np.uint8)
    match int(rng.choice(6, p=(0.33, 0.2, 0.12, 0.08, 0.09, 0.18))):
        case 1:
            return np.asarray(cv2.medianBlur(image, 3))
        case 2:
            return np.asarray(cv2.morphologyEx(image, cv2.MORPH_CLOSE, kernel))
        case 3:
            return np.asarray(cv2.dilate(image, kernel))
        case 4:
            return np.asarray(cv2.erode(image, kernel))
        case 5:
            return _despeckled(image, float(np.exp(_uniform(rng, 0.7, 3.2))))
    return image


def photocopy(rng: Generator, image: Image) -> Image:
    """One to three generations of copying, each blurring, drifting and cutting at its own level; black and white."""
    for _ in range(int(rng.choice((1, 2, 3), p=(0.5, 0.35, 0.15)))):
        real = _blurred(image, _uniform(rng, 0.4, 1.25))
        level = _uniform(rng, 85, 205)
        image = _worn(rng, _threshold(rng, real, level, _uniform(rng, 4, 40), _uniform(rng, 0, 22)))
    image = _nicked(rng, image)
    image = _specks(rng, image, np.exp(_uniform(rng, 3, 8.5)))
    return _specks(rng, image, np.exp(_uniform(rng, 3, 8)), black=False)


def thinned(rng: Generator, image: Image) -> Image:
    """A copy cut too dark, in black and white: what is small goes first, the dots of i and the tails of commas."""
    real = _blurred(image, _uniform(rng, 0.7, 1.4))
    black = _threshold(rng, real, _uniform(rng, 85, 150), _uniform(rng, 4, 25), _uniform(rng, 0, 12))
    return _specks(rng, _nicked(rng, black), np.exp(_uniform(rng, 3, 7.5)))


def copied(rng: Generator, image: Image) -> Image:
    """A copy in greys: soft, its contrast pushed, grainy where its paper is no longer white; then scanned."""
    real = image.astype(np.float32)
    for _ in range(int(rng.choice((1, 2), p=(0.7, 0.3)))):
        shade = _uniform(rng, 0, 45) + _patches(rng, image.shape, 120) * np.float32(_uniform(rng, 0, 25))
        grain = _noise(rng, image.shape, _uniform(rng, 5, 38), _uniform(rng, 0.5, 1.1))
        soft = _blurred(real, _uniform(rng, 0.4, 1.2)) - np.maximum(shade, 0)
        black = _uniform(rng, 20, 100)
        real = np.clip((soft + grain - np.float32(black)) * np.float32(_uniform(rng, 1.2, 2.2)), 0, 255)
    ink = _uniform(rng, 0, 60)
    real = _blurred(real, _uniform(rng, 0.2, 1.0)) * np.float32((255 - ink) / 255) + np.float32(ink)
    scan = _grey(real + _noise(rng, image.shape, _uniform(rng, 1, 12), _uniform(rng, 0, 0.9)))
    return _even(_jpeg(_specks(rng, scan, np.exp(_uniform(rng, 2, 6))), _uniform(rng, 40, 85)), rng)


def bilevel(rng: Generator, image: Image) -> Image:
    """A scan stored as black and white, without a copier's history."""
    real = _blurred(image, _uniform(rng, 0.2, 0.9))
    return _specks(
        rng, _threshold(rng, real, _uniform(rng, 70, 215), _uniform(rng, 0, 25), 5), np.exp(_uniform(rng, 2, 6))
    )


def fax(rng: Generator, image: Image) -> Image:
    """A fax: half the rows or a coarser raster, black and white, now and then a lost or repeated scan line."""
    height, width = image.shape
    factor_y, factor_x = _uniform(rng, 0.45, 1), _uniform(rng, 0.7, 1)
    size = (max(8, round(width * factor_x)), max(8, round(height * factor_y)))
    small = cv2.resize(_blurred(image, _uniform(rng, 0.3, 0.8)), size, interpolation=cv2.INTER_AREA)
    black = _threshold(rng, small, _uniform(rng, 95, 210), _uniform(rng, 2, 25), 8)
    for row in np.flatnonzero(rng.random(black.shape[0]) < _uniform(rng, 0, 0.03)):
        black[row] = black[row - 1] if row and rng.random() < 0.7 else 255  # noqa: PLR2004
    black = _specks(rng, black, np.exp(_uniform(rng, 3, 7)))
    return np.asarray(
        cv2.resize(black, (width, height), interpolation=int(rng.choice((cv2.INTER_LINEAR, cv2.INTER_NEAREST))))
    )


def phone(rng: Generator, image: Image) -> Image:
    """A photograph: out of focus or shaken, uneven light, noise, compression, sharpening."""
    height, width = image.shape
    real = _blurred(image, _uniform(rng, 0.4, 1.3))
    if rng.random() < 0.35:  # noqa: PLR2004
        length = _uniform(rng, 1, 3.5)
        angle = _uniform(rng, 0, np.pi)
        kernel = np.zeros((9, 9), np.float32)
        reach = np.array([np.cos(angle), np.sin(angle)]) * length
        cv2.line(kernel, tuple(map(int, np.round(4 - reach / 2))), tuple(map(int, np.round(4 + reach / 2))), (1.0,), 1)
        real = np.asarray(cv2.filter2D(real, -1, kernel / kernel.sum()))
    light = 1 + _patches(rng, image.shape, max(height, width) * 0.7) * np.float32(_uniform(rng, 0, 0.1))
    ink = _uniform(rng, 10, 100)
    real = (real * np.float32((255 - ink) / 255) + np.float32(ink)) * light * np.float32(_uniform(rng, 0.4, 0.95))
    shot = _grey(real + _noise(rng, image.shape, _uniform(rng, 1, 8), _uniform(rng, 0, 0.9)))
    if rng.random() < 0.4:  # noqa: PLR2004
        amount = np.float32(_uniform(rng, 0.3, 1.5))
        shot = _grey(shot + amount * (shot - _blurred(shot, 1.5)))
    shot = _jpeg(shot, _uniform(rng, 35, 90))
    return _even(_grey(shot / np.maximum(light, np.float32(0.3))), rng)


def faded(rng: Generator, image: Image) -> Image:
    """A tired ribbon or cartridge: pale ink that misses in patches and grains."""
    strength = np.clip(
        _uniform(rng, 0.3, 0.75) + _patches(rng, image.shape, 25) * np.float32(_uniform(rng, 0, 0.15)), 0.12, 1
    )
    gone = _noise(rng, image.shape, 1, 0.7) < np.float32(_uniform(rng, -3, -1))
    ink = (255 - _blurred(image, _uniform(rng, 0.2, 0.8))) * strength
    ink[gone] *= np.float32(0.3)
    real = 255 - ink + _noise(rng, image.shape, _uniform(rng, 1, 8), 0.5)
    return _even(_jpeg(_grey(real), _uniform(rng, 45, 92)), rng)


KINDS: dict[str, tuple[Kind, float, tuple[float, float]]] = {
    "clean": (clean, 0.10, (180, 300)),
    "office": (office, 0.16, (140, 300)),
    "lowres": (office, 0.13, (100, 155)),
    "photocopy": (photocopy, 0.40, (170, 300)),
    "thinned": (thinned, 0.35, (170, 260)),
    "copied": (copied, 0.15, (110, 240)),
    "bilevel": (bilevel, 0.07, (150, 300)),
    "fax": (fax, 0.12, (150, 210)),
    "phone": (phone, 0.12, (110, 260)),
    "faded": (faded, 0.05, (130, 300)),
}
"""Kind of damage → its function, its weight among the training lines, its resolutions (dpi). Photocopies, on which most
is lost, come most often."""

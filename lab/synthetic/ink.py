"""What people put on a printed page: signatures and office stamps, in blue, violet or black."""

from __future__ import annotations

import math
from random import Random

import cv2
import numpy as np
from PIL import Image, ImageDraw

from iki.lab.synthetic.fonts import FAMILIES, load
from iki.lab.synthetic.layout import PrintedPage
from iki.lab.synthetic.rendering import Picture, to_pixels
from iki.model import Box

BLUE, VIOLET, BLACK = (150, 60, 35), (150, 50, 110), (45, 40, 40)
"""Ink colours, BGR."""
_STAMP_INCH = 1.35
"""Usual diameter of an office stamp, inches."""


def signed(
    image: Picture, page: PrintedPage, dpi: float, seed: str, *, words: str, stamps: int = 1, over_table: bool = False
) -> Picture:
    """``image`` (grey) with signatures in the signers' gaps and ``stamps`` round stamps saying ``words``, H×W×3.

    The first stamp stands over the superior's signature, as the rules for office stamps ask; further ones, or the
    first with ``over_table``, lie on the table.
    """
    rng = Random(f"ink {seed}")
    out = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    pen = rng.choice((BLUE, BLUE, BLACK))
    stamp_ink = rng.choice((BLUE, VIOLET))
    for side, place in page.signing:
        box = to_pixels(place, dpi)
        _lay(out, *_signature(box, dpi, rng), pen, 0.9)
        if side == page.signing[-1][0] and stamps:
            x = box.x0 + box.width * rng.uniform(0.12, 0.3)
            stamp(out, words, (x, box.centre[1] + rng.uniform(-0.15, 0.25) * dpi), stamp_ink, dpi, rng)
    for _ in range(stamps - (0 if over_table else 1)):
        rows = [cell.box for cell in page.cells if cell.row >= 0]
        if rows:
            box = to_pixels(rng.choice(rows), dpi)
            stamp(out, words, box.centre, stamp_ink, dpi, rng)
    return out


def _lay(image: Picture, cover: Picture, at: tuple[int, int], ink: tuple[int, int, int], strength: float) -> None:
    """Darken ``image`` in place where ``cover`` (255 = full ink), its corner at ``at``, as translucent ink does."""
    x, y = at
    x0, y0, x1, y1 = (
        max(x, 0),
        max(y, 0),
        min(x + cover.shape[1], image.shape[1]),
        min(y + cover.shape[0], image.shape[0]),
    )
    if x0 >= x1 or y0 >= y1:
        return
    alpha = cover[y0 - y : y1 - y, x0 - x : x1 - x, None].astype(np.float32) / 255 * strength
    patch = image[y0:y1, x0:x1].astype(np.float32)
    tinted = patch * (np.array(ink, np.float32) / 255)
    image[y0:y1, x0:x1] = np.clip(patch * (1 - alpha) + tinted * alpha, 0, 255).astype(np.uint8)


def _signature(box: Box, dpi: float, rng: Random) -> tuple[Picture, tuple[int, int]]:
    """A scrawl somewhat wider and higher than ``box``: its cover and the place of the cover's corner."""
    middle = box.x0 + box.width * rng.uniform(0.4, 0.6), box.centre[1] + rng.uniform(-0.05, 0.15) * dpi
    width, height = rng.uniform(0.7, 1.3) * dpi, rng.uniform(0.2, 0.4) * dpi
    turns = rng.randint(3, 7)
    t = np.linspace(0, 1, 220)
    phase, slope = rng.uniform(0, 6), rng.uniform(-0.25, 0.05)
    x = middle[0] + width * (t - 0.5) + 0.12 * width * np.sin(2 * np.pi * turns * t + phase)
    swell = np.sin(np.pi * t) * (0.4 + 0.6 * np.abs(np.sin(3 * t + phase)))
    y = middle[1] + slope * width * (t - 0.5) + height * swell * np.cos(2 * np.pi * turns * t)
    dash = [[middle[0] - 0.5 * width, middle[1] + 0.4 * height], [middle[0] + 0.7 * width, middle[1] + 0.25 * height]]
    strokes = [np.column_stack([x, y]), np.array(dash)]
    thickness = max(1, round(dpi / rng.uniform(70, 110)))
    corner = np.floor(np.min([stroke.min(axis=0) for stroke in strokes], axis=0)).astype(int) - thickness
    extent = np.ceil(np.max([stroke.max(axis=0) for stroke in strokes], axis=0)).astype(int) + thickness - corner
    cover = np.zeros((int(extent[1]), int(extent[0])), np.uint8)
    for stroke in strokes:
        cv2.polylines(cover, [(stroke - corner).astype(np.int32)], False, 255, thickness, cv2.LINE_AA)
    return cover, (int(corner[0]), int(corner[1]))


def _star(centre: float, radius: float) -> list[tuple[float, float]]:
    """Corners of a five-pointed star around (``centre``, ``centre``), one point up."""
    radii = (radius if i % 2 == 0 else radius * 0.42 for i in range(10))
    return [
        (centre + r * math.sin(math.pi * i / 5), centre - r * math.cos(math.pi * i / 5)) for i, r in enumerate(radii)
    ]


def stamp(
    image: Picture, words: str, centre: tuple[float, float], ink: tuple[int, int, int], dpi: float, rng: Random
) -> None:
    """Put a round stamp on ``image`` (BGR): two rings, ``words`` around, a star in the middle, unevenly inked and
    turned a little, around ``centre`` in pixels."""
    size = int(_STAMP_INCH * rng.uniform(0.85, 1.1) * dpi)
    canvas = Image.new("L", (size, size), 0)
    draw = ImageDraw.Draw(canvas)
    line = max(1, round(dpi / 55))
    for share, width in ((0.0, line), (0.035, max(1, line // 2)), (0.2, line)):
        inset = share * size
        draw.ellipse((inset, inset, size - 1 - inset, size - 1 - inset), outline=255, width=width)
    draw.polygon(_star(size / 2, size * 0.17), fill=255)
    family = FAMILIES["arial"]
    font = load(family.bold, family.package, size * 0.085)
    text = f"{words.upper()} * "
    for i, letter in enumerate(text):
        angle = 2 * math.pi * i / len(text)
        tile = Image.new("L", (int(size * 0.16), int(size * 0.16)), 0)
        ImageDraw.Draw(tile).text((tile.width / 2, tile.height / 2), letter, fill=255, font=font, anchor="mm")
        tile = tile.rotate(-math.degrees(angle), resample=Image.Resampling.BILINEAR)
        at = (
            size / 2 + math.sin(angle) * size * 0.405 - tile.width / 2,
            size / 2 - math.cos(angle) * size * 0.405 - tile.height / 2,
        )
        canvas.paste(255, (round(at[0]), round(at[1])), tile)
    cover = np.asarray(canvas.rotate(rng.uniform(-25, 25), resample=Image.Resampling.BILINEAR), np.uint8)
    noise = np.random.default_rng(rng.getrandbits(32))
    wear = cv2.GaussianBlur(noise.random(cover.shape, dtype=np.float32), (0, 0), size / 25)
    wear = np.clip(0.85 + (wear - 0.5) * 8, 0.35, 1.0)
    corner = round(centre[0] - size / 2), round(centre[1] - size / 2)
    _lay(image, np.asarray(cover * wear, np.uint8), corner, ink, rng.uniform(0.65, 0.9))

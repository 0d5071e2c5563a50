"""What printers, copiers, scanners, cameras and years do to a page: pure functions of picture and seed.

Lengths are inches or pixels at 200 dpi, scaled to the page, so that a profile means the same at every resolution.
"""

from __future__ import annotations

from dataclasses import dataclass
from random import Random
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt

from iki.lab.synthetic.rendering import COLOUR, Picture
from iki.lab.synthetic.warps import Bend, Chain, Homography, quad, resample

_REFERENCE = 200.0
"""Resolution in dpi that pixel lengths below refer to."""
_PAPER = 250
_INK = 160
"""Grey below which a pixel of the undamaged page is ink."""
_WANDER = 8
"""Grey levels by which a copier's threshold differs from its profile's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How badly a page is treated; every knob at 0 does nothing. Actual strengths are drawn from half to full.

    ``dpi`` is that of the finished scan, ``mode`` its colours. ``skew`` degrees; ``perspective`` share of the page's
    size; ``bend`` pixels; ``desk`` share of the picture around the page; ``shadow``, ``fold``, ``show_through``,
    ``fade`` and ``texture`` are shares of full black; ``worn`` the share of rule length lost in gaps of ``gap`` pixels;
    ``doubled`` pixels; ``blur`` and ``noise`` are standard deviations (pixels; grey levels); ``ragged`` grey levels of
    toner noise before thresholding at ``threshold``; ``specks`` per square inch; ``copies`` earlier generations;
    ``quality`` that of JPEG; ``turned`` the clockwise turns to choose from.
    """

    name: str
    dpi: float = 200
    mode: Literal["colour", "grey", "bilevel"] = "colour"
    rules: Literal["full", "horizontal", "none"] = "full"
    stamps: int = 1
    over_table: bool = False
    skew: float = 0.0
    perspective: float = 0.0
    bend: float = 0.0
    desk: float = 0.0
    second_edge: bool = False
    finger: bool = False
    shadow: float = 0.0
    fold: float = 0.0
    show_through: float = 0.0
    fade: float = 0.0
    texture: float = 0.0
    worn: float = 0.0
    gap: float = 8.0
    doubled: float = 0.0
    blur: float = 0.0
    noise: float = 0.0
    ragged: float = 0.0
    threshold: float = 150.0
    specks: float = 0.0
    copies: int = 0
    quality: int = 0
    turned: tuple[int, ...] = (0,)


PROFILES = {
    profile.name: profile
    for profile in (
        Profile(name="clean", dpi=300, skew=0.2, texture=0.01, noise=2, quality=88),
        Profile(name="office", skew=0.7, texture=0.05, blur=0.6, noise=4, quality=72),
        Profile(name="grey", mode="grey", skew=0.9, texture=0.06, blur=0.7, noise=5, quality=65),
        Profile(name="lowres", dpi=150, skew=0.8, texture=0.04, blur=0.7, noise=4, quality=70),
        Profile(
            name="photocopy", mode="bilevel", skew=1.2, worn=0.06, gap=6, blur=1.0, ragged=20, threshold=147, specks=9,
            noise=6,
        ),
        Profile(
            name="phone", dpi=220, skew=2.5, perspective=0.06, bend=12, desk=0.05, shadow=0.55, texture=0.04, blur=0.9,
            noise=7, quality=78,
        ),
        Profile(name="fax", dpi=150, mode="bilevel", skew=0.9, blur=0.9, ragged=18, threshold=150, specks=4, noise=5),
        Profile(
            name="rough", dpi=130, mode="grey", skew=1.2, copies=1, worn=0.1, gap=10, blur=0.9, ragged=14, specks=4,
            texture=0.08, noise=8, quality=55,
        ),
        Profile(name="stamped", skew=0.6, stamps=3, over_table=True, texture=0.05, blur=0.6, noise=4, quality=75),
        Profile(name="faded", skew=0.7, fade=0.72, texture=0.05, show_through=0.1, blur=0.7, noise=5, quality=72),
        Profile(
            name="folded", skew=0.8, fold=0.5, show_through=0.14, bend=5, shadow=0.2, texture=0.05, blur=0.7, noise=5,
            quality=72,
        ),
        Profile(name="turned", skew=1.0, texture=0.05, blur=0.6, noise=4, quality=72, turned=(90, 180, 270)),
        Profile(name="norules", rules="none", skew=0.6, texture=0.05, blur=0.6, noise=4, quality=75),
        Profile(name="halfrules", rules="horizontal", skew=0.6, texture=0.05, blur=0.6, noise=4, quality=75),
        Profile(name="worn", skew=0.7, worn=0.3, gap=14, doubled=3, texture=0.05, blur=0.6, noise=4, quality=72),
        Profile(
            name="camera", dpi=200, skew=3, perspective=0.08, bend=20, desk=0.09, second_edge=True, finger=True,
            shadow=0.6, fold=0.2, texture=0.05, blur=1.1, noise=8, quality=70, turned=(0, 0, 90, 270),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scan:
    """A finished scan, its resolution, and the map from pixels of the undamaged page (rendered at the same resolution)
    to pixels of the scan."""

    image: Picture
    dpi: float
    warp: Chain


def damage(image: Picture, profile: Profile, seed: int | str, *, dpi: float | None = None) -> Scan:
    """``image``, an undamaged page (grey or BGR) at ``dpi`` (that of the profile by default), as ``profile`` leaves it.

    The scan is H×W×3 in colour, else H×W; bilevel scans hold only 0 and 255. Its resolution is that of the page.
    """
    dpi = dpi or profile.dpi
    rng = Random(f"damage {profile.name} {seed}")
    noise = np.random.default_rng(rng.getrandbits(64))
    treated = _Treatment(profile, dpi, rng, noise)
    page = image if image.ndim == COLOUR else np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    page, warp = treated.moved(treated.aged(page))
    page = treated.captured(treated.lit(page))
    if turn := rng.choice(profile.turned):
        page, warp = turned(page, turn, warp)
    return Scan(page, dpi, warp)


@dataclass(frozen=True, slots=True)
class _Treatment:
    """One page's way through the profile, in the order in which things happen to paper."""

    profile: Profile
    dpi: float
    rng: Random
    noise: np.random.Generator

    @property
    def unit(self) -> float:
        """Pixels for one pixel at 200 dpi."""
        return self.dpi / _REFERENCE

    def drawn(self, most: float) -> float:
        return most * self.rng.uniform(0.5, 1.0)

    def aged(self, page: Picture) -> Picture:
        """Printed, copied and kept: what happens to ink and paper."""
        profile, unit = self.profile, self.unit
        if profile.doubled:
            page = doubled_rules(page, max(2, round(self.drawn(profile.doubled) * unit)), unit)
        if profile.worn:
            page = worn_rules(page, self.drawn(profile.worn), profile.gap * unit, unit, self.noise)
        if profile.fade:
            page = faded(page, self.drawn(profile.fade), self.noise)
        for _ in range(profile.copies):
            page = copied(page, unit, self.noise)
        if profile.show_through:
            page = shown_through(page, self.drawn(profile.show_through), unit)
        if profile.texture:
            page = textured(page, self.drawn(profile.texture), unit, self.noise)
        if profile.fold:
            page = folded(page, self.drawn(profile.fold), unit, self.rng)
        return page

    def moved(self, page: Picture) -> tuple[Picture, Chain]:
        return _moved(page, self.profile, self.unit, self.rng, self.noise)

    def lit(self, page: Picture) -> Picture:
        """Held and lit: fingers and shadows."""
        if self.profile.finger:
            page = fingered(page, self.dpi, self.profile.desk * max(page.shape) / self.dpi, self.rng)
        if self.profile.shadow:
            page = shadowed(page, self.drawn(self.profile.shadow), self.rng)
        return page

    def captured(self, page: Picture) -> Picture:
        """Lens, sensor, threshold and compression."""
        profile = self.profile
        if profile.mode != "colour":
            page = np.asarray(cv2.cvtColor(page, cv2.COLOR_BGR2GRAY), np.uint8)
        if profile.blur:
            page = np.asarray(cv2.GaussianBlur(page, (0, 0), self.drawn(profile.blur) * max(self.unit, 0.5)), np.uint8)
        if profile.ragged:
            page = ragged(page, self.drawn(profile.ragged), self.unit, self.noise)
        if profile.specks:
            page = specked(page, self.drawn(profile.specks), self.dpi, self.noise)
        if profile.noise:
            page = noisy(page, self.drawn(profile.noise), self.noise)
        if profile.mode == "bilevel":
            page = bilevel(page, profile.threshold + self.rng.uniform(-_WANDER, _WANDER))
        return jpeg(page, profile.quality) if profile.quality else page


# ink and paper ------------------------------------------------------------------------------------------------------


def _rule_mask(image: Picture, unit: float) -> npt.NDArray[np.bool_]:
    """Pixels of long straight ink, horizontal or vertical."""
    grey = np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    ink = np.where(grey < _INK, np.uint8(255), np.uint8(0))
    long = max(25, round(70 * unit))
    across = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((1, long), np.uint8))
    down = cv2.morphologyEx(ink, cv2.MORPH_OPEN, np.ones((long, 1), np.uint8))
    return np.asarray(cv2.dilate(across | down, np.ones((3, 3), np.uint8)) > 0)


def worn_rules(image: Picture, share: float, gap: float, unit: float, noise: np.random.Generator) -> Picture:
    """Rules with about ``share`` of their length gone, in gaps around ``gap`` pixels long; text stays."""
    field = noise.random(image.shape[:2], dtype=np.float32)
    field = cv2.GaussianBlur(field, (0, 0), max(1.0, gap / 2.5))
    rules = _rule_mask(image, unit)
    if not rules.any():
        return image
    lost = rules & (field < np.quantile(field[rules], share))
    out = image.copy()
    out[lost] = 255
    return out


def doubled_rules(image: Picture, offset: int, unit: float) -> Picture:
    """Every rule a second time ``offset`` pixels to the lower right, fainter, as a page fed twice has them."""
    grey = np.full(image.shape[:2], 255, np.uint8)
    rules = _rule_mask(image, unit)
    grey[rules] = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY)[rules]
    moved = np.full_like(grey, 255)
    moved[offset:, offset:] = grey[:-offset, :-offset]
    pale = 255 - (255 - moved.astype(np.int16)) * 7 // 10
    return np.minimum(image, pale[..., None].astype(np.uint8))


def faded(image: Picture, strength: float, noise: np.random.Generator) -> Picture:
    """Toner running out: ink loses up to ``strength`` of its blackness, unevenly and in streaks along the page."""
    height, width = image.shape[:2]
    streak = cv2.GaussianBlur(noise.random((1, width), dtype=np.float32), (0, 0), max(1.0, width / 60))
    cloud = cv2.resize(noise.random((8, 6), dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    streak = (streak - streak.min()) / max(float(np.ptp(streak)), 1e-6)
    loss = strength * np.clip(0.65 + 0.25 * streak + 0.25 * (cloud - 0.5), 0, 1)
    return np.asarray(255 - (255 - image.astype(np.float32)) * (1 - loss[..., None]), np.uint8)


def copied(image: Picture, unit: float, noise: np.random.Generator) -> Picture:
    """A copy of the page by a worn copier: blurred, contrast pushed up, toner grain, a slight change of size."""
    soft = cv2.GaussianBlur(image, (0, 0), max(0.6, 0.9 * unit)).astype(np.float32)
    grain = cv2.GaussianBlur(noise.normal(0, 30, image.shape[:2]).astype(np.float32), (0, 0), 0.8)
    pushed = np.clip((soft + grain[..., None] - 70) * 1.75, 0, 255)
    return np.asarray(pushed, np.uint8)


def shown_through(image: Picture, strength: float, unit: float) -> Picture:
    """The back of the sheet, here its own mirror image, shining through at ``strength``."""
    back = cv2.GaussianBlur(image[:, ::-1], (0, 0), max(0.8, 2.0 * unit)).astype(np.float32)
    return np.asarray(np.clip(image.astype(np.float32) - (255 - back) * strength, 0, 255), np.uint8)


def textured(image: Picture, strength: float, unit: float, noise: np.random.Generator) -> Picture:
    """Paper that is not white: a faint tint, large clouds and fine fibres, ``strength`` of black in all."""
    height, width = image.shape[:2]
    coarse = cv2.resize(noise.random((28, 20), dtype=np.float32), (width, height), interpolation=cv2.INTER_CUBIC)
    fibre = cv2.GaussianBlur(noise.random((height, width), dtype=np.float32), (0, 0), max(0.8, 1.5 * unit)) - 0.5
    dark = strength * 255 * (0.35 + 0.45 * coarse + 0.9 * fibre)
    tint = np.array([1.25, 1.0, 0.85], np.float32)
    return np.asarray(np.clip(image.astype(np.float32) - np.clip(dark, 0, None)[..., None] * tint, 0, 255), np.uint8)


def folded(image: Picture, strength: float, unit: float, rng: Random) -> Picture:
    """One or two folds: a bright crease beside a dark one, the paper on either side lit differently."""
    out = image.astype(np.float32)
    height, width = image.shape[:2]
    for across in (True, rng.choice((True, False))):
        length = height if across else width
        at = length * rng.uniform(0.4, 0.6)
        t = np.arange(length, dtype=np.float32) - at
        crease = -0.55 * strength * np.exp(-((t / (2.0 * unit)) ** 2)) + 0.3 * strength * np.exp(
            -(((t - 5 * unit) / (4 * unit)) ** 2)
        )
        side = -0.18 * strength * np.exp(-np.abs(t) / (90 * unit)) * (t > 0)
        light = (1 + crease + side)[:, None, None] if across else (1 + crease + side)[None, :, None]
        out = out * light
    return np.asarray(np.clip(out, 0, 255), np.uint8)


def ragged(image: Picture, strength: float, unit: float, noise: np.random.Generator) -> Picture:
    """Toner grain about a pixel wide: edges fray and dots go once the page is thresholded."""
    grain = cv2.GaussianBlur(noise.normal(0, 1, image.shape[:2]).astype(np.float32), (0, 0), max(0.7, 0.9 * unit))
    grain *= strength / max(float(grain.std()), 1e-6)
    level = grain if image.ndim != COLOUR else grain[..., None]
    return np.asarray(np.clip(image.astype(np.float32) + level, 0, 255), np.uint8)


def specked(image: Picture, density: float, dpi: float, noise: np.random.Generator) -> Picture:
    """Black specks of one to three pixels at 200 dpi, ``density`` of them a square inch."""
    height, width = image.shape[:2]
    count = int(noise.poisson(density * height * width / dpi**2))
    out = image.copy()
    for x, y, size in zip(
        noise.integers(0, width, count),
        noise.integers(0, height, count),
        noise.choice([1, 1, 1, 2, 2, 3], count),
        strict=True,
    ):
        radius = max(1, round(size * dpi / _REFERENCE))
        out[y : y + radius, x : x + radius] = noise.integers(0, 90)
    return out


def bilevel(image: Picture, level: float) -> Picture:
    """A grey picture as black and white."""
    return np.where(image > level, np.uint8(255), np.uint8(0))


def noisy(image: Picture, sigma: float, noise: np.random.Generator) -> Picture:
    """Sensor noise of ``sigma`` grey levels, the same in all channels."""
    grain = noise.standard_normal(image.shape[:2], dtype=np.float32) * sigma
    level = grain if image.ndim != COLOUR else grain[..., None]
    return np.asarray(np.clip(image.astype(np.float32) + level, 0, 255), np.uint8)


def jpeg(image: Picture, quality: int) -> Picture:
    """``image`` after JPEG compression."""
    _, data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return np.asarray(cv2.imdecode(data, cv2.IMREAD_UNCHANGED), np.uint8)


# light ----------------------------------------------------------------------------------------------------------------


def shadowed(image: Picture, strength: float, rng: Random) -> Picture:
    """Light from one side and the soft edge of a hand's or head's shadow across the page."""
    height, width = image.shape[:2]
    y, x = np.mgrid[0:height:16, 0:width:16].astype(np.float32)
    x, y = x / width - 0.5, y / height - 0.5
    angle = rng.uniform(0, 2 * np.pi)
    slope = x * np.cos(angle) + y * np.sin(angle)
    edge = rng.uniform(0.0, 0.35)
    ramp = 1 / (1 + np.exp(-(slope - edge + 0.06 * np.sin(7 * (x - y))) / 0.06))
    light = 1 - strength * (0.45 * (slope + 0.5).clip(0, 1) + 0.55 * ramp)
    full = cv2.resize(light.astype(np.float32), (width, height), interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(image.astype(np.float32) * full[..., None], 0, 255), np.uint8)


def fingered(image: Picture, dpi: float, reach: float, rng: Random) -> Picture:
    """A finger reaching in from the left or right edge of the picture over ``reach`` inches to hold the page."""
    height, width = image.shape[:2]
    length, thick = (reach + rng.uniform(-0.15, 0.1)) * dpi, rng.uniform(0.4, 0.6) * dpi
    left = rng.choice((True, False))
    y = int(rng.uniform(0.55, 0.9) * height)
    cover = np.zeros((height, width), np.uint8)
    tip = (int(length) if left else int(width - length), y)
    cv2.line(
        cover, (-int(thick) if left else width + int(thick), y + int(0.2 * dpi)), tip, 255, int(thick), cv2.LINE_AA
    )
    soft = cv2.GaussianBlur(cover, (0, 0), max(1.0, dpi / 90)).astype(np.float32)[..., None] / 255
    skin = np.array([rng.uniform(95, 125), rng.uniform(130, 155), rng.uniform(180, 205)], np.float32)
    return np.asarray(image * (1 - soft) + skin * soft, np.uint8)


# geometry ------------------------------------------------------------------------------------------------------------


def _moved(
    page: Picture, profile: Profile, unit: float, rng: Random, noise: np.random.Generator
) -> tuple[Picture, Chain]:
    """The page bent, skewed, seen at an angle and set on its desk, and the map there."""
    height, width = page.shape[:2]
    warps: list[Bend | Homography] = []
    if profile.bend:
        rise = profile.bend * unit * rng.uniform(0.5, 1) * rng.choice((-1, 1))
        lean = profile.bend * unit * rng.uniform(-0.3, 0.3)
        warps.append(Bend(rise, lean, width, height, rng.uniform(0.8, 1.3), rng.uniform(-0.4, 0.4)))
    margin = profile.desk * max(width, height) * rng.uniform(0.6, 1)
    size = round(width + 2 * margin), round(height + 2 * margin)
    corners = [(0.0, 0.0), (float(width), 0.0), (float(width), float(height)), (0.0, float(height))]
    angle = np.deg2rad(profile.skew * rng.uniform(0.3, 1) * rng.choice((-1, 1)))
    cos, sin = float(np.cos(angle)), float(np.sin(angle))
    target = []
    for x, y in corners:
        dx, dy = x - width / 2, y - height / 2
        shift = [profile.perspective * length * rng.uniform(0, 0.5) for length in (width, height)]
        px = dx - np.sign(dx) * shift[0]
        py = dy - np.sign(dy) * shift[1]
        target.append((size[0] / 2 + cos * px - sin * py, size[1] / 2 + sin * px + cos * py))
    if profile.skew or profile.perspective or margin:
        warps.append(quad(corners, target))
    if not warps:
        return page, Chain()
    chain = Chain(tuple(warps))
    if not profile.desk:
        return resample(page, chain, size, _PAPER), chain
    sheet = resample(page, chain, size, 0)
    cover = resample(np.full_like(page, 255), chain, size, 0).astype(np.float32) / 255
    desk = _desk(size, rng, noise)
    if profile.second_edge:
        aside = np.array([[1, 0, rng.uniform(0.4, 0.9) * margin], [0, 1, rng.uniform(-0.2, 0.5) * margin], [0, 0, 1.0]])
        under = resample(np.full_like(page, 235), chain.then(Homography(aside)), size, 0)
        desk = np.where(under > _PAPER // 2, under, desk)
    dark = cv2.GaussianBlur(cover, (0, 0), 6 * unit)
    desk = np.asarray(desk * (1 - 0.45 * dark), np.uint8)
    return np.asarray(sheet * cover + desk * (1 - cover), np.uint8), chain


def _desk(size: tuple[int, int], rng: Random, noise: np.random.Generator) -> Picture:
    """A table top: wood, cloth or formica, one colour with a grain along it."""
    colour = np.array(rng.choice(((60, 90, 130), (70, 75, 80), (120, 130, 140), (40, 60, 95))), np.float32)
    grain = cv2.resize(noise.random((size[1] // 6, 8), dtype=np.float32), size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(np.clip(colour * (0.8 + 0.4 * grain[..., None]), 0, 255), np.uint8)


def turned(image: Picture, degrees: int, warp: Chain) -> tuple[Picture, Chain]:
    """``image`` turned clockwise by a multiple of 90 degrees, and the map there."""
    height, width = image.shape[:2]
    code, matrix = {
        90: (cv2.ROTATE_90_CLOCKWISE, [[0, -1, height], [1, 0, 0], [0, 0, 1]]),
        180: (cv2.ROTATE_180, [[-1, 0, width], [0, -1, height], [0, 0, 1]]),
        270: (cv2.ROTATE_90_COUNTERCLOCKWISE, [[0, 1, 0], [-1, 0, width], [0, 0, 1]]),
    }[degrees]
    return np.asarray(cv2.rotate(image, code), np.uint8), warp.then(Homography(np.array(matrix, np.float64)))

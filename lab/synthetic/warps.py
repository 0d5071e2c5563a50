"""Geometric damage as invertible maps of points, so that every box can be followed onto the damaged page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import cv2
import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""N×2 pixels, x and y."""


_GRID = 8
"""The map is worked out every so many pixels and interpolated between."""


class PageWarp(Protocol):
    """A map from pixels of one picture to pixels of the next, and back."""

    def forward(self, points: Points) -> Points: ...

    def inverse(self, points: Points) -> Points: ...


@dataclass(frozen=True)
class Homography:
    """A plane seen from elsewhere: 3×3 ``matrix`` on homogeneous pixels (skew, turn, scale, shift, perspective)."""

    matrix: npt.NDArray[np.float64]

    def forward(self, points: Points) -> Points:
        return _project(self.matrix, points)

    def inverse(self, points: Points) -> Points:
        return _project(np.asarray(np.linalg.inv(self.matrix), np.float64), points)


def _project(matrix: npt.NDArray[np.float64], points: Points) -> Points:
    lifted = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    return np.asarray(lifted[:, :2] / lifted[:, 2:], np.float64)


@dataclass(frozen=True)
class Bend:
    """A sheet that does not lie flat: y moves by ``rise`` · sin(π · ``waves`` · x / ``width`` + ``phase``) pixels and x
    by ``lean`` times the same of y / ``height``."""

    rise: float
    lean: float
    width: float
    height: float
    waves: float = 1.0
    phase: float = 0.0

    def forward(self, points: Points) -> Points:
        y = points[:, 1] + self._rise(points[:, 0])
        return np.column_stack([points[:, 0] + self._lean(y), y])

    def inverse(self, points: Points) -> Points:
        x = points[:, 0] - self._lean(points[:, 1])
        return np.column_stack([x, points[:, 1] - self._rise(x)])

    def _rise(self, x: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(self.rise * np.sin(np.pi * self.waves * x / self.width + self.phase), np.float64)

    def _lean(self, y: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(self.lean * np.sin(np.pi * y / self.height), np.float64)


@dataclass(frozen=True)
class Chain:
    """Several warps, the first one first; an empty chain leaves every point where it is."""

    warps: tuple[PageWarp, ...] = ()

    def forward(self, points: Points) -> Points:
        for warp in self.warps:
            points = warp.forward(points)
        return points

    def inverse(self, points: Points) -> Points:
        for warp in reversed(self.warps):
            points = warp.inverse(points)
        return points

    def then(self, *warps: PageWarp) -> Chain:
        return Chain((*self.warps, *warps))


def resample(
    image: npt.NDArray[np.uint8], warp: PageWarp, size: tuple[int, int], outside: int | tuple[int, int, int]
) -> npt.NDArray[np.uint8]:
    """``image`` seen through ``warp`` on a canvas of ``size`` (width, height); ``outside`` is the colour around it."""
    step = _GRID
    xs = np.arange(0, size[0] + step, step, dtype=np.float64)
    ys = np.arange(0, size[1] + step, step, dtype=np.float64)
    grid = warp.inverse(np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)).reshape(len(ys), len(xs), 2)
    map_x, map_y = (_refined(np.ascontiguousarray(grid[..., i], np.float32), size, step) for i in (0, 1))
    value = (outside,) * 3 if isinstance(outside, int) else outside
    return np.asarray(
        cv2.remap(image, map_x, map_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT, borderValue=value), np.uint8
    )


def _refined(coarse: npt.NDArray[np.float32], size: tuple[int, int], step: int) -> npt.NDArray[np.float32]:
    """The coarse grid (one sample every ``step`` pixels, the first at pixel 0) interpolated to every pixel."""
    matrix = np.array([[1 / step, 0, 0], [0, 1 / step, 0]], np.float64)
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return np.asarray(cv2.warpAffine(coarse, matrix, size, flags=flags, borderMode=cv2.BORDER_REPLICATE), np.float32)


def quad(points: Sequence[tuple[float, float]], target: Sequence[tuple[float, float]]) -> Homography:
    """The homography that takes four ``points`` to ``target``."""
    matrix = cv2.getPerspectiveTransform(np.array(points, np.float32), np.array(target, np.float32))
    return Homography(np.asarray(matrix, np.float64))

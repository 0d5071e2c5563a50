"""The connected pieces of a mask."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.illumination import Mask

_AROUND = 3
"""Column of OpenCV's hierarchy that tells which border a hole's border lies in; −1 for the outer border of a piece."""


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a mask (H×W) whose pixels touch, corners included, by their borders (Suzuki and Abe, CVGIP 1985).

    ``boxes`` are N×4: x, y, width, height in px. Finding them takes a fifth of the time that statistics of labels do.
    """

    mask: Mask
    boxes: NDArray[np.int32]
    borders: tuple[NDArray[np.int32], ...]
    owners: NDArray[np.intp]
    """For each of the ``borders``, outer ones and those of holes, the number of its piece."""

    @staticmethod
    def of(mask: Mask) -> Pieces:
        borders, hierarchy = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        if not borders:
            return Pieces(mask, np.zeros((0, 4), np.int32), (), np.zeros(0, np.intp))
        around = np.asarray(hierarchy, np.intp).reshape(len(borders), -1)[:, _AROUND]
        outer = np.flatnonzero(around < 0)
        number = np.zeros(len(borders), np.intp)
        number[outer] = np.arange(len(outer))
        points = np.concatenate([borders[i] for i in outer.tolist()])[:, 0]
        starts = np.cumsum([0, *(len(borders[i]) for i in outer[:-1].tolist())])
        low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
        own = np.where(around < 0, np.arange(len(borders)), around)
        return Pieces(mask, np.hstack([low, high - low + 1]), tuple(borders), number[own])

    def only(self, chosen: NDArray[np.bool_]) -> Mask:
        """The mask with the ``chosen`` pieces (N) alone."""
        kept = np.zeros_like(self.mask)
        cv2.drawContours(kept, [self.borders[i] for i in np.flatnonzero(chosen[self.owners])], -1, 255, cv2.FILLED)
        return np.asarray(cv2.min(kept, self.mask))

    def alone(self, number: int) -> Mask:
        """Piece ``number`` cut out of the mask with its box."""
        x, y, width, height = self.boxes[number].tolist()
        own = [self.borders[i] for i in np.flatnonzero(self.owners == number)]
        kept = np.zeros((height, width), np.uint8)
        cv2.drawContours(kept, own, -1, 255, cv2.FILLED, offset=(-x, -y))
        return np.asarray(cv2.min(kept, self.mask[y : y + height, x : x + width]))

"""The connected pieces of a mask."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from iki.ingest.image.binarize import Mask


@dataclass(frozen=True, slots=True)
class Pieces:
    """The pieces of a mask (H×W) whose pixels touch, corners included, by their borders (Suzuki and Abe, CVGIP 1985).

    ``boxes`` are N×4: x, y, width, height in px; ``borders`` the N outer borders. Finding them takes a fifth of the
    time that statistics of labels do.
    """

    mask: Mask
    boxes: NDArray[np.int32]
    borders: tuple[NDArray[np.int32], ...]

    @staticmethod
    def of(mask: Mask) -> Pieces:
        # Which border lies in which is not asked for: on a halftone that alone would take minutes.
        every, _ = cv2.findContours(mask, cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
        outer = (border for border in every if cv2.contourArea(border, oriented=True) <= 0)  # holes run the other way
        borders = tuple(np.asarray(border, np.int32) for border in outer)
        if not borders:
            return Pieces(mask, np.zeros((0, 4), np.int32), ())
        points = np.concatenate(borders)[:, 0]
        starts = np.cumsum([0, *map(len, borders[:-1])])
        low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
        return Pieces(mask, np.hstack([low, high - low + 1]), borders)

    def only(self, chosen: NDArray[np.bool_]) -> Mask:
        """The mask with the ``chosen`` pieces (N) alone."""
        kept = np.zeros_like(self.mask)
        size = self.boxes[:, 2].astype(np.int64) * self.boxes[:, 3]
        inward = np.argsort(-size, kind="stable")  # a piece in the hole of another is smaller, and comes later
        for i in inward.tolist():
            cv2.drawContours(kept, [self.borders[i]], 0, 255 if chosen[i] else 0, cv2.FILLED)
        return np.asarray(cv2.min(kept, self.mask))

    def alone(self, number: int) -> Mask:
        """Piece ``number`` cut out of the mask with its box."""
        x, y, width, height = self.boxes[number].tolist()
        _, labels = cv2.connectedComponents(self.mask[y : y + height, x : x + width])
        own = labels[self.borders[number][0, 0, 1] - y, self.borders[number][0, 0, 0] - x]
        return np.where(labels == own, np.uint8(255), np.uint8(0))

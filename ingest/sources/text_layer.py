"""The text layer of a born-digital PDF page: its characters, and what is drawn that may be rules of a table."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class TextLayer:
    """Characters, drawings and pictures of a page, in pixels of its picture (x to the right, y down).

    Of N characters: ``codes`` are their code points as the file tells them, ``ink`` (N×4: x0, y0, x1, y1) the boxes of
    their glyphs, ``advance`` (N×4) those of the room they take, ``origin`` (N×2) where they stand on their baseline,
    ``size`` (N) the font's size, ``direction`` (N) that of the text in degrees clockwise, ``font`` (N) numbers the
    ``fonts`` (names), ``mapped`` (N) is false where the font does not tell the code point, ``order`` (N) when they are
    painted.
    ``strokes`` (M×4) are straight lines from end to end, ``fills`` (K×4) filled polygons without curves, by their
    boxes; ``images`` (L×4) pictures that hide what lies below, ``image_order`` (L) when they are painted.
    """

    codes: NDArray[np.int64]
    ink: Array
    advance: Array
    origin: Array
    size: Array
    direction: Array
    font: NDArray[np.int64]
    fonts: tuple[str, ...]
    mapped: Flags
    order: NDArray[np.int64]
    strokes: Array
    fills: Array
    images: Array
    image_order: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.codes)

    def only(self, keep: Flags | NDArray[np.intp]) -> TextLayer:
        """With the characters that are kept."""
        return replace(
            self,
            codes=self.codes[keep],
            ink=self.ink[keep],
            advance=self.advance[keep],
            origin=self.origin[keep],
            size=self.size[keep],
            direction=self.direction[keep],
            font=self.font[keep],
            mapped=self.mapped[keep],
            order=self.order[keep],
        )

    def turned(self, degrees: int, width: int, height: int) -> TextLayer:
        """After turning the picture (``width`` × ``height`` px) clockwise by 0, 90, 180 or 270 degrees."""
        layer = self
        for _ in range(degrees // 90):
            layer, width, height = layer._quarter(height), height, width
        return layer

    def _quarter(self, height: int) -> TextLayer:
        def boxes(b: Array) -> Array:
            return np.stack([height - b[:, 3], b[:, 0], height - b[:, 1], b[:, 2]], axis=1)

        def ends(b: Array) -> Array:
            return np.stack([height - b[:, 1], b[:, 0], height - b[:, 3], b[:, 2]], axis=1)

        return replace(
            self,
            ink=boxes(self.ink),
            advance=boxes(self.advance),
            origin=np.stack([height - self.origin[:, 1], self.origin[:, 0]], axis=1),
            direction=(self.direction + 90) % 360,
            strokes=ends(self.strokes),
            fills=boxes(self.fills),
            images=boxes(self.images),
        )

"""Loose lines put together: the pieces that stand side by side make one printed row."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from iki.model import Box, Line


@dataclass(frozen=True, slots=True)
class PrintedRow:
    """Pieces of lines on one level, left to right; ``box`` in straight px."""

    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return " ".join(line.text for line in self.lines)

    @property
    def box(self) -> Box:
        boxes = [box_of(line) for line in self.lines]
        return Box(
            min(b.x0 for b in boxes), min(b.y0 for b in boxes), max(b.x1 for b in boxes), max(b.y1 for b in boxes)
        )

    @property
    def confidence(self) -> float:
        return max((line.readings[0].confidence for line in self.lines if line.readings), default=0.0)


def box_of(line: Line) -> Box:
    """The box of a line that has one. Raises ``ValueError`` for a line of a text dump."""
    if line.box is None:
        raise ValueError("a line without geometry has no place on a page")
    return line.box


def printed_rows(lines: Iterable[Line], level: float) -> list[PrintedRow]:
    """Lines whose middles lie within ``level`` px of each other, as rows from top to bottom."""
    rows: list[list[Line]] = []
    for line in sorted(lines, key=lambda x: (box_of(x).centre[1], box_of(x).x0)):
        if rows and box_of(line).centre[1] - _middle(rows[-1]) <= level:
            rows[-1].append(line)
        else:
            rows.append([line])
    return [PrintedRow(tuple(sorted(row, key=lambda x: box_of(x).x0))) for row in rows]


def _middle(lines: Sequence[Line]) -> float:
    return sum(box_of(line).centre[1] for line in lines) / len(lines)

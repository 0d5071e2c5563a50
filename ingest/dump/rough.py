"""The rough cuts of a table's lines: the likeliest way through what the network says of their words (Viterbi).

They take a hundredth of a second and tell how wide the columns are and which words stand side by side in their cells.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from iki.ingest.dump.body import BodyLine
from iki.ingest.dump.columns import GOES_ON, STARTS, Cut, Widths
from iki.ingest.dump.state import unnumbered
from iki.ingest.dump.tagger import CLASSES, INSIDE, tag
from iki.language.font_widths import SPACE, advance

_ROUNDS = 2
"""Readings by the network, the later ones told how wide the columns of the one before are."""
_ENOUGH = 4
"""Lines of a column from which its width is known."""
_COLUMN, _DEED = np.divmod(np.arange(CLASSES), 3)
_INSIDE = _DEED == INSIDE
_FOLLOWS = np.where(np.where(_INSIDE, _COLUMN[:, None] == _COLUMN, _COLUMN[:, None] < _COLUMN), 0.0, -np.inf)
"""Log weight of a class (column) after another (row) on a line: a piece goes on, or one of a later column begins."""
_FIRST = np.where(_INSIDE, -np.inf, 0.0)


def rough_cuts(lines: Sequence[BodyLine]) -> tuple[list[tuple[Cut, ...]], Widths]:
    """The rough cuts of each line of a table, and how wide they make its columns (usual letters, 0 for unknown)."""
    widths: Widths = (0, 0, 0, 0)
    cuts: list[tuple[Cut, ...]] = []
    for _ in range(_ROUNDS):
        cuts = _decoded(tag(lines, widths))
        widths = widths_of(lines, cuts)
    return cuts, widths


def _decoded(tags: Sequence[NDArray[np.float32]]) -> list[tuple[Cut, ...]]:
    """The cuts that the log probabilities of each line's words (words × ``CLASSES``) make likeliest, lines all at once.
    A piece that goes on where its column has no cell yet starts one."""
    longest = max(map(len, tags), default=0)
    seen = np.zeros((len(tags), longest, CLASSES))
    for line, each in zip(seen, tags, strict=True):
        line[: len(each)] = each
    back = np.zeros((longest, len(tags), CLASSES), int)
    best = [seen[:, 0] + _FIRST] if longest else []
    for k in range(1, longest):
        ways = best[-1][:, :, None] + _FOLLOWS
        back[k] = ways.argmax(1)
        best.append(ways.max(1) + seen[:, k])
    cuts: list[tuple[Cut, ...]] = []
    begun: set[int] = set()
    for i, each in enumerate(tags):
        at, end = len(each) - 1, len(each)
        now = int(best[at][i].argmax()) if len(each) else 0
        mine: list[Cut] = []
        for k in range(at, -1, -1):
            if not _INSIDE[now]:
                c, deed = divmod(now, 3)
                mine.append(Cut(k, end, c, deed - 1))
                end = k
            now = int(back[k, i, now])
        cuts.append(tuple(c if c.column in begun else c._replace(action=STARTS) for c in reversed(mine)))
        begun.update(cut.column for cut in mine)
    return cuts


def widths_of(lines: Sequence[BodyLine], cuts: Sequence[Sequence[Cut]]) -> Widths:
    """How wide the columns are by the fuller lines of each: of these the one against which the fewest speak, being
    longer or having been broken though the next word would have fitted; 0 for a column with too few lines to say."""
    long: list[list[float]] = [[], [], [], []]
    broken: list[list[float]] = [[], [], [], []]
    for line, way in zip(lines, cuts, strict=True):
        for cut in way:
            if cut.action == GOES_ON and long[cut.column]:
                broken[cut.column].append(long[cut.column][-1] + SPACE + advance(line.words[cut.start]))
            words = line.words[cut.start : cut.end]
            long[cut.column].append(round(advance(unnumbered(words, cut.column, cut.action)), 1))
    a, b, c, d = (_width(x, y) if len(x) >= _ENOUGH else 0.0 for x, y in zip(long, broken, strict=True))
    return a, b, c, d


def _width(long: Sequence[float], broken: Sequence[float]) -> float:
    def against(width: float) -> int:
        return sum(x > width for x in long) + sum(x <= width for x in broken)

    return min(sorted(set(long), reverse=True), key=against)

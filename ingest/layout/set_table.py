"""The table of a page whose text is set by spaces (``pdftotext -layout``): columns, and rows by how they begin.

Such a program lets a column begin at one place in all lines, but where text fills its own column up to the next one,
both come out as one run of words, and what follows stands too far left or right. There the column begins with the word
nearest to its place that leaves the column before no more than it can hold. The cells of a row begin in one line; where
a row ends, some column has run out of text before, so a row begins where text comes back into a column.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import NamedTuple

import numpy as np

from iki.language.font_widths import SPACE, advance


class Run(NamedTuple):
    """A word from where to where it stands (letters from the left)."""

    start: int
    text: str
    end: int


_NUMBER = re.compile(r"^\(?\d{1,2}[.)]?$")
_ORDINAL = re.compile(r"^\W*(?:\d{1,2}|[a-hA-H]|[IVX]{1,4})\W*$")
_BEGINS = re.compile(r"^[\W_]*[A-Z0-9]|^[-•*–]|^[a-z][.)]$")
"""How the first word of a cell looks: with a capital, a digit or a list's mark."""


@dataclass(frozen=True, slots=True)
class SetGrid:
    """A table in a page: the page's lines with every word within its column (letters from the left), where columns
    begin then and the last one ends (letters), where they do as ``printed``, with which line (ordinal) rows begin and
    the last one ends, and how surely edges are there (0–1), as in a ``Lattice``."""

    lines: list[Sequence[Run]]
    edges: list[int]
    printed: list[int]
    starts: list[int]
    level: np.ndarray
    upright: np.ndarray


@dataclass(frozen=True, slots=True)
class SetTable:
    """Tolerances in letters unless told otherwise."""

    gap: int = 2
    """A word behind so many spaces may begin a column …"""
    share: float = 0.1
    """… if this share of the lines has one there …"""
    fewest: int = 2
    """… and so many of them."""
    indent: int = 5
    """What begins within this distance of a column's left edge is an indented line of it."""
    above: int = 2
    """Lines of headings above the one that was recognised, at most."""
    head_lines: int = 5
    """Lines that headings have at most."""
    room: float = 1.04
    """A full line is at most so many times as wide as the widest that can be told apart, or as columns are apart."""
    slip: int = 14
    """Words of a run stand at most so far from their column's edge."""
    slips: float = 0.1
    """Where runs of words go on over a column's edge in more than this share of the lines, one space shows none."""
    fewest_columns: int = 3
    plain: float = 0.995
    """Certainty (0–1) of an edge that white space shows …"""
    told: float = 0.6
    """… and of one that only words tell."""

    def read(self, lines: Sequence[Sequence[Run]], heights: Sequence[int], head: int, end: int) -> SetGrid | None:
        """The table whose headings stand in line ``head`` and around it, up to line ``end`` (ordinals).

        ``heights`` are the numbers of the lines on the page, blank ones counted. ``None`` where no columns are
        found, or where text stands in the middle of its cells.
        """
        top = head
        while top and head - top < self.above and heights[top] - heights[top - 1] == 1 and not _labels(lines[top - 1]):
            top -= 1
        first = self._first(lines, head, end, self._edges(lines[head + 1 : end]))
        if first >= end:
            return None
        body = lines[first:end]
        clusters = _clusters([line for line in lines[top:first] if not _is_numbering(line)], self.gap)
        edges = self._headed(self._edges(body), clusters, body)
        if len(edges) < self.fewest_columns:
            return None
        end = self._end(lines, heights, first, end, edges)
        body, titles = lines[first:end], lines[top:first]
        numbered = self._numbered(body, edges)
        if numbered and not _NUMBER.match(body[0][0][1]):  # text stands in the middle of its cells
            return None
        bounds, sure = self._bounds(body, edges)
        homes = [[_home(run, edges, clusters) for run in line] for line in titles]
        homes += [[bisect_right(own[1:-1], i) for i in range(own[-1])] for own in bounds]
        laid, places = _laid(lines[top:end], homes, edges)
        starts = self._starts(body, bounds, heights[first:end], numbered)
        level, upright = self._certainty(body, bounds, sure, starts, numbered)
        shown = np.full((1, len(edges) + 1), self.plain)
        return SetGrid(
            [*lines[:top], *laid, *lines[end:]], places, [*edges, max(line[-1].end for line in body)],
            [top, *(first + s for s in starts), end],
            np.concatenate([shown[:, 1:], level, shown[:, 1:]]),
            np.concatenate([shown, upright]),
        )  # fmt: skip

    def _edges(self, lines: Sequence[Sequence[Run]]) -> list[int]:
        """Where columns may begin, from left to right."""
        counts: Counter[int] = Counter()
        for line in lines:
            end = -self.gap
            for i, run in enumerate(line):
                counts[run.start] += run.start - end >= self.gap or (i == 1 and bool(_NUMBER.match(line[0].text)))
                end = run.end
        enough = max(self.fewest, self.share * len(lines))
        near = {place: sum(counts[p] for p in (place - 1, place, place + 1)) for place in list(counts)}
        found: list[int] = []
        for place in sorted(counts, key=lambda p: (-counts[p], p)):
            if counts[place] and near[place] >= enough and all(abs(place - other) > 1 for other in found):
                found.append(place)
        numbers = [line[0].start for line in lines if line and _NUMBER.match(line[0].text)]
        if numbers and min(numbers) < min(found, default=0):
            found.append(min(numbers))
        return sorted(found)

    def _first(self, lines: Sequence[Sequence[Run]], head: int, end: int, edges: Sequence[int]) -> int:
        """The first line below the headings: below column numbers, else one with a number, or with two words where
        columns begin that are not in capitals as the headings are."""
        near = range(head + 1, min(end, head + 1 + self.head_lines))
        if (numbers := next((i for i in near if _is_numbering(lines[i])), None)) is not None:
            return numbers + 1
        capitals = _in_capitals(lines[head])
        for i in near:
            line = lines[i]
            on = sum(any(abs(a - e) <= 1 for e in edges) for a, _ in _pieces(line, self.gap))
            begun = on >= min(2, len(edges)) and not (capitals and _in_capitals(line))
            if (_NUMBER.match(line[0][1]) and len(line) > 1) or begun:
                return i
        return min(head + 1, end)

    def _end(
        self, lines: Sequence[Sequence[Run]], heights: Sequence[int], first: int, end: int, edges: Sequence[int]
    ) -> int:
        """Where the table ends: before the first lines below a blank one of which none has text in enough columns."""
        blocks = [first, *(i for i in range(first + 1, end) if heights[i] - heights[i - 1] > 1), end]
        for a, b in pairwise(blocks[1:]):
            most = max(len({bisect_right(edges, x + 1) for x, _ in _pieces(line, self.gap)}) for line in lines[a:b])
            if most < self.fewest_columns:
                return a
        return end

    def _headed(
        self, edges: list[int], clusters: Sequence[tuple[int, int]], lines: Sequence[Sequence[Run]]
    ) -> list[int]:
        """The edges of columns over each of which a heading stands; a column of numbers needs none."""
        middles = [(a + b) / 2 for a, b in clusters]
        numbered = bool(edges) and self._numbered(lines, edges)
        kept = list(edges)
        i = 0
        while i < len(kept):
            a, b = kept[i], kept[i + 1] if i + 1 < len(kept) else 10**6
            if any(a <= m < b for m in middles) or (i == 0 and numbered):
                i += 1
            elif i + 1 < len(kept):
                del kept[i if i and self._is_crossed(kept[i], lines) else i + 1]
            else:
                del kept[i]
        return kept

    def _is_crossed(self, edge: int, lines: Sequence[Sequence[Run]]) -> bool:
        """Whether more lines run across a place than begin there."""
        begun = sum(abs(start - edge) <= 1 for line in lines for start, _, _ in line)
        crossed = sum(a < edge - 1 and edge + 1 < b for line in lines for a, b in _pieces(line, self.gap))
        return crossed > begun

    def _numbered(self, lines: Sequence[Sequence[Run]], edges: Sequence[int]) -> bool:
        """Whether the first column holds nothing but numbers."""
        if len(edges) < 2:  # noqa: PLR2004
            return False
        own = [line[0][1] for line in lines if line[0][0] < edges[1] - 1]
        return bool(own) and sum(bool(_NUMBER.match(word)) for word in own) >= 0.8 * len(own)

    def _cut(self, line: Sequence[Run], edge: int) -> int | None:
        """The word with which a column begins, or what follows it where it is empty; ``None`` where a run of words goes
        on over its edge."""
        for i, (start, _, _) in enumerate(line):
            end = line[i - 1].end if i else -self.gap
            if start >= edge - 1:
                apart = start - end >= self.gap or start <= edge + 1
                return i if apart and end <= edge else None
        return len(line) if not line or line[-1].end <= edge else None

    def _bounds(self, lines: Sequence[Sequence[Run]], edges: Sequence[int]) -> tuple[list[list[int]], list[list[bool]]]:
        """With which word of each line every column begins (and the line ends), and whether white space shows that."""
        cuts: list[list[int | None]] = [[0, *(self._cut(line, edge) for edge in edges[1:])] for line in lines]
        room = [float(b - a - 1) for a, b in pairwise([*edges, edges[-1]])]
        for line, places in zip(lines, cuts, strict=True):
            for k, (a, b) in enumerate(pairwise([*places, len(line)])):
                if (
                    a is not None
                    and b is not None
                    and b > a
                    and _is_apart(line, a, self.gap)
                    and _is_apart(line, b, self.gap)
                ):
                    room[k] = max(room[k], _width([word for _, word, _ in line[a:b]]))
        for line, places in zip(lines, cuts, strict=True):
            for k in range(1, len(edges)):
                a, b = places[k - 1], places[k]
                near = b is not None and not _is_apart(line, b, self.gap)
                if near and (a is None or _width([word for _, word, _ in line[a:b]]) > self.room * room[k - 1]):
                    places[k] = None
        bounds = []
        for line, places in zip(lines, cuts, strict=True):
            own = [0]
            for k in range(1, len(edges)):
                place = places[k]
                if place is None or place < own[-1]:
                    later = next((p for p in places[k + 1 :] if p is not None), len(line))
                    place = self._filled(line, own[-1], max(later, own[-1]), edges[k], self.room * room[k - 1])
                own.append(place)
            bounds.append([*own, len(line)])
        slips = [sum(places[k] is None for places in cuts) > self.slips * len(lines) for k in range(len(edges))]
        sure = [
            [p is not None and (not slips[k] or _is_apart(line, p, self.gap)) for k, p in enumerate(places)]
            for line, places in zip(lines, cuts, strict=True)
        ]
        return bounds, sure

    def _filled(self, line: Sequence[Run], first: int, last: int, edge: int, room: float) -> int:
        """How far (word) a column reaches in a run of words that goes on over the next one's edge."""
        best, least = first, float("inf")
        for i in range(first, last + 1):
            words = [word for _, word, _ in line[first:i]]
            start = line[i][0] if i < len(line) else edge
            if _width(words) > room or abs(start - edge) > self.slip:
                continue
            cost = abs(start - edge) + (0 if i < len(line) and _BEGINS.match(line[i][1]) else 3)
            if cost < least:
                best, least = i, cost
        return best

    def _starts(
        self, lines: Sequence[Sequence[Run]], bounds: Sequence[Sequence[int]], heights: Sequence[int], numbered: bool
    ) -> list[int]:
        """The lines (ordinals) with which rows begin."""
        there = [[b > a for a, b in pairwise(own)] for own in bounds]
        group = int(numbered)
        starts = [0]
        for i in range(1, len(lines)):
            before = there[i - 1] if heights[i] - heights[i - 1] == 1 else [False] * len(there[i])
            back = [k for k in range(group, len(there[i])) if there[i][k] and not before[k]]
            texts = [k for k in back if k > group]
            begun = [k for k in range(group + 1, len(there[i])) if there[i][k]]
            all_begin = len(begun) > 1 and all(_BEGINS.match(lines[i][bounds[i][k]][1]) for k in begun)
            if (numbered and there[i][0]) or texts or (all_begin and len(begun) == len(there[i]) - group - 1):
                starts.append(i)
        return starts

    def _certainty(
        self,
        lines: Sequence[Sequence[Run]],
        bounds: Sequence[Sequence[int]],
        sure: Sequence[Sequence[bool]],
        starts: Sequence[int],
        numbered: bool,
    ) -> tuple[np.ndarray, np.ndarray]:
        """How surely level edges above rows (rows × columns) and upright ones beside them (rows × columns + 1) are
        there."""
        columns = len(bounds[0]) - 1
        level = np.zeros((len(starts), columns))
        upright = np.full((len(starts), columns + 1), self.plain)
        group = int(numbered)
        for r, (a, b) in enumerate(pairwise([*starts, len(lines)])):
            for k in range(1, columns):
                if not all(line[k] for line in sure[a:b]):
                    upright[r, k] = self.told
            here = [y > x for x, y in pairwise(bounds[a])]
            before = [y > x for x, y in pairwise(bounds[a - 1])] if a else [False] * columns
            opens = not r or (here[0] and numbered)
            for k in range(columns):
                word = lines[a][bounds[a][k]][1] if here[k] else ""
                if k <= group:
                    own = opens or (not numbered and here[k] and (not before[k] or _BEGINS.match(word)))
                    level[r, k] = self.plain if own else 0.0
                elif not r or (here[k] and not before[k]):
                    level[r, k] = self.plain
                elif here[k]:
                    level[r, k] = self.told if _BEGINS.match(word) else 0.1
                else:
                    level[r, k] = self.told
        return level, upright


def _is_apart(line: Sequence[Run], i: int, gap: int) -> bool:
    """Whether a word (or a line's end) stands apart from the one before it."""
    return not 0 < i < len(line) or line[i].start - line[i - 1].end >= gap


def _pieces(line: Sequence[Run], gap: int) -> list[tuple[int, int]]:
    """From where to where (letters) the pieces of a line reach that wide gaps part."""
    done: list[tuple[int, int]] = []
    for start, _, end in line:
        if done and start - done[-1][1] < gap:
            done[-1] = done[-1][0], end
        else:
            done.append((start, end))
    return done


def _clusters(lines: Sequence[Sequence[Run]], gap: int) -> list[tuple[int, int]]:
    """The headings: from where to where (letters) what stands one above the other reaches."""
    done: list[tuple[int, int]] = []
    for a, b in sorted(piece for line in lines for piece in _pieces(line, gap)):
        if done and a < done[-1][1]:
            done[-1] = done[-1][0], max(done[-1][1], b)
        else:
            done.append((a, b))
    return done


def _home(run: Run, edges: Sequence[int], clusters: Sequence[tuple[int, int]]) -> int:
    """The column (ordinal) over which the middle of a word's heading stands."""
    a, b = next(((a, b) for a, b in clusters if a <= run.start < b), (run.start, run.end))
    return max(0, bisect_right(edges, (a + b) / 2) - 1)


def _laid(
    lines: Sequence[Sequence[Run]], homes: Sequence[Sequence[int]], edges: Sequence[int]
) -> tuple[list[list[Run]], list[int]]:
    """The lines with each word within its column (``homes``), these as wide as they must be for that, and where columns
    begin then, and the last one ends."""
    pieces = []
    wide = [b - a for a, b in pairwise([*edges, edges[-1] + 1])]
    for line, own in zip(lines, homes, strict=True):
        for k in sorted(set(own)):
            words = [run for run, home in zip(line, own, strict=True) if home == k]
            inset = max(0, words[0].start - edges[k])
            pieces.append((words, inset, k))
            wide[k] = max(wide[k], inset + words[-1].end - words[0].start + 2)
    places = [edges[0], *(edges[0] + total for total in accumulate(wide))]
    laid: list[list[Run]] = []
    rest = iter(pieces)
    for own in homes:
        moved: list[Run] = []
        for _ in set(own):
            words, inset, k = next(rest)
            by = places[k] + inset - words[0].start
            moved += [Run(start + by, text, end + by) for start, text, end in words]
        laid.append(moved)
    return laid, places


def _in_capitals(line: Sequence[Run]) -> bool:
    return all(word == word.upper() for _, word, _ in line)


def _is_numbering(line: Sequence[Run]) -> bool:
    return len(line) > 1 and all(_ORDINAL.match(word) for _, word, _ in line)


def _labels(line: Sequence[Run]) -> bool:
    return any(word.endswith(":") or word == ":" for _, word, _ in line)


def _width(words: Sequence[str]) -> float:
    return sum(map(advance, words)) + SPACE * max(len(words) - 1, 0)

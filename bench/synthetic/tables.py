"""Tables of invented sheets as lines of words, laid out in letters instead of on paper.

:func:`composed` makes tables of any proportions at little cost: any widths of columns, long Sasaran over one row or
many, cells that say one another's words in any way, rows that begin alike. Dumps are learnt from them beside sheets
that were printed and read, of which there are few and whose proportions are those of the templates.
"""

# ruff: noqa: PLR2004 - shares and counts that a generator draws from

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from iki.bench.synthetic.content import _DONE, _general, agencies
from iki.bench.synthetic.dumps import DumpLine, DumpWord

_NARROW, _WIDE = frozenset("iljtfrI.,;:'|()[] -"), frozenset("mwMWAKDGOQHNU@%")
"""Letters and signs that are narrower or wider than most."""
_HEADINGS = (
    "No. Sasaran Kinerja Indikator Kinerja Penjelasan Sumber Data",
    "Sasaran Kegiatan Indikator Kinerja Penjelasan (Formulasi Penghitungan) Sumber Data",
)
_SAME_LINE = 0.4
"""Lines of cells whose levels differ by less (lines) stand on one line of the dump."""


@dataclass(frozen=True, slots=True)
class _Pool:
    sasaran: tuple[str, ...]
    rows: tuple[tuple[str, str, str], ...]
    sources: tuple[str, ...]
    regions: tuple[str, ...]


@cache
def _pool(without: frozenset[str]) -> _Pool:
    topics = [t for a in agencies().values() if a.slug not in without for u in a.topics.values() for t in u]
    topics += _general()
    rows = [item for t in topics for item in t.items]
    sources = sorted({part.strip() for _, _, s in rows for part in s.split(",") if part.strip()})
    regions = tuple(region for agency in agencies().values() for region in agency.regions)
    return _Pool(tuple(t.sasaran for t in topics), tuple(rows), tuple(sources), regions)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How one table is written: shares are 0–1, widths those of usual letters."""

    pool: _Pool
    rng: random.Random
    widths: tuple[float, ...]
    echo: float
    """Of Penjelasan that say their Indikator again; ``whole``: with its first word."""
    whole: float
    heads: tuple[str, str]
    """Words that most Indikator, most Penjelasan begin with."""
    sources: tuple[str, ...]
    wordy: float
    """Of Sumber Data that are no list."""
    case: str
    numbers: str
    centred: bool
    group: tuple[int, ...]
    """Numbers of rows that a Sasaran may have."""

    @classmethod
    def drawn(cls, pool: _Pool, rng: random.Random) -> _Manner:
        wide = rng.uniform(65, 125)
        shares = [max(rng.gauss(mean, 0.06), 0.08) for mean in (0.25, 0.25, 0.28, 0.22)]
        head_i = _chunk(_say(rng.choice(pool.rows)[0], pool, rng), rng, 1, 3) if rng.random() < 0.35 else ""
        head_p = _chunk(_say(rng.choice(pool.rows)[rng.choice((0, 1))], pool, rng), rng, 1, 3)
        return cls(
            pool, rng, tuple(max(9.0, wide * share / sum(shares)) for share in shares),
            echo=rng.choice((0.2, 0.6, 0.9)), whole=rng.random(),
            heads=(head_i, head_p if rng.random() < 0.3 else ""),
            sources=tuple(_say(s, pool, rng) for s in rng.sample(pool.sources, rng.choice((2, 4, 8, 30)))),
            wordy=rng.choice((0.0, 0.2, 0.5, 0.9)), case=rng.choice((*("",) * 7, "title", "title", "upper")),
            numbers=rng.choice(("{}", "{}", "{}.", "{}.", "")), centred=rng.random() < 0.15,
            group=rng.choice(((1,), (1, 1, 2), (1, 2, 3), (2, 3, 4, 5), (4, 6, 8))),
        )  # fmt: skip

    def say(self, text: str) -> str:
        return _say(text, self.pool, self.rng)

    def sasaran(self) -> list[str]:
        return self.lines(self.varied(self.say(self.rng.choice(self.pool.sasaran)), 0.5), 0)

    def cells(self) -> list[list[str]]:
        """The lines of a row's Indikator, Penjelasan and Sumber Data."""
        rng = self.rng
        i, p, s = map(self.say, rng.choice(self.pool.rows))
        if self.heads[0] and rng.random() < 0.8:
            i = f"{self.heads[0]} {_lower(_chunk(i, rng, 2, 6))}"
        i = self.varied(i, 0.15)
        p = self.varied(_echo(i, rng, self.whole) if rng.random() < self.echo else p, 0.2)
        if self.heads[1] and rng.random() < 0.8:
            p = f"{self.heads[1]} {_lower(_chunk(p, rng, 1, 5))}"
        if rng.random() < self.wordy:
            s = self.varied(_chunk(self.say(rng.choice(rng.choice(self.pool.rows)[:2])), rng, 2, 9), 0.3)
        elif rng.random() < 0.6:
            s = ", ".join(rng.sample(self.sources, rng.choice((1, 1, 2, 2, 3)) if len(self.sources) > 2 else 1))
        found = [self.lines(text, 1 + c) for c, text in enumerate((i, p, s))]
        if rng.random() < 0.04:
            found[rng.choice((1, 2))] = []
        return found

    def lines(self, text: str, column: int) -> list[str]:
        return _wrapped(_cased(text, self.case), self.widths[column])

    def drop(self, room: float, lines: int) -> float:
        """Lines above a cell's text."""
        return max(0.0, (room - lines) / 2) if self.centred else 0.0

    def varied(self, text: str, share: float) -> str:
        """A cell's text, now and then longer by words of another cell or cut short."""
        rng = self.rng
        if rng.random() < share:
            some = rng.choice((self.pool.sasaran, *(row[:2] for row in rng.sample(self.pool.rows, 2))))
            other = self.say(rng.choice(some)).split()
            k = rng.randrange(max(len(other) - 1, 1))
            return " ".join([text.rstrip("."), *map(_lower, other[k : k + rng.randint(1, 6)])])
        return _chunk(text, rng, 2, 5) if rng.random() < 0.1 else text


def composed(rng: random.Random, without: frozenset[str]) -> list[DumpLine]:
    """The lines of a table in words of all agencies but those ``without``; No is column 0, Sumber Data column 4."""
    manner = _Manner.drawn(_pool(without), rng)
    heading = [tuple(DumpWord(w, None) for w in rng.choice(_HEADINGS).split())] if rng.random() < 0.7 else []
    placed: list[_Placed] = []
    total, row, level, number = rng.randint(3, 14), 0, 0.0, 0
    while row < total:
        number += 1
        begin, first, sasaran = level, row, manner.sasaran()
        for _ in range(rng.choice(manner.group)):
            cells = manner.cells()
            high = max(map(len, cells))
            for c, cell in enumerate(cells):
                at = level + manner.drop(high, len(cell))
                placed += [(at + k, 2 + c, row, text) for k, text in enumerate(cell)]
            level += high
            row += 1
        at = begin + manner.drop(level - begin, len(sasaran))
        placed += [(at, 0, first, manner.numbers.format(number))]
        placed += [(at + k, 1, first, text) for k, text in enumerate(sasaran)]
        level = max(level, begin + len(sasaran)) + rng.choice((0, 0, 0.3))
    return [*heading, *_levels(placed)]


_Placed = tuple[float, int, int, str]
"""Level, column, row and text of a line of a cell."""


def _levels(placed: list[_Placed]) -> Iterator[DumpLine]:
    """Lines of cells that stand beside each other, as one line each."""
    waiting = sorted(placed)
    while waiting:
        mine = [line for line in waiting if line[0] - waiting[0][0] <= _SAME_LINE]
        waiting = waiting[len(mine) :]
        yield tuple(DumpWord(w, (r, c)) for _, c, r, text in sorted(mine, key=lambda x: x[1]) for w in text.split())


def _say(text: str, pool: _Pool, rng: random.Random) -> str:
    text = re.sub(r"<([^<>]*~[^<>]*)>", lambda found: rng.choice(found[1].split("~")), text)
    text = text.replace("{n}", str(rng.randint(2, 24))).replace("{tahun}", str(rng.randint(2019, 2026)))
    return text.replace("{kec}", rng.choice(pool.regions)).replace("\\n", " ")


def _chunk(text: str, rng: random.Random, least: int, most: int) -> str:
    return " ".join(text.split()[: rng.randint(least, most)])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if not text[:2].isupper() else text


def _echo(indikator: str, rng: random.Random, whole: float) -> str:
    words = indikator.split()
    if rng.random() > whole and len(words) > 2:
        words = words[1:]
        if rng.random() < 0.3:
            k = rng.randrange(1, len(words) + 1)
            words = words[:k]
    if rng.random() < 0.2:
        words = [w for w in words if rng.random() < 0.8] or words
    text = " ".join(words)
    if rng.random() < 0.5:
        text += f" yang {rng.choice(('', '', 'telah ', 'akan '))}{rng.choice(_DONE)}"
    return text[:1].upper() + text[1:]


def _cased(text: str, case: str) -> str:
    if case == "upper":
        return text.upper()
    return " ".join(w[:1].upper() + w[1:] if len(w) > 3 else w for w in text.split()) if case == "title" else text


def _wide(text: str) -> float:
    return sum(0.6 if ch in _NARROW else 1.35 if ch in _WIDE else 1.05 for ch in text)


def _wrapped(text: str, width: float) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        rest = word
        while _wide(rest) > width:
            fits = max(2, int(len(rest) * width / _wide(rest)) - 1)
            end = rest.find("-", 0, fits) + 1 or fits
            lines.append(rest[:end])
            rest = rest[end:]
        if lines and _wide(f"{lines[-1]} {rest}") <= width:
            lines[-1] += f" {rest}"
        else:
            lines.append(rest)
    return lines

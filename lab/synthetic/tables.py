"""Tables of invented sheets as lines of words, laid out in letters instead of on paper.

:func:`composed` makes tables of any proportions at little cost: any widths of columns, long Sasaran over one row or
many, cells that say one another's words in any way, rows that begin alike. Dumps are learnt from them beside sheets
that were printed and read, of which there are few and whose proportions are those of the templates.
"""

# ruff: noqa: PLR2004 - shares and counts that a generator draws from

from __future__ import annotations

import random
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from iki.lab.synthetic.content import _DONE, _general, agencies
from iki.lab.synthetic.dumps import DumpLine, DumpWord
from iki.lab.synthetic.fonts import Face

_FACES = ("arial", "arial", "arial", "arial narrow", "times", "times", "calibri", "cambria")
"""Families of which tables' letters have the widths."""
_USUAL = 0.47
"""Width of a usual letter in sizes of the face."""
_HEADINGS = (
    "No. Sasaran Kinerja Indikator Kinerja Penjelasan Sumber Data",
    "Sasaran Kegiatan Indikator Kinerja Penjelasan (Formulasi Penghitungan) Sumber Data",
)
_SAME_LINE = 0.4
"""Lines of cells whose levels differ by less (lines) stand on one line of the dump."""


_JOINING = ("dan", "dan", "serta", "atau", "untuk", "pada", "bagi", "oleh")
_SPOKEN, _TOPICAL = 0.55, 0.25
"""Shares (0–1) of tables in general office language, and of those about a few topics of agencies; the others mix."""


@dataclass(frozen=True, slots=True)
class _Pool:
    """What a table's cells are made of."""

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
class _Language:
    """General office language: what Indikator begin with, what is counted, deeds (noun, passive verb, verb of a
    Sasaran), what ends a phrase, documents, and objects by field of work."""

    heads: tuple[str, ...]
    units: tuple[str, ...]
    deeds: tuple[tuple[str, str, str], ...]
    tails: tuple[str, ...]
    sources: tuple[str, ...]
    fields: Mapping[str, tuple[str, ...]]


@cache
def _language() -> _Language:
    raw = tomllib.loads(Path(__file__).with_name("language.toml").read_text(encoding="utf-8"))
    heads, units, tails, sources = (tuple(raw[key]) for key in ("heads", "units", "tails", "sources"))
    deeds = tuple((noun, done, verb) for noun, done, verb in raw["deeds"])
    return _Language(heads, units, deeds, tails, sources, {name: tuple(said) for name, said in raw["fields"].items()})


def _spoken(rng: random.Random, regions: tuple[str, ...]) -> _Pool:
    """Cells about a few objects of one field of work or two, in general office language."""
    said = _language()
    objects = [o for field in rng.sample(sorted(said.fields), rng.choice((1, 1, 2))) for o in said.fields[field]]
    objects = rng.sample(objects, min(rng.choice((2, 4, 7, 12)), len(objects)))
    deeds = rng.sample(said.deeds, rng.choice((1, 2, 4, 8)))
    units = rng.sample(said.units, rng.choice((1, 2, 4, 8)))
    heads = rng.sample(said.heads, rng.choice((1, 1, 2, 4)))

    def thing() -> str:
        some = rng.choice(objects)
        if rng.random() < 0.25:
            some += f" {rng.choice(_JOINING)} {rng.choice(objects)}"
        return f"{some} {rng.choice(said.tails)}" if rng.random() < 0.3 else some

    def sasaran() -> str:
        noun, _, verb = rng.choice(deeds)
        other = rng.choice(said.deeds)[0]
        goal = rng.choice((thing(), f"{other} {thing()}", f"{rng.choice(units)} {thing()}", f"{noun} {thing()}"))
        return f"{verb} {goal} {rng.choice(said.tails)}" if rng.random() < 0.6 else f"{verb} {goal}"

    def row() -> tuple[str, str, str]:
        (noun, done, _), head, unit, what = rng.choice(deeds), rng.choice(heads), rng.choice(units), thing()
        counted = rng.choice((
            f"{unit} {what}", f"{unit} {what}", f"{unit} {noun} {what}", f"{what} yang {done}", f"{noun} {what}",
            f"{unit} {what} yang {done}", f"{unit} yang {done}", f"{noun} {unit} {what}",
        ))  # fmt: skip
        things = [thing() for _ in range(rng.randint(1, 4))]
        listed = ", ".join(f"{rng.choice(said.deeds)[0]} {o}" if rng.random() < 0.4 else o for o in things)
        told = rng.choice((
            f"{unit} {what} yang {done}", f"{unit} {noun} {what} yang {done}", f"{noun} {listed}", listed,
            f"{what} yang {done} dibagi jumlah {what} x 100%", f"{noun} {unit} {what} {rng.choice(said.tails)}",
            f"{noun} {what}", f"{unit} {listed} yang {done} {rng.choice(said.tails)}",
        ))  # fmt: skip
        return f"{head} {counted}", told[:1].upper() + told[1:], ", ".join(source() for _ in range(rng.randint(1, 4)))

    def source() -> str:
        paper = rng.choice(said.sources)
        if rng.random() < 0.4:
            paper += f" {rng.choice((thing(), rng.choice(objects), rng.choice(said.deeds)[0]))}"
        return paper if rng.random() < 0.6 else _lower(paper)

    some, many = range(12), range(30)
    return _Pool(tuple(sasaran() for _ in some), tuple(row() for _ in many), tuple(source() for _ in many), regions)


def _topical(pool: _Pool, rng: random.Random) -> _Pool:
    """A few neighbouring rows of a pool, which belong together."""
    at, some = rng.randrange(len(pool.rows)), rng.choice((4, 8, 16))
    rows = (pool.rows * 2)[at : at + some]
    sources = tuple(sorted({part.strip() for _, _, s in rows for part in s.split(",") if part.strip()}))
    k = at * len(pool.sasaran) // len(pool.rows)
    return _Pool((pool.sasaran * 2)[k : k + 4], rows, sources, pool.regions)


@dataclass(frozen=True, slots=True)
class _Manner:
    """How one table is written: shares are 0–1, widths those of usual letters."""

    pool: _Pool
    rng: random.Random
    widths: tuple[float, ...]
    face: Face
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
    uneven: float
    """By how much the text of a cell stands higher or lower than that beside it (lines, at most)."""

    @classmethod
    def drawn(cls, pool: _Pool, rng: random.Random) -> _Manner:
        wide = rng.uniform(65, 125)
        shares = [max(rng.gauss(mean, 0.06), 0.08) for mean in (0.25, 0.25, 0.28, 0.22)]
        head_i = _chunk(_say(rng.choice(pool.rows)[0], pool, rng), rng, 1, 3) if rng.random() < 0.35 else ""
        head_p = _chunk(_say(rng.choice(pool.rows)[rng.choice((0, 1))], pool, rng), rng, 1, 3)
        return cls(
            pool, rng, tuple(max(9.0, wide * share / sum(shares)) for share in shares),
            Face(rng.choice(_FACES), 1 / _USUAL), echo=rng.choice((0.2, 0.6, 0.9)), whole=rng.random(),
            heads=(head_i, head_p if rng.random() < 0.3 else ""),
            sources=tuple(_say(s, pool, rng) for s in _some(pool.sources, rng, rng.choice((2, 4, 8, 30)))),
            wordy=rng.choice((0.0, 0.2, 0.5, 0.9)), case=rng.choice((*("",) * 7, "title", "title", "upper")),
            numbers=rng.choice(("{}", "{}", "{}.", "{}.", "")), centred=rng.random() < 0.15,
            group=rng.choice(((1,), (1, 1, 2), (1, 2, 3), (2, 3, 4, 5), (4, 6, 8))),
            uneven=rng.choice((0.0, 0.0, 0.0, 0.25, 0.45)),
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
        return _wrapped(_cased(text, self.case), self.widths[column], self.face)

    def drop(self, room: float, lines: int) -> float:
        """Lines above a cell's text."""
        uneven = self.rng.uniform(0, self.uneven) if self.uneven else 0.0
        return uneven + (max(0.0, (room - lines) / 2) if self.centred else 0.0)

    def varied(self, text: str, share: float) -> str:
        """A cell's text, now and then longer by words of another cell or cut short."""
        rng = self.rng
        if rng.random() < share:
            some = rng.choice((self.pool.sasaran, *(row[:2] for row in rng.choices(self.pool.rows, k=2))))
            other = self.say(rng.choice(some)).split()
            k = rng.randrange(max(len(other) - 1, 1))
            return " ".join([text.rstrip("."), *map(_lower, other[k : k + rng.randint(1, 6)])])
        return _chunk(text, rng, 2, 5) if rng.random() < 0.1 else text


def composed(rng: random.Random, without: frozenset[str], spoken: float = _SPOKEN) -> list[DumpLine]:
    """The lines of a table in words of all agencies but those ``without``, or (a share of ``spoken``, 0–1) in general
    office language; No is column 0, Sumber Data column 4."""
    pool, kind = _pool(without), rng.random()
    mine = _spoken(rng, pool.regions) if kind < spoken else _topical(pool, rng) if kind < spoken + _TOPICAL else pool
    manner = _Manner.drawn(mine, rng)
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


def _some(options: Sequence[str], rng: random.Random, count: int) -> list[str]:
    return rng.sample(options, min(count, len(options)))


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


def _wrapped(text: str, width: float, face: Face) -> list[str]:
    lines: list[str] = []
    for word in text.split():
        rest = word
        while face.width(rest) > width:
            fits = max(2, int(len(rest) * width / face.width(rest)) - 1)
            end = rest.find("-", 0, fits) + 1 or fits
            lines.append(rest[:end])
            rest = rest[end:]
        if lines and face.width(f"{lines[-1]} {rest}") <= width:
            lines[-1] += f" {rest}"
        else:
            lines.append(rest)
    return lines

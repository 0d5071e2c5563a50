"""What OCR makes of a printed word: the cost, in nats, of reading one text where another was printed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import Levenshtein

FILE = Path(__file__).with_name("confusions.tsv")
Confusion = tuple[str, str]
"""What was printed and what was read, up to two letters each; one of them may be empty."""
_LONGEST = 2
_FAR = float("inf")


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Nats of what the table does not name, and how a text teaches its own confusions."""

    substituted: float = 6.5
    added: float = 6.5
    lost: float = 6.0
    reach: int = 5
    """Letters that may be lost or added in all."""
    trust: float = 12.0
    """Sightings of a letter in damaged words that the table is worth against those of the text itself."""
    cheapest: float = 1.2
    """Nats of the cheapest confusion that a text may teach."""


DEFAULT = ChannelSettings()


class Channel:
    """The costs of a table of confusions: (printed, read) → nats."""

    def __init__(self, costs: Mapping[Confusion, float], settings: ChannelSettings = DEFAULT) -> None:
        self.costs = costs
        self.settings = settings
        self._pairs = frozenset(printed for printed, _ in costs if len(printed) == _LONGEST)
        self._doubled = frozenset((p, r[:1]) for p, r in costs if len(p) == 1 and len(r) == _LONGEST)
        self.cost = lru_cache(maxsize=400_000)(self._cost)

    def _cost(self, printed: str, read: str, limit: float = 40.0) -> float:
        """Nats of reading ``read`` where ``printed`` stood; ``inf`` above ``limit``."""
        printed, read = _differing(printed, read)
        n, m, reach = len(printed), len(read), self.settings.reach
        if abs(n - m) > reach:
            return _FAR
        costs, settings = self.costs.get, self.settings
        best = [[_FAR] * (m + 2) for _ in range(n + 2)]
        best[0][0] = 0.0
        for i in range(n + 1):
            row, below = best[i], best[i + 1]
            a, pair = printed[i : i + 1], printed[i : i + 2]
            paired = pair in self._pairs
            for j in range(max(i - reach, 0), min(i + reach, m) + 1):
                now = row[j]
                if now > limit:
                    continue
                b = read[j : j + 1]
                if b:
                    row[j + 1] = min(row[j + 1], now + costs(("", b), settings.added))
                if not a:
                    continue
                below[j] = min(below[j], now + costs((a, ""), settings.lost))
                if not b:
                    continue
                step = 0.0 if a == b else costs((a, b), settings.substituted)
                below[j + 1] = min(below[j + 1], now + step)
                if j + 1 < m and (a, b) in self._doubled:
                    below[j + 2] = min(below[j + 2], now + costs((a, read[j : j + 2]), _FAR))
                if paired:
                    last = best[i + 2]
                    last[j + 1] = min(last[j + 1], now + costs((pair, b), _FAR))
                    if j + 1 < m:
                        last[j + 2] = min(last[j + 2], now + costs((pair, read[j : j + 2]), _FAR))
        total = best[n][m]
        return total if total <= limit else _FAR

    def nearest(
        self, words: Iterable[str], read: str, limit: float, capitals: bool = False
    ) -> tuple[tuple[str, float], ...]:
        """Which of some words may be behind a reading, and the nats of each; ``capitals``: all stand in capitals."""
        costs = [(word, self.cost(word, read, limit)) for word in words]
        if capitals:
            large = read.upper()
            costs = [(word, min(cost, self.cost(word.upper(), large, limit))) for word, cost in costs]
        return tuple((word, cost) for word, cost in costs if cost <= limit)

    def taught(self, words: Iterable[tuple[str, str]]) -> Channel:
        """The channel after a text has shown its own habits: damaged words as printed and as read.

        Every text comes from one scanner, typeface and program, and these repeat themselves.
        """
        seen, letters = counted(words)
        costs = dict(self.costs)
        trust = self.settings.trust
        for (printed, read), count in sorted(seen.items()):
            if count > 1:
                p = math.exp(-self._table(printed, read)) * trust + count
                nats = -math.log(p / (trust + max(letters[printed], count)))
                costs[printed, read] = min(costs.get((printed, read), _FAR), max(nats, self.settings.cheapest))
        return Channel(costs, self.settings)

    def _table(self, printed: str, read: str) -> float:
        other = self.settings.lost if not read else self.settings.added if not printed else self.settings.substituted
        return self.costs.get((printed, read), other)


def _differing(printed: str, read: str) -> tuple[str, str]:
    """Both without what they begin and end with alike, but for a letter on either side that a confusion may take in."""
    n = min(len(printed), len(read))
    start = 0
    while start < n and printed[start] == read[start]:
        start += 1
    end = 0
    while end < n - start and printed[-1 - end] == read[-1 - end]:
        end += 1
    start, end = max(start - 1, 0), max(end - 1, 0)
    return printed[start : len(printed) - end], read[start : len(read) - end]


def confusions(printed: str, read: str) -> Iterator[Confusion]:
    """What was taken for what in a word, by the shortest way from one to the other."""
    before, after = "", ""
    for op in [*Levenshtein.opcodes(printed, read), None]:
        if op is None or op.tag == "equal":
            if before or after:
                yield from _parts(before, after)
            before, after = "", ""
        else:
            before += printed[op.src_start : op.src_end]
            after += read[op.dest_start : op.dest_end]


def _parts(printed: str, read: str) -> Iterator[Confusion]:
    """A stretch as single confusions; long ones, which can be parted in many ways, tell nothing."""
    if len(printed) == len(read):
        yield from zip(printed, read, strict=True)
    elif not printed or not read:
        yield from ((printed[i : i + 1], read[i : i + 1]) for i in range(max(len(printed), len(read))))
    elif max(len(printed), len(read)) == _LONGEST:
        yield printed, read


def counted(words: Iterable[tuple[str, str]]) -> tuple[Counter[Confusion], Counter[str]]:
    """Confusions in damaged words, and how often each of the texts they begin from stands in these words.

    The empty text stands between all letters. Chances are those within a word that is damaged at all, so they do not
    depend on how bad a page is.
    """
    seen: Counter[Confusion] = Counter()
    letters: Counter[str] = Counter()
    for printed, read in words:
        seen.update(confusions(printed, read))
        letters.update(printed)
        letters.update(printed[i : i + 2] for i in range(len(printed) - 1))
        letters[""] += len(printed) + 1
    return seen, letters


@cache
def table() -> Mapping[Confusion, float]:
    """The confusions of ``confusions.tsv``: (printed, read) → nats."""
    costs: dict[Confusion, float] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            printed, read, nats = line.split("\t")[:3]
            costs[printed, read] = float(nats)
    return costs


@cache
def standard() -> Channel:
    """The channel of the package's table."""
    return Channel(table())


def cost(printed: str, read: str, limit: float = 40.0) -> float:
    """Nats of reading ``read`` where ``printed`` stood, both in small letters; ``inf`` above ``limit``."""
    return standard().cost(printed, read, limit)

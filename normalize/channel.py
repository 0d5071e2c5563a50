"""What OCR makes of a printed word: the cost, in nats, of reading one text where another was printed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

FILE = Path(__file__).with_name("confusions.tsv")


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """Nats of what the table does not name."""

    substituted: float = 6.5
    added: float = 6.5
    lost: float = 6.0


DEFAULT = ChannelSettings()


@cache
def table() -> Mapping[tuple[str, str], float]:
    """The confusions of ``confusions.tsv``: (printed, read) → nats."""
    costs: dict[tuple[str, str], float] = {}
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            printed, read, nats = line.split("\t")
            costs[printed, read] = float(nats)
    return costs


@cache
def _by_first() -> Mapping[str, tuple[tuple[str, str, float], ...]]:
    """Confusions by the first printed letter; those of nothing under the empty string."""
    groups: defaultdict[str, list[tuple[str, str, float]]] = defaultdict(list)
    for (printed, read), nats in sorted(table().items()):
        groups[printed[:1]].append((printed, read, nats))
    return {first: tuple(rows) for first, rows in groups.items()}


@lru_cache(maxsize=400_000)
def cost(printed: str, read: str, limit: float = 40.0, settings: ChannelSettings = DEFAULT) -> float:
    """Nats of reading ``read`` where ``printed`` stood, both in small letters; ``inf`` above ``limit``."""
    groups = _by_first()
    nothing = groups.get("", ())
    rows = len(printed) + 1
    best = [[float("inf")] * (len(read) + 1) for _ in range(rows)]
    best[0][0] = 0.0
    for i in range(rows):
        row = best[i]
        own = groups.get(printed[i], ()) if i < len(printed) else ()
        for j, now in enumerate(row):
            if now > limit:
                continue
            if i < len(printed):
                below = best[i + 1]
                if j < len(read):
                    step = 0.0 if printed[i] == read[j] else settings.substituted
                    below[j + 1] = min(below[j + 1], now + step)
                below[j] = min(below[j], now + settings.lost)
            if j < len(read):
                row[j + 1] = min(row[j + 1], now + settings.added)
            for before, after, nats in (*own, *nothing):
                if printed.startswith(before, i) and read.startswith(after, j):
                    target = best[i + len(before)]
                    target[j + len(after)] = min(target[j + len(after)], now + nats)
    total = best[-1][-1]
    return total if total <= limit else float("inf")

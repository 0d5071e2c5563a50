"""Several readings of one printed line reconciled, with the picture's evidence and the lexicon as judges."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from iki.model import Correction, Line, Reading, Word

from .confidence import sigmoid
from .frames import replacement_costs
from .wrap import Lexicon


@dataclass(frozen=True, slots=True)
class ReadingSettings:
    """Costs in nats."""

    unknown_word: float = 4.0
    """How much less likely a word outside the lexicon is than one in it, before the picture is asked."""
    second_engine: float = 2.0
    """Head start of the first reading: it comes from the engine that measures better."""
    margin: float = 1.0
    """A second reading replaces the first only by more than this."""


DEFAULT = ReadingSettings()


@dataclass(frozen=True, slots=True)
class Settled:
    """A line's reading after reconciliation; ``disputed``: indices of its words that the engines read apart."""

    reading: Reading
    disputed: frozenset[int] = frozenset()
    corrections: tuple[Correction, ...] = ()


def settle(line: Line, lexicon: Lexicon, settings: ReadingSettings = DEFAULT) -> Settled | None:
    """The reading of a line to go on with; ``None`` for a line that nobody could read."""
    readings = [reading for reading in line.readings if reading.text.strip()]
    if not readings:
        return None
    result = Settled(readings[0])
    for other in readings[1:]:
        result = _merge(result, other, lexicon, settings)
    return result


def _merge(settled: Settled, other: Reading, lexicon: Lexicon, settings: ReadingSettings) -> Settled:
    first = settled.reading
    mine, theirs = first.text.split(), other.text.split()
    if mine == theirs:
        return settled
    boxes = list(first.words) if [word.text for word in first.words] == mine else [None] * len(mine)
    texts: list[str] = []
    words: list[Word | None] = []
    disputed: set[int] = set()
    corrections = list(settled.corrections)
    for tag, i0, i1, j0, j1 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "equal" or not (i1 > i0 and j1 > j0):
            disputed |= {len(texts) + i - i0 for i in range(i0, i1) if i in settled.disputed or tag != "equal"}
            texts += mine[i0:i1]
            words += boxes[i0:i1]
            continue
        a, b = mine[i0:i1], theirs[j0:j1]
        lead = _lead(first, mine, i0, i1, b, lexicon, settings)
        chosen, where = (b, other.words[j0:j1]) if lead > settings.margin else (a, boxes[i0:i1])
        if chosen is b:
            corrections.append(Correction(" ".join(a), " ".join(b), "bacaan kedua", sigmoid(lead)))
        disputed |= set(range(len(texts), len(texts) + len(chosen)))
        texts += chosen
        words += list(where) if len(where) == len(chosen) else [None] * len(chosen)
    whole = all(word is not None for word in words)
    reading = Reading(
        " ".join(texts),
        tuple(word for word in words if word is not None) if whole else (),
        first.confidence,
        first.engine,
        first.frames,
    )
    return Settled(reading, frozenset(disputed), tuple(corrections))


def _lead(
    first: Reading,
    mine: Sequence[str],
    i0: int,
    i1: int,
    theirs: Sequence[str],
    lexicon: Lexicon,
    settings: ReadingSettings,
) -> float:
    """Nats by which ``theirs`` is the better reading of words ``i0`` to ``i1``."""
    ours = mine[i0:i1]
    language = settings.unknown_word * (_unknown(ours, lexicon) - _unknown(theirs, lexicon))
    if first.frames is None:
        return language - settings.second_engine
    line = " ".join(mine)
    start = len(" ".join(mine[:i0])) + (i0 > 0)
    picture = replacement_costs(first.frames, line, start, start + len(" ".join(ours)), [" ".join(theirs)])[0]
    return language - picture - settings.second_engine


def _unknown(words: Sequence[str], lexicon: Lexicon) -> int:
    """Words with letters that the lexicon does not have; digits and marks say nothing either way."""
    bare = [word.strip("()[]{}.,;:\"'/-") for word in words]
    return sum(1 for word in bare if any(c.isalpha() for c in word) and not lexicon.knows(word))

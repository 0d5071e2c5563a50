"""Several readings of one printed line reconciled, with the picture's evidence and the lexicon as judges."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from iki.language.odds import sigmoid
from iki.model import CORRECTED, Correction, Line, Reading, Word
from iki.normalize.correct.ctc import replacement_costs
from iki.normalize.correct.join_lines import KnownWords


@dataclass(frozen=True, slots=True)
class ReconcileSettings:
    """Costs in nats."""

    unknown_word: float = 4.0
    """How much less likely a word outside the lexicon is than one in it, before the picture is asked."""
    second_engine: float = 2.0
    """Head start of the first reading: it comes from the engine that measures better."""
    margin: float = 1.0
    """A second reading replaces the first only by more than this."""


DEFAULT = ReconcileSettings()
TEXT = "perbaikan teks"
"""How a change by the text corrector is called in ``koreksi.csv``."""


@dataclass(frozen=True, slots=True)
class Settled:
    """A line's reading after reconciliation.

    ``disputed`` gives, by the index of each word that the engines read apart, what another engine has in its place;
    empty where it has not as many words there.
    """

    reading: Reading
    disputed: Mapping[int, str] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()


def settle(line: Line, lexicon: KnownWords, settings: ReconcileSettings = DEFAULT) -> Settled | None:
    """The reading of a line to go on with; ``None`` for a line that nobody could read."""
    readings = [reading for reading in line.readings if reading.text.strip()]
    if not readings:
        return None
    result = Settled(readings[0])
    for other in readings[1:]:
        corrected = other.engine == CORRECTED
        result = _replaced(result, other) if corrected else _merge(result, other, lexicon, settings)
    return result


def _replaced(settled: Settled, other: Reading) -> Settled:
    """The corrected text in place of what was read, with what has changed."""
    mine, theirs = settled.reading.text.split(), other.text.split()
    blocks = SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes()
    changes = (
        Correction(" ".join(mine[i0:i1]), " ".join(theirs[j0:j1]), TEXT, other.confidence)
        for tag, i0, i1, j0, j1 in blocks
        if tag != "equal"
    )
    return Settled(other, settled.disputed, (*settled.corrections, *changes))


def _merge(settled: Settled, other: Reading, lexicon: KnownWords, settings: ReconcileSettings) -> Settled:
    first = settled.reading
    mine, theirs = first.text.split(), other.text.split()
    if mine == theirs:
        return settled
    boxes = list(first.words) if [word.text for word in first.words] == mine else [None] * len(mine)
    texts: list[str] = []
    words: list[Word | None] = []
    disputed: dict[int, str] = {}
    corrections = list(settled.corrections)
    # words that stand against as many others are left to the judge, who knows more candidates
    for tag, i0, i1, j0, j1 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if i1 - i0 == j1 - j0 or not (i1 > i0 and j1 > j0):
            told = theirs[j0:j1] if j1 - j0 == i1 - i0 else [""] * (i1 - i0)
            for i, text in zip(range(i0, i1), told, strict=True):
                if tag != "equal" or i in settled.disputed:
                    disputed[len(texts) + i - i0] = settled.disputed.get(i) or text
            texts += mine[i0:i1]
            words += boxes[i0:i1]
            continue
        a, b = mine[i0:i1], theirs[j0:j1]
        lead = _lead(first, mine, i0, i1, b, lexicon, settings)
        chosen, where = (b, other.words[j0:j1]) if lead > settings.margin else (a, boxes[i0:i1])
        if chosen is b:
            corrections.append(Correction(" ".join(a), " ".join(b), "bacaan kedua", sigmoid(lead)))
        disputed |= dict.fromkeys(range(len(texts), len(texts) + len(chosen)), "")
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
    return Settled(reading, disputed, tuple(corrections))


def _lead(
    first: Reading,
    mine: Sequence[str],
    i0: int,
    i1: int,
    theirs: Sequence[str],
    lexicon: KnownWords,
    settings: ReconcileSettings,
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


def _unknown(words: Sequence[str], lexicon: KnownWords) -> int:
    """Words with letters that the lexicon does not have; digits and marks say nothing either way."""
    bare = [word.strip("()[]{}.,;:\"'/-") for word in words]
    return sum(1 for word in bare if any(c.isalpha() for c in word) and not lexicon.knows(word))

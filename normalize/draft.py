"""One printed value: its readings settled, its lines joined, every word with its probability."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from iki.language.odds import logit
from iki.model import Candidate, CleanValue, Correction, RawValue, Reading
from iki.normalize.correct.join_lines import Token, WrapSettings, join, text_of
from iki.normalize.correct.reconcile import ReconcileSettings, Settled, settle
from iki.normalize.knowledge import Knowledge
from iki.normalize.trust import TrustModel, model, text_probability

EMPTY = RawValue(())


@dataclass(frozen=True, slots=True)
class ValueSettings:
    wrap: WrapSettings = field(default_factory=WrapSettings)
    readings: ReconcileSettings = field(default_factory=ReconcileSettings)


@dataclass(frozen=True, slots=True)
class Judged:
    """The outcome for one doubtful token: the winner's probability, and the best candidates with it."""

    probability: float
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """A value on its way: its tokens, the readings they come from, and what has been changed so far."""

    raw: RawValue
    tokens: tuple[Token, ...]
    settled: tuple[Settled | None, ...]
    read: str
    corrections: tuple[Correction, ...] = ()
    judged: Mapping[int, Judged] = field(default_factory=dict)

    @property
    def text(self) -> str:
        return text_of(self.tokens)

    @property
    def unread(self) -> int:
        """Printed lines that no engine could read."""
        return sum(1 for settled in self.settled if settled is None)


def draft(raw: RawValue, knowledge: Knowledge, settings: ValueSettings) -> Draft:
    """Settle the readings of each line and join the lines."""
    settled = tuple(settle(line, knowledge, settings.readings) for line in raw.lines)
    tokens = join(raw.lines, knowledge, settings.wrap, [_reading(s) for s in settled])
    read = text_of(join(raw.lines, knowledge, settings.wrap))
    corrections = tuple(c for s in settled if s for c in s.corrections)
    return Draft(raw, tokens, settled, read, corrections)


def _reading(settled: Settled | None) -> Reading:
    return settled.reading if settled else Reading("", (), 0.0, "")


def word_features(value: Draft, i: int, knowledge: Knowledge) -> dict[str, float]:
    """What the word model asks about token ``i``."""
    token = value.tokens[i]
    verdict = value.judged.get(i)
    return {
        "confidence": logit(token.confidence),
        "unknown": float(not knowledge.vouches(token.text) and any(c.isalpha() for c in token.text)),
        "disagree": float(disputed(token, value) is not None),
        "judged": float(verdict is not None),
        "share": logit(verdict.probability) if verdict else 0.0,
        "changed": float(token.text != "".join(piece.text for piece in token.pieces)),
    }


def disputed(token: Token, value: Draft) -> str | None:
    """What another engine read in place of the token (empty if nothing that compares); ``None`` where all agree."""
    found = None
    for piece in token.pieces:
        settled = value.settled[piece.line]
        if settled and settled.disputed:
            before = settled.reading.text[: piece.start].split()
            found = settled.disputed.get(len(before), found)
    return found if found is None or len(token.pieces) == 1 else ""


def finish(value: Draft, knowledge: Knowledge, fitted: TrustModel | None = None) -> CleanValue:
    """The value with the probability that it is right to the letter."""
    joins = [token.certainty for token in value.tokens]
    if value.unread:
        probability = 0.0
    elif value.raw.pictured:
        judge = fitted or model()
        words = [
            1.0 if value.raw.typed else judge.word.probability(word_features(value, i, knowledge))
            for i in range(len(value.tokens))
        ]
        probability = text_probability(words, joins, value.raw.certainty, judge)
    else:  # a cell of a dump has in its certainty what its words tell of how they were read
        probability = math.prod(joins) * value.raw.certainty
    others = tuple(c for _, verdict in sorted(value.judged.items()) for c in verdict.candidates)
    return CleanValue(value.text, value.read, probability, False, value.corrections, others, value.raw)

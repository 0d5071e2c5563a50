"""The picture's evidence for a token: what it would cost to read something else where it stands."""

from __future__ import annotations

from collections.abc import Sequence

from iki.language import channel
from iki.language.odds import logit
from iki.normalize.correct.ctc import replacement_costs
from iki.normalize.correct.join_lines import HYPHENS, Token, TokenPart
from iki.normalize.draft import Draft

SPLIT_REACH = 2
"""Letters by which the wrap inside a candidate may lie elsewhere than in the reading."""
NO_DAMAGE = 30.0
"""Nats beyond which a candidate is not the same word damaged."""
CASE_COST = 3.0
"""Nats of a letter read in the other case, where there are no frames."""


def picture_costs(value: Draft, token: Token, candidates: Sequence[str]) -> list[float] | None:
    """Nats that each candidate costs more than the token as read, by the frames (negative: it fits better).

    ``None`` where the reading has no frames, or the token lies on more than two lines.
    """
    readings = [settled.reading if (settled := value.settled[piece.line]) else None for piece in token.pieces]
    frames = [reading.frames if reading else None for reading in readings]
    if not all(frames) or len(token.pieces) > 2:  # noqa: PLR2004
        return None

    def costs(at: int, texts: Sequence[str]) -> list[float]:
        reading, piece = readings[at], token.pieces[at]
        assert reading is not None and reading.frames is not None
        return replacement_costs(reading.frames, reading.text, piece.start, piece.start + len(piece.text), texts)

    if len(token.pieces) == 1:
        return costs(0, candidates)
    cuts = [_cuts(candidate, token.pieces[0]) for candidate in candidates]
    left = iter(costs(0, [a for pairs in cuts for a, _ in pairs]))
    right = iter(costs(1, [b for pairs in cuts for _, b in pairs]))
    return [min(next(left) + next(right) for _ in pairs) for pairs in cuts]


def _cuts(candidate: str, first: TokenPart) -> list[tuple[str, str]]:
    """Ways of parting a candidate over two lines near where the reading is parted."""
    hyphen = first.text[-1:] if first.text[-1:] in HYPHENS else ""
    whole = len(first.text)
    places = range(min(max(whole - SPLIT_REACH, 0), len(candidate)), min(whole + SPLIT_REACH, len(candidate)) + 1)
    pairs = {(candidate[:n], candidate[n:]) for n in places}
    if hyphen:  # the hyphen may be dropped in the joined word
        pairs |= {(candidate[:n] + hyphen, candidate[n:]) for n in places if candidate[n - 1 : n] != hyphen}
    return sorted(pairs)


def engine_cost(token: Token, candidate: str) -> float:
    """Nats of a candidate where there are no frames: that of the damage, and of the engine's being wrong about it."""
    if candidate == token.text:
        return 0.0
    damage = channel.cost(candidate.lower(), token.text.lower(), NO_DAMAGE)
    case = CASE_COST * sum(a != b for a, b in zip(candidate, token.text, strict=False) if a.lower() == b.lower())
    return min(damage, NO_DAMAGE) + case + max(logit(token.confidence), 0.0)

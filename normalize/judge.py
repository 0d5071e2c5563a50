"""Doubtful words judged: what the picture says of each candidate, and how likely it is in its place.

A noisy channel: the cost of a candidate is that of the picture (or of the engine's confidence, where there are no
frames) plus that of the word and its mark, less what other cells and sheets say. The probabilities of all candidates
together give that of the winner.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from iki.model import Candidate, Correction
from rapidfuzz.distance import Levenshtein

from . import marks
from .agreement import Votes
from .evidence import engine_cost, picture_costs
from .knowledge import Knowledge
from .values import Draft, Judged, disputed

_RUN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Costs in nats."""

    sure: float = 0.995
    """Engine confidence (0–1) from which a word that nothing speaks against is taken as read."""
    unknown: float = 7.0
    """Cost of a word that no lexicon has."""
    batch: float = 1.0
    """Gain of a word for each e-fold of other values that it stands on."""
    place: float = 1.5
    """The same for values where it stands between the same neighbours."""
    row: float = 1.0
    """Gain of a word that stands in the same row."""
    margin: float = 1.0
    """A candidate replaces the reading only if it is cheaper by this."""
    most: int = 40
    """Candidates asked of the picture for one word."""
    lost_mark: float = 0.97
    """Engine confidence (0–1) below which a mark may have been lost altogether."""


DEFAULT = JudgeSettings()


def judged(
    value: Draft,
    knowledge: Knowledge,
    votes: Votes,
    mates: frozenset[str] = frozenset(),
    settings: JudgeSettings = DEFAULT,
) -> Draft:
    """The value with every doubtful token judged. ``mates`` are the words of the other cells of its rows."""
    tokens = list(value.tokens)
    corrections = list(value.corrections)
    story: dict[int, Judged] = {}
    for i, token in enumerate(tokens):
        texts = [t.text for t in tokens]
        options = _options(value, i, texts, knowledge, votes, settings)
        if len(options) < 2:  # noqa: PLR2004
            continue
        ranked = _ranked(value, i, texts, options, knowledge, votes, mates, settings)
        best = ranked[0]
        read = next(c for c in ranked if c.text == token.text)
        if best.text != token.text and read.cost - best.cost < settings.margin:
            best = read
        story[i] = Judged(_share(best, ranked), tuple(ranked[:5]))
        if best.text != token.text:
            tokens[i] = replace(token, text=best.text)
            corrections.append(Correction(token.text, best.text, best.origin, story[i].probability))
    return replace(value, tokens=tuple(tokens), corrections=tuple(corrections), judged=story)


def _share(best: Candidate, ranked: Sequence[Candidate]) -> float:
    return 1 / sum(math.exp(min(best.cost - c.cost, 50.0)) for c in ranked)


def _options(
    value: Draft, i: int, texts: Sequence[str], knowledge: Knowledge, votes: Votes, settings: JudgeSettings
) -> dict[str, str]:
    """Candidate texts of token ``i`` and where each comes from; only the token itself where there is no doubt."""
    token = value.tokens[i]
    options = {token.text: "dibaca"}
    stem, mark = marks.part(token.text)
    left, right = texts[i - 1] if i else "^", texts[i + 1] if i + 1 < len(texts) else "$"
    following = texts[i + 1] if i + 1 < len(texts) else ""
    odd_mark = marks.cost(stem, mark, following, knowledge.abbreviation) > 2  # noqa: PLR2004
    unsure = token.confidence < settings.sure or disputed(token, value)
    unknown = any(not knowledge.knows(run) for run in _RUN.findall(stem))
    stems = {stem: "dibaca"}
    if unsure and unknown:
        for word in _words(stem, knowledge, votes):
            stems.setdefault(word, "kamus")
    if unsure:
        for text in votes.between(left, right):
            options.setdefault(text, "tempat yang sama")
            stems.setdefault(marks.part(text)[0], "tempat yang sama")
    endings = {mark}
    if (mark in {",", "."} or not mark) and (unsure or odd_mark):
        endings |= {",", "."} if mark else {","} if token.confidence < settings.lost_mark else set()
        if mark and token.confidence < settings.lost_mark:
            endings.add("")
    for text, origin in stems.items():
        for ending in sorted(endings):
            options.setdefault(text + ending, origin if text != stem else "tanda baca")
    near = sorted(options, key=lambda text: (Levenshtein.distance(text, token.text), text))
    return {text: options[text] for text in near[: settings.most]}


def _words(stem: str, knowledge: Knowledge, votes: Votes) -> Iterable[str]:
    """The stem with each of its unknown runs of letters replaced by a word of the lexicon or of the batch."""
    for match in _RUN.finditer(stem):
        if knowledge.knows(match[0]):
            continue
        for word in (*knowledge.near(match[0]), *votes.near(match[0])):
            yield stem[: match.start()] + word + stem[match.end() :]


def _ranked(
    value: Draft,
    i: int,
    texts: Sequence[str],
    options: dict[str, str],
    knowledge: Knowledge,
    votes: Votes,
    mates: frozenset[str],
    settings: JudgeSettings,
) -> list[Candidate]:
    token = value.tokens[i]
    names = list(options)
    seen = picture_costs(value, token, names)
    if seen is None:
        seen = [engine_cost(token, Levenshtein.distance(token.text, text)) for text in names]
    left, right = texts[i - 1] if i else "^", texts[i + 1] if i + 1 < len(texts) else "$"
    following = texts[i + 1] if i + 1 < len(texts) else ""
    here = votes.between(left, right)
    ranked = []
    for text, picture in zip(names, seen, strict=True):
        stem, mark = marks.part(text)
        cost = picture + marks.cost(stem, mark, following, knowledge.abbreviation)
        known = all(knowledge.knows(run) for run in _RUN.findall(stem))
        cost += 0.0 if known else settings.unknown
        cost -= settings.batch * math.log1p(votes.word(text)) * (not known)
        cost -= settings.place * math.log1p(here.get(text, 0))
        cost -= settings.row * (_bare(stem) in mates)
        ranked.append(Candidate(text, round(cost, 3), options[text]))
    return sorted(ranked, key=lambda c: (c.cost, c.text))


def _bare(stem: str) -> str:
    return re.sub(r"^\W+|\W+$", "", stem).lower()

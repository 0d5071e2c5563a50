"""Doubtful words judged: what the picture says of each candidate, and how likely it is in its place.

A noisy channel: the cost of a candidate is that of the picture (or of the engine's confidence, where there are no
frames) plus that of the word and its mark, less what other cells and sheets say. The probabilities of all candidates
together give that of the winner.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher

from iki.language.odds import sigmoid
from iki.model import Candidate, Correction
from iki.normalize.context import Votes
from iki.normalize.correct import punctuation
from iki.normalize.correct.image_cost import engine_cost, picture_costs
from iki.normalize.correct.join_lines import Token
from iki.normalize.correct.token_candidates import (
    LOOK_ALIKE_SIGNS,
    NUMBERED,
    SPACE,
    CandidateSettings,
    TokenContext,
    glued,
    odd_case,
    odd_marks,
    place,
    proposals,
    same_shape,
)
from iki.normalize.draft import Draft, Judged, disputed
from iki.normalize.knowledge import Knowledge
from iki.terms import WORD

_NARROW = re.compile(r"(?<=[AFLPTVWY]) (?=[AJTVWXY])|" + NUMBERED.format(gap=" "))
"""Spaces that print may leave no room for: between capitals whose slants fit together, and behind a list's number whose
tab has no width."""


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Costs in nats."""

    unknown: float = 7.0
    """Cost of a word that no lexicon has."""
    stop_or_comma: float = 4.0
    """Nats that the picture of a full stop can be surer than that of a comma, or of an l than of an I, at most: wear
    makes one of the other, and typefaces print them the same."""
    clear_mark: float = 0.999
    """Engine confidence (0–1) from which a full stop or comma is only doubted, never replaced."""
    odd_case: float = 4.0
    """Cost of capitals inside a word, and of a small letter at the beginning of a field."""
    glued: float = 3.0
    """Cost of a bracket or mark without the space that usually stands there."""
    sign: float = 6.0
    """Cost of a sign that forms hardly ever use."""
    batch: float = 1.8
    """Gain of an unknown word for each e-fold of other values that it stands on."""
    narrow: float = 1.5
    """Most that the picture says against a space that print may leave no room for."""
    place: float = 1.5
    """The same for values where a word stands between the same neighbours."""
    row: float = 1.0
    """Gain of a word that stands in the same row."""
    expected: float = 4.0
    """Gain of the word that stands there where another field of the sheet, or of the same signer, says the same."""
    second: float = 3.0
    """Gain of what a second engine read."""
    odd_marks: float = 4.0
    """Cost of marks among letters that never stand there."""
    margin: float = 1.0
    """A candidate replaces the reading only if it is cheaper by this."""
    told: int = 5
    """Candidates kept for the story of a value."""
    candidates: CandidateSettings = field(default_factory=CandidateSettings)


DEFAULT = JudgeSettings()


def judged(
    value: Draft,
    knowledge: Knowledge,
    votes: Votes,
    mates: frozenset[str] = frozenset(),
    titled: bool = False,
    expected: str = "",
    settings: JudgeSettings = DEFAULT,
) -> Draft:
    """The value with every doubtful token judged.

    ``mates`` are the words of the other cells of its rows; ``titled``: a value of its kind begins with a capital;
    ``expected``: a text that probably says the same. The author's own characters are not judged.
    """
    if value.raw.typed:
        return value
    value = _rejoined(value, knowledge, settings)
    tokens = list(value.tokens)
    corrections = list(value.corrections)
    story: dict[int, Judged] = {}
    same = _aligned([token.text for token in tokens], expected.split())
    for i, token in enumerate(tokens):
        texts = [t.text for t in tokens]
        stops = titled or texts[-1].endswith(".")
        at = place(texts, i, token.confidence, stops, disputed(token, value), same.get(i, ""))
        options = proposals(at, knowledge, votes, settings.candidates)
        if len(options) == 1:
            continue
        ranked = _ranked(value, token, at, options, knowledge, votes, mates, titled and i == 0, settings)
        best, read = ranked[0], next(c for c in ranked if c.text == token.text)
        clear = _same_but_stop(best.text, read.text) and token.confidence >= settings.clear_mark
        if read.cost - best.cost < settings.margin or clear:
            best = read
        story[i] = Judged(_share(best, ranked), tuple(ranked[: settings.told]))
        if best.text != token.text:
            tokens[i] = replace(token, text=best.text)
            corrections.append(Correction(token.text, best.text, best.origin, story[i].probability))
    return replace(value, tokens=tuple(tokens), corrections=tuple(corrections), judged=story)


def _same_but_stop(a: str, b: str) -> bool:
    """Whether two tokens differ in nothing but a full stop for a comma."""
    return a != b and a[:-1] == b[:-1] and {a[-1], b[-1]} == {".", ","}


def _same_shape(a: str, b: str) -> bool:
    """Whether ``a`` is ``b`` with signs and strokes as the letters that look the same."""
    return a != b and a in (same_shape(b), LOOK_ALIKE_SIGNS.get(b))


def _aligned(read: Sequence[str], expected: Sequence[str]) -> dict[int, str]:
    """The expected token for each token read, where as many are expected as were read between two that agree."""
    found: dict[int, str] = {}
    for _, i0, i1, j0, j1 in SequenceMatcher(None, read, expected, autojunk=False).get_opcodes():
        if i1 - i0 == j1 - j0:
            found.update(zip(range(i0, i1), expected[j0:j1], strict=True))
    return found


def _share(best: Candidate, ranked: Sequence[Candidate]) -> float:
    return 1 / sum(math.exp(min(best.cost - c.cost, 50.0)) for c in ranked)


def _ranked(
    value: Draft,
    token: Token,
    at: TokenContext,
    options: Mapping[str, str],
    knowledge: Knowledge,
    votes: Votes,
    mates: frozenset[str],
    begins: bool,
    settings: JudgeSettings,
) -> list[Candidate]:
    """The candidates from the cheapest to the dearest."""
    names = list(options)
    seen = picture_costs(value, token, names)
    if seen is None:
        seen = [engine_cost(token, text) for text in names]
    here = votes.between(at.left, at.right)
    ranked = []
    for text, shown in zip(names, seen, strict=True):
        stem, mark = punctuation.part(text)
        known = all(knowledge.knows(run) for run in WORD.findall(stem))
        worn = _same_but_stop(text, at.text) or _same_shape(text, at.text)
        picture = max(min(shown, settings.stop_or_comma), -settings.stop_or_comma) if worn else shown
        if options[text] == SPACE and _NARROW.search(text):
            picture = min(picture, settings.narrow)
        cost = picture + punctuation.cost(stem.split()[-1], mark, at.following, at.sentences, knowledge.stops)
        if known:
            cost += max((knowledge.rarity(run) for run in WORD.findall(stem)), default=0.0)
        else:
            cost += max(settings.unknown - settings.batch * math.log1p(votes.word(text)), 0.0)
        cost += settings.odd_case * odd_case(stem, begins) + settings.glued * glued(stem)
        cost += settings.sign * (stem in LOOK_ALIKE_SIGNS)
        cost -= settings.place * math.log1p(here.get(text, 0)) + settings.row * (_bare(stem) in mates)
        cost += settings.odd_marks * odd_marks(stem)
        cost -= settings.expected * (text == at.expected) + settings.second * (text == at.other)
        ranked.append(Candidate(text, round(cost, 3), options[text]))
    return sorted(ranked, key=lambda c: (c.cost, c.text))


def _rejoined(value: Draft, knowledge: Knowledge, settings: JudgeSettings) -> Draft:
    """The value with words put together that a false space parts: unknown ones that are a known word together."""
    tokens: list[Token] = []
    corrections = list(value.corrections)
    for token in value.tokens:
        if tokens and (whole := _whole(tokens[-1], token, value, knowledge, settings)) is not None:
            corrections.append(Correction(f"{tokens[-1].text} {token.text}", whole.text, SPACE, whole.certainty))
            tokens[-1] = whole
        else:
            tokens.append(token)
    return replace(value, tokens=tuple(tokens), corrections=tuple(corrections))


def _whole(left: Token, right: Token, value: Draft, knowledge: Knowledge, settings: JudgeSettings) -> Token | None:
    """The two tokens as one, where they stand on one line, are known together only, and the picture lets them."""
    a, b = left.pieces[-1], right.pieces[0]
    stem, mark = punctuation.part(right.text)
    if len(left.pieces) > 1 or len(right.pieces) > 1 or a.line != b.line or not (left.text + stem).isalpha():
        return None
    if left.text.isupper() != stem.isupper() or (stem[0].isupper() and not stem.isupper()):
        return None
    if not knowledge.knows(left.text + stem) or (knowledge.knows(left.text) and knowledge.knows(stem)):
        return None
    piece = replace(a, text=f"{a.text} {b.text}", confidence=min(a.confidence, b.confidence))
    read = Token(piece.text, (piece,), left.certainty)
    text = left.text + stem + mark
    cost = picture_costs(value, read, [text]) or [engine_cost(read, text)]
    gain = settings.unknown - cost[0]
    return replace(read, text=text, certainty=sigmoid(gain)) if gain > settings.margin else None


def _bare(stem: str) -> str:
    return re.sub(r"^\W+|\W+$", "", stem).lower()

"""Doubtful words judged: what the picture says of each candidate, and how likely it is in its place.

A noisy channel: the cost of a candidate is that of the picture (or of the engine's confidence, where there are no
frames) plus that of the word and its mark, less what other cells and sheets say. The probabilities of all candidates
together give that of the winner.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import Levenshtein

from iki.model import Candidate, Correction

from . import marks
from .agreement import Votes
from .evidence import engine_cost, picture_costs
from .knowledge import Knowledge
from .values import Draft, Judged, disputed

_RUN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_CORE = re.compile(r"[^\W\d_].*[^\W\d_]")
SAME_SHAPE = frozenset("cCkKoOpPsSuUvVwWxXzZ")
"""Letters that differ from their capitals in height only."""


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
    odd_case: float = 4.0
    """Cost of capitals inside a word, and of a small letter at the beginning of a field."""
    short_capitals: int = 5
    """Letters up to which a word in capitals is an abbreviation, for which no word of the lexicon may be put."""
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
    titled: bool = False,
    settings: JudgeSettings = DEFAULT,
) -> Draft:
    """The value with every doubtful token judged. ``mates`` are the words of the other cells of its rows;
    ``titled``: a value of its kind begins with a capital."""
    tokens = list(value.tokens)
    corrections = list(value.corrections)
    story: dict[int, Judged] = {}
    for i, token in enumerate(tokens):
        texts = [t.text for t in tokens]
        options = _options(value, i, texts, knowledge, votes, settings)
        if len(options) < 2:  # noqa: PLR2004
            continue
        ranked = _ranked(value, i, texts, options, knowledge, votes, mates, titled, settings)
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
        for word, origin in _words(stem, knowledge, votes, settings):
            stems.setdefault(word, origin)
    if unsure:
        for word in _recased(stem):
            stems.setdefault(word, "huruf besar")
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


def _words(stem: str, knowledge: Knowledge, votes: Votes, settings: JudgeSettings) -> Iterator[tuple[str, str]]:
    """The stem with each unknown run of letters, or all between its first and last letter, replaced by a known word."""
    runs = [match for match in _RUN.finditer(stem) if not knowledge.knows(match[0])]
    core = _CORE.search(stem)
    if core and not core[0].isalpha():
        runs.append(core)
    for match in runs:
        printed = re.sub(r"[\W\d_]", "", match[0])
        if not (printed.isupper() and len(printed) <= settings.short_capitals):
            for word in knowledge.near(printed):
                yield stem[: match.start()] + word + stem[match.end() :], "kamus"
        for word in votes.near(printed):
            yield stem[: match.start()] + word + stem[match.end() :], "kata di lembar lain"


def _recased(stem: str) -> Iterator[str]:
    """The stem with its first letter in the other case, and with small letters after it, where the shapes allow it."""
    core = _CORE.search(stem)
    if not core or core[0].isupper():
        return
    first, rest = core[0][0], core[0][1:]
    before, after = stem[: core.start()], stem[core.end() :]
    if first in SAME_SHAPE:
        yield before + first.swapcase() + rest + after
    if rest != rest.lower() and all(c in SAME_SHAPE for c in rest if c.isupper()):
        yield before + first + rest.lower() + after


def _odd(stem: str, begins: bool) -> bool:
    """Whether the case of a stem is unusual: capitals after small letters, or a small letter where a field begins."""
    runs = _RUN.findall(stem)
    return any(re.search(r"[a-z][A-Z]|^[A-Z]{2,}[a-z]", run) for run in runs) or (begins and stem[:1].islower())


def _ranked(
    value: Draft,
    i: int,
    texts: Sequence[str],
    options: dict[str, str],
    knowledge: Knowledge,
    votes: Votes,
    mates: frozenset[str],
    titled: bool,
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
        cost += settings.odd_case * _odd(stem, titled and i == 0)
        cost -= settings.batch * math.log1p(votes.word(text)) * (not known)
        cost -= settings.place * math.log1p(here.get(text, 0))
        cost -= settings.row * (_bare(stem) in mates)
        ranked.append(Candidate(text, round(cost, 3), options[text]))
    return sorted(ranked, key=lambda c: (c.cost, c.text))


def _bare(stem: str) -> str:
    return re.sub(r"^\W+|\W+$", "", stem).lower()

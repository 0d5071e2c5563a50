"""What a doubtful token may be instead of what was read: other words, marks, case, spaces."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rapidfuzz.distance import Levenshtein

from iki.normalize.context import END, START, Votes
from iki.normalize.correct import punctuation
from iki.normalize.knowledge import Knowledge
from iki.terms import WORD

"""A word within a token: letters, with hyphens between."""
_CORE = re.compile(r"[^\W\d_].*[^\W\d_]")
_WHOLE = re.compile(r"^[(\[\"'.,]*(.+?)[)\]\"'.,]*$")
"""All of a token but brackets, quotes, full stops and commas around it."""
NUMBERED = r"(?<=\d\.\d){gap}(?=[A-Z][a-z]{{3}})|(?<=\d\.\d\d){gap}(?=[A-Z][a-z]{{3}})"
"""Between a number of several levels, as lists have them, and the word behind it."""
_GLUED = re.compile(
    r"(?<=[^\W\d_]{2})(?=\([^\W\d_])|(?<=[^\W\d_]{2}[,;])(?=[^\W\d_]{2})|(?<=\))(?=[^\W\d_]{2})|"
    + NUMBERED.format(gap="")
)
_ODD_MARKS = re.compile(r"[^\W\d_][:;!|~^*_'’]+(?=[a-z])|[!|~^*_]$|^[:;!|~^*_](?=[^\W\d_])")
_SPECK = re.compile(r"([^\W\d_]+)[-'’‘·]([^\W\d_]+)")
"""Two words with a mark between that may be a speck in a space."""
_STOP_BETWEEN = re.compile(r"([^\W\d_]{4,})[.,]([^\W\d_A-Z]{4,})")
"""The same with a full stop or comma, between words too long for abbreviations or the parts of an address."""
SAME_SHAPE = frozenset("cCkKoOpPsSuUvVwWxXzZ")
"""Letters that differ from their capitals in height only."""
_NUMBERED = re.compile(r"(\w?[a-z]{3,})([IVX]{1,4})")
"""A word and a Roman number without a space, as in ``semesterI``."""
TIMES = frozenset("xX×")
"""Signs of multiplication, as forms have them."""
LOOK_ALIKE_SIGNS = {"×": "x"}
"""Signs that recognisers see where forms have a plain letter."""
_ONE_STROKE = re.compile(r"(?<![a-z])[l1|](?=[A-Z])|(?<=[A-Z])[l1|](?![a-z0-9])|^[l|]$")
"""A stroke among capitals, or alone, that may be a capital I: many typefaces print them the same."""
READ, MARK, CASE, SPACE, SIGN = "dibaca", "tanda baca", "huruf besar", "spasi hilang", "tanda serupa"
LEXICON, PLACE, BATCH, EXPECTED, SECOND = (
    "kamus",
    "tempat yang sama",
    "kata di lembar lain",
    "isian yang sama",
    "bacaan kedua",
)
"""Where a candidate comes from; these names stand as rules in ``koreksi.csv``."""


@dataclass(frozen=True, slots=True)
class CandidateSettings:
    sure: float = 0.995
    """Engine confidence (0–1) from which a word that nothing speaks against is taken as read."""
    sure_of_strange: float = 0.999
    """The same for a word that is unknown or rare."""
    rare: float = 3.0
    """Nats of rarity from which a known word is strange."""
    doubted: float = 0.9
    """Engine confidence (0–1) below which other words are looked for even in place of a known one."""
    lost_mark: float = 0.97
    """Engine confidence (0–1) below which a mark may have been lost altogether."""
    odd_mark: float = 2.0
    """Nats from which a mark is unusual enough in its place to be asked after."""
    short_capitals: int = 5
    """Letters up to which a word in capitals is an abbreviation, for which no word of the lexicon may be put."""
    shortest_word: int = 2
    """Letters of the shortest reading for which other words are looked for."""
    shortest_part: int = 3
    """Letters of the shorter of two words whose space may have been lost."""
    most: int = 40
    """Candidates for one word; the likest are kept."""


@dataclass(frozen=True, slots=True)
class TokenContext:
    """A token and what stands around it.

    ``sentences``: full stops may stand within the value. ``other`` is what a second engine read there, ``None`` where
    it read the same; ``expected`` what stands there where the same is said elsewhere (else empty).
    """

    text: str
    left: str
    right: str
    confidence: float
    sentences: bool
    other: str | None
    expected: str

    @property
    def following(self) -> str:
        return "" if self.right == END else self.right


def place(
    texts: Sequence[str], i: int, confidence: float, sentences: bool, other: str | None, expected: str
) -> TokenContext:
    """Token ``i`` of a value in its place."""
    left, right = texts[i - 1] if i else START, texts[i + 1] if i + 1 < len(texts) else END
    return TokenContext(texts[i], left, right, confidence, sentences, other, expected)


def proposals(at: TokenContext, knowledge: Knowledge, votes: Votes, settings: CandidateSettings) -> dict[str, str]:
    """Candidate texts and where each comes from; only the token itself where there is no doubt."""
    stem, mark = punctuation.part(at.text)
    strange = any(not knowledge.knows(r) or knowledge.rarity(r) > settings.rare for r in WORD.findall(stem))
    enough = settings.sure_of_strange if strange else settings.sure
    unsure = at.confidence < enough or at.other is not None
    stems = {stem: READ}
    for text, origin in _stems(stem, at, unsure, knowledge, votes, settings):
        stems.setdefault(text, origin)
    options = {at.text: READ}
    endings = _endings(stem, mark, at, unsure, knowledge, settings)
    for text, origin in stems.items():
        for ending in endings:
            options.setdefault(text + ending, MARK if text == stem else origin)
    if unsure:
        for text in votes.between(at.left, at.right):
            options.setdefault(text, PLACE)
        for text, origin in _words(at.text, _inside(at.text), knowledge, votes, settings):
            options.setdefault(text, origin)
        if at.expected:
            options.setdefault(at.expected, EXPECTED)
        if at.other:
            options.setdefault(at.other, SECOND)
    near = sorted(options, key=lambda text: (Levenshtein.distance(text, at.text), text))
    return {text: options[text] for text in near[: settings.most]}


def _stems(
    stem: str, at: TokenContext, unsure: bool, knowledge: Knowledge, votes: Votes, settings: CandidateSettings
) -> Iterator[tuple[str, str]]:
    runs = list(WORD.finditer(stem))
    unknown = [match for match in runs if not knowledge.knows(match[0])]
    for text in _parted(stem, unknown, knowledge, settings):
        yield text, SPACE
    if at.right[:1].isdigit() and stem[-1:] in TIMES and knowledge.knows(stem[:-1]) and not knowledge.knows(stem):
        yield f"{stem[:-1]} {stem[-1]}", SPACE
    numbered = _NUMBERED.fullmatch(stem)
    if numbered and knowledge.knows(numbered[1]):
        yield f"{numbered[1]} {numbered[2]}", SPACE
    if stem in LOOK_ALIKE_SIGNS:
        yield LOOK_ALIKE_SIGNS[stem], SIGN
    if same_shape(stem) != stem:
        yield same_shape(stem), SIGN
    if not unsure:
        return
    for text in _recased(stem):
        yield text, CASE
    for text in votes.between(at.left, at.right):
        yield punctuation.part(text)[0], PLACE
    rare = [match for match in runs if knowledge.rarity(match[0]) > settings.rare]
    doubted = runs if at.confidence < settings.doubted else [*unknown, *rare]
    yield from _words(stem, (match.span() for match in doubted), knowledge, votes, settings)


def _endings(
    stem: str, mark: str, at: TokenContext, unsure: bool, knowledge: Knowledge, settings: CandidateSettings
) -> list[str]:
    """Marks that may stand after the stem, as read first."""
    odd = punctuation.cost(stem, mark, at.following, at.sentences, knowledge.stops) > settings.odd_mark
    lost = at.confidence < settings.lost_mark
    if mark in {",", "."} and (unsure or odd):
        return [mark, *sorted({",", "."} - {mark}), *([""] if lost else [])]
    return [mark, ","] if not mark and lost else [mark]


def _parted(
    stem: str, unknown: Sequence[re.Match[str]], knowledge: Knowledge, settings: CandidateSettings
) -> Iterator[str]:
    """The stem with a space where one may have been lost: between two known words, at a bracket or mark, or
    where a hyphen or apostrophe may be dirt."""
    for match in unknown:
        run = match[0]
        for cut in range(settings.shortest_part, len(run) - settings.shortest_part + 1):
            if knowledge.knows(run[:cut]) and knowledge.knows(run[cut:]):
                at = match.start() + cut
                yield f"{stem[:at]} {stem[at:]}"
    if _GLUED.search(stem):
        yield _GLUED.sub(" ", stem)
    pair = _SPECK.fullmatch(stem) or _STOP_BETWEEN.fullmatch(stem)
    if pair and pair[1].lower() != pair[2].lower() and all(knowledge.knows(word) for word in pair.groups()):
        yield f"{pair[1]} {pair[2]}"


def _words(
    text: str, spans: Iterable[tuple[int, int]], knowledge: Knowledge, votes: Votes, settings: CandidateSettings
) -> Iterator[tuple[str, str]]:
    """The text with the letters of each span replaced by a word like them."""
    for start, end in spans:
        printed = re.sub(r"[\W\d_]", "", text[start:end])
        if len(printed) < settings.shortest_word:
            continue
        before, after = text[:start], text[end:]
        if not (printed.isupper() and len(printed) <= settings.short_capitals):
            for word in knowledge.near(printed):
                yield before + word + after, LEXICON
        for word in votes.near(printed):
            yield before + word + after, BATCH


def _inside(token: str) -> list[tuple[int, int]]:
    """The span within brackets and stops of a token that has marks or digits among its letters."""
    whole = _WHOLE.match(token)
    mixed = whole and not whole[1].isalpha() and any(c.isalpha() for c in whole[1])
    return [whole.span(1)] if whole and mixed else []


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


def odd_marks(stem: str) -> bool:
    """Whether marks stand among the letters of a stem that never do in print."""
    return bool(_ODD_MARKS.search(stem))


def odd_case(stem: str, begins: bool) -> bool:
    """Whether the case of a stem is unusual: capitals after small letters, or a small letter where a field begins."""
    mixed = any(re.search(r"[a-z][A-Z]|^[A-Z]{2,}[a-z]", run) for run in WORD.findall(stem))
    return mixed or (begins and stem[:1].islower())


def same_shape(stem: str) -> str:
    """The stem with every stroke that may be a capital I as one."""
    before = ""
    while stem != before:
        before, stem = stem, _ONE_STROKE.sub("I", stem)
    return stem


def glued(stem: str) -> bool:
    """Whether a space seems to be missing at a bracket or mark within a stem."""
    return bool(_GLUED.search(stem) or _STOP_BETWEEN.fullmatch(stem))

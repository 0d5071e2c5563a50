"""The signature block of a sheet in a dump: place and date, and two signers whose lines are told apart.

The superior (``pihak_kedua``) stands left, the employee right. The lines of the block are cut into stretches of one
kind each (label, date, number, rank, grade, words); of all ways of giving them to the two signers the cheapest is taken
(beam search): a signer's post, name, rank and number come in this order, two stretches of a line are one of each, and
the employee's post is the jabatan of the sheet.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from heapq import nsmallest

from rapidfuzz import fuzz

from iki.ingest.dump import line_kinds
from iki.ingest.dump.features import together
from iki.ingest.dump.fields import FoundValue
from iki.ingest.sources.text_stream import LinePart, StreamLine
from iki.language.spelling import familiarity
from iki.terms import PARTIES
from iki.vocab.labels import squeezed

POST, NAME, RANK, GRADE, NUMBER = "jabatan", "nama", "pangkat", "golongan", "nip"
ORDER = (POST, NAME, RANK, GRADE, NUMBER)
"""What a signer's lines are, from the first on."""
_MOST_WORDS = 14
"""A line across both signers has at most so many words."""
_OPEN_END = re.compile(r"(?:\bdan|\bpada|\bdi|,|&)\s*$", re.IGNORECASE)
_NAME_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|[.'’-])*")
_LONG_POST = 0.95
"""What the likeness (0–1) of a post's beginning to the jabatan counts: with it the office may be named."""
_NAME_AGAIN = re.compile(r"^\W*\w{1,3}\.\w{1,4}\.?[\s,]|,\s*(?:[A-Z][\w.]{0,5}[,\s]+)+[A-Z]\w{2,}\s+\w")
_LETTERS = 0.6
"""Share (0–1) of letters among the signs of a text under which it is none."""
_SHORT, _LONGER = 2, 2
"""Letters up to which a word proves nothing; by which a post may be longer than the jabatan that it is."""


@dataclass(frozen=True, slots=True)
class DumpSignatureSettings:
    """Costs of what is unlikely, in units of which one makes it about three times less likely."""

    elsewhere: float = 3.0
    """A stretch of a signer who is not the one labelled last; a sixth of it where that one had such a stretch already
    before the label, or where nobody is labelled and only the other one has anything yet."""
    backwards: float = 2.5
    """A stretch above one that should stand below it."""
    crossed: float = 6.0
    """Stretches of one line, the left one of the right signer."""
    together: float = 1.5
    """Stretches of one line that are one signer's, though they do not follow one another (rank, grade)."""
    cut: float = 0.6
    """Words cut into those of two signers."""
    left_first: float = 0.4
    """The first stretch of a kind being the right signer's, where both are labelled side by side."""
    unlike: float = 3.0
    """A post without a word that posts have; half of it where the line before ends as if it went on."""
    employee: float = 4.5
    """A post of the employee's that is wholly unlike the sheet's jabatan."""
    further: float = 1.6
    """One more line of a post whose last line does not end as if it went on; half of it where the vocabulary has the
    words on either side together."""
    no_name: float = 5.0
    """A name that is not shaped like one; a quarter of it where damage may be why."""
    lost: float = 6.0
    """A number or rank of nobody; half of it a grade or a line like a known post, a quarter other words."""
    headed: float = 1.2
    """A line of a post within which another post seems to begin."""
    no_post: float = 1.5
    """A signer without a post, or a post that begins with a small letter."""
    outranked: float = 1.5
    """A superior of lower grade than the employee."""
    lone: float = 0.7
    """A name or number that stands alone being the superior's, whose lies under the stamp."""
    single: float = 1.2
    """A name of one word, or one that begins with a title or has another name behind its titles."""
    unnamed: float = 0.3
    """A signer without a name."""
    beam: int = 120
    """Ways that are followed."""
    level: int = 4
    """Lines that say something, beyond which two labels do not stand level."""
    early: int = 8
    """Lines between a label and headings that come after it, up to which they are the foot of the table read early."""
    above: int = 4
    """Lines above a rank or number outside of the block that may be the post and name that belong to it."""
    name_words: int = 8
    """A name has at most so many words, titles counted."""
    official: float = 0.5
    """Share (0–1) of words known from posts and offices from which a line is no name."""
    post: float = 0.78
    """Likeness (0–1) to a known post from which a line is one."""
    surest: float = 0.97
    """Certainty (0–1) of a value without a second way to read the block."""


DEFAULT = DumpSignatureSettings()


@dataclass(frozen=True, slots=True)
class Stretch:
    """Words of a line that are of one ``kind``: ``label``, ``date``, ``words``, or as in ``ORDER``; ``sides`` of a
    label."""

    line: StreamLine
    kind: str
    text: str
    sides: tuple[str, ...] = ()


def find(
    lines: Sequence[StreamLine], jabatan: str, settings: DumpSignatureSettings = DEFAULT
) -> tuple[dict[str, FoundValue], list[StreamLine]]:
    """The fields of the block, and the lines, or what is left of them, that do not belong to it.

    ``lines`` are those below the form; ``jabatan`` is that of the sheet, as read.
    """
    block = [stretch for line in _block(lines, settings) for stretch in stretches(_printed(line, settings))]
    ways = _ways(block, squeezed(jabatan), settings)
    best = ways[0]
    found = {f"{side}_{key}": value for side in PARTIES for key, value in _fields(best, ways, side, settings)}
    if dates := [stretch for stretch in block if stretch.kind == "date"]:
        found["tempat_tanggal"] = FoundValue((LinePart(dates[0].line, dates[0].text),), settings.surest)
    given = {(p.line.number, p.text) for sign in best.signs for parts in sign.parts.values() for p in parts}
    return found, list(_left(lines, block, given))


def _left(lines: Sequence[StreamLine], block: Sequence[Stretch], given: set[tuple[int, str]]) -> Iterator[StreamLine]:
    """The lines without those stretches of the block that are given away (by number of line and text) or that are no
    words of a table."""
    mine: dict[int, list[Stretch]] = {}
    for stretch in block:
        mine.setdefault(stretch.line.number, []).append(stretch)
    for line in lines:
        own = mine.get(line.number, [])
        rest = [
            s
            for s in own
            if not (_is_given(s, given) or s.kind in ("label", "date") or (s.kind == "words" and is_ink(s.text)))
        ]
        if len(rest) == len(own):
            yield line
        elif rest:
            yield replace(line, text=" ".join(s.text for s in rest), read=None)


def _is_given(stretch: Stretch, given: set[tuple[int, str]]) -> bool:
    return any(number == stretch.line.number and text in stretch.text for number, text in given)


def in_order(lines: Sequence[StreamLine], settings: DumpSignatureSettings = DEFAULT) -> list[StreamLine]:
    """The lines with the foot of a page put behind its table: a layout analysis that goes by columns may read what
    stands below the left ones, a signer's label and what is beside it, before the headings of the others."""
    last = _last_headings(lines)
    label = next((i for i in range(last - 1, -1, -1) if line_kinds.parties(lines[i].text, whole_line=True)), None)
    if label is None:
        return list(lines)
    head = next(i for i in range(label + 1, last + 1) if line_kinds.headings(lines[i].text))
    foot = lines[label:head]
    complete = any(line_kinds.numbers(line.text) for line in foot)
    if complete or sum(not line.blank for line in foot) > settings.early:
        return list(lines)
    end = next((i for i in range(last, len(lines)) if _signs(lines[i].text, whole_line=True)), len(lines))
    return [*lines[:label], *lines[head:end], *foot, *lines[end:]]


# --- the block and its stretches


def _block(lines: Sequence[StreamLine], settings: DumpSignatureSettings) -> list[StreamLine]:
    """The lines that say something from the first date or label on after which no more headings come; before it, lines
    with a number, graded rank or label, and the few above them that may be a post or name."""
    said = [line for line in lines if not line.blank]
    first = _last_headings(said) + 1
    signed = (i for i in range(first, len(said)) if any(_signs(p.text, whole_line=True) for p in parts(said[i])))
    start = next(signed, None)
    if start is None:
        number = next((i for i in range(first, len(said)) if line_kinds.numbers(said[i].text)), None)
        start = len(said) if number is None else max(number - settings.above, first)
    early: set[int] = set()
    for i in range(start):
        text = said[i].text
        if line_kinds.numbers(text) or line_kinds.parties(text) or (line_kinds.ranks(text) and _graded(text)):
            above = range(max(i - settings.above, 0), i)
            early |= {i, *(k for k in above if line_kinds.post_like(said[k].text) >= settings.post)}
    return [line for i, line in enumerate(said) if i >= start or i in early]


def _last_headings(lines: Sequence[StreamLine]) -> int:
    """Index of the last line with the headings of several columns; −1 for none."""
    return next((i for i in range(len(lines) - 1, -1, -1) if len(line_kinds.headings(lines[i].text)) > 1), -1)


def _signs(text: str, *, whole_line: bool = False) -> bool:
    return line_kinds.dated(text) or bool(line_kinds.parties(text, whole_line=whole_line))


def parts(line: StreamLine) -> tuple[StreamLine, ...]:
    """A line that runs across both signers cut where a label or the date begins or ends."""
    words = line.text.split()
    if len(words) > _MOST_WORDS or line_kinds.numbers(line.text) or _signs(line.text, whole_line=True):
        return (line,)
    halves = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    found = max(halves, key=lambda h: (_signs(h[0]) + _signs(h[1]), len(h[0])), default=None)
    if found is None or not (_signs(found[0]) or _signs(found[1])):
        return (line,)
    return replace(line, text=found[0]), replace(line, text=found[1])


def _printed(line: StreamLine, settings: DumpSignatureSettings) -> StreamLine:
    """The line as it stands in the dump, where it is no label, date or post: names, numbers and grades are no matter of
    a lexicon."""
    raw = line.read
    if raw is None or _signs(line.text, whole_line=True):
        return line
    kinds = {kind for kind, _ in _by_kind(raw)}
    return replace(line, text=raw, read=None) if kinds != {"words"} or _official(raw) < settings.official else line


def stretches(line: StreamLine) -> list[Stretch]:
    """The stretches of a line of the block."""
    done: list[Stretch] = []
    for part in parts(line):
        text = part.text.strip()
        if sides := line_kinds.parties(text):
            done.append(Stretch(line, "label", text, sides))
        elif line_kinds.dated(text):
            done.append(Stretch(line, "date", text))
        elif text:
            done += [Stretch(line, kind, words) for kind, words in _by_kind(text)]
    return done


def _by_kind(text: str) -> Iterator[tuple[str, str]]:
    """A text cut before its numbers and ranks and behind the grades of these, with the kind of each piece."""
    words = text.split()
    at = line_kinds.number_at(text)
    if at is not None:
        if before := text[:at].strip():
            yield from _by_kind(before)
        yield from ((NUMBER, number) for number in line_kinds.numbers(text[at:]))
        return
    starts = [i for i in range(len(words)) if line_kinds.rank_at(words, i)]
    if not starts:
        yield (GRADE if line_kinds.is_grade(text) else "words"), text
        return
    if starts[0]:
        yield from _by_kind(" ".join(words[: starts[0]]))
    for start, end in zip(starts, [*starts[1:], len(words)], strict=True):
        rest = end if end < len(words) else line_kinds.rank_end(words[start:]) + start
        yield RANK, " ".join(words[start:rest])
        if rest < end:
            yield from _by_kind(" ".join(words[rest:end]))


def _graded(text: str) -> bool:
    return bool(line_kinds.GRADE.search(text))


def _wordy(text: str) -> bool:
    """Whether a text holds a word at all, and not only strokes of a pen read as letters."""
    return any(sum(map(str.isalpha, w)) > _SHORT for w in text.split())


def is_ink(text: str) -> bool:
    """Whether a text is what pens and stamps were read as: no word that the language knows, or signs between
    letters."""
    signs = [sign for sign in text if not sign.isspace()]
    known = any(familiarity(word) == "known" for word in text.split())
    return not known or sum(map(str.isalpha, signs)) < _LETTERS * len(signs)


# --- who they belong to


@dataclass(frozen=True, slots=True)
class _Sign:
    """What one signer has been given so far."""

    parts: dict[str, tuple[LinePart, ...]] = field(default_factory=dict)

    def text(self, kind: str) -> str:
        return " ".join(part.text for part in self.parts.get(kind, ()))

    @property
    def stage(self) -> int:
        """The place in ``ORDER`` of the last kind given, −1 for none."""
        return max((ORDER.index(kind) for kind in self.parts), default=-1)

    def given(self, kind: str, part: LinePart) -> _Sign:
        return _Sign({**self.parts, kind: (*self.parts.get(kind, ()), part)})


@dataclass(frozen=True, slots=True)
class _Way:
    """Signers with what they have been given so far, its cost, who is labelled (indices of sides), since when (in
    stretches), what that one ``had`` by then, and the line, side and kind of the ``last`` stretch given."""

    cost: float = 0.0
    signs: tuple[_Sign, _Sign] = (_Sign(), _Sign())
    open: tuple[int, ...] = ()
    since: int = 0
    had: frozenset[str] = frozenset()
    last: tuple[int, int, str] | None = None


def _ways(block: Sequence[Stretch], jabatan: str, settings: DumpSignatureSettings) -> list[_Way]:
    """The cheapest ways of giving the stretches of a block to the signers, the cheapest first."""
    ways = [_Way()]
    for stretch in block:
        if stretch.kind == "label":
            ways = [_labelled(way, stretch, settings) for way in ways]
        elif stretch.kind != "date":
            grown = [new for way in ways for new in _given(way, stretch, jabatan, settings)]
            ways = nsmallest(settings.beam, grown, key=lambda way: way.cost)
    done = [replace(way, cost=way.cost + _odd(way, jabatan, settings)) for way in ways]
    return sorted(done, key=lambda way: way.cost)


def _labelled(way: _Way, label: Stretch, settings: DumpSignatureSettings) -> _Way:
    """The way behind a label: it opens its signer, or both where it stands level with the other one."""
    sides = tuple(PARTIES.index(side) for side in label.sides)
    others = [side for side in way.open if side not in sides]
    begun = any(way.signs[side].stage >= ORDER.index(NAME) for side in others)
    level = len(way.open) == len(sides) == len(others) == 1 and not begun and way.since <= settings.level
    had = frozenset(kind for side in sides for kind in way.signs[side].parts)
    return replace(way, open=(0, 1) if level else sides, since=0, had=had)


def _given(way: _Way, stretch: Stretch, jabatan: str, settings: DumpSignatureSettings) -> Iterator[_Way]:
    """Each way of going on with a stretch."""
    way = replace(way, since=way.since + 1)
    kinds = (POST, NAME) if stretch.kind == "words" else (stretch.kind,)
    yield replace(way, cost=way.cost + settings.lost * _worth(stretch, settings))
    for side in (0, 1):
        for kind in kinds:
            yield from _with(way, side, kind, stretch, stretch.text, jabatan, settings)
    words = stretch.text.split()
    if stretch.kind == "words" and len(way.open) != 1:
        for at in range(1, len(words)):
            if words[at][:1].isupper():
                for kind in kinds:
                    for left in _with(way, 0, kind, stretch, " ".join(words[:at]), jabatan, settings):
                        both = _with(left, 1, kind, stretch, " ".join(words[at:]), jabatan, settings)
                        yield from (replace(new, cost=new.cost + settings.cut) for new in both)


def _worth(stretch: Stretch, settings: DumpSignatureSettings) -> float:
    """How much of a loss (0–1) it is to leave a stretch out."""
    if stretch.kind != "words":
        return 0.5 if stretch.kind == GRADE else 1.0
    if not _wordy(stretch.text):
        return 0.0
    return 0.5 if line_kinds.post_like(stretch.text) >= settings.post else 0.25


def _with(
    way: _Way, side: int, kind: str, stretch: Stretch, text: str, jabatan: str, settings: DumpSignatureSettings
) -> Iterator[_Way]:
    """The way with a stretch's text as this kind of this signer, if there is room for it."""
    sign, other = way.signs[side], way.signs[1 - side]
    if kind in sign.parts and kind != POST:
        return
    cost = 0.0
    if way.open and side not in way.open:
        cost = settings.elsewhere / (6 if kind in way.had else 1)
    elif not way.open and other.parts and not sign.parts and kind in (RANK, NUMBER):
        cost = settings.elsewhere / 6
    cost += settings.left_first * (side == 1 and len(way.open) != 1 and not {kind} & {*sign.parts, *other.parts})
    if way.last is not None and way.last[0] == stretch.line.number:
        follows = ORDER.index(kind) - ORDER.index(way.last[2]) == 1
        if way.last[1] == side:
            cost += 0.0 if follows and kind == GRADE else settings.together
        else:
            cost += settings.crossed * (side == 0)
    goes_on = kind == POST and bool(_OPEN_END.search(sign.text(POST)))
    cost += settings.backwards * (sign.stage > ORDER.index(kind)) / (6 if goes_on else 1)
    if kind == POST:
        whole = f"{sign.text(POST)} {text}".strip()
        if POST in sign.parts and not goes_on:
            cost += settings.further * (
                0.5 if together(sign.text(POST).rsplit(maxsplit=1)[-1], text.split(maxsplit=1)[0]) else 1.0
            )
        cost += settings.no_post * (POST not in sign.parts and text[:1].islower())
        cost += settings.headed * any(line_kinds.heads_post(word) for word in text.split()[1:])
        own = _begins(whole, jabatan) if side and len(squeezed(whole)) <= len(jabatan) + _LONGER else 0.0
        cost += settings.unlike * (1 - max(own, 0.9 * _official(text))) * (0.5 if goes_on else 1.0)
    elif kind == NAME:
        if not _is_name(text, settings):
            cost += settings.no_name / (4 if _may_be_name(text, settings) else 1)
        cost += _official(text)
        cost += settings.single * (len(text.split()) == 1 or bool(_NAME_AGAIN.search(text)))
    signs = list(way.signs)
    signs[side] = sign.given(kind, LinePart(stretch.line, text))
    yield replace(way, cost=way.cost + cost, signs=(signs[0], signs[1]), last=(stretch.line.number, side, kind))


def _odd(way: _Way, jabatan: str, settings: DumpSignatureSettings) -> float:
    """What the whole block costs: a post that is not the employee's, an outranked superior, a lone number."""
    left, right = way.signs
    cost = 0.0
    if jabatan and POST in right.parts:
        said = squeezed(right.text(POST))
        likeness = max(fuzz.ratio(said, jabatan), _LONG_POST * fuzz.ratio(said[: len(jabatan)], jabatan))
        cost += settings.employee * (1 - likeness / 100)
    cost += sum(settings.no_post * (POST not in s.parts) + settings.unnamed * (NAME not in s.parts) for s in way.signs)
    levels = [line_kinds.rank_level(f"{sign.text(RANK)} {sign.text(GRADE)}") for sign in way.signs]
    cost += settings.outranked * (0 < levels[0] < levels[1])
    return cost + settings.lone * sum(kind in left.parts and kind not in right.parts for kind in (NAME, NUMBER))


def _fields(
    best: _Way, ways: Sequence[_Way], side: str, settings: DumpSignatureSettings
) -> Iterator[tuple[str, FoundValue]]:
    """The fields of one signer, each as sure as the cheapest way that has another value is dear."""
    at = PARTIES.index(side)
    for key, kinds in ((POST, (POST,)), (NAME, (NAME,)), (f"{RANK}_{GRADE}", (RANK, GRADE)), (NUMBER, (NUMBER,))):
        mine = _value(best, at, kinds)
        if mine:
            margin = next((way.cost - best.cost for way in ways if _value(way, at, kinds) != mine), math.inf)
            yield key, FoundValue(mine, settings.surest * (1 - 0.6 * math.exp(-margin)))


def _value(way: _Way, side: int, kinds: Sequence[str]) -> tuple[LinePart, ...]:
    return tuple(part for kind in kinds for part in way.signs[side].parts.get(kind, ()))


def _begins(text: str, jabatan: str) -> float:
    """How like (0–1) a text is to the beginning of a jabatan."""
    plain = squeezed(text)
    return fuzz.ratio(plain, jabatan[: len(plain) + 1]) / 100 if plain and jabatan else 0.0


@lru_cache(maxsize=1 << 14)
def _official(text: str) -> float:
    """Share (0–1) of the longer words of a text that posts and offices have, however damaged."""
    known = [line_kinds.official(word) for word in re.split(r"[\s,./-]+", text) if len(squeezed(word)) > _SHORT + 1]
    return sum(known) / len(known) if known else 0.0


def _is_name(text: str, settings: DumpSignatureSettings) -> bool:
    """Whether a text may be a name: few words of letters before a comma, each with a capital, and not those of a
    post."""
    body = text.strip(" ,.;:-'\"")
    words = body.partition(",")[0].split()
    long = [w for w in words if sum(map(str.isalpha, w)) > _SHORT]
    shaped = all(_NAME_WORD.fullmatch(w) and w[:1].isupper() for w in words)
    few = len(body.split()) <= settings.name_words
    return len("".join(long)) > 2 * _SHORT and shaped and few and _official(text) < settings.official


def _may_be_name(text: str, settings: DumpSignatureSettings) -> bool:
    """Whether a text may be a name that was damaged: it begins with a capital, is not long and no post."""
    letters = [letter for letter in text if letter.isalpha()]
    begins = letters[:1] and letters[0].isupper()
    few = 1 < len(text.split()) <= settings.name_words and len(letters) > 2 * _SHORT
    return bool(begins) and few and _official(text) < settings.official

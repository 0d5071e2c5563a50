"""Stray marks, strange accents, and the fixed ways of writing ranks, grades and labels, before words are looked at."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise

from iki.language.candidates import protected
from iki.language.lexicon import Lexicon
from iki.vocab.files import TABLES, entries

_STRAY = re.compile(r"[|_~‘’“”\"'`*^\\{}\[\]<>«»©®•°¢£¥§.,;!-]+")
_BULLET = re.compile(r"^(\d{1,2})[,:;](?= [A-Z])")
_OPENED = re.compile(r"(?<!\S)\([^\W\d_]{3,}")
_SMALL = re.compile(r"[a-z]{2}")
_FAR_LINES = 8
"""Lines on which a bracket may close."""
_LONGEST_LABEL = 5
"""Words of the longest label before a colon."""
_STRAY_LEFT = re.compile(r"^[|_~‘’“”'`*^\\{}«»©®°¢£¥§,;!.]+(?=\w|\()")
_STRAY_RIGHT = re.compile(r"(?<=[\w).,;:])[|_~‘’“”'`*^\\{}«»©®°¢£¥§-]*[|_~‘’“”'`*^\\{}«»©®°¢£¥§]+[-.,]*$")
_EDGES = frozenset("=—–-+")
"""Signs that are no text where a line begins or ends."""
_RULES = frozenset(("—", "——", "__"))
"""What rules of the table are read as."""
_LONE = frozenset("|_~^")
"""Marks that stand alone only where a rule was read as one."""
_TABLE = re.compile(r"\|.*\|$")
"""A line of a table drawn with signs."""
_DOUBLED = re.compile(r"(?<=\w)[.,]{2,}$")
_RANK = re.compile(r"^(?P<rank>(?:Juru|Pengatur|Penata|Pembina)[A-Za-z .,|!1]*?)\s*(?P<grade>[({]\s*[^() ]{2,7}[)}]?)$")
_DATED = re.compile(r"^([A-Z][a-z]+)[.;:]? (?=\d{1,2} [A-Z][a-z]+ \d{4}$)")
_TIER = re.compile(r"\b(Tk[.,]?|Tingkat) [|1l!](?=\s|$)")
_GRADE = re.compile(r"(?<!\S)[({\[]?\s?([Il1|!V]{1,4})[/fil|]([a-e])[)}\]](?!\S)")
_NIP = re.compile(r"(?<!\S)[MN]{1,2}[I1lN]?[PF](?=[.:]? \d{18}(?!\d))")
_CAPITAL_I = re.compile(r"[Il1|!]{1,3}")
_GROUPED = ("blok", "semester", "triwulan", "eselon", "golongan", "gol", "kelas", "tk", "tingkat", "tahap", "pihak")
_FIRST = re.compile(rf"\b({'|'.join(_GROUPED)}) [|l!](?= (?:dan|s\.?d\.?|sampai|hingga) [IVX])", re.IGNORECASE)
"""The first of several, as in ``semester | dan II``."""
_WHOLE = 4
"""Letters from which a word before a full stop is no abbreviation."""
_LINE_LABELS = ("Email", "E-mail")
_LEAD = re.compile(r"^[.;•·»-] (?=[A-Z])")
_TIMES = frozenset(("x", "X", "×", "dikali", "kali"))
_PERCENT = re.compile(r"100\d{1,2}")
"""What is left of 100% where the sign was read as digits."""
_HUNDRED = re.compile(r"(?<=[x×X*] )1 ?0 ?0(?= ?%)")
"""The same with false spaces."""
_VALUE = re.compile(r"^: [A-Z]")
_SPECK = re.compile(r"[a-wyzI@#%?/\\<>=+—–_.,:;!()\[\]{}|~-]|[=—–_~-]{2,}[a-z]?")


@dataclass(frozen=True, slots=True)
class Damage:
    """What may be put right in a text beyond marks that no one prints.

    ``noisy``: specks were read as letters and stops; ``labels`` are those that other lines show with a colon;
    ``values``: other lines begin with the colon before a value.
    """

    noisy: bool = True
    labels: frozenset[str] = frozenset()
    values: bool = False


def damage(lines: Iterable[str], noisy: bool) -> Damage:
    """What the lines of a text show of its labels."""
    labels: set[str] = set()
    values = False
    for line in lines:
        values = values or bool(_VALUE.match(line))
        if (found := _labelled().match(line)) and ":" in found["mark"]:
            labels.add(found["label"])
    return Damage(noisy, frozenset(labels), values)


@cache
def _labelled() -> re.Pattern[str]:
    """A label at the beginning of a line, the mark after it, and a value."""
    names = [entry["label"] for entry in entries(TABLES["form_labels"]) if entry["letak"] == "awal"]
    label = "|".join(re.escape(name) for name in sorted({*names, *_LINE_LABELS}, key=lambda n: (-len(n), n)))
    return re.compile(rf"^(?P<number>\d{{1,2}}\. ?)?(?P<label>{label})(?P<mark>(?: ?[|».;,:•-]+)?) (?=[A-Z]|\w+@)")


def tidied(line: str, words: Lexicon, damage: Damage = Damage()) -> str:
    """A line without stray marks, strange accents and needless spaces; of a clean text stray rules only."""
    line = _FIRST.sub(r"\1 I", line)
    if not damage.noisy:
        return line if _TABLE.match(line) else " ".join(token for token in line.split() if token not in _LONE)
    line = _HUNDRED.sub("100", line)
    plain = _NIP.sub("NIP", _GRADE.sub(_grade, _TIER.sub(_tier, _plain(line))))
    plain = _BULLET.sub(r"\1. ", _colons(plain, damage))
    tokens = [_tidy_token(token, words) for token in plain.translate(_brackets(plain)).split()]
    tokens = [t for t in tokens if t and t not in _RULES and not (_STRAY.fullmatch(t) and t != "-")]
    tokens = _without_colons(_without_specks(tokens))
    for i, (token, after) in enumerate(pairwise(tokens)):
        if _stopped(token, after, words):
            tokens[i] = token[:-1] + ","
    for i in range(1, len(tokens)):
        if tokens[i - 1] in _TIMES and _PERCENT.fullmatch(tokens[i]):
            tokens[i] = "100%"
        before = tokens[i - 1].lower().strip(".")
        if before in _GROUPED and _CAPITAL_I.fullmatch(tokens[i]):
            tokens[i] = "I" * len(tokens[i])
    return _ranked(" ".join(tokens), words)


def _stopped(token: str, after: str, words: Lexicon) -> bool:
    """Whether a full stop stands where a sentence goes on: after a whole word, before a small letter."""
    stem = token.removesuffix(".")
    if stem == token or not stem.isalpha() or not after[0].islower() or words.is_abbreviation(token):
        return False
    if stem.isupper():
        return stem in words.short
    return stem.islower() and len(stem) >= _WHOLE and words.knows(stem) and not words.is_abbreviation(stem)


def _without_specks(tokens: Sequence[str]) -> list[str]:
    """The tokens without single signs and small letters at either end of a line that has words."""
    kept = list(tokens)
    if not any(sum(map(str.isalpha, token)) > 2 for token in kept):  # noqa: PLR2004
        return kept
    while kept and _SPECK.fullmatch(kept[-1]) and not _meant(kept, len(kept) - 1):
        kept.pop()
    while kept and _SPECK.fullmatch(kept[0]) and kept[0] not in ":/" and not kept[0].isupper():
        kept.pop(0)
    return kept


def _without_colons(tokens: Sequence[str]) -> list[str]:
    """The tokens without lone colons but after a label, before a value, a number or an address."""
    kept: list[str] = []
    for i, token in enumerate(tokens):
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        value = not after[:1].islower() or "@" in after
        label = len(kept) <= _LONGEST_LABEL and not any(_SMALL.match(word) for word in kept)
        if token != ":" or (value and label):
            kept.append(token)
    return kept


def without_lone_brackets(lines: Sequence[str]) -> list[str]:
    """The lines without opening brackets that no closing one follows on their own or the next lines, unless the same
    word stands so elsewhere: a rule of the table before a word is often read as one."""
    done = list(lines)
    seen = Counter(word for line in lines for word in _OPENED.findall(line))
    for i, line in enumerate(lines):
        for found in reversed(list(_OPENED.finditer(line))):
            if seen[found[0]] > 1:
                continue
            following = [line[found.end() :], *(later for later in lines[i + 1 : i + _FAR_LINES] if later)]
            if not any(_closes(text) for text in following):
                done[i] = done[i][: found.start()] + done[i][found.start() + 1 :]
    return done


def _closes(text: str) -> bool:
    """Whether a text closes a bracket that it does not open."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return True
    return False


def _meant(tokens: Sequence[str], i: int) -> bool:
    """Whether a single sign at the end is printed: a slash, a numeral after what is numbered."""
    return tokens[i] == "/" or (i > 0 and tokens[i - 1].lower().strip(".") in _GROUPED)


def _colons(line: str, damage: Damage) -> str:
    """A label with the colon that other lines have after it; a value with the colon before it."""
    if found := _labelled().match(line):
        mark = found["mark"].strip()
        known = found["label"] in damage.labels
        if (mark and ":" not in mark) or (not mark and found["number"] and known):
            return f"{found['number'] or ''}{found['label']} : {line[found.end() :]}"
    return _LEAD.sub(": ", line) if damage.values else line


def _tier(match: re.Match[str]) -> str:
    return ("Tk." if match[1].startswith("Tk") else match[1]) + " I"


def _grade(match: re.Match[str]) -> str:
    return f"({re.sub('[^V]', 'I', match[1])}/{match[2]})"


def _ranked(line: str, words: Lexicon) -> str:
    """A line that holds a rank and a grade as both are written; the date line with its comma."""
    if (found := _RANK.match(line)) and not re.search(r"[a-z]{4}", found["grade"]):
        rank = next((r for r in words.ranks if _bare(r) == _bare(found["rank"])), None)
        if rank is not None:
            return f"{rank} ({words.ranks[rank]})"
    return _DATED.sub(r"\1, ", line)


def _bare(rank: str) -> str:
    return re.sub(r"[^a-z]", "", re.sub(r"\bTk\W*[I1l|!]\W*$|\bT\W*[I1l|!]\W*$", "Tki", rank).lower())


def _brackets(line: str) -> dict[int, str]:
    """Braces as the round brackets they were; square ones too, where they have no partner."""
    changes = {ord("{"): "(", ord("}"): ")"}
    if line.count("[") > line.count("]"):
        changes[ord("[")] = "("
    if line.count("]") > line.count("["):
        changes[ord("]")] = ")"
    return changes


def _plain(line: str) -> str:
    """Letters without the accents that Indonesian does not have."""
    text = unicodedata.normalize("NFD", line.replace("ı", "i").replace("ﬁ", "fi").replace("ﬂ", "fl"))
    return unicodedata.normalize("NFC", "".join(c for c in text if not unicodedata.combining(c)))


def _tidy_token(token: str, words: Lexicon) -> str:
    token = _STRAY_LEFT.sub("", token)
    token = _STRAY_RIGHT.sub("", token)
    if token.endswith(".,") and protected(token, words):  # a title or an abbreviation in a list
        return token
    return _DOUBLED.sub(lambda m: m[0][0], token)

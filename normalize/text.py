"""``iki correct``: the lines of an OCR text dump, each corrected, as many out as in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

from iki.messages import Problem

from . import lexicon
from .lexicon import Lexicon
from .words import Corrector, Counts, calm, protected

_STRAY = re.compile(r"[|_~‘’“”\"'`*^\\{}\[\]<>«»©®•°¢£¥§.,;!-]+")
_BULLET = re.compile(r"^(\d{1,2})[,:;](?= [A-Z])")
_LABELLED = re.compile(
    r"^((?:\d\. ?)?(?:Perangkat Daerah|Jabatan|Nama|Unit Kerja|Email|Tahun)) [|»;,•-]+ (?=\w)|^()[»›] "
)
_STRAY_LEFT = re.compile(r"^[|_~‘’“”'`*^\\{}«»©®°¢£¥§,;!.]+(?=\w|\()")
_STRAY_RIGHT = re.compile(r"(?<=[\w).,;:])[|_~‘’“”'`*^\\{}«»©®°¢£¥§-]*[|_~‘’“”'`*^\\{}«»©®°¢£¥§]+[-.,]*$")
_EDGES = frozenset("=—–-+")
"""Signs that are no text where a line begins or ends."""
_DOUBLED = re.compile(r"(?<=\w)[.,]{2,}$")
_NAME_TITLE = re.compile(r",\s*(?:S|M|A)\.?\s?[A-Z][A-Za-z]*\b|\b(?:Drs|Dra|Hj|Ir|Prof)\b\.")
_RANK = re.compile(r"^(?P<rank>(?:Juru|Pengatur|Penata|Pembina)[A-Za-z .,|!1]*?)\s*(?P<grade>[({]\s*[^() ]{2,7}[)}]?)$")
_DATED = re.compile(r"^([A-Z][a-z]+)[.;:]? (?=\d{1,2} [A-Z][a-z]+ \d{4}$)")
_TIER = re.compile(r"\b(Tk[.,]?|Tingkat) [|1l!](?=\s|$)")
_GRADE = re.compile(r"(?<!\S)[({\[]\s?([Il1|!V]{1,4})[/fil|]([a-e])[)}\]](?!\S)")
_NIP = re.compile(r"(?<!\S)[MN]{1,2}[I1lN]?[PF](?=[.:]? \d{18}(?!\d))")
_CAPITAL_I = re.compile(r"[Il1|!]{1,3}")
_GROUPED = ("blok", "semester", "triwulan", "eselon", "golongan", "gol", "kelas", "tk", "tingkat", "tahap", "pihak")
_ROUNDS = 2
_WHOLE = 4
"""Letters from which a word before a full stop is no abbreviation."""


class Unreadable(Problem):
    """A text file that is not there or may not be read."""


def correct_lines(lines: Sequence[str]) -> list[str]:
    """The lines with OCR damage gone where there is enough evidence; right lines come back as they are."""
    words = lexicon.load()
    tidy = [tidied(line, words) for line in lines]
    counts = Counts()
    for line in tidy:
        counts.add(line)
    done = tidy
    care = calm(words, lines)
    for _ in range(_ROUNDS):
        corrector = Corrector(words, counts, care)
        fresh = []
        for line, before in zip(tidy, done, strict=True):
            counts.add(before, -1)
            fresh.append(_corrected(line, corrector))
            counts.add(before)
        counts, done = Counts(), fresh
        for line in done:
            counts.add(line)
    return done


def correct_file(path: Path) -> str:
    """A dump corrected; its line ends become ``\\n``. Raises ``Unreadable``."""
    try:
        text = path.read_bytes().decode("utf-8-sig", errors="replace")
    except OSError:
        raise Unreadable("correct_unreadable", file=path) from None
    text = text.replace("\r\n", "\n")
    return "\n".join(correct_lines(text.split("\n")))


def tidied(line: str, words: Lexicon) -> str:
    """A line without stray marks, strange accents and needless spaces."""
    plain = _NIP.sub("NIP", _GRADE.sub(_grade, _TIER.sub(_tier, _plain(line))))
    plain = _BULLET.sub(r"\1. ", _LABELLED.sub(r"\1 : ", plain))
    tokens = [_tidy_token(token, words) for token in plain.translate(_brackets(plain)).split()]
    tokens = [t for t in tokens if t and not (_STRAY.fullmatch(t) and t != "-")]
    while tokens and tokens[-1] in _EDGES:
        tokens.pop()
    while tokens and tokens[0] in _EDGES:
        tokens.pop(0)
    for i, (token, after) in enumerate(pairwise(tokens)):
        stem = token.removesuffix(".")
        prose = stem != token and stem.isalpha() and stem.islower() and len(stem) >= _WHOLE and after[0].islower()
        if prose and words.knows(stem) and not words.is_abbreviation(stem):
            tokens[i] = stem + ","
    for i in range(1, len(tokens)):
        before = tokens[i - 1].lower().strip(".")
        if before in _GROUPED and _CAPITAL_I.fullmatch(tokens[i]):
            tokens[i] = "I" * len(tokens[i])
    return _ranked(" ".join(tokens), words)


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


def _corrected(line: str, corrector: Corrector) -> str:
    if not line or _NAME_TITLE.search(line):
        return line
    return " ".join(token for token in corrector.line(line.split(" ")) if token)

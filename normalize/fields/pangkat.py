"""Rank and grade: ``Penata Tk. I (III/d)`` and all the ways of printing it, as the canonical pair."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz import fuzz, process

PPPK_GRADES = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII",
)  # fmt: skip
"""Grades of PPPK (Perpres 98/2020); they have no pangkat."""

LEAST_SIMILARITY = 80.0
"""0–100 (rapidfuzz ratio): a printed rank this close to a single one of the table is that one."""
LEAST_LEAD = 6.0
"""0–100: how much closer it must be than to the next."""

LEAST_WITH_GRADE = 65.0
"""The same for a rank whose grade, damaged as well, allows it."""
SHAPED = 0.9
"""Similarity (0–1) of a pair whose grade was told by its strokes at most."""
_MOST_STROKES = 3
_STROKES = str.maketrans({
    **dict.fromkeys("Il1|!][it", "I"), **dict.fromkeys("VvYyU", "V"), **dict.fromkeys("/f'’.,\\", "/"), "H": "II",
    "L": "I", "T": "I", "{": "", "(": "", "}": "", ")": "", " ": "",
})  # fmt: skip
"""What strokes of a grade are read as."""
_RANK_WORD = re.compile(r"(?i)pembina|penata|pengatur|juru|muda|madya|utama|m|tk\.?,?|[I|l1!][.,]?|tingkat|\W")
_GROUP = r"gol(?:ongan)?\b\.?(?:\s*[/,]?\s*ruang\b)?"
_LABEL = re.compile(rf"^\W*(?:pangkat\s*(?:[/,]\s*{_GROUP})?|{_GROUP})[\s.:;,]*", re.I)
_GRADE = re.compile(r"(?<![A-Za-z])([IVl1|!]{1,3}|[1-4])\s*[/\\.,|lI-]?\s*([a-eA-E])(?![A-Za-z0-9])\W*$")
_GRADE_FIRST = re.compile(r"^([IV]{1,3}/[a-e])\W+(?=[A-Z])(.+)$")
_PPPK = re.compile(r"(?<![A-Za-z])([XVIl1|!]{1,5})\W*$")
_GRADE_WORD = re.compile(rf"[\s,(/-]*\b{_GROUP}[\s.:;]*", re.I)


@dataclass(frozen=True, slots=True)
class Rank:
    """``pangkat`` and ``golongan`` as they go into the tables.

    ``similarity`` (0–1) is that of the printed rank with that of the table; ``agree`` is ``False`` where the print
    itself gives a rank and a grade of different rows of the table.
    """

    pangkat: str
    golongan: str
    agree: bool = True
    similarity: float = 1.0
    rule: str = ""


def parse(text: str, table: Mapping[str, str]) -> Rank:
    """Take a printed rank line apart. ``table`` maps golongan (``III/d``) to pangkat (``Penata Tk. I``).

    Where only one of the two is printed the other one follows from the table, except for PPPK grades. A rank that
    is not in the table stays as printed with similarity 0.
    """
    body = _first_level(_LABEL.sub("", " ".join(text.split()), count=1)).strip(" ,;:|")
    if not any(c.isalnum() for c in body):
        return Rank("", "")
    return _damaged(body, table) or _parsed(body, table)


def _parsed(body: str, table: Mapping[str, str]) -> Rank:
    grade, rest, read = _grade(body, table)
    name = _tidy(rest)
    if not name:
        if grade in PPPK_GRADES and grade not in table:
            return Rank("", grade)
        return Rank(table.get(grade, ""), grade, rule="pangkat dari golongan" if grade in table else "")
    found = _rank(name, table)
    if found is None:
        return Rank(rest.strip(" ,;:()/"), grade, similarity=0.0)
    own, similarity = found
    guessed = not grade or (own != grade and not read and similarity == 1)
    if guessed:  # no grade, or one whose letters had to be guessed: the rank says which it is
        return Rank(table[own], own, similarity=similarity, rule="golongan dari pangkat")
    return Rank(table[own], grade, agree=own == grade, similarity=similarity)


def agreeing(text: str, read: Rank, table: Mapping[str, str]) -> tuple[str, ...]:
    """The line as it would stand if its grade were that of its rank, or its rank that of its grade."""
    own = next((grade for grade, rank in table.items() if rank == read.pangkat), "")
    group, _, letter = own.partition("/")
    by_rank = re.sub(r"[IVl1|!]{1,4}(\s*[/\\.]\s*)[a-eA-E](?=\W*$)", rf"{group}\g<1>{letter}", text)
    by_grade = text.replace(read.pangkat, table.get(read.golongan, read.pangkat))
    return tuple(sorted({by_rank, by_grade} - {text}))


def _grade(body: str, table: Mapping[str, str]) -> tuple[str, str, bool]:
    """Grade at the end of the line, the text before it, and whether its letters were read as they are."""
    first = _GRADE_FIRST.sub(r"\2 (\1)", body)
    match = _GRADE.search(first)
    if match:
        body = first
        roman = {"1": "I", "2": "II", "3": "III", "4": "IV"}.get(match[1]) or re.sub(r"[l1|!]", "I", match[1])
        grade = f"{roman}/{match[2].lower()}"
        if grade in table:
            exact = match[1] == roman and "/" in match[0]
            return grade, _GRADE_WORD.sub(" ", body[: match.start()]), exact
    match = _PPPK.search(body)
    if match and (grade := re.sub(r"[l1|!]", "I", match[1])) in PPPK_GRADES:
        before = body[: match.start()]
        alone = not re.sub(r"\W", "", _GRADE_WORD.sub("", before))
        if alone:
            return grade, "", match[1] == grade
    return "", _GRADE_WORD.sub(" ", body), True


def _damaged(body: str, table: Mapping[str, str]) -> Rank | None:
    """A rank whose grade is no grade as it was read (``(lIlia)``, ``IV fa``): the one that its strokes and
    its letter allow and that is the rank's own, or else the one whose rank is most like it; ``None`` where neither
    is, and where the grade is one as it stands."""
    if _grade(body, table)[0]:
        return None
    words = body.split()
    end = next((i for i, word in enumerate(words) if i and not _RANK_WORD.fullmatch(word)), len(words))
    name, tail = _tidy(" ".join(words[:end])), "".join(words[end:])
    allowed = [grade for grade in _shapes(tail) if grade in table]
    found = _rank(name, table)
    if found is None:
        likeness = {grade: fuzz.ratio(name.lower(), table[grade].lower()) for grade in allowed}
        best = max(likeness, key=lambda grade: likeness[grade], default=None)
        if best is None or likeness[best] < LEAST_WITH_GRADE:
            return None
        return Rank(table[best], best, similarity=likeness[best] / 100, rule="golongan dari bentuknya")
    own, similarity = found
    if own not in allowed:
        return None
    return Rank(table[own], own, similarity=min(similarity, SHAPED), rule="golongan dari bentuknya")


def _shapes(tail: str) -> list[str]:
    """The grades that the strokes and the last letter of a damaged one allow."""
    plain = re.sub(r"^[^\w|!\\]+|[^\w]+$", "", tail.replace("\\/", "V").replace("|/", "V"))
    if not plain or plain[-1].lower() not in "abcde":
        return []
    strokes = plain[:-1].translate(_STROKES)
    if not set(strokes) <= set("IV/"):
        return []
    if "IV" in strokes and not strokes.startswith("II"):
        groups = {"IV"}
    else:  # a slash may be read as a stroke, or as part of a V
        count = sum(sign != "/" for sign in strokes)
        groups = {"I" * n for n in (count, count - ("/" not in strokes)) if 0 < n <= _MOST_STROKES}
    return sorted(f"{group}/{plain[-1].lower()}" for group in groups)


def _tidy(text: str) -> str:
    return " ".join(re.sub(r"[()\[\]{}|,;:/]", " ", _first_level(text)).split())


def _first_level(text: str) -> str:
    """The text with ``Tingkat I`` in its short form, whatever stroke its number was read as."""
    return re.sub(
        r"\b(?:t[il1]\w{3,5}t|t[kh])\s*[.,]?\s*(?:[Il1|!\[\]](?=\W|$)|(?=\[\s*[({]))", "Tk. I ", text, flags=re.I
    )


def _rank(name: str, table: Mapping[str, str]) -> tuple[str, float] | None:
    """Golongan of the rank of the table that is meant, with its similarity 0–1."""
    wanted = name.lower()
    for grade, rank in table.items():
        if rank.lower() == wanted:
            return grade, 1.0
    choices = {grade: rank.lower() for grade, rank in table.items()}
    ranked = process.extract(wanted, choices, scorer=fuzz.ratio, limit=2)
    if ranked and ranked[0][1] >= LEAST_SIMILARITY and (len(ranked) == 1 or ranked[0][1] - ranked[1][1] >= LEAST_LEAD):
        return ranked[0][2], ranked[0][1] / 100
    return None

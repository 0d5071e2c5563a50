"""Names of people as printed, with their titles: order, case and spacing stay, only OCR damage goes."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass

_LABEL = re.compile(r"^\W*nama\b\s*[:;.]\s*", re.I)
_JUNK_BEFORE = re.compile(r"^(?:[^\w(]|_)+")
_JUNK_AFTER = re.compile(r"(?:[^\w.)]|_)+$")
_NAME = re.compile(r"[^\W\d_][^\W\d_.'’`-]+(?:['’`-][^\W\d_]+)*[.,]?|(?:[^\W\d_]{1,4}\.)+,?|\([^\W\d_]+\)")
"""A part of a name as it is usually printed: a whole word, or an abbreviation with its full stop."""
_ALIEN = re.compile(r"[@:;/=+<>#%&\\]|www|\d{3}")
"""Marks and figures that no name has."""
MOST_WORDS = 8
"""Words that a name without its titles has at most."""
LEAST_LETTERS = 3
"""Letters that a name has at least."""
_TITLE_LOOK_ALIKES = str.maketrans({"5": "S", "0": "O", "1": "I", "|": "I", "!": "I", "$": "S", "8": "B"})
_NAME_LOOK_ALIKES = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "|": "I", "!": "I", "$": "S"})
_IN_SMALL_LETTERS = str.maketrans({"0": "o", "1": "l", "5": "s", "8": "b", "|": "l", "!": "i", "$": "s"})


@dataclass(frozen=True, slots=True)
class Name:
    """``doubts`` names the parts that no rule or list vouches for."""

    text: str
    rule: str = ""
    doubts: tuple[str, ...] = ()


def key(name: str) -> str:
    """What identifies a person in print: the letters of the name before its degrees, in small letters."""
    return re.sub(r"[\W\d_]", "", name.split(",", maxsplit=1)[0]).lower()


def bare(text: str) -> str:
    """A printed name without its label and stray marks."""
    return _JUNK_AFTER.sub("", _JUNK_BEFORE.sub("", _LABEL.sub("", " ".join(text.split()))))


def clean(text: str, titles: Collection[str]) -> Name:
    """Take the label and stray marks off a printed name and repair digits in it.

    ``titles`` are the known academic and other titles (``S.Sos``, ``Drs``), in any case, dots optional.
    """
    body = bare(text)
    known = {_letters(title) for title in titles}
    commas = _commas(body, known)
    rule, doubts, fixed = "koma sebelum gelar" if commas != body else "", [], []
    body = commas
    comma = False
    for token in body.split():
        repaired = token
        if comma or _letters(token) in known:
            repaired = _title(token, known)
            if comma and known and not _known_title(repaired, known):
                doubts.append(token)
        elif re.search(r"[\d|!$]", token):
            repaired = _name_part(token)
            doubts.append(token)
        elif not _NAME.fullmatch(token):
            doubts.append(token)
        if repaired != token:
            rule = "gelar" if comma else "nama"
        comma = comma or "," in token
        fixed.append(repaired)
    return Name(" ".join(fixed), rule, tuple(doubts))


def is_shaped(text: str, posts: Collection[str] = ()) -> bool:
    """Whether a text is shaped like a person's name: a few words, most of them with a capital, and no figures.

    One without titles that begins with a word of ``posts`` (first words of jabatan, in small letters) is a jabatan.
    """
    own = text.split(",", maxsplit=1)[0]
    words = re.findall(r"[^\W\d_]+", own)
    if sum(map(len, words)) < LEAST_LETTERS or len(words) > MOST_WORDS or _ALIEN.search(own):
        return False
    whole = [word for word in words if len(word) > 1] or words
    capital = sum(not word[0].islower() for word in whole)
    return capital * 2 > len(whole) and not (own == text and words[0].lower() in posts)


def _commas(body: str, known: set[str]) -> str:
    """Full stops before a title that can only be worn commas: a second one, or one after a whole name."""
    tokens = body.split(" ")
    for i in range(1, len(tokens)):
        before = tokens[i - 1]
        whole = re.fullmatch(r"[^\W\d_]{4,}\.", before) and _letters(before) not in known
        if _letters(tokens[i]) in known and (whole or re.search(r"[^.]\.\.$", before)):
            tokens[i - 1] = before[:-1] + ","
    return " ".join(tokens)


def _letters(text: str) -> str:
    return re.sub(r"[^a-z]", "", text.lower())


def _known_title(token: str, known: set[str]) -> bool:
    return all(_letters(part) in known or not _letters(part) for part in token.split(","))


def _title(token: str, known: set[str]) -> str:
    """The title with look-alike characters put right, where that makes a known title of an unknown one."""
    if _known_title(token, known):
        return token
    changed = token.translate(_TITLE_LOOK_ALIKES)
    return changed if changed != token and _known_title(changed, known) else token


def _name_part(token: str) -> str:
    """A name's digits as the letters they look like, in the case of the letters around."""
    rest = re.sub(r"[\d|!$]", "", token)
    small = len(rest) > 1 and not rest.isupper()
    return token[0].translate(_NAME_LOOK_ALIKES) + token[1:].translate(
        _IN_SMALL_LETTERS if small else _NAME_LOOK_ALIKES
    )

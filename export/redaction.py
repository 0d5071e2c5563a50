"""Taking names and numbers of known persons out of running text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise

NAME, NUMBER, WHOLE = "[nama]", "[nip]", "[disamarkan]"
"""What stands in the place of a name, of a NIP, and of a text from which they could not be taken out."""
LEAST_TOKEN = 4
"""A word of a name that has at least so many letters is taken out wherever it stands with a capital."""
_LEAST_JOINED = 7
"""Letters from which on a whole name is looked for without regard to what lies between its letters."""
_GRAM = 6
"""Letters by which joined names are found in an index."""
_NIP = re.compile(r"(?<!\d)\d(?:[\s.\-]?\d){17}(?!\d)")
_WORD = re.compile(r"[^\W\d_]+(?:['’`][^\W\d_]+)*")
_NEAR = re.compile(r"[^\w\n]{1,3}")
"""What lies between two words of one name."""


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of a text: where it stands, and what it is but for case and diacritics."""

    start: int
    end: int
    folded: str
    is_capital: bool


class Redactor:
    """Takes the names and NIP of known persons out of texts.

    Whole names go in any spelling of case, spaces and diacritics; single words of a name from ``LEAST_TOKEN`` letters
    on where they begin with a capital, since a text may name a person by one of them; shorter ones beside such a word.
    A word that is also an ordinary one goes with them: better a word too much than a name.
    """

    def __init__(self, names: Iterable[str], numbers: Iterable[str], titles: Collection[str]) -> None:
        """``names`` as they are printed, with ``titles`` (``Drs``, ``S.Sos``) before and behind; ``numbers`` of 18
        digits."""
        known_titles = {folded(title) for title in titles}
        self._whole: dict[str, set[tuple[str, ...]]] = {}
        self._tokens: set[str] = set()
        self._grams: dict[str, set[str]] = {}
        for name in names:
            words = tuple(word.folded for word in _words(name.split(",")[0]) if word.folded not in known_titles)
            if not words:
                continue
            self._tokens.update(words)
            self._whole.setdefault(words[0], set()).add(words)
            joined = "".join(words)
            if len(joined) >= _LEAST_JOINED:
                self._grams.setdefault(joined[:_GRAM], set()).add(joined)
        self._numbers = frozenset(numbers)

    def __call__(self, text: str) -> str:
        """The text (in NFC) without names and numbers; ``WHOLE`` where one is spelt so that it could not be parted."""
        text = unicodedata.normalize("NFC", text)
        words = list(_words(text))
        hidden = self._hidden(words, text)
        parts, at = [], 0
        for start, end in _runs(words, hidden, text):
            parts += [text[at:start], NAME]
            at = end
        told = _NIP.sub(NUMBER, "".join((*parts, text[at:])))
        return WHOLE if self._remains(told) else told

    def _hidden(self, words: list[_Word], text: str) -> list[bool]:
        hidden = [word.is_capital and len(word.folded) >= LEAST_TOKEN and word.folded in self._tokens for word in words]
        near = [_NEAR.fullmatch(text[a.end : b.start]) is not None for a, b in pairwise(words)]
        for i, word in enumerate(words):
            for name in self._whole.get(word.folded, ()):
                end = i + len(name)
                if len(name) > 1 and tuple(w.folded for w in words[i:end]) == name and all(near[i : end - 1]):
                    hidden[i:end] = [True] * len(name)
        for order in (range(1, len(words)), range(len(words) - 2, -1, -1)):
            step = -1 if order.step == 1 else 1
            for i in order:
                beside = hidden[i + step] and near[min(i, i + step)]
                hidden[i] = hidden[i] or (beside and words[i].is_capital and words[i].folded in self._tokens)
        return hidden

    def _remains(self, text: str) -> bool:
        """Whether a whole name or number is still there once all between its letters is left out."""
        letters = folded(text)
        digits = "".join(c for c in text if c.isdecimal())
        return any(
            letters.startswith(name, i)
            for i in range(len(letters) - _GRAM + 1)
            for name in self._grams.get(letters[i : i + _GRAM], ())
        ) or any(digits[i : i + 18] in self._numbers for i in range(len(digits) - 17))


def folded(text: str) -> str:
    """The letters of a text, without case and diacritics (NFKD)."""
    return "".join(c for c in unicodedata.normalize("NFKD", text).casefold() if c.isalpha())


def _words(text: str) -> Iterator[_Word]:
    """The words of a text; ``BudiSantoso`` is two."""
    text = unicodedata.normalize("NFC", text)
    for found in _WORD.finditer(text):
        start = found.start()
        for i in range(found.start() + 1, found.end() + 1):
            if i == found.end() or (text[i - 1].islower() and text[i].isupper()):
                yield _Word(start, i, folded(text[start:i]), text[start].isupper())
                start = i


def _runs(words: list[_Word], hidden: list[bool], text: str) -> Iterator[tuple[int, int]]:
    """Start and end of what is hidden, words of one name together."""
    current: tuple[int, int] | None = None
    for word, is_hidden in zip(words, hidden, strict=True):
        if not is_hidden:
            continue
        if current is not None and (word.start == current[1] or _NEAR.fullmatch(text[current[1] : word.start])):
            current = current[0], word.end
            continue
        if current is not None:
            yield current
        current = word.start, word.end
    if current is not None:
        yield current

"""How often the words of a language are used, by the lists of ``wordfreq`` (its data is CC BY-SA, and a dependency).

The lists are read here because importing the library, with its rules for the words of forty languages, takes a quarter
of a second, and no more of it is needed.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import msgspec

_LISTS = {"id": "small_id", "en": "large_en"}
"""The best list that there is of each language."""


@cache
def frequencies(language: str) -> Mapping[str, float]:
    """Words in small letters → share of all words, the commonest first; ``language`` is ``id`` or ``en``.

    In wordfreq's format, "cBpack", a header is followed by one list of words for every hundredth of a power of ten.
    """
    spec = find_spec("wordfreq")
    assert spec is not None and spec.origin is not None, "wordfreq is a dependency of iki"
    packed = Path(spec.origin).with_name("data") / f"{_LISTS[language]}.msgpack.gz"
    _, *lists = msgspec.msgpack.decode(gzip.decompress(packed.read_bytes()))
    return {word: 10 ** (-index / 100) for index, words in enumerate(lists) for word in words}

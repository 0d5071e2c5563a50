"""Every sentence that archivists see, in plain Indonesian, with English for ``IKI_LANG=en``.

The sentences stand in ``messages.toml``: one table a sentence, keys ``id`` and ``en``, placeholders as for ``format``.
"""

from __future__ import annotations

import os
import re
import tomllib
from functools import cache
from pathlib import Path

_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


def sentence(key: str, **values: object) -> str:
    """The sentence called ``key`` in the user's language, its placeholders filled in.

    Raises ``KeyError`` for an unknown key or a placeholder without a value.
    """
    language = "en" if os.environ.get("IKI_LANG", "id").lower().startswith("en") else "id"
    return _catalogue()[key][language].format(**values)


def written(key: str, **values: object) -> str:
    """The sentence called ``key`` as it is written into files: Indonesian, whatever the user's language is."""
    return _catalogue()[key]["id"].format(**values)


def printable(text: str) -> str:
    """``text`` on one line, with U+FFFD for whatever could move a cursor or turn the direction of reading.

    That is control characters, line and paragraph separators, and the marks of Unicode's bidirectional algorithm
    (UAX 9); letters of scripts that run from right to left stay.
    """
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def escaped(text: str) -> str:
    """``text`` with an escape (``\\x0a``, ``\\u202e``) for each character that ``printable`` would not let through.

    Texts that differ stay different, as the names of files must.
    """
    return _UNPRINTABLE.sub(lambda found: found[0].encode("unicode_escape").decode(), text)


class Problem(Exception):  # noqa: N818 - nothing is wrong with us
    """Bad input, told in one sentence: what, where and what to do. Never a bug of ours.

    Subclasses exist where a caller must tell them apart; ``key`` and ``values`` survive pickling between processes.
    ``exit_code`` is what a command ends with that cannot go on for it (CONTRACT.md).
    """

    exit_code = 2

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values

    def __str__(self) -> str:
        return sentence(self.key, **self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.values)


def _rebuild(kind: type[Problem], key: str, values: dict[str, object]) -> Problem:
    return kind(key, **values)

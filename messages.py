"""Every sentence that archivists see, in plain Indonesian, with English for ``IKI_LANG=en``.

The sentences stand in ``messages.toml``: one table a sentence, keys ``id`` and ``en``, placeholders as for ``format``.
"""

from __future__ import annotations

import os
import tomllib
from functools import cache
from pathlib import Path


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("messages.toml").read_text(encoding="utf-8"))


def sentence(key: str, **values: object) -> str:
    """The sentence called ``key`` in the user's language, its placeholders filled in.

    Raises ``KeyError`` for an unknown key or a placeholder without a value.
    """
    language = "en" if os.environ.get("IKI_LANG", "id").lower().startswith("en") else "id"
    return _catalogue()[key][language].format(**values)


class Problem(Exception):  # noqa: N818 - nothing is wrong with us
    """Bad input, told in one sentence: what, where and what to do. Never a bug of ours.

    Subclasses exist where a caller must tell them apart; ``key`` and ``values`` survive pickling between processes.
    """

    def __init__(self, key: str, **values: object) -> None:
        super().__init__(key, values)
        self.key, self.values = key, values

    def __str__(self) -> str:
        return sentence(self.key, **self.values)

    def __reduce__(self) -> tuple[object, ...]:
        return _rebuild, (type(self), self.key, self.values)


def _rebuild(kind: type[Problem], key: str, values: dict[str, object]) -> Problem:
    return kind(key, **values)

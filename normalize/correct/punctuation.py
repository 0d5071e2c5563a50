"""Full stop or comma: what stands after a word, by its neighbours, before the picture is asked."""

from __future__ import annotations

import re
from collections.abc import Callable

MARKS = ",.;:"
NEVER = 9.0
"""Nats of a mark that has not been seen in its place."""
LONE_STOP = 3.0
"""Nats of a full stop within a value that does not end in one."""
STOPPED = ("word", "capitals", "year")
"""Kinds of words after which a full stop ends a sentence."""
YEAR_DIGITS = 4

PRIOR: dict[tuple[str, str], dict[str, float]] = {
    ("word", "lower"): {"": 0.1, ",": 2.7, ".": 6.0, ":": 6.0, ";": 6.5},
    ("word", "upper"): {"": 0.1, ",": 2.6, ".": 4.2, ":": 5.5, ";": 5.0},
    ("word", "digit"): {"": 0.1, ",": 4.0, ".": 4.5, ":": 4.5, ";": 6.0},
    ("capitals", "lower"): {"": 0.4, ",": 1.2, ".": 5.5, ":": 6.0, ";": 6.0},
    ("capitals", "upper"): {"": 0.6, ",": 0.8, ".": 5.0, ":": 6.0, ";": 5.0},
    ("capitals", "digit"): {"": 0.1, ",": 3.0, ".": 5.0, ":": 5.0, ";": 6.0},
    ("year", "lower"): {"": 0.2, ",": 1.8, ".": 5.0, ":": 6.0, ";": 5.0},
    ("year", "upper"): {"": 0.7, ",": 0.8, ".": 4.5, ":": 6.0, ";": 5.0},
    ("number", "lower"): {"": 0.2, ",": 2.0, ".": 3.0, ":": 6.0, ";": 5.0},
    ("number", "upper"): {"": 0.5, ",": 2.5, ".": 1.2, ":": 6.0, ";": 5.0},
    ("number", "digit"): {"": 0.3, ",": 2.0, ".": 2.5, ":": 5.0, ";": 5.0},
    ("short", "lower"): {"": 0.1, ",": 0.0, ".": 0.0, ":": 0.0, ";": 0.0},
    ("short", "upper"): {"": 0.1, ",": 0.0, ".": 0.0, ":": 0.0, ";": 0.0},
    ("word", "end"): {"": 0.1, ",": 8.0, ".": 3.5, ":": 7.0, ";": 6.0},
    ("capitals", "end"): {"": 0.1, ",": 8.0, ".": 4.5, ":": 8.0, ";": 7.0},
    ("year", "end"): {"": 0.1, ",": 8.0, ".": 4.0, ":": 8.0, ";": 7.0},
    ("number", "end"): {"": 0.1, ",": 8.0, ".": 3.0, ":": 8.0, ";": 7.0},
}
"""Nats of each mark by the kind of word before it and what follows, rounded; counted on the cells of the project's own
generator (639 texts), with room left for what it never writes."""


def part(token: str) -> tuple[str, str]:
    """A token and the one mark at its end."""
    return (token[:-1], token[-1]) if len(token) > 1 and token[-1] in MARKS else (token, "")


def cost(stem: str, mark: str, following: str, sentences: bool, abbreviation: Callable[[str], bool]) -> float:
    """Nats of ``mark`` between ``stem`` and the token ``following`` (empty at the end of a value).

    ``sentences``: full stops may stand within the value. One that does not end in one has none between sentences.
    """
    if abbreviation(stem):
        return {".": 0.1, "": 3.0}.get(mark, 4.0)
    kind = _kind(stem)
    lone = LONE_STOP if mark == "." and following and not sentences and kind in STOPPED else 0.0
    return lone + PRIOR.get((kind, _next(following)), {}).get(mark, 0.0 if not mark else NEVER / 2)


def _kind(stem: str) -> str:
    letters = re.sub(r"\W", "", stem)
    if letters.isdigit():
        return "year" if len(letters) == YEAR_DIGITS else "number"
    if len(letters) == 1:
        return "short"
    return "capitals" if letters.isupper() else "word"


def _next(token: str) -> str:
    for c in token:
        if c.isalnum():
            return "digit" if c.isdigit() else "upper" if c.isupper() else "lower"
    return "other" if token else "end"

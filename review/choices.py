"""Other readings of a whole value, of which the story of a value tells only the doubtful words."""

from __future__ import annotations

import re

from rapidfuzz import fuzz

from iki.normalize.explain import Story

MOST = 9
"""Readings offered: as many as there are keys for them."""
ALIKE = 40.0
"""0–100 (rapidfuzz ratio): a candidate at least this like a word of the value may stand in its place."""


def choices(told: Story) -> list[tuple[str, str]]:
    """Whole values other than the one told, the likeliest first, each with where it comes from."""
    inside = [c.text for c in told.candidates if len(_places(told.text, c.text)) == 1]
    found: dict[str, str] = {}
    for candidate in told.candidates:
        if candidate.text in inside or not candidate.text:
            continue
        home = max(inside, key=lambda word: fuzz.ratio(word, candidate.text), default=told.text)
        if fuzz.ratio(home, candidate.text) >= ALIKE:
            start = _places(told.text, home)[0]
            whole = told.text[:start] + candidate.text + told.text[start + len(home) :]
            found.setdefault(whole, candidate.origin)
    found.setdefault(told.read, "bacaan mesin")
    return [(text, origin) for text, origin in found.items() if text not in ("", told.text)][:MOST]


def _places(text: str, word: str) -> list[int]:
    """Where a word, or words, stand in a text, not within longer ones."""
    return [found.start() for found in re.finditer(rf"(?<!\w){re.escape(word)}(?!\w)", text)] if word else []

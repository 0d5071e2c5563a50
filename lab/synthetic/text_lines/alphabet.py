"""The characters that our recogniser may read.

Printable ASCII and what word processors put into Indonesian forms. Letters with accents and the dotless ı are left out
on purpose: the stock model takes specks for accents, and the language has none. So are ``…`` and ``·``, which no scan
tells from full stops.
"""

from __future__ import annotations

ASCII = "".join(map(chr, range(0x21, 0x7F)))
TYPOGRAPHIC = "–—‘’“”•°²³½±×÷≥≤→✓"
SPACE = " "
ALPHABET: tuple[str, ...] = ("", *ASCII, *TYPOGRAPHIC, SPACE)
"""One character per class of the model; class 0 is the CTC blank, written as the empty string."""

INDEX = {character: number for number, character in enumerate(ALPHABET)}


def encode(text: str) -> list[int]:
    """The classes of ``text``; ``KeyError`` for a character outside the alphabet."""
    return [INDEX[character] for character in text]


def decode(classes: list[int]) -> str:
    """The text of a frame-by-frame path of classes: repeats merged, blanks dropped."""
    merged = (now for before, now in zip([0, *classes], classes, strict=False) if now != before)
    return "".join(ALPHABET[number] for number in merged)

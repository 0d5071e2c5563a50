"""How wide words are printed, in usual letters: what tells whether one more word would have fitted on a cell's line.

Advance widths of Helvetica (Adobe Core 14 AFM files), which Arial and Liberation Sans share. Other faces of text differ
in scale, which a column's width found from its own lines takes up, and little in proportion.
"""

from __future__ import annotations

from functools import lru_cache

_THOUSANDTHS = {
    191: "'", 222: "ijl‘’", 260: "|", 278: " !,./:;I[\\]ft", 333: "()-`r“”", 334: "{}", 350: "•", 355: '"',
    389: "*", 469: "^", 500: "Jcksvxyz", 584: "+<=>~", 611: "FTZ", 667: "&ABEKPSVXY", 722: "CDHNRUw", 778: "GOQ",
    833: "Mm", 889: "%", 944: "W", 1000: "—", 1015: "@",
}  # fmt: skip
"""Letters by their advance in thousandths of the size; digits and the rest of the small letters have ``_MOST``."""
_MOST = 556
_USUAL = 470
"""Mean advance of a letter or space of the vocabulary's wordings."""
_WIDTHS = {letter: width / _USUAL for width, letters in _THOUSANDTHS.items() for letter in letters}
SPACE = _WIDTHS[" "]


@lru_cache(maxsize=1 << 16)
def advance(text: str) -> float:
    """The width of a text in usual letters."""
    return sum(_WIDTHS.get(letter, _MOST / _USUAL) for letter in text)

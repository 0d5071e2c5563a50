"""What a cell of a dump's table says: the pieces of lines that make it up, and their words."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from rapidfuzz.distance import Levenshtein

from iki.ingest.dump.words import without_rules
from iki.ingest.sources.text_stream import LinePart
from iki.language.spelling import familiarity, printed

LONGEST_REST = 6
"""Letters of the rest of a word that a line's end cut without a hyphen."""


def texts_of(cell: Sequence[LinePart]) -> list[str]:
    """What each piece of a cell says: without what rules of the table were read as, and with words put together that a
    line's end cut."""
    texts = without_rules([piece.text for piece in cell])
    for above, below in pairwise(range(len(texts))):
        words, (rest, *others) = texts[above].split(), texts[below].split() or [""]
        if words and (whole := _whole(cell[above], words[-1], rest)):
            texts[above], texts[below] = " ".join([*words[:-1], whole]), " ".join(others)
    return texts


def words_of(cell: Sequence[LinePart]) -> tuple[str, ...]:
    """The words of a cell."""
    return tuple(word for text in texts_of(cell) for word in text.split())


def _whole(piece: LinePart, last: str, rest: str) -> str:
    """The word of which ``last``, as it was before lines were corrected, is the beginning and ``rest`` the end; empty
    where they are no such word, or where ``last`` is a word by itself. ``pertanggungjawa | ban`` was corrected to
    ``pertanggungjawaban | ban``."""
    if not (rest.islower() and rest.isalpha() and len(rest) <= LONGEST_REST and piece.text.endswith(last)):
        return ""
    head = in_dump(piece).split()[-1]
    if not head.isalpha() or familiarity(head) != "unknown":
        return ""
    whole = printed(head + rest)
    fits = whole.endswith(rest) and len(whole) >= len(head) + len(rest) - 1
    return whole if fits and familiarity(whole) == "known" else ""


def in_dump(piece: LinePart) -> str:
    """The piece of a line as it stands in the dump: the words that an alignment by letters puts against its own."""
    text, read = piece.line.text, piece.line.read
    start = text.find(piece.text)
    if read is None or start < 0:
        return piece.text
    end = start + len(piece.text)
    blocks = [block for block in Levenshtein.opcodes(text, read) if block.src_start < end and block.src_end > start]
    if not blocks:
        return piece.text
    first, last = blocks[0], blocks[-1]
    begin = first.dest_start + max(start - first.src_start, 0)
    close = last.dest_end - max(last.src_end - end, 0)
    begin = read.rfind(" ", 0, begin) + 1
    close = read.find(" ", close) if " " in read[close:] else len(read)
    return " ".join(read[begin:close].replace("|", " ").split()) or piece.text

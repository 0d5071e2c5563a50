"""Faults of the vocabulary files, a sentence each."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from pathlib import Path

from iki.messages import sentence
from iki.vocab.files import FOLDER, TABLES, Entry, Table, parsed


def faults(folder: Path = FOLDER) -> list[str]:
    """What is wrong with the files in ``folder``: missing or unreadable files, missing sources, wrong columns or kinds,
    stray spaces and letters, and duplicates, those with another meaning too."""
    return [fault for table in TABLES.values() for fault in _table_faults(table, folder)]


def _table_faults(table: Table, folder: Path) -> Iterator[str]:
    try:
        text = (folder / table.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield sentence("vocab_unreadable", file=table.file)
    else:
        yield from text_faults(table, text)


def text_faults(table: Table, text: str) -> Iterator[str]:
    """What is wrong with the text of one file."""
    lines = text.splitlines()
    head = " ".join(line for line in lines if line.startswith("#")).lower()
    if not all(any(word in head for word in words) for words in (("source", "sumber"), ("licence", "lisensi"))):
        yield sentence("vocab_no_source", file=table.file)
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            yield from _line_faults(table, number, line)
    yield from _duplicates(table, list(parsed(table, text)))


def _line_faults(table: Table, number: int, line: str) -> Iterator[str]:
    cells = line.split("\t")
    if not table.least <= len(cells) <= len(table.columns) or not all(cells[: table.least - 1]):
        yield sentence("vocab_columns", file=table.file, line=number, columns=", ".join(table.columns))
    if table.kinds and cells[0] not in table.kinds:
        yield sentence("vocab_kind", file=table.file, line=number, kind=cells[0], kinds=", ".join(table.kinds))
    tidy = all(cell == " ".join(cell.split()) for cell in cells)
    if not tidy or line != unicodedata.normalize("NFC", line) or not line.replace("\t", "").isprintable():
        yield sentence("vocab_characters", file=table.file, line=number)


def _duplicates(table: Table, found: list[Entry]) -> Iterator[str]:
    seen: dict[tuple[str, ...], int] = {}
    for entry in found:
        key = tuple(entry[column] for column in table.key)
        if key in seen:
            yield sentence("vocab_duplicate", file=table.file, line=entry.line, first=seen[key], text=" ".join(key))
        seen.setdefault(key, entry.line)

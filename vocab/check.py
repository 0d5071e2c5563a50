"""Faults of the vocabulary files, a sentence each."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from pathlib import Path

from iki.messages import sentence
from iki.vocab.files import FOLDER, LEVELS, TABLES, Entry, VocabularyFile, entries, parsed

_ROMAN = {"I": 1, "V": 5, "X": 10}


def faults(folder: Path = FOLDER) -> list[str]:
    """What is wrong with the files in ``folder``: missing or unreadable files, missing sources, wrong columns or kinds,
    stray spaces and letters, duplicates, wrong order, and what one file says against another."""
    single = [fault for table in TABLES.values() for fault in _table_faults(table, folder)]
    return single or [*_between(folder)]


def _table_faults(table: VocabularyFile, folder: Path) -> Iterator[str]:
    try:
        text = (folder / table.file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        yield sentence("vocab_unreadable", file=table.file)
    else:
        yield from text_faults(table, text)


def text_faults(table: VocabularyFile, text: str) -> Iterator[str]:
    """What is wrong with the text of one file."""
    lines = text.splitlines()
    head = " ".join(line for line in lines if line.startswith("#")).lower()
    if not all(any(word in head for word in words) for words in (("source", "sumber"), ("licence", "lisensi"))):
        yield sentence("vocab_no_source", file=table.file)
    for number, line in enumerate(lines, 1):
        if line.strip() and not line.startswith("#"):
            yield from _line_faults(table, number, line)
    yield from _duplicates(table, list(parsed(table, text)))


def _between(folder: Path) -> Iterator[str]:
    """Faults that show when the files are read together; each file must be without fault."""
    found = {name: list(entries(table, folder)) for name, table in TABLES.items()}
    yield from _meanings(found)
    yield from _repeated(found)
    yield from _kinds(found["jabatan"])
    yield from _disorder("bulan", found["bulan"], lambda entry: (int(entry["nomor"]),))
    ranked = [entry for entry in found["pangkat"] if entry["pangkat"]]
    yield from _disorder("pangkat", ranked, lambda entry: _grade(entry["golongan"]))
    others = [entry for entry in found["pangkat"] if not entry["pangkat"]]
    yield from _disorder("pangkat", others, lambda entry: _grade(entry["golongan"]))


def _meanings(found: Mapping[str, list[Entry]]) -> Iterator[str]:
    """Abbreviations with another meaning in another file. A meaning may name several, parted by semicolons."""
    first: dict[str, tuple[str, Entry, str]] = {}
    for name, column in (("singkatan", "kepanjangan"), ("perangkat_daerah", "nama"), ("jabatan", "nama")):
        for entry in found[name]:
            short, meaning = entry["singkatan"], entry[column]
            if not short:
                continue
            file, known, other = first.setdefault(short, (name, entry, meaning))
            if known is not entry and _bare(meaning) not in map(_bare, other.split(";")):
                places = {"file": f"{name}.tsv", "line": entry.line, "first_file": f"{file}.tsv", "first": known.line}
                yield sentence("vocab_conflict", text=short, meaning=meaning, other=other, **places)


def _bare(text: str) -> str:
    return text.casefold().replace(" ", "")


def _repeated(found: Mapping[str, list[Entry]]) -> Iterator[str]:
    """Terms and phrases that stand twice, in one file or both, whatever their case."""
    first: dict[str, tuple[str, Entry]] = {}
    for name, column in (("istilah", "istilah"), ("frasa", "frasa")):
        for entry in found[name]:
            text = entry[column].casefold()
            if text in first:
                file, known = first[text]
                places = {"file": f"{name}.tsv", "line": entry.line, "first_file": f"{file}.tsv", "first": known.line}
                yield sentence("vocab_twice", text=entry[column], **places)
            first.setdefault(text, (name, entry))


def _kinds(posts: list[Entry]) -> Iterator[str]:
    """Functional posts of two kinds, which would be ``keduanya``. One of them may also be a pelaksana post."""
    first: dict[str, Entry] = {}
    for entry in posts:
        if entry["jenis"] not in (*LEVELS, "keduanya"):
            continue
        known = first.setdefault(entry["nama"], entry)
        if known is not entry:
            places = {"file": "jabatan.tsv", "line": entry.line, "first_file": "jabatan.tsv", "first": known.line}
            text, meaning, other = entry["nama"], entry["jenis"], known["jenis"]
            yield sentence("vocab_conflict", text=text, meaning=meaning, other=other, **places)


def _disorder(name: str, found: list[Entry], rank: Callable[[Entry], tuple[int, ...]]) -> Iterator[str]:
    """Entries that do not stand in their natural order; that order is what dates and promotions go by."""
    column = TABLES[name].columns[0]
    for before, entry in pairwise(found):
        if rank(entry) < rank(before):
            yield sentence(
                "vocab_order", file=f"{name}.tsv", line=entry.line, text=entry[column], before=before[column]
            )


def _grade(golongan: str) -> tuple[int, ...]:
    """``III/d`` as numbers that sort."""
    roman, _, letter = golongan.partition("/")
    digits = [_ROMAN[c] for c in roman]
    number = sum(-d if d < after else d for d, after in zip(digits, [*digits[1:], 0], strict=True))
    return number, ord(letter) if letter else 0


def _line_faults(table: VocabularyFile, number: int, line: str) -> Iterator[str]:
    cells = line.split("\t")
    if not table.least <= len(cells) <= len(table.columns) or not all(cells[: table.least - 1]):
        yield sentence("vocab_columns", file=table.file, line=number, columns=", ".join(table.columns))
    if table.kinds and cells[0] not in table.kinds:
        yield sentence("vocab_kind", file=table.file, line=number, kind=cells[0], kinds=", ".join(table.kinds))
    tidy = all(cell == " ".join(cell.split()) for cell in cells)
    if not tidy or line != unicodedata.normalize("NFC", line) or not line.replace("\t", "").isprintable():
        yield sentence("vocab_characters", file=table.file, line=number)


def _duplicates(table: VocabularyFile, found: list[Entry]) -> Iterator[str]:
    seen: dict[tuple[str, ...], int] = {}
    for entry in found:
        key = tuple(entry[column] for column in table.key)
        if key in seen:
            yield sentence("vocab_duplicate", file=table.file, line=entry.line, first=seen[key], text=" ".join(key))
        seen.setdefault(key, entry.line)

"""Adding an entry to a vocabulary file, if it is without fault."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from iki.messages import Problem
from iki.vocab.check import text_faults
from iki.vocab.files import FOLDER, TABLES
from iki.vocab.listing import UnknownTable


class Refused(Problem):
    """An entry that would be a fault of its file."""


def add(name: str, values: Sequence[str], folder: Path = FOLDER) -> None:
    """Put an entry, a text for each column, at the end of a file, which is replaced whole or not at all.

    Raises ``UnknownTable``, ``Refused`` with the fault that the entry would bring, and ``OSError``.
    """
    if name not in TABLES:
        raise UnknownTable("vocab_unknown_table", name=name, names=", ".join(TABLES))
    table = TABLES[name]
    path = folder / table.file
    before = path.read_text(encoding="utf-8")
    entry = "\t".join(values).rstrip("\t")
    if not entry or entry.startswith("#") or len(entry.splitlines()) != 1:
        raise Refused("vocab_refused_form", file=table.file, columns=", ".join(table.columns))
    after = before + "\n" * (not before.endswith("\n")) + entry + "\n"
    known = set(text_faults(table, before))
    for fault in text_faults(table, after):
        if fault not in known:
            raise Refused("vocab_refused", fault=fault)
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        aside.write_text(after, encoding="utf-8", newline="\n")
        aside.replace(path)
    finally:
        aside.unlink(missing_ok=True)

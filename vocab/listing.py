"""What the vocabulary files hold, as lines of text."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from iki.messages import Problem
from iki.vocab.files import FOLDER, TABLES, entries


class UnknownTable(Problem):
    """A vocabulary file that does not exist."""


def listed(name: str | None = None, folder: Path = FOLDER) -> Iterator[str]:
    """The entries of a file, columns parted by tabs; without a name all files with their number of entries."""
    if name is None:
        for table in TABLES.values():
            yield f"{table.name}\t{sum(1 for _ in entries(table, folder))}"
    elif name in TABLES:
        for entry in entries(TABLES[name], folder):
            yield "\t".join(entry.values.values()).rstrip("\t")
    else:
        raise UnknownTable("vocab_unknown_table", name=name, names=", ".join(TABLES))

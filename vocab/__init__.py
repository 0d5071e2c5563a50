"""The curated vocabulary: plain files that a civil servant can read and edit, and their loader."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from iki.terms import WORD
from iki.vocab.files import FOLDER, LEVELS, TABLES, Entry, entries


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """What the vocabulary files say.

    ``ranks`` maps golongan (``III/d``) to pangkat; ``grades`` are all golongan, those of PPPK too. ``months`` stand in
    their order. ``titles`` are those of names as printed with all their stops. ``posts`` are the jabatan, functional
    ones with each of their levels. ``offices`` are perangkat daerah and units. ``abbreviations`` maps an abbreviation,
    as printed, to what it stands for.
    """

    ranks: Mapping[str, str]
    grades: tuple[str, ...]
    months: tuple[str, ...]
    titles: frozenset[str]
    posts: tuple[str, ...]
    offices: tuple[str, ...]
    abbreviations: Mapping[str, str]
    terms: tuple[str, ...]
    phrases: tuple[str, ...]
    labels: tuple[str, ...]

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """All wordings made of whole words, as printed."""
        ranks = (rank.replace("Tk.", "Tingkat") for rank in self.ranks.values())
        return (
            *ranks, *self.months, *self.posts, *self.offices, *self.abbreviations.values(), *self.terms, *self.phrases,
            *self.labels,
        )  # fmt: skip

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of all wordings, in small letters; those of abbreviations and titles are not among them."""
        return frozenset(match[0].lower() for text in self.texts for match in WORD.finditer(text))


@cache
def load(folder: Path | None = None) -> Vocabulary:
    """The vocabulary in ``folder``, by default that of the package. Raises ``OSError`` where a file is missing."""
    tables = {name: tuple(entries(table, folder or FOLDER)) for name, table in TABLES.items()}
    short = {entry["singkatan"]: entry["nama"] for name in ("jabatan", "perangkat_daerah") for entry in tables[name]}
    short |= {entry["singkatan"]: entry["kepanjangan"] for entry in tables["singkatan"]}
    return Vocabulary(
        ranks={e["golongan"]: e["pangkat"] for e in tables["pangkat"] if e["pangkat"]},
        grades=tuple(e["golongan"] for e in tables["pangkat"]),
        months=tuple(e["nama"] for e in tables["bulan"]),
        titles=frozenset(e["gelar"] for e in tables["gelar"]),
        posts=tuple(dict.fromkeys(_posts(tables["jabatan"]))),
        offices=tuple(e["nama"] for e in tables["perangkat_daerah"]),
        abbreviations={text: meaning for text, meaning in short.items() if text},
        terms=tuple(e["istilah"] for e in tables["istilah"]),
        phrases=tuple(e["frasa"] for e in tables["frasa"]),
        labels=(*(e["judul"] for e in tables["headings"]), *(e["label"] for e in tables["form_labels"])),
    )


def digest(folder: Path | None = None) -> str:
    """64 hex digits that change with any of the files."""
    total = hashlib.sha256()
    for table in TABLES.values():
        total.update(((folder or FOLDER) / table.file).read_bytes())
    return total.hexdigest()


def _posts(jabatan: Iterable[Entry]) -> Iterable[str]:
    for entry in jabatan:
        yield entry["nama"]
        for kind, levels in LEVELS.items():
            if entry["jenis"] in (kind, "keduanya"):
                yield from (f"{entry['nama']} {level}" for level in levels)

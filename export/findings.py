"""What sheets say against each other, and what is written in two ways: hints of errors that no single sheet shows.

Every function takes tables as ``iki.load`` gives them and returns rows in a settled order; nothing is corrected here.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import pandas as pd
from rapidfuzz import fuzz

from iki.export.tables import Tables
from iki.normalize.fields.names import key
from iki.terms import EMPLOYEE, PARTIES

SHORTEST_WORD = 4
"""Letters that two words have at least to be taken for one word written in two ways: ``I`` and ``II`` are two."""
LIKE = 75.0
"""Similarity (rapidfuzz's ratio, 0–100) from which on two words are taken for one written in two ways."""
LARGEST_BLOCK = 200
"""Words in one place of otherwise equal texts, above which they are a list of names rather than slips."""
MOST_SHEETS = 5
"""Sheets that are named for one finding."""
BETWEEN = " / "


class AtOdds(NamedTuple):
    """What the sheets of a folder say against each other, each as the function of that name tells it."""

    two_names: list[tuple[str, str, str]]
    two_ranks: list[tuple[str, str, str]]
    two_posts: list[tuple[str, str, str]]
    written_twice: list[tuple[str, int, str, int]]

    @classmethod
    def of(cls, tables: Tables) -> AtOdds:
        return cls(two_names(tables), two_ranks(tables), two_posts(tables), written_twice(tables.indikator.sasaran))


def most_used(tables: Tables, column: str, most: int) -> list[tuple[str, int]]:
    """The ``most`` texts of a column of ``indikator.csv`` that stand on most sheets, with how many."""
    rows = tables.indikator[tables.indikator[column] != ""]
    sheets = Counter(rows[["sheet_id", column]].drop_duplicates()[column])
    return sorted(sheets.items(), key=lambda item: (-item[1], item[0]))[:most]


def written_twice(texts: Iterable[str]) -> list[tuple[str, int, str, int]]:
    """Pairs of texts that differ in spaces, case and marks or in one similar word, with how often each stands.

    The one that stands more often comes first in its pair. Texts are only compared where all but one of their words
    agree, found by looking up each text without each of its words (deletion neighbourhoods, as in SymSpell), so that
    the time grows with the words of the texts and not with the pairs of them. Numbers differ on purpose.
    """
    counts = Counter(text for text in texts if text)
    same: dict[str, list[str]] = defaultdict(list)
    without: dict[tuple[str, ...], dict[str, str]] = defaultdict(dict)
    for text in sorted(counts, key=lambda text: (-counts[text], text)):
        same[_letters(text)].append(text)
        words = text.casefold().split()
        for place, word in enumerate(words):
            without[(*words[:place], "", *words[place + 1 :])].setdefault(word, text)
    pairs = {(texts[0], other) for texts in same.values() for other in texts[1:]}
    for block in without.values():
        if 1 < len(block) <= LARGEST_BLOCK:
            pairs.update(_slips(block))
    return sorted(
        ((one, counts[one], two, counts[two]) for one, two in pairs), key=lambda pair: (-pair[1], pair[0], pair[2])
    )


def two_names(tables: Tables) -> list[tuple[str, str, str]]:
    """NIP that stand with more than one name, degrees left aside: NIP, the names, sheets of the rarer ones."""
    signers = _signers(tables.sheets)
    by_nip = zip(signers.nip, signers.nama, signers.sheet_id, strict=True)
    return [(nip, *said) for nip, said in _at_odds(by_nip, key)]


def two_ranks(tables: Tables) -> list[tuple[str, str, str]]:
    """People who have more than one golongan in one year: NIP and year, the golongan, sheets of the rarer ones.

    A promotion within the year looks the same; a person is a NIP.
    """
    signers = _signers(tables.sheets).dropna(subset="tahun")
    by_year = (f"{nip} ({year})" if nip else "" for nip, year in zip(signers.nip, signers.tahun, strict=True))
    return [
        (who, *said) for who, said in _at_odds(zip(by_year, signers.golongan, signers.sheet_id, strict=True), _letters)
    ]


def two_posts(tables: Tables) -> list[tuple[str, str, str]]:
    """Sheets whose jabatan is another than the one above the employee's signature: sheet, the one, the other."""
    sheets = tables.sheets
    told = zip(sheets.sheet_id, sheets.jabatan, sheets[f"{EMPLOYEE}_jabatan"], strict=True)
    return [
        (sheet_id, own, signed)
        for sheet_id, own, signed in told
        if own and signed and _letters(own) != _letters(signed)
    ]


def _signers(sheets: pd.DataFrame) -> pd.DataFrame:
    """One row a signature: ``sheet_id``, ``tahun``, ``nama``, ``golongan``, ``nip``."""
    of_party = []
    for party in PARTIES:
        columns = {f"{party}_{name}": name for name in ("nama", "golongan", "nip")}
        of_party.append(sheets[["sheet_id", "tahun", *columns]].rename(columns=columns))
    return pd.concat(of_party, ignore_index=True)


def _at_odds(
    told: Iterable[tuple[str, str, str]], normal: Callable[[str], str]
) -> Iterator[tuple[str, tuple[str, str]]]:
    """Who is told of in more than one way: who, the values (most frequent first), the sheets of all but the first.

    ``told`` are who, value and ``sheet_id``; empty ones say nothing. Values that ``normal`` makes equal are one, shown
    as first met.
    """
    said: dict[str, dict[str, list[tuple[str, str]]]] = defaultdict(lambda: defaultdict(list))
    for who, value, sheet_id in told:
        if who and normal(value):
            said[who][normal(value)].append((value, sheet_id))
    for who, ways in sorted(said.items()):
        if len(ways) > 1:
            usual, *rarer = sorted(ways.values(), key=lambda way: (-len(way), way))
            values = [way[0][0] for way in (usual, *rarer)]
            sheets = dict.fromkeys(sheet_id for way in rarer for _, sheet_id in way)
            yield who, (BETWEEN.join(values), ", ".join(list(sheets)[:MOST_SHEETS]))


def _slips(block: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Pairs of texts, told by the one word in which they differ, whose words are likely one, written in two ways."""
    words = [(letters, text) for word, text in block.items() if len(letters := _letters(word)) >= SHORTEST_WORD]
    for (one, first), (two, second) in combinations((pair for pair in words if pair[0].isalpha()), 2):
        if fuzz.ratio(one, two, score_cutoff=LIKE):
            yield first, second


def _letters(text: str) -> str:
    """The letters and digits of a text, in small letters."""
    return re.sub(r"[\W_]", "", text.casefold())

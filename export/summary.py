"""What an analyst asks first of a folder of tables: what needs a look, how much is there, and how sure is the rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from textwrap import shorten

import pandas as pd
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from iki.export.findings import AtOdds, most_used
from iki.export.tables import Tables, replace
from iki.messages import printable, sentence, written

PAGE = "ringkasan.html"
GROUPS = ("perangkat_daerah", "unit", "tahun")
"""Columns of ``sheets.csv`` by which sheets are counted."""
SHOWN = 50
"""Rows that a section shows at most; how many more there are is said below it."""
MOST_USED = 10
"""Texts that are shown of those most used."""
LONGEST = 300
"""Characters that are shown of one value at most."""
STEPS = (0.0, 0.5, 0.8, 0.9, 0.95, 0.99)
"""Where the bars of the histogram of ``skor`` begin."""

_TEMPLATES = Environment(
    loader=FileSystemLoader(Path(__file__).parent),
    autoescape=True,
    undefined=StrictUndefined,
    keep_trailing_newline=True,
)

Cell = str | int | float


@dataclass(frozen=True, slots=True)
class Section:
    """A small table of the summary; in ``rows`` numbers are numbers, all else is text.

    ``more`` says how many rows are not shown, if any; ``drawn`` is the column that is drawn as bars, 0 for none.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    more: str = ""
    drawn: int = 0


Say = Callable[..., str]
"""``iki.messages.sentence`` for the screen, ``written`` for files."""


def summarise(tables: Tables, say: Say = sentence, found: AtOdds | None = None) -> list[Section]:
    """The sections of a summary, in the user's language; one that would have no rows is left out.

    ``found`` is what was found in ``tables`` before, if it was: the search takes seconds on a large folder.
    """
    odds = _odds(found or AtOdds.of(tables), say)
    sections = (*_attention(tables, say), *odds, *_counts(tables, say), *_rest(tables, say))
    return [section for section in sections if section.rows]


def write_page(tables: Tables, directory: Path, found: AtOdds | None = None) -> Path:
    """Write the summary as one HTML page, in Indonesian, into ``directory`` and return its path; ``found`` as above."""
    page = _TEMPLATES.get_template(f"{PAGE}.j2")
    sections = summarise(tables, written, found)
    replace(directory / PAGE, page.render(title=written("summary_title"), sections=sections))
    return directory / PAGE


def _doubts(tables: Tables) -> list[tuple[str, str]]:
    """``sheet_id`` and column of every value that a person should check."""
    return [
        (sheet_id, column)
        for table in (tables.sheets, tables.indikator)
        for sheet_id, columns in zip(table.sheet_id, table.perlu_tinjau, strict=True)
        for column in columns.split(";")
        if column
    ]


def _attention(tables: Tables, say: Say) -> Iterator[Section]:
    """What failed and why, and where values are to be checked."""
    files, doubts = tables.berkas, _doubts(tables)
    told = zip(files.berkas, files.status, files.pesan, strict=True)
    bad = sorted((row for row in told if row[1] != "ok"), key=lambda row: row[1])
    yield _section(say, "failed", ("file", "status", "message"), bad)
    place = dict(
        zip(tables.sheets.sheet_id, zip(tables.sheets.berkas, tables.sheets.halaman_awal, strict=True), strict=True)
    )
    worst = _most((sheet_id for sheet_id, _ in doubts))
    sheets = [(sheet_id, *place.get(sheet_id, ("", 0)), count) for sheet_id, count in worst]
    yield _section(say, "attention", ("sheet_id", "file", "page", "doubts"), sheets)
    yield _section(say, "doubts", ("column", "doubts"), _most(column for _, column in doubts))


def _odds(found: AtOdds, say: Say) -> Iterator[Section]:
    """What sheets say against each other."""
    yield _section(say, "two_names", ("nip", "names", "rarer"), found.two_names)
    yield _section(say, "two_ranks", ("nip_year", "ranks", "rarer"), found.two_ranks)
    yield _section(say, "two_posts", ("sheet_id", "jabatan", "jabatan_signed"), found.two_posts)
    yield _section(say, "written_twice", ("sasaran", "times", "alike", "times"), found.written_twice)


def _counts(tables: Tables, say: Say) -> Iterator[Section]:
    """How much there is: in all, and by agency, unit and year."""
    sheets, rows, files, doubts = tables.sheets, tables.indikator, tables.berkas, _doubts(tables)
    status = Counter(files.status)
    counted = {
        "files": len(files),
        "ok": status["ok"],
        "partial": status["sebagian"],
        "failed": status["gagal"],
        "pages": int(files.halaman.sum()),
        "sheets": len(sheets),
        "rows": len(rows),
        "doubts": len(doubts),
        "corrections": len(tables.koreksi),
    }
    yield _section(say, "counts", ("what", "count"), [(say(f"summary_{name}"), n) for name, n in counted.items()])
    of_sheets = (Counter(sheets.sheet_id), Counter(rows.sheet_id), Counter(sheet_id for sheet_id, _ in doubts))
    for column in GROUPS:
        groups = dict(zip(sheets.sheet_id, (_name(value, say) for value in sheets[column]), strict=True))
        summed = {name: [0] * len(of_sheets) for name in sorted(set(groups.values()))}
        for sheet_id, name in groups.items():
            for place, counts in enumerate(of_sheets):
                summed[name][place] += counts[sheet_id]
        lines = [(name, *sums) for name, sums in summed.items()]
        if column == "tahun":
            yield _section(say, column, (column, "sheets", "rows", "doubts"), lines, drawn=1)
        else:
            lines.sort(key=lambda line: -line[1])
            yield _section(say, column, (column, "sheets", "rows", "doubts"), lines)


def _rest(tables: Tables, say: Say) -> Iterator[Section]:
    """How sure the rows are in which nothing is marked, and what stands in them most."""
    scores = pd.concat([table.skor[table.perlu_tinjau == ""] for table in (tables.sheets, tables.indikator)]).dropna()
    bins = []
    for low, high in zip(STEPS, (*STEPS[1:], 1.01), strict=True):
        inside = scores[(scores >= low) & (scores < high)]
        bins.append((f"{low:.2f}–{min(high, 1):.2f}", len(inside), round(float((1 - inside).sum()), 1)))
    if len(scores):
        yield _section(say, "sure", ("skor", "unmarked", "wrong"), bins, drawn=1)
        total = (len(scores), round(float((1 - scores).sum()), 1))
        yield _section(say, "wrong", ("unmarked", "wrong"), [total])
    for column in ("indikator", "sumber_data"):
        yield _section(say, f"used_{column}", (column, "sheets"), most_used(tables, column, MOST_USED))


def _section(
    say: Say, title: str, columns: tuple[str, ...], rows: Sequence[tuple[Cell, ...]], drawn: int = 0
) -> Section:
    heads = tuple(say(f"summary_{column}") for column in columns)
    shown = tuple(tuple(_shown(value) for value in row) for row in rows[:SHOWN])
    more = say("summary_more", count=len(rows) - SHOWN) if len(rows) > SHOWN else ""
    return Section(say(f"summary_of_{title}"), heads, shown, more, drawn)


def _shown(value: Cell) -> Cell:
    return shorten(printable(value), LONGEST, placeholder=" …") if isinstance(value, str) else value


def _most(names: Iterator[str]) -> list[tuple[str, int]]:
    """Names with how often they come, the most frequent first."""
    return sorted(Counter(names).items(), key=lambda item: (-item[1], item[0]))


def _name(value: object, say: Say) -> str:
    """A value to group by, as it is shown."""
    text = "" if value is pd.NA else str(value)
    return text or say("summary_not_given")

"""What an analyst asks first of a folder of tables: how much is there, of whom, and what is in doubt."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path

import pandas as pd

from iki.export.tables import Tables, replace
from iki.messages import sentence, written

PAGE = "ringkasan.html"
GROUPS = ("perangkat_daerah", "unit", "tahun")
"""Columns of ``sheets.csv`` by which sheets are counted."""
STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    "table{border-collapse:collapse;margin-bottom:2rem}th,td{padding:.25rem .75rem;border-bottom:1px solid #ccc;"
    "text-align:left;vertical-align:top}td.n{text-align:right;font-variant-numeric:tabular-nums}"
)
"""Style of the page; it loads nothing from anywhere."""


@dataclass(frozen=True, slots=True)
class Section:
    """A small table of the summary; in ``rows`` numbers are numbers, all else is text."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]


Say = Callable[..., str]
"""``iki.messages.sentence`` for the screen, ``written`` for files."""


def summarise(tables: Tables, say: Say = sentence) -> list[Section]:
    """The sections of a summary, in the user's language; one that would have no rows is left out."""
    return [section for section in _sections(tables, say) if section.rows]


def write_page(tables: Tables, directory: Path) -> Path:
    """Write the summary as one HTML page, in Indonesian, into ``directory`` and return its path."""
    title = escape(written("summary_title"))
    body = "".join(_html(section) for section in summarise(tables, written))
    head = f'<meta charset="utf-8"><title>{title}</title><style>{STYLE}</style>'
    page = f"<!doctype html>\n<html>\n<head>{head}</head>\n<body>\n<h1>{title}</h1>\n{body}</body>\n</html>\n"
    replace(directory / PAGE, page)
    return directory / PAGE


def _sections(tables: Tables, say: Say) -> Iterator[Section]:
    sheets, rows, files = tables.sheets, tables.indikator, tables.berkas
    doubts = [
        (sheet_id, column)
        for table in (sheets, rows)
        for sheet_id, columns in zip(table.sheet_id, table.perlu_tinjau, strict=True)
        for column in columns.split(";")
        if column
    ]
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
        yield _section(
            say, column, (column, "sheets", "rows", "doubts"), [(name, *sums) for name, sums in summed.items()]
        )
    columns = sorted(Counter(column for _, column in doubts).items(), key=lambda item: (-item[1], item[0]))
    yield _section(say, "doubts", ("column", "doubts"), columns)
    told = zip(files.berkas, files.status, files.pesan, strict=True)
    yield _section(say, "failed", ("file", "status", "message"), [row for row in told if row[1] != "ok"])


def _section(say: Say, title: str, columns: tuple[str, ...], rows: Sequence[tuple[str | int, ...]]) -> Section:
    heads = tuple(say(f"summary_{column}") for column in columns)
    return Section(say(f"summary_of_{title}"), heads, tuple(rows))


def _name(value: object, say: Say) -> str:
    """A value to group by, as it is shown."""
    text = "" if value is pd.NA else str(value)
    return text or say("summary_not_given")


def _html(section: Section) -> str:
    head = "".join(f"<th>{escape(column)}</th>" for column in section.columns)
    rows = "".join(f"<tr>{''.join(map(_cell, row))}</tr>\n" for row in section.rows)
    return f"<h2>{escape(section.title)}</h2>\n<table>\n<tr>{head}</tr>\n{rows}</table>\n"


def _cell(value: str | int) -> str:
    return f'<td class="n">{value}</td>' if isinstance(value, int) else f"<td>{escape(value)}</td>"

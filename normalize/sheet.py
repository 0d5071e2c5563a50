"""Raw sheets into clean ones: every field and cell with its text, its story and its probability.

Two passes: :func:`tally` counts one sheet, :func:`cleaned` cleans it in the light of the sum of all tallies, and
:func:`flagged` says which values to look at. :func:`clean` does all three for files that fit in memory.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

from iki.model import CleanRow, CleanSheet, CleanValue, Correction, Document, RawRow, RawSheet, RawValue
from iki.normalize.context import Batch, Tally, Votes
from iki.normalize.correct.rescoring import JudgeSettings, judged
from iki.normalize.draft import EMPTY, Draft, ValueSettings, draft, finish
from iki.normalize.fields.header import FieldDrafts, clean_fields
from iki.normalize.knowledge import Knowledge
from iki.normalize.risk import promised
from iki.normalize.trust import Doubt, FlagSettings, flags
from iki.terms import CELLS, COLUMNS, PARTIES

"""Columns that a signed form leaves no cell of blank: where one comes out blank, a person must look."""
STRAY = re.compile(
    r"\s[-–—/|\\]$|[,;]\s[-–—]\s|\w\s/\w|[^\W\d_]{2},[^\W\d_]{2}|[a-z]{4}\d|[^\W\d_]\.[a-z]{3}|[a-z]{3}\.[A-Z]"
)
"""A mark alone at the end or after a comma, a slash with a space on one side only, a comma or a stop between letters, a
number stuck to a word: specks and lost spaces rather than print."""
OPENING = "(\"'“‘"
"""Signs that a cell may begin with."""

SHORTEST_PART = 3
"""Letters of the shortest of two known words that may have run together."""
CAPITALS = 0.8
"""Share (0–1) of a column's cells that begin with a capital from which one that does not is odd: a worn I is an i, …"""
ENOUGH_CELLS = 4
"""… if the column has so many cells."""


@dataclass(frozen=True, slots=True)
class CleaningSettings:
    values: ValueSettings = field(default_factory=ValueSettings)
    judge: JudgeSettings = field(default_factory=JudgeSettings)
    flags: FlagSettings = field(default_factory=FlagSettings)


DEFAULT = CleaningSettings()

Failed = Callable[[Document, RawSheet, Exception], object]
"""Is told of a sheet that breaks the program, and of its document."""


def clean(
    documents: Iterable[Document],
    knowledge: Knowledge,
    settings: CleaningSettings = DEFAULT,
    failed: Failed | None = None,
) -> list[CleanSheet]:
    """All sheets of a directory, in the order of their files. The order of ``documents`` makes no difference.

    An error that a sheet makes is handed to ``failed``, and the others are cleaned without it; without ``failed`` it is
    raised.
    """
    ordered = sorted(documents, key=lambda document: (document.file, document.sha256))
    every = [(document, raw) for document in ordered for raw in document.sheets]
    total, counted, sheets = Tally(), list[tuple[Document, RawSheet]](), list[CleanSheet]()
    for document, raw in every:
        with _reported(document, raw, failed):
            total.merge(tally(raw, knowledge, settings))
            counted.append((document, raw))
    batch = Batch.of(total)
    for document, raw in counted:
        with _reported(document, raw, failed):
            sheets.append(cleaned(document, raw, batch, knowledge, settings))
    return flagged(sheets, settings.flags)


@contextmanager
def _reported(document: Document, raw: RawSheet, failed: Failed | None) -> Iterator[None]:
    """Hand what a sheet raises to ``failed``, if there is one."""
    try:
        yield
    except Exception as error:
        if failed is None:
            raise
        failed(document, raw, error)


def tally(raw: RawSheet, knowledge: Knowledge, settings: CleaningSettings = DEFAULT) -> Tally:
    """What one sheet adds to the counts of its directory."""
    counts = Tally()
    for value in _cells(raw):
        counts.add_value(draft(value, knowledge, settings.values).tokens)
    form = FieldDrafts.of(raw, knowledge, settings.values)
    for _, drafted in sorted(form.drafts.items()):
        counts.add_value(drafted.tokens)
    for side in PARTIES:
        counts.signers[form.signer(side)] += 1
    if form.signed:
        counts.dates[(form.signing.place, form.signed.isoformat())] += 1
    return counts


def cleaned(
    document: Document, raw: RawSheet, batch: Batch, knowledge: Knowledge, settings: CleaningSettings = DEFAULT
) -> CleanSheet:
    """One sheet of a file; nothing is flagged yet but what a rule demands."""
    return CleanSheet(
        sheet_id=f"{document.sha256[:12]}-{raw.ordinal:03d}",
        file=document.file,
        sha256=document.sha256,
        first_page=raw.first_page,
        last_page=raw.last_page,
        fields=clean_fields(FieldDrafts.of(raw, knowledge, settings.values), batch),
        rows=tuple(_rows(raw, batch, knowledge, settings)),
        extra_columns=dict(raw.extra_columns),
    )


def flagged(sheets: Sequence[CleanSheet], settings: FlagSettings) -> list[CleanSheet]:
    """The same sheets with ``flagged`` set on every value worth a look; what a rule has flagged stays flagged."""
    values = dict(_every_value(sheets))
    if settings.max_risk is None:
        doubts = {k: Doubt(v.probability, v.flagged, _harm(v, k[1], settings)) for k, v in values.items()}
    else:
        doubts = promised(values, settings.max_risk)
    wanted = flags(doubts, settings.review_budget)

    def mark(values: Mapping[str, CleanValue], sheet: str, row: int) -> dict[str, CleanValue]:
        return {name: replace(value, flagged=(sheet, row, name) in wanted) for name, value in values.items()}

    return [
        replace(
            sheet,
            fields=mark(sheet.fields, sheet.sheet_id, 0),
            rows=tuple(replace(row, values=mark(row.values, sheet.sheet_id, n)) for n, row in enumerate(sheet.rows, 1)),
        )
        for sheet in sheets
    ]


def _harm(value: CleanValue, row: int, settings: FlagSettings) -> float:
    """What a wrong value costs, in looks; ``row`` is 0 for a field of the sheet, which names people."""
    unseen = row > 0 and value.raw is not None and not value.raw.pictured
    return settings.cost_without_picture if unseen else settings.cost_of_wrong


def _every_value(sheets: Sequence[CleanSheet]) -> Iterator[tuple[tuple[str, int, str], CleanValue]]:
    for sheet in sheets:
        for name, value in sheet.fields.items():
            yield (sheet.sheet_id, 0, name), value
        for number, row in enumerate(sheet.rows, 1):
            for name, value in row.values.items():
                yield (sheet.sheet_id, number, name), value


def _cells(raw: RawSheet) -> list[RawValue]:
    """The printed cells of a sheet, each once: a merged cell stands on every row that it spans."""
    return list(dict.fromkeys(value for row in raw.rows for _, value in sorted(row.values.items())))


def judged_cells(
    raw: RawSheet, batch: Batch, knowledge: Knowledge, settings: CleaningSettings
) -> dict[RawValue, Draft]:
    """Every cell of a sheet, once, its doubtful words judged in the light of its rows and of all sheets."""
    drafts = {value: draft(value, knowledge, settings.values) for value in [EMPTY, *_cells(raw)]}
    mates = _mates(raw, drafts)
    return {
        value: judged(
            drafted, knowledge, Votes.without(batch, drafted.tokens), mates.get(value, frozenset()),
            settings=settings.judge,
        )
        for value, drafted in drafts.items()
    }  # fmt: skip


def _rows(raw: RawSheet, batch: Batch, knowledge: Knowledge, settings: CleaningSettings) -> Iterator[CleanRow]:
    cells = judged_cells(raw, batch, knowledge, settings)
    done = {value: finish(drafted, knowledge) for value, drafted in cells.items()}
    titled = _titled(raw, done)
    previous: RawRow | None = None
    number = done[EMPTY]
    for row in raw.rows:
        values = {name: done[row.values.get(name, EMPTY)] for name in (*COLUMNS, *raw.extra_columns)}
        goes_on = previous is not None and "no" in row.values and _same(row, previous, "sasaran")
        read = {name for name in CELLS if not row.values.get(name, EMPTY).typed}
        odd = {name for name in read if not values[name].text or _is_odd(values[name].text, knowledge)}
        odd |= {name for name in titled & read if _begins_oddly(values[name].text)}
        values |= {name: replace(values[name], flagged=True) for name in sorted(odd)}
        values["no"] = number = _number(values["no"], number, goes_on)
        previous = row
        yield CleanRow(row.page, values)


def _titled(raw: RawSheet, done: Mapping[RawValue, CleanValue]) -> set[str]:
    """The columns whose cells begin with a capital."""
    found = set()
    for name in CELLS:
        texts = [done[cell].text for cell in dict.fromkeys(row.values.get(name, EMPTY) for row in raw.rows)]
        begins = [text[0].isupper() for text in texts if text[:1].isalpha()]
        if len(begins) >= ENOUGH_CELLS and sum(begins) >= CAPITALS * len(begins):
            found.add(name)
    return found


def _begins_oddly(text: str) -> bool:
    """Whether a cell among such as begin with a capital begins with a small letter or with a mark."""
    return text[:1].islower() or not (text[:1].isalnum() or text[:1] in OPENING)


def _is_odd(text: str, knowledge: Knowledge) -> bool:
    """Whether a cell holds a stray mark, or an unknown word that two known ones make, a common one among them."""
    return bool(STRAY.search(text)) or any(_runs_together(word, knowledge) for word in re.findall(r"[^\W\d_]+", text))


def _runs_together(word: str, knowledge: Knowledge) -> bool:
    small = word.lower()
    if knowledge.knows(word) or knowledge.knows(small):
        return False
    cuts = range(SHORTEST_PART, len(small) - SHORTEST_PART + 1)
    pairs = ((small[:cut], small[cut:]) for cut in cuts)
    return any(all(map(knowledge.knows, pair)) and not all(map(knowledge.rarity, pair)) for pair in pairs)


def _mates(raw: RawSheet, drafts: Mapping[RawValue, Draft]) -> dict[RawValue, frozenset[str]]:
    """The words of the other cells in the rows of each cell, in small letters, without marks."""
    words = {value: frozenset(re.findall(r"[^\W\d_]+", drafted.text.lower())) for value, drafted in drafts.items()}
    mates: dict[RawValue, frozenset[str]] = {}
    for row in raw.rows:
        cells = list(dict.fromkeys(value for _, value in sorted(row.values.items())))
        for cell in cells:
            others = [words[other] for other in cells if other != cell]
            mates[cell] = mates.get(cell, frozenset()).union(*others)
    return mates


def _same(row: RawRow, other: RawRow, column: str) -> bool:
    return row.values.get(column, EMPTY) == other.values.get(column, EMPTY)


_NUMBER_LOOK_ALIKES = str.maketrans("lI|!iSOoZzBg", "111115002289")


def _number(value: CleanValue, before: CleanValue, goes_on: bool) -> CleanValue:
    """The row's number without its dot. An empty one under a Sasaran that goes on is that of the row before."""
    text = re.sub(r"^[\W_]+|[\W_]+$", "", value.text)
    if not text:
        return before if goes_on else replace(value, text="")
    plain = text.translate(_NUMBER_LOOK_ALIKES)
    expected = str(int(before.text) + 1) if before.text.isdecimal() else "1"
    if text.isdecimal() or plain != expected:
        return replace(value, text=text)
    change = Correction(value.text, plain, "nomor urut", value.probability)
    return replace(value, text=plain, corrections=(*value.corrections, change))

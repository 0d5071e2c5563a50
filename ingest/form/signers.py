"""The signature block: place and date, and who signed, to the left and to the right."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from rapidfuzz import fuzz, process

from iki.ingest.layout.blocks import PrintedRow, box_of, printed_rows
from iki.model import Line, RawValue
from iki.terms import PARTIES
from iki.vocab.labels import match_label, squeezed

_NUMBER = re.compile(r"(?:[\dOolIS][\s.]{0,2}){15,}")
_YEAR = re.compile(r"\b[12][\dOo][\dOoIl]{2}\b")
_DATED = re.compile(r"\b\d{1,2}\W+[A-Za-z]+\W+[12]\d{3}\W*$|^\W*(ditetapkan|dibuat) di\b", re.IGNORECASE)
_GRADE = re.compile(r"\b[IVl1|]{1,3}\s?/\s?[a-eA-E]\b|\bgol(ongan)?\b|\bT(ingka)?[tk]\.?\s*[I1l]\b", re.IGNORECASE)
_SLASHED = re.compile(r"\b[IV]{1,3}\s?/\s?[a-e]\b")
"""A grade as printed: ``III/d``."""
_RANKS = ("juru", "pengatur", "penata", "pembina")
_AFTER_RANK = re.compile(r"^$|^(?i:muda|madya|utama|tingkat|\w?[tk]k?\.)(\W|$)|^\W*[(,/]|^[IV]{1,3}\b")
_PLACED = re.compile(r"^\W*(ditetapkan|dibuat|pada tanggal|tanggal)\b", re.IGNORECASE)
_PLAIN_DATE = re.compile(r"^\W*[^\W\d][^\d,]*,|\d{1,2}[\s.-]*[^\W\d]{3,9}[\s.-]*\d{4}")
"""A place before a comma, or a day, a month's name and a year."""
_BLANK_DATE = re.compile(r"^\W*(\d{1,2}\b)?\W*([^\W\d]{3,9})?\W*[12]\d{3}\W*$")
"""The rest of a date after its place, its day or month left blank: ``      2016``, ``… Januari 2016``."""
_FOLIO = re.compile(
    r"^\W*(?:(?:.{0,40}\W)?(?:hal(?:aman)?|hlm|page)\b\W*)?\d{1,3}(?:\s*(?:dari|of|/)\s*\d{1,3})?\W*$", re.IGNORECASE
)
"""A page number at the foot of a page, the form's name before it or not: ``IKI - halaman 1``, ``Page 1 of 3``."""
_SEALED = re.compile(
    r"sertifi[kc]at(?:si)?\s*elektronik|\bBSSN\b|\bBS[rR]E\b|\bUU\s*ITE\b|undang-undang\s+ITE", re.IGNORECASE
)
"""Words of the notice that an electronic signature comes with (PP 71/2019; BSSN's Balai Sertifikasi Elektronik)."""
_DEGREE = re.compile(r"^(?:[A-Z]\.[A-Z]|[A-Z][a-z])\.,?$")
"""A short academic degree that stands by itself: ``S.E.,``, ``Ir.``."""
_FORMULA, _FORMULA_ROWS = "ditandatangani", 3
"""First word of the formula over an electronic signature, and the rows that it takes at most."""
_FORMULA_END = re.compile(r"\boleh\W*$", re.IGNORECASE)
_FORMULA_MIDDLE = re.compile(r"^\W*(?:secara|elektronik)\b", re.IGNORECASE)

Fields = dict[str, RawValue]


@dataclass(frozen=True, slots=True)
class SignatureSettings:
    """Distances in usual line distances of the page unless told otherwise."""

    level: float = 0.5
    """Pieces whose middles differ by less than this stand on one row."""
    close: float = 1.7
    """A rank follows the name, and a number the rank, within this distance."""
    widest: float = 1.6
    """The lines of a block follow one another within this distance at most."""
    wrapped: float = 1.35
    """The lines of a jabatan follow one another within this distance, counted in the block's own line distances."""
    scrawl: float = 0.4
    """A row between label and name whose clearest word was read with less confidence (0–1) than this is ink of the
    signature or a stamp."""
    letters: int = 3
    """Letters that a name, and a word that shows that there is one, has at least."""
    apart: float = 0.15
    """Share of the page's width that at least lies between the middles of two signers."""
    date_words: int = 8
    """A row of place and date has at most so many words."""
    label: float = 0.8
    """Likeness (0–1) of a row's words to a label from which it is one."""


@dataclass(frozen=True, slots=True)
class Signatures:
    """The raw fields found (keys of ``iki.model.RAW_FIELDS``) and how many numbers (NIP) stood among them."""

    fields: Fields
    numbers: int

    @property
    def found(self) -> bool:
        return self.numbers > 0 or any(k.endswith("_nama") and v.lines for k, v in self.fields.items())


def label_of(text: str, settings: SignatureSettings = SignatureSettings()) -> str | None:
    """Which signer a row's words announce (``pihak_kedua``, ``pihak_pertama``), if any."""
    name, score, _ = match_label(text)
    return name if name in PARTIES and score >= settings.label else None


def is_folio(text: str) -> bool:
    """Whether a line is but the number of a page."""
    return bool(_FOLIO.match(text))


def _says_something(text: str) -> bool:
    """Whether a line is more than the stroke of a pen or stamp read as a letter or two."""
    long = sum(c.isalnum() for c in text) > 2 or (any(c.isdigit() for c in text) and len(text) > 3)  # noqa: PLR2004
    return long or bool(_DEGREE.match(text))


def may_begin(text: str) -> bool:
    """Whether a row may begin a signature block: it announces a signer, or gives place and date."""
    return label_of(text) is not None or bool(_DATED.search(text))


def is_number(text: str) -> bool:
    """Whether a row holds a NIP."""
    name, score, _ = match_label(text)
    return bool(_NUMBER.search(text)) or (name == "nip" and score > 0.9)  # noqa: PLR2004


def is_rank(text: str, settings: SignatureSettings = SignatureSettings()) -> bool:
    """Whether a row under a name gives pangkat or golongan."""
    first, _, rest = text.strip(" ,.:").partition(" ")
    ranked = process.extractOne(
        first.lower(), ("pangkat", *_RANKS), scorer=fuzz.ratio, score_cutoff=100 * settings.label
    )
    return bool(_GRADE.search(text)) or bool(ranked and (ranked[0] == "pangkat" or _AFTER_RANK.match(rest.strip())))


def is_date(text: str, settings: SignatureSettings = SignatureSettings()) -> bool:
    """Whether a row gives place and date."""
    if _NUMBER.search(text) or len(text.split()) > settings.date_words:
        return False
    return bool(_PLACED.match(text) or (_YEAR.search(text) and any(c.isalpha() for c in text)))


def _split(lines: Sequence[Line], width: float, settings: SignatureSettings) -> float | None:
    """The x (px) between two signers, from the widest gap between the middles of their numbers and labels."""
    anchors = [x for x in lines if is_number(x.text) or label_of(x.text)]
    if len(anchors) < 2:  # noqa: PLR2004
        anchors = [x for x in lines if any(c.isalpha() for c in x.text)]
    middles = sorted(box_of(x).centre[0] for x in anchors)
    gaps = [(b - a, (a + b) / 2) for a, b in pairwise(middles)]
    widest, between = max(gaps, default=(0.0, 0.0))
    return between if widest >= settings.apart * width else None


def find(
    lines: Sequence[Line], width: float, pitch: float, settings: SignatureSettings = SignatureSettings()
) -> Signatures:
    """Take the signature block apart.

    ``lines`` stand below the table (straight px), ``width`` is that of the page and ``pitch`` its usual line distance.
    The signer to the left is pihak kedua (the superior), the one to the right pihak pertama; labels overrule; a lone
    signer without a label is pihak pertama.
    """
    fields: Fields = {}
    level = settings.level * pitch
    lines = _of_signers([x for x in lines if _says_something(x.text)], level)
    dated = _dated(lines, level, settings)
    top = min(
        (box_of(x).y0 for x in (*dated, *(x for x in lines if label_of(x.text, settings)))), default=-float("inf")
    )
    lines = [x for x in lines if box_of(x).y1 > top]
    if dated:
        fields["tempat_tanggal"] = RawValue(tuple(dated))
        lines = [x for x in lines if x not in dated]
    middle = _split(lines, width, settings)
    sides = (
        [[x for x in lines if box_of(x).centre[0] < middle], [x for x in lines if box_of(x).centre[0] >= middle]]
        if middle
        else [lines]
    )
    columns = [printed_rows(side, level) for side in sides]
    if len(columns) == 1:
        columns = _stacked(columns[0])
    below = box_of(dated[-1]).centre[1] if dated else None
    numbers = 0
    for name, rows in zip(_names([_label(rows, settings) for rows in columns]), columns, strict=True):
        person = _person(rows, below, pitch, settings)
        numbers += "nip" in person
        fields |= {f"{name}_{key}": value for key, value in person.items()}
    return Signatures(fields, numbers)


def _of_signers(lines: Sequence[Line], level: float) -> list[Line]:
    """The lines without page numbers and without what is printed over and about an electronic signature."""
    kept = [x for x in lines if not is_folio(x.text) and not _SEALED.search(x.text)]
    formulas = [x for x in kept if fuzz.partial_ratio(_FORMULA, squeezed(x.text), score_cutoff=85)]
    gone = {id(x) for x in formulas}
    for first in formulas:
        row, box = first, box_of(first)
        for _ in range(_FORMULA_ROWS - 1):
            if _FORMULA_END.search(row.text):
                break
            under = [
                x for x in kept
                if 0 < box_of(x).centre[1] - box_of(row).centre[1] <= 4 * level
                and box_of(x).x0 < box.x1 and box_of(x).x1 > box.x0
                and (_FORMULA_MIDDLE.match(x.text) or _FORMULA_END.search(x.text))
            ]  # fmt: skip
            if not under:
                break
            row = min(under, key=lambda x: box_of(x).y0)
            gone.add(id(row))
    return [x for x in kept if id(x) not in gone]


def _dated(lines: Sequence[Line], level: float, settings: SignatureSettings) -> list[Line]:
    """The pieces of place and date, in their order; of several rows with a year those that are plainly a date."""
    rows = printed_rows(lines, level)
    found = [x for r in rows for x in r.lines if is_date(x.text, settings) and not is_rank(x.text)]
    for row in rows:
        for place, rest in pairwise(row.lines):
            if place.text.rstrip().endswith(",") and not is_date(place.text) and _BLANK_DATE.match(rest.text):
                found += [place, rest]
    plain = [x for x in found if _PLACED.match(x.text) or _PLAIN_DATE.search(x.text) or x.text.rstrip().endswith(",")]
    dated = found if not plain else [x for x in found if x in plain or _BLANK_DATE.match(x.text)]
    return [x for r in rows for x in r.lines if x in dated or _beside(x, dated)]


def _stacked(rows: Sequence[PrintedRow]) -> list[list[PrintedRow]]:
    """The rows of one column as those of two signers where one signs below the other, each with a number."""
    ends = [i for i, row in enumerate(rows) if is_number(row.text)]
    return [list(rows)] if len(ends) != 2 else [list(rows[: ends[0] + 1]), list(rows[ends[0] + 1 :])]  # noqa: PLR2004


def _label(rows: Sequence[PrintedRow], settings: SignatureSettings) -> str | None:
    return next((label for row in rows if (label := label_of(row.text, settings))), None)


def _names(told: Sequence[str | None]) -> Sequence[str]:
    """Who signs in each column, from the labels read there (``None`` for none), left to right."""
    if len(told) == 1:
        return [told[0] or "pihak_pertama"]
    turned = told[0] == "pihak_pertama" or told[1] == "pihak_kedua"
    same = told[0] == told[1]
    return PARTIES[::-1] if turned and not same else PARTIES


def _beside(line: Line, dated: Sequence[Line]) -> bool:
    """Whether a piece stands directly before a piece of a date on its row (``Tempat ,`` + ``4 Oktober 2022``)."""
    box = box_of(line)
    return any(
        0 <= box_of(d).x0 - box.x1 < 4 * (box_of(d).height) and abs(box_of(d).centre[1] - box.centre[1]) < box.height
        for d in dated
    )


def _value(rows: Sequence[PrintedRow]) -> RawValue:
    return RawValue(tuple(line for row in rows for line in row.lines))


def _person(rows: Sequence[PrintedRow], below: float | None, pitch: float, settings: SignatureSettings) -> Fields:
    """One signer's rows, top to bottom → jabatan, nama, pangkat_golongan, nip (those that are there).

    ``below`` is the y (px) of the date above the rows, if there is one. Without a rank or number under it a name shows
    only by the room for a signature above it. A signer who is announced, but of whom no more is found, has an empty
    name.
    """
    label = next((i for i, r in enumerate(rows) if label_of(r.text, settings)), None)
    start = 0 if label is None else label + 1
    foot = [
        i
        for i, r in enumerate(rows)
        if i >= start and (is_number(r.text) or (is_rank(r.text) and _under_name(rows, i, pitch, settings)))
    ]
    tail = foot[0] if foot else len(rows)
    written = [i for i in range(start, tail) if _is_name(rows[i], settings)]
    absent: Fields = {"nama": RawValue((), 0.0)} if label is not None or written else {}
    if not written:
        return {**absent, **_foot(rows, foot)}
    name = written[-1]
    above = rows[name - 1].box.centre[1] if name else below
    if not foot and (above is None or rows[name].box.centre[1] - above <= settings.wrapped * pitch):
        return {"jabatan": _value([rows[i] for i in written]), **absent}
    last = start
    step = _step(rows[name : foot[-1] + 1] if foot else (), pitch, settings)
    first = name
    near = settings.wrapped * step
    while first > start and rows[first - 1].text.endswith(",") and _follows(rows[first - 1], rows[first], near):
        first -= 1  # a comma leads to a degree
    while last < first and (last == start or _follows(rows[last - 1], rows[last], near)):
        last += 1
    jabatan = [r for r in rows[start:last] if _clearest(r, settings) >= settings.scrawl]
    person = {"nama": _value(rows[first : name + 1]), **_foot(rows, foot)}
    return {"jabatan": _value(jabatan), **person} if jabatan else person


def _step(rows: Sequence[PrintedRow], pitch: float, settings: SignatureSettings) -> float:
    """The line distance (px) of a block: that of its rows from the name down, which a spreadsheet sets wide, but at
    least ``pitch`` and not much more."""
    own = sorted(b.box.centre[1] - a.box.centre[1] for a, b in pairwise(rows))
    return min(max(pitch, own[len(own) // 2]), settings.widest * pitch) if own else pitch


def _follows(before: PrintedRow, row: PrintedRow, near: float) -> bool:
    """Whether a row goes on with the one before: it stands within ``near`` (px) below it, or heads the next page."""
    return row.box.centre[1] - before.box.centre[1] <= near or row.lines[0].page != before.lines[0].page


def _under_name(rows: Sequence[PrintedRow], i: int, pitch: float, settings: SignatureSettings) -> bool:
    """Whether a row that looks like a rank stands near the number or at the end, not among the words of a jabatan.

    One with a grade needs no name right above: a page's end may stand between.
    """
    if i > 0 and _SLASHED.search(rows[i].text):
        return True
    return all(is_number(r.text) or is_rank(r.text) for r in rows[i + 1 : i + 2]) and (
        i > 0 and rows[i].box.centre[1] - rows[i - 1].box.centre[1] <= settings.close * pitch
    )


def _is_name(row: PrintedRow, settings: SignatureSettings) -> bool:
    letters = sum(c.isalpha() for c in row.text)
    return letters >= settings.letters and _clearest(row, settings) >= settings.scrawl / 2


def _clearest(row: PrintedRow, settings: SignatureSettings) -> float:
    """Confidence (0–1) of the clearest word of a row: one bad letter makes no scrawl of a line."""
    words = [word for line in row.lines for reading in line.readings[:1] for word in reading.words]
    plain = [word.confidence for word in words if sum(map(str.isalpha, word.text)) >= settings.letters]
    return max([row.confidence, *plain])


def _foot(rows: Sequence[PrintedRow], foot: Sequence[int]) -> Fields:
    found: Fields = {}
    for i in foot:
        key = "nip" if is_number(rows[i].text) else "pangkat_golongan"
        if key not in found:
            found[key] = _value([rows[i]])
    return found

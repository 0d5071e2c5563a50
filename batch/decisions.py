"""What people decided about values: events that are only ever added, each bound to the ink that it is about.

A value may be read anew, by another model or in another order of rows, and its file may get another name: a decision is
found again by the content of the file, the page, and the place on it. Of a text dump the printed lines themselves are
the place. A value without ink is found by its surroundings: the other values of its row, or of its sheet.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

import msgspec

from iki.batch.problems import NotDecisions
from iki.model import DUMP, Box, CleanSheet, CleanValue, Correction, RawValue, Settlement

RULE, UNREADABLE = "tinjauan", "tidak terbaca"
"""Rules (``aturan``) of a value that a person decided, and beside it of one that nobody can read."""
SAME_PLACE = 0.5
"""Share of the larger of two places that both must cover to be the same place."""
Key = tuple[str, int, str]
"""Sheet, row from 1 (0: a field of the sheet) and column of a value."""

_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00")
_SHA256 = re.compile("[0-9a-f]{64}")
_HASH_DIGITS = 16


class Verdict(StrEnum):
    """What a decision says: right as read, another reading typed or chosen, nothing that could be read, nothing on the
    paper, or that an earlier decision does not hold."""

    CONFIRMED = "confirmed"
    EDITED = "edited"
    CANDIDATE = "candidate"
    UNREADABLE = "unreadable"
    BLANK = "blank"
    UNDO = "undo"


@dataclass(frozen=True, slots=True)
class Spot:
    """Where ink stands: upright around it in source pixels of ``page``, or, of a text dump, the line itself."""

    page: int
    box: Box | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person decided about a value: ``decided`` where the tables had ``seen``. ``baris`` is empty for fields.

    ``key`` is made by whoever decides and never used twice: a decision that is sent again is the same decision. An
    undo names that of the decision which it takes back in ``undoes``. ``place`` is where the value stands in the
    content ``sha256``, ``around`` where the other values of its row, or of its sheet, stand; ``reading`` is a digest of
    what was read there, ``ink`` of the picture that was looked at, empty where there was none. ``asked`` says why the
    value was shown. ``made_at`` is in UTC, ISO 8601 to the millisecond.
    """

    made_at: str
    made_by: str
    sheet_id: str
    baris: str
    kolom: str
    seen: str
    decided: str
    note: str = ""
    key: str = ""
    kind: Verdict = Verdict.EDITED
    sha256: str = ""
    place: tuple[Spot, ...] = ()
    around: tuple[Spot, ...] = ()
    reading: str = ""
    ink: str = ""
    asked: str = ""
    undoes: str = ""


def now() -> str:
    """The time as decisions bear it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def spots(value: CleanValue) -> tuple[Spot, ...]:
    """Where the ink of a value stands: a box a page, or the lines of a text dump."""
    return _spots([value.raw] if value.raw is not None else [])


def reading_digest(value: CleanValue) -> str:
    """A digest of all that was read in the lines of a value, and of what became of it; empty without lines."""
    lines = value.raw.lines if value.raw is not None else ()
    told = [[(reading.engine, reading.text) for reading in line.readings] for line in lines]
    return hashlib.sha256(msgspec.json.encode((told, value.text))).hexdigest()[:_HASH_DIGITS] if told else ""


class Places:
    """Where the values of sheets stand, to find the one that a decision is about. Contents are gone through when
    they are first asked for."""

    def __init__(self, sheets: Iterable[CleanSheet]) -> None:
        self._sheets: dict[str, list[CleanSheet]] = {}
        self._contents: dict[str, _Content] = {}
        for sheet in sheets:
            self._sheets.setdefault(sheet.sha256, []).append(sheet)

    def __contains__(self, sha256: str) -> bool:
        return sha256 in self._sheets

    def of(self, decision: Decision) -> set[Key]:
        """The values that a decision is about: the rows that a merged cell spans are several. None where the place is
        no value of this column any more."""
        if decision.sha256 not in self._sheets:
            return set()
        if decision.sha256 not in self._contents:
            self._contents[decision.sha256] = _Content(self._sheets[decision.sha256])
        return self._contents[decision.sha256].find(decision)

    def around(self, key: Key) -> tuple[Spot, ...]:
        """Where the row of a value stands, or for a field all fields of its sheet."""
        sheet_id, row, _ = key
        sheet = next(s for sheets in self._sheets.values() for s in sheets if s.sheet_id == sheet_id)
        return dict(_surroundings(sheet))[row]


class _Content:
    """The places of all values of one content, by page."""

    def __init__(self, sheets: Sequence[CleanSheet]) -> None:
        self._values: dict[Key, CleanValue] = {}
        self._inked: dict[tuple[str, int], dict[Key, tuple[Spot, ...]]] = {}
        self._around: dict[tuple[bool, int], dict[tuple[str, int], tuple[Spot, ...]]] = {}
        for sheet in sheets:
            for key, value in _values(sheet):
                self._values[key] = value
                found = spots(value)
                for spot in found:
                    self._inked.setdefault((key[2], spot.page), {})[key] = found
            for row, around in _surroundings(sheet):
                for spot in around:
                    self._around.setdefault((row > 0, spot.page), {})[sheet.sheet_id, row] = around

    def find(self, decision: Decision) -> set[Key]:
        inked = {k: s for at in decision.place for k, s in self._inked.get((decision.kolom, at.page), {}).items()}
        found = {key for key, spots in inked.items() if _common(decision.place, spots) >= SAME_PLACE}
        if found:
            return found
        pages = {at.page for at in decision.around}
        near = {k: s for page in pages for k, s in self._around.get((decision.baris != "", page), {}).items()}
        common = {at: _common(decision.around, spots) for at, spots in near.items()}
        best = max(common, key=lambda at: common[at], default=None)
        if best is None or common[best] < SAME_PLACE:
            return set()
        value = self._values.get((*best, decision.kolom))
        return {(*best, decision.kolom)} if value is not None and not (decision.place and spots(value)) else set()


def in_force(decisions: Iterable[Decision]) -> list[Decision]:
    """The decisions that hold, in the order in which they were made: undos, and what they take back, are none."""
    every = list(decisions)
    undone = {decision.undoes for decision in every if decision.kind is Verdict.UNDO}
    return sorted((d for d in every if d.kind is not Verdict.UNDO and d.key not in undone), key=lambda d: d.made_at)


def found(places: Places, decisions: Iterable[Decision]) -> tuple[dict[Key, Decision], Counter[str]]:
    """What holds: the last decision about each value; and of how many decisions about values of a content that is
    there the place is no value any more, by content."""
    held: dict[Key, Decision] = {}
    astray: Counter[str] = Counter()
    for decision in in_force(decisions):
        keys = places.of(decision)
        held |= dict.fromkeys(keys, decision)
        astray[decision.sha256] += decision.sha256 in places and not keys
    return held, astray


def settled(sheet: CleanSheet, held: Mapping[Key, Decision]) -> CleanSheet:
    """A sheet with its decided values: each certain, not flagged, and changed by the rule ``RULE``."""

    def decided(row: int, values: Mapping[str, CleanValue]) -> Mapping[str, CleanValue]:
        changed = {name: held[key] for name in values if (key := (sheet.sheet_id, row, name)) in held}
        return {**values, **{name: _decided(values[name], decision) for name, decision in changed.items()}}

    rows = tuple(replace(row, values=decided(number, row.values)) for number, row in enumerate(sheet.rows, 1))
    return replace(sheet, fields=decided(0, sheet.fields), rows=rows)


def exported(decisions: Iterable[Decision]) -> str:
    """Decisions as JSON Lines, one a line, with all that ``imported`` needs."""
    return "".join(f"{msgspec.json.encode(decision).decode()}\n" for decision in decisions)


def imported(path: Path) -> list[Decision]:
    """The decisions of a file that ``exported`` wrote. Raises ``NotDecisions`` where a line is none of them."""
    try:
        lines = path.read_bytes().splitlines()
    except OSError as error:
        raise NotDecisions(path=path, line=0, reason=str(error.strerror)) from error
    found = []
    for number, line in enumerate(lines, 1):
        try:
            decision = msgspec.json.decode(line, type=Decision)
            checked(decision)
        except (ValueError, msgspec.MsgspecError) as error:
            raise NotDecisions(path=path, line=number, reason=str(error)) from error
        found.append(decision)
    return found


def checked(decision: Decision) -> None:
    """Raises ``ValueError`` where a decision has no key, time or content that it could be kept by."""
    if not decision.key or not _TIME.fullmatch(decision.made_at) or not _SHA256.fullmatch(decision.sha256):
        raise ValueError(f"{decision.key!r} {decision.made_at!r} {decision.sha256!r}")


def _decided(value: CleanValue, decision: Decision) -> CleanValue:
    rules = (RULE, UNREADABLE) if decision.kind is Verdict.UNREADABLE else (RULE,)
    changes = tuple(Correction(value.text, decision.decided, rule, 1.0) for rule in rules)
    return replace(
        value, text=decision.decided, probability=1.0, flagged=False, corrections=(*value.corrections, *changes),
        settlement=Settlement(decision.made_by, decision.made_at),
    )  # fmt: skip


def _values(sheet: CleanSheet) -> Iterator[tuple[Key, CleanValue]]:
    for number, values in enumerate((sheet.fields, *(row.values for row in sheet.rows))):
        for name, value in values.items():
            yield (sheet.sheet_id, number, name), value


def _surroundings(sheet: CleanSheet) -> Iterator[tuple[int, tuple[Spot, ...]]]:
    """Each row, 0 for the fields, with the place of its ink; of merged cells only where a row has no other."""
    yield 0, _spots(value.raw for value in sheet.fields.values() if value.raw is not None)
    rows = [[value.raw for value in row.values.values() if value.raw is not None] for row in sheet.rows]
    spanned = Counter(number for row in rows for number in {id(raw) for raw in row})
    for number, row in enumerate(rows, 1):
        yield number, _spots([raw for raw in row if spanned[id(raw)] == 1]) or _spots(row)


def _spots(values: Iterable[RawValue]) -> tuple[Spot, ...]:
    boxes: dict[int, list[Box]] = {}
    told: list[Spot] = []
    for line in (line for value in values for line in value.lines):
        if line.quad is not None:
            xs, ys = [x for x, _ in line.quad], [y for _, y in line.quad]
            boxes.setdefault(line.page, []).append(Box(min(xs), min(ys), max(xs), max(ys)))
        else:
            text = next((reading.text for reading in line.readings if reading.engine == DUMP), line.text)
            told.append(Spot(line.page, None, text))
    return (*(Spot(page, _hull(found)) for page, found in sorted(boxes.items())), *told)


def _hull(boxes: Sequence[Box]) -> Box:
    def edge(choose: Callable[[Iterable[float]], float], name: str) -> float:
        return round(choose(getattr(box, name) for box in boxes), 1)

    return Box(edge(min, "x0"), edge(min, "y0"), edge(max, "x1"), edge(max, "y1"))


def _common(one: Sequence[Spot], other: Sequence[Spot]) -> float:
    """The share (0–1) of the larger of two places that both cover."""
    lines = [Counter((spot.page, spot.text) for spot in place if spot.box is None) for place in (one, other)]
    both = float((lines[0] & lines[1]).total())
    sizes = [float(counted.total()) for counted in lines]
    for number, place in enumerate((one, other)):
        sizes[number] += sum(spot.box.width * spot.box.height for spot in place if spot.box is not None)
    for a in one:
        for b in other:
            if a.box is not None and b.box is not None and a.page == b.page:
                width = min(a.box.x1, b.box.x1) - max(a.box.x0, b.box.x0)
                height = min(a.box.y1, b.box.y1) - max(a.box.y0, b.box.y0)
                both += max(width, 0.0) * max(height, 0.0)
    return both / max(sizes) if max(sizes) else 0.0

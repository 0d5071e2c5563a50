"""A stream of lines cut into the stretches that are one sheet each, and what stands between them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz

from iki.ingest.dump import line_kinds
from iki.ingest.sources.text_stream import StreamLine

_FILED = re.compile(r"\d|\bI[KN]I\b|INDIKATOR")
"""What a line of a divider says that names no unit, but what is filed behind it."""


@dataclass(frozen=True, slots=True)
class SegmentSettings:
    lead: int = 40
    """Lines before a title, since the last sheet's end, that may belong to it (letterhead, labels that got ahead)."""
    tail: int = 6
    """Lines that may follow the last number of a sheet and still belong to its signature block."""
    longest: int = 4_000
    """Lines of one sheet; what follows beyond is no part of it."""
    divider_lines: int = 4
    divider_words: int = 14
    """A divider has at most so many lines and words."""
    divider_gap: int = 2
    """Blank lines that at least part a divider from the sheet after it, if no form feed does."""
    same_post: float = 88.0
    """Likeness (0–100) of two jabatan from which an unsigned sheet goes on under a repeated title."""


DEFAULT = SegmentSettings()


@dataclass(frozen=True, slots=True)
class Segment:
    """The lines of one sheet in order; ``unit`` are the lines of the divider in force, ``first_page`` to ``last_page``
    the page-like segments (parted by form feeds)."""

    lines: tuple[StreamLine, ...]
    unit: tuple[StreamLine, ...] = ()

    @property
    def span(self) -> tuple[int, int]:
        """The numbers of the first and the last line."""
        return self.lines[0].number, self.lines[-1].number

    @property
    def first_page(self) -> int:
        return next((line.page for line in self.lines if not line.blank), self.lines[0].page)

    @property
    def last_page(self) -> int:
        return next((line.page for line in reversed(self.lines) if not line.blank), self.lines[-1].page)


@dataclass(slots=True)
class Leftover:
    """What belongs to no sheet: how many lines that say something, and the first of them."""

    lines: int = 0
    first: StreamLine | None = None

    def add(self, lines: Iterable[StreamLine]) -> None:
        for line in lines:
            if not line.blank and not line_kinds.noise(line.text):
                self.first = self.first or line
                self.lines += 1


@dataclass(slots=True)
class _Open:
    lines: list[StreamLine] = field(default_factory=list)
    titled: bool = False
    unit: tuple[StreamLine, ...] = ()
    guessed: bool = False
    """No title has been read: its labels alone tell of the sheet."""


def segments(lines: Iterable[StreamLine], leftover: Leftover, settings: SegmentSettings = DEFAULT) -> Iterator[Segment]:
    """The sheets of a dump, one at a time; lines of none are counted in ``leftover``. Memory holds one sheet."""
    now = _Open()
    for line in lines:
        if line_kinds.is_title(line.text):
            before, lead = _split(now.lines, settings) if now.titled else ([], now.lines)
            if now.guessed and not _has_table(now.lines):  # its labels stand before its title
                now.lines.append(line)
                now.guessed = False
                continue
            tail, unit, lead = _divider(lead, settings)
            if now.titled and not unit and _goes_on(now.lines, lead):
                now.lines.append(line)
                continue
            if now.titled:
                yield Segment(_trimmed([*before, *tail]), now.unit)
            elif len(lead) > settings.lead:
                leftover.add(lead[: -settings.lead])
                lead = lead[-settings.lead :]
            now = _Open([*lead, line], True, unit or now.unit)
            continue
        if now.titled and _anew(now.lines, line):
            before, lead = _split(now.lines, settings)
            tail, unit, lead = _divider(lead, settings)
            yield Segment(_trimmed([*before, *tail]), now.unit)
            now = _Open([*lead, line], True, unit or now.unit, guessed=True)
            continue
        now.lines.append(line)
        if not now.titled and len(now.lines) > 2 * settings.lead:
            _, unit, _ = _divider(now.lines, settings)
            leftover.add(now.lines[: settings.lead])
            now.lines = now.lines[settings.lead :]
            now.unit = unit or now.unit
        elif now.titled and len(now.lines) > settings.longest:
            sheet, rest = _split(now.lines, settings)
            yield Segment(_trimmed(sheet), now.unit)
            leftover.add(rest)
            now = _Open([], False, now.unit)
    if now.titled:
        sheet, rest = _split(now.lines, settings)
        yield Segment(_trimmed(sheet), now.unit)
        leftover.add(rest)
    else:
        leftover.add(now.lines)


def _anew(lines: Sequence[StreamLine], line: StreamLine) -> bool:
    """Whether a sheet without a title begins: a label of jabatan, since the last signed number one of perangkat daerah
    and a table before that."""
    if line_kinds.label(line.text)[0] != "jabatan":
        return False
    signed = next((i for i in range(len(lines) - 1, -1, -1) if line_kinds.numbers(lines[i].text)), None)
    if signed is None or not _has_table(lines[:signed]):
        return False
    return any(line_kinds.label(each.text)[0] == "perangkat_daerah" for each in lines[signed + 1 :])


def _has_table(lines: Sequence[StreamLine]) -> bool:
    return any(len(line_kinds.headings(line.text)) > 1 for line in lines)


def _trimmed(lines: Sequence[StreamLine]) -> tuple[StreamLine, ...]:
    first = next((i for i, line in enumerate(lines) if not line.blank), 0)
    last = next((i for i in range(len(lines), 0, -1) if not lines[i - 1].blank), len(lines))
    return tuple(lines[first:last])


def _split(lines: Sequence[StreamLine], settings: SegmentSettings) -> tuple[list[StreamLine], list[StreamLine]]:
    """The lines of a sheet, and those after its end: after its last number, or from the next letterhead, divider or
    page."""
    title = max((i for i, line in enumerate(lines) if line_kinds.is_title(line.text)), default=0)
    last = max((i for i, line in enumerate(lines) if i > title and line_kinds.numbers(line.text)), default=None)
    start = _after_form(lines, title, settings) if last is None else last + 1
    head = next((i for i in range(start, len(lines)) if _begins(lines, i)), None)
    if last is None:
        tail, unit, _ = _divider(lines[start:], settings)
        head = start + len(tail) if unit else head
        return (list(lines[:head]), list(lines[head:])) if head is not None else (list(lines), [])
    end = head if head is not None else len(lines)
    broken = next((i for i in range(last + 1, end) if lines[i].page != lines[last].page), end)
    signed = last
    for i in range(last + 1, broken):
        if i - signed > settings.tail:
            break
        if _signs(lines[i]):
            signed = i
    return list(lines[: signed + 1]), list(lines[signed + 1 :])


def _after_form(lines: Sequence[StreamLine], title: int, settings: SegmentSettings) -> int:
    """Where the table of a sheet begins at the latest: before that its own labels stand, not the next sheet's."""
    latest = min(title + settings.lead, len(lines))
    return next((i + 1 for i in range(title + 1, latest) if len(line_kinds.headings(lines[i].text)) > 1), latest)


def _signs(line: StreamLine) -> bool:
    return bool(line_kinds.ranks(line.text) or line_kinds.parties(line.text)) or line_kinds.dated(line.text)


def _begins(lines: Sequence[StreamLine], i: int) -> bool:
    """Whether a sheet's lead seems to begin at a line: letterhead, or a page's first label."""
    return line_kinds.letterhead(lines[i].text) or line_kinds.label(lines[i].text)[0] is not None


def _divider(
    lead: Sequence[StreamLine], settings: SegmentSettings
) -> tuple[list[StreamLine], tuple[StreamLine, ...], list[StreamLine]]:
    """What stands before the divider in a lead, the lines of the divider, and what follows them; without one all
    follows. A divider is capitals that stand alone before the letterhead, label or title; where other lines stand
    before it, of a sheet whose end could not be told, it is parted from them too."""
    nothing: tuple[list[StreamLine], tuple[StreamLine, ...], list[StreamLine]] = [], (), list(lead)
    form = (i for i, line in enumerate(lead) if line_kinds.is_title(line.text) or _begins(lead, i))
    end = next(form, len(lead))
    head: list[int] = []
    for i in range(end - 1, -1, -1):
        text = lead[i].text
        if lead[i].blank or line_kinds.noise(text):
            continue
        if not line_kinds.in_capitals(text) or (head and head[0] - i > settings.divider_gap):
            break
        head.insert(0, i)
    words = sum(len(lead[i].text.split()) for i in head)
    if not head or len(head) > settings.divider_lines or words > settings.divider_words:
        return nothing
    said = [line for line in lead[: head[0]] if not line.blank and not line_kinds.noise(line.text)]
    parted = not said or _parted(lead, lead.index(said[-1]), settings)
    if not (parted and _parted(lead, head[-1], settings)) or any(line_kinds.place(lead[i].text) for i in head):
        return nothing
    lines = tuple(lead[i] for i in head)
    named = tuple(line for line in lines if not _FILED.search(line.text))
    return list(lead[: head[0]]), named or lines, list(lead[head[-1] + 1 :])


def _parted(lines: Sequence[StreamLine], i: int, settings: SegmentSettings) -> bool:
    """Whether blank lines or a page's end part a line from the next one."""
    gap = _gap(lines, i)
    below = i + 1 + gap
    return gap >= settings.divider_gap or (below < len(lines) and lines[below].page != lines[i].page)


def _goes_on(lines: Sequence[StreamLine], lead: Sequence[StreamLine]) -> bool:
    """Whether a repeated title heads a further page of the same sheet: nobody has signed, the labels are the same."""
    signed = any(line_kinds.numbers(line.text) or line_kinds.parties(line.text) for line in lines)
    if signed:
        return False
    before = [v for line in lines if (v := line_kinds.label(line.text))[0] == "jabatan"]
    again = [v for line in lead if (v := line_kinds.label(line.text))[0] == "jabatan"]
    return bool(before and again) and fuzz.ratio(before[0][1], again[0][1]) >= DEFAULT.same_post


def _gap(lines: Sequence[StreamLine], i: int) -> int:
    """How many blank lines follow a line."""
    return next((k for k in range(i + 1, len(lines)) if not lines[k].blank), len(lines)) - i - 1

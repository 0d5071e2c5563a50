"""The form above a sheet's table: title, perangkat daerah and jabatan, labels and values found together again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz

from iki.ingest.dump import line_kinds
from iki.ingest.sources.text_stream import LinePart, StreamLine
from iki.vocab.labels import match_label, squeezed


@dataclass(frozen=True, slots=True)
class DumpFormSettings:
    zone: int = 12
    """Lines that say something after the title within which the labels stand."""
    reach: int = 30
    """Lines that say something after its label within which a value that got apart is looked for."""
    next_to: int = 2
    """Lines that say something after its label within which a line behind a colon is its value, whatever it says."""
    per_line: float = 0.01
    """What each line between label and value counts against it."""
    marked: float = 0.3
    """What the colon left at its beginning counts for a value."""
    enough: float = 0.8
    """Evidence from which a line is taken for a label's value."""
    alike: float = 0.75
    """Likeness (0–1) to office or jabatan from which it counts."""
    weak_label: float = 0.72
    """Likeness (0–1) to a label of a line between title and headings that has a number or a colon."""
    value_words: int = 8
    region_words: int = 4
    """A line that goes on with a value has at most so many words, one that names a region or stands before a label."""
    sure: float = 0.98
    apart: float = 0.8
    """Certainty of a value that stands beside its label, and of one that got apart from it."""


DEFAULT = DumpFormSettings()
_REGIONS = ("kota", "kabupaten", "kab", "provinsi", "prov")
"""First words of a region's name (squeezed), which the name of an office ends with."""
_HEADING_WORD = line_kinds.LandmarkSettings(heading_word=0.9)
"""How like a word of a heading one must be to tell that a line is none of a value."""
_LABELLED = re.compile(r"^\W*[1-9][.,)]\s*\D{3,30}[:;]\s*\w")
"""A numbered label with its colon and value: of the form also where blocks of the table stand before it."""


@dataclass(frozen=True, slots=True)
class FoundValue:
    """Pieces of one value with the certainty that they are all of it."""

    pieces: tuple[LinePart, ...]
    certainty: float


def find(lines: Sequence[StreamLine], settings: DumpFormSettings = DEFAULT) -> tuple[dict[str, FoundValue], set[int]]:
    """The fields of the form above a table, and the numbers of all lines that belong to form and letterhead."""
    title = next((i for i, line in enumerate(lines) if line_kinds.is_title(line.text)), -1)
    used = {lines[title].number} if title >= 0 else set()
    pieces = [LinePart(lines[title], lines[title].text.strip())] if title >= 0 else []
    follows = next((line for line in lines[title + 1 : title + 3] if not line.blank), None)
    if pieces and follows and re.match(r"^\W*TAHUN\b.{0,12}\d{4}\W*$", follows.text.strip()):
        pieces.append(LinePart(follows, follows.text.strip()))
        used.add(follows.number)
    found = {"judul": FoundValue(tuple(pieces), settings.sure)} if pieces else {}
    zone = _zone(lines, title, settings)
    late = (i for i in range(zone.stop, len(lines)) if _LABELLED.match(lines[i].text))
    for i in (*zone, *late):
        line = lines[i]
        if line.blank or line.number in used:
            continue
        name, rest = label(line.text, settings)
        if name and name not in found:
            used.add(line.number)
            at = i + 1
            if rest:
                own = [LinePart(line, rest)]
                while (below := _below(lines, at)) is not None and _continues(
                    lines, below, name, own[-1].text, settings
                ):
                    own.append(LinePart(lines[below], lines[below].text.strip()))
                    used.add(lines[below].number)
                    at = below + 1
                found[name] = FoundValue(tuple(own), settings.sure)
            else:
                found[name] = FoundValue((), 0.0)
    agency = " ".join(
        lines[i].text for i in zone if line_kinds.in_capitals(lines[i].text) and not line_kinds.is_title(lines[i].text)
    )
    for name in ("perangkat_daerah", "jabatan"):
        if name in found and not found[name].pieces:
            hit = _apart(lines, name, agency, used, title, settings)
            if hit is not None:
                used.add(hit.number)
                own = [LinePart(hit, _bare(hit.text))]
                below = _below(lines, lines.index(hit) + 1)
                if below is not None and _continues(lines, below, name, own[-1].text, settings):
                    own.append(LinePart(lines[below], lines[below].text.strip()))
                    used.add(lines[below].number)
                found[name] = FoundValue(tuple(own), settings.apart)
            else:
                del found[name]
    used |= _letterhead(lines, title, zone, used)
    return found, used


def _bare(text: str) -> str:
    """A value without its colon, whatever that was read as, and without specks and list marks: signs, and single
    letters and digits before a capital."""
    return re.sub(r"^(?:[\W_]+|[^\W_](?=\s+[A-Z]))+", "", text).strip()


def _zone(lines: Sequence[StreamLine], title: int, settings: DumpFormSettings) -> range:
    """The lines before the table: up to the headings, at most so many after the title."""
    said = 0
    for i in range(title + 1, len(lines)):
        if lines[i].blank:
            continue
        said += 1
        heads = line_kinds.headings(lines[i].text)
        if said > settings.zone or len(heads) > 1:
            return range(0, i)
    return range(0, len(lines))


def label(text: str, settings: DumpFormSettings = DEFAULT) -> tuple[str | None, str]:
    """As :func:`landmarks.label`, but above a table a number or a colon is enough for a label that is less like it."""
    name, rest = line_kinds.label(text)
    if name:
        return name, _bare(rest)
    marked = re.match(r"^[\W_]*[\w|]{1,2}\s?[.,)]\s*\S", text) or re.search(r"\w\s*[:;]\s*\w", text)
    name, likeness, rest = match_label(text)
    if marked and name in ("perangkat_daerah", "jabatan") and likeness >= settings.weak_label:
        return name, _bare(rest)
    return None, text


def _below(lines: Sequence[StreamLine], at: int) -> int | None:
    """The index of the next line that says something, at most one blank line on."""
    return next((i for i in range(at, min(at + 2, len(lines))) if not lines[i].blank), None)


def _continues(lines: Sequence[StreamLine], at: int, name: str, before: str, settings: DumpFormSettings) -> bool:
    """Whether a line goes on with a value: it begins in small letters, the value ends as none does, it names the region
    of an office, or the next label stands right below it and nothing else could stand between."""
    text = lines[at].text.strip()
    words = text.split()
    heading = any(line_kinds.of_headings(word, _HEADING_WORD) for word in words) or line_kinds.letterhead(text)
    if heading or line_kinds.headings(text) or label(text, settings)[0] or line_kinds.noise(text):
        return False
    if len(words) > settings.value_words or line_kinds.is_title(text):
        return False
    open_end = before.rsplit(maxsplit=1)[-1].lower() in ("dan", "pada", "di", "-", "&") or before.endswith(",")
    if text[0].islower() or open_end:
        return True
    if name != "perangkat_daerah" or line_kinds.in_capitals(text):
        return False
    region = max(fuzz.ratio(squeezed(words[0]), of) for of in _REGIONS) >= 100 * settings.weak_label
    below = _below(lines, at + 1)
    labelled = below is not None and label(lines[below].text, settings)[0] == "jabatan"
    return len(words) <= settings.region_words and words[0][:1].isupper() and (region or labelled)


def _apart(
    lines: Sequence[StreamLine], name: str, agency: str, used: set[int], title: int, settings: DumpFormSettings
) -> StreamLine | None:
    """The line that is the value of a label without one, if any is like it."""
    said = 0
    best: tuple[bool, float, StreamLine | None] = (False, settings.enough, None)
    posts = (
        [line.text for line in lines[title:] if line_kinds.post_like(line.text) >= settings.alike]
        if name == "jabatan"
        else []
    )
    for line in lines[title + 1 :]:
        text = line.text.strip()
        if line.blank or line_kinds.noise(text):
            continue
        said += 1
        if said > settings.reach or line_kinds.parties(text) or line_kinds.numbers(text):
            break
        if line.number in used or line_kinds.headings(text) or line_kinds.letterhead(text):
            continue
        body = _bare(text)
        if name == "perangkat_daerah":
            like = max(line_kinds.office_like(body), _like_agency(body, agency)) * (
                line_kinds.post_like(body) < settings.sure
            )
        else:
            twins = [fuzz.ratio(squeezed(body), squeezed(p)) / 100 for p in posts if p is not line.text]
            like = max(line_kinds.post_like(body), *twins, 0.0) * (not line_kinds.in_capitals(body))
        if text[0] in ":;" and said <= settings.next_to:
            like = max(like, settings.alike)
        if like < settings.alike:
            continue
        score = like - settings.per_line * said
        score += settings.marked * ((body != text and text[0] in ":;.»") or line.number - 1 in used)
        small = not line_kinds.in_capitals(text)  # the letterhead has it in capitals
        if score > settings.enough and (small, score) > best[:2]:
            best = small, score, line
    return best[2]


def _like_agency(text: str, agency: str) -> float:
    plain = squeezed(text)
    return fuzz.partial_ratio(plain, squeezed(agency)) / 100 if len(plain) > 8 else 0.0  # noqa: PLR2004 - short ones fit anywhere


def _letterhead(lines: Sequence[StreamLine], title: int, zone: range, used: set[int]) -> set[int]:
    """Lines of the letterhead: all before the title, and those in capitals or of addresses up to the table."""
    head = set()
    for i in zone:
        line = lines[i]
        if line.blank or line.number in used:
            continue
        if i < title or line_kinds.letterhead(line.text) or (
            line_kinds.in_capitals(line.text) and len(line.text.split()) > 1 and not line_kinds.headings(line.text)
        ):  # fmt: skip
            head.add(line.number)
    return head

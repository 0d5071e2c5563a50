"""Raw sheets into clean ones: every field and cell with its text, its story and its probability."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from iki.model import (
    CleanRow,
    CleanSheet,
    CleanValue,
    Correction,
    Document,
    RawRow,
    RawSheet,
    RawValue,
)

from . import dates, fields, names, nip, pangkat
from .confidence import FlagSettings, flags, logit, structure_probability
from .knowledge import Knowledge
from .values import Draft, ValueSettings, draft, finish

COLUMNS = ("no", "sasaran", "indikator", "penjelasan", "sumber_data")
SIDES = ("pihak_kedua", "pihak_pertama")
_EMPTY = RawValue(())


@dataclass(frozen=True, slots=True)
class SheetSettings:
    values: ValueSettings = field(default_factory=ValueSettings)
    flags: FlagSettings = field(default_factory=FlagSettings)


DEFAULT = SheetSettings()


def clean(documents: Iterable[Document], knowledge: Knowledge, settings: SheetSettings = DEFAULT) -> list[CleanSheet]:
    """All sheets of a directory, in the order of their files. The order of ``documents`` makes no difference."""
    ordered = sorted(documents, key=lambda document: (document.file, document.sha256))
    sheets = [clean_sheet(document, raw, knowledge, settings) for document in ordered for raw in document.sheets]
    return flagged(sheets, settings.flags)


def clean_sheet(
    document: Document, raw: RawSheet, knowledge: Knowledge, settings: SheetSettings = DEFAULT
) -> CleanSheet:
    """One sheet, its values not yet flagged for doubt."""
    return CleanSheet(
        sheet_id=f"{document.sha256[:12]}-{raw.ordinal:03d}",
        file=document.file,
        sha256=document.sha256,
        first_page=raw.first_page,
        last_page=raw.last_page,
        fields=_fields(raw, knowledge, settings.values),
        rows=tuple(_rows(raw, knowledge, settings.values)),
        extra_columns=dict(raw.extra_columns),
    )


def flagged(sheets: Sequence[CleanSheet], settings: FlagSettings) -> list[CleanSheet]:
    """The same sheets with ``flagged`` set on every value worth a look; what a rule has flagged stays flagged."""
    doubts = {key: (value.probability, value.flagged) for key, value in _every_value(sheets)}
    wanted = flags(doubts, settings)

    def mark(values: Mapping[str, CleanValue], sheet: str, row: str) -> dict[str, CleanValue]:
        return {name: replace(value, flagged=(sheet, row, name) in wanted) for name, value in values.items()}

    return [
        replace(
            sheet,
            fields=mark(sheet.fields, sheet.sheet_id, ""),
            rows=tuple(
                replace(row, values=mark(row.values, sheet.sheet_id, f"{number:06d}"))
                for number, row in enumerate(sheet.rows, 1)
            ),
        )
        for sheet in sheets
    ]


def _every_value(sheets: Sequence[CleanSheet]) -> Iterable[tuple[tuple[str, ...], CleanValue]]:
    for sheet in sheets:
        for name, value in sheet.fields.items():
            yield (sheet.sheet_id, "", name), value
        for number, row in enumerate(sheet.rows, 1):
            for name, value in row.values.items():
                yield (sheet.sheet_id, f"{number:06d}", name), value


# --- rows


def _rows(raw: RawSheet, knowledge: Knowledge, settings: ValueSettings) -> Iterable[CleanRow]:
    done: dict[RawValue, CleanValue] = {}
    previous: RawRow | None = None
    number = CleanValue("", "", 1.0, False)
    for row in raw.rows:
        values = {}
        for name in (*COLUMNS, *raw.extra_columns):
            cell = row.values.get(name, _EMPTY)
            if name == "no":
                number = _number(cell, row, previous, number, knowledge, settings)
                values[name] = number
            else:
                if cell not in done:
                    done[cell] = finish(draft(cell, knowledge, settings), knowledge, settings)
                values[name] = done[cell]
        previous = row
        yield CleanRow(row.page, values)


_NUMBER_LOOK_ALIKES = str.maketrans("lI|!iSOoZzBg", "111115002289")


def _number(
    cell: RawValue,
    row: RawRow,
    previous: RawRow | None,
    before: CleanValue,
    knowledge: Knowledge,
    settings: ValueSettings,
) -> CleanValue:
    """The row's number without its dot. An empty one under a Sasaran that goes on is that of the row before."""
    value = finish(draft(cell, knowledge, settings), knowledge, settings)
    text = re.sub(r"^[\W_]+|[\W_]+$", "", value.text)
    if not text:
        same = (
            previous is not None and "no" in row.values and row.values.get("sasaran") == previous.values.get("sasaran")
        )
        return before if same else replace(value, text="")
    plain = text.translate(_NUMBER_LOOK_ALIKES)
    expected = str(int(before.text) + 1) if before.text.isdigit() else "1"
    if text.isdigit() or plain != expected:
        return replace(value, text=text)
    return replace(
        value,
        text=plain,
        corrections=(*value.corrections, Correction(value.text, plain, "nomor urut", value.probability)),
    )


# --- fields


def _fields(raw: RawSheet, knowledge: Knowledge, settings: ValueSettings) -> dict[str, CleanValue]:
    drafts = {name: draft(value, knowledge, settings) for name, value in raw.fields.items()}
    blank = draft(_EMPTY, knowledge, settings)

    def plain(name: str) -> CleanValue:
        return _text_field(name, drafts.get(name, blank), knowledge, settings)

    title = plain("judul")
    place, day = _place_and_date(drafts.get("tempat_tanggal", blank), knowledge, settings)
    signed = date.fromisoformat(day.text) if day.text else None
    found = {
        "unit": _unit(raw.unit, knowledge, settings),
        "judul": title,
        "perubahan": replace(
            title, text="true" if fields.is_revision(title.text) else "false", corrections=(), flagged=False
        ),
        "tahun": _year(title, signed),
        "perangkat_daerah": plain("perangkat_daerah"),
        "jabatan": plain("jabatan"),
        "tempat": place,
        "tanggal": day,
    }
    for side in SIDES:
        found[f"{side}_jabatan"] = plain(f"{side}_jabatan")
        found[f"{side}_nama"] = _name(drafts.get(f"{side}_nama", blank), side, knowledge, settings)
        rank, grade = _rank(drafts.get(f"{side}_pangkat_golongan", blank), knowledge, settings)
        found[f"{side}_pangkat"], found[f"{side}_golongan"] = rank, grade
        found[f"{side}_nip"] = _nip(drafts.get(f"{side}_nip", blank), signed)
    return found


def _text_field(name: str, value: Draft, knowledge: Knowledge, settings: ValueSettings) -> CleanValue:
    done = finish(value, knowledge, settings)
    return replace(done, text=fields.strip_label(name, done.text))


def _unit(raw: RawValue | None, knowledge: Knowledge, settings: ValueSettings) -> CleanValue:
    if raw is None:
        return CleanValue("", "", 1.0, False)
    kept = fields.unit_lines([line.text for line in raw.lines])
    value = replace(raw, lines=tuple(raw.lines[i] for i in kept))
    return _text_field("unit", draft(value, knowledge, settings), knowledge, settings)


def _year(title: CleanValue, signed: date | None) -> CleanValue:
    """The year of the title, or that of the date, flagged."""
    year, mapped = fields.year_of(title.text)
    if not year:
        return replace(title, text=str(signed.year) if signed else "", corrections=(), flagged=True)
    odd = signed is not None and abs(signed.year - int(year)) > 1
    changes = (Correction(title.text, year, "tahun dari judul", title.probability),) if mapped else ()
    return replace(title, text=year, corrections=changes, flagged=mapped or odd)


def _evidence(value: Draft) -> dict[str, float]:
    words = [token.confidence for token in value.tokens]
    return {
        "confidence": logit(min(words, default=0.0)),
        "disagree": float(any(s and s.disputed for s in value.settled)),
    }


def _place_and_date(value: Draft, knowledge: Knowledge, settings: ValueSettings) -> tuple[CleanValue, CleanValue]:
    done = finish(value, knowledge, settings)
    parsed = dates.parse(value.text)
    features = _evidence(value) | {"changed": float(parsed.changed)}
    text = parsed.day.isoformat() if parsed.day else ""
    probability = structure_probability("tanggal", features) * value.raw.certainty if text else 0.0
    changes = (Correction(value.text, text, "bulan", probability),) if parsed.changed and text else ()
    day = CleanValue(text, value.read, probability, not text, changes, raw=value.raw)
    return replace(done, text=parsed.place), day


def _name(value: Draft, side: str, knowledge: Knowledge, settings: ValueSettings) -> CleanValue:
    done = finish(value, knowledge, settings)
    name = names.clean(fields.strip_label(f"{side}_nama", value.text), knowledge.titles)
    changes = (Correction(value.text, name.text, name.rule, done.probability),) if name.rule else ()
    return replace(done, text=name.text, corrections=done.corrections + changes, flagged=bool(name.doubts))


def _rank(value: Draft, knowledge: Knowledge, settings: ValueSettings) -> tuple[CleanValue, CleanValue]:
    rank = pangkat.parse(value.text, knowledge.ranks)
    features = _evidence(value) | {"changed": float(rank.similarity < 1), "derived": float(bool(rank.rule))}
    empty = not value.text
    probability = value.raw.certainty * (1.0 if empty else structure_probability("pangkat", features))
    must = not rank.agree or (bool(rank.pangkat) and (rank.similarity == 0 or not rank.golongan))

    def part(text: str) -> CleanValue:
        changes = (
            (Correction(value.text, text, rank.rule or "pangkat", probability),)
            if features["changed"] or rank.rule
            else ()
        )
        return CleanValue(text, value.read, probability, must, changes, raw=value.raw)

    return part(rank.pangkat), part(rank.golongan)


def _nip(value: Draft, signed: date | None) -> CleanValue:
    texts = [value.text, *_other_readings(value)]
    if not value.raw.lines:
        return CleanValue("", "", value.raw.certainty, False, raw=value.raw)
    found = nip.read(texts, signed)
    features = _evidence(value) | {
        "fault": float(bool(nip.faults(found.digits, signed))),
        "repaired": float(found.rule not in ("", nip.LETTERS)),
        "mapped": float(found.rule == nip.LETTERS),
    }
    probability = value.raw.certainty * structure_probability("nip", features) if found.digits else 0.0
    changes = (Correction(value.text, found.digits, found.rule, probability),) if found.rule else ()
    return CleanValue(found.digits, value.read, probability, bool(found.doubts), changes, raw=value.raw)


def _other_readings(value: Draft) -> list[str]:
    """The whole value as each further engine read it."""
    most = max((len(line.readings) for line in value.raw.lines), default=0)
    return [
        " ".join(line.readings[min(n, len(line.readings) - 1)].text for line in value.raw.lines if line.readings)
        for n in range(1, most)
    ]

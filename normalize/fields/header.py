"""The fields of a sheet: title, year, unit, agency, jabatan, place and date, and the two signers."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

from rapidfuzz import fuzz, process

from iki.language.odds import logit, sigmoid
from iki.language.spelling import rightness
from iki.model import CORRECTED, Candidate, CleanValue, Correction, RawSheet, RawValue
from iki.normalize.context import Batch, Votes
from iki.normalize.correct.ctc import costs
from iki.normalize.correct.join_lines import Token
from iki.normalize.correct.rescoring import judged
from iki.normalize.correct.token_candidates import EXPECTED
from iki.normalize.draft import EMPTY, Draft, ValueSettings, draft, finish
from iki.normalize.fields import dates, names, nip, pangkat, sheet_title
from iki.normalize.knowledge import Knowledge
from iki.normalize.people import Signer
from iki.normalize.trust import geometry_chance, structure_probability
from iki.terms import PARTIES

TEXTS = ("unit", "judul", "perangkat_daerah", "jabatan", "pihak_kedua_jabatan", "pihak_pertama_jabatan")
"""Fields whose words support each other."""
LISTS = ("tugas", "fungsi")
"""Fields that may be lists."""
STAMPED = ("pihak_kedua_jabatan", "pihak_pertama_jabatan")
"""Fields over which stamps and signatures lie."""
_AMOUNT = re.compile(r"\bRp\b|\d[\d.,]{4,}")
"""A sum of money: of a list of budgets that stands below a label's value, no part of it."""
_SPECKED = re.compile(r"[-–—/|\\•*.,]|\w |P(?:l[th]|js?) ")
"""What strokes and specks before a field are read as, and an abbreviation whose stop is lost."""
_LABELLED = re.compile(r" : |\w \d{1,2}\s?[.)] [A-Z]")
"""The colon or the number of another field's label inside a value."""
_UNPARTED = re.compile(r"[^\W\d_] [SMA]\.[A-Z]")
"""A name and the title behind it without a comma."""
_IN_PLACE = re.compile(r"(?:P[l1iI!|][th]|Pjs?|a\.?n|u\.?b)[.,]?", re.IGNORECASE)
"""Plt., Plh., Pj., Pjs., a.n., u.b., as read: acting, or in another's name (Permendagri 1/2023 on official letters)."""
_ELECTED = re.compile(r"\W*(?:wakil\s+)?(?:gubernur|bupati|wali\s*kota|menteri|ketua)\b", re.IGNORECASE)
"""Offices whose holders are no civil servants: no number and no rank (UU 23/2014 art. 59)."""
PARTICLES = frozenset(("bin", "binti", "al", "el", "van", "der", "de", "da"))
"""Words of a name that are written in small letters."""
LONGEST_NAME = 14
"""Letters of the longest word in a name that is not taken for two without a space between."""
MANY_SHEETS = 3
"""Agreeing sheets beyond which one more proves nothing."""
PICTURE_MARGIN = 4.0
"""Nats that the picture may be against what other sheets say where the value itself is in doubt."""
RANK_MARGIN = 5.0
"""Nats that the picture may be against a rank and grade that agree: they seldom disagree in print."""
AGREED = "golongan dan pangkat sejalan"
"""Rule by which a rank and grade that disagree as read give way to a pair that the picture allows; always flagged."""
SURE_NUMBER = 0.97
"""Engine confidence (0–1) that a number needs if no other sheet and no other engine vouches for it."""
SAME_POST = 88.0
"""0–100 (rapidfuzz ratio): a jabatan this like a post of the nomenclature may be that post."""
BORROWED = 0.9
"""Highest probability of a name that other sheets put in the place of what was read."""
UNREADABLE = 0.5
"""Probability below which a name under a signature gives way to that of the same number on other sheets, flagged."""
SAME_PERSON = 60.0
"""0–100 (rapidfuzz ratio): how much of the name must still be there."""
MISSING = 0.5
"""Probability of an empty field that other sheets, or the rest of its block, make one expect to be filled."""


@dataclass(frozen=True)
class FieldDrafts:
    """The drafts of a sheet's fields, taken apart as far as one sheet alone allows."""

    drafts: Mapping[str, Draft]
    blank: Draft
    knowledge: Knowledge
    settings: ValueSettings

    @classmethod
    def of(cls, raw: RawSheet, knowledge: Knowledge, settings: ValueSettings) -> FieldDrafts:
        drafts = {name: draft(value, knowledge, settings) for name, value in _placed(raw.fields, knowledge).items()}
        if raw.unit is not None:
            kept = sheet_title.unit_lines([line.text for line in raw.unit.lines])
            unit = replace(raw.unit, lines=tuple(raw.unit.lines[i] for i in kept))
            drafts["unit"] = draft(unit, knowledge, settings)
        for side in PARTIES:
            name = f"{side}_jabatan"
            if name in raw.fields:
                drafts[name] = draft(_without_labels(raw.fields[name]), knowledge, settings)
        blank = draft(EMPTY, knowledge, settings)
        for side in PARTIES:
            _put_right(drafts, side, blank, knowledge)
        return cls(drafts, blank, knowledge, settings)

    def get(self, name: str) -> Draft:
        return self.drafts.get(name, self.blank)

    @cached_property
    def signing(self) -> dates.PlaceAndDate:
        return dates.parse(self.get("tempat_tanggal").text)

    @property
    def signed(self) -> date | None:
        return self.signing.day

    def name(self, side: str) -> names.Name:
        """The name of one signer; empty where what stands in its place is not shaped like one."""
        value = self.get(f"{side}_nama")
        text = sheet_title.strip_label(f"{side}_nama", value.text)
        found = names.Name(names.bare(text)) if value.raw.typed else names.clean(text, self.knowledge.titles)
        return found if names.is_shaped(found.text, self.knowledge.post_words) else names.Name("", "bukan nama")

    def rank(self, side: str) -> pangkat.Rank:
        """The rank of one signer; a rank and grade that disagree give way to a pair that the picture allows as well."""
        value = self.get(f"{side}_pangkat_golongan")
        read = pangkat.parse(value.text, self.knowledge.ranks)
        cost = _line_cost(value)
        if read.agree or cost is None:
            return read
        pairs = [
            (cost(text) - cost(value.text), found)
            for text in pangkat.agreeing(value.text, read, self.knowledge.ranks)
            if (found := pangkat.parse(text, self.knowledge.ranks)).agree
        ]
        best = min(pairs, key=lambda pair: pair[0], default=None)
        if best is None or best[0] > RANK_MARGIN:
            return read
        return replace(best[1], rule=AGREED)

    def number(self, side: str, witnesses: Counter[str] | None = None) -> nip.NipReading:
        value = self.get(f"{side}_nip")
        return nip.read([value.text, *other_readings(value)], self.signed, witnesses or (), _number_cost(value))

    def signer(self, side: str) -> Signer:
        """What this block says before any other sheet is asked; a number that fails its checks is not counted."""
        name, rank, number = self.name(side), self.rank(side), self.number(side)
        sound = number.digits if not number.doubts else ""
        post = self.get(f"{side}_jabatan").text
        digits, _ = nip.digits_of(self.get(f"{side}_nip").text)
        read = digits if len(digits) == nip.LENGTH else ""
        return Signer(names.key(name.text), name.text, sound, (rank.pangkat, rank.golongan), post, read)


def _placed(values: Mapping[str, RawValue], knowledge: Knowledge) -> dict[str, RawValue]:
    """The printed values, that of ``Nama Unit``, ``Nama Bidang`` in the place of the field that it answers and that is
    missing: a jabatan where it begins like one, else the agency. It is in doubt there."""
    found = dict(values)
    unit = found.pop("unit_kerja", None)
    if unit is not None:
        text = sheet_title.strip_label("unit_kerja", " ".join(line.text for line in unit.lines))
        name = "jabatan" if text.split(maxsplit=1)[:1] and text.split()[0].lower() in knowledge.post_words else None
        found.setdefault(name or "perangkat_daerah", replace(unit, certainty=0.0))
    return found


def _without_labels(value: RawValue) -> RawValue:
    """A signer's jabatan without the lines that only say which party it is."""
    kept = tuple(line for line in value.lines if not sheet_title.is_party(line.text))
    return replace(value, lines=kept or value.lines)


def _put_right(drafts: dict[str, Draft], side: str, blank: Draft, knowledge: Knowledge) -> None:
    """A rank that stands for the name belongs to the rank: the name above it could not be read."""
    name, rank = f"{side}_nama", f"{side}_pangkat_golongan"
    if name in drafts and not drafts.get(rank, blank).text:
        found = pangkat.parse(drafts[name].text, knowledge.ranks)
        if found.pangkat and found.golongan and found.similarity == 1:
            drafts[rank], drafts[name] = drafts[name], blank


def clean_fields(form: FieldDrafts, batch: Batch) -> dict[str, CleanValue]:
    """Every field of ``sheets.csv``, its story with it, flagged only where a rule demands a look."""
    title = _title(form, batch)
    place, day = _place_and_date(form, batch)
    found = {
        "unit": _text(form, "unit", batch),
        "judul": title,
        "perubahan": _revision(title),
        "tahun": _year(title, form.signing, form.get("tahun").text),
        "perangkat_daerah": _text(form, "perangkat_daerah", batch),
        "jabatan": _text(form, "jabatan", batch),
        "tempat": place,
        "tanggal": day,
    }
    for side in PARTIES:
        found[f"{side}_jabatan"] = _text(form, f"{side}_jabatan", batch)
        found[f"{side}_nama"] = _name(form, side, batch)
        found[f"{side}_pangkat"], found[f"{side}_golongan"] = _rank(form, side, batch)
        found[f"{side}_nip"] = _number(form, side, batch)
    for name in LISTS:
        found[name] = _list(form, name, batch)
    pictured = all(value.raw is None or value.raw.pictured for value in found.values())
    missing = set(_missing(found, pictured))
    return {
        name: replace(value, probability=min(value.probability, MISSING)) if name in missing else value
        for name, value in found.items()
    }


def _list(form: FieldDrafts, name: str, batch: Batch) -> CleanValue:
    """A sentence, or a list whose items, each with its letter or number and without the mark at its end, are joined by
    ``; ``."""
    raw = form.get(name).raw
    if not raw.lines:
        return finish(form.get(name), form.knowledge)
    lines = raw.lines
    starts = sheet_title.items([line.text for line in lines])
    parts = [replace(raw, lines=lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    drafts = [draft(part, form.knowledge, form.settings) for part in parts]
    done = [_finish(judged(d, form.knowledge, Votes.without(batch, d.tokens)), form.knowledge) for d in drafts]
    texts = [sheet_title.strip_label(name, done[0].text), *(value.text for value in done[1:])]
    ends = ";,. " if len(texts) > 1 else ";, "
    return CleanValue(
        "; ".join(kept for text in texts if (kept := text.strip().rstrip(ends))),
        " ".join(value.read for value in done),
        math.prod(value.probability for value in done),
        any(value.flagged for value in done),
        tuple(c for value in done for c in value.corrections),
        raw=raw,
    )


def _missing(found: Mapping[str, CleanValue], pictured: bool) -> list[str]:
    """Empty fields that ought not to be empty.

    Every sheet has a title, an agency, a jabatan and a first party with name, jabatan and number. Of signatures that
    are missing altogether all is due. A second party has a name and a jabatan if it has anything, a number unless it
    holds an elected office, and a rank where the first one has it. Of a party whose name and number are missing, all
    that stands below its jabatan is. Where there is no picture to see that nothing is there, all of both parties is
    due.
    """
    empty = {name for name, value in found.items() if not value.text}
    due = {"judul", "perangkat_daerah", "jabatan", "pihak_pertama_nama", "pihak_pertama_jabatan", "pihak_pertama_nip"}
    second, first = (
        {f"{side}_{part}" for part in ("nama", "jabatan", "nip", "pangkat", "golongan")} for side in PARTIES
    )
    if not pictured or not (first | second) - empty:
        due |= first | second
    if second - empty:
        due |= {"pihak_kedua_nama", "pihak_kedua_jabatan"}
        if not _ELECTED.match(found["pihak_kedua_jabatan"].text):
            due |= {"pihak_kedua_nip"}
    due -= {f"{side}_pangkat" for side in PARTIES if f"{side}_golongan" not in empty}
    for side, other in (PARTIES, PARTIES[::-1]):
        if f"{side}_nip" in due and {f"{other}_golongan", f"{other}_pangkat"} - empty:
            due |= {f"{side}_golongan"} | ({f"{side}_pangkat"} if f"{side}_golongan" in empty else set())
        if {f"{side}_nama", f"{side}_nip"} <= empty & due:
            due |= {f"{side}_golongan", f"{side}_pangkat"}
    return sorted(due & empty)


def judged_text(form: FieldDrafts, name: str, batch: Batch) -> Draft:
    """A field of words, its doubtful ones judged in the light of the other fields and sheets."""
    value = form.get(name)
    mates = frozenset(
        word for other in TEXTS if other != name for word in re.findall(r"[^\W\d_]+", form.get(other).text.lower())
    )
    expected = _expected(form, name, batch)
    value = _without_noise(value, expected, form.knowledge)
    return judged(value, form.knowledge, Votes.without(batch, value.tokens), mates, titled=True, expected=expected)


def _expected(form: FieldDrafts, name: str, batch: Batch) -> str:
    """What a jabatan probably says: what it is on other sheets of this signer, or elsewhere on this one, or in the
    nomenclature."""
    twin = {"jabatan": "pihak_pertama_jabatan", "pihak_pertama_jabatan": "jabatan"}.get(name)
    if name.endswith("_jabatan"):
        votes = batch.people.posts(form.signer(name.removesuffix("_jabatan")))
        if votes:
            return min(votes.items(), key=lambda item: (-item[1], item[0]))[0]
    said = sheet_title.strip_label(twin, form.get(twin).text) if twin else ""
    return said or (_post(form.get(name).text, form.knowledge.posts) if name.endswith("jabatan") else "")


def _post(text: str, posts: Sequence[str]) -> str:
    """The post of the nomenclature that a jabatan is like, if any."""
    found = process.extractOne(text, posts, scorer=fuzz.ratio, score_cutoff=SAME_POST) if text else None
    return found[0] if found else ""


def _without_noise(value: Draft, expected: str, knowledge: Knowledge) -> Draft:
    """The value without what a stamp or a signature left beside it: stray words around just what is expected."""
    wanted, read = [] if value.raw.typed else expected.split(), [token.text for token in value.tokens]
    for start in range(len(read) - len(wanted) + 1 if wanted else 0):
        end = start + len(wanted)
        kept, rest = value.tokens[start:end], (*value.tokens[:start], *value.tokens[end:])
        if read[start:end] == wanted and rest and all(_stray(token, kept, knowledge) for token in rest):
            change = Correction(value.text, expected, EXPECTED, min(token.confidence for token in kept))
            return replace(value, tokens=kept, corrections=(*value.corrections, change))
    return value


def _stray(token: Token, among: Sequence[Token], knowledge: Knowledge) -> bool:
    """Whether a word looks like the print of a stamp: unknown, or in capitals among words that are not; but not one
    that says in whose place somebody signs."""
    if _IN_PLACE.fullmatch(token.text):
        return False
    capitals = token.text.isupper() and not all(other.text.isupper() for other in among if other is not token)
    return not knowledge.vouches(token.text) or (capitals and len(token.text) > 1)


def _has_gap(form: FieldDrafts, name: str, text: str) -> bool:
    """Whether words inside a jabatan are missing that another field of the sheet has."""
    twin = {"pihak_pertama_jabatan": "jabatan"}.get(name)
    mine = text.split()
    said = sheet_title.strip_label(twin, form.get(twin).text).split() if twin else []
    if len(mine) < 2 or len(said) <= len(mine) or (mine[0], mine[-1]) != (said[0], said[-1]):  # noqa: PLR2004
        return False
    rest = iter(said)
    return all(word in rest for word in mine)


def _has_stray_line(value: Draft, knowledge: Knowledge) -> bool:
    """Whether a whole line of a value is stray words, which the author's own are not."""
    if value.raw.typed:
        return False
    lines = {piece.line for token in value.tokens for piece in token.pieces}
    own = [[token for token in value.tokens if token.pieces[0].line == line] for line in sorted(lines)]
    return len(own) > 1 and any(all(_stray(t, value.tokens, knowledge) for t in tokens) for tokens in own if tokens)


def _finish(value: Draft, knowledge: Knowledge) -> CleanValue:
    """A field with its probability; of one of a dump nothing but the words themselves tells how they were read."""
    done = finish(value, knowledge)
    if value.raw.pictured:
        return done
    return replace(done, probability=done.probability * math.prod(map(rightness, value.text.split())))


def _text(form: FieldDrafts, name: str, batch: Batch) -> CleanValue:
    value = judged_text(form, name, batch)
    done = _finish(value, form.knowledge)
    stray = name in STAMPED and (_has_stray_line(value, form.knowledge) or _has_gap(form, name, value.text))
    text = sheet_title.strip_label(name, done.text)
    cut = text[:1].islower() and not _IN_PLACE.fullmatch(text.split()[0])
    strange = cut or any(p.search(text) for p in (_LABELLED, _AMOUNT)) or bool(_SPECKED.match(text))
    return replace(done, text=text, flagged=stray or strange)


def _title(form: FieldDrafts, batch: Batch) -> CleanValue:
    """The title; one without a year may have lost a line, so it is flagged."""
    title = _text(form, "judul", batch)
    return replace(title, flagged=not sheet_title.year_of(title.text)[0])


def _revision(title: CleanValue) -> CleanValue:
    """Whether the title begins with PERUBAHAN; only its first words matter, and without any it is a guess."""
    chance = title.probability if title.text else MISSING
    return replace(
        title, text="true" if sheet_title.is_revision(title.text) else "false", corrections=(), probability=chance
    )


def _year(title: CleanValue, signing: dates.PlaceAndDate, cover: str = "") -> CleanValue:
    """The year of the title, or that of the date, or of a ``cover``, flagged. Of a range of years it is that of the
    date, if it is one of them, or the last one; flagged too."""
    year, mapped = sheet_title.year_of(title.text)
    signed = signing.year
    if not year:
        return replace(title, text=str(signed or sheet_title.year_of(cover)[0]), corrections=(), flagged=True)
    every = [int(y) for y, _ in sheet_title.years_of(title.text)]
    if min(every) < max(every):
        inside = signed is not None and min(every) <= signed <= max(every)
        return replace(title, text=str(signed) if inside else year, corrections=(), flagged=True)
    odd = signed is not None and abs(signed - int(year)) > 1
    if odd and signed and sum(a != b for a, b in zip(year, str(signed), strict=False)) == 1:
        change = Correction(title.text, str(signed), "tahun dari tanggal", title.probability)
        return replace(title, text=str(signed), corrections=(change,), flagged=True)
    changes = (Correction(title.text, year, "tahun dari judul", title.probability),) if mapped else ()
    return replace(title, text=year, corrections=changes, flagged=mapped or odd)


def date_features(form: FieldDrafts, batch: Batch) -> dict[str, float]:
    """What the model of dates asks."""
    parsed = form.signing
    others = batch.tally.dates[(parsed.place, parsed.day.isoformat() if parsed.day else "")] - 1
    return {
        **evidence(form.get("tempat_tanggal")),
        "changed": float(parsed.changed),
        "witnesses": float(min(max(others, 0), MANY_SHEETS)),
    }


def _place_and_date(form: FieldDrafts, batch: Batch) -> tuple[CleanValue, CleanValue]:
    value, parsed = form.get("tempat_tanggal"), form.signing
    text = parsed.day.isoformat() if parsed.day else ""
    sure = structure_probability("tanggal", date_features(form, batch)) * geometry_chance(value.raw.certainty)
    named = all(part.isalpha() for part in re.split(r"[\s.'-]+", parsed.place) if part)
    place_chance = sure if named else _finish(value, form.knowledge).probability
    chance = sure if text else 0.0
    changes = (Correction(value.text, text, "tanggal", chance),) if parsed.changed and text else ()
    day = CleanValue(text, value.read, chance, not text, changes, raw=value.raw)
    return CleanValue(parsed.place, value.read, place_chance, False, raw=value.raw), day


def name_features(form: FieldDrafts, side: str, batch: Batch) -> dict[str, float]:
    """What the model of names asks."""
    name, me = form.name(side), form.signer(side)
    return {
        **evidence(form.get(f"{side}_nama")),
        "changed": float(bool(name.rule)),
        "doubts": float(len(name.doubts)),
        "witnesses": float(min(batch.people.names(me)[name.text], MANY_SHEETS)),
        "rivals": float(any(text != name.text for text in batch.people.names(me))),
    }


def is_no_name(text: str) -> bool:
    """Whether a name holds a digit, words in small letters, as in a jabatan, one so long that it may be two, or a title
    that no comma parts from it.

    Titles end in a full stop.
    """
    small = (re.fullmatch(r"[a-z]+,?", word) and word.strip(",") not in PARTICLES for word in text.split())
    return (
        any(small)
        or any(map(str.isdigit, text))
        or bool(_UNPARTED.search(text))
        or any(len(run) > LONGEST_NAME for run in re.findall(r"[^\W\d_]+", text))
    )


def _name(form: FieldDrafts, side: str, batch: Batch) -> CleanValue:
    """A name as printed; a doubtful one is that of the same number on other sheets, if the picture allows it."""
    value, name = form.get(f"{side}_nama"), form.name(side)
    if not value.text:
        return finish(value, form.knowledge)
    if not name.text:
        return CleanValue("", value.read, 0.0, True, (Correction(value.text, "", name.rule, 0.0),), raw=value.raw)
    chance = structure_probability("nama", name_features(form, side, batch)) * geometry_chance(value.raw.certainty)
    chance = min(chance, _ending(value), MISSING if value.text.endswith(",") else 1.0)  # a comma leads to a degree
    changes = (Correction(value.text, name.text, name.rule, chance),) if name.rule else ()
    done = CleanValue(
        name.text, value.read, chance, is_no_name(name.text), (*value.corrections, *changes), raw=value.raw
    )
    votes = batch.people.names(form.signer(side))
    best, count = min(votes.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    cost = _line_cost(value)
    if votes[name.text] or count < 2 or cost is None:  # noqa: PLR2004
        return done
    lead = PICTURE_MARGIN + math.log(count) - (cost(best) - cost(value.text))
    hidden = chance < UNREADABLE and fuzz.ratio(best, name.text) >= SAME_PERSON
    if lead <= 0 and not hidden:
        return done
    change = Correction(
        value.text, best, "nama di lembar lain", min(sigmoid(lead), BORROWED) if lead > 0 else UNREADABLE
    )
    rivals = tuple(
        Candidate(text, round(cost(text), 3), why) for text, why in ((best, change.rule), (value.text, "dibaca"))
    )
    return replace(done, text=best, probability=change.probability, corrections=(change,), candidates=rivals)


def _ending(value: Draft) -> float:
    """Probability, by the picture alone, that a name ends in a full stop, or not, as it was read."""
    cost = _line_cost(value)
    if cost is None:
        return 1.0
    other = value.text[:-1] if value.text.endswith(".") else f"{value.text}."
    return sigmoid(cost(other) - cost(value.text))


def rank_features(form: FieldDrafts, side: str, batch: Batch) -> dict[str, float]:
    """What the model of ranks asks."""
    rank, me = form.rank(side), form.signer(side)
    others = batch.people.ranks(me)[(rank.pangkat, rank.golongan)] if me.nip else 0
    return {
        **evidence(form.get(f"{side}_pangkat_golongan")),
        "changed": float(rank.similarity < 1),
        "derived": float(bool(rank.rule)),
        "witnesses": float(min(others, MANY_SHEETS)),
    }


def _rank(form: FieldDrafts, side: str, batch: Batch) -> tuple[CleanValue, CleanValue]:
    value, rank = form.get(f"{side}_pangkat_golongan"), form.rank(side)
    features = rank_features(form, side, batch)
    chance = geometry_chance(value.raw.certainty) * (structure_probability("pangkat", features) if value.text else 1.0)
    must = not rank.agree or rank.rule == AGREED or (bool(rank.pangkat) and (rank.similarity == 0 or not rank.golongan))
    changed = rank.similarity < 1 or rank.rule

    def part(text: str) -> CleanValue:
        changes = (Correction(value.text, text, rank.rule or "pangkat", chance),) if changed else ()
        return CleanValue(text, value.read, chance, must, changes, raw=value.raw)

    return part(rank.pangkat), part(rank.golongan)


def settled_number(form: FieldDrafts, side: str, batch: Batch) -> nip.NipReading:
    """The number of one signer in the light of all sheets. In a text dump, which has no picture to ask, the sheets on
    which much the same number stands settle it digit by digit, or one on which it stands whole, and else its structure;
    never without a flag."""
    me, value = form.signer(side), form.get(f"{side}_nip")
    dumped = all(line.box is None for line in value.raw.lines)
    if dumped:
        agreed = batch.people.agreed(me)
        if agreed not in ("", me.digits) and not nip.faults(agreed, form.signed):
            return nip.NipReading(agreed, nip.WITNESS, ("diperbaiki",), (me.digits,))
        part, _ = nip.digits_of(value.text)
        if whole := batch.people.completed(part):
            return nip.NipReading(whole, nip.WITNESS, ("diperbaiki",), (part,))
    votes = batch.people.nips(me)
    found = _weighed(form.number(side, votes), votes, _number_cost(value))
    return nip.mended(value.text, found, form.signed) if dumped else found


def number_features(form: FieldDrafts, side: str, found: nip.NipReading, batch: Batch) -> dict[str, float]:
    """What the model of numbers asks."""
    return {
        **evidence(form.get(f"{side}_nip")),
        "fault": float(bool(nip.faults(found.digits, form.signed))),
        "repaired": float(found.rule not in ("", nip.LETTERS)),
        "mapped": float(found.rule == nip.LETTERS),
        "witnesses": float(min(batch.people.nips(form.signer(side))[found.digits], MANY_SHEETS)),
    }


def _number(form: FieldDrafts, side: str, batch: Batch) -> CleanValue:
    value = form.get(f"{side}_nip")
    if not value.raw.lines:
        return CleanValue("", "", value.raw.certainty, False, raw=value.raw)
    found = settled_number(form, side, batch)
    features = number_features(form, side, found, batch)
    chance = geometry_chance(value.raw.certainty) * structure_probability("nip", features) if found.digits else 0.0
    alone = not features["witnesses"] and not (other_readings(value) and not features["disagree"])
    unsure = alone and min((token.confidence for token in value.tokens), default=0.0) < SURE_NUMBER
    changes = (Correction(value.text, found.digits, found.rule, chance),) if found.rule else ()
    rivals = tuple(Candidate(digits, 0.0, "NIP lain") for digits in found.rivals)
    return CleanValue(found.digits, value.read, chance, bool(found.doubts) or unsure, changes, rivals, value.raw)


def _weighed(found: nip.NipReading, votes: Counter[str], cost: Callable[[str], float] | None) -> nip.NipReading:
    """A sound number against that of the same person on other sheets: they agree, or a person must look.

    Where more than one sheet has another number a digit or two away, and the picture is not clearly against it, it is
    taken; never without a flag.
    """
    if not found.digits or not votes or votes[found.digits] or found.doubts:
        return found
    best, count = min(votes.items(), key=lambda item: (-item[1], item[0]))
    rivals = (*found.rivals, best)
    if not nip.alike(best, found.digits):
        return replace(found, doubts=("NIP lain di lembar lain",), rivals=rivals)
    if cost is not None and count > 1 and cost(best) - cost(found.digits) < PICTURE_MARGIN:
        return nip.NipReading(best, nip.WITNESS, ("diperbaiki",), (*found.rivals, found.digits))
    return replace(found, doubts=("NIP lain di lembar lain",), rivals=rivals)


def evidence(value: Draft) -> dict[str, float]:
    """What the engines say about a value as a whole."""
    return {
        "confidence": logit(min((token.confidence for token in value.tokens), default=0.0)),
        "disagree": float(any(settled and settled.disputed for settled in value.settled)),
    }


def other_readings(value: Draft) -> list[str]:
    """The whole value as each further engine read it; a correction is no witness."""
    lines = [[r for r in line.readings if r.engine != CORRECTED] for line in value.raw.lines if line.readings]
    most = max((len(readings) for readings in lines), default=0)
    return [" ".join(readings[min(n, len(readings) - 1)].text for readings in lines) for n in range(1, most)]


def _line_cost(value: Draft) -> Callable[[str], float] | None:
    """The cost in nats, by the picture, of reading a text in the one line of ``value``; ``None`` without frames."""
    read = [settled.reading for settled in value.settled if settled]
    if len(read) != 1 or read[0].frames is None:
        return None
    frames = read[0].frames
    return lambda text: costs(frames, [text])[0]


def _number_cost(value: Draft) -> Callable[[str], float] | None:
    """The same for a number, in the grouping of the print and after its label."""
    cost = _line_cost(value)
    if cost is None:
        return None
    text = value.text
    return lambda digits: min(cost(form) for form in sorted(nip.printed(text, digits)))

"""Sheets of invented agencies, composed from the vocabulary files in ``agencies/``.

A topic is a Sasaran with its indicators, one a line: indikator | penjelasan | sumber data. ``<a~b>`` is a choice of
wording, ``{n}`` a small number, ``{tahun}`` the year, ``{kec}`` a district; ``\\n`` begins a paragraph.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

from iki.lab.synthetic.forms import BASE_COLUMNS, Person, SheetContent
from iki.lab.synthetic.people import official, regent

_FOLDER = Path(__file__).with_name("agencies")
_FULL_NAME, _CHANGED = 0.6, 0.35
"""How often the agency's name has its region, and a sheet is a change of an earlier one."""
_HURRIED = 0.05
"""How often a cell shows one of its author's slips."""
_MERGED = {"penjelasan": 0.06, "sumber_data": 0.18, "penanggung_jawab": 0.5}
_EMPTY = {"penjelasan": 0.02, "sumber_data": 0.05, "target": 0.04}
"""How often such a cell is merged with the one above, or left empty."""
_ECHOED = 0.8
"""How often a Penjelasan says the words of its Indikator again on a sheet where they do."""
_CLOSED = 0.8
"""How often a Sasaran ends with a standard phrase on a sheet where they do."""
_CLOSINGS = (
    "sesuai ketentuan yang berlaku", "sesuai dengan ketentuan yang berlaku", "sesuai aturan yang berlaku",
    "sesuai peraturan perundang-undangan", "sesuai kebutuhan", "sesuai standar operasional prosedur", "sesuai rencana",
    "tepat waktu", "tepat waktu dan sesuai aturan", "secara tertib dan akuntabel", "dengan baik dan benar",
)  # fmt: skip
_HEADS = re.compile(r"(?:Jumlah|Persentase|Nilai|Indeks|Rasio|Cakupan|Tingkat|Angka|Banyaknya) (?=[a-z])")
_DONE = (
    "disusun", "dilaksanakan", "dikelola", "diselesaikan", "diterbitkan", "diverifikasi", "dilayani", "dipelihara",
    "disediakan", "ditindaklanjuti", "selesai disusun", "tersedia", "dilaporkan", "diadakan", "dibayarkan",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Post:
    """A post with its unit (that of the nearest post above which names one), depth and superior (index or ``None``)."""

    jabatan: str
    unit: str
    depth: int
    superior: int | None


@dataclass(frozen=True, slots=True)
class Topic:
    """A Sasaran with its indicators: triples of indikator, penjelasan, sumber data."""

    sasaran: str
    items: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True, slots=True)
class Agency:
    """An invented agency. One that is ``held_out`` lends its words to validation only, never to training or tuning."""

    slug: str
    kind: str
    held_out: bool
    government: str
    name: str
    full: str
    place: str
    address: tuple[str, ...]
    regent: str
    regions: tuple[str, ...]
    posts: tuple[Post, ...]
    topics: Mapping[str, tuple[Topic, ...]]


@cache
def agencies() -> Mapping[str, Agency]:
    """All agencies by slug, in alphabetical order."""
    found = (read_agency(path) for path in sorted(_FOLDER.glob("*.toml")) if path.stem != "umum")
    return {agency.slug: agency for agency in sorted(found, key=lambda agency: agency.slug)}


def read_agency(path: Path) -> Agency:
    """The agency of a TOML file such as those in ``agencies/``."""
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    return Agency(
        slug=raw["slug"],
        kind=raw["kind"],
        held_out=raw.get("held_out", False),
        government=raw["government"],
        name=raw["name"],
        full=raw["full"],
        place=raw["place"],
        address=tuple(raw["address"]),
        regent=raw["regent"],
        regions=tuple(raw["regions"]),
        posts=_posts(raw["posts"]),
        topics={unit: _topics(text) for unit, text in raw["topics"].items()},
    )


@cache
def _general() -> tuple[Topic, ...]:
    return _topics(tomllib.loads((_FOLDER / "umum.toml").read_text(encoding="utf-8"))["topics"])


def _posts(text: str) -> tuple[Post, ...]:
    posts: list[Post] = []
    for line in text.strip().splitlines():
        dashes, _, rest = line.partition(" ") if line.startswith("-") else ("", "", line)
        jabatan, _, unit = (part.strip() for part in rest.partition(" = "))
        above = [i for i, post in enumerate(posts) if post.depth < len(dashes)]
        superior = above[-1] if above else None
        inherited = posts[superior].unit if superior is not None else ""
        posts.append(Post(jabatan, unit or inherited, len(dashes), superior))
    return tuple(posts)


def _topics(text: str) -> tuple[Topic, ...]:
    topics: list[Topic] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        if line.startswith("# "):
            topics.append(Topic(line[2:], ()))
            continue
        indikator, penjelasan, sumber = (part.strip().replace("\\n", "\n") for part in line.split(" | "))
        topics[-1] = Topic(topics[-1].sasaran, (*topics[-1].items, (indikator, penjelasan, sumber)))
    return tuple(topics)


def wordings() -> tuple[str, ...]:
    """Every sentence of the agencies that are not held out, choices resolved both ways: words for training."""
    rng = Random(0)
    texts: set[str] = set()
    for agency in agencies().values():
        if agency.held_out:
            continue
        for topics in agency.topics.values():
            for topic in topics:
                for text in (topic.sasaran, *(cell for item in topic.items for cell in item)):
                    texts.update(_said(text, rng, agency, 2023) for _ in range(3))
    return tuple(sorted(texts))


def compose(
    agency: Agency, seed: int, *, rows: int | None = None, post: int | None = None, year: int | None = None,
    echo: bool = False, closing: bool = False,
) -> SheetContent:  # fmt: skip
    """The sheet of one official, the same for the same seed.

    ``rows`` asks for about so many indicators, ``post`` for a post by index, ``year`` for the year of signing;
    with ``echo`` most Penjelasan say the words of their Indikator again, as hurried authors write them; with
    ``closing`` most Sasaran end with a standard phrase.
    """
    rng = Random(f"sheet {agency.slug} {seed}")
    year = year or rng.choice((2021, 2022, 2023, 2024, 2025))
    index = rng.randrange(len(agency.posts)) if post is None else post
    chosen = agency.posts[index]
    wanted = rows or rng.choice((3, 4, 5, 6, 7, 8, 10, 12, 15))
    date = datetime.date(year, rng.randint(1, 12), rng.randint(1, 28))
    sheet = SheetContent(
        agency=agency.slug,
        government=agency.government,
        office=agency.name.upper(),
        address=agency.address,
        unit=chosen.unit,
        perangkat_daerah=agency.full if rng.random() < _FULL_NAME else agency.name,
        jabatan=chosen.jabatan,
        tugas=f"Melaksanakan sebagian tugas {agency.name} sesuai bidang tugas {chosen.jabatan} dan tugas lain.",
        tempat=agency.place,
        tanggal=date,
        perubahan=rng.random() < _CHANGED,
        rows=_rows(agency, chosen, wanted, year, rng),
        pihak_kedua=_holder(agency, chosen.superior),
        pihak_pertama=_holder(agency, index),
    )
    if echo:
        sheet = replace(sheet, rows=tuple(_echoing(row, rng) for row in sheet.rows))
    return replace(sheet, rows=tuple(_closing(row, rng) for row in sheet.rows)) if closing else sheet


def _closing(row: Mapping[str, str | None], rng: Random) -> Mapping[str, str | None]:
    """The row with a standard phrase at the end of its Sasaran, if that begins here and has none yet."""
    sasaran = row.get("sasaran")
    if not sasaran or " sesuai " in sasaran or rng.random() >= _CLOSED:
        return row
    return {**row, "sasaran": f"{sasaran} {rng.choice(_CLOSINGS)}"}


def _echoing(row: Mapping[str, str | None], rng: Random) -> Mapping[str, str | None]:
    """The row with its Indikator's words in the Penjelasan: ``Jumlah surat masuk`` becomes ``Surat masuk yang …``."""
    said = _HEADS.sub("", row["indikator"] or "", count=1)
    if not row.get("penjelasan") or rng.random() >= _ECHOED or not said:
        return row
    end = "" if " yang " in said else f" yang {rng.choice(_DONE)}"
    return {**row, "penjelasan": f"{said[:1].upper()}{said[1:]}{end}"}


def _holder(agency: Agency, index: int | None) -> Person:
    if index is None:
        elected = agency.regent.startswith(("Bupati", "Wali Kota", "Gubernur"))
        return regent(agency.regent, agency.slug) if elected else official(agency.regent, 0, False, agency.slug)
    post = agency.posts[index]
    return official(post.jabatan, post.depth, agency.kind in {"rsud", "kesehatan"}, agency.slug)


def _said(text: str, rng: Random, agency: Agency, year: int) -> str:
    """``text`` with its choices made and its places filled."""
    text = re.sub(r"<([^<>]*~[^<>]*)>", lambda found: rng.choice(found[1].split("~")), text)
    return (
        text.replace("{n}", str(rng.randint(2, 24)))
        .replace("{tahun}", str(year))
        .replace("{kec}", rng.choice(agency.regions))
    )


def _rows(agency: Agency, post: Post, wanted: int, year: int, rng: Random) -> tuple[Mapping[str, str | None], ...]:
    own = list(agency.topics.get(post.unit, ()))
    others = [topic for unit, topics in agency.topics.items() if unit != post.unit for topic in topics]
    general = list(_general())
    for topics in (own, others, general):
        rng.shuffle(topics)
    pool = [*own, *others, *general] if not post.unit else [*own, *general, *others]
    out: list[dict[str, str | None]] = []
    for number, topic in enumerate(pool, start=1):
        if len(out) >= wanted:
            break
        most = len(topic.items)
        items = rng.sample(topic.items, min(most, rng.randint((most + 1) // 2, most), wanted - len(out)))
        sasaran = _said(topic.sasaran, rng, agency, year)
        for i, item in enumerate(items):
            said = [_as_typed(_said(text, rng, agency, year), rng) for text in item]
            row: dict[str, str | None] = {"no": str(number), "sasaran": sasaran}
            row |= dict(zip(BASE_COLUMNS[1:], said, strict=True))
            row |= _measures(said[0], rng)
            row |= _blanks(rng, first=not i)
            out.append(row)
    return tuple(out)


def _as_typed(text: str, rng: Random) -> str:
    """Now and then what a hurried author types: a space after a slash, a small initial, a final stop, a misspelling.

    It is printed, so it is gold: a reader must leave it alone.
    """
    if rng.random() >= _HURRIED:
        return text
    word = rng.choice([*re.finditer(r"\b[a-z]{6,}\b", text), None])
    slips = [text[:1].lower() + text[1:], text.replace("/", "/ ", 1), text if text.endswith((".", "%")) else text + "."]
    if word is not None:
        at = rng.randrange(word.start() + 1, word.end() - 1)
        slips += [text[:at] + text[at + 1 :], text[:at] + text[at] + text[at:]]
    return rng.choice(slips)


def _blanks(rng: Random, *, first: bool) -> dict[str, str | None]:
    """Cells of a row that are merged with the one above, or ruled and left empty."""
    out: dict[str, str | None] = {}
    if not first:
        out |= {"no": None, "sasaran": None}
        out |= {key: None for key, share in _MERGED.items() if rng.random() < share}
    out |= {key: "" for key, share in _EMPTY.items() if key not in out and rng.random() < share}
    return out


def _measures(indikator: str, rng: Random) -> dict[str, str | None]:
    """Unit, target and who answers for it, for the forms that ask."""
    head = indikator.split(maxsplit=1)[0]
    if head in {"Persentase", "Cakupan", "Tingkat", "Prevalensi"}:
        unit, target = "%", rng.choice(("100", "95", "87,5", "80", "12,4", "100%"))
    elif head in {"Nilai", "Indeks", "Angka", "Skor"}:
        unit, target = rng.choice(("Nilai", "Indeks", "Angka")), rng.choice(("BB", "82,50", "3,45", "70", "A"))
    else:
        unit, target = rng.choice(("Dokumen", "Laporan", "Kegiatan", "Orang", "Unit")), str(rng.randint(1, 48))
    return {
        "satuan": unit,
        "target": target,
        "penanggung_jawab": rng.choice(("Sekretaris", "Kabid", "Kasubbag", "Pelaksana")),
    }

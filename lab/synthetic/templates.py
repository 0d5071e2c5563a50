"""Forms as different agencies design them, and the words of a sheet set into one of them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from iki.lab.synthetic.fonts import Face
from iki.lab.synthetic.forms import (
    BASE_COLUMNS,
    MONTHS,
    Person,
    PrintedForm,
    SheetContent,
    Signature,
    column_name,
    printed,
)

Points = float
"""Lengths on paper: 1/72 inch."""

MM = 72 / 25.4
A4 = (210 * MM, 297 * MM)
F4 = (215 * MM, 330 * MM)
LEGAL = (612.0, 1008.0)


@dataclass(frozen=True, slots=True)
class TemplateColumn:
    """A table column: key, heading, share of the table's width, and how its cells are set."""

    key: str
    heading: str
    share: float
    align: Literal["left", "center"] = "left"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signing:
    """How signers are printed. ``{}`` stands for the value in each pattern."""

    second: str = "PIHAK KEDUA,"
    first: str = "PIHAK PERTAMA,"
    rank: str = "{pangkat} ({golongan})"
    level: Literal["Tk. I", "Tk.I", "Tingkat I"] = "Tk. I"
    rank_pppk: str = "Golongan {golongan}"
    nip: str = "NIP. {}"
    nip_pppk: str = "NIP. {}"
    nip_groups: str = ""
    underlined: bool = False
    bold: bool = True
    capitals: bool = False
    gap: Points = 44
    align: Literal["left", "center"] = "center"
    level_labels: bool = False
    level_names: bool = True
    alone: bool = False
    swapped: bool = False
    prefix: Literal["", "Plt.", "Plh.", "a.n."] = ""
    place_date: tuple[str, ...] = ("{tempat}, {tanggal}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One agency's form. Lengths are points; ``margins`` are left, top, right, bottom."""

    name: str
    paper: tuple[Points, Points] = A4
    margins: tuple[Points, Points, Points, Points] = (50, 40, 50, 45)
    family: str = "arial"
    size: Points = 9
    leading: float = 1.15
    bold: bool = False
    capitals: bool = False
    letterhead: bool = True
    logo: bool = True
    titles: tuple[str, ...] = ("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",)
    title_size: Points = 11
    labels: tuple[tuple[str, str], ...] = (("Perangkat Daerah", "perangkat_daerah"), ("Jabatan", "jabatan"))
    numbering: Literal["", "1.", "a."] = "1."
    colons_aligned: bool = True
    label_bold: bool = False
    columns: tuple[TemplateColumn, ...] = ()
    number: str = "{}"
    column_numbers: str = ""
    heading_fill: bool = False
    heading_bold: bool = True
    heading_repeated: bool = True
    merged: tuple[str, ...] = ("no", "sasaran")
    hyphenated: bool = False
    rows_split: bool = False
    middle: bool = False
    padding: Points = 3.0
    loose: Points = 0.0
    rule: Points = 0.6
    rules: Literal["full", "horizontal", "none"] = "full"
    page_numbers: bool = False
    signing: Signing = field(default_factory=Signing)


def _columns(*columns: tuple[str, str, float]) -> tuple[TemplateColumn, ...]:
    """Columns from key, heading and share; short values stand in the middle of their cells."""
    short = {"no", "satuan", "target"}
    return tuple(
        TemplateColumn(key, heading, share, "center" if key in short else "left") for key, heading, share in columns
    )


_ALL_MERGED = ("no", "sasaran", "penjelasan", "sumber_data")

TEMPLATES = {
    template.name: template
    for template in (
        Template(
            name="lazim",
            columns=_columns(
                ("no", "No.", 5),
                ("sasaran", "Sasaran Kegiatan", 22),
                ("indikator", "Indikator Kinerja", 26),
                ("penjelasan", "Penjelasan (Formulasi Penghitungan)", 27),
                ("sumber_data", "Sumber Data", 19),
            ),
        ),
        Template(
            name="kinerja_utama",
            paper=F4,
            family="times",
            size=10.5,
            leading=1.1,
            title_size=13,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU", "TAHUN {tahun}"),
            numbering="",
            columns=_columns(
                ("no", "NO", 6),
                ("sasaran", "KINERJA UTAMA", 22),
                ("indikator", "INDIKATOR KINERJA UTAMA", 25),
                ("penjelasan", "CARA PERHITUNGAN", 28),
                ("sumber_data", "SUMBER DATA", 19),
            ),
            number="{}.",
            middle=True,
            signing=Signing(underlined=True, rank="{pangkat}, {golongan}", nip_groups=" ", gap=55),
        ),
        Template(
            name="mendatar",
            paper=(A4[1], A4[0]),
            family="calibri",
            size=10,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU (IKI) TAHUN {tahun}",),
            labels=(("Nama", "nama"), ("Jabatan", "jabatan"), ("Unit Organisasi", "perangkat_daerah")),
            columns=_columns(
                ("sasaran", "SASARAN STRATEGIS", 17),
                ("indikator", "INDIKATOR KINERJA", 19),
                ("satuan", "SATUAN", 8),
                ("target", "TARGET", 7),
                ("penjelasan", "DEFINISI OPERASIONAL", 22),
                ("sumber_data", "SUMBER DATA", 15),
                ("penanggung_jawab", "PENANGGUNG JAWAB", 12),
            ),
            column_numbers="({})",
            heading_repeated=False,
            rows_split=True,
            letterhead=False,
            signing=Signing(second="Atasan Langsung,", first="Yang Membuat,", nip="NIP {}", capitals=True),
        ),
        Template(
            name="kapital",
            paper=F4,
            family="arial narrow",
            size=9.5,
            capitals=True,
            title_size=12,
            labels=(("PERANGKAT DAERAH", "perangkat_daerah"), ("JABATAN", "jabatan")),
            numbering="a.",
            colons_aligned=False,
            columns=_columns(
                ("no", "NO.", 5),
                ("sasaran", "SASARAN KEGIATAN", 21),
                ("indikator", "INDIKATOR KINERJA INDIVIDU", 25),
                ("penjelasan", "FORMULA PENGHITUNGAN", 28),
                ("sumber_data", "SUMBER DATA", 19),
            ),
            merged=_ALL_MERGED,
            padding=1.0,
            signing=Signing(
                second="PIHAK KEDUA", first="PIHAK PERTAMA", capitals=True, bold=False, underlined=True, nip="NIP {}",
                level="Tingkat I",
            ),
        ),
        Template(
            name="tebal",
            paper=LEGAL,
            family="cambria",
            size=10,
            bold=True,
            logo=False,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU", "TAHUN ANGGARAN {tahun}"),
            labels=(("Nama Perangkat Daerah", "perangkat_daerah"), ("Nama Jabatan", "jabatan")),
            label_bold=True,
            columns=_columns(
                ("no", "No", 6),
                ("sasaran", "Sasaran Program / Kegiatan", 21),
                ("indikator", "Indikator Kinerja", 25),
                ("penjelasan", "Penjelasan / Formulasi", 27),
                ("sumber_data", "Sumber Data", 21),
            ),
            column_numbers="{}",
            heading_fill=True,
            merged=_ALL_MERGED,
            rule=1.0,
            signing=Signing(rank="{pangkat} / {golongan}", nip="NIP : {}", nip_groups=" ", level="Tk.I"),
        ),
        Template(
            name="rapat",
            paper=(F4[1], F4[0]),
            margins=(40, 34, 40, 40),
            family="arial narrow",
            size=8,
            leading=1.1,
            title_size=10,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",),
            labels=(("OPD", "perangkat_daerah"), ("JABATAN", "jabatan")),
            columns=_columns(
                ("no", "No.", 4),
                ("sasaran", "Sasaran Kinerja", 18),
                ("indikator", "Indikator Kinerja", 21),
                ("target", "Target {tahun}", 8),
                ("satuan", "Satuan", 8),
                ("penjelasan", "Cara Perhitungan", 25),
                ("sumber_data", "Sumber Data", 16),
            ),
            rows_split=True,
            page_numbers=True,
            padding=2.0,
            rule=0.5,
            signing=Signing(second="Pihak Kedua,", first="Pihak Pertama,", nip_groups=".", level_labels=True, gap=36),
        ),
        Template(
            name="tunggal",
            family="dejavu condensed",
            size=8.5,
            letterhead=False,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU",),
            labels=(("Jabatan", "jabatan"), ("Tugas", "tugas")),
            columns=_columns(
                ("no", "No", 5),
                ("sasaran", "Sasaran", 22),
                ("indikator", "Indikator Kinerja Utama", 25),
                ("penjelasan", "Definisi Operasional dan Formula Penghitungan", 29),
                ("sumber_data", "Sumber Data", 19),
            ),
            loose=9,
            signing=Signing(alone=True, first="Yang menyatakan,", gap=70, bold=False, rank=""),
        ),
        Template(
            name="pelaksana_tugas",
            family="noto",
            size=8.5,
            leading=1.3,
            title_size=11.5,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",),
            labels=(("Satuan Kerja", "perangkat_daerah"), ("Jabatan", "jabatan")),
            numbering="",
            columns=_columns(
                ("no", "NO.", 6),
                ("sasaran", "SASARAN PROGRAM", 22),
                ("indikator", "INDIKATOR KINERJA", 26),
                ("penjelasan", "PENJELASAN", 27),
                ("sumber_data", "SUMBER DATA", 19),
            ),
            middle=True,
            heading_bold=False,
            signing=Signing(
                second="Pejabat Penilai Kinerja,", first="Pegawai yang Dinilai,", prefix="Plt.", nip_groups=".",
                place_date=("Ditetapkan di {tempat}", "pada tanggal {tanggal}"), level_names=False,
            ),
        ),
        Template(
            name="atas_nama",
            paper=F4,
            family="garamond",
            size=11,
            title_size=12.5,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU", "TAHUN {tahun}"),
            labels=(("Perangkat Daerah", "perangkat_daerah"), ("Jabatan", "jabatan"), ("Tugas", "tugas")),
            columns=_columns(
                ("no", "No", 5),
                ("sasaran", "Kinerja Utama", 22),
                ("indikator", "Indikator Kinerja Utama", 24),
                ("penjelasan", "Cara Penghitungan", 28),
                ("sumber_data", "Sumber Data", 20),
            ),
            number="{}.",
            hyphenated=True,
            signing=Signing(prefix="a.n.", align="left", rank="{pangkat} ({golongan})", nip="NIP. {}", gap=60),
        ),
        Template(
            name="sempit",
            family="arial",
            size=9,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",),
            columns=_columns(
                ("no", "No.", 5),
                ("sasaran", "Sasaran Kegiatan", 18),
                ("indikator", "Indikator Kinerja", 24),
                ("penjelasan", "Penjelasan/ Formulasi Penghitungan", 38),
                ("sumber_data", "Sumber Data", 12),
                ("target", "Target", 9),
            ),
            rows_split=True,
            merged=_ALL_MERGED,
            signing=Signing(prefix="Plh.", rank="{pangkat}, {golongan}", nip="NIP. {}", gap=38),
        ),
        Template(
            name="besar",
            paper=F4,
            family="helvetica",
            size=12,
            title_size=14,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",),
            labels=(("SKPD", "perangkat_daerah"), ("Jabatan", "jabatan")),
            columns=_columns(
                ("no", "No.", 6),
                ("sasaran", "Sasaran Kegiatan", 22),
                ("indikator", "Indikator Kinerja", 25),
                ("penjelasan", "Formulasi Penghitungan", 27),
                ("sumber_data", "Sumber Data", 20),
            ),
            merged=("no", "sasaran", "sumber_data"),
            loose=6,
            rule=0.9,
            signing=Signing(swapped=True, rank="{pangkat} ({golongan})", level_labels=True, underlined=True),
        ),
        Template(
            name="berulang",
            family="dejavu serif",
            size=8,
            leading=1.25,
            letterhead=False,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",),
            labels=(("Instansi", "perangkat_daerah"), ("Jabatan", "jabatan")),
            numbering="",
            columns=_columns(
                ("sasaran", "Sasaran Kinerja", 23),
                ("indikator", "Indikator Kinerja Individu", 27),
                ("penjelasan", "Formula / Rumus Perhitungan", 30),
                ("sumber_data", "Sumber Data", 20),
            ),
            merged=(),
            heading_fill=True,
            padding=4,
            signing=Signing(
                second="Menyetujui,\nAtasan Langsung,", first="Pegawai,", nip_pppk="NI PPPK. {}", rank_pppk="{golongan}"
            ),
        ),
        Template(
            name="mendatar_noto",
            paper=(LEGAL[1], LEGAL[0]),
            family="noto serif",
            size=9,
            titles=("{perubahan}INDIKATOR KINERJA INDIVIDU TAHUN {tahun}",),
            columns=_columns(
                ("no", "NO", 5),
                ("sasaran", "SASARAN", 20),
                ("indikator", "INDIKATOR KINERJA", 23),
                ("penjelasan", "PENJELASAN (FORMULASI PENGHITUNGAN)", 28),
                ("sumber_data", "SUMBER DATA", 14),
                ("penanggung_jawab", "PENANGGUNG JAWAB", 13),
            ),
            middle=True,
            merged=("no", "sasaran", "penanggung_jawab"),
            signing=Signing(nip_groups=" ", underlined=True),
        ),
    )
}  # fmt: skip


def typeset(sheet: SheetContent, template: Template) -> PrintedForm:
    """The words of ``sheet`` as ``template`` prints them, and what a reader should make of them (``gold``)."""
    tahun = sheet.tanggal.year
    title = tuple(
        line.format(perubahan="PERUBAHAN " if sheet.perubahan else "", tahun=tahun) for line in template.titles
    )
    said = {
        "perangkat_daerah": sheet.perangkat_daerah,
        "jabatan": sheet.jabatan,
        "nama": sheet.pihak_pertama.nama,
        "tugas": sheet.tugas,
    }
    asked = {key for _, key in template.labels}
    columns = tuple((_key(column, tahun), column.heading.format(tahun=tahun)) for column in template.columns)
    rows = _rows(sheet.rows, template, tahun)
    second, first = sheet.pihak_kedua, sheet.pihak_pertama
    signatures = [_signature("pihak_pertama", template.signing.first, first, template.signing)]
    if not template.signing.alone:
        signatures.append(_signature("pihak_kedua", template.signing.second, second, template.signing))
    day = f"{sheet.tanggal.day} {MONTHS[sheet.tanggal.month - 1]} {tahun}"
    letterhead = (sheet.government, sheet.office, *sheet.address) if template.letterhead else ()
    gold: dict[str, object] = {
        "unit": "",
        "letterhead": list(letterhead),
        "title": " ".join(title),
        "perubahan": title[0].startswith("PERUBAHAN"),
        "tahun": tahun,
        "perangkat_daerah": sheet.perangkat_daerah if "perangkat_daerah" in asked else "",
        "jabatan": sheet.jabatan if "jabatan" in asked else "",
        "columns": [heading for _, heading in columns],
        "rows": [{key: value if value is None else printed(value) for key, value in row.items()} for row in rows],
        "tempat": sheet.tempat,
        "tanggal": sheet.tanggal.isoformat(),
        "tanggal_teks": day,
    }
    gold |= {signature.side: dict(signature.gold) for signature in signatures}
    return PrintedForm(
        letterhead=letterhead,
        title=title,
        labels=tuple(
            (_numeral(template.numbering, i), label, said[key]) for i, (label, key) in enumerate(template.labels)
        ),
        columns=columns,
        rows=rows,
        place_date=tuple(line.format(tempat=sheet.tempat, tanggal=day) for line in template.signing.place_date),
        signatures=tuple(signatures),
        gold=gold,
    )


_PLAIN = {"≤": "<=", "≥": ">=", "÷": ":", "×": "x", "→": "-"}
"""What is typed where a font lacks a sign."""


def _typed(text: str, face: Face) -> str:
    return "".join(_PLAIN.get(letter, letter) if not face.has(letter) else letter for letter in text)


def _key(column: TemplateColumn, tahun: int) -> str:
    known = column.key == "no" or column.key in BASE_COLUMNS
    return column.key if known else column_name(column.heading.format(tahun=tahun))


def _rows(
    rows: tuple[Mapping[str, str | None], ...], template: Template, tahun: int
) -> tuple[dict[str, str | None], ...]:
    """The cells as printed: columns that the template does not merge repeat their text on every row."""
    out: list[dict[str, str | None]] = []
    above: dict[str, str] = {}
    face = Face(template.family, template.size)
    for row in rows:
        full = {key: above.get(key, "") if value is None else value for key, value in row.items()}
        cells: dict[str, str | None] = {}
        for column in template.columns:
            text: str | None = _typed(full[column.key], face)
            if row[column.key] is None and column.key in template.merged:
                text = None
            elif text and column.key == "no":
                text = template.number.format(text)
            elif text and template.capitals:
                text = text.upper()
            cells[_key(column, tahun)] = text
        out.append(cells)
        above = full
    return tuple(out)


def _numeral(style: str, index: int) -> str:
    if not style:
        return ""
    return f"{index + 1}." if style == "1." else f"{'abcdefgh'[index]}."


def _signature(side: str, label: str, person: Person, style: Signing) -> Signature:
    jabatan = person.jabatan
    if side == "pihak_kedua" and style.prefix and person.nip:
        jabatan = f"{style.prefix} {jabatan}" + ("\nSekretaris" if style.prefix == "a.n." else "")
    nama = _capitals(person.nama) if style.capitals else person.nama
    pangkat = nip = ""
    if person.golongan and style.rank:
        shown = person.pangkat.replace("Tk. I", style.level)
        pangkat = (style.rank_pppk if person.pppk else style.rank).format(pangkat=shown, golongan=person.golongan)
    if person.nip:
        parts = person.nip[:8], person.nip[8:14], person.nip[14], person.nip[15:]
        nip = (style.nip_pppk if person.pppk else style.nip).format(style.nip_groups.join(parts))
    gold = {
        "jabatan": printed(jabatan),
        "nama": nama,
        "pangkat": person.pangkat if pangkat else "",
        "golongan": person.golongan if pangkat else "",
        "nip": person.nip,
    }
    return Signature(side, label, jabatan, nama, pangkat, nip, gold)


def _capitals(nama: str) -> str:
    """The name in capitals, its titles as they are."""
    before, bare, after = re.fullmatch(r"((?:(?:dr|drg|Ir|Hj?|Drs|Dra)\. )*)([^,]*)(.*)", nama).groups()  # type: ignore[union-attr]
    return f"{before}{bare.upper()}{after}"

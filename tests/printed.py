"""Raw values and sheets as a perfect reader would leave them, typeset on a grid of equally wide letters."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz.distance import Levenshtein

from iki.model import Box, Document, Frames, Line, Quad, RawRow, RawSheet, RawValue, Reading, Word
from iki.normalize.knowledge import Knowledge

PITCH = 10.0
NOWHERE: Quad = ((0, 0), (1, 0), (1, 1), (0, 1))
RANKS = {
    "III/a": "Penata Muda", "III/b": "Penata Muda Tk. I", "III/c": "Penata", "III/d": "Penata Tk. I",
    "IV/a": "Pembina", "IV/b": "Pembina Tk. I", "IV/c": "Pembina Utama Muda",
}  # fmt: skip
_WORDS = """jumlah dokumen laporan kegiatan keuangan yang disusun tersusunnya perencanaan anggaran daerah perangkat
sesuai aturan berlaku data realisasi kinerja dan kartu kendali administrasi pegawai layanan pertanggungjawaban peraturan
perundang-undangan kepala dinas perpustakaan arsip arsiparis ahli muda sub bagian umum indikator individu tahun
perubahan kabupaten bidang pembinaan pengawasan verifikasi disetujui bulanan"""
WORDS = frozenset(_WORDS.split())


def near(word: str) -> list[str]:
    """Known words one letter away, in the case of ``word``."""
    found = [w for w in sorted(WORDS) if Levenshtein.distance(w, word.lower()) == 1]
    return [w.capitalize() if word[:1].isupper() else w for w in found]


KNOWLEDGE = Knowledge(
    word=lambda word: word.lower() in WORDS,
    ranks=RANKS,
    titles=frozenset(("S.E", "S.Sos", "M.Si", "Drs", "S.IP")),
    near=near,
    abbreviation=lambda word: word.lower() in ("lap", "no"),
)


def frames(
    text: str,
    doubts: Mapping[int, Sequence[tuple[str, float]]] | None = None,
    gaps: Mapping[int, Sequence[tuple[str, float]]] | None = None,
) -> Frames:
    """Frames of a line that reads ``text``, two a letter; ``doubts`` gives letters by index other chances (p > 0).

    ``gaps`` does the same for what may stand after a letter.
    """
    doubts, gaps = doubts or {}, gaps or {}
    others = {letter for pairs in (*doubts.values(), *gaps.values()) for letter, _ in pairs}
    symbols = ("", *sorted((set(text) | others) - {""}))
    at = {symbol: i for i, symbol in enumerate(symbols)}
    table = np.full((2 * len(text), len(symbols)), 1e-6)
    for i, letter in enumerate(text):
        row = table[2 * i]
        row[at[letter]] = 1.0
        for other, chance in doubts.get(i, ()):
            row[at[other]] = chance
        table[2 * i + 1, 0] = 1.0
        for other, chance in gaps.get(i, ()):
            table[2 * i + 1, at[other]] = chance
    table /= table.sum(axis=1, keepdims=True)
    costs = np.clip(np.round(-np.log(table) * 16), 0, 255).astype(np.uint8)
    return Frames(symbols, zlib.compress(costs.tobytes()), 0.0, PITCH / 2)


def reading(text: str, confidence: float = 0.999, engine: str = "iki", seen: Frames | None = None) -> Reading:
    words = tuple(Word(w, Box(0, 0, PITCH * len(w), 20), confidence) for w in text.split())
    return Reading(text, words, confidence, engine, seen)


def line(
    text: str, width: int | None = 60, page: int = 1, confidence: float = 0.999, others: Sequence[Reading] = ()
) -> Line:
    """A line in a measure ``width`` letters wide; ``None``: no geometry, as in a text dump."""
    readings = (reading(text, confidence), *others)
    if width is None:
        return Line(page, None, None, None, readings)
    return Line(page, Box(0, 0, PITCH * len(text), 20), NOWHERE, (0.0, PITCH * width), readings)


def broken(text: str, width: int) -> list[str]:
    """``text`` in lines of at most ``width`` letters, as word processors break it."""
    lines, now = [], ""
    for word in text.split():
        for n, piece in enumerate(re.findall(r"[^-]+-?|-", word)):
            gap = " " if n == 0 and now else ""
            if len(now) + len(gap) + len(piece) <= width:
                now += gap + piece
                continue
            lines += [now] if now else []
            cuts = range(0, len(piece), width)
            lines += [piece[at : at + width] for at in cuts[:-1]]
            now = piece[cuts[-1] :]
    return [*lines, now] if now else lines


def value(text: str, width: int = 60, page: int = 1, confidence: float = 0.999) -> RawValue:
    return RawValue(tuple(line(part, width, page, confidence) for part in broken(text, width)))


FIELDS = {
    "judul": "PERUBAHAN INDIKATOR KINERJA INDIVIDU TAHUN 2023",
    "perangkat_daerah": ": Dinas Perpustakaan dan Arsip",
    "jabatan": ": Arsiparis Ahli Muda",
    "tempat_tanggal": "Teluk Awur, 16 Januari 2023",
    "pihak_kedua_jabatan": "Kepala Dinas Perpustakaan dan Arsip",
    "pihak_kedua_nama": "Drs. WIRA SENTANA, M.Si",
    "pihak_kedua_pangkat_golongan": "Pembina Tingkat I (IV/b)",
    "pihak_kedua_nip": "NIP. 19700412 199503 1 002",
    "pihak_pertama_jabatan": "Arsiparis Ahli Muda",
    "pihak_pertama_nama": "RATRI KUMALA, S.IP",
    "pihak_pertama_pangkat_golongan": "Penata, III/c",
    "pihak_pertama_nip": "NIP. 198506172010012003",
}
ROWS = (
    ("1.", "Tersusunnya dokumen perencanaan", "Jumlah dokumen", "Jumlah dokumen yang disusun", "Laporan, data kinerja"),
    (None, None, "Jumlah laporan keuangan", "Laporan keuangan yang disusun", "Kartu kendali"),
    ("2.", "Layanan administrasi pegawai", "Jumlah layanan", "Layanan yang disetujui", ""),
)
COLUMNS = ("no", "sasaran", "indikator", "penjelasan", "sumber_data")


def sheet(
    ordinal: int = 1, rows: Sequence[Sequence[str | None]] = ROWS, width: int = 20, **changed: str | RawValue
) -> RawSheet:
    """A sheet of an invented agency; ``changed`` replaces fields by their raw name."""
    texts: dict[str, str | RawValue] = {**FIELDS, **changed}
    fields = {name: text if isinstance(text, RawValue) else value(text) for name, text in texts.items()}
    made: list[RawRow] = []
    for row in rows:
        above = made[-1].values if made else {}
        cells = {c: above[c] if text is None else value(text, width) for c, text in zip(COLUMNS, row, strict=True)}
        made.append(RawRow(1, cells))
    return RawSheet(ordinal, ordinal, ordinal, None, fields, tuple(made))


def document(name: str, *sheets: RawSheet) -> Document:
    digest = f"{zlib.crc32(name.encode()):08x}" * 8
    return Document(name, digest, len(sheets), tuple(sheets))

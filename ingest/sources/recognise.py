"""What a file is by its content, whatever its name says."""

from __future__ import annotations

import email
import email.policy
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from iki.ingest.sources.placed_words import is_markup
from iki.ingest.sources.problems import Mail, OtherKind, UnknownKind

Content = Literal["pdf", "tiff", "raster", "teks", "kata", "office"]

_HEAD_BYTES = 1024
_MARKUP_BYTES = 4096
"""Markup may begin with a long head of its own."""
_PDF_WITHIN = 1024
"""A PDF header may stand anywhere in the first 1024 bytes (ISO 32000-1, Annex H)."""
_PDF = b"%PDF-"
_WORDS = (b"BM", b"MZ")
"""Beginnings of a bitmap and a program that a line of text may have, too; but those hold zero bytes in their heads."""
_RASTERS = (
    (0, b"\xff\xd8\xff"), (0, b"\x89PNG\r\n\x1a\n"), (8, b"WEBP"), (0, b"BM"), (0, b"GIF8"),
    (0, b"\0\0\0\x0cjP  "), (0, b"\xff\x4f\xff\x51"),
)  # fmt: skip
_TIFFS = (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")
_STILLS = frozenset((b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"))
_AVIF = frozenset((b"avif", b"avis"))
"""Brands of HEIF pictures (ISO/IEC 23008-12, annex B); an AVIF has one of them beside its own."""
_OTHERS = (
    (0, b"Rar!", "RAR"), (0, b"7z\xbc\xaf", "7-Zip"), (0, b"\x1f\x8b", "gzip"), (0, b"%!PS", "PostScript"),
    (0, b"{\\rtf", "RTF"), (0, b"<!DOC", "HTML"), (0, b"<html", "HTML"), (0, b"\x7fELF", "ELF"), (0, b"MZ", "EXE"),
    (0, b"AT&TFORM", "DjVu"), (4, b"ftyp", "video"),
)  # fmt: skip
_OFFICE = (("word/", "DOCX"), ("xl/", "XLSX"), ("ppt/", "PPTX"))
_OPEN_DOCUMENT = {b"text": "ODT", b"spreadsheet": "ODS", b"presentation": "ODP"}
_OLE = b"\xd0\xcf\x11\xe0"
_OLE_STREAMS = (("__substg1.0_", "Outlook (.msg)"), ("WordDocument", "DOC"), ("Workbook", "XLS"), ("PowerPoint", "PPT"))
_OLE_BYTES = 1 << 20
_MAIL_HEADERS = (
    b"received:", b"return-path:", b"delivered-to:", b"mime-version:", b"message-id:", b"from:", b"x-", b"date:",
    b"subject:",
)  # fmt: skip
_TEXT_SUFFIX = ".txt"
_BOMS = (b"\xff\xfe", b"\xfe\xff", b"\xef\xbb\xbf")
_NAMED = 8
"""Attachments that are named; of the rest only that there are more."""


def content_of(path: Path) -> Content:
    """What a file holds, from its first bytes. Raises ``OSError``, or ``OtherKind``, ``Mail`` or ``UnknownKind``."""
    with path.open("rb") as file:
        head = file.read(_MARKUP_BYTES)
    if is_markup(head):
        return "kata"
    head = head[:_HEAD_BYTES]
    text = path.suffix.lower() == _TEXT_SUFFIX and (b"\0" not in head or head.startswith(_BOMS))
    if kind := _picture(head, text):
        return kind
    if head.startswith(b"PK\x03\x04"):
        return _zipped(path)
    if head.startswith(_OLE):
        return _ole(path)
    others = (what for at, magic, what in _OTHERS if head[at : at + len(magic)] == magic)
    if not (text and head.startswith(_WORDS)) and (other := next(others, None)):
        raise OtherKind(kind=other)
    if text:
        return "teks"
    if head.lower().startswith(_MAIL_HEADERS) and path.suffix.lower() != _TEXT_SUFFIX:
        raise Mail(names=named(_attachments(path)) or "-")
    raise UnknownKind()


def shows_pages(path: Path) -> bool:
    """Whether a file is a PDF, a picture or words in their places by its first bytes, whatever its name; false where it
    can't be read."""
    try:
        with path.open("rb") as file:
            head = file.read(_MARKUP_BYTES)
    except OSError:
        return False
    if is_markup(head):
        return True
    head = head[:_HEAD_BYTES]
    return _picture(head, b"\0" not in head) is not None


def _picture(head: bytes, text: bool) -> Literal["pdf", "tiff", "raster"] | None:
    """The kind of a PDF or picture by its first bytes; a ``text`` may begin with the same words."""
    if head.startswith(_PDF) or (_PDF in head[:_PDF_WITHIN] and not text):
        return "pdf"
    if head[:4] in _TIFFS:
        return "tiff"
    if text and head.startswith(_WORDS):
        return None
    if _brands(head) & (_STILLS | _AVIF) or any(head[at : at + len(magic)] == magic for at, magic in _RASTERS):
        return "raster"
    return None


def is_heif(head: bytes) -> bool:
    """Whether the first bytes are those of a HEIF picture, as telephones store photos (.heic), but not of an AVIF."""
    brands = _brands(head)
    return bool(brands & _STILLS) and not brands & _AVIF


def _brands(head: bytes) -> frozenset[bytes]:
    """The brands that a file of the ISO base media format claims."""
    if head[4:8] != b"ftyp":
        return frozenset()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return frozenset((head[8:12], *(head[i : i + 4] for i in range(16, end, 4))))


def named(names: Sequence[str]) -> str:
    """The names of attachments in one line, the first of them where there are many."""
    return ", ".join((*names[:_NAMED], *("…" for _ in names[_NAMED : _NAMED + 1])))


def _zipped(path: Path) -> Content:
    """A document that an office program can print, in a ZIP archive. Raises ``OtherKind`` for any other archive."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = archive.namelist()
            kind = next((what for folder, what in _OFFICE if any(n.startswith(folder) for n in names)), None)
            if kind is None and "mimetype" in names:
                kind = _OPEN_DOCUMENT.get(archive.read("mimetype")[:80].rpartition(b".")[2].strip())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        raise OtherKind(kind="ZIP") from error
    if kind in ("DOCX", "ODT"):
        return "office"
    raise OtherKind(kind=kind or "ZIP")


def _ole(path: Path) -> Content:
    """A document of an older office program. Raises ``OtherKind`` for what such a program would not print."""
    with path.open("rb") as file:
        data = file.read(_OLE_BYTES)
    kind = next((what for stream, what in _OLE_STREAMS if stream.encode("utf-16-le") in data), "Office")
    if kind == "DOC":
        return "office"
    raise OtherKind(kind=kind)


def _attachments(path: Path) -> list[str]:
    """The names of what is attached to an e-mail."""
    with path.open("rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.compat32)
    return [name for part in message.walk() if (name := part.get_filename())]

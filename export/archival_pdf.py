"""Saving a PDF as PDF/A-2b where it can be one, and reading back what was saved."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pikepdf
import pypdfium2
from pikepdf import pdfa

from iki.export.writing import aside
from iki.messages import Problem

_FLAVOUR = "2b"
_NOT_PRINTED = ("\u00ad", "\ufffe", "\x02", "-")
"""How hyphens at the end of a line come back from a reader."""


class TextLost(Problem):
    """What was saved does not give back the text or the pictures that were put in."""


def save(made: Callable[[], tuple[pikepdf.Pdf, Sequence[str]]], path: Path) -> str:
    """Save a PDF at ``path``, whole or not at all; empty where it became PDF/A-2b, else why it is a plain PDF.

    ``made`` makes the document and tells the text that was put on each of its pages; it is called again for the plain
    PDF, since a document prepared for PDF/A claims to be one. The same document gives the same bytes. Raises
    ``TextLost`` where reading back shows that text or pictures are not as they were put in.
    """
    with aside(path) as draft:
        pdf, texts = made()
        with pdf:
            pictures = _pictures(pdf)
            forbidden = _archived(pdf, draft)
        if forbidden:
            pdf, texts = made()
            with pdf:
                pdf.save(draft, deterministic_id=True)
        _read_back(draft, texts, pictures, path)
    return forbidden


def _archived(pdf: pikepdf.Pdf, path: Path) -> str:
    """Save as PDF/A-2b, without the time of saving; what the document holds that PDF/A forbids, if it does."""
    try:
        pdfa.prepare(pdf, _FLAVOUR)
        with pdf.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            del metadata["xmp:MetadataDate"]
        pdfa.save(pdf, path, _FLAVOUR, repair=False, deterministic_id=True)
    except pdfa.PdfaError as error:
        return error.report.findings[0].message
    return ""


def _read_back(saved: Path, texts: Sequence[str], pictures: Counter[str], path: Path) -> None:
    with pikepdf.open(saved) as pdf:
        if _pictures(pdf) - pictures or pictures - _pictures(pdf) or len(pdf.pages) != len(texts):
            raise TextLost("pdf_pictures_changed", path=path)
    document = pypdfium2.PdfDocument(saved)
    try:
        for number, text in enumerate(texts, start=1):
            found = _characters(document[number - 1].get_textpage().get_text_range()) if text else Counter()
            lost = _characters(text) - found
            if lost:
                raise TextLost("pdf_text_lost", path=path, page=number, count=lost.total())
    finally:
        document.close()


def _characters(text: str) -> Counter[str]:
    return Counter(c for c in text if not c.isspace() and c not in _NOT_PRINTED)


def _pictures(pdf: pikepdf.Pdf) -> Counter[str]:
    """Digests of the pictures that pages can paint: of their own coding (JPEG, fax), or of the samples of losslessly
    packed ones, which may be packed otherwise."""
    images = {image.objgen: image for page in pdf.pages for image in page.get_images().values()}
    return Counter(map(_digest, images.values()))


def _digest(image: pikepdf.Object) -> str:
    try:
        data = image.read_bytes(pikepdf.StreamDecodeLevel.generalized)
    except pikepdf.PdfError:
        data = image.read_raw_bytes()
    return hashlib.sha256(data).hexdigest()

"""Documents of office programs (DOCX, ODT, DOC), printed to PDF by LibreOffice where that is installed."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

from iki.ingest.sources.page import Kind, Parcel
from iki.ingest.sources.pdf import PdfFile
from iki.ingest.sources.problems import Damaged, NoOffice, SourceProblem
from iki.ingest.sources.settings import SourceSettings

_PROGRAMS = ("soffice", "libreoffice")


class OfficeFile:
    """A document as the pages that LibreOffice prints of it.

    Opening raises ``NoOffice`` where LibreOffice is not installed, ``Damaged`` where it can make nothing of the file.
    """

    kind: Kind = "pdf"
    note: SourceProblem | None = None

    def __init__(self, path: Path, settings: SourceSettings) -> None:
        program = next((found for name in _PROGRAMS if (found := shutil.which(name))), None)
        if program is None:
            raise NoOffice(kind=path.suffix.lstrip(".").upper() or "Office")
        self._folder = tempfile.TemporaryDirectory(prefix="iki-")
        try:
            self._pdf = PdfFile(_printed(program, path, Path(self._folder.name), settings))
        except BaseException:
            self._folder.cleanup()
            raise
        self.pages = self._pdf.pages

    def parcel(self, number: int) -> Parcel:
        """Page ``number`` as a PDF of one page. Raises ``PageDamaged``."""
        return self._pdf.parcel(number)

    def close(self) -> None:
        """Give the printed copy back."""
        self._pdf.close()
        self._folder.cleanup()


def _printed(program: str, path: Path, folder: Path, settings: SourceSettings) -> Path:
    """Print a document into an empty folder. Macros, links and the user's own settings have no say in it."""
    copy = folder / "naskah"  # without a suffix LibreOffice goes by the content
    shutil.copyfile(path, copy)
    command = [
        program, f"-env:UserInstallation={(folder / 'profil').as_uri()}", "--headless", "--norestore",
        "--convert-to", "pdf", "--outdir", str(folder / "cetak"), str(copy),
    ]  # fmt: skip
    try:
        subprocess.run(command, capture_output=True, check=True, timeout=settings.office_seconds)
    except (OSError, subprocess.SubprocessError) as error:
        raise Damaged() from error
    printed = folder / "cetak" / "naskah.pdf"
    if not printed.is_file():
        raise Damaged()
    return printed

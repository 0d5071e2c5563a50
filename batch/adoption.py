"""Tables that stand in a folder and their ledger: what is there that the ledger does not know, and taking it in."""

from __future__ import annotations

from pathlib import Path

from iki.batch.ledger import Adopted, FileRecord, Ledger
from iki.batch.problems import NotAdopted, writing
from iki.export.schema import FileRow
from iki.export.swap import settle
from iki.export.tables import SheetRows, read_files, read_rows
from iki.messages import Problem, written


def check(ledger: Ledger, out: Path, *, adopting: bool = False) -> None:
    """See to it that no file that the tables of ``out`` hold is unknown to the ledger: writing them would lose it.

    With ``adopting`` such files are taken into the ledger as they stand; without, raises ``NotAdopted``. Raises
    ``Problem`` where there are tables that cannot be read.
    """
    with writing(out):
        settle(out)
    unknown = strangers(ledger, out)
    if not unknown:
        return
    if not adopting:
        raise NotAdopted(path=out, count=len(unknown), name=unknown[0].berkas)
    adopt(ledger, out, unknown)


def strangers(ledger: Ledger, out: Path) -> list[FileRow]:
    """The rows of ``berkas.csv`` that the ledger knows nothing of, by name and content."""
    known = {(record.name, record.sha256) for record, _ in ledger.files()} | ledger.departed()
    return [file for file in read_files(out) if (file.berkas, file.sha256) not in known]


def adopt(ledger: Ledger, out: Path, files: list[FileRow]) -> None:
    """Take ``files`` and their sheets into the ledger, as the tables of ``out`` tell them.

    A content that the ledger knows under a name that the tables do not know takes the name that they have.
    """
    if not files:
        return
    sheets: dict[str, list[SheetRows]] = {}
    for sheet in read_rows(out)[0]:
        sheets.setdefault(sheet.sheet["sha256"], []).append(sheet)
    standing = {file.berkas for file in read_files(out)}
    known = [record for record, _ in ledger.files()]
    names = {record.name for record in known}
    astray = {record.sha256: record.name for record in known if record.sha256 and record.name not in standing}
    for file in files:
        if file.sha256 in astray and file.berkas not in names:
            ledger.rename({astray.pop(file.sha256): file.berkas})
            continue
        if not file.sha256:
            ledger.put_file(FileRecord(file.berkas, "", problem=Problem("batch_said", text=file.pesan)))
            continue
        if ledger.content(file.sha256) is None:
            ledger.adopt(Adopted(file.sha256, _unmarked(file), sheets.get(file.sha256, [])))
        ledger.put_file(FileRecord(file.berkas, file.sha256))


def _unmarked(file: FileRow) -> FileRow:
    """``file`` without the remark that it was taken over, should it have been taken over before."""
    pesan = file.pesan.removesuffix(written("batch_adopted")).rstrip()
    return FileRow(file.berkas, file.sha256, file.halaman, file.sheet, file.status, pesan, file.detik)

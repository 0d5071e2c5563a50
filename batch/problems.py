"""What can go wrong with a run, or with a page in a worker's hands."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from iki.messages import Problem

_REASON = 200
"""Characters of a foreign message worth repeating."""


def unforeseen(error: Exception) -> str:
    """What an error that nobody foresaw says of itself, for the ``reason`` of a problem."""
    return f"{type(error).__name__}: {error}"[:_REASON]


class BatchProblem(Problem):
    """A run that cannot begin or go on; what was finished stands in the ledger."""

    KEY: ClassVar[str]

    def __init__(self, key: str = "", /, **values: object) -> None:
        super().__init__(key or self.KEY, **values)


class Busy(BatchProblem):
    """Another run works on the same folder."""

    KEY = "batch_busy"


class LedgerUnusable(BatchProblem):
    """The ledger is damaged, or of a later version of this program."""

    KEY = "batch_ledger_unusable"


class LedgerNewer(LedgerUnusable):
    """The ledger is of a later version of this program."""

    KEY = "batch_ledger_newer"


class NotDecisions(BatchProblem):
    """A file is none that decisions were written into."""

    KEY = "batch_not_decisions"


class ReadingLost(BatchProblem):
    """The stored readings of some files are lost or damaged; ``names`` of these files, to be read again."""

    KEY = "batch_reading_lost"

    def __init__(self, names: Sequence[str], out: Path) -> None:
        super().__init__(count=len(names), name=names[0], out=out)
        self.names = frozenset(names)


class NotAdopted(BatchProblem):
    """Tables hold files that the ledger does not know."""

    KEY = "batch_not_adopted"


class DiskFull(BatchProblem):
    """No room for the ledger or the tables."""

    KEY = "batch_disk_full"
    exit_code = 4


class NotWritable(BatchProblem):
    """The output folder cannot be written to."""

    KEY = "batch_not_writable"
    exit_code = 4


@contextmanager
def writing(out: Path) -> Iterator[None]:
    """Turn what the system says while ``out`` is written to into ``DiskFull`` or ``NotWritable``."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            raise DiskFull(path=out) from error
        raise NotWritable(path=out, reason=error.strerror or str(error)) from error


class ClusterUnavailable(BatchProblem):
    """No Dask scheduler at the address given, or it was lost, or has no workers."""

    KEY = "batch_cluster_unavailable"


class ClusterMissing(BatchProblem):
    """``distributed`` is not installed."""

    KEY = "batch_cluster_missing"


class ClusterCertificates(BatchProblem):
    """An address ``tls://…`` without the certificates that it needs, or certificates without such an address."""

    KEY = "batch_cluster_certificates"


class ClusterDiffers(BatchProblem):
    """A worker of the cluster has another version of this program or of its engines."""

    KEY = "batch_cluster_differs"


class Interrupted(BatchProblem):
    """Ctrl-C, or a polite signal: the next run goes on from here."""

    KEY = "batch_interrupted"


class PageProblem(BatchProblem):
    """A page that could not be read for reasons of the moment: the next run tries again."""

    transient: ClassVar[bool] = True


class WorkerDied(PageProblem):
    """The process that read this page died, twice."""

    KEY = "batch_worker_died"


class PageTooLong(PageProblem):
    """Reading took longer than a page may, twice."""

    KEY = "batch_page_too_long"


class PageTooBig(PageProblem):
    """Reading needed more memory than a worker may have."""

    KEY = "batch_page_too_big"


class PageUnexpected(PageProblem):
    """Reading failed in a way that nobody foresaw: a bug."""

    KEY = "batch_page_unexpected"


class OpeningDied(PageProblem):
    """Opening the file killed the process that did it, or took too long."""

    KEY = "batch_opening_died"


class OpeningTooBig(PageProblem):
    """Opening the file needed more memory than a process may have."""

    KEY = "batch_opening_too_big"


class FileUnexpected(PageProblem):
    """A file, or its pages put together, failed in a way that nobody foresaw: a bug."""

    KEY = "batch_file_unexpected"


class SheetTooLong(PageProblem):
    """Reading a sheet of a text dump took longer than it may, twice."""

    KEY = "batch_sheet_too_long"


class SheetDied(PageProblem):
    """The process that read this sheet of a text dump died, twice."""

    KEY = "batch_sheet_died"


class SheetTooBig(PageProblem):
    """Reading a sheet of a text dump needed more memory than a worker may have."""

    KEY = "batch_sheet_too_big"


class SheetUnexpected(PageProblem):
    """Reading a sheet of a text dump failed in a way that nobody foresaw: a bug."""

    KEY = "batch_sheet_unexpected"


@dataclass(frozen=True, slots=True)
class PageUnit:
    """A page as its problems name it."""

    page: int

    def too_long(self, limit: float) -> PageProblem:
        return PageTooLong(page=self.page, limit=limit)

    def died(self) -> PageProblem:
        return WorkerDied(page=self.page)

    def too_big(self) -> PageProblem:
        return PageTooBig(page=self.page)

    def unexpected(self, reason: str) -> PageProblem:
        return PageUnexpected(page=self.page, reason=reason)


@dataclass(frozen=True, slots=True)
class SheetUnit:
    """A sheet of a text dump as its problems name it: its ordinal, the numbers of its ``first`` and ``last`` line."""

    sheet: int
    first: int
    last: int

    def too_long(self, limit: float) -> PageProblem:
        return SheetTooLong(sheet=self.sheet, first=self.first, last=self.last, limit=limit)

    def died(self) -> PageProblem:
        return SheetDied(sheet=self.sheet, first=self.first, last=self.last)

    def too_big(self) -> PageProblem:
        return SheetTooBig(sheet=self.sheet, first=self.first, last=self.last)

    def unexpected(self, reason: str) -> PageProblem:
        return SheetUnexpected(sheet=self.sheet, first=self.first, last=self.last, reason=reason)


Unit = PageUnit | SheetUnit

"""Under which names the files of a run stand in the tables: by where they lie and by what they hold.

A file is known by its path; what lies there now may be other content (replaced). A content that lies elsewhere, and no
longer where it was, was moved or renamed and takes its rows along. Two files that would bear one name are told apart by
a suffix that stays (``scan.jpg~2``).
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from itertools import count

from iki.batch.events import FileNamed
from iki.batch.ledger import FileRecord, Ledger
from iki.ingest.sources import Source

_SUFFIXED = re.compile(r"(.+)~[0-9]+", re.DOTALL)


def plain(name: str) -> str:
    """A name without the suffix that tells it from another of the same name."""
    found = _SUFFIXED.fullmatch(name)
    return found.group(1) if found else name


def place(source: Source) -> str:
    """Where a file lies, whole and without links; bytes that are no UTF-8 as ``backslashreplace`` has them."""
    return os.fsencode(os.path.realpath(source.path)).decode("utf-8", "backslashreplace")


class Names:
    """The names of the files in a ledger, kept up to date while a run goes over its sources."""

    def __init__(self, ledger: Ledger, found: Sequence[Source], tell: Callable[[FileNamed], object]) -> None:
        """Files that lie where they lay take the names that this run gives them, all at once."""
        self._ledger, self._tell = ledger, tell
        self._files = {record.name: record for record, _ in ledger.files()}
        self._places = {record.path: name for name, record in self._files.items() if record.path}
        wanted = {self._places[p]: s.name for s in found if (p := place(s)) in self._places}
        changed = {old: new for old, new in wanted.items() if new not in (old, plain(old))}
        self._here = {place(source) for source in found}
        for old, new in self._rename(changed).items():
            self._tell(FileNamed(new, old, "renamed"))

    def known(self, source: Source) -> str:
        """The name of a file by its place alone; the one that it would bear where nothing is known of the place."""
        return self._places.get(place(source), source.name)

    def settle(self, source: Source, sha256: str) -> str:
        """The name of a file that holds ``sha256`` (empty: that could not be found out)."""
        path = place(source)
        if path in self._places:
            name = self._places[path]
            before = self._files[name]
            if sha256 and before.sha256 and before.sha256 != sha256:
                self._tell(FileNamed(name, name, "replaced"))
        else:
            name = self._new(source.name, sha256)
        self._places[path] = name
        known = self._files.get(name)
        self._files[name] = FileRecord(name, sha256 or (known.sha256 if known else ""), path=path)
        return name

    def _new(self, wanted: str, sha256: str) -> str:
        """The name of a file at a place where none was before."""
        moved = [r.name for r in self._files.values() if sha256 and r.sha256 == sha256 and not self._is_there(r)]
        alike = [name for name in moved if plain(name) == wanted]
        if alike:
            return alike[0]
        unclaimed = self._files.get(wanted)
        if unclaimed is not None and not unclaimed.path and not (sha256 and unclaimed.sha256):
            return wanted
        if moved:
            name = self._rename({moved[0]: wanted})[moved[0]]
            self._tell(FileNamed(name, moved[0], "renamed"))
            return name
        name = self._free(wanted)
        if name != wanted:
            self._tell(FileNamed(name, wanted, "suffixed"))
        return name

    def _is_there(self, record: FileRecord) -> bool:
        return bool(record.path) and (record.path in self._here or os.path.lexists(record.path))

    def _free(self, wanted: str) -> str:
        if wanted not in self._files:
            return wanted
        return next(name for number in count(2) if (name := f"{wanted}~{number}") not in self._files)

    def _rename(self, names: dict[str, str]) -> dict[str, str]:
        """Give files other names (old → wanted); gives the names that they got."""
        if not names:
            return {}
        moving = {old: self._files.pop(old) for old in names}
        given: dict[str, str] = {}
        for old, record in moving.items():
            given[old] = new = self._free(names[old])
            self._files[new] = FileRecord(new, record.sha256, path=record.path)
            if record.path:
                self._places[record.path] = new
        self._ledger.rename(given)
        return given

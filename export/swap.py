"""Several files of a folder replaced at one moment, so that no reader and no crash ever meets half of them new.

The files are written aside, then each name in the folder becomes a symbolic link that leads through one further link to
the file as it was. Turning that one link over, a single rename, makes all of them new. Then plain files take the places
of the links. Whatever ends the work in between, every name reads old, or every name reads new.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from filecmp import cmp
from pathlib import Path

LINK, OLD, NEW = ".iki-tables", ".iki-tables-old", ".iki-tables-new"
"""The link that is turned over, and the two folders that it can lead to."""
_DRAFT = ".iki-tables-draft"


@contextmanager
def replaced_together(folder: Path) -> Iterator[Path]:
    """An empty folder to write files into; at the end they take the places of their namesakes in ``folder``, together.

    Files that came out as they stand there are not touched. ``OSError`` passes through, and so does what the caller
    raises; ``folder`` is then as it was.
    """
    settle(folder)
    new = folder / NEW
    new.mkdir()
    try:
        yield new
        names = sorted(path.name for path in new.iterdir())
        changed = [n for n in names if not ((folder / n).is_file() and cmp(new / n, folder / n, shallow=False))]
        if changed:
            _swap(folder, changed)
    finally:
        settle(folder)


def settle(folder: Path) -> None:
    """Finish, or take back, what an interrupted replacement left in ``folder``; nothing where there is nothing."""
    link = folder / LINK
    if link.is_symlink():
        side = folder / link.readlink()
        for path in list(folder.iterdir()):
            if path.is_symlink() and path.readlink() == Path(LINK, path.name):
                if (side / path.name).is_file():
                    _copy(side / path.name, folder / _DRAFT)
                    (folder / _DRAFT).replace(path)
                else:
                    path.unlink()
        _sync(folder)
        link.unlink()
    for leftover in (OLD, NEW):
        shutil.rmtree(folder / leftover, ignore_errors=True)
    (folder / _DRAFT).unlink(missing_ok=True)


def _swap(folder: Path, names: Sequence[str]) -> None:
    for name in names:
        _sync(folder / NEW / name)
    _sync(folder / NEW)
    (folder / OLD).mkdir()
    for name in names:
        with suppress(FileNotFoundError):
            _copy(folder / name, folder / OLD / name)
    _sync(folder / OLD)
    _lead(folder / LINK, Path(OLD))
    for name in names:
        _lead(folder / name, Path(LINK, name))
    _sync(folder)
    _lead(folder / LINK, Path(NEW))
    _sync(folder)


def _lead(path: Path, target: Path) -> None:
    """Make ``path`` a link to ``target``, whatever it was before, in one step."""
    draft = path.with_name(_DRAFT)
    draft.unlink(missing_ok=True)
    draft.symlink_to(target)
    draft.replace(path)


def _copy(path: Path, target: Path) -> None:
    """The same file under a further name; a real copy where the file system has no such names."""
    target.unlink(missing_ok=True)
    try:
        target.hardlink_to(path)
    except FileNotFoundError:
        raise
    except OSError:
        shutil.copy2(path, target)
        _sync(target)


def _sync(path: Path) -> None:
    """Have the disk keep a file, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)

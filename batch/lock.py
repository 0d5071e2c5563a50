"""One run at a time on a folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iki.batch.problems import Busy, writing

FILE = "lock"
_POLL_SECONDS = 0.2
_PID_DIGITS = 20


@contextmanager
def exclusive(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of ``folder``; the system lets go of it when this process ends, however it ends.

    Raises ``Busy`` when another process still holds it after ``seconds``, ``NotWritable`` where no lock can be made.
    """
    with writing(folder.parent):
        private_folder(folder)
        private_file(folder / FILE)
        file = (folder / FILE).open("a+")
    with file:
        deadline = time.monotonic() + seconds
        while not _locked(file.fileno()):
            if time.monotonic() >= deadline:
                file.seek(0)
                raise Busy(path=folder.parent, process=file.read(_PID_DIGITS).strip() or "?")
            time.sleep(_POLL_SECONDS)
        with writing(folder.parent):
            file.truncate(0)
            file.write(f"{os.getpid()}\n")
            file.flush()
        yield


def private_folder(folder: Path) -> None:
    """Have a folder that only its owner may enter: readings name people."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)


def private_file(path: Path) -> None:
    """Have a file, empty if it is new, that only its owner may read."""
    path.touch(0o600)
    path.chmod(0o600)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

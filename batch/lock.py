"""One run at a time on a folder."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iki.batch.problems import Busy, NotWritable

FILE = "lock"
_POLL_SECONDS = 0.2
_PID_DIGITS = 20


@contextmanager
def exclusive(folder: Path, seconds: float) -> Iterator[None]:
    """Hold the lock of ``folder``; the system lets go of it when this process ends, however it ends.

    Raises ``Busy`` when another process still holds it after ``seconds``, ``NotWritable`` where no lock can be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        file = (folder / FILE).open("a+")
    except OSError as error:
        raise NotWritable(path=folder.parent, reason=error.strerror or str(error)) from error
    with file:
        deadline = time.monotonic() + seconds
        while not _locked(file.fileno()):
            if time.monotonic() >= deadline:
                file.seek(0)
                raise Busy(path=folder.parent, process=file.read(_PID_DIGITS).strip() or "?")
            time.sleep(_POLL_SECONDS)
        file.truncate(0)
        file.write(f"{os.getpid()}\n")
        file.flush()
        yield


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""How a process of ours is kept in bounds."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from multiprocessing import connection
from typing import NoReturn

_ONE_THREAD = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_EXIT_LOST = 3


def prepare(memory_bytes: int) -> None:
    """Make this process a worker: one thread, a ceiling on its memory, and no life of its own.

    ``memory_bytes`` bounds private data (``RLIMIT_DATA``), for programs that it starts as well. The process ends with
    its parent, however that one ends; Ctrl-C is left to the parent.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    for variable in _ONE_THREAD:
        os.environ[variable] = "1"
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> NoReturn:
    connection.wait([sentinel])
    os._exit(_EXIT_LOST)

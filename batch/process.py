"""How processes of ours are started and kept in bounds."""

from __future__ import annotations

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from multiprocessing import connection, forkserver
from multiprocessing.context import BaseContext
from typing import NoReturn

_PRELOADED = ["__main__", "iki.batch.opener", "iki.batch.work"]
"""What every process of ours needs, imported once; none of it starts a thread or loads a model."""
_ONE_THREAD = ("OMP_NUM_THREADS", "OMP_THREAD_LIMIT", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_EXIT_LOST = 3


@cache
def nursery() -> BaseContext:
    """Where processes of ours come from: a fork server that has done the imports, so that a new one costs little.

    Libraries there, and in whatever its processes start, use one thread each: workers, not threads, fill the cores.
    """
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    with _environment(dict.fromkeys(_ONE_THREAD, "1")):
        forkserver.ensure_running()
    return context


@contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def prepare(memory_bytes: int) -> None:
    """Make this process a worker, with a ceiling on its memory and no life of its own.

    ``memory_bytes`` bounds private data (``RLIMIT_DATA``), for programs that it starts as well. The process ends with
    the driver, however that one ends; Ctrl-C is left to the driver.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    driver = multiprocessing.parent_process()
    if driver is not None:
        threading.Thread(target=_follow, args=(driver.sentinel,), daemon=True).start()


def _follow(sentinel: int) -> NoReturn:
    connection.wait([sentinel])
    os._exit(_EXIT_LOST)

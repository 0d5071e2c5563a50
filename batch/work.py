"""What a worker process does: read one page that came as bytes.

This module is imported by every worker, here or on a cluster; it loads the engines on the first page only.
"""

from __future__ import annotations

import faulthandler
import resource
import threading
import time
import traceback
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from iki.batch.problems import ClusterDiffers, PageTooBig, PageUnexpected, unforeseen
from iki.ingest.sources import PageImage, Parcel, SourceSettings, picture
from iki.messages import Problem
from iki.model import Page

if TYPE_CHECKING:
    from iki.ingest.ocr.engines import EngineName

ReadPage = Callable[[PageImage, "EngineName"], Page]
"""Picture → page. Must be a module's function, so that it can be found in another process."""

_ONE_PAGE = threading.Lock()
"""A Dask worker may have several threads; limits on time and memory are those of a process."""
_NO_MEMORY = ("insufficient memory", "bad_alloc", "failed to allocate", "cannot allocate memory", "out of memory")


@dataclass(frozen=True, slots=True)
class Guard:
    """What a worker that is not ours to watch must see to itself.

    ``expected`` is the configuration that the driver has, ``digest`` tells that of the worker; ``seconds`` ends the
    whole process when a page takes longer.
    """

    expected: str
    digest: Callable[[EngineName, SourceSettings], str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Task:
    """One page to read, with all that it takes. ``guard`` is for workers on a cluster only."""

    parcel: Parcel
    engine: EngineName
    sources: SourceSettings
    read: ReadPage
    guard: Guard | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """``body`` (zlib-compressed JSON of a ``Page``) or the ``problem``; what it took, and the process' peak so far.

    ``seconds`` by the clock, ``cpu`` seconds with those of child processes, ``peak`` bytes of resident memory.
    """

    body: bytes | None
    problem: Problem | None
    transient: bool
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    trace: str = ""


def read(task: Task) -> Result:
    """Read one page. Never raises for what the page holds: the result tells."""
    with _ONE_PAGE:
        if task.guard is None:
            return _read(task)
        faulthandler.dump_traceback_later(task.guard.seconds, exit=True)
        try:
            return _read(task)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _read(task: Task) -> Result:
    start, cpu = time.perf_counter(), _cpu()
    body, problem, transient, trace = None, None, False, ""
    try:
        if task.guard is not None and task.guard.digest(task.engine, task.sources) != task.guard.expected:
            raise ClusterDiffers()
        import cv2  # noqa: PLC0415 - only after the limits of this process are set

        cv2.setNumThreads(1)
        page = task.read(picture(task.parcel, task.sources), task.engine)
        body = zlib.compress(msgspec.json.encode(page))
    except Problem as error:
        problem, transient = error, getattr(error, "transient", True)
    except Exception as error:  # whatever it is, it must not take other pages with it
        transient = True
        if _is_memory(error):
            problem = PageTooBig(page=task.parcel.number)
        else:
            trace = traceback.format_exc()
            problem = PageUnexpected(page=task.parcel.number, reason=unforeseen(error))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Result(body, problem, transient, time.perf_counter() - start, _cpu() - cpu, peak, trace)


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _NO_MEMORY)


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

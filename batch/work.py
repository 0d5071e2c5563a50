"""What a worker process does: read one page or one sheet of a text dump that came as bytes.

This module is imported by every worker, here or on a cluster; it loads the engines on the first page only.
"""

from __future__ import annotations

import faulthandler
import pickle
import resource
import threading
import time
import traceback
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from iki.batch.problems import ClusterDiffers, Unit, unforeseen
from iki.ingest.sources import PageImage, Parcel, PlacedPage, SourceSettings, picture
from iki.messages import Problem
from iki.model import Page, RawSheet

if TYPE_CHECKING:
    from iki.ingest.ocr.engines import EngineName

ReadPage = Callable[[PageImage | PlacedPage, "EngineName"], Page]
"""Picture, or words in their places → page. Must be a module's function, so that it can be found in another process."""
DraftSheets = Callable[[Sequence[Any]], tuple[Sequence[Any], Any]]
"""Neighbouring sheets of a text dump → a draft of each, and what they say of one another. As ``ReadPage``."""
ReadSheet = Callable[[Any, Any, int], RawSheet]
"""Draft of a sheet, what its neighbours say, ordinal → sheet. As ``ReadPage``."""

_ONE_TASK = threading.Lock()
"""A Dask worker may have several threads; limits on time and memory are those of a process."""
_NO_MEMORY = ("insufficient memory", "bad_alloc", "failed to allocate", "cannot allocate memory", "out of memory")


@dataclass(frozen=True, slots=True)
class Guard:
    """What a worker that is not ours to watch must see to itself.

    ``expected`` is the configuration that the driver has, ``digest`` tells that of the worker; ``seconds`` ends the
    whole process when a task takes longer.
    """

    expected: str
    digest: Callable[[], str]
    seconds: float


@dataclass(frozen=True, slots=True)
class PageTask:
    """One page to read, with all that it takes: gives zlib-compressed JSON of a ``Page``."""

    parcel: Parcel
    engine: EngineName
    sources: SourceSettings
    read: ReadPage

    def run(self) -> bytes:
        import cv2  # noqa: PLC0415 - only after the limits of this process are set

        cv2.setNumThreads(1)
        return zlib.compress(msgspec.json.encode(self.read(picture(self.parcel, self.sources), self.engine)))


@dataclass(frozen=True, slots=True)
class DraftTask:
    """Neighbouring sheets of a text dump to draft: gives a pickle of their drafts and of what they say of one another,
    each a pickle of its own, which the driver hands on as it is."""

    sheets: Sequence[object]
    draft: DraftSheets

    def run(self) -> bytes:
        drafts, tally = self.draft(self.sheets)
        return pickle.dumps(([pickle.dumps(draft) for draft in drafts], pickle.dumps(tally)))


@dataclass(frozen=True, slots=True)
class SheetTask:
    """One sheet of a text dump to read by its draft: gives zlib-compressed JSON of a ``RawSheet``."""

    draft: bytes
    tally: bytes
    ordinal: int
    read: ReadSheet

    def run(self) -> bytes:
        sheet = self.read(pickle.loads(self.draft), _unpickled(self.tally), self.ordinal)
        return zlib.compress(msgspec.json.encode(sheet))


@lru_cache(maxsize=2)
def _unpickled(tally: bytes) -> object:
    """The same tally serves many sheets."""
    return pickle.loads(tally)


Task = PageTask | DraftTask | SheetTask


@dataclass(frozen=True, slots=True)
class Result:
    """``body`` (as the task says) or the ``problem``; what it took, and the process' peak so far.

    ``seconds`` by the clock, ``cpu`` seconds with those of child processes, ``peak`` bytes of resident memory.
    """

    body: bytes | None
    problem: Problem | None
    transient: bool
    seconds: float = 0.0
    cpu: float = 0.0
    peak: int = 0
    trace: str = ""


def run(task: Task, unit: Unit, guard: Guard | None = None) -> Result:
    """Do one task. Never raises for what its ``unit`` holds: the result tells. ``guard`` is for a cluster's workers."""
    with _ONE_TASK:
        if guard is None:
            return _run(task, unit)
        faulthandler.dump_traceback_later(guard.seconds, exit=True)
        try:
            if guard.digest() != guard.expected:
                return Result(None, ClusterDiffers(), True)
            return _run(task, unit)
        finally:
            faulthandler.cancel_dump_traceback_later()


def _run(task: Task, unit: Unit) -> Result:
    start, cpu = time.perf_counter(), _cpu()
    body, problem, transient, trace = None, None, False, ""
    try:
        body = task.run()
    except Problem as error:
        problem, transient = error, getattr(error, "transient", True)
    except Exception as error:  # whatever it is, it must not take other pages with it
        transient = True
        if _is_memory(error):
            problem = unit.too_big()
        else:
            trace = traceback.format_exc()
            problem = unit.unexpected(unforeseen(error))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return Result(body, problem, transient, time.perf_counter() - start, _cpu() - cpu, peak, trace)


def _is_memory(error: Exception) -> bool:
    return isinstance(error, MemoryError) or any(sign in str(error).lower() for sign in _NO_MEMORY)


def _cpu() -> float:
    own, children = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime

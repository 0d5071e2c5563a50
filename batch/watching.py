"""A folder watched: what is put into it is converted as soon as it is whole, and the tables stay current."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer

from iki.batch.conversion import convert_files
from iki.batch.events import Listener, Outcome, silent
from iki.batch.interruption import interruptible
from iki.batch.problems import Interrupted
from iki.batch.settings import BatchSettings
from iki.batch.stages import ROOMS, Rooms
from iki.ingest.sources import Source, State, find, state
from iki.messages import Problem

_NEVER: State = (-1, -1, -1)
"""A state that no file has."""


@dataclass(frozen=True, slots=True)
class WatchSettings:
    """How patiently a folder is watched."""

    settle_seconds: float = 3.0
    """Seconds for which a file must not have changed before it counts as copied completely."""
    poll_seconds: float = 0.5
    """Seconds between two looks while a file is still changing."""
    rescan_seconds: float = 60.0
    """Seconds after which the folder is walked again unasked: network drives report no changes."""
    lock_seconds: float = 3600.0
    """Seconds to wait while another run works on the same output folder."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file as last seen, and since when (monotonic seconds) it has been like that. ``state`` None: unreadable."""

    state: State | None
    since: float


def watch(
    sources: Sequence[Path],
    out: Path,
    settings: BatchSettings | None = None,
    listener: Listener = silent,
    rooms: Rooms = ROOMS,
    *,
    pace: WatchSettings | None = None,
    stop: threading.Event | None = None,
    finished: Callable[[Outcome], object] = lambda outcome: None,
) -> None:
    """Convert ``sources`` into ``out`` whenever something in them is new and whole, until ``stop`` is set.

    ``finished`` is called after each round. Raises what ``convert`` raises, so ``Interrupted`` after Ctrl-C.
    """
    pace, stop = pace or WatchSettings(), stop or threading.Event()
    settings = replace(settings or BatchSettings(), lock_seconds=pace.lock_seconds)
    news = threading.Event()
    observer = Observer()
    for folder in sorted({(source if source.is_dir() else source.parent).resolve() for source in sources}):
        observer.schedule(_Bell(news, out), str(folder), recursive=True)
    observer.start()
    try:
        with interruptible():
            _rounds(sources, out, settings, listener, rooms, pace, stop, news, finished)
    except KeyboardInterrupt:
        raise Interrupted("batch_watch_ended", out=out) from None
    finally:
        observer.stop()
        observer.join()


def _rounds(
    sources: Sequence[Path], out: Path, settings: BatchSettings, listener: Listener, rooms: Rooms, pace: WatchSettings,
    stop: threading.Event, news: threading.Event, finished: Callable[[Outcome], object],
) -> None:  # fmt: skip
    seen: dict[Source, _Seen] = {}
    converted: dict[Source, State | None] = {}
    while not stop.is_set():
        news.clear()
        seen = _look(find(sources, excluding=[out]), seen)
        now = time.monotonic()
        whole = {source: s.state for source, s in seen.items() if now - s.since >= pace.settle_seconds}
        if any(converted.get(source, _NEVER) != current for source, current in whole.items()):
            finished(convert_files(list(whole), sources, out, settings, listener, rooms))
            converted.update(whole)
            settings = replace(settings, force=False)
            continue
        settled = len(whole) == len(seen)
        _wait(news, stop, pace.rescan_seconds if settled else pace.poll_seconds, pace.poll_seconds)


def _look(found: Sequence[Source], before: dict[Source, _Seen]) -> dict[Source, _Seen]:
    """What is there now; a file that is as it was keeps the time since when."""
    now, seen = time.monotonic(), {}
    for source in found:
        try:
            current: State | None = state(source.path)
        except Problem:
            current = None
        known = before.get(source)
        seen[source] = known if known is not None and known.state == current else _Seen(current, now)
    return seen


def _wait(news: threading.Event, stop: threading.Event, seconds: float, poll: float) -> None:
    """Wait for news, or for ``seconds``; in short steps, so that Ctrl-C and ``stop`` are heard."""
    deadline = time.monotonic() + seconds
    while not stop.is_set() and time.monotonic() < deadline and not news.wait(poll):
        pass


class _Bell(FileSystemEventHandler):
    """Rings for every change that is not one of our own.

    The watched folders are resolved beforehand: what an event names may be gone, so nothing on disk is asked about it.
    """

    def __init__(self, news: threading.Event, out: Path) -> None:
        self._news, self._out = news, out.resolve()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Called by watchdog, in its thread."""
        if event.event_type in ("opened", "closed_no_write"):
            return
        if not Path(str(event.src_path)).is_relative_to(self._out):
            self._news.set()

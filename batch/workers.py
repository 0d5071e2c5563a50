"""Who reads the pages: processes on this machine, or a Dask cluster, behind ``concurrent.futures.Executor``."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from iki.batch.problems import ClusterCertificates, ClusterMissing, ClusterUnavailable
from iki.batch.process import nursery, prepare
from iki.batch.settings import BatchSettings

if TYPE_CHECKING:
    from distributed.security import Security

P = ParamSpec("P")
T = TypeVar("T")

_REASON = 200
"""Characters of a foreign message worth repeating."""

LOST: tuple[type[BaseException], ...] = (ProcessExpired, TimeoutError, BrokenProcessPool)
"""What a future raises when its worker died or was stopped for taking too long, which touches no other page, or when
all workers died at once."""


class LocalWorkers(Executor):
    """A pool of processes in which a task that dies or takes longer than ``seconds`` takes only its own process.

    ``concurrent.futures.ProcessPoolExecutor`` would lose every page under way; Pebble does not. Where all processes of
    the pool die at once, or the server that they come from, the next task begins with new ones.
    """

    def __init__(self, workers: int, seconds: float, memory_bytes: int) -> None:
        self._workers, self._seconds, self._memory_bytes = workers, seconds, memory_bytes
        self._pool = self._started()

    def _started(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self._workers, initializer=prepare, initargs=(self._memory_bytes,), context=nursery()
        )

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """Run ``fn`` in a worker. The future raises one of ``LOST`` when that worker is lost."""
        if not self._pool.active:
            self._pool = self._started()
        return self._pool.schedule(fn, args=args, kwargs=kwargs, timeout=self._seconds)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the workers; with ``cancel_futures`` at once, whatever they are doing."""
        if cancel_futures:
            self._pool.stop()  # type: ignore[no-untyped-call]
        else:
            self._pool.close()  # type: ignore[no-untyped-call]
        if wait:
            self._pool.join()


@dataclass(frozen=True, slots=True)
class Crew:
    """Whoever reads the pages.

    ``size`` is the number of workers now; ``lost`` what a future raises when its worker is gone; ``tries_again``
    whether such a page is worth another try of ours; ``patience`` the seconds to wait for any answer at all;
    ``remote`` when the workers are not ours to watch.
    """

    executor: Executor
    size: Callable[[], int]
    lost: tuple[type[BaseException], ...]
    tries_again: bool
    patience: float | None
    remote: bool


@contextmanager
def opening(settings: BatchSettings) -> Iterator[Executor]:
    """The one process that opens files."""
    with _released(LocalWorkers(1, settings.opening_seconds, settings.memory_bytes)) as executor:
        yield executor


@contextmanager
def crew(settings: BatchSettings) -> Iterator[Crew]:
    """The workers that the settings ask for. Raises ``ClusterMissing``, ``ClusterCertificates`` or
    ``ClusterUnavailable``."""
    if settings.scheduler is not None:
        with _cluster(settings) as workers:
            yield workers
        return
    count = settings.local_workers
    with _released(LocalWorkers(count, settings.page_seconds, settings.memory_bytes)) as executor:
        yield Crew(executor, lambda: count, LOST, True, None, False)


@contextmanager
def _released(executor: Executor) -> Iterator[Executor]:
    """Stop the processes at the end, whatever the end: by then they are idle, or no longer wanted."""
    try:
        yield executor
    finally:
        executor.shutdown(cancel_futures=True)


@contextmanager
def _cluster(settings: BatchSettings) -> Iterator[Crew]:
    """The workers of a Dask cluster; a page whose worker is lost is given to another one by the scheduler."""
    try:
        from distributed import Client  # noqa: PLC0415 - an optional extra
        from distributed.scheduler import KilledWorker  # noqa: PLC0415
    except ImportError as error:
        raise ClusterMissing() from error
    security = _security(settings)
    try:
        client = Client(settings.scheduler, timeout=settings.connect_seconds, set_as_default=False, security=security)
    except (OSError, ValueError) as error:
        raise ClusterUnavailable(address=settings.scheduler, reason=str(error)[:_REASON]) from error
    with client:
        try:
            client.wait_for_workers(1, timeout=settings.connect_seconds)
        except TimeoutError as error:
            raise ClusterUnavailable(address=settings.scheduler, reason="0 worker") from error
        yield Crew(
            client.get_executor(pure=False), _Size(client, settings.recount_seconds), (KilledWorker,), False,
            settings.patience_seconds, True,
        )  # fmt: skip


def _security(settings: BatchSettings) -> Security | None:
    """The certificates to show to a cluster, nothing being sent unencrypted; None where its address asks for none.

    Raises ``ClusterCertificates`` where certificates are given without such an address, or the other way round.
    """
    from distributed.security import Security  # noqa: PLC0415 - an optional extra

    files = (settings.tls_ca_file, settings.tls_cert, settings.tls_key)
    ca_file, cert, key = (str(file) if file is not None else None for file in files)
    encrypted = str(settings.scheduler).startswith("tls://")
    if encrypted != any(files) or encrypted != all((ca_file, cert)):
        raise ClusterCertificates(address=settings.scheduler)
    if not encrypted:
        return None
    return Security(tls_ca_file=ca_file, tls_client_cert=cert, tls_client_key=key, require_encryption=True)


class _Size:
    """The number of threads of a cluster, asked for now and then: workers come and go."""

    def __init__(self, client: Any, seconds: float) -> None:
        self._client, self._seconds = client, seconds
        self._asked, self._count = -seconds, 0

    def __call__(self) -> int:
        if time.monotonic() - self._asked >= self._seconds:
            self._count = sum(self._client.nthreads().values())
            self._asked = time.monotonic()
        return self._count

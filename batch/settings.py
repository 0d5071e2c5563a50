"""How a batch runs: how many workers, what a page may cost, and where the work goes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from iki.ingest.sources import SourceSettings

if TYPE_CHECKING:
    from iki.ingest.ocr.engines import EngineName


@dataclass(frozen=True, slots=True)
class BatchSettings:
    """Every choice and limit of ``convert``, with its unit."""

    engine: EngineName = "auto"
    workers: int = 0
    """Processes that read pages on this machine; 0 means one per core."""
    scheduler: str | None = None
    """Address of a Dask scheduler (``tcp://host:8786``) whose workers read the pages instead."""
    tls_ca_file: Path | None = None
    """PEM file with the authority by which scheduler and workers are known (``tls://…``); the two below go with it."""
    tls_cert: Path | None = None
    """PEM file with the certificate by which they know this program."""
    tls_key: Path | None = None
    """PEM file with the key of that certificate."""
    force: bool = False
    """Read everything anew, whatever the ledger holds."""
    adopt: bool = False
    """Take in tables that stand in the output folder without their ledger, instead of refusing."""
    review_budget: float | None = None
    """Cap on the share of values that may be flagged (0–1); None for no cap."""
    max_risk: float | None = None
    """Share of the values of each kind (0–1) that may at most stay wrong without a flag; None for the usual flags."""
    pages_in_flight: int = 3
    """Pages per worker that are under way or waiting at most; memory does not grow beyond them."""
    page_seconds: float = 180.0
    """Seconds a page may take before its worker is stopped. A page takes one to five."""
    opening_seconds: float = 120.0
    """Seconds that opening a file, or taking one page out of it, may take."""
    memory_bytes: int = 3 << 30
    """Bytes of data that one worker may hold; a page that needs more is given up, the machine is not."""
    patience_seconds: float = 600.0
    """Seconds without a single answer from a cluster after which the run gives up."""
    connect_seconds: float = 15.0
    """Seconds within which a Dask scheduler must answer."""
    recount_seconds: float = 5.0
    """Seconds after which the workers of a cluster are counted again."""
    growth_seconds: float = 300.0
    """Seconds after which the tables are written while a run still goes on."""
    growth_share: float = 0.1
    """Share of a run's time (0–1) that writing tables on the way may take at most."""
    lock_seconds: float = 0.0
    """Seconds to wait for another run on the same folder before refusing."""
    sources: SourceSettings = field(default_factory=SourceSettings)

    @property
    def local_workers(self) -> int:
        """Processes on this machine: as told, or one per core that this process may use."""
        return self.workers or len(os.sched_getaffinity(0))

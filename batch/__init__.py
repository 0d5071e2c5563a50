"""Many files, many workers: the ledger, the worker pool, the Dask client.

outcome = convert([Path("data/raw")], Path("data/clean"))
"""

from __future__ import annotations

from iki.batch.conversion import convert
from iki.batch.events import Event, Listener, Outcome, as_json, silent
from iki.batch.settings import BatchSettings

__all__ = ["BatchSettings", "Event", "Listener", "Outcome", "as_json", "convert", "silent"]

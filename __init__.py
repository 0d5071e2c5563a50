"""iki: trustworthy tables from scanned Indikator Kinerja Individu sheets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

DISTRIBUTION = "iki-lembar"
"""Name under which the package is installed; the package index has an ``iki`` of somebody else's."""

if TYPE_CHECKING:
    from iki.export.tables import Tables

    __version__: str


def __getattr__(name: str) -> str:
    """``__version__``, asked of the installed package when it is wanted."""
    if name != "__version__":
        raise AttributeError(name)
    from importlib.metadata import version  # noqa: PLC0415 - importing iki must stay cheap

    return version(DISTRIBUTION)


def load(directory: str | Path) -> Tables:
    """The tables that ``iki convert`` wrote into ``directory``, as DataFrames with the right types.

    ``.sheets``, ``.indikator``, ``.koreksi`` and ``.berkas``; a NIP is text, ``tanggal`` a date, ``tahun`` a number
    that may be missing. An empty text is ``""``. Raises ``iki.messages.Problem`` where there are no such tables.
    """
    from iki.export.tables import read  # noqa: PLC0415 - importing iki must stay cheap

    return read(Path(directory))

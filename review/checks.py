"""What can be said of a value while it is typed: whether a number, a rank or a year can be one."""

from __future__ import annotations

from contextlib import suppress
from datetime import date

from iki.messages import written
from iki.normalize.fields import nip
from iki.terms import PARTIES

_BLIND = {f"{side}_{part}" for side in PARTIES for part in ("nip", "nama")} | {"tahun"}
_NUMBERS = {f"{side}_nip" for side in PARTIES}


def is_blind(column: str) -> bool:
    """Whether a value is typed from the picture before the reading is shown: one of which a wrong reading looks as good
    as a right one (a suggestion shown is a suggestion accepted: arXiv 2509.08514)."""
    return column in _BLIND


def is_checked(column: str) -> bool:
    """Whether ``remarks`` can say anything of a column."""
    return column in _NUMBERS


def remarks(column: str, typed: str, signed: str) -> list[str]:
    """What speaks against a value that was ``typed``, in sentences for the archivist; ``signed`` is the sheet's date
    (ISO 8601, or empty)."""
    if not is_checked(column) or not typed.strip():
        return []
    day = None
    with suppress(ValueError):
        day = date.fromisoformat(signed)
    digits, _ = nip.digits_of(typed)
    if len(digits) != nip.LENGTH:
        return [written("review_nip_panjang", wanted=nip.LENGTH, count=len(digits))]
    return [written(f"review_nip_{fault}") for fault in nip.faults(digits, day)]

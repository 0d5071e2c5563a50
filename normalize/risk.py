"""How many values may stay wrong unseen: flagging thresholds that keep a promised risk, and the bounds they rest on.

The risk of a kind of value at a threshold is the share of its values that are wrong and not flagged when all below the
threshold are. ``lab/train/risk.py`` measures it on sheets with gold that no model was fitted on and keeps, threshold by
threshold, an upper bound in ``risk.json``. A promise holds for paper like that on which it was measured.

Sources: Angelopoulos et al., "Learn then test" (2021), fixed-sequence testing from strict to loose; Clopper and Pearson
(1934); Korn and Graubard (1998) for the effective number of values where those of one sheet go wrong together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import Literal, NamedTuple, get_args

import msgspec

from iki.model import CleanValue
from iki.normalize.trust import Doubt

TABLE = Path(__file__).with_name("risk.json")
CONFIDENCE = 0.95
"""Probability (0–1) that a bound holds."""

Kind = Literal["scan_cell", "scan_field", "typed_cell", "typed_field", "dump_cell", "dump_field"]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""Cells and fields of a scanned page, of a born-digital one, and of a text dump."""


class Step(NamedTuple):
    """Flagging all below ``threshold`` leaves at most ``bound`` of the values wrong unseen (at ``CONFIDENCE``) and
    flags the share ``flagged``; all 0–1."""

    threshold: float
    bound: float
    flagged: float


class Measured(msgspec.Struct, frozen=True):
    """What was measured of one kind: how many ``values`` on how many ``sheets``, and the steps from strict to loose."""

    values: int
    sheets: int
    steps: list[Step]


class RiskTable(msgspec.Struct, frozen=True):
    """``kinds`` by ``Kind``; ``source`` says on what they were measured."""

    kinds: dict[str, Measured]
    source: str


@cache
def measured() -> RiskTable:
    """The table that ships with the package."""
    return msgspec.json.decode(TABLE.read_bytes(), type=RiskTable)


def kind_of(value: CleanValue, row: int) -> Kind:
    """The kind of a value of a sheet's ``row``, 0 for its fields."""
    raw = value.raw
    origin = "scan" if raw is None or not raw.lines else "typed" if raw.typed else "scan" if raw.pictured else "dump"
    return f"{origin}_{'cell' if row else 'field'}"  # type: ignore[return-value]


def step_for(kind: Kind, most: float, table: RiskTable | None = None) -> Step | None:
    """The loosest step of ``kind`` that leaves at most the share ``most`` wrong unseen; ``None`` where none is proven.

    Steps are tried from strict to loose until one fails, so that trying many costs no confidence.
    """
    found = (table or measured()).kinds.get(kind)
    proven = list(takewhile(lambda step: step.bound <= most, found.steps if found else []))
    return proven[-1] if proven else None


def least_risk(kind: Kind) -> float | None:
    """The least share of the values of ``kind`` that can be promised as the most that is wrong unseen; ``None`` where
    the kind was not measured."""
    found = measured().kinds.get(kind)
    return found.steps[0].bound if found else None


def promised(
    values: Mapping[tuple[str, int, str], CleanValue], most: float, table: RiskTable | None = None
) -> dict[tuple[str, int, str], Doubt]:
    """The doubts of ``values`` by sheet, row and column, flagged so that at most the share ``most`` is wrong unseen.

    A kind for which that is not proven is flagged whole.
    """
    steps = {kind: step_for(kind, most, table) for kind in KINDS}

    def doubt(value: CleanValue, row: int) -> Doubt:
        step = steps[kind_of(value, row)]
        below = step is None or value.probability < step.threshold
        return Doubt(value.probability, value.flagged or below, 0.0)

    return {key: doubt(value, key[1]) for key, value in values.items()}


def upper_bound(wrong: float, looked_at: float, confidence: float = CONFIDENCE) -> float:
    """One-sided Clopper–Pearson bound of a share of which ``wrong`` of ``looked_at`` were seen; halves are rounded
    against us."""
    wrong, looked_at = math.ceil(wrong), math.floor(looked_at)
    if wrong >= looked_at:
        return 1.0
    low, high = wrong / looked_at, 1.0
    for _ in range(60):
        share = (low + high) / 2
        low, high = (share, high) if _at_most(wrong, looked_at, share) > 1 - confidence else (low, share)
    return high


def _at_most(wrong: int, looked_at: int, share: float) -> float:
    """Probability of at most ``wrong`` successes in ``looked_at`` trials of probability ``share``, between 0 and 1."""
    logs = (
        math.lgamma(looked_at + 1) - math.lgamma(k + 1) - math.lgamma(looked_at - k + 1)
        + k * math.log(share) + (looked_at - k) * math.log1p(-share)
        for k in range(wrong + 1)
    )  # fmt: skip
    return math.fsum(map(math.exp, logs))


def design_effect(sheets: Sequence[tuple[int, int]]) -> float:
    """How many values it takes to tell as much as one would alone, for values of one sheet go wrong together.

    ``sheets`` are (wrong, looked at) of each. The ratio of the variance of the share between sheets to that of as many
    independent values (Kish, 1965), at least 1.
    """
    looked_at = sum(n for _, n in sheets)
    wrong = sum(k for k, _ in sheets)
    share = wrong / looked_at if looked_at else 0.0
    if len(sheets) < 2 or not 0 < share < 1:  # noqa: PLR2004 - a variance takes two
        return 1.0
    count = len(sheets)
    between = count / (count - 1) * sum((k - share * n) ** 2 for k, n in sheets) / looked_at**2
    return max(1.0, between / (share * (1 - share) / looked_at))

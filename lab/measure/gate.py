"""Accuracy on a few generated sheets, failing where quality has fallen: ``python -m iki.lab.measure.gate``."""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from iki.lab.measure.regression import regression


@dataclass(frozen=True, slots=True)
class Gate:
    """What sheets of one kind of damage must reach, as shares: a little below what they do reach."""

    profile: str
    at_least: Mapping[str, float]
    at_most: Mapping[str, float]


GATES = (
    Gate(
        "office",
        at_least={"sheet_recall": 1.0, "row_f1": 0.98, "cell_exact": 0.9, "header_exact": 0.95, "nip_exact": 0.95},
        at_most={"cell_silent_error": 0.01, "field_silent_error": 0.02},
    ),
    Gate(
        "photocopy",
        at_least={"sheet_recall": 1.0, "row_f1": 0.95, "cell_exact": 0.7, "nip_exact": 0.9},
        at_most={"cell_silent_error": 0.04, "field_silent_error": 0.04},
    ),
)
SHEETS = 4
"""Sheets generated for each gate."""
SEED = 3


def failures(gate: Gate, measures: Mapping[str, float]) -> Iterator[str]:
    """A line for each measure that misses its mark."""
    for name, least in gate.at_least.items():
        if measures[name] < least:
            yield f"{gate.profile}: {name} is {measures[name]}, must be at least {least}"
    for name, most in gate.at_most.items():
        if measures[name] > most:
            yield f"{gate.profile}: {name} is {measures[name]}, must be at most {most}"


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        profiles = [gate.profile for gate in GATES]
        found = regression(Path(folder), SEED, SHEETS, profiles, by="profile", workers=0)
    missed: list[str] = []
    for gate in GATES:
        measures = found[gate.profile]
        shown = (f"{name} {measures[name]}" for name in (*gate.at_least, *gate.at_most))
        print(gate.profile, *shown, sep="  ")
        missed += failures(gate, measures)
    print(*missed, sep="\n", file=sys.stderr)
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())

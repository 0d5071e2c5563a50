"""``python -m iki.lab.measure.scaling``: how pages an hour grow with workers, by simulation from measured costs.

A discrete-event model of ``iki.batch``: one driver takes pages out of files and books answers, workers read, a network
of given speed carries pages and answers; the driver allows so many pages in flight for each worker.
"""

from __future__ import annotations

import argparse
import heapq
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Costs:
    """What a page costs, in seconds and bytes, as measured."""

    read: float = 1.62
    """Seconds of a worker for a page, on average."""
    spread: float = 0.4
    """Standard deviation of the logarithm of ``read`` between pages."""
    drive: float = 0.007
    """Seconds of the driver for a page: taking it out of its file, sending it, booking the answer."""
    sent: int = 520_000
    """Bytes of a page on its way to a worker."""
    answered: int = 55_000
    """Bytes of its answer."""
    network: float = 100e6
    """Bytes per second that the driver's network carries; local pipes carry ten times that."""
    in_flight: int = 3
    """Pages per worker under way or waiting."""


def seconds(pages: int, workers: int, costs: Costs, seed: int = 0) -> float:
    """Seconds by the clock until ``pages`` pages are read by ``workers``."""
    chance = random.Random(seed)
    transfer = (costs.sent + costs.answered) / costs.network
    free = [0.0] * workers
    answers: list[float] = []
    driver = 0.0
    for _ in range(pages):
        if len(answers) >= costs.in_flight * workers:
            driver = max(driver, heapq.heappop(answers))
        driver += max(costs.drive, transfer)
        start = max(driver, heapq.heappop(free))
        end = start + costs.read * chance.lognormvariate(-(costs.spread**2) / 2, costs.spread)
        heapq.heappush(free, end)
        heapq.heappush(answers, end)
    return max(*free, driver)


def main() -> None:
    standard = Costs()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=100_000)
    parser.add_argument("--read", type=float, default=standard.read, help="seconds of a worker for a page")
    parser.add_argument("--drive", type=float, default=standard.drive, help="seconds of the driver for a page")
    given = parser.parse_args()
    costs = Costs(read=given.read, drive=given.drive)
    alone = seconds(given.pages, 1, costs)
    print("| workers | hours | pages an hour | times one worker |\n| --- | --- | --- | --- |")
    for workers in (1, 8, 64):
        took = seconds(given.pages, workers, costs)
        print(f"| {workers} | {took / 3600:.1f} | {given.pages / took * 3600:,.0f} | {alone / took:.1f} |")


if __name__ == "__main__":
    main()

"""``python -m iki.lab.measure.batch WHAT SOURCE``: what batches promise, measured on real pages with the real reader.

``memory``   peak resident memory over many pages: driver and largest worker, by hundreds of pages
``kills``    a run killed (SIGKILL) again and again against one left alone: the tables byte by byte
``speedup``  the same pages with one worker and with two
``cluster``  a Dask scheduler and two workers on the loopback, one killed half-way, against a local run
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pikepdf

from iki.batch import BatchSettings, Event, Outcome, convert
from iki.batch.events import PageDone

_MEGA = 1 << 20
_TIMED = "detik"
_FORGIVING = {"DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES": "3"}


def tables(out: Path) -> dict[str, object]:
    """The bytes of every table of a folder, but for the one column that may differ from run to run."""
    found: dict[str, object] = {path.name: path.read_bytes() for path in sorted(out.glob("*.csv"))}
    with (out / "berkas.csv").open(newline="", encoding="utf-8") as file:
        found["berkas.csv"] = [{**row, _TIMED: ""} for row in csv.DictReader(file)]
    return found


def long_pdf(source: Path, pages: int, path: Path) -> Path:
    """A PDF of as many pages as wanted: those of ``source``, a PDF, over and over."""
    with pikepdf.open(source) as pdf, pikepdf.new() as made:
        while len(made.pages) < pages:
            made.pages.extend(list(pdf.pages)[: pages - len(made.pages)])
        made.save(path)
    return path


def memory(source: Path, folder: Path, pages: int) -> dict[str, object]:
    """Peak resident memory in MB of the driver and of the largest worker, after each tenth of the pages."""
    peaks: list[tuple[int, int, int]] = []
    done = worker = 0

    def listen(event: Event) -> None:
        nonlocal done, worker
        if isinstance(event, PageDone):
            done, worker = done + 1, max(worker, event.peak)
            if done % max(1, pages // 10) == 0:
                own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
                peaks.append((done, own // _MEGA, worker // _MEGA))

    outcome = convert([long_pdf(source, pages, folder / "long.pdf")], folder / "out", BatchSettings(), listen)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 // _MEGA
    ledger = (folder / "out" / ".iki" / "ledger.sqlite").stat().st_size
    return {
        "peaks (pages, driver MB, worker MB)": peaks, "driver MB with tables": own, "seconds": outcome.seconds,
        "ledger bytes a page": ledger // pages, "sheets": outcome.sheets,
    }  # fmt: skip


def kills(source: Path, folder: Path, times: int, seed: int = 0) -> dict[str, object]:
    """Kill a run at random moments, ``times`` times, then let it finish."""
    whole = convert([source], folder / "whole", BatchSettings())
    chance = random.Random(seed)
    command = [sys.executable, "-m", "iki.cli", "convert", str(source), "--out", str(folder / "killed"), "--json"]
    pages = whole.pages_read
    killed = 0
    for _ in range(times):
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
            left = chance.randint(1, max(1, pages // times))
            assert process.stdout is not None
            for line in process.stdout:
                left -= '"PageDone"' in line
                if left <= 0:
                    time.sleep(chance.random())
                    break
            killed += process.poll() is None
            process.kill()
    last = convert([source], folder / "killed", BatchSettings())
    same = tables(folder / "whole") == tables(folder / "killed")
    return {"pages": pages, "kills": killed, "left to the last run": last.pages_read, "equal byte for byte": same}


def speedup(source: Path, folder: Path) -> dict[str, object]:
    """Seconds by the clock for the same pages with one worker and with two, models and imports included."""
    runs: dict[int, Outcome] = {n: convert([source], folder / str(n), BatchSettings(workers=n)) for n in (1, 2)}
    same = tables(folder / "1") == tables(folder / "2")
    return {
        "pages": runs[1].pages_read, "seconds 1": runs[1].seconds, "seconds 2": runs[2].seconds,
        "ratio": runs[1].seconds / runs[2].seconds, "equal byte for byte": same,
    }  # fmt: skip


def cluster(source: Path, folder: Path) -> dict[str, object]:
    """Two Dask workers on the loopback, one of which is killed after the third page."""
    local = convert([source], folder / "local", BatchSettings())
    address = folder / "scheduler.json"
    run = [sys.executable, "-m"]
    options = ["--host", "127.0.0.1", "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": {**os.environ, **_FORGIVING}}
    with ExitStack() as stack:

        def start(module: str, *more: str) -> subprocess.Popen[bytes]:
            command = [*run, f"distributed.cli.{module}", "--scheduler-file", str(address), *more]
            process = stack.enter_context(subprocess.Popen(command, **quiet))  # type: ignore[call-overload]
            stack.callback(process.kill)
            return process  # type: ignore[no-any-return]

        start("dask_scheduler", *options)
        while not address.exists():
            time.sleep(0.1)
        workers = [start("dask_worker", "--nthreads", "1", "--no-nanny", "--no-dashboard") for _ in range(2)]
        done = 0

        def listen(event: Event) -> None:
            nonlocal done
            done += isinstance(event, PageDone)
            if done == 3:  # noqa: PLR2004
                workers[0].kill()

        time.sleep(3)  # both are to be there
        settings = BatchSettings(scheduler=json.loads(address.read_text())["address"])
        remote = convert([source], folder / "remote", replace(settings, connect_seconds=60), listen)
    same = tables(folder / "local") == tables(folder / "remote")
    return {
        "pages": remote.pages_read, "seconds local": local.seconds, "seconds cluster": remote.seconds,
        "killed": 1, "equal byte for byte": same,
    }  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=("memory", "kills", "speedup", "cluster"))
    parser.add_argument("source", type=Path)
    parser.add_argument("--pages", type=int, default=500, help="pages of the memory run")
    parser.add_argument("--times", type=int, default=10, help="kills")
    given = parser.parse_args()
    runs: dict[str, Callable[[Path], dict[str, object]]] = {
        "memory": lambda folder: memory(given.source, folder, given.pages),
        "kills": lambda folder: kills(given.source, folder, given.times),
        "speedup": lambda folder: speedup(given.source, folder),
        "cluster": lambda folder: cluster(given.source, folder),
    }
    with tempfile.TemporaryDirectory() as folder:
        print(json.dumps(runs[given.what](Path(folder)), indent=1))


if __name__ == "__main__":
    main()

"""From a checkpoint to a model: ``python -m iki.training.export [recogniser|student]``.

The recogniser goes to ``ingest``, which reads with it; the student, with which nothing reads yet, stays with its run.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import onnx
import torch

from iki.training import network, package, quantisation, retraining, run
from iki.training.run import CHECKPOINT, Run, RunSettings

FORMS = ("half", "int8")


@dataclass(frozen=True, slots=True)
class Net:
    """Where the run of a net leaves its checkpoint, where its model goes, the graph it started from, and what else its
    card says."""

    folder: Path
    into: Path
    graph: Callable[[Path], onnx.ModelProto]
    facts: Callable[[], Mapping[str, Any]] = dict


NETS = {
    package.NAME: Net(run.FOLDER, package.MODELS, lambda _: network.base_model()),
    retraining.NAME: Net(retraining.FOLDER, retraining.FOLDER, retraining.pupil, retraining.facts),
}


def export(net: Net, folder: Path, form: str, into: Path, name: str) -> Path:
    """Write the averaged weights of the checkpoint in ``folder`` as a model of this form; the path of the model."""
    stored = torch.load(folder / CHECKPOINT, weights_only=True)
    trained = Run(RunSettings(**stored["settings"]), net.graph(folder), run.ctc)
    trained.load(folder / CHECKPOINT)
    model = trained.net.export(trained.averaged)
    model = package.halved(model) if form == "half" else quantisation.quantised(model)
    facts = {**net.facts(), **stored["settings"], "steps": trained.step, "lines": trained.lines, "form": form}
    return package.write(model, facts, into, name)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("net", nargs="?", choices=sorted(NETS), default=package.NAME)
    parser.add_argument("--folder", type=Path, help="where the run left its checkpoint")
    parser.add_argument("--form", choices=FORMS, default="half")
    parser.add_argument("--into", type=Path, help="folder for the model")
    options = parser.parse_args()
    net = NETS[options.net]
    print(export(net, options.folder or net.folder, options.form, options.into or net.into, options.net))


if __name__ == "__main__":
    main()

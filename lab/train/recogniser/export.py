"""From a checkpoint to the model that ``ingest`` reads with: ``python -m iki.lab.train.recogniser.export``."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from iki.lab.train.recogniser import network, package, quantisation, run
from iki.lab.train.recogniser.graph import Graph
from iki.lab.train.recogniser.run import CHECKPOINT

FORMS = ("half", "int8")


def export(folder: Path, form: str, into: Path) -> Path:
    """Write the averaged weights of the checkpoint in ``folder`` as a model of this form; the path of the model."""
    stored = torch.load(folder / CHECKPOINT, weights_only=True)
    model = Graph(network.base_model(), network.LOGITS).export(stored["averaged"])
    model = package.halved(model) if form == "half" else quantisation.quantised(model)
    facts = {**stored["settings"], "steps": stored["step"], "lines": stored["lines"], "form": form}
    return package.write(model, facts, into)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=run.FOLDER, help="where the run left its checkpoint")
    parser.add_argument("--form", choices=FORMS, default="half")
    parser.add_argument("--into", type=Path, default=package.MODELS, help="folder for the model")
    options = parser.parse_args()
    print(export(options.folder, options.form, options.into))


if __name__ == "__main__":
    main()

"""From a checkpoint to the files that ``ingest`` ships: ``python -m iki.training.export [--form half|int8]``."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch

from iki.training import package, quantisation
from iki.training.run import CHECKPOINT, FOLDER, Run, RunSettings

FORMS = ("half", "int8")


def export(folder: Path, form: str, into: Path, name: str) -> Path:
    """Write the averaged weights of the checkpoint in ``folder`` as a model of this form; the path of the model."""
    stored = torch.load(folder / CHECKPOINT, weights_only=True)
    run = Run(RunSettings(**stored["settings"]))
    run.load(folder / CHECKPOINT)
    model = run.net.export(run.averaged)
    model = package.halved(model) if form == "half" else quantisation.quantised(model)
    facts = {**stored["settings"], "steps": run.step, "lines": run.lines, "form": form}
    return package.write(model, facts, into, name)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the run left its checkpoint")
    parser.add_argument("--form", choices=FORMS, default="half")
    parser.add_argument("--into", type=Path, default=package.MODELS)
    parser.add_argument("--name", default=package.NAME)
    options = parser.parse_args()
    print(export(options.folder, options.form, options.into, options.name))


if __name__ == "__main__":
    main()

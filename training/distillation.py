"""Teach the student what its teacher thinks of every frame: ``python -m iki.training.distillation``.

The teacher is the recogniser that ``ingest`` ships; the student is cut out of it (``student``) and learns on the same
generated lines, its probabilities drawn to the teacher's (Hinton, Vinyals & Dean, "Distilling the knowledge in a neural
network", 2015). Resumable as ``run`` is; ``iki.training.export student`` makes the model.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx
import torch
from torch import Tensor
from torch.nn import functional as F

from iki.ingest import inference
from iki.training import network, package, student
from iki.training.run import Run, RunSettings, asked, ctc, train

NAME = "student"
FOLDER = Path("out/student")
PRUNED = "pruned.onnx"
CUT = student.StudentSettings()
SETTINGS = RunSettings(steps=6000, rate=2e-4, averaging=0.99, learnt=0.002, seed=20261124)
"""A net that was cut may learn faster than one that must not forget."""
TEACHER = package.MODELS / f"{package.NAME}.onnx"
LEAST = 1e-8
"""A probability below this counts as this: logarithms stay finite."""


def pupil(folder: Path) -> onnx.ModelProto:
    """The untaught student, kept in ``folder``: a run is resumed with the same channels."""
    path = folder / PRUNED
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(student.pruned(package.whole(onnx.load(str(TEACHER))), CUT), str(path))
    return onnx.load(str(path))


def facts() -> dict[str, Any]:
    """What the student's card says beside its run."""
    return {"teacher": package.sha256(TEACHER), "cut": asdict(CUT)}


def lesson(logits: Tensor, image: Tensor, text: str) -> Tensor:
    """How far the student's probabilities are from its teacher's (Kullback & Leibler 1951), summed over frames, and
    how unlikely they make the text: the teacher alone would leave it less sure than it may be of easy lines.
    """
    (wanted,) = inference.session(str(TEACHER)).run([network.OUTPUT], {network.INPUT: image.numpy()})
    distance = F.kl_div(
        logits.log_softmax(-1), torch.from_numpy(wanted).clamp_min(LEAST).log(), reduction="sum", log_target=True
    )
    return distance + ctc(logits, image, text)


def main() -> None:
    """The command line."""
    settings, folder = asked(__doc__, SETTINGS, FOLDER)
    train(Run(settings, pupil(folder), lesson), folder)


if __name__ == "__main__":
    main()

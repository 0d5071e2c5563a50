"""Let the student read again: ``python -m iki.training.retraining``.

The teacher is the recogniser that ``ingest`` ships; the student is cut out of it (``student``) and learns on generated
lines as its teacher did. Resumable as ``run`` is; ``iki.training.export student`` makes the model.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import onnx

from iki.training import package, run, student

NAME = "student"
FOLDER = Path("out/student")
PRUNED = "pruned.onnx"
CUT = student.StudentSettings()
SETTINGS = run.RunSettings(steps=2000, rate=5e-5, averaging=0.99, seed=20261124)
TEACHER = package.MODELS / f"{package.NAME}.onnx"


def pupil(folder: Path) -> onnx.ModelProto:
    """The student before it is taught, kept in ``folder``: a run is resumed with the same channels."""
    path = folder / PRUNED
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        onnx.save(student.pruned(package.whole(onnx.load(str(TEACHER))), CUT), str(path))
    return onnx.load(str(path))


def facts() -> dict[str, Any]:
    """What the student's card says beside its run."""
    return {"teacher": package.sha256(TEACHER), "cut": asdict(CUT)}


def main() -> None:
    """The command line."""
    settings, folder = run.asked(__doc__, SETTINGS, FOLDER)
    run.train(run.Run(settings, pupil(folder), run.ctc), folder)


if __name__ == "__main__":
    main()

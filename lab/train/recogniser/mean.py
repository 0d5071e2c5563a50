"""One model out of several that were trained from the same weights.

``python -m iki.lab.train.recogniser.mean MODEL.onnx …``.

The mean of their weights errs less than each of them and costs no more (Wortsman et al., Model soups, ICML 2022).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from iki.lab.train.recogniser import package


def mean(models: Sequence[onnx.ModelProto]) -> onnx.ModelProto:
    """A model whose every weight is the mean of those of ``models``, nets of the same layers with float32 weights.

    Raises ``KeyError`` where a net lacks a layer of the first, ``ValueError`` where one is of another size.
    """
    same = onnx.ModelProto()
    same.CopyFrom(models[0])
    nets = [{entry.name: entry for entry in model.graph.initializer} for model in models]
    for entry in same.graph.initializer:
        if entry.data_type == TensorProto.FLOAT:
            weights = [numpy_helper.to_array(net[entry.name]) for net in nets]
            entry.CopyFrom(numpy_helper.from_array(np.mean(weights, axis=0, dtype=np.float32), entry.name))
    return same


def write(models: Sequence[Path], into: Path) -> Path:
    """Write the mean of ``models``, each a file of ``package.write`` with its JSON beside it; the path of the model."""
    of = [json.loads(path.with_suffix(".json").read_text(encoding="utf-8")) for path in models]
    facts = {"mean of": [{"sha256": each["sha256"], **each["training"]} for each in of], "form": "half"}
    together = mean([package.whole(onnx.load(str(path))) for path in models])
    return package.write(package.halved(together), facts, into)


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", type=Path, nargs="+", help="models as iki.lab.train.recogniser.export writes them")
    parser.add_argument("--into", type=Path, default=package.MODELS, help="folder for the model")
    options = parser.parse_args()
    print(write(options.models, options.into))


if __name__ == "__main__":
    main()

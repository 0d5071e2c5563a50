"""A trained net as the two files that ``ingest`` ships: ``<name>.onnx`` and the JSON that describes it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

import iki
from iki.lab.synthetic.text_lines.alphabet import ALPHABET
from iki.lab.synthetic.text_lines.lines import HEIGHT
from iki.lab.train.recogniser.network import INPUT, OUTPUT, STOCK

MODELS = Path(iki.__file__).resolve().parent / "ingest" / "ocr" / "models"
NAME = "recogniser"
STRIDE = 4
"""Columns of the input that one frame of the output stands for."""
HALF_FLOOR = 4096
"""Tensors with fewer numbers than this stay float32: they weigh nothing and may be scales."""


def sha256(path: Path) -> str:
    """The SHA-256 of a file as 64 hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """``model`` with its large weights stored as float16 and cast back where they are used.

    The file is half as large; the runtime folds the casts when it loads it, so speed and arithmetic stay float32.
    """
    small = onnx.ModelProto()
    small.CopyFrom(model)
    casts = []
    for entry in small.graph.initializer:
        array = numpy_helper.to_array(entry)
        if entry.data_type == TensorProto.FLOAT and array.size >= HALF_FLOOR:
            stored = f"{entry.name}.half"
            casts.append(helper.make_node("Cast", [stored], [entry.name], to=TensorProto.FLOAT))
            entry.CopyFrom(numpy_helper.from_array(array.astype(np.float16), stored))
    nodes = [*casts, *small.graph.node]
    del small.graph.node[:]
    small.graph.node.extend(nodes)
    onnx.checker.check_model(small)
    return small


def whole(model: onnx.ModelProto) -> onnx.ModelProto:
    """What ``halved`` took apart: every weight as float32 again, without casts."""
    large = onnx.ModelProto()
    large.CopyFrom(model)
    entries = {entry.name: entry for entry in large.graph.initializer}
    nodes = []
    for node in large.graph.node:
        entry = entries.get(node.input[0]) if node.op_type == "Cast" else None
        if entry is None:
            nodes.append(node)
        else:
            entry.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(entry).astype(np.float32), node.output[0]))
    del large.graph.node[:]
    large.graph.node.extend(nodes)
    onnx.checker.check_model(large)
    return large


def write(model: onnx.ModelProto, training: Mapping[str, Any], folder: Path = MODELS, name: str = NAME) -> Path:
    """Write ``model`` and its description into ``folder``; the path of the model.

    ``training`` says how the weights came about (seed, steps, lines …) and is stored as it is.
    """
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.onnx"
    path.write_bytes(model.SerializeToString(deterministic=True))
    description = {
        "file": path.name,
        "sha256": sha256(path),
        "input": {
            "name": INPUT, "channels": 3, "height": HEIGHT, "order": "BGR, a grey line three times",
            "mean": 0.5, "deviation": 0.5,
        },
        "output": {"name": OUTPUT, "kind": "softmax", "stride": STRIDE, "blank": 0},
        "alphabet": list(ALPHABET),
        "source": {"model": STOCK.name, "package": "rapidocr", "by": "PaddleOCR", "sha256": sha256(STOCK)},
        "licence": "Apache-2.0",
        "training": dict(training),
    }  # fmt: skip
    path.with_suffix(".json").write_text(json.dumps(description, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    return path

"""Static int8: weights per channel, activations from calibration lines of every kind of damage."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from iki.lab.train.recogniser.network import INPUT
from iki.lab.train.recogniser.reading import calibration

SEED = 31_337
LINES = 12
"""Calibration lines for every kind of damage."""

QUANTISED = ("Conv", "MatMul", "Sigmoid", "Mul", "Add", "Concat", "MaxPool", "AveragePool")
"""Operators in int8; matrix products only where one side is a weight, so that attention stays float32."""


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, per_kind: int) -> None:
        self.lines = calibration(SEED, per_kind)

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        image = next(self.lines, None)
        return None if image is None else {INPUT: image}


def quantised(model: onnx.ModelProto, per_kind: int = LINES) -> onnx.ModelProto:
    """``model`` in int8, calibrated on ``per_kind`` lines of every kind of damage.

    Weights have 7 bits: with 8, processors without VNNI overflow when they add products up, and bilevel lines break.
    """
    weights = {entry.name for entry in model.graph.initializer}
    attention = [n.name for n in model.graph.node if n.op_type == "MatMul" and n.input[1] not in weights]
    with tempfile.TemporaryDirectory() as folder:
        plain, folded, small = (Path(folder) / name for name in ("plain.onnx", "folded.onnx", "small.onnx"))
        onnx.save(model, str(plain))
        options = onnxruntime.SessionOptions()
        options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
        options.optimized_model_filepath = str(folded)
        options.log_severity_level = 3
        onnxruntime.InferenceSession(str(plain), options, providers=["CPUExecutionProvider"])
        quantize_static(
            str(folded), str(small), _Reader(per_kind), quant_format=QuantFormat.QDQ, per_channel=True,
            reduce_range=True,
            activation_type=QuantType.QUInt8, weight_type=QuantType.QInt8, op_types_to_quantize=list(QUANTISED),
            nodes_to_exclude=attention, calibrate_method=CalibrationMethod.MinMax,
        )  # fmt: skip
        done = onnx.load(str(small))
        del done.graph.value_info[:], done.metadata_props[:]
        return done

"""Static int8: weights per channel, activations from calibration lines of every kind of damage."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.quantization import CalibrationDataReader, CalibrationMethod, QuantFormat, QuantType, quantize_static

from iki.training import damage, lines
from iki.training.network import INPUT
from iki.training.reading import normalised

SEED = 31_337
LINES = 12
"""Calibration lines for every kind of damage."""

QUANTISED = ("Conv", "Sigmoid", "Mul", "Add", "Concat", "MaxPool", "AveragePool")


class _Reader(CalibrationDataReader):  # type: ignore[misc]
    def __init__(self, per_kind: int) -> None:
        self.lines: Iterator[NDArray[np.float32]] = (
            np.ascontiguousarray(normalised(lines.make(SEED, number, kind=kind).image))
            for kind in damage.KINDS
            for number in range(per_kind)
        )

    def get_next(self) -> dict[str, NDArray[np.float32]] | None:
        image = next(self.lines, None)
        return None if image is None else {INPUT: image}


def quantised(model: onnx.ModelProto, per_kind: int = LINES, keep: tuple[str, ...] = ()) -> onnx.ModelProto:
    """``model`` with int8 convolutions and matrix products; nodes whose name is in ``keep`` stay float32."""
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
            nodes_to_exclude=list(keep), calibrate_method=CalibrationMethod.MinMax,
        )  # fmt: skip
        return onnx.load(str(small))

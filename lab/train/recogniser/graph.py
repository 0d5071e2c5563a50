"""An ONNX graph as a PyTorch module whose weights can be trained and written back into the very same graph.

Only the operators of the recogniser are known. Normalisation always runs in inference mode, on its stored statistics.
(onnx2torch does the same for more operators, but needs a torchvision that does not load beside the CPU build of torch.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx
import torch
from onnx import helper, numpy_helper
from torch import Tensor
from torch.nn import functional as F

Attributes = Mapping[str, Any]
Operator = Callable[..., Tensor]


def _spread(x: Tensor, pads: list[int], value: float = 0.0) -> tuple[Tensor, tuple[int, int]]:
    """``x`` ready for a layer that pads evenly, and that even padding: uneven ONNX pads are put on beforehand."""
    top, left, bottom, right = pads
    if (top, left) == (bottom, right):
        return x, (top, left)
    return F.pad(x, (left, right, top, bottom), value=value), (0, 0)


def _is_pointwise(a: Attributes) -> bool:
    return a["group"] == 1 and set(a["kernel_shape"]) == set(a["strides"]) == {1} and not any(a["pads"])


def _conv(a: Attributes, x: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    if bias is None and _is_pointwise(a):
        return (weight.flatten(1) @ x.flatten(2)).unflatten(2, x.shape[2:])
    x, padding = _spread(x, a["pads"])
    return F.conv2d(x, weight, bias, a["strides"], padding, a["dilations"], a["group"])


def _max_pool(a: Attributes, x: Tensor) -> Tensor:
    x, padding = _spread(x, a["pads"], float("-inf"))
    return F.max_pool2d(x, a["kernel_shape"], a["strides"], padding)


def _average_pool(a: Attributes, x: Tensor) -> Tensor:
    x, padding = _spread(x, a["pads"])
    return F.avg_pool2d(x, a["kernel_shape"], a["strides"], padding, count_include_pad=bool(a["count_include_pad"]))


def _batch_norm(a: Attributes, x: Tensor, scale: Tensor, shift: Tensor, mean: Tensor, variance: Tensor) -> Tensor:
    return F.batch_norm(x, mean, variance, scale, shift, training=False, eps=a["epsilon"])


def _reshape(a: Attributes, x: Tensor, shape: Tensor) -> Tensor:
    sizes = [x.shape[place] if size == 0 else size for place, size in enumerate(shape.tolist())]
    return x.reshape(sizes)


def _slice(a: Attributes, x: Tensor, starts: Tensor, ends: Tensor, axes: Tensor, steps: Tensor | None = None) -> Tensor:
    strides = [1] * len(starts) if steps is None else steps.tolist()
    for start, end, axis, step in zip(starts.tolist(), ends.tolist(), axes.tolist(), strides, strict=True):
        place: list[slice] = [slice(None)] * x.dim()
        place[axis] = slice(start, end, step)
        x = x[tuple(place)]
    return x


def _unsqueeze(a: Attributes, x: Tensor, axes: Tensor) -> Tensor:
    for axis in sorted(axes.tolist()):
        x = x.unsqueeze(axis)
    return x


OPERATORS: dict[str, Operator] = {
    "Add": lambda a, x, y: x + y,
    "AveragePool": _average_pool,
    "BatchNormalization": _batch_norm,
    "Concat": lambda a, *parts: torch.cat(parts, a["axis"]),
    "Constant": lambda a: torch.from_numpy(numpy_helper.to_array(a["value"]).copy()),
    "Conv": _conv,
    "Div": lambda a, x, y: x / y,
    "HardSigmoid": lambda a, x: torch.clamp(x * a["alpha"] + a["beta"], 0, 1),
    "MatMul": lambda a, x, y: x @ y,
    "MaxPool": _max_pool,
    "Mul": lambda a, x, y: x * y,
    "Pow": lambda a, x, y: x**y,
    "ReduceMean": lambda a, x: x.mean(a["axes"], keepdim=bool(a.get("keepdims", 1))),
    "Relu": lambda a, x: torch.relu(x),
    "Reshape": _reshape,
    "Shape": lambda a, x: torch.tensor(x.shape),
    "Sigmoid": lambda a, x: torch.sigmoid(x),
    "Slice": _slice,
    "Softmax": lambda a, x: torch.softmax(x, a["axis"]),
    "Sqrt": lambda a, x: torch.sqrt(x),
    "Swish": lambda a, x: F.silu(x),
    "Squeeze": lambda a, x, axes: x.squeeze(axes.tolist()),
    "Sub": lambda a, x, y: x - y,
    "Transpose": lambda a, x: x.permute(a["perm"]),
    "Unsqueeze": _unsqueeze,
}
"""ONNX operator → function of its attributes and inputs, as far as the recogniser uses them (operator set 13);
``Swish`` is ours."""

STATISTICS = slice(3, 5)
"""Which inputs of ``BatchNormalization`` are stored statistics, not weights."""


Step = tuple[str, Attributes, list[str], str]


def _with_swish(steps: list[Step]) -> list[Step]:
    """``steps`` with every x · σ(x) made one pass over memory instead of two."""
    fused: list[Step] = []
    for step in steps:
        operator, _, inputs, name = step
        if operator == "Mul" and fused[-1][0] == "Sigmoid" and [*fused[-1][2], fused[-1][3]] == inputs:
            fused[-1] = ("Swish", {}, inputs[:1], name)
        else:
            fused.append(step)
    return fused


class Graph(torch.nn.Module):  # type: ignore[misc]
    """The nodes of ``model`` up to the tensor called ``output``; ``KeyError`` for an operator not in ``OPERATORS``."""

    def __init__(self, model: onnx.ModelProto, output: str) -> None:
        super().__init__()
        self.model, self.input, self.output = model, model.graph.input[0].name, output
        fixed = {
            name for node in model.graph.node if node.op_type == "BatchNormalization" for name in node.input[STATISTICS]
        }
        self.places: dict[str, str] = {}
        for number, entry in enumerate(model.graph.initializer):
            tensor = torch.from_numpy(numpy_helper.to_array(entry).copy())
            self.places[entry.name] = place = f"w{number}"
            if tensor.is_floating_point() and tensor.numel() > 1 and entry.name not in fixed:
                self.register_parameter(place, torch.nn.Parameter(tensor))
            else:
                self.register_buffer(place, tensor)
        steps: list[Step] = []
        for node in model.graph.node:
            attributes = {entry.name: helper.get_attribute_value(entry) for entry in node.attribute}
            steps.append((node.op_type, attributes, list(node.input), node.output[0]))
            if node.output[0] == output:
                break
        self.steps = _with_swish(steps)

    def forward(self, x: Tensor) -> Tensor:
        values: dict[str, Tensor] = {name: getattr(self, place) for name, place in self.places.items()}
        values[self.input] = x
        for operator, attributes, inputs, name in self.steps:
            values[name] = OPERATORS[operator](attributes, *(values[entry] for entry in inputs))
        return values[self.output]

    def export(self, weights: Mapping[str, Tensor] | None = None) -> onnx.ModelProto:
        """A copy of the ONNX model holding the weights of now, or ``weights`` (keys as in ``state_dict``)."""
        state = self.state_dict() if weights is None else weights
        model = onnx.ModelProto()
        model.CopyFrom(self.model)
        for entry in model.graph.initializer:
            if self.places[entry.name] in state:
                array = np.ascontiguousarray(state[self.places[entry.name]].detach().numpy())
                entry.CopyFrom(numpy_helper.from_array(array, entry.name))
        return model

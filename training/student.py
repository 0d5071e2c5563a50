"""A smaller net of the same shape: hidden channels that matter least are taken out of a trained one.

Every block of the recogniser is convolution 1×1 – bias – swish – convolution 1×1. Of its hidden channels those are
removed, one after the other, without which the second convolution, its weights fitted again by least squares, can
still best say what it said (Frantar, Singh & Alistarh, "Optimal Brain Compression", NeurIPS 2022, for whole columns).
What is lost is learnt again by ``retraining``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import onnx
import onnxruntime
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from iki.training.network import INPUT
from iki.training.reading import calibration

BLOCK = ("Conv", "Add", "Sigmoid", "Mul", "Conv")
"""The nodes of a block in their order."""
SEED = 271_828
"""Of the lines on which channels are judged."""

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StudentSettings:
    """How the student is cut out of its teacher."""

    kept: float = 0.6
    """Share of hidden channels that stay, of every block alike."""
    multiple: int = 8
    """Channels are kept by this number: the runtime counts them so (NCHWc)."""
    lines: int = 40
    """Lines for every kind of damage on which channels are judged."""
    ridge: float = 1e-4
    """Regularisation of the least squares, as a share of the channels' mean square."""


@dataclass(frozen=True, slots=True)
class Block:
    """Names in the graph: weights of both convolutions, the bias between them, the hidden channels' tensor."""

    first: str
    bias: str
    second: str
    hidden: str


def blocks(model: onnx.ModelProto) -> list[Block]:
    """The blocks of ``model``; their convolutions are 1×1 and have their biases apart."""
    found = []
    nodes = list(model.graph.node)
    for place in range(len(nodes) - len(BLOCK) + 1):
        run = nodes[place : place + len(BLOCK)]
        if tuple(node.op_type for node in run) == BLOCK and run[4].input[0] == run[3].output[0]:
            found.append(Block(run[0].input[1], run[1].input[1], run[4].input[1], run[3].output[0]))
    return found


def moments(model: onnx.ModelProto, found: list[Block], images: Iterable[NDArray[np.float32]]) -> dict[str, Matrix]:
    """Second moments [channels, channels] of every block's hidden channels over all places of ``images``."""
    watched = onnx.ModelProto()
    watched.CopyFrom(model)
    watched.graph.output.extend(helper.make_empty_tensor_value_info(block.hidden) for block in found)
    session = onnxruntime.InferenceSession(watched.SerializeToString(), providers=["CPUExecutionProvider"])
    names = [block.hidden for block in found]
    sums: dict[str, Matrix] = {}
    for image in images:
        for name, values in zip(names, session.run(names, {INPUT: image}), strict=True):
            flat = values[0].reshape(values.shape[1], -1).astype(np.float64)
            sums[name] = sums.get(name, 0.0) + flat @ flat.T
    return sums


def selected(moment: Matrix, weights: Matrix, kept: int, ridge: float) -> tuple[NDArray[np.int64], Matrix]:
    """Which ``kept`` channels stay, and the weights [outputs, kept] that make up best for those that go.

    ``moment`` [channels, channels], ``weights`` [outputs, channels].
    """
    count = len(moment)
    inverse = np.linalg.inv(moment + np.eye(count) * ridge * np.trace(moment) / count)
    fitted, alive = weights.copy(), np.ones(count, dtype=bool)
    for _ in range(count - kept):
        own = np.diag(inverse).copy()
        cost = np.where(alive, (fitted**2).sum(axis=0) / np.maximum(own, np.finfo(float).tiny), np.inf)
        gone = int(cost.argmin())
        fitted -= np.outer(fitted[:, gone], inverse[gone]) / own[gone]
        inverse -= np.outer(inverse[:, gone], inverse[gone]) / own[gone]
        alive[gone] = False
    places = np.flatnonzero(alive)
    return places, fitted[:, places]


def pruned(teacher: onnx.ModelProto, settings: StudentSettings) -> onnx.ModelProto:
    """A copy of ``teacher`` (float32 weights) with ``settings.kept`` of the hidden channels of its blocks."""
    student = onnx.ModelProto()
    student.CopyFrom(teacher)
    found = blocks(student)
    sums = moments(teacher, found, calibration(SEED, settings.lines))
    entries = {entry.name: entry for entry in student.graph.initializer}
    for block in found:
        first, bias, second = (numpy_helper.to_array(entries[n]) for n in (block.first, block.bias, block.second))
        kept = max(1, round(len(first) * settings.kept / settings.multiple)) * settings.multiple
        places, fitted = selected(sums[block.hidden], second[:, :, 0, 0].astype(np.float64), kept, settings.ridge)
        new = (first[places], bias.reshape(-1, len(first))[:, places].reshape(1, -1, 1, 1), fitted[:, :, None, None])
        for name, array in zip((block.first, block.bias, block.second), new, strict=True):
            entries[name].CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array, dtype=np.float32), name))
    del student.graph.value_info[:]
    onnx.checker.check_model(student)
    return student

"""The graph of the recogniser before training: what of the stock model is kept, and in which form.

The net is PP-OCRv6 small (PaddleOCR, Apache-2.0) as the installed ``rapidocr`` wheel holds it. Of its 18,710 classes
only those of ``alphabet.ALPHABET`` are kept. Input: float32 [N, 3, 32, W], a grey line in three equal channels,
(value / 255 − ½) / ½. Output: float32 [N, T, classes], probabilities, one frame for every 4 columns of the input.

The stock model takes lines of 48 px and makes a frame of 8 columns. Its convolutions read smaller print as well: a line
of 32 px costs less than half, and without the last pooling along the line there are more frames for smaller letters.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import rapidocr
from onnx import helper, numpy_helper, version_converter

from iki.lab.synthetic.text_lines.alphabet import ALPHABET, SPACE
from iki.lab.synthetic.text_lines.lines import HEIGHT

ROWS = 16
"""Rows of the input that make one row before the last pooling."""
OPSET = 13
"""The oldest ONNX operator set that knows quantisation per channel."""
STOCK = Path(rapidocr.__file__).parent / "models" / "PP-OCRv6_rec_small.onnx"
STOCK_ALPHABET_KEY = "character"
GELU = ("Div", "Erf", "Add", "Mul", "Mul")
"""How the stock model writes x · (1 + erf(x / √2)) · ½."""
SWISH_SCALE = 1.702
"""GELU(x) ≈ x · σ(1.702 x) (Hendrycks & Gimpel 2016, section 2)."""
INPUT, LOGITS, OUTPUT = "x", "logits", "probabilities"


def stock_alphabet(model: onnx.ModelProto) -> list[str]:
    """The characters of the stock model, one a class: blank, those of its metadata, the space."""
    stored = next(entry.value for entry in model.metadata_props if entry.key == STOCK_ALPHABET_KEY)
    return ["", *stored.split("\n"), SPACE]


def base_model(stock: Path = STOCK) -> onnx.ModelProto:
    """The stock model in operator set 13, its head cut to ``ALPHABET``, its padding explicit, identities removed.

    Its GELUs become swishes, which int8 has a table for; training makes up for the difference.
    """
    model = onnx.load(str(stock))
    characters = stock_alphabet(model)
    places = {character: number for number, character in enumerate(characters)}
    _cut_head(model, [places[character] for character in ALPHABET])
    _remove_identities(model)
    for node in model.graph.node:
        _make_padding_explicit(node)
    _swish_for_gelu(model)
    _pool_to_a_row(model)
    del model.metadata_props[:]
    softmax = model.graph.node.pop()
    _rename(model, softmax.input[0], LOGITS)
    model.graph.output[0].name = LOGITS
    model = version_converter.convert_version(model, OPSET)
    model.graph.node.append(helper.make_node("Softmax", [LOGITS], [OUTPUT], axis=-1))
    model.graph.output[0].name = OUTPUT
    _name_axes(model)
    _drop_unused(model)
    onnx.checker.check_model(model)
    return model


def _cut_head(model: onnx.ModelProto, classes: list[int]) -> None:
    """Keep only ``classes`` of the last layer (its weights [features, classes] and bias [classes])."""
    initializers = {entry.name: entry for entry in model.graph.initializer}
    total = len(stock_alphabet(model))
    for name, entry in initializers.items():
        if entry.dims and entry.dims[-1] == total:
            kept = numpy_helper.to_array(entry)[..., classes]
            entry.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(kept), name))


def _remove_identities(model: onnx.ModelProto) -> None:
    origin: dict[str, str] = {}
    kept = []
    for node in model.graph.node:
        if node.op_type == "Identity":
            origin[node.output[0]] = origin.get(node.input[0], node.input[0])
        else:
            node.input[:] = [origin.get(name, name) for name in node.input]
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(kept)
    del model.graph.value_info[:]


def _swish_for_gelu(model: onnx.ModelProto) -> None:
    """Every convolution – bias – GELU – convolution with y · σ(y) instead, the scale of y taken into the weights."""
    nodes = list(model.graph.node)
    makers = {node.output[0]: node for node in nodes}
    initializers = {entry.name: entry for entry in model.graph.initializer}

    def scale(name: str, factor: float) -> None:
        array = numpy_helper.to_array(initializers[name]) * np.float32(factor)
        initializers[name].CopyFrom(numpy_helper.from_array(array, name))

    kept: list[onnx.NodeProto] = []
    while nodes:
        run = nodes[: len(GELU)]
        if tuple(node.op_type for node in run) != GELU or run[0].input[0] != run[3].input[0]:
            kept.append(nodes.pop(0))
            continue
        del nodes[: len(GELU)]
        x, y = run[0].input[0], run[-1].output[0]
        bias = makers[x]
        scale(bias.input[1], SWISH_SCALE)
        scale(makers[bias.input[0]].input[1], SWISH_SCALE)
        for user in (node for node in nodes if y in node.input):
            scale(user.input[1], 1 / SWISH_SCALE)
        gate = f"{y}.gate"
        kept += [helper.make_node("Sigmoid", [x], [gate], gate), helper.make_node("Mul", [x, gate], [y], f"{y}.swish")]
    del model.graph.node[:]
    model.graph.node.extend(kept)


def _make_padding_explicit(node: onnx.NodeProto) -> None:
    """``SAME_UPPER`` at stride 1 as numbers: onnx2torch knows only those."""
    attributes = {attribute.name: attribute for attribute in node.attribute}
    mode = attributes.get("auto_pad")
    if mode is None:
        return
    same = mode.s == b"SAME_UPPER"
    node.attribute.remove(mode)
    if same:
        extra = [size - 1 for size in attributes["kernel_shape"].ints]
        begin = [size // 2 for size in extra]
        end = [size - first for size, first in zip(extra, begin, strict=True)]
        old = attributes.get("pads")
        if old is not None:
            node.attribute.remove(old)
        node.attribute.append(helper.make_attribute("pads", [*begin, *end]))


def _pool_to_a_row(model: onnx.ModelProto) -> None:
    """The last pooling takes in all rows that ``HEIGHT`` leaves, and no longer two columns."""
    (pool,) = (node for node in model.graph.node if node.op_type == "AveragePool")
    for attribute in pool.attribute:
        if attribute.name in ("kernel_shape", "strides"):
            attribute.ints[:] = [HEIGHT // ROWS, 1]
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_value = HEIGHT


def with_weights(model: onnx.ModelProto, other: onnx.ModelProto) -> onnx.ModelProto:
    """A copy of ``model`` with the weights of ``other``, a net of the same layers."""
    new = {entry.name: entry for entry in other.graph.initializer}
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    for entry in copy.graph.initializer:
        entry.CopyFrom(new[entry.name])
    return copy


def _rename(model: onnx.ModelProto, old: str, new: str) -> None:
    for node in model.graph.node:
        node.input[:] = [new if name == old else name for name in node.input]
        node.output[:] = [new if name == old else name for name in node.output]


def _drop_unused(model: onnx.ModelProto) -> None:
    """Forget the constants that no node takes any more."""
    used = {name for node in model.graph.node for name in node.input}
    kept = [entry for entry in model.graph.initializer if entry.name in used]
    del model.graph.initializer[:]
    model.graph.initializer.extend(kept)


def _name_axes(model: onnx.ModelProto) -> None:
    for value, names in ((model.graph.input[0], {0: "N", 3: "W"}), (model.graph.output[0], {0: "N", 1: "T"})):
        for axis, name in names.items():
            value.type.tensor_type.shape.dim[axis].dim_param = name
    model.graph.output[0].type.tensor_type.shape.dim[2].dim_value = len(ALPHABET)

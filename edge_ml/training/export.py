"""Export a trained module to an ONNX file with float16 weights, and check that its outputs are the module's."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

OPSET = 17
TOLERANCE = 0.02
"""The permitted error, as a share of the largest number in the output; float16 keeps three digits of a weight."""

MIN_SIZE = 64
"""Tensors with fewer numbers stay float32."""


class ExportError(RuntimeError):
    """The outputs of the exported model differ from those of the module."""


def export(module: nn.Module, size: tuple[int, int], path: Path, *, output: str) -> None:
    """Write a model with the input `image`, float32 [N, 3, *size], and that output, [N, …]; raises ExportError."""
    module = module.to(memory_format=torch.contiguous_format).eval()
    with warnings.catch_warnings():
        # The newer exporter needs another package, and its graph is no smaller. `fold_padding` folds the rest.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            module,
            (torch.zeros(2, 3, *size),),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=["image"],
            output_names=[output],
            dynamic_axes={"image": {0: "batch"}, output: {0: "batch"}},
        )
    onnx.save(store_as_float16(fold_padding(onnx.load(path))), path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    compare(module, size, path)


def fold_padding(model: onnx.ModelProto) -> onnx.ModelProto:
    """Move the padding to the right and below into the convolution after it.

    A padding node of its own interrupts the layout that ONNX Runtime chooses for convolutions.
    """
    pads = {node.output[0]: node for node in model.graph.node if node.op_type == "Pad"}
    for node in model.graph.node:
        if node.op_type == "Conv" and node.input[0] in pads:
            node.input[0] = pads[node.input[0]].input[0]
            next(attribute for attribute in node.attribute if attribute.name == "pads").ints[:] = [0, 0, 1, 1]
    return _remove_unused(model)


def _remove_unused(model: onnx.ModelProto) -> onnx.ModelProto:
    """Remove the nodes whose output is no longer used."""
    used, kept = {output.name for output in model.graph.output}, []
    for node in reversed(model.graph.node):
        if used.intersection(node.output):
            used.update(node.input)
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(reversed(kept))
    return model


def store_as_float16(model: onnx.ModelProto) -> onnx.ModelProto:
    """Store the weights as float16, cast to float32 when a session is made; the arithmetic stays float32."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < MIN_SIZE:
            continue
        name, half = tensor.name, f"{tensor.name}.half"
        tensor.CopyFrom(numpy_helper.from_array(numpy_helper.to_array(tensor).astype(np.float16), half))
        casts.append(helper.make_node("Cast", [half], [name], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    return model


def compare(module: nn.Module, size: tuple[int, int], path: Path) -> None:
    """Raise ExportError where ONNX Runtime and torch differ by more than rounding, on batches of 1 and 3."""
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 3):
        images = torch.randn(count, 3, *size).clamp(-1, 1)
        with torch.no_grad():
            expected = module(images).numpy()
        error = np.abs(session.run(None, {"image": images.numpy()})[0] - expected).max() / np.abs(expected).max()
        if error > TOLERANCE:
            raise ExportError(f"{path} is off by {error:.1%} from the module on a batch of {count}")

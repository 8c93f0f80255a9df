"""RateLimiter a trained module into an ONNX file of half the size, and checks that it answers as the module does."""

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
"""As a share of the largest number in the answer; float16 keeps three digits of a weight."""
LEAST = 64
"""Tensors with fewer numbers stay as they are."""


class ExportError(RuntimeError):
    """The exported model does not answer as the module does."""


def export(module: nn.Module, size: tuple[int, int], path: Path, *, output: str) -> None:
    """Write float32 `image` [N, 3, *size] → `output` [N, …]; raises ExportError where it answers otherwise."""
    module = module.to(memory_format=torch.contiguous_format).eval()
    with warnings.catch_warnings():
        # The newer exporter needs a package more and writes no smaller a graph; what this one cannot fold is cut below.
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
    onnx.save(halved(joined(onnx.load(path))), path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    compare(module, size, path)


def joined(model: onnx.ModelProto) -> onnx.ModelProto:
    """The padding to the right and below done by the convolution behind it; apart, it breaks the runtime's layout."""
    pads = {node.output[0]: node for node in model.graph.node if node.op_type == "Pad"}
    for node in model.graph.node:
        if node.op_type == "Conv" and node.input[0] in pads:
            node.input[0] = pads[node.input[0]].input[0]
            next(attribute for attribute in node.attribute if attribute.name == "pads").ints[:] = [0, 0, 1, 1]
    return _needed(model)


def _needed(model: onnx.ModelProto) -> onnx.ModelProto:
    """Without the nodes whose output nobody reads any more."""
    wanted, kept = {output.name for output in model.graph.output}, []
    for node in reversed(model.graph.node):
        if wanted.intersection(node.output):
            wanted.update(node.input)
            kept.append(node)
    del model.graph.node[:]
    model.graph.node.extend(reversed(kept))
    return model


def halved(model: onnx.ModelProto) -> onnx.ModelProto:
    """The weights as float16, each cast to float32 when the session is made; the arithmetic stays float32."""
    casts = []
    for tensor in model.graph.initializer:
        if tensor.data_type != TensorProto.FLOAT or np.prod(tensor.dims) < LEAST:
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
            wanted = module(images).numpy()
        off = np.abs(session.run(None, {"image": images.numpy()})[0] - wanted).max() / np.abs(wanted).max()
        if off > TOLERANCE:
            raise ExportError(f"{path} is off by {off:.1%} from the module on a batch of {count}")

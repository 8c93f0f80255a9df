"""Turns a trained module into an ONNX file of half the size, and checks that it answers as the module does."""

import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

OPSET = 17
TOLERANCE = 0.05
LEAST = 64
"""Tensors with fewer numbers stay as they are."""


class ExportError(RuntimeError):
    """The exported model does not answer as the module does."""


def export(module: nn.Module, size: tuple[int, int], path: Path, *, output: str) -> None:
    """Write float32 `image` [N, 3, *size] → `output` [N, …]; raises ExportError where it answers otherwise."""
    module = module.to(memory_format=torch.contiguous_format).eval()
    with warnings.catch_warnings():
        # The newer exporter needs a package more and writes no smaller a graph.
        warnings.simplefilter("ignore", DeprecationWarning)
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
    onnx.save(halved(onnx.load(path)), path)
    onnx.checker.check_model(onnx.load(path), full_check=True)
    compare(module, size, path)


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
    """Raise ExportError where ONNX Runtime and torch differ by more than rounding on batches of 1 and 3."""
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 3):
        images = torch.randn(count, 3, *size).clamp(-1, 1)
        with torch.no_grad():
            wanted = module(images).numpy()
        off = float(np.abs(session.run(None, {"image": images.numpy()})[0] - wanted).max())
        if off > TOLERANCE:
            raise ExportError(f"{path} is off by {off:.2g} from the module on a batch of {count}")

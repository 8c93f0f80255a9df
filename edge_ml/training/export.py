"""Turns the trained student into model.onnx and checks that it answers as the student does."""

import copy
import warnings
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch
from torch import nn

from edge_ml.training.bundle import INPUT, OUTPUT
from edge_ml.training.network import Student

OPSET = 17
TOLERANCE = 1e-3


class ExportError(RuntimeError):
    """The exported model does not answer as the student does."""


def cooled(student: Student, temperature: float) -> nn.Sequential:
    """Body and label head alone, the logits divided by `temperature` within the weights."""
    head = copy.deepcopy(student.labels)
    with torch.no_grad():
        head.weight /= temperature
        head.bias /= temperature
    return nn.Sequential(copy.deepcopy(student.body), head).float().eval()


def export(student: Student, temperature: float, size: int, path: Path) -> None:
    """Write float32 [N, 3, size, size] -> logits [N, labels] with batch norm folded; check it, or raise."""
    model = cooled(student, temperature)
    with warnings.catch_warnings():
        # The newer exporter needs a package more and writes no smaller a graph.
        warnings.simplefilter("ignore", DeprecationWarning)
        torch.onnx.export(
            model,
            (torch.zeros(2, 3, size, size),),
            path,
            dynamo=False,
            opset_version=OPSET,
            input_names=[INPUT],
            output_names=[OUTPUT],
            dynamic_axes={INPUT: {0: "batch"}, OUTPUT: {0: "batch"}},
        )
    onnx.checker.check_model(onnx.load(path), full_check=True)
    compare(model, size, path)


def compare(model: nn.Module, size: int, path: Path) -> None:
    """Raise ExportError where ONNX Runtime and torch differ by more than 0.001 on batches of 1 and 3."""
    session = ort.InferenceSession(path, providers=["CPUExecutionProvider"])
    for count in (1, 3):
        images = torch.randn(count, 3, size, size)
        with torch.no_grad():
            wanted = model(images).numpy()
        off = float(np.abs(session.run([OUTPUT], {INPUT: images.numpy()})[0] - wanted).max())
        if off > TOLERANCE:
            raise ExportError(f"{path} is off by {off:.2g} from the student on a batch of {count}")

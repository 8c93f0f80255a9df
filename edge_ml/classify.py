"""A Classifier: one model in memory, and what it says of a picture."""

from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from edge_ml.bundle import BundleError, ModelBundle
from edge_ml.decode import Picture
from edge_ml.image_error import ImageError

FLOOR = 0.01
_THREADS = 1
"""A function of 2 GB has little over one CPU: a second thread would spin its share away."""

_ERRORS_ONLY = 3
_RUNTIME_ERRORS = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NoModel,
                   state.NoSuchFile, state.NotImplemented, state.RuntimeException)  # fmt: skip


class Classifier:
    """A loaded bundle; `detections` may be called from several threads."""

    def __init__(self, bundle: ModelBundle) -> None:
        self.bundle = bundle
        self._session = _session(bundle)
        std = np.array(bundle.std, np.float32).reshape(3, 1, 1)
        self._scale, self._shift = 1 / std, -np.array(bundle.mean, np.float32).reshape(3, 1, 1) / std

    def detections(self, picture: Picture) -> list[dict[str, Any]]:
        """Every label of at least `FLOOR`, best first; raises ImageError when the model fails."""
        confidences = self._confidences(self._tensor(picture.pixels))
        best = np.argsort(-confidences, kind="stable")
        return [
            {"label": self.bundle.labels[n], "confidence": round(float(confidences[n]), 6)}
            for n in best
            if confidences[n] >= FLOOR
        ]

    def _tensor(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        tensor = np.empty((1, 3, *pixels.shape[:2]), np.float32)
        np.multiply(pixels.transpose(2, 0, 1), self._scale, out=tensor[0])
        tensor += self._shift
        return tensor

    def _confidences(self, tensor: NDArray[np.float32]) -> NDArray[np.float64]:
        try:
            (logits,) = self._session.run([self.bundle.output_name], {self.bundle.input_name: tensor})
        except (*_RUNTIME_ERRORS, MemoryError) as error:
            raise ImageError("model_failed", f"The model failed: {error}", retryable=True) from error
        return softmax(np.asarray(logits, np.float64).reshape(-1) / self.bundle.temperature)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Confidences that add up to one; raises ImageError rather than answer NaN."""
    if not np.isfinite(logits).all():
        raise ImageError("model_failed", "The model's answer is not a number.", retryable=True)
    powers = np.exp(logits - logits.max())
    return np.asarray(powers / powers.sum())


def _session(bundle: ModelBundle) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.log_severity_level = _ERRORS_ONLY
    try:
        session = onnxruntime.InferenceSession(bundle.path, options, providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        raise BundleError(f"{bundle.name}: model.onnx does not load: {error}") from error
    _check(bundle, session)
    return session


def _check(bundle: ModelBundle, session: Any) -> None:
    """Compare what model.json promises with the model; a dimension without a number takes any."""
    width, height = bundle.fit.size
    _expect(bundle, "input", bundle.input_name, session.get_inputs(), (1, 3, height, width))
    _expect(bundle, "output", bundle.output_name, session.get_outputs(), (1, len(bundle.labels)), alone=False)


def _expect(
    bundle: ModelBundle, side: str, name: str, nodes: list[Any], shape: tuple[int, ...], *, alone: bool = True
) -> None:
    named = [node for node in nodes if node.name == name]
    if not named or (alone and len(nodes) > 1):
        raise BundleError(f"{bundle.name}: the model's {side}s are {[node.name for node in nodes]}, not {name!r}.")
    has = named[0].shape
    if len(has) != len(shape) or any(isinstance(n, int) and n != m for n, m in zip(has, shape, strict=True)):
        raise BundleError(f"{bundle.name}: the model's {side} is {has}; model.json asks for {list(shape)}.")
    if named[0].type != "tensor(float)":
        raise BundleError(f"{bundle.name}: the model's {side} is {named[0].type}, not tensor(float).")

"""A model in memory: it takes a tensor, and its answers have the shapes that were promised and no NaN in them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.image_error import ImageError

Shape = Sequence[int | None]
"""The sides of a tensor; None where any length will do."""

Shapes = Mapping[str, Sequence[Shape]]
"""For each output by name, the shapes it may have."""

_THREADS = 1
"""A function of 2 GB has little over one CPU: a second thread would spin its share away."""

_ERRORS_ONLY = 3
_RUNTIME_ERRORS = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NoModel,
                   state.NoSuchFile, state.NotImplemented, state.RuntimeException)  # fmt: skip
_FED = {"float32": ("tensor(float)",), "uint8": ("tensor(uint8)",)}
_INTEGERS = ("tensor(uint8)", "tensor(int8)", "tensor(int32)", "tensor(int64)")
_NUMBERS = ("tensor(float)", "tensor(float16)", "tensor(double)", *_INTEGERS)


class Session:
    """An ONNX Runtime session that is what its bundle's model.json says; raises BundleError where it is not."""

    def __init__(self, bundle: ModelBundle, outputs: Shapes, *, integers: bool = False) -> None:
        self._session = opened(bundle)
        self._input, self._outputs = bundle.input.name, outputs
        check = _Check(bundle)
        check.node("input", self._input, self._session.get_inputs(), [bundle.input.shape], _FED[bundle.input.dtype])
        if len(self._session.get_inputs()) > 1:
            raise BundleError(f"{bundle.name}: the model wants more inputs than the picture alone.")
        for name, shapes in outputs.items():
            check.node("output", name, self._session.get_outputs(), shapes, _INTEGERS if integers else _NUMBERS)

    def answers(self, tensor: NDArray[Any]) -> list[NDArray[Any]]:
        """The promised outputs in their order; may be called from several threads; raises ImageError."""
        try:
            answers = self._session.run(list(self._outputs), {self._input: tensor})
        except (*_RUNTIME_ERRORS, MemoryError) as error:
            raise model_failed(str(error), retryable=True) from error
        for answer, shapes in zip(answers, self._outputs.values(), strict=True):
            _judge(answer, shapes)
        return list(answers)


def model_failed(why: str, *, retryable: bool = False) -> ImageError:
    """An answer that was not promised will be the same again; another worker may answer where this one's run failed."""
    return ImageError("model_failed", f"The model failed: {why}", retryable=retryable)


def _judge(answer: NDArray[Any], shapes: Iterable[Shape]) -> None:
    if not answer.size or not any(_fits(answer.shape, shape) for shape in shapes):
        raise model_failed(f"its answer has the shape {list(answer.shape)}, which was not promised.")
    if answer.dtype.kind == "f" and not np.isfinite(answer).all():
        raise model_failed("its answer is not a number.")


def opened(bundle: ModelBundle) -> Any:
    """ONNX Runtime's own session of the bundle's model; raises BundleError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(bundle.path, options, providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        raise BundleError(f"{bundle.name}: model.onnx does not load: {error}") from error


class _Check:
    def __init__(self, bundle: ModelBundle) -> None:
        self._bundle = bundle

    def node(self, side: str, name: str, nodes: Sequence[Any], shapes: Sequence[Shape], types: Sequence[str]) -> None:
        """Hold what the file declares against what model.json promises."""
        named = next((node for node in nodes if node.name == name), None)
        if named is None:
            raise self._wrong(f"{side}s are {[node.name for node in nodes]}, not {name!r}")
        if not any(_fits(named.shape, shape) for shape in shapes):
            raise self._wrong(f"{side} {name!r} is {_told([named.shape])}; model.json asks for {_told(shapes)}")
        if named.type not in types:
            raise self._wrong(f"{side} {name!r} is {named.type}, not {' or '.join(types)}")

    def _wrong(self, how: str) -> BundleError:
        return BundleError(f"{self._bundle.name}: the model's {how}.")


def _fits(has: Sequence[object], wanted: Shape) -> bool:
    """Whether these sides may be the wanted ones; a side without a number takes any."""
    return len(has) == len(wanted) and all(
        not isinstance(n, int) or m is None or n == m for n, m in zip(has, wanted, strict=True)
    )


def _told(shapes: Sequence[Sequence[object]]) -> str:
    return " or ".join(f"[{', '.join('?' if side is None else str(side) for side in shape)}]" for shape in shapes)

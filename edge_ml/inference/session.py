"""An ONNX Runtime session: runs the model, and checks that its inputs and outputs are as model.json describes them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as state

from edge_ml.bundles.bundle import BundleError, ModelBundle
from edge_ml.bundles.public_text import without_paths
from edge_ml.image_error import ImageError

if TYPE_CHECKING:
    from typing import Protocol

    class Node(Protocol):
        """ONNX Runtime's description of an input or output."""

        name: str
        type: str
        shape: Sequence[int | str | None]


Array = NDArray[np.generic]
"""A tensor of any numeric type."""

Shape = Sequence[int | None]
"""The sides of a tensor; None stands for any length from 1, ANY_COUNT for any length."""

ANY_COUNT = -1
"""The length of a side that may be 0: the number of boxes that a model has found."""

Shapes = Mapping[str, Sequence[Shape]]
"""The permitted shapes of each output, by its name."""

_THREADS = 1
"""A function of 2 GB has little more than one CPU: a second thread would lose its share by spinning."""

_ERRORS_ONLY = 3
_RUNTIME_ERRORS = (state.Fail, state.InvalidArgument, state.InvalidGraph, state.InvalidProtobuf, state.NoModel,
                   state.NoSuchFile, state.NotImplemented, state.RuntimeException)  # fmt: skip
_INPUT_TYPES = {"float32": ("tensor(float)",), "uint8": ("tensor(uint8)",)}
_INTEGERS = ("tensor(uint8)", "tensor(int8)", "tensor(int32)", "tensor(int64)")
_NUMBERS = ("tensor(float)", "tensor(float16)", "tensor(double)", *_INTEGERS)


RUN_SECONDS = 15
"""The longest run of a model from the bucket; a trial run of it took less than 8 s."""


class Session:
    """The session of a bundle's model; raises BundleError where the model differs from its model.json.

    A run that takes longer than `limit` seconds is stopped, if there is a limit.
    """

    def __init__(
        self, bundle: ModelBundle, outputs: Shapes, *, integers: bool = False, limit: float | None = None
    ) -> None:
        self._limit = limit
        self._session = open_session(bundle)
        self._input, self._outputs = bundle.input.name, outputs
        inputs = self._session.get_inputs()
        check = _NodeCheck(bundle.name, "input", inputs)
        check(self._input, [bundle.input.shape], _INPUT_TYPES[bundle.input.dtype])
        if len(inputs) > 1:
            raise BundleError(f"{bundle.name}: the model has more inputs than the picture.")
        check = _NodeCheck(bundle.name, "output", self._session.get_outputs())
        for name, shapes in outputs.items():
            check(name, shapes, _INTEGERS if integers else _NUMBERS)

    def run(self, tensor: Array) -> list[Array]:
        """Return the described outputs in their order; raises ImageError. Thread-safe."""
        outputs: list[Array]
        try:
            with _limited(self._limit) as options:
                outputs = self._session.run(list(self._outputs), {self._input: tensor}, options)
        except (*_RUNTIME_ERRORS, MemoryError) as error:
            if options and options.terminate:
                detail = f"The model takes more than {self._limit} s for this picture."
                raise ImageError("too_slow", detail, retryable=True) from error
            raise model_failure(str(error), retryable=True) from error
        for output, shapes in zip(outputs, self._outputs.values(), strict=True):
            _check_output(output, shapes)
        return outputs


@contextmanager
def _limited(seconds: float | None) -> Iterator[onnxruntime.RunOptions | None]:
    """Yield the options of a run that ends after so many seconds, None without a limit: a watch takes time to start."""
    if seconds is None:
        yield None
        return
    from threading import Timer  # imported here: the built-in models run without a limit

    options = onnxruntime.RunOptions()
    watch = Timer(seconds, setattr, (options, "terminate", True))
    watch.daemon = True
    watch.start()
    try:
        yield options
    finally:
        watch.cancel()


def model_failure(reason: str, *, retryable: bool = False) -> ImageError:
    """Return the error of a model that failed.

    A run that broke off is retryable, as another worker may succeed. A wrong output is not: it would be the same again.
    """
    return ImageError("model_failed", f"The model failed: {without_paths(reason)}", retryable=retryable)


def open_session(bundle: ModelBundle) -> onnxruntime.InferenceSession:
    """Return ONNX Runtime's own session of the bundle's model; raises BundleError."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = _THREADS
    options.log_severity_level = _ERRORS_ONLY
    try:
        return onnxruntime.InferenceSession(bundle.path, options, providers=["CPUExecutionProvider"])
    except _RUNTIME_ERRORS as error:
        raise BundleError(f"{bundle.name}: model.onnx does not load: {error}") from error


def _check_output(output: Array, shapes: Iterable[Shape]) -> None:
    if not any(_matches(output.shape, shape) for shape in shapes):
        raise model_failure(f"its output has the shape {list(output.shape)}, which model.json does not allow.")
    if output.dtype.kind == "f" and not np.isfinite(output).all():
        raise model_failure("its output holds NaN or infinity.")


class _NodeCheck:
    """Compares the inputs or outputs that a model file declares with those that its model.json describes."""

    def __init__(self, model: str, side: str, nodes: "Sequence[Node]") -> None:
        self._model, self._side, self._nodes = model, side, nodes

    def __call__(self, name: str, shapes: Sequence[Shape], types: Sequence[str]) -> None:
        """Raise BundleError where the node of that name is missing or has none of these shapes and types."""
        node = next((node for node in self._nodes if node.name == name), None)
        if node is None:
            raise self._error(f"{self._side}s are {[node.name for node in self._nodes]}, not {name!r}")
        if not any(_matches(node.shape, shape) for shape in shapes):
            raise self._error(
                f"{self._side} {name!r} is {_format([node.shape])}; model.json asks for {_format(shapes)}"
            )
        if node.type not in types:
            raise self._error(f"{self._side} {name!r} is {node.type}, not {' or '.join(types)}")

    def _error(self, difference: str) -> BundleError:
        return BundleError(f"{self._model}: the model's {difference}.")


def _matches(sides: Sequence[object], shape: Shape) -> bool:
    """Return whether these sides can be that shape; a side without a number can be any length."""
    return len(sides) == len(shape) and all(
        not isinstance(side, int) or length == ANY_COUNT or (side > 0 if length is None else side == length)
        for side, length in zip(sides, shape, strict=True)
    )


def _format(shapes: Sequence[Sequence[object]]) -> str:
    return " or ".join(
        f"[{', '.join('?' if side in (None, ANY_COUNT) else str(side) for side in shape)}]" for shape in shapes
    )

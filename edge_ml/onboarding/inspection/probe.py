"""The child process of an inspection: loads a model file, describes it, and runs it on noise."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from edge_ml.onboarding.inspection.tensor import EMPTY, NOT_FINITE
from edge_ml.serving.trial.confinement import serve_request
from edge_ml.serving.trial.load_error import load_error, shorten_message
from edge_ml.serving.trial.trial_error import TrialError, is_memory_error, too_much_memory

if TYPE_CHECKING:
    import numpy as np
    import onnxruntime
    from numpy.typing import NDArray

    Array = NDArray[np.number]

Sample = tuple[str, tuple[int, ...], str, float, float, list[float], str, float, float]
"""The fields of an `OutputSample`."""


def probe(request: Mapping[str, Any]) -> dict[str, object]:
    """Describe the file at `path`, or sample its outputs on `feed` (name, dtype, shape); raises TrialError."""
    import onnxruntime  # imported after the limits are set

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(request["path"], options, providers=["CPUExecutionProvider"])
    except Exception as error:  # ONNX Runtime has an exception class for each of its many reasons
        raise load_error(str(error)) from error
    return {"samples": _samples(session, *request["feed"])} if "feed" in request else _declarations(session)


def _declarations(session: "onnxruntime.InferenceSession") -> dict[str, object]:
    meta = session.get_modelmeta()
    sides = {"inputs": session.get_inputs(), "outputs": session.get_outputs()}
    tensors = {
        side: [(node.name, node.shape, _numpy_type(node.type)) for node in nodes] for side, nodes in sides.items()
    }
    return tensors | {"metadata": dict(meta.custom_metadata_map) | {"producer": meta.producer_name}}


def _numpy_type(onnx_type: str) -> str:
    """Return NumPy's name of a type such as `tensor(float)`."""
    inner = onnx_type.removeprefix("tensor(").removesuffix(")")
    return {"float": "float32", "double": "float64"}.get(inner, inner)


def _samples(session: "onnxruntime.InferenceSession", name: str, dtype: str, shape: Sequence[int]) -> list[Sample]:
    import numpy as np

    random = np.random.default_rng(0)
    feeds = [random.integers(0, 256, shape).astype(dtype) if dtype == "uint8" else
             random.standard_normal(shape, np.float32) * scale for scale in (1, 0.1)]  # fmt: skip
    runs = [_run(session, {name: feed}) for feed in feeds]
    names = [node.name for node in session.get_outputs()]
    return [_sample(name, values) for name, values in zip(names, zip(*runs, strict=True), strict=True)]


def _run(session: "onnxruntime.InferenceSession", feed: "Mapping[str, Array]") -> "list[Array]":
    try:
        return list(session.run(None, feed))
    except Exception as error:
        if is_memory_error(str(error)):
            raise too_much_memory() from error
        raise TrialError(
            "fails", f"The model fails on a picture of the size it asks for: {shorten_message(str(error))}."
        ) from error


def _sample(name: str, values: "Sequence[Array]") -> Sample:
    """Summarize one output over all runs. A fault is no refusal yet: nobody may read this output."""
    import numpy as np

    if not all(isinstance(array, np.ndarray) and array.dtype.kind in "fiu" for array in values):
        return name, np.shape(values[0]), "text", 0, 0, [], "is not numbers", 0, 0
    first = values[0]
    if not all(array.size for array in values):
        return name, first.shape, str(first.dtype), 0, 0, [], EMPTY, 0, 0
    if not all(np.isfinite(array).all() for array in values):
        return name, first.shape, str(first.dtype), 0, 0, [], NOT_FINITE, 0, 0
    sums = [float(array.sum(dtype=np.float64)) for array in values]
    minimum, maximum = min(float(array.min()) for array in values), max(float(array.max()) for array in values)
    return name, first.shape, str(first.dtype), minimum, maximum, sums, "", *_boxes(values)


def _boxes(values: "Sequence[Array]") -> tuple[float, float]:
    """Return the largest of the first four numbers of all rows, and the least fifth one."""
    rows = [array.reshape(-1, array.shape[-1]) if array.ndim > 1 else array.reshape(-1, 1) for array in values]
    reach = max(float(array[:, :4].max()) for array in rows)
    return reach, min(float(array[:, 4].min()) for array in rows) if rows[0].shape[1] > 4 else 0.0


if __name__ == "__main__":
    serve_request(probe)

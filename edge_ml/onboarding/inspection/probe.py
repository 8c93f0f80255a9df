"""What a model file says of itself, and what comes out of it: asked of a child process with little memory and time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

from edge_ml.serving.trial.confinement import TrialError, answer_with, confined, is_memory, too_much_memory
from edge_ml.serving.trial.load_error import plain, refusal

Shape = tuple[int | str | None, ...]


class Tensor(NamedTuple):
    """An input or an output; a size that the file leaves open is a name or None."""

    name: str
    shape: Shape
    type: str

    def __str__(self) -> str:
        return f"{self.name!r} {self.type} [{', '.join(str(n) if n is not None else '?' for n in self.shape)}]"


class Outcome(NamedTuple):
    """What came out of a run: shape and type, the least and the greatest value, and the sum of each run's values."""

    name: str
    shape: tuple[int, ...]
    type: str
    least: float
    most: float
    sums: tuple[float, ...]

    def __str__(self) -> str:
        return f"{self.name!r} {self.type} {list(self.shape)}"


@dataclass(frozen=True)
class Inspection:
    """The model's inputs and outputs, and the metadata its exporter wrote into it."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    metadata: Mapping[str, str]


def inspect(path: Path) -> Inspection:
    """What the file says of itself; raises TrialError."""
    said = confined(__name__, {"path": str(path)})
    inputs, outputs = ([Tensor(n, tuple(s), t) for n, s, t in said[side]] for side in ("inputs", "outputs"))
    return Inspection(tuple(inputs), tuple(outputs), said["metadata"])


def run(path: Path, name: str, dtype: str, shape: Sequence[int]) -> tuple[Outcome, ...]:
    """What comes out when noise goes in; raises TrialError."""
    said = confined(__name__, {"path": str(path), "feed": [name, dtype, list(shape)]})
    return tuple(Outcome(n, tuple(s), t, least, most, tuple(sums)) for n, s, t, least, most, sums in said["outcomes"])


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The child's work."""
    import onnxruntime  # after the limits are set

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(request["path"], options, providers=["CPUExecutionProvider"])
    except Exception as error:  # it has a class for each of its many reasons
        raise refusal(str(error)) from error
    return {"outcomes": _outcomes(session, *request["feed"])} if "feed" in request else _told(session)


def _told(session: Any) -> dict[str, Any]:
    meta = session.get_modelmeta()
    sides = {"inputs": session.get_inputs(), "outputs": session.get_outputs()}
    told = {side: [(each.name, each.shape, _type(each.type)) for each in nodes] for side, nodes in sides.items()}
    return told | {"metadata": dict(meta.custom_metadata_map) | {"producer": meta.producer_name}}


def _type(said: str) -> str:
    """`tensor(float)` as NumPy calls it."""
    inner = said.removeprefix("tensor(").removesuffix(")")
    return {"float": "float32", "double": "float64"}.get(inner, inner)


def _outcomes(session: Any, name: str, dtype: str, shape: Sequence[int]) -> list[tuple[Any, ...]]:
    import numpy as np

    chance = np.random.default_rng(0)
    feeds = [chance.integers(0, 256, shape).astype(dtype) if dtype == "uint8" else
             chance.standard_normal(shape, np.float32) * scale for scale in (1, 0.1)]  # fmt: skip
    runs = [_ran(session, {name: feed}) for feed in feeds]
    names = [each.name for each in session.get_outputs()]
    return [_described(name, values) for name, values in zip(names, zip(*runs, strict=True), strict=True)]


def _ran(session: Any, feed: Mapping[str, Any]) -> list[Any]:
    try:
        return list(session.run(None, feed))
    except Exception as error:
        if is_memory(str(error)):
            raise too_much_memory() from error
        raise TrialError(
            "fails", f"The model fails on a picture of the size it asks for: {plain(str(error))}."
        ) from error


def _described(name: str, values: Sequence[Any]) -> tuple[Any, ...]:
    import numpy as np

    if not all(isinstance(each, np.ndarray) and each.dtype.kind in "fiu" and each.size for each in values):
        raise TrialError("unsupported_output", f"The output {name!r} is not numbers.")
    if not all(np.isfinite(each).all() for each in values):
        raise TrialError("not_a_number", f"The output {name!r} holds values that are no numbers (NaN or infinite).")
    first, sums = values[0], [float(each.sum(dtype=np.float64)) for each in values]
    least, most = min(float(each.min()) for each in values), max(float(each.max()) for each in values)
    return name, first.shape, str(first.dtype), least, most, sums


if __name__ == "__main__":
    answer_with(_answer)

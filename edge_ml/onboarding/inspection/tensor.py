"""The inputs and outputs of a model file, and samples of the outputs."""

from collections.abc import Mapping
from typing import NamedTuple

NOT_FINITE = "holds values that are no numbers (NaN or infinite)"
"""The fault of an output with such a value."""

EMPTY = "is empty"
"""The fault of an output without a value, which is no fault of a detector that finds nothing on noise."""

Shape = tuple[int | str | None, ...]
"""The sides of a tensor; a side that the file leaves open is a name or None."""


class Tensor(NamedTuple):
    """An input or an output; `type` is a NumPy name such as float32."""

    name: str
    shape: Shape
    type: str

    def __str__(self) -> str:
        return f"{self.name!r} {self.type} [{', '.join(str(side) if side is not None else '?' for side in self.shape)}]"


class OutputSample(NamedTuple):
    """An output as it came out of the runs: its extreme values over all runs, and the sum of each run's values.

    `fault` is the reason for which the output cannot be read, mostly "". `reach` is the largest of the first four
    numbers of each row of the last axis, which are a box where the output has boxes; `fifth` is the least fifth number.
    """

    name: str
    shape: tuple[int, ...]
    type: str
    minimum: float
    maximum: float
    sums: tuple[float, ...]
    fault: str = ""
    reach: float = 0.0
    fifth: float = 0.0

    def __str__(self) -> str:
        return f"{self.name!r} {self.type} {list(self.shape)}"


class Inspection(NamedTuple):
    """A model's inputs and outputs, and the metadata that its exporter wrote into the file."""

    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    metadata: Mapping[str, str]

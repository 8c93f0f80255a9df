"""A reading of a model's outputs, and the form of the functions that find them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import NamedTuple

from edge_ml.onboarding.inspection.tensor import OutputSample
from edge_ml.onboarding.proposal.input import ImageInput


class Reading(NamedTuple):
    """A task and a decoding for one output; `labels` is the number of labels, None where the shape does not show it.

    `more` are further fields of model.json's object `output`: mostly the names of other outputs.
    """

    task: str
    decoding: str
    output: OutputSample
    labels: int | None
    reason: str
    more: Mapping[str, str] = {}


Finder = Callable[[OutputSample, Sequence[OutputSample], ImageInput], Iterator[Reading]]
"""Yields the readings of one output; it may need the others, and the picture's size."""

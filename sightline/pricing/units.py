"""Billed units of a function's batch, by the number of labels of its images: counted once, kept in units.json.

`python -m tests.benchmarks.price.units` counts it from the functions' own code, and a test compares it with the file.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

FILE = Path(__file__).with_name("units.json")


class Units(NamedTuple):
    """Request units of DynamoDB, billed requests of SNS and SQS, and logged bytes."""

    writes: float = 0.0
    reads: float = 0.0
    sns: float = 0.0
    sqs: float = 0.0
    logged: float = 0.0

    def times(self, factor: float) -> "Units":
        """Return the units of so many."""
        return Units(*(value * factor for value in self))

    def plus(self, other: "Units") -> "Units":
        """Return the units of both."""
        return Units(*(a + b for a, b in zip(self, other, strict=True)))


def message_units(function: str, detector: str, labels: float, batch: float) -> Units:
    """Return the units of one message of `recognize`, `dispatch` or `deliver` in a batch of this mean size.

    `detector` is `edge` or `rekognition`; between the counted numbers of labels the units are interpolated.
    """
    counted = _read()[detector]
    known = sorted(map(int, counted))
    above = next((number for number in known if number >= labels), known[-1])
    below = max((number for number in known if number <= labels), default=above)
    share = (labels - below) / (above - below) if above > below else 0.0
    parts = [(counted[str(below)][function], 1 - share), (counted[str(above)][function], share)]
    total = Units()
    for part, weight in parts:
        one = Units(**part["each"]).plus(Units(**part["batch"]).times(1 / batch))
        total = total.plus(one.times(weight))
    return total


@cache
def _read() -> Any:
    return json.loads(FILE.read_text())

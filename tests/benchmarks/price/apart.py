"""Units of batches, measured in a process of its own: imported modules keep the clients and loggers of other tests."""

import json
import subprocess
import sys
from functools import cache
from itertools import product

from sightline.pricing.units import Units
from tests.benchmarks.price.meter import measure
from tests.benchmarks.price.units import DETECTORS, LABELS, units_of
from tests.stacks import ROOT

BATCHES = [*((detector, labels, 1) for detector, labels in product(DETECTORS, LABELS)), ("edge", 1, 10)]
"""Detector, labels of an image, and images of a batch."""


def units_apart(detector: str, labels: int, images: int) -> dict[str, Units]:
    """Return the units of each function for one batch of `BATCHES`."""
    return _all_apart()[detector, labels, images]


@cache
def _all_apart() -> dict[tuple[str, int, int], dict[str, Units]]:
    command = [sys.executable, "-m", __name__]
    output = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout
    found = json.loads(output.splitlines()[-1])
    return {
        batch: {function: Units(*values) for function, values in functions.items()}
        for batch, functions in zip(BATCHES, found, strict=True)
    }


if __name__ == "__main__":
    print(json.dumps([{name: units_of(step) for name, step in measure(*batch).items()} for batch in BATCHES]))

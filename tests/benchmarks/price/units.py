"""Compute sightline/pricing/units.json, by which prices are computed without the functions' code.

`python -m tests.benchmarks.price.units` writes it anew from what the functions do under moto.
"""

import io
import json
from collections.abc import Mapping
from contextlib import redirect_stdout
from itertools import product

from edge_ml.log import log_results
from sightline.pricing.units import FILE, Units
from tests.benchmarks.price.meter import Step, measure

DETECTORS, LABELS = ("edge", "rekognition"), (1, 10, 25, 50, 100)
IMAGES = 10

Computed = dict[str, dict[str, dict[str, dict[str, dict[str, float]]]]]
"""Units by detector, labels, function, and `each` message or `batch`."""


def computed() -> Computed:
    """Return the units of each function: those of a batch, and those of each of its messages."""
    found: Computed = {detector: {} for detector in DETECTORS}
    for detector, labels in product(DETECTORS, LABELS):
        one, ten = measure(detector, labels, 1), measure(detector, labels, IMAGES)
        found[detector][str(labels)] = {name: _split(units_of(one[name]), units_of(ten[name])) for name in one}
    return found


def units_of(step: Step) -> Units:
    """Return the units of a step, of all tables together."""
    return Units(
        writes=sum(step.writes.values()),
        reads=sum(step.reads.values()),
        sns=step.requests.get("sns", 0),
        sqs=step.requests.get("sqs", 0),
        logged=step.printed,
    )


def _split(one: Units, ten: Units) -> dict[str, dict[str, float]]:
    """Return the units of each message and those of a batch, from those of batches of one and of ten."""
    each = Units(*((b - a) / (IMAGES - 1) for a, b in zip(one, ten, strict=True)))
    batch = Units(*(a - b for a, b in zip(one, each, strict=True)))
    return {"each": _rounded(each), "batch": _rounded(batch)}


def _rounded(units: Units) -> dict[str, float]:
    """Return the units, with the log in tens of bytes: milliseconds have more digits on a slower machine."""
    return {name: round(value, -1 if name == "logged" else 2) + 0.0 for name, value in units._asdict().items()}


def edge_line() -> int:
    """Return the bytes that the edge function logs for an image."""
    printed = io.StringIO()
    request: Mapping[str, object] = {"correlation_id": f"img_{0:032x}"}
    with redirect_stdout(printed):
        log_results("recognized", [request], [{"duration_ms": 12, "bytes": 600_000}], model="animals@2.0.0")
    return len(printed.getvalue())


if __name__ == "__main__":
    FILE.write_text(json.dumps(computed(), indent=1) + "\n")

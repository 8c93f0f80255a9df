"""The price of a million images, with the milliseconds of this machine, beside the figures of docs/costs.md.

The milliseconds are those of one core; a function of 2 GB has 1.16 of a core of Lambda's. Batches are as full as a
simulation of the event sources fills them, and everything that is billed is counted.
"""

import statistics
import time

from edge_ml.handler import MODELS
from edge_ml.serving.recognize import recognize_image
from sightline.pricing.batching.batches import Arrivals
from sightline.pricing.bill import batches, bill, price
from sightline.pricing.load import WAYS, Load
from sightline.pricing.prices import dollars
from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.figure import Figure
from tests.benchmarks.price.idle import at_rest
from tests.benchmarks.price.tables import BEFORE, PUT

ROUNDS = 25


def figures() -> list[Figure]:
    """Return the prices of a million images at two rates, of their parts, and of a month at rest."""
    milliseconds = _milliseconds()
    busy, quiet = (Load(PUT, arrivals=Arrivals(rate), model_ms=milliseconds) for rate in (11.6, 0.1))
    edge = sum(line.dollars for line in bill(busy) if line.part == "the edge function")
    request = price(busy._replace(way=WAYS["`POST /images`, a URL"])) - price(busy)
    rest = at_rest()
    return [
        Figure("one 2-MP image, bytes → labels", milliseconds, unit="ms"),
        Figure("images in a batch at 11.6/s", batches(busy).recognize),
        Figure("a million images at 11.6/s, everything counted", price(busy), at_most=12.5, unit="$"),
        Figure("the same at 0.1/s", price(quiet), at_most=16, unit="$"),
        Figure("the first without a window, traced, all logged", price(busy._replace(settings=BEFORE)), unit="$"),
        Figure("a million images: the edge function alone", edge, unit="$"),
        Figure("a million images: the callers' requests by URL", request, unit="$"),
        Figure("the edge function ÷ Rekognition", edge / dollars("Rekognition"), at_most=0.01),
        Figure("a month without any image", sum(rest.lines().values()), at_most=3.7, unit="$"),
        Figure("alarms", rest.alarms, at_most=24),
    ]


def _milliseconds() -> float:
    model, data = MODELS.get(None), photo(*SIZES["2 MP"])
    times = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        recognize_image(model, data)
        times.append((time.thread_time() - begun) * 1000)
    return statistics.median(times)

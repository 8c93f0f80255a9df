"""The price of a million images, with the milliseconds of this machine, beside the figures of docs/costs.md.

The milliseconds are those of one core; a function of 2 GB has 1.16 of a core of Lambda's.
"""

import statistics
import time

from edge_ml.handler import MODELS
from edge_ml.serving.recognize import recognize_image
from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.figure import Figure
from tests.benchmarks.price.idle import idle_prices
from tests.benchmarks.price.images import BATCH, WAYS, model_price, path_price, request_price
from tests.benchmarks.price.table import dollars

ROUNDS = 25


def figures() -> list[Figure]:
    """Return the prices of the model alone, of all services, of a request, of Rekognition, and of a month at rest."""
    milliseconds = _milliseconds()
    alone, path = model_price(milliseconds), path_price(milliseconds, "edge", 1, BATCH)
    rekognition, by_url = dollars("Rekognition"), request_price(WAYS["`POST /images`, a URL"])
    return [
        Figure("one 2-MP image, bytes → labels", milliseconds, unit="ms"),
        Figure("a million images: the edge function alone", alone, unit="$"),
        Figure("a million images: all services from upload to event", path, at_most=15.5, unit="$"),
        Figure("a million images: the callers' requests by URL", by_url, unit="$"),
        Figure("a million images: Rekognition's DetectLabels alone", rekognition, unit="$"),
        Figure("the edge function ÷ Rekognition", alone / rekognition, at_most=0.01),
        Figure("a month without any image", sum(idle_prices().values()), at_most=7.5, unit="$"),
    ]


def _milliseconds() -> float:
    model, data = MODELS.get(None), photo(*SIZES["2 MP"])
    times = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        recognize_image(model, data)
        times.append((time.thread_time() - begun) * 1000)
    return statistics.median(times)

"""The price of a million images: from the caller's request to the published event, without webhooks and storage."""

from typing import NamedTuple

from recognition.detectors.edge_function import MEGABYTES
from tests.benchmarks.price.rows import rows_price
from tests.benchmarks.price.table import dollars

MODEL_MS = 18.0
"""Milliseconds of the edge function for a 2-MP photo, bytes to labels: `make bench ARGS=price` measures it."""

PHOTO_BYTES = 600_000
"""A 2-MP photo: two units of API Gateway's 512 KB where its bytes are in the request."""

UNSURE = 0.2
"""The share of a cascade's images of which the edge model is not sure, and that Rekognition is asked about."""

BATCH = 10
"""Images in a batch under load; at rest every image is a batch of its own."""

TRACED = 0.05
"""The share of invocations that X-Ray records, besides the first of each second."""

_S3_READ_MS = 20
"""The wait for the first object of a batch; the others are read in the meantime."""
_OTHERS_MS = 65
"""Milliseconds of recognize and dispatch for a batch without the model: CPU, and calls of some 5 ms."""
_REKOGNITION_MS = 600
"""The wait for Rekognition, ten images at once."""
_AUTHORIZE_MS = 5
_OTHERS_GB, _EDGE_GB = 0.5, MEGABYTES / 1024
_LOGGED_GB = 1e-6
"""Logged per image: a line of some 250 bytes in each of three functions, and a tenth of Lambda's own for a batch."""


class Way(NamedTuple):
    """A way in: the bytes that pass API Gateway, None without it, and the milliseconds of the function behind it."""

    body: int | None
    function_ms: float
    is_stored: bool = True


WAYS = {
    "`PutObject` by credentials of your own": Way(None, 0),
    "`POST /uploads`, the form": Way(500, 15),
    "`POST /images`, a URL": Way(500, 300),
    "`POST /images`, the bytes": Way(PHOTO_BYTES, 60),
    "`POST /classify`": Way(PHOTO_BYTES, MODEL_MS + 15, is_stored=False),
}
DETECTORS = ("edge", "cascade", "rekognition")
LABELS = (1, 25, 100)


def image_price(way: Way, detector: str, labels: int, batch: int = BATCH) -> float:
    """Return the price of a million images in US dollars; `POST /classify` asks `edge` and stores nothing."""
    if not way.is_stored:
        return request_price(way) + model_price(MODEL_MS, batch=1, reads=False) + dollars("X-Ray", TRACED)
    return request_price(way) + path_price(MODEL_MS, detector, labels, batch)


def request_price(way: Way) -> float:
    """Return the price of the caller's requests: API Gateway, the authorizer, and the function behind the route."""
    if way.body is None:
        return 0.0
    gateway = dollars("API Gateway", -(-way.body // 512_000))
    invocations = dollars("Lambda requests", 2) + dollars("X-Ray", 2 * TRACED)
    return gateway + invocations + _time_price(_AUTHORIZE_MS + way.function_ms, _OTHERS_GB)


def path_price(milliseconds: float, detector: str, labels: int, batch: int) -> float:
    """Return the price from the stored object to the published event, the detector's included."""
    asked = {"edge": 0.0, "cascade": UNSURE, "rekognition": 1.0}[detector]
    edge = 0.0 if detector == "rekognition" else model_price(milliseconds, batch)
    waiting = (0.0 if detector == "rekognition" else milliseconds) + (_S3_READ_MS + _OTHERS_MS) / batch
    functions = _time_price(waiting + asked * _REKOGNITION_MS / batch, _OTHERS_GB)
    functions += dollars("Lambda requests", 2 / batch) + dollars("X-Ray", 2 * TRACED / batch)
    events = dollars("S3 writes") + dollars("SNS", 2) + dollars("SQS", 2 * (1 + 2 / batch)) + dollars("DynamoDB reads")
    rows = rows_price("rekognition" if asked == 1.0 else "edge", labels, batch)
    rekognition = dollars("Rekognition", asked) + dollars("S3 reads", asked)
    return edge + functions + events + rows + rekognition + dollars("logs", 1_000_000 * _LOGGED_GB)


def model_price(milliseconds: float, batch: int = BATCH, *, reads: bool = True) -> float:
    """Return the edge function's price for images of `milliseconds` each, `batch` per invocation."""
    waiting = milliseconds + (_S3_READ_MS / batch if reads else 0)
    requests = dollars("Lambda requests", 1 / batch) + dollars("X-Ray", TRACED / batch)
    return _time_price(waiting, _EDGE_GB) + requests + dollars("S3 reads", float(reads))


def _time_price(milliseconds: float, gigabytes: float) -> float:
    return dollars("Lambda time", milliseconds / 1000 * gigabytes)

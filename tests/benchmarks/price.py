"""The price of a million images by a model of one's own, from measured milliseconds and list prices, and Rekognition's.

Photos of 2 MP in batches of ten, without webhooks. Prices: us-east-1, x86-64, in US dollars, first tier, without
free allowances, as published in November 2026 at https://aws.amazon.com/<service>/pricing/. The milliseconds are this
machine's, on one core; a function of 2 GB has 1.16 of a core of Lambda's.
"""

import statistics
import time
from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from domain.options import Options
from domain.recognition import Detection, Model, Recognition
from edge_ml.handler import MODELS
from edge_ml.serving.recognize import recognize_image
from recognition.detectors.edge_function import MEGABYTES
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.result_cache import ResultCache
from tests.benchmarks.edge.photos import SIZES, photo
from tests.benchmarks.figure import Figure
from tests.builders import image

MILLION = 1_000_000
BATCH = 10
GB_SECOND = 0.0000166667
LAMBDA_REQUESTS, SQS_REQUESTS, SNS_REQUESTS, S3_PUTS, S3_GETS = 0.20, 0.40, 0.50, 5.00, 0.40
DYNAMODB_WRITES, DYNAMODB_READS = 0.625, 0.125
REKOGNITION = 0.001 * MILLION
ROUNDS = 25

S3_READ_MS = 20
"""The wait for the first of ten objects; the others are read in the meantime."""
OTHERS_MS = 65
"""Milliseconds of recognize and dispatch for a batch without the model: CPU, and ten calls of some 5 ms."""
OTHERS_GB = 0.5
LOGGED_BYTES, LOGS_GB = 1000, 0.50
"""Bytes logged per image: a line in each of three functions, some 250 bytes, and a tenth of Lambda's for a batch."""


def figures() -> list[Figure]:
    """Return the price of the model alone, of all services, and of Rekognition."""
    milliseconds = _milliseconds()
    alone, path = model_price(milliseconds), path_price(milliseconds)
    return [
        Figure("one 2-MP image, bytes → labels", milliseconds, unit="ms"),
        Figure("a million images: the edge function alone", alone, unit="$"),
        Figure("a million images: all services from upload to event", path, at_most=15, unit="$"),
        Figure("a million images: Rekognition's DetectLabels alone", REKOGNITION, unit="$"),
        Figure("the edge function ÷ Rekognition", alone / REKOGNITION, at_most=0.01),
    ]


def model_price(milliseconds: float) -> float:
    """Return the edge function's price for a million images of `milliseconds` each, ten per invocation."""
    seconds = (milliseconds + S3_READ_MS / BATCH) / 1000
    return MILLION * seconds * MEGABYTES / 1024 * GB_SECOND + LAMBDA_REQUESTS / BATCH + S3_GETS


def path_price(milliseconds: float) -> float:
    """Return the price from the upload's PutObject to the published event, without storage and the caller's request."""
    waiting = milliseconds + (S3_READ_MS + OTHERS_MS) / BATCH
    functions = MILLION * waiting / 1000 * OTHERS_GB * GB_SECOND + 2 * LAMBDA_REQUESTS / BATCH
    uploads = S3_PUTS + SNS_REQUESTS + SQS_REQUESTS * (1 + 2 / BATCH)
    published = SNS_REQUESTS + SQS_REQUESTS * (1 + 2 / BATCH) + DYNAMODB_READS
    logged = MILLION * LOGGED_BYTES / 10**9 * LOGS_GB
    return model_price(milliseconds) + functions + uploads + stored_price(_entry()) + published + logged


def stored_price(entry: Entry) -> float:
    """Return DynamoDB's price: two reads of the row, one of the cache; writes of the row, index rows and counters."""
    cache = ResultCache()
    assert isinstance(entry.outcome, Recognition)
    cache.add(entry.image, "edge", None, entry.outcome)
    beside = [*index_rows.rows(entry), *cache.new_rows([entry.image.image_id])]
    written = 2 * _kilobytes([entry.to_item()]) + _kilobytes(beside) + 1 / BATCH  # a transaction counts twice
    return written * DYNAMODB_WRITES + (1 + 1 + 0.5) * DYNAMODB_READS


def _entry() -> Entry:
    """Return the photo's entry, with ids, keys and names as long as in an account."""
    model = MODELS.get(None)
    seen = tuple(
        Detection(detection["label"], detection["confidence"])
        for detection in recognize_image(model, photo(*SIZES["2 MP"]))["detections"]
    )
    recognition = Recognition("edge", Model(**model.bundle.to_dict()), seen, 12, SIZES["2 MP"])
    owner, name = "0193f2a5-c0ff-4011-8233-445566778899", "holiday at the sea.jpg"
    stored = image(name, owner=owner, sequencer="0A1B2C3D4E5F607182")
    stored = replace(stored, bucket="apistack-images9bf4437c-1234567890ab", version="v" * 32)
    return Entry(stored, recognition, "2026-11-20T17:00:01.000Z", Options())


def _kilobytes(rows: Iterable[Mapping[str, Mapping[str, Any]]]) -> int:
    """Return the size of rows as DynamoDB counts it: names and values, each row rounded up."""
    sizes = [sum(len(f"{name}{next(iter(value.values()))}".encode()) for name, value in row.items()) for row in rows]
    return sum(ceil(size / 1024) for size in sizes)


def _milliseconds() -> float:
    model, data = MODELS.get(None), photo(*SIZES["2 MP"])
    times = []
    for _ in range(ROUNDS):
        begun = time.thread_time()
        recognize_image(model, data)
        times.append((time.thread_time() - begun) * 1000)
    return statistics.median(times)

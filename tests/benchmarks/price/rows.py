"""DynamoDB's part: the rows that are written and read for one image, by its number of labels."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from math import ceil
from typing import Any

from domain.options import Options
from domain.recognition import Detection, Model, Recognition
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.result_cache import cache_rows
from tests.benchmarks.price.table import dollars
from tests.builders import image

_SUREST, _LEAST_SURE = 0.99, 0.1
"""The labels' confidences lie evenly between these: 0.1 is the least that the app asks DetectLabels for."""

_DIGEST = "2c4c94f9e261f682b0a9f666793bb80bef44f9f258c3b284356d49573ce9588f"


def rows_price(detector: str, labels: int, batch: int) -> float:
    """Return the price of a million images' rows: two reads of the row, one of the cache; writes of the row, the index
    rows and the cache, and the counters once for each batch.
    """  # fmt: skip
    entry = _entry(detector, labels)
    beside = [*index_rows.rows(entry, detector=detector != "edge"), *cache_rows([entry])]
    written = _kilobytes([entry.to_item(), *beside]) + 1 / batch
    return dollars("DynamoDB writes", written) + dollars("DynamoDB reads", 1 + 1 + 0.5)


def _entry(detector: str, labels: int) -> Entry:
    """Return an image's entry, with ids, keys and names as long as in an account."""
    step = (_SUREST - _LEAST_SURE) / max(labels - 1, 1)
    seen = tuple(Detection(f"Label {number:02}", round(_SUREST - number * step, 4)) for number in range(labels))
    model = Model("animals", "2.0.0", _DIGEST) if detector == "edge" else Model("rekognition", "3.0")
    recognition = Recognition(detector, model, seen, 12, (1632, 1224))
    owner, name = "0193f2a5-c0ff-4011-8233-445566778899", "holiday at the sea.jpg"
    stored = image(name, owner=owner, sequencer="0A1B2C3D4E5F607182")
    stored = replace(stored, bucket="apistack-images9bf4437c-1234567890ab", version="v" * 32)
    return Entry(stored, recognition, "2026-11-20T17:00:01.000Z", Options())


def _kilobytes(rows: Iterable[Mapping[str, Mapping[str, Any]]]) -> int:
    """Return the size of rows as DynamoDB counts it: names and values, each row rounded up."""
    sizes = [sum(len(name) + _length(next(iter(value.values()))) for name, value in row.items()) for row in rows]
    return sum(ceil(size / 1024) for size in sizes)


def _length(value: str | bytes) -> int:
    return len(value if isinstance(value, bytes) else value.encode())

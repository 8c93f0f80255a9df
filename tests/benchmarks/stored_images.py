"""Many images with outcomes, written straight into the tables that the read routes read.

Confidences are those of a classifier: nine in ten images at 0.97 to 1, one at 0.3 to 0.97; half are cats. Rekognition
recognized one in twenty; one in a hundred was rejected. The newest images have all their index rows, older ones only
those that `SEARCHED` names.
"""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from domain.clock import rfc3339
from domain.ids import timed_id
from domain.image import PUBLIC, Image, image_key
from domain.options import Options
from domain.recognition import Detection, Model, Recognition, Rejection
from recognition.results.runtime import index_rows
from recognition.results.runtime.entry import Entry
from wire.aws import rows

SEARCHED = (
    index_rows.by_label(PUBLIC, "cat", 0.9),
    index_rows.by_detector(PUBLIC, "rekognition"),
    index_rows.rejected(PUBLIC),
)
NEWEST = datetime(2026, 11, 21, tzinfo=UTC)
_NEWEST_IMAGES = 2_000
_MODEL = Model("animals", "2.0.0", "2c4c94f9e261")
_AT_ONCE, _WRITERS = 1000, 4


def stored(number: int) -> Entry:
    """Return the entry with this number, always the same; a higher number is an older image."""
    chance = random.Random(number)
    at = NEWEST - timedelta(seconds=number)
    image_id = timed_id("img", at, f"{number:020x}")
    image = Image(
        image_id=image_id,
        owner=PUBLIC,
        name=f"{number}.jpg",
        bucket="images",
        key=image_key(PUBLIC, image_id, f"{number}.jpg"),
        version=f"{number:032x}",
        sequencer="0" * 32,
        size=240_512,
        received_at=rfc3339(at),
    )
    return Entry(image, _outcome(chance), rfc3339(at), Options())


def store(dynamodb: Any, recognitions: str, found_by: str, numbers: range) -> None:
    """Write the rows of these images and their index rows."""
    written = iter(row for number in numbers for row in _rows(number, recognitions, found_by))
    with ThreadPoolExecutor(_WRITERS) as pool:
        while some := [list(islice(written, _AT_ONCE)) for _ in range(_WRITERS)]:
            if not some[0]:
                return
            list(pool.map(lambda chunk: rows.write(dynamodb, chunk), some))


def _rows(number: int, recognitions: str, found_by: str) -> Iterator[rows.Write]:
    entry = stored(number)
    yield rows.put(recognitions, entry.to_item())
    for row in index_rows.rows(entry):
        if number < _NEWEST_IMAGES or row["found_by"]["S"] in SEARCHED:
            yield rows.put(found_by, row)


def _outcome(chance: random.Random) -> Recognition | Rejection:
    if chance.random() < 0.01:
        return Rejection("damaged_image", "The image's header cannot be read.")
    sure = chance.uniform(0.97, 1) if chance.random() < 0.9 else chance.uniform(0.3, 0.97)
    labels = ("cat", "dog") if chance.random() < 0.5 else ("dog", "cat")
    seen = tuple(Detection(label, round(share, 4)) for label, share in zip(labels, (sure, 1 - sure), strict=True))
    detector = "rekognition" if chance.random() < 0.05 else "edge"
    return Recognition(detector, _MODEL, seen, duration_ms=10, size=(451, 300))

"""DynamoDB's write units and dollars for the answers of detectors, from the rows that the stores write.

One batch of ten goes through the recognize worker's own stores in memory, whose calls are metered as DynamoDB bills
them: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/read-write-operations.html
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import ceil
from typing import Any

from domain.event import Event
from domain.ids import digest
from domain.image import Image, image_key
from domain.options import Options
from domain.recognition import Box, Detection, Model, Outcome, Recognition
from recognition.recognize.runtime.entries import DetectorAccess
from recognition.recognize.runtime.recognize import recognize
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.recognize.runtime.stores import Stores
from recognition.results.runtime.result_cache import ResultCache
from sightline.pricing.prices import dollars
from tests.benchmarks.figure import Figure
from tests.builders import image
from tests.tables import Item, Tables

BATCH = 10
OWNER = "0193f2a5-c0ff-4011-8233-445566778899"
GOALS = {25: 20.0, 50: 30.0, 100: 70.0}
"""US dollars per million answers by their number of labels."""
_SUREST, _LEAST_SURE = 0.99, 0.1
"""The labels' confidences lie evenly between these: 0.1 is the least that the app asks DetectLabels for."""
_BOXED = 100
"""Labels from which on each has a box; DetectLabels boxes few."""
_TABLES = {
    "recognitions": ("owner", "image_id"),
    "index": ("found_by", "image_id"),
    "answers": ("about", "answer"),
    "usage": ("owner", "day"),
}
_VERSION_LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz."


class Metered(Tables):
    """Tables in memory that count the request units of DynamoDB: of 1 KB written, of 4 KB read."""

    def __init__(self) -> None:
        super().__init__(_TABLES)
        self.written, self.read = 0, 0.0

    def batch_get_item(self, RequestItems: Mapping[str, Any]) -> Item:  # noqa: N803
        """Read rows; a read that may be stale costs half."""
        found = super().batch_get_item(RequestItems)
        for table, request in RequestItems.items():
            rows: list[Item] = found["Responses"][table]
            missing = len(request["Keys"]) - len(rows)
            units = sum(_units(row, 4096) for row in rows) + missing
            self.read += units if request.get("ConsistentRead") else units / 2
        return found

    def batch_write_item(self, RequestItems: Mapping[str, Any]) -> Item:  # noqa: N803
        """Write rows."""
        puts = [write["PutRequest"]["Item"] for writes in RequestItems.values() for write in writes]
        self.written += sum(map(_units, puts))
        return super().batch_write_item(RequestItems)

    def batch_execute_statement(self, Statements: list[Item]) -> Item:  # noqa: N803
        """Insert rows."""
        for statement in Statements:
            names = statement["Statement"].split("'")[1::2]
            self.written += _units(dict(zip(names, statement["Parameters"], strict=True)))
        return super().batch_execute_statement(Statements)

    def update_item(self, **update: Any) -> Item:
        """Count in one row."""
        self.written += 1
        return super().update_item(**update)


def figures() -> list[Figure]:
    """Return the write units of an edge image, and the dollars of a million answers of Rekognition."""
    edge = metered("edge", 1, detectors="edge")
    return [
        Figure("write units an edge image of one label", edge.written / BATCH, at_most=4.2),
        Figure("the same beside other detectors", metered("edge", 1).written / BATCH, at_most=5.2),
        *(
            Figure(f"DynamoDB: a million answers of {labels} labels", answers_price(labels), at_most=goal, unit="$")
            for labels, goal in GOALS.items()
        ),
    ]


def answers_price(labels: int, detector: str = "rekognition") -> float:
    """Return the dollars that a million answers cost in DynamoDB, in batches of ten."""
    used = metered(detector, labels)
    return dollars("DynamoDB writes", used.written / BATCH) + dollars("DynamoDB reads", used.read / BATCH)


def metered(detector: str, labels: int, *, detectors: str = "rekognition,edge,cascade,moderation") -> Metered:
    """Return the tables after a batch of new images of one owner, each with so many labels."""
    tables: Any = Metered()
    environment = {
        "ANSWERS_TABLE": "answers",
        "DETECTORS": detectors,
        "IMAGE_INDEX_TABLE": "index",
        "RECOGNITIONS_TABLE": "recognitions",
        "USAGE_TABLE": "usage",
    }
    requests = [RecognitionRequest(_image(number)) for number in range(BATCH)]
    access = DetectorAccess(
        lambda asked: {request.image: Options() for request in asked},
        detector,
        lambda options: {image: _outcome(detector, labels, image) for image in options},
    )
    done = recognize(requests, Stores.from_environment(environment, tables, ResultCache()), access, _accepted)
    assert len(done) == BATCH
    metered: Metered = tables
    return metered


def _accepted(events: Sequence[Event]) -> set[str]:
    return {event.event_id for event in events}


def _image(number: int) -> Image:
    """Return an image with ids, keys and names as long as in an account."""
    chance, name = random.Random(number), "holiday at the sea.jpg"
    image_id = f"img_0193f2a5{digest(str(number))[:24]}"
    stored = image(name, image_id=image_id, owner=OWNER, sequencer=f"{chance.randrange(16**18):018X}")
    return replace(
        stored,
        key=image_key(OWNER, image_id, name),
        bucket="apistack-images9bf4437c-1234567890ab",
        version="".join(chance.choices(_VERSION_LETTERS, k=32)),
    )


def _outcome(detector: str, labels: int, of: Image) -> Outcome:
    chance = random.Random(of.image_id)
    step = (_SUREST - _LEAST_SURE) / max(labels - 1, 1)

    def box() -> Box | None:
        return Box(*(round(chance.random(), 4) for _ in range(4))) if labels >= _BOXED else None

    seen = tuple(
        Detection(f"Label {number:02}", round(_SUREST - number * step, 4), box(), parents=_parents(detector, number))
        for number in range(labels)
    )
    model = Model("animals", "2.0.0", digest("animals")) if detector == "edge" else Model("rekognition-labels", "3.0")
    return Recognition(detector, model, seen, 12, (1632, 1224))


def _parents(detector: str, number: int) -> tuple[str, ...]:
    return () if detector == "edge" else (f"Label {number // 5:02}",)[: number % 3]


def _units(row: Mapping[str, Mapping[str, Any]], size: int = 1024) -> int:
    """Return the units of a row: names and values, rounded up."""
    total = sum(len(name.encode()) + _length(next(iter(value.values()))) for name, value in row.items())
    return ceil(total / size)


def _length(value: str | bytes) -> int:
    return len(value if isinstance(value, bytes) else value.encode())


if __name__ == "__main__":
    print(*figures(), sep="\n")

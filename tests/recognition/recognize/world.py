"""The stores that `recognize` uses, in moto, with a detector of listed outcomes and a topic that can be down."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Model, Outcome, Rejection
from recognition.detectors.runtime.cached_detector import CachedDetector
from recognition.images.runtime.erase.tombstones import Tombstones
from recognition.recognize.runtime.ask_detectors import ask_detectors
from recognition.recognize.runtime.entries import DetectorAccess
from recognition.recognize.runtime.recognize import recognize
from recognition.recognize.runtime.request import RecognitionRequest
from recognition.recognize.runtime.stores import Stores
from recognition.recognize.runtime.usage import Usage
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from recognition.results.runtime.index_rows import IndexTable
from recognition.results.runtime.indexer import Indexer
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.recognitions import Recognitions
from recognition.results.runtime.result_cache import ResultCache
from tests.builders import image, recognition
from tests.recognition.conftest import Account

ANN = "ann"
IDS = [f"img_{n:032x}" for n in range(9)]
KEY = ImageKey(ANN, IDS[0])


def request_for(
    image_id: str = IDS[0], *, sequencer: str = "0A", request: str = "", etag: str = "", **options: Any
) -> RecognitionRequest:
    """Return a request about an uploaded image of ann's or, with the ID of a request, to recognize the image again."""
    content = f"{etag or image_id + sequencer}-1234"
    picture = replace(image(image_id=image_id, owner=ANN, sequencer=sequencer), content=content)
    return RecognitionRequest(picture, request, Options(**options) if request else None)


class CrashError(Exception):
    """The function died."""


@dataclass
class FakeDetector:
    """A detector with a current model, which records the images that it was asked about.

    `outcomes` replaces the outcome by image ID, None for no outcome. `busy` are the IDs of images for which the
    detector is throttled, `throttled` the images of the batch for which it was. `name` says whether it is paid.
    """

    max_seconds = 1.0
    name: str = "edge"
    version: str = "1.0.0"
    outcomes: dict[str, Outcome | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    busy: Container[str] = ()
    throttled: set[Image] = field(default_factory=set)

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """Detect a cat on every image without an outcome of its own."""
        self.asked += [image.image_id for image in images]
        self.throttled.update(image for image in images if image.image_id in self.busy)
        outcomes = {image: self.outcomes.get(image.image_id, self.cat()) for image in images}
        return {image: outcome for image, outcome in outcomes.items() if outcome and image not in self.throttled}

    def cat(self) -> Outcome:
        """Return the default outcome."""
        return replace(recognition(), detector=self.name, asked=self.name, model=self.current_model())

    def current_model(self) -> Model:
        """Return the current model."""
        return Model("animals", self.version, "abc")


class World:
    """One worker with the detector `name`, and its stores.

    `published` are the accepted events, `rejections` those of unreadable options.
    """

    def __init__(self, account: Account, name: str = "edge") -> None:
        self.account, self.detector, self.cache = account, FakeDetector(name=name), ResultCache()
        dynamodb = account.dynamodb
        self.recognitions = Recognitions(dynamodb, "recognitions", "answers")
        self.tombstones = Tombstones(dynamodb, "recognitions")
        self.history = History(dynamodb, "answers")
        index = IndexTable("index", by_detector=True)
        indexer = Indexer(dynamodb, index, "answers", self.recognitions, self.history)
        self.stores = Stores(self.recognitions, self.history, indexer, self.cache, Usage(dynamodb, "usage"))
        self.rejections: dict[str, Rejection] = {}
        self.topic_down = False
        self.published: list[Event] = []

    def recognize(self, *requests: RecognitionRequest) -> set[RecognitionRequest]:
        """Recognize one batch."""
        return recognize(
            requests, self.stores, DetectorAccess(self.read_options, self.detector.name, self.ask), self.publish
        )

    def crash_before(self, operation: str, *requests: RecognitionRequest) -> None:
        """Recognize one batch and die before the first call of this DynamoDB operation."""
        event = f"before-call.dynamodb.{operation}"
        self.account.dynamodb.meta.events.register(event, _crash)
        try:
            self.recognize(*requests)
        except CrashError:
            return
        finally:
            self.account.dynamodb.meta.events.unregister(event, _crash)
        raise AssertionError(f"{operation} was not called")

    def read_options(self, requests: Sequence[RecognitionRequest]) -> Mapping[Image, Options | Rejection]:
        """Return the options of each request, or its rejection."""
        return {
            request.image: self.rejections.get(request.image.image_id, request.options or Options())
            for request in requests
        }

    def ask(self, options: Mapping[Image, Options]) -> Mapping[Image, Outcome]:
        """Ask the detector as the handler does."""
        throttled = self.detector.throttled
        name, current = self.detector.name, self.detector.current_model
        cached = CachedDetector(name, self.detector, self.cache, None if name == "edge" else current, throttled)
        throttled.clear()
        outcomes = ask_detectors({name: cached}.get, options, name, lambda: 60, throttled)
        throttled.difference_update(outcomes)
        return outcomes

    def publish(self, events: Sequence[Event]) -> set[str]:
        """Publish events on the topic, unless it is down."""
        self.published += [] if self.topic_down else events
        return set() if self.topic_down else {event.event_id for event in events}

    def entry(self, image_id: str = IDS[0]) -> Entry:
        """Return the current entry of an image."""
        found = self.recognitions.get(ANN, image_id)
        assert found
        return found

    def partitions(self, image_id: str = IDS[0]) -> set[str]:
        """Return the partitions of an image's index rows, without the owner."""
        rows = [row for row in self.account.rows("index") if row["image_id"]["S"] == image_id]
        return {row["found_by"]["S"].removeprefix(f"{ANN}/") for row in rows}

    def counters(self) -> dict[str, int]:
        """Return Ann's counters of today."""
        (row,) = self.account.rows("usage")
        return {name: int(value["N"]) for name, value in row.items() if "N" in value}


def _crash(**call: Any) -> None:
    raise CrashError

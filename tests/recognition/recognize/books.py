"""All that `recognize` touches, in moto, with a detector that answers from a list and a topic that may be down."""

from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Model, Outcome, Rejection
from recognition.detectors.runtime.cached import Once
from recognition.recognize.runtime.ask_detectors import ask
from recognition.recognize.runtime.recognize import Books, recognize
from recognition.recognize.runtime.request import Question
from recognition.recognize.runtime.usage import Usage
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.history import History
from recognition.results.runtime.indexer import Indexing
from recognition.results.runtime.recognitions import Recognitions
from recognition.results.runtime.result_cache import Memory
from tests.builders import image, recognition
from tests.recognition.conftest import Account

ANN = "ann"
IDS = [f"img_{n:032x}" for n in range(9)]


def question(
    image_id: str = IDS[0], *, sequencer: str = "0A", request: str = "", etag: str = "", **asked: Any
) -> Question:
    """An image of ann's that arrived, or, with a request, is to be looked at again."""
    content = f"{etag or image_id + sequencer}-1234"
    picture = replace(image(image_id=image_id, owner=ANN, sequencer=sequencer), content=content)
    return Question(picture, request, Options(**asked) if request else None)


class CrashError(Exception):
    """The function died."""


@dataclass
class Answers:
    """A detector that knows the present model, and keeps a book of what it was asked.

    `busy` are the ids of images that it has no time for, `throttled` those of a batch that it had none for.
    """

    slowest = 1.0
    version: str = "1.0.0"
    said: dict[str, Outcome | None] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    busy: Container[str] = ()
    throttled: set[Image] = field(default_factory=set)

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """A cat on every picture, unless something else is said of its id."""
        self.asked += [each.image_id for each in images]
        self.throttled.update(each for each in images if each.image_id in self.busy)
        outcomes = {each: self.said.get(each.image_id, self.cat()) for each in images}
        return {each: outcome for each, outcome in outcomes.items() if outcome and each not in self.throttled}

    def cat(self) -> Outcome:
        """What it sees."""
        return replace(recognition(), model=self.current(None))

    def current(self, model: str | None) -> Model:
        """The model that answers."""
        return Model("animals", self.version, "abc")


class World:
    """`told` are the announced events; `crash_before` is the DynamoDB operation at which the function dies."""

    def __init__(self, account: Account) -> None:
        self.account, self.detector, self.memory = account, Answers(), Memory()
        dynamodb = account.dynamodb
        self.kept, self.history = Recognitions(dynamodb, "recognitions", "answers"), History(dynamodb, "answers")
        indexing = Indexing(dynamodb, "index", "answers", self.kept, self.history)
        self.books = Books(self.kept, self.history, indexing, self.memory, Usage(dynamodb, "usage"))
        self.refused: dict[str, Rejection] = {}
        self.topic_down = False
        self.told: list[Event] = []

    def recognize(self, *questions: Question) -> set[Question]:
        """One batch."""
        return recognize(questions, self.books, self.options_of, "edge", self.ask, self.announce)

    def crashing_before(self, operation: str, *questions: Question) -> None:
        """One batch that ends before the first call of this operation."""
        event = f"before-call.dynamodb.{operation}"
        self.account.dynamodb.meta.events.register(event, _crash)
        try:
            self.recognize(*questions)
        except CrashError:
            return
        finally:
            self.account.dynamodb.meta.events.unregister(event, _crash)
        raise AssertionError(f"{operation} was not called")

    def options_of(self, questions: Sequence[Question]) -> Mapping[Image, Options | Rejection]:
        """What was asked with each."""
        return {each.image: self.refused.get(each.image.image_id, each.options or Options()) for each in questions}

    def ask(self, asked: Mapping[Image, Options]) -> Mapping[Image, Outcome]:
        """As the function asks."""
        throttled = self.detector.throttled
        once = Once("edge", self.detector, self.memory, self.detector.current, throttled)
        throttled.clear()
        outcomes = ask({"edge": once}.get, asked, "edge", lambda: 60, throttled)
        throttled.difference_update(outcomes)
        return outcomes

    def announce(self, events: Sequence[Event]) -> set[str]:
        """As the topic takes them."""
        self.told += [] if self.topic_down else events
        return set() if self.topic_down else {event.event_id for event in events}

    def entry(self, image_id: str = IDS[0]) -> Entry:
        """What stands of an image."""
        found = self.kept.get(ANN, image_id)
        assert found
        return found

    def found_by(self, image_id: str = IDS[0]) -> set[str]:
        """Where an image is found, without its owner."""
        rows = [row for row in self.account.rows("index") if row["image_id"]["S"] == image_id]
        return {row["found_by"]["S"].removeprefix(f"{ANN}/") for row in rows}

    def counted(self) -> dict[str, int]:
        """Ann's counters of today."""
        (row,) = self.account.rows("usage")
        return {name: int(value["N"]) for name, value in row.items() if "N" in value}


def _crash(**call: Any) -> None:
    raise CrashError

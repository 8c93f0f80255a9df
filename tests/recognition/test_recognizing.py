"""The sentence the recognise function exists for, on fakes of what it touches."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.entry import Entry, Outcome
from domain.event import Event
from domain.image import Image
from domain.options import Options
from domain.recognition import Rejection
from recognition.runtime.recognitions import Recognitions
from recognition.runtime.recognizing import recognize
from tests.builders import image, recognition

SECOND_ID = "img_0193f2a5c0ff99999999999999999999"


@dataclass
class Kept(Recognitions):
    """Recognitions in a dictionary."""

    entries: dict[tuple[str, str], Entry] = field(default_factory=dict)

    def of(self, images: Iterable[Image]) -> dict[tuple[str, str], Entry]:
        return {key: self.entries[key] for each in images if (key := (each.owner, each.image_id)) in self.entries}

    def add(self, entries: Sequence[Entry]) -> None:
        self.entries |= {(each.image.owner, each.image.image_id): each for each in entries}


@dataclass
class World:
    """All that `recognize` touches, and a book of what it did."""

    kept: Kept = field(default_factory=Kept)
    refused: dict[Image, Rejection] = field(default_factory=dict)
    unanswered: set[Image] = field(default_factory=set)
    topic_down: bool = False
    asked: list[Image] = field(default_factory=list)
    told: list[Event] = field(default_factory=list)

    def recognize(self, *images: Image) -> set[Image]:
        return recognize(images, images, self.kept, self.options_of, self.ask, self.announce)

    def options_of(self, images: Sequence[Image]) -> Mapping[Image, Options | Rejection]:
        return {each: self.refused.get(each, Options()) for each in images}

    def ask(self, asked: Mapping[Image, Options]) -> Mapping[Image, Outcome]:
        self.asked += asked
        return {each: recognition() for each in asked if each not in self.unanswered}

    def announce(self, events: Sequence[Event]) -> set[str]:
        if self.topic_down:
            return set()
        self.told += events
        return {event.event_id for event in events}


def test_an_image_is_kept_and_announced() -> None:
    world = World()
    assert world.recognize(image()) == {image()}
    assert [entry.status for entry in world.kept.entries.values()] == ["recognized"]
    assert [event.type for event in world.told] == ["image.recognized"]


def test_a_repeated_event_asks_nobody_and_tells_the_same_event() -> None:
    world = World()
    world.recognize(image())
    assert world.recognize(image()) == {image()}
    assert world.asked == [image()]
    assert len({event.event_id for event in world.told}) == 1


def test_an_answer_nobody_looked_up_is_not_written_over_and_tells_the_same_event() -> None:
    world = World()
    world.recognize(image())
    recognize([image()], [], world.kept, world.options_of, world.ask, world.announce)
    assert len({event.event_id for event in world.told}) == 1


def test_what_could_not_be_announced_is_announced_at_the_next_delivery() -> None:
    world = World(topic_down=True)
    assert world.recognize(image()) == set()
    world.topic_down = False
    assert world.recognize(image()) == {image()}
    assert world.asked == [image()]
    assert len(world.told) == 1


def test_an_older_version_that_arrives_late_is_finished_with_unasked() -> None:
    world = World()
    world.recognize(image(sequencer="0B"))
    assert world.recognize(image(sequencer="0A")) == {image(sequencer="0A")}
    assert world.asked == [image(sequencer="0B")]


def test_a_newer_version_is_recognised_again() -> None:
    world = World()
    world.recognize(image(sequencer="0A"))
    world.recognize(image(sequencer="0B"))
    assert len(world.asked) == 2
    assert [entry.image.sequencer[:2] for entry in world.kept.entries.values()] == ["0B"]


def test_an_image_nobody_could_answer_comes_again_and_its_neighbour_is_done() -> None:
    neighbour = image("dog.jpg", image_id=SECOND_ID)
    world = World(unanswered={image()})
    assert world.recognize(image(), neighbour) == {neighbour}


def test_an_image_whose_options_cannot_be_read_is_rejected_and_says_so() -> None:
    world = World(refused={image(): Rejection("invalid_options", "top_k must be a whole number from 1 to 100.")})
    assert world.recognize(image()) == {image()}
    assert world.asked == []
    assert world.told[0].type == "image.rejected"
    assert world.told[0].data["rejection"]["code"] == "invalid_options"

"""Answers remembered by what was looked at, so that nobody pays twice for the same bytes of one owner."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from json import dumps, loads

from domain.image import Image
from domain.options import Options
from domain.recognition import Recognition
from wire.aws.rows import Item

Place = tuple[str, str]
"""What a kept answer is about, and whose answer it is."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """An answer, and the image that it was given for."""

    recognition: Recognition
    image_id: str

    def to_item(self, place: Place) -> Item:
        """The row of the answers table."""
        said = dumps(self.recognition.to_dict(), separators=(",", ":"))
        return _key(place) | {"said": {"S": said}, "image_id": {"S": self.image_id}}


class Memory:
    """What is known of the contents of one batch, what is learned about them, and whose answers were used again."""

    def __init__(self) -> None:
        self.reused: dict[tuple[Image, str], str] = {}
        self._known: dict[Place, Remembered] = {}
        self._learned: dict[Place, Remembered] = {}

    def recall(self, rows: Iterable[Item]) -> None:
        """Begin a batch knowing what these rows of the answers table say."""
        self.reused, self._learned = {}, {}
        self._known = {
            (each["about"]["S"], each["answer"]["S"]): Remembered(
                Recognition.from_dict(loads(each["said"]["S"])), each["image_id"]["S"]
            )
            for each in rows
        }

    def find(self, image: Image, detector: str, model: str | None) -> Remembered | None:
        """What this detector said of the same bytes."""
        return self._known.get(_place(image, detector, model))

    def learn(self, image: Image, detector: str, model: str | None, said: Recognition) -> None:
        """Remember an answer that was asked for."""
        if image.content:
            self._learned[_place(image, detector, model)] = Remembered(said, image.image_id)

    def source(self, image: Image, said: object) -> str:
        """The image whose answer this is, used again; empty where somebody was asked."""
        return self.reused.get((image, said.detector), "") if isinstance(said, Recognition) else ""

    def learned(self, image_ids: Iterable[str]) -> list[Item]:
        """The rows of what was learned from these images."""
        wanted = set(image_ids)
        return [each.to_item(place) for place, each in self._learned.items() if each.image_id in wanted]


def keys(asked: Mapping[Image, Options], default: str) -> list[Item]:
    """The keys of the rows that may hold answers to these questions."""
    places = {
        _place(image, part, options.model): None
        for image, options in asked.items()
        for part in _parts(options.detector or default)
        if image.content
    }
    return [_key(place) for place in places]


def about(image: Image) -> str:
    """What the answers about an image's bytes are kept under."""
    return f"{image.owner}/content/{image.content}"


def _parts(detector: str) -> tuple[str, ...]:
    """Whose answers this detector's are made of."""
    return ("edge", "rekognition") if detector == "cascade" else (detector,)


def _place(image: Image, detector: str, model: str | None) -> Place:
    # Rekognition has one model, whatever is asked of it.
    return about(image), f"{detector}/{model or '' if detector == 'edge' else ''}"


def _key(place: Place) -> Item:
    return {"about": {"S": place[0]}, "answer": {"S": place[1]}}

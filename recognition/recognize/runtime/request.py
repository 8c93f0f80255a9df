"""A Question: what a message of the uploads queue asks, an image that arrived or one to be looked at again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self

from domain.image import Image
from domain.options import Options
from recognition.results.runtime.entry import Key

REQUEST_PREFIX = "rcg"
_MOST_AT_ONCE = 50
"""Two writes each fit into DynamoDB's transaction of a hundred."""


@dataclass(frozen=True, slots=True)
class Question:
    """About one image. `request` is the id of the wish to look again, empty for an arrival.

    `options` are those of the wish; an arrival's ride on its object. `tries` says how often the message has been tried.
    """

    image: Image
    request: str = ""
    options: Options | None = None
    tries: int = field(default=1, compare=False)

    @classmethod
    def from_message(cls, text: str, tries: int) -> list[Self]:
        """Read a message; S3's test event asks nothing. Raises AttributeError, KeyError, TypeError or ValueError."""
        said = json.loads(text)
        if said.get("Event") == "s3:TestEvent":
            return []
        if "Recognize" in said:
            return [cls._again(said["Recognize"], tries)]
        created = [each for each in said["Records"] if each["eventName"].startswith("ObjectCreated")]
        return [cls(Image.from_s3_record(each), tries=tries) for each in created]

    def to_message(self) -> str:
        """The message by which an image is looked at again; `from_message` reads it back."""
        options = self.options or Options()
        again = {"request": self.request, "image": _flat(self.image), "options": _flat(options)}
        return json.dumps({"Recognize": again}, separators=(",", ":"))

    @property
    def key(self) -> Key:
        """Of which image it is."""
        return self.image.owner, self.image.image_id

    @property
    def order(self) -> str:
        """Which of two questions about an image was asked later; its answer has the same."""
        return self.image.sequencer + self.request

    @classmethod
    def _again(cls, said: Mapping[str, Any], tries: int) -> Self:
        return cls(Image(**said["image"]), str(said["request"]), Options(**said["options"]), tries)


def rounds(questions: Sequence[Question]) -> Iterator[list[Question]]:
    """The questions in batches that hold no image twice, the earlier question about it in an earlier one."""
    waiting = sorted(dict.fromkeys(questions), key=lambda each: each.order)
    while waiting:
        first: dict[Key, Question] = {}
        for question in waiting:
            if len(first) < _MOST_AT_ONCE:
                first.setdefault(question.key, question)
        asked = set(first.values())
        yield list(first.values())
        waiting = [each for each in waiting if each not in asked]


def _flat(noun: Image | Options) -> dict[str, Any]:
    return {name: getattr(noun, name) for name in noun.__slots__}

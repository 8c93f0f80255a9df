"""Requests to recognize an image, which the uploads queue carries: for an upload, or to recognize the image again."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import unquote_plus

from domain.image import Image
from domain.options import Options
from recognition.results.runtime.keys import ImageKey

REQUEST_PREFIX = "rcg"
_S3 = "aws:s3"
_BATCH_SIZE = 50
"""Each image needs two writes, and a transaction of DynamoDB may have a hundred."""


@dataclass(frozen=True, slots=True)
class RecognitionRequest:
    """A request about one image. `request` is its ID if the image is to be recognized again, empty for an upload.

    `options` are those of a request to recognize again; the options of an upload are in its object's metadata. `tries`
    counts the deliveries of the message, this one included.
    """

    image: Image
    request: str = ""
    options: Options | None = None
    tries: int = field(default=1, compare=False)

    @classmethod
    def from_message(cls, text: str, tries: int) -> list[Self]:
        """Read a message, which may hold several requests; S3's test event holds none, nor does that of a folder.

        Raises an exception of any kind on another shape.
        """
        body = json.loads(text)
        if body.get("Event") == "s3:TestEvent":
            return []
        if "Recognize" in body:
            return [cls._from_body(body["Recognize"], tries)]
        created = [record for record in body["Records"] if record["eventName"].startswith("ObjectCreated")]
        if any(record["eventSource"] != _S3 for record in created):
            raise ValueError("The event is none of S3's.")
        return [cls(Image.from_s3_record(record), tries=tries) for record in created if not _is_folder(record)]

    def to_message(self) -> str:
        """Return the message that asks to recognize the image again; `from_message` reads it."""
        options = self.options or Options()
        body = {"request": self.request, "image": _fields(self.image), "options": _fields(options)}
        return json.dumps({"Recognize": body}, separators=(",", ":"))

    @property
    def key(self) -> ImageKey:
        """The key of the image's row."""
        return ImageKey.of(self.image)

    @property
    def order(self) -> str:
        """The sort order of an image's requests, the same as that of their entries."""
        return self.image.sequencer + self.request

    @classmethod
    def _from_body(cls, body: Mapping[str, Any], tries: int) -> Self:
        return cls(Image(**body["image"]), str(body["request"]), Options(**body["options"]), tries)


def batches_by_image(requests: Sequence[RecognitionRequest]) -> Iterator[list[RecognitionRequest]]:
    """Yield the requests in batches that contain no image twice; an image's requests come in their order."""
    remaining = sorted(dict.fromkeys(requests), key=lambda request: request.order)
    while remaining:
        batch: dict[ImageKey, RecognitionRequest] = {}
        for request in remaining:
            if len(batch) < _BATCH_SIZE:
                batch.setdefault(request.key, request)
        taken = set(batch.values())
        yield list(batch.values())
        remaining = [request for request in remaining if request not in taken]


def _is_folder(record: Mapping[str, Any]) -> bool:
    """Return whether the object stands for a folder, as S3's console and Hadoop make it: a name without bytes."""
    stored = record["s3"]["object"]
    return stored.get("size") == 0 and unquote_plus(stored["key"]).endswith(("/", "_$folder$"))


def _fields(instance: Image | Options) -> dict[str, object]:
    return {name: getattr(instance, name) for name in instance.__slots__}

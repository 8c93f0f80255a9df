"""An Event: a thing that happened to an Image; that it was answered is one per version, detector, model and request."""

import json
from dataclasses import dataclass
from typing import Any, Self

from domain.ids import derived_id
from domain.image import Image
from domain.recognition import Recognition, Rejection

ERASED = "image.erased"
DISABLED = "webhook.disabled"
TYPES = ("image.recognized", "image.rejected", ERASED, DISABLED)
TEST = "webhook.test"
"""Told to whoever asks for a test, whatever else they are told."""
_MOST_DETECTIONS = 20
"""Keeps an announced event under the 20 kB that subscribers are promised."""


@dataclass(frozen=True, slots=True)
class Event:
    """What subscribers are told. `timestamp` is RFC 3339 UTC; `data` is JSON-ready."""

    event_id: str
    type: str
    timestamp: str
    owner: str
    data: dict[str, Any]

    @classmethod
    def recognized(cls, image: Image, recognition: Recognition, at: str, request: str = "") -> Self:
        """The event `image.recognized`, its best twenty detections inside, without their outlines and masks."""
        said = recognition.to_dict(top_k=_MOST_DETECTIONS, shapes=False)
        model = recognition.model
        told_by = (recognition.detector, model.name, model.version)
        return cls._answered(image, "image.recognized", at, {"recognition": said}, request, *told_by)

    @classmethod
    def rejected(cls, image: Image, rejection: Rejection, at: str, request: str = "") -> Self:
        """The event `image.rejected`, its reason inside."""
        return cls._answered(image, "image.rejected", at, {"rejection": rejection.to_dict()}, request, rejection.code)

    @classmethod
    def erased(cls, owner: str, image_id: str, at: str) -> Self:
        """The event `image.erased`, which tells nothing else of the image."""
        return cls(derived_id("evt", ERASED, owner, image_id), ERASED, at, owner, {"image_id": image_id})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a queue message; raises TypeError or ValueError on another shape."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """The queue message `from_json` reads back."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, separators=(",", ":"))

    @classmethod
    def _answered(cls, image: Image, kind: str, at: str, said: dict[str, Any], request: str, *told_by: str) -> Self:
        data = {"image_id": image.image_id, "name": image.name, "received_at": image.received_at} | said
        asked = (request,) if request else ()
        event_id = derived_id("evt", kind, image.image_id, image.version, *told_by, *asked)
        return cls(event_id, kind, at, image.owner, data | ({"request": request} if request else {}))

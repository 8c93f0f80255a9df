"""Event types, each declared once, and the Event: something that happened to an image or to a webhook.

A recognition event is unique per image version, detector, model and request.
"""

import json
from dataclasses import dataclass
from typing import Any, Self

from domain.ids import derived_id
from domain.image import Image
from domain.recognition import Recognition, Rejection

EVENT_TYPES: "dict[str, EventType]" = {}
"""Every event type by its name, in the order of declaration."""

_MOST_DETECTIONS = 20
_MOST_BYTES = 19_500
"""Of `data` as JSON: keeps the body of a delivery below the 20 kB that the documentation promises to subscribers."""
_LONGEST_DETAIL = 1000


class EventType(str):
    """The name of an event type. `published` is its sentence in the docs.

    `subscribable` is False for an event that is only sent on request. A declaration registers itself in `EVENT_TYPES`;
    it raises ValueError for a name that is declared twice and for a missing sentence. The schema of an event's `data`
    is declared in `ROOM.events` of the room that publishes it.
    """

    published: str
    subscribable: bool

    def __new__(cls, name: str, published: str, *, subscribable: bool = True) -> Self:
        """Declare the type."""
        if name in EVENT_TYPES or not published:
            raise ValueError(f"The event type {name} is declared twice, or without a sentence.")
        declared = super().__new__(cls, name)
        declared.published, declared.subscribable = published, subscribable
        EVENT_TYPES[name] = declared
        return declared


RECOGNIZED = EventType(
    "image.recognized", "An image has been recognized. Holds the best twenty detections, without outlines and masks."
)
REJECTED = EventType("image.rejected", "An image cannot be recognized, now or later.")
ERASED = EventType("image.erased", "An image has been erased. Holds nothing of the image but its id.")
DISABLED = EventType("webhook.disabled", "A webhook has been disabled. The owner's other webhooks receive this event.")
TEST = EventType("webhook.test", "A test of a webhook has been requested.", subscribable=False)

TYPES = tuple(kind for kind in EVENT_TYPES.values() if kind.subscribable)
"""The event types that a webhook may subscribe to. `webhook.test` goes to the tested webhook, whatever its types."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event as subscribers receive it. `timestamp` is RFC 3339 UTC; `data` can be written as JSON."""

    event_id: str
    type: str
    timestamp: str
    owner: str
    data: dict[str, Any]

    @classmethod
    def recognized(cls, image: Image, recognition: Recognition, at: str, request: str = "") -> Self:
        """Return the event `image.recognized` with the best twenty detections, without outlines and masks.

        Detections that make it too large are left out, and counted.
        """
        model = recognition.model
        event_id = _event_id(RECOGNIZED, image, request, recognition.detector, model.name, model.version)
        outcome = {"recognition": recognition.to_dict(top_k=_MOST_DETECTIONS, shapes=False)}
        data = _data(image, outcome, request)
        _fit(data, len(recognition.detections))
        return cls(event_id, RECOGNIZED, at, image.owner, data)

    @classmethod
    def rejected(cls, image: Image, rejection: Rejection, at: str, request: str = "") -> Self:
        """Return the event `image.rejected` with the reason."""
        event_id = _event_id(REJECTED, image, request, rejection.code)
        reason = {"code": rejection.code, "detail": rejection.detail[:_LONGEST_DETAIL]}
        return cls(event_id, REJECTED, at, image.owner, _data(image, {"rejection": reason}, request))

    @classmethod
    def erased(cls, owner: str, image_id: str, at: str) -> Self:
        """Return the event `image.erased`, which holds only the image's id."""
        return cls(derived_id("evt", ERASED, owner, image_id), ERASED, at, owner, {"image_id": image_id})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read a queue message; raises TypeError or ValueError for another shape."""
        return cls(**json.loads(text))

    def to_json(self) -> str:
        """Return the queue message that `from_json` reads."""
        return json.dumps({name: getattr(self, name) for name in self.__slots__}, separators=(",", ":"))


def _event_id(kind: EventType, image: Image, request: str, *source: str) -> str:
    """Return the id of an outcome: equal for the same image version, source and request."""
    requested = (request,) if request else ()
    return derived_id("evt", kind, image.image_id, image.version, *source, *requested)


def _fit(data: dict[str, Any], found: int) -> None:
    """Keep the best of the detections in `data` that fit; add the number of those `found` that are left out, if any."""
    best = data["recognition"]["detections"]
    if found == len(best) and _size(data) < _MOST_BYTES:
        return
    kept: list[dict[str, Any]] = []
    data["recognition"]["detections"] = kept
    room = _MOST_BYTES - _size(data)
    for detection in best:
        if (size := _size(detection) + 1) <= room:
            kept.append(detection)
            room -= size
    if found > len(kept):
        data["detections_left_out"] = found - len(kept)


def _size(value: object) -> int:
    return len(json.dumps(value, separators=(",", ":")))


def _data(image: Image, outcome: dict[str, Any], request: str) -> dict[str, Any]:
    known = {"image_id": image.image_id, "name": image.name, "received_at": image.received_at}
    return known | outcome | ({"request": request} if request else {})

"""Poison messages, which no function can process; each contains a mark by which its dead letter is found."""

import json
from collections.abc import Callable

from tests.builders import image, s3_event

_DELIVERY = {"delivery_id": "dlv_0", "type": "image.recognized", "timestamp": "now", "image_id": "", "body": "{}"}


def _truncated(mark: str) -> str:
    return s3_event(f"by-hand/{mark}.jpg")[:-20]


def _misshapen(mark: str) -> str:
    return json.dumps({"Records": [{"eventName": "ObjectCreated:Put", "s3": mark}]})


def _half_good(mark: str) -> str:
    good = json.loads(s3_event(f"by-hand/{mark}.jpg"))["Records"]
    return json.dumps({"Records": [*good, {"eventName": "ObjectCreated:Put"}]})


def _huge(mark: str) -> str:
    return mark + "!" * 240_000


def _unknown_field(mark: str) -> str:
    fields = {name: getattr(image(), name) for name in image().__slots__}
    return json.dumps({"Recognize": {"request": mark, "image": fields | {"color": mark}, "options": {}}})


def _too_long_an_event(mark: str) -> str:
    return json.dumps(
        {
            "event_id": mark,
            "type": "image.recognized",
            "timestamp": "2026-11-21T00:00:00Z",
            "owner": "public",
            "data": {"image_id": "img_0", "recognition": {"detections": [], "said": "x" * 30_000}},
        }
    )


def _event_without_owner(mark: str) -> str:
    return json.dumps({"event_id": mark, "type": "image.recognized", "timestamp": "", "data": {}})


def _delivery_to_nobody(mark: str) -> str:
    return json.dumps(_DELIVERY | {"delivery_id": mark, "subscription": None, "queued_at": 0})


def _delivery_of_numbers(mark: str) -> str:
    return json.dumps(_DELIVERY | {"delivery_id": mark, "body": 5, "queued_at": "soon"})


Maker = Callable[[str], str]
KINDS: dict[str, tuple[Maker, ...]] = {
    "Uploads": (str, _truncated, _misshapen, _half_good, _huge, _unknown_field, json.dumps),
    "Events": (str, _misshapen, _huge, _too_long_an_event, _event_without_owner, json.dumps),
    "Deliveries": (str, _misshapen, _huge, _delivery_to_nobody, _delivery_of_numbers, json.dumps),
}


def poison(queue: str, choice: float, mark: str) -> str:
    """Return a poison message for this queue."""
    kinds = KINDS[queue]
    return kinds[int(choice * len(kinds))](mark)

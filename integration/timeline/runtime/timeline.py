"""An image's timeline: every hop from its arrival on, the oldest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.clock import rfc3339
from domain.recognition import Rejection
from integration.deliveries.runtime.log_row import Logged
from recognition.results.runtime.entry import Entry

Hop = dict[str, Any]


def timeline(
    image_id: str,
    queued_at: str,
    answers: Sequence[Entry],
    corrections: Iterable[Mapping[str, Any]],
    sent: Iterable[Logged],
) -> list[Hop]:
    """What happened to an image, and when: it came and was queued, was answered, corrected, and who was told."""
    hops = [
        {"at": arrived_at(image_id), "what": "received"},
        {"at": queued_at, "what": "queued"},
        *map(_answer, answers),
        *({"at": each["at"], "what": "corrected", "labels": each["labels"]} for each in corrections),
        *(hop for each in sent for hop in _delivery(each)),
    ]
    return sorted(hops, key=lambda hop: datetime.fromisoformat(hop["at"]))


def arrived_at(image_id: str) -> str:
    """When an image arrived, which its id begins with."""
    milliseconds = int(image_id.partition("_")[2][:12], 16)
    return rfc3339(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _answer(entry: Entry) -> Hop:
    seldom = {"request": entry.request, "reused_from": entry.reused_from}
    hop = {"at": entry.at, "what": entry.status, "tries": entry.tries} | {
        name: each for name, each in seldom.items() if each
    }
    if isinstance(entry.outcome, Rejection):
        return hop | entry.outcome.to_dict()
    said = entry.outcome.to_dict(top_k=1, shapes=False)
    seen = said["detections"][0] if said["detections"] else {"label": None, "confidence": None}
    return hop | {
        "detector": said["detector"],
        "asked": said["asked"],
        "model": {name: said["model"][name] for name in ("name", "version")},
        "label": seen["label"],
        "confidence": seen["confidence"],
    }


def _delivery(sent: Logged) -> Iterator[Hop]:
    of = {"delivery_id": sent.delivery_id, "webhook_id": sent.subscription_id, "type": sent.type}
    for attempt in sent.attempts:
        yield {"at": attempt["at"], "what": "attempt"} | of | dict(attempt)
    if sent.status == "dropped" or not sent.attempts:
        yield {"at": sent.updated_at, "what": sent.status, "reason": sent.reason} | of

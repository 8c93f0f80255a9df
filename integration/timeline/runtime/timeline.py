"""An image's timeline: every hop since its arrival, the oldest first."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from domain.clock import rfc3339
from domain.recognition import Rejection
from integration.deliveries.runtime.log.row import DeliveryRecord
from recognition.results.runtime.entry import Entry

Hop = dict[str, Any]
"""`at` (RFC 3339), `what` happened, and details that depend on it, as openapi.py describes them."""


def timeline(
    image_id: str,
    queued_at: str,
    entries: Sequence[Entry],
    corrections: Iterable[Mapping[str, Any]],
    deliveries: Iterable[DeliveryRecord],
) -> list[Hop]:
    """Return an image's hops: its arrival, its outcomes, people's corrections, the attempts at its deliveries."""
    hops = [
        {"at": arrived_at(image_id), "what": "received"},
        {"at": queued_at, "what": "queued"},
        *map(_outcome, entries),
        *({"at": correction["at"], "what": "corrected", "labels": correction["labels"]} for correction in corrections),
        *(hop for delivery in deliveries for hop in _delivery(delivery)),
    ]
    return sorted(hops, key=lambda hop: datetime.fromisoformat(hop["at"]))


def arrived_at(image_id: str) -> str:
    """Return the time of an image's arrival (RFC 3339), with which its id begins."""
    milliseconds = int(image_id.partition("_")[2][:12], 16)
    return rfc3339(datetime.fromtimestamp(milliseconds / 1000, UTC))


def _outcome(entry: Entry) -> Hop:
    optional = {"request": entry.request, "reused_from": entry.reused_from}
    hop = {"at": entry.at, "what": entry.status, "tries": entry.tries} | {
        name: value for name, value in optional.items() if value
    }
    if isinstance(entry.outcome, Rejection):
        return hop | entry.outcome.to_dict()
    recognition = entry.outcome.to_dict(top_k=1, shapes=False)
    detections = recognition["detections"]
    best = detections[0] if detections else {"label": None, "confidence": None}
    return hop | {
        "detector": recognition["detector"],
        "asked": recognition["asked"],
        "model": {name: recognition["model"][name] for name in ("name", "version")},
        "label": best["label"],
        "confidence": best["confidence"],
    }


def _delivery(record: DeliveryRecord) -> Iterator[Hop]:
    ids = {"delivery_id": record.delivery_id, "webhook_id": record.subscription_id, "type": record.type}
    for attempt in record.attempts:
        yield {"at": attempt["at"], "what": "attempt"} | ids | dict(attempt)
    if record.status == "dropped" or not record.attempts:
        yield {"at": record.updated_at, "what": record.status, "reason": record.reason} | ids

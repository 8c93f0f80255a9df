"""Erasure of an image. After a crash at any point it can be repeated, and no queued message restores any part."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypedDict

from domain.clock import rfc3339
from domain.event import Event
from recognition.images.runtime.erase.objects import ErasureError, ImageObjects, ObjectVersion
from recognition.images.runtime.erase.rows import ImageRows
from recognition.images.runtime.erase.tombstones import Tombstones
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.publish import Publish

TOMBSTONE_LIFETIME = timedelta(days=30)
"""The lifetime of an erased image's tombstone: a queue keeps a message for two weeks, and as long again if requeued."""


class Removed(TypedDict):
    """The erased objects and rows of an image."""

    objects: list[ObjectVersion]
    derived: list[str]
    found_by: list[str]
    reusable: list[str]
    earlier: list[str]
    recognition: bool


class Receipt(TypedDict):
    """The receipt of an erasure."""

    image_id: str
    status: str
    erased_at: str
    removed: Removed


@dataclass(frozen=True, slots=True)
class ErasureStores:
    """The stores that hold parts of an image."""

    tombstones: Tombstones
    rows: ImageRows
    objects: ImageObjects


def erase(key: ImageKey, at: datetime, stores: ErasureStores, publish: Publish) -> Receipt | None:
    """Erase an image; return the receipt, None if there is no such image. Raises ErasureError if anything remains.

    The image's row is marked first: from then on no reader finds the image, and no pending result is stored. The row
    keeps the entry until everything else is erased, so a repeated erasure continues from any point.
    """
    if not (stores.tombstones.has_row(key) or stores.objects.exist(key)):
        return None
    expires = int((at + TOMBSTONE_LIFETIME).timestamp())
    current = stores.tombstones.mark(key, expires)
    entries = [*current, *stores.rows.earlier(key)]
    removed: Removed = {
        "objects": stores.objects.remove_originals(key, [entry.image for entry in entries]),
        "derived": stores.objects.remove_derived(key),
        "found_by": stores.rows.remove_index(entries),
        "reusable": stores.rows.remove_cached(entries),
        "earlier": stores.rows.remove_earlier(key),
        "recognition": bool(current),
    }
    stores.tombstones.put(key, expires)
    event = Event.erased(key.owner, key.image_id, rfc3339(at))
    if not publish([event]):
        raise ErasureError("The event was not published.")
    return {"image_id": key.image_id, "status": "erased", "erased_at": event.timestamp, "removed": removed}

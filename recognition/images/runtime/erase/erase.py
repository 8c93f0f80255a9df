"""Erasing an image so that a crash at any point, and anything still queued, leaves less than before and never more."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from domain.clock import rfc3339
from domain.event import Event
from recognition.images.runtime.erase.objects import ErasureError, ImageObjects
from recognition.images.runtime.erase.rows import ImageRows
from recognition.results.runtime.recognitions import Recognitions

REMEMBERED = timedelta(days=30)
"""How long it is known that an image was erased: two weeks any queue keeps a message, and as long again if put off."""

Announce = Callable[[Sequence[Event]], set[str]]


def erase(
    owner: str,
    image_id: str,
    at: datetime,
    recognitions: Recognitions,
    rows: ImageRows,
    objects: ImageObjects,
    announce: Announce,
) -> dict[str, Any] | None:
    """The receipt; None where there is no such image. Raises ErasureError when something would not go.

    The image's row is marked first: from then on no reader finds the image, and no answer still on its way can be kept.
    It goes on telling what there is to remove until all of that is gone, so a repeat goes on from anywhere.
    """
    if not (recognitions.has(owner, image_id) or objects.uploaded(owner, image_id)):
        return None
    expires = int((at + REMEMBERED).timestamp())
    standing = recognitions.bury(owner, image_id, expires)
    entries = [*([standing] if standing else []), *rows.earlier(owner, image_id)]
    removed = {
        "objects": objects.remove_originals(owner, image_id, [entry.image for entry in entries]),
        "derived": objects.remove_derived(owner, image_id),
        "found_by": rows.remove_index(entries),
        "reusable": rows.remove_contents(entries),
        "earlier": rows.remove_earlier(owner, image_id),
        "recognition": standing is not None,
    }
    recognitions.seal(owner, image_id, expires)
    event = Event.erased(owner, image_id, rfc3339(at))
    if not announce([event]):
        raise ErasureError("The event could not be announced.")
    return {"image_id": image_id, "status": "erased", "erased_at": event.timestamp, "removed": removed}

"""The exercises of each function: calls that fail when the function cannot do its work."""

from collections.abc import Callable

from tests.grants.exercises import api, edge, image_changes, images, recognition, webhooks
from tests.grants.stage import Stage

Exercise = Callable[[Stage], None]

EXERCISES: dict[str, tuple[Exercise, ...]] = {
    "Upload": api.UPLOAD,
    "Docs": api.DOCS,
    "Authorize": api.AUTHORIZE,
    "Edge": edge.EDGE,
    "Classify": edge.CLASSIFY,
    "Recognize": recognition.RECOGNIZE,
    "Images": images.READING,
    "Amend": image_changes.AMEND,
    "Erase": image_changes.ERASE,
    "Export": image_changes.EXPORT,
    "Webhooks": webhooks.WEBHOOKS,
    "Deliveries": webhooks.DELIVERIES,
    "Timeline": webhooks.TIMELINE,
    "Dispatch": webhooks.DISPATCH,
    "Deliver": webhooks.DELIVER,
}

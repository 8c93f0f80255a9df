"""What each function is for, as calls that fail when it cannot do it."""

from collections.abc import Callable

from tests.grants.exercises import answering, changing, ingress, looking, reading, telling
from tests.grants.stage import Stage

Exercise = Callable[[Stage], None]

EXERCISES: dict[str, tuple[Exercise, ...]] = {
    "Upload": ingress.UPLOAD,
    "Docs": ingress.DOCS,
    "Authorize": ingress.AUTHORIZE,
    "Edge": looking.EDGE,
    "Classify": looking.CLASSIFY,
    "Recognize": answering.RECOGNIZE,
    "Images": reading.READING,
    "Amend": changing.AMEND,
    "Erase": changing.ERASE,
    "Export": changing.EXPORT,
    "Webhooks": telling.WEBHOOKS,
    "Deliveries": telling.DELIVERIES,
    "Timeline": telling.TIMELINE,
    "Dispatch": telling.DISPATCH,
    "Deliver": telling.DELIVER,
}

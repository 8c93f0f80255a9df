"""What people say is on an image, as they may say it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from recognition.images.runtime.filters import LONGEST_LABEL
from wire.http.api import ApiError

MOST_LABELS = 50
MOST_CORRECTIONS = 100
MOST_CHARACTERS = 100_000
"""For each image, as JSON: they lie in its row, which may hold 400 kB, 192 of them the answer's."""


def labels_in(given: Mapping[str, Any]) -> list[str]:
    """The labels a JSON object names, each once, perhaps none; raises ApiError 400 `invalid_labels`."""
    labels = given.get("labels")
    if not isinstance(labels, list) or len(labels) > MOST_LABELS or not all(map(_is_label, labels)):
        detail = f"labels must be a list of at most {MOST_LABELS} texts of 1 to {LONGEST_LABEL} printable characters."
        raise ApiError(400, "invalid_labels", detail)
    return list(dict.fromkeys(labels))


def fit(corrections: Sequence[Mapping[str, Any]]) -> bool:
    """Whether an image can have so many and so long ones."""
    return len(corrections) <= MOST_CORRECTIONS and len(json.dumps(list(map(dict, corrections)))) <= MOST_CHARACTERS


def _is_label(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_LABEL and value.isprintable()

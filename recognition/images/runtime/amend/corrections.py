"""Corrections: the labels that people give to an image, and their limits."""

import json
from collections.abc import Mapping, Sequence

from recognition.images.runtime.filters import LONGEST_LABEL, is_label
from wire.http.api import ApiError

MOST_LABELS = 50
MOST_CORRECTIONS = 100
MOST_CHARACTERS = 100_000
"""The limit for all corrections of an image, as JSON: its row may hold 400 kB, 192 of them for the result."""


def labels_in(body: Mapping[str, object]) -> list[str]:
    """Return the distinct labels of a JSON object, which may be empty; raises ApiError 400 `invalid_labels`."""
    labels = body.get("labels")
    if not isinstance(labels, list) or len(labels) > MOST_LABELS or not all(map(is_label, labels)):
        detail = f"labels must be a list of at most {MOST_LABELS} texts of 1 to {LONGEST_LABEL} printable characters."
        raise ApiError(400, "invalid_labels", detail)
    return list(dict.fromkeys(labels))


def fit(corrections: Sequence[Mapping[str, object]]) -> bool:
    """Return whether the row of an image may hold these corrections."""
    return len(corrections) <= MOST_CORRECTIONS and len(json.dumps(list(map(dict, corrections)))) <= MOST_CHARACTERS

"""The options of an upload, and the filters and limits of what is read; None is as good as leaving one out."""

from datetime import date, datetime
from typing import TypedDict

Time = str | date | datetime
"""`2026-11-21`, `2026-11-21T14:30:00Z`, or a date or datetime; one without a time zone is in local time."""


class View(TypedDict, total=False):
    """Limits on the detections that are returned: how many at most, and their least confidence, 0–1."""

    top_k: int | None
    min_confidence: float | None


class Options(View, total=False):
    """The detector and the model that recognize an image, and the default limits of its detections."""

    detector: str | None
    model: str | None


class ClassifyOptions(View, total=False):
    """The model that recognizes a picture, and the limits of its detections."""

    model: str | None


class Filters(View, total=False):
    """The images that are meant, all filters at once, and the detections that are returned: docs/api.md.

    A `label` is found with at least 0.5; with it, a lower `min_confidence` is refused.
    """

    label: str | None
    detector: str | None
    status: str | None
    since: Time | None
    until: Time | None


class WebhookFields(TypedDict, total=False):
    """The fields of a webhook that its owner sets: docs/api.md."""

    events: list[str] | None
    labels: list[str] | None
    min_confidence: float | None
    rate_limit: int | None
    description: str | None

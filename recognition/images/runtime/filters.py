"""The filters of an image list. An invalid filter is refused, never ignored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.detectors import RECOGNIZERS
from domain.recognition import UNKNOWN, Recognition
from recognition.images.runtime.query_options import query_options
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.index_rows import LOWEST_FLOOR
from wire.http.api import ApiError, Request, query
from wire.http.query_time import query_time

FILTERS = ("label", "min_confidence", "detector", "status", "since", "until")
LONGEST_LABEL = 100
_STATUSES = ("recognized", "rejected")


@dataclass(frozen=True, slots=True)
class Filters:
    """Filters that must all match. `label` is casefolded, `detector` is the one of the result, `until` is exclusive.

    An image is found by those of its `MOST_LABELS` surest labels that have at least `LOWEST_FLOOR`.
    """

    label: str | None = None
    min_confidence: float = 0.0
    detector: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def from_request(cls, request: Request) -> Self:
        """Read the query parameters of FILTERS; raises ApiError 400."""
        since, until = query_time(request, "since"), query_time(request, "until")
        if since and until and since >= until:
            raise ApiError(400, "invalid_time", "since must be before until; until is exclusive.")
        label = _label(request)
        return cls(
            label=label,
            min_confidence=_min_confidence(request, label),
            detector=_detector(request),
            status=_status(request),
            since=since,
            until=until,
        )

    @property
    def least_confidence(self) -> float:
        """The least confidence of a detection that matches; a search by label finds sure detections only."""
        return max(self.min_confidence, LOWEST_FLOOR) if self.label else self.min_confidence

    @property
    def only_rejected(self) -> bool:
        """True if only rejected images match."""
        return self.status == "rejected"

    @property
    def only_recognized(self) -> bool:
        """True if a filter concerns a recognition, which a rejected image does not have."""
        return bool(self.label or self.min_confidence or self.detector)

    def match(self, entry: Entry) -> bool:
        """Return whether an entry matches all filters but `since` and `until`, which select the range of keys."""
        if not isinstance(entry.outcome, Recognition):
            return not self.only_recognized and self.status != "recognized"
        if self.only_rejected or self.detector not in (None, entry.outcome.detector):
            return False
        return self._match_detections(entry.outcome)

    def _match_detections(self, recognition: Recognition) -> bool:
        if not self.label and not self.min_confidence:
            return True
        detections = [detection for detection in recognition.detections if self._match_label(detection.label)]
        return any(detection.confidence >= self.least_confidence for detection in detections)

    def _match_label(self, label: str) -> bool:
        return label.casefold() == self.label if self.label else label != UNKNOWN


def is_label(value: object) -> bool:
    """Return whether a value is a label that callers may give: 1 to LONGEST_LABEL printable characters."""
    return isinstance(value, str) and 0 < len(value) <= LONGEST_LABEL and value.isprintable()


def _label(request: Request) -> str | None:
    label = query(request, "label")
    if label is None:
        return None
    if not is_label(label):
        raise ApiError(400, "invalid_label", f"label must be a text of 1 to {LONGEST_LABEL} printable characters.")
    return label.casefold()


def _min_confidence(request: Request, label: str | None) -> float:
    least = query_options(request, "min_confidence").min_confidence
    if label and least is not None and least < LOWEST_FLOOR:
        detail = (
            f"With label, min_confidence must be at least {LOWEST_FLOOR}: images are found by labels of which the"
            " detector is that sure. Reading an image shows its fainter labels."
        )
        raise ApiError(400, "min_confidence_too_low", detail)
    return least or 0.0


def _detector(request: Request) -> str | None:
    detector = query(request, "detector")
    if detector is None or detector in RECOGNIZERS:
        return detector
    detail = f"detector must be {' or '.join(RECOGNIZERS)}, the detector that a result comes from."
    raise ApiError(400, "invalid_detector", detail)


def _status(request: Request) -> str | None:
    status = query(request, "status")
    if status is None or status in _STATUSES:
        return status
    detail = f"status must be {' or '.join(_STATUSES)}; queued images can be read by their IDs only."
    raise ApiError(400, "invalid_status", detail)

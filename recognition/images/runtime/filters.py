"""What a reader filters images by, strictly read: a filter that makes no sense is refused, never ignored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from domain.recognition import UNKNOWN, Recognition
from recognition.images.runtime.query_options import query_options
from recognition.results.runtime.entry import Entry
from wire.http.api import ApiError, Request, query
from wire.http.query_time import query_time

FILTERS = ("label", "min_confidence", "detector", "status", "since", "until")
LONGEST_LABEL = 100
_ANSWERING = ("rekognition", "edge")
_STATUSES = ("recognized", "rejected")


@dataclass(frozen=True, slots=True)
class Filters:
    """All of them have to hold. `label` is casefolded, `detector` is the one that answered, `until` is exclusive."""

    label: str | None = None
    min_confidence: float = 0.0
    detector: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def from_request(cls, request: Request) -> Self:
        """The query parameters named in FILTERS; raises ApiError 400."""
        since, until = query_time(request, "since"), query_time(request, "until")
        if since and until and since >= until:
            raise ApiError(400, "invalid_time", "since must be before until, which is itself not included.")
        return cls(
            label=_label(request),
            min_confidence=query_options(request, "min_confidence").min_confidence or 0.0,
            detector=_detector(request),
            status=_status(request),
            since=since,
            until=until,
        )

    @property
    def only_rejected(self) -> bool:
        """Whether rejections are asked for."""
        return self.status == "rejected"

    @property
    def of_answers(self) -> bool:
        """Whether they ask for something that a rejected image has not."""
        return bool(self.label or self.min_confidence or self.detector)

    def hold(self, entry: Entry) -> bool:
        """Whether an entry is one of those asked for; when it came is left to the key it is found by."""
        if not isinstance(entry.outcome, Recognition):
            return not self.of_answers and self.status != "recognized"
        return not self.only_rejected and self.detector in (None, entry.outcome.detector) and self._seen(entry.outcome)

    def _seen(self, said: Recognition) -> bool:
        if not self.label and not self.min_confidence:
            return True
        wanted = [each for each in said.detections if self._named(each.label)]
        return any(each.confidence >= self.min_confidence for each in wanted)

    def _named(self, label: str) -> bool:
        return label.casefold() == self.label if self.label else label != UNKNOWN


def _label(request: Request) -> str | None:
    given = query(request, "label")
    if given is None:
        return None
    if not 0 < len(given) <= LONGEST_LABEL or not given.isprintable():
        raise ApiError(400, "invalid_label", f"label must be a text of 1 to {LONGEST_LABEL} printable characters.")
    return given.casefold()


def _detector(request: Request) -> str | None:
    given = query(request, "detector")
    if given is None or given in _ANSWERING:
        return given
    raise ApiError(400, "invalid_detector", f"detector, the one that answered, must be {' or '.join(_ANSWERING)}.")


def _status(request: Request) -> str | None:
    given = query(request, "status")
    if given is None or given in _STATUSES:
        return given
    detail = f"status must be {' or '.join(_STATUSES)}; images still queued are known by their ids only."
    raise ApiError(400, "invalid_status", detail)

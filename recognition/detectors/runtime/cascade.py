"""The detector `cascade`: the edge model first, Rekognition only if the edge model is unsure.

If one of the two detectors has no result, the result of the other is used.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.image import Image
from domain.recognition import Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import Detector, outcomes_of

_EDGE_ONLY_REJECTIONS = {"model_failed", "unusable_model", "too_many_pixels"}
"""Final rejections of the edge function for images that Rekognition may recognize."""


class Cascade:
    """Asks the edge model about all images, and Rekognition about those whose best confidence is below a threshold."""

    def __init__(self, edge: Detector, rekognition: Detector, threshold: float, counts: Counter[str]) -> None:
        self._edge, self._rekognition, self._threshold, self._counts = edge, rekognition, threshold, counts
        self.max_seconds = edge.max_seconds + rekognition.max_seconds

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; `model` applies to the edge function."""
        first = outcomes_of(self._edge, images, model)
        unsure = [image for image in images if self._is_unsure(first.get(image))]
        second = outcomes_of(self._rekognition, unsure, None) if unsure else {}
        self._count(first, second, unsure)
        decided = {image: _decision(first.get(image), second.get(image)) for image in unsure}
        return {image: _as_cascade(outcome) for image, outcome in (first | decided).items() if outcome}

    def _is_unsure(self, outcome: Outcome | None) -> bool:
        if isinstance(outcome, Recognition):
            return outcome.surest < self._threshold
        return outcome is None or outcome.code in _EDGE_ONLY_REJECTIONS

    def _count(self, first: Mapping[Image, Outcome], second: Mapping[Image, Outcome], unsure: Sequence[Image]) -> None:
        by_edge, by_rekognition = _recognized(first), _recognized(second)
        self._counts["RekognitionCallsSaved"] += len(by_edge.difference(unsure))
        self._counts["StandIns"] += len(by_edge.symmetric_difference(by_rekognition).intersection(unsure))


def _recognized(outcomes: Mapping[Image, Outcome]) -> set[Image]:
    return {image for image, outcome in outcomes.items() if isinstance(outcome, Recognition)}


def _decision(first: Outcome | None, second: Outcome | None) -> Outcome | None:
    """Return Rekognition's recognition, else the edge model's; a rejection only if no retry could help."""
    if isinstance(second, Recognition):
        return second
    return first if second or isinstance(first, Recognition) else None


def _as_cascade(outcome: Outcome) -> Outcome:
    return outcome if isinstance(outcome, Rejection) else replace(outcome, asked="cascade")

"""The detector `cascade`: the edge model first, Rekognition only where it is unsure; each stands in for the other."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from domain.image import Image
from domain.recognition import Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import Detector, outcomes_of

_NOT_THE_IMAGE_S_FAULT = {"model_failed", "unusable_model", "too_many_pixels"}
"""What the edge function refuses for good and Rekognition may take."""


class Cascade:
    """Asks the edge model about all images, and Rekognition about those whose best detection is `below`."""

    def __init__(self, edge: Detector, rekognition: Detector, below: float, counts: Counter[str]) -> None:
        self._edge, self._rekognition, self._below, self._counts = edge, rekognition, below, counts
        self.slowest = edge.slowest + rekognition.slowest

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`; `model` is the edge function's."""
        first = outcomes_of(self._edge, images, model)
        unsure = [image for image in images if self._is_open(first.get(image))]
        second = outcomes_of(self._rekognition, unsure, None) if unsure else {}
        self._count(first, second, unsure)
        settled = {image: _settled(first.get(image), second.get(image)) for image in unsure}
        return {image: _asked(said) for image, said in (first | settled).items() if said}

    def _is_open(self, said: Outcome | None) -> bool:
        if isinstance(said, Recognition):
            return said.surest < self._below
        return said is None or said.code in _NOT_THE_IMAGE_S_FAULT

    def _count(self, first: Mapping[Image, Outcome], second: Mapping[Image, Outcome], unsure: Sequence[Image]) -> None:
        answered = {image for image, said in first.items() if isinstance(said, Recognition)}
        told = {image for image, said in second.items() if isinstance(said, Recognition)}
        self._counts["RekognitionCallsSaved"] += len(answered.difference(unsure))
        self._counts["StandIns"] += len(answered.symmetric_difference(told).intersection(unsure))


def _settled(first: Outcome | None, second: Outcome | None) -> Outcome | None:
    """Rekognition's answer, else the edge model's unsure one; a refusal only where neither may answer later."""
    if isinstance(second, Recognition):
        return second
    return first if second or isinstance(first, Recognition) else None


def _asked(said: Outcome) -> Outcome:
    return said if isinstance(said, Rejection) else replace(said, asked="cascade")

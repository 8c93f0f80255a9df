"""A Detector that asks another about the same bytes only once, for as long as the same model would answer."""

from collections.abc import Callable, Sequence

from domain.image import Image
from domain.recognition import Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import Detector, ThrottledError
from recognition.results.runtime.result_cache import Memory

Current = Callable[[str | None], Model | None]
"""The model that would answer a question for this one now; may raise DetectorError."""


class Once:
    """In one batch and over all of them; within one owner's images. `name` is the other's, `memory` their answers.

    `throttled` are the images of the batch that nobody had time for.
    """

    def __init__(self, name: str, detector: Detector, memory: Memory, current: Current, throttled: set[Image]) -> None:
        self._name, self._detector, self._memory, self._current = name, detector, memory, current
        self._throttled = throttled
        self.slowest = detector.slowest

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`."""
        try:
            return self._detect(images, model)
        except ThrottledError:
            self._throttled.update(images)
            raise

    def _detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        known = {image: answer for image in images if (answer := self._known(image, model))}
        asked: dict[tuple[str, str], Image] = {}
        for image in images:
            if image not in known:
                asked.setdefault(_bytes(image), image)
        said = self._detector.detect(list(asked.values()), model) if asked else {}
        for image, outcome in said.items():
            if isinstance(outcome, Recognition):
                self._memory.learn(image, self._name, model, outcome)
        others = [image for image in images if image not in known and image not in said]
        self._throttled.update(each for each in others if asked[_bytes(each)] in self._throttled)
        return known | said | self._alike(others, asked, said)

    def _known(self, image: Image, model: str | None) -> Recognition | None:
        found = self._memory.find(image, self._name, model)
        if found is None or found.recognition.model != self._current(model):
            return None
        self._memory.reused[image, self._name] = found.image_id
        return found.recognition

    def _alike(
        self, images: Sequence[Image], asked: dict[tuple[str, str], Image], said: dict[Image, Outcome]
    ) -> dict[Image, Outcome]:
        """What was said of others with the same bytes; that one is gone says nothing about the next."""
        found: dict[Image, Outcome] = {}
        for image in images:
            other = asked[_bytes(image)]
            outcome = said.get(other)
            if isinstance(outcome, Recognition):
                self._memory.reused[image, self._name] = other.image_id
            if outcome and not (isinstance(outcome, Rejection) and outcome.code == "no_such_object"):
                found[image] = outcome
        return found


def _bytes(image: Image) -> tuple[str, str]:
    """The same for images of the same bytes; where S3 told no ETag an image is like no other."""
    return image.owner, image.content or f"{image.key} {image.version} {image.sequencer}"

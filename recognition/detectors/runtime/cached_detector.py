"""A detector with a cache, which asks another detector about the same bytes only once per owner and model version.

A batch shares the results of every detector; over all batches only paid ones are remembered.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from domain.image import Image
from domain.recognition import Model, Outcome, Recognition, Rejection
from recognition.detectors.runtime.detector import Detector, ThrottledError
from recognition.results.runtime.result_cache import ResultCache

CurrentModel = Callable[[], Model]
"""Returns the model that a paid detector would use."""


class _Content(NamedTuple):
    """Equal for images of one owner with the same bytes."""

    owner: str
    content: str


class CachedDetector:
    """The detector called `name` behind a cache, for one batch and over all batches.

    `current_model` is None for a detector that costs nothing, whose results are not remembered. `throttled` collects
    the images of the batch that a throttled detector has no outcome for.
    """

    def __init__(
        self,
        name: str,
        detector: Detector,
        cache: ResultCache,
        current_model: CurrentModel | None,
        throttled: set[Image],
    ) -> None:
        self._name, self._detector, self._cache, self._current_model = name, detector, cache, current_model
        self._throttled = throttled
        self.max_seconds = detector.max_seconds

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`."""
        try:
            return self._detect(images, model)
        except ThrottledError:
            self._throttled.update(images)
            raise

    def _detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        cached: dict[Image, Outcome] = {image: hit for image in images if (hit := self._cached(image))}
        firsts: dict[_Content, Image] = {}
        for image in images:
            if image not in cached:
                firsts.setdefault(_content(image), image)
        detected = self._detector.detect(list(firsts.values()), model) if firsts else {}
        remaining = [image for image in images if image not in cached and image not in detected]
        self._throttled.update(image for image in remaining if firsts[_content(image)] in self._throttled)
        return cached | detected | self._shared(remaining, firsts, detected)

    def _cached(self, image: Image) -> Recognition | None:
        if not self._current_model:
            return None
        result = self._cache.get(image, self._name)
        if result is None or result.recognition.model != self._current_model():
            return None
        self._cache.reused[image, self._name] = result.image_id
        return result.recognition

    def _shared(
        self, images: Sequence[Image], firsts: Mapping[_Content, Image], detected: Mapping[Image, Outcome]
    ) -> dict[Image, Outcome]:
        """Return the outcomes that images share with the first image of the same bytes.

        The rejection of a deleted object is not shared, because another object with the same bytes may still exist.
        """
        shared: dict[Image, Outcome] = {}
        for image in images:
            first = firsts[_content(image)]
            outcome = detected.get(first)
            if isinstance(outcome, Recognition):
                self._cache.reused[image, self._name] = first.image_id
            if outcome and not (isinstance(outcome, Rejection) and outcome.code == "no_such_object"):
                shared[image] = outcome
        return shared


def _content(image: Image) -> _Content:
    """Return the content of an image; an image without an ETag equals no other."""
    return _Content(image.owner, image.content or f"{image.key} {image.version} {image.sequencer}")

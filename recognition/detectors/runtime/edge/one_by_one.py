"""The edge detector for images that may end its function: after a failure, each image has an invocation of its own."""

import base64
import functools
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from aws_lambda_powertools import Logger

from domain.image import Image
from domain.recognition import Outcome, Rejection
from recognition.detectors.runtime.cached_detector import CachedDetector
from recognition.detectors.runtime.detector import DetectorError, ThrottledError
from recognition.detectors.runtime.edge.detector import EdgeDetector, EndedError
from recognition.results.runtime.result_cache import ResultCache

ALONE_SECONDS, CHECK_SECONDS = 30, 10
"""The longest times of an invocation for one image, and of one that checks the function."""
LATEST_SECONDS = 15
"""No image is asked about alone later than this: these three together stay below `EdgeDetector.max_seconds`."""

_THREADS = 4
_CHECK = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAIAAABLbSncAAAAFUlEQVR42mNsaGhgwAaYGHCAwSkBADAXAZDUexXGAAAAAElFTkSuQmCC"
)
"""A gray picture of 8 × 8 pixels as PNG: a function that has no result for it fails for every image."""

logger = Logger(child=True)


class Suspects:
    """Of one batch: how often each image that was tried before has ended the function alone; those that have now."""

    def __init__(self) -> None:
        self.before: dict[Image, int] = {}
        self.ended: set[Image] = set()

    def clear(self) -> None:
        """Begin a new batch."""
        self.before.clear()
        self.ended.clear()

    def add(self, image: Image) -> bool:
        """Note that an image has ended the function alone; return whether that was the second time."""
        self.ended.add(image)
        return self.before.get(image, 0) > 0


class OneByOne:
    """Asks `edge` about all images in one invocation, and again about each alone if they ended the function.

    `within` returns an edge detector with another timeout in seconds. An image that ends the function alone, while the
    function has a result for another picture, is suspected; the second time, it is rejected. `throttled` collects the
    images for which the function was throttled.
    """

    def __init__(
        self, edge: EdgeDetector, within: Callable[[float], EdgeDetector], suspects: Suspects, throttled: set[Image]
    ) -> None:
        self._edge, self._within = edge, functools.cache(within)
        self._suspects, self._throttled = suspects, throttled
        self._clock: Callable[[], float] = time.monotonic
        self.max_seconds = edge.max_seconds

    def detect(self, images: Sequence[Image], model: str | None) -> dict[Image, Outcome]:
        """See `Detector`."""
        until = self._clock() + LATEST_SECONDS
        together = [image for image in images if image not in self._suspects.before]
        single = [image for image in images if image in self._suspects.before]
        outcomes: dict[Image, Outcome] = {}
        try:
            outcomes = self._edge.detect(together, model) if together else {}
        except EndedError:
            extra = {"images": [image.image_id for image in together]}
            logger.exception("edge function ended, its images are asked about one by one", extra=extra)
            single = [*together, *single]
        outcomes |= self._rejected(images, outcomes, self._edge.take_slow())
        return outcomes | self._detect_singly(single, model, until) if single else outcomes

    def _detect_singly(self, images: Sequence[Image], model: str | None, until: float) -> dict[Image, Outcome]:
        self._within(ALONE_SECONDS)  # made before the threads start
        with ThreadPoolExecutor(_THREADS) as pool:
            results = list(pool.map(partial(self._detect_alone, model=model, until=until), images))
        found = {image: outcome for image, outcome in zip(images, results, strict=True) if outcome}
        return found | self._rejected(images, found, self._within(ALONE_SECONDS).take_slow())

    def _detect_alone(self, image: Image, model: str | None, until: float) -> Outcome | None:
        if self._clock() > until:
            return None
        try:
            return self._within(ALONE_SECONDS).detect([image], model).get(image)
        except EndedError as error:
            return self._suspect(image, str(error)) if self._works(model) else None
        except DetectorError as error:
            if isinstance(error, ThrottledError):
                self._throttled.add(image)
            logger.exception("image has no result alone", extra={"correlation_id": image.image_id})
            return None

    def _works(self, model: str | None) -> bool:
        """Return whether the function has a result of this model for another picture."""
        try:
            self._within(CHECK_SECONDS).detect_bytes(_CHECK, model, "check")
        except DetectorError:
            logger.exception("edge function fails for every picture")
            return False
        return True

    def _rejected(self, images: Sequence[Image], found: dict[Image, Outcome], slow: set[str]) -> dict[Image, Outcome]:
        """Suspect images that took too long; return the rejections of those that did so twice."""
        late = [image for image in images if image.image_id in slow and image not in found]
        return {image: outcome for image in late if (outcome := self._suspect(image, "It takes too long."))}

    def _suspect(self, image: Image, reason: str) -> Rejection | None:
        extra = {"correlation_id": image.image_id, "reason": reason}
        logger.warning("image ends the edge function", extra=extra)
        if not self._suspects.add(image):
            return None
        return Rejection(
            "model_failed", "The picture ended the function that recognizes it twice, which recognizes other pictures."
        )


def cached_edge(
    edge: EdgeDetector,
    within: Callable[[float], EdgeDetector],
    cache: ResultCache,
    suspects: Suspects,
    throttled: set[Image],
) -> CachedDetector:
    """Return the detector `edge`, which asks one by one where it has to, and once about the same bytes in a batch."""
    return CachedDetector("edge", OneByOne(edge, within, suspects, throttled), cache, None, throttled)

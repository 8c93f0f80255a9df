"""The Detectors of a deployment, each made when first asked for."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from domain.image import Image
from recognition.detectors.runtime.cached import Once
from recognition.detectors.runtime.cascade import Cascade
from recognition.detectors.runtime.detector import Detector
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.edge.versions import EdgeVersions
from recognition.detectors.runtime.normalized import Normalised
from recognition.detectors.runtime.rate_limiter import RateLimiter
from recognition.detectors.runtime.rekognition import LABEL_MODEL, MAKING, TIMEOUTS, RekognitionDetector
from recognition.results.runtime.result_cache import Memory
from wire.aws.client import client

_ASKED = {"edge": "edge_once", "rekognition": "rekognition_once", "cascade": "cascade"}


class Detectors:
    """By name; the first name is the default one's, and made at once. `derived` is the bucket of derived pictures,
    `pause` how many seconds there have to be between two calls of Rekognition.

    Of one batch: `memory` is what they know and learn, `saved` what the cascade counts, `throttled` the images that
    one of them had no time for.
    """

    def __init__(
        self, names: Sequence[str], edge_function: str, cascade_below: float, derived: str, pause: float
    ) -> None:
        self.names, self.default, self.saved = names, names[0], Counter[str]()
        self.memory, self.throttled = Memory(), set[Image]()
        self._edge_function, self._cascade_below, self._derived = edge_function, cascade_below, derived
        self._pause = pause
        self.named(self.default)

    def named(self, name: str) -> Detector | None:
        """One of the deployment's detectors, that asks about the same bytes once; None for any other."""
        return getattr(self, _ASKED[name]) if name in self.names else None

    @property
    def cost(self) -> bool:
        """Whether any of them asks for money."""
        return "rekognition" in self.names

    @cached_property
    def edge(self) -> EdgeDetector:
        """The edge function, waited for until it is cut off."""
        return EdgeDetector.within(EdgeDetector.slowest, self._edge_function)

    @cached_property
    def rekognition(self) -> RekognitionDetector:
        """Rekognition, slowing down by itself when throttled; what it cannot read, the edge function makes readable."""
        normalised = Normalised(EdgeDetector.within(MAKING, self._edge_function), self._derived)
        return RekognitionDetector(
            client("rekognition", **TIMEOUTS), normalised, self.throttled, RateLimiter(self._pause)
        )

    @cached_property
    def edge_once(self) -> Once:
        """The edge function, unless the model that it would take has answered already."""
        return Once("edge", self.edge, self.memory, EdgeVersions(self.edge), self.throttled)

    @cached_property
    def rekognition_once(self) -> Once:
        """Rekognition, unless its present model has answered already."""
        return Once("rekognition", self.rekognition, self.memory, lambda model: LABEL_MODEL, self.throttled)

    @cached_property
    def cascade(self) -> Cascade:
        """The one, and where it is unsure the other."""
        return Cascade(self.edge_once, self.rekognition_once, self._cascade_below, self.saved)

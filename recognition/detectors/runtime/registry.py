"""The detectors of a deployment, by name, each created on first use."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property

from domain.detectors import DETECTORS, DetectorSpecError
from domain.image import Image
from recognition.detectors.runtime.cached_detector import CachedDetector
from recognition.detectors.runtime.cascade import Cascade
from recognition.detectors.runtime.detector import Detector
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.edge.normalized import NormalizedImages
from recognition.detectors.runtime.edge.one_by_one import Suspects, cached_edge
from recognition.detectors.runtime.labels import LABELS
from recognition.detectors.runtime.moderation import MODERATION
from recognition.detectors.runtime.rekognition import (
    NORMALIZE_SECONDS,
    Operation,
    RekognitionAccess,
    RekognitionDetector,
)
from recognition.results.runtime.result_cache import ResultCache


class DetectorRegistry:
    """The detectors named by `names`; the first is the default and is created at once.

    `derived` is the bucket of derived pictures, `pause` the least number of seconds between two calls of Rekognition.
    Of one batch: `cache` holds cached and new results, `cascade_counts` the metrics of the cascade, `throttled` the
    images without an outcome because a detector was throttled, `suspects` those that may end the edge function.
    """

    def __init__(
        self, names: Sequence[str], edge_function: str, cascade_below: float, derived: str, pause: float
    ) -> None:
        self.names, self.default, self.cascade_counts = names, names[0], Counter[str]()
        self.cache, self.throttled, self.suspects = ResultCache(), set[Image](), Suspects()
        self.cascade_below, self._pause = cascade_below, pause
        self._edge_function, self._derived = edge_function, derived
        self._created: dict[str, Detector] = {}
        self.named(self.default)

    def named(self, name: str) -> Detector | None:
        """Return a detector of the deployment, behind the cache; None if the deployment does not have it."""
        return self.create(name) if name in self.names else None

    def create(self, name: str) -> Detector:
        """Return a declared detector, created on the first call."""
        if name not in self._created:
            self._created[name] = FACTORIES[name](self)
        return self._created[name]

    @property
    def uses_rekognition(self) -> bool:
        """True if one of the detectors calls Amazon Rekognition, which costs money."""
        return any(DETECTORS[name].uses_rekognition for name in self.names)

    @cached_property
    def edge(self) -> EdgeDetector:
        """The edge detector with the timeout of its function."""
        return self.edge_within(EdgeDetector.max_seconds)

    def edge_within(self, seconds: float) -> EdgeDetector:
        """Return the edge detector with another timeout."""
        return EdgeDetector.within(seconds, self._edge_function)

    @cached_property
    def rekognition(self) -> RekognitionDetector:
        """The detector `rekognition` without its cache."""
        return self.rekognition_detector(LABELS)

    def rekognition_detector(self, operation: Operation) -> RekognitionDetector:
        """Return a detector that calls this operation of Rekognition; all of them share one rate limiter."""
        normalized = NormalizedImages(self.edge_within(NORMALIZE_SECONDS), self._derived)
        return RekognitionDetector(operation, self._access, normalized, self.throttled)

    @cached_property
    def _access(self) -> RekognitionAccess:
        return RekognitionAccess.with_pause(self._pause)


def _edge(registry: DetectorRegistry) -> Detector:
    return cached_edge(
        registry.edge,
        lambda seconds: registry.edge_within(seconds),
        registry.cache,
        registry.suspects,
        registry.throttled,
    )


def _rekognition(registry: DetectorRegistry) -> Detector:
    return _cached(registry, "rekognition", registry.rekognition)


def _moderation(registry: DetectorRegistry) -> Detector:
    return _cached(registry, "moderation", registry.rekognition_detector(MODERATION))


def _cached(registry: DetectorRegistry, name: str, detector: RekognitionDetector) -> Detector:
    return CachedDetector(name, detector, registry.cache, detector.current_model, registry.throttled)


def _cascade(registry: DetectorRegistry) -> Detector:
    edge, rekognition = registry.create("edge"), registry.create("rekognition")
    return Cascade(edge, rekognition, registry.cascade_below, registry.cascade_counts)


FACTORIES: Mapping[str, Callable[[DetectorRegistry], Detector]] = {
    "edge": _edge,
    "rekognition": _rekognition,
    "cascade": _cascade,
    "moderation": _moderation,
}


def check_factories(declared: Iterable[str], factories: Iterable[str]) -> None:
    """Raise DetectorSpecError if a declared detector has no factory, or a factory no declaration."""
    declared, factories = set(declared), set(factories)
    for name in sorted(declared - factories):
        raise DetectorSpecError(f"The detector {name!r} has no factory in {__name__}.FACTORIES.")
    for name in sorted(factories - declared):
        raise DetectorSpecError(f"The detector {name!r} is not declared in domain.detectors.DETECTORS.")


check_factories(DETECTORS, FACTORIES)

"""The Detectors of a deployment, each made when first asked for."""

from collections import Counter
from collections.abc import Sequence
from functools import cached_property

from recognition.runtime.cascade import Cascade
from recognition.runtime.detector import Detector
from recognition.runtime.edge_detector import EdgeDetector
from recognition.runtime.normalised import Normalised
from recognition.runtime.rekognition_detector import MAKING, TIMEOUTS, RekognitionDetector
from wire.aws import client


class Detectors:
    """By name; the first name is the default one's, and made at once. `saved` is what the cascade counts.

    `derived` is the bucket of derived pictures.
    """

    def __init__(self, names: Sequence[str], edge_function: str, cascade_below: float, derived: str) -> None:
        self.names, self.default, self.saved = names, names[0], Counter[str]()
        self._edge_function, self._cascade_below, self._derived = edge_function, cascade_below, derived
        self.named(self.default)

    def named(self, name: str) -> Detector | None:
        """One of the deployment's detectors; None for any other."""
        return getattr(self, name) if name in self.names else None

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
        return RekognitionDetector(client("rekognition", **TIMEOUTS), normalised)

    @cached_property
    def cascade(self) -> Cascade:
        """The one, and where it is unsure the other."""
        return Cascade(self.edge, self.rekognition, self._cascade_below, self.saved)

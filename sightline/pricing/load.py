"""A load: what images come, and what a deployment does with them."""

from typing import NamedTuple

from sightline.pricing.assumptions import MODEL_MS, PHOTO_BYTES, UNSURE
from sightline.pricing.batching.batches import Arrivals


class Way(NamedTuple):
    """A way in: the bytes that pass API Gateway, None without it, and the milliseconds of the function behind it."""

    body: int | None
    function_ms: float
    is_stored: bool = True


WAYS = {
    "`PutObject` by credentials of your own": Way(None, 0),
    "`POST /uploads`, the form": Way(500, 15),
    "`POST /images`, a URL": Way(500, 300),
    "`POST /images`, the bytes": Way(PHOTO_BYTES, 60),
    "`POST /classify`": Way(PHOTO_BYTES, MODEL_MS + 15, is_stored=False),
}
DETECTORS = {"edge": 0.0, "cascade": UNSURE, "rekognition": 1.0, "moderation": 1.0}
"""The share of a detector's images that Rekognition is asked about."""


class Settings(NamedTuple):
    """The settings of a deployment that its price depends on."""

    batching_seconds: float = 1
    tracing: str = "pass_through"
    log_level: str = "info"
    concurrency: int = 10


class Load(NamedTuple):
    """Images of one kind: their way in, detector, number of labels and webhooks, and how they arrive."""

    way: Way
    detector: str = "edge"
    labels: float = 1
    webhooks: float = 0
    arrivals: Arrivals = Arrivals(11.6)
    settings: Settings = Settings()
    model_ms: float = MODEL_MS

    @property
    def asks_edge(self) -> bool:
        """True if the edge function looks at the images."""
        return self.detector in ("edge", "cascade") or not self.way.is_stored

    @property
    def model(self) -> str:
        """The detector as whose results the images' rows are: where a cascade is sure, those of `edge`."""
        return "edge" if self.detector in ("edge", "cascade") else "rekognition"

    @property
    def paid(self) -> float:
        """The share of the images that Rekognition is asked about."""
        return DETECTORS[self.detector] if self.way.is_stored else 0.0

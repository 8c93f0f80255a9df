"""The price of a deployment in a month: its images, their storage, and what it costs at rest."""

from typing import NamedTuple

from sightline.pricing.assumptions import MODEL_MS, PHOTO_BYTES
from sightline.pricing.batching.batches import Arrivals
from sightline.pricing.batching.pollers import FIRST_POLLERS
from sightline.pricing.bill import bill
from sightline.pricing.load import WAYS, Load, Settings, Way
from sightline.pricing.prices import dollars, rekognition_dollars

DAYS = 30
_DAY_SECONDS, _MONTH_SECONDS, _POLL_SECONDS = 86_400, 730 * 3600, 20

SHAPES = {
    "steady": ((1.0, 1.0),),
    "daylight": ((0.9, 1.8), (0.1, 0.2)),
    "dusk": ((0.5, 12.0), (0.5, 0.522)),
}
"""How a day's images arrive: shares of them, each with its rate as a multiple of the mean.

`daylight`: nine in ten within twelve hours. `dusk`: half within one hour.
"""


class AtRest(NamedTuple):
    """The parts of a deployment that cost money without any image; a test counts it in the templates."""

    alarms: int = 24
    secrets: int = 1
    keys: int = 0
    queues: int = 3

    def lines(self) -> dict[str, float]:
        """Return US dollars a month by what costs them."""
        polls = self.queues * FIRST_POLLERS * _MONTH_SECONDS / _POLL_SECONDS
        return {
            f"{self.alarms} alarms": dollars("alarm", self.alarms),
            _counted(self.secrets, "secret"): dollars("secret", self.secrets),
            f"{self.keys} keys of your own in KMS": dollars("key", self.keys),
            f"long polls of {self.queues} queues": dollars("SQS", polls / 1_000_000),
        }


class Usage(NamedTuple):
    """The images of a deployment: how many a day, how they arrive, `together` at once, and what is done with them."""

    images_per_day: float
    detector: str = "edge"
    labels: float = 1
    webhooks: float = 1
    way: Way = WAYS["`PutObject` by credentials of your own"]
    shape: str = "steady"
    together: int = 1
    settings: Settings = Settings()
    model_ms: float = MODEL_MS

    @property
    def loads(self) -> list[tuple[float, Load]]:
        """The images of a month, in millions, by the load with which they arrive."""
        millions, mean = self.images_per_day * DAYS / 1_000_000, self.images_per_day / _DAY_SECONDS
        return [(millions * share, self._load(mean * factor)) for share, factor in SHAPES[self.shape]]

    def _load(self, rate: float) -> Load:
        arrivals = Arrivals(rate, self.together)
        return Load(self.way, self.detector, self.labels, self.webhooks, arrivals, self.settings, self.model_ms)


def month(usage: Usage) -> dict[str, float]:
    """Return US dollars a month by part: those of the images, of storing a month's images for a month, and at rest."""
    parts: dict[str, float] = {}
    units = 0.0
    for millions, load in usage.loads:
        for line in bill(load):
            parts[line.part] = parts.get(line.part, 0.0) + millions * line.dollars
            units += millions * line.units if line.price == "DynamoDB writes" else 0.0
    paid = sum(millions * load.paid for millions, load in usage.loads)
    if paid:
        parts["Rekognition"] += rekognition_dollars(paid * 1_000_000) - dollars("Rekognition", paid)
    images = sum(millions for millions, _ in usage.loads)
    pictures = dollars("S3 storage", images * PHOTO_BYTES / 1000)
    parts["storage of the month's pictures and rows"] = pictures + dollars("DynamoDB storage", units)
    parts["at rest"] = sum(AtRest().lines().values())
    return {part: price for part, price in parts.items() if price}


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""The detectors of this project, each declared once.

Settings, options, prices, grants, counters, GET /models and the OpenAPI document read DETECTORS. The code of a detector
is registered in recognition/detectors/runtime/registry.py, whose import fails for a detector without code.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from domain.pricing import REKOGNITION_CALL


class DetectorSpecError(ValueError):
    """The declaration of a detector is incomplete; the text names the detector and what is missing."""


class RekognitionApi(NamedTuple):
    """The operation of Amazon Rekognition that a detector calls, and Amazon's model behind that operation.

    `version` is the model version whose results are reused. If Amazon has released another version since, every image
    is recognized again until `version` is changed here.
    """

    operation: str
    model: str
    version: str
    task: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorSpec:
    """The declaration of one detector.

    `price` is the most that one image costs in US dollars, 0 for a detector that nobody charges for. `parts` names the
    detectors whose results this detector returns; empty for a detector that returns its own. Raises DetectorSpecError.
    """

    name: str
    description: str
    price: float
    parts: tuple[str, ...] = ()
    rekognition: RekognitionApi | None = None

    def __post_init__(self) -> None:
        missing = [field for field in ("name", "description") if not getattr(self, field)]
        if missing:
            raise DetectorSpecError(f"The detector {self.name!r} has no {' and no '.join(missing)}.")
        if self.rekognition and not self.price:
            raise DetectorSpecError(f"The detector {self.name!r} calls Amazon Rekognition but has no price.")
        if abs(self.price - self.paid_calls * REKOGNITION_CALL) > 1e-9:
            detail = f"is no multiple of {REKOGNITION_CALL}, the unit in which spending is counted"
            raise DetectorSpecError(f"The price of the detector {self.name!r} {detail}.")

    @property
    def paid_calls(self) -> int:
        """The price in units of one call of Rekognition's DetectLabels: the unit of all counters of spending."""
        return round(self.price / REKOGNITION_CALL)

    @property
    def uses_rekognition(self) -> bool:
        """True if the detector, or one of its parts, calls Amazon Rekognition."""
        return self.rekognition is not None or any(DETECTORS[part].uses_rekognition for part in self.parts)


def declared(specs: Iterable[DetectorSpec]) -> dict[str, DetectorSpec]:
    """Return the detectors by name; raises DetectorSpecError if a name is declared twice or a part is not declared."""
    detectors: dict[str, DetectorSpec] = {}
    for spec in specs:
        undeclared = [part for part in spec.parts if part not in detectors]
        if undeclared:
            raise DetectorSpecError(f"The detector {spec.name!r} has the undeclared part {undeclared[0]!r}.")
        if spec.name in detectors:
            raise DetectorSpecError(f"The detector {spec.name!r} is declared twice.")
        detectors[spec.name] = spec
    return detectors


DETECTORS: Mapping[str, DetectorSpec] = declared(
    [
        DetectorSpec(
            name="rekognition",
            description="Amazon Rekognition's labels, some of them with boxes.",
            price=REKOGNITION_CALL,
            rekognition=RekognitionApi("DetectLabels", model="rekognition-labels", version="3.0", task="detect"),
        ),
        DetectorSpec(
            name="edge",
            description="A model of your own or a built-in one, run by the edge function.",
            price=0,
        ),
        DetectorSpec(
            name="cascade",
            description="The edge model first, and Amazon Rekognition only if the edge model is unsure.",
            price=REKOGNITION_CALL,
            parts=("edge", "rekognition"),
        ),
        DetectorSpec(
            name="moderation",
            description="Amazon Rekognition's moderation labels: unwanted content, each label with its parents.",
            price=REKOGNITION_CALL,
            rekognition=RekognitionApi(
                "DetectModerationLabels", model="rekognition-moderation", version="7.0", task="classify"
            ),
        ),
    ]
)
"""By name, in the order in which callers see them."""

RECOGNIZERS = tuple(name for name, spec in DETECTORS.items() if not spec.parts)
"""The detectors that a result can come from: those without parts."""

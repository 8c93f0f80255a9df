"""A Recognition: all that one Detector said of one Image; or the Rejection of an image nobody can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

UNKNOWN = "unknown"
"""The label by which a model says that it is unsure."""


@dataclass(frozen=True, slots=True)
class Box:
    """Where on the upright image: fractions 0–1 of its width and height."""

    left: float
    top: float
    width: float
    height: float

    def to_dict(self) -> dict[str, float]:
        """The JSON form callers see."""
        return {name: round(getattr(self, name), 4) for name in self.__slots__}


Polygon = tuple[tuple[float, float], ...]
"""Points x, y in fractions of the upright image; the last is joined to the first."""


@dataclass(frozen=True, slots=True)
class Mask:
    """Which pixels of the upright image, laid out `height` by `width`: COCO's compressed run lengths."""

    height: int
    width: int
    counts: str

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Read COCO's JSON form; raises KeyError, TypeError or ValueError on another shape."""
        height, width = given["size"]
        return cls(int(height), int(width), str(given["counts"]))

    def to_dict(self) -> dict[str, Any]:
        """COCO's JSON form."""
        return {"size": [self.height, self.width], "counts": self.counts}


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing seen, with a confidence of 0–1, and where it is when the detector knows: its box, or also its shape.

    `parents` are broader labels, the broadest last, where the detector has a hierarchy of labels.
    """

    label: str
    confidence: float
    box: Box | None = None
    outline: tuple[Polygon, ...] = ()
    mask: Mask | None = None
    parents: tuple[str, ...] = ()

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Read the JSON form; raises KeyError, TypeError or ValueError on another shape."""
        box, mask = given.get("box"), given.get("mask")
        return cls(
            label=given["label"],
            confidence=float(given["confidence"]),
            box=Box(**{side: float(fraction) for side, fraction in box.items()}) if box else None,
            outline=tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in given.get("outline") or ()),
            mask=Mask.from_dict(mask) if mask else None,
            parents=tuple(given.get("parents") or ()),
        )

    def to_dict(self, *, shape: bool = True) -> dict[str, Any]:
        """The JSON form callers see, with or without outline and mask; confidences keep four digits."""
        seen: dict[str, Any] = {"label": self.label, "confidence": round(self.confidence, 4)}
        if self.box:
            seen["box"] = self.box.to_dict()
        if self.parents:
            seen["parents"] = list(self.parents)
        return seen | self._shape() if shape else seen

    def _shape(self) -> dict[str, Any]:
        outline = {"outline": [[list(point) for point in polygon] for polygon in self.outline]} if self.outline else {}
        return outline | ({"mask": self.mask.to_dict()} if self.mask else {})


@dataclass(frozen=True, slots=True)
class Model:
    """Which weights answered; `digest` is the SHA-256 of the model file, empty where the vendor tells none."""

    name: str
    version: str
    digest: str = ""

    @classmethod
    def from_dict(cls, given: Mapping[str, str]) -> Self:
        """Read the JSON form; raises KeyError on another shape."""
        return cls(given["name"], given["version"], given["digest"])

    def to_dict(self) -> dict[str, str]:
        """The JSON form callers see."""
        return {"name": self.name, "version": self.version, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Recognition:
    """One detector's answer. `size` is the upright image's (width, height) in pixels where the detector tells.

    `asked` is the detector that was asked for: itself, or `cascade`, which leaves the answer to one of the others.
    """

    detector: str
    model: Model
    detections: tuple[Detection, ...]
    duration_ms: int
    size: tuple[int, int] | None = None
    asked: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "asked", self.asked or self.detector)

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Read the JSON form; raises KeyError or TypeError on another shape."""
        size = given.get("size")
        return cls(
            detector=given["detector"],
            model=Model.from_dict(given["model"]),
            detections=tuple(Detection.from_dict(each) for each in given["detections"]),
            duration_ms=int(given["duration_ms"]),
            size=(int(size["width"]), int(size["height"])) if size else None,
            asked=given.get("asked", ""),
        )

    @property
    def surest(self) -> float:
        """The confidence of its best detection, 0 where it has none or knows nothing."""
        return max((each.confidence for each in self.detections if each.label != UNKNOWN), default=0.0)

    def to_dict(
        self, *, top_k: int | None = None, min_confidence: float | None = None, shapes: bool = True
    ) -> dict[str, Any]:
        """The JSON form callers see, best first, with at most `top_k` detections of at least `min_confidence`.

        Without `shapes` outlines and masks are left out, which can be a hundred times as long as the rest.
        """
        best = sorted(self.detections, key=lambda each: -each.confidence)
        kept = [each for each in best if each.confidence >= (min_confidence or 0)]
        return {
            "detector": self.detector,
            "asked": self.asked,
            "model": self.model.to_dict(),
            "detections": [each.to_dict(shape=shapes) for each in kept[:top_k]],
            "duration_ms": self.duration_ms,
            "size": dict(zip(("width", "height"), self.size, strict=True)) if self.size else None,
        }


@dataclass(frozen=True, slots=True)
class Rejection:
    """Why an image cannot be recognised, now or ever: a stable code and a plain sentence."""

    code: str
    detail: str

    @classmethod
    def from_dict(cls, given: Mapping[str, str]) -> Self:
        """Read the JSON form; raises KeyError on another shape."""
        return cls(given["code"], given["detail"])

    def to_dict(self) -> dict[str, str]:
        """The JSON form callers see."""
        return {"code": self.code, "detail": self.detail}


Outcome = Recognition | Rejection

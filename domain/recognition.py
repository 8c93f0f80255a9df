"""A Recognition: all that one Detector said of one Image; or the Rejection of an image nobody can read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


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


@dataclass(frozen=True, slots=True)
class Detection:
    """One thing seen, with a confidence of 0–1, and where it is when the detector knows."""

    label: str
    confidence: float
    box: Box | None = None

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Read the JSON form; raises KeyError or TypeError on another shape."""
        box = given.get("box")
        return cls(
            given["label"], float(given["confidence"]), Box(**{k: float(v) for k, v in box.items()}) if box else None
        )

    def to_dict(self) -> dict[str, Any]:
        """The JSON form callers see; confidences keep four digits."""
        seen: dict[str, Any] = {"label": self.label, "confidence": round(self.confidence, 4)}
        return seen | {"box": self.box.to_dict()} if self.box else seen


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

    def to_dict(self, *, top_k: int | None = None, min_confidence: float | None = None) -> dict[str, Any]:
        """The JSON form callers see, best first, with at most `top_k` detections of at least `min_confidence`."""
        best = sorted(self.detections, key=lambda each: -each.confidence)
        kept = [each.to_dict() for each in best if each.confidence >= (min_confidence or 0)]
        return {
            "detector": self.detector,
            "asked": self.asked,
            "model": self.model.to_dict(),
            "detections": kept[:top_k],
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

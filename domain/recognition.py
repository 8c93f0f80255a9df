"""The outcome of one detector for one image: a Recognition, or the Rejection of an image that cannot be read."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, Self

UNKNOWN = "unknown"
"""The label of a model that is not sure of any other."""
LONGEST_LABEL = 200
"""Characters of a label and of a parent: what a detector gives beyond them is cut off."""


class Box(NamedTuple):
    """A rectangle on the upright image, in fractions 0–1 of its width and height."""

    left: float
    top: float
    width: float
    height: float

    def to_dict(self) -> dict[str, float]:
        """Return the JSON form of the API; fractions are rounded to four digits."""
        return {name: round(getattr(self, name), 4) for name in self._fields}


Polygon = tuple[tuple[float, float], ...]
"""Points (x, y) in fractions 0–1 of the upright image's width and height; the last is joined to the first."""


class Mask(NamedTuple):
    """Pixels of the upright image of `height` by `width` pixels, as COCO's compressed run lengths."""

    height: int
    width: int
    counts: str

    @classmethod
    def from_dict(cls, given: Mapping[str, Any]) -> Self:
        """Read COCO's JSON form; raises KeyError, TypeError or ValueError for another shape."""
        height, width = given["size"]
        return cls(int(height), int(width), str(given["counts"]))

    def to_dict(self) -> dict[str, Any]:
        """Return COCO's JSON form."""
        return {"size": [self.height, self.width], "counts": self.counts}


class Detection(NamedTuple):
    """A detected object: label, confidence 0–1, and its box, outline and mask as far as the detector gives them.

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
        """Read the JSON form; raises KeyError, TypeError or ValueError for another shape."""
        box, mask = given.get("box"), given.get("mask")
        return cls(
            label=given["label"],
            confidence=float(given["confidence"]),
            box=Box(**{side: float(fraction) for side, fraction in box.items()}) if box else None,
            outline=tuple(tuple((float(x), float(y)) for x, y in polygon) for polygon in given.get("outline") or ()),
            mask=Mask.from_dict(mask) if mask else None,
            parents=tuple(given.get("parents") or ()),
        )

    def bounded(self) -> Self:
        """Return the detection with labels of at most `LONGEST_LABEL` characters."""
        texts = (self.label, *self.parents)
        if all(len(text) <= LONGEST_LABEL for text in texts):
            return self
        label, *parents = (text[:LONGEST_LABEL] for text in texts)
        return self._replace(label=label, parents=tuple(parents))

    def to_dict(self, *, shape: bool = True) -> dict[str, Any]:
        """Return the JSON form of the API, with or without outline and mask; confidences are rounded to four digits."""
        fields: dict[str, Any] = {"label": self.label, "confidence": round(self.confidence, 4)}
        if self.box:
            fields["box"] = self.box.to_dict()
        if self.parents:
            fields["parents"] = list(self.parents)
        return fields | self._shape() if shape else fields

    def _shape(self) -> dict[str, Any]:
        outline = {"outline": [[list(point) for point in polygon] for polygon in self.outline]} if self.outline else {}
        return outline | ({"mask": self.mask.to_dict()} if self.mask else {})


class Model(NamedTuple):
    """A model by name and version; `digest` is the SHA-256 of its file, empty for a model of a vendor."""

    name: str
    version: str
    digest: str = ""

    @classmethod
    def from_dict(cls, given: Mapping[str, str]) -> Self:
        """Read the JSON form; raises KeyError for another shape."""
        return cls(given["name"], given["version"], given["digest"])

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form of the API."""
        return {"name": self.name, "version": self.version, "digest": self.digest}


@dataclass(frozen=True, slots=True)
class Recognition:
    """The detections of one detector. `size` is the upright image's (width, height) in pixels if known.

    `asked` is the requested detector: the same one, or `cascade`, which chooses one of the others.
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
        """Read the JSON form; raises KeyError or TypeError for another shape."""
        size = given.get("size")
        return cls(
            detector=given["detector"],
            model=Model.from_dict(given["model"]),
            detections=tuple(Detection.from_dict(detection) for detection in given["detections"]),
            duration_ms=int(given["duration_ms"]),
            size=(int(size["width"]), int(size["height"])) if size else None,
            asked=given.get("asked", ""),
        )

    @property
    def surest(self) -> float:
        """The highest confidence, 0–1, of a detection with a label other than "unknown"; 0 without one."""
        confidences = (detection.confidence for detection in self.detections if detection.label != UNKNOWN)
        return max(confidences, default=0.0)

    def to_dict(
        self, *, top_k: int | None = None, min_confidence: float | None = None, shapes: bool = True
    ) -> dict[str, Any]:
        """Return the JSON form of the API, the best first: at most `top_k` detections of at least `min_confidence`.

        `shapes=False` omits outlines and masks, which can be a hundred times as long as the rest.
        """
        best = sorted(self.detections, key=lambda detection: -detection.confidence)
        kept = [detection for detection in best if detection.confidence >= (min_confidence or 0)]
        return {
            "detector": self.detector,
            "asked": self.asked,
            "model": self.model.to_dict(),
            "detections": [detection.to_dict(shape=shapes) for detection in kept[:top_k]],
            "duration_ms": self.duration_ms,
            "size": dict(zip(("width", "height"), self.size, strict=True)) if self.size else None,
        }


class Rejection(NamedTuple):
    """The reason why an image can never be recognized: a stable code and a plain sentence."""

    code: str
    detail: str

    @classmethod
    def from_dict(cls, given: Mapping[str, str]) -> Self:
        """Read the JSON form; raises KeyError for another shape."""
        return cls(given["code"], given["detail"])

    def to_dict(self) -> dict[str, str]:
        """Return the JSON form of the API."""
        return {"code": self.code, "detail": self.detail}


Outcome = Recognition | Rejection

"""A model's output, as model.json describes it."""

from dataclasses import dataclass
from typing import Self

from edge_ml.fields import FieldError, Fields

DECODINGS = {
    "classify": ("logits", "probabilities"),
    "detect": ("yolox", "yolov8"),
    "segment": ("class_scores", "class_map", "yolov8"),
}
"""What each task's answers may look like."""


@dataclass(frozen=True)
class Output:
    """The object `output` of model.json."""

    name: str
    decoding: str
    masks: str
    temperature: float
    scale: float
    unknown_below: float
    background: int | None

    @classmethod
    def read(cls, fields: Fields, task: str, labels: int) -> Self:
        """Raises FieldError."""
        decoding = fields.one_of("decoding", DECODINGS[task])
        return cls(
            name=fields.text("name"),
            decoding=decoding,
            masks=fields.text("masks") if (task, decoding) == ("segment", "yolov8") else "",
            temperature=fields.number("temperature", 1.0, least=1e-3, most=1e3),
            scale=fields.number("scale", 1.0, least=1e-9, most=1e9),
            unknown_below=fields.number("unknown_below", 0.0, least=0, most=1),
            background=_background(fields, labels) if decoding.startswith("class_") else None,
        )


def _background(fields: Fields, labels: int) -> int:
    index = fields.number("background", 0)
    if index not in range(labels):
        raise FieldError(f"output.background must be the place of a label, 0 to {labels - 1}.")
    return int(index)

"""A model's output, as model.json describes it."""

from edge_ml.bundles.schema.fields import FieldError, Fields

DECODINGS = {
    "classify": ("logits", "probabilities"),
    "detect": ("yolox", "yolov8"),
    "segment": ("class_scores", "class_map", "yolov8"),
}
"""What each task's answers may look like."""


class Output:
    """The object `output` of model.json; `background` is None where each label is an object. Raises FieldError."""

    def __init__(self, fields: Fields, task: str, labels: int) -> None:
        self.name = fields.text("name")
        self.decoding = fields.one_of("decoding", DECODINGS[task])
        self.masks = fields.text("masks") if (task, self.decoding) == ("segment", "yolov8") else ""
        self.temperature = fields.number("temperature", 1.0, least=1e-3, most=1e3)
        self.scale = fields.number("scale", 1.0, least=1e-9, most=1e9)
        self.unknown_below = fields.number("unknown_below", 0.0, least=0, most=1)
        self.background = _background(fields, labels) if self.decoding.startswith("class_") else None


def _background(fields: Fields, labels: int) -> int:
    index = fields.number("background", 0)
    if index not in range(labels):
        raise FieldError(f"output.background must be the place of a label, 0 to {labels - 1}.")
    return int(index)

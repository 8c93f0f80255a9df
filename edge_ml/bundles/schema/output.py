"""The object `output` of model.json: a model's output and its decoding."""

from edge_ml.bundles.schema.fields import FieldError, Fields

DECODINGS = {
    "classify": ("logits", "probabilities", "sigmoid"),
    "detect": (
        "yolox",
        "yolox_decoded",
        "yolov5",
        "yolov8",
        "rtdetr",
        "detr",
        "deformable_detr",
        "boxes_and_scores",
        "end2end",
        "ssd",
        "torchvision",
    ),
    "segment": ("class_scores", "class_map", "mask_logits", "mask_probabilities", "yolov8"),
}
"""The decodings of each task."""

_WITH_BOXES = ("detr", "deformable_detr", "boxes_and_scores", "ssd", "torchvision")
_WITH_CLASSES = ("ssd", "torchvision")


class OutputSpec:
    """The object `output`; `background` is None where each label is an object. Raises FieldError."""

    def __init__(self, fields: Fields, task: str, label_count: int) -> None:
        self.name = fields.text("name")
        self.decoding = fields.one_of("decoding", DECODINGS[task])
        self.masks = fields.text("masks") if (task, self.decoding) == ("segment", "yolov8") else ""
        self.boxes = fields.text("boxes") if self.decoding in _WITH_BOXES else ""
        self.classes = fields.text("classes") if self.decoding in _WITH_CLASSES else ""
        self.first_class = int(fields.number("first_class", 0, minimum=0, maximum=1))
        self.temperature = fields.number("temperature", 1.0, minimum=1e-3, maximum=1e3)
        self.scale = fields.number("scale", 1.0, minimum=1e-9, maximum=1e9)
        self.unknown_below = fields.number("unknown_below", 0.0, minimum=0, maximum=1)
        self.threshold = fields.number("threshold", 0.0, minimum=0, maximum=1)
        self.background = _background(fields, self.decoding, label_count)


def _background(fields: Fields, decoding: str, label_count: int) -> int | None:
    """Return the index of the label that is no object; a mask has two labels, or no label for the background."""
    if not decoding.startswith(("class_", "mask_")):
        return None
    if decoding.startswith("mask_") and label_count > 2:
        raise FieldError("labels must be the background's and the object's, or the object's alone, for one mask.")
    if decoding.startswith("mask_") and label_count == 1:
        return None
    index = fields.number("background", 0)
    if index not in range(label_count):
        raise FieldError(f"output.background must be the index of a label, 0 to {label_count - 1}.")
    return int(index)

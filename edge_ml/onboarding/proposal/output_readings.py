"""The readings of a model's outputs: each is a task and a decoding that their shapes permit."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from edge_ml.inference.boxes.anchors import anchor_count
from edge_ml.onboarding.inspection.tensor import OutputSample
from edge_ml.onboarding.proposal.input import ImageInput

_INTEGERS = ("uint8", "int8", "int32", "int64")


class Reading(NamedTuple):
    """A task and a decoding for one output; `labels` is the number of labels, None where the shape does not show it."""

    task: str
    decoding: str
    output: OutputSample
    labels: int | None
    reason: str
    masks: str = ""


def output_readings(samples: Sequence[OutputSample], picture: ImageInput) -> list[Reading]:
    """Return every reading of these outputs, the most certain first."""
    return [reading for find in _FINDERS for sample in samples for reading in find(sample, samples, picture)]


def _yolov8_masks(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    """Find the instance segmentation of YOLOv8: boxes with coefficients, and the prototypes that they weigh."""
    for other in samples:
        if other is not sample and len(other.shape) == 4 and _is_yolov8(sample, coefficients=other.shape[1]):
            count = sample.shape[1] - 4 - other.shape[1]
            numbers = f"is 4 + {count} + {other.shape[1]} numbers per candidate, {list(other.shape)} their masks"
            yield Reading("segment", "yolov8", sample, count, f"{list(sample.shape)} {numbers}", other.name)


def _yolox(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    if len(sample.shape) == 3 and sample.shape[1] == anchor_count(picture.size) and sample.shape[2] > 5:
        count = sample.shape[2] - 5
        reason = f"{list(sample.shape)} is 5 + {count} numbers per cell of three grids at strides 8, 16 and 32"
        yield Reading("detect", "yolox", sample, count, reason)


def _yolov8(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    if _is_yolov8(sample) and not any(_yolov8_masks(sample, samples, picture)):
        reason = f"{list(sample.shape)} is 4 + {sample.shape[1] - 4} numbers for each of {sample.shape[2]} candidates"
        yield Reading("detect", "yolov8", sample, sample.shape[1] - 4, reason)


def _class_map(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    if len(sample.shape) == 3 and sample.type in _INTEGERS and min(sample.shape[1:]) > 1:
        yield Reading("segment", "class_map", sample, None, f"{list(sample.shape)} holds an integer per pixel")


def _class_scores(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    if len(sample.shape) != 4 or sample.shape == picture.shape:
        return
    count, height, width = sample.shape[1:] if picture.layout == "NCHW" else (sample.shape[3], *sample.shape[1:3])
    if min(height, width) <= 1:
        return
    if count > 1:
        yield Reading("segment", "class_scores", sample, count, f"{list(sample.shape)} holds {count} scores per pixel")
    elif sample.type.startswith("float"):
        for labels in (2, 1):
            reason = f"{list(sample.shape)} holds one score per pixel"
            yield Reading("segment", _scale_of(sample, "mask_logits", "mask_probabilities"), sample, labels, reason)


def _classes(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    count = max(sample.shape, default=0)
    if sample.shape not in ((1, count), (1, count, 1, 1), (1, 1, 1, count)) or sample.type == "text":
        return
    if count > 1:
        reason = f"{list(sample.shape)} holds {count} scores"
        yield Reading("classify", _scale_of(sample, "logits", "probabilities"), sample, count, reason)
    else:
        for labels in (2, 1):
            reason = f"{list(sample.shape)} holds one score"
            yield Reading("classify", _scale_of(sample, "sigmoid", "probabilities"), sample, labels, reason)


def _scale_of(sample: OutputSample, raw: str, finished: str) -> str:
    """Return the decoding of raw scores, or that of finished probabilities, by the values that came out."""
    is_float = sample.type.startswith("float")
    return raw if is_float and not (sample.minimum >= 0 and sample.maximum <= 1) else finished


def _is_yolov8(sample: OutputSample, coefficients: int = 0) -> bool:
    shape = sample.shape
    return len(shape) == 3 and 4 + coefficients < shape[1] < shape[2] and sample.type.startswith("float")


_Finder = Callable[[OutputSample, Sequence[OutputSample], ImageInput], Iterator[Reading]]
_FINDERS: tuple[_Finder, ...] = (_yolov8_masks, _yolox, _yolov8, _class_map, _class_scores, _classes)

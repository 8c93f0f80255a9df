"""The readings of a model's outputs: each is a task and a decoding that their shapes permit."""

from collections.abc import Iterator, Sequence

from edge_ml.onboarding.inspection.tensor import OutputSample
from edge_ml.onboarding.proposal.box_readings import BOX_FINDERS, is_yolov8
from edge_ml.onboarding.proposal.input import ImageInput
from edge_ml.onboarding.proposal.reading import Finder, Reading

_INTEGERS = ("uint8", "int8", "int32", "int64")


def output_readings(samples: Sequence[OutputSample], picture: ImageInput) -> list[Reading]:
    """Return every reading of these outputs, the most certain first."""
    return [reading for find in _FINDERS for sample in samples for reading in find(sample, samples, picture)]


def _yolov8_masks(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    """Find the instance segmentation of YOLOv8: boxes with coefficients, and the prototypes that they weigh."""
    for other in samples:
        if other is not sample and len(other.shape) == 4 and is_yolov8(sample, coefficients=other.shape[1]):
            count = sample.shape[1] - 4 - other.shape[1]
            numbers = f"is 4 + {count} + {other.shape[1]} numbers per candidate, {list(other.shape)} their masks"
            masks = {"masks": other.name}
            yield Reading("segment", "yolov8", sample, count, f"{list(sample.shape)} {numbers}", masks)


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


_FINDERS: tuple[Finder, ...] = (_yolov8_masks, *BOX_FINDERS, _class_map, _class_scores, _classes)

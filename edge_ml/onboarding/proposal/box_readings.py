"""The readings of detectors' outputs, by the values where shapes alone mislead: YOLOX and YOLOv6 share theirs."""

from collections.abc import Iterator, Sequence

from edge_ml.inference.boxes.anchors import anchor_count
from edge_ml.onboarding.inspection.tensor import OutputSample
from edge_ml.onboarding.proposal.input import ImageInput
from edge_ml.onboarding.proposal.reading import Finder, Reading

_IN_PIXELS = 0.3
"""Boxes reach this share of the input's longer side if they are in pixels: the centers of a grid fill the input."""
_IN_FRACTIONS = 2.0
"""Boxes in fractions of the input do not reach beyond this."""
_MOST_QUERIES = 1000
_ALWAYS = 0.999
"""YOLOv6 has no objectness and writes 1 in its place."""


def is_yolov8(sample: OutputSample, coefficients: int = 0) -> bool:
    """Return whether an output can be YOLOv8's: 4 + labels + mask coefficients, for each of more anchors."""
    shape = sample.shape
    return len(shape) == 3 and 4 + coefficients < shape[1] < shape[2] and sample.type.startswith("float")


def _end_to_end(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    shape = sample.shape
    is_list = len(shape) == 2 and shape[1] in (6, 7) and shape != (1, 6)
    if is_list or (len(shape) == 3 and shape[2] == 6 and shape[1] <= _MOST_QUERIES and _has_rows(sample, picture)):
        reason = f"{list(shape)} holds a box, a score and a label of each object that is left by the model itself"
        yield Reading("detect", "end2end", sample, None, reason)


def _yolox(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    if len(sample.shape) != 3 or sample.shape[1] != anchor_count(picture.size) or sample.shape[2] <= 5:
        return
    count = sample.shape[2] - 5
    numbers = f"{list(sample.shape)} is 5 + {count} numbers per cell of three grids at strides 8, 16 and 32"
    if not _in_pixels(sample, picture):
        yield Reading("detect", "yolox", sample, count, numbers)
    elif sample.fifth >= _ALWAYS:
        yield Reading("detect", "yolov5", sample, count, f"{numbers}, in pixels, without objectness: YOLOv6's")
    else:
        yield Reading("detect", "yolox_decoded", sample, count, f"{numbers}, in pixels")


def _yolov5(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    shape = sample.shape
    if len(shape) != 3 or shape[2] <= 5 or shape[1] <= shape[2] or shape[1] == anchor_count(picture.size):
        return
    if shape[1] == 3 * anchor_count(picture.size) or (shape[1] > _MOST_QUERIES and _in_pixels(sample, picture)):
        numbers = f"{list(shape)} is 5 + {shape[2] - 5} numbers for each of {shape[1]} candidates, in pixels"
        yield Reading("detect", "yolov5", sample, shape[2] - 5, numbers)


def _queries(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    shape = sample.shape
    if len(shape) != 3 or not 4 < shape[2] < shape[1] or not sample.type.startswith("float"):
        return
    numbers = f"{list(shape)} is 4 + {shape[2] - 4} numbers for each of {shape[1]} candidates"
    if shape[1] <= _MOST_QUERIES and sample.reach <= _IN_FRACTIONS:
        yield Reading("detect", "rtdetr", sample, shape[2] - 4, f"{numbers}, in fractions")
    elif sample.reach > _IN_FRACTIONS:
        yield Reading("detect", "yolov8", sample, shape[2] - 4, f"{numbers}, in pixels")


def _yolov8(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    if is_yolov8(sample) and not any(_is_masks(sample, other) for other in samples):
        reason = f"{list(sample.shape)} is 4 + {sample.shape[1] - 4} numbers for each of {sample.shape[2]} candidates"
        yield Reading("detect", "yolov8", sample, sample.shape[1] - 4, reason)


def _pair(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    """Find the scores of candidates beside their boxes: of DETR where the boxes are fractions, else of YOLO-NAS."""
    for boxes in samples:
        if boxes is sample or len(sample.shape) != 3 or boxes.shape != (1, sample.shape[1], 4):
            continue
        count, more = sample.shape[2], {"boxes": boxes.name}
        numbers = f"{list(sample.shape)} holds {count} scores for each of {sample.shape[1]} boxes {list(boxes.shape)}"
        if boxes.reach > _IN_FRACTIONS:
            yield Reading("detect", "boxes_and_scores", sample, count, f"{numbers} in pixels", more)
        else:
            yield Reading("detect", "detr", sample, count - 1, f"{numbers} in fractions, one for no object", more)
            yield Reading("detect", "deformable_detr", sample, count, f"{numbers} in fractions", more)


def _triple(sample: OutputSample, samples: Sequence[OutputSample], picture: ImageInput) -> Iterator[Reading]:
    """Find the scores of finished boxes beside the boxes and their classes."""
    for boxes in samples:
        if boxes.shape[-1:] != (4,) or boxes.shape[:-1] != sample.shape or len(sample.shape) > 2 or boxes is sample:
            continue
        columns = [other for other in samples if other.shape == sample.shape and other is not boxes]
        if len(columns) == 2 and sample is _scores_of(columns):
            classes = next(other for other in columns if other is not sample)
            in_fractions = len(sample.shape) == 2 and boxes.reach <= _IN_FRACTIONS
            decoding = "ssd" if in_fractions else "torchvision"
            more = {"boxes": boxes.name, "classes": classes.name}
            reason = f"{list(sample.shape)} holds the scores of the boxes {list(boxes.shape)} that the model has left"
            yield Reading("detect", decoding, sample, None, reason, more)


def _scores_of(columns: Sequence[OutputSample]) -> OutputSample:
    """Return the scores of two columns, the other one of which holds classes: by type, by name, else by the values."""
    whole = [column for column in columns if not column.type.startswith("float")]
    if len(whole) == 1:
        return next(column for column in columns if column is not whole[0])
    named = [column for column in columns if "score" in column.name.lower() or "conf" in column.name.lower()]
    return named[0] if len(named) == 1 else min(columns, key=lambda column: column.maximum)


def _is_masks(sample: OutputSample, other: OutputSample) -> bool:
    return other is not sample and len(other.shape) == 4 and is_yolov8(sample, coefficients=other.shape[1])


def _in_pixels(sample: OutputSample, picture: ImageInput) -> bool:
    return sample.reach > _IN_PIXELS * max(picture.size)


def _has_rows(sample: OutputSample, picture: ImageInput) -> bool:
    """Return whether rows of six numbers are finished boxes: one label of YOLOX or YOLOv5 has as many numbers."""
    cells = anchor_count(picture.size)
    return sample.shape[1] not in (cells, 3 * cells) and not 0 < sample.reach <= _IN_FRACTIONS


BOX_FINDERS: tuple[Finder, ...] = (_triple, _pair, _end_to_end, _yolox, _yolov5, _queries, _yolov8)

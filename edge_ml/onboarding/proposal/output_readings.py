"""What the shapes that came out of a model can mean: each Reading is one way to understand them."""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from edge_ml.onboarding.inspection.probe import Outcome
from edge_ml.onboarding.proposal.input import ImageInput

_STRIDES = (8, 16, 32)
_INTEGERS = ("uint8", "int8", "int32", "int64")


class Reading(NamedTuple):
    """A task and a decoding for one output; `labels` is how many it wants, None where that cannot be seen."""

    task: str
    decoding: str
    output: Outcome
    labels: int | None
    why: str
    masks: str = ""


def readings(outcomes: Sequence[Outcome], picture: ImageInput) -> list[Reading]:
    """Every way to understand these outputs, the surest first."""
    return [reading for find in _FINDERS for each in outcomes for reading in find(each, outcomes, picture)]


def cells(picture: ImageInput) -> int:
    """The cells of a detector's grids at strides 8, 16 and 32."""
    return sum((picture.size[0] // stride) * (picture.size[1] // stride) for stride in _STRIDES)


def _yolov8_masks(each: Outcome, outcomes: Sequence[Outcome], picture: ImageInput) -> Iterator[Reading]:
    """YOLOv8's instance segmentation: boxes with coefficients, and the prototypes they weigh."""
    for other in outcomes:
        if other is not each and len(other.shape) == 4 and _is_yolov8(each, more=other.shape[1]):
            count = each.shape[1] - 4 - other.shape[1]
            why = f"is 4 + {count} + {other.shape[1]} numbers for each candidate, {list(other.shape)} their masks"
            yield Reading("segment", "yolov8", each, count, f"{list(each.shape)} {why}", other.name)


def _yolox(each: Outcome, outcomes: Sequence[Outcome], picture: ImageInput) -> Iterator[Reading]:
    if len(each.shape) == 3 and each.shape[1] == cells(picture) and each.shape[2] > 5:
        count = each.shape[2] - 5
        why = f"{list(each.shape)} is 5 + {count} numbers for each cell of three grids at strides 8, 16 and 32"
        yield Reading("detect", "yolox", each, count, why)


def _yolov8(each: Outcome, outcomes: Sequence[Outcome], picture: ImageInput) -> Iterator[Reading]:
    if _is_yolov8(each) and not any(_yolov8_masks(each, outcomes, picture)):
        why = f"{list(each.shape)} is 4 + {each.shape[1] - 4} numbers for each of {each.shape[2]} candidates"
        yield Reading("detect", "yolov8", each, each.shape[1] - 4, why)


def _class_map(each: Outcome, outcomes: Sequence[Outcome], picture: ImageInput) -> Iterator[Reading]:
    if len(each.shape) == 3 and each.type in _INTEGERS and min(each.shape[1:]) > 1:
        yield Reading("segment", "class_map", each, None, f"{list(each.shape)} holds a whole number for each pixel")


def _class_scores(each: Outcome, outcomes: Sequence[Outcome], picture: ImageInput) -> Iterator[Reading]:
    if len(each.shape) != 4 or each.shape == picture.shape:
        return
    count, height, width = each.shape[1:] if picture.layout == "NCHW" else (each.shape[3], *each.shape[1:3])
    if min(height, width) > 1 and count > 1:
        yield Reading("segment", "class_scores", each, count, f"{list(each.shape)} holds {count} scores for each pixel")


def _classes(each: Outcome, outcomes: Sequence[Outcome], picture: ImageInput) -> Iterator[Reading]:
    count = max(each.shape)
    if each.shape in ((1, count), (1, count, 1, 1), (1, 1, 1, count)) and count > 1:
        yield Reading("classify", _classes_decoding(each), each, count, f"{list(each.shape)} holds {count} scores")


def _classes_decoding(each: Outcome) -> str:
    return "logits" if each.type.startswith("float") and not (each.least >= 0 and each.most <= 1) else "probabilities"


def _is_yolov8(each: Outcome, more: int = 0) -> bool:
    return len(each.shape) == 3 and 4 + more < each.shape[1] < each.shape[2] and each.type.startswith("float")


_Finder = Callable[[Outcome, Sequence[Outcome], ImageInput], Iterator[Reading]]
_FINDERS: tuple[_Finder, ...] = (_yolov8_masks, _yolox, _yolov8, _class_map, _class_scores, _classes)

"""Which Reading of a model's outputs is proposed, or why none is."""

from collections.abc import Mapping, Sequence
from typing import Any

from edge_ml.onboarding.inspection.probe import Outcome
from edge_ml.onboarding.proposal.input import ImageInput
from edge_ml.onboarding.proposal.output_readings import Reading, cells, readings
from edge_ml.serving.trial.confinement import TrialError


def reading(outcomes: Sequence[Outcome], picture: ImageInput, asked: Mapping[str, Any], labels: int | None) -> Reading:
    """The surest reading that is as the user says; one that wants that many labels before others; raises TrialError."""
    found = [each for each in readings(outcomes, picture) if _as_asked(each, asked)]
    if not found:
        raise TrialError(
            "unsupported_output", f"The model's output cannot be read: {_why_not(outcomes, picture, asked)}"
        )
    return next((each for each in found if each.labels == labels), found[0])


def _as_asked(each: Reading, asked: Mapping[str, Any]) -> bool:
    said = {"task": each.task, "output.decoding": each.decoding, "output.name": each.output.name}
    either = {"logits", "probabilities"}
    return all(
        field not in asked or asked[field] == value or {asked[field], value} == either for field, value in said.items()
    )


def _why_not(outcomes: Sequence[Outcome], picture: ImageInput, asked: Mapping[str, Any]) -> str:
    came = ", ".join(map(str, outcomes))
    hint = next(filter(None, (_hint(each.shape, picture) for each in outcomes)), "")
    wished = [
        f"{name.rsplit('.')[-1]} {asked[name]}" for name in ("task", "output.name", "output.decoding") if name in asked
    ]
    return f"{came} is no answer that is known{' for ' + ', '.join(wished) if wished else ''}.{hint}"


def _hint(shape: tuple[int, ...], picture: ImageInput) -> str:
    if shape == picture.shape:
        return " It has the input's own shape: the model makes pictures of pictures."
    if len(shape) == 3 and shape[1] == 3 * cells(picture):
        return " It looks like YOLOv5, whose three anchors a cell are not decoded; export YOLOv8, YOLO11 or YOLOX."
    if len(shape) == 3 and shape[2] == 6:
        return " It looks like boxes after non-maximum suppression: export without it (nms=False, end2end=False)."
    if len(shape) == 3 and shape[1] > shape[2] > 4:
        return " It looks like YOLOv8 with its last two dimensions exchanged: export it as Ultralytics does."
    return ""

"""The proposal for the object `output` of model.json: the most certain reading, or the reason that there is none."""

from collections.abc import Mapping, Sequence

from edge_ml.onboarding.inspection.tensor import EMPTY, NOT_FINITE, OutputSample
from edge_ml.onboarding.proposal.input import ImageInput
from edge_ml.onboarding.proposal.output_readings import output_readings
from edge_ml.onboarding.proposal.reading import Reading
from edge_ml.serving.trial.trial_error import TrialError


def choose_reading(
    samples: Sequence[OutputSample], picture: ImageInput, given: Mapping[str, object], labels: int | None
) -> Reading:
    """Return the most certain reading that agrees with the given fields; one with `labels` labels comes first.

    Raises TrialError where there is none.
    """
    readings = [reading for reading in output_readings(samples, picture) if _agrees(reading, given)]
    if not readings:
        raise TrialError("unsupported_output", f"The model's output cannot be read: {_reason(samples, picture, given)}")
    readings = [reading for reading in readings if reading.output.fault in ("", _allowed_fault(reading))] or readings
    reading = next((reading for reading in readings if reading.labels == labels), readings[0])
    if (fault := reading.output.fault) and fault != _allowed_fault(reading):
        code = "not_a_number" if fault == NOT_FINITE else "unsupported_output"
        raise TrialError(code, f"The output {reading.output.name!r} {fault}.")
    return reading


def _allowed_fault(reading: Reading) -> str:
    """Return the fault that is none: a detector may find nothing on noise."""
    return EMPTY if reading.decoding in ("end2end", "ssd", "torchvision") else ""


def _agrees(reading: Reading, given: Mapping[str, object]) -> bool:
    values = {"task": reading.task, "output.decoding": reading.decoding, "output.name": reading.output.name}
    interchangeable = {"logits", "probabilities", "sigmoid"}
    return all(
        field not in given or given[field] == value or {given[field], value} <= interchangeable
        for field, value in values.items()
    )


def _reason(samples: Sequence[OutputSample], picture: ImageInput, given: Mapping[str, object]) -> str:
    outputs = ", ".join(map(str, samples))
    hint = next(filter(None, (_hint(sample.shape, picture) for sample in samples)), "")
    fields = [field for field in ("task", "output.name", "output.decoding") if field in given]
    wanted = ", ".join(f"{field.rsplit('.')[-1]} {given[field]}" for field in fields)
    return f"{outputs} is no known output{' for ' + wanted if wanted else ''}.{hint}"


def _hint(shape: tuple[int, ...], picture: ImageInput) -> str:
    if shape == picture.shape:
        return " It has the input's own shape: the model makes pictures of pictures."
    return ""

"""Propose the model.json of a model file: each field is given by the user, found in the file, or guessed."""

from collections.abc import Mapping
from pathlib import Path

from edge_ml.onboarding.inspection.file_type import check_file_type
from edge_ml.onboarding.inspection.inspect_model import inspect_model, sample_outputs
from edge_ml.onboarding.inspection.tensor import Inspection
from edge_ml.onboarding.labels.label_list import LabelList
from edge_ml.onboarding.labels.read import labels_from_metadata
from edge_ml.onboarding.proposal.exporter import stated_fields
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.input import ImageInput, image_input
from edge_ml.onboarding.proposal.normalization import usual_normalization
from edge_ml.onboarding.proposal.output import choose_reading
from edge_ml.onboarding.proposal.output_readings import Reading
from edge_ml.serving.trial.trial_error import TrialError

_RESIZES = {
    "classify": ("cover", "classifiers are mostly shown the middle of a picture, in its proportions"),
    "detect": ("letterbox", "detectors are mostly shown the whole picture in its proportions, gray around it"),
    "segment": ("stretch", "so that every pixel of the picture is seen"),
    "yolox": ("letterbox_corner", "YOLOX is shown pictures at the top left, gray around them"),
    "yolov8": ("letterbox", "Ultralytics' models are shown pictures in their proportions, gray around them"),
}


def propose(path: Path, labels: LabelList | None, given: Mapping[str, object]) -> Findings:
    """Inspect and run the file in child processes; the fields in `given` take precedence. Raises TrialError."""
    check_file_type(path)
    inspection = inspect_model(path)
    stated = stated_fields(inspection.metadata)
    known = {field: finding.value for field, finding in stated.items()} | dict(given)
    picture = image_input(inspection.inputs, known)
    samples = sample_outputs(path, picture.name, picture.dtype, picture.shape)
    labels = labels or labels_from_metadata(inspection.metadata)
    reading = choose_reading(samples, picture, known, len(labels.names) if labels else None)
    findings = Findings(given, {field: finding for field, finding in stated.items() if _applies(field, picture)})
    _add_identity(findings, path, reading)
    _add_labels(findings, labels, reading)
    _add_input(findings, picture, reading)
    _add_output(findings, reading)
    _add_origin(findings, path, inspection)
    findings.add_remaining_given()
    return findings


def _applies(field: str, picture: ImageInput) -> bool:
    """Return whether a stated field says more than the file: a fixed size stands in the tensor's shape."""
    return picture.dtype == "float32" if field in ("input.mean", "input.std") else field != "input.size" or picture.open


def _add_identity(findings: Findings, path: Path, reading: Reading) -> None:
    findings.guessed("name", model_name(path), "from the file's name")
    findings.guessed("version", "1.0.0", "the first")
    findings.found("task", reading.task, f"the output {reading.output.name!r} {reading.reason}")


def _add_labels(findings: Findings, labels: LabelList | None, reading: Reading) -> None:
    if labels is None:
        wanted = f"{reading.labels} labels" if reading.labels else "labels"
        raise TrialError(
            "labels_missing", f"The model needs {wanted} and its file holds none: give a file with --labels."
        )
    names = labels.fitting(reading.labels)
    if reading.labels is None and reading.output.maximum >= len(names):
        raise TrialError("label_count", f"The model returned the label {reading.output.maximum:.0f}, counted from 0, "
                                        f"and {labels.origin} holds {len(names)} labels.")  # fmt: skip
    findings.found("labels", list(names), f"{len(names)}, from {labels.origin}")


def _add_input(findings: Findings, picture: ImageInput, reading: Reading) -> None:
    findings.found("input.name", picture.name, "the only input")
    findings.found("input.layout", picture.layout, f"its shape is {list(picture.shape)}")
    findings.found("input.dtype", picture.dtype, "its type")
    if picture.open:
        findings.guessed(
            "input.size", list(picture.size), "the file leaves it open; this is usual, and the model took it"
        )
    else:
        findings.found("input.size", list(picture.size), "height and width in its shape")
    findings.guessed("input.resize", *_RESIZES.get(reading.decoding, _RESIZES[reading.task]))
    bgr = reading.decoding == "yolox"
    findings.guessed("input.channels", "BGR" if bgr else "RGB", "YOLOX takes BGR" if bgr else "nearly all take RGB")
    if picture.dtype == "float32":
        normalization = usual_normalization(reading.decoding, picture.layout)
        findings.guessed("input.mean", list(normalization.mean), normalization.known_for)
        findings.guessed("input.std", list(normalization.std), normalization.known_for)


def _add_output(findings: Findings, reading: Reading) -> None:
    findings.found("output.name", reading.output.name, f"its shape is {list(reading.output.shape)}")
    if reading.task == "classify":
        findings.guessed("output.decoding", reading.decoding, _decoding_reason(reading))
    else:
        findings.found("output.decoding", reading.decoding, reading.reason)
    if reading.masks:
        findings.found("output.masks", reading.masks, "the output of four dimensions")
    if reading.decoding.endswith("probabilities") and not reading.output.type.startswith("float"):
        reason = f"{reading.output.type}: quantized probabilities are mostly 256ths"
        findings.guessed("output.scale", 1 / 256, reason)
    if reading.decoding in ("class_scores", "class_map") or (
        reading.decoding.startswith("mask_") and reading.labels == 2
    ):
        findings.guessed("output.background", 0, "the background is mostly the first label")


def _decoding_reason(reading: Reading) -> str:
    output = reading.output
    sums = ", ".join(f"{total:.3g}" for total in output.sums)
    values = f"on noise its values are {output.minimum:.3g} to {output.maximum:.3g} and add up to {sums}"
    return f"{values}{': not yet probabilities' if reading.decoding == 'logits' else ''}"


def _add_origin(findings: Findings, path: Path, inspection: Inspection) -> None:
    license_ = inspection.metadata.get("license")
    if license_:
        findings.found("license", license_, "the file's metadata")
    else:
        findings.guessed("license", "unknown", "the file does not say; --license")
    findings.guessed("source", path.name, "the file you gave; --source")
    findings.guessed("metrics", {}, "measure it on your own pictures; --metrics")


def model_name(path: Path) -> str:
    """Return a model's name made from the file's: lower case, with hyphens for the characters a name cannot have."""
    stem = path.name.removesuffix(".onnx").lower()
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in stem)
    return plain.strip("._-")[:48] or "model"

"""The fields of the proposal, from a reading of the model's outputs, its picture input and its labels."""

from pathlib import Path

from edge_ml.onboarding.inspection.tensor import Inspection
from edge_ml.onboarding.labels.label_list import LabelList, unnamed
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.input import ImageInput
from edge_ml.onboarding.proposal.normalization import usual_normalization
from edge_ml.onboarding.proposal.reading import Reading
from edge_ml.serving.trial.trial_error import TrialError

_RESIZES = {
    "classify": ("cover", "classifiers are mostly shown the middle of a picture, in its proportions"),
    "detect": ("letterbox", "detectors are mostly shown the whole picture in its proportions, gray around it"),
    "segment": ("stretch", "so that every pixel of the picture is seen"),
    "yolox": ("letterbox_corner", "YOLOX is shown pictures at the top left, gray around them"),
    "yolox_decoded": ("letterbox_corner", "YOLOX is shown pictures at the top left, gray around them"),
    "rtdetr": ("stretch", "RT-DETR is shown the whole picture, its proportions changed"),
    "detr": ("stretch", "a square input changes the proportions; DETR itself takes any"),
    "deformable_detr": ("stretch", "RT-DETR and RF-DETR are shown the whole picture, its proportions changed"),
    "ssd": ("stretch", "TensorFlow's detectors are mostly shown the whole picture, its proportions changed"),
    "torchvision": ("stretch", "torchvision's detectors resize pictures themselves"),
    "boxes_and_scores": ("letterbox_corner", "YOLO-NAS is shown pictures at the top left, gray around them"),
    "yolov8": ("letterbox", "Ultralytics' models are shown pictures in their proportions, gray around them"),
}


def add_identity(findings: Findings, path: Path, reading: Reading) -> None:
    """Add name, version and task."""
    findings.guessed("name", model_name(path), "from the file's name")
    findings.guessed("version", "1.0.0", "the first")
    findings.found("task", reading.task, f"the output {reading.output.name!r} {reading.reason}")


def add_labels(findings: Findings, labels: LabelList | None, reading: Reading) -> None:
    """Add the labels; raises TrialError where there are none, or another number than the output has."""
    if labels is None:
        wanted = f"{reading.labels} labels" if reading.labels else "labels"
        raise TrialError(
            "labels_missing", f"The model needs {wanted} and its file holds none: give a file with --labels."
        )
    names = labels.fitting(reading.labels)
    if reading.decoding == "class_map" and reading.output.maximum >= len(names):
        raise TrialError("label_count", f"The model returned the label {reading.output.maximum:.0f}, counted from 0, "
                                        f"and {labels.origin} holds {len(names)} labels.")  # fmt: skip
    findings.found("labels", list(names), f"{len(names)}, from {labels.origin}")


def add_input(findings: Findings, picture: ImageInput, reading: Reading) -> None:
    """Add the object `input`."""
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
    bgr = reading.decoding.startswith("yolox")
    findings.guessed("input.channels", "BGR" if bgr else "RGB", "YOLOX takes BGR" if bgr else "nearly all take RGB")
    if picture.dtype == "float32":
        normalization = usual_normalization(reading.decoding, picture.layout)
        findings.guessed("input.mean", list(normalization.mean), normalization.known_for)
        findings.guessed("input.std", list(normalization.std), normalization.known_for)


def add_output(findings: Findings, reading: Reading) -> None:
    """Add the object `output`."""
    findings.found("output.name", reading.output.name, f"its shape is {list(reading.output.shape)}")
    if reading.task == "classify":
        findings.guessed("output.decoding", reading.decoding, _decoding_reason(reading))
    else:
        findings.found("output.decoding", reading.decoding, reading.reason)
    for field, name in reading.more.items():
        findings.found(f"output.{field}", name, "the output beside it, by its shape")
    if "classes" in reading.more:
        findings.guessed("output.first_class", *_first_class(findings))
    if reading.decoding.endswith("probabilities") and not reading.output.type.startswith("float"):
        reason = f"{reading.output.type}: quantized probabilities are mostly 256ths"
        findings.guessed("output.scale", 1 / 256, reason)
    if reading.decoding in ("class_scores", "class_map") or (
        reading.decoding.startswith("mask_") and reading.labels == 2
    ):
        findings.guessed("output.background", 0, "the background is mostly the first label")


def _first_class(findings: Findings) -> tuple[int, str]:
    """Return the number of the first label: 0 is the background's, which labels may or may not hold."""
    labels = findings["labels"]
    assert isinstance(labels, list)
    if str(labels[0]).strip("_").lower() in ("background", "bg", unnamed(0)):
        return 0, "the first label is the background's"
    return 1, "0 is mostly the background's, and the labels do not begin with it"


def _decoding_reason(reading: Reading) -> str:
    output = reading.output
    sums = ", ".join(f"{total:.3g}" for total in output.sums)
    values = f"on noise its values are {output.minimum:.3g} to {output.maximum:.3g} and add up to {sums}"
    return f"{values}{': not yet probabilities' if reading.decoding == 'logits' else ''}"


def add_origin(findings: Findings, path: Path, inspection: Inspection) -> None:
    """Add license, source and metrics."""
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

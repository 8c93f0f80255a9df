"""The model.json proposed for a model file: found in it where it tells, guessed where it does not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from edge_ml.onboarding.inspection import file_type
from edge_ml.onboarding.inspection.probe import Inspection, inspect, run
from edge_ml.onboarding.label_list import LabelList, from_metadata
from edge_ml.onboarding.proposal import normalization
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.input import ImageInput, image_input
from edge_ml.onboarding.proposal.output import reading
from edge_ml.onboarding.proposal.output_readings import Reading
from edge_ml.serving.trial.confinement import TrialError

_RESIZES = {
    "classify": ("cover", "classifiers are mostly shown the middle of a picture, in its proportions"),
    "detect": ("letterbox", "detectors are mostly shown the whole picture in its proportions, grey around it"),
    "segment": ("stretch", "so that every pixel of the picture is seen"),
    "yolox": ("letterbox_corner", "YOLOX is shown pictures at the top left, grey around them"),
    "yolov8": ("letterbox", "Ultralytics' models are shown pictures in their proportions, grey around them"),
}


def propose(path: Path, labels: LabelList | None, given: Mapping[str, Any]) -> Findings:
    """Inspect and run the file in child processes; `given` are fields the user knows; raises TrialError."""
    file_type.check(path)
    inspection = inspect(path)
    picture = image_input(inspection.inputs, layout=given.get("input.layout"), size=given.get("input.size"))
    outcomes = run(path, picture.name, picture.dtype, picture.shape)
    labels = labels or from_metadata(inspection.metadata)
    chosen = reading(outcomes, picture, given, len(labels.names) if labels else None)
    findings = Findings(given)
    _head(findings, path, chosen, _labels(labels, chosen))
    _input(findings, picture, chosen)
    _output(findings, chosen)
    _tail(findings, path, inspection)
    findings.take_the_rest()
    return findings


def _labels(labels: LabelList | None, chosen: Reading) -> tuple[tuple[str, ...], str]:
    if labels is None:
        wanted = f"{chosen.labels} labels" if chosen.labels else "labels"
        raise TrialError(
            "labels_missing", f"The model wants {wanted} and its file holds none: give a file with --labels."
        )
    names = labels.fitting(chosen.labels)
    if chosen.labels is None and chosen.output.most >= len(names):
        raise TrialError("label_count", f"The model answered the label {chosen.output.most:.0f}, counted from 0, "
                                        f"and {labels.origin} holds {len(names)} labels.")  # fmt: skip
    return names, labels.origin


def _head(findings: Findings, path: Path, chosen: Reading, labels: tuple[tuple[str, ...], str]) -> None:
    findings.guessed("name", name_of(path), "from the file's name")
    findings.guessed("version", "1.0.0", "the first")
    findings.found("task", chosen.task, f"the output {chosen.output.name!r} {chosen.why}")
    names, origin = labels
    findings.found("labels", list(names), f"{len(names)}, from {origin}")


def _input(findings: Findings, picture: ImageInput, chosen: Reading) -> None:
    findings.found("input.name", picture.name, "the only input")
    findings.found("input.layout", picture.layout, f"its shape is {list(picture.shape)}")
    findings.found("input.dtype", picture.dtype, "its type")
    if picture.open:
        findings.guessed(
            "input.size", list(picture.size), "the file leaves it open; this is usual, and the model took it"
        )
    else:
        findings.found("input.size", list(picture.size), "height and width in its shape")
    findings.guessed("input.resize", *_RESIZES.get(chosen.decoding, _RESIZES[chosen.task]))
    bgr = chosen.decoding == "yolox"
    findings.guessed("input.channels", "BGR" if bgr else "RGB", "YOLOX takes BGR" if bgr else "nearly all take RGB")
    if picture.dtype == "float32":
        way = normalization.WAYS[normalization.usual(chosen.decoding, picture.layout)]
        findings.guessed("input.mean", list(way.mean), way.known_for)
        findings.guessed("input.std", list(way.std), way.known_for)


def _output(findings: Findings, chosen: Reading) -> None:
    findings.found("output.name", chosen.output.name, f"its shape is {list(chosen.output.shape)}")
    if chosen.task == "classify":
        findings.guessed("output.decoding", chosen.decoding, _why_decoding(chosen))
    else:
        findings.found("output.decoding", chosen.decoding, chosen.why)
    if chosen.masks:
        findings.found("output.masks", chosen.masks, "the output of four dimensions")
    if chosen.decoding == "probabilities" and not chosen.output.type.startswith("float"):
        findings.guessed("output.scale", 1 / 256, f"{chosen.output.type}: quantised probabilities are mostly 256ths")
    if chosen.decoding in ("class_scores", "class_map"):
        findings.guessed("output.background", 0, "the background is mostly the first label")


def _why_decoding(chosen: Reading) -> str:
    sums = ", ".join(f"{each:.3g}" for each in chosen.output.sums)
    span = f"on noise its values are {chosen.output.least:.3g} to {chosen.output.most:.3g} and add up to {sums}"
    return f"{span}{': not yet probabilities' if chosen.decoding == 'logits' else ''}"


def _tail(findings: Findings, path: Path, inspection: Inspection) -> None:
    license_ = inspection.metadata.get("license")
    if license_:
        findings.found("license", license_, "the file's metadata")
    else:
        findings.guessed("license", "unknown", "the file does not say; --license")
    findings.guessed("source", path.name, "the file you brought; --source")
    findings.guessed("metrics", {}, "measure it on your own pictures; --metrics")


def name_of(path: Path) -> str:
    """The file's name as a model's name: lower case, and a hyphen for what a name cannot hold."""
    stem = path.name.removesuffix(".onnx").lower()
    plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "-" for c in stem)
    return plain.strip("._-")[:48] or "model"

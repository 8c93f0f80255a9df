"""Propose the model.json of a model file: each field is given by the user, found in the file, or guessed."""

from collections.abc import Mapping
from pathlib import Path

from edge_ml.onboarding.inspection.file_type import check_file_type
from edge_ml.onboarding.inspection.inspect_model import inspect_model, sample_outputs
from edge_ml.onboarding.labels.label_list import LabelList
from edge_ml.onboarding.labels.read import labels_from_metadata
from edge_ml.onboarding.proposal.exporter import stated_fields
from edge_ml.onboarding.proposal.fields import add_identity, add_input, add_labels, add_origin, add_output
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.input import ImageInput, image_input
from edge_ml.onboarding.proposal.output import choose_reading


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
    add_identity(findings, path, reading)
    add_labels(findings, labels, reading)
    add_input(findings, picture, reading)
    add_output(findings, reading)
    add_origin(findings, path, inspection)
    findings.add_remaining_given()
    return findings


def _applies(field: str, picture: ImageInput) -> bool:
    """Return whether a stated field says more than the file: a fixed size stands in the tensor's shape."""
    return picture.dtype == "float32" if field in ("input.mean", "input.std") else field != "input.size" or picture.open

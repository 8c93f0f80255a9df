"""`python -m edge_ml add`: propose a bundle for a model file, try it, and store it where the function finds it."""

import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from edge_ml.bundles.model_reference import NAME_PATTERN, VERSION_PATTERN
from edge_ml.onboarding.destination import BUILT_IN, Bucket, Destination, Folder, destination
from edge_ml.onboarding.external_data import with_embedded_data
from edge_ml.onboarding.labels.read import read_labels
from edge_ml.onboarding.preview import Print, preview
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.propose import propose
from edge_ml.onboarding.report import finding_lines
from edge_ml.onboarding.staging import stage_bundle
from edge_ml.serving.trial.trial_error import TrialError


class AddRequest(NamedTuple):
    """The command's arguments; `given` holds fields of model.json by their path."""

    model: Path
    labels: Path | None
    given: Mapping[str, object]
    to: str
    photo: Path | None
    replace: bool


def add(request: AddRequest, print_line: Print) -> None:
    """Propose, try and store the bundle; raises TrialError, after which nothing is written."""
    place = destination(request.to)
    if request.photo and not request.photo.is_file():
        raise TrialError("no_such_photo", f"{request.photo} is not there.")
    _check_identity(request.given)
    labels = read_labels(request.labels) if request.labels else None
    with tempfile.TemporaryDirectory(prefix="edge-ml-") as scratch:
        model = with_embedded_data(request.model, Path(scratch))
        proposal = propose(model, labels, request.given)
        for line in (f"{model.name}: a model to {proposal['task']}.", "", *finding_lines(proposal)):
            print_line(line)
        folder = Path(scratch) / "bundle"
        digest = stage_bundle(folder, model, proposal)
        preview(folder, proposal, request.photo, print_line)
        _store(folder, place, proposal, request.replace)
    print_line(_next_steps(place, str(proposal["name"]), str(proposal["version"]), digest))


def _check_identity(given: Mapping[str, object]) -> None:
    """Check the name and the version that the user gives; raises TrialError."""
    rules = {
        "name": (NAME_PATTERN, "1 to 48 letters, digits, dots, hyphens or underscores"),
        "version": (VERSION_PATTERN, "three numbers such as 1.0.0"),
    }
    for field, (pattern, rule) in rules.items():
        value = str(given.get(field, "1.0.0"))
        if not re.fullmatch(pattern, value):
            raise TrialError("invalid_name", f"--{field} must be {rule}, not {value!r}.")


def _store(folder: Path, place: Destination, proposal: Findings, replace: bool) -> None:
    name, version = str(proposal["name"]), str(proposal["version"])
    if place.exists(name, version) and not replace:
        raise TrialError("taken", f"{place.place(name, version)} is there already: give another --name or --version, "
                                  "or --replace.")  # fmt: skip
    place.store(folder, name, version)


def _next_steps(place: Destination, name: str, version: str, digest: str) -> str:
    written = f"Written to {place.place(name, version)}\nThe digest of the model is {digest}.\n\n"
    usage = f'Ask for it with an image: {{"options": {{"model": "{name}"}}}}, or "{name}@{version}".'
    if isinstance(place, Bucket):
        return f"{written}It is served within 15 seconds; GET /models lists it. {usage}"
    if place == Folder(Path(BUILT_IN)):
        return f"{written}It is part of the next deployment: make run, or make deploy. {usage}"
    return f"{written}The function does not read this folder: copy it into edge_ml/models or into the models bucket."

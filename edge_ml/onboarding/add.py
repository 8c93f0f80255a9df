"""`python -m edge_ml add`: propose a bundle for a model file, try it, and put it where the function finds it."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from edge_ml.onboarding import label_list, report
from edge_ml.onboarding.comparison import compare
from edge_ml.onboarding.destination import BUILT_IN, Bucket, Destination, Folder, destination
from edge_ml.onboarding.proposal.findings import Findings
from edge_ml.onboarding.proposal.propose import propose
from edge_ml.onboarding.staging import lay_out
from edge_ml.serving.trial.confinement import MEGABYTES, SECONDS, TrialError
from edge_ml.serving.trial.trial_run import try_run

Tell = Callable[[str], None]


class Wish(NamedTuple):
    """What the user asks for; `given` holds fields of model.json by their path."""

    model: Path
    labels: Path | None
    given: Mapping[str, Any]
    to: str
    photo: Path | None
    replace: bool


def add(wish: Wish, tell: Tell) -> None:
    """Do all of it, or raise TrialError with nothing written."""
    place = destination(wish.to)
    if wish.photo and not wish.photo.is_file():
        raise TrialError("no_such_photo", f"{wish.photo} is not there.")
    labels = label_list.read(wish.labels) if wish.labels else None
    proposed = propose(wish.model, labels, wish.given)
    for line in (f"{wish.model.name}: a model to {proposed['task']}.", "", *report.findings(proposed)):
        tell(line)
    with tempfile.TemporaryDirectory(prefix="edge-ml-") as scratch:
        folder = Path(scratch) / "bundle"
        lay_out(folder, wish.model, proposed)
        _try(folder, proposed, wish.photo, tell)
        _keep(folder, place, proposed, wish.replace)
    tell(_next(place, proposed["name"], proposed["version"]))


def _try(folder: Path, proposed: Findings, photo: Path | None, tell: Tell) -> None:
    seen = try_run(folder, photo)
    tell(f"Tried in a process of its own with {MEGABYTES} MB and {SECONDS} s: it loads and answers.")
    if photo:
        tell(f"On {photo.name} it sees: {report.detections(seen)}")
    if photo and "mean" in proposed.to_dict()["input"] and proposed["task"] != "segment":
        tell("The same photo under each usual normalisation; if another line is right, say --normalise with its name:")
        for each in compare(folder, proposed.to_dict(), photo):
            tell(f"  {each.way:15}{'*' if each.chosen else ' '} {report.detections(each.seen)}")
    tell("")


def _keep(folder: Path, place: Destination, proposed: Findings, replace: bool) -> None:
    name, version = proposed["name"], proposed["version"]
    if place.taken(name, version) and not replace:
        raise TrialError("taken", f"{place.place(name, version)} is there already: give another --name or --version, "
                                  "or --replace.")  # fmt: skip
    place.keep(folder, name, version)


def _next(place: Destination, name: str, version: str) -> str:
    written = f"Written to {place.place(name, version)}\n\n"
    ask = f'Ask for it with an image: {{"options": {{"model": "{name}"}}}}, or "{name}@{version}".'
    if isinstance(place, Bucket):
        return f"{written}It is served within 15 seconds; GET /models lists it. {ask}"
    if place == Folder(Path(BUILT_IN)):
        return f"{written}It is part of the next deployment: make run, or make deploy. {ask}"
    return f"{written}Nothing reads it there: copy it into edge_ml/models or into the models bucket."

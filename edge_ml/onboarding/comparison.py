"""One photo under each usual normalisation: no file tells which is right, but whoever knows the photo sees it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from edge_ml.onboarding.proposal.normalization import WAYS
from edge_ml.onboarding.staging import write_json
from edge_ml.serving.trial.confinement import TrialError
from edge_ml.serving.trial.trial_run import try_run


class Compared(NamedTuple):
    """What the model sees under the way of that name; `chosen` is the proposal's own."""

    way: str
    chosen: bool
    seen: list[dict[str, Any]]


def compare(folder: Path, content: dict[str, Any], photo: Path) -> Iterator[Compared]:
    """Try the bundle in the folder under every usual way, and leave its model.json as `content` says."""
    fed = content["input"]
    for name, way in WAYS.items():
        changed = {"mean": list(way.mean), "std": list(way.std)}
        write_json(folder, content | {"input": fed | changed})
        yield Compared(name, {key: fed[key] for key in changed} == changed, _seen(folder, photo))
    write_json(folder, content)


def _seen(folder: Path, photo: Path) -> list[dict[str, Any]]:
    try:
        return try_run(folder, photo)
    except TrialError:
        return []

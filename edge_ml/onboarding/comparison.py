"""One photograph under each usual normalization: no file states the right one, but the detections show it."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from edge_ml.onboarding.proposal.normalization import NORMALIZATIONS
from edge_ml.onboarding.staging import write_model_json
from edge_ml.serving.trial.trial_error import TrialError
from edge_ml.serving.trial.trial_run import trial_run

if TYPE_CHECKING:
    from edge_ml.protocol import Detection


class Comparison(NamedTuple):
    """The detections under the normalization of that name; `proposed` marks that of the proposal."""

    normalization: str
    proposed: bool
    detections: "list[Detection]"


def compare_normalizations(folder: Path, content: dict[str, Any], photo: Path) -> Iterator[Comparison]:
    """Try the bundle in the folder under every usual normalization; afterwards its model.json is `content` again."""
    described = content["input"]
    for name, normalization in NORMALIZATIONS.items():
        changed = {"mean": list(normalization.mean), "std": list(normalization.std)}
        write_model_json(folder, content | {"input": described | changed})
        proposed = {key: described[key] for key in changed} == changed
        yield Comparison(name, proposed, _detections(folder, photo))
    write_model_json(folder, content)


def _detections(folder: Path, photo: Path) -> "list[Detection]":
    try:
        return trial_run(folder, photo)
    except TrialError:
        return []

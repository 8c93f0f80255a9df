"""The trial run of a bundle before it is served: its model is loaded and run in a confined child process."""

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING, TypedDict, cast

from edge_ml.serving.trial.confinement import run_confined, serve_request
from edge_ml.serving.trial.load_error import shorten_message
from edge_ml.serving.trial.trial_error import TrialError, is_memory_error, too_much_memory

if TYPE_CHECKING:
    from collections.abc import Mapping

    from edge_ml.inference.model import Model
    from edge_ml.protocol import Detection

UNUSABLE = "unusable_model"


class TrialRequest(TypedDict):
    """The bundle's folder, and the photograph to run it on."""

    folder: str
    photo: str | None


class TrialReply(TypedDict):
    """The detections in the first picture."""

    detections: "list[Detection]"


def trial_run(folder: str | os.PathLike[str], photo: str | os.PathLike[str] | None = None) -> "list[Detection]":
    """Return the model's detections in the photograph, or in a synthetic picture; raises TrialError."""
    request: TrialRequest = {"folder": os.fspath(folder), "photo": os.fspath(photo) if photo else None}
    return cast(TrialReply, run_confined(__name__, request))["detections"]


def trial_reply(request: "Mapping[str, str]") -> TrialReply:
    """Return the reply to a TrialRequest, in the child; raises TrialError."""
    from edge_ml.bundles.bundle import BundleError, ModelBundle
    from edge_ml.image_error import ImageError
    from edge_ml.inference.model import Model

    try:
        model = Model(ModelBundle.load(request["folder"]))
        detections = [_detections(model, data) for data in _pictures(request["photo"])]
    except BundleError as error:
        raise _refusal(UNUSABLE, str(error).replace(request["folder"] + os.sep, "")) from error
    except ImageError as error:
        raise _refusal(UNUSABLE if error.code == "model_failed" else error.code, error.detail) from error
    return {"detections": detections[0]}


def _detections(model: "Model", data: bytes) -> "list[Detection]":
    from edge_ml.pictures.decode import decode

    return model.detections(decode(data, model.bundle.fit))


def _pictures(photo: str | None) -> Iterator[bytes]:
    """Yield the photograph first; then noise and plain gray, as a model may fail on either."""
    if photo:
        with open(photo, "rb") as file:
            yield file.read()
    yield from _synthetic_pictures()


def _synthetic_pictures() -> Iterator[bytes]:
    import io

    import numpy as np
    from PIL import Image

    for pixels in (
        np.random.default_rng(0).integers(0, 256, (240, 320, 3), np.uint8),
        np.full((64, 64, 3), 128, np.uint8),
    ):
        file = io.BytesIO()
        Image.fromarray(pixels).save(file, "PNG", compress_level=1)
        yield file.getvalue()


def _refusal(code: str, message: str) -> TrialError:
    return too_much_memory() if is_memory_error(message) else TrialError(code, f"{shorten_message(message)}.")


if __name__ == "__main__":
    serve_request(trial_reply)

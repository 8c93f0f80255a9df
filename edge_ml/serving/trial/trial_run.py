"""A model bundle tried before it is served: loaded and asked, in a child process with little memory and little time."""

import os
from collections.abc import Iterator, Mapping
from typing import Any

from edge_ml.serving.trial.confinement import TrialError, answer_with, confined, is_memory, too_much_memory
from edge_ml.serving.trial.load_error import plain

UNUSABLE = "unusable_model"


def try_run(folder: str | os.PathLike[str], photo: str | os.PathLike[str] | None = None) -> list[dict[str, Any]]:
    """What the bundle's model sees on the photo, or else on a made picture; raises TrialError."""
    request = {"folder": os.fspath(folder), "photo": os.fspath(photo) if photo else None}
    return list(confined(__name__, request)["detections"])


def _answer(request: Mapping[str, Any]) -> dict[str, Any]:
    """The child's work."""
    from edge_ml.bundles.bundle import BundleError, ModelBundle
    from edge_ml.image_error import ImageError
    from edge_ml.inference.model import Model

    try:
        model = Model(ModelBundle.load(request["folder"]))
        seen = [_seen(model, data) for data in _pictures(request["photo"])]
    except BundleError as error:
        raise _refusal(UNUSABLE, str(error).replace(request["folder"] + os.sep, "")) from error
    except ImageError as error:
        raise _refusal(UNUSABLE if error.code == "model_failed" else error.code, error.detail) from error
    return {"detections": seen[0]}


def _seen(model: Any, data: bytes) -> list[dict[str, Any]]:
    from edge_ml.pictures.decode import decode

    return list(model.detections(decode(data, model.bundle.fit)))


def _pictures(photo: str | None) -> Iterator[bytes]:
    """The photo first; then noise and plain grey, as a model may fail on either."""
    if photo:
        with open(photo, "rb") as file:
            yield file.read()
    yield from _made()


def _made() -> Iterator[bytes]:
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


def _refusal(code: str, said: str) -> TrialError:
    return too_much_memory() if is_memory(said) else TrialError(code, f"{plain(said)}.")


if __name__ == "__main__":
    answer_with(_answer)

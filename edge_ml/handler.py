"""Answers an invocation: {"images": […], "model": …} with one result an image, {"describe": true} with the models.

{"resolve": ["name" | null, …]} with the models that would answer, unasked; {"derive": […]} makes pictures of pictures:
see `edge_ml.derived.derive`.
"""

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from edge_ml.bundles.bundle import BundleError
from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.log import tell
from edge_ml.objects import ahead, read, s3
from edge_ml.pictures.decode import decode
from edge_ml.serving.bundle_store import Store, StoreError
from edge_ml.serving.model_registry import Models, UnknownModelError

if TYPE_CHECKING:
    from concurrent.futures import Executor, Future

MODELS = Models(
    folder=os.environ.get("MODELS_FOLDER") or os.path.join(os.path.dirname(__file__), "models"),
    default=os.environ.get("DEFAULT_MODEL", "animals"),
    store=Store(s3, os.environ.get("MODELS_BUCKET", "")),
)
WORST_IMAGE_MS = 3000


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The Lambda entry point."""
    if event.get("describe"):
        return {"models": MODELS.describe()}
    if "resolve" in event:
        models = [_resolved(asked) for asked in event["resolve"]]
        tell("resolved", [{}] * len(models), models)
        return {"models": models}
    remaining_ms = context.get_remaining_time_in_millis
    if "derive" in event:
        made = [_derived(asked, remaining_ms) for asked in event["derive"]]
        tell("derived", event["derive"], made)
        return {"results": made}
    said = _answered(event, remaining_ms)
    tell("answered", event["images"], said.get("results") or [said] * len(event["images"]), **_named(said))
    return said


def _answered(event: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    model = _model(event.get("model"))
    if isinstance(model, dict):
        return model
    return {"model": model.bundle.to_dict(), "results": results(model, _bodies(event["images"]), remaining_ms)}


def _resolved(asked: str | None) -> dict[str, Any]:
    model = _model(asked)
    return model if isinstance(model, dict) else model.bundle.to_dict()


def _model(asked: str | None) -> Model | dict[str, Any]:
    """The model meant, or why there is none."""
    try:
        return MODELS.named(asked)
    except UnknownModelError as error:
        return {"error": {"code": "unknown_model", "detail": str(error)}}
    except BundleError as error:
        return {"error": {"code": "unusable_model", "detail": str(error)}}
    except StoreError as error:
        return {"error": {"code": "models_unavailable", "detail": str(error), "retryable": True}}


def _named(said: Mapping[str, Any]) -> dict[str, str]:
    return {"model": f"{said['model']['name']}@{said['model']['version']}"} if "model" in said else {}


@cache
def readers() -> "Executor":
    """The threads that read ahead, made at the first image."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max_workers=4)


def _bodies(images: Sequence[Mapping[str, str]]) -> Iterator["Future[bytes]"]:
    """The images' bytes; what is sent along needs no S3 client, which takes longer to make than the answer."""
    client = s3() if any("bytes" not in image for image in images) else None
    return ahead(partial(read, client), images, readers())


def results(model: Model, bodies: Iterable["Future[bytes]"], remaining_ms: Callable[[], int]) -> list[dict[str, Any]]:
    """One result for each image, in order; what goes wrong with one stays with it."""
    return [_result(model, body, remaining_ms) for body in bodies]


def _result(model: Model, body: "Future[bytes]", remaining_ms: Callable[[], int]) -> dict[str, Any]:
    return _coded(lambda: answer(model, body.result()), remaining_ms)


def _derived(asked: Mapping[str, Any], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    from edge_ml.derived.derive import derived  # what draws costs the start of those that only recognise

    return _coded(lambda: derived(s3(), asked), remaining_ms)


def _coded(work: Callable[[], dict[str, Any]], remaining_ms: Callable[[], int]) -> dict[str, Any]:
    try:
        if remaining_ms() < WORST_IMAGE_MS:
            raise ImageError("out_of_time", "The batch ran out of time before this image.", retryable=True)
        return work()
    except ImageError as error:
        return {"error": error.to_dict()}


def answer(model: Model, data: bytes) -> dict[str, Any]:
    """What the model sees in the image file `data`; raises ImageError."""
    started = time.perf_counter()
    picture = decode(data, model.bundle.fit)
    detections = model.detections(picture)
    width, height = picture.size
    return {
        "detections": detections,
        "size": {"width": width, "height": height},
        "duration_ms": round((time.perf_counter() - started) * 1000),
    }

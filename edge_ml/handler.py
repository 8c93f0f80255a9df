"""The function's handler. `edge_ml.protocol` has the types of events and responses.

{"images": […], "model": …}        recognize the images with one model: one result per image
{"describe": true}                 list the models
{"resolve": ["name" | null, …]}    name the models that would be used; no image is read
{"derive": […]}                    make derived pictures: see `edge_ml.derived.derive`
"""

import os
from collections.abc import Callable, Iterable, Sequence
from functools import cache, partial
from typing import TYPE_CHECKING

from edge_ml.bundles.bundle import BundleError
from edge_ml.log import log_results
from edge_ml.prefetch import Body, Unread, prefetch
from edge_ml.serving.bundle_store import BundleStore, StoreError
from edge_ml.serving.model_registry import ModelRegistry, UnknownModelError
from edge_ml.serving.recognize import recognize_images, result_or_failure
from edge_ml.storage.client import s3
from edge_ml.storage.objects import read, reader

if TYPE_CHECKING:
    from concurrent.futures import Executor

    from edge_ml.protocol import (
        Context,
        Derivation,
        DerivedPicture,
        DeriveRequest,
        Event,
        Failure,
        ImageRequest,
        ModelDigest,
        Recognition,
        Resolution,
        Response,
    )

MODELS = ModelRegistry(
    folder=os.environ.get("MODELS_FOLDER") or os.path.join(os.path.dirname(__file__), "models"),
    default=os.environ.get("DEFAULT_MODEL", "animals"),
    store=BundleStore(s3, os.environ.get("MODELS_BUCKET", "")),
)


def handler(event: "Event", context: "Context") -> "Response":
    """Return the response to one event; the entry point of Lambda."""
    if event.get("describe"):
        return {"models": MODELS.describe()}
    if "resolve" in event:
        return _resolve(event["resolve"])
    if "derive" in event:
        return _derive(event["derive"], context.get_remaining_time_in_millis)
    return _recognize(event, context.get_remaining_time_in_millis)


def _resolve(references: Sequence[str | None]) -> "Resolution":
    models = [_digest(reference) for reference in references]
    log_results("resolved", [{}] * len(models), models)
    return {"models": models}


def _derive(requests: "Sequence[DeriveRequest]", remaining_ms: Callable[[], int]) -> "Derivation":
    results = [result_or_failure(partial(_derived, request), remaining_ms) for request in requests]
    log_results("derived", requests, results)
    return {"results": results}


def _recognize(event: "Event", remaining_ms: Callable[[], int]) -> "Recognition | Failure":
    try:
        model = MODELS.get(event.get("model"))
    except (UnknownModelError, BundleError, StoreError) as error:
        failure = _model_failure(error)
        log_results("recognized", event["images"], [failure] * len(event["images"]))
        return failure
    results = recognize_images(model, _bodies(event["images"]), remaining_ms)
    version = f"{model.bundle.name}@{model.bundle.version}"
    log_results("recognized", event["images"], results, model=version)
    return {"model": model.bundle.to_dict(), "results": results}


def _digest(reference: str | None) -> "ModelDigest | Failure":
    try:
        return MODELS.get(reference).bundle.to_dict()
    except (UnknownModelError, BundleError, StoreError) as error:
        return _model_failure(error)


def _model_failure(error: UnknownModelError | BundleError | StoreError) -> "Failure":
    if isinstance(error, StoreError):
        return {"error": {"code": "models_unavailable", "detail": str(error), "retryable": True}}
    if isinstance(error, UnknownModelError):
        return {"error": {"code": "unknown_model", "detail": str(error)}}
    return {"error": {"code": "unusable_model", "detail": str(error)}}


@cache
def _readers() -> "Executor":
    """Return the threads that prefetch images, started at the first image."""
    from concurrent.futures import ThreadPoolExecutor

    return ThreadPoolExecutor(max_workers=4)


def _bodies(images: "Sequence[ImageRequest]") -> "Iterable[Body]":
    """Yield the images' bytes. What reads from S3 is made only for objects: that takes longer than a recognition."""
    read_image = reader() if any("bytes" not in image for image in images) else partial(read, None)
    return (
        prefetch(read_image, images, _readers()) if len(images) > 1 else [Unread(read_image, image) for image in images]
    )


def _derived(request: "DeriveRequest") -> "DerivedPicture":
    from edge_ml.derived.derive import store_derived  # imported here: drawing would slow down every start

    return store_derived(s3(), request)

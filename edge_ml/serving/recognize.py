"""Recognize images: one result per image; an error of one image does not affect the others."""

import time
from collections.abc import Callable, Iterable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from edge_ml.image_error import ImageError
from edge_ml.inference.model import Model
from edge_ml.pictures.decode import decode

if TYPE_CHECKING:
    from edge_ml.prefetch import Body
    from edge_ml.protocol import Failure, ImageResult

T = TypeVar("T")

WORST_IMAGE_MS = 3000
"""The longest time for one image: with less time left, an image is not begun."""


def recognize_images(
    model: Model, bodies: "Iterable[Body]", remaining_ms: Callable[[], int]
) -> "list[ImageResult | Failure]":
    """Return one result per image, in order; `remaining_ms` returns the time left to the invocation."""
    return [result_or_failure(partial(_recognize, model, body), remaining_ms) for body in bodies]


def recognize_image(model: Model, data: bytes) -> "ImageResult":
    """Return the model's detections in the image file `data`; raises ImageError."""
    started = time.perf_counter()
    picture = decode(data, model.bundle.fit)
    detections = model.detections(picture)
    width, height = picture.size
    return {
        "detections": detections,
        "size": {"width": width, "height": height},
        "duration_ms": round((time.perf_counter() - started) * 1000),
    }


def result_or_failure(work: Callable[[], T], remaining_ms: Callable[[], int]) -> "T | Failure":
    """Return the result of `work`, or the ImageError that it raises; with too little time left, `work` is not begun."""
    try:
        if remaining_ms() < WORST_IMAGE_MS:
            raise ImageError("out_of_time", "The batch ran out of time before this image.", retryable=True)
        return work()
    except ImageError as error:
        return {"error": error.to_dict()}


def _recognize(model: Model, body: "Body") -> "ImageResult":
    try:
        data = body.result()
    except MemoryError:  # the limit for another image's pixels applies to the threads that read, too
        raise ImageError("out_of_memory", "The image could not be read beside another one.", retryable=True) from None
    return recognize_image(model, data)

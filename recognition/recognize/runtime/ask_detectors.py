"""Asking the detectors: each image goes to the one its caller chose, one call for all that chose alike."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from aws_lambda_powertools import Logger
from botocore.exceptions import ClientError

from domain.image import Image
from domain.options import Options, OptionsError
from domain.recognition import Outcome, Rejection
from recognition.detectors.runtime.detector import Detector, outcomes_of
from recognition.recognize.runtime.request import Question

logger = Logger(child=True)


def options_of(s3: Callable[[], Any], questions: Sequence[Question]) -> dict[Image, Options | Rejection]:
    """What is asked of each image; an image left out could not be looked at just now."""
    looked_at = [each.image for each in questions if each.options is None and each.image.has_options]
    found: dict[Image, Options | Rejection | None] = {each.image: each.options or Options() for each in questions}
    found |= _looked_up(s3(), looked_at) if looked_at else {}
    return {image: options for image, options in found.items() if options}


def ask(
    detector: Callable[[str], Detector | None],
    asked: Mapping[Image, Options],
    default: str,
    seconds_left: Callable[[], float],
    throttled: set[Image],
) -> dict[Image, Outcome]:
    """What the detectors say of each image; an image left out is worth another try.

    A group whose detector might take longer than there is time waits for its next delivery, and is as good as throttled
    where others were.
    """
    groups: dict[tuple[str, str | None], list[Image]] = defaultdict(list)
    for image, options in asked.items():
        groups[options.detector or default, options.model].append(image)
    outcomes: dict[Image, Outcome] = {}
    for (name, model), images in groups.items():
        chosen = detector(name)
        if chosen is None:
            missing = Rejection("detector_unavailable", f"This deployment has no detector {name}.")
            outcomes |= dict.fromkeys(images, missing)
        elif seconds_left() > chosen.slowest:
            outcomes |= outcomes_of(chosen, images, model)
        elif throttled:
            throttled.update(images)
    return outcomes


def _looked_up(s3: Any, images: Sequence[Image]) -> dict[Image, Options | Rejection | None]:
    with ThreadPoolExecutor(len(images)) as pool:
        return dict(zip(images, pool.map(lambda image: _options(s3, image), images), strict=True))


def _options(s3: Any, image: Image) -> Options | Rejection | None:
    try:
        return Options.from_metadata(s3.head_object(**image.location)["Metadata"])
    except OptionsError as error:
        return Rejection("invalid_options", str(error))
    except ClientError as error:
        told = {"code": error.response["Error"]["Code"], "correlation_id": image.image_id}
        logger.warning("head failed", extra=told)
        gone = error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        return Rejection("no_such_object", "The object was gone before it could be read.") if gone else None

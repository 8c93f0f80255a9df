"""Asking the detectors: one call for all images of a batch that use the same detector and model."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple, cast

from aws_lambda_powertools import Logger
from botocore.exceptions import BotoCoreError, ClientError

from domain.image import Image
from domain.options import Options, OptionsError
from domain.recognition import Outcome, Rejection
from recognition.detectors.runtime.detector import Detector, outcomes_of
from recognition.recognize.runtime.request import RecognitionRequest

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client
    from types_boto3_s3.type_defs import HeadObjectRequestTypeDef

logger = Logger(child=True)


class _Group(NamedTuple):
    """The detector and the model that all images of a group ask for."""

    detector: str
    model: str | None


def read_options(
    s3: "Callable[[], S3Client]", requests: Sequence[RecognitionRequest]
) -> dict[Image, Options | Rejection]:
    """Return the options of each image; an image is left out if its object cannot be read at the moment."""
    unread = [request.image for request in requests if request.options is None and request.image.has_options]
    options: dict[Image, Options | Rejection | None] = {
        request.image: request.options or Options() for request in requests
    }
    options |= _read_metadata(s3(), unread) if unread else {}
    return {image: read for image, read in options.items() if read}


def ask_detectors(
    named: Callable[[str], Detector | None],
    options: Mapping[Image, Options],
    default: str,
    seconds_left: Callable[[], float],
    throttled: set[Image],
) -> dict[Image, Outcome]:
    """Return the detectors' outcomes; an image that is left out may be tried again. `named` returns a detector by name.

    If a detector may need more time than is left, its images are left out. They count as throttled if other images of
    the batch were throttled.
    """
    groups: dict[_Group, list[Image]] = defaultdict(list)
    for image, wanted in options.items():
        groups[_Group(wanted.detector or default, wanted.model)].append(image)
    outcomes: dict[Image, Outcome] = {}
    for group, images in groups.items():
        detector = named(group.detector)
        if detector is None:
            missing = Rejection("detector_unavailable", f"This deployment has no detector {group.detector}.")
            outcomes |= dict.fromkeys(images, missing)
        elif seconds_left() > detector.max_seconds:
            outcomes |= outcomes_of(detector, images, group.model)
        elif throttled:
            throttled.update(images)
    return outcomes


def _read_metadata(s3: "S3Client", images: Sequence[Image]) -> dict[Image, Options | Rejection | None]:
    with ThreadPoolExecutor(len(images)) as pool:
        return dict(zip(images, pool.map(lambda image: _options(s3, image), images), strict=True))


def _options(s3: "S3Client", image: Image) -> Options | Rejection | None:
    try:
        location = cast("HeadObjectRequestTypeDef", image.location)
        return Options.from_metadata(s3.head_object(**location)["Metadata"])
    except OptionsError as error:
        return Rejection("invalid_options", str(error))
    except ClientError as error:
        extra = {"code": error.response["Error"]["Code"], "correlation_id": image.image_id}
        logger.warning("metadata not read", extra=extra)
        deleted = error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
        return Rejection("no_such_object", "The object was deleted before it could be read.") if deleted else None
    except BotoCoreError:
        logger.exception("metadata not read", extra={"correlation_id": image.image_id})
        return None

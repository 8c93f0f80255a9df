"""Answers the uploads queue: each S3 ObjectCreated event becomes a stored, announced Recognition or Rejection."""

import json
import os
from collections.abc import Callable, Mapping
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from domain.image import Image
from recognition.runtime.announcement import announce
from recognition.runtime.asking import ask, options_of
from recognition.runtime.detector import Detector
from recognition.runtime.edge_detector import EdgeDetector
from recognition.runtime.recognitions import Recognitions
from recognition.runtime.recognizing import recognize
from recognition.runtime.rekognition_detector import RekognitionDetector
from wire.aws import client
from wire.queue import Record, attempt, failures, retry_later

UPLOADS_QUEUE_URL = os.environ["UPLOADS_QUEUE_URL"]
DETECTORS = os.environ["DETECTORS"].split(",")
PAID = DETECTORS[0] == "rekognition"
"""Whether each question costs money, so that no image is asked about before looking whether it was."""
LONGEST_DELAY = 300

logger = Logger()
recognitions = Recognitions(client("dynamodb"), os.environ["RECOGNITIONS_TABLE"])
announce_results = partial(announce, client("sns"), os.environ["RESULTS_TOPIC"])


@cache
def rarely(service: str) -> Any:
    """A client that few batches need, made when one does: s3 for options, sqs for retries."""
    return client(service)


@cache
def detector(name: str) -> Detector | None:
    """One of the deployment's detectors, made when first asked; None for any other."""
    return makers[name]() if name in DETECTORS else None


def edge() -> Detector:
    """The edge function, not asked again by the client itself: the queue does that."""
    lambda_ = client("lambda", read_timeout=60, retries={"total_max_attempts": 1})
    return EdgeDetector(lambda_, os.environ["EDGE_FUNCTION"])


def rekognition() -> Detector:
    """Rekognition, slowing down by itself when throttled."""
    return RekognitionDetector(client("rekognition", retries={"mode": "adaptive"}))


makers: dict[str, Callable[[], Detector]] = {"edge": edge, "rekognition": rekognition}
detector(DETECTORS[0])


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again."""
    told = {record["messageId"]: receive(record) for record in event["Records"]}
    images = list(dict.fromkeys(image for found in told.values() for image in found or ()))
    done = recognize(
        images,
        [image for record in event["Records"] for image in told[record["messageId"]] or () if known(record, image)],
        recognitions,
        partial(options_of, partial(rarely, "s3")),
        lambda asked: ask(detector, asked, DETECTORS[0], lambda: context.get_remaining_time_in_millis() / 1000),
        announce_results,
    )
    failed = [record for record in event["Records"] if not finished(told[record["messageId"]], done)]
    logger.info("recognised", extra={"images": [each.image_id for each in done], "failed": len(failed)})
    if failed:
        retry_later(rarely("sqs"), UPLOADS_QUEUE_URL, failed, seconds_until_retry)
    return failures(failed)


def receive(record: Record) -> list[Image] | None:
    """The images a message tells of, none for S3's test event; None when it is no S3 event at all."""
    try:
        said = json.loads(record["body"])
        if said.get("Event") == "s3:TestEvent":
            return []
        return [Image.from_s3_record(each) for each in said["Records"] if each["eventName"].startswith("ObjectCreated")]
    except (AttributeError, KeyError, TypeError, ValueError):
        logger.exception("not an S3 event", extra={"message_id": record["messageId"]})
        return None


def known(record: Record, image: Image) -> bool:
    """Whether an image may have been answered before, or is worth looking up because to ask costs more."""
    return PAID or image.has_options or attempt(record) > 1


def finished(images: list[Image] | None, done: set[Image]) -> bool:
    """Whether a message may leave the queue."""
    return images is not None and done.issuperset(images)


def seconds_until_retry(record: Record) -> int:
    """2, 4, 8, 16 … seconds, by how often the message has come."""
    return min(LONGEST_DELAY, int(2 ** attempt(record)))

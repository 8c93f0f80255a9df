"""Answers the uploads queue: each S3 ObjectCreated event becomes a stored, announced Recognition or Rejection."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from domain.entry import Outcome
from domain.image import Image
from domain.options import Options
from recognition.runtime.announcement import announce
from recognition.runtime.asking import ask, options_of
from recognition.runtime.detectors import Detectors
from recognition.runtime.recognitions import Recognitions
from recognition.runtime.recognizing import recognize
from recognition.runtime.spending import spending, tell
from wire.aws import client
from wire.queue import Record, attempt, failures, retry_later

UPLOADS_QUEUE_URL = os.environ["UPLOADS_QUEUE_URL"]
LONGEST_DELAY = 300

logger = Logger()
recognitions = Recognitions(client("dynamodb"), os.environ["RECOGNITIONS_TABLE"])
detectors = Detectors(
    os.environ["DETECTORS"].split(","),
    os.environ["EDGE_FUNCTION"],
    float(os.environ["CASCADE_BELOW"]),
    os.environ["DERIVED_BUCKET"],
)
PAID = detectors.default != "edge"
"""Whether questions cost money, so that no image is asked about before looking whether it was."""
announce_results = partial(announce, client("sns"), os.environ["RESULTS_TOPIC"])


@cache
def rarely(service: str) -> Any:
    """A client that few batches need, made when one does: s3 for options, sqs for retries."""
    return client(service)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again."""
    told = {record["messageId"]: receive(record) for record in event["Records"]}
    images = list(dict.fromkeys(image for found in told.values() for image in found or ()))
    done = recognize(
        images,
        [image for record in event["Records"] for image in told[record["messageId"]] or () if known(record, image)],
        recognitions,
        partial(options_of, partial(rarely, "s3")),
        lambda asked: ask_and_tell(asked, lambda: context.get_remaining_time_in_millis() / 1000),
        announce_results,
    )
    failed = [record for record in event["Records"] if not finished(told[record["messageId"]], done)]
    tell_each(images, done)
    if failed:
        retry_later(rarely("sqs"), UPLOADS_QUEUE_URL, failed, seconds_until_retry)
    return failures(failed)


def ask_and_tell(asked: Mapping[Image, Options], seconds_left: Callable[[], float]) -> Mapping[Image, Outcome]:
    """Ask the detectors, and tell what that cost where it may cost something."""
    detectors.saved.clear()
    outcomes = ask(detectors.named, asked, detectors.default, seconds_left)
    if asked and detectors.cost:
        tell(spending(len(asked), outcomes, detectors.saved))
    return outcomes


def tell_each(images: Iterable[Image], done: set[Image]) -> None:
    """Log what came of each image, under the id by which every function knows it."""
    for image in images:
        said = "answered" if image in done else "to be tried again"
        logger.info(said, extra={"correlation_id": image.image_id})


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

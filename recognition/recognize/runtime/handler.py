"""The worker of the uploads queue: stores and publishes a result for each uploaded or requested image."""

import os
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from aws_lambda_powertools import Logger

from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome
from recognition.detectors.runtime.registry import DetectorRegistry
from recognition.recognize.runtime.ask_detectors import ask_detectors, read_options
from recognition.recognize.runtime.entries import DetectorAccess
from recognition.recognize.runtime.message import read_requests
from recognition.recognize.runtime.metrics import batch_metrics, print_metrics
from recognition.recognize.runtime.over_quota import over_quota
from recognition.recognize.runtime.recognize import recognize
from recognition.recognize.runtime.request import RecognitionRequest, batches_by_image
from recognition.recognize.runtime.stores import Stores
from recognition.results.runtime.publish import publish
from wire.aws.client import client, client_without_validation, lazy
from wire.aws.isolation import BegunTries, Isolation
from wire.aws.message import read_message
from wire.aws.queue import (
    ENDED_COUNT,
    BatchResponse,
    QueueEvent,
    Record,
    batch_item_failures,
    ended_count,
    is_first_try,
    requeue,
    tries,
)
from wire.aws.retries import RetriedQueue, retry_later
from wire.aws.retry_policy import REQUEUES, UPLOADS
from wire.http.quota import Quota

IMAGES_BUCKET = os.environ["IMAGES_BUCKET"]
UPLOADS_QUEUE = RetriedQueue(os.environ["UPLOADS_QUEUE_URL"], os.environ["UPLOADS_DEAD_URL"])

logger = Logger()
detectors = DetectorRegistry(
    os.environ["DETECTORS"].split(","),
    os.environ["EDGE_FUNCTION"],
    float(os.environ["CASCADE_BELOW"]),
    os.environ["DERIVED_BUCKET"],
    float(os.environ["REKOGNITION_PAUSE"]),
)
dynamodb = client_without_validation("dynamodb")
stores = Stores.from_environment(os.environ, dynamodb, detectors.cache)
quota = Quota.from_environment(os.environ)
begun = BegunTries(lambda: dynamodb, os.environ["ANSWERS_TABLE"], ("about", "answer"))
isolation = Isolation.of_queue(lambda: lazy("sqs"), UPLOADS_QUEUE, begun, seconds=60)
publish_results = partial(publish, client("sns"), os.environ["RESULTS_TOPIC"])


Received = Mapping[str, list[RecognitionRequest] | None]
"""The requests of each message, by its id; None for a message that cannot be read."""


class Progress(NamedTuple):
    """The finished requests, and the unfinished ones for which a detector was throttled."""

    done: set[RecognitionRequest]
    throttled: set[RecognitionRequest]


def handler(event: QueueEvent, context: Any) -> BatchResponse:
    """Handle a batch of SQS messages; return the failed ones, which are delivered again."""

    def seconds_left() -> float:
        return float(context.get_remaining_time_in_millis() / 1000)

    handle = partial(handle_messages, seconds_left=seconds_left)
    return batch_item_failures(isolation.handle_apart(event["Records"], handle))


def handle_messages(records: Sequence[Record], seconds_left: Callable[[], float]) -> list[Record]:
    """Recognize the images of these messages; return those that stay in the queue."""
    received = {record["messageId"]: read_message(record, requests_in) for record in records}
    requests = [request for message in received.values() for request in message or ()]
    suspect(records, received)
    first_tries = filter(is_first_try, records)
    first = {request for record in first_tries for request in received[record["messageId"]] or ()}
    progress = recognize_all(requests, first, seconds_left)
    log_progress(requests, progress)
    return retry(records, received, progress)


def requests_in(record: Record) -> list[RecognitionRequest]:
    """Return the requests of a message; raises an exception of any kind if it has another shape."""
    return read_requests(record["body"], tries(record), IMAGES_BUCKET)


def suspect(records: Iterable[Record], received: Received) -> None:
    """Have images that were tried before asked about one by one, because one of them may end the edge function."""
    detectors.suspects.clear()
    for record in records:
        for request in received[record["messageId"]] or ():
            if request.tries > 1:
                detectors.suspects.before[request.image] = ended_count(record)


def retry(records: Iterable[Record], received: Received, progress: Progress) -> list[Record]:
    """Retry the unfinished messages; return those that stay in the queue.

    A message is requeued, which is no try, if it waits for a throttled detector alone. It is requeued as a counted try
    if its images have ended the edge function.
    """
    done, ended = progress.done, detectors.suspects.ended

    def lacks_only(record: Record, requests: set[RecognitionRequest]) -> bool:
        return is_finished(received[record["messageId"]], done | requests)

    unfinished = [record for record in records if not lacks_only(record, set())]
    waiting = [record for record in unfinished if lacks_only(record, progress.throttled)]
    ending = {request for message in received.values() for request in message or () if request.image in ended}
    suspected = [record for record in unfinished if record not in waiting and lacks_only(record, ending)]
    requeued = requeue(lazy("sqs"), UPLOADS_QUEUE.url, waiting, REQUEUES.backoff) if waiting else []
    if suspected:
        requeued += requeue(lazy("sqs"), UPLOADS_QUEUE.url, suspected, UPLOADS.backoff, ENDED_COUNT)
    failed = [record for record in unfinished if record not in requeued]
    return retry_later(lazy("sqs"), UPLOADS_QUEUE, failed, UPLOADS) if failed else []


def recognize_all(
    requests: Sequence[RecognitionRequest], first: Container[RecognitionRequest], seconds_left: Callable[[], float]
) -> Progress:
    """Recognize the images of all requests, batch by batch; quotas are judged for the requests in `first`."""
    read = partial(read_options, lambda: lazy("s3"))
    refused = partial(over_quota, quota, detectors.default, first)
    access = DetectorAccess(read, detectors.default, partial(ask, seconds_left=seconds_left), refused)
    progress = Progress(set(), set())
    for batch in batches_by_image(requests):
        progress.done.update(recognize(batch, stores, access, publish_results))
        progress.throttled.update(request for request in batch if request.image in detectors.throttled)
    return progress


def ask(options: Mapping[Image, Options], seconds_left: Callable[[], float]) -> Mapping[Image, Outcome]:
    """Ask the detectors, and print the metrics of the batch if one of them may cost money."""
    detectors.cascade_counts.clear()
    detectors.throttled.clear()
    outcomes = ask_detectors(detectors.named, options, detectors.default, seconds_left, detectors.throttled)
    detectors.throttled.difference_update(outcomes)
    if options and detectors.uses_rekognition:
        throttled = len(detectors.throttled)
        print_metrics(batch_metrics(len(options), outcomes, detectors.cascade_counts, detectors.cache, throttled))
    return outcomes


def is_finished(requests: list[RecognitionRequest] | None, done: set[RecognitionRequest]) -> bool:
    """Return whether a message may be deleted from the queue."""
    return requests is not None and done.issuperset(requests)


def log_progress(requests: Iterable[RecognitionRequest], progress: Progress) -> None:
    """Log the progress of each image, under the image ID that the logs of all functions share."""
    for request in requests:
        waiting = "throttled" if request in progress.throttled else "to be retried"
        message = "finished" if request in progress.done else waiting
        logger.info(message, extra={"correlation_id": request.image.image_id})

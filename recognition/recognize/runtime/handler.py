"""Answers the uploads queue: each image that arrived, or is to be looked at again, gets a stored, announced answer."""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, partial
from typing import Any

from aws_lambda_powertools import Logger

from domain.image import Image
from domain.options import Options
from domain.recognition import Outcome
from recognition.detectors.runtime.registry import Detectors
from recognition.recognize.runtime.ask_detectors import ask, options_of
from recognition.recognize.runtime.metrics import spending, tell
from recognition.recognize.runtime.recognize import Books, recognize
from recognition.recognize.runtime.request import Question, rounds
from recognition.recognize.runtime.usage import Usage
from recognition.results.runtime.history import History
from recognition.results.runtime.indexer import Indexing
from recognition.results.runtime.publish import announce
from recognition.results.runtime.recognitions import Recognitions
from wire.aws.client import client
from wire.aws.queue import Record, batch_item_failures, receive_count, requeue, retry_later, tries
from wire.aws.retry_policy import REQUEUES, UPLOADS

UPLOADS_QUEUE_URL = os.environ["UPLOADS_QUEUE_URL"]
ANSWERS_TABLE = os.environ["ANSWERS_TABLE"]

logger = Logger()
dynamodb = client("dynamodb")
recognitions = Recognitions(dynamodb, os.environ["RECOGNITIONS_TABLE"], ANSWERS_TABLE)
history = History(dynamodb, ANSWERS_TABLE)
detectors = Detectors(
    os.environ["DETECTORS"].split(","),
    os.environ["EDGE_FUNCTION"],
    float(os.environ["CASCADE_BELOW"]),
    os.environ["DERIVED_BUCKET"],
    float(os.environ["REKOGNITION_PAUSE"]),
)
books = Books(
    recognitions,
    history,
    Indexing(dynamodb, os.environ["IMAGE_INDEX_TABLE"], ANSWERS_TABLE, recognitions, history),
    detectors.memory,
    Usage(dynamodb, os.environ["USAGE_TABLE"]),
)
announce_results = partial(announce, client("sns"), os.environ["RESULTS_TOPIC"])


@cache
def rarely(service: str) -> Any:
    """A client that few batches need, made when one does: s3 for options, sqs for what comes again."""
    return client(service)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again."""
    told = {record["messageId"]: receive(record) for record in event["Records"]}
    questions = [question for found in told.values() for question in found or ()]
    done, throttled = answer(questions, lambda: context.get_remaining_time_in_millis() / 1000)
    tell_each(questions, done, throttled)
    left = [record for record in event["Records"] if not finished(told[record["messageId"]], done)]
    waiting = [record for record in left if finished(told[record["messageId"]], done | throttled)]
    replaced = requeue(rarely("sqs"), UPLOADS_QUEUE_URL, waiting, REQUEUES.backoff) if waiting else []
    failed = [record for record in left if record not in replaced]
    if failed:
        retry_later(rarely("sqs"), UPLOADS_QUEUE_URL, failed, lambda record: UPLOADS.backoff(receive_count(record)))
    return batch_item_failures(failed)


def answer(questions: Sequence[Question], seconds_left: Callable[[], float]) -> tuple[set[Question], set[Question]]:
    """Those of the questions that are finished with, and those of the others that a detector had no time for."""
    done, throttled = set[Question](), set[Question]()
    for batch in rounds(questions):
        done |= recognize(
            batch,
            books,
            partial(options_of, partial(rarely, "s3")),
            detectors.default,
            partial(ask_and_tell, seconds_left=seconds_left),
            announce_results,
        )
        throttled |= {each for each in batch if each.image in detectors.throttled}
    return done, throttled


def ask_and_tell(asked: Mapping[Image, Options], seconds_left: Callable[[], float]) -> Mapping[Image, Outcome]:
    """Ask the detectors, and tell what that cost where it may cost something."""
    detectors.saved.clear()
    detectors.throttled.clear()
    outcomes = ask(detectors.named, asked, detectors.default, seconds_left, detectors.throttled)
    detectors.throttled.difference_update(outcomes)
    if asked and detectors.cost:
        tell(spending(len(asked), outcomes, detectors.saved, detectors.memory, len(detectors.throttled)))
    return outcomes


def tell_each(questions: Iterable[Question], done: set[Question], throttled: set[Question]) -> None:
    """Log what came of each image, under the id by which every function knows it."""
    for question in questions:
        said = "answered" if question in done else "throttled" if question in throttled else "to be tried again"
        logger.info(said, extra={"correlation_id": question.image.image_id})


def receive(record: Record) -> list[Question] | None:
    """What a message asks; None when it is no message of ours at all."""
    try:
        return Question.from_message(record["body"], tries(record))
    except (AttributeError, KeyError, TypeError, ValueError):
        logger.exception("not an S3 event", extra={"message_id": record["messageId"]})
        return None


def finished(questions: list[Question] | None, done: set[Question]) -> bool:
    """Whether a message may leave the queue."""
    return questions is not None and done.issuperset(questions)

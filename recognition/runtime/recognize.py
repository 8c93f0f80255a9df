"""Answers the uploads queue: each image that arrived, or is to be looked at again, gets a stored, announced answer."""

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
from recognition.runtime.history import History
from recognition.runtime.indexing import Indexing
from recognition.runtime.question import Question, rounds
from recognition.runtime.recognitions import Recognitions
from recognition.runtime.recognizing import Books, recognize
from recognition.runtime.spending import spending, tell
from recognition.runtime.usage import Usage
from wire.aws import client
from wire.queue import Record, attempt, failures, retry_later
from wire.schedule import UPLOADS

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
    """A client that few batches need, made when one does: s3 for options, sqs for retries."""
    return client(service)


def handler(event: Mapping[str, Any], context: Any) -> dict[str, Any]:
    """The SQS event source's handler; the messages it names are tried again."""
    told = {record["messageId"]: receive(record) for record in event["Records"]}
    done = answer(
        [question for found in told.values() for question in found or ()],
        lambda: context.get_remaining_time_in_millis() / 1000,
    )
    failed = [record for record in event["Records"] if not finished(told[record["messageId"]], done)]
    tell_each((question for found in told.values() for question in found or ()), done)
    if failed:
        retry_later(rarely("sqs"), UPLOADS_QUEUE_URL, failed, lambda record: UPLOADS.pause(attempt(record)))
    return failures(failed)


def answer(questions: list[Question], seconds_left: Callable[[], float]) -> set[Question]:
    """Those of the questions that are finished with."""
    done: set[Question] = set()
    for batch in rounds(questions):
        done |= recognize(
            batch,
            books,
            partial(options_of, partial(rarely, "s3")),
            detectors.default,
            partial(ask_and_tell, seconds_left=seconds_left),
            announce_results,
        )
    return done


def ask_and_tell(asked: Mapping[Image, Options], seconds_left: Callable[[], float]) -> Mapping[Image, Outcome]:
    """Ask the detectors, and tell what that cost where it may cost something."""
    detectors.saved.clear()
    outcomes = ask(detectors.named, asked, detectors.default, seconds_left)
    if asked and detectors.cost:
        tell(spending(len(asked), outcomes, detectors.saved, detectors.memory))
    return outcomes


def tell_each(questions: Iterable[Question], done: set[Question]) -> None:
    """Log what came of each image, under the id by which every function knows it."""
    for question in questions:
        said = "answered" if question in done else "to be tried again"
        logger.info(said, extra={"correlation_id": question.image.image_id})


def receive(record: Record) -> list[Question] | None:
    """What a message asks; None when it is no message of ours at all."""
    try:
        return Question.from_message(record["body"], attempt(record))
    except (AttributeError, KeyError, TypeError, ValueError):
        logger.exception("not an S3 event", extra={"message_id": record["messageId"]})
        return None


def finished(questions: list[Question] | None, done: set[Question]) -> bool:
    """Whether a message may leave the queue."""
    return questions is not None and done.issuperset(questions)

"""Reading the messages of a batch: a message that cannot be read fails alone."""

from collections.abc import Callable
from typing import TypeVar

from aws_lambda_powertools import Logger

from wire.aws.queue import Record

T = TypeVar("T")

logger = Logger()


def read_message(record: Record, read: Callable[[Record], T]) -> T | None:
    """Return what `read` returns for a message, or None if it raises: then this message alone has failed.

    Every exception counts, not only those that `read` names: deep JSON raises RecursionError, `1e999` as a size
    OverflowError. So `read` must do nothing but read the message: an error of a table concerns other messages as well.
    """
    try:
        return read(record)
    except Exception:
        logger.exception("message not read", extra={"message_id": record["messageId"]})
        return None

"""Faults for tests: SQS and SNS refuse a share of the entries of a batch, as the real services may.

REFUSED_SHARE is the share, 0–1. REFUSED_LOG is the file to which the beginning of each refused message is written, as
a line of JSON.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

import json
import os
import random
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from ministack.services import sns, sqs

P = ParamSpec("P")
T = TypeVar("T")
Request = Mapping[str, Any]

_SHARE = float(os.environ.get("REFUSED_SHARE", "0"))
_LOGGED_CHARACTERS = 200
_random = random.Random(0)  # noqa: S311 (chance, no secret)
_batch = threading.local()
_send, _send_batch = sqs._act_send_message, sqs._HANDLERS["SendMessageBatch"]
_size, _publish_batch = sns._message_payload_size, sns._publish_batch


def send_message_batch(request: Request, url: str) -> object:
    """Carry out SendMessageBatch, some of whose entries fail."""
    return _in_batch(_send_batch, request, url)


def send_message(request: Request, url: str) -> object:
    """Carry out SendMessage, which MiniStack also calls for each entry of a batch."""
    if _refuses(request["MessageBody"]):
        raise sqs._Err("InternalError", "Try again.", 500)
    return _send(request, url)


def publish_batch(request: Request) -> object:
    """Carry out PublishBatch, some of whose entries fail."""
    return _in_batch(_publish_batch, request)


def message_size(message: str, attributes: object) -> float:
    """Return the size of a message; an infinite size has SNS refuse the message by itself."""
    return float("inf") if _refuses(message) else float(_size(message, attributes))


def _in_batch(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    _batch.is_open = True
    try:
        return call(*args, **kwargs)
    finally:
        _batch.is_open = False


def _refuses(message: str) -> bool:
    if not getattr(_batch, "is_open", False) or _random.random() >= _SHARE:
        return False
    with Path(os.environ["REFUSED_LOG"]).open("a") as log:
        log.write(json.dumps(message[:_LOGGED_CHARACTERS]) + "\n")
    return True


def apply() -> None:
    """Apply the patch."""
    sqs._act_send_message, sqs._HANDLERS["SendMessageBatch"] = send_message, send_message_batch
    sns._message_payload_size, sns._publish_batch = message_size, publish_batch

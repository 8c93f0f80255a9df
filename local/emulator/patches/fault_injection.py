"""A share of what SQS and SNS are handed in batches they refuse, entry by entry, as the real ones may; for tests.

REFUSED_SHARE is the share, REFUSED_LOG the file that tells the id of each: a line of JSON.
https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessageBatch.html
"""

import json
import os
import random
import threading
from pathlib import Path
from typing import Any

from ministack.services import sns, sqs

_SHARE = float(os.environ.get("REFUSED_SHARE", "0"))
_dice = random.Random(0)  # noqa: S311 (chance, no secret)
_batch = threading.local()
_send, _send_batch = sqs._act_send_message, sqs._HANDLERS["SendMessageBatch"]
_size, _publish_batch = sns._message_payload_size, sns._publish_batch


def send_batch(asked: Any, url: str) -> Any:
    """SendMessageBatch."""
    return _in_a_batch(_send_batch, asked, url)


def send(asked: dict[str, Any], url: str) -> Any:
    """SendMessage, of which a batch is made up."""
    if _refuses(asked["MessageBody"]):
        raise sqs._Err("InternalError", "Try again.", 500)
    return _send(asked, url)


def publish_batch(asked: Any) -> Any:
    """PublishBatch."""
    return _in_a_batch(_publish_batch, asked)


def size(message: str, attributes: Any) -> float:
    """How large SNS takes a message to be; it refuses what is too large by itself."""
    return float("inf") if _refuses(message) else float(_size(message, attributes))


def _in_a_batch(call: Any, *given: Any) -> Any:
    _batch.open = True
    try:
        return call(*given)
    finally:
        _batch.open = False


def _refuses(message: str) -> bool:
    if not getattr(_batch, "open", False) or _dice.random() >= _SHARE:
        return False
    with Path(os.environ["REFUSED_LOG"]).open("a") as log:
        log.write(json.dumps(message[:200]) + "\n")
    return True


def refuse() -> None:
    """Have the emulator go by these."""
    sqs._act_send_message, sqs._HANDLERS["SendMessageBatch"] = send, send_batch
    sns._message_payload_size, sns._publish_batch = size, publish_batch

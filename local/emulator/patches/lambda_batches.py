"""A log of the batches that event sources pass to functions, and shorter waits of messages, for tests.

BATCH_LOG names the log. A batch is two lines of JSON there: its messages, and the error of the function or null; the
messages that a worker receives by itself are one line. LONGEST_WAIT is the most seconds that a message waits for its
next receipt, whatever its delay or visibility timeout; a message that a function works on stays hidden as usual.
"""

import itertools
import json
import os
import threading
import time
from collections.abc import Iterable, Mapping, Set
from pathlib import Path
from typing import Any, TypedDict

from ministack.services import lambda_svc, sqs

_LOG = os.environ.get("BATCH_LOG")
_LONGEST_WAIT = int(os.environ.get("LONGEST_WAIT", str(43_200)))
_LOGGED_CHARACTERS = 50_000

Request = dict[str, Any]


class Message(TypedDict):
    """A message as MiniStack keeps it; `visible_at` is in seconds since 1970."""

    id: str
    body: str
    receive_count: int
    receipt_handle: str
    visible_at: float


_run_batch, _execute, _send = lambda_svc._run_sqs_batch, lambda_svc._execute_function, sqs._act_send_message
_change_visibility, _receive = sqs._HANDLERS["ChangeMessageVisibilityBatch"], sqs._HANDLERS["ReceiveMessage"]
_numbers = itertools.count()
_call = threading.local()
_received = set[str]()
"""The receipts of the messages that workers received by themselves; if one worker dies, all do, in these tests."""
_deaths: list[float] = []
"""The times at which workers died, in seconds since 1970."""


def run_batch(mapping: Mapping[str, str], function: object, event: object, batch: list[Message], *queue: str) -> None:
    """Pass one batch to a function; `queue` is the URL and the name of its queue."""
    number, handles = next(_numbers), {message["receipt_handle"] for message in batch}
    messages = [
        {"id": message["id"], "received": message["receive_count"], "body": _beginning(message["body"])}
        for message in batch
    ]
    _write(batch=number, function=mapping["FunctionName"], messages=messages)
    _call.error = None
    _run_batch(mapping, function, event, batch, *queue)
    _shorten(batch, handles)
    if _call.error:
        _deaths.append(time.time())
        _shorten(sqs._queues[queue[0]]["messages"], _received)
    _write(batch=number, error=_call.error)


def _shorten(messages: Iterable[Message], handles: Set[str]) -> None:
    """Shorten the wait of messages with these receipts; a message with another receipt is another worker's."""
    latest = time.time() + _LONGEST_WAIT
    for message in messages:
        if message["receipt_handle"] in handles:
            message["visible_at"] = min(message["visible_at"], latest)


def execute(function: object, event: object) -> object:
    """Run a function, and keep its error for `run_batch`."""
    result = _execute(function, event)
    _call.error = str(result.get("body")) if result.get("error") else None
    return result


def send_message(request: Request, url: str) -> object:
    """Carry out SendMessage with a shortened delay."""
    delay = request.get("DelaySeconds")
    return _send(request if delay is None else request | {"DelaySeconds": min(int(delay), _LONGEST_WAIT)}, url)


def change_visibility_batch(request: Request, url: str) -> object:
    """Carry out ChangeMessageVisibilityBatch with shortened timeouts."""
    entries = [
        entry | {"VisibilityTimeout": min(int(entry["VisibilityTimeout"]), _LONGEST_WAIT)}
        for entry in request["Entries"]
    ]
    return _change_visibility(request | {"Entries": entries}, url)


async def receive_message(request: Request, url: str) -> object:
    """Carry out ReceiveMessage, and log a call that waits: it is a worker that receives more than its batch."""
    began = time.time()
    response = await _receive(request, url)
    if request.get("WaitTimeSeconds") and response.get("Messages"):
        handles = {message["ReceiptHandle"] for message in response["Messages"]}
        _received.update(handles)
        if _deaths and _deaths[-1] >= began:
            _shorten(sqs._queues[request["QueueUrl"]]["messages"], handles)
        _write(taken=[_beginning(message["Body"]) for message in response["Messages"]])
    return response


def _beginning(body: object) -> str:
    return str(body)[:_LOGGED_CHARACTERS]


def _write(**fields: object) -> None:
    if _LOG:
        with Path(_LOG).open("a") as log:
            log.write(json.dumps({"at": time.time(), **fields}) + "\n")


def apply() -> None:
    """Apply the patch."""
    lambda_svc._run_sqs_batch, lambda_svc._execute_function, sqs._act_send_message = run_batch, execute, send_message
    sqs._HANDLERS["SendMessage"], sqs._HANDLERS["ChangeMessageVisibilityBatch"] = send_message, change_visibility_batch
    sqs._HANDLERS["ReceiveMessage"] = receive_message

"""What the emulator's event sources hand to functions: written down, and not left waiting for hours.

Where BATCH_LOG names a file, each batch is two lines of JSON there: what was handed over, and what came of it; what a
worker takes for itself is one. Where LONGEST_WAIT is a number, no message waits longer than so many seconds for its
next receipt, whatever it was hidden or delayed for; while a function works on it, it is hidden as ever.
"""

import itertools
import json
import os
import threading
import time
from collections.abc import Set
from pathlib import Path
from typing import Any

from ministack.services import lambda_svc, sqs

_LOG = os.environ.get("BATCH_LOG")
_LONGEST_WAIT = int(os.environ.get("LONGEST_WAIT", str(43_200)))
_MOST_TEXT = 50_000

_run, _execute, _send = lambda_svc._run_sqs_batch, lambda_svc._execute_function, sqs._act_send_message
_hide, _receive = sqs._HANDLERS["ChangeMessageVisibilityBatch"], sqs._HANDLERS["ReceiveMessage"]
_numbers = itertools.count()
_outcome = threading.local()
_taken = set[str]()
"""The receipts of what workers have taken beside their batches; when one of them dies, all do, in these tests."""
_died: list[float] = []
"""When."""


def run(mapping: Any, function: Any, event: Any, batch: Any, url: str, queue: str) -> None:
    """Hand over one batch."""
    number, handles = next(_numbers), {each["receipt_handle"] for each in batch}
    messages = [{"id": each["id"], "received": each["receive_count"], "body": _begin(each)} for each in batch]
    _write(batch=number, function=mapping["FunctionName"], messages=messages)
    _outcome.error = None
    _run(mapping, function, event, batch, url, queue)
    _cut(batch, handles)
    if _outcome.error:
        _died.append(time.time())
        _cut(sqs._queues[url]["messages"], _taken)
    _write(batch=number, error=_outcome.error)


def _cut(messages: Any, handles: Set[str]) -> None:
    """Let those wait no longer that were received so; another receipt is another worker's."""
    latest = time.time() + _LONGEST_WAIT
    for message in messages:
        if message["receipt_handle"] in handles:
            message["visible_at"] = min(message["visible_at"], latest)


def execute(function: Any, event: Any) -> Any:
    """Run a function, and remember for `run` how it broke off, if it did."""
    result = _execute(function, event)
    _outcome.error = str(result.get("body")) if result.get("error") else None
    return result


def send(asked: dict[str, Any], url: str) -> Any:
    """SendMessage."""
    delay = asked.get("DelaySeconds")
    return _send(asked if delay is None else asked | {"DelaySeconds": min(int(delay), _LONGEST_WAIT)}, url)


def hide(asked: dict[str, Any], url: str) -> Any:
    """ChangeMessageVisibilityBatch."""
    cut = [
        each | {"VisibilityTimeout": min(int(each["VisibilityTimeout"]), _LONGEST_WAIT)} for each in asked["Entries"]
    ]
    return _hide(asked | {"Entries": cut}, url)


async def receive(asked: dict[str, Any], url: str) -> Any:
    """ReceiveMessage: who waits for messages is a worker that takes them beside its batch."""
    begun = time.time()
    said = await _receive(asked, url)
    if asked.get("WaitTimeSeconds") and said.get("Messages"):
        handles = {each["ReceiptHandle"] for each in said["Messages"]}
        _taken.update(handles)
        if _died and _died[-1] >= begun:
            _cut(sqs._queues[asked["QueueUrl"]]["messages"], handles)
        _write(taken=[str(each["Body"])[:_MOST_TEXT] for each in said["Messages"]])
    return said


def _begin(message: Any) -> str:
    return str(message["body"])[:_MOST_TEXT]


def _write(**said: Any) -> None:
    if _LOG:
        with Path(_LOG).open("a") as log:
            log.write(json.dumps({"at": time.time(), **said}) + "\n")


def watch() -> None:
    """Have the emulator go by these."""
    lambda_svc._run_sqs_batch, lambda_svc._execute_function, sqs._act_send_message = run, execute, send
    sqs._HANDLERS["SendMessage"], sqs._HANDLERS["ChangeMessageVisibilityBatch"] = send, hide
    sqs._HANDLERS["ReceiveMessage"] = receive

"""What the emulator's event sources hand to functions: written down, and not left waiting for hours.

Where BATCH_LOG names a file, each batch is two lines of JSON there: what was handed over, and what came of it. Where
LONGEST_WAIT is a number, no message waits longer than so many seconds for its next receipt, whatever it was hidden or
delayed for; while a function works on it, it is hidden as ever.
"""

import itertools
import json
import os
import threading
import time
from pathlib import Path
from typing import Any

from ministack.services import lambda_svc, sqs

_LOG = os.environ.get("BATCH_LOG")
_LONGEST_WAIT = int(os.environ.get("LONGEST_WAIT", str(43_200)))
_MOST_TEXT = 8000

_run, _execute, _send = lambda_svc._run_sqs_batch, lambda_svc._execute_function, sqs._act_send_message
_hide = sqs._HANDLERS["ChangeMessageVisibilityBatch"]
_numbers = itertools.count()
_outcome = threading.local()


def run(mapping: Any, function: Any, event: Any, batch: Any, url: str, queue: str) -> None:
    """Hand over one batch."""
    number = next(_numbers)
    messages = [{"id": each["id"], "received": each["receive_count"], "body": _begin(each)} for each in batch]
    _write(batch=number, function=mapping["FunctionName"], messages=messages)
    _outcome.error = None
    _run(mapping, function, event, batch, url, queue)
    latest = time.time() + _LONGEST_WAIT
    for message in batch:
        message["visible_at"] = min(message["visible_at"], latest)
    _write(batch=number, error=_outcome.error)


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

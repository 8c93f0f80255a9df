"""The emulator's queues under one lock.

MiniStack rewrites a queue's list of messages from two threads, that of its API and that of its event sources: what one
adds while the other rewrites is lost.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import Any

from ministack.services import sns, sqs

_lock = threading.RLock()
_REWRITING = ("_act_send_message", "_act_delete_message", "_act_delete_message_batch", "_dlq_sweep", "_collect_msgs")


def hold() -> None:
    """Have every reader and writer of a queue wait for the others."""
    sqs._queues_lock = _lock
    for name in _REWRITING:
        held = _held(getattr(sqs, name))
        for action, handler in sqs._HANDLERS.items():
            if handler is getattr(sqs, name):
                sqs._HANDLERS[action] = held
        setattr(sqs, name, held)
    sns._deliver_to_sqs = _held(sns._deliver_to_sqs)


def _held(call: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(call)
    def locked(*given: Any, **named: Any) -> Any:
        with _lock:
            return call(*given, **named)

    return locked

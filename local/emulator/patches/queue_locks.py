"""One lock around the queues of MiniStack.

MiniStack rewrites a queue's list of messages in two threads, that of its API and that of its event sources: a message
that one thread adds while the other rewrites the list is lost.
"""

import threading
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from ministack.services import sns, sqs

P = ParamSpec("P")
T = TypeVar("T")

_lock = threading.RLock()
_WRITERS = ("_act_send_message", "_act_delete_message", "_act_delete_message_batch", "_dlq_sweep", "_collect_msgs")


def apply() -> None:
    """Have every reader and writer of a queue take the lock."""
    sqs._queues_lock = _lock
    for name in _WRITERS:
        original = getattr(sqs, name)
        with_lock = _locked(original)
        for action, handler in sqs._HANDLERS.items():
            if handler is original:
                sqs._HANDLERS[action] = with_lock
        setattr(sqs, name, with_lock)
    sns._deliver_to_sqs = _locked(sns._deliver_to_sqs)


def _locked(function: Callable[P, T]) -> Callable[P, T]:
    @wraps(function)
    def with_lock(*args: P.args, **kwargs: P.kwargs) -> T:
        with _lock:
            return function(*args, **kwargs)

    return with_lock

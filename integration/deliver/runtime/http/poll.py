"""Attempts on their way: what is answered at once the worker hears itself, what takes longer is waited for by a thread.

Ten threads that each send, wait and read contend for the interpreter, which costs more than the posts do.
"""

import select
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from integration.deliver.runtime.http.send import Sending
from integration.deliver.runtime.outcome import Owed
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription

LISTENING_SECONDS = 0.1

Send = Callable[[Delivery, Subscription, int], Sending | None]
TryOnce = Callable[[Delivery, Subscription, int], Attempt]


def attempts(
    tried: Sequence[Owed], send: Send, try_once: TryOnce, threads: ThreadPoolExecutor
) -> list[Future[Attempt]]:
    """One attempt for each, in this order, all at once; what cannot be sent at once is left to a thread as a whole."""
    asked = {each.message_id: (each.delivery, each.subscription, each.number) for each in tried}
    sent = {name: sending for name, each in asked.items() if (sending := send(*each))}
    rest = {name: threads.submit(try_once, *each) for name, each in asked.items() if name not in sent}
    heard = _heard(list(sent.values()))
    waited = {name: _done(each) if each in heard else threads.submit(each.made) for name, each in sent.items()}
    return [(rest | waited)[each.message_id] for each in tried]


def _heard(sent: Sequence[Sending]) -> list[Sending]:
    """Those whose whole answer has come soon."""
    poll, waiting = select.poll(), {each.sent.fileno(): each for each in sent}
    for channel in waiting:
        poll.register(channel, select.POLLIN)
    heard, until = [], time.monotonic() + LISTENING_SECONDS
    while waiting and (left := until - time.monotonic()) > 0:
        for channel, _ in poll.poll(1000 * left):
            poll.unregister(channel)
            sending = waiting.pop(channel)
            if sending.sent.answered():
                heard.append(sending)
    return heard


def _done(sending: Sending) -> Future[Attempt]:
    future: Future[Attempt] = Future()
    try:
        future.set_result(sending.made())
    except Exception as error:  # as in a thread: it is no other attempt's affair
        future.set_exception(error)
    return future

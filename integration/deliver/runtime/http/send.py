"""Make the attempts of a batch, all at once: sign, send, and take the responses that come soon without a thread.

Threads are for the attempts that take longer: ten threads that each send, wait and read contend for the interpreter,
which costs more than the posts do.
"""

import select
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from http.client import HTTPException
from typing import NamedTuple

from integration.deliver.runtime.http.fast_parser import PlainResponse
from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliver.runtime.outcome import DueDelivery
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime import signature
from wire.outbound.connection import OutboundConnection
from wire.outbound.deadline_socket import DeadlineSocket
from wire.outbound.target import TargetError

POLL_SECONDS = 0.1
"""A response that comes within this time is read without a thread."""
_FIXED_HEADERS = {"content-type": "application/json", "user-agent": "Sightline-Webhooks/1.0"}


class Request(NamedTuple):
    """A signed request, and the times at which its attempt began: in seconds since 1970, and on the monotonic clock."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    subscriber: str
    at: float
    started: float


@dataclass(slots=True)
class SentAttempt:
    """An attempt whose request was sent on an idle connection. `early` is its response, if that has come already."""

    number: int
    pool: ConnectionPool
    link: OutboundConnection
    request: Request
    early: PlainResponse | None = None

    def fileno(self) -> int:
        """Return the file descriptor that becomes readable when the response arrives."""
        return int(self.link.sock.fileno())

    def read_early(self) -> bool:
        """Read what has arrived; return True if it is the complete response, so that `finish` does not wait."""
        channel: DeadlineSocket = self.link.sock  # type: ignore[assignment]  # OutboundConnection.connect sets it
        self.early = PlainResponse.parse(channel.read_ahead())
        if self.early:
            channel.ahead = b""
        return self.early is not None

    def finish(self) -> Attempt:
        """Wait for the response and return the attempt."""
        return _attempt(self.number, self.request, self._response)

    def _response(self) -> SubscriberResponse:
        if self.early:
            return self.pool.accept(self.link, self.early)
        return self.pool.receive_or_repost(self.link, self.request.body, self.request.headers)


@dataclass(frozen=True, slots=True)
class Sender:
    """Signs deliveries with secrets derived from `key`, and posts them over the connections of `pool`."""

    pool: ConnectionPool
    key: bytes
    now: Callable[[], float] = time.time

    def send(self, due: DueDelivery) -> SentAttempt | None:
        """Send the request on an idle connection, without waiting for the response; return None if there is none."""
        request = self._signed(due)
        link = self.pool.send(request.url, request.body, request.headers, request.subscriber)
        return SentAttempt(due.number, self.pool, link, request) if link else None

    def attempt(self, due: DueDelivery) -> Attempt:
        """Make an attempt, on a new connection if need be, and wait for the response."""
        url, body, headers, subscriber, *_ = request = self._signed(due)
        return _attempt(due.number, request, lambda: self.pool.post(url, body, headers, subscriber))

    def _signed(self, due: DueDelivery) -> Request:
        at, started = self.now(), time.monotonic()
        subscription, delivery = due.subscription, due.delivery
        secrets = [
            signature.secret(self.key, subscription.subscription_id, generation)
            for generation in subscription.generations(at)
        ]
        headers = _FIXED_HEADERS | signature.headers(secrets, delivery.delivery_id, delivery.body, int(at))
        return Request(subscription.url, delivery.body.encode(), headers, "/".join(subscription.key), at, started)


def start_attempts(
    due: Sequence[DueDelivery], sender: Sender, threads: ThreadPoolExecutor
) -> dict[str, Future[Attempt]]:
    """Start one attempt for each delivery, all at once; return their futures by message id.

    Requests go out on idle connections first. A thread makes each other attempt, and waits for each late response.
    """
    sent = {delivery.message_id: attempt for delivery in due if (attempt := _sent(delivery, sender))}
    futures = {
        delivery.message_id: threads.submit(sender.attempt, delivery)
        for delivery in due
        if delivery.message_id not in sent
    }
    early = _poll(sent)
    for message_id, attempt in sent.items():
        futures[message_id] = _completed(attempt) if message_id in early else threads.submit(attempt.finish)
    return futures


def _sent(due: DueDelivery, sender: Sender) -> SentAttempt | None:
    """Return the attempt if it was sent on an idle connection; an error occurs again in the attempt's own thread."""
    try:
        return sender.send(due)
    except Exception:
        return None


def _poll(sent: Mapping[str, SentAttempt]) -> set[str]:
    """Return the message ids of the attempts whose complete responses arrive within POLL_SECONDS."""
    poll = select.poll()
    waiting = {attempt.fileno(): message_id for message_id, attempt in sent.items()}
    for descriptor in waiting:
        poll.register(descriptor, select.POLLIN)
    early, until = set[str](), time.monotonic() + POLL_SECONDS
    while waiting and (left := until - time.monotonic()) > 0:
        for descriptor, _ in poll.poll(1000 * left):
            poll.unregister(descriptor)
            message_id = waiting.pop(descriptor)
            if sent[message_id].read_early():
                early.add(message_id)
    return early


def _completed(attempt: SentAttempt) -> Future[Attempt]:
    future: Future[Attempt] = Future()
    try:
        future.set_result(attempt.finish())
    except Exception as error:  # it belongs to this attempt alone, as in a thread
        future.set_exception(error)
    return future


def _attempt(number: int, request: Request, post: Callable[[], SubscriberResponse]) -> Attempt:
    try:
        response = post()
    except TargetError as error:
        response = SubscriberResponse(error=error.code)
    except OSError:
        response = SubscriberResponse(error="connect_failed")
    except HTTPException:
        response = SubscriberResponse(error="not_http")
    return Attempt(number, request.at, round((time.monotonic() - request.started) * 1000), response)

"""One HTTP try at a Delivery: signed and sent."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import HTTPException

from integration.deliver.runtime.http.pool import Sent
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import Answer
from integration.subscriptions.runtime import signature
from integration.subscriptions.runtime.subscription import Subscription
from wire.outbound.target import TargetError

Post = Callable[[str, bytes, Mapping[str, str]], Answer]
Send = Callable[[str, bytes, Mapping[str, str]], Sent | None]

_FIXED = {"content-type": "application/json", "user-agent": "Sightline-Webhooks/1.0"}


@dataclass(frozen=True, slots=True)
class Sending:
    """An attempt that is sent and not answered yet."""

    number: int
    at: float
    started: float
    sent: Sent

    def made(self) -> Attempt:
        """What came of it; waits for the answer."""
        answer = _answer(self.sent.answer)
        return Attempt(self.number, self.at, _since(self.started), answer)


def make_attempt(
    post: Post,
    key: bytes,
    delivery: Delivery,
    subscription: Subscription,
    number: int,
    now: Callable[[], float] = time.time,
) -> Attempt:
    """Sign as of now, send, and wait for the answer."""
    at, started = now(), time.monotonic()
    body, headers = _signed(key, delivery, subscription, at)
    answer = _answer(lambda: post(subscription.url, body, headers))
    return Attempt(number, at, _since(started), answer)


def send_attempt(send: Send, key: bytes, delivery: Delivery, subscription: Subscription, number: int) -> Sending | None:
    """Sign as of now and send, where there is a connection already."""
    at, started = time.time(), time.monotonic()
    sent = send(subscription.url, *_signed(key, delivery, subscription, at))
    return Sending(number, at, started, sent) if sent else None


def _signed(key: bytes, delivery: Delivery, subscription: Subscription, at: float) -> tuple[bytes, dict[str, str]]:
    secrets = [signature.secret(key, subscription.subscription_id, each) for each in subscription.generations(at)]
    headers = _FIXED | signature.headers(secrets, delivery.delivery_id, delivery.body, int(at))
    return delivery.body.encode(), headers


def _since(started: float) -> int:
    return round((time.monotonic() - started) * 1000)


def _answer(post: Callable[[], Answer]) -> Answer:
    try:
        return post()
    except TargetError as error:
        return Answer(error=error.code)
    except OSError:
        return Answer(error="connect_failed")
    except HTTPException:
        return Answer(error="not_http")

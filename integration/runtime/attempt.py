"""One HTTP try at a Delivery: signed and sent."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from http.client import HTTPException
from typing import Any

from domain.clock import rfc3339
from integration.runtime import signature
from integration.runtime.answer import Answer
from integration.runtime.delivery import Delivery
from integration.runtime.subscription import Subscription
from wire.outbound import TargetError

Post = Callable[[str, bytes, Mapping[str, str]], Answer]

_FIXED = {"content-type": "application/json", "user-agent": "Sightline-Webhooks/1.0"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of the attempt of this `number`, `at` seconds since 1970, after `ms` milliseconds."""

    number: int
    at: float
    ms: int
    answer: Answer

    def to_dict(self) -> dict[str, Any]:
        """The JSON form callers see, but for what the subscriber said."""
        return {
            "attempt": self.number,
            "at": rfc3339(datetime.fromtimestamp(self.at, UTC)),
            "ms": self.ms,
            "status": self.answer.status or None,
            "error": self.answer.error or None,
        }


def make_attempt(
    post: Post,
    key: bytes,
    delivery: Delivery,
    subscription: Subscription,
    number: int,
    now: Callable[[], float] = time.time,
) -> Attempt:
    """Sign as of now, and send."""
    at, started = now(), time.monotonic()
    secrets = [signature.secret(key, subscription.subscription_id, each) for each in subscription.generations(at)]
    headers = _FIXED | signature.headers(secrets, delivery.delivery_id, delivery.body, int(at))
    answer = _answer(post, subscription.url, delivery.body.encode(), headers)
    return Attempt(number, at, round((time.monotonic() - started) * 1000), answer)


def _answer(post: Post, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        return post(url, body, headers)
    except TargetError as error:
        return Answer(error=error.code)
    except OSError:
        return Answer(error="connect_failed")
    except HTTPException:
        return Answer(error="not_http")

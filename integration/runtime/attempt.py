"""One HTTP try at a Delivery: signed, sent, logged."""

import time
from collections.abc import Callable, Mapping
from http.client import HTTPException

from aws_lambda_powertools import Logger

from integration.runtime import signature
from integration.runtime.answer import Answer
from integration.runtime.delivery import Delivery
from integration.runtime.subscription import Subscription
from wire.outbound import TargetError

Post = Callable[[str, bytes, Mapping[str, str]], Answer]

_FIXED = {"content-type": "application/json", "user-agent": "Sightline-Webhooks/1.0"}

logger = Logger()


def make_attempt(
    post: Post,
    key: bytes,
    delivery: Delivery,
    subscription: Subscription,
    number: int,
    now: Callable[[], float] = time.time,
) -> Answer:
    """Sign as of now, send, and log what came of it; neither the URL nor a secret enters the log."""
    started = time.monotonic()
    secret = signature.secret(key, subscription.subscription_id, subscription.generation)
    headers = _FIXED | signature.headers(secret, delivery.delivery_id, delivery.body, int(now()))
    answer = _answer(post, subscription.url, delivery.body.encode(), headers)
    said = {"status": answer.status} if answer.status else {"error": answer.error}
    told = {"delivery_id": delivery.delivery_id, "subscription_id": delivery.subscription_id, "attempt": number}
    logger.info("attempt", extra=told | said | {"ms": round((time.monotonic() - started) * 1000)})
    return answer


def _answer(post: Post, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    try:
        return post(url, body, headers)
    except TargetError as error:
        return Answer(error=error.code)
    except OSError:
        return Answer(error="connect_failed")
    except HTTPException:
        return Answer(error="not_http")

import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from http.client import BadStatusLine, RemoteDisconnected

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliver.runtime.http.send import Sender
from integration.deliver.runtime.outcome import DueDelivery
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.signature import secret
from integration.subscriptions.runtime.subscription import ROTATION_SECONDS, Subscription
from tests.integration.conftest import SIGNING_KEY, subscription
from wire.outbound.target import TargetError

SUBSCRIPTION = subscription(url="https://user.example/hook?token=hush", generation=2)
BODY = '{"type":"image.recognized"}'
AT = "2026-11-20T17:00:01.000Z"
DELIVERY = Delivery("dlv_1", "image.recognized", AT, "img_1", BODY, SUBSCRIPTION, 1_795_000_000)


class Pool(ConnectionPool):
    """A pool that posts nothing: it keeps what it is given, and returns or raises the outcome."""

    def __init__(self, outcome: SubscriberResponse | Exception) -> None:
        self.outcome = outcome
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str], subscriber: str = "") -> SubscriberResponse:
        self.sent.append((url, body, dict(headers)))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def attempt(
    pool: Pool, number: int = 1, receiver: Subscription = SUBSCRIPTION, now: Callable[[], float] = time.time
) -> Attempt:
    return Sender(pool, SIGNING_KEY, now).attempt(DueDelivery("message-0", DELIVERY, number, receiver))


def test_an_attempt_is_signed_with_the_subscription_s_secret_when_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    pool = Pool(SubscriberResponse(200))
    assert attempt(pool).response == SubscriberResponse(200)
    ((url, body, headers),) = pool.sent
    assert url == SUBSCRIPTION.url
    assert headers["webhook-id"] == "dlv_1"
    Webhook(secret(SIGNING_KEY, SUBSCRIPTION.subscription_id, 2)).verify(body, headers)


def test_every_attempt_has_the_same_id_and_body_and_its_own_time() -> None:
    pool = Pool(SubscriberResponse(500))
    for n in (1, 2):
        attempt(pool, n, now=[1_800_000_000.9 + n].pop)
    (_, first, one), (_, second, two) = pool.sent
    assert (first, one["webhook-id"]) == (second, two["webhook-id"])
    assert [one["webhook-timestamp"], two["webhook-timestamp"]] == ["1800000001", "1800000002"]


def test_an_attempt_names_its_sender_and_its_content_type() -> None:
    pool = Pool(SubscriberResponse(200))
    attempt(pool)
    assert pool.sent[0][2]["content-type"] == "application/json"
    assert pool.sent[0][2]["user-agent"] == "Sightline-Webhooks/1.0"


@pytest.mark.parametrize(
    ("outcome", "code"),
    [
        (TargetError("url_blocked", ""), "url_blocked"),
        (TargetError("timeout", ""), "timeout"),
        (RemoteDisconnected(""), "connect_failed"),
        (BrokenPipeError(), "connect_failed"),
        (BadStatusLine("220 mail"), "not_http"),
    ],
)
def test_a_missing_response_has_an_error_code(outcome: Exception, code: str) -> None:
    failed = attempt(Pool(outcome))
    assert failed.response == SubscriberResponse(error=code)
    assert not failed.finished


def test_within_a_day_of_its_rotation_both_secrets_sign() -> None:
    rotated = replace(SUBSCRIPTION, generation=3, rotations=(int(time.time()) - 60,))
    pool = Pool(SubscriberResponse(200))
    attempt(pool, receiver=rotated)
    ((_, body, headers),) = pool.sent
    for generation in (3, 2):
        Webhook(secret(SIGNING_KEY, SUBSCRIPTION.subscription_id, generation)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret(SIGNING_KEY, SUBSCRIPTION.subscription_id, 1)).verify(body, headers)


def test_a_day_after_its_rotation_the_old_secret_signs_no_more() -> None:
    rotated = replace(SUBSCRIPTION, generation=3, rotations=(int(time.time()) - ROTATION_SECONDS,))
    pool = Pool(SubscriberResponse(200))
    attempt(pool, receiver=rotated)
    assert len(pool.sent[0][2]["webhook-signature"].split()) == 1


def test_an_attempt_says_when_it_was_made_and_how_long_it_took() -> None:
    made = attempt(Pool(SubscriberResponse(503, body="busy")), 2, now=lambda: 1_800_000_000)
    assert made.to_dict() == {
        "attempt": 2,
        "at": "2027-01-15T08:00:00.000Z",
        "ms": made.ms,
        "status": 503,
        "error": None,
    }

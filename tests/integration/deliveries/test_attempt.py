import time
from collections.abc import Mapping
from dataclasses import replace
from http.client import BadStatusLine, RemoteDisconnected

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from integration.deliver.runtime.http.send import make_attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import Answer
from integration.subscriptions.runtime.signature import secret
from integration.subscriptions.runtime.subscription import ROTATION_SECONDS
from tests.integration.conftest import SIGNING_KEY, subscription
from wire.outbound.target import TargetError

SUBSCRIPTION = subscription(url="https://user.example/hook?token=hush", generation=2)
BODY = '{"type":"image.recognized"}'
AT = "2026-11-20T17:00:01.000Z"
DELIVERY = Delivery("dlv_1", "image.recognized", AT, "img_1", BODY, SUBSCRIPTION, 1_795_000_000)


class Poster:
    def __init__(self, outcome: Answer | Exception) -> None:
        self.outcome = outcome
        self.sent: list[tuple[str, bytes, dict[str, str]]] = []

    def __call__(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        self.sent.append((url, body, dict(headers)))
        if isinstance(self.outcome, Exception):
            raise self.outcome
        return self.outcome


def test_it_is_signed_with_the_subscription_s_secret_at_the_time_it_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    post = Poster(Answer(200))
    assert make_attempt(post, SIGNING_KEY, DELIVERY, SUBSCRIPTION, 1).answer == Answer(200)
    ((url, body, headers),) = post.sent
    assert url == SUBSCRIPTION.url
    assert headers["webhook-id"] == "dlv_1"
    Webhook(secret(SIGNING_KEY, SUBSCRIPTION.subscription_id, 2)).verify(body, headers)


def test_every_attempt_has_the_same_id_and_body_and_its_own_time() -> None:
    post = Poster(Answer(500))
    for n in (1, 2):
        make_attempt(post, SIGNING_KEY, DELIVERY, SUBSCRIPTION, n, now=lambda n=n: 1_800_000_000.9 + n)  # type: ignore[misc]
    (_, first, one), (_, second, two) = post.sent
    assert (first, one["webhook-id"]) == (second, two["webhook-id"])
    assert [one["webhook-timestamp"], two["webhook-timestamp"]] == ["1800000001", "1800000002"]


def test_it_says_who_sends_what() -> None:
    post = Poster(Answer(200))
    make_attempt(post, SIGNING_KEY, DELIVERY, SUBSCRIPTION, 1)
    assert post.sent[0][2]["content-type"] == "application/json"
    assert post.sent[0][2]["user-agent"] == "Sightline-Webhooks/1.0"


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
def test_why_there_was_no_answer_is_a_code(outcome: Exception, code: str) -> None:
    answer = make_attempt(Poster(outcome), SIGNING_KEY, DELIVERY, SUBSCRIPTION, 1).answer
    assert answer == Answer(error=code)
    assert not answer.finished


def test_within_a_day_of_its_rotation_both_secrets_sign() -> None:
    rotated = replace(SUBSCRIPTION, generation=3, rotations=(int(time.time()) - 60,))
    post = Poster(Answer(200))
    make_attempt(post, SIGNING_KEY, DELIVERY, rotated, 1)
    ((_, body, headers),) = post.sent
    for generation in (3, 2):
        Webhook(secret(SIGNING_KEY, SUBSCRIPTION.subscription_id, generation)).verify(body, headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret(SIGNING_KEY, SUBSCRIPTION.subscription_id, 1)).verify(body, headers)


def test_a_day_after_its_rotation_the_old_secret_signs_no_more() -> None:
    rotated = replace(SUBSCRIPTION, generation=3, rotations=(int(time.time()) - ROTATION_SECONDS,))
    post = Poster(Answer(200))
    make_attempt(post, SIGNING_KEY, DELIVERY, rotated, 1)
    assert len(post.sent[0][2]["webhook-signature"].split()) == 1


def test_an_attempt_says_when_it_was_made_and_how_long_it_took() -> None:
    made = make_attempt(
        Poster(Answer(503, said="busy")), SIGNING_KEY, DELIVERY, SUBSCRIPTION, 2, now=lambda: 1_800_000_000
    )
    assert made.to_dict() == {
        "attempt": 2,
        "at": "2027-01-15T08:00:00.000Z",
        "ms": made.ms,
        "status": 503,
        "error": None,
    }

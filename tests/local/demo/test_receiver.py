import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from standardwebhooks import Webhook

from local import loopback
from local.demo.receiver import Receiver, handler

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = json.dumps({"type": "image.recognized", "data": {"image_id": "img_1"}})


def headers(body: str = BODY) -> dict[str, str]:
    now = datetime.now(UTC)
    signature = Webhook(SECRET).sign("evt_1", now, body)
    return {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": signature,
    }


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def url(receiver: Receiver) -> Iterator[str]:
    with loopback.serving(handler(receiver)) as url:
        yield url


def test_a_signed_webhook_is_recorded_as_verified(url: str) -> None:
    requests.put(f"{url}/secret", data=SECRET, timeout=60)
    assert requests.post(url, data=BODY, headers=headers(), timeout=60).status_code == 204
    (receipt,) = requests.get(f"{url}/received", timeout=60).json()
    assert receipt["verified"]
    assert receipt["webhook_id"] == "evt_1"
    assert receipt["event"] == json.loads(BODY)


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({}, "No matching signature found"),
        ({"webhook-signature": "nonsense"}, "not enough values to unpack (expected 2, got 1)"),
        ({"webhook-timestamp": "1"}, "Message timestamp too old"),
    ],
)
def test_a_webhook_with_an_invalid_signature_is_refused(
    url: str, receiver: Receiver, changed: dict[str, str], problem: str
) -> None:
    receiver.secret = SECRET
    response = requests.post(url, data=BODY, headers=headers("another body") | changed, timeout=60)
    assert response.status_code == 401
    assert [(receipt.verified, receipt.problem, receipt.event) for receipt in receiver.receipts] == [
        (False, problem, None)
    ]


def test_no_webhook_is_verified_before_the_secret_is_known(url: str, receiver: Receiver) -> None:
    assert requests.post(url, data=BODY, headers=headers(), timeout=60).status_code == 401
    assert not receiver.receipts[0].verified


@pytest.mark.parametrize("body", ['{"type": "webhook.test", "data": {}}', "[1]", '"text"', "null", "[" * 100_000])
def test_a_signed_webhook_of_any_content_is_recorded(url: str, receiver: Receiver, body: str) -> None:
    receiver.secret = SECRET
    expected = 401 if body.startswith("[[") else 204
    assert requests.post(url, data=body, headers=headers(body), timeout=60).status_code == expected
    assert len(requests.get(f"{url}/received", timeout=60).json()) == 1

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests
from standardwebhooks import Webhook

from local import loopback, photos, processes
from local.receiver import Book, handler

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
def book() -> Book:
    return Book()


@pytest.fixture
def receiver(book: Book) -> Iterator[str]:
    with loopback.serving(handler(book)) as url:
        yield url


def test_a_signed_webhook_is_written_down_as_verified(receiver: str) -> None:
    requests.put(f"{receiver}/secret", data=SECRET, timeout=60)
    assert requests.post(receiver, data=BODY, headers=headers(), timeout=60).status_code == 204
    (receipt,) = requests.get(f"{receiver}/received", timeout=60).json()
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
def test_a_webhook_that_does_not_verify_is_refused(
    receiver: str, book: Book, changed: dict[str, str], problem: str
) -> None:
    book.secret = SECRET
    answer = requests.post(receiver, data=BODY, headers=headers("another body") | changed, timeout=60)
    assert answer.status_code == 401
    assert [(each.verified, each.problem, each.event) for each in book.receipts] == [(False, problem, None)]


def test_nothing_verifies_before_the_secret_is_known(receiver: str, book: Book) -> None:
    assert requests.post(receiver, data=BODY, headers=headers(), timeout=60).status_code == 401
    assert not book.receipts[0].verified


@pytest.mark.parametrize("name", photos.PHOTOS)
def test_the_photographs_are_served(name: str) -> None:
    with loopback.serving(photos.PhotoHandler) as url:
        answer = requests.get(f"{url}/{name}.png", timeout=60)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.content.startswith(b"\x89PNG")


def test_nothing_else_is_served() -> None:
    with loopback.serving(photos.PhotoHandler) as url:
        assert requests.get(f"{url}/../pyproject.toml", timeout=60).status_code == 404


def test_a_detached_server_is_adopted_while_it_lives(tmp_path: Path) -> None:
    url = loopback.adopt_or_start(tmp_path, "photos")
    try:
        assert requests.get(f"{url}/cat.png", timeout=60).ok
        assert loopback.adopt_or_start(tmp_path, "photos") == url
    finally:
        assert processes.end(tmp_path, "photos")

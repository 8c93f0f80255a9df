"""Our requests, verified by the libraries that subscribers use: two in Python, and an independent one in JavaScript."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from http.client import HTTPConnection

import pytest
import standardwebhooks
import svix.webhooks

from integration.deliver.runtime.http.pool import ConnectionPool
from integration.deliver.runtime.http.send import Sender
from integration.deliver.runtime.outcome import DueDelivery
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.response import SubscriberResponse
from integration.subscriptions.runtime.signature import secret
from integration.subscriptions.runtime.subscription import ROTATION_SECONDS, Subscription
from tests.integration.conftest import SIGNING_KEY, subscription
from tests.ports import free_port
from tests.stacks import ROOT

BODY = json.dumps({"type": "image.recognized", "data": {"name": "Katze – 猫.jpg"}}, ensure_ascii=False)
PAGE = (ROOT / "docs/webhooks.md").read_text()
TOLERANCE = 300
"""Seconds by which the clocks of sender and receiver may differ, by the libraries' reading of the standard."""


@dataclass(frozen=True)
class Sent:
    """A request that arrives, and the secret that its receiver knows."""

    secret: str
    body: str
    headers: Mapping[str, str]


Verify = Callable[[Sent], bool]


def by_standardwebhooks(sent: Sent) -> bool:
    try:
        standardwebhooks.Webhook(sent.secret).verify(sent.body, dict(sent.headers))
    except standardwebhooks.WebhookVerificationError:
        return False
    return True


def by_svix(sent: Sent) -> bool:
    try:
        svix.webhooks.Webhook(sent.secret).verify(sent.body, dict(sent.headers))
    except svix.webhooks.WebhookVerificationError:
        return False
    return True


def by_javascript(sent: Sent) -> bool:
    case = json.dumps([{"secret": sent.secret, "body": sent.body, "headers": sent.headers}])
    ran = subprocess.run(
        [node(), "tests/integration/subscriptions/verify.mjs"],
        input=case,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return bool(json.loads(ran.stdout)[0])


EVERY_LIBRARY = pytest.mark.parametrize("verified", [by_standardwebhooks, by_svix, by_javascript])


class Pool(ConnectionPool):
    """A pool that posts nothing, and keeps what it is given."""

    def __init__(self) -> None:
        self.posted: list[tuple[bytes, Mapping[str, str]]] = []

    def post(self, url: str, body: bytes, headers: Mapping[str, str], subscriber: str = "") -> SubscriberResponse:
        self.posted.append((body, headers))
        return SubscriberResponse(200)


def sent(receiver: Subscription, seconds_ago: int = 0, generation: int = 1, body: str = BODY) -> Sent:
    """Return the request of an attempt, for a receiver that knows the secret of this generation."""
    delivery = Delivery("dlv_1", "image.recognized", "2026-11-20T17:00:01.000Z", "", body, receiver, 1)
    pool, at = Pool(), time.time() - seconds_ago
    Sender(pool, SIGNING_KEY, now=lambda: at).attempt(DueDelivery("message-0", delivery, 1, receiver))
    ((posted, headers),) = pool.posted
    return Sent(secret(SIGNING_KEY, receiver.subscription_id, generation), posted.decode(), headers)


@EVERY_LIBRARY
def test_an_attempt_verifies(verified: Verify) -> None:
    assert verified(sent(subscription()))


@EVERY_LIBRARY
def test_another_body_id_time_or_secret_does_not_verify(verified: Verify) -> None:
    good = sent(subscription())
    changed = [
        replace(good, body=good.body + " "),
        replace(good, headers={**good.headers, "webhook-id": "dlv_2"}),
        replace(good, headers={**good.headers, "webhook-timestamp": str(int(good.headers["webhook-timestamp"]) + 1)}),
        replace(good, secret=secret(SIGNING_KEY, subscription(1).subscription_id, 1)),
        replace(good, headers={**good.headers, "webhook-signature": ""}),
    ]
    assert [request for request in changed if verified(request)] == []


@EVERY_LIBRARY
def test_a_clock_that_is_wrong_by_more_than_five_minutes_is_refused(verified: Verify) -> None:
    off = partial(sent, subscription())
    assert [verified(off(seconds_ago=n)) for n in (TOLERANCE - 30, 30 - TOLERANCE)] == [True, True]
    assert [verified(off(seconds_ago=n)) for n in (TOLERANCE + 30, -TOLERANCE - 30)] == [False, False]


@EVERY_LIBRARY
def test_for_a_day_after_a_rotation_either_secret_verifies(verified: Verify) -> None:
    rotated = subscription().rotated(int(time.time()) - 60)
    assert [verified(sent(rotated, generation=n)) for n in (1, 2, 3)] == [True, True, False]
    day_old = subscription().rotated(int(time.time()) - ROTATION_SECONDS)
    assert [verified(sent(day_old, generation=n)) for n in (1, 2)] == [False, True]


RECOGNIZED = json.dumps({"type": "image.recognized", "data": {"image_id": "img_1", "name": "cat.jpg"}})
TESTED = json.dumps({"type": "webhook.test", "data": {"webhook_id": "sub_1"}})


def node() -> str:
    found = shutil.which("node")
    assert found, "node comes with requirements.txt"
    return found


@pytest.mark.parametrize(
    ("language", "interpreter"), [("python", lambda: [sys.executable, "-c"]), ("js", lambda: [node(), "--eval"])]
)
def test_the_receiver_of_the_page_takes_what_verifies_and_nothing_else(
    language: str, interpreter: Callable[[], list[str]]
) -> None:
    (written,) = re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    port, good = free_port(), sent(subscription(), body=RECOGNIZED)
    arguments = [good.secret] if language == "python" else ["receiver.js", good.secret]
    command = [*interpreter(), written.replace("8000", str(port)), *arguments]
    with subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True
    ) as receiver:
        try:
            requests = (good, replace(good, body=good.body + " "), sent(subscription(), body=TESTED))
            statuses = [posted(port, request) for request in requests]
        finally:
            os.killpg(receiver.pid, signal.SIGTERM)  # node itself too, which the wheel's `node` starts
        assert receiver.stdout
        assert statuses == [204, 401, 204]
        printed = [line.split() for line in receiver.stdout.read().splitlines()]
        assert printed[0] == ["dlv_1", "image.recognized", "cat.jpg"]
        assert printed[1][:2] == ["dlv_1", "webhook.test"]


def posted(port: int, request: Sent) -> int:
    """Post to the receiver as soon as it listens; return its status."""
    deadline = time.monotonic() + 120
    while True:
        connection = HTTPConnection("127.0.0.1", port, timeout=60)
        try:
            connection.request("POST", "/", request.body.encode(), dict(request.headers))
            return connection.getresponse().status
        except ConnectionRefusedError:
            assert time.monotonic() < deadline
            time.sleep(0.05)
        finally:
            connection.close()

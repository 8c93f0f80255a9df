"""Webhooks end to end: deliveries, their log, changes, replay and redrive."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from standardwebhooks import Webhook

from domain.event import Event
from integration.deliveries.runtime.delivery import Delivery
from integration.subscriptions.runtime.subscription import Subscription
from local.loopback import serving
from tests.pipeline.chain import Chain, wait_for
from tests.pipeline.webhooks.hook import Handler, Hook, Receiver
from tests.stacks import ROOT
from wire.aws.retry_policy import DELIVERIES


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    with serving(partial(Handler, receiver)) as url:
        receiver.url = f"{url}/hook"
        yield receiver


@pytest.fixture
def hook(chain: Chain, receiver: Receiver) -> Iterator[Hook]:
    """A webhook for recognized images and disabled webhooks, whose subscriber is the receiver."""
    response = chain.request(
        "POST", "/webhooks", json={"url": receiver.url, "events": ["image.recognized", "webhook.disabled"]}
    )
    assert response.status_code == 201, response.text
    hook = Hook(chain, response.json())
    yield hook
    chain.request("DELETE", hook.path)


@dataclass
class Hanging:
    """A webhook whose subscriber never responds, and the paths of the requests that it holds."""

    hook: Hook
    held: list[str]


@pytest.fixture(scope="module", autouse=True)
def hanging(chain: Chain) -> Iterator[Hanging]:
    """Register the hanging webhook once for all of these tests, because each of its attempts takes fifteen seconds."""
    over, held = threading.Event(), list[str]()

    class Silent(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            held.append(self.path)
            over.wait()
            self.close_connection = True

    with serving(Silent) as url:
        body = {"url": f"{url}/hook", "events": ["image.rejected"]}
        hanging = Hanging(Hook(chain, chain.request("POST", "/webhooks", json=body).json()), held)
        for _ in range(8):
            hanging.hook.request("POST", "/test")
        yield hanging
        chain.request("DELETE", hanging.hook.path)
        over.set()


def delivery(chain: Chain, delivery_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = chain.request("GET", f"/deliveries/{delivery_id}").json()
    return shown


def test_a_healthy_subscriber_is_notified_while_another_hangs(hook: Hook, receiver: Receiver, hanging: Hanging) -> None:
    wait_for(lambda: hanging.held)
    sent = {hook.request("POST", "/test")["delivery_id"] for _ in range(8)}
    wait_for(lambda: sent <= set(receiver.ids("webhook.test")))


def test_every_attempt_is_logged_and_the_timeline_shows_all_hops(
    chain: Chain, hook: Hook, receiver: Receiver, cat: bytes
) -> None:
    image_id = chain.by_bytes("logged.jpg", cat)
    (listed,) = hook.deliveries("delivered", image_id)
    assert (listed["image_id"], listed["type"], listed["tries"]) == (image_id, "image.recognized", 1)
    shown = delivery(chain, listed["delivery_id"])
    (attempt,) = shown["attempts"]
    assert (attempt["status"], attempt["error"], attempt["next_attempt_at"]) == (204, None, None)
    events = {headers["webhook-id"]: json.loads(body) for headers, body in receiver.requests}
    assert events[listed["delivery_id"]] == shown["event"]
    hops = chain.request("GET", f"/images/{image_id}/timeline").json()["items"]
    kinds = [hop["what"] for hop in hops]
    assert kinds[:3] == ["received", "queued", "recognized"]
    assert listed["delivery_id"] in {hop.get("delivery_id") for hop in hops if hop["what"] == "attempt"}


def test_a_failed_delivery_shows_its_response_and_is_replayed_with_the_same_id(
    chain: Chain, hook: Hook, receiver: Receiver, cat: bytes
) -> None:
    receiver.status = 500
    image_id = chain.by_bytes("refused.jpg", cat)
    (listed,) = hook.deliveries("pending", image_id)
    assert listed["next_attempt_at"]
    (attempt, *_) = delivery(chain, listed["delivery_id"])["attempts"]
    assert (attempt["status"], attempt["response"]) == (500, "x" * 1024)
    receiver.status = 200
    assert chain.request("POST", f"/deliveries/{listed['delivery_id']}/replay").status_code == 202
    hook.deliveries("delivered", image_id)
    assert receiver.ids("image.recognized").count(listed["delivery_id"]) >= 2


def test_an_erasure_removes_the_deliveries_and_notifies_subscribers(
    chain: Chain, hook: Hook, receiver: Receiver, cat: bytes
) -> None:
    hook.request("PATCH", json={"events": ["image.recognized", "image.erased"]})
    image_id = chain.by_bytes("erased.jpg", cat)
    (listed,) = hook.deliveries("delivered", image_id)
    assert chain.request("DELETE", f"/images/{image_id}").status_code == 200
    wait_for(lambda: receiver.ids("image.erased"))
    wait_for(lambda: chain.request("GET", f"/deliveries/{listed['delivery_id']}").status_code == 404)
    (erased,) = hook.deliveries("delivered", image_id)
    assert erased["type"] == "image.erased"
    assert chain.request("GET", f"/images/{image_id}/timeline").status_code == 404


def test_after_a_rotation_both_secrets_sign_a_test_event(hook: Hook, receiver: Receiver) -> None:
    rotated = hook.request("POST", "/rotate")
    assert rotated["secret"] != hook.webhook["secret"]
    sent = hook.request("POST", "/test")
    headers, body = wait_for(lambda: receiver.requests)[0]
    assert headers["webhook-id"] == sent["delivery_id"]
    for secret in (hook.webhook["secret"], rotated["secret"]):
        assert Webhook(secret).verify(body, headers)["type"] == "webhook.test"


def test_a_gone_webhook_is_disabled_others_are_notified_and_its_deliveries_are_replayed(
    chain: Chain, hook: Hook, receiver: Receiver, cat: bytes
) -> None:
    lost = Receiver(status=410)
    with serving(partial(Handler, lost)) as url:
        body = {"url": f"{url}/hook", "events": ["image.recognized"]}
        gone = Hook(chain, chain.request("POST", "/webhooks", json=body).json())
        first = chain.by_bytes("gone.jpg", cat)
        wait_for(lambda: gone.request("GET")["disabled"])
        assert gone.request("GET")["disabled"]["reason"] == "gone"
        wait_for(lambda: receiver.ids("webhook.disabled"))
        chain.settled(second := chain.by_bytes("missed.jpg", cat))
        reasons = {delivery["image_id"]: delivery["reason"] for delivery in gone.deliveries("dropped", first, second)}
        assert reasons == {first: "gone", second: "webhook_disabled"}
        assert chain.request("POST", f"{gone.path}/test").json()["code"] == "webhook_disabled"
        lost.status = 200
        assert gone.request("PATCH", json={"enabled": True})["enabled"]
        assert gone.request("POST", "/replay", params={"since": "2026-01-01"})["deliveries"] >= 2
        gone.deliveries("delivered", first, second)
        chain.request("DELETE", gone.path)


def test_a_dead_letter_is_seen_and_redriven_from_the_command_line(chain: Chain, hook: Hook, receiver: Receiver) -> None:
    receiver.status = 500
    last = queued_for_the_last_time(chain, hook)
    (dead,) = wait_for(lambda: sightline(chain, "dead", hook.webhook["webhook_id"]))
    assert (dead["delivery_id"], dead["status"], dead["tries"]) == (last.delivery_id, "dead", DELIVERIES.tries)
    receiver.status = 200
    assert sightline(chain, "redrive", hook.webhook["webhook_id"]) == [{"deliveries": 1}]
    hook.deliveries("delivered", last.image_id)
    assert hook.request("GET", "/dead-letters")["items"] == []


def queued_for_the_last_time(chain: Chain, hook: Hook) -> Delivery:
    """Queue a delivery as if seven attempts had failed, since the eighth would take a day."""
    subscription = Subscription("public", hook.webhook["webhook_id"], hook.webhook["url"])
    event = Event("evt_last", "image.rejected", "2026-11-21T12:00:00.000Z", "public", {"image_id": "img_" + "7" * 32})
    delivery = replace(Delivery.of(event, subscription, 1), tried=DELIVERIES.tries - 1)
    queue = chain.deployment.client("sqs")
    queue.send_message(QueueUrl=deliveries_queue(chain), MessageBody=delivery.to_json())
    return delivery


def deliveries_queue(chain: Chain) -> str:
    """Return the URL of the deliveries queue, which the API does not show."""
    stack = chain.deployment.client("cloudformation").describe_stacks(StackName="IntegrationStack")["Stacks"][0]
    return next(
        str(output["OutputValue"]) for output in stack["Outputs"] if output["OutputKey"] == "DeliveriesQueueUrl"
    )


def test_a_hanging_webhook_is_shown_as_failing(hanging: Hanging) -> None:
    wait_for(lambda: hanging.hook.request("GET")["failing_since"])


def sightline(chain: Chain, *command: str) -> list[dict[str, Any]]:
    """Return the records that `sightline webhooks …` prints."""
    ran = subprocess.run(
        [sys.executable, "-m", "sightline", "webhooks", *command, "--json", "--api", chain.deployment.endpoints.api],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]

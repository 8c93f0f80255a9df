"""Two users: Ann has an image and a webhook, and Bob requests them on every route of the deployed API."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
import requests

from domain.image import images_prefix
from local.demo.receiver import Receiver, handler
from local.deployment import Deployment
from local.loopback import serving
from tests.pipeline.account import route_keys
from tests.pipeline.chain import Chain, wait_for

JSON = {"Content-Type": "application/json"}
NAME = "ann-s-own-cat.png"
HOOK = "ann's own hook"


@dataclass(frozen=True)
class Case:
    """The status of Bob's request, its query and body: 404 where the path names Ann's image, webhook or delivery."""

    bob: int = 404
    query: str = ""
    body: str | None = None


CASES = {
    "$default": Case(404),
    "GET /": Case(200, "?limit=100"),
    "GET /health": Case(200),
    "GET /openapi.json": Case(200),
    "GET /docs": Case(200),
    "GET /docs/{file}": Case(200),
    "GET /models": Case(200),
    "POST /classify": Case(415, body="no picture"),
    "POST /images": Case(400, body='{"url": ""}'),
    "POST /uploads": Case(201, body='{"content_type": "image/png"}'),
    "GET /images": Case(200, "?limit=100"),
    "GET /images/stats": Case(200),
    "GET /images/export": Case(200, "?format=json"),
    "GET /images/{image_id}": Case(),
    "GET /images/{image_id}/annotated": Case(),
    "GET /images/{image_id}/thumbnail": Case(),
    "GET /images/{image_id}/timeline": Case(),
    "POST /images/{image_id}/corrections": Case(body='{"labels": ["dog"]}'),
    "POST /images/{image_id}/recognitions": Case(body="{}"),
    "GET /webhooks": Case(200, "?limit=100"),
    "POST /webhooks": Case(400, body='{"url": ""}'),
    "GET /webhooks/{webhook_id}": Case(),
    "PATCH /webhooks/{webhook_id}": Case(body='{"description": "ann\'s own hook"}'),
    "POST /webhooks/{webhook_id}/rotate": Case(),
    "POST /webhooks/{webhook_id}/test": Case(),
    "GET /webhooks/{webhook_id}/deliveries": Case(),
    "GET /webhooks/{webhook_id}/dead-letters": Case(),
    "POST /webhooks/{webhook_id}/redrive": Case(),
    "POST /webhooks/{webhook_id}/replay": Case(query="?since=2026-01-01T00:00:00Z"),
    "GET /deliveries/{delivery_id}": Case(),
    "POST /deliveries/{delivery_id}/replay": Case(),
    "DELETE /webhooks/{webhook_id}": Case(),
    "DELETE /images/{image_id}": Case(),
}
"""In an order in which Ann can send all of them after Bob."""

ALWAYS_REFUSED = {"$default", "POST /classify", "POST /images", "POST /webhooks"}


@dataclass(frozen=True)
class Hers:
    """The ids of Ann's image, webhook and delivery, by path parameter, and the responses that show them."""

    ids: Mapping[str, str]
    seen: object


@pytest.fixture(scope="module")
def hers(ann: Chain) -> Iterator[Hers]:
    with serving(handler(receiver := Receiver())) as url:
        ann.request("POST", "/webhooks", json={"url": f"{url}/another", "description": HOOK})
        created = ann.request("POST", "/webhooks", json={"url": f"{url}/hook", "description": HOOK})
        assert created.status_code == 201, created.text
        receiver.secret = created.json()["secret"]
        image_ids = [ann.by_url(name) for name in (NAME, f"2-{NAME}")]
        for image_id in image_ids:
            ann.settled(image_id)
        ids = {"image_id": image_ids[0], "webhook_id": str(created.json()["webhook_id"]), "file": "page.js"}
        ids["delivery_id"] = wait_for(lambda: delivered(ann, ids["webhook_id"], len(image_ids)))
        yield Hers(ids, seen_by(ann, ids))


def delivered(ann: Chain, webhook_id: str, count: int) -> str | None:
    """Return the id of the last delivery, once the log holds `count` that succeeded."""
    response = ann.request("GET", f"/webhooks/{webhook_id}/deliveries", params={"status": "delivered"})
    if response.status_code == 404 and response.json()["code"] == "no_such_route":
        return "dlv_00000000000000000000000000000000"
    items = response.json()["items"]
    return str(items[0]["delivery_id"]) if len(items) >= count else None


def seen_by(ann: Chain, ids: Mapping[str, str]) -> object:
    """Return the responses that show Ann her images, webhooks and deliveries."""
    lists = [ann.request("GET", f"{path}?limit=100").json() for path in ("/images", "/webhooks")]
    image = ann.request("GET", "/images/{image_id}".format(**ids)).json()
    log = ann.request("GET", "/webhooks/{webhook_id}/deliveries".format(**ids)).text
    return [lists, {name: value for name, value in image.items() if name != "links"}, log]


def requested(by: Chain, route: str, ids: Mapping[str, str]) -> requests.Response:
    """Send the request of this route's case and return the response."""
    method, _, path = route.partition(" ")
    case = CASES[route]
    parameters: dict[str, Any] = {"data": case.body, "headers": JSON} if case.body else {}
    return by.request(method if path else "GET", (path or "/nowhere").format(**ids) + case.query, **parameters)


def test_every_route_has_a_case(guarded: Deployment) -> None:
    assert set(CASES) == route_keys(guarded)


@pytest.mark.parametrize("route", CASES)
def test_bob_gets_nothing_of_ann_s(ann: Chain, bob: Chain, hers: Hers, route: str) -> None:
    response = requested(bob, route, hers.ids)
    assert response.status_code == CASES[route].bob, response.text
    sent = {hers.ids[name] for name in hers.ids if f"{{{name}}}" in route}
    secrets = {NAME, HOOK, ann.sub} | set(hers.ids.values()) - sent - {hers.ids["file"]}
    assert not {secret for secret in secrets if secret in response.text}
    if response.status_code == 404:
        assert response.headers["Content-Type"] == "application/problem+json"


def test_bob_s_form_leads_to_his_own_prefix(bob: Chain) -> None:
    form = bob.request("POST", "/uploads", json={"content_type": "image/png"}).json()
    assert form["upload"]["fields"]["key"].startswith(images_prefix(bob.sub, form["image_id"]))


@pytest.mark.parametrize("path", ["/images", "/webhooks"])
def test_bob_cannot_use_ann_s_cursors(ann: Chain, bob: Chain, hers: Hers, path: str) -> None:
    cursor = ann.request("GET", path, params={"limit": "1"}).json()["next_cursor"]
    assert cursor
    refused = bob.request("GET", path, params={"limit": "1", "cursor": cursor})
    assert (refused.status_code, refused.json()["code"]) == (400, "invalid_cursor")
    assert ann.request("GET", path, params={"limit": "1", "cursor": cursor}).status_code == 200


def test_objects_are_stored_under_their_owner_s_sub(ann: Chain, bob: Chain, hers: Hers) -> None:
    endpoints = ann.deployment.endpoints
    stored = ann.deployment.client("s3").list_objects_v2(Bucket=endpoints.images_bucket)["Contents"]
    cognito = ann.deployment.client("cognito-idp")
    users = cognito.list_users(UserPoolId=endpoints.user_pool_id)["Users"]  # other tests have users of their own
    subs = {attribute["Value"] for user in users for attribute in user["Attributes"] if attribute["Name"] == "sub"}
    assert {ann.sub, bob.sub} <= subs
    assert {stored_object["Key"].split("/")[2] for stored_object in stored} <= subs


def test_afterwards_ann_has_what_she_had_and_can_send_every_request(ann: Chain, bob: Chain, hers: Hers) -> None:
    for route in CASES:
        requested(bob, route, hers.ids)
    assert seen_by(ann, hers.ids) == hers.seen
    responses = {route: requested(ann, route, hers.ids) for route in CASES if route not in ALWAYS_REFUSED}
    assert not {route: response.text for route, response in responses.items() if response.status_code >= 400}

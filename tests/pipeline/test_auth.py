"""With auth on: who may ask what, on a deployment of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
import requests

from local import demo_user
from local.deployment import Deployment, deployed
from local.loopback import serving
from local.photos import PhotoHandler
from local.receiver import Book
from tests.pipeline.chain import Chain
from tests.ports import free_port


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """All three stacks with auth on."""
    with deployed(tmp_path_factory.mktemp("guarded"), free_port(), auth="cognito") as made:
        yield made


@pytest.fixture(scope="module")
def ann(guarded: Deployment) -> Iterator[Chain]:
    """The chain as a signed-in user meets it."""
    with serving(PhotoHandler) as photographs:
        yield Chain(guarded, photographs, Book(), demo_user.token(guarded))


ROUTES = [
    ("GET", "/?url=http://127.0.0.1/cat.png"),
    ("POST", "/images"),
    ("POST", "/uploads"),
    ("POST", "/classify"),
    ("GET", "/images"),
    ("GET", "/images/img_00000000000000000000000000000000"),
    ("GET", "/images/img_00000000000000000000000000000000/annotated"),
    ("GET", "/images/img_00000000000000000000000000000000/thumbnail"),
    ("GET", "/models"),
    ("POST", "/webhooks"),
    ("GET", "/webhooks"),
    ("GET", "/webhooks/sub_0"),
    ("DELETE", "/webhooks/sub_0"),
]


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token", [None, "not.a.token"])
def test_nothing_is_answered_without_a_token_of_the_pool(ann: Chain, method: str, path: str, token: str | None) -> None:
    assert replace(ann, token=token).ask(method, path).status_code == 401


def test_health_is_answered_to_everybody(guarded: Deployment) -> None:
    assert requests.get(f"{guarded.endpoints.api}/health", timeout=30).status_code == 200


def test_what_a_user_uploads_is_theirs(ann: Chain) -> None:
    image = ann.settled(image_id := ann.by_url("cat.png"))
    assert image["recognition"]["detections"][0]["label"] == "cat"
    assert [each["image_id"] for each in ann.listed()] == [image_id]


def test_another_user_does_not_see_it(ann: Chain, guarded: Deployment) -> None:
    image_id = ann.by_url("cat.png")
    ann.settled(image_id)
    bob = replace(ann, token=demo_user.token(guarded, "bob@example.com"))
    assert bob.ask("GET", f"/images/{image_id}").status_code == 404
    assert bob.listed() == []
    made = ann.ask("POST", "/webhooks", json={"url": f"{ann.photos}/hook"}).json()
    assert bob.ask("GET", f"/webhooks/{made['webhook_id']}").status_code == 404
    assert bob.ask("DELETE", f"/webhooks/{made['webhook_id']}").status_code in (204, 404)
    assert ann.ask("GET", f"/webhooks/{made['webhook_id']}").status_code == 200

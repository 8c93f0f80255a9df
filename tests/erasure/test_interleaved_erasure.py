"""An erasure between any two AWS calls of any writer: nothing of the image is left when all queues are empty."""

import json
from collections.abc import Callable, Iterator

import boto3
import pytest

from tests.erasure.world import LABEL, NAME, World, running
from tests.integration.conftest import subscription

Write = Callable[[], object]
Writer = Callable[[World], Write]
"""Prepares a new image, and returns the writing that an erasure interrupts."""


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with pytest.MonkeyPatch.context() as monkeypatch, running(monkeypatch) as world:
        yield world


def recognize(world: World) -> Write:
    message = world.stored()
    return lambda: world.invoke("recognize", message)


def recognize_again(world: World) -> Write:
    world.settle()
    assert world.call("amend", "POST /images/{image_id}/recognitions")[0] == 202
    (message,) = world.received("uploads")
    return lambda: world.invoke("recognize", message)


def request_again(world: World) -> Write:
    world.settle()
    return lambda: world.call("amend", "POST /images/{image_id}/recognitions")


def correct(world: World) -> Write:
    world.settle()
    body = json.dumps({"labels": [LABEL]})
    return lambda: world.call("amend", "POST /images/{image_id}/corrections", body=body)


def derive(kind: str) -> Writer:
    def prepare(world: World) -> Write:
        world.settle()
        return lambda: world.call("read", f"GET /images/{{image_id}}/{kind}")

    return prepare


def export(**query: str) -> Writer:
    def prepare(world: World) -> Write:
        world.settle()
        return lambda: world.call("export", "GET /images/export", query=query)

    return prepare


def dispatch(world: World) -> Write:
    world.invoke("recognize", world.stored())
    (message,) = world.received("events")
    return lambda: world.invoke("dispatch", message)


def deliver(status: int) -> Writer:
    def prepare(world: World) -> Write:
        message = dispatched(world)
        world.status = status
        return lambda: world.invoke("deliver", message)

    return prepare


def dispatched(world: World) -> str:
    dispatch(world)()
    (message,) = world.received("deliveries")
    return message


def deliver_again(world: World) -> Write:
    message = dispatched(world)
    world.status = 500
    world.invoke("deliver", message)
    return lambda: world.invoke("deliver", message, attempt=2)


def replay(world: World) -> Write:
    world.settle()
    path = {"webhook_id": subscription(0).subscription_id}
    _, listed = world.call("log", "GET /webhooks/{webhook_id}/deliveries", path=path)
    delivery = {"delivery_id": listed["items"][0]["delivery_id"]}
    return lambda: world.call("log", "POST /deliveries/{delivery_id}/replay", path=delivery)


def replay_since(world: World) -> Write:
    world.settle()
    path, query = {"webhook_id": subscription(0).subscription_id}, {"since": "2026-01-01"}
    return lambda: world.call("log", "POST /webhooks/{webhook_id}/replay", path=path, query=query)


WRITERS: dict[str, Writer] = {
    "recognize": recognize,
    "recognize again": recognize_again,
    "request to recognize again": request_again,
    "correct": correct,
    "annotate": derive("annotated"),
    "thumbnail": derive("thumbnail"),
    "export as JSON": export(format="json"),
    "export as CSV": export(format="csv", label=LABEL),
    "export as COCO": export(format="coco", detector="edge"),
    "dispatch": dispatch,
    "deliver": deliver(204),
    "deliver to a failing subscriber": deliver(500),
    "deliver to a subscriber that is gone": deliver(410),
    "deliver again": deliver_again,
    "replay": replay,
    "replay of all": replay_since,
}


@pytest.mark.parametrize("name", WRITERS)
def test_an_erasure_at_any_step_of_a_writer_leaves_nothing(
    world: World, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    steps = 0
    while interrupted(world, WRITERS[name], steps):
        assert (name, steps, world.remains()) == (name, steps, [])
        steps += 1
    assert steps > 0
    world.expire_exports()
    assert (name, "finished", world.remains()) == (name, "finished", [])
    logged = capsys.readouterr().out
    assert NAME not in logged
    assert LABEL not in logged


def interrupted(world: World, writer: Writer, step: int) -> bool:
    """Have the image erased before this AWS call of the writer; return False if it makes fewer calls."""
    enable(world)
    write = writer(world)
    calls = 0

    def erase_now() -> None:
        nonlocal calls
        calls += 1
        if calls == step + 1:
            world.step = nothing
            world.erase()

    world.step = erase_now
    write()
    world.step = nothing
    erased = calls > step
    if not erased:
        world.erase()
    world.status = 204
    world.work_off()
    return erased


def enable(world: World) -> None:
    """Enable the first webhook, which an earlier writer may have disabled, and forget its failures."""
    row = subscription(0, owner="ann").to_item()
    boto3.client("dynamodb").put_item(TableName="subscriptions", Item=row)
    world.functions["deliver"].stores.cache_clear()
    world.status = 204


def nothing() -> None:
    """Interrupt nothing."""

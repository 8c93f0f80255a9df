"""Shards: whatever happens to an owner's images, and whenever `shards` is raised, callers see what they saw of one."""

import json
import random
from collections.abc import Iterator
from types import ModuleType
from typing import Any, NamedTuple

import pytest

from domain.image import image_key
from tests.builders import Context, s3_event, sqs_event
from tests.recognition.caller import call, started, work_off
from tests.recognition.conftest import Account
from wire.aws.shards import partitions

IMAGES = 9
IDS = [f"img_{n:028x}{7 * n % 16:04x}" for n in range(1, IMAGES + 1)]
QUERIES: list[dict[str, str]] = [{}, {"label": "cat"}, {"min_confidence": "0.9"}, {"status": "rejected"}]
SEEN = ("image_id", "name", "status", "reused_from", "earlier", "corrections", "recognition", "rejection")


class Functions(NamedTuple):
    """The functions that store, change and read images."""

    recognize: ModuleType
    images: ModuleType
    amend: ModuleType
    erase: ModuleType
    export: ModuleType


@pytest.fixture
def functions(
    account: Account, recognize: ModuleType, images: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> Functions:
    rooms = ("amend", "erase", "export")
    return Functions(recognize, images, *(started(f"images.runtime.{room}.handler", monkeypatch) for room in rooms))


def steps(seed: int) -> list[tuple[str, int]]:
    """Return actions, each about one of the images; every image is uploaded at some time."""
    chance = random.Random(seed)
    uploads = [("upload", n) for n in range(IMAGES)]
    later = [(chance.choice(["again", "correct", "erase", "upload"]), chance.randrange(IMAGES)) for _ in range(12)]
    both = uploads + later
    chance.shuffle(both)
    return both


def act(account: Account, functions: Functions, owner: str, action: str, n: int) -> int:
    """Take an action about an owner's image; return the status of the response, 0 for an upload."""
    if action == "upload":
        key = image_key(owner, IDS[n], "notes.txt" if n % 4 == 3 else "cat.jpg")
        functions.recognize.handler(sqs_event(s3_event(key, version=account.put(key))), Context())
        return 0
    path = {"image_id": IDS[n]}
    if action == "erase":
        return call(functions.erase, "DELETE /images/{image_id}", owner=owner, path=path)[0]
    if action == "correct":
        route, body = "POST /images/{image_id}/corrections", '{"labels": ["lynx"]}'
        return call(functions.amend, route, owner=owner, path=path, body=body)[0]
    status, _ = call(functions.amend, "POST /images/{image_id}/recognitions", owner=owner, path=path)
    work_off(account, functions.recognize)
    return status


def listed(functions: Functions, owner: str, query: dict[str, str], limit: int) -> Iterator[str]:
    cursor = {}
    while True:
        status, page = call(functions.images, "GET /images", owner=owner, query=query | {"limit": str(limit)} | cursor)
        assert status == 200
        yield from (item["image_id"] for item in page["items"])
        if not page["next_cursor"]:
            return
        cursor = {"cursor": page["next_cursor"]}


def seen(functions: Functions, owner: str) -> dict[str, Any]:
    """Return all that an owner sees of their images, but for times and links."""
    found: dict[str, Any] = {}
    for image_id in IDS:
        status, body = call(functions.images, "GET /images/{image_id}", owner=owner, path={"image_id": image_id})
        text = json.dumps([status, {name: body[name] for name in SEEN if name in body}], sort_keys=True)
        found[image_id] = [part for part in text.split('"') if not part.startswith(("20", "rcg_", "/"))]
    for query in QUERIES:
        for limit in (2, 100):
            found[f"{query} {limit}"] = list(listed(functions, owner, query, limit))
    _, export = call(functions.export, "GET /images/export", owner=owner, query={"format": "json"})
    found["exported"] = export["images"]
    _, stats = call(functions.images, "GET /images/stats", owner=owner)
    found["stats"] = stats["total"]
    return found


@pytest.mark.parametrize(("seed", "raised"), [(0, 0), (1, 7), (2, 14), (3, 21)])
def test_callers_see_of_four_shards_what_they_see_of_one(
    account: Account, functions: Functions, monkeypatch: pytest.MonkeyPatch, seed: int, raised: int
) -> None:
    script = steps(seed)
    model = [act(account, functions, "ann", action, n) for action, n in script]
    expected = seen(functions, "ann")
    statuses = []
    for number, (action, n) in enumerate(script):
        if number == raised:
            monkeypatch.setenv("SHARDS", "4")
        statuses.append(act(account, functions, "bob", action, n))
    monkeypatch.setenv("SHARDS", "4")
    assert statuses == model
    assert seen(functions, "bob") == expected
    places = {row["owner"]["S"] for row in account.rows() if row["owner"]["S"].startswith("bob")}
    assert places <= set(partitions("bob"))
    assert (len(places) > 1) == (raised < len(script))

    for image_id in IDS:
        call(functions.erase, "DELETE /images/{image_id}", owner="bob", path={"image_id": image_id})
    assert not [row for row in account.rows("index") if row["owner"]["S"].startswith("bob")]
    assert all("body" not in row for row in account.rows() if row["owner"]["S"].startswith("bob"))


def test_under_four_shards_the_rows_of_one_owner_are_spread(
    account: Account, functions: Functions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHARDS", "4")
    for n in range(IMAGES):
        act(account, functions, "ann", "upload", n)
    assert {row["owner"]["S"] for row in account.rows()} == set(partitions("ann"))
    found_by = {row["found_by"]["S"].rpartition("/label/")[0] for row in account.rows("index")} - {""}
    assert found_by <= set(partitions("ann"))
    assert len(found_by) == 4

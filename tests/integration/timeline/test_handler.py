"""The timeline under moto: an image's arrival, outcomes, corrections and deliveries, in their order."""

import json
from dataclasses import replace
from types import ModuleType
from typing import Any

import boto3
import pytest

from domain.image import image_key
from domain.options import Options
from domain.recognition import Rejection
from integration.deliveries.runtime.attempt import Attempt
from integration.deliveries.runtime.delivery import Delivery
from integration.deliveries.runtime.log.row import DeliveryRecord
from integration.deliveries.runtime.response import SubscriberResponse
from recognition.results.runtime.entry import ERASED_ORDER, Entry
from tests.builders import IMAGE_ID, http_request, image, recognition
from tests.integration.conftest import Account, reloaded, subscription

FIRST = Entry(image(), recognition(), "2026-11-20T17:00:01.000Z", Options(), tries=2)
AGAIN = replace(FIRST, outcome=recognition("dog", 0.5), at="2026-11-20T18:00:00.000Z", request="rcg_1")


@pytest.fixture
def timelines(account: Account) -> ModuleType:
    """The function's module in a fresh worker."""
    return reloaded("timeline.runtime.handler")


def get(module: ModuleType, image_id: str = IMAGE_ID, owner: str | None = None) -> tuple[int, dict[str, Any]]:
    """Return status and body of the response."""
    route = "GET /images/{image_id}/timeline"
    response = module.handler(http_request(route, path={"image_id": image_id}, owner=owner), None)
    return response["statusCode"], json.loads(response["body"])


def keep(account: Account, entry: Entry, **more: Any) -> None:
    account.dynamodb.put_item(TableName="recognitions", Item=entry.to_item() | more)


def put_aside(account: Account, entry: Entry) -> None:
    key = {"about": {"S": "/".join(entry.key)}, "answer": {"S": f"{entry.at}/{entry.event().event_id}"}}
    account.dynamodb.put_item(TableName="answers", Item=entry.to_item() | key)


def test_it_starts_with_the_arrival_and_shows_the_outcome(account: Account, timelines: ModuleType) -> None:
    keep(account, FIRST)
    status, body = get(timelines)
    assert (status, body["image_id"]) == (200, IMAGE_ID)
    received, queued, recognized = body["items"]
    assert received["what"] == "received"
    assert queued == {"at": "2026-11-20T17:00:00.000Z", "what": "queued"}
    assert recognized == {
        "at": FIRST.at,
        "what": "recognized",
        "tries": 2,
        "detector": "edge",
        "asked": "edge",
        "model": {"name": "animals", "version": "1.0.0"},
        "label": "cat",
        "confidence": 0.97,
    }


def test_earlier_outcomes_and_corrections_are_in_the_order_of_time(account: Account, timelines: ModuleType) -> None:
    correction = {"labels": ["fox"], "at": "2026-11-20T17:30:00.000Z"}
    keep(account, AGAIN, earlier={"N": "1"}, corrections={"L": [{"S": json.dumps(correction)}]})
    put_aside(account, FIRST)
    hops = get(timelines)[1]["items"]
    assert [hop["what"] for hop in hops] == ["received", "queued", "recognized", "corrected", "recognized"]
    assert [hops[2]["label"], hops[3]["labels"], hops[4]["label"]] == ["cat", ["fox"], "dog"]
    assert (hops[4]["request"], "request" in hops[2]) == ("rcg_1", False)


def test_a_rejection_says_why(account: Account, timelines: ModuleType) -> None:
    keep(account, replace(FIRST, outcome=Rejection("empty", "The file is empty.")))
    last = get(timelines)[1]["items"][-1]
    assert (last["what"], last["code"], last["detail"]) == ("rejected", "empty", "The file is empty.")


def test_every_attempt_at_every_delivery_is_shown(account: Account, timelines: ModuleType) -> None:
    keep(account, FIRST)
    delivered, dropped = (Delivery.of(FIRST.event(), subscription(n), 1) for n in range(2))
    attempts = [
        Attempt(1, 1_795_200_000.5, 9, SubscriberResponse(500, body="busy")),
        Attempt(2, 1_795_200_005.5, 9, SubscriberResponse(200)),
    ]
    account.log.write(
        [
            DeliveryRecord.of(delivered, "delivered", tries=2).to_item(1_795_200_005.6),
            *(attempt.to_item(delivered, None, 1) for attempt in attempts),
            DeliveryRecord.of(dropped, "dropped", reason="webhook_disabled").to_item(1_795_200_001),
        ]
    )
    hops = get(timelines)[1]["items"][3:]
    assert [(hop["what"], hop.get("status"), hop.get("reason")) for hop in hops] == [
        ("attempt", 500, None),
        ("dropped", None, "webhook_disabled"),
        ("attempt", 200, None),
    ]
    assert {hop["webhook_id"] for hop in hops} == {subscription(n).subscription_id for n in range(2)}
    assert hops[0]["response"] == "busy"


def test_an_image_without_an_outcome_is_queued(account: Account, timelines: ModuleType) -> None:
    boto3.client("s3").put_object(Bucket="images", Key=image_key("public", IMAGE_ID, "cat.jpg"), Body=b"x")
    assert [item["what"] for item in get(timelines)[1]["items"]] == ["received", "queued"]


def test_a_missing_erased_or_foreign_image_is_not_found(account: Account, timelines: ModuleType) -> None:
    assert get(timelines)[0] == 404
    assert get(timelines, image_id="img_nope")[1]["code"] == "no_such_image"
    keep(account, FIRST)
    assert get(timelines, owner="them")[1]["code"] == "no_such_image"
    keys = {name: FIRST.to_item()[name] for name in ("owner", "image_id")}
    account.dynamodb.put_item(TableName="recognitions", Item=keys | {"sequencer": {"S": ERASED_ORDER}})
    assert get(timelines)[1]["code"] == "no_such_image"

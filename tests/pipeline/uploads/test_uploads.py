"""From an upload to a signed webhook, through all three deployed stacks, under IAM enforcement."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
import requests

from recognition.results.runtime.entry import Entry
from tests.pipeline.chain import Chain, wait_for

NAMES = ["my cat.jpg", "a+b.jpg", "100%25.jpg", "čičė 猫.jpg", "q?a=b&c#d.jpg"]


def best(image: dict[str, Any]) -> str:
    """Return the first label of an image."""
    return str(image["recognition"]["detections"][0]["label"])


def test_a_photo_by_url_is_recognized_and_published(chain: Chain) -> None:
    image = chain.settled(image_id := chain.by_url("cat.png"))
    assert best(image) == "cat"
    assert image["recognition"]["model"]["name"] == "animals"
    (receipt,) = chain.receipts(image_id)
    assert receipt.verified, receipt.problem
    assert receipt.event["type"] == "image.recognized"
    assert receipt.event["data"]["recognition"]["detections"][0]["label"] == "cat"


def test_a_photo_by_the_short_form(chain: Chain) -> None:
    response = chain.request("GET", "/", params={"url": f"{chain.photos}/coffee.png", "name": "cup.png"})
    assert (response.status_code, response.json()["status"]) == (202, "queued")
    assert response.headers["Location"] == response.json()["links"]["self"]
    image_id = response.json()["image_id"]
    assert best(chain.settled(image_id)) == "other"


def test_a_photo_by_its_bytes(chain: Chain, cat: bytes) -> None:
    assert best(chain.settled(chain.by_bytes("cat.jpg", cat))) == "cat"


def test_a_photo_by_presigned_form_with_options(chain: Chain, cat: bytes) -> None:
    image = chain.settled(chain.by_form("cat.jpg", cat, top_k=1, model="animals"))
    assert [detection["label"] for detection in image["recognition"]["detections"]] == ["cat"]


def test_a_photo_put_into_the_bucket_by_hand(chain: Chain, cat: bytes) -> None:
    image_id = chain.by_hand("holiday/tom.jpg", cat, **{"top-k": "1"})
    assert len(chain.settled(image_id)["recognition"]["detections"]) == 1
    assert chain.receipts(image_id)[0].verified


@pytest.mark.parametrize("name", NAMES)
def test_names_are_kept_unchanged(chain: Chain, cat: bytes, name: str) -> None:
    ways = [chain.by_url(name), chain.by_bytes(name, cat), chain.by_form(name, cat)]
    images = [chain.settled(image_id) for image_id in ways]
    images.append(chain.settled(chain.by_hand(f"by hand/x {name}", cat)))
    assert [image["name"] for image in images] == [name, name, name, f"x {name}"]
    assert {best(image) for image in images} == {"cat"}
    assert chain.receipts(ways[0])[0].event["data"]["name"] == name


def test_the_original_comes_back_byte_for_byte(chain: Chain, cat: bytes) -> None:
    image = chain.settled(chain.by_bytes("same.jpg", cat))
    assert requests.get(image["links"]["original"], timeout=60).content == cat
    assert chain.request("GET", f"/images/{image['image_id']}").json()["links"]["self"] == image["links"]["self"]


def test_a_second_upload_of_the_same_name_never_overwrites_the_first(chain: Chain, cat: bytes, coffee: bytes) -> None:
    first, second = chain.by_bytes("twice.jpg", cat), chain.by_bytes("twice.jpg", coffee)
    assert (best(chain.settled(first)), best(chain.settled(second))) == ("cat", "other")


def test_the_same_s3_event_twice_is_one_recognition_and_one_webhook_id(chain: Chain, cat: bytes) -> None:
    image_id = chain.by_hand("again/felix.jpg", cat)
    (first,) = chain.receipts(image_id)
    before = chain.settled(image_id)
    chain.deployment.client("sqs").send_message(
        QueueUrl=chain.deployment.endpoints.uploads_queue_url, MessageBody=event_of(chain, "again/felix.jpg", image_id)
    )
    second = chain.receipts(image_id, times=2)[1]
    assert second.webhook_id == first.webhook_id
    assert chain.settled(image_id)["recognized_at"] == before["recognized_at"]
    assert [listed["image_id"] for listed in chain.listed() if listed["name"] == "felix.jpg"] == [image_id]


def test_a_non_image_becomes_a_rejection_that_is_published(chain: Chain) -> None:
    image_id = chain.by_hand("notes.txt", b"These are no pixels. " * 10)
    image = chain.settled(image_id)
    assert (image["status"], image["rejection"]["code"]) == ("rejected", "not_an_image")
    (receipt,) = chain.receipts(image_id)
    assert receipt.verified
    assert receipt.event["type"] == "image.rejected"
    assert receipt.event["data"]["rejection"]["code"] == "not_an_image"


def test_a_waiting_image_is_queued_and_an_unknown_one_is_not_found(chain: Chain) -> None:
    image_id = chain.by_url("soon.png")
    assert chain.request("GET", f"/images/{image_id}").json()["status"] in ("queued", "recognized")
    response = chain.request("GET", "/images/img_00000000000000000000000000000000")
    assert (response.status_code, response.json()["code"]) == (404, "no_such_image")
    assert response.headers["Content-Type"] == "application/problem+json"


def test_a_poison_message_becomes_a_dead_letter_and_its_neighbors_are_recognized(chain: Chain, poison: str) -> None:
    neighbor = wait_for(lambda: [image for image in rejected(chain) if image["name"] == "here.jpg"])
    assert neighbor[0]["rejection"]["code"] == "no_such_object"
    sqs = chain.deployment.client("sqs")
    queue = chain.deployment.endpoints.uploads_queue_url
    policy = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["RedrivePolicy"])["Attributes"]["RedrivePolicy"]
    dead = queue.rsplit("/", 1)[0] + "/" + json.loads(policy)["deadLetterTargetArn"].rsplit(":", 1)[-1]
    messages = wait_for(lambda: sqs.receive_message(QueueUrl=dead).get("Messages"))
    assert [message["Body"] for message in messages] == [poison]


def rejected(chain: Chain) -> Iterator[dict[str, Any]]:
    """Yield all rejected images: other tests may have sent more than a page of newer ones."""
    query = {"status": "rejected", "limit": "100"}
    while True:
        page = chain.request("GET", "/images", params=query).json()
        yield from page["items"]
        if not page["next_cursor"]:
            return
        query["cursor"] = page["next_cursor"]


def event_of(chain: Chain, key: str, image_id: str) -> str:
    """Return the S3 event of an object, rebuilt from its row."""
    row = chain.deployment.client("dynamodb").get_item(
        TableName=chain.deployment.endpoints.recognitions_table,
        Key={"owner": {"S": "public"}, "image_id": {"S": image_id}},
    )["Item"]
    image = Entry.from_item(row).image
    stored = {
        "key": key,
        "size": image.size,
        "versionId": image.version,
        "sequencer": image.sequencer.rstrip("0"),
    }
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "eventTime": image.received_at,
        "eventName": "ObjectCreated:Put",
        "s3": {"bucket": {"name": image.bucket}, "object": stored},
    }
    return json.dumps({"Records": [record]})

"""Erasure under moto: the receipt, the remaining tombstone, and erasures that a crash interrupts."""

import json
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from domain.event import Event
from domain.image import image_key
from recognition.results.runtime.entry import Entry
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.caller import ONE, call, started, upload, work_off
from tests.recognition.conftest import BUCKET, TABLES, Account
from tests.recognition.recognize.world import IDS, World, request_for

ERASE = "DELETE /images/{image_id}"
UNSURE = {"detections": [{"label": "cat", "confidence": 0.2}], "size": {"width": 6, "height": 4}, "duration_ms": 3}
OTHER = "img_0193f2a5c0ff00112233445566778800"


@pytest.fixture
def erase(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return started("images.runtime.erase.handler", monkeypatch)


def remains(account: Account, image_id: str = IMAGE_ID) -> list[str]:
    """Return the keys and rows with the image ID: versions and delete markers of both buckets, rows of all tables."""
    texts = []
    for bucket in (BUCKET, "derived"):
        listed = account.s3.list_object_versions(Bucket=bucket)
        texts += [version["Key"] for kind in ("Versions", "DeleteMarkers") for version in listed.get(kind, ())]
    rows = [json.dumps(row, default=str) for table in TABLES for row in account.rows(table)]
    return [text for text in (*texts, *rows) if image_id in text]


def tombstone(account: Account) -> dict[str, Any]:
    """Return the one row that remains."""
    (text,) = remains(account)
    row: dict[str, Any] = json.loads(text)
    return row


def fill(account: Account, recognize: ModuleType, images: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """Store an image of ann's with two versions, a delete marker, two results, a correction and derived pictures."""
    amend = started("images.runtime.amend.handler", monkeypatch)
    key = upload(account, recognize)
    call(amend, "POST /images/{image_id}/corrections", path=ONE, body='{"labels": ["lynx"]}')
    account.edge.version = "2.0.0"
    call(amend, "POST /images/{image_id}/recognitions", path=ONE)
    work_off(account, recognize)
    for kind in ("annotated", "thumbnail"):
        assert picture_status(images, kind) == 302
    account.put(key)
    account.s3.delete_object(Bucket=BUCKET, Key=key)
    account.published()


def picture_status(images: ModuleType, kind: str) -> int:
    return call(images, f"GET /images/{{image_id}}/{kind}", path=ONE)[0]


def test_nothing_remains_but_a_tombstone_that_expires(
    account: Account, recognize: ModuleType, images: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(account, recognize, images, monkeypatch)
    assert len(remains(account)) > 8
    partitions = {row["found_by"]["S"] for row in account.rows("index")}
    status, receipt = call(erase, ERASE, path=ONE)
    assert (status, receipt["status"], receipt["image_id"]) == (200, "erased", IMAGE_ID)
    row = tombstone(account)
    assert set(row) == {"owner", "image_id", "sequencer", "expires"}
    removed = receipt["removed"]
    assert sorted(version["delete_marker"] for version in removed["objects"]) == [False, False, True]
    assert {version["key"] for version in removed["objects"]} == {image_key("ann", IMAGE_ID, "cat.jpg")}
    assert len(removed["derived"]) == 2
    assert removed["recognition"] is True
    assert len(removed["earlier"]) == 1
    assert removed["reusable"] == []
    assert {f"ann/{partition}" for partition in removed["found_by"]} == partitions
    assert {"detector/edge", "label/0.9/cat", "seen/0.9"} <= set(removed["found_by"])


def test_the_pointers_to_an_image_are_erased_and_those_to_its_copies_stay(account: Account, erase: ModuleType) -> None:
    world = World(account, "rekognition")
    world.recognize(request_for(IDS[0], etag="same"), request_for(IDS[1], etag="other"))
    world.recognize(request_for(IDS[2], etag="same"))
    status, receipt = call(erase, ERASE, path={"image_id": IDS[0]})
    assert (status, receipt["removed"]["reusable"]) == (200, ["same-1234/rekognition"])
    (row,) = account.rows("answers")
    assert row["image_id"] == {"S": IDS[1]}
    (left,) = remains(account, IDS[0])
    assert set(json.loads(left)) == {"owner", "image_id", "sequencer", "expires"}


def test_a_receipt_lists_only_rows_that_existed(
    account: Account, recognize: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(account, recognize)
    monkeypatch.setattr(account.edge, "_result", lambda key: UNSURE)
    account.edge.version = "2.0.0"
    call(started("images.runtime.amend.handler", monkeypatch), "POST /images/{image_id}/recognitions", path=ONE)
    work_off(account, recognize)
    _, receipt = call(erase, ERASE, path=ONE)
    assert receipt["removed"]["found_by"] == ["detector/edge"]


def test_no_route_finds_an_erased_image(
    account: Account, recognize: ModuleType, images: ModuleType, erase: ModuleType
) -> None:
    upload(account, recognize)
    call(erase, ERASE, path=ONE)
    assert call(images, "GET /images/{image_id}", path=ONE)[0] == 404
    assert picture_status(images, "annotated") == 404
    queries: list[dict[str, str]] = [{}, {"label": "cat"}, {"detector": "edge"}, {"min_confidence": "0.5"}]
    for query in queries:
        assert call(images, "GET /images", query=query)[1]["items"] == []


def test_a_repeated_erasure_publishes_the_same_event(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    upload(account, recognize)
    account.published()
    first, second = (call(erase, ERASE, path=ONE) for _ in range(2))
    assert (first[0], second[0]) == (200, 200)
    assert second[1]["removed"] == {
        "objects": [], "derived": [], "found_by": [], "reusable": [], "earlier": [], "recognition": False,
    }  # fmt: skip
    events = [Event(**event) for event in account.published()]
    assert {(event.type, event.owner, str(event.data)) for event in events} == {
        ("image.erased", "ann", str({"image_id": IMAGE_ID}))
    }
    assert len({event.event_id for event in events}) == 1


def test_another_owner_cannot_erase_an_image(account: Account, recognize: ModuleType, erase: ModuleType) -> None:
    upload(account, recognize)
    before = remains(account)
    status, problem = call(erase, ERASE, path=ONE, owner="bob")
    assert (status, problem["code"]) == (404, "no_such_image")
    assert remains(account) == before


@pytest.mark.parametrize("image_id", [IMAGE_ID, "x", "", "img_*"])
def test_an_image_that_never_existed_leaves_no_tombstone(account: Account, erase: ModuleType, image_id: str) -> None:
    assert call(erase, ERASE, path={"image_id": image_id})[1]["code"] == "no_such_image"
    assert account.rows() == []
    assert account.published() == []


def test_the_message_of_an_erased_queued_image_restores_nothing(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    key = image_key("ann", IMAGE_ID, "cat.jpg")
    version = account.put(key)
    assert call(erase, ERASE, path=ONE)[0] == 200
    response = recognize.handler(sqs_event(s3_event(key, version=version, sequencer="FF"), attempt=2), Context())
    assert response == {"batchItemFailures": []}
    assert set(tombstone(account)) == {"owner", "image_id", "sequencer", "expires"}


def test_a_queued_request_restores_nothing(
    account: Account, recognize: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(account, recognize)
    call(started("images.runtime.amend.handler", monkeypatch), "POST /images/{image_id}/recognitions", path=ONE)
    call(erase, ERASE, path=ONE)
    account.published()
    work_off(account, recognize)
    assert set(tombstone(account)) == {"owner", "image_id", "sequencer", "expires"}
    assert account.published() == []


def test_another_image_of_the_owner_keeps_everything(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    upload(account, recognize)
    upload(account, recognize, image_id=OTHER)
    account.s3.put_object(Bucket="derived", Key=f"ann/{OTHER}/thumbnail-1.jpg", Body=b"x")
    before = [text for text in remains(account, OTHER) if IMAGE_ID not in text]
    call(erase, ERASE, path=ONE)
    assert [text for text in remains(account, OTHER) if IMAGE_ID not in text] == before


def put_by_hand(account: Account, recognize: ModuleType, key: str, sequencer: str) -> tuple[str, str]:
    """Put an object as any client does; return its image ID and version."""
    version = account.put(key)
    recognize.handler(sqs_event(s3_event(key, version=version, sequencer=sequencer)), Context())
    rows = [row for row in account.rows() if "body" in row]
    (image_id,) = {entry.image.image_id for entry in map(Entry.from_item, rows) if entry.image.version == version}
    return image_id, version


def versions(account: Account, key: str) -> list[tuple[str, str]]:
    listed = account.s3.list_object_versions(Bucket=BUCKET, Prefix=key)
    kinds = ("Versions", "DeleteMarkers")
    return [(version["Key"], version["VersionId"]) for kind in kinds for version in listed.get(kind, ())]


def test_only_the_image_s_own_version_of_a_shared_key_is_erased(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    first, one = put_by_hand(account, recognize, "holiday/tom.jpg", "0A")
    second, two = put_by_hand(account, recognize, "holiday/tom.jpg", "0B")
    account.s3.delete_object(Bucket=BUCKET, Key="holiday/tom.jpg")
    account.put("holiday/tom.jpg.bak")
    _, receipt = call(erase, ERASE, path={"image_id": first}, owner="public")
    assert [version["version"] for version in receipt["removed"]["objects"]] == [one]
    assert ("holiday/tom.jpg", two) in versions(account, "holiday/tom.jpg")
    _, receipt = call(erase, ERASE, path={"image_id": second}, owner="public")
    assert len(receipt["removed"]["objects"]) == 2
    assert [key for key, _ in versions(account, "holiday/tom.jpg")] == ["holiday/tom.jpg.bak"]


STEPS = ["delete_objects", "batch_write_item", "put_item", "publish_batch"]


@pytest.mark.parametrize("step", STEPS)
def test_a_repeated_request_continues_an_interrupted_erasure(
    account: Account,
    recognize: ModuleType,
    images: ModuleType,
    erase: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    fill(account, recognize, images, monkeypatch)
    clients = (erase.stores.objects._s3, erase.dynamodb, erase.publish_results.args[0])
    (broken,) = [client for client in clients if hasattr(client, step)]

    def down(**arguments: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalError"}}, step)

    with monkeypatch.context() as patch:
        patch.setattr(broken, step, down)
        assert call(erase, ERASE, path=ONE)[0] == (503 if step == "publish_batch" else 500)
        assert call(images, "GET /images/{image_id}", path=ONE)[0] == 404
        assert call(images, "GET /images", query={})[1]["items"] == []
    assert call(erase, ERASE, path=ONE)[0] == 200
    assert set(tombstone(account)) == {"owner", "image_id", "sequencer", "expires"}
    assert {event["type"] for event in account.published()} == {"image.erased"}


def test_an_object_that_s3_does_not_delete_is_a_retryable_problem(
    account: Account, recognize: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    upload(account, recognize)
    with monkeypatch.context() as patch:
        patch.setattr(
            erase.stores.objects._s3, "delete_objects", lambda **arguments: {"Errors": [{"Code": "SlowDown"}]}
        )
        status, problem = call(erase, ERASE, path=ONE)
    assert (status, problem["code"], problem["retryable"]) == (503, "erase_incomplete", True)
    assert call(erase, ERASE, path=ONE)[0] == 200

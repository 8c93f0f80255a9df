"""Erasing under moto: what the receipt says, what is left, and what a crash on the way makes of it."""

import json
from types import ModuleType
from typing import Any

import pytest
from botocore.exceptions import ClientError

from domain.event import Event
from domain.image import image_key
from tests.builders import IMAGE_ID, Context, s3_event, sqs_event
from tests.recognition.caller import ONE, arrive, ask, started, work_off
from tests.recognition.conftest import BUCKET, TABLES, Account

ERASE = "DELETE /images/{image_id}"
UNSURE = {"detections": [{"label": "cat", "confidence": 0.2}], "size": {"width": 6, "height": 4}, "duration_ms": 3}
OTHER = "img_0193f2a5c0ff00112233445566778800"


@pytest.fixture
def erase(account: Account, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    return started("images.runtime.erase.handler", monkeypatch)


def left(account: Account, image_id: str = IMAGE_ID) -> list[str]:
    """Whatever still names the image: keys, versions and markers of both buckets, rows of all tables."""
    found = []
    for bucket in (BUCKET, "derived"):
        listed = account.s3.list_object_versions(Bucket=bucket)
        found += [each["Key"] for kind in ("Versions", "DeleteMarkers") for each in listed.get(kind, ())]
    rows = [json.dumps(row, default=str) for table in TABLES for row in account.rows(table)]
    return [each for each in (*found, *rows) if image_id in each]


def mark(account: Account) -> dict[str, Any]:
    """The one row that stays."""
    (said,) = left(account)
    row: dict[str, Any] = json.loads(said)
    return row


def full(account: Account, recognize: ModuleType, images: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    """An image of ann's with two versions, a delete marker, two answers, a correction and derived pictures."""
    amend = started("images.runtime.amend.handler", monkeypatch)
    key = arrive(account, recognize)
    ask(amend, "POST /images/{image_id}/corrections", path=ONE, body='{"labels": ["lynx"]}')
    account.edge.version = "2.0.0"
    ask(amend, "POST /images/{image_id}/recognitions", path=ONE)
    work_off(account, recognize)
    for kind in ("annotated", "thumbnail"):
        assert ask_picture(images, kind) == 302
    account.put(key)
    account.s3.delete_object(Bucket=BUCKET, Key=key)
    account.told()


def ask_picture(images: ModuleType, kind: str) -> int:
    return ask(images, f"GET /images/{{image_id}}/{kind}", path=ONE)[0]


def test_nothing_is_left_but_a_mark_that_expires(
    account: Account, recognize: ModuleType, images: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(account, recognize, images, monkeypatch)
    assert len(left(account)) > 8
    places = {row["found_by"]["S"] for row in account.rows("index")}
    status, receipt = ask(erase, ERASE, path=ONE)
    assert (status, receipt["status"], receipt["image_id"]) == (200, "erased", IMAGE_ID)
    row = mark(account)
    assert set(row) == {"owner", "image_id", "sequencer", "expires"}
    removed = receipt["removed"]
    assert sorted(each["delete_marker"] for each in removed["objects"]) == [False, False, True]
    assert {each["key"] for each in removed["objects"]} == {image_key("ann", IMAGE_ID, "cat.jpg")}
    assert len(removed["derived"]) == 2
    assert removed["recognition"] is True
    assert len(removed["earlier"]) == 1
    assert len(removed["reusable"]) == 1
    assert {f"ann/{place}" for place in removed["found_by"]} == places
    assert {"detector/edge", "label/0.9/cat", "label/0/dog", "seen/0.9"} <= set(removed["found_by"])


def test_a_receipt_names_what_went_and_not_what_had_gone_before(
    account: Account, recognize: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(account, recognize)
    monkeypatch.setattr(account.edge, "_result", lambda key: UNSURE)
    account.edge.version = "2.0.0"
    ask(started("images.runtime.amend.handler", monkeypatch), "POST /images/{image_id}/recognitions", path=ONE)
    work_off(account, recognize)
    _, receipt = ask(erase, ERASE, path=ONE)
    assert receipt["removed"]["found_by"] == ["detector/edge", "label/0/cat"]


def test_an_erased_image_is_not_there_for_any_route(
    account: Account, recognize: ModuleType, images: ModuleType, erase: ModuleType
) -> None:
    arrive(account, recognize)
    ask(erase, ERASE, path=ONE)
    assert ask(images, "GET /images/{image_id}", path=ONE)[0] == 404
    assert ask_picture(images, "annotated") == 404
    queries: list[dict[str, str]] = [{}, {"label": "cat"}, {"detector": "edge"}, {"min_confidence": "0.5"}]
    for query in queries:
        assert ask(images, "GET /images", query=query)[1]["items"] == []


def test_subscribers_are_told_once_however_often_it_is_erased(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    arrive(account, recognize)
    account.told()
    first, second = (ask(erase, ERASE, path=ONE) for _ in range(2))
    assert (first[0], second[0]) == (200, 200)
    assert second[1]["removed"] == {
        "objects": [], "derived": [], "found_by": [], "reusable": [], "earlier": [], "recognition": False,
    }  # fmt: skip
    events = [Event(**each) for each in account.told()]
    assert {(event.type, event.owner, str(event.data)) for event in events} == {
        ("image.erased", "ann", str({"image_id": IMAGE_ID}))
    }
    assert len({event.event_id for event in events}) == 1


def test_another_owner_erases_nothing(account: Account, recognize: ModuleType, erase: ModuleType) -> None:
    arrive(account, recognize)
    before = left(account)
    status, problem = ask(erase, ERASE, path=ONE, owner="bob")
    assert (status, problem["code"]) == (404, "no_such_image")
    assert left(account) == before


@pytest.mark.parametrize("image_id", [IMAGE_ID, "x", "", "img_*"])
def test_what_never_was_leaves_no_mark(account: Account, erase: ModuleType, image_id: str) -> None:
    assert ask(erase, ERASE, path={"image_id": image_id})[1]["code"] == "no_such_image"
    assert account.rows() == []
    assert account.told() == []


def test_an_image_that_still_waits_is_erased_and_its_message_brings_nothing_back(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    key = image_key("ann", IMAGE_ID, "cat.jpg")
    version = account.put(key)
    assert ask(erase, ERASE, path=ONE)[0] == 200
    said = recognize.handler(sqs_event(s3_event(key, version=version, sequencer="FF"), attempt=2), Context())
    assert said == {"batchItemFailures": []}
    assert set(mark(account)) == {"owner", "image_id", "sequencer", "expires"}


def test_a_wish_still_queued_brings_nothing_back(
    account: Account, recognize: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(account, recognize)
    ask(started("images.runtime.amend.handler", monkeypatch), "POST /images/{image_id}/recognitions", path=ONE)
    ask(erase, ERASE, path=ONE)
    account.told()
    work_off(account, recognize)
    assert set(mark(account)) == {"owner", "image_id", "sequencer", "expires"}
    assert account.told() == []


def test_a_neighbour_keeps_everything(account: Account, recognize: ModuleType, erase: ModuleType) -> None:
    arrive(account, recognize)
    arrive(account, recognize, image_id=OTHER)
    account.s3.put_object(Bucket="derived", Key=f"ann/{OTHER}/thumbnail-1.jpg", Body=b"x")
    before = [each for each in left(account, OTHER) if IMAGE_ID not in each]
    ask(erase, ERASE, path=ONE)
    assert [each for each in left(account, OTHER) if IMAGE_ID not in each] == before


def by_hand(account: Account, recognize: ModuleType, key: str, sequencer: str) -> tuple[str, str]:
    """Put an object as any client would; answers its image id and version."""
    version = account.put(key)
    recognize.handler(sqs_event(s3_event(key, version=version, sequencer=sequencer)), Context())
    (image_id,) = {row["image_id"]["S"] for row in account.rows() if f'"{version}"' in row["said"]["S"]}
    return image_id, version


def versions(account: Account, key: str) -> list[tuple[str, str]]:
    listed = account.s3.list_object_versions(Bucket=BUCKET, Prefix=key)
    return [(each["Key"], each["VersionId"]) for kind in ("Versions", "DeleteMarkers") for each in listed.get(kind, ())]


def test_of_a_key_put_by_hand_its_own_version_goes_and_the_others_stay(
    account: Account, recognize: ModuleType, erase: ModuleType
) -> None:
    first, one = by_hand(account, recognize, "holiday/tom.jpg", "0A")
    second, two = by_hand(account, recognize, "holiday/tom.jpg", "0B")
    account.s3.delete_object(Bucket=BUCKET, Key="holiday/tom.jpg")
    account.put("holiday/tom.jpg.bak")
    _, receipt = ask(erase, ERASE, path={"image_id": first}, owner="public")
    assert [each["version"] for each in receipt["removed"]["objects"]] == [one]
    assert ("holiday/tom.jpg", two) in versions(account, "holiday/tom.jpg")
    _, receipt = ask(erase, ERASE, path={"image_id": second}, owner="public")
    assert len(receipt["removed"]["objects"]) == 2
    assert [key for key, _ in versions(account, "holiday/tom.jpg")] == ["holiday/tom.jpg.bak"]


STEPS = ["delete_objects", "batch_write_item", "put_item", "publish_batch"]


@pytest.mark.parametrize("step", STEPS)
def test_an_erasure_cut_short_goes_on_when_asked_again(
    account: Account,
    recognize: ModuleType,
    images: ModuleType,
    erase: ModuleType,
    monkeypatch: pytest.MonkeyPatch,
    step: str,
) -> None:
    full(account, recognize, images, monkeypatch)
    clients = (erase.objects._s3, erase.dynamodb, erase.announce_results.args[0])
    (broken,) = [each for each in clients if hasattr(each, step)]

    def down(**given: Any) -> None:
        raise ClientError({"Error": {"Code": "InternalError"}}, step)

    with monkeypatch.context() as broken_off:
        broken_off.setattr(broken, step, down)
        assert ask(erase, ERASE, path=ONE)[0] == 500
        assert ask(images, "GET /images/{image_id}", path=ONE)[0] == 404
        assert ask(images, "GET /images", query={})[1]["items"] == []
    assert ask(erase, ERASE, path=ONE)[0] == 200
    assert set(mark(account)) == {"owner", "image_id", "sequencer", "expires"}
    assert {each["type"] for each in account.told()} == {"image.erased"}


def test_what_s3_will_not_delete_is_said_and_can_be_asked_again(
    account: Account, recognize: ModuleType, erase: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    arrive(account, recognize)
    with monkeypatch.context() as refusing:
        refusing.setattr(erase.objects._s3, "delete_objects", lambda **given: {"Errors": [{"Code": "SlowDown"}]})
        status, problem = ask(erase, ERASE, path=ONE)
    assert (status, problem["code"], problem["retryable"]) == (503, "erase_incomplete", True)
    assert ask(erase, ERASE, path=ONE)[0] == 200

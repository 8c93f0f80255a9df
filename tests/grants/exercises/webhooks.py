"""Exercises of the functions that tell subscribers, and of those that tell their owners of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.grants.stage import Stage

Record = dict[str, Any]


@contextmanager
def webhook(stage: Stage, answer: int = 204, **settings: Any) -> Iterator[str]:
    """The path of a webhook of the user's, whose subscriber answers with this status; gone afterwards."""
    made = stage.ask("POST", "/webhooks", 201, json={"url": f"{stage.receiver}/{answer}"} | settings)
    path = f"/webhooks/{made['webhook_id']}"
    try:
        yield path
    finally:
        stage.chain.ask("DELETE", path)


def owed(stage: Stage, path: str) -> tuple[str, Record]:
    """A test event owed to a webhook: the delivery's id and its message."""
    delivery_id = stage.ask("POST", f"{path}/test", 202)["delivery_id"]
    return delivery_id, stage.message("DeliveriesQueueUrl", delivery_id)


def owed_of_an_image(stage: Stage, path: str) -> tuple[str, Record]:
    """What a webhook is owed of a new image: the image's id and the message."""
    image_id = stage.recognized()
    stage.work_off("Dispatch", stage.message("EventsQueueUrl", image_id))
    return image_id, stage.message("DeliveriesQueueUrl", path.rpartition("/")[2])


def a_webhook_is_managed(stage: Stage) -> None:
    """Registered, listed, shown, changed, given another secret and deleted."""
    with webhook(stage), webhook(stage) as path:
        first = stage.ask("GET", "/webhooks", params={"limit": "1"})
        stage.ask("GET", "/webhooks", params={"limit": "1", "cursor": first["next_cursor"]})
        stage.ask("PATCH", path, json={"description": "changed"})
        assert stage.ask("GET", path)["description"] == "changed"
        stage.ask("POST", f"{path}/rotate")
        assert stage.chain.ask("DELETE", path).ok
        stage.ask("GET", path, 404)


def what_was_sent_is_read_and_sent_again(stage: Stage) -> None:
    """Page by page, by its status, one by itself."""
    with webhook(stage) as path:
        owed(stage, path)
        delivery_id, _ = owed(stage, path)
        first = stage.ask("GET", f"{path}/deliveries", params={"limit": "1"})
        second = stage.ask("GET", f"{path}/deliveries", params={"limit": "1", "cursor": first["next_cursor"]})
        assert first["items"] != second["items"]
        assert len(stage.ask("GET", f"{path}/deliveries", params={"status": "pending"})["items"]) == 2
        assert stage.ask("GET", f"/deliveries/{delivery_id}")["status"] == "pending"
        stage.ask("POST", f"/deliveries/{delivery_id}/replay", 202)
        stage.message("DeliveriesQueueUrl", delivery_id)


def what_was_missed_is_sent_since(stage: Stage) -> None:
    """All of it, with the bodies that no index holds."""
    with webhook(stage) as path:
        image_id, message = owed_of_an_image(stage, path)
        stage.work_off("Deliver", message)
        stage.ask("POST", f"{path}/replay", 202, params={"since": "2026-01-01T00:00:00Z"})
        stage.message("DeliveriesQueueUrl", image_id)


def the_way_of_an_image_is_told(stage: Stage) -> None:
    """With the answer before."""
    image_id = stage.recognized()
    stage.ask("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    hops = [entry["what"] for entry in stage.ask("GET", f"/images/{image_id}/timeline")["items"]]
    assert hops.count("recognized") == 2


def the_way_of_an_image_that_waits_is_told(stage: Stage) -> None:
    """By its object."""
    assert stage.ask("GET", f"/images/{stage.put()['image_id']}/timeline")["items"]


def an_event_becomes_deliveries(stage: Stage) -> None:
    """For who wants it; who is disabled misses it, which is kept."""
    with webhook(stage) as told, webhook(stage) as disabled:
        stage.ask("PATCH", disabled, json={"enabled": False})
        image_id, message = owed_of_an_image(stage, told)
        assert image_id in message["body"]
        missed = stage.ask("GET", f"{disabled}/deliveries")["items"]
        assert [delivery["image_id"] for delivery in missed] == [image_id]


def an_erased_image_is_forgotten(stage: Stage) -> None:
    """What was sent of it is removed from the log."""
    with webhook(stage, events=["image.recognized"]) as path:
        image_id, message = owed_of_an_image(stage, path)
        stage.work_off("Deliver", message)
        stage.ask("DELETE", f"/images/{image_id}")
        stage.work_off("Dispatch", stage.message("EventsQueueUrl", image_id))


def an_event_that_makes_no_sense_comes_back_soon(stage: Stage) -> None:
    """It is paced."""
    stage.work_off("Dispatch", stage.send("EventsQueueUrl", "no event"), failing=True)


def a_delivery_is_made_and_logged(stage: Stage) -> None:
    """Signed, at once."""
    with webhook(stage) as path:
        delivery_id, message = owed(stage, path)
        stage.work_off("Deliver", message)
        assert stage.ask("GET", f"/deliveries/{delivery_id}")["status"] == "delivered"


def an_old_delivery_is_made_to_who_still_wants_it(stage: Stage) -> None:
    """The subscription is looked up again."""
    with webhook(stage) as path:
        _, message = owed(stage, path)
        said = json.loads(message["body"])
        stage.work_off("Deliver", message | {"body": json.dumps(said | {"queued_at": said["queued_at"] - 600})})


def a_delivery_that_fails_comes_back(stage: Stage) -> None:
    """Unless its image was erased meanwhile, at its second attempt too; the failures are counted."""
    with webhook(stage, 500) as path:
        _, message = owed(stage, path)
        for attempt in ("1", "2"):
            message["attributes"]["ApproximateReceiveCount"] = attempt
            stage.work_off("Deliver", message, failing=True)
        assert stage.ask("GET", path)["failing_since"]


def a_delivery_waits_its_turn(stage: Stage) -> None:
    """It is queued anew where a webhook takes one a minute."""
    with webhook(stage, rate_limit=1) as path:
        stage.work_off("Deliver", owed(stage, path)[1], owed(stage, path)[1])


def a_subscriber_that_is_gone_is_told_no_more(stage: Stage) -> None:
    """Other webhooks are told of that."""
    with webhook(stage, 410) as path:
        stage.work_off("Deliver", owed(stage, path)[1])
        stage.message("EventsQueueUrl", path.rpartition("/")[2])


WEBHOOKS = (a_webhook_is_managed,)
DELIVERIES = (what_was_sent_is_read_and_sent_again, what_was_missed_is_sent_since)
TIMELINE = (the_way_of_an_image_is_told, the_way_of_an_image_that_waits_is_told)
DISPATCH = (an_event_becomes_deliveries, an_erased_image_is_forgotten, an_event_that_makes_no_sense_comes_back_soon)
DELIVER = (
    a_delivery_is_made_and_logged,
    an_old_delivery_is_made_to_who_still_wants_it,
    a_delivery_that_fails_comes_back,
    a_delivery_waits_its_turn,
    a_subscriber_that_is_gone_is_told_no_more,
)

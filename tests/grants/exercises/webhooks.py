"""Exercises of the functions that deliver events, and of those that manage webhooks and deliveries."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.grants.stage import Stage, tried
from wire.aws.retry_policy import EVENTS

Record = dict[str, Any]


@contextmanager
def webhook(stage: Stage, status: int = 204, **settings: Any) -> Iterator[str]:
    """Register a webhook whose subscriber responds with this status, give its path, and delete it afterwards."""
    created = stage.request("POST", "/webhooks", 201, json={"url": f"{stage.receiver}/{status}"} | settings)
    path = f"/webhooks/{created['webhook_id']}"
    try:
        yield path
    finally:
        stage.chain.request("DELETE", path)


def queued_test_event(stage: Stage, path: str) -> tuple[str, Record]:
    """Queue a test event for a webhook; return the delivery's id and its message."""
    delivery_id = stage.request("POST", f"{path}/test", 202)["delivery_id"]
    return delivery_id, stage.message("DeliveriesQueueUrl", delivery_id)


def queued_image_event(stage: Stage, path: str) -> tuple[str, Record]:
    """Queue the event of a new image for a webhook; return the image's id and the message."""
    image_id = stage.recognized()
    stage.work_off("Dispatch", stage.message("EventsQueueUrl", image_id))
    return image_id, stage.message("DeliveriesQueueUrl", path.rpartition("/")[2])


def a_webhook_is_managed(stage: Stage) -> None:
    """Register, list, show, change, rotate and delete a webhook."""
    with webhook(stage), webhook(stage) as path:
        first = stage.request("GET", "/webhooks", params={"limit": "1"})
        stage.request("GET", "/webhooks", params={"limit": "1", "cursor": first["next_cursor"]})
        stage.request("PATCH", path, json={"description": "changed"})
        assert stage.request("GET", path)["description"] == "changed"
        stage.request("POST", f"{path}/rotate")
        assert stage.chain.request("DELETE", path).ok
        stage.request("GET", path, 404)


def deliveries_are_read_and_replayed(stage: Stage) -> None:
    """Read deliveries by page, by status and by id, and replay one."""
    with webhook(stage) as path:
        queued_test_event(stage, path)
        delivery_id, _ = queued_test_event(stage, path)
        first = stage.request("GET", f"{path}/deliveries", params={"limit": "1"})
        second = stage.request("GET", f"{path}/deliveries", params={"limit": "1", "cursor": first["next_cursor"]})
        assert first["items"] != second["items"]
        assert len(stage.request("GET", f"{path}/deliveries", params={"status": "pending"})["items"]) == 2
        assert stage.request("GET", f"/deliveries/{delivery_id}")["status"] == "pending"
        stage.request("POST", f"/deliveries/{delivery_id}/replay", 202)
        stage.message("DeliveriesQueueUrl", delivery_id)


def deliveries_since_a_moment_are_replayed(stage: Stage) -> None:
    """Replay deliveries with their bodies, which no index holds."""
    with webhook(stage) as path:
        image_id, message = queued_image_event(stage, path)
        stage.work_off("Deliver", message)
        stage.request("POST", f"{path}/replay", 202, params={"since": "2026-01-01T00:00:00Z"})
        stage.message("DeliveriesQueueUrl", image_id)


def a_timeline_is_read(stage: Stage) -> None:
    """Read a timeline with an earlier outcome."""
    image_id = stage.recognized()
    stage.request("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    hops = [entry["what"] for entry in stage.request("GET", f"/images/{image_id}/timeline")["items"]]
    assert hops.count("recognized") == 2


def a_queued_image_has_a_timeline(stage: Stage) -> None:
    """Read the timeline off the object."""
    assert stage.request("GET", f"/images/{stage.put()['image_id']}/timeline")["items"]


def an_event_becomes_deliveries(stage: Stage) -> None:
    """Queue a delivery for an enabled webhook and log a dropped one for a disabled webhook."""
    with webhook(stage) as enabled, webhook(stage) as disabled:
        stage.request("PATCH", disabled, json={"enabled": False})
        image_id, message = queued_image_event(stage, enabled)
        assert image_id in message["body"]
        missed = stage.request("GET", f"{disabled}/deliveries")["items"]
        assert [delivery["image_id"] for delivery in missed] == [image_id]


def the_log_of_an_image_is_erased(stage: Stage) -> None:
    """Erase the deliveries of an erased image from the log."""
    with webhook(stage, events=["image.recognized"]) as path:
        image_id, message = queued_image_event(stage, path)
        stage.work_off("Deliver", message)
        stage.request("DELETE", f"/images/{image_id}")
        stage.work_off("Dispatch", stage.message("EventsQueueUrl", image_id))


def an_invalid_event_is_retried(stage: Stage) -> None:
    """Hide the message until the retry."""
    stage.work_off("Dispatch", stage.send("EventsQueueUrl", "no event"), failing=True)


def an_event_is_tried_again_and_given_up(stage: Stage) -> None:
    """Send an invalid event again after its second try, and to the dead letters after its last one."""
    message = stage.send("EventsQueueUrl", "no event")
    stage.work_off("Dispatch", tried(message, 1))
    stage.message("EventsQueueUrl", message["body"])
    stage.work_off("Dispatch", tried(message, EVENTS.tries - 1))
    stage.message("EventsDeadQueueUrl", message["body"])


def a_delivery_is_made_and_logged(stage: Stage) -> None:
    """Sign, post and log a delivery."""
    with webhook(stage) as path:
        delivery_id, message = queued_test_event(stage, path)
        stage.work_off("Deliver", message)
        assert stage.request("GET", f"/deliveries/{delivery_id}")["status"] == "delivered"


def an_old_delivery_reads_its_subscription(stage: Stage) -> None:
    """Read the subscription again, since the message is old."""
    with webhook(stage) as path:
        _, message = queued_test_event(stage, path)
        body = json.loads(message["body"])
        stage.work_off("Deliver", message | {"body": json.dumps(body | {"queued_at": 0})})


def a_failed_delivery_is_retried(stage: Stage) -> None:
    """Look for an erasure at the second attempt, and count the failures."""
    with webhook(stage, 500) as path:
        _, message = queued_test_event(stage, path)
        for attempt in ("1", "2"):
            message["attributes"]["ApproximateReceiveCount"] = attempt
            stage.work_off("Deliver", message, failing=True)
        assert stage.request("GET", path)["failing_since"]


def a_delivery_is_given_up(stage: Stage) -> None:
    """Move a message that holds no delivery to the dead letters when it comes a second time."""
    message = stage.send("DeliveriesQueueUrl", "no delivery")
    message["attributes"]["ApproximateReceiveCount"] = "2"
    stage.work_off("Deliver", message)
    stage.message("DeliveriesDeadQueueUrl", message["body"])


def a_delivery_waits_for_the_rate_limit(stage: Stage) -> None:
    """Queue the second delivery again, because the webhook takes one a minute."""
    with webhook(stage, rate_limit=1) as path:
        stage.work_off("Deliver", queued_test_event(stage, path)[1], queued_test_event(stage, path)[1])


def a_subscriber_that_is_gone_is_disabled(stage: Stage) -> None:
    """Disable the webhook and publish the event about that."""
    with webhook(stage, 410) as path:
        stage.work_off("Deliver", queued_test_event(stage, path)[1])
        stage.message("EventsQueueUrl", path.rpartition("/")[2])


WEBHOOKS = (a_webhook_is_managed,)
DELIVERIES = (deliveries_are_read_and_replayed, deliveries_since_a_moment_are_replayed)
TIMELINE = (a_timeline_is_read, a_queued_image_has_a_timeline)
DISPATCH = (
    an_event_becomes_deliveries,
    the_log_of_an_image_is_erased,
    an_invalid_event_is_retried,
    an_event_is_tried_again_and_given_up,
)
DELIVER = (
    a_delivery_is_made_and_logged,
    an_old_delivery_reads_its_subscription,
    a_failed_delivery_is_retried,
    a_delivery_is_given_up,
    a_delivery_waits_for_the_rate_limit,
    a_subscriber_that_is_gone_is_disabled,
)

"""Exercises of the function that reads images."""

import requests

from tests.grants.stage import Stage


def a_list_is_read_page_by_page(stage: Stage) -> None:
    """Read the next page by a signed cursor."""
    for _ in range(2):
        stage.recognized()
    first = stage.request("GET", "/images", params={"limit": "1"})
    second = stage.request("GET", "/images", params={"limit": "1", "cursor": first["next_cursor"]})
    assert first["items"] != second["items"]


def a_label_is_searched(stage: Stage) -> None:
    """Find an image by the index."""
    image_id = stage.recognized()
    found = stage.request("GET", "/images", params={"label": "cat", "limit": "1"})["items"]
    assert [image["image_id"] for image in found] == [image_id]


def an_image_is_shown_with_its_earlier_outcome(stage: Stage) -> None:
    """Show the earlier outcome and a link to the original."""
    image_id = stage.recognized()
    stage.request("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    shown = stage.request("GET", f"/images/{image_id}")
    assert len(shown["earlier"]) == 1
    assert requests.get(shown["links"]["original"], timeout=60).ok


def a_queued_image_is_shown(stage: Stage) -> None:
    """Read the status off the object."""
    assert stage.request("GET", f"/images/{stage.put()['image_id']}")["status"] == "queued"


def a_thumbnail_is_made_and_linked(stage: Stage) -> None:
    """Have the edge function derive a missing thumbnail."""
    location = stage.request("GET", f"/images/{stage.recognized()}/thumbnail", 302)
    assert requests.get(location, timeout=60).ok


def the_day_s_counters_are_shown(stage: Stage) -> None:
    """Show the day's counters."""
    assert stage.request("GET", "/images/stats")["total"]["uploads"]


READING = (
    a_list_is_read_page_by_page,
    a_label_is_searched,
    an_image_is_shown_with_its_earlier_outcome,
    a_queued_image_is_shown,
    a_thumbnail_is_made_and_linked,
    the_day_s_counters_are_shown,
)

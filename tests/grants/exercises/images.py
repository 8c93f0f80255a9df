"""Exercises of the function that reads images."""

import requests

from tests.grants.stage import Stage


def a_list_is_read_page_by_page(stage: Stage) -> None:
    """The next page is asked for with a signed cursor."""
    for _ in range(2):
        stage.recognized()
    first = stage.ask("GET", "/images", params={"limit": "1"})
    second = stage.ask("GET", "/images", params={"limit": "1", "cursor": first["next_cursor"]})
    assert first["items"] != second["items"]


def a_label_is_searched(stage: Stage) -> None:
    """By the index."""
    image_id = stage.recognized()
    found = stage.ask("GET", "/images", params={"label": "cat", "limit": "1"})["items"]
    assert [image["image_id"] for image in found] == [image_id]


def an_image_is_shown_with_what_it_was(stage: Stage) -> None:
    """The answer before, and a link to the original."""
    image_id = stage.recognized()
    stage.ask("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    shown = stage.ask("GET", f"/images/{image_id}")
    assert len(shown["earlier"]) == 1
    assert requests.get(shown["links"]["original"], timeout=30).ok


def an_image_that_waits_is_shown(stage: Stage) -> None:
    """It is known by its object."""
    assert stage.ask("GET", f"/images/{stage.put()['image_id']}")["status"] == "queued"


def a_thumbnail_is_made_and_led_to(stage: Stage) -> None:
    """By the edge function, once it is seen that there is none."""
    location = stage.ask("GET", f"/images/{stage.recognized()}/thumbnail", 302)
    assert requests.get(location, timeout=30).ok


def the_day_is_told(stage: Stage) -> None:
    """What was counted."""
    assert stage.ask("GET", "/images/stats")["total"]["uploads"]


READING = (
    a_list_is_read_page_by_page,
    a_label_is_searched,
    an_image_is_shown_with_what_it_was,
    an_image_that_waits_is_shown,
    a_thumbnail_is_made_and_led_to,
    the_day_is_told,
)

"""Exercises of the functions that add to images, erase them and write them out."""

import requests

from tests.grants.stage import Stage


def another_look_is_queued(stage: Stage) -> None:
    """The wish lies in the queue of uploads."""
    image_id = stage.recognized()
    asked = stage.ask("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.message("UploadsQueueUrl", asked["request"])


def a_correction_is_kept(stage: Stage) -> None:
    """Beside the answer."""
    image_id = stage.recognized()
    stage.ask("POST", f"/images/{image_id}/corrections", 201, json={"labels": ["dog"]})


def an_image_that_waits_is_not_corrected(stage: Stage) -> None:
    """It is told that it waits, which its object shows."""
    image_id = stage.put()["image_id"]
    stage.ask("POST", f"/images/{image_id}/corrections", 409, json={"labels": ["dog"]})


def nothing_is_left_of_an_image(stage: Stage) -> None:
    """With a derived picture, an answer before and what was remembered of its bytes."""
    image_id = stage.recognized()
    stage.ask("GET", f"/images/{image_id}/thumbnail", 302)
    stage.ask("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    removed = stage.ask("DELETE", f"/images/{image_id}")["removed"]
    assert all(removed.values()), removed
    stage.ask("GET", f"/images/{image_id}", 404)
    stage.message("EventsQueueUrl", "image.erased")


def a_table_is_written_out(stage: Stage) -> None:
    """Two images, one a file, the second asked for with a cursor; each file is opened by its link."""
    for _ in range(2):
        stage.recognized()
    asked = {"format": "csv", "limit": "1"}
    first = stage.ask("GET", "/images/export", params=asked)
    second = stage.ask("GET", "/images/export", params=asked | {"cursor": first["next_cursor"]})
    assert [requests.get(part["url"], timeout=30).status_code for part in (first, second)] == [200, 200]


def what_was_searched_for_is_written_out_whole(stage: Stage) -> None:
    """With the sizes of pictures, which Rekognition does not tell."""
    stage.recognized(detector="rekognition")
    asked = {"format": "coco", "label": "cat", "detector": "rekognition", "limit": "1"}
    written = stage.ask("GET", "/images/export", params=asked)
    assert (written["images"], written["left_out"]) == (1, 0)


AMEND = (another_look_is_queued, a_correction_is_kept, an_image_that_waits_is_not_corrected)
ERASE = (nothing_is_left_of_an_image,)
EXPORT = (a_table_is_written_out, what_was_searched_for_is_written_out_whole)

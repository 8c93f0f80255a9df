"""Exercises of the functions that amend, erase and export images."""

import requests

from tests.grants.stage import Stage


def a_request_to_recognize_again_is_queued(stage: Stage) -> None:
    """Queue the request in the uploads queue."""
    image_id = stage.recognized()
    queued = stage.request("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.message("UploadsQueueUrl", queued["request"])


def a_correction_is_stored(stage: Stage) -> None:
    """Store a correction beside the outcome."""
    image_id = stage.recognized()
    stage.request("POST", f"/images/{image_id}/corrections", 201, json={"labels": ["dog"]})


def a_queued_image_is_not_corrected(stage: Stage) -> None:
    """Refuse a correction: the object shows that the image is queued."""
    image_id = stage.put()["image_id"]
    stage.request("POST", f"/images/{image_id}/corrections", 409, json={"labels": ["dog"]})


def an_image_is_erased(stage: Stage) -> None:
    """Erase an image with a derived picture, an earlier outcome and its cached result."""
    image_id = stage.recognized()
    stage.request("GET", f"/images/{image_id}/thumbnail", 302)
    stage.request("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    removed = stage.request("DELETE", f"/images/{image_id}")["removed"]
    assert all(removed.values()), removed
    stage.request("GET", f"/images/{image_id}", 404)
    stage.message("EventsQueueUrl", "image.erased")


def a_table_is_exported(stage: Stage) -> None:
    """Export two images into a file each, the second by a cursor, and open the files by their links."""
    for _ in range(2):
        stage.recognized()
    query = {"format": "csv", "limit": "1"}
    first = stage.request("GET", "/images/export", params=query)
    second = stage.request("GET", "/images/export", params=query | {"cursor": first["next_cursor"]})
    assert [requests.get(part["url"], timeout=30).status_code for part in (first, second)] == [200, 200]


def a_search_is_exported(stage: Stage) -> None:
    """Export with the sizes of pictures, which Rekognition does not return."""
    stage.recognized(detector="rekognition")
    query = {"format": "coco", "label": "cat", "detector": "rekognition", "limit": "1"}
    export = stage.request("GET", "/images/export", params=query)
    assert (export["images"], export["left_out"]) == (1, 0)


AMEND = (a_request_to_recognize_again_is_queued, a_correction_is_stored, a_queued_image_is_not_corrected)
ERASE = (an_image_is_erased,)
EXPORT = (a_table_is_exported, a_search_is_exported)

"""Exercises of the function that works off the queue of uploads."""

import io

from PIL import Image

from tests.grants.stage import Stage


def an_image_is_answered(stage: Stage) -> None:
    """With options, by the edge model."""
    image_id = stage.recognized(detector="edge")
    assert stage.ask("GET", f"/images/{image_id}")["recognition"]["detector"] == "edge"


def rekognition_answers(stage: Stage) -> None:
    """Where it is asked for."""
    image_id = stage.recognized(detector="rekognition")
    assert stage.ask("GET", f"/images/{image_id}")["recognition"]["detector"] == "rekognition"


def what_rekognition_cannot_read_is_made_readable(stage: Stage) -> None:
    """A picture in a format that it does not know, derived first."""
    file = io.BytesIO()
    Image.new("RGB", (200, 100), (next(stage.numbers) % 256, 80, 80)).save(file, "WEBP")
    image_id = stage.recognized(file.getvalue(), "cat.webp", detector="rekognition")
    assert stage.ask("GET", f"/images/{image_id}")["status"] == "recognized"


def an_object_that_is_gone_is_rejected(stage: Stage) -> None:
    """It is not tried again, as one that is denied would be."""
    put = stage.put(detector="edge")
    message = stage.message("UploadsQueueUrl", put["image_id"])
    stage.client("s3").delete_object(Bucket=put["bucket"], Key=put["key"], VersionId=put["version"])
    stage.work_off("Recognize", message)


def an_image_is_looked_at_again(stage: Stage) -> None:
    """The answer before it is put aside, and once there is one it is found no more by what it was."""
    image_id = stage.recognized()
    for _ in range(2):
        stage.ask("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
        stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    assert len(stage.ask("GET", f"/images/{image_id}")["earlier"]) == 2


def retries_are_paced(stage: Stage) -> None:
    """A message that makes no sense comes back soon."""
    stage.work_off("Recognize", stage.send("UploadsQueueUrl", "no S3 event"), failing=True)


def what_rekognition_has_no_time_for_is_put_off(stage: Stage) -> None:
    """Its message is done with, and another waits."""
    image_id = stage.put(name="cat.busy", detector="rekognition")["image_id"]
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))


RECOGNIZE = (
    an_image_is_answered,
    rekognition_answers,
    what_rekognition_cannot_read_is_made_readable,
    an_object_that_is_gone_is_rejected,
    an_image_is_looked_at_again,
    retries_are_paced,
    what_rekognition_has_no_time_for_is_put_off,
)

"""Exercises of the function that works off the uploads queue."""

import io
import json

from PIL import Image

from domain.detectors import DETECTORS
from tests.grants.stage import Stage, tried
from wire.aws.retry_policy import UPLOADS


def an_image_is_recognized(stage: Stage) -> None:
    """Recognize an image with options by the edge model."""
    image_id = stage.recognized(detector="edge")
    assert stage.request("GET", f"/images/{image_id}")["recognition"]["detector"] == "edge"


def rekognition_recognizes(stage: Stage) -> None:
    """Recognize an image with each operation of Rekognition."""
    for detector in (name for name, spec in DETECTORS.items() if spec.rekognition):
        image_id = stage.recognized(detector=detector)
        assert stage.request("GET", f"/images/{image_id}")["recognition"]["detector"] == detector


def another_format_is_converted(stage: Stage) -> None:
    """Convert a picture in a format that Rekognition does not read."""
    file = io.BytesIO()
    Image.new("RGB", (200, 100), (next(stage.numbers) % 256, 80, 80)).save(file, "WEBP")
    image_id = stage.recognized(file.getvalue(), "cat.webp", detector="rekognition")
    assert stage.request("GET", f"/images/{image_id}")["status"] == "recognized"


def a_deleted_object_is_rejected(stage: Stage) -> None:
    """Reject the image without a retry, which a denied read would need."""
    put = stage.put(detector="edge")
    message = stage.message("UploadsQueueUrl", put["image_id"])
    stage.client("s3").delete_object(Bucket=put["bucket"], Key=put["key"], VersionId=put["version"])
    stage.work_off("Recognize", message)


def an_object_without_a_version_is_recognized(stage: Stage) -> None:
    """Read the options of an object whose event names no version."""
    message = stage.message("UploadsQueueUrl", stage.put(detector="rekognition")["image_id"])
    body = json.loads(message["body"])
    del body["Records"][0]["s3"]["object"]["versionId"]
    stage.work_off("Recognize", message | {"body": json.dumps(body)})


def an_image_is_recognized_again(stage: Stage) -> None:
    """Keep the earlier outcome and remove its index rows."""
    image_id = stage.recognized()
    for _ in range(2):
        stage.request("POST", f"/images/{image_id}/recognitions", 202, json={"detector": "rekognition"})
        stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))
    assert len(stage.request("GET", f"/images/{image_id}")["earlier"]) == 2


def retries_are_paced(stage: Stage) -> None:
    """Hide an invalid message until its retry."""
    stage.work_off("Recognize", stage.send("UploadsQueueUrl", "no S3 event"), failing=True)


def a_message_is_tried_again_and_given_up(stage: Stage) -> None:
    """Send an invalid message again after its second try, and to the dead letters after its last one."""
    message = stage.send("UploadsQueueUrl", "no S3 event")
    stage.work_off("Recognize", tried(message, 1))
    stage.message("UploadsQueueUrl", message["body"])
    stage.work_off("Recognize", tried(message, UPLOADS.tries - 1))
    stage.message("UploadsDeadQueueUrl", message["body"])


def a_throttled_image_is_put_off(stage: Stage) -> None:
    """Remove the message and queue another."""
    image_id = stage.put(name="cat.busy", detector="rekognition")["image_id"]
    stage.work_off("Recognize", stage.message("UploadsQueueUrl", image_id))


RECOGNIZE = (
    an_image_is_recognized,
    rekognition_recognizes,
    another_format_is_converted,
    a_deleted_object_is_rejected,
    an_object_without_a_version_is_recognized,
    an_image_is_recognized_again,
    retries_are_paced,
    a_message_is_tried_again_and_given_up,
    a_throttled_image_is_put_off,
)

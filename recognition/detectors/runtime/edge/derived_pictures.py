"""Pictures that the edge function derives from images: made on first use, then read from their bucket."""

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypedDict

from botocore.exceptions import ClientError

from domain.ids import digest
from domain.image import Image
from domain.options import Options
from recognition.detectors.runtime.edge.detector import EdgeDetector
from recognition.detectors.runtime.edge.protocol import reference
from recognition.results.runtime.entry import Entry

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

Detections = Sequence[dict[str, Any]]


class S3Location(TypedDict):
    """Bucket and key, as the arguments of S3's object operations."""

    Bucket: str
    Key: str


DRAWN_MIN_CONFIDENCE = 0.3
"""Lowest confidence of a box that is drawn by default: a detector's many doubtful boxes would cover the picture."""

_DRAWN_FIELDS = ("label", "confidence", "box", "outline")


class PictureError(Exception):
    """The edge function cannot derive a picture. `code` is stable, `detail` is for the caller."""

    def __init__(self, code: str, detail: str, *, retryable: bool) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable


class DerivedPictures:
    """The bucket of derived pictures. The key of a picture changes with its content."""

    def __init__(self, s3: "S3Client", edge: EdgeDetector, bucket: str) -> None:
        self._s3, self._edge, self._bucket = s3, edge, bucket

    def location(self, image: Image, kind: str, detections: Detections = ()) -> S3Location:
        """Return the location of a picture, which is derived if it does not exist.

        Raises PictureError or DetectorError.
        """
        drawn = [{name: detection[name] for name in _DRAWN_FIELDS if name in detection} for detection in detections]
        location = picture_location(self._bucket, image, kind, drawn)
        if not self._exists(location):
            derive(self._edge, image, kind, location, drawn)
        return location

    def _exists(self, location: S3Location) -> bool:
        try:
            self._s3.head_object(**location)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            return False
        return True


def derive(edge: EdgeDetector, image: Image, kind: str, location: S3Location, detections: Detections = ()) -> None:
    """Have the edge function derive one picture; raises PictureError or DetectorError."""
    (result,) = edge.derive(
        {
            **reference(image),
            "kind": kind,
            "into": {"bucket": location["Bucket"], "key": location["Key"]},
            "detections": list(detections),
        }
    )
    if error := result.get("error"):
        raise PictureError(error["code"], error["detail"], retryable=error.get("retryable", False))


def picture_location(bucket: str, image: Image, kind: str, detections: Detections = ()) -> S3Location:
    """Return the location of a picture of this kind, whether it exists or not."""
    content = digest(image.key, image.version, json.dumps(detections))
    return {"Bucket": bucket, "Key": f"{image.owner}/{image.image_id}/{kind}-{content[:16]}.jpg"}


def drawn_detections(entry: Entry, query: Options) -> list[dict[str, Any]]:
    """Return the detections to draw: those of the JSON form, without doubtful boxes unless options select them."""
    body = entry.to_dict(top_k=query.top_k, min_confidence=query.min_confidence)
    detections: list[dict[str, Any]] = body["recognition"]["detections"]
    if query.min_confidence is not None or entry.options.min_confidence is not None:
        return list(detections)
    return [
        detection
        for detection in detections
        if detection["confidence"] >= DRAWN_MIN_CONFIDENCE or not {"box", "outline"} & detection.keys()
    ]

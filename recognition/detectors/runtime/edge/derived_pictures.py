"""Pictures made of images by the edge function, kept in a bucket of their own, made when first asked for."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from domain.ids import digest
from domain.image import Image
from domain.options import Options
from recognition.detectors.runtime.edge.detector import EdgeDetector, reference
from recognition.results.runtime.entry import Entry

Detections = Sequence[Mapping[str, Any]]
Place = dict[str, str]
"""Bucket and Key, as the arguments that S3's object operations take."""

DRAWN_FROM = 0.3
"""How sure a box must be to be drawn where nobody says: a detector's doubts would cover the picture."""

_DRAWN = ("label", "confidence", "box", "outline")


class PictureError(Exception):
    """The edge function cannot make it: a stable `code`, a `detail` for the caller, whether another try may help."""

    def __init__(self, code: str, detail: str, *, retryable: bool) -> None:
        super().__init__(detail)
        self.code, self.detail, self.retryable = code, detail, retryable


class Pictures:
    """The collection; a picture's key changes whenever the picture would."""

    def __init__(self, s3: Any, edge: EdgeDetector, bucket: str) -> None:
        self._s3, self._edge, self._bucket = s3, edge, bucket

    def of(self, image: Image, kind: str, detections: Detections = ()) -> Place:
        """Where the picture lies; raises PictureError or DetectorError."""
        seen = [{name: each[name] for name in _DRAWN if name in each} for each in detections]
        place = place_of(self._bucket, image, kind, seen)
        if not self._is_there(place):
            derive(self._edge, image, kind, place, seen)
        return place

    def _is_there(self, place: Place) -> bool:
        try:
            self._s3.head_object(**place)
        except ClientError as error:
            if error.response["ResponseMetadata"]["HTTPStatusCode"] != 404:
                raise
            return False
        return True


def derive(edge: EdgeDetector, image: Image, kind: str, place: Place, seen: Detections = ()) -> None:
    """Have the edge function make one picture; raises PictureError or DetectorError."""
    into = {"bucket": place["Bucket"], "key": place["Key"]}
    (result,) = edge.derive(reference(image) | {"kind": kind, "into": into, "detections": seen})
    if error := result.get("error"):
        raise PictureError(error["code"], error["detail"], retryable=error["retryable"])


def place_of(bucket: str, image: Image, kind: str, seen: Detections = ()) -> Place:
    """Where a picture of that kind lies, or would."""
    content = digest(image.key, image.version, json.dumps(seen))
    return {"Bucket": bucket, "Key": f"{image.owner}/{image.image_id}/{kind}-{content[:16]}.jpg"}


def drawn(entry: Entry, asked: Options) -> list[dict[str, Any]]:
    """What of an entry's answer is drawn on it: what a reader is shown, and no doubtful boxes unless asked for."""
    shown = entry.to_dict(top_k=asked.top_k, min_confidence=asked.min_confidence)["recognition"]["detections"]
    if asked.min_confidence is not None or entry.options.min_confidence is not None:
        return list(shown)
    return [each for each in shown if each["confidence"] >= DRAWN_FROM or not {"box", "outline"} & each.keys()]

"""Look-up of the image whose ID is in a request's path, among the images of the caller."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domain.ids import is_id
from domain.image import ID_PREFIX, images_prefix
from domain.recognition import Rejection
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.keys import ImageKey
from recognition.results.runtime.recognitions import Recognitions
from wire.http.api import ApiError, Request, owner, path

if TYPE_CHECKING:
    from types_boto3_dynamodb.client import DynamoDBClient
    from types_boto3_s3.client import S3Client


@dataclass(frozen=True, slots=True)
class QueuedImage:
    """An image without an entry: only its object is stored."""

    image_id: str
    name: str


class ImageLookup:
    """Finds the entry of an image, or the uploaded object of an image without an entry."""

    def __init__(self, recognitions: Recognitions, s3: "S3Client", bucket: str) -> None:
        self._recognitions, self._s3, self._bucket = recognitions, s3, bucket

    def find(self, request: Request) -> Entry | QueuedImage:
        """Return the image; raises ApiError 404 `no_such_image`."""
        key = image_key_of(request)
        return self._recognitions.get(*key) or self._queued(key)

    def finished(self, request: Request) -> Entry:
        """Return the entry of a recognized or rejected image; raises ApiError 404, or 409 `not_recognized`."""
        found = self.find(request)
        if isinstance(found, QueuedImage):
            raise ApiError(409, "not_recognized", f"{found.name} has no result yet; try again.", retryable=True)
        return found

    def recognized(self, request: Request) -> Entry:
        """Return the entry of a recognized image; raises ApiError 404, or 409 `not_recognized`."""
        entry = self.finished(request)
        if isinstance(entry.outcome, Rejection):
            raise ApiError(409, "not_recognized", f"{entry.image.name} was rejected: {entry.outcome.detail}")
        return entry

    def _queued(self, key: ImageKey) -> QueuedImage:
        stored = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=images_prefix(*key), MaxKeys=1)
        if not stored["KeyCount"]:
            raise no_such_image()
        return QueuedImage(key.image_id, stored["Contents"][0]["Key"].rsplit("/", 1)[-1])


def image_key_of(request: Request) -> ImageKey:
    """Return the caller and the image ID of the path; raises ApiError 404 if the path holds no image ID."""
    caller, image_id = owner(request), path(request, "image_id")
    if not is_id(ID_PREFIX, image_id):
        raise no_such_image()
    return ImageKey(caller, image_id)


def no_such_image() -> ApiError:
    """Return the problem for an image that never existed, belongs to another owner, or has been erased."""
    return ApiError(404, "no_such_image", "There is no such image; the response to an upload contains the ID.")


def image_lookup(environment: Mapping[str, str], dynamodb: "DynamoDBClient", s3: "S3Client") -> ImageLookup:
    """Return the lookup in the table and the bucket that the environment names."""
    return ImageLookup(Recognitions(dynamodb, environment["RECOGNITIONS_TABLE"]), s3, environment["IMAGES_BUCKET"])

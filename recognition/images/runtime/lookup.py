"""The image that a route's path names, if it is one of the caller's."""

from dataclasses import dataclass
from typing import Any

from domain.ids import is_id
from domain.image import ID_PREFIX, images_prefix
from domain.recognition import Rejection
from recognition.results.runtime.entry import Entry
from recognition.results.runtime.recognitions import Recognitions
from wire.http.api import ApiError, Request, owner, path


@dataclass(frozen=True, slots=True)
class Queued:
    """An image that has no answer yet: its object is all there is of it."""

    image_id: str
    name: str


class NamedImages:
    """Looks for the answer first, and where there is none for the object, which is the record of an upload."""

    def __init__(self, recognitions: Recognitions, s3: Any, bucket: str) -> None:
        self._recognitions, self._s3, self._bucket = recognitions, s3, bucket

    def find(self, request: Request) -> Entry | Queued:
        """Raises ApiError 404 `no_such_image`."""
        whose, image_id = owner(request), image_id_of(request)
        return self._recognitions.get(whose, image_id) or self._queued(whose, image_id)

    def answered(self, request: Request) -> Entry:
        """The image once it has been recognised or rejected; raises ApiError 404, or 409 `not_recognized`."""
        found = self.find(request)
        if isinstance(found, Queued):
            raise ApiError(409, "not_recognized", f"{found.name} has no answer yet; try again.", retryable=True)
        return found

    def recognized(self, request: Request) -> Entry:
        """The image once it has been recognised; raises ApiError 404, or 409 `not_recognized`."""
        entry = self.answered(request)
        if isinstance(entry.outcome, Rejection):
            raise ApiError(409, "not_recognized", f"{entry.image.name} was rejected: {entry.outcome.detail}")
        return entry

    def _queued(self, whose: str, image_id: str) -> Queued:
        stored = self._s3.list_objects_v2(Bucket=self._bucket, Prefix=images_prefix(whose, image_id), MaxKeys=1)
        if not stored["KeyCount"]:
            raise no_such_image()
        return Queued(image_id, stored["Contents"][0]["Key"].rsplit("/", 1)[-1])


def image_id_of(request: Request) -> str:
    """The id in the path; raises ApiError 404 where it is none."""
    image_id = path(request, "image_id")
    if not is_id(ID_PREFIX, image_id):
        raise no_such_image()
    return image_id


def no_such_image() -> ApiError:
    """The refusal, the same for what never was, what is another's, and what has been erased."""
    return ApiError(404, "no_such_image", "There is no such image; ids come from the answer to an upload.")

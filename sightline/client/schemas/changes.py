"""The responses to requests that change an image or announce a new one."""

from typing import TypedDict

from sightline.client.schemas.image import Correction


class StorageForm(TypedDict):
    """A presigned form: the URL to post it to, and its fields."""

    url: str
    fields: dict[str, str]


class UploadForm(TypedDict):
    """The id of a new image, and the form that uploads its file."""

    image_id: str
    upload: StorageForm


class QueuedRequest(TypedDict):
    """An accepted request to recognize an image again."""

    request: str
    image_id: str
    status: str


class StoredCorrection(Correction):
    """A correction as it was stored."""

    image_id: str


class Erasure(TypedDict):
    """The receipt of an erasure; `removed` holds the erased objects and rows, by their kind."""

    image_id: str
    status: str
    erased_at: str
    removed: dict[str, object]

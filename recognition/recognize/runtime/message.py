"""Read a message of the uploads queue, and check every field that recognizing its images relies on."""

import re
from datetime import datetime

from domain.ids import is_id
from domain.image import ID_PREFIX, Image
from domain.options import Options
from recognition.recognize.runtime.request import REQUEST_PREFIX, RecognitionRequest

_SEQUENCER = re.compile(r"[0-9A-Fa-f]{32,64}")
_MOST_BYTES = 1024
"""The longest key, and the longest version, in UTF-8: https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html"""
_LARGEST_SIZE = 2**63


class MessageError(ValueError):
    """A message holds something that no image of this deployment has, so that no further try can help."""


def read_requests(body: str, tries: int, bucket: str) -> list[RecognitionRequest]:
    """Return the requests of a message, all of them about images in `bucket`.

    Raises MessageError, or an exception of any kind if the message has another shape.
    """
    requests = RecognitionRequest.from_message(body, tries)
    for request in requests:
        _check_image(request.image, bucket)
        if request.request and not is_id(REQUEST_PREFIX, request.request):
            raise MessageError("The id of the request is invalid.")
        if request.options:
            Options.from_dict({name: getattr(request.options, name) for name in Options.__slots__})
    return requests


def _check_image(image: Image, bucket: str) -> None:
    if image.bucket != bucket:
        raise MessageError("The image is in a bucket of another deployment.")
    texts = (image.owner, image.name, image.key, image.version)
    if not all(map(_is_text, texts)) or not (image.content == "" or _is_text(image.content)):
        raise MessageError("The owner, name, key or version of the image is no text of 1 to 1,024 bytes.")
    if not is_id(ID_PREFIX, image.image_id) or not _SEQUENCER.fullmatch(image.sequencer):
        raise MessageError("The id or the sequencer of the image is invalid.")
    if type(image.size) is not int or not 0 <= image.size < _LARGEST_SIZE or type(image.has_options) is not bool:
        raise MessageError("The size of the image, or its mark of options, is invalid.")
    datetime.fromisoformat(image.received_at)


def _is_text(value: object) -> bool:
    """Return whether it is a text of 1 to 1,024 bytes; raises UnicodeEncodeError for a lone surrogate."""
    return isinstance(value, str) and 0 < len(value.encode()) <= _MOST_BYTES

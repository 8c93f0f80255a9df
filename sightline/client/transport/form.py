"""A presigned form as a request body that reports its progress and can be interrupted."""

import threading
from collections.abc import Callable, Mapping

from urllib3.filepost import encode_multipart_formdata

from sightline.client.transport.retries import Interrupted

Progress = Callable[[float], None]
"""Takes the fraction of a picture by which sending advanced; negative where it starts over."""


class Form:
    """The fields, then the picture: S3 ignores every field after the file."""

    def __init__(
        self, fields: Mapping[str, str], picture: bytes, advance: Progress, interrupted: threading.Event
    ) -> None:
        # S3 ignores the file name, because the key is among the fields; a constant one needs no encoding.
        file = ("picture", picture, fields["Content-Type"])
        self._body, self.content_type = encode_multipart_formdata([*fields.items(), ("file", file)])
        self._position, self._advance, self._interrupted = 0, advance, interrupted

    def __len__(self) -> int:
        return len(self._body)

    def read(self, size: int = -1) -> bytes:
        """Return the next piece; raises Interrupted after the user has interrupted."""
        if self._interrupted.is_set():
            raise Interrupted
        piece = self._body[self._position :] if size < 0 else self._body[self._position : self._position + size]
        self._move(len(piece))
        return piece

    def rewind(self) -> None:
        """Start over, for another attempt."""
        self._move(-self._position)

    def _move(self, length: int) -> None:
        self._position += length
        self._advance(length / len(self._body))

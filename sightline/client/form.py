"""A form for S3 as a request's body that tells how far it was read, and that can be stopped."""

import threading
from collections.abc import Callable, Mapping

from urllib3.filepost import encode_multipart_formdata

from sightline.client.api import Stopped

Tell = Callable[[float], None]
"""Told by which part of a picture the sending has advanced; negative where it begins anew."""


class Form:
    """`fields`, then the picture: S3 ignores whatever follows the file."""

    def __init__(self, fields: Mapping[str, str], picture: bytes, tell: Tell, stopped: threading.Event) -> None:
        # A name of the file's own would have to be encoded, and S3 wants none: the key is among the fields.
        file = ("picture", picture, fields["Content-Type"])
        self._body, self.content_type = encode_multipart_formdata([*fields.items(), ("file", file)])
        self._at, self._tell, self._stopped = 0, tell, stopped

    def __len__(self) -> int:
        return len(self._body)

    def read(self, size: int = -1) -> bytes:
        """The next piece; raises Stopped once the user has interrupted."""
        if self._stopped.is_set():
            raise Stopped
        piece = self._body[self._at :] if size < 0 else self._body[self._at : self._at + size]
        self._move(len(piece))
        return piece

    def rewind(self) -> None:
        """Begin anew, for another try."""
        self._move(-self._at)

    def _move(self, length: int) -> None:
        self._at += length
        self._tell(length / len(self._body))

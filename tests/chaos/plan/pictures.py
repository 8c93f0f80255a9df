"""The bytes that are uploaded, each content its own, and a server that hands them to the upload by URL."""

import hashlib
import io
from functools import cache
from http.server import BaseHTTPRequestHandler

from PIL import Image as Picture

BROKEN = 10_000
"""Contents from here on are no pictures at all."""


@cache
def _small() -> bytes:
    buffer = io.BytesIO()
    Picture.linear_gradient("L").resize((96, 96)).convert("RGB").save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def content(number: int) -> bytes:
    """Behind its end a JPEG may hold anything: the same number, the same bytes."""
    return b"no picture, number %d" % number if number >= BROKEN else _small() + b"%d" % number


def known_as(number: int) -> str:
    """What the product knows these bytes by: S3's ETag and the size."""
    said = content(number)
    return f"{hashlib.md5(said, usedforsecurity=False).hexdigest()}-{len(said)}"


class PictureHandler(BaseHTTPRequestHandler):
    """Answers GET /<number>.jpg ."""

    def do_GET(self) -> None:
        """Send the picture."""
        body = content(int(self.path.removeprefix("/").removesuffix(".jpg")))
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""

"""The uploaded bytes, one content for each number, and a server from which uploads by URL fetch them."""

import hashlib
import io
from functools import cache
from http.server import BaseHTTPRequestHandler

from PIL import Image as Picture

BROKEN = 10_000
"""Contents with this number and above are no pictures."""


@cache
def _small() -> bytes:
    buffer = io.BytesIO()
    Picture.linear_gradient("L").resize((96, 96)).convert("RGB").save(buffer, "JPEG", quality=60)
    return buffer.getvalue()


def content(number: int) -> bytes:
    """Return the bytes of a content; a JPEG may hold anything after its end, so the number makes them unique."""
    return b"no picture, number %d" % number if number >= BROKEN else _small() + b"%d" % number


def etag_and_size(number: int) -> str:
    """Return the content's S3 ETag and size, by which the product identifies equal bytes."""
    body = content(number)
    return f"{hashlib.md5(body, usedforsecurity=False).hexdigest()}-{len(body)}"


class PictureHandler(BaseHTTPRequestHandler):
    """Serves GET /<number>.jpg."""

    def do_GET(self) -> None:
        """Send the picture."""
        body = content(int(self.path.removeprefix("/").removesuffix(".jpg")))
        self.send_response(200)
        self.send_header("Content-Type", "image/jpeg")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

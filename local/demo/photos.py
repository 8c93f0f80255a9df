"""A file server with three photographs that come with scikit-image."""

import importlib.util
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path

from local import loopback

PHOTOS = {"cat": "chelsea.png", "coffee": "coffee.png", "astronaut": "astronaut.png"}


def path(name: str) -> Path:
    """Return the file of the photograph of this name, without importing scikit-image, which is slow."""
    package = importlib.util.find_spec("skimage")
    assert package, "scikit-image is among the requirements"
    return Path(str(package.origin)).parent / "data" / PHOTOS[name]


class PhotoHandler(BaseHTTPRequestHandler):
    """Serves GET /<name>.png ."""

    def do_GET(self) -> None:
        """Send the photograph."""
        name = self.path.removeprefix("/").removesuffix(".png")
        if name not in PHOTOS:
            return self.send_error(HTTPStatus.NOT_FOUND)
        photo = path(name).read_bytes()
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", "image/png")
        self.send_header("Content-Length", str(len(photo)))
        self.end_headers()
        self.wfile.write(photo)
        return None


if __name__ == "__main__":
    loopback.serve_inherited(PhotoHandler)

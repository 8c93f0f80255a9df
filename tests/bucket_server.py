"""An S3 server on a real socket that stores an object only after all of its declared bytes have been received.

It returns `every_object` for each GET, where that is set.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class BucketServer(ThreadingHTTPServer):
    """Stores the bodies of requests in `objects`, by path; `puts` counts the requests."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Put)
        self.objects: dict[str, bytes] = {}
        self.every_object: bytes | None = None
        self.puts = 0
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Print no error: the tests send bodies that break off."""


class _Put(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: BucketServer

    def do_PUT(self) -> None:
        self.server.puts += 1
        length = int(self.headers["Content-Length"])
        body = self.rfile.read(length)
        if len(body) == length:
            self.server.objects[self.path] = body
            self.send_response(200)
            self.send_header("ETag", '"e"')
            self.send_header("Content-Length", "0")
            self.end_headers()

    def do_GET(self) -> None:
        body = self.server.every_object or b""
        self.send_response(200 if body else 404)
        self.send_header("ETag", '"e"')
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """Run a bucket for the time of a test."""
    server = BucketServer()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

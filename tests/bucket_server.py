"""An S3 that takes objects over a real socket, and keeps one only when all of its declared bytes have come."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class BucketServer(ThreadingHTTPServer):
    """`objects` are the bodies kept, by path; `puts` counts what was begun."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Put)
        self.objects: dict[str, bytes] = {}
        self.puts = 0
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A body that breaks off is what the tests are about."""


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

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def bucket_server() -> Iterator[BucketServer]:
    """A bucket for the time of a test."""
    server = BucketServer()
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()

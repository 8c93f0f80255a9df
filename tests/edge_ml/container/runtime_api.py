"""The Lambda runtime API on loopback: https://docs.aws.amazon.com/lambda/latest/dg/runtimes-api.html"""

import json
import queue
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Self

PREFIX = "/2018-06-01/runtime/"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:edge"


class RuntimeAPI(ThreadingHTTPServer):
    """Serves events to a runtime, and returns its posts as (kind, content)."""

    daemon_threads = True

    def __init__(self, timeout: float) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seconds = timeout
        self.events: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self.posted: queue.Queue[tuple[str, Any]] = queue.Queue()
        self._thread = Thread(target=self.serve_forever)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"

    def invoke(self, event: dict[str, Any]) -> tuple[str, Any]:
        self.events.put(event)
        return self.next_post()

    def next_post(self) -> tuple[str, Any]:
        return self.posted.get(timeout=self.seconds)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.events.put(None)
        self.shutdown()
        self._thread.join()
        self.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: RuntimeAPI

    def do_GET(self) -> None:
        assert self.path == f"{PREFIX}invocation/next"
        event = self.server.events.get()
        if event is None:
            self.close_connection = True
            return
        headers = {
            "Aws-Request-Id": "request-1",
            "Deadline-Ms": str(int((time.time() + self.server.seconds) * 1000)),
            "Invoked-Function-Arn": ARN,
            "Trace-Id": "Root=1",
        }
        self._respond(200, json.dumps(event).encode(), headers)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        kind = self.path.removeprefix(PREFIX).replace("invocation/request-1/", "")
        self._respond(202, b'{"status":"OK"}', {})
        self.server.posted.put((kind, json.loads(body)))

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def _respond(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(f"Lambda-Runtime-{name}", value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

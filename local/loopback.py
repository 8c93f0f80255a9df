"""Small HTTP servers on free ports of the loopback interface: in a thread of a test, or detached by `make run`."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from local.processes import detached
from local.processes.detached import Command, Process
from local.processes.environment import clean

ROOT = Path(__file__).parent.parent
Handler = Callable[..., BaseHTTPRequestHandler]


@contextmanager
def serving(handler: Handler) -> Iterator[str]:
    """Serve in a thread; yields the base URL."""
    with _listener() as listener, _server(listener, handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield _url(server.server_address[1])
        finally:
            server.shutdown()
            thread.join()


def adopt_or_start(directory: Path, name: str) -> str:
    """Return the base URL of `local.demo.<name>`, served by a detached process: the running one, else a new one."""
    process = detached.running(directory, name) or _start(directory, name)
    return _url(process.port)


def serve_inherited(handler: Handler) -> None:
    """Serve on the listening socket whose file descriptor is the first argument of this process."""
    with socket.socket(fileno=int(sys.argv[1])) as listener, _server(listener, handler) as server:
        server.serve_forever()


def _start(directory: Path, name: str) -> Process:
    # The socket listens before its process runs: no caller has to wait, and no other process can take the port.
    with _listener() as listener:
        descriptor = listener.fileno()
        command = Command(
            (sys.executable, "-m", f"local.demo.{name}", str(descriptor)), ROOT, clean({}), inherited=(descriptor,)
        )
        return detached.start(directory, name, command, port=listener.getsockname()[1])


def _listener() -> socket.socket:
    return socket.create_server(("127.0.0.1", 0), backlog=128)


def _server(listener: socket.socket, handler: Handler) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(listener.getsockname(), handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_address = listener.getsockname()
    return server


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"

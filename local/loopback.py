"""Small HTTP servers on free ports of the loopback interface: in a thread of a test, or detached by `make run`."""

import socket
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
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


def adopt_or_start(directory: Path, module: str, environment: Mapping[str, str] | None = None) -> str:
    """Return the base URL of a module that serves in a detached process: the running one, else a new one.

    A new process has the port of the one that died, if it is free.
    """
    name = name_of(module)
    process = detached.running(directory, name) or _start(directory, module, environment or {})
    return _url(process.port)


def name_of(module: str) -> str:
    """Return the name under which the process of a module is recorded."""
    return module.rpartition(".")[2]


def serve_inherited(handler: Handler) -> None:
    """Serve on the listening socket whose file descriptor is the first argument of this process."""
    with socket.socket(fileno=int(sys.argv[1])) as listener, _server(listener, handler) as server:
        server.serve_forever()


def _start(directory: Path, module: str, environment: Mapping[str, str]) -> Process:
    dead = detached.recorded(directory, name_of(module))
    # The socket listens before its process runs: no caller has to wait, and no other process can take the port.
    with _listener(dead.port if dead else 0) as listener:
        descriptor = listener.fileno()
        arguments = (sys.executable, "-m", module, str(descriptor))
        command = Command(arguments, ROOT, clean(environment), inherited=(descriptor,))
        return detached.start(directory, name_of(module), command, port=listener.getsockname()[1])


def _listener(port: int = 0) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError:
        if not port:
            raise
        return _listener()


def _server(listener: socket.socket, handler: Handler) -> ThreadingHTTPServer:
    server = ThreadingHTTPServer(listener.getsockname(), handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    server.server_address = listener.getsockname()
    return server


def _url(port: int) -> str:
    return f"http://127.0.0.1:{port}"

"""Connections to hosts that callers name; the addresses of a host are checked here and nowhere else.

The name is resolved once, every address is checked, and the connection goes to a checked address; Host, SNI and the
certificate check use the name. A library that resolves the name again after a check may get another address.
"""

import socket
import threading
import time
from functools import cache
from http.client import HTTPConnection
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from wire.outbound.deadline_socket import DeadlineSocket, connection_error
from wire.outbound.framing import StrictResponse
from wire.outbound.policy import Policy, check_addresses, check_target
from wire.outbound.target import Address, Target, TargetError

if TYPE_CHECKING:
    import ssl


def connection(target: Target, policy: Policy, deadline: float, user: str = "") -> "OutboundConnection":
    """Return a connection to the target, not opened yet; `deadline` is a time of `time.monotonic()`.

    Raises TargetError `url_blocked`.
    """
    check_target(target, policy)
    return OutboundConnection(target, policy, deadline, user)


class OutboundConnection(HTTPConnection):
    """An `http.client` connection that reaches only addresses that its policy allows, and ends at its `deadline`.

    The deadline bounds the sum of resolving, connecting, headers and body, however slowly the bytes arrive. Set it
    again before each request on a persistent connection, which serves one `user` only. Raises TargetError; protocol
    errors stay `http.client.HTTPException`.
    """

    response_class = StrictResponse

    def __init__(self, target: Target, policy: Policy, deadline: float, user: str = "") -> None:
        super().__init__(target.host, target.port)
        self.default_port = 443 if target.scheme == "https" else 80
        self.target, self.policy, self.deadline, self.user = target, policy, deadline, user

    def connect(self) -> None:
        """Resolve the name once, check every address, connect to the first that accepts; raises TargetError."""
        plain = self._open(self._addresses())
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(self.remaining())
            channel = self._encrypted(plain) if self.target.scheme == "https" else plain
        except (OSError, TargetError) as error:
            plain.close()
            raise connection_error(error) from error
        self.sock = DeadlineSocket(channel, self.remaining)

    def is_silent(self) -> bool:
        """Return True if an open connection is at rest: whatever arrives before a request is no response to it."""
        return isinstance(self.sock, DeadlineSocket) and self.sock.is_silent()

    def remaining(self) -> float:
        """Return the seconds left; raises TargetError `timeout` if there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TargetError("timeout", "The server took too long to respond.")
        return left

    def _encrypted(self, plain: socket.socket) -> socket.socket:
        """Require the peer to end TLS properly: otherwise a body that ends with the connection may be truncated."""
        return _tls().wrap_socket(plain, server_hostname=self.target.host, suppress_ragged_eofs=False)

    def _addresses(self) -> list[Address]:
        address = self.target.address
        found = [address] if address else _resolve(self.target.host, self.target.port, self.remaining())
        check_addresses(found, self.policy)
        return found

    def _open(self, addresses: list[Address]) -> socket.socket:
        for untried in range(len(addresses), 0, -1):
            try:
                endpoint = (str(addresses[-untried]), self.target.port)
                return socket.create_connection(endpoint, timeout=self.remaining() / untried)
            except OSError as error:
                last = error
        raise connection_error(last) from last


@cache
def _tls() -> "ssl.SSLContext":
    import ssl  # late: it takes 16 ms, and neither a start nor a plain http target needs it

    return ssl.create_default_context()


def _resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Resolve a name in a thread, because `getaddrinfo` has no timeout; raises TargetError."""
    results: SimpleQueue[list[Address]] = SimpleQueue()
    threading.Thread(target=lambda: results.put(_look_up(host, port)), daemon=True).start()
    try:
        found = results.get(timeout=seconds)
    except Empty:
        raise TargetError("timeout", "The host's name took too long to resolve.") from None
    if not found:
        raise TargetError("dns_failure", "The host's name cannot be resolved.")
    return found


def _look_up(host: str, port: int) -> list[Address]:
    """Return the addresses of a name. The final dot keeps a resolver from trying domains of the local network."""
    try:
        entries = socket.getaddrinfo(f"{host}." if "." in host else host, port, type=socket.SOCK_STREAM)
        return [ip_address(str(endpoint[0]).partition("%")[0]) for *_, endpoint in entries]
    except (OSError, ValueError):
        return []

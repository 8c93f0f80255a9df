"""The one guard of every connection to a host that somebody else named.

The name is resolved once, every answer is judged, and the connection goes to a judged address; Host, SNI and the
certificate check stay the name's. A library that resolves again after a check can be told another answer.
"""

import socket
import threading
import time
from functools import cache
from http.client import HTTPConnection
from ipaddress import ip_address
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from wire.outbound.deadline_socket import DeadlineSocket, refusal
from wire.outbound.framing import StrictResponse
from wire.outbound.policy import Policy, check_addresses, check_target
from wire.outbound.target import Address, Target, TargetError

if TYPE_CHECKING:
    import ssl


def connection(target: Target, policy: Policy, deadline: float) -> "OutboundConnection":
    """A connection to the target, not opened yet; `deadline` is an instant of `time.monotonic()`."""
    check_target(target, policy)
    return OutboundConnection(target, policy, deadline)


class OutboundConnection(HTTPConnection):
    """An `http.client` connection that reaches only what its policy allows, and gives up at its `deadline`.

    The deadline bounds everything together: resolving, connecting, headers, body, however slowly each byte drips.
    Set it anew before each request on a connection kept alive. Raises TargetError; protocol errors stay
    `http.client.HTTPException`.
    """

    response_class = StrictResponse

    def __init__(self, target: Target, policy: Policy, deadline: float) -> None:
        super().__init__(target.host, target.port)
        self.default_port = 443 if target.scheme == "https" else 80
        self.target, self.policy, self.deadline = target, policy, deadline

    def connect(self) -> None:
        """Resolve once, judge every answer, connect to the first that accepts."""
        plain = self._open(self._addresses())
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            plain.settimeout(self.remaining())
            channel = self._encrypted(plain) if self.target.scheme == "https" else plain
        except (OSError, TargetError) as error:
            plain.close()
            raise refusal(error) from error
        self.sock = DeadlineSocket(channel, self.remaining)

    def remaining(self) -> float:
        """Seconds left; raises TargetError `timeout` when there are none."""
        left = self.deadline - time.monotonic()
        if left <= 0:
            raise TargetError("timeout", "The server took too long to answer.")
        return left

    def _encrypted(self, plain: socket.socket) -> socket.socket:
        """Without the peer's word that it has said all, a body that ends with the connection may have been cut."""
        return _tls().wrap_socket(plain, server_hostname=self.target.host, suppress_ragged_eofs=False)

    def _addresses(self) -> list[Address]:
        address = self.target.address
        found = [address] if address else _resolve(self.target.host, self.target.port, self.remaining())
        check_addresses(found, self.policy)
        return found

    def _open(self, addresses: list[Address]) -> socket.socket:
        for waiting in range(len(addresses), 0, -1):
            try:
                where = (str(addresses[-waiting]), self.target.port)
                return socket.create_connection(where, timeout=self.remaining() / waiting)
            except OSError as error:
                last = error
        raise refusal(last) from last


@cache
def _tls() -> "ssl.SSLContext":
    import ssl  # 16 ms that a plain http target and a cold start need not wait for

    return ssl.create_default_context()


def _resolve(host: str, port: int, seconds: float) -> list[Address]:
    """Ask the resolver, in a thread because `getaddrinfo` knows no timeout."""
    answers: SimpleQueue[list[Address]] = SimpleQueue()
    threading.Thread(target=lambda: answers.put(_look_up(host, port)), daemon=True).start()
    try:
        found = answers.get(timeout=seconds)
    except Empty:
        raise TargetError("timeout", "The host's name took too long to resolve.") from None
    if not found:
        raise TargetError("dns_failure", "The host's name cannot be resolved.")
    return found


def _look_up(host: str, port: int) -> list[Address]:
    """The final dot keeps a resolver from trying the name within domains of our own network."""
    try:
        answers = socket.getaddrinfo(f"{host}." if "." in host else host, port, type=socket.SOCK_STREAM)
        return [ip_address(str(where[0]).partition("%")[0]) for *_, where in answers]
    except (OSError, ValueError):
        return []

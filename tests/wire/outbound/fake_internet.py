"""A fake internet for tests: a table of names, and one server on this machine in place of every host.

It replaces only `socket.getaddrinfo`, which the code calls with a name, and `socket.create_connection` with an address.
A connection to any address then leads to the server on this machine.
"""

import socket
from ipaddress import ip_address
from typing import Any

AddressInfo = tuple[int, int, int, str, tuple[str, int]]


class FakeInternet:
    """Records the names that were looked up, and the addresses and ports that were connected to."""

    def __init__(self, names: dict[str, list[str]], port: int) -> None:
        self._names, self._port = names, port
        self.looked_up: list[str] = []
        self.connected: list[tuple[str, int]] = []

    def getaddrinfo(self, host: str, port: int, *args: Any, **more: Any) -> list[AddressInfo]:
        """Return the addresses of a name, or the server of this machine for an address."""
        if _is_address(host):
            self.connected.append((host, port))
            return [_address_info("127.0.0.1", self._port)]
        self.looked_up.append(host)
        if not (addresses := self._names.get(host.removesuffix("."), [])):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is unknown")
        return [_address_info(address, port) for address in addresses]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _address_info(address: str, port: int) -> AddressInfo:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)

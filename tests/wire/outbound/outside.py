"""The world beyond this machine, as far as tests need one: its names are a table, its every host the same server.

It stands in for `socket.getaddrinfo` alone, which is asked for names and, by `socket.create_connection`, for
addresses; an address that was judged fit is where a real connection then goes, to a server on this machine.
"""

import socket
from ipaddress import ip_address
from typing import Any

Answer = tuple[int, int, int, str, tuple[str, int]]


class Outside:
    """`looked_up` are the names asked for; `called` the addresses and ports that were connected to."""

    def __init__(self, names: dict[str, list[str]], port: int) -> None:
        self._names, self._port = names, port
        self.looked_up: list[str] = []
        self.called: list[tuple[str, int]] = []

    def getaddrinfo(self, host: str, port: int, *args: Any, **more: Any) -> list[Answer]:
        """What the resolver says of a name; where an address leads."""
        if _is_address(host):
            self.called.append((host, port))
            return [_answer("127.0.0.1", self._port)]
        self.looked_up.append(host)
        if not (answers := self._names.get(host.removesuffix("."), [])):
            raise socket.gaierror(socket.EAI_NONAME, f"{host} is unknown")
        return [_answer(address, port) for address in answers]


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _answer(address: str, port: int) -> Answer:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    return family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, port)

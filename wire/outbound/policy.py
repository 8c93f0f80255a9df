"""Whom a stranger may send us to: the one place that judges ports, names and addresses.

`target` judges the form of a URL, its scheme included; `redirect` judges where a redirect may lead.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from wire.outbound.addresses import is_loopback, is_public
from wire.outbound.target import PORTS, Address, Target, TargetError

_RUNTIME_API_PORT = 9001
_OURS = re.compile("AWS_ENDPOINT_URL(_.+)?|AWS_LAMBDA_RUNTIME_API|AWS_CONTAINER_CREDENTIALS_FULL_URI")
"""The variables that may name a server of ours on this machine."""

_FOREIGN_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080}
)
_INSIDE = frozenset({"arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"})
"""Top-level names of networks' own insides and of no host outside: RFC 6762 (5, appendix G), RFC 8375, and ICANN's
`internal`, under which clouds keep their metadata."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What may be reached: the public internet, and with `loopback` this very machine, save the denied ports."""

    loopback: bool = False
    denied_ports: frozenset[int] = field(default=frozenset({_RUNTIME_API_PORT}))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """LOOPBACK=true opens this machine; never the emulator's port nor the Lambda runtime API's."""
        ours = [value for name, value in environment.items() if _OURS.fullmatch(name)]
        ports = frozenset(port for each in ours if (port := _port(each)))
        return cls(environment.get("LOOPBACK") == "true", ports | {_RUNTIME_API_PORT})

    def allows(self, address: Address) -> bool:
        """Whether an address may be connected to."""
        return is_public(address) or (self.loopback and is_loopback(address))

    def allows_port(self, port: int) -> bool:
        """Whether a port serves the web: 80, 443 or one above 1023 that browsers would ask too.

        Below live other protocols (SMTP, LDAP, SSH) that a crafted request could speak to; above, the Fetch standard
        names those still in such use (https://fetch.spec.whatwg.org/#port-blocking).
        """
        common = port in PORTS.values() or (port > 1023 and port not in _FOREIGN_PORTS)
        return common and port not in self.denied_ports

    def allows_name(self, name: str) -> bool:
        """Whether a name may be looked up: a name without a dot is one of a network's own."""
        host, _, top = name.rpartition(".")
        return self.loopback if top == "localhost" else bool(host) and top not in _INSIDE


def check_target(target: Target, policy: Policy) -> None:
    """What can be judged without asking a resolver; raises TargetError `url_blocked`."""
    reachable = policy.allows(target.address) if target.address else policy.allows_name(target.host)
    if not (reachable and policy.allows_port(target.port)):
        raise _blocked()


def check_addresses(addresses: Iterable[Address], policy: Policy) -> None:
    """Judge all that a resolver answered; one bad address spoils the rest. Raises TargetError `url_blocked`."""
    if not all(map(policy.allows, addresses)):
        raise _blocked()


def _port(server: str) -> int | None:
    return urlsplit(server if "//" in server else f"//{server}").port


def _blocked() -> TargetError:
    return TargetError("url_blocked", "The URL leads to an address or a port that may not be asked.")

"""The servers that a caller's URL may lead to: every check of a port, a name or an address is here.

`target` checks the form of a URL and its scheme; `redirect` checks the target of a redirect.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit

from wire.outbound.addresses import is_loopback, is_public
from wire.outbound.target import PORTS, Address, Target, TargetError

_RUNTIME_API_PORT = 9001
_OWN_SERVERS = re.compile("AWS_ENDPOINT_URL(_.+)?|AWS_LAMBDA_RUNTIME_API|AWS_CONTAINER_CREDENTIALS_FULL_URI")
"""Environment variables that may name a server of the deployment on this machine."""

_FOREIGN_PORTS = frozenset(
    {1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6566, *range(6665, 6670), 6679, 6697, 10080}
)
"""Ports above 1023 that browsers refuse, because other protocols use them."""
_SERVICE_PORTS = {
    "MS SQL, Oracle, Firebird, MySQL, PostgreSQL": (1433, 1434, 1521, 1830, 3050, 3306, 3307, 4333, 5432, 5433, 6432),
    "CouchDB, Neo4j, InfluxDB, Riak, ArangoDB": (5984, 6984, 7474, 7687, 8086, 8087, 8098, 8529),
    "Cassandra": (9042, 9142, 9160, 19042),
    "MongoDB, RethinkDB": (27017, 27018, 27019, 27020, 28015, 28017, 29015),
    "Redis and its sentinel, Memcached": (6378, 6379, 6380, 16379, 26379, 11211, 11214, 11215),
    "Elasticsearch, Kibana, Meilisearch, Typesense, Solr": (9200, 9300, 5601, 7700, 8108, 8983),
    "brokers": (1883, 4222, 4369, 5671, 5672, 6650, 8883, 9092, 9093, 9094, 15672, 25672, 61613, 61616),
    "ZooKeeper, etcd": (2181, 2379, 2380, 2888, 3888),
    "Nomad, Vault, Consul": (4646, 7946, 8200, 8300, 8301, 8302, 8500, 8600),
    "Docker, Kubernetes": (2375, 2376, 2377, 4243, 4789, 6443, 10248, 10249, 10250, 10255, 10256),
    "proxies, VPN": (1080, 1194, 1701, 3128),
    "remote shells and desktops": (2222, 3389, 5800, 5900, 5901, 5902, 5938, 5985, 5986),
    "iSCSI, Subversion, mDNS, AJP, Puppet, git, NDMP, keys": (3260, 3690, 5353, 8009, 8140, 9418, 10000, 11371),
}
"""Ports above 1023 of databases, caches, brokers, cluster managers, proxies and remote desktops, as IANA or the product
assigns them. They speak other protocols, or serve anybody who asks."""
_REFUSED_PORTS = _FOREIGN_PORTS.union(*_SERVICE_PORTS.values())
_PRIVATE_DOMAINS = frozenset({"arpa", "corp", "home", "internal", "intranet", "lan", "local", "localdomain", "private"})
"""Top-level names of private networks and of no public host: RFC 6762 (5, appendix G), RFC 8375, and ICANN's
`internal`, which clouds use for their metadata."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The allowed targets: the public internet, and with `loopback` this machine, except for the denied ports."""

    loopback: bool = False
    denied_ports: frozenset[int] = field(default=frozenset({_RUNTIME_API_PORT}))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Self:
        """Read the policy: LOOPBACK=true allows this machine except for the ports of the emulator and of Lambda."""
        servers = [value for name, value in environment.items() if _OWN_SERVERS.fullmatch(name)]
        ports = frozenset(port for server in servers if (port := _port(server)))
        return cls(environment.get("LOOPBACK") == "true", ports | {_RUNTIME_API_PORT})

    def allows(self, address: Address) -> bool:
        """Return whether a connection to this address is allowed."""
        return is_public(address) or (self.loopback and is_loopback(address))

    def allows_port(self, port: int) -> bool:
        """Return whether a port is one of the web: 80, 443 or one above 1023 that browsers allow.

        Lower ports belong to other protocols (SMTP, LDAP, SSH), which a crafted request could reach; the Fetch standard
        lists the higher ports of such protocols (https://fetch.spec.whatwg.org/#port-blocking), but no database.
        """
        common = port in PORTS.values() or (port > 1023 and port not in _REFUSED_PORTS)
        return common and port not in self.denied_ports

    def allows_name(self, name: str) -> bool:
        """Return whether a name may be resolved: a name without a dot belongs to a private network."""
        host, _, top = name.rpartition(".")
        return self.loopback if top == "localhost" else bool(host) and top not in _PRIVATE_DOMAINS


def check_target(target: Target, policy: Policy) -> None:
    """Check what needs no resolver; raises TargetError `url_blocked`."""
    reachable = policy.allows(target.address) if target.address else policy.allows_name(target.host)
    if not (reachable and policy.allows_port(target.port)):
        raise _blocked()


def check_addresses(addresses: Iterable[Address], policy: Policy) -> None:
    """Check all addresses of a name: one that is not allowed blocks it. Raises TargetError `url_blocked`."""
    if not all(map(policy.allows, addresses)):
        raise _blocked()


def _port(server: str) -> int | None:
    return urlsplit(server if "//" in server else f"//{server}").port


def _blocked() -> TargetError:
    return TargetError("url_blocked", "The URL leads to an address or a port that is not allowed.")

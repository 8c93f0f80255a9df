"""Public addresses of the internet, by the IANA special-purpose registries.

https://www.iana.org/assignments/iana-ipv4-special-registry, …/iana-ipv6-special-registry, and those of multicast and
of the IPv6 address space. Kept here because `ipaddress.is_global` is True for several of them and differs between
Python's minor versions; tests/wire/outbound/test_addresses.py lists them.
"""

from ipaddress import IPv4Network, IPv6Network

from wire.outbound.target import Address

_SPECIAL_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network
            "10.0.0.0/8",
            "100.64.0.0/10",  # carrier-grade NAT
            "127.0.0.0/8",
            "168.63.129.16/32",  # Azure's host, as its machines see it; in no registry
            "169.254.0.0/16",  # link local; instance metadata, Lambda's own services
            "172.16.0.0/12",
            "192.0.0.0/24",  # IETF protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # automatic multicast tunneling
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarks
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, broadcast
        ),
    )
)
_UNICAST_V6 = IPv6Network("2000::/3")
"""The range of global unicast. Outside of it are ::1, v4-mapped ::ffff:0:0/96, -translated ::ffff:0:0:0/96 and
-compatible ::/96, NAT64 64:ff9b::/96 and 64:ff9b:1::/48, discard 100::/64, segment routing 5f00::/16, unique local
fc00::/7 (metadata fd00:ec2::254), link local fe80::/10, site local fec0::/10 and multicast ff00::/8."""

_SPECIAL_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, ORCHID, benchmarks
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4 carries any IPv4 address
            "2620:4f:8000::/48",  # AS112
            "3fff::/20",  # documentation
        ),
    )
)
_ISATAP = (0x0000_5EFE, 0x0200_5EFE)
"""The third quarter of an address whose last quarter is an IPv4 address to tunnel to (RFC 5214, 6.1)."""


def is_public(address: Address) -> bool:
    """Return whether anybody on the internet can reach this address."""
    if address.version == 4:
        return not any(address in network for network in _SPECIAL_V4)
    tunnels = int(address) >> 32 & 0xFFFF_FFFF in _ISATAP
    return address in _UNICAST_V6 and not tunnels and not any(address in network for network in _SPECIAL_V6)


def is_loopback(address: Address) -> bool:
    """Return whether this address is in 127.0.0.0/8 or is ::1; an address that embeds one is not."""
    return address.is_loopback and getattr(address, "ipv4_mapped", None) is None

import sys
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from random import Random

import pytest

from tests.wire.outbound.iana_registries import IPV4_SPECIAL_PURPOSE, IPV6_SPECIAL_PURPOSE, OTHER_REGISTRIES
from wire.outbound.addresses import is_loopback, is_public

REGISTERED = [block for block, *_ in (*IPV4_SPECIAL_PURPOSE, *IPV6_SPECIAL_PURPOSE, *OTHER_REGISTRIES)]

PUBLIC = ["1.1.1.1", "8.8.8.8", "52.216.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
          "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
          "2001:200::1", "2400:cb00::1", "2606:4700::5efe", "2606:4700::5eff:a00:1", "168.63.129.15"]  # fmt: skip

UNREGISTERED = {
    "168.63.129.16": "Azure's host, to its machines",
    "2606:4700::5efe:a00:1": "ISATAP to 10.0.0.1 (RFC 5214)",
    "2606:4700::200:5efe:101:101": "ISATAP to 1.1.1.1",
}

ALWAYS_GLOBAL_TO_PYTHON = {
    "192.0.0.9/32", "192.0.0.10/32", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.88.99.2/32",
    "192.175.48.0/24", "::ffff:0:0/96", "64:ff9b::/96", "2620:4f:8000::/48", "224.0.0.0/4", "::/96",
    "::ffff:0:0:0/96", "200::/7", "400::/6", "4000::/3", "8000::/2", "fec0::/10", "ff00::/8",
}  # fmt: skip
"""Blocks for which `ipaddress.is_global` is True for some or all addresses, in every Python from 3.11 to 3.13."""

GLOBAL_TO_SOME_PYTHONS = {
    "192.0.0.0/24", "192.0.0.8/32", "64:ff9b:1::/48", "100:0:0:1::/64", "2002::/16", "3fff::/20", "5f00::/16",  # 3.11
    "2001:1::1/128", "2001:1::2/128", "2001:1::3/128", "2001:3::/32", "2001:4:112::/48", "2001:20::/28",  # 3.13
    "2001:30::/28",
}  # fmt: skip
"""Blocks for which `is_global` is True in some minor or micro versions only."""


def ends_and_middle(block: str) -> list[IPv4Address | IPv6Address]:
    network = ip_network(block)
    return [network[0], network[network.num_addresses // 2], network[-1]]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("block", REGISTERED)
def test_no_address_of_a_registered_block_is_public(block: str) -> None:
    assert not any(map(is_public, ends_and_middle(block)))


@pytest.mark.parametrize("address", UNREGISTERED)
def test_private_addresses_outside_the_registries_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("block", REGISTERED)
def test_the_neighbors_of_a_registered_block_are_public(block: str) -> None:
    network, space = ip_network(block), _space(block)
    beside = [int(network[0]) - 1, int(network[-1]) + 1]
    inside = [number for number in beside if int(space[0]) <= number <= int(space[-1])]
    for address in (type(network[0])(number) for number in inside):
        assert is_public(address) is not _registered(address)


def test_is_global_of_python_would_allow_these_blocks() -> None:
    trusted = {block for block in REGISTERED if any(address.is_global for address in ends_and_middle(block))}
    if sys.version_info < (3, 14):  # a later version may be correct
        assert trusted >= ALWAYS_GLOBAL_TO_PYTHON
    assert trusted <= ALWAYS_GLOBAL_TO_PYTHON | GLOBAL_TO_SOME_PYTHONS


def test_no_address_is_public_that_is_not_global_to_python() -> None:
    random = Random(4)
    numbers = [random.getrandbits(32) for _ in range(20_000)]
    old = [address for address in map(IPv4Address, numbers) if is_public(address)]
    new = [address for _ in numbers if is_public(address := IPv6Address(2 << 124 | random.getrandbits(125)))]
    assert len(old) > 15_000
    assert len(new) > 15_000
    assert all(address.is_global for address in old)
    assert all(address.is_global for address in new)


@pytest.mark.parametrize(
    ("address", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", False), ("0.0.0.0", False),
     ("10.0.0.1", False), ("2002:7f00:1::1", False)],
)  # fmt: skip
def test_an_address_that_embeds_a_loopback_address_is_no_loopback_address(address: str, loopback: bool) -> None:
    assert is_loopback(ip_address(address)) is loopback


def _space(block: str) -> IPv4Network | IPv6Network:
    """Return all of IPv4, or the global unicast range of IPv6, outside of which every address is refused."""
    return IPv6Network("2000::/3") if ":" in block else IPv4Network("0.0.0.0/0")


def _registered(address: IPv4Address | IPv6Address) -> bool:
    networks = map(ip_network, REGISTERED)
    return any(address in network for network in networks if network.version == address.version)

from ipaddress import ip_address

import pytest

from wire.addresses import is_loopback, is_public

PUBLIC = ["1.1.1.1", "8.8.8.8", "52.216.0.1", "100.63.255.255", "100.128.0.1", "172.15.0.1", "172.32.0.1",
          "192.0.1.1", "198.17.0.1", "198.20.0.1", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
          "2001:200::1", "2400:cb00::1"]  # fmt: skip

SPECIAL = ["0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
           "127.255.255.254", "169.254.169.254", "169.254.0.1", "172.16.0.1", "172.31.255.255", "192.0.0.1",
           "192.0.0.9", "192.0.0.10", "192.0.2.1", "192.31.196.1", "192.52.193.1", "192.88.99.1", "192.168.1.1",
           "192.175.48.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "224.0.0.1",
           "239.255.255.250", "240.0.0.1", "255.255.255.255",
           "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1", "64:ff9b::808:808",
           "64:ff9b:1::1", "100::1", "100:0:0:1::1", "2001::1", "2001:0:7f00:1::1", "2001:2::1", "2001:10::1",
           "2001:20::1", "2001:1ff::1", "2001:db8::1", "2002:7f00:1::1", "2002:808:808::1", "2620:4f:8000::1",
           "3fff::1", "4000::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1",
           "ff0e::1"]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_what_any_stranger_could_ask_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", SPECIAL)
def test_every_special_range_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    ("address", "loopback"),
    [("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("::ffff:127.0.0.1", False), ("0.0.0.0", False),
     ("10.0.0.1", False), ("2002:7f00:1::1", False)],
)  # fmt: skip
def test_loopback_is_the_machine_itself_and_no_address_that_embeds_it(address: str, loopback: bool) -> None:
    assert is_loopback(ip_address(address)) is loopback

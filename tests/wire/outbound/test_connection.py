import socket
import ssl
import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

import wire.outbound.connection
from tests.certificates import Certificates
from tests.clock import outbound_clock
from tests.loopback_server import STALL, LoopbackServer, chunked, response, serving
from wire.outbound.connection import OutboundConnection, connection
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError, check_url

OPEN = Policy(loopback=True)


def soon() -> float:
    return time.monotonic() + 60


def get(url: str, policy: Policy = OPEN, deadline: float | None = None) -> tuple[int, bytes]:
    target = check_url(url)
    link = connection(target, policy, deadline or soon())
    try:
        link.request("GET", target.path)
        with link.getresponse() as received:
            return received.status, received.read()
    finally:
        link.close()


def code(url: str, policy: Policy = OPEN, deadline: float | None = None) -> str:
    with pytest.raises(TargetError) as refused:
        get(url, policy, deadline)
    return refused.value.code


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """The resolver's results: for each name, the addresses of the first query, of the second, …"""
    results: dict[str, list[list[str]]] = {}

    def getaddrinfo(host: str, port: int, *args: Any, **more: Any) -> list[Any]:
        name = host.removesuffix(".")
        if name not in results:
            return real(host, port, *args, **more)
        if not results[name]:
            raise socket.gaierror(socket.EAI_NONAME, "no such host")
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in results[name].pop(0)]

    real = socket.getaddrinfo
    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return results


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    with serving({"/a": response(b"hello"), "/b?c=d": response(b"again")}) as running:
        yield running


def test_a_connection_is_kept_for_a_second_request(server: LoopbackServer) -> None:
    link = connection(check_url(server.url), OPEN, soon())
    for path, body in (("/a", b"hello"), ("/b?c=d", b"again")):
        link.request("GET", path)
        assert link.getresponse().read() == body
    link.close()
    assert len(server.requests) == 2


@pytest.mark.parametrize(
    "url",
    ["http://169.254.169.254/latest/meta-data/", "http://10.0.0.1/", "http://[::1]:8000/", "http://127.0.0.1:8000/",
     "http://[fd00:ec2::254]/", "http://[::ffff:7f00:1]/", "http://[2002:7f00:1::]/", "http://0.0.0.0:8000/",
     "http://[64:ff9b::a9fe:a9fe]/", "http://255.255.255.255/"],
)  # fmt: skip
def test_private_addresses_are_blocked_before_a_connection(url: str) -> None:
    with pytest.raises(TargetError) as refused:
        connection(check_url(url), Policy(), soon())
    assert refused.value.code == "url_blocked"
    assert not any(character.isdigit() for character in refused.value.detail)


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["93.184.216.34", "10.0.0.1"], ["127.0.0.1", "169.254.169.254"], ["100.64.0.1"], ["0.0.0.0"]],
)
def test_one_blocked_address_blocks_the_name(
    addresses: list[str], names: dict[str, list[list[str]]], server: LoopbackServer
) -> None:
    names["mixed.example"] = [addresses]
    assert code(f"http://mixed.example:{server.port}/a") == "url_blocked"
    assert server.requests == []


def test_a_name_is_resolved_only_once(names: dict[str, list[list[str]]], server: LoopbackServer) -> None:
    names["rebinding.example"] = [["127.0.0.1"], ["169.254.169.254"]]
    assert get(f"http://rebinding.example:{server.port}/a") == (200, b"hello")
    assert names["rebinding.example"] == [["169.254.169.254"]]
    assert f"Host: rebinding.example:{server.port}" in server.requests[0]


def test_the_next_address_is_tried_when_the_first_refuses(
    names: dict[str, list[list[str]]], server: LoopbackServer
) -> None:
    names["two.example"] = [["127.0.0.2", "127.0.0.1"]]
    assert get(f"http://two.example:{server.port}/a")[0] == 200


def test_a_name_that_does_not_resolve_is_a_dns_failure(names: dict[str, list[list[str]]]) -> None:
    names["nowhere.example"] = []
    assert code("http://nowhere.example/") == "dns_failure"


def test_a_resolver_that_never_responds_reaches_the_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait() and [])
    assert code("http://slow.example/", deadline=time.monotonic() + 0.05) == "timeout"
    release.set()


def test_a_closed_port_is_a_failed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert code(f"http://127.0.0.1:{port}/") == "connect_failed"


def test_loopback_allows_neither_the_runtime_api_nor_the_emulator() -> None:
    environment = {
        "LOOPBACK": "true",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
        "AWS_LAMBDA_RUNTIME_API": "127.0.0.1:9123",
    }
    policy = Policy.from_environment(environment)
    assert policy == Policy(loopback=True, denied_ports=frozenset({9001, 9123, 4566}))
    for port in policy.denied_ports:
        assert code(f"http://localhost:{port}/", policy) == "url_blocked"


@pytest.mark.parametrize("environment", [{}, {"LOOPBACK": "false"}, {"LOOPBACK": ""}, {"LOOPBACK": "1"}])
def test_without_the_setting_this_machine_is_no_target(environment: dict[str, str]) -> None:
    assert Policy.from_environment(environment) == Policy(loopback=False, denied_ports=frozenset({9001}))


@pytest.mark.parametrize(
    "drip",
    [
        [b"HTTP/1.1 200 OK\r\n", *[b"X", 1] * 99],
        [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *[b"x", 1] * 99],
        [*chunked(b"x", end=b""), *[b"1\r\nx\r\n", 1] * 99],
        [b"HTTP/1.1 200 OK\r\n\r\n", *[b"x", 1] * 99, STALL],
    ],
    ids=["headers", "body", "chunks", "no length"],
)
def test_a_dripping_server_hits_the_deadline_of_the_whole(
    drip: list[bytes | float], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = outbound_clock(monkeypatch)
    with serving({"/drip": drip}) as server:
        server.wait = clock.advance
        assert code(f"{server.url}/drip", deadline=clock.monotonic() + 60) == "timeout"


def test_a_silent_server_hits_the_deadline() -> None:
    with serving({"/silent": [STALL]}) as server:
        assert code(f"{server.url}/silent", deadline=time.monotonic() + 0.3) == "timeout"


def test_a_past_deadline_makes_no_connection(server: LoopbackServer) -> None:
    assert code(f"{server.url}/a", deadline=time.monotonic() - 1) == "timeout"
    assert server.requests == []


def test_a_receiver_that_does_not_read_reaches_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        link = connection(check_url(f"http://127.0.0.1:{deaf.getsockname()[1]}/"), OPEN, time.monotonic() + 0.3)
        with pytest.raises(TargetError, match="too long"):
            link.request("POST", "/", body=b"x" * 50_000_000)
        link.close()


class TestTLS:
    @pytest.fixture
    def trusted(self, monkeypatch: pytest.MonkeyPatch) -> Certificates:
        certificates = Certificates()
        monkeypatch.setattr(wire.outbound.connection, "_tls", lambda: certificates.client())
        return certificates

    def test_the_certificate_is_checked_against_the_name_not_the_address(
        self, trusted: Certificates, names: dict[str, list[list[str]]]
    ) -> None:
        names["photos.example"] = [["127.0.0.1"]]
        with serving({"/a": response(b"hello")}, trusted.server("photos.example")) as server:
            assert get(f"https://photos.example:{server.port}/a") == (200, b"hello")

    def test_another_name_s_certificate_fails(self, trusted: Certificates, names: dict[str, list[list[str]]]) -> None:
        names["photos.example"] = [["127.0.0.1"]]
        with serving({"/a": response(b"hello")}, trusted.server("other.example")) as server:
            with pytest.raises(TargetError, match="certificate") as refused:
                get(f"https://photos.example:{server.port}/a")
            assert refused.value.code == "connect_failed"
            assert server.requests == []

    def test_plain_http_behind_an_https_url_fails(self, names: dict[str, list[list[str]]]) -> None:
        names["photos.example"] = [["127.0.0.1"]]
        with serving({}) as server:
            assert code(f"https://photos.example:{server.port}/a", deadline=time.monotonic() + 1) in (
                "connect_failed",
                "timeout",
            )

    def test_dripping_tls_hits_the_deadline(
        self, trusted: Certificates, names: dict[str, list[list[str]]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        names["photos.example"] = [["127.0.0.1"]]
        drops: list[bytes | float] = [b"x", 1]
        drip = [b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n", *drops * 99]
        clock = outbound_clock(monkeypatch)
        with serving({"/a": drip}, trusted.server("photos.example")) as server:
            server.wait = clock.advance
            assert code(f"https://photos.example:{server.port}/a", deadline=clock.monotonic() + 60) == "timeout"

    def test_certificates_are_checked_by_default(self) -> None:
        context = wire.outbound.connection._tls()
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.check_hostname
        assert wire.outbound.connection._tls() is context


def test_the_default_port_is_not_in_the_host_header() -> None:
    assert OutboundConnection(check_url("https://example.com/"), OPEN, soon()).default_port == 443
    assert OutboundConnection(check_url("http://example.com/"), OPEN, soon()).default_port == 80

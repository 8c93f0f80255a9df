import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

import wire.outbound.connection
from tests.certificates import Certificates
from tests.loopback_server import LoopbackServer, serving
from tests.wire.outbound.fake_internet import FakeInternet
from tests.wire.outbound.url_table import ALLOWED, DNS_FAILURE, INVALID_URL, RESOLVER, ROWS, URL_BLOCKED
from wire.outbound.connection import connection
from wire.outbound.policy import Policy
from wire.outbound.target import Target, TargetError, check_url


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    """An authority that issues the certificates of all hosts."""
    return Certificates()


@pytest.fixture
def internet(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> FakeInternet:
    """The fake internet with the names of the table."""
    internet = FakeInternet(RESOLVER, server.port)
    monkeypatch.setattr("socket.getaddrinfo", internet.getaddrinfo)
    return internet


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """The server in place of every host."""
    with serving({}) as running:
        yield running


def get(url: str) -> tuple[Target, int]:
    target = check_url(url)
    link = connection(target, Policy(), time.monotonic() + 60)
    try:
        link.request("GET", target.path)
        with link.getresponse() as received:
            return target, received.status
    finally:
        link.close()


def test_the_table_is_long_and_names_each_url_once() -> None:
    assert len(ROWS) == len(dict(ROWS)) > 250


@pytest.mark.parametrize("url", [url for url in ALLOWED if url.lower().startswith("http:")])
def test_a_request_goes_to_a_checked_address_of_a_public_host(
    url: str, internet: FakeInternet, server: LoopbackServer
) -> None:
    target, status = get(url)
    assert status == 404
    assert internet.connected == [(RESOLVER.get(target.host, [target.host])[0], target.port)]
    assert server.requests[0].startswith(f"GET {target.path} HTTP/1.1\nHost: ")


@pytest.mark.parametrize("url", [url for url in ALLOWED if url.lower().startswith("https:")])
def test_a_request_over_tls_names_the_public_host(
    url: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire.outbound.connection, "_tls", certificates.client)
    with serving({}, certificates.server(check_url(url).host)) as server:
        internet = FakeInternet(RESOLVER, server.port)
        monkeypatch.setattr("socket.getaddrinfo", internet.getaddrinfo)
        assert get(url)[1] == 404
    assert len(internet.connected) == 1


@pytest.mark.parametrize(("url", "code"), [row for row in ROWS if row[1] != "allowed"])
def test_a_forbidden_url_is_refused_with_its_code_and_without_a_connection(
    url: str, code: str, internet: FakeInternet, server: LoopbackServer
) -> None:
    with pytest.raises(TargetError) as refused:
        get(url)
    assert refused.value.code == code
    assert (internet.connected, server.requests) == ([], [])


@pytest.mark.parametrize("url", INVALID_URL)
def test_the_refusal_of_an_invalid_url_does_not_repeat_the_url(url: str) -> None:
    with pytest.raises(TargetError) as refused:
        check_url(url)
    assert not url or url not in refused.value.detail


def test_every_address_name_and_port_is_refused_with_the_same_detail(internet: FakeInternet) -> None:
    details = set()
    for url in URL_BLOCKED:
        with pytest.raises(TargetError) as refused:
            get(url)
        details.add(refused.value.detail)
    assert len(details) == 1


@pytest.mark.parametrize("url", [url for url in URL_BLOCKED if ".example" not in url])
def test_a_url_that_needs_no_resolver_is_refused_without_one(url: str, internet: FakeInternet) -> None:
    with pytest.raises(TargetError):
        get(url)
    assert internet.looked_up == []


@pytest.mark.parametrize("url", [*DNS_FAILURE, "http://example.com/", "http://example.com./"])
def test_a_name_is_resolved_once_and_with_a_final_dot(url: str, internet: FakeInternet) -> None:
    with suppress(TargetError):
        get(url)
    assert internet.looked_up == [f"{check_url(url).host}."]

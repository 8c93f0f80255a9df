import time
from collections.abc import Iterator
from contextlib import suppress

import pytest

import wire.outbound.connection
from tests.certificates import Certificates
from tests.loopback_server import LoopbackServer, serving
from tests.wire.outbound.outside import Outside
from tests.wire.outbound.url_table import ASKED, DNS_FAILURE, INVALID_URL, RESOLVER, ROWS, URL_BLOCKED
from wire.outbound.connection import connection
from wire.outbound.policy import Policy
from wire.outbound.target import Target, TargetError, check_url


@pytest.fixture(scope="module")
def certificates() -> Certificates:
    """An authority that answers for every host outside."""
    return Certificates()


@pytest.fixture
def outside(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> Outside:
    """The world as the resolver of the table knows it."""
    world = Outside(RESOLVER, server.port)
    monkeypatch.setattr("socket.getaddrinfo", world.getaddrinfo)
    return world


@pytest.fixture
def server() -> Iterator[LoopbackServer]:
    """The one server that stands for all."""
    with serving({}) as running:
        yield running


def asked(url: str) -> tuple[Target, int]:
    target = check_url(url)
    link = connection(target, Policy(), time.monotonic() + 60)
    try:
        link.request("GET", target.path)
        with link.getresponse() as answer:
            return target, answer.status
    finally:
        link.close()


def test_the_table_is_long_and_names_each_url_once() -> None:
    assert len(ROWS) == len(dict(ROWS)) > 250


@pytest.mark.parametrize("url", [url for url in ASKED if url.lower().startswith("http:")])
def test_a_public_host_is_asked_at_an_address_that_was_judged(
    url: str, outside: Outside, server: LoopbackServer
) -> None:
    target, status = asked(url)
    assert status == 404
    assert outside.called == [(RESOLVER.get(target.host, [target.host])[0], target.port)]
    assert server.requests[0].startswith(f"GET {target.path} HTTP/1.1\nHost: ")


@pytest.mark.parametrize("url", [url for url in ASKED if url.lower().startswith("https:")])
def test_a_public_host_is_asked_by_tls_in_its_own_name(
    url: str, certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wire.outbound.connection, "_tls", certificates.client)
    with serving({}, certificates.server(check_url(url).host)) as server:
        world = Outside(RESOLVER, server.port)
        monkeypatch.setattr("socket.getaddrinfo", world.getaddrinfo)
        assert asked(url)[1] == 404
    assert len(world.called) == 1


@pytest.mark.parametrize(("url", "code"), [row for row in ROWS if row[1] != "asked"])
def test_a_url_nobody_should_ask_is_refused_with_its_code_and_nobody_is_called(
    url: str, code: str, outside: Outside, server: LoopbackServer
) -> None:
    with pytest.raises(TargetError) as refused:
        asked(url)
    assert refused.value.code == code
    assert (outside.called, server.requests) == ([], [])


@pytest.mark.parametrize("url", INVALID_URL)
def test_a_refusal_of_form_repeats_nothing_of_the_url(url: str) -> None:
    with pytest.raises(TargetError) as refused:
        check_url(url)
    assert not url or url not in refused.value.detail


def test_every_address_name_and_port_is_refused_in_the_same_words(outside: Outside) -> None:
    details = set()
    for url in URL_BLOCKED:
        with pytest.raises(TargetError) as refused:
            asked(url)
        details.add(refused.value.detail)
    assert len(details) == 1


@pytest.mark.parametrize("url", [url for url in URL_BLOCKED if ".example" not in url])
def test_what_can_be_told_without_a_resolver_is(url: str, outside: Outside) -> None:
    with pytest.raises(TargetError):
        asked(url)
    assert outside.looked_up == []


@pytest.mark.parametrize("url", [*DNS_FAILURE, "http://example.com/", "http://example.com./"])
def test_a_resolver_is_asked_once_for_the_whole_name_and_adds_no_domain_of_ours(url: str, outside: Outside) -> None:
    with suppress(TargetError):
        asked(url)
    assert outside.looked_up == [f"{check_url(url).host}."]

import re

import pytest

from tests.loopback_server import LoopbackServer, response
from tests.wire.outbound.fake_internet import AddressInfo, FakeInternet
from tests.wire.outbound.url_table import ALLOWED, RESOLVER, ROWS
from wire.outbound.download import FetchError
from wire.outbound.fetch import fetch
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError, check_url

ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:[!-\ud7ff\ue000-\U0010ffff]+", re.I | re.A)
"""An absolute URL that a Location header can hold."""


def refusal(location: str, internet: FakeInternet, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the code of the refusal of a fetch that a public host redirects, or `fetched`."""
    server.responses["/start"] = response(b"", f"Location: {location}", status="302 Found")
    monkeypatch.setattr("socket.getaddrinfo", internet.getaddrinfo)
    try:
        with fetch(check_url("http://example.com/start"), Policy(), seconds=60):
            return "fetched"
    except (FetchError, TargetError) as refused:
        return refused.code


@pytest.mark.parametrize(("url", "code"), [row for row in ROWS if row[1] != "allowed" and ABSOLUTE.fullmatch(row[0])])
def test_a_refused_url_is_refused_as_a_redirect_too(
    url: str, code: str, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet = FakeInternet(RESOLVER, server.port)
    assert refusal(url, internet, server, monkeypatch) == code
    assert len(internet.connected) == len(server.requests) == 1


@pytest.mark.parametrize("url", [url for url in ALLOWED if not url.lower().startswith("https:")])
def test_an_allowed_url_is_allowed_as_a_redirect_too(
    url: str, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    internet = FakeInternet(RESOLVER, server.port)
    assert refusal(url, internet, server, monkeypatch) == "upstream_status"
    assert len(internet.connected) == len(server.requests) == 2


def test_the_name_of_every_redirect_is_resolved_and_checked(
    server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = {"example.com": ["93.184.215.14"]}
    internet = FakeInternet(names, server.port)

    def turns_inward(host: str, port: int) -> list[AddressInfo]:
        addresses = internet.getaddrinfo(host, port)
        names["example.com"] = ["127.0.0.1"]
        return addresses

    server.responses["/start"] = response(b"", "Location: /again", status="302 Found")
    monkeypatch.setattr("socket.getaddrinfo", lambda host, port, *args, **more: turns_inward(host, port))
    with pytest.raises(TargetError) as refused, fetch(check_url("http://example.com/start"), Policy(), seconds=60):
        pass
    assert refused.value.code == "url_blocked"
    assert internet.looked_up == ["example.com.", "example.com."]
    assert internet.connected == [("93.184.215.14", 80)]

import re

import pytest

from tests.loopback_server import LoopbackServer, response
from tests.wire.outbound.outside import Answer, Outside
from tests.wire.outbound.url_table import ASKED, RESOLVER, ROWS
from wire.outbound.download import FetchError
from wire.outbound.fetch import fetch
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError, check_url

ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:[!-\ud7ff\ue000-\U0010ffff]+", re.I | re.A)
"""What a Location header can say without being relative to where it stands."""


def refusal(location: str, world: Outside, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> str:
    """What becomes of a fetch that a public host redirects."""
    server.responses["/start"] = response(b"", f"Location: {location}", status="302 Found")
    monkeypatch.setattr("socket.getaddrinfo", world.getaddrinfo)
    try:
        with fetch(check_url("http://example.com/start"), Policy(), seconds=60):
            return "fetched"
    except (FetchError, TargetError) as refused:
        return refused.code


@pytest.mark.parametrize(("url", "code"), [row for row in ROWS if row[1] != "asked" and ABSOLUTE.fullmatch(row[0])])
def test_a_url_that_may_not_be_asked_may_not_be_redirected_to(
    url: str, code: str, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Outside(RESOLVER, server.port)
    assert refusal(url, world, server, monkeypatch) == code
    assert len(world.called) == len(server.requests) == 1


@pytest.mark.parametrize("url", [url for url in ASKED if not url.lower().startswith("https:")])
def test_a_url_that_may_be_asked_may_be_redirected_to(
    url: str, server: LoopbackServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = Outside(RESOLVER, server.port)
    assert refusal(url, world, server, monkeypatch) == "upstream_status"
    assert len(world.called) == len(server.requests) == 2


def test_every_hop_is_looked_up_anew_and_judged(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {"example.com": ["93.184.215.14"]}
    world = Outside(names, server.port)

    def turns_inward(host: str, port: int) -> list[Answer]:
        answers = world.getaddrinfo(host, port)
        names["example.com"] = ["127.0.0.1"]
        return answers

    server.responses["/start"] = response(b"", "Location: /again", status="302 Found")
    monkeypatch.setattr("socket.getaddrinfo", lambda host, port, *args, **more: turns_inward(host, port))
    with pytest.raises(TargetError) as refused, fetch(check_url("http://example.com/start"), Policy(), seconds=60):
        pass
    assert refused.value.code == "url_blocked"
    assert world.looked_up == ["example.com.", "example.com."]
    assert world.called == [("93.184.215.14", 80)]

from typing import Any

import pytest

import wire.outbound.connection
from tests.api.ingest import hostile_responses as responses
from tests.api.ingest.caller import Caller
from tests.api.ingest.hostile_responses import PICTURE
from tests.certificates import Certificates
from tests.loopback_server import LoopbackServer, Response, response, serving


@pytest.fixture
def certificates(monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The only trusted authority."""
    trusted = Certificates()
    monkeypatch.setattr(wire.outbound.connection, "_tls", trusted.client)
    return trusted


@pytest.mark.parametrize(
    "context",
    [
        lambda trusted: trusted.server("other.example"),
        lambda trusted: trusted.server("localhost", expired=True),
        lambda trusted: Certificates().server("localhost"),
    ],
    ids=["another name", "expired", "an authority of its own"],
)
def test_a_server_without_a_valid_certificate_receives_no_request(
    context: Any, certificates: Certificates, caller: Caller
) -> None:
    with serving({"/a.jpg": response(PICTURE)}, context(certificates)) as server:
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "connect_failed")
        assert not [head for head in server.requests if "a.jpg" in head]


def test_a_handshake_that_never_ends_reaches_the_deadline(certificates: Certificates, caller: Caller) -> None:
    with serving({}) as server:
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "timeout")


@pytest.mark.parametrize("name", ["accepts and never speaks", "never ends one header", "drips a declared body",
                                  "drips chunks", "says 100 Continue for ever"])  # fmt: skip
def test_a_response_that_drips_over_tls_reaches_the_deadline(
    name: str, certificates: Certificates, caller: Caller
) -> None:
    sent = responses.dripping_responses()[name]
    with serving({"/a.jpg": sent}, certificates.server("localhost")) as server:
        server.wait = caller.clock.advance
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "timeout")


def test_a_body_that_may_have_been_truncated_is_not_stored(certificates: Certificates, caller: Caller) -> None:
    sent: Response = [responses.OK + b"\r\n" + PICTURE]
    with serving({"/a.jpg": sent}, certificates.server("localhost")) as server:
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "connect_failed")


def test_a_body_of_the_declared_length_needs_no_end_of_tls(certificates: Certificates, caller: Caller) -> None:
    with serving({"/a.jpg": response(PICTURE)}, certificates.server("localhost")) as server:
        assert caller.sends(f"https://localhost:{server.port}/a.jpg")["status"] == "queued"


def test_a_redirect_from_https_to_http_is_refused(
    certificates: Certificates, caller: Caller, server: LoopbackServer
) -> None:
    sent = response(b"", f"Location: {server.url}/a.jpg", status="301 Moved")
    with serving({"/": sent}, certificates.server("localhost")) as encrypted:
        caller.is_refused(f"https://localhost:{encrypted.port}/", "url_blocked")
    assert server.requests == []

from typing import Any

import pytest

import wire.outbound.connection
from tests.api.ingest import hostile_answers as answers
from tests.api.ingest.caller import Caller
from tests.api.ingest.hostile_answers import PICTURE
from tests.certificates import Certificates
from tests.loopback_server import LoopbackServer, Response, response, serving


@pytest.fixture
def certificates(monkeypatch: pytest.MonkeyPatch) -> Certificates:
    """The one authority that is trusted."""
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
def test_a_server_that_is_not_who_it_says_is_told_nothing(
    context: Any, certificates: Certificates, caller: Caller
) -> None:
    with serving({"/a.jpg": response(PICTURE)}, context(certificates)) as server:
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "connect_failed")
        assert not [head for head in server.requests if "a.jpg" in head]


def test_a_handshake_that_never_ends_runs_out_of_time(certificates: Certificates, caller: Caller) -> None:
    with serving({}) as server:
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "timeout")


@pytest.mark.parametrize("what", ["accepts and never speaks", "never ends one header", "drips a declared body",
                                  "drips chunks", "says 100 Continue for ever"])  # fmt: skip
def test_encrypted_drops_are_drops(what: str, certificates: Certificates, caller: Caller) -> None:
    answer = answers.dripping_answers()[what]
    with serving({"/a.jpg": answer}, certificates.server("localhost")) as server:
        server.wait = caller.clock.advance
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "timeout")


def test_a_body_that_may_have_been_cut_on_the_way_is_not_stored(certificates: Certificates, caller: Caller) -> None:
    answer: Response = [answers.OK + b"\r\n" + PICTURE]
    with serving({"/a.jpg": answer}, certificates.server("localhost")) as server:
        caller.is_refused(f"https://localhost:{server.port}/a.jpg", "connect_failed")


def test_a_whole_body_needs_no_last_word(certificates: Certificates, caller: Caller) -> None:
    with serving({"/a.jpg": response(PICTURE)}, certificates.server("localhost")) as server:
        assert caller.sends(f"https://localhost:{server.port}/a.jpg")["status"] == "queued"


def test_encryption_is_not_given_up_by_a_redirect(
    certificates: Certificates, caller: Caller, server: LoopbackServer
) -> None:
    answer = response(b"", f"Location: {server.url}/a.jpg", status="301 Moved")
    with serving({"/": answer}, certificates.server("localhost")) as encrypted:
        caller.is_refused(f"https://localhost:{encrypted.port}/", "url_blocked")
    assert server.requests == []

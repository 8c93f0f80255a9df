import pytest

from tests.api.ingest import hostile_responses as responses
from tests.api.ingest.caller import Caller
from tests.api.ingest.hostile_responses import PICTURE
from tests.loopback_server import LoopbackServer, Response, response, serving

REFUSED: list[tuple[str, Response, str]] = [
    (name, hostile, code)
    for code, table in {
        "timeout": responses.dripping_responses(),
        "connect_failed": responses.CONNECT_FAILED,
        "not_http": responses.NOT_HTTP,
        "too_large": responses.TOO_LARGE,
        "unsupported_encoding": responses.UNSUPPORTED_ENCODING,
        "upstream_status": responses.UPSTREAM_STATUS,
        "empty": responses.EMPTY,
        "not_an_image": responses.NOT_AN_IMAGE,
        "unsupported_format": responses.UNSUPPORTED_FORMAT,
    }.items()
    for name, hostile in table.items()
]


def test_the_table_is_long() -> None:
    assert len({name for name, *_ in REFUSED}) > 90


@pytest.mark.parametrize(("name", "hostile", "code"), REFUSED, ids=[name for name, *_ in REFUSED])
def test_a_hostile_response_is_refused_with_its_code(
    name: str, hostile: Response, code: str, caller: Caller, server: LoopbackServer
) -> None:
    server.responses["/a.jpg"] = hostile
    caller.is_refused(f"{server.url}/a.jpg", code)
    server.wait_for_requests(1)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("name", "harmless"), responses.HARMLESS.items(), ids=responses.HARMLESS)
def test_an_unusual_but_harmless_response_is_stored(
    name: str, harmless: Response, caller: Caller, server: LoopbackServer
) -> None:
    server.responses["/a.jpg"] = harmless
    assert caller.sends(f"{server.url}/a.jpg")["status"] == "queued"
    assert list(caller.bucket.objects.values()) == [PICTURE]


@pytest.mark.parametrize(
    ("location", "code"), responses.REDIRECTS.items(), ids=[location[:60] for location in responses.REDIRECTS]
)
def test_a_redirect_to_a_forbidden_target_is_refused(
    location: str, code: str, caller: Caller, server: LoopbackServer
) -> None:
    server.responses["/"] = f"HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\n\r\n".encode()
    caller.is_refused(f"{server.url}/", code)


def test_a_redirect_to_the_bucket_s_own_endpoint_is_refused(caller: Caller, server: LoopbackServer) -> None:
    server.responses["/"] = response(b"", f"Location: {caller.bucket.url}/images", status="307 Temporary Redirect")
    caller.is_refused(f"{server.url}/", "url_blocked")


def test_two_servers_that_redirect_to_each_other_end(caller: Caller, server: LoopbackServer) -> None:
    with serving({}) as other:
        server.responses["/"] = response(b"", f"Location: {other.url}/", status="302 Found")
        other.responses["/"] = response(b"", f"Location: {server.url}/", status="302 Found")
        caller.is_refused(f"{server.url}/", "too_many_redirects")
        assert (len(server.requests), len(other.requests)) == (3, 3)


def test_the_body_of_a_redirect_is_never_read(caller: Caller, server: LoopbackServer) -> None:
    start = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.responses |= {"/a": responses.dripping(start, b"1\r\na\r\n"), "/b": response(PICTURE)}
    assert caller.sends(f"{server.url}/a")["status"] == "queued"


def test_slow_redirects_share_one_deadline(caller: Caller, server: LoopbackServer) -> None:
    for n in range(5):
        server.responses[f"/{n}"] = [0.15, response(b"", f"Location: /{n + 1}", status="302 Found")]
    caller.is_refused(f"{server.url}/0", "timeout")

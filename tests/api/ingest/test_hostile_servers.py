import pytest

from tests.api.ingest import hostile_answers as answers
from tests.api.ingest.caller import Caller
from tests.api.ingest.hostile_answers import PICTURE
from tests.loopback_server import LoopbackServer, Response, response, serving

REFUSED: list[tuple[str, Response, str]] = [
    (what, answer, code)
    for code, table in {
        "timeout": answers.dripping_answers(),
        "connect_failed": answers.CONNECT_FAILED,
        "not_http": answers.NOT_HTTP,
        "too_large": answers.TOO_LARGE,
        "unsupported_encoding": answers.UNSUPPORTED_ENCODING,
        "upstream_status": answers.UPSTREAM_STATUS,
        "empty": answers.EMPTY,
        "not_an_image": answers.NOT_AN_IMAGE,
        "unsupported_format": answers.UNSUPPORTED_FORMAT,
    }.items()
    for what, answer in table.items()
]


def test_the_table_is_long() -> None:
    assert len({what for what, *_ in REFUSED}) > 90


@pytest.mark.parametrize(("what", "answer", "code"), REFUSED, ids=[what for what, *_ in REFUSED])
def test_a_server_that_means_ill_is_refused_with_its_code(
    what: str, answer: Response, code: str, caller: Caller, server: LoopbackServer
) -> None:
    server.responses["/a.jpg"] = answer
    caller.is_refused(f"{server.url}/a.jpg", code)
    server.wait_for_requests(1)
    assert len(server.requests) == 1


@pytest.mark.parametrize(("what", "answer"), answers.HARMLESS.items(), ids=answers.HARMLESS)
def test_a_server_with_manners_of_its_own_is_heard(
    what: str, answer: Response, caller: Caller, server: LoopbackServer
) -> None:
    server.responses["/a.jpg"] = answer
    assert caller.sends(f"{server.url}/a.jpg")["status"] == "queued"
    assert list(caller.bucket.objects.values()) == [PICTURE]


@pytest.mark.parametrize(
    ("location", "code"), answers.REDIRECTS.items(), ids=[location[:60] for location in answers.REDIRECTS]
)
def test_no_redirect_leads_where_a_url_may_not(
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


def test_a_redirect_s_own_body_is_never_read(caller: Caller, server: LoopbackServer) -> None:
    start = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nTransfer-Encoding: chunked\r\n\r\n"
    server.responses |= {"/a": answers.dripping(start, b"1\r\na\r\n"), "/b": response(PICTURE)}
    assert caller.sends(f"{server.url}/a")["status"] == "queued"


def test_slow_redirects_share_one_deadline(caller: Caller, server: LoopbackServer) -> None:
    for n in range(5):
        server.responses[f"/{n}"] = [0.15, response(b"", f"Location: /{n + 1}", status="302 Found")]
    caller.is_refused(f"{server.url}/0", "timeout")

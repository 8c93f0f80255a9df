import pytest

from domain.image_type import ImageTypeError
from tests.clock import outbound_clock
from tests.loopback_server import STALL, LoopbackServer, chunked, response
from wire.outbound.download import FetchError
from wire.outbound.fetch import LOOP_MARK, fetch
from wire.outbound.policy import Policy
from wire.outbound.target import TargetError, check_url

OPEN = Policy(loopback=True)


def fetched(url: str, *, largest: int = 100_000, seconds: float = 60) -> tuple[str, int | None, bytes]:
    with fetch(check_url(url), OPEN, largest=largest, seconds=seconds) as download:
        return download.content_type, download.length, b"".join(iter(lambda: download.body.read(1000), b""))


def refusal(url: str, *, largest: int = 100_000, seconds: float = 60) -> str:
    try:
        fetched(url, largest=largest, seconds=seconds)
    except (FetchError, ImageTypeError, TargetError) as error:
        return error.code
    return "none"


def redirect(location: str, status: int = 302) -> bytes:
    return response(b"elsewhere", f"Location: {location}", status=f"{status} Found")


def test_a_picture_is_complete_and_has_the_type_of_its_bytes(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a.png"] = response(jpeg, "Content-Type: text/html")
    assert fetched(f"{server.url}/a.png") == ("image/jpeg", len(jpeg), jpeg)
    assert "Accept-Encoding: identity" in server.requests[0]


def test_a_picture_without_a_declared_length_is_complete_too(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = chunked(jpeg[:10], jpeg[10:500], jpeg[500:])
    server.responses["/b"] = [response(jpeg, length=-1)]
    assert fetched(f"{server.url}/a") == ("image/jpeg", None, jpeg)
    assert fetched(f"{server.url}/b") == ("image/jpeg", None, jpeg)


def test_a_first_byte_that_comes_alone_does_not_hide_the_type(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = [response(b"", length=len(jpeg)), jpeg[:1], 0.02, jpeg[1:2], 0.02, jpeg[2:]]
    assert fetched(f"{server.url}/a") == ("image/jpeg", len(jpeg), jpeg)


def test_everything_can_be_read_at_once(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = response(jpeg)
    with fetch(check_url(f"{server.url}/a"), OPEN) as download:
        assert download.body.read() == jpeg
        assert download.body.read() == b""


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(server: LoopbackServer, jpeg: bytes, status: int) -> None:
    server.responses |= {"/a": redirect("b/c?d=e", status), "/b/c?d=e": response(jpeg)}
    assert fetched(f"{server.url}/a")[2] == jpeg


def test_a_redirect_s_unicode_and_spaces_are_read_as_browsers_do(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses |= {"/a": redirect("/ü b"), "/%C3%BC%20b": response(jpeg)}
    assert fetched(f"{server.url}/a")[2] == jpeg


def test_five_redirects_are_followed_and_a_sixth_is_not(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses |= {f"/{n}": redirect(f"/{n + 1}") for n in range(6)} | {"/6": response(jpeg)}
    assert fetched(f"{server.url}/1")[2] == jpeg
    assert refusal(f"{server.url}/0") == "too_many_redirects"


@pytest.mark.parametrize(
    ("location", "code"),
    [("http://169.254.169.254/latest/", "url_blocked"), ("http://127.0.0.1:9001/", "url_blocked"),
     ("//10.0.0.1/a", "url_blocked"), ("file:///etc/passwd", "invalid_url"),
     ("http://user@example.com/", "invalid_url"), ("http://127.0.0.1\\@example.com/", "invalid_url"),
     ("gopher://127.0.0.1/", "invalid_url"),
     ("http://0x7f.1/", "invalid_url")],
)  # fmt: skip
def test_the_target_of_every_redirect_is_checked(server: LoopbackServer, location: str, code: str) -> None:
    server.responses["/a"] = redirect(location)
    assert refusal(f"{server.url}/a") == code


def test_a_redirect_without_a_location_is_no_redirect(server: LoopbackServer) -> None:
    server.responses["/a"] = response(b"", status="302 Found")
    assert refusal(f"{server.url}/a") == "upstream_status"
    assert len(server.requests) == 1


def test_a_fetch_has_the_header_that_ends_a_loop(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = response(jpeg)
    fetched(f"{server.url}/a")
    assert f"CDN-Loop: {LOOP_MARK}" in server.requests[0]


@pytest.mark.parametrize(
    ("status", "retryable"),
    [("404 Not Found", False), ("403 Forbidden", False), ("204 No Content", False), ("206 Partial Content", False),
     ("304 Not Modified", False), ("429 Too Many", True), ("500 Oh", True), ("503 Busy", True)],
)  # fmt: skip
def test_any_other_status_is_refused(server: LoopbackServer, status: str, retryable: bool) -> None:
    server.responses["/a"] = response(b"secrets of the upstream", status=status)
    with pytest.raises(FetchError) as refused:
        fetched(f"{server.url}/a")
    assert (refused.value.code, refused.value.retryable) == ("upstream_status", retryable)
    assert "secrets" not in refused.value.detail


def test_a_length_above_the_largest_is_refused_before_a_byte_is_read(server: LoopbackServer) -> None:
    server.responses["/a"] = [response(b"", length=100_001), STALL]
    assert refusal(f"{server.url}/a") == "too_large"


def test_the_largest_length_is_allowed(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = response(jpeg)
    assert fetched(f"{server.url}/a", largest=len(jpeg))[1] == len(jpeg)


@pytest.mark.parametrize("missing", [1, 5000])
def test_a_short_body_raises_instead_of_ending(server: LoopbackServer, jpeg: bytes, missing: int) -> None:
    server.responses["/a"] = [response(jpeg, length=len(jpeg) + missing)]
    assert refusal(f"{server.url}/a") == "connect_failed"


def test_a_short_body_raises_when_read_at_once_too(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = [response(jpeg, length=len(jpeg) + 1)]
    with fetch(check_url(f"{server.url}/a"), OPEN) as download:
        with pytest.raises(FetchError):
            download.body.read()
        assert isinstance(download.body.failure, FetchError)


def test_a_chunked_body_that_breaks_off_raises(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = chunked(jpeg, end=b"")
    server.responses["/b"] = chunked(jpeg, end=b"1")
    assert refusal(f"{server.url}/a") == "connect_failed"
    assert refusal(f"{server.url}/b") == "connect_failed"


def test_a_whole_body_is_never_longer_than_the_largest(server: LoopbackServer, jpeg: bytes) -> None:
    server.responses["/a"] = chunked(jpeg)
    with fetch(check_url(f"{server.url}/a"), OPEN, largest=len(jpeg)) as download:
        assert download.body.read() == jpeg
    with fetch(check_url(f"{server.url}/a"), OPEN, largest=len(jpeg) - 100) as download:
        with pytest.raises(FetchError) as refused:
            download.body.read()
        assert refused.value.code == "too_large"


def test_no_bytes_at_all_are_empty(server: LoopbackServer) -> None:
    server.responses |= {"/a": response(b""), "/b": chunked()}
    assert refusal(f"{server.url}/a") == "empty"
    assert refusal(f"{server.url}/b") == "empty"


@pytest.mark.parametrize(
    ("body", "code"),
    [(b"<html>", "not_an_image"), (b"<svg xmlns=''/>", "unsupported_format"), (b"\x1f\x8b\x08", "not_an_image")],
)
def test_a_body_that_is_no_picture_is_refused_by_its_first_bytes(
    server: LoopbackServer, body: bytes, code: str
) -> None:
    server.responses["/a"] = response(body, "Content-Type: image/jpeg")
    assert refusal(f"{server.url}/a") == code


def test_redirects_and_body_share_one_deadline(
    server: LoopbackServer, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.wait = outbound_clock(monkeypatch).advance
    server.responses["/a"] = [40, redirect("/b")]
    server.responses["/b"] = [40, response(jpeg)]
    assert refusal(f"{server.url}/a", seconds=60) == "timeout"
    assert fetched(f"{server.url}/a", seconds=100)[2] == jpeg


def test_https_never_redirects_to_http(monkeypatch: pytest.MonkeyPatch, server: LoopbackServer) -> None:
    import wire.outbound.connection
    from tests.certificates import Certificates
    from tests.loopback_server import serving

    certificates = Certificates()
    monkeypatch.setattr(wire.outbound.connection, "_tls", certificates.client)
    with serving({"/a": redirect(f"{server.url}/b")}, certificates.server("localhost")) as encrypted:
        assert refusal(f"https://localhost:{encrypted.port}/a") == "url_blocked"
    assert server.requests == []

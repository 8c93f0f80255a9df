"""Plain GETs of S3: the same requests as those of botocore's client, its retries, and kept connections."""

import ssl
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any
from urllib.parse import quote

import pytest
from botocore.config import Config
from botocore.session import Session

from edge_ml.image_error import ImageError
from edge_ml.storage import plain_http, read_errors, signed_get
from edge_ml.storage.plain_http import UnusualResponseError
from edge_ml.storage.signed_get import ATTEMPTS, SignedGet
from edge_ml.storage.signer import GetRequest, Keys, Signer
from tests.certificates import Certificates
from tests.loopback_server import STALL, LoopbackServer, Part, response

REGION = "eu-central-1"
KEYS = Keys("access", "secret", "token")
KEY = "images/owner/a b+c%/ü/../~x?#&=.jpg"
UNAVAILABLE = response(b"<Error><Code>SlowDown</Code><Message>Slower.</Message></Error>", status="503 Slow Down")


class InTurn:
    """The responses to one request after another, each the last on its connection."""

    def __init__(self, *responses: list[Part]) -> None:
        self._responses = iter(responses)

    def __iter__(self) -> Iterator[Part]:
        return iter(next(self._responses))


def image(key: str = "k", version: str = "null", bucket: str = "images") -> Any:
    return {"bucket": bucket, "key": key, "version": version}


MADE: list[SignedGet] = []


def reader(endpoint: str = "", region: str = REGION, pause: Callable[[float], None] | None = None) -> SignedGet:
    MADE.append(SignedGet(Signer(region, lambda: KEYS), region, endpoint, pause or (lambda seconds: None)))
    return MADE[-1]


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """Close the connections that a test has kept."""
    yield
    while MADE:
        MADE.pop().close()


def raised(get: SignedGet, wanted: Any) -> ImageError:
    with pytest.raises(ImageError) as caught:
        get.read(wanted)
    return caught.value


class SentError(Exception):
    """Stops a request before it is sent; its arguments are URL and headers."""


@cache
def stock_session() -> Any:
    return Session()


def stock_request(wanted: Any, region: str, endpoint: str | None) -> tuple[str, dict[str, str]]:
    """Return URL and headers of the request by botocore's own client."""
    s3: Any = {"us_east_1_regional_endpoint": "regional"}
    client = stock_session().create_client(
        "s3", region, endpoint_url=endpoint, aws_access_key_id="access", aws_secret_access_key="secret",
        aws_session_token="token", config=Config(s3=s3, response_checksum_validation="when_required"),
    )  # fmt: skip

    def stop(request: Any, **_: Any) -> None:
        headers = {name: value if isinstance(value, str) else value.decode() for name, value in request.headers.items()}
        raise SentError(request.url, headers)

    client.meta.events.register("before-send", stop)
    version = {} if wanted["version"] == "null" else {"VersionId": wanted["version"]}
    with pytest.raises(SentError) as caught:
        client.get_object(Bucket=wanted["bucket"], Key=wanted["key"], **version)
    url, headers = caught.value.args
    return url, headers


@pytest.mark.parametrize(
    ("region", "bucket", "endpoint"),
    [
        ("us-east-1", "my-bucket", None),
        ("eu-central-1", "my-bucket", None),
        ("ap-southeast-2", "1bucket2", None),
        ("us-gov-west-1", "my-bucket", None),
        ("eu-central-1", "my.bucket.with.dots", None),
        ("eu-central-1", "Old_Bucket", None),
        ("eu-central-1", "my-bucket", "http://127.0.0.1:4566"),
        ("eu-central-1", "my.bucket", "https://s3.example/path/"),
        ("eu-central-1", "my-bucket", "http://localhost:4566"),
    ],
)
@pytest.mark.parametrize("version", ["null", "3/L4+kqtJ.lc_~p-w=="])
def test_a_request_is_that_of_botocore_s_client(region: str, bucket: str, endpoint: str | None, version: str) -> None:
    wanted = image(KEY, version, bucket)
    url, headers = stock_request(wanted, region, endpoint)
    get = reader(endpoint or "", region)
    place = get.place(bucket)
    query = "" if version == "null" else f"?versionId={quote(version, safe='~')}"
    own = f"{place.scheme}://{place.host}{place.path}{quote(KEY, safe='/~')}{query}"
    assert own == url
    signed = Signer(region, lambda: KEYS).headers(GetRequest(own, place.host))
    assert signed["X-Amz-Content-SHA256"] == headers["X-Amz-Content-SHA256"]
    assert signed["X-Amz-Security-Token"] == "token"
    if signed["X-Amz-Date"] == headers["X-Amz-Date"]:  # else a second has passed between the two
        assert signed["Authorization"] == headers["Authorization"]


def test_an_object_is_read_by_key_and_version(server: LoopbackServer) -> None:
    server.responses["/images/a%20b?versionId=v1"] = response(b"picture")
    assert reader(server.url).read(image("a b", "v1")) == b"picture"
    (head,) = server.requests
    assert "AWS4-HMAC-SHA256 Credential=access/" in head
    assert f"Host: 127.0.0.1:{server.port}" in head


def test_a_connection_is_kept(server: LoopbackServer) -> None:
    connections: list[object] = []
    server.responses |= {"/images/1": response(b"one"), "/images/2": response(b"two")}
    get = reader(server.url)
    for key, body in [("1", b"one"), ("2", b"two")]:
        assert get.read(image(key)) == body
        connections.append(get._kept.connection)
    assert connections[0] is connections[1]


def test_a_connection_that_s3_has_closed_meanwhile_is_replaced_at_once(server: LoopbackServer) -> None:
    waits: list[float] = []
    server.responses["/images/1"] = [response(b"one")]  # the server closes after it, without saying so
    server.responses["/images/2"] = response(b"two")
    get = reader(server.url, pause=waits.append)
    assert get.read(image("1")) == b"one"
    assert get.read(image("2")) == b"two"
    assert not waits


def test_a_connection_that_ends_with_its_response_is_not_kept(server: LoopbackServer) -> None:
    server.responses["/images/1"] = [response(b"one", "Connection: close")]
    get = reader(server.url)
    assert get.read(image("1")) == b"one"
    assert get._kept.connection is None


@pytest.mark.parametrize(
    "failure",
    [
        [UNAVAILABLE],
        [response(b"", status="500 Internal Server Error")],
        [None],
        [response(b"half", length=8)],
        [b"HTTP/1.1 200 OK\r\nContent-Le"],
    ],
)
def test_a_failure_is_tried_again(server: LoopbackServer, failure: list[Part]) -> None:
    waits: list[float] = []
    server.responses["/images/k"] = InTurn(failure, failure, [response(b"picture")])
    assert reader(server.url, pause=waits.append).read(image()) == b"picture"
    assert len(server.requests) == 3
    assert [wait < bound for wait, bound in zip(waits, (1, 2), strict=True)] == [True, True]


def test_a_stalled_response_is_tried_again(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_http, "READ_SECONDS", 0.2)
    server.responses["/images/k"] = InTurn([STALL], [response(b"picture")])
    assert reader(server.url).read(image()) == b"picture"


@pytest.mark.parametrize(
    ("failure", "detail"),
    [
        ([UNAVAILABLE], "S3 returned SlowDown: Slower."),
        ([None], "S3 could not be read"),
        ([b""], "S3 could not be read"),
    ],
)
def test_after_the_last_attempt_it_is_a_retryable_error(
    server: LoopbackServer, failure: list[Part], detail: str
) -> None:
    server.responses["/images/k"] = failure
    error = raised(reader(server.url), image())
    assert (error.code, error.retryable, detail in error.detail) == ("storage_error", True, True)
    assert len(server.requests) == ATTEMPTS


def test_nobody_listens() -> None:
    error = raised(reader("http://127.0.0.1:1"), image())
    assert (error.code, error.retryable) == ("storage_error", True)


@pytest.mark.parametrize(
    ("status", "code", "expected", "retryable"),
    [
        ("404 Not Found", "NoSuchKey", "no_such_object", False),
        ("404 Not Found", "NoSuchVersion", "no_such_object", False),
        ("405 Method Not Allowed", "MethodNotAllowed", "no_such_object", False),
        ("403 Forbidden", "AccessDenied", "access_denied", True),
        ("403 Forbidden", "InvalidObjectState", "storage_error", True),
    ],
)
def test_a_refusal_is_coded_and_final(
    server: LoopbackServer, status: str, code: str, expected: str, *, retryable: bool
) -> None:
    server.responses["/images/k"] = response(f"<Error><Code>{code}</Code></Error>".encode(), status=status)
    error = raised(reader(server.url), image())
    assert (error.code, error.retryable, len(server.requests)) == (expected, retryable, 1)


def test_lengths_are_checked_before_the_body_is_read(server: LoopbackServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_errors, "MAX_BYTES", 3)
    server.responses |= {
        "/images/0": response(b""),
        "/images/3": response(b"abc"),
        "/images/4": [response(b"", length=4)],
    }
    get = reader(server.url)
    assert get.read(image("3")) == b"abc"
    assert raised(get, image("0")).code == "empty"
    assert raised(get, image("4")).code == "too_large"


@pytest.mark.parametrize(
    "unusual",
    [
        response(b"", "Location: https://other.example/", status="307 Temporary Redirect"),
        response(b"<Error><Code>ExpiredToken</Code></Error>", status="400 Bad Request"),
        response(b"x", status="206 Partial Content"),
        response(b"x", "Content-Encoding: gzip"),
        response(b"0\r\n\r\n", "Transfer-Encoding: chunked", length=-1),
        response(b"x", length=-1),
        response(b"x", "Content-Length: 2"),
        response(b"x", "No colon"),
        response(b"x", " folded: line"),
        b"HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx",
        b"HTTP/1.1 100 Continue\r\n\r\n" + response(b"x"),
        b"SSH-2.0-x\r\n\r\n",
    ],
)
def test_a_response_of_another_form_is_left_to_botocore(server: LoopbackServer, unusual: bytes) -> None:
    server.responses["/images/k"] = unusual
    get = reader(server.url)
    with pytest.raises(UnusualResponseError):
        get.read(image())
    assert get._kept.connection is None


def test_an_endless_head_is_left_to_botocore(server: LoopbackServer) -> None:
    server.responses["/images/k"] = [b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 20_000, STALL]
    with pytest.raises(UnusualResponseError):
        reader(server.url).read(image())


def test_a_certificate_is_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    certificates = Certificates()
    server = LoopbackServer({"/images/k": response(b"picture")}, certificates.server("127.0.0.1"))
    endpoint = server.url.replace("http:", "https:")
    try:
        monkeypatch.setattr(signed_get, "trusted_tls", certificates.client)
        assert reader(endpoint).read(image()) == b"picture"
        monkeypatch.setattr(signed_get, "trusted_tls", plain_http.trusted_tls)
        assert "certificate" in raised(reader(endpoint), image()).detail
    finally:
        server.close()


def test_the_trusted_certificates_are_those_of_botocore() -> None:
    context = plain_http.trusted_tls()
    assert context.verify_mode == ssl.CERT_REQUIRED
    assert context.check_hostname
    assert context.cert_store_stats()["x509_ca"] > 50


LAMBDA = {"AWS_REGION": REGION, "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_SESSION_TOKEN": "t"}


@pytest.mark.parametrize(
    ("more", "host"),
    [
        ({}, f"b.s3.{REGION}.amazonaws.com"),
        ({"AWS_ENDPOINT_URL": "http://one.example:1"}, "one.example:1"),
        ({"AWS_ENDPOINT_URL": "http://one.example", "AWS_ENDPOINT_URL_S3": "http://s3.example"}, "s3.example"),
        (
            {"AWS_ENDPOINT_URL": "http://one.example", "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true"},
            f"b.s3.{REGION}.amazonaws.com",
        ),
    ],
)
def test_the_environment_names_the_endpoint(more: dict[str, str], host: str) -> None:
    get = SignedGet.from_environment(LAMBDA | more)
    assert get
    assert get.place("b").host == host


@pytest.mark.parametrize(
    "more",
    [
        {"AWS_REGION": ""},
        {"AWS_REGION": "cn-north-1"},
        {"AWS_REGION": "us-isob-east-1"},
        {"AWS_USE_FIPS_ENDPOINT": "true"},
        {"AWS_USE_DUALSTACK_ENDPOINT": "true"},
        {"HTTPS_PROXY": "http://proxy.example"},
        {"AWS_CA_BUNDLE": "/bundle.pem"},
        {"AWS_PROFILE": "other"},
    ],
)
def test_other_environments_are_left_to_botocore(more: dict[str, str]) -> None:
    assert SignedGet.from_environment(LAMBDA | more) is None

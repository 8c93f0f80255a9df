import pytest

from integration.deliver.runtime.http.fast_parser import PlainResponse

NO_CONTENT = b"HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n"


@pytest.mark.parametrize(
    ("data", "parsed"),
    [
        (NO_CONTENT, PlainResponse(204, "", b"", keep_alive=True)),
        (b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", PlainResponse(200, "", b"ok", keep_alive=True)),
        (
            b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length:0\r\n\r\n",
            PlainResponse(200, "", b"", keep_alive=True),
        ),
        (
            b"HTTP/1.1 410 Gone\r\nConnection: Close\r\nContent-Length: 0 \r\n\r\n",
            PlainResponse(410, "", b"", keep_alive=False),
        ),
        (
            b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n",
            PlainResponse(503, " 7", b"", keep_alive=True),
        ),
    ],
)
def test_a_plain_response_is_parsed(data: bytes, parsed: PlainResponse) -> None:
    assert PlainResponse.parse(data) == parsed


@pytest.mark.parametrize(
    "data",
    [
        b"",
        NO_CONTENT[:-1],
        NO_CONTENT + b"HTTP/1.1 200 OK\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok!",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 1e1\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: -2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\nuntil the end",
        b"HTTP/1.1 200 OK\r\nX: y\r\n folded\r\nContent-Length: 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nContent-Length : 2\r\n\r\nok",
        b"HTTP/1.1 200 OK\nContent-Length: 2\n\nok",
        b"HTTP/1.1 100 Continue\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
        b"220 mail.example ESMTP\r\n\r\n",
    ],
)
def test_an_incomplete_or_unusual_response_is_left_to_http_client(data: bytes) -> None:
    assert PlainResponse.parse(data) is None

import pytest

from integration.deliver.runtime.http.fast_parser import WholeAnswer

NO_CONTENT = b"HTTP/1.1 204 No Content\r\nDate: today\r\n\r\n"


@pytest.mark.parametrize(
    ("came", "read"),
    [
        (NO_CONTENT, WholeAnswer(204, "", b"", lasts=True)),
        (b"HTTP/1.1 200\r\ncontent-length: 2\r\n\r\nok", WholeAnswer(200, "", b"ok", lasts=True)),
        (
            b"HTTP/1.1 200 OK\r\nConnection: keep-alive\r\nContent-Length:0\r\n\r\n",
            WholeAnswer(200, "", b"", lasts=True),
        ),
        (
            b"HTTP/1.1 410 Gone\r\nConnection: Close\r\nContent-Length: 0 \r\n\r\n",
            WholeAnswer(410, "", b"", lasts=False),
        ),
        (b"HTTP/1.1 503 Busy\r\nRetry-After: 7\r\nContent-Length: 0\r\n\r\n", WholeAnswer(503, " 7", b"", lasts=True)),
    ],
)
def test_a_plain_answer_is_read(came: bytes, read: WholeAnswer) -> None:
    assert WholeAnswer.read(came) == read


@pytest.mark.parametrize(
    "came",
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
def test_whatever_is_not_whole_or_not_plain_is_left_to_others(came: bytes) -> None:
    assert WholeAnswer.read(came) is None

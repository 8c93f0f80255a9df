"""Responses after which a connection is not clean: what follows could be taken for the response to the next request."""

from typing import NamedTuple

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
NO_CONTENT = b"HTTP/1.1 204 No Content\r\n"
HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
PROCESSING = b"HTTP/1.1 102 Processing\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
CHUNKS = CHUNKED + b"2\r\nok\r\n0\r\n\r\n"


class Odd(NamedTuple):
    """Pieces that are sent at once, bytes that come after the response was taken, and the right status or error."""

    pieces: tuple[bytes, ...]
    late: bytes = b""
    result: int | str = 200


def with_fields(*fields: str, body: bytes = b"ok", status: str = "HTTP/1.1 200 OK") -> bytes:
    """Return a response with exactly these header fields."""
    return "\r\n".join([status, *fields, "", ""]).encode() + body


ODD = {
    "early hints": Odd((HINTS, OK)),
    "early hints in one piece": Odd((HINTS + OK,)),
    "processing": Odd((PROCESSING, OK)),
    "continue": Odd((b"HTTP/1.1 100 Continue\r\n\r\n", OK)),
    "every interim status": Odd((*(b"HTTP/1.1 %d Wait\r\n\r\n" % n for n in (100, 102, 103, 104, 199)), OK)),
    "fifty interim responses": Odd((PROCESSING * 50, OK)),
    "interim responses without end": Odd((PROCESSING * 2000 + OK,), result="not_http"),
    "early hints that declare a length": Odd((HINTS[:-2] + b"Content-Length: 2\r\n\r\n", OK)),
    "early hints with a body": Odd((HINTS + b"ok", OK), result="not_http"),
    "late early hints": Odd((OK,), HINTS),
    "a late continue": Odd((OK,), b"HTTP/1.1 100 Continue\r\n\r\n"),
    "switching protocols": Odd((b"HTTP/1.1 101 Switching\r\nUpgrade: x\r\n\r\n",), OK, result=101),
    "switching protocols after hints": Odd((HINTS, b"HTTP/1.1 101 Switching\r\n\r\n"), GONE, result=101),
    "two responses": Odd((OK + OK,)),
    "two responses, the second in two pieces": Odd((OK + GONE[:20],), GONE[20:]),
    "two responses, the second late": Odd((OK,), OK),
    "a late answer of another kind": Odd((OK,), GONE),
    "three answers at once": Odd((OK + GONE + OK,)),
    "an answer and late ones": Odd((OK + GONE,), OK + GONE),
    "without content, and a late response": Odd((NO_CONTENT + b"\r\n",), OK, result=204),
    "a late line end": Odd((OK,), b"\r\n"),
    "a late byte": Odd((OK,), b"H"),
    "a line end first": Odd((b"\r\n" + OK,), result="not_http"),
    "stray bytes first": Odd((b"ok" + OK,), result="not_http"),
    "a length that is too short": Odd((with_fields("Content-Length: 1"),)),
    "a length that is too short, and late bytes": Odd((OK,), b" and more"),
    "a length of zero, and a late body": Odd((with_fields("Content-Length: 0", body=b""),), GONE),
    "a length that is too long": Odd((with_fields("Content-Length: 9"),), OK),
    "a length as for HEAD": Odd((with_fields("Content-Length: 9", body=b""),), b"123456789" + OK),
    "no length": Odd((with_fields(),), OK),
    "two lengths": Odd((with_fields("Content-Length: 2", "Content-Length: 9"),), OK),
    "two lengths in one": Odd((with_fields("Content-Length: 2, 9"),), OK),
    "the same length twice": Odd((with_fields("Content-Length: 2", "Content-Length: 2"),), OK),
    "a negative length": Odd((with_fields("Content-Length: -2"),), OK),
    "a signed length": Odd((with_fields("Content-Length: +2"),), OK),
    "a length and chunks": Odd((with_fields("Content-Length: 2", "Transfer-Encoding: chunked", body=CHUNKS[47:]),), OK),
    "a length before a colon": Odd((with_fields("Content-Length : 2"),), OK),
    "an unknown coding": Odd((with_fields("Transfer-Encoding: xchunked"),), OK),
    "chunks": Odd((CHUNKS,), GONE),
    "chunks with words and trailers": Odd((CHUNKED + b"2;a=b\r\nok\r\n0;c\r\nX-Trailer: d\r\n\r\n",), GONE),
    "chunks and excess": Odd((CHUNKS + b"excess",)),
    "chunks and another response": Odd((CHUNKS + GONE,)),
    "chunks that end with one line end": Odd((CHUNKS[:-2],), b"\r\n" + GONE),
    "a chunk of another size": Odd((CHUNKED + b"1\r\nok\r\n0\r\n\r\n",), OK),
    "no content with a body": Odd((NO_CONTENT + b"\r\nok",), result=204),
    "no content with a late body": Odd((NO_CONTENT + b"Content-Length: 2\r\n\r\n",), b"ok", result=204),
    "no content in chunks": Odd((NO_CONTENT + b"Transfer-Encoding: chunked\r\n\r\n",), CHUNKS[47:], result=204),
    "not modified with a body": Odd(
        (with_fields("Content-Length: 2", status="HTTP/1.1 304 Not Modified"),), OK, result=304
    ),
    "HTTP/1.0": Odd((with_fields("Content-Length: 2", status="HTTP/1.0 200 OK"),), OK),
    "HTTP/1.0 that keeps": Odd(
        (with_fields("Content-Length: 2", "Connection: keep-alive", status="HTTP/1.0 200 OK"),), GONE
    ),
    "a close that does not follow": Odd((with_fields("Content-Length: 2", "Connection: close"),), GONE),
    "a close in a second field": Odd(
        (with_fields("Content-Length: 2", "Connection: keep-alive", "Connection: Close"),), GONE
    ),
    "a close in a list": Odd((with_fields("Content-Length: 2", "Connection: x, close"),), GONE),
    "an offer to upgrade": Odd((with_fields("Content-Length: 2", "Connection: upgrade", "Upgrade: h2c"),), OK),
    "more excess than is read at once": Odd((OK + bytes(12_000),), OK),
    "late excess of a whole record": Odd((OK,), bytes(16_000)),
    "a folded field": Odd((with_fields("X: a", " b", "Content-Length: 2"),), OK),
    "line feeds alone": Odd((OK.replace(b"\r", b""),), OK),
}

CLEAN = {
    "early hints",
    "early hints in one piece",
    "processing",
    "continue",
    "every interim status",
    "fifty interim responses",
    "early hints that declare a length",
    "late early hints",
    "a late continue",
    "two responses, the second late",
    "a late answer of another kind",
    "without content, and a late response",
    "a late line end",
    "a late byte",
    "a length that is too short, and late bytes",
    "a length of zero, and a late body",
    "the same length twice",
    "chunks",
    "chunks with words and trailers",
    "an offer to upgrade",
    "late excess of a whole record",
    "a folded field",
    "line feeds alone",
}
"""The responses that end clearly: their connections are used again if nothing comes late."""

"""Responses of hostile servers by the code with which each is refused, and unusual but harmless responses.

`CANARY` must never reach a caller or a log.
"""

import gzip
import zlib
from itertools import chain, repeat

from tests.loopback_server import STALL, Part, Response, response

CANARY = "canary-5f3e"
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 8
BLOWN_UP = b"\xff\xd8\xff\xe0" + bytes(10_000_000)

OK = f"HTTP/1.1 200 OK\r\nX-Canary: {CANARY}\r\n".encode()
CHUNKED = OK + b"Transfer-Encoding: chunked\r\n\r\n"
LENGTH = b"Content-Length: %d\r\n"
EARLY_HINTS = f"HTTP/1.1 103 Early Hints\r\nLink: </{CANARY}>\r\n\r\n".encode()
DECLARED = OK + LENGTH % len(PICTURE) + b"\r\n"


def dripping(start: bytes, drop: bytes) -> Response:
    """Return a response that sends a start, then drops 50 ms apart until any deadline here is over, then nothing.

    There are fewer drops than the bytes from which a picture's type is known.
    """
    drops: list[Part] = [drop, 0.05]
    return [start, *drops * 9, STALL]


def chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)


def with_status(status: str, *headers: str) -> bytes:
    return response(CANARY.encode(), *headers, status=status)


def coded(coding: str, body: bytes) -> bytes:
    return response(body, f"Content-Encoding: {coding}")


def dripping_responses() -> dict[str, Response]:
    """Return responses that all end in `timeout`; new ones each time, because sending uses them up."""
    return {
        "accepts and never speaks": [STALL],
        "never ends its status line": dripping(b"HTTP/1.1 200 ", b"O"),
        "drips one header after another": dripping(OK, b"a: b\r\n"),
        "never ends one header": dripping(OK + b"a: ", b"b"),
        "drips a declared body": dripping(DECLARED, b"\xff"),
        "drips a body of no length": dripping(OK + b"\r\n", b"\xff"),
        "drips chunks": dripping(CHUNKED, b"1\r\n\xff\r\n"),
        "never ends a chunk's size": dripping(CHUNKED, b"0"),
        "never ends its trailers": dripping(CHUNKED + chunk(PICTURE) + b"0\r\n", b"a: b\r\n"),
        "stalls in the middle": [DECLARED + PICTURE[:1000], STALL],
        "declares more than it sends, and stays": [OK + LENGTH % 9999 + b"\r\n" + PICTURE, STALL],
        "drips a redirect": dripping(b"HTTP/1.1 302 Found\r\nLocation: /", b"a"),
        "says 100 Continue for ever": chain.from_iterable(repeat((b"HTTP/1.1 100 Continue\r\n\r\n", 0.001))),
        "says 100 Continue again and again": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    }


CONNECT_FAILED: dict[str, Response] = {
    "closes without a word": [b""],
    "resets without a word": [None],
    "resets among its headers": [OK, None],
    "resets in the middle": [DECLARED + PICTURE[:1000], 0.1, None],
    "closes in the middle": [DECLARED + PICTURE[:1000]],
    "declares one byte more than it sends": [OK + LENGTH % (len(PICTURE) + 1) + b"\r\n" + PICTURE],
    "closes after the first byte": [DECLARED + PICTURE[:1]],
    "closes between chunks": [CHUNKED + chunk(PICTURE)],
    "closes in a chunk": [CHUNKED + b"ffff\r\n" + PICTURE],
    "closes in a chunk's size": [CHUNKED + chunk(PICTURE) + b"1"],
}

NOT_HTTP: dict[str, Response] = {
    "speaks SSH": [f"SSH-2.0-{CANARY}\r\n".encode()],
    "speaks SMTP": [f"220 {CANARY} ESMTP\r\n".encode()],
    "speaks Redis": [f"-ERR unknown command '{CANARY}'\r\n".encode()],
    "speaks HTTP/0.9": [PICTURE],
    "speaks HTTP/2": [b"\x00\x00\x12\x04\x00\x00\x00\x00\x00" + CANARY.encode() + b"\r\n"],
    "calls itself HTTP/2": [f"HTTP/2 200 {CANARY}\r\n\r\n".encode()],
    "leaves the status line out": [f"X-Canary: {CANARY}\r\n\r\n".encode() + PICTURE],
    "says nothing but line ends": [b"\r\n\r\n"],
    "says a status of words": [f"HTTP/1.1 {CANARY} OK\r\n\r\n".encode()],
    "says a negative status": [b"HTTP/1.1 -200 OK\r\n\r\n"],
    "says a status of four digits": [b"HTTP/1.1 2000 OK\r\n\r\n"],
    "has a status line of 70 KB": [b"HTTP/1.1 200 " + b"O" * 70_000 + b"\r\n\r\n"],
    "has a header of 70 KB": [OK + b"a: " + b"b" * 70_000 + b"\r\n\r\n"],
    "has 10,000 headers": [OK + b"a: b\r\n" * 10_000 + b"\r\n"],
    "has a header that is none": [OK + b"oh\r\n" + LENGTH % 9999 + b"\r\n" + PICTURE],
    "begins its headers with a continuation": [b"HTTP/1.1 200 OK\r\n a\r\n" + LENGTH % 9999 + b"\r\n" + PICTURE],
    "declares two lengths": [OK + LENGTH % 1000 + LENGTH % len(PICTURE) + b"\r\n" + PICTURE],
    "declares two lengths in one": [OK + b"Content-Length: 1000, 2052\r\n\r\n" + PICTURE],
    "declares a negative length": [OK + b"Content-Length: -1\r\n\r\n" + PICTURE],
    "declares a signed length": [OK + b"Content-Length: +1000\r\n\r\n" + PICTURE],
    "declares a length with an underscore": [OK + b"Content-Length: 1_000\r\n\r\n" + PICTURE],
    "declares a length in words": [OK + b"Content-Length: all\r\n\r\n" + PICTURE],
    "declares an empty length": [OK + b"Content-Length: \r\n\r\n" + PICTURE],
    "declares a length of 5,000 digits": [OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n" + PICTURE],
    "declares a length and chunks": [OK + LENGTH % 5 + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(PICTURE)],
    "has a chunk of no size": [CHUNKED + f"{CANARY}\r\n".encode()],
    "has a chunk of -1 bytes": chain([CHUNKED + chunk(PICTURE) + b"-1\r\n"], repeat(PICTURE, 1000)),
    "has a chunk of -5 bytes": [CHUNKED + b"-5\r\n" + PICTURE],
    "has a chunk of 0x10 bytes": [CHUNKED + b"0x10\r\n" + PICTURE[:16] + b"\r\n0\r\n\r\n"],
    "has a chunk of 1_0 bytes": [CHUNKED + b"1_0\r\n" + PICTURE[:16] + b"\r\n0\r\n\r\n"],
    "has a chunk beyond 64 bits": [CHUNKED + b"10000000000000010\r\n" + PICTURE],
    "has a chunk's size of 70 KB": [CHUNKED + b"1;" + b"a" * 70_000 + b"\r\n\xff\r\n"],
    "has two other bytes after a chunk": [CHUNKED + chunk(PICTURE)[:-2] + b"ab0\r\n\r\n"],
    "says 102 Processing two thousand times": [b"HTTP/1.1 102 Processing\r\n\r\n" * 2000 + DECLARED + PICTURE],
    "sends a body with early hints": [EARLY_HINTS + b"ok" + DECLARED + PICTURE],
    "has no line end after a chunk": [CHUNKED + b"10\r\n" + PICTURE[:24] + b"10\r\n" + PICTURE],
}

TOO_LARGE: dict[str, Response] = {
    "declares more than is taken": [OK + LENGTH % 100_001 + b"\r\n", STALL],
    "declares more than there is": [OK + b"Content-Length: 99999999999999999999999\r\n\r\n" + PICTURE],
    "sends without a length and without end": chain([OK + b"\r\n"], repeat(PICTURE, 10_000)),
    "sends chunks without end": chain([CHUNKED], repeat(chunk(PICTURE), 10_000)),
    "sends a chunk of 1 TB": chain([CHUNKED + b"ffffffffff\r\n"], repeat(PICTURE, 10_000)),
}

UNSUPPORTED_ENCODING: dict[str, Response] = {
    "sends a gzip bomb": coded("gzip", gzip.compress(BLOWN_UP)),
    "sends a gzip bomb in a gzip bomb": coded("gzip, gzip", gzip.compress(gzip.compress(BLOWN_UP))),
    "sends deflate": coded("deflate", zlib.compress(PICTURE)),
    "says it sends Brotli": coded("br", PICTURE),
    "says it sends Zstandard": coded("ZSTD", PICTURE),
    "says how S3 received it, and gzip": coded("aws-chunked,x-gzip", PICTURE),
    "says identity and then gzip": response(PICTURE, "Content-Encoding: identity", "Content-Encoding: GZIP"),
    "packs what it sends in chunks": [OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n" + chunk(gzip.compress(PICTURE))],
    "says chunked twice": [CHUNKED[:-2] + b"Transfer-Encoding: chunked\r\n\r\n" + chunk(chunk(PICTURE))],
    "says chunked in a manner of its own": [OK + b"Transfer-Encoding: xchunked\r\n\r\n" + PICTURE],
}

UPSTREAM_STATUS: dict[str, Response] = {
    "has no content": b"HTTP/1.1 204 No Content\r\n\r\n",
    "has a part": with_status("206 Partial Content", "Content-Range: bytes 0-9/99"),
    "has many to choose from": with_status("300 Multiple Choices", "Location: /elsewhere"),
    "redirects nowhere": with_status("302 Found"),
    "has not changed": b"HTTP/1.1 304 Not Modified\r\n\r\n",
    "wants a proxy": with_status("305 Use Proxy", "Location: http://10.0.0.7/"),
    "wants a password": with_status("401 Unauthorized", f'WWW-Authenticate: Basic realm="{CANARY}"'),
    "has nothing": with_status("404 Not Found"),
    "has failed": with_status(f"500 {CANARY}"),
    "says 999": with_status("999 Oh"),
    "changes the protocol": [b"HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: h2c\r\n\r\n"],
    "changes the protocol after early hints": [EARLY_HINTS + b"HTTP/1.1 101 Switching Protocols\r\n\r\n"],
}

EMPTY: dict[str, Response] = {
    "has nothing to show": response(b"", f"X-Canary: {CANARY}"),
    "has nothing to show, in chunks": [CHUNKED + b"0\r\n\r\n"],
    "has nothing to show, until it closes": [OK + b"\r\n"],
    "closes among its headers": [OK],
}

NOT_AN_IMAGE: dict[str, Response] = {
    "calls a page a picture": response(f"<html>{CANARY}</html>".encode(), "Content-Type: image/jpeg"),
    "calls a program a picture": response(b"\x7fELF" + bytes(99), "Content-Type: image/png"),
    "sends gzip and does not say so": response(gzip.compress(PICTURE), "Content-Type: image/jpeg"),
    "sends credentials": response(f'{{"SecretAccessKey": "{CANARY}"}}'.encode(), "Content-Type: image/jpeg"),
    "sends one byte": response(b"\xff", "Content-Type: image/jpeg"),
}

UNSUPPORTED_FORMAT: dict[str, Response] = {
    "sends a drawing with a script in it": response(f"<svg onload='{CANARY}'/>".encode(), "Content-Type: image/png"),
    "sends a document": response(f"%PDF-1.7 {CANARY}".encode(), "Content-Type: image/png"),
}

REDIRECTS = {
    "http://169.254.169.254/latest/meta-data/iam/security-credentials/": "url_blocked",
    "//169.254.169.254/latest/meta-data/": "url_blocked",
    "http://[fd00:ec2::254]/latest/meta-data/": "url_blocked",
    "http://[::ffff:a9fe:a9fe]/": "url_blocked",
    "http://[64:ff9b::a9fe:a9fe]/": "url_blocked",
    "http://127.0.0.1:9001/2018-06-01/runtime/invocation/next": "url_blocked",
    "http://localhost:9001/": "url_blocked",
    "http://127.0.0.1:22/": "url_blocked",
    "http://10.0.0.7/": "url_blocked",
    "http://0.0.0.0:8080/": "url_blocked",
    "http://metadata.google.internal/computeMetadata/v1/": "url_blocked",
    "http://metadata/": "url_blocked",
    "file:///proc/self/environ": "invalid_url",
    "gopher://127.0.0.1:6379/_FLUSHALL": "invalid_url",
    "ftp://127.0.0.1/": "invalid_url",
    "dict://127.0.0.1:11211/stats": "invalid_url",
    "data:image/jpeg;base64,/9j/4AAQ": "invalid_url",
    "javascript:alert(1)": "invalid_url",
    "http://user:secret@example.com/": "invalid_url",
    "http://0x7f.1/": "invalid_url",
    "http://2130706433/": "invalid_url",
    "http://0177.0.0.1/": "invalid_url",
    "http://127.0.0.1\\@example.com/": "invalid_url",
    "http://[": "invalid_url",
    "http://a℀b/": "invalid_url",
    "///169.254.169.254/": "invalid_url",
    "/\tx": "invalid_url",
    "http://example.com:99999/": "invalid_url",
    "/" + "a" * 3000: "invalid_url",
    "": "too_many_redirects",
    "/": "too_many_redirects",
    "?": "too_many_redirects",
}

HARMLESS: dict[str, Response] = {
    "sets a cookie": response(PICTURE, f"Set-Cookie: {CANARY}"),
    "offers another protocol": response(PICTURE, "Connection: upgrade", "Upgrade: h2c", 'Alt-Svc: h3=":443"'),
    "says 100 Continue once": [b"HTTP/1.1 100 Continue\r\n\r\n", DECLARED + PICTURE],
    "gives early hints": [EARLY_HINTS, DECLARED + PICTURE],
    "gives early hints with a length": [EARLY_HINTS[:-2] + LENGTH % 5 + b"\r\n", DECLARED + PICTURE],
    "is processing": [b"HTTP/1.1 102 Processing\r\n\r\n" * 50, DECLARED + PICTURE],
    "says every interim status": [
        *(b"HTTP/1.1 %d Wait\r\n\r\n" % n for n in (100, 102, 103, 104, 199)),
        DECLARED + PICTURE,
    ],
    "says more than it declared": [DECLARED + PICTURE + CANARY.encode() * 100],
    "says the length twice alike": [OK + LENGTH % len(PICTURE) * 2 + b"\r\n" + PICTURE],
    "speaks HTTP/1.0 until it closes": [b"HTTP/1.0 200 OK\r\n\r\n" + PICTURE],
    "shouts and whispers": [b"HTTP/1.1 200\r\ncONTENT-lENGTH:%d\r\n\r\n" % len(PICTURE) + PICTURE],
    "ends lines with a line feed": [b"HTTP/1.1 200 OK\n" + PICTURE.join([b"\n", b""])],
    "folds a header": [OK + b"a: b\r\n c\r\n" + LENGTH % len(PICTURE) + b"\r\n" + PICTURE],
    "says that it encodes nothing": response(PICTURE, "Content-Encoding: Identity"),
    "says that it encodes text": response(PICTURE, "Content-Encoding: UTF-8"),
    "says that it encodes as nobody knows": coded(CANARY, PICTURE),
    "says how S3 received it": coded("aws-chunked", PICTURE),
    "says several words that are no compressions": response(
        PICTURE, "Content-Encoding: none, binary", "Content-Encoding: base64"
    ),
    "says it is a page": response(PICTURE, "Content-Type: text/html; charset=utf-16"),
    "asks to come again": response(PICTURE, "Refresh: 0; url=http://169.254.169.254/"),
    "adds words to its chunks": [
        CHUNKED,
        b"10;a=b\r\n",
        PICTURE[:16],
        b"\r\n",
        chunk(PICTURE[16:]),
        b"0\r\na: b\r\n\r\n",
    ],
    "sends bytes one by one": [DECLARED, *(PICTURE[at : at + 1] for at in range(len(PICTURE)))],
    "sends chunks of one byte": [CHUNKED, *(chunk(PICTURE[at : at + 1]) for at in range(len(PICTURE))), b"0\r\n\r\n"],
    "waits before the second byte": [DECLARED + PICTURE[:1], 0.2, PICTURE[1:]],
}
